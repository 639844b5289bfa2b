"""The blueprint: its templates, static files, hooks and routes."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, current_app, redirect, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.globals import request_ctx
from flask.sansio.app import App
from werkzeug.wrappers import Response as WerkzeugResponse

from flask_stadtlabor.config import ConfigurationError
from flask_stadtlabor.error_pages import handle_errors
from flask_stadtlabor.i18n import best_language, enter_language, leave_language
from flask_stadtlabor.organise.access import guarded
from flask_stadtlabor.pictures.processing import LARGEST_FILE
from flask_stadtlabor.ports import Action
from flask_stadtlabor.route import ACCOUNT, LINK, PARTICIPANT, PUBLIC
from flask_stadtlabor.routes import ROUTES, WAYS_BACK
from flask_stadtlabor.state import state_of
from flask_stadtlabor.static_files import compressed_file, keep_for_ever
from flask_stadtlabor.urls import STATIC, fill_language

CITIZENS = (LINK, ACCOUNT, PARTICIPANT)
OFFICE = frozenset(r.endpoint for r in ROUTES if r.access not in (PUBLIC, *CITIZENS))
PERSONAL = OFFICE | {route.endpoint for route in ROUTES if route.access in CITIZENS}
TOLD_ONCE = frozenset({"registered", "erased"})
"""Result pages after a POST, at an address that is the same for everybody."""
_POSTS = re.compile(rb"<form\b[^>]*\bmethod=[\"']?post", re.IGNORECASE)
LARGEST_BODY = 512 * 1024
"""Bytes that a form of ours may hold, with its file, apart from those that take a picture."""
LARGEST_UPLOAD = LARGEST_FILE + 8 * 2**20
"""Bytes that the form with a picture may hold: more than is taken, so that it comes back filled."""
OWN_STATIC = "/stadtlabor-static"
"""Where our static files are when their address is taken by the host's."""


class StadtlaborBlueprint(Blueprint):
    """A blueprint whose own files stay within reach beside those of the host."""

    def send_static_file(self, filename: str) -> Response:
        """A static file of ours, compressed where the client takes it so."""
        max_age = self.get_send_file_max_age(filename)
        response = compressed_file(filename, max_age) or super().send_static_file(filename)
        return keep_for_ever(response, filename)

    def make_setup_state(
        self, app: App, options: dict[str, Any], first_registration: bool = False
    ) -> BlueprintSetupState:
        """At the root of the site, ``/static`` is the host's own."""
        state = super().make_setup_state(app, options, first_registration)
        address = f"{(state.url_prefix or '').rstrip('/')}{self.static_url_path}"
        if app.has_static_folder and app.static_url_path == address:
            self.static_url_path = OWN_STATIC
        return state


def create_blueprint() -> Blueprint:
    """A fresh blueprint named ``stadtlabor``, to be registered on one app or nested in another."""
    blueprint = StadtlaborBlueprint(
        "stadtlabor",
        "flask_stadtlabor",
        static_folder=str(STATIC),
        static_url_path="/static",
    )
    for route in (*ROUTES, *WAYS_BACK):
        blueprint.add_url_rule(
            route.rule,
            route.endpoint,
            guarded(route.view, route.access) if isinstance(route.access, Action) else route.view,
            methods=route.methods,
            # werkzeug's own redirects would use the Host header
            strict_slashes=not route.rule.endswith("/"),
            merge_slashes=False,
        )
    blueprint.url_value_preprocessor(_begin)
    blueprint.url_defaults(fill_language)
    blueprint.before_request(_add_slash)
    blueprint.teardown_request(leave_language)
    blueprint.after_request(_protect_personal_pages)
    blueprint.record(_remember_name)
    handle_errors(blueprint)
    return blueprint


def _begin(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Limit the body, and speak the language of the path before anything else looks at it."""
    if values is not None:
        _restore(values)
    most = LARGEST_UPLOAD if _takes_picture(endpoint, values or {}) else LARGEST_BODY
    request.max_content_length = min(request.max_content_length or most, most)
    code = (values or {}).pop("lang", None)
    enter_language(code or best_language())


def _takes_picture(endpoint: str | None, values: dict[str, Any]) -> bool:
    """Whether a file may come with this request.

    Also from somebody who was signed out meanwhile, whose text comes back in the answer.
    """
    view = (endpoint or "").rpartition(".")[2]
    if view in ("new_shared", "edit_shared"):
        return values.get("shared_kind") == "projects"
    if view in ("new_idea", "edit_idea"):
        return True
    on_a_page = view in ("edit_event", "preview_texts")
    return view == "event_results" or (on_a_page and values.get("page") in ("picture", "results"))


def _restore(values: dict[str, Any]) -> None:
    """Make the values those of the path, whatever a host's preprocessor took out or put in."""
    if current_app.url_value_preprocessors == {request.blueprint: [_begin]}:
        return
    routes = request_ctx.url_adapter
    if routes is not None:
        values.clear()
        values.update(routes.match()[1])


def _add_slash() -> WerkzeugResponse | None:
    """Redirect to the path with one trailing slash; the ``Host`` header is not used (S8)."""
    path = request.path
    if path.endswith("/") and not path.endswith("//"):
        return None
    rule = request.url_rule
    if rule is None or not rule.rule.endswith("/"):
        return None
    query = request.query_string.decode("utf-8", "replace")
    path = url_for(str(request.endpoint), **(request.view_args or {}))
    return redirect(f"{path}?{query}" if query else path, 308)


def _protect_personal_pages(response: Response) -> Response:
    """What is for one person or for staff stays out of caches, searches and referrers (S3)."""
    endpoint = (request.endpoint or "").rpartition(".")[2]
    if endpoint in PERSONAL or endpoint in TOLD_ONCE:
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        needs_referrer = endpoint in OFFICE or response.location or _posts(response)
        response.headers["Referrer-Policy"] = "same-origin" if needs_referrer else "no-referrer"
    return response


def _posts(response: Response) -> bool:
    """Whether a page has a form that posts, a host's in its layout too.

    Over https, Flask-WTF refuses a POST without a referrer (``WTF_CSRF_SSL_STRICT``), which is what
    a page with the policy ``no-referrer`` would send.
    """
    return response.is_sequence and _POSTS.search(response.get_data()) is not None


def _remember_name(setup: BlueprintSetupState) -> None:
    """A nested blueprint is known by its parents' names too."""
    name = f"{setup.name_prefix}.{setup.name}".lstrip(".")
    _refuse_where_links_would_lead_astray(setup, name)
    state_of(setup.app).blueprint_name = name


def _refuse_where_links_would_lead_astray(setup: BlueprintSetupState, name: str) -> None:
    """A link in a mail has to be made without a request, and to lead to one place.

    Raises :class:`~flask_stadtlabor.config.ConfigurationError`.
    """
    app, first = setup.app, state_of(setup.app).blueprint_name
    if first is not None:
        raise ConfigurationError(
            f"The Stadtlabor is mounted twice in one app, as {first} and as {name}; mount it once, "
            "and let your other address redirect there."
        )
    variable = [part for part in (setup.url_prefix, setup.subdomain) if part and "<" in part]
    if variable or setup.url_defaults:
        where = variable[0] if variable else f"url_defaults={setup.url_defaults}"
        raise ConfigurationError(
            f"The Stadtlabor is mounted at {where}, and nobody would fill that in for a link in a "
            "mail; write an address without variables and defaults. Our pages have their language "
            "in the path by themselves."
        )
    if app.url_map.host_matching:
        raise ConfigurationError(
            "The app has host_matching, and Flask gives a blueprint no host, so that none of our "
            "pages would be found; write subdomain_matching=True, and subdomain=… where you "
            "register our blueprint."
        )
    if setup.subdomain and not (app.subdomain_matching and app.config.get("SERVER_NAME")):
        raise ConfigurationError(
            f"The Stadtlabor is mounted on the subdomain {setup.subdomain!r}, which Flask does not "
            "look at; write Flask(…, subdomain_matching=True), and set SERVER_NAME."
        )

"""Addresses: within the site, and absolute ones from the configured base URL."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, has_request_context, redirect, request, url_for
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter, MapAdapter
from werkzeug.wrappers import Response

from flask_stadtlabor.i18n import language
from flask_stadtlabor.state import current, settings

STATIC = Path(__file__).parent / "static"
_OWN_PATH = re.compile(r"/(?![/\\]|%2f|%5c)[^\\\x00-\x20\x7f-\xa0\u2028\u2029]*", re.IGNORECASE)
"""A path of this site. A browser takes a backslash for a slash and leaves out tabs and line ends,
so that ``/\\other.example`` and ``/<tab>/other.example`` lead elsewhere (WHATWG, URL Standard)."""
QUERY_PARAMETERS = (
    "q", "series", "when", "page", "state", "at", "since", "sort", "category", "language",
    "area", "verdict", "stance", "on", "number", "slug", "part",
)  # fmt: skip
"""The parameters that our pages know."""
_static_versions: dict[str, str] = {}


def one_of_converter(values: Iterable[str]) -> type[BaseConverter]:
    """A URL converter that matches these values only.

    Any other segment matches no rule of ours, so that for a language its 404 is the host's own.
    """

    class OneOfConverter(BaseConverter):
        regex = "(?:" + "|".join(re.escape(value) for value in values) + ")"

    return OneOfConverter


def base_url() -> str:
    """Scheme, host and application root for absolute links, never from the Host header (S8).

    Unset, it is put together from Flask's own SERVER_NAME, PREFERRED_URL_SCHEME and
    APPLICATION_ROOT; ``flask stadtlabor check`` warns.
    """
    configured = settings().base_url
    if configured:
        return configured
    config = current_app.config
    host = config.get("SERVER_NAME") or "localhost:5000"
    root = (config.get("APPLICATION_ROOT") or "/").rstrip("/")
    return f"{config['PREFERRED_URL_SCHEME']}://{host}{root}"


def local_url(endpoint: str, **values: Any) -> str:
    """The path of one of our endpoints in this site, such as ``/stadtlabor/de/``.

    Filled with the current language where ``lang`` is not given.
    """
    if has_request_context():
        name = _full_name(endpoint)
        # before a host's url_defaults put in another
        fill_language(name, values)
        return url_for(name, **values)
    address = urlsplit(absolute_url(endpoint, **values))
    path = address.path.removeprefix(urlsplit(base_url()).path)
    return address._replace(scheme="", netloc="", path=path).geturl()


def see_other(endpoint: str, **values: Any) -> Response:
    """303: what was sent has been done, and the browser gets this page of ours."""
    return redirect(local_url(endpoint, **values), 303)


def absolute_url(endpoint: str, **values: Any) -> str:
    """The address of one of our endpoints for mails, calendars, feeds and other sites.

    It is made from the configuration alone, so that it is the same in every request and in none.
    """
    name = _full_name(endpoint)
    fill_language(name, values)
    return str(_below_base_url(name).build(name, values, force_external=True))


def _below_base_url(name: str) -> MapAdapter:
    """Builds addresses below the base URL, which may have our subdomain already."""
    parts = urlsplit(base_url())
    rule = next(current_app.url_map.iter_rules(name), None)
    subdomain = rule.subdomain if rule else None
    server = parts.netloc.removeprefix(f"{subdomain}.") if subdomain else parts.netloc
    return current_app.url_map.bind(server, script_name=parts.path, url_scheme=parts.scheme)


def webcal_url(endpoint: str, **values: object) -> str:
    """The address of a calendar of ours that opens the visitor's calendar program to subscribe."""
    return "webcal" + absolute_url(endpoint, **values).removeprefix(urlsplit(base_url()).scheme)


def is_own_path(link: str) -> bool:
    """Whether a link is a path that every browser takes for one of this site (S11)."""
    return _OWN_PATH.fullmatch(link) is not None


def site_url(link: str) -> str:
    """An absolute address for a path of the host's, such as ``/privacy``; others stay as is."""
    if is_own_path(link):
        parts = urlsplit(base_url())
        return f"{parts.scheme}://{parts.netloc}{link}"
    return link


def is_own(link: str) -> bool:
    """Whether a link leads to this site, so that fetching it tells nobody else of a visitor."""
    own = urlsplit(base_url())
    origin = f"{own.scheme}://{own.netloc}"
    return is_own_path(link) or (link.startswith(origin) and is_own_path(link[len(origin) :]))


def static_url(filename: str) -> str:
    """The path of a static file of ours, with its content's hash, so that a new one is fetched."""
    return local_url("static", filename=filename, v=static_version(filename))


def static_version(filename: str) -> str:
    """A hash of the content of one of our static files."""
    if current_app.debug or filename not in _static_versions:
        _static_versions[filename] = sha256((STATIC / filename).read_bytes()).hexdigest()[:10]
    return _static_versions[filename]


def own_query() -> dict[str, str]:
    """The parameters of this request that our pages know; the rest of a query changes nothing."""
    if not request.query_string:
        return {}
    return {name: request.args[name] for name in QUERY_PARAMETERS if name in request.args}


def language_links() -> dict[str, str]:
    """The current page's address in each language, for the switch and ``hreflang``."""
    return {code: _current_page(code) for code in settings().locales}


def posting_url(code: str) -> str:
    """Where the form that was posted is posted to in the language ``code``."""
    values = {**own_query(), **(request.view_args or {}), "lang": code}
    return url_for(str(request.endpoint), **values)


def _current_page(code: str) -> str:
    """This page in the language ``code``; a button's page leads to the nearest page above it."""
    rule = request.url_rule if has_request_context() else None
    if rule is None or "lang" not in rule.arguments:
        return local_url("index", lang=code)
    endpoint, values = rule.endpoint, request.view_args or {}
    if "GET" not in (rule.methods or ()):
        endpoint, values = _page_above()
    # only our own parameters: url_for would take others, such as _scheme, for its own (S11)
    return url_for(endpoint, **{**own_query(), **values, "lang": code})


def page_above() -> str:
    """The address of the page that a button's own address belongs to, with the same language."""
    endpoint, values = _page_above()
    return url_for(endpoint, **values)


def _page_above() -> tuple[str, dict[str, Any]]:
    """The endpoint and values of the nearest page above this request's address."""
    routes = request_ctx.url_adapter
    path = request.path
    while path != "/":
        path = path.rstrip("/").rpartition("/")[0] + "/"
        try:
            endpoint, values = routes.match(path, method="GET")  # type: ignore[union-attr]
        except HTTPException:
            continue
        # a path segment that may be a personal link's token, so not a page
        is_ours = endpoint.startswith(f"{current().blueprint_name}.")
        if is_ours and endpoint != _full_name("open_link"):
            return str(endpoint), dict(values)
    return _full_name("index"), {}


def _full_name(endpoint: str) -> str:
    name = current().blueprint_name
    if name is None:
        raise RuntimeError(
            "The blueprint is not registered: call "
            "app.register_blueprint(stadtlabor.create_blueprint(), url_prefix=…)."
        )
    return f"{name}.{endpoint}"


def fill_language(endpoint: str, values: dict[str, object]) -> None:
    """The blueprint's ``url_defaults``: links stay in the current language.

    An endpoint that does not exist is left to ``url_for``, which says so.
    """
    if "lang" in values or endpoint not in current_app.view_functions:
        return
    if current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values["lang"] = language()

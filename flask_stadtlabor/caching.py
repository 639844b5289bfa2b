"""Conditional responses of public pages (RFC 9110 §13, RFC 9111).

A stranger's page opens no session, carries an ETag, and is asked for again each time: then one read
of the database tells whether it is still the same. What may hold somebody's name is never stored.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from functools import cache, lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from flask import Flask, Response, current_app, request
from flask.globals import request_ctx
from flask.sessions import SessionMixin
from jinja2 import TemplateNotFound
from werkzeug.http import http_date

from flask_stadtlabor.config import Settings
from flask_stadtlabor.i18n import language
from flask_stadtlabor.state import current, this_app
from flask_stadtlabor.tokens import derived_key
from flask_stadtlabor.urls import STATIC, own_query, static_version

PUBLIC = "public, max-age=0, must-revalidate"
PRIVATE = "private, no-store"
FOR_EVER = "public, max-age=31536000, immutable"
"""For an address whose content never changes (RFC 8246)."""
TEMPLATES = Path(__file__).parent / "templates"
ADDRESS_SETTINGS = ("SERVER_NAME", "PREFERRED_URL_SCHEME", "APPLICATION_ROOT")
"""Flask's own settings from which absolute addresses are made where no base URL is set."""

Render = Callable[[], str | bytes]

_http_date = lru_cache(1000)(http_date)


def conditional(
    render: Render, *parts: object, changed_at: datetime | None, mimetype: str = "text/html"
) -> Response:
    """What ``render`` gives, or 304 without rendering where the client has it already.

    ``parts`` name all that the content depends on beside its address, the language, the settings
    and the templates. Somebody with a cookie or credentials, and a page that opened a session, gets
    an answer that nobody stores. If-Modified-Since alone is not enough for a 304: seats change
    without a time.
    """
    if not is_stranger() or session_was_opened():
        return private(render(), mimetype)
    return public(render, entity_tag(parts), changed_at=changed_at, mimetype=mimetype)


def public(
    render: Render, etag: str, *, changed_at: datetime | None, mimetype: str = "text/html"
) -> Response:
    """The answer to a stranger: what ``render`` gives, or 304 where the client has it already."""
    # weak, because a host's layout or a proxy's compression may differ in bytes alone
    headers = {"ETag": f'W/"{etag}"', "Cache-Control": PUBLIC, "Vary": "Cookie"}
    if changed_at is not None:
        headers["Last-Modified"] = _http_date(changed_at)
    if request.if_none_match.contains_weak(etag):
        response = _respond(b"", 304, headers)
        del response.headers["Content-Type"]
        return response
    body = render()
    if session_was_opened():
        return private(body, mimetype)
    return _respond(body, 200, headers, mimetype)


def private(body: str | bytes, mimetype: str = "text/html") -> Response:
    """A response for this person alone, stored by nobody."""
    return _respond(body, 200, {"Cache-Control": PRIVATE, "Vary": "Cookie"}, mimetype)


def is_stranger() -> bool:
    """Whether the request comes without a cookie and without credentials.

    A server that signs people in itself names them in ``REMOTE_USER`` (RFC 3875 §4.1.11), by a
    certificate or Kerberos for instance, and a host's layout may greet them by it.
    """
    sent = request.environ
    return (
        "HTTP_COOKIE" not in sent
        and "HTTP_AUTHORIZATION" not in sent
        and not sent.get("REMOTE_USER")
    )


def _respond(
    body: str | bytes, status: int, headers: dict[str, str], mimetype: str | None = None
) -> Response:
    """In the host's own kind of response, made in one go: this is where a kept page spends time."""
    return this_app().response_class(body, status, headers, mimetype)


def session_was_opened() -> bool:
    """Whether the host or its layout has looked into the session."""
    opened = unopened_session()
    return opened is not None and bool(opened.accessed or opened.modified)


def unopened_session() -> SessionMixin | None:
    """The session, without a look into it; None where there is none yet.

    Since Flask 3.1.3 a look through ``flask.session`` counts itself, so we look behind it.
    """
    context = request_ctx._get_current_object()  # type: ignore[attr-defined]
    found: SessionMixin | None = (
        context._session if hasattr(context, "_session") else context.session
    )
    return found


def entity_tag(parts: tuple[object, ...]) -> str:
    """The tag of a page that depends on ``parts`` and on its address."""
    return page_key(own_query(), *parts)


def page_key(*parts: object) -> str:
    """A hash of ``parts``, and of path, language, templates, settings and database (S18)."""
    all_parts = (_fingerprint(), language(), request.script_root, request.path, *parts)
    return sha256(repr(all_parts).encode("utf-8", "replace")).hexdigest()[:32]


def _fingerprint() -> str:
    """A hash of all that only a deployment changes: version, settings, templates, database."""
    here = current()
    if here.fingerprint is None or current_app.jinja_env.auto_reload:
        here.fingerprint = _compute_fingerprint(this_app())
    return here.fingerprint


def _compute_fingerprint(app: Flask) -> str:
    """Keyed, because a tag is public and the settings hold the key of the ledger."""
    here = current()
    key = derived_key("fingerprint") if app.secret_key else b""
    digest = hmac.new(key, version("flask-stadtlabor").encode(), sha256)
    # every setting, so that a new one cannot be forgotten
    chosen = [(field.name, getattr(here.settings, field.name)) for field in fields(Settings)]
    hosts = [(name, app.config.get(name)) for name in ADDRESS_SETTINGS]
    static = [(name, static_version(name)) for name in _static_names()]
    digest.update(repr((chosen, hosts, here.database, _our_rules(app), static)).encode())
    for name in (here.settings.base_template, *_template_names()):
        digest.update(_source(app, name).encode())
    for directory in here.settings.translation_directories:
        for catalog in sorted(Path(directory).rglob("stadtlabor.mo")):
            digest.update(catalog.read_bytes())
    return digest.hexdigest()


def _our_rules(app: Flask) -> list[str]:
    """Where the host has mounted us, which decides the links on a page."""
    ours = f"{current().blueprint_name}."
    return [
        repr((rule.rule, rule.endpoint, rule.subdomain, rule.host))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(ours)
    ]


@cache
def _static_names() -> tuple[str, ...]:
    """Our style sheets and scripts, whose addresses change with their content."""
    files = sorted(path for path in STATIC.rglob("*") if path.is_file())
    return tuple(path.relative_to(STATIC).as_posix() for path in files)


@cache
def _template_names() -> tuple[str, ...]:
    """Our templates' names, any of which a host may override."""
    files = sorted(TEMPLATES.rglob("*.html"))
    return tuple(path.relative_to(TEMPLATES).as_posix() for path in files)


def _source(app: Flask, name: str) -> str:
    loader = app.jinja_env.loader
    try:
        return loader.get_source(app.jinja_env, name)[0] if loader else ""
    except TemplateNotFound:
        # a layout that is not there fails when the page is drawn, and is told by `check`
        return ""

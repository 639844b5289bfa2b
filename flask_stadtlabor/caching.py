"""Conditional responses of public pages (RFC 9110 §13, RFC 9111).

A stranger's page opens no session, carries an ETag, and is asked for again each time. Where it is
ours alone, one read of the database tells whether it is still the same; a host's layout is drawn
first, unless the host says when that changes. What may hold somebody's name is never stored.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from functools import cache, lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request
from flask.globals import request_ctx
from flask.sessions import SessionMixin
from werkzeug.http import http_date

from flask_stadtlabor.config import Settings
from flask_stadtlabor.environment import TEMPLATES, our_names
from flask_stadtlabor.i18n import language
from flask_stadtlabor.state import current, settings, this_app
from flask_stadtlabor.templating import draw, is_ours_alone
from flask_stadtlabor.tokens import derived_key
from flask_stadtlabor.urls import STATIC, absolute_url, local_url, own_query, static_version

PUBLIC = "public, max-age=0, must-revalidate"
PRIVATE = "private, no-store"
FOR_EVER = "public, max-age=31536000, immutable"
"""For an address whose content never changes (RFC 8246)."""

Render = Callable[[], str | bytes]

_http_date = lru_cache(1000)(http_date)


def conditional(
    render: Render, *parts: object, changed_at: datetime | None, mimetype: str
) -> Response:
    """What ``render`` gives, or 304 without rendering where the client has it already.

    For what stands in no layout, such as a calendar. ``parts`` name all that it depends on beside
    its address, the language and the settings.
    """
    return answer(render, entity_tag(parts), changed_at=changed_at, mimetype=mimetype)


def conditional_page(
    template: str,
    values: Callable[[], Mapping[str, Any]],
    *parts: object,
    changed_at: datetime | None,
) -> Response:
    """A page of ours for whoever asks, drawn from ``template`` and ``values``; or 304.

    ``parts`` as for :func:`conditional`.
    """
    etag = page_tag(entity_tag(parts), is_in_hosts_layout=not is_ours_alone(template))
    return answer(lambda: draw(template, **values()), etag, changed_at=changed_at)


def page_tag(etag: str, *, is_in_hosts_layout: bool) -> str | None:
    """The tag by which a page is known before it is drawn; None where only what is sent tells.

    ``etag`` stands for what is ours of it. What the host draws around that may differ each time,
    unless the host says by ``STADTLABOR_LAYOUT_VERSION`` when it does.
    """
    if not is_in_hosts_layout:
        return etag
    version = layout_version()
    return _hashed(f"{etag} {version}".encode()) if version else None


def layout_version() -> str:
    """What the host says its layout's version is, for this request; empty where it says nothing."""
    version = settings().layout_version
    return str(version() or "") if callable(version) else version


def answer(
    render: Render, etag: str | None, *, changed_at: datetime | None, mimetype: str = "text/html"
) -> Response:
    """What ``render`` gives; to a stranger with a tag, or 304 where the client has it already.

    Without an ``etag`` the tag is that of what is sent. Somebody with a cookie or credentials, and
    a page that opened a session, gets an answer that nobody stores. If-Modified-Since alone is not
    enough for a 304: seats change without a time.
    """
    if not is_stranger() or session_was_opened():
        return private(render(), mimetype)
    if etag is not None and request.if_none_match.contains_weak(etag):
        return _not_modified(etag, changed_at)
    body = render()
    if session_was_opened():
        return private(body, mimetype)
    if etag is None:
        etag = _hashed(body if isinstance(body, bytes) else body.encode())
        if request.if_none_match.contains_weak(etag):
            return _not_modified(etag, changed_at)
    return _respond(body, 200, _headers(etag, changed_at), mimetype)


def _not_modified(etag: str, changed_at: datetime | None) -> Response:
    response = _respond(b"", 304, _headers(etag, changed_at))
    del response.headers["Content-Type"]
    return response


def _headers(etag: str, changed_at: datetime | None) -> dict[str, str]:
    # weak, because a proxy's compression may differ in bytes alone
    headers = {"ETag": f'W/"{etag}"', "Cache-Control": PUBLIC, "Vary": "Cookie"}
    if changed_at is not None:
        headers["Last-Modified"] = _http_date(changed_at)
    return headers


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
    """The session object, without accessing it; None where there is none yet.

    Since Flask 3.1.3 ``flask.session`` counts as an access, so the session is read from the
    context.
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
    address = request.script_root, request.path, _added_to_links()
    all_parts = (_fingerprint(), language(), *address, *parts)
    return _hashed(repr(all_parts).encode("utf-8", "replace"))


def _added_to_links() -> str:
    """One of our links, where ``url_defaults`` of the host's may add something for this request."""
    adders = current_app.url_default_functions.items()
    ours = current().blueprint_name
    if any(functions for name, functions in adders if name != ours):
        return local_url("index")
    return ""


def _hashed(content: bytes) -> str:
    return sha256(content).hexdigest()[:32]


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
    # every setting, so that a new one cannot be forgotten; a function is asked for each request
    chosen = [(field.name, getattr(here.settings, field.name)) for field in fields(Settings)]
    chosen = [(name, value) for name, value in chosen if not callable(value)]
    # resolved addresses, so that it does not matter which settings they come from
    addresses = [absolute_url("root"), absolute_url("static", filename="")]
    static = [(name, static_version(name)) for name in _static_names()]
    hosts = [name for name in our_names() if here.environment.is_hosts(name)]
    digest.update(repr((chosen, addresses, here.database, static, hosts)).encode())
    for name in our_names():
        digest.update((TEMPLATES / name).read_bytes())
    for directory in here.settings.translation_directories:
        for catalog in sorted(Path(directory).rglob("stadtlabor.mo")):
            digest.update(catalog.read_bytes())
    return digest.hexdigest()


@cache
def _static_names() -> tuple[str, ...]:
    """Our style sheets and scripts, whose addresses change with their content."""
    files = sorted(path for path in STATIC.rglob("*") if path.is_file())
    return tuple(path.relative_to(STATIC).as_posix() for path in files)

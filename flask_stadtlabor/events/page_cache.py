"""The page cache: pages are rendered once and kept until something that they show changes.

A page is kept under its address and language, with what it was made from: the content revision,
what it says about seats, and the moment at which time alone changes it. So any worker can check by
one statement whether it is still valid. What citizens write has no revision: a page of that is read
each time, and drawn anew only when something on it has changed. Only our own pieces are kept, never
the host's layout (where the host has none, the whole page is ours), and never what looked into
somebody's session.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from threading import RLock
from typing import Any, TypeVar

from flask import Response
from flask.typing import ResponseReturnValue

from flask_stadtlabor.caching import (
    answer,
    entity_tag,
    is_stranger,
    page_key,
    page_tag,
    private,
    session_was_opened,
)
from flask_stadtlabor.events.cache_validation import is_fresh, seats_on
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.ports import KeptPage
from flask_stadtlabor.revision import NO_REVISION, Revision
from flask_stadtlabor.state import current
from flask_stadtlabor.templating import assemble, draw, draw_pieces, is_ours, is_ours_alone
from flask_stadtlabor.urls import own_query

HTML = "text/html"
JSON = "application/json"

Answer = TypeVar("Answer")
_TURNS = tuple(RLock() for _ in range(64))
"""A fixed pool of locks, shared by pages, so that one thread at a time renders a page."""


@dataclass(frozen=True, kw_only=True)
class Dependencies:
    """What a page is made from."""

    revision: Revision
    changed_at: datetime | None
    shown: Sequence[Event] = ()
    """The events whose seats it shows."""
    until: datetime | None = None
    """When time alone changes it; None for never."""
    query: Mapping[str, str | int] | None = field(default_factory=dict)
    """By which query our own links lead to it; None for a page that is not worth keeping."""


def kept(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Decorator: answer with the cached page if it is still valid, else call the view."""

    @wraps(view)
    def respond(**values: str) -> ResponseReturnValue:
        return get_or_render(_as_it_is, lambda: view(**values))

    return respond


def _as_it_is(page: KeptPage) -> Response:
    # what is kept in one piece has nothing of the host's around it
    etag = page_tag(page.etag, is_in_hosts_layout=len(page.pieces) > 1)
    return answer(
        lambda: assemble(page.pieces), etag, changed_at=page.changed_at, mimetype=page.mimetype
    )


def get_or_render(
    show: Callable[[KeptPage], Answer], make: Callable[[], Answer], *variant: str
) -> Answer:
    """``show`` the cached page for this address if it is still valid, else ``make`` one.

    ``variant`` says which one, where several pages have one address.

    Where one was kept, a single thread of this process makes the next: the others, who came while
    it did, show what it made. Threads would otherwise all make the same page when it changes, and
    the slower they get the more would do so.
    """
    key = _key(*variant)
    page = current().ports.page_cache.get(key)
    if page is not None and is_fresh(page):
        return show(page)
    if page is None or not is_stranger():
        # nobody could show what is made now, or nothing tells that it would be kept
        return make()
    with _TURNS[hash(key) % len(_TURNS)]:
        page = current().ports.page_cache.get(key)
        return show(page) if page is not None and is_fresh(page) else make()


def make_page(
    template: str, values: Callable[[], Mapping[str, Any]], *parts: object, basis: Dependencies
) -> Response:
    """A page of ours, kept for the next who asks; ``parts`` as for a conditional answer."""
    etag = entity_tag(parts)

    def render() -> str | bytes:
        if not is_ours(template):
            return draw(template, **values())
        pieces = draw_pieces(template, values())
        keep_page(etag, basis, pieces)
        return assemble(pieces)

    tag = page_tag(etag, is_in_hosts_layout=not is_ours_alone(template))
    return answer(render, tag, changed_at=basis.changed_at)


def make_page_once(
    template: str,
    values: Callable[[], Mapping[str, Any]],
    *parts: object,
    query: Mapping[str, str | int] | None,
) -> Response:
    """A page that is the same for everybody, drawn only when one of its ``parts`` has changed.

    ``parts`` as for a conditional answer, read anew for each request; ``query`` as in
    :class:`Dependencies`.
    """
    etag = entity_tag(parts)

    def render() -> str | bytes:
        if not is_ours(template):
            return draw(template, **values())
        page = current().ports.page_cache.get(_key())
        if page is not None and page.etag == etag:
            return assemble(page.pieces)
        pieces = draw_pieces(template, values())
        basis = Dependencies(revision=NO_REVISION, changed_at=None, query=query)
        keep_page(etag, basis, pieces)
        return assemble(pieces)

    tag = page_tag(etag, is_in_hosts_layout=not is_ours_alone(template))
    return answer(render, tag, changed_at=None)


def make_page_for_strangers(
    template: str,
    values: Callable[[], Mapping[str, Any]],
    *parts: object,
    query: Mapping[str, str | int] | None,
) -> Response:
    """The same of a page that is another one for somebody who is known: theirs is never kept."""
    if not is_stranger():
        return private(draw(template, **values()))
    return make_page_once(template, values, *parts, query=query)


def make_body(
    make: Callable[[], bytes], *parts: object, basis: Dependencies, mimetype: str
) -> Response:
    """A calendar or a feed, kept for the next who asks."""
    etag = entity_tag(parts)

    def render() -> bytes:
        body = make()
        keep_page(etag, basis, (body,), mimetype)
        return body

    return answer(render, etag, changed_at=basis.changed_at, mimetype=mimetype)


def keep_page(
    etag: str, basis: Dependencies, pieces: Sequence[str | bytes], mimetype: str = HTML
) -> None:
    """Keep a page for the next who asks, unless it may hold what is this visitor's alone."""
    if not session_was_opened() and is_stranger():
        keep_pieces(etag, basis, pieces, mimetype=mimetype)


def keep_pieces(
    etag: str,
    basis: Dependencies,
    pieces: Sequence[str | bytes],
    *variant: str,
    mimetype: str = HTML,
) -> None:
    """The same for pieces that hold nothing of a visitor's, whoever that is.

    ``variant`` as for :func:`get_or_render`.
    """
    if not _is_own_address(basis):
        return
    page = KeptPage(
        etag=etag,
        changed_at=basis.changed_at,
        mimetype=mimetype,
        revision=(basis.revision.number, basis.revision.changed_at),
        seats=seats_on(basis.shown),
        until=basis.until,
        # what is whole goes to the browser as it is
        pieces=tuple(pieces) if len(pieces) > 1 else (_as_bytes(pieces[0]),),
    )
    current().ports.page_cache.set(_key(*variant), page)


def kept_under(name: str, mark: str, make: Callable[[], bytes]) -> bytes:
    """What ``make`` gives, kept beside the pages until ``mark`` is another one.

    The mark has to be read before what ``make`` reads: then what is kept is never older than it.
    """
    cache = current().ports.page_cache
    kept = cache.get(name)
    if kept is not None and kept.etag == mark:
        return _as_bytes(kept.pieces[0])
    body = make()
    basis = (NO_REVISION.number, NO_REVISION.changed_at)
    page = KeptPage(
        etag=mark,
        changed_at=None,
        mimetype=JSON,
        revision=basis,
        seats=(),
        until=None,
        pieces=(body,),
    )
    cache.set(name, page)
    return body


def _as_bytes(piece: str | bytes) -> bytes:
    return piece if isinstance(piece, bytes) else piece.encode()


def _is_own_address(basis: Dependencies) -> bool:
    """Whether our own links lead here, so that nobody fills a cache with addresses they invent."""
    if basis.query is None:
        return False
    return own_query() == {name: str(value) for name, value in basis.query.items()}


def _key(*variant: str) -> str:
    """The page's address as far as it tells pages apart."""
    return page_key(own_query(), *variant)

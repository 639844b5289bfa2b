"""Pages that are made once and kept as long as nothing that they show has changed.

A page is kept under its address and language, with what it was made from: the content revision,
what it says about seats, and the moment at which time alone changes it. So one statement tells
whether it is still right, on every worker, whoever changed something. Only our own pieces are kept,
never the host's layout (where the host has none, the whole page is ours), and never what looked
into somebody's session.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from pathlib import Path
from secrets import token_hex
from threading import RLock
from typing import Any, TypeVar

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from flask_stadtlabor.caching import (
    TEMPLATES,
    entity_tag,
    is_stranger,
    page_key,
    private,
    public,
    session_was_opened,
)
from flask_stadtlabor.events.cache_validation import is_fresh, seats_on
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.queries import Revision
from flask_stadtlabor.ports import KeptPage
from flask_stadtlabor.state import current, this_app
from flask_stadtlabor.templating import base_template, laid_out_in
from flask_stadtlabor.urls import own_query

LAYOUT = "stadtlabor/layout.html"
PIECES = "stadtlabor/pieces.html"
BETWEEN_PIECES = f"<{token_hex(16)}>"
"""What nobody can have written into a page."""
HTML = "text/html"

Answer = TypeVar("Answer")
_TURNS = tuple(RLock() for _ in range(64))
"""Whose turn it is to make a page; pages share them, so that their number stays as it is."""


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
    """Answer with the kept page where there is one that is still right, else ask the view."""

    @wraps(view)
    def answer(**values: str) -> ResponseReturnValue:
        return get_or_render(_as_it_is, lambda: view(**values))

    return answer


def _as_it_is(page: KeptPage) -> Response:
    return _respond(lambda: assemble(page.pieces), page.etag, page.changed_at, page.mimetype)


def get_or_render(show: Callable[[KeptPage], Answer], make: Callable[[], Answer]) -> Answer:
    """``show`` the page that is kept for this address, if it is still right, else ``make`` one.

    Where one was kept, a single thread of this process makes the next: the others, who came while
    it did, show what it made. Threads would otherwise all make the same page when it changes, and
    the slower they get the more would do so.
    """
    key = _key()
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
            return render_template(template, **values())
        pieces = render_pieces(template, values())
        keep_page(etag, basis, pieces)
        return assemble(pieces)

    return _respond(render, etag, basis.changed_at, HTML)


def make_body(
    make: Callable[[], bytes], *parts: object, basis: Dependencies, mimetype: str
) -> Response:
    """A calendar or a feed, kept for the next who asks."""
    etag = entity_tag(parts)

    def render() -> bytes:
        body = make()
        keep_page(etag, basis, (body,), mimetype)
        return body

    return _respond(render, etag, basis.changed_at, mimetype)


def _respond(
    render: Callable[[], str | bytes], etag: str, changed_at: datetime | None, mimetype: str
) -> Response:
    if is_stranger() and not session_was_opened():
        return public(render, etag, changed_at=changed_at, mimetype=mimetype)
    return private(render(), mimetype)


def is_ours(template: str) -> bool:
    """Whether neither this page nor the frame of all is the host's.

    What a host's page does beyond our blocks we cannot know, so it is drawn each time.
    """
    return _is_our_file(template) and _is_our_file(LAYOUT)


def render_pieces(template: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    """A page of ours in pieces: the whole of it, or title, head and content for a host's layout.

    The last of them is cut in two where the template says ``sl_between``: there, something is
    filled in for each visitor.
    """
    values = {**values, "sl_between": Markup(BETWEEN_PIECES)}  # noqa: S704
    if _is_our_file(base_template()):
        return tuple(render_template(template, **values).split(BETWEEN_PIECES))
    with laid_out_in(PIECES):
        return tuple(render_template(template, **values).split(BETWEEN_PIECES))


def assemble(pieces: Sequence[str | bytes], filling: str = "") -> str | bytes:
    """The page from its pieces, in the host's layout as it is now."""
    if len(pieces) == 1:
        return pieces[0]
    texts = [str(piece) for piece in pieces]
    frame, body = (texts[:2], texts[2:]) if len(texts) > 2 else ([], texts)
    content = filling.join(body)
    if not frame:
        return content
    title, head, content = map(Markup, (*frame, content))
    made = {"title": title, "head": head, "content": content}
    return render_template("stadtlabor/kept.html", sl_kept=made)


def keep_page(
    etag: str, basis: Dependencies, pieces: Sequence[str | bytes], mimetype: str = HTML
) -> None:
    """Keep a page for the next who asks, unless it may hold what is this visitor's alone."""
    if session_was_opened() or not is_stranger() or not _is_own_address(basis):
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
    current().ports.page_cache.set(_key(), page)


def _as_bytes(piece: str | bytes) -> bytes:
    return piece if isinstance(piece, bytes) else piece.encode()


def _is_our_file(template: str) -> bool:
    filename = this_app().jinja_env.get_template(template).filename
    return filename is not None and Path(filename).is_relative_to(TEMPLATES)


def _is_own_address(basis: Dependencies) -> bool:
    """Whether our own links lead here, so that nobody fills a cache with addresses they invent."""
    if basis.query is None:
        return False
    return own_query() == {name: str(value) for name, value in basis.query.items()}


def _key() -> str:
    """The page's address as far as it tells pages apart."""
    return page_key(own_query())

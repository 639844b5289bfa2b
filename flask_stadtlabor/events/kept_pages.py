"""Pages that are made once and kept as long as nothing that they show has changed.

A page is kept under its address and language, with what it was made from: the content revision,
the seats of the events on it, and the moment at which time alone changes it. So one statement tells
whether it is still right, on every worker, whoever changed something. Only our own pieces are kept,
never the host's layout (where the host has none, the whole page is ours), and never what looked
into somebody's session.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, wraps
from pathlib import Path
from secrets import token_hex
from typing import Any, NamedTuple

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import Dialect, Select, select

from flask_stadtlabor.caching import (
    TEMPLATES,
    entity_tag,
    is_stranger,
    page_key,
    private,
    public,
    session_was_opened,
)
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.queries import Revision
from flask_stadtlabor.ports import KeptPage
from flask_stadtlabor.revision import ContentRevision
from flask_stadtlabor.state import current, now, this_app
from flask_stadtlabor.templating import base_template, laid_out_in
from flask_stadtlabor.urls import QUERY_PARAMETERS

LAYOUT = "stadtlabor/layout.html"
PIECES = "stadtlabor/pieces.html"
BETWEEN_PIECES = f"<{token_hex(16)}>"
"""What nobody can have written into a page."""
HTML = "text/html"

_events, _revision = Event.__table__.c, ContentRevision.__table__.c


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What a page is made from."""

    revision: Revision
    changed_at: datetime | None
    shown: Sequence[Event] = ()
    """The events whose seats it shows."""
    until: datetime | None = None
    """When time alone changes it; None for never."""
    query: Mapping[str, str | int] | None = field(default_factory=dict)
    """By which query our own links lead to it; None for a page that is not worth keeping."""

    def seats(self) -> tuple[tuple[int, int, int], ...]:
        """The seats that it shows, as the probe reads them."""
        return tuple(
            sorted((event.id, event.seats_taken, event.parties_waiting) for event in self.shown)
        )


class Pieces(NamedTuple):
    """What of a page is ours."""

    title: Markup
    head: Markup
    content: Markup


def kept(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Answer with the kept page where there is one that is still right, else ask the view."""

    @wraps(view)
    def answer(**values: str) -> ResponseReturnValue:
        page = current().ports.page_cache.get(_key())
        if page is None or not _is_right(page):
            return view(**values)
        return _answer(page)

    return answer


def make_page(
    template: str, values: Callable[[], Mapping[str, Any]], *parts: object, basis: Basis
) -> Response:
    """A page of ours, kept for the next who asks; ``parts`` as for a conditional answer."""
    etag = entity_tag(parts)

    def render() -> str:
        if not all(_is_ours(name) for name in (template, LAYOUT)):
            # what a host's page does beyond our blocks we cannot know, so it is drawn each time
            return render_template(template, **values())
        if _is_ours(base_template()):
            page = render_template(template, **values())
            _keep(etag, basis, (page,), HTML)
            return page
        pieces = _draw(template, values())
        _keep(etag, basis, pieces, HTML)
        return _in_layout(pieces)

    return _respond(render, etag, basis.changed_at, HTML)


def make_body(make: Callable[[], bytes], *parts: object, basis: Basis, mimetype: str) -> Response:
    """A calendar or a feed, kept for the next who asks."""
    etag = entity_tag(parts)

    def render() -> bytes:
        body = make()
        _keep(etag, basis, (body,), mimetype)
        return body

    return _respond(render, etag, basis.changed_at, mimetype)


def _answer(page: KeptPage) -> Response:
    def render() -> str | bytes:
        if len(page.pieces) == 1:
            return page.pieces[0]
        return _in_layout(Pieces(*(Markup(piece) for piece in page.pieces)))  # noqa: S704 - drawn by us

    return _respond(render, page.etag, page.changed_at, page.mimetype)


def _respond(
    render: Callable[[], str | bytes], etag: str, changed_at: datetime | None, mimetype: str
) -> Response:
    if is_stranger() and not session_was_opened():
        return public(render, etag, changed_at=changed_at, mimetype=mimetype)
    return private(render(), mimetype)


def _draw(template: str, values: Mapping[str, Any]) -> Pieces:
    with laid_out_in(PIECES):
        drawn = render_template(template, **values, sl_between=Markup(BETWEEN_PIECES))  # noqa: S704
    title, head, content = map(Markup, drawn.split(BETWEEN_PIECES))
    return Pieces(title, head, content)


def _is_ours(name: str) -> bool:
    filename = this_app().jinja_env.get_template(name).filename
    return filename is not None and Path(filename).is_relative_to(TEMPLATES)


def _in_layout(pieces: Pieces) -> str:
    return render_template("stadtlabor/kept.html", sl_kept=pieces)


def _keep(etag: str, basis: Basis, pieces: Sequence[str | bytes], mimetype: str) -> None:
    if session_was_opened() or not is_stranger() or not _is_own_address(basis):
        return
    page = KeptPage(
        etag=etag,
        changed_at=basis.changed_at,
        mimetype=mimetype,
        revision=(basis.revision.number, basis.revision.changed_at),
        seats=basis.seats(),
        until=basis.until,
        pieces=tuple(piece if isinstance(piece, bytes) else str(piece) for piece in pieces),
    )
    current().ports.page_cache.set(_key(), page)


def _is_own_address(basis: Basis) -> bool:
    """Whether our own links lead here, so that nobody fills a cache with addresses they invent."""
    if basis.query is None:
        return False
    return _asked() == {name: str(value) for name, value in basis.query.items()}


def _is_right(page: KeptPage) -> bool:
    """Whether the page would be made in the same way now, by one statement."""
    if page.until is not None and now() >= page.until:
        return False
    rows = _read(page.revision, tuple(event for event, *_ in page.seats))
    return bool(rows) and page.seats == tuple(tuple(row) for row in rows if row[0] is not None)


def _read(
    revision: tuple[int, datetime | None], events: tuple[int, ...]
) -> Sequence[Sequence[Any]]:
    """Id, seats taken and parties waiting of these events; no row where the content has changed.

    At least one row else, of nothing where no event was asked for. It is read through the bare
    driver, because what SQLAlchemy does around a statement would cost more than all else here.
    """
    here = current()
    statement = _seats(revision, events)
    if here.db.session.registry.has():
        return here.db.session.execute(statement).all()
    with here.engine_for_reads.connect() as connection:
        cursor = connection.connection.cursor()
        try:
            cursor.execute(_written(statement, connection.dialect))
            return cursor.fetchall()
        except connection.dialect.loaded_dbapi.Error:
            # SQLAlchemy knows for each driver which failure means that a connection is lost
            return connection.execute(statement).all()
        finally:
            cursor.close()


@lru_cache(2000)
def _seats(revision: tuple[int, datetime | None], events: tuple[int, ...]) -> Select[Any]:
    number, changed_at = revision
    return (
        select(_events.id, _events.seats_taken, _events.parties_waiting)
        .outerjoin_from(ContentRevision.__table__, Event.__table__, _events.id.in_(events))
        .where(
            _revision.id == 1,
            _revision.number == number,
            _revision.changed_at == changed_at,
        )
        .order_by(_events.id)
    )


@lru_cache(2000)
def _written(statement: Select[Any], dialect: Dialect) -> str:
    """The statement with its numbers in it, none of which a visitor had a hand in."""
    return str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


def _key() -> str:
    """The page's address as far as it tells pages apart; the rest of the query does not."""
    return page_key(_asked())


def _asked() -> dict[str, str]:
    if not request.query_string:
        return {}
    asked = request.args
    return {name: asked[name] for name in QUERY_PARAMETERS if name in asked}

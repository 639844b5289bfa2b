"""The registrations of an event as a file: chosen columns of those that a filter lets through."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any
from urllib.parse import quote

from flask import Response, request, stream_with_context
from flask.typing import ResponseReturnValue

from flask_stadtlabor.consent.texts.published import current_texts
from flask_stadtlabor.events.history import record_deed
from flask_stadtlabor.events.history_models import Deed
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import language, use_language, words
from flask_stadtlabor.organise.columns import SUPPORT_NEEDS, Column, Table
from flask_stadtlabor.organise.filters import FilterFields
from flask_stadtlabor.organise.views.staff_page import acting
from flask_stadtlabor.permissions import allowed, require
from flask_stadtlabor.ports import Action
from flask_stadtlabor.registration.filters import RegistrationFilter, States
from flask_stadtlabor.spreadsheet import csv_lines, excel_lines
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.workbook import MIMETYPE, xlsx

COLUMN = "column"
"""The field that names a column; once for each."""
LINES_AT_ONCE = 200
"""Lines of CSV that are sent together."""
_NOT_IN_FILE_NAMES = re.compile(r'[\x00-\x1f\x7f"*/:<>?\\|]+')
LONGEST_FILE_NAME = 120


def as_csv(event: Event) -> ResponseReturnValue:
    """CSV by S7; with ``?for=excel`` as Excel opens it in the page's language."""
    table, columns, chosen = _asked(event)
    _note(event, "csv", columns, chosen)
    lines = excel_lines if request.args.get("for") == "excel" else csv_lines
    header = [[column.label for column in columns]]
    return _file(
        event, "csv", "text/csv", _joined(lines(chain(header, table.rows(columns, chosen))))
    )


def as_xlsx(event: Event) -> ResponseReturnValue:
    """A workbook for spreadsheet programs, in which every text stays a text."""
    table, columns, chosen = _asked(event)
    _note(event, "xlsx", columns, chosen)
    header = [column.label for column in columns]
    content = xlsx(words(event.title), header, table.rows(columns, chosen))
    return _file(event, "xlsx", MIMETYPE, content)


def _asked(event: Event) -> tuple[Table, list[Column], RegistrationFilter]:
    """What the address asks for.

    Raises :class:`~.exceptions.NotAllowed` for somebody who may not read who has registered, or
    asks for what people need and may not read that.
    """
    require(Action.SEE_REGISTRATIONS, event)
    names = request.args.getlist(COLUMN)
    if SUPPORT_NEEDS in names:
        require(Action.SEE_SUPPORT_NEEDS, event)
    purposes = current_texts(event.purposes)
    may_see = allowed(Action.SEE_SUPPORT_NEEDS, event)
    table = Table(event, purposes, with_support_needs=may_see)
    fields = FilterFields(event, purposes)
    chosen, _ = fields.read(request.args.to_dict(), otherwise=States.ACTIVE)
    return table, table.chosen(names), chosen


def _note(event: Event, kind: str, columns: list[Column], chosen: RegistrationFilter) -> None:
    """Write down who took what along, before the first byte of it leaves."""
    if request.method != "GET":
        return
    names = [column.name for column in columns]
    about = {"group": chosen.to_json(), "format": kind, "columns": names}
    by = acting()
    commit(lambda: record_deed(lock_event(event).event, Deed.DOWNLOADED, about, by=by))


def _file(event: Event, ending: str, mimetype: str, content: Iterator[Any]) -> Response:
    """A download under the event's title, and its slug for programs that read no other name."""
    content = stream_with_context(_in_language(language(), content))
    response = Response(content, mimetype=mimetype)
    title = _NOT_IN_FILE_NAMES.sub(" ", words(event.title))[:LONGEST_FILE_NAME].strip(". ")
    name = quote(f"{title or event.slug}.{ending}", safe="")
    response.headers["Content-Disposition"] = (
        f"attachment; filename={event.slug}.{ending}; filename*=UTF-8''{name}"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _in_language(code: str, content: Iterator[Any]) -> Iterator[Any]:
    """The content in the page's language, which has ended when the server asks for it."""
    while True:
        with use_language(code):
            piece = next(content, None)
        if piece is None:
            return
        yield piece


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """The first line by itself, and then some at a time."""
    rest = iter(lines)
    yield "".join(islice(rest, 1))
    while some := "".join(islice(rest, LINES_AT_ONCE)):
        yield some

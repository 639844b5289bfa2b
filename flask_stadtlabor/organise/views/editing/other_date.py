"""An event at another date: the same one, moved, or its copy as the next one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.dates import format_moment
from flask_stadtlabor.editor import creating
from flask_stadtlabor.editor.binding import OFFSET, Posted, shown_time
from flask_stadtlabor.editor.comparison import shown_changes
from flask_stadtlabor.editor.date_row import (
    RowEntry,
    is_row,
    row_faults,
    starts_of,
    written_out,
)
from flask_stadtlabor.editor.description import Described, blank, describe
from flask_stadtlabor.editor.drafts import Refused, working
from flask_stadtlabor.editor.faults import Faults, faults_of
from flask_stadtlabor.editor.page_fields import Box, boxes_of
from flask_stadtlabor.editor.shifting import as_copy, settled, shifted
from flask_stadtlabor.events.history_models import Step
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.wall_times import to_utc
from flask_stadtlabor.exchange.entries import EventEntry
from flask_stadtlabor.exchange.merging import differences
from flask_stadtlabor.exchange.saving import Document, document_of
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.organise.forms.edit_event import EditForm, StepForm
from flask_stadtlabor.organise.views.editing.editor_page import binding_of, fields_with, summary_of
from flask_stadtlabor.organise.views.editing.publish_event import (
    as_typed,
    obstacle_to,
    show_step,
    take,
)
from flask_stadtlabor.organise.views.editing.review_event import draw_review
from flask_stadtlabor.organise.views.staff_page import LOOK, acting, not_seen_yet, staff_page
from flask_stadtlabor.state import now
from flask_stadtlabor.tokens import mark_of
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import see_other

MOVE = "editor/move.html"
SEEN = "seen"
"""The field with the mark of the dates that a page showed."""
BESIDE = "beside"
"""The field with the start to which the other times of a page belong."""


def move(event: Event) -> ResponseReturnValue:
    """Another start for an event that everybody sees; all its other times move along.

    GET asks for the start and, with one in the address, shows what it leads to. POST does it once
    its page has shown what is typed.
    """
    obstacle = obstacle_to(event, Step.MOVED)
    if obstacle:
        return draw_review(event, [obstacle], 409)
    form = StepForm() if request.method == "POST" else None
    asked = _beside_its_start(form.posted if form else request.args.to_dict(flat=False))
    starts_at = _start_in(asked)
    before = document_of(event)
    if not starts_at:
        faults = {"starts_at": [_no_time()]} if form else {}
        return _ask_date(event, form, shown_time(before["starts_at"]), before, faults)
    try:
        moved = _at_date(before, asked)
    except ValueError:
        return _ask_date(event, form, starts_at, before, {"starts_at": [_no_time()]})
    faults = faults_of(moved, seats_taken=event.seats_taken) or _faults_of_move(before, moved)
    if faults:
        return _ask_date(event, form, moved["starts_at"], moved, faults)

    def change(document: Document) -> Document:
        return _at_date(document, asked)

    seen = mark_of({item.name: moved[item.name] for item in _times()})
    values: dict[str, Any] = {
        "template": MOVE,
        "fields": _date_fields(moved["starts_at"], moved, {}, asked),
        "beside": starts_at,
        "changes": shown_changes(differences(before, moved), before["timezone"]),
        "summary": [],
    }
    if form and (LOOK in form.posted or not form.seen.is_of(seen)):
        fresh = as_typed(event, Step.MOVED, change, form, seen)
        again: dict[str, Any] = (
            {} if LOOK in form.posted else {"status": 409, "again": not_seen_yet()}
        )
        return show_step(event, Step.MOVED, change, fresh, **again, **values)
    return take(event, Step.MOVED, change, seen=seen, **values)


def duplicate(event: Event) -> ResponseReturnValue:
    """Make the next date of an event, or several: drafts with all but its people and its mails."""
    form = EditForm()
    document = working(event).document
    if not form.is_submitted():
        day = datetime.fromisoformat(shown_time(document["starts_at"])) + timedelta(days=7)
        return _show_copy(event, form, day.isoformat("T", "minutes"), document, {})
    starts_at = form.posted.get("starts_at", [""])[-1].strip()
    row = binding_of(form.posted, zone=event.timezone).bind(describe(RowEntry), blank(RowEntry))
    try:
        copy = as_copy(_at_date(document, form.posted), event.slug)
        row_is_wrong = row_faults(row, starts_at)
    except ValueError:
        faults = {"starts_at": [_no_time()]}
        return _show_copy(event, form, starts_at, document, faults, 422, row=row)
    if row_is_wrong or not form.validate():
        return _show_copy(event, form, copy["starts_at"], copy, row_is_wrong, 422, row=row)
    if is_row(row) or SEEN in form.posted:
        return _duplicate_all(event, form, document, copy, row)
    by = acting()
    try:
        slug = commit(lambda: creating.duplicate(copy, by).slug)
    except Refused as refused:
        return _show_copy(event, form, copy["starts_at"], copy, refused.faults, 422)
    return see_other("edit_event", slug=slug, page="time", now="made")


def _duplicate_all(
    event: Event, form: EditForm, document: Document, first: Document, row: Document
) -> ResponseReturnValue:
    """Show all dates, written out so that each can be changed; once more, and they are made.

    ``first`` is the copy at the first date, of whose times somebody may have been asked.
    """
    starts = starts_of(row, first["starts_at"])
    others = [settled(shifted(document, start)) for start in starts[1:]]
    copies = [first, *(as_copy(other, event.slug) for other in others)]
    faults = faults_of({**first, "slug": "new"})
    for start, copy in zip(starts[1:], copies[1:], strict=True):
        told = list(_faults_of_date(start, faults_of({**copy, "slug": "new"})))
        if told:
            faults.setdefault("dates", []).extend(told)
    mark, seen = mark_of(starts), form.posted.get(SEEN)
    if faults or seen != [mark]:
        return _show_copy(
            event, form, starts[0], first, faults, 422 if faults else 409 if seen else 200,
            row=written_out(starts), starts=[] if faults else starts, mark=mark,
            again="" if faults or not seen else not_seen_yet(), is_written_out=row["every"] != "no",
        )  # fmt: skip
    by = acting()
    commit(lambda: creating.duplicate_all(copies, by))
    return see_other("organise", now="made")


def _faults_of_date(start: str, faults: Faults) -> Iterator[str]:
    """What is wrong with one of several dates, and how to say which of two times is meant."""
    for path, sentences in faults.items():
        if path.endswith(".offset"):
            first, second = sentences
            yield _sl(
                "Write %(first)s or %(second)s behind the time to say which.",
                first=first,
                second=second,
            )
        else:
            yield from (f"{start.replace('T', ' ')}: {sentence}" for sentence in sentences)


def _at_date(document: Document, asked: Posted) -> Document:
    """The document at the start that ``asked`` names, which may say what its other times become.

    Raises ``ValueError`` where the start is no time.
    """
    binding = binding_of(asked, zone=document["timezone"], whole=False)
    moved = shifted(document, binding.bind(_times(), document)["starts_at"])
    return binding.bind(_times(), moved)


def _faults_of_move(before: Document, moved: Document) -> Faults:
    if moved["starts_at"] == before["starts_at"]:
        return {"starts_at": [_sl("That is when it begins already. Please choose another time.")]}
    if to_utc(moved["starts_at"], moved["timezone"]) <= now():
        return {"starts_at": [_sl("That is past. Please choose a time that is to come.")]}
    return {}


def _beside_its_start(asked: Posted) -> Posted:
    """What was asked for, without times that were typed beside another start: they move along."""
    starts_at = _start_in(asked)
    if asked.get(BESIDE, [starts_at])[-1] == starts_at:
        return asked
    return {name: values for name, values in asked.items() if name.startswith("starts_at")}


def _start_in(asked: Posted) -> str:
    return asked.get("starts_at", [""])[-1].strip()


def _ask_date(
    event: Event, form: StepForm | None, starts_at: str, document: Document, faults: Faults
) -> Response:
    """The page before there is a time to show; what was sent with a ``form`` stays in it."""
    fields = _date_fields(starts_at, document, faults)
    return staff_page(
        MOVE,
        422 if faults else 200,
        event=event,
        step=Step.MOVED.value,
        step_form=as_typed(event, Step.MOVED, None, form, "") if form else None,
        fields=fields,
        beside=shown_time(starts_at),
        told=None,
        **summary_of(EditForm(formdata=None), fields, faults),
    )


def _show_copy(
    event: Event,
    form: EditForm,
    starts_at: str,
    document: Document,
    faults: Faults,
    status: int = 200,
    *,
    row: Document | None = None,
    starts: Sequence[str] = (),
    **values: Any,
) -> Response:
    """``starts`` are the dates that pressing the button again makes, ``mark`` their mark."""
    zone = document["timezone"]
    more = fields_with(faults, zone).of(describe(RowEntry), row or blank(RowEntry))
    fields = [*_date_fields(starts_at, document, faults), *more]
    return staff_page(
        "editor/duplicate.html",
        status,
        event=event,
        form=form,
        fields=fields,
        dates=[format_moment(to_utc(start, zone), zone) for start in starts],
        **values,
        **summary_of(form, fields, faults),
    )


def _date_fields(
    starts_at: str, document: Document, faults: Faults, asked: Collection[str] = ()
) -> Sequence[Any]:
    """The start, and those of the other times that are wrong at it, come twice or were asked."""
    start = [item for item in describe(EventEntry) if item.name == "starts_at"]
    zone = document["timezone"]
    fields: list[Any] = fields_with(faults, zone, needed_now=True).of(
        start, {"starts_at": starts_at}
    )
    others = [item for item in _times() if item.name != "starts_at"]
    boxes = [
        box
        for box in boxes_of(fields_with(faults, zone).of(others, document))
        if isinstance(box, Box)
    ]
    twice = (box.name for box in boxes if box.name.endswith(f".{OFFSET}"))
    names = {*faults, *asked, *twice}
    fields += [box for box in boxes if {box.name, f"{box.name}.{OFFSET}"} & names]
    return fields


def _times() -> list[Described]:
    """The fields with a wall time."""
    return [item for item in describe(EventEntry) if item.is_wall_time]


def _no_time() -> str:
    return _sl("Please say on which day and at what time.")

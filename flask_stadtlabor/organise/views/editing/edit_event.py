"""The editor of events: a new one, its pages, and autosave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import abort, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.editor import creating
from flask_stadtlabor.editor.comparison import shown_value
from flask_stadtlabor.editor.description import PAGES, Described, describe, on_page
from flask_stadtlabor.editor.drafts import (
    Change,
    Conflicting,
    Refused,
    changed_by,
    save,
    working,
)
from flask_stadtlabor.editor.faults import Faults
from flask_stadtlabor.editor.page_fields import (
    Box,
    has_markdown,
    has_picture,
)
from flask_stadtlabor.editor.programme import oddities
from flask_stadtlabor.editor.removed_answers import notes_of
from flask_stadtlabor.editor.shared_content import CHOSEN, listed, taken_from
from flask_stadtlabor.editor.shifting import moved_along, times_along
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.exchange.entries import EventEntry
from flask_stadtlabor.exchange.merging import Conflict
from flask_stadtlabor.exchange.saving import Document
from flask_stadtlabor.i18n import _sl, words
from flask_stadtlabor.organise.forms.edit_event import EditForm, form_from_json
from flask_stadtlabor.organise.views.editing.editor_page import (
    FROM_LIST,
    RESULTS,
    around,
    binding_of,
    fields_with,
    page_address,
    page_words,
    summary_of,
    told_conflicts,
)
from flask_stadtlabor.organise.views.editing.upload import once_more, take_pictures
from flask_stadtlabor.organise.views.staff_page import acting, posted_json, staff_page
from flask_stadtlabor.permissions import allowed, require
from flask_stadtlabor.ports import Action
from flask_stadtlabor.state import settings
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import see_other

ALONG = "along"
"""The box on the page of times by which the others move along with the start."""


FIRST_FIELDS = ("title", "starts_at", "ends_at", "series")


NUMBER_HEADER = "Stadtlabor-Number"
"""The header of an autosave's answer that names the state which is saved now."""


Result = TypeVar("Result")


def new() -> ResponseReturnValue:
    """A new event: its title, its time, its series; all else comes on the pages of the draft."""
    form = EditForm()
    empty = creating.empty_event()
    if not form.is_submitted():
        return _show_new(form, empty, {}, like_last=False)
    fields = _first_fields()
    document = binding_of(form.posted).bind(fields, empty)
    like_last = "like_last" in form.posted
    if not form.validate():
        return _show_new(form, document, {}, like_last=like_last, status=422)
    like = creating.last_of(str(document["series"])) if like_last and document["series"] else None
    if like is not None:
        require(Action.CREATE, like)
    by = acting()
    try:
        slug = commit(lambda: creating.create(document, like=like, by=by).slug)
    except Refused as refused:
        return _show_new(form, document, refused.faults, like_last=like_last, status=422)
    return see_other("edit_event", slug=slug, page=PAGES[0], now="made")


def edit(event: Event, page: str) -> ResponseReturnValue:
    """One page of the editor."""
    if page not in PAGES or page == RESULTS:
        abort(404)
    return _edit(event, page)


def edit_results(event: Event) -> ResponseReturnValue:
    """What came of it: minutes, links, what was decided."""
    return _edit(event, RESULTS)


def _edit(event: Event, page: str) -> ResponseReturnValue:
    now_working = working(event)
    form = EditForm(number=str(now_working.number))
    if not form.is_submitted():
        return _show(event, page, form, now_working.document)
    return save_page(event, page, lambda document: document)


def save_page(
    event: Event,
    page: str,
    finish: Change,
    *,
    afterwards: Callable[[Event], None] = lambda _: None,
    beside: Faults | None = None,
) -> ResponseReturnValue:
    """Save what was typed into a page, and what ``finish`` makes of it.

    ``finish`` writes nothing, as it is asked for a page with faults too; ``afterwards`` runs once
    all is saved, in the same transaction. What is wrong ``beside`` the fields is told with the page
    once they are saved.
    """
    form = EditForm(number=str(working(event).number))
    change = _typed(event, page, form, finish)
    if not form.validate():
        document = changed_by(event, form.begun_with, change)
        return _show(event, page, form, document, once_more(form), status=422)
    by = acting()
    has_files = page in ("picture", RESULTS)
    not_taken = beside or (take_pictures(form, by) if has_files else {})

    def work() -> int:
        within = lock_event(event)
        saved = save(within, form.begun_with, change, by)
        afterwards(within.event)
        return saved

    try:
        number = commit(work)
    except Refused as refused:
        faults = {**refused.faults, **not_taken}
        return _show(event, page, form, refused.document, faults, status=422)
    except Conflicting as conflict:
        form.number.data = str(conflict.number)
        return _show(
            event,
            page,
            form,
            conflict.document,
            not_taken,
            conflicts=conflict.conflicts,
            status=409,
        )
    if not_taken:
        form.number.data = str(number)
        document = working(event).document
        return _show(event, page, form, document, not_taken, is_kept=True, status=422)
    return redirect(page_address(event, page, now="saved"), 303)


def _typed(event: Event, page: str, form: EditForm, finish: Change) -> Change:
    typed = _change(form, on_page(EventEntry, page, event.status))
    if page == "time" and ALONG in form.posted:
        typed = _moving_along(typed)
    return lambda document: finish(typed(document))


def preview_texts(event: Event, page: str) -> ResponseReturnValue:
    """The page with all that was typed, and beneath each text how it will look; saves nothing."""
    if page not in PAGES:
        abort(404)
    form = EditForm()
    change = _change(form, on_page(EventEntry, page, event.status))
    document = changed_by(event, form.begun_with, change)
    if not form.validate():
        return _show(event, page, form, document, once_more(form), status=422)
    return _show(event, page, form, document, once_more(form), previews=True)


def autosave(event: Event) -> ResponseReturnValue:
    """Save some fields, by a script: the names of fields and their values, as JSON."""
    sent = posted_json()
    form = form_from_json(sent if isinstance(sent, dict) else {})
    if not form.validate():
        return jsonify(problems=[*form.session_errors()]), 422
    change = _change(form, describe(EventEntry), whole=False)
    by = acting()
    try:
        number = commit(lambda: save(lock_event(event), form.begun_with, change, by))
    except Refused as refused:
        return jsonify(faults=refused.faults), 422
    except Conflicting as conflict:
        return jsonify(conflicts=[found.path for found in conflict.conflicts]), 409
    return "", 204, {NUMBER_HEADER: str(number)}


def _show_new(
    form: EditForm, document: Document, faults: Faults, *, like_last: bool, status: int = 200
) -> Response:
    fields = fields_with(faults, settings().timezone, needed_now=True).of(_first_fields(), document)
    # below the series, of which it speaks
    fields.insert(1, Box(
        "like_last", _sl("Like the last one of this series"), "tick", is_ticked=like_last,
        help=_sl("All else then comes from the last event of the series that you chose above."),
    ))  # fmt: skip
    return staff_page(
        "editor/new.html", status, form=form, fields=fields, **summary_of(form, fields, faults)
    )


def _show(
    event: Event,
    page: str,
    form: EditForm,
    document: Document,
    faults: Faults | None = None,
    conflicts: Sequence[Conflict] = (),
    is_kept: bool = False,
    status: int = 200,
    *,
    previews: bool = False,
) -> Response:
    warnings = {f"programme[{index}]": [sentence] for index, sentence in oddities(document)}
    if page == "registration":
        warnings |= notes_of(event, document)
    shown = fields_with(
        faults or {}, document["timezone"], event.slug, warnings=warnings, previews=previews
    )
    fields = shown.of(on_page(EventEntry, page, event.status), document)
    if page == "time":
        fields.insert(1, _along_box(form, document))
    return staff_page(
        "editor/edit.html",
        status,
        event=event,
        page=page,
        name=page_words()[page],
        address=page_address(event, page),
        form=form,
        fields=fields,
        conflicts=told_conflicts(conflicts, document["timezone"]),
        is_kept=is_kept,
        is_saved=request.args.get("now") == "saved",
        is_made=request.args.get("now") == "made",
        shared=_shared_of(page, document, (faults or {}).get(FROM_LIST, ())),
        has_markdown=has_markdown(fields),
        has_picture=has_picture(fields),
        previews=previews,
        **summary_of(form, fields, faults or {}),
        **around(event, document),
    )


def _shared_of(page: str, document: Document, wrong: Sequence[str] = ()) -> dict[str, Any] | None:
    """What can be taken from the list of its kind on this page, where there is such a list."""
    kind = next((kind for kind, place in CHOSEN.items() if place == page), None)
    if kind is None or (page == "registration" and document["registration"] is None):
        return None
    return {
        "kind": kind.value,
        "listed": [(each.slug, words(each.title)) for each in listed(kind)],
        "wrong": wrong,
        "can_keep": bool(taken_from(kind, document)) and allowed(Action.EDIT_SHARED),
    }


def _change(
    form: EditForm, fields: Sequence[Described], *, whole: bool = True
) -> Callable[[Document], Document]:
    return lambda document: binding_of(form.posted, zone=document["timezone"], whole=whole).bind(
        fields, document
    )


def _moving_along(change: Callable[[Document], Document]) -> Callable[[Document], Document]:
    """The same change, by which the other times keep their distance to the start."""

    def moving(document: Document) -> Document:
        return moved_along(document, change(document))

    return moving


def _along_box(form: EditForm, document: Document) -> Box:
    """Lets somebody decline that the other times move; it stands below the start."""
    zone = document["timezone"]
    times = [f"{label}: {shown_value(time, zone)}" for label, time in times_along(document)]
    return Box(
        ALONG,
        _sl("The other times move along with the start"),
        "tick",
        is_ticked=ALONG in form.posted or not form.is_submitted(),
        help=_sl(
            "They keep the time of day and their distance; what you change yourself stays as you "
            "write it. So far: %(times)s. Reminders always go by the start.",
            times="; ".join(times),
        ),
    )


def _first_fields() -> list[Described]:
    return [item for item in describe(EventEntry) if item.name in FIRST_FIELDS]

"""What several events share: its lists, its editor, its history, and choosing it for an event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.dates import format_day
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.editor import drafts, shared_content
from flask_stadtlabor.editor.description import describe
from flask_stadtlabor.editor.drafts import Conflicting, Refused
from flask_stadtlabor.editor.faults import Faults
from flask_stadtlabor.editor.page_fields import Choices
from flask_stadtlabor.editor.shared_content import CHOSEN, MODELS, InUse, Listed, Working
from flask_stadtlabor.events import history
from flask_stadtlabor.events.content import Venue
from flask_stadtlabor.events.history import Shared
from flask_stadtlabor.events.history_models import SharedKind, SharedRevision, Step
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.queries import is_slug
from flask_stadtlabor.exchange.merging import Conflict
from flask_stadtlabor.exchange.saving import Document
from flask_stadtlabor.i18n import _sl, _sln, words
from flask_stadtlabor.organise.forms.edit_event import EditForm
from flask_stadtlabor.organise.queries.events import list_events
from flask_stadtlabor.organise.views.editing.edit_event import save_page
from flask_stadtlabor.organise.views.editing.editor_page import (
    FROM_LIST,
    binding_of,
    fields_with,
    summary_of,
    told_conflicts,
)
from flask_stadtlabor.organise.views.editing.upload import once_more, take_pictures
from flask_stadtlabor.organise.views.staff_page import (
    acting,
    button_problems,
    staff_page,
)
from flask_stadtlabor.permissions import require, staff
from flask_stadtlabor.ports import Action
from flask_stadtlabor.registration.mails.kinds import BY_NAME
from flask_stadtlabor.registration.mails.preview import occasions
from flask_stadtlabor.registration.mails.trial import send_mail_trial
from flask_stadtlabor.state import settings
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import see_other


def kind_words() -> dict[SharedKind, str]:
    """What the lists are called."""
    return {
        SharedKind.SERIES: _sl("Series of events"),
        SharedKind.PROJECT: _sl("Projects"),
        SharedKind.VENUE: _sl("Venues"),
        SharedKind.ORGANISER: _sl("Organisers"),
        SharedKind.QUESTION_SET: _sl("Sets of questions"),
        SharedKind.MAIL_TEXT: _sl("Words in mails"),
        SharedKind.RULE: _sl("Rules for what people write"),
    }


def new_words() -> dict[SharedKind, str]:
    """What a new one of each kind is called."""
    return {
        SharedKind.SERIES: _sl("A new series"),
        SharedKind.PROJECT: _sl("A new project"),
        SharedKind.VENUE: _sl("A new venue"),
        SharedKind.ORGANISER: _sl("A new organiser"),
        SharedKind.QUESTION_SET: _sl("A new set of questions"),
        SharedKind.MAIL_TEXT: _sl("New words in a mail"),
        SharedKind.RULE: _sl("A new rule"),
    }


def around(kind: SharedKind) -> dict[str, Any]:
    """What each page of one kind needs."""
    return {
        "kind": kind.value,
        "kinds": kind_words(),
        "new_words": new_words()[kind],
        "zone": settings().timezone,
    }


def named_or_404(shared_kind: str, name: str) -> Shared:
    """What an address names, be it there or not."""
    if not is_slug(name):
        abort(404)
    return Shared(SharedKind(shared_kind), name)


def index(shared_kind: str) -> ResponseReturnValue:
    """Everything of one kind."""
    return _list(SharedKind(shared_kind))


def new(shared_kind: str) -> ResponseReturnValue:
    """A new one."""
    of = SharedKind(shared_kind)
    form = EditForm()
    empty = shared_content.empty(of)
    if not form.is_submitted():
        return _show(of, form, empty)
    if not form.validate():
        return _show(of, form, _typed(form, of, empty), once_more(form), status=422)
    by = acting()
    refused_picture = _take_picture(of, form)
    document = _typed(form, of, empty)
    if refused_picture:
        return _show(of, form, document, refused_picture, status=422)
    try:
        name = commit(lambda: shared_content.create(of, document, by))
    except Refused as refused:
        return _show(of, form, document, refused.faults, status=422)
    return see_other("edit_shared", shared_kind=shared_kind, name=name, now="saved")


def edit(shared_kind: str, name: str) -> ResponseReturnValue:
    """One of them, with all its fields."""
    shared, now_working = _found(shared_kind, name)
    form = EditForm(number=str(now_working.number))
    if not form.is_submitted():
        return _show(shared.kind, form, now_working.document, name=name)
    if not form.validate():
        typed = _typed(form, shared.kind, now_working.document)
        return _show(shared.kind, form, typed, once_more(form), name=name, status=422)
    by = acting()
    not_taken = _take_picture(shared.kind, form)

    def change(document: Document) -> Document:
        return _typed(form, shared.kind, document)

    try:
        commit(lambda: shared_content.save(shared, form.begun_with, change, by))
    except Refused as refused:
        faults = {**refused.faults, **not_taken}
        return _show(shared.kind, form, refused.document, faults, name=name, status=422)
    except Conflicting as found:
        form.number.data = str(found.number)
        return _show(
            shared.kind, form, found.document, not_taken,
            name=name, conflicts=found.conflicts, status=409,
        )  # fmt: skip
    except LookupError:
        abort(404)
    if not_taken:
        _, now_working = _found(shared_kind, name)
        form.number.data = str(now_working.number)
        return _show(
            shared.kind, form, now_working.document, not_taken,
            name=name, is_kept=True, status=422,
        )  # fmt: skip
    return see_other("edit_shared", shared_kind=shared_kind, name=name, now="saved")


def remove(shared_kind: str, name: str) -> ResponseReturnValue:
    """Take it off the list."""
    shared, now_working = _found(shared_kind, name)
    problems = button_problems()
    by = acting()
    try:
        if not problems:
            commit(lambda: shared_content.remove(shared, by))
            return see_other("shared", shared_kind=shared_kind, removed=name)
    except InUse as use:
        problems = _needed_by(use)
    except LookupError:
        abort(404)
    form = EditForm(formdata=None, number=str(now_working.number))
    return _show(shared.kind, form, now_working.document, name=name, problems=problems, status=422)


def _needed_by(use: InUse) -> list[str]:
    problems = []
    if use.events:
        problems.append(
            _sln(
                "%(num)d event needs it, so it stays. Choose another there first.",
                "%(num)d events need it, so it stays. Choose another there first.",
                use.events,
            )
        )
    if use.ideas:
        problems.append(
            _sln(
                "People have written %(num)d idea here, so it stays.",
                "People have written %(num)d ideas here, so it stays.",
                use.ideas,
            )
        )
    if use.comments:
        problems.append(_sl("People have commented on it, so it stays."))
    return problems


def trial(shared_kind: str, name: str) -> ResponseReturnValue:
    """Send a mail with words of the city's own to whoever wrote them, in each language."""
    shared, now_working = _found(shared_kind, name)
    if shared.kind is not SharedKind.MAIL_TEXT:
        abort(404)
    problems, document = button_problems(), now_working.document
    event = _event_for(document)
    if not problems and event is None:
        problems = [_sl("There is no event yet that such a mail could be about.")]
    if not problems and not staff().email:
        problems = [_sl("The portal does not know your e-mail address.")]
    if problems or event is None:
        form = EditForm(formdata=None, number=str(now_working.number))
        return _show(shared.kind, form, document, name=name, problems=problems, status=422)
    kind, entry = BY_NAME[document["kind"]], history.latest(shared)
    texts = [entry] if isinstance(entry, SharedRevision) else []
    commit(lambda: send_mail_trial(event, kind, texts, staff().email))
    return see_other("edit_shared", shared_kind=shared_kind, name=name, now="tried")


def _event_for(document: Document) -> Event | None:
    """The event that words in a mail are about: their own, or the next that they fit."""
    fitting = (
        event
        for event in list_events()[0]
        if document["event"] in (None, event.slug)
        and document["series"] in (None, event.series.slug if event.series else None)
    )
    return next(fitting, None)


def take(event: Event, shared_kind: str) -> ResponseReturnValue:
    """Put a copy of what is chosen into the event's draft, with what was typed beside it."""
    of = _chosen(shared_kind)
    chosen = request.form.get(FROM_LIST, "")
    found = shared_content.working(Shared(of, chosen)) if is_slug(chosen) else None

    def finish(document: Document) -> Document:
        if found is None:
            return document
        return shared_content.put_into(of, found.document, document)

    nothing = {} if found else {FROM_LIST: [_sl("Choose something from the list first.")]}
    return save_page(event, CHOSEN[of], finish, beside=nothing)


def keep(event: Event, shared_kind: str) -> ResponseReturnValue:
    """Save the page, and put what the event has into the list, for others to choose."""
    of = _chosen(shared_kind)
    require(Action.EDIT_SHARED)
    by = acting()

    def put_on_list(saved: Event) -> None:
        for each in shared_content.taken_from(of, drafts.working(saved).document):
            shared_content.create(of, each, by)

    return save_page(event, CHOSEN[of], lambda document: document, afterwards=put_on_list)


def _chosen(shared_kind: str) -> SharedKind:
    """A kind of which events get copies; 404 for another."""
    kind = SharedKind(shared_kind)
    if kind not in CHOSEN:
        abort(404)
    return kind


def _found(shared_kind: str, name: str) -> tuple[Shared, Working]:
    shared = named_or_404(shared_kind, name)
    found = shared_content.working(shared)
    if found is None:
        abort(404)
    return shared, found


def _typed(form: EditForm, kind: SharedKind, document: Document) -> Document:
    zone = shared_content.zone_of(document)
    return binding_of(form.posted, zone=zone).bind(describe(MODELS[kind]), document)


def _take_picture(kind: SharedKind, form: EditForm) -> Faults:
    """Hold the picture that came with a project; what is wrong with it, if anything is."""
    return take_pictures(form, acting()) if kind is SharedKind.PROJECT else {}


def _about(kind: SharedKind, each: Listed) -> str:
    """What tells it from others of the same name."""
    if kind is SharedKind.VENUE:
        # its name is the heading above
        return Venue.model_validate({**each.document, "name": {}}).in_one_line()
    if kind is SharedKind.QUESTION_SET:
        number = len(each.document["questions"])
        return _sln("%(num)d question", "%(num)d questions", number)
    if kind is SharedKind.MAIL_TEXT:
        return dict(occasions())[each.document["kind"]]
    return each.slug if kind in (SharedKind.SERIES, SharedKind.PROJECT) else ""


def _list(kind: SharedKind) -> Response:
    removed = request.args.get("removed", "")
    last = history.latest(Shared(kind, removed)) if is_slug(removed) else None
    return staff_page(
        "shared/index.html",
        listed=[(each, _about(kind, each)) for each in shared_content.listed(kind)],
        removed=last if last is not None and last.step == Step.REMOVED else None,
        **around(kind),
    )


def _show(
    kind: SharedKind,
    form: EditForm,
    document: Document,
    faults: Faults | None = None,
    *,
    name: str = "",
    conflicts: Sequence[Conflict] = (),
    problems: Sequence[str] = (),
    is_kept: bool = False,
    status: int = 200,
) -> Response:
    more = _choices() if kind is SharedKind.MAIL_TEXT else None
    # what is saved holds at once
    making = fields_with(faults or {}, shared_content.zone_of(document), more=more, needed_now=True)
    fields = making.of(describe(MODELS[kind]), document)
    return staff_page(
        "shared/edit.html",
        status,
        form=form,
        name=name,
        called=words(LocalizedText(document[shared_content.title_key(kind)] or "")) or name,
        fields=fields,
        conflicts=told_conflicts(conflicts, shared_content.zone_of(document), MODELS[kind]),
        problems=problems,
        is_kept=is_kept,
        is_saved=request.args.get("now") == "saved",
        trial_to=staff().email if name and kind is SharedKind.MAIL_TEXT else "",
        is_tried=request.args.get("now") == "tried",
        **summary_of(form, fields, faults or {}),
        **around(kind),
    )


def _choices() -> Choices:
    """For which mails and events there can be words."""
    events = [
        (event.slug, f"{words(event.title)}, {format_day(event.starts_at, event.timezone)}")
        for event in list_events()[0]
    ]
    return {"mails": occasions(), "events": events}

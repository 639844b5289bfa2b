"""What several events share: series, projects, venues, organisers, sets of questions, rules.

They are edited by the same fields, merges and history as events. What is saved holds at once: there
is no draft. A venue, an organiser or a set of questions is copied into an event that chooses it, so
that an event that is over still says where it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from sqlalchemy import delete, func, select

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.editor.description import blank
from flask_stadtlabor.editor.drafts import Change, Conflicting, Refused
from flask_stadtlabor.editor.faults import Faults, faults_between, field_faults, please_fill_in
from flask_stadtlabor.editor.short_names import free_slug
from flask_stadtlabor.events import history
from flask_stadtlabor.events.content import Organiser, Part, Venue
from flask_stadtlabor.events.history import Shared
from flask_stadtlabor.events.history_models import SharedKind, SharedRevision, Step
from flask_stadtlabor.events.models import Event, EventProject, Project, Series
from flask_stadtlabor.events.questions.question_set import QuestionSet
from flask_stadtlabor.exchange import reading
from flask_stadtlabor.exchange.entries import ProjectEntry, SeriesEntry
from flask_stadtlabor.exchange.merging import merge
from flask_stadtlabor.exchange.saving import Document, save_series_or_project, stored, whole
from flask_stadtlabor.i18n import _sl, words
from flask_stadtlabor.participation.comments.queries import count_comments
from flask_stadtlabor.participation.ideas.queries import count_ideas
from flask_stadtlabor.participation.moderation.rules import RuleEntry
from flask_stadtlabor.registration.mails.mail_texts import MAIL_TEXT_SCOPE, MailText
from flask_stadtlabor.revision import content_changed
from flask_stadtlabor.state import session, settings

MODELS: Final[Mapping[SharedKind, type[Part]]] = MappingProxyType(
    {
        SharedKind.SERIES: SeriesEntry,
        SharedKind.PROJECT: ProjectEntry,
        SharedKind.VENUE: Venue,
        SharedKind.ORGANISER: Organiser,
        SharedKind.QUESTION_SET: QuestionSet,
        SharedKind.MAIL_TEXT: MailText,
        SharedKind.RULE: RuleEntry,
    }
)
"""What describes the fields of each kind."""
CHOSEN: Final[Mapping[SharedKind, str]] = MappingProxyType(
    {
        SharedKind.VENUE: "place",
        SharedKind.ORGANISER: "people",
        SharedKind.QUESTION_SET: "registration",
    }
)
"""The page of an event's editor on which a kind is chosen; the others stand in a field there."""
_ROWS: Final[Mapping[SharedKind, type[Series | Project]]] = MappingProxyType(
    {SharedKind.SERIES: Series, SharedKind.PROJECT: Project}
)


class Working(NamedTuple):
    """What staff works on."""

    number: int
    """Of its entry in the history; 0 where there is none yet."""
    document: Document


class Listed(NamedTuple):
    """One thing in the list of its kind."""

    slug: str
    title: LocalizedText
    document: Document


class InUse(Exception):
    """Events need it, or people have written in it, so that it cannot be removed."""

    def __init__(self, events: int, ideas: int, comments: int) -> None:
        super().__init__(f"{events} events, {ideas} ideas, {comments} comments")
        self.events = events
        self.ideas = ideas
        self.comments = comments


def title_key(kind: SharedKind) -> str:
    """The field that says what something of this kind is called."""
    return "title" if "title" in MODELS[kind].model_fields else "name"


def title_in(entry: SharedRevision) -> LocalizedText:
    """What something was called in a state of it."""
    return _title(SharedKind(entry.kind), entry.slug, entry.document)


def _title(kind: SharedKind, slug: str, document: Document) -> LocalizedText:
    return LocalizedText(document.get(title_key(kind)) or slug)


def empty(kind: SharedKind) -> Document:
    """A thing of this kind of which nothing is said."""
    return blank(MODELS[kind])


def listed(kind: SharedKind) -> list[Listed]:
    """Everything of this kind that can be chosen, in the order of the addresses."""
    found = {
        entry.slug: entry.document
        for entry in history.newest_of_kind(kind)
        if entry.step != Step.REMOVED
    }
    if kind in _ROWS:
        row = _ROWS[kind]
        titles = session().execute(select(row.slug, row.title)).all()
        return [Listed(slug, title, found.get(slug, {})) for slug, title in sorted(titles)]
    return [
        Listed(slug, _title(kind, slug, document), document)
        for slug, document in sorted(found.items())
    ]


def working(shared: Shared) -> Working | None:
    """What it is now; None where there is no such thing, or it was removed."""
    last = history.latest(shared)
    if last is not None and last.step == Step.REMOVED:
        return None
    if last is not None:
        return Working(last.number, _full(shared.kind, last.document))
    found = stored(shared) if shared.kind in _ROWS else None
    return Working(0, found) if found is not None else None


def create(kind: SharedKind, document: Document, by: By) -> str:
    """Create it; its short name is made of what it is called. Raises :class:`.drafts.Refused`."""
    # the name of an address is made last, and no fault of anybody's
    named = {**document, "slug": "new"} if kind in _ROWS else document
    faults = faults_of(kind, named) or _said_twice(kind, named)
    if faults:
        raise Refused(document, faults)
    title = LocalizedText(document[title_key(kind)]).choose(settings().default_locale)[0]
    shared = Shared(kind, free_slug(title, _taken(kind), kind.value))
    _write(shared, document, Step.CREATED, by)
    return shared.slug


def save(shared: Shared, number: int, change: Change, by: By) -> None:
    """Save what somebody made of state ``number``.

    Raises :class:`.drafts.Conflicting` and :class:`.drafts.Refused`, and then writes nothing;
    ``LookupError`` for what was removed meanwhile.
    """
    current = working(shared)
    if current is None:
        raise LookupError(shared.slug)
    begun = history.find(shared, max(number, 1)) if number != current.number else None
    base = _full(shared.kind, begun.document) if begun is not None else current.document
    merged = merge(base, change(base), current.document)
    if merged.conflicts:
        raise Conflicting(merged.document, merged.conflicts, current.number)
    faults = faults_of(shared.kind, merged.document)
    faults = faults or _said_twice(shared.kind, merged.document, shared.slug)
    if faults:
        raise Refused(merged.document, faults)
    if merged.document != current.document:
        _write(shared, merged.document, Step.EDITED, by)


def restore(shared: Shared, number: int, by: By) -> None:
    """Make an earlier state what it is now; of something that was removed too.

    Raises ``LookupError`` where there is no such state, and :class:`.drafts.Refused`.
    """
    entry = history.find(shared, number)
    if entry is None:
        raise LookupError(number)
    document = _full(shared.kind, entry.document)
    faults = faults_of(shared.kind, document) or _said_twice(shared.kind, document, shared.slug)
    if faults:
        raise Refused(document, faults)
    _write(shared, document, Step.EDITED, by)


def remove(shared: Shared, by: By) -> None:
    """Let nobody choose it any longer; its history stays, and brings it back.

    Raises :class:`InUse` for a series or project of events and for a project with ideas or
    comments, and ``LookupError`` where it is gone.
    """
    current = working(shared)
    if current is None:
        raise LookupError(shared.slug)
    if shared.kind in _ROWS:
        events = count_events(shared)
        ideas = count_ideas(shared.slug) if shared.kind is SharedKind.PROJECT else 0
        comments = count_comments(shared.slug) if shared.kind is SharedKind.PROJECT else 0
        if events or ideas or comments:
            raise InUse(events, ideas, comments)
        if current.number == 0:
            history.record(shared, current.document, step=Step.FOUND, by=By())
        row = _ROWS[shared.kind]
        session().execute(delete(row).where(row.slug == shared.slug))
        content_changed()
    history.record(shared, current.document, step=Step.REMOVED, by=by)


def count_events(shared: Shared) -> int:
    """How many events belong to a series, or show a project."""
    if shared.kind is SharedKind.SERIES:
        found = select(func.count()).select_from(Event).join(Series, Series.id == Event.series_id)
        return int(session().scalar(found.where(Series.slug == shared.slug)) or 0)
    found = select(func.count()).select_from(EventProject).join(Project)
    return int(session().scalar(found.where(Project.slug == shared.slug)) or 0)


def faults_of(kind: SharedKind, document: Document) -> Faults:
    """What is wrong with it; nothing where it can be saved."""
    faults: Faults = {}
    key = title_key(kind)
    if not any(text.strip() for text in LocalizedText(document[key] or "").values()):
        faults[key] = [please_fill_in(MODELS[kind], key)]
        document = {**document, key: "-"}
    for path, reason in field_faults(MODELS[kind], document, zone_of(document)):
        faults.setdefault(path, []).append(reason)
    if not faults and kind in _ROWS:
        for path, reason in faults_between(kind.value, MODELS[kind], document):
            faults.setdefault(path, []).append(reason)
    return faults


def _said_twice(kind: SharedKind, document: Document, slug: str = "") -> Faults:
    """What is wrong with words in a mail that has others already: one of them would not be read.

    ``slug`` is its own, where it is on the list.
    """
    if kind is not SharedKind.MAIL_TEXT:
        return {}
    scope = [document[key] for key in MAIL_TEXT_SCOPE]
    for other in listed(kind):
        if other.slug != slug and [other.document[key] for key in MAIL_TEXT_SCOPE] == scope:
            sentence = _sl(
                "“%(title)s” has words for the same mail and the same events. Change those, or "
                "say for which series or event these are.",
                title=words(other.title),
            )
            return {"kind": [sentence]}
    return {}


def zone_of(document: Document) -> str:
    """The zone of a document's wall times: its own, if it names one that exists."""
    return reading.zone_of(document, settings().timezone) or settings().timezone


def put_into(kind: SharedKind, chosen: Document, event: Document) -> Document:
    """An event's document with a copy of what was chosen from the list."""
    if kind is SharedKind.VENUE:
        return {**event, "venue": chosen}
    if kind is SharedKind.ORGANISER:
        return {**event, "organisers": _with(event["organisers"], [chosen], "name")}
    registration = event["registration"]
    if registration is None:
        return event
    questions = _with(registration["questions"], chosen["questions"], "slug")
    return {**event, "registration": {**registration, "questions": questions}}


def taken_from(kind: SharedKind, event: Document) -> list[Document]:
    """What an event has that the list could keep for others, and does not keep yet.

    Something without a name, such as a room online alone, could not be found there.
    """
    if kind is SharedKind.VENUE:
        found = [event["venue"]] if event["venue"] else []
    elif kind is SharedKind.ORGANISER:
        found = event["organisers"]
    else:
        questions = (event["registration"] or {}).get("questions", [])
        found = [{"title": event["title"], "questions": questions}] if questions else []
    kept = [each.document for each in listed(kind)]
    return [each for each in found if each not in kept and not faults_of(kind, each)]


def _with(items: Iterable[Document], more: Iterable[Document], key: str) -> list[Document]:
    """The items with those of ``more`` that are not among them."""
    there = list(items)
    return [*there, *(each for each in more if each[key] not in [item[key] for item in there])]


def _write(shared: Shared, document: Document, step: Step, by: By) -> None:
    if shared.kind in _ROWS:
        entry = _part(shared.kind, {**document, "slug": shared.slug})
        if isinstance(entry, SeriesEntry | ProjectEntry):
            save_series_or_project(entry, step=step, by=by)
        return
    history.record(shared, whole(_part(shared.kind, document)), step=step, by=by)


def _part(kind: SharedKind, document: Document) -> Part:
    return MODELS[kind].model_validate_json(json.dumps(document), strict=True)


def _full(kind: SharedKind, document: Document) -> Document:
    """With the keys that fields have got since it was written."""
    return {**blank(MODELS[kind]), **document}


def _taken(kind: SharedKind) -> set[str]:
    """The names that something of this kind has, or had."""
    names: set[Any] = set(
        session().scalars(select(SharedRevision.slug).where(SharedRevision.kind == kind).distinct())
    )
    if kind in _ROWS:
        names.update(session().scalars(select(_ROWS[kind].slug)))
    return names

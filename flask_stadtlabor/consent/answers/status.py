"""Consent status: what a person was asked, what they answered, and whether it is in force."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Subquery, and_, bindparam, case, exists, func, select
from sqlalchemy.orm import aliased

from flask_stadtlabor.consent.models import (
    IN_FORCE,
    ActorKind,
    ConsentAction,
    ConsentEntry,
    ConsentSubject,
    ConsentText,
    Method,
    Purpose,
)
from flask_stadtlabor.db import AnyRow, LocalizedText, Statement
from flask_stadtlabor.state import now, session


@dataclass(frozen=True)
class ConsentStatus:
    """A person's consent status for one purpose."""

    slug: str
    title: LocalizedText
    """As the text said that they answered to."""
    version: int
    language: str
    act: ConsentAction
    """The latest."""
    method: Method
    """How that came in."""
    at: datetime
    permits_use: bool
    """Whether what was consented to may be done now."""
    said_yes: bool
    """Whether their latest answer was yes, though they may have been asked again since."""
    answered_version: int | None
    """The version of the text that their latest answer was about; None without an answer."""
    answered_seq: int
    """The number of the entry that tells it; 0 without an answer."""
    is_replaced: bool
    """Whether a text that differs in substance was published since (C7)."""
    expires_at: datetime | None
    """When the yes ends or ended by itself; None: it does not, or there is none."""

    @property
    def answered(self) -> bool:
        """Whether the person said yes or no, rather than nothing (C3)."""
        return self.act != ConsentAction.REQUESTED

    @property
    def can_be_withdrawn(self) -> bool:
        """Whether there is a yes to take back, even one that does not permit use (yet)."""
        return self.said_yes

    @property
    def has_expired(self) -> bool:
        """Whether the time of a yes is over, written down already or not."""
        return self.act == ConsentAction.EXPIRED or (
            self.act in IN_FORCE and self.expires_at is not None and self.expires_at <= now()
        )


def statuses(subject: str) -> list[ConsentStatus]:
    """Where ``subject`` stands with each purpose they were asked about, in the order of asking."""
    return [status_of(row) for row in session().execute(_latest_of_one(), {"subject": subject})]


def statuses_of(subjects: Sequence[str]) -> dict[str, list[ConsentStatus]]:
    """Where each of ``subjects`` stands with each purpose, in one statement for all of them.

    Somebody who was never asked has an empty list.
    """
    found: dict[str, list[ConsentStatus]] = {subject: [] for subject in subjects}
    if found:
        for row in session().execute(_latest_of_several(), {"subjects": list(found)}):
            found[row.ConsentEntry.subject].append(status_of(row))
    return found


def statuses_among(subjects: Statement) -> dict[str, list[ConsentStatus]]:
    """The same for all pseudonyms that a query finds, however many; without those never asked."""
    found: dict[str, list[ConsentStatus]] = {}
    for row in session().execute(latest_entries(ConsentEntry.subject.in_(subjects))):
        found.setdefault(row.ConsentEntry.subject, []).append(status_of(row))
    return found


def latest_answer(statuses: Iterable[ConsentStatus]) -> int:
    """The number of the latest entry that answers any of these; 0 where nobody has answered.

    A page that shows them remembers it, so that a yes on it undoes no later no (C15).
    """
    return max((status.answered_seq for status in statuses), default=0)


def permits_use(subject: str, purpose: str) -> bool:
    """Whether ``subject``'s consent to ``purpose`` may be relied on now (C7).

    Only a latest ``given`` or ``renewed`` of a confirmed person does, while its time is not over,
    and only as long as no text that differs in substance was published since.
    """
    latest = latest_entries(ConsentEntry.subject == subject, ConsentEntry.purpose == purpose)
    row = session().execute(latest).one_or_none()
    return row is not None and status_of(row).permits_use


def is_in_force(subject: str) -> bool:
    """Whether ``subject`` has said yes to anything and not taken it back."""
    return any(status.can_be_withdrawn for status in statuses(subject))


def history(subject: str) -> list[ConsentEntry]:
    """All entries about ``subject``, the oldest first."""
    return list(
        session().scalars(
            select(ConsentEntry).where(ConsentEntry.subject == subject).order_by(ConsentEntry.seq)
        )
    )


def answered_by(subject: str) -> ActorKind:
    """Who answers for ``subject`` when nothing but the ledger can tell: a guardian stays one."""
    actors = session().scalars(
        select(ConsentEntry.actor).where(ConsentEntry.subject == subject).distinct()
    )
    return ActorKind.GUARDIAN if ActorKind.GUARDIAN in set(actors) else ActorKind.SUBJECT


def latest_entries(*conditions: ColumnElement[bool]) -> Statement:
    """The latest entry of each subject and purpose, with all that decides about its use.

    ``conditions`` are about the subject and purpose of :class:`ConsentEntry`. A subject's purposes
    stand in the order in which they were asked about first.
    """
    span, answer = _spans(conditions), aliased(ConsentEntry)
    return (
        select(
            ConsentEntry,
            ConsentText.title,
            ConsentText.valid_days,
            ConsentSubject.confirmed_at,
            was_replaced().label("was_replaced"),
            answer.event.label("answer"),
            answer.text_version.label("answered_version"),
            answer.seq.label("answered_seq"),
        )
        .select_from(span)
        .join(ConsentEntry, ConsentEntry.seq == span.c.last)
        .join(ConsentSubject, ConsentSubject.reference == ConsentEntry.subject)
        .join(Purpose, Purpose.slug == ConsentEntry.purpose)
        .outerjoin(answer, answer.seq == span.c.answer)
        .outerjoin(
            ConsentText,
            and_(
                ConsentText.purpose_id == Purpose.id,
                ConsentText.version == ConsentEntry.text_version,
                ConsentText.language == ConsentEntry.language,
            ),
        )
        .order_by(span.c.first)
    )


@cache
def _latest_of_one() -> Statement:
    """Of one ``subject``; built once, because that takes twenty times as long as to run it."""
    return latest_entries(ConsentEntry.subject == bindparam("subject"))


@cache
def _latest_of_several() -> Statement:
    """The same of several ``subjects``."""
    return latest_entries(ConsentEntry.subject.in_(bindparam("subjects", expanding=True)))


def _spans(conditions: Iterable[ColumnElement[bool]]) -> Subquery:
    """Of each subject and purpose the first entry, the last one, and the last that answers."""
    is_answer = case((ConsentEntry.event != ConsentAction.REQUESTED, ConsentEntry.seq))
    return (
        select(
            func.min(ConsentEntry.seq).label("first"),
            func.max(ConsentEntry.seq).label("last"),
            func.max(is_answer).label("answer"),
        )
        .where(*conditions)
        .group_by(ConsentEntry.subject, ConsentEntry.purpose)
        .subquery()
    )


def was_replaced() -> ColumnElement[bool]:
    """Whether a text that differs in substance was published since the entry's."""
    newer = aliased(ConsentText)
    return exists().where(
        newer.purpose_id == Purpose.id,
        newer.version > ConsentEntry.text_version,
        newer.material,
    )


def was_followed() -> ColumnElement[bool]:
    """Whether there is a later entry about the same person and purpose, a question too."""
    return _later_than(ConsentEntry, aliased(ConsentEntry))


def was_answered_since(entry: type[ConsentEntry] = ConsentEntry) -> ColumnElement[bool]:
    """Whether the person has done anything about the purpose since; a question asks, no more."""
    later = aliased(ConsentEntry)
    return _later_than(entry, later, later.event != ConsentAction.REQUESTED)


def _later_than(
    entry: type[ConsentEntry], later: type[ConsentEntry], *conditions: ColumnElement[bool]
) -> ColumnElement[bool]:
    return exists().where(
        later.subject == entry.subject,
        later.purpose == entry.purpose,
        later.seq > entry.seq,
        *conditions,
    )


def status_of(row: AnyRow) -> ConsentStatus:
    """What a row of :func:`latest_entries` says."""
    entry: ConsentEntry = row.ConsentEntry
    expires_at = expiry(entry, row.valid_days)
    return ConsentStatus(
        slug=entry.purpose,
        title=row.title or LocalizedText(entry.purpose),
        version=entry.text_version,
        language=entry.language,
        act=ConsentAction(entry.event),
        method=Method(entry.method),
        at=entry.at,
        permits_use=(
            entry.event in IN_FORCE
            and row.confirmed_at is not None
            and not row.was_replaced
            and (expires_at is None or now() < expires_at)
        ),
        said_yes=row.answer in IN_FORCE,
        answered_version=row.answered_version,
        answered_seq=row.answered_seq or 0,
        is_replaced=bool(row.was_replaced),
        expires_at=expires_at,
    )


def expiry(entry: ConsentEntry, valid_days: int | None) -> datetime | None:
    """When the yes that ``entry`` tells ends by itself; None for another act or without an end."""
    if entry.event not in IN_FORCE or valid_days is None:
        return None
    return entry.at + timedelta(days=valid_days)

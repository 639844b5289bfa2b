"""Retention: deletes expired data, in batches with short transactions (C13).

Any number of runs may meet: each batch locks its event row, and deletes what is still there. The
consent ledger is never touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, delete, false, func, or_, select, update
from sqlalchemy.orm import load_only

from flask_stadtlabor.consent.answers.subjects import has_consent
from flask_stadtlabor.db import AnyRow, Base
from flask_stadtlabor.events.locks import LockedEvent, lock_event
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.feedback.operations import count_words_due, forget_words
from flask_stadtlabor.isolation import Parts
from flask_stadtlabor.outbox.models import MailState, OutboxMail
from flask_stadtlabor.outbox.operations import (
    KEPT_AFTER_GIVING_UP,
    forget_given_up,
    is_to_be_forgotten,
)
from flask_stadtlabor.participation.comments.operations.belongings import (
    count_waiting_comments,
    delete_waiting_comments,
)
from flask_stadtlabor.participation.ideas.operations.belongings import (
    count_waiting,
    delete_waiting,
)
from flask_stadtlabor.participation.mine.erasure import delete_unconfirmed
from flask_stadtlabor.participation.moderation.models import Report
from flask_stadtlabor.participation.moderation.operations.belongings import (
    close_reports_of_gone_texts,
    count_old_words,
    delete_old_reports,
    forget_old_words,
    is_old_report,
)
from flask_stadtlabor.participation.people.links import delete_expired_links, has_ended
from flask_stadtlabor.participation.people.models import ParticipantLink
from flask_stadtlabor.participation.people.operations import count_unconfirmed
from flask_stadtlabor.participation.telling.operations import count_old_news, delete_old_news
from flask_stadtlabor.privacy.deletion import DeletionRow, delete_registrations
from flask_stadtlabor.privacy.models import RetentionReport
from flask_stadtlabor.registration import later_forms
from flask_stadtlabor.registration.locks import lock_found
from flask_stadtlabor.registration.models import (
    AccessToken,
    LaterForm,
    Registration,
    RegistrationState,
)
from flask_stadtlabor.registration.operations.restriction import is_unrestricted
from flask_stadtlabor.registration.retention_periods import (
    LAPSED_KEPT,
    kept_until,
    spared_until,
    support_kept_until,
)
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import change_rows, commit

MAIL_RECORDS_KEPT = timedelta(days=30)
"""How long it is kept that there was a mail, after it was sent or blanked; never what it said."""
BATCH_SIZE = 500


@dataclass
class Counts:
    """Counts of rows that are due or were deleted; no personal data."""

    registrations: int = 0
    """Those whose event is over for long enough, or that lapsed unconfirmed."""
    support_needs: int = 0
    """Of registrations that stay, or go by the same run; with later forms, which may hold some."""
    links: int = 0
    """Personal links; those that have to work on are not among them."""
    mail_records: int = 0
    """Rows that tell of a mail that was sent, or of one that was given up and is blanked."""
    given_up_mails: int = 0
    """Mails that nobody could deliver, whose words and address are blanked."""
    feedback_words: int = 0
    """Answers about an event of which the words go, and the rating stays."""
    unconfirmed: int = 0
    """Addresses that were typed to take part and never confirmed, with what waited for it."""
    waiting_ideas: int = 0
    """Ideas that nobody published within the time for opening the link in a mail."""
    waiting_comments: int = 0
    """The same of comments."""
    participant_links: int = 0
    """Links to a participant's page whose time is over."""
    reports: int = 0
    """Reports of texts that were decided long ago."""
    moderation_words: int = 0
    """Old decisions about texts of which the words go, and the rest stays."""
    old_news: int = 0
    """News for a digest that could not be told for long."""

    def add(self, other: Counts) -> None:
        """Add the counts of another object."""
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))

    def __bool__(self) -> bool:
        """Whether any count is not zero."""
        return any(vars(self).values())


class Spared(NamedTuple):
    """An event whose deletion is postponed, because it was changed recently."""

    slug: str
    until: datetime


class OfEvent(NamedTuple):
    """The counts of one event."""

    slug: str
    counts: Counts


def run(tell: Callable[[OfEvent], None] = lambda _: None, parts: Parts | None = None) -> Counts:
    """Delete all that is due, commit each batch, and keep a report without personal data.

    ``tell`` hears of each event as soon as it is done. One that fails, because a host's receiver
    does for instance, stops no other (S17); ``parts`` counts those.
    """
    total, parts = Counts(), parts or Parts()
    for event_id, slug, _ in list(_events_with_due()):
        with parts.part(f"Retention (event {event_id})"):
            event = session().get(Event, event_id)
            if event is not None:
                done = _clear(event)
                total.add(done)
                tell(OfEvent(slug, done))
    for name, work in _of_no_event().items():
        with parts.part(f"Retention ({name})"):
            setattr(total, name, getattr(total, name) + work())
    with parts.part("Retention (reports of texts that are gone)"):
        commit(close_reports_of_gone_texts)
    commit(partial(_write_report, vars(total)))
    return total


def _of_no_event() -> dict[str, Callable[[], int]]:
    """What is deleted beside the events, by the name of its count."""
    return {
        "links": lambda: _in_batches(_delete_idle_links),
        "given_up_mails": lambda: commit(forget_given_up),
        "mail_records": lambda: _in_batches(_delete_mail_records),
        "feedback_words": lambda: commit(forget_words),
        "waiting_ideas": lambda: commit(delete_waiting),
        "waiting_comments": lambda: commit(delete_waiting_comments),
        "unconfirmed": lambda: commit(delete_unconfirmed),
        "participant_links": lambda: commit(delete_expired_links),
        "reports": lambda: commit(delete_old_reports),
        "moderation_words": lambda: commit(forget_old_words),
        "old_news": lambda: commit(delete_old_news),
    }


def due() -> tuple[list[OfEvent], Counts]:
    """What :func:`run` would delete now: event by event, and in all. Changes nothing."""
    events = []
    total = Counts()
    for event_id, slug, counts in _events_with_due():
        event = session().get_one(Event, event_id)
        counts.links = _count(
            AccessToken,
            AccessToken.registration_id == Registration.id,
            _is_due(event),
            ~has_consent(Registration.subject),
        )
        events.append(OfEvent(slug, counts))
        total.add(counts)
    total.links += _count(AccessToken, _is_idle())
    total.mail_records = _count(OutboxMail, _is_old_record())
    total.given_up_mails = _count(OutboxMail, is_to_be_forgotten())
    total.feedback_words = count_words_due()
    total.waiting_ideas = count_waiting()
    total.waiting_comments = count_waiting_comments()
    total.unconfirmed = count_unconfirmed()
    total.participant_links = _count(ParticipantLink, has_ended())
    total.reports = _count(Report, is_old_report())
    total.moderation_words = count_old_words()
    total.old_news = count_old_news()
    return events, total


def spared() -> list[Spared]:
    """The events of which something would be due, had they not been changed a few days ago."""
    return [
        Spared(event.slug, spared_until(event))
        for event, _, lapsed, _ in _counted_by_event()
        if spared_until(event) > now() and (lapsed or event.ends_at <= now())
    ]


def last_run() -> datetime | None:
    """When retention last came to its end; None where it never did."""
    return session().scalar(select(func.max(RetentionReport.ran_at)))


def _events_with_due() -> Iterator[tuple[int, str, Counts]]:
    """The events of which something is due."""
    for event, every, lapsed, support_needs in _counted_by_event():
        if spared_until(event) > now():
            continue
        counts = Counts(
            registrations=every if kept_until(event) <= now() else int(lapsed),
            support_needs=int(support_needs) if support_kept_until(event) <= now() else 0,
        )
        if counts:
            yield event.id, event.slug, counts


def _counted_by_event() -> Iterable[AnyRow]:
    """The events with their registrations: all, lapsed and with support needs; one statement."""
    counted = (
        select(
            Registration.event_id,
            func.count().label("every"),
            func.sum(case((_has_lapsed(), 1), else_=0)).label("lapsed"),
            func.sum(case((_may_hold_needs(), 1), else_=0)).label("support_needs"),
        )
        .outerjoin(Registration.later_form)
        .where(is_unrestricted())
        .group_by(Registration.event_id)
        .subquery()
    )
    return session().execute(
        select(Event, counted.c.every, counted.c.lapsed, counted.c.support_needs)
        .join(counted, counted.c.event_id == Event.id)
        .options(
            load_only(
                Event.slug,
                Event.status,
                Event.ends_at,
                Event.retention_days,
                Event.support_retention_days,
                Event.created_at,
                Event.revised_at,
                Event.sequence,
            )
        )
        .order_by(Event.ends_at, Event.id)
    )


def _has_lapsed() -> ColumnElement[bool]:
    """Nobody ever confirmed it, and it ended some days ago."""
    limit = now() - LAPSED_KEPT
    return and_(
        Registration.confirmed_at.is_(None),
        or_(
            and_(Registration.state == RegistrationState.EXPIRED, Registration.expires_at <= limit),
            and_(
                Registration.state == RegistrationState.CANCELLED,
                Registration.cancelled_at <= limit,
            ),
        ),
    )


def _is_due(event: Event) -> ColumnElement[bool]:
    """Which registrations of ``event`` are past their time; none while it is spared."""
    if spared_until(event) > now():
        return false()
    return _of(event) if kept_until(event) <= now() else and_(_of(event), _has_lapsed())


def _of(event: Event) -> ColumnElement[bool]:
    """The registrations of ``event``, but those that are to be kept as they are."""
    return and_(Registration.event_id == event.id, is_unrestricted())


def _clear(event: Event) -> Counts:
    done = Counts(support_needs=commit(lambda: _blank_support_needs(lock_event(event))))
    while True:
        batch, found = commit(lambda: _delete_some(lock_event(event)))
        done.add(batch)
        if found < BATCH_SIZE:
            return done


def _blank_support_needs(within: LockedEvent) -> int:
    event = within.event
    if support_kept_until(event) > now():
        return 0
    found = select(func.count(Registration.id)).outerjoin(Registration.later_form)
    count = session().scalar(found.where(_of(event), _may_hold_needs())) or 0
    # once the event is over nobody decides about a later form
    _settle(within, _of(event))
    change_rows(
        update(Registration)
        .where(_of(event), Registration.support_needs.is_not(None))
        .values(support_needs=None)
    )
    return count


def _may_hold_needs() -> ColumnElement[bool]:
    """Registrations with support needs, or with a later form, which may have some."""
    return or_(Registration.support_needs.is_not(None), LaterForm.registration_id.is_not(None))


def _settle(within: LockedEvent, condition: ColumnElement[bool]) -> None:
    """Write down the noes of later forms about which nobody has decided."""
    undecided = select(Registration).join(Registration.later_form).where(condition)
    for locked in lock_found(within, undecided):
        later_forms.settle(locked)


def _delete_some(within: LockedEvent) -> tuple[Counts, int]:
    """One batch, by the event as it is under its lock: it may have been moved."""
    # before the consents in force are looked up (C15)
    _settle(within, _is_due(within.event))
    rows = session().execute(
        select(
            Registration.id,
            Registration.subject,
            Registration.state,
            Registration.party_size,
            Registration.email,
            has_consent(Registration.subject),
        )
        .where(_is_due(within.event))
        .order_by(Registration.id)
        .limit(BATCH_SIZE)
    )
    doomed = [DeletionRow(*row) for row in rows]
    if not doomed:
        return Counts(), 0
    deleted = delete_registrations(within, doomed)
    return Counts(registrations=deleted.registrations, links=deleted.links), len(doomed)


def _is_idle() -> ColumnElement[bool]:
    """A link whose registration is gone, and by which there is nothing left to withdraw."""
    return and_(AccessToken.registration_id.is_(None), ~has_consent(AccessToken.subject))


def _delete_idle_links() -> int:
    hashes = session().scalars(select(AccessToken.token_hash).where(_is_idle()).limit(BATCH_SIZE))
    return change_rows(delete(AccessToken).where(AccessToken.token_hash.in_(hashes.all())))


def _is_old_record() -> ColumnElement[bool]:
    """Rows of mails that are done with, sent or blanked, as long ago as a record is kept."""
    kept_since = now() - MAIL_RECORDS_KEPT
    return or_(
        and_(OutboxMail.state == MailState.SENT, OutboxMail.sent_at <= kept_since),
        and_(
            OutboxMail.state == MailState.GIVEN_UP,
            OutboxMail.created_at < kept_since - KEPT_AFTER_GIVING_UP,
        ),
    )


def _delete_mail_records() -> int:
    ids = session().scalars(select(OutboxMail.id).where(_is_old_record()).limit(BATCH_SIZE))
    return change_rows(delete(OutboxMail).where(OutboxMail.id.in_(ids.all())))


def _in_batches(delete_some: Callable[[], int]) -> int:
    """Commit after each batch until one finds nothing; another run may be quicker."""
    total = 0
    while deleted := commit(delete_some):
        total += deleted
    return total


def _write_report(counts: dict[str, int]) -> None:
    session().add(RetentionReport(ran_at=now(), counts=dict(counts)))


def _count(model: type[Base], *conditions: ColumnElement[bool]) -> int:
    return session().scalar(select(func.count()).select_from(model).where(*conditions)) or 0

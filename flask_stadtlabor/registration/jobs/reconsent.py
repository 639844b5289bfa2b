"""Asking again after a text has changed in substance: the old yes no longer counts (C7).

Whoever said yes is written to once, in batches, each of one event. A purpose is done when nobody is
left to be asked and some time has passed, so that forms that were being sent while the text was
published are found too. People whose processing is restricted are asked after the restriction is
lifted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm.attributes import set_committed_value

from flask_stadtlabor.consent.answers import operations as consent
from flask_stadtlabor.consent.answers.status import was_followed, was_replaced
from flask_stadtlabor.consent.models import (
    IN_FORCE,
    ConsentEntry,
    ConsentSubject,
    ConsentText,
    Method,
    Mode,
    Purpose,
)
from flask_stadtlabor.consent.texts.published import PurposeTexts, current_texts
from flask_stadtlabor.events.locks import LockedEvent
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import _sl, listed, use_language, words
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.mails.details import Details
from flask_stadtlabor.registration.mails.send import send_mail
from flask_stadtlabor.registration.models import ACTIVE, Registration
from flask_stadtlabor.registration.operations.restriction import is_unrestricted
from flask_stadtlabor.registration.retention_periods import kept_until
from flask_stadtlabor.state import now, session

BATCH_SIZE = 20
"""How many people are asked in one transaction, so that nobody waits long for the event's lock."""
IN_FLIGHT = timedelta(hours=1)
"""How long after publishing a form with the older text may still arrive."""


def purposes_to_ask() -> list[str]:
    """The purposes whose text changed in substance since everybody was asked."""
    newest = func.max(ConsentText.version)
    statement = (
        select(Purpose.slug)
        .join(ConsentText, ConsentText.purpose_id == Purpose.id)
        .where(ConsentText.material, Purpose.mode == Mode.CONSENT)
        .group_by(Purpose.slug, Purpose.asked_version)
        .having(newest > Purpose.asked_version)
        .order_by(Purpose.slug)
    )
    return list(session().scalars(statement))


def events_to_ask(slugs: Sequence[str]) -> list[int]:
    """The events with people who are to be asked about these purposes, before they are deleted."""
    if not slugs:
        return []
    asked = _people(slugs).with_only_columns(Registration.event_id).order_by(None).distinct()
    events = session().scalars(select(Event).where(Event.id.in_(asked)).order_by(Event.id))
    return [event.id for event in events if kept_until(event) > now()]


def count_to_ask(slug: str) -> int:
    """How many registered people said yes to the text in force, and would be asked about another.

    Those of events whose registrations are due for deletion are counted too.
    """
    latest = _latest_yes([slug]).where(~was_replaced())
    count = latest.with_only_columns(func.count(Registration.id))
    return session().scalar(count) or 0


def people_to_ask(event: Event, slugs: Sequence[str], after: int) -> list[int]:
    """The next registrations of ``event`` to be asked, by their numbers above ``after``."""
    numbers = _people(slugs).with_only_columns(Registration.id).order_by(None).distinct()
    return list(
        session().scalars(
            numbers.where(Registration.event_id == event.id, Registration.id > after)
            .order_by(Registration.id)
            .limit(BATCH_SIZE)
        )
    )


def ask_again(within: LockedEvent, slugs: Sequence[str], numbers: Sequence[int]) -> int:
    """Ask those of these registrations who said yes to an older text; returns how many.

    Any number of workers can do this at once: they queue at the event row, and the second finds
    nobody who was asked already. Without an address, staff is told to ask.
    """
    event = within.event
    texts = {purpose.slug: purpose for purpose in current_texts(slugs)}
    people = _people(slugs).where(Registration.event_id == event.id, Registration.id.in_(numbers))
    rows = session().execute(people).all()
    asked = [
        (registration, [texts[row.purpose] for row in group])
        for registration, group in groupby(rows, key=lambda row: row.Registration)
    ]
    for registration, purposes in asked:
        set_committed_value(registration, "event", event)
        titles = _titles(registration, purposes)
        send_mail(kinds.ASK_AGAIN, registration, Details(purpose_title=titles))
    for method in (Method.EMAIL_LINK, Method.PAPER):
        consent.ask_again(
            [
                (registration.subject, purpose.slug, purpose.shown(registration.language))
                for registration, purposes in asked
                for purpose in purposes
                if (method == Method.EMAIL_LINK) == (registration.email is not None)
            ],
            method=method,
        )
    return len(asked)


def finish_asking(slugs: Sequence[str]) -> None:
    """Remember of which purposes everybody was asked; the others are looked at again."""
    for purpose in session().scalars(
        select(Purpose).where(Purpose.slug.in_(slugs)).order_by(Purpose.id).with_for_update()
    ):
        newest = (
            session()
            .execute(
                select(ConsentText.version, ConsentText.published_at)
                .where(ConsentText.purpose_id == purpose.id, ConsentText.material)
                .order_by(ConsentText.version.desc())
                .limit(1)
            )
            .one()
        )
        waiting = _latest_yes([purpose.slug]).where(was_replaced()).limit(1)
        if newest.published_at + IN_FLIGHT <= now() and not session().execute(waiting).first():
            purpose.asked_version = newest.version
    session().flush()


def _people(slugs: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """Confirmed, unrestricted people whose latest entry is a yes to a text that was replaced."""
    return (
        _latest_yes(slugs)
        .where(was_replaced(), ConsentSubject.confirmed_at.is_not(None), is_unrestricted())
        .order_by(Registration.id, ConsentEntry.seq)
    )


def _latest_yes(slugs: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """The registrations that stand, with each purpose to which the latest entry says yes."""
    return (
        select(Registration, ConsentEntry.purpose)
        .join(ConsentEntry, ConsentEntry.subject == Registration.subject)
        .join(ConsentSubject, ConsentSubject.reference == Registration.subject)
        .join(Purpose, Purpose.slug == ConsentEntry.purpose)
        .where(
            Registration.state.in_(ACTIVE),
            ConsentEntry.purpose.in_(slugs),
            ConsentEntry.event.in_(IN_FORCE),
            ~was_followed(),
        )
    )


def _titles(registration: Registration, purposes: Sequence[PurposeTexts]) -> str:
    """The titles of the purposes in the person's language, as they stand in a sentence."""
    with use_language(registration.language):
        titles = [_sl("“%(title)s”", title=words(purpose.title)) for purpose in purposes]
        return listed(titles)

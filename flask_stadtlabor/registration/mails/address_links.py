"""One mail with fresh links to all registrations of an address."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from email import message_from_bytes
from email.message import EmailMessage
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import contains_eager

from flask_stadtlabor.addresses import address_keys
from flask_stadtlabor.consent.answers.status import statuses_of
from flask_stadtlabor.events.models import Event, EventStatus
from flask_stadtlabor.i18n import _sl, use_language
from flask_stadtlabor.outbox.deferred import DeferredMail
from flask_stadtlabor.outbox.message import compose
from flask_stadtlabor.outbox.operations import drop, waiting_about, write_anew
from flask_stadtlabor.outbox.templates import drawn, words_of
from flask_stadtlabor.registration.links import personal_link
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.mails.preview import somebody
from flask_stadtlabor.registration.models import ACTIVE, Registration
from flask_stadtlabor.registration.retention_periods import kept_until
from flask_stadtlabor.registration.standing import seats_sentence
from flask_stadtlabor.state import now, session, settings

LIST_LIMIT = 50
"""How many registrations one mail lists; those of the latest events."""


class Linked(NamedTuple):
    """A registration with a fresh link to it."""

    registration: Registration
    link: str
    standing: Sequence[str]
    """Where it stands, in sentences."""


def links_mail(deferred: DeferredMail) -> EmailMessage | None:
    """The mail for an address in the language of its latest registration; None without any.

    Lists what is active, past events until their registrations are deleted, and whatever has a
    consent in force, so that it can be withdrawn (C13). For an address without any the same work is
    done and undone, so that the next answers of this process take as long (S16).
    """
    keys = address_keys(deferred.recipient)
    newest = select(func.max(Registration.id)).scalar_subquery()
    # one row is always read, so that an unknown address takes as long
    rows = _stored(or_(Registration.address_key.in_(keys), Registration.id == newest))
    theirs = [row for row in rows if row.address_key in keys]
    listed = _listed(theirs or rows)
    found = listed if theirs else []
    if not found:
        _rehearse(deferred)
        return None
    latest = max(found, key=lambda registration: registration.id)
    with use_language(latest.language):
        return _written(str(latest.email), found)


def _written(recipient: str, found: Sequence[Registration]) -> EmailMessage:
    entries = [
        Linked(registration, personal_link(registration), _standing(registration))
        for registration in found
    ]
    mail = drawn(words_of(kinds.LINKS.template, entries=entries))
    return compose(recipient=recipient, **mail._asdict())


def _rehearse(deferred: DeferredMail) -> None:
    """Render a mail for a made-up registration of a real event, so that it takes as long."""
    event = session().scalar(
        select(Event).where(Event.status == EventStatus.PUBLISHED).order_by(Event.id).limit(1)
    )
    if event is None:
        # without events there are no registrations to protect
        return
    language = settings().default_locale
    with use_language(language):
        stranger = somebody(event, kinds.CONFIRMED, language)
        stranger.subject = secrets.token_hex(16)
        savepoint = session().begin_nested()
        message = _written(deferred.recipient, [stranger])
        session().flush()
        savepoint.rollback()
    # as the outbox does with one that it keeps, and a mailer with one that it sends
    message_from_bytes(message.as_bytes(), policy=message.policy).as_bytes()


def _standing(registration: Registration) -> list[str]:
    if _is_listed(registration):
        return [seats_sentence(registration)]
    return [
        _sl("You are not registered there any more.")
        if registration.state not in ACTIVE or registration.is_overdue
        else seats_sentence(registration),
        _sl("What you have agreed to still counts. Behind this link you can withdraw it."),
    ]


def find_anew(addresses: Collection[str]) -> None:
    """Rewrite queued mails with links of addresses after one of their registrations was deleted.

    Mails that were written already are written once more when their turn comes, and those that
    would have nothing to tell any more are deleted with their address.
    """
    for mail_id, address in waiting_about(addresses, kinds.LINKS.name):
        if _listed(_stored(Registration.address_key.in_(address_keys(address)))):
            write_anew(mail_id)
        else:
            drop(mail_id)


def _stored(which: ColumnElement[bool]) -> Sequence[Registration]:
    """Registrations with their events, the latest event first.

    Those of an address are found by a keyed hash, so that no index holds anybody's address.
    """
    return (
        session()
        .scalars(
            select(Registration)
            .join(Registration.event)
            .options(contains_eager(Registration.event))
            .where(which)
            .order_by(Event.starts_at.desc(), Registration.id)
        )
        .all()
    )


def _listed(rows: Sequence[Registration]) -> list[Registration]:
    """Those that the mail lists, the next event first and past ones last."""
    in_force = _with_consent_in_force(rows)
    found = [row for row in rows if _is_listed(row) or row.subject in in_force][:LIST_LIMIT]
    ahead = [row for row in reversed(found) if row.event.ends_at > now()]
    return [*ahead, *(row for row in found if row.event.ends_at <= now())]


def _is_listed(registration: Registration) -> bool:
    """Whether the registration is listed regardless of consents."""
    event = registration.event
    is_active = registration.state in ACTIVE and not registration.is_overdue
    return is_active and event.is_public and kept_until(event) > now()


def _with_consent_in_force(registrations: Sequence[Registration]) -> set[str]:
    """The pseudonyms of those who have a yes to take back, in one statement."""
    found = statuses_of([registration.subject for registration in registrations])
    return {
        subject
        for subject, statuses in found.items()
        if any(status.can_be_withdrawn for status in statuses)
    }

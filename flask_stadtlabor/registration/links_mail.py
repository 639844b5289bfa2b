"""One mail with fresh links to all registrations of an address."""

from __future__ import annotations

from email.message import EmailMessage
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, load_only

from flask_stadtlabor.dates import format_moment
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import _sl, speak
from flask_stadtlabor.outbox.mails import from_template
from flask_stadtlabor.outbox.message import compose
from flask_stadtlabor.registration.applying import active_key
from flask_stadtlabor.registration.links import kept_until, personal_link
from flask_stadtlabor.registration.models import Registration, RegistrationState
from flask_stadtlabor.state import Promised, now, session, settings

LINKS = "links"
"""The kind of this mail."""
MOST = 50
"""How many registrations one mail lists; those of the latest events."""


class Linked(NamedTuple):
    """A registration with a fresh link to it."""

    registration: Registration
    link: str
    standing: str
    """Where it stands, in a sentence."""


def links_mail(promised: Promised) -> EmailMessage | None:
    """The mail for an address in the language of its latest registration; None without any.

    Lists what is active, and past events until their registrations are deleted.
    """
    found = _registrations(promised.recipient)
    if not found:
        return None
    latest = max(found, key=lambda registration: registration.id)
    with speak(latest.language):
        mail = from_template(
            "links",
            _sl("The links to your registrations"),
            entries=[
                Linked(registration, personal_link(registration), _standing(registration))
                for registration in found
            ],
        )
        return compose(recipient=str(latest.email), **mail._asdict())


def _standing(registration: Registration) -> str:
    event = registration.event
    until = format_moment(registration.expires_at or event.starts_at, event.timezone)
    if registration.state == RegistrationState.HELD:
        return _sl("Not confirmed yet: your seats are held until %(moment)s.", moment=until)
    if registration.state == RegistrationState.OFFERED:
        return _sl("Seats are offered to you until %(moment)s.", moment=until)
    if registration.state == RegistrationState.WAITING:
        return _sl("You are on the waiting list.")
    return _sl("This event is over.") if event.ends_at <= now() else _sl("You are in.")


def _registrations(address: str) -> list[Registration]:
    """Those of the address, the next event first and past ones last.

    They are found by the key that is unique for event and address, so that no index holds
    anybody's address.
    """
    keys = [active_key(event, address) for event in _events_that_are_kept()]
    if not keys:
        return []
    rows = session().scalars(
        select(Registration)
        .join(Registration.event)
        .options(contains_eager(Registration.event))
        .where(
            Registration.active_key.in_(keys),
            or_(Registration.expires_at.is_(None), Registration.expires_at > now()),
        )
        .order_by(Event.starts_at.desc(), Registration.id)
        .limit(MOST)
    )
    found = [row for row in rows if row.event.is_public]
    ahead = [row for row in reversed(found) if row.event.ends_at > now()]
    return [*ahead, *(row for row in found if row.event.ends_at <= now())]


def _events_that_are_kept() -> list[Event]:
    candidates = session().scalars(
        select(Event)
        .where(
            or_(
                Event.ends_at > now() - settings().retention,
                Event.retention_days.is_not(None),
            )
        )
        .options(load_only(Event.uid, Event.ends_at, Event.retention_days))
    )
    return [event for event in candidates if kept_until(event) > now()]

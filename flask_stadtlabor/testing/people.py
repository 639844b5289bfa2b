"""Somebody in each state of a registration, with a personal link of their own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from flask_stadtlabor import signals
from flask_stadtlabor.consent.models import ConsentAction, Mode
from flask_stadtlabor.consent.texts.published import current_texts
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.outbox.operations import delete_waiting_mails
from flask_stadtlabor.participation.people.links import participant_link
from flask_stadtlabor.participation.people.operations import awaited
from flask_stadtlabor.registration.links import personal_link
from flask_stadtlabor.registration.locks import Locked, lock_registration
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.registration.operations import signup, transitions
from flask_stadtlabor.registration.requests import ConsentChoice, SignupRequest
from flask_stadtlabor.state import session
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import local_url


class Person(NamedTuple):
    """Somebody who registered."""

    state: str
    """A word for what is to be seen behind the link."""
    link: str
    """The path of the personal link."""


def register_people(language: str) -> list[Person]:
    """Register people for events of :func:`~flask_stadtlabor.testing.content.sample`.

    Whoever is registered already under these addresses, from an earlier call, gets another link.
    The host's signals hear nothing of it, and no mail is left to be sent. Commits the session of
    the current app context.
    """
    return [
        Person(state, commit(partial(_link_of, slug, f"{language}-{state}", language, become)))
        for state, slug, become in ARRIVALS
    ]


def take_part(language: str) -> str:
    """The path of a link to the page of somebody who takes part without an account; commits."""
    return commit(partial(_link_of_participant, language))


def _link_of_participant(language: str) -> str:
    token = participant_link(awaited(f"{language}-mitmachen@buerger.example"))
    return local_url("open_participation", lang=language, token=token.rpartition("/")[2])


def _stay(locked: Locked) -> None:
    """Nothing happens to whoever has just registered."""


ARRIVALS: tuple[tuple[str, str, Callable[[Locked], None]], ...] = (
    ("held", "plattform", _stay),
    ("confirmed", "plattform", transitions.confirm),
    ("cancelled", "plattform", transitions.cancel),
    ("with-the-seat", "voll", transitions.confirm),
    ("waiting", "voll", _stay),
)
"""What becomes of whom, and the slug of their event; in this order, since one event is full."""


def _link_of(slug: str, name: str, language: str, become: Callable[[Locked], None]) -> str:
    event = session().scalars(select(Event).filter_by(slug=slug)).one()
    with signals.signals_muted():
        registration = _registered(event, f"{name}@buerger.example", language)
        become(lock_registration(registration))
    delete_waiting_mails([registration.subject])
    token = personal_link(registration).rpartition("/")[2]
    return local_url("open_link", lang=language, token=token)


def _registered(event: Event, email: str, language: str) -> Registration:
    whose = (
        select(Registration)
        .filter_by(event_id=event.id, email=email)
        .options(joinedload(Registration.event))
        .execution_options(populate_existing=True)
    )
    known = session().scalar(whose)
    if known is None:
        signup.register(lock_event(event), _application(event, email, language))
        known = session().scalars(whose).one()
    return known


def _application(event: Event, email: str, language: str) -> SignupRequest:
    """One photo purpose is agreed to and the others are refused, so that both are shown."""
    asked = [texts for texts in current_texts(event.purposes) if texts.mode == Mode.CONSENT]
    choices = tuple(
        ConsentChoice(
            texts.slug,
            texts.shown(language),
            ConsentAction.REFUSED if number else ConsentAction.GIVEN,
        )
        for number, texts in enumerate(asked)
    )
    return SignupRequest(
        given_name="Änne",
        family_name="Yıldız-Brockhoff",
        email=email,
        language=language,
        answers={"essen": "a"} if event.questions else {},
        choices=choices,
    )

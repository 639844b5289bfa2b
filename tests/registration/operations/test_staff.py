"""Staff registers somebody at a desk or at the door, with or without an e-mail address."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from flask_stadtlabor.consent.models import (
    ActorKind,
    ConsentAction,
    ConsentEntry,
    ConsentSubject,
    Method,
)
from flask_stadtlabor.consent.texts.published import current_texts
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.models import DeskNotice, Registration, Source
from flask_stadtlabor.registration.operations import signup
from flask_stadtlabor.registration.refusals import NotTaken
from flask_stadtlabor.registration.requests import ConsentChoice, SignupRequest
from flask_stadtlabor.transactions import commit
from tests.factories import PHOTOS, exchange, open_event
from tests.host import Host


def register(host: Host, **values: Any) -> str:
    """What the desk does; the state of the registration."""
    given = {"given_name": "Änne", "family_name": "Yıldız", "language": "de", **values}
    with host.app.app_context():
        event = host.db.session.scalar(select(Event))
        application = SignupRequest(**{"source": Source.DESK, **given})
        return str(commit(lambda: signup.register(lock_event(event), application)))


def test_without_an_address_a_seat_is_theirs_at_once_and_staff_passes_it_on(host: Host) -> None:
    host.load(exchange(open_event()))
    details = {"reach": "0234 910-0", "companions": ("Ben",), "support_needs": "Schriftmittlung"}
    assert register(host, party_size=2, **details) == "confirmed"
    with host.app.app_context():
        found = host.db.session.scalar(select(Registration))
        assert (found.email, found.reach, found.source) == (None, "0234 910-0", "desk")
        assert (found.companions, found.support_needs) == (("Ben",), "Schriftmittlung")
    assert host.scalar(select(DeskNotice.kind)) == "confirmed"
    assert host.scalar(select(ConsentSubject.confirmed_at)) is not None
    assert host.mails() == []


@pytest.mark.one_database
def test_two_people_without_an_address_are_two_people(host: Host) -> None:
    host.load(exchange(open_event(registration={"capacity": 1})))
    assert [register(host), register(host)] == ["confirmed", "waiting"]


@pytest.mark.one_database
def test_with_an_address_the_person_confirms_by_mail(host: Host) -> None:
    host.load(exchange(open_event()))
    assert register(host, email="person1@buerger.example") == "held"


@pytest.mark.one_database
def test_staff_writes_down_what_was_answered_on_paper(host: Host) -> None:
    """C8: who acted, and how."""
    host.load(exchange(open_event()))
    with host.app.app_context():
        text = current_texts([PHOTOS])[0].shown("de")
        choice = ConsentChoice(PHOTOS, text, ConsentAction.REFUSED)
    register(host, choices=(choice,), actor=ActorKind.STAFF, method=Method.PAPER)
    with host.app.app_context():
        entries = host.db.session.scalars(select(ConsentEntry).order_by(ConsentEntry.seq)).all()
        assert [(entry.event, entry.actor, entry.method) for entry in entries] == [
            ("requested", "system", "paper"),
            ("refused", "staff", "paper"),
            ("confirmed", "staff", "paper"),
        ]


@pytest.mark.one_database
@pytest.mark.parametrize("moment", ["opens_at", "closes_at"])
def test_the_window_is_for_the_public_form_alone(host: Host, moment: str) -> None:
    day = {"opens_at": "2026-04-01T08:00", "closes_at": "2026-03-01T08:00"}[moment]
    host.load(exchange(open_event(registration={moment: day})))
    assert register(host) == "confirmed"


@pytest.mark.one_database
def test_nobody_is_registered_for_what_is_over(host: Host) -> None:
    host.load(exchange(open_event()))
    host.clock.move(days=60)
    with pytest.raises(NotTaken):
        register(host)

"""What a host's account page does: hand out and erase what is stored under an address."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from flask_stadtlabor import Erased, erase_person, export_person
from flask_stadtlabor.consent.models import ConsentAction, ConsentEntry
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.models import Registration
from tests.consent.acts import PHOTOS, publish
from tests.host import Host
from tests.privacy import stored

ADDRESS = "Ada@buerger.example"


@pytest.fixture
def portal(host: Host) -> Host:
    """An event that is full, with somebody who waits."""
    with host.app.app_context():
        publish(PHOTOS)
        ahead = stored.add_event(host, host.clock() + timedelta(days=9), slug="kommt", capacity=2)
        stored.add_person(host, ahead, ConsentAction.GIVEN, email=ADDRESS, party_size=2)
        stored.add_person(host, ahead, state="waiting", given_name="Next", party_size=2)
        host.db.session.commit()
    return host


def test_the_seats_of_a_closed_account_go_to_those_who_wait(portal: Host) -> None:
    """C9, C10: withdrawn by the person on the web, and the ledger keeps its entries."""
    with portal.app.app_context():
        # a host has read something before, such as its own user
        portal.db.session.scalars(select(Registration)).all()
        done = erase_person(ADDRESS.lower())
        portal.db.session.commit()
        assert done == Erased(registrations=1, cancelled=1, gave_seats=1, withdrawn=1, kept=3)
        last = select(ConsentEntry).order_by(ConsentEntry.seq.desc()).limit(1)
        entry = portal.db.session.scalars(last).one()
        assert (entry.event, entry.actor, entry.method) == ("withdrawn", "subject", "web")
        assert portal.db.session.scalars(select(Registration.state)).all() == ["offered"]
        assert erase_person(ADDRESS) is None
    assert portal.run("consent", "verify").exit_code == 0
    (offer,) = portal.mails()
    assert "ada" not in str(offer["To"])


def test_what_the_host_takes_back_was_not_erased(portal: Host) -> None:
    with portal.app.app_context():
        assert erase_person(ADDRESS) is not None
        portal.db.session.rollback()
        assert portal.db.session.scalar(select(Event.seats_taken)) == 2
        document = export_person(ADDRESS)
    assert document is not None
    assert [item["email"] for item in document["registrations"]] == [ADDRESS]
    assert portal.mails() == []


def test_an_address_without_anything_gives_nothing(portal: Host) -> None:
    with portal.app.app_context():
        assert export_person("bo@buerger.example") is None
        assert erase_person("bo@buerger.example") is None


@pytest.mark.parametrize("key", ["user:1", "", "42"])
def test_what_can_be_no_address_is_a_mistake_of_the_host(portal: Host, key: str) -> None:
    """A key of the host's own leads to nobody; nothing must look as if it had been erased."""
    with portal.app.app_context():
        for call in (export_person, erase_person):
            with pytest.raises(ValueError, match=r"^.*$"):
                call(key)

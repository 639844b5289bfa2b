"""Staff offers seats to a party of the waiting list before its turn, and says why."""

from __future__ import annotations

from sqlalchemy import select

from flask_stadtlabor.events.history_models import EventDeed
from flask_stadtlabor.events.models import Event
from tests.factories import exchange, open_event
from tests.forms import fill, page
from tests.host import Host
from tests.organise.staff import HERE, column, register, staff_of, words_of


def test_a_chosen_party_is_offered_seats_before_others_with_a_reason(host: Host) -> None:
    """Two seats are free, for which a party of four waits first."""
    host.load(exchange(open_event(registration={"capacity": 4})))
    register(host, 1, party_size=2)
    first = register(host, 2, party_size=4, confirm=False)
    second = register(host, 3, party_size=2, confirm=False)
    staff = staff_of(host).client()
    theirs = f"{HERE}registrations/{second}/"
    without = fill(staff, theirs, action="/promote")
    assert without.status_code == 422
    assert "Please say why this party goes first." in page(without).get_text()
    assert column(host, second, "state") == "waiting"
    done = fill(staff, theirs, why="Sie dolmetschen.", action="/promote")
    assert done.status_code == 303
    assert "Seats are offered." in words_of(staff, done.location)
    assert (column(host, first, "state"), column(host, second, "state")) == ("waiting", "offered")
    assert host.scalar(select(Event.seats_taken)) == 4
    assert host.scalar(select(Event.smallest_party_waiting)) == 4
    assert host.mails()[-1]["To"] == "person3@buerger.example"
    assert host.scalar(select(EventDeed.about)) == {"people": 2, "reason": "Sie dolmetschen."}
    assert "Otto Orga 2 people · Sie dolmetschen." in words_of(staff, f"{HERE}history/")


def test_nobody_is_promoted_beyond_the_capacity_or_twice(host: Host) -> None:
    """S6"""
    host.load(exchange(open_event(registration={"capacity": 4})))
    register(host, 1, party_size=2)
    large = register(host, 2, party_size=4, confirm=False)
    staff = staff_of(host).client()
    theirs = f"{HERE}registrations/{large}/"
    refused = fill(staff, theirs, why="Eilig", action="/promote")
    assert refused.status_code == 409
    assert "There are not enough free seats for this party." in page(refused).get_text()
    assert column(host, large, "state") == "waiting"
    confirmed = register(host, 3, party_size=1, confirm=False, slug="plattform")
    again = f"{HERE}registrations/{confirmed}/promote"
    shown = page(staff.get(theirs)).select_one("[name='csrf_token']")
    assert shown is not None
    press = {"csrf_token": str(shown["value"]), "why": "Eilig"}
    assert staff.post(again, data=press).status_code == 303
    assert staff.post(again, data=press).status_code == 409
    assert host.scalar(select(Event.seats_taken)) == 3
    assert len({host.scalar(select(EventDeed.id))}) == 1

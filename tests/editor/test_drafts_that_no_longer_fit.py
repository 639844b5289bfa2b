"""A draft of changes whose event became another meanwhile stays one that can be worked on."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from flask_stadtlabor.events.locks import LockedEvent
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.organise.views.editing import publish_event
from tests.factories import exchange, open_event
from tests.forms import fill, page, press, send
from tests.host import Host
from tests.organise.staff import DESK, HERE, register, staff_of

pytestmark = pytest.mark.one_database
EDIT = f"{HERE}edit/"


@pytest.fixture
def desk(host: Host) -> Host:
    host.load(exchange(open_event()))
    return staff_of(host)


def test_doors_that_a_draft_opens_on_the_old_day_are_left_behind_by_a_move(desk: Host) -> None:
    staff = desk.client()
    opened = {"doors_at": "2026-04-22T17:00"}
    assert fill(staff, f"{EDIT}time", opened, action="/time").status_code == 303
    fill(staff, f"{EDIT}text", {"title.en": "Another name"}, action="/text")
    shown = staff.get(f"{HERE}move", query_string={"starts_at": "2026-04-29T17:30"})
    assert send(staff, shown, action="/move").status_code == 303
    for path in (f"{EDIT}time", f"{HERE}review", f"{HERE}history/", f"{DESK}languages/"):
        assert staff.get(path).status_code == 200, path
    assert "Another name" in staff.get(f"{EDIT}text").text
    assert press(staff, f"{HERE}publish", "/publish").status_code == 303
    with desk.app.app_context():
        event = desk.db.session.scalars(select(Event)).one()
        assert (event.doors_at, event.starts_at.day) == (None, 29)
        assert event.title["en"] == "Another name"


def test_a_draft_with_too_few_seats_is_not_published_and_says_by_how_many(desk: Host) -> None:
    staff = desk.client()
    fewer = {"registration.capacity": "1"}
    page_of_seats = f"{EDIT}registration"
    assert fill(staff, page_of_seats, fewer, action="/registration").status_code == 303
    shown = staff.get(f"{HERE}publish")
    assert shown.status_code == 200
    register(desk, 1)
    register(desk, 2)
    assert send(staff, shown, action="/publish").status_code == 409
    refused = staff.get(f"{HERE}publish")
    assert refused.status_code == 409
    assert "2" in page(refused).select_one('[role="alert"]').text
    assert desk.scalar(select(Event.seats_taken)) == 2


def test_whoever_registers_while_an_event_is_taken_back_keeps_it_public(
    desk: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = desk.client()
    shown = staff.get(f"{HERE}unpublish")
    locking = publish_event.lock_event

    def after_somebody_registered(event: Event) -> LockedEvent:
        monkeypatch.undo()
        somebody = threading.Thread(target=register, args=(desk,))
        somebody.start()
        somebody.join()
        return locking(event)

    monkeypatch.setattr(publish_event, "lock_event", after_somebody_registered)
    assert send(staff, shown, action="/unpublish").status_code == 409
    assert desk.scalar(select(Event.status)) == "published"


def test_a_postponed_event_gets_its_new_date_after_the_old_one(desk: Host) -> None:
    staff = desk.client()
    assert press(staff, f"{HERE}postpone", "/postpone").status_code == 303
    desk.clock.move(days=60)
    shown = staff.get(f"{HERE}move", query_string={"starts_at": "2026-09-18T18:00"})
    assert shown.status_code == 200
    assert send(staff, shown, action="/move").status_code == 303
    assert desk.scalar(select(Event.status)) == "published"


def test_an_event_like_the_last_one_asks_for_the_right_on_that_one(host: Host) -> None:
    host.load(
        exchange(open_event(series="reihe"), series=[{"slug": "reihe", "title": {"de": "Reihe"}}])
    )
    form = {
        "title.de": "Neu", "starts_at": "2026-05-01T18:00", "ends_at": "2026-05-01T20:00",
        "series": "reihe", "like_last": "1",
    }  # fmt: skip
    elsewhere = staff_of(host, only="another").client()
    assert fill(elsewhere, f"{DESK}events/new", form).status_code == 403
    assert host.scalar(select(Event.slug).where(Event.slug != "plattform")) is None
    assert fill(staff_of(host).client(), f"{DESK}events/new", form).status_code == 303

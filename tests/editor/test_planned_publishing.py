"""A draft is published by itself, at the time that somebody chose."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from flask_stadtlabor import Action, signals
from flask_stadtlabor.events.history_models import EventRevision, PlannedPublishing
from flask_stadtlabor.events.models import Event
from tests.factories import event, exchange, open_event
from tests.forms import fill, page, press, send
from tests.host import Host
from tests.organise.staff import DESK, HERE, staff_of, words_of

PUBLISH = f"{HERE}publish"
PAGE = "/stadtlabor/en/events/plattform/"
SHORT = {"de": "Kommt!", "en": "Come!"}


@pytest.fixture
def desk(host: Host) -> Host:
    """It is Monday, 2 March 2026, 10:00 in Berlin."""
    host.load(exchange(event(status="draft", summary=SHORT)))
    return staff_of(host)


def plan(staff: FlaskClient, publish_at: str, **given: str) -> Any:
    return fill(staff, PUBLISH, {"publish_at": publish_at, **given}, action="/publish")


def is_public(host: Host) -> bool:
    return host.make().client().get(PAGE).status_code == 200


def published(host: Host) -> int:
    steps = select(func.count()).where(EventRevision.step == "published")
    return int(host.scalar(steps))


def test_a_draft_is_published_once_at_its_time_and_as_it_is_then(desk: Host) -> None:
    """By the wall of the event's zone, and by the name of whoever planned it."""
    staff = desk.client()
    assert plan(staff, "2026-03-02T12:00").status_code == 303
    said = "It is published by itself on Monday, 2 March 2026, at 12:00"
    for address in (PUBLISH, f"{HERE}review", HERE):
        assert said in words_of(staff, address)
    fill(staff, f"{HERE}edit/text", {"title.en": "By then"}, action="/text")
    desk.clock.move(hours=1, minutes=59)
    desk.run("outbox", "run")
    assert not is_public(desk)
    desk.clock.move(minutes=1)
    assert "1 drafts published" in desk.run("outbox", "run").output
    assert "0 drafts published" in desk.run("outbox", "run").output
    assert is_public(desk)
    assert "By then" in desk.make().client().get(PAGE).text
    assert published(desk) == 1
    assert desk.scalar(select(PlannedPublishing.event_id)) is None
    newest = int(desk.scalar(select(func.max(EventRevision.number))))
    assert "Otto Orga" in words_of(staff, f"{HERE}history/{newest}/")


@pytest.mark.one_database
def test_it_can_be_called_off_moved_and_done_by_hand(desk: Host) -> None:
    staff = desk.client()
    plan(staff, "2026-03-02T12:00")
    plan(staff, "2026-03-03T12:00")
    desk.clock.move(hours=3)
    desk.run("outbox", "run")
    assert not is_public(desk)
    assert press(staff, f"{HERE}review", "/publish/call-off").status_code == 303
    desk.clock.move(days=2)
    desk.run("outbox", "run")
    assert not is_public(desk)
    assert "by itself on" not in words_of(staff, f"{HERE}review")
    plan(staff, "2026-03-09T12:00")
    assert press(staff, PUBLISH, "/publish").status_code == 303
    assert is_public(desk)
    desk.clock.move(days=9)
    desk.run("outbox", "run")
    assert published(desk) == 1
    assert desk.scalar(select(PlannedPublishing.event_id)) is None


def test_what_is_missing_at_its_time_is_told_in_the_office(desk: Host) -> None:
    """It is not published, not tried again by itself, and published by hand once it is mended."""
    staff = desk.client()
    plan(staff, "2026-03-02T12:00")
    empty = {"summary.de": "", "summary.en": ""}
    assert fill(staff, f"{HERE}edit/text", empty, action="/text").status_code == 303
    assert "has to be there, or it is not published" in words_of(staff, f"{HERE}review")
    assert "Not published" not in words_of(staff, DESK)
    desk.clock.move(hours=3)
    assert desk.run("outbox", "run").exit_code == 0
    assert not is_public(desk)
    assert "Not published: Have your say online" in words_of(staff, DESK)
    seen = words_of(staff, f"{HERE}review")
    assert "It was to be published on Monday, 2 March 2026, at 12:00" in seen
    assert "“In short” is missing." in seen
    others = staff_of(desk, without=[Action.PUBLISH]).client()
    assert "Not published" not in words_of(others, DESK)
    full = {"summary.de": "Kommt!", "summary.en": "Come!"}
    fill(staff, f"{HERE}edit/text", full, action="/text")
    desk.run("outbox", "run")
    assert not is_public(desk)
    assert press(staff, PUBLISH, "/publish").status_code == 303
    assert is_public(desk)
    assert "Not published" not in words_of(staff, DESK)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("publish_at", "said"),
    [
        ("2026-03-29T02:30", "this time does not exist"),
        ("2026-03-02T09:00", "That is past."),
        ("soon", "Please say on which day and at what time"),
    ],
)
def test_a_time_that_cannot_be_is_refused(desk: Host, publish_at: str, said: str) -> None:
    refused = plan(desk.client(), publish_at)
    assert refused.status_code == 422
    assert said in page(refused).get_text(" ", strip=True)
    box = page(refused).select_one("[name=publish_at]")
    assert box is not None
    assert box["value"] == publish_at
    assert desk.scalar(select(PlannedPublishing.event_id)) is None
    assert not is_public(desk)


@pytest.mark.one_database
def test_an_hour_that_comes_twice_in_the_events_own_zone_is_asked_about(host: Host) -> None:
    host.load(exchange(event(status="draft", summary=SHORT, timezone="Europe/London")))
    asked = plan(staff_of(host).client(), "2026-10-25T01:30")
    assert asked.status_code == 422
    options = page(asked).select("[name='publish_at.offset'] option")
    assert [option["value"] for option in options] == ["+01:00", "+00:00"]


def test_an_hour_that_comes_twice_is_asked_about(desk: Host) -> None:
    staff = desk.client()
    asked = plan(staff, "2026-10-25T02:30")
    assert asked.status_code == 422
    assert "this time comes twice" in asked.text
    second = {"publish_at.offset": "+01:00"}
    assert send(staff, asked, second, action="/publish").status_code == 303
    kept = desk.scalar(select(PlannedPublishing.publish_at))
    assert kept.isoformat() == "2026-10-25T01:30:00+00:00"


@pytest.mark.one_database
def test_a_stale_page_plans_nothing_and_keeps_the_time(desk: Host) -> None:
    """S1."""
    stale = plan(desk.client(), "2026-03-03T12:00", csrf_token="x")
    assert stale.status_code == 422
    box = page(stale).select_one("[name=publish_at]")
    assert box is not None
    assert box["value"] == "2026-03-03T12:00"
    assert desk.scalar(select(PlannedPublishing.event_id)) is None
    assert not is_public(desk)


@pytest.mark.one_database
def test_one_that_fails_stops_no_other(desk: Host, caplog: pytest.LogCaptureFixture) -> None:
    """S17: a host that does not take the one; the next round does it again."""
    desk.load(exchange(event("zweiter", status="draft", summary=SHORT)))
    staff = desk.client()
    plan(staff, "2026-03-02T12:00")
    second = f"{DESK}events/zweiter/publish"
    fill(staff, second, {"publish_at": "2026-03-02T12:01"}, action="/publish")
    desk.clock.move(hours=3)

    def refuse(sender: Any, event: Event, **about: Any) -> None:
        if event.slug == "plattform":
            raise RuntimeError

    with signals.event_changed.connected_to(refuse):
        done = desk.run("outbox", "run")
    assert done.exit_code == 1
    assert "Publishing a draft at its time (event 1) failed" in caplog.text
    assert desk.make().client().get("/stadtlabor/en/events/zweiter/").status_code == 200
    assert not is_public(desk)
    assert desk.run("outbox", "run").exit_code == 0
    assert is_public(desk)


@pytest.mark.one_database
def test_changes_of_what_everybody_sees_are_published_by_hand(host: Host) -> None:
    """People may have to be told, and somebody looks at what before."""
    host.load(exchange(open_event()))
    staff = staff_of(host).client()
    fill(staff, f"{HERE}edit/text", {"title.en": "New"}, action="/text")
    assert not page(staff.get(PUBLISH)).select("[name=publish_at]")

"""An event's dates are moved: seats are recounted, likely typing errors reported, nothing lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.models import Registration
from tests.factories import exchange, open_event, person
from tests.forms import fill, page
from tests.host import Host, write_exchange
from tests.organise.staff import register, staff_of, words_of

FORM = "/stadtlabor/de/events/plattform/register"
MINE = "/stadtlabor/de/registration/"


def event(**changes: Any) -> dict[str, Any]:
    registration = {"capacity": 2, **changes.pop("registration", {})}
    return exchange(open_event(registration=registration, **changes))


def at(day: str) -> dict[str, str]:
    return {"starts_at": f"{day}T17:30", "ends_at": f"{day}T19:00"}


def seats(host: Host) -> tuple[int, int]:
    with host.app.app_context():
        return tuple(host.db.session.execute(select(Event.seats_taken, Event.seats_unnamed)).one())


def people(host: Host) -> int:
    return int(host.scalar(select(func.count(Registration.id))))


@pytest.mark.parametrize("capacity", [2, 1])
def test_a_slug_used_again_is_not_full_of_those_who_were_there(host: Host, capacity: int) -> None:
    """S6: what was counted for statistics is no limit for the next date."""
    host.load(event())
    register(host, party_size=2)
    host.clock.move(days=200)
    assert host.run("retention", "run").exit_code == 0
    assert (people(host), *seats(host)) == (0, 2, 2)
    host.load(event(**at("2026-11-04"), registration={"capacity": capacity}))
    assert seats(host) == (0, 0)
    assert fill(host.client(), FORM, person(2)).status_code == 303
    assert seats(host) == (1, 0)


@pytest.mark.one_database
def test_a_past_event_that_stays_past_keeps_its_numbers(host: Host) -> None:
    host.load(event())
    register(host, party_size=2)
    host.clock.move(days=200)
    host.run("retention", "run")
    host.load(event(venue=None))
    assert seats(host) == (2, 2)


@pytest.mark.one_database
def test_a_date_that_is_moved_into_the_past_is_told(host: Host) -> None:
    host.load(event())
    register(host)
    mistyped = write_exchange(host.folder, event(**at("2025-04-22")))
    result = host.run("import", str(mistyped))
    assert result.exit_code == 0
    assert "Warning: plattform now begins at 2025-04-22T17:30, which is past" in result.output
    assert "Warning" not in host.run("import", str(mistyped)).output
    ahead = write_exchange(host.folder, event(**at("2026-04-22")))
    assert "Warning" not in host.run("import", str(ahead)).output


@pytest.mark.one_database
def test_nothing_is_deleted_within_a_week_after_an_event_was_changed(host: Host) -> None:
    """C13: a year that was mistyped costs nobody their seat, and everybody is told the same."""
    host.load(event(registration={"ask_support": True, "support_retention_days": 1}))
    register(host, support_needs="Rampe")
    register(host, 2, confirm=False)
    link = host.link(host.sent[0])
    host.load(
        event(
            **at("2025-04-22"),
            registration={"ask_support": True, "support_retention_days": 1},
        )
    )
    host.mails()
    dry = host.run("retention", "run", "--dry-run").stdout
    assert "plattform: nothing goes before 2026-03-09 09:00 UTC" in dry
    host.clock.move(days=6, hours=23)
    assert host.run("retention", "run").exit_code == 0
    assert people(host) == 2
    browser = host.client()
    browser.get(link)
    data = browser.get(f"{MINE}data.json").get_json()["registrations"][0]
    assert data["kept_until"] == "2026-03-09T09:00:00Z"
    assert data["support_needs"] == "Rampe"
    told = page(browser.get(f"{MINE}data")).get_text(" ").replace("\N{NO-BREAK SPACE}", " ")
    assert "9. März 2026" in told
    host.clock.move(hours=2)
    assert "2 registrations" in host.run("retention", "run").stdout
    assert people(host) == 0


@pytest.mark.one_database
def test_a_date_put_right_gives_everything_back(host: Host) -> None:
    host.load(event())
    number = register(host)
    host.load(event(**at("2025-04-22")))
    host.clock.move(days=3)
    host.run("retention", "run")
    host.load(event(**at("2026-04-22")))
    assert "Confirmed" in words_of(
        staff_of(host).client(), f"/stadtlabor/en/organise/events/plattform/check-in/{number}/"
    )
    assert seats(host) == (1, 0)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"doors_at": "2026-04-22T19:01"}, "doors_at"),
        ({"doors_at": "2026-04-21T17:29"}, "doors_at"),
        ({"registration": {"opens_at": "2026-04-22T19:01"}}, "registration.opens_at"),
    ],
)
def test_doors_and_openings_that_nobody_can_mean_are_refused(
    host: Host, changes: dict[str, Any], path: str
) -> None:
    result = host.run("import", str(write_exchange(host.folder, event(**changes))))
    assert result.exit_code == 1
    assert f"events[0].{path}: " in result.output
    assert "correct one of them." in result.output


@pytest.mark.one_database
def test_the_day_begins_with_the_doors_and_is_named(host: Host) -> None:
    """Doors at half past ten in the evening, and a start at midnight."""
    dates = {
        "doors_at": "2026-03-28T22:30",
        "starts_at": "2026-03-29T00:00",
        "ends_at": "2026-03-29T05:00",
    }
    host.load(event(**dates))
    number = register(host)
    named = "Samstag, 28. März 2026, um 22:30 Uhr"
    address = "/stadtlabor/de/events/plattform/"
    assert named in host.client().get(address).text.replace("\N{NO-BREAK SPACE}", " ")
    feed = host.client().get("/stadtlabor/de/feed.atom").text.replace("\N{NO-BREAK SPACE}", " ")
    assert named in feed
    staff = staff_of(host).client()
    card = f"/stadtlabor/en/organise/events/plattform/check-in/{number}/"
    host.clock.now = host.clock.now.replace(day=28, hour=20)
    assert "Not today." not in words_of(staff, card)
    reminder = host.mails()[-1]
    assert named in " ".join(
        reminder.get_body(("plain",)).get_content().replace("\N{NO-BREAK SPACE}", " ").split()
    )
    host.clock.now -= timedelta(days=1)
    assert "Not today." in words_of(staff, card)

"""Whoever reads all that is public, sends a form for somebody, and reads again, learns nothing.

S16: the numbers of seats follow confirmed registrations, in steps. What remains at the last seats
and on the waiting list stands in docs/privacy.md, and is measured here.
"""

from __future__ import annotations

from typing import Any

import pytest
from flask import render_template_string
from sqlalchemy import func, select

from flask_stadtlabor import sitemap_entries
from flask_stadtlabor.registration.models import Registration
from tests.factories import exchange, open_event, person, series
from tests.forms import fill, press
from tests.host import Host
from tests.registration.crowd import crowd
from tests.registration.views.test_signup_page import unmarked

PLACES = (
    "", "?page=1", "?q=netz", "series/zu-besuch/", "series/zu-besuch/calendar.ics",
    "series/zu-besuch/feed.atom", "calendar.ics", "feed.atom", "events/plattform/",
    "events/plattform/easy/", "events/plattform/event.ics", "events/plattform/register",
    "events/danach/",
)  # fmt: skip
API = ("events", "events.csv", "events/plattform", "series", "openapi.json")
PAGES = [
    *(f"/stadtlabor/{lang}/{place}" for lang in ("de", "en") for place in PLACES),
    *(f"/stadtlabor/api/v1/{name}" for name in API),
]
FORM = "/stadtlabor/de/events/plattform/register"
EVENT = "/stadtlabor/de/events/plattform/"


def open_portal(host: Host, *, confirmed: int = 0, **details: Any) -> Host:
    """Two dates of a series, for one of which so many have confirmed seats; no limits."""
    portal = host.make(STADTLABOR_RATE_LIMITS=None, ports={"mailer": host.sent.append})
    registration = {"capacity": 30, "max_party_size": 30, "waiting_list": False, **details}
    common = {"series": "zu-besuch", "registration": registration, "easy_language": {"de": "Komm."}}
    dates = {"starts_at": "2026-05-20T17:30", "ends_at": "2026-05-20T19:00"}
    later = open_event("danach", **common, **dates)
    portal.load(exchange(open_event(**common), later, series=[series()]))
    crowd(portal, confirmed, email="other{number}@buerger.example")
    return portal


def all_that_is_public(portal: Host) -> dict[str, tuple[Any, ...]]:
    """Each page, file and feed, with its status and headers, and what a host shows of us."""
    seen: dict[str, tuple[Any, ...]] = {}
    for path in PAGES:
        answer = portal.client().get(path)
        # the marks of each visitor's own form are not all of one length
        own = {"Set-Cookie"} | ({"Content-Length"} if path.endswith("/register") else set())
        headers = sorted((k, v) for k, v in answer.headers.items() if k not in own)
        seen[path] = (answer.status, headers, unmarked(answer.text))
    for lang in ("de", "en"):
        with portal.app.test_request_context(headers={"Accept-Language": lang}):
            seen[f"teaser {lang}"] = (render_template_string("{{ stadtlabor_upcoming(9) }}"),)
            seen[f"sitemap {lang}"] = (list(sitemap_entries()),)
    return seen


def a_refusal(portal: Host) -> tuple[int, str]:
    """What a party is told that is larger than what is left."""
    answer = fill(portal.client(), FORM, person(900, party_size=28))
    return answer.status_code, unmarked(answer.text)


STATES = ("held", "confirmed", "cancelled", "expired", "offered", "waiting", None)


@pytest.mark.one_database
@pytest.mark.parametrize("state", STATES)
def test_all_that_is_public_is_the_same_after_a_form_was_sent_for_somebody(
    host: Host, state: str | None
) -> None:
    """S16: byte for byte, for whoever takes part and for whoever does not."""
    is_full = state == "waiting"
    portal = open_portal(host, confirmed=30 if is_full else 11, waiting_list=is_full)
    if state:
        crowd(portal, state=state, email="victim@buerger.example")
    before = all_that_is_public(portal), a_refusal(portal) if not is_full else None
    sent = fill(portal.client(), FORM, person(email="victim@buerger.example", party_size=3))
    assert sent.status_code == 303
    after = all_that_is_public(portal), a_refusal(portal) if not is_full else None
    assert after == before
    words = "Alle Plätze" if is_full else "mindestens 10 Plätze"
    assert words in before[0][EVENT][2].replace("\xa0", " ")
    assert all(before[0][path][0] == "200 OK" for path in PAGES)


@pytest.mark.one_database
def test_where_seats_are_theirs_at_once_a_number_changes_at_a_step_alone(host: Host) -> None:
    """S16: an event without confirmation by mail; documented in docs/privacy.md."""
    portal = open_portal(host, confirmed=8, confirm_by_email=False)
    seen = [all_that_is_public(portal)]
    for number in range(1, 4):
        assert fill(portal.client(), FORM, person(number)).status_code == 303
        seen.append(all_that_is_public(portal))
    assert seen[0] == seen[1] == seen[2] != seen[3]
    assert "mindestens 10 Plätze frei" in seen[3][EVENT][2].replace("\xa0", " ")


@pytest.mark.one_database
def test_a_change_of_ones_own_tells_no_number_either(host: Host) -> None:
    """S16: the page behind a personal link refuses a larger party without saying what is left."""
    portal = open_portal(host, confirmed=11)
    mine = portal.client()
    fill(mine, FORM, person(1))
    here = mine.get(portal.link(host.mails()[-1])).location
    press(mine, here, "/confirm")
    answers = []
    for number in (2, 3):
        refused = fill(mine, f"{here}change", party_size=30)
        answers.append((refused.status_code, unmarked(refused.text)))
        fill(portal.client(), FORM, person(number))
    assert answers[0] == answers[1]
    assert answers[0][0] == 409
    assert "nicht genug Plätze" in answers[0][1]


@pytest.mark.one_database
def test_a_confirmed_registration_shows_at_a_step_and_so_does_a_cancelled_one(host: Host) -> None:
    """The number follows whatever confirms and frees seats: link, change, cancellation."""
    portal = open_portal(host, confirmed=8)
    told: list[int] = []

    def look() -> None:
        events = portal.client().get("/stadtlabor/api/v1/events").get_json()["events"]
        told.append(events[0]["registration"]["seats_left"])

    mine = portal.client()
    fill(mine, FORM, person(1, party_size=3))
    look()
    here = mine.get(portal.link(host.mails()[-1])).location
    press(mine, here, "/confirm")
    look()
    fill(mine, f"{here}change", party_size=2)
    look()
    fill(mine, f"{here}change", party_size=13)
    look()
    press(mine, here, "/cancel")
    look()
    assert told == [20, 10, 20, 5, 20]


@pytest.mark.one_database
def test_what_the_last_seat_tells(host: Host) -> None:
    """What docs/privacy.md names: the last seat shows whether it was taken, once per hold.

    Whoever takes part can be found out as often as somebody asks. The first who does not takes the
    seat, and nobody is found out until their hold has ended. Each of them gets a mail about it.
    """
    portal = open_portal(host, confirmed=9, capacity=30)
    crowd(portal, 20, email="victim{number}@buerger.example")
    assert _is_open(portal)
    mails = len(host.mails())
    for number in range(10, 30):
        fill(portal.client(), FORM, person(email=f"victim{number}@buerger.example"))
        assert _is_open(portal)
    fill(portal.client(), FORM, person(email="nobody@buerger.example"))
    assert not _is_open(portal)
    assert len(host.mails()) == mails + 21
    host.clock.move(hours=47)
    portal.run("outbox", "run")
    assert not _is_open(portal)
    host.clock.move(hours=1)
    portal.run("outbox", "run")
    assert _is_open(portal)
    assert portal.scalar(select(func.count(Registration.id))) == 30


def _is_open(portal: Host) -> bool:
    return "Jetzt anmelden" in portal.client().get(EVENT).text

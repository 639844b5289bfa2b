"""How many came, as pictures with a sentence and a table; what was deleted is never a zero."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from bs4 import Tag
from flask.testing import FlaskClient
from sqlalchemy import select, update

from flask_stadtlabor import Action
from flask_stadtlabor.registration.models import Registration
from tests.events.desk import statements
from tests.factories import PHOTOS, event, exchange, open_event, purpose, series
from tests.forms import page, press
from tests.host import Host
from tests.organise.staff import DESK, HERE, register, staff_of, words_of

NUMBERS = f"{HERE}numbers"
YEAR = f"{DESK}numbers"
FIELD = f"consent-{PHOTOS}"


def plain(found: Tag) -> str:
    """Its words, with plain blanks."""
    return found.get_text(strip=True).replace("\N{NO-BREAK SPACE}", " ")


def tables(client: FlaskClient, address: str) -> dict[str, list[list[str]]]:
    """The rows of each picture's table, by the picture."""
    return {
        str(picture["aria-labelledby"]).removeprefix("sl-chart-"): [
            [plain(cell) for cell in row.select("th, td")] for row in picture.select("tbody tr")
        ]
        for picture in page(client.get(address)).select(".sl-chart")
    }


def says(client: FlaskClient, address: str, key: str) -> str:
    """The text alternative of a picture."""
    shown = page(client.get(address))
    drawing = shown.select_one(f"[aria-labelledby=sl-chart-{key}-says]")
    assert drawing is not None
    assert drawing["role"] == "img"
    sentence = shown.select_one(f"#sl-chart-{key}-says")
    assert sentence is not None
    return plain(sentence)


def arrive(host: Host, number: int) -> None:
    assert press(host.client(), f"{HERE}check-in/{number}/", "/check-in").status_code == 303


def attended(host: Host, **changes: Any) -> Host:
    """Three parties with six people are registered; one party with three of them comes."""
    host.load(exchange(open_event(**changes)))
    desk = staff_of(host)
    came = register(host, 1, party_size=3, **{FIELD: "given"})
    register(host, 2, party_size=2, **{FIELD: "refused"})
    register(host, 3)
    host.clock.now = datetime(2026, 4, 22, 15, 30, tzinfo=UTC)
    arrive(desk, came)
    return desk


@pytest.mark.one_database
def test_an_event_in_pictures(host: Host) -> None:
    """Seats, arrivals, days, languages and consent, each with a sentence and a table."""
    desk = attended(host)
    host.clock.move(days=1)
    staff = desk.client()
    found = tables(staff, NUMBERS)
    title = "Have your say online"
    assert found == {
        "seats": [[title, "6", "0", "24"]],
        "attendance": [[title, "3", "3", "0"]],
        "course": [["2 March 2026", "6"]],
        "languages": [["German", "3"]],
        "consents": [["Title photos-website", "1", "1", "1", "0"]],
    }
    assert says(staff, NUMBERS, "seats") == "6 of 30 seats are taken."
    assert says(staff, NUMBERS, "attendance") == "3 of 6 people came. 3 people stayed away."
    assert "All registrations: 2 March 2026." in says(staff, NUMBERS, "course")
    assert "1 of 3 said yes." in says(staff, NUMBERS, "consents")


def test_a_yes_to_a_text_that_has_changed_in_substance_is_none_any_more(host: Host) -> None:
    """As the event's counts of consent have it."""
    desk = attended(host)
    changed = purpose(PHOTOS, text={"de": "Auch Filme.", "en": "Films too."})
    host.load(exchange(open_event(), purposes=[changed]))
    staff = desk.client()
    assert tables(staff, NUMBERS)["consents"] == [["Title photos-website", "0", "1", "1", "1"]]
    assert "0 of 3 said yes." in says(staff, NUMBERS, "consents")


@pytest.mark.one_database
def test_what_was_deleted_is_told_and_is_no_zero(host: Host) -> None:
    """What is left after retention is how many had a seat."""
    desk = attended(host, retention_days=1)
    host.clock.move(days=10)
    assert host.run("retention", "run").exit_code == 0
    staff = desk.client()
    seen = words_of(staff, NUMBERS)
    assert "6 people had a seat, and their registrations have been deleted since." in seen
    assert "Who of them came is not known any more." in seen
    assert [*tables(staff, NUMBERS)] == ["seats", "consents"]
    assert tables(staff, YEAR)["attendance"] == [["Without a series", "0", "0", "6"]]
    assert says(staff, YEAR, "attendance").startswith("It is not known who came:")


@pytest.mark.one_database
def test_where_nobody_was_checked_in_nobody_stayed_away(host: Host) -> None:
    host.load(exchange(open_event()))
    register(host, 1)
    host.clock.move(days=52)
    staff = staff_of(host).client()
    assert "Nobody was checked in, so that it is not known who came." in words_of(staff, NUMBERS)
    assert "attendance" not in tables(staff, NUMBERS)
    assert tables(staff, YEAR)["attendance"] == [["Without a series", "0", "0", "1"]]


@pytest.mark.parametrize(
    ("times", "labels"),
    [
        # the second is on 6 March by the clock of Berlin
        (["2026-03-04T12:00", "2026-03-05T23:30"], {"4 March 2026": "1", "6 March 2026": "1"}),
        (["2026-03-04T12:00", "2026-04-20T12:00"], {"2 March 2026": "1", "20 April 2026": "1"}),
        (["2025-01-04T12:00", "2026-04-20T12:00"], {"January 2025": "1", "April 2026": "1"}),
    ],
    ids=["days", "weeks", "months"],
)
def test_time_goes_by_days_weeks_or_months(
    host: Host, times: list[str], labels: dict[str, str]
) -> None:
    """By the clock of the event, with every day, week or month between the first and the last."""
    host.load(exchange(open_event()))
    for number, at in enumerate(times):
        person = register(host, number)
        with host.app.app_context():
            moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
            written = update(Registration).where(Registration.id == person)
            host.db.session.execute(written.values(created_at=moment))
            host.db.session.commit()
    rows = tables(staff_of(host).client(), NUMBERS)["course"]
    assert {label: people for label, people in rows if people != "0"} == labels
    assert [rows[0][0], rows[-1][0]] == [*labels]
    assert len(rows) > 2


def test_a_year_counts_what_took_place_in_it(host: Host) -> None:
    """No draft, nothing cancelled or to come, and nothing of another year."""
    before = {"starts_at": "2025-12-31T17:30", "ends_at": "2025-12-31T19:00"}
    host.load(
        exchange(
            open_event(series="zu-besuch"),
            event("vorjahr", **before),
            event("abgesagt", status="cancelled"),
            event("entwurf", status="draft"),
            event("kommt", starts_at="2026-12-01T17:30", ends_at="2026-12-01T19:00"),
            event("andere"),
            series=[series()],
        )
    )
    register(host, 1, party_size=2)
    host.clock.move(days=52)
    staff = staff_of(host).client()

    def listed(query: str = "") -> list[str]:
        links = page(staff.get(YEAR + query)).select("table a")
        return [str(link["href"]).split("/")[-2] for link in links]

    assert sorted(listed()) == ["andere", "plattform"]
    assert listed("?year=2025") == ["vorjahr"]
    assert listed("?series=zu-besuch") == ["plattform"]
    assert sorted(listed("?year=nothing&series=nothing")) == ["andere", "plattform"]
    april = tables(staff, YEAR)["months"][3]
    assert april == ["April 2026", "2"]
    only = staff_of(host, only="andere").client()
    assert [str(link["href"]) for link in page(only.get(YEAR)).select("table a")] == [
        f"{DESK}events/andere/numbers"
    ]


@pytest.mark.one_database
def test_an_empty_portal_has_a_page_too(host: Host) -> None:
    assert "No event has taken place so far." in words_of(staff_of(host).client(), YEAR)


@pytest.mark.one_database
def test_consent_is_for_those_who_may_see_that(host: Host) -> None:
    attended(host)
    host.clock.move(days=1)
    staff = staff_of(host, without=[Action.REPORT_CONSENT]).client()
    for address in (NUMBERS, YEAR):
        assert "languages" in tables(staff, address)
        assert "consents" not in tables(staff, address)


@pytest.mark.one_database
def test_the_number_of_statements_does_not_grow_with_people_or_events(host: Host) -> None:
    dates = {"starts_at": "2026-04-20T17:30", "ends_at": "2026-04-20T19:00"}
    host.load(exchange(open_event(), open_event("zweite", **dates)))
    register(host, 1, **{FIELD: "given"})
    host.clock.move(days=52)
    staff = staff_of(host)

    def asked(address: str) -> int:
        staff.client().get(address)
        with statements(staff) as seen:
            staff.client().get(address)
        return len(seen)

    few = asked(NUMBERS), asked(YEAR)
    host.clock.move(days=-52)
    for number in range(2, 9):
        register(host, number, **{FIELD: "refused"})
        register(host, number, slug="zweite", **{FIELD: "given"})
    host.load(exchange(*(open_event(f"weitere-{number}") for number in range(5))))
    host.clock.move(days=52)
    assert (asked(NUMBERS), asked(YEAR)) == few
    assert host.scalar(select(Registration.id).limit(1)) is not None

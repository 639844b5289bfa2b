"""Until when links, data and changes hold where two limits meet: the right one of them counts."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from flask_stadtlabor.registration.models import Registration
from tests.factories import exchange, open_event, person
from tests.forms import fill, page, press
from tests.host import Host
from tests.organise.staff import HERE, column, register, staff_of

FORM = "/stadtlabor/de/events/plattform/register"
MINE = "/stadtlabor/de/registration/"


def load(host: Host, *, day: str = "2026-04-22", **changes: Any) -> None:
    dates = {"starts_at": f"{day}T17:30", "ends_at": f"{day}T19:00"}
    host.load(exchange(open_event(**dates, **changes)))


def opened(host: Host, link: str) -> FlaskClient:
    browser = host.client()
    assert browser.get(link).status_code == 303
    return browser


@pytest.mark.one_database
def test_needs_go_with_their_registration_at_the_latest(host: Host) -> None:
    """C13: the form says the day on which they really go."""
    details = {"ask_support": True, "support_retention_days": 30}
    load(host, retention_days=1, registration=details)
    text = page(host.client().get(FORM)).get_text(" ").replace("\N{NO-BREAK SPACE}", " ")
    assert "23. April 2026" in text
    assert "Mai 2026" not in text


@pytest.mark.one_database
@pytest.mark.parametrize("new_day", ["2026-12-02", "2026-03-20"])
def test_a_link_works_as_long_as_its_mail_or_the_event_says(host: Host, new_day: str) -> None:
    """S3: an event that is moved ahead takes its links along; one that is moved up ends none."""
    load(host)
    register(host)
    link = host.link(host.sent[0])
    load(host, day=new_day)
    # past the later of both only for an event in March
    host.clock.now = host.clock.now.replace(month=8 if new_day > "2026-06" else 7, day=15)
    assert opened(host, link).get(MINE).status_code == 200


@pytest.mark.one_database
def test_a_link_ends_with_both(host: Host) -> None:
    load(host)
    register(host)
    link = host.link(host.sent[0])
    host.clock.now = host.clock.now.replace(month=8, day=15)
    assert host.client().get(link).status_code == 410


@pytest.mark.one_database
def test_before_registration_opens_again_a_party_grows_by_staff_alone(host: Host) -> None:
    load(host)
    number = register(host)
    browser = opened(host, host.link(host.sent[0]))
    load(host, registration={"opens_at": "2026-04-01T08:00"})
    answer = fill(browser, f"{MINE}change", {"party_size": 2}, action="/change")
    assert answer.status_code == 409
    assert column(host, number, "party_size") == 1
    staff = staff_of(host).client()
    address = f"{HERE}registrations/{number}/change"
    assert fill(staff, address, {"party_size": 2}, action="/change").status_code == 303
    assert column(host, number, "party_size") == 2


@pytest.mark.one_database
def test_nobody_changes_things_faster_than_people_do(host: Host) -> None:
    """S4: what was filled in is kept for another try."""
    limited = host.make(STADTLABOR_RATE_LIMITS={"link": "2 per minute"})
    load(host)
    number = register(host)
    browser = limited.client()
    browser.get(host.link(host.sent[0]))
    answers = [
        fill(browser, f"{MINE}change", {"party_size": size}, action="/change") for size in (2, 3, 4)
    ]
    assert [answer.status_code for answer in answers] == [303, 429, 429]
    assert page(answers[1]).select_one("[name=party_size]")["value"] == "3"
    assert column(host, number, "party_size") == 2


@pytest.mark.one_database
@pytest.mark.parametrize(("keeps", "kept_until"), [(1, "2026-04-23"), (90, "2026-04-29")])
def test_what_was_never_confirmed_goes_soon_and_with_the_event_at_the_latest(
    host: Host, keeps: int, kept_until: str
) -> None:
    """C13: as the person's page says, and as retention does it."""
    load(host, retention_days=keeps)
    host.clock.now = host.clock.now.replace(month=4, day=22, hour=15)
    assert fill(host.client(), FORM, person()).status_code == 303
    browser = opened(host, host.link(host.mails()[0]))
    press(browser, MINE, "/cancel")
    (row,) = browser.get(f"{MINE}data.json").get_json()["registrations"]
    assert row["kept_until"][:10] == kept_until
    host.clock.now = host.clock.now.replace(day=int(kept_until[-2:]), hour=14)
    host.run("retention", "run")
    assert host.scalar(select(Registration.id)) is not None
    host.clock.move(hours=4)
    host.run("retention", "run")
    assert host.scalar(select(Registration.id)) is None


@pytest.mark.one_database
@pytest.mark.parametrize("action", ["confirm", "cancel", "erase", "change"])
def test_a_form_that_does_not_say_whom_it_is_about_does_nothing(host: Host, action: str) -> None:
    """S15: what is open in this browser may be another registration than the form showed."""
    load(host)
    fill(host.client(), FORM, person())
    browser = opened(host, host.link(host.mails()[0]))
    address = f"{MINE}{action if action in ('erase', 'change') else ''}"
    answer = fill(browser, address, {"about": None, "party_size": 2}, action=f"/{action}")
    assert answer.status_code == 422
    assert "um welche Anmeldung es ging" in answer.text
    with host.app.app_context():
        row = host.db.session.scalars(select(Registration)).one()
        assert (row.state, row.party_size) == ("held", 1)


@pytest.mark.one_database
def test_every_page_behind_a_link_says_whom_it_is_about(host: Host) -> None:
    load(host)
    register(host)
    browser = opened(host, host.link(host.sent[0]))
    for path in ("", "change", "erase", "data", "receipt", "ticket"):
        text = page(browser.get(f"{MINE}{path}")).get_text(" ", strip=True)
        assert "Yıldız-1" in text, path
        assert page(browser.get(MINE)).select_one("strong") is not None


@pytest.mark.one_database
def test_a_registration_outlasts_its_postponed_event_up_to_a_day_that_is_told(host: Host) -> None:
    """C13: it counts for the new date, and so does what the party needs."""
    load(host, registration={"ask_support": True})
    number = register(host, support_needs="Gebärdensprache")
    browser = opened(host, host.link(host.mails()[-1]))
    load(host, status="postponed", registration={"ask_support": True})
    shown = " ".join(page(browser.get(MINE)).get_text(" ").split())
    assert "Der neue Termin steht noch nicht fest." in shown
    assert "Deine Anmeldung bewahren wir bis Donnerstag, 22. April 2027 auf." in shown
    host.clock.move(days=51 + 364)
    assert host.run("retention", "run").exit_code == 0
    assert column(host, number, "support_needs") == "Gebärdensprache"
    host.clock.move(days=2)
    assert host.run("retention", "run").exit_code == 0
    assert host.scalar(select(func.count()).select_from(Registration)) == 0


@pytest.mark.one_database
def test_a_new_date_brings_the_usual_time_back(host: Host) -> None:
    """C13."""
    load(host)
    register(host)
    load(host, status="postponed")
    host.clock.move(days=200)
    load(host, day="2026-10-01")
    host.clock.move(days=13 + 91)
    assert host.run("retention", "run").exit_code == 0
    assert host.scalar(select(func.count()).select_from(Registration)) == 0


@pytest.mark.one_database
def test_a_portal_says_how_long_it_waits_for_a_new_date(host: Host) -> None:
    """C13."""
    portal = host.make(STADTLABOR_POSTPONED_RETENTION="P120D")
    load(host)
    register(host)
    load(host, status="postponed")
    host.clock.move(days=51 + 121)
    assert portal.run("retention", "run").exit_code == 0
    assert host.scalar(select(func.count()).select_from(Registration)) == 0

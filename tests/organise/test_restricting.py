"""Art. 18: what is restricted is kept as it is, and staff and person can see that it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from flask_stadtlabor import Action
from flask_stadtlabor.registration.models import Registration
from tests.factories import exchange, open_event
from tests.forms import press, send
from tests.host import Host
from tests.organise.staff import DOOR, HERE, column, register, staff_of, words_of

MINE = "/stadtlabor/de/registration/"
YEAR = timedelta(days=365)


def of(number: int) -> str:
    return f"{HERE}registrations/{number}/"


def count(host: Host) -> int:
    return int(host.scalar(select(func.count(Registration.id))))


@pytest.mark.one_database
def test_retention_waits_until_the_restriction_is_lifted(host: Host) -> None:
    """With the support needs, whose time is over sooner."""
    host.load(exchange(open_event(registration={"ask_support": True})))
    number = register(host, 1, support_needs="Schriftmittlung")
    register(host, 2)
    link = host.link(next(mail for mail in host.sent if "person1@" in mail["To"]))
    staff = staff_of(host).client()
    assert press(staff, of(number), "/restrict").status_code == 303
    host.clock.now += YEAR
    told = host.run("retention", "run", "--dry-run").stdout
    assert "plattform: 1 registration," in told
    assert "support need" not in told
    assert host.run("retention", "run").stdout.splitlines() == told.splitlines()[:-1]
    assert count(host) == 1
    assert column(host, number, "support_needs") == "Schriftmittlung"
    assert "Kept for longer" not in host.run("check").stderr
    browser = host.client()
    assert browser.get(link).status_code == 303
    assert "Die Verarbeitung dieser Anmeldung ist eingeschränkt" in browser.get(f"{MINE}data").text
    found = browser.get(f"{MINE}data.json").get_json()["registrations"][0]
    assert found["restricted_at"] == "2026-03-02T09:00:00Z"
    assert found["kept_until"] is found["support_needs_kept_until"] is None
    press(staff, of(number), "/lift-restriction")
    host.run("retention", "run")
    assert count(host) == 0


@pytest.mark.one_database
def test_what_lapsed_is_kept_too(host: Host) -> None:
    host.load(exchange(open_event()))
    number = register(host, confirm=False)
    staff = staff_of(host).client()
    press(staff, of(number), "/cancel")
    press(staff, of(number), "/restrict")
    host.clock.move(days=8)
    host.run("retention", "run")
    assert count(host) == 1
    press(staff, of(number), "/lift-restriction")
    host.run("retention", "run")
    assert count(host) == 0


@pytest.mark.one_database
def test_nobody_is_reminded_or_thanked_whose_processing_is_restricted(host: Host) -> None:
    host.load(exchange(open_event(registration={"thank_you": True})))
    number = register(host, 1)
    register(host, 2)
    host.mails()
    press(staff_of(host).client(), of(number), "/restrict")
    host.sent.clear()
    for day in ("2026-04-22T10:00:00+00:00", "2026-04-22T20:00:00+00:00"):
        host.clock.now = host.clock.now.fromisoformat(day)
        host.mails()
    assert [mail["To"] for mail in host.sent] == ["person2@buerger.example"] * 2


@pytest.mark.one_database
def test_staff_sees_it_wherever_the_registration_is_named(host: Host) -> None:
    host.load(exchange(open_event()))
    number = register(host, 1)
    register(host, 2)
    staff = staff_of(host).client()
    places = (of(number), HERE, f"{DOOR}{number}/", f"{DOOR}?q=person")
    for place in places:
        assert "Processing restricted" not in words_of(staff, place)
    press(staff, of(number), "/restrict")
    for place in places:
        assert "Processing restricted" in words_of(staff, place), place
    assert "restricted since 2 March 2026" in words_of(staff, of(number))


@pytest.mark.one_database
def test_pressing_twice_keeps_the_first_day(host: Host) -> None:
    host.load(exchange(open_event()))
    number = register(host)
    staff = staff_of(host).client()
    page = staff.get(of(number))
    press(staff, of(number), "/restrict")
    first = column(host, number, "restricted_at")
    host.clock.move(days=1)
    assert send(staff, page, action="/restrict").status_code == 303
    assert column(host, number, "restricted_at") == first


@pytest.mark.one_database
def test_it_takes_the_right_to_manage(host: Host) -> None:
    """S12."""
    host.load(exchange(open_event()))
    number = register(host)
    reader = staff_of(host, without=[Action.MANAGE_REGISTRATIONS]).client()
    assert "restrict" not in reader.get(of(number)).text
    assert reader.post(f"{of(number)}restrict").status_code == 403


@pytest.mark.one_database
def test_they_can_still_have_everything_erased(host: Host) -> None:
    """It is their own right that keeps it."""
    host.load(exchange(open_event()))
    number = register(host)
    press(staff_of(host).client(), of(number), "/restrict")
    browser = host.client()
    browser.get(host.link(host.sent[-1]))
    press(browser, f"{MINE}erase", "/erase")
    assert count(host) == 0

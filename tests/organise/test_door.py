"""At the door: find a party, let it in once, tell the second door, take it back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from flask_stadtlabor import Action
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.registration.ticket_codes import readable
from flask_stadtlabor.signals import registration_check_in_undone, registration_checked_in
from tests.factories import exchange, open_event
from tests.forms import fill, page, press, send
from tests.host import Host
from tests.organise.staff import DESK, DOOR, HERE, code_of, column, register, staff_of, words_of

TODAY = "2026-03-02T19:00"


def card(number: int) -> str:
    return f"{DOOR}{number}/"


def shown(number: int, query: str = "") -> str:
    """The card, scrolled to below the host's header."""
    return f"{card(number)}{query}#sl-party"


@pytest.mark.one_database
def test_a_ticket_leads_to_its_party_however_it_is_read(host: Host) -> None:
    host.load(exchange(open_event()))
    number = register(host)
    code = code_of(host, number)
    staff = staff_of(host).client()
    typed = (code, readable(code).lower(), f" {code[:5]} {code[5:]}", f"https://x.example/t/{code}")
    for text in typed:
        answer = staff.get(DOOR, query_string={"q": text})
        assert answer.location == shown(number), text
    assert staff.get(f"{DESK}tickets/{code}").location == shown(number)
    assert staff.get(f"{DESK}tickets/NOSUCHCODE").status_code == 404


@pytest.mark.one_database
def test_a_name_leads_to_its_party_and_several_to_a_choice(host: Host) -> None:
    """Umlauts and capitals are found on every database."""
    host.load(exchange(open_event()))
    first = register(host, 1, given_name="Ärmel", family_name="Öztürk")
    second = register(host, 2, given_name="Änne", family_name="Ökonom")
    staff = staff_of(host).client()
    assert staff.get(DOOR, query_string={"q": "öztürk ärm"}).location == shown(first)
    found = page(staff.get(DOOR, query_string={"q": "ö"})).select(".sl-door-found a")
    assert [link["href"] for link in found] == [shown(second), shown(first)]
    assert "Nobody found" in words_of(staff, f"{DOOR}?q=Niemand%00%25")


@pytest.mark.one_database
def test_of_two_doors_the_second_is_told_when_and_where(host: Host) -> None:
    host.load(exchange(open_event(registration={"max_party_size": 4})))
    number = register(host, party_size=3)
    here, there = staff_of(host).client(), staff_of(host).client()
    for browser, door in ((here, "Haupteingang"), (there, "Hof")):
        assert fill(browser, DOOR, door=door, action="/door").status_code == 303
    late = there.get(card(number))
    assert press(here, card(number), "/check-in").location == shown(number, "?now=arrived")
    assert "Checked in." in words_of(here, f"{card(number)}?now=arrived")
    host.clock.move(minutes=5)
    answer = send(there, late, action="/check-in")
    assert answer.status_code == 409
    alert = page(answer).select_one("[role=alert]")
    assert alert is not None
    assert "10:00" in alert.text
    assert "Haupteingang" in alert.text
    assert column(host, number, "checked_in_where") == "Haupteingang"
    assert "3 of 3 have arrived" in words_of(here, DOOR)


@pytest.mark.one_database
def test_an_arrival_can_be_taken_back_and_a_newer_one_stays(host: Host) -> None:
    host.load(exchange(open_event()))
    number = register(host)
    staff = staff_of(host).client()
    press(staff, card(number), "/check-in")
    old_page = staff.get(card(number))
    assert send(staff, old_page, action="/undo-check-in").status_code == 303
    assert column(host, number, "checked_in_at") is None
    host.clock.move(minutes=1)
    press(staff, card(number), "/check-in")
    answer = send(staff, old_page, action="/undo-check-in")
    assert answer.status_code == 409
    assert column(host, number, "checked_in_at") is not None


@pytest.mark.one_database
def test_only_a_moment_that_a_page_showed_can_be_taken_back(host: Host) -> None:
    host.load(exchange(open_event()))
    number = register(host)
    staff = staff_of(host).client()
    press(staff, card(number), "/check-in")
    for nonsense in ("", "x", "9" * 30, "²"):
        answer = fill(staff, card(number), shown=nonsense, action="/undo-check-in")
        assert answer.status_code == 422
    assert column(host, number, "checked_in_at") is not None


@pytest.mark.one_database
def test_the_camera_is_allowed_at_the_door_and_nowhere_else(host: Host) -> None:
    host.load(exchange(open_event()))
    number = register(host)
    staff = staff_of(host).client()
    for address in (DOOR, card(number)):
        assert "camera=(self)" in staff.get(address).headers["Permissions-Policy"]
    assert "Permissions-Policy" not in staff.get(HERE).headers


@pytest.mark.one_database
def test_a_host_hears_of_arrivals(host: Host) -> None:
    host.load(exchange(open_event()))
    number = register(host)
    staff = staff_of(host)
    heard: list[str] = []

    def hear(app: object, registration: Registration, **extra: object) -> None:
        heard.append("in" if registration.checked_in_at else "out")

    with (
        registration_checked_in.connected_to(hear, staff.app),
        registration_check_in_undone.connected_to(hear, staff.app),
    ):
        browser = staff.client()
        press(browser, card(number), "/check-in")
        press(browser, card(number), "/undo-check-in")
    assert heard == ["in", "out"]


@pytest.mark.one_database
def test_somebody_who_has_not_confirmed_is_let_in_and_confirmed(host: Host) -> None:
    host.load(exchange(open_event()))
    number = register(host, confirm=False, party_size=2)
    staff = staff_of(host).client()
    assert "Not confirmed yet" in words_of(staff, card(number))
    assert press(staff, card(number), "/let-in").status_code == 303
    assert column(host, number, "state") == "confirmed"
    assert column(host, number, "checked_in_at") is not None
    assert host.scalar(select(Event.seats_taken)) == 2


def test_whoever_waits_is_let_in_while_there_are_seats_and_never_beyond(host: Host) -> None:
    """The party that registered and did not come has its seats until it is cancelled."""
    host.load(exchange(open_event(registration={"capacity": 2})))
    absent = register(host, 1, party_size=2)
    waiting = register(host, 2, confirm=False)
    host.clock.now = host.clock.now.replace(month=4, day=22, hour=16)
    staff = staff_of(host).client()
    answer = press(staff, card(waiting), "/let-in")
    assert answer.status_code == 409
    assert "not enough free seats" in answer.text
    assert column(host, waiting, "state") == "waiting"
    press(staff, f"{HERE}registrations/{absent}/", "/cancel")
    assert press(staff, card(waiting), "/let-in").status_code == 303
    assert column(host, waiting, "state") == "confirmed"
    assert host.scalar(select(Event.seats_taken)) == 1
    assert host.scalar(select(Event.parties_waiting)) == 0


@pytest.mark.one_database
def test_whoever_cancelled_is_not_let_in(host: Host) -> None:
    host.load(exchange(open_event()))
    number = register(host)
    staff = staff_of(host).client()
    before = staff.get(card(number))
    assert page(before).select_one("details.sl-ask[open]") is not None
    press(staff, f"{HERE}registrations/{number}/", "/cancel")
    assert "Has cancelled" in words_of(staff, card(number))
    assert page(staff.get(card(number))).select_one("details.sl-ask[open]") is None
    answer = send(staff, before, action="/check-in")
    assert answer.status_code == 409
    assert column(host, number, "checked_in_at") is None


@pytest.mark.one_database
def test_a_ticket_for_another_event_or_day_says_so(host: Host) -> None:
    host.load(exchange(open_event(), open_event("andere", title="Der andere Abend")))
    number = register(host, slug="andere")
    staff = staff_of(host).client()
    words = words_of(staff, f"{DOOR}?q={code_of(host, number)}")
    assert "This ticket is for another event." in words
    assert "Der andere Abend" in words
    there = f"{DESK}events/andere/check-in/{number}/"
    assert "Not today." in words_of(staff, there)
    host.clock.now = host.clock.now.replace(month=4, day=22, hour=15)
    assert "Not today." not in words_of(staff, there)
    assert staff.get(card(number)).status_code == 404
    assert staff.get(card(10**12)).status_code == 404


@pytest.mark.one_database
@pytest.mark.parametrize("status", ["cancelled", "postponed"])
def test_the_door_of_an_event_that_does_not_take_place_lets_nobody_in(
    host: Host, status: str
) -> None:
    host.load(exchange(open_event()))
    comes, held = register(host), register(host, 2, confirm=False)
    staff = staff_of(host).client()
    for number in (comes, held):
        assert f"This event has been {status}." not in words_of(staff, card(number))
    host.load(exchange(open_event(status=status)))
    for number in (comes, held):
        words = words_of(staff, card(number))
        assert f"This event has been {status}." in words
        assert "heck in 1 person" not in words


@pytest.mark.one_database
@pytest.mark.parametrize("status", ["cancelled", "postponed"])
def test_a_card_that_was_open_lets_nobody_in_once_the_event_is_off(host: Host, status: str) -> None:
    host.load(exchange(open_event(registration={"capacity": 2})))
    comes, held = register(host), register(host, 2, confirm=False)
    staff = staff_of(host).client()
    buttons = {"/check-in": comes, "/let-in": held}
    cards = {button: staff.get(card(number)) for button, number in buttons.items()}
    host.load(exchange(open_event(status=status, registration={"capacity": 2})))
    for button, number in buttons.items():
        answer = send(staff, cards[button], action=button)
        assert answer.status_code == 409
        alert = page(answer).select_one("[role=alert]")
        assert alert is not None
        assert f"This event has been {status}." in alert.text
        assert column(host, number, "checked_in_at") is None
    assert column(host, held, "state") == "held"


@pytest.mark.one_database
def test_the_card_names_all_who_come_and_the_guardian(host: Host) -> None:
    host.load(exchange(open_event(registration={"companion_names": "optional", "ask_age": True})))
    given = {"companion-1": "Ada", "companion-2": "Ben", "under_16": "y", "guardian_name": "Carla"}
    number = register(host, party_size=3, **given)
    words = words_of(staff_of(host).client(), card(number))
    for text in ("3 people", "Ada", "Ben", "Parent or guardian: Carla"):
        assert text in words


@pytest.mark.one_database
def test_the_door_finds_those_of_its_event_alone_and_those_who_come_first(host: Host) -> None:
    host.load(exchange(open_event(), open_event("andere")))
    register(host, 1, family_name="Adler", confirm=False)
    comes = register(host, 2, family_name="Zander")
    register(host, 3, family_name="Adler", slug="andere")
    staff = staff_of(host).client()
    found = page(staff.get(DOOR, query_string={"q": "änne"})).select(".sl-door-found strong")
    assert [name.text for name in found] == ["Änne Zander", "Änne Adler"]
    assert staff.get(DOOR, query_string={"q": "zander"}).location == shown(comes)


@pytest.mark.one_database
def test_an_arrival_that_was_taken_back_leaves_no_door_behind(host: Host) -> None:
    host.load(exchange(open_event()))
    number = register(host)
    staff = staff_of(host).client()
    fill(staff, DOOR, door="Hof", action="/door")
    press(staff, card(number), "/check-in")
    press(staff, card(number), "/undo-check-in")
    assert column(host, number, "checked_in_where") is None


@pytest.mark.one_database
def test_support_needs_are_seen_by_those_alone_whom_the_policy_lets(host: Host) -> None:
    host.load(exchange(open_event()))
    number = register(host)
    with host.app.app_context():
        host.db.session.get_one(Registration, number).support_needs = "Schriftmittlung"
        host.db.session.commit()
    pages = (card(number), f"{HERE}registrations/{number}/")
    seeing = staff_of(host).client()
    blind = staff_of(host, without=[Action.SEE_SUPPORT_NEEDS]).client()
    for address in pages:
        assert "Schriftmittlung" in words_of(seeing, address)
        assert "Schriftmittlung" not in words_of(blind, address)


@pytest.mark.one_database
def test_a_lost_token_changes_nothing_and_shows_the_card_again(host: Host) -> None:
    """S1."""
    host.load(exchange(open_event()))
    number = register(host)
    staff = staff_of(host).client()
    answer = staff.post(f"{HERE}registrations/{number}/check-in")
    assert answer.status_code == 422
    assert page(answer).select_one("form[action$='/check-in']") is not None
    assert column(host, number, "checked_in_at") is None


@pytest.mark.one_database
def test_a_ticket_of_another_event_of_today_warns_by_any_camera(host: Host) -> None:
    """The phone's own camera opens the address on the ticket, whatever page is open."""
    host.load(exchange(open_event(starts_at=TODAY), open_event("andere", starts_at=TODAY)))
    here, there = register(host), register(host, 2, slug="andere")
    ticket, other = (f"{DESK}tickets/{code_of(host, number)}" for number in (here, there))
    phone = staff_of(host).client()
    answer = phone.get(ticket)
    assert answer.location == shown(here, "?now=one-of-several")
    assert "This ticket is for: " in words_of(phone, answer.location)
    phone.get(DOOR)
    assert phone.get(ticket).location == shown(here)
    refused = phone.get(other, follow_redirects=True)
    assert refused.request.path == DOOR
    assert "This ticket is for another event." in refused.text
    way = page(refused).select_one(".sl-door-stop a")
    assert way is not None
    card_there = phone.get(str(way["href"])).location
    assert card_there == f"{DESK}events/andere/check-in/{there}/#sl-party"
    assert phone.get(ticket, follow_redirects=True).request.path.startswith(f"{DESK}events/andere/")


@pytest.mark.one_database
def test_on_another_day_there_is_nothing_to_mix_up(host: Host) -> None:
    host.load(exchange(open_event(starts_at=TODAY), open_event("andere")))
    number = register(host)
    phone = staff_of(host).client()
    phone.get(f"{DESK}events/andere/check-in/")
    assert phone.get(f"{DESK}tickets/{code_of(host, number)}").location == shown(number)

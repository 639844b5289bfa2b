"""How many of a party have come: some now, more later, and what becomes of the other seats."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from flask_stadtlabor import Action
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.organise.views.people import update
from flask_stadtlabor.registration.locks import Locked, lock_registration
from flask_stadtlabor.registration.models import DeskNotice, Registration
from flask_stadtlabor.signals import registration_check_in_undone
from tests.factories import exchange, open_event, person, question
from tests.forms import fill, form_on, page, press, send, typed_into
from tests.host import Host
from tests.organise.staff import DOOR, HERE, column, register, staff_of, words_of

MINE = "/stadtlabor/de/registration/"
FORM = "/stadtlabor/de/events/plattform/register"
EVENING = {"month": 4, "day": 22, "hour": 16}


def card(number: int) -> str:
    return f"{DOOR}{number}/"


def load(host: Host, **details: Any) -> None:
    host.load(exchange(open_event(registration={"max_party_size": 10, **details})))


def link_of(host: Host, number: int = 1) -> Any:
    """Somebody's browser with their link open."""
    browser = host.client()
    address = person(number)["email"]
    browser.get(host.link(next(mail for mail in reversed(host.sent) if mail["To"] == address)))
    return browser


def seats(host: Host) -> tuple[int, int]:
    """Seats taken in all, and those of them that no registration stands for."""
    with host.app.app_context():
        return tuple(host.db.session.execute(select(Event.seats_taken, Event.seats_unnamed)).one())


@pytest.mark.one_database
def test_some_come_first_and_more_later_and_the_rest_stays_away(host: Host) -> None:
    """Two chairs that nobody comes to are for whoever stands at the door (S6)."""
    load(host, capacity=10)
    number = register(host, party_size=10)
    host.clock.now = host.clock.now.replace(**EVENING)
    staff = staff_of(host).client()
    assert fill(staff, card(number), {"people": 6}, action="/check-in").status_code == 303
    assert "6 of 10 are here." in words_of(staff, card(number))
    assert "6 of 10 have arrived" in words_of(staff, DOOR)
    assert fill(staff, card(number), {"people": 2}, action="/check-in").status_code == 303
    assert column(host, number, "arrived") == 8
    walk_in = {**person(2), "party_size": 2, "email": None}
    form = f"{HERE}register?at=door"
    opened = form_on(staff.get(form))
    assert staff.post(form, data=typed_into(opened, walk_in)).status_code == 409
    assert press(staff, card(number), "/give-seats-on").status_code == 303
    assert seats(host) == (8, 0)
    assert staff.post(form, data=typed_into(opened, walk_in)).status_code == 303
    assert seats(host) == (10, 0)
    assert "10 of 10 have arrived" in words_of(staff, DOOR)


def test_seats_given_on_before_the_start_go_to_those_who_wait(host: Host) -> None:
    load(host, capacity=3)
    number = register(host, party_size=3)
    waiting = register(host, 2, confirm=False)
    staff = staff_of(host).client()
    fill(staff, card(number), {"people": 1}, action="/check-in")
    assert press(staff, card(number), "/give-seats-on").status_code == 303
    assert column(host, waiting, "state") == "offered"
    assert seats(host) == (2, 0)


def test_a_page_that_is_old_lets_nobody_in_twice(host: Host) -> None:
    """Two doors, and a page that showed other numbers."""
    load(host)
    number = register(host, party_size=4)
    staff = staff_of(host).client()
    old = staff.get(card(number))
    fill(staff, card(number), {"people": 3}, action="/check-in")
    again = send(staff, old, {"people": 2}, action="/check-in")
    assert again.status_code == 409
    assert "3 people" in page(again).select_one("[role=alert]").text
    partly = staff.get(card(number))
    press(staff, card(number), "/check-in")
    assert column(host, number, "arrived") == 4
    for action in ("/give-seats-on", "/undo-check-in"):
        assert send(staff, partly, action=action).status_code == 409
    assert column(host, number, "arrived") == 4
    assert "Have arrived 4" in words_of(staff, HERE)
    assert press(staff, card(number), "/undo-check-in").status_code == 303
    assert (column(host, number, "arrived"), column(host, number, "checked_in_at")) == (0, None)
    assert "Have arrived 0" in words_of(staff, HERE)


@pytest.mark.one_database
@pytest.mark.parametrize("people", ["0", "5", "-1", "x", "9" * 30])
def test_no_more_come_in_than_the_party_has(host: Host, people: str) -> None:
    load(host)
    number = register(host, party_size=4)
    staff = staff_of(host).client()
    answer = fill(staff, card(number), {"people": people}, action="/check-in")
    assert answer.status_code == 422
    assert column(host, number, "arrived") == 0


@pytest.mark.one_database
@pytest.mark.parametrize("way", ["link", "staff"])
def test_a_party_that_is_inside_cannot_be_cancelled(host: Host, way: str) -> None:
    """Its seats are no use to anybody: staff takes the arrival back first."""
    load(host, capacity=2)
    number = register(host, party_size=2)
    waiting = register(host, 2, confirm=False)
    staff, browser = staff_of(host).client(), link_of(host)
    theirs = f"{HERE}registrations/{number}/"
    who, address = (browser, MINE) if way == "link" else (staff, theirs)
    before = who.get(address)
    press(staff, card(number), "/check-in")
    assert not page(who.get(address)).select('form[action$="/cancel"]')
    answer = send(who, before, action="/cancel")
    assert answer.status_code == 409
    sentence = page(answer).select_one("[role=alert]").get_text(" ")
    assert ("unserem Team" if way == "link" else "arrival back") in sentence
    assert (column(host, number, "state"), column(host, waiting, "state")) == (
        "confirmed",
        "waiting",
    )
    press(staff, card(number), "/undo-check-in")
    assert press(who, address, "/cancel").status_code == 303
    assert column(host, waiting, "state") == "offered"


def test_whoever_is_erased_while_inside_leaves_their_seats_taken(host: Host) -> None:
    """Art. 17 GDPR, S6: until the event is over, nobody else sits there."""
    load(host, capacity=2)
    number = register(host, party_size=2)
    waiting = register(host, 2, confirm=False)
    press(staff_of(host).client(), card(number), "/check-in")
    browser = link_of(host)
    assert "eingelassen" in browser.get(f"{MINE}erase").text
    assert press(browser, f"{MINE}erase", "/erase").status_code == 303
    assert host.scalar(select(Registration.id).where(Registration.id == number)) is None
    assert seats(host) == (2, 2)
    host.mails()
    assert column(host, waiting, "state") == "waiting"
    # whatever else changes on that evening
    load(host, capacity=2, waiting_list=False, smaller_parties_may_pass=True)
    assert seats(host) == (2, 2)


@pytest.mark.one_database
def test_a_party_gets_no_smaller_than_those_who_are_inside(host: Host) -> None:
    load(host)
    number = register(host, party_size=4)
    staff, browser = staff_of(host).client(), link_of(host)
    fill(staff, card(number), {"people": 3}, action="/check-in")
    for who, address in (
        (browser, f"{MINE}change"),
        (staff, f"{HERE}registrations/{number}/change"),
    ):
        refused = fill(who, address, {"party_size": 2}, action="/change")
        assert refused.status_code == 409
        assert column(host, number, "party_size") == 4
    assert fill(browser, f"{MINE}change", {"party_size": 3}, action="/change").status_code == 303
    assert seats(host) == (3, 0)


def test_staff_changes_size_and_answers_and_the_person_is_told(host: Host) -> None:
    load(host, questions=[question("essen", "choice")], closes_at="2026-03-05T12:00")
    number = register(host)
    host.clock.move(days=10)
    staff = staff_of(host).client()
    address = f"{HERE}registrations/{number}/change"
    given = {"party_size": 3, "question-essen": "b"}
    assert fill(staff, address, given, action="/change").status_code == 303
    assert (column(host, number, "party_size"), column(host, number, "answers")) == (
        3,
        {"essen": "b"},
    )
    assert seats(host) == (3, 0)
    mail = host.mails()[-1]
    assert "Unser Team hat diese Anmeldung" in " ".join(
        mail.get_body(("plain",)).get_content().split()
    )


@pytest.mark.one_database
def test_staff_never_makes_a_party_larger_than_the_event(host: Host) -> None:
    """S6."""
    load(host, capacity=3)
    number = register(host)
    register(host, 2, party_size=2)
    address = f"{HERE}registrations/{number}/change"
    answer = fill(staff_of(host).client(), address, {"party_size": 2}, action="/change")
    assert answer.status_code == 409
    assert seats(host) == (3, 0)


@pytest.mark.one_database
def test_staff_changes_what_it_may_read_alone(host: Host) -> None:
    """S12: what a party needs stays as it is, and unseen."""
    load(host, ask_support=True)
    number = register(host, support_needs="Gebärdensprache")
    staff = staff_of(host, without=[Action.SEE_SUPPORT_NEEDS]).client()
    address = f"{HERE}registrations/{number}/change"
    shown = staff.get(address)
    assert "Gebärdensprache" not in shown.text
    assert "support_needs" not in {field["name"] for field in form_on(shown).select("[name]")}
    fill(staff, address, {"party_size": 2, "support_needs": "nichts"}, action="/change")
    assert column(host, number, "party_size") == 2
    assert column(host, number, "support_needs") == "Gebärdensprache"


@pytest.mark.one_database
def test_what_staff_may_not_read_is_kept_as_it_is_under_the_lock(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S17: the person writes what they need while staff’s form is on its way."""
    load(host, ask_support=True)
    number = register(host)
    browser = link_of(host)

    def late(registration: Registration) -> Locked:
        monkeypatch.undo()
        answer = fill(browser, f"{MINE}change", support_needs="Rampe")
        assert answer.status_code == 303
        return lock_registration(registration)

    monkeypatch.setattr(update, "lock_registration", late)
    staff = staff_of(host, without=[Action.SEE_SUPPORT_NEEDS]).client()
    change = f"{HERE}registrations/{number}/change"
    assert fill(staff, change, party_size=2).status_code == 303
    assert column(host, number, "party_size") == 2
    assert column(host, number, "support_needs") == "Rampe"


@pytest.mark.one_database
def test_whoever_has_no_address_is_told_by_staff_of_the_change(host: Host) -> None:
    load(host)
    staff = staff_of(host).client()
    fill(staff, f"{HERE}register", {**person(), "email": None, "language": "de"})
    number = host.scalar(select(Registration.id))
    fill(staff, f"{HERE}registrations/{number}/change", {"party_size": 2}, action="/change")
    newest = select(DeskNotice.kind).order_by(DeskNotice.id.desc()).limit(1)
    assert host.scalar(newest) == "updated_by_staff"


@pytest.mark.one_database
def test_another_date_begins_without_anybody_inside(host: Host) -> None:
    """The arrivals of an evening belong to its date."""
    load(host, capacity=2)
    number = register(host, party_size=2)
    staff = staff_of(host)
    press(staff.client(), card(number), "/check-in")
    heard: list[int] = []

    def hear(app: object, registration: Registration) -> None:
        heard.append(registration.id)

    later = {"starts_at": "2026-05-06T17:30", "ends_at": "2026-05-06T19:00"}
    with registration_check_in_undone.connected_to(hear, host.app):
        host.load(exchange(open_event(registration={"max_party_size": 10, "capacity": 2}, **later)))
    assert heard == [number]
    assert (column(host, number, "arrived"), column(host, number, "checked_in_at")) == (0, None)
    assert press(link_of(host), MINE, "/cancel").status_code == 303


@pytest.mark.one_database
def test_an_evening_that_is_put_off_keeps_those_who_are_inside(host: Host) -> None:
    load(host)
    number = register(host)
    host.clock.now = host.clock.now.replace(month=4, day=22, hour=15, minute=20)
    press(staff_of(host).client(), card(number), "/check-in")
    later = {"starts_at": "2026-04-22T18:00", "ends_at": "2026-04-22T19:30"}
    host.load(exchange(open_event(registration={"max_party_size": 10}, **later)))
    assert column(host, number, "arrived") == 1


@pytest.mark.one_database
@pytest.mark.parametrize("way", ["cancel", "erase"])
def test_nobody_is_inside_an_evening_without_a_date(host: Host, way: str) -> None:
    """S6: it was put off at the door, so that whoever was let in gives all their seats back."""
    details = {"max_party_size": 10, "capacity": 3}
    host.load(exchange(open_event(registration=details)))
    number = register(host, party_size=3)
    fill(staff_of(host).client(), card(number), {"people": 2}, action="/check-in")
    browser = link_of(host)
    host.load(exchange(open_event(status="postponed", registration=details)))
    assert seats(host) == (3, 0)
    mine = words_of(browser, MINE)
    assert "Diese Veranstaltung ist verschoben." in mine
    for word in ("Wir freuen uns", "Kalender", "eingelassen"):
        assert word not in mine
    assert "eingelassen" not in words_of(browser, f"{MINE}erase")
    address = MINE if way == "cancel" else f"{MINE}erase"
    assert press(browser, address, f"/{way}").status_code == 303
    assert seats(host) == (0, 0)
    host.load(exchange(open_event(registration=details)))
    assert seats(host) == (0, 0)
    assert fill(host.client(), FORM, person(2, party_size=3)).status_code == 303


def test_seats_that_a_party_no_longer_has_are_not_given_on(host: Host) -> None:
    """S6: it left while the evening had no date, and a page at the door knew nothing of that."""
    details = {"max_party_size": 10, "capacity": 3}
    host.load(exchange(open_event(registration=details)))
    number = register(host, party_size=3)
    staff = staff_of(host).client()
    fill(staff, card(number), {"people": 1}, action="/check-in")
    before = staff.get(card(number))
    browser = link_of(host)
    host.load(exchange(open_event(status="postponed", registration=details)))
    assert press(browser, MINE, "/cancel").status_code == 303
    host.load(exchange(open_event(registration=details)))
    register(host, 2, party_size=3)
    assert send(staff, before, action="/give-seats-on").status_code == 409
    assert seats(host) == (3, 0)


@pytest.mark.one_database
def test_the_questions_speak_to_whoever_answers_them(host: Host) -> None:
    """Staff is asked about the person; the person, about themselves."""
    load(host, ask_support=True)
    number = register(host)
    shown = staff_of(host).client().get(f"{HERE}registrations/{number}/change").text
    assert "How many people come?" in shown
    assert "Which language does this person read?" in shown
    assert "What does this person need in order to take part?" in shown
    assert "write to you" not in shown

"""Somebody changes their registration by the link in their mail."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from flask_stadtlabor import signals
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.models import Registration
from tests.factories import exchange, open_event, person, question
from tests.forms import fill, form_on, page, press, send, typed_into
from tests.host import Host

FORM = "/stadtlabor/de/events/plattform/register"
HERE = "/stadtlabor/de/registration/"
CHANGE = f"{HERE}change"


def load(host: Host, **changes: Any) -> None:
    host.load(exchange(open_event(**changes)))


def arrive(host: Host, number: int = 1, **fields: Any) -> FlaskClient:
    """Somebody who registered, with their link open."""
    assert fill(host.client(), FORM, person(number) | fields).status_code == 303
    browser = host.client()
    address = person(number)["email"]
    mail = next(mail for mail in reversed(host.mails()) if mail["To"] == address)
    browser.get(host.link(mail))
    return browser


def confirmed(host: Host, number: int = 1, **fields: Any) -> FlaskClient:
    browser = arrive(host, number, **fields)
    press(browser, HERE, "/confirm")
    return browser


def registration(host: Host, number: int = 1) -> Registration:
    with host.app.app_context():
        found = host.db.session.scalar(
            select(Registration).where(Registration.email == person(number)["email"])
        )
        assert isinstance(found, Registration)
        return found


def books(host: Host) -> tuple[int, int]:
    """Seats taken, parties waiting."""
    with host.app.app_context():
        row = host.db.session.execute(select(Event.seats_taken, Event.parties_waiting)).one()
        return row.seats_taken, row.parties_waiting


def standing(browser: FlaskClient) -> str:
    """What their page says first."""
    text = page(browser.get(HERE)).select_one(".sl-next-step").get_text(" ", strip=True)
    return text.replace("\N{NO-BREAK SPACE}", " ")


def latest(host: Host, number: int = 1) -> Any:
    address = person(number)["email"]
    return next(mail for mail in reversed(host.mails()) if mail["To"] == address)


def test_everything_stands_there_as_it_is_and_can_be_changed(host: Host) -> None:
    asked = [question("essen", "choice"), question("themen", "choices"), question("wunsch", "long")]
    details = {"companion_names": "optional", "ask_support": True, "questions": asked}
    load(host, registration=details)
    first = {"companion-1": "Ben", "question-essen": "a", "question-themen": ["a", "b"],
             "question-wunsch": "Mehr\r\nBäume", "support_needs": "Rampe"}  # fmt: skip
    browser = confirmed(host, party_size=2, **first)
    assert page(browser.get(HERE)).select_one('a[href$="/registration/change"]')
    form = form_on(browser.get(CHANGE))
    shown = {
        name: typed_into(form, {}).getlist(name) for name in ["party_size", *first, "language"]
    }
    assert shown == {
        "party_size": ["2"], "companion-1": ["Ben"], "question-essen": ["a"],
        "question-themen": ["a", "b"], "question-wunsch": ["Mehr\r\nBäume"],
        "support_needs": ["Rampe"], "language": ["de"],
    }  # fmt: skip
    changed = {"companion-1": "Bea", "companion-2": "Can", "question-essen": "b",
               "question-themen": None, "question-wunsch": "", "support_needs": "Keine Rampe",
               "language": "en"}  # fmt: skip
    answer = fill(browser, CHANGE, changed, party_size=3)
    assert answer.status_code == 303
    assert "gespeichert" in browser.get(answer.location).text
    found = registration(host)
    assert (found.party_size, found.companions) == (3, ("Bea", "Can"))
    assert found.answers == {"essen": "b"}
    assert (found.support_needs, found.language, found.state) == ("Keine Rampe", "en", "confirmed")
    assert books(host) == (3, 0)


def test_a_mail_says_how_it_is_now_and_calendars_get_the_same_entry(host: Host) -> None:
    load(host, registration={"ask_support": True})
    browser = confirmed(host)
    fill(browser, CHANGE, party_size=2, support_needs="Rampe", language="en")
    mail = latest(host)
    assert mail["Subject"] == "You have changed your registration: Have your say online"
    text = mail.get_body(("plain",)).get_content()
    assert "2 people" in text
    assert "Rampe" not in text
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert parts[0]["Content-Type"].params["method"] == "REQUEST"
    assert Calendar.from_ical(parts[0].get_content()).walk("VEVENT")


@pytest.mark.one_database
def test_who_is_not_confirmed_gets_nothing_for_their_calendar(host: Host) -> None:
    load(host)
    fill(arrive(host), CHANGE, party_size=2)
    assert registration(host).state == "held"
    mail = latest(host)
    assert "ändert" in mail["Subject"]
    assert "text/calendar" not in {part.get_content_type() for part in mail.walk()}


@pytest.mark.one_database
def test_saving_what_was_there_already_changes_nothing(host: Host) -> None:
    load(host, registration={"questions": [question("wunsch")]})
    browser = confirmed(host, **{"question-wunsch": "Bäume"})
    mails = len(host.mails())
    assert fill(browser, CHANGE).status_code == 303
    assert len(host.mails()) == mails


@pytest.mark.one_database
def test_a_host_hears_what_was_changed(host: Host) -> None:
    load(host, registration={"ask_support": True})
    browser = confirmed(host)
    heard = []
    with signals.registration_changed.connected_to(
        lambda app, registration, changes: heard.append((registration.party_size, changes))
    ):
        fill(browser, CHANGE, party_size=2, support_needs="Rampe")
    assert heard == [(2, frozenset({"party_size", "support_needs"}))]


@pytest.mark.one_database
def test_a_party_grows_only_as_far_as_there_are_seats(host: Host) -> None:
    """All or none, and nothing that was typed is lost (S6)."""
    load(host, registration={"capacity": 4, "questions": [question("wunsch")]})
    browser = confirmed(host)
    confirmed(host, 2)
    answer = fill(browser, CHANGE, {"question-wunsch": "Bäume"}, party_size=4)
    assert answer.status_code == 409
    assert "nicht genug Plätze" in page(answer).select_one('[role="alert"]').get_text()
    kept = typed_into(form_on(answer), {})
    assert (kept["party_size"], kept["question-wunsch"]) == ("4", "Bäume")
    assert (registration(host).party_size, registration(host).answers) == (1, {})
    assert send(browser, answer, {"party_size": 3}).status_code == 303
    assert books(host) == (4, 0)


@pytest.mark.one_database
def test_a_party_does_not_grow_past_those_who_wait(host: Host) -> None:
    load(host, registration={"capacity": 3})
    browser = confirmed(host)
    confirmed(host, 2)
    arrive(host, 3, party_size=2)
    assert books(host) == (2, 1)
    answer = fill(browser, CHANGE, party_size=2)
    assert answer.status_code == 409
    assert "andere warten" in page(answer).select_one('[role="alert"]').get_text()


@pytest.mark.one_database
def test_seats_of_a_hold_that_ended_are_there_to_grow_into(host: Host) -> None:
    load(host, registration={"capacity": 2})
    browser = confirmed(host)
    arrive(host, 2)
    host.clock.move(hours=49)
    assert fill(browser, CHANGE, party_size=2).status_code == 303
    assert registration(host, 2).state == "expired"


def test_a_smaller_party_leaves_its_seats_to_those_who_wait(host: Host) -> None:
    load(host, registration={"capacity": 3, "companion_names": "optional"})
    browser = confirmed(host, party_size=3, **{"companion-1": "Ben", "companion-2": "Cem"})
    arrive(host, 2, party_size=2)
    assert fill(browser, CHANGE, party_size=1).status_code == 303
    assert registration(host).companions == ()
    assert registration(host, 2).state == "offered"
    assert books(host) == (3, 0)


@pytest.mark.one_database
def test_who_waits_keeps_their_place_and_may_be_the_one_who_fits(host: Host) -> None:
    load(host, registration={"capacity": 2})
    confirmed(host)
    second = arrive(host, 2, party_size=2)
    third = arrive(host, 3)
    assert "2. Stelle" in standing(third)
    assert fill(third, CHANGE, party_size=2).status_code == 303
    assert "2. Stelle" in standing(third)
    answer = fill(second, CHANGE, party_size=3)
    assert answer.status_code == 422
    told = page(answer).select_one('[role="alert"]').get_text()
    assert "1 bis 2 Personen" in told.replace("\xa0", " ")
    mails = len(host.mails())
    assert fill(second, CHANGE, party_size=1).status_code == 303
    assert registration(host, 2).state == "offered"
    assert books(host) == (2, 1)
    # the offer says all that there is to say
    assert [mail["To"] for mail in host.mails()[mails:]] == [person(2)["email"]]
    assert "als Nächstes dran" in standing(third)


@pytest.mark.one_database
@pytest.mark.parametrize("party_size", ["0", "5", "many", "-1"])
def test_a_wrong_size_is_refused_with_the_form(host: Host, party_size: str) -> None:
    """A4."""
    load(host)
    answer = fill(confirmed(host), CHANGE, party_size=party_size)
    assert answer.status_code == 422
    assert page(answer).title.get_text().startswith("Fehler:")
    assert page(answer).select_one('[role="alert"] a[href="#party_size"]')
    assert books(host) == (1, 0)


@pytest.mark.one_database
def test_a_party_may_stay_as_large_as_it_was_allowed_to_be(host: Host) -> None:
    load(host)
    browser = confirmed(host, party_size=3)
    load(host, registration={"max_party_size": 1, "questions": [question("wunsch")]})
    assert fill(browser, CHANGE, {"question-wunsch": "Bäume"}).status_code == 303
    assert registration(host).party_size == 3
    assert fill(browser, CHANGE, party_size=4).status_code == 422
    assert fill(browser, CHANGE, party_size=1).status_code == 303


@pytest.mark.one_database
def test_answers_to_questions_that_are_asked_no_more_stay(host: Host) -> None:
    load(host, registration={"questions": [question("alt")], "ask_support": True})
    browser = confirmed(host, **{"question-alt": "Antwort", "support_needs": "Rampe"})
    load(host, registration={"questions": [question("neu")]})
    fill(browser, CHANGE, {"question-neu": "Mehr"})
    assert registration(host).answers == {"alt": "Antwort", "neu": "Mehr"}
    assert registration(host).support_needs == "Rampe"


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("asked", "answer", "kind", "shown"),
    [
        ("choices", ["a", "b"], "text", ["a, b"]),
        ("choices", ["a", "b"], "choice", ["a"]),
        ("choice", "b", "choices", ["b"]),
        ("text", "Bäume", "choices", []),
        ("text", "Bäume", "yes-no", []),
    ],
)
def test_a_question_may_be_put_otherwise_after_it_was_answered(
    host: Host, asked: str, answer: Any, kind: str, shown: list[str]
) -> None:
    """What still fits stands in the form, and nobody has to answer anew to change their party."""
    load(host, registration={"questions": [question("wunsch", asked)]})
    browser = confirmed(host, **{"question-wunsch": answer})
    load(host, registration={"questions": [question("wunsch", kind)]})
    assert typed_into(form_on(browser.get(CHANGE)), {}).getlist("question-wunsch") == shown
    assert fill(browser, CHANGE, party_size=2).status_code == 303
    assert registration(host).party_size == 2


@pytest.mark.one_database
def test_after_registration_closed_a_party_becomes_only_smaller(host: Host) -> None:
    load(host)
    browser = confirmed(host, party_size=2)
    load(host, registration={"closes_at": "2026-03-02T08:00"})
    answer = fill(browser, CHANGE, party_size=3)
    assert answer.status_code == 409
    assert "kleiner werden" in page(answer).select_one('[role="alert"]').get_text()
    assert fill(browser, CHANGE, party_size=1).status_code == 303


@pytest.mark.one_database
@pytest.mark.parametrize("end", ["cancelled", "gone", "over", "expired"])
def test_what_has_ended_is_not_changed(host: Host, end: str) -> None:
    load(host)
    browser = arrive(host)
    in_time = browser.get(CHANGE)
    if end == "cancelled":
        press(browser, HERE, "/cancel")
    elif end == "gone":
        load(host, status="cancelled")
    else:
        host.clock.move(days=60 if end == "over" else 3)
    answer = send(browser, in_time, {"party_size": 2})
    assert answer.status_code == 409
    assert browser.get(CHANGE).status_code == 303
    assert not page(browser.get(HERE)).select('a[href$="/registration/change"]')
    assert registration(host).party_size == 1


@pytest.mark.one_database
def test_a_form_in_an_old_tab_changes_no_other_registration(host: Host) -> None:
    load(host)
    browser = arrive(host)
    old_tab = browser.get(CHANGE)
    fill(host.client(), FORM, person(2))
    browser.get(host.link(latest(host, 2)))
    refused = send(browser, old_tab, {"party_size": 4})
    assert refused.status_code == 422
    assert "andere Anmeldung" in page(refused).select_one(".sl-errors").get_text()
    assert books(host) == (2, 0)


@pytest.mark.one_database
def test_without_a_link_nothing_can_be_changed(host: Host) -> None:
    load(host)
    assert host.client().get(CHANGE).status_code == 403
    assert host.client().post(CHANGE, data={"party_size": "4"}).status_code == 403


@pytest.mark.one_database
def test_without_its_token_the_form_comes_again_as_it_was(host: Host) -> None:
    """S1, A10."""
    load(host)
    browser = confirmed(host)
    answer = fill(browser, CHANGE, party_size=2, csrf_token="gone")
    assert answer.status_code == 422
    assert typed_into(form_on(answer), {})["party_size"] == "2"
    assert send(browser, answer).status_code == 303
    assert books(host) == (2, 0)

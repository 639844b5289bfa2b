"""A form opened before somebody else's change does not overwrite that change."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pytest

from flask_stadtlabor.organise.views.people import correction
from flask_stadtlabor.registration.locks import Locked, lock_registration
from flask_stadtlabor.registration.models import Registration
from tests.factories import exchange, open_event, person, question
from tests.forms import fields_of, fill, form_on, page, send, typed_into
from tests.host import Host
from tests.organise.staff import HERE, column, register, staff_of

CHANGE = "/stadtlabor/de/registration/change"
WRONG, RIGHT = "wrong@stranger.example", "right@buerger.example"


def of(number: int, form: str) -> str:
    return f"{HERE}registrations/{number}/{form}"


def link_of(host: Host) -> Any:
    """The person's browser, with the link in the last mail open."""
    browser = host.client()
    browser.get(host.link(host.mails()[-1]))
    return browser


def told(answer: Any) -> str:
    """The summary of what is wrong."""
    summary = page(answer).select_one(".sl-errors")
    assert summary is not None, answer.text
    return summary.get_text(" ", strip=True).replace("\N{NO-BREAK SPACE}", " ")


def typed(answer: Any, *names: str) -> list[str]:
    fields = fields_of(form_on(answer))
    return [fields[name] for name in names]


def test_correcting_a_name_brings_no_wrong_address_back(host: Host) -> None:
    """S3: the stranger at the wrong address would get a fresh link."""
    host.load(exchange(open_event()))
    number = register(host, email=WRONG)
    portal = staff_of(host)
    first, second = portal.client(), portal.client()
    before = second.get(of(number, "rectify"))
    fill(first, of(number, "rectify"), email=RIGHT, family_name="Neumann")
    host.mails()
    host.sent.clear()
    answer = send(second, before, {"given_name": "Anne"})
    assert answer.status_code == 409
    assert column(host, number, "email") == RIGHT
    assert "changed elsewhere since you opened this page" in told(answer)
    for label, stored, sent in (
        ("First name", "Änne", "Anne"),
        ("Last name", "Neumann", person()["family_name"]),
        ("E-mail address", RIGHT, WRONG),
    ):
        assert f"“{label}”: now stored: {stored}; in this form: {sent}" in told(answer)
    assert page(answer).select_one(".sl-errors a[href='#email']")
    assert typed(answer, "given_name", "email") == ["Anne", WRONG]
    # what they decide counts, and nothing was sent before
    decided = send(second, answer, {"email": RIGHT, "family_name": "Neumann"})
    assert decided.status_code == 303
    assert column(host, number, "given_name") == "Anne"
    assert host.mails() == []


@pytest.mark.one_database
def test_both_versions_are_shown_in_the_other_language_too(host: Host) -> None:
    """Whoever switches to a language that they read better has still to decide."""
    host.load(exchange(open_event()))
    number = register(host)
    first, second = link_of(host), link_of(host)
    before = second.get(CHANGE)
    assert fill(first, CHANGE, party_size=3).status_code == 303
    answer = send(second, before, {"party_size": 2})
    assert answer.status_code == 409
    fields = typed_into(form_on(answer), {"stadtlabor-language": "en"})
    switched = second.post(CHANGE.replace("/de/", "/en/"), data=fields)
    assert "changed elsewhere since you opened this page" in told(switched)
    assert "now stored: 3 people; in this form: 2 people" in told(switched)
    assert column(host, number, "party_size") == 3
    assert send(second, switched, {}).status_code == 303
    assert column(host, number, "party_size") == 2


def test_whoever_decides_for_their_own_version_gets_it(host: Host) -> None:
    host.load(exchange(open_event()))
    number = register(host, email=WRONG)
    staff = staff_of(host).client()
    before = staff.get(of(number, "rectify"))
    fill(staff, of(number, "rectify"), email="also@wrong.example")
    refused = send(staff, before, {"email": RIGHT})
    # a third correction meanwhile is shown again
    fill(staff, of(number, "rectify"), given_name="Anja")
    again = send(staff, refused)
    assert again.status_code == 409
    assert "“First name”: now stored: Anja; in this form: Änne" in told(again)
    assert send(staff, again).status_code == 303
    assert column(host, number, "email") == RIGHT


def test_no_seats_are_given_away_by_a_page_from_before(host: Host) -> None:
    asked = [question("essen", "choice"), question("wunsch")]
    details = {"max_party_size": 10, "capacity": 10, "questions": asked, "ask_support": True}
    host.load(exchange(open_event(registration={**details, "companion_names": "optional"})))
    number = register(host, party_size=2, **{"companion-1": "Ben"})
    staff, person_ = staff_of(host).client(), link_of(host)
    before, before_mine = staff.get(of(number, "change")), person_.get(CHANGE)
    more = {"question-essen": "a", "question-wunsch": "Bäume", "companion-2": "Can"}
    assert fill(person_, CHANGE, more, party_size=5, support_needs="Rampe").status_code == 303
    answer = send(staff, before, {"language": "en"})
    assert answer.status_code == 409
    label = "Which language does this person read?"
    assert f"“{label}”: now stored: Deutsch; in this form: English" in told(answer)
    both = "now stored: 5 people, with Ben and Can; in this form: 2 people, with Ben"
    assert both in told(answer)
    assert "now stored: Bäume; in this form: nothing written" in told(answer)
    assert "now stored: Rampe; in this form: nothing written" in told(answer)
    assert typed(answer, "party_size", "language") == ["2", "en"]
    assert column(host, number, "party_size") == 5
    # the person's own page in another tab is no newer
    mine = send(person_, before_mine, {"companion-1": "Bea"})
    assert mine.status_code == 409
    assert "Jetzt gespeichert: 5 Personen, mit Ben und Can" in told(mine)
    assert typed(mine, "companion-1") == ["Bea"]
    assert column(host, number, "companions") == ("Ben", "Can")
    assert send(person_, mine, {"party_size": 5, **more}).status_code == 303
    assert column(host, number, "companions") == ("Bea", "Can")
    assert column(host, number, "answers") == {"essen": "a", "wunsch": "Bäume"}
    assert column(host, number, "support_needs") is None


def test_a_double_click_is_no_conflict(host: Host) -> None:
    host.load(exchange(open_event()))
    number = register(host)
    staff, person_ = staff_of(host).client(), link_of(host)
    rectify, change = staff.get(of(number, "rectify")), person_.get(CHANGE)
    assert [send(staff, rectify, {"email": RIGHT}).status_code for _ in "12"] == [303, 303]
    person_ = link_of(host)
    change = person_.get(CHANGE)
    assert [send(person_, change, {"party_size": 2}).status_code for _ in "12"] == [303, 303]
    assert len([mail for mail in host.mails() if "geändert" in mail["Subject"]]) == 1


@pytest.mark.one_database
def test_a_mark_is_made_by_nobody_and_holds_for_one_registration(host: Host) -> None:
    """It names columns and tells nobody what is stored in them."""
    host.load(exchange(open_event()))
    first = register(host, 1, party_size=2)
    same = {key: person(1)[key] for key in ("given_name", "family_name")}
    second = register(host, 2, party_size=2, **same)
    staff = staff_of(host).client()
    for form, changed in (("change", {"party_size": 3}), ("rectify", {"family_name": "Neu"})):
        marks = [typed(staff.get(of(number, form)), "seen")[0] for number in (first, second)]
        other = typed(staff.get(of(first, "change" if form == "rectify" else "rectify")), "seen")
        assert marks[0] != marks[1]
        fewer = f"{next(iter(changed))}:{marks[0].partition(':')[2]}"
        for mark in (None, "", "x", ":", "ä" * 64, marks[0][:-1], marks[1], fewer, *other):
            answer = fill(staff, of(first, form), {"seen": mark, **changed})
            assert answer.status_code == 409, (form, mark)
    assert column(host, first, "party_size") == 2
    assert column(host, first, "family_name") == person()["family_name"]


@pytest.mark.one_database
def test_a_form_that_is_shown_again_is_as_old_as_it_was(host: Host) -> None:
    """Whatever else was wrong with it: nobody has seen yet what is stored by now."""
    host.load(exchange(open_event(registration={"max_party_size": 10, "capacity": 10})))
    number, other = register(host, 1, email=WRONG), register(host, 2, party_size=6)
    staff = staff_of(host).client()
    rectify, change = staff.get(of(number, "rectify")), staff.get(of(number, "change"))
    fill(staff, of(number, "rectify"), email=RIGHT)
    fill(staff, of(number, "change"), party_size=2)
    for wrong in ({"given_name": ""}, {"csrf_token": "old"}):
        answer = send(staff, rectify, wrong)
        assert answer.status_code == 422
        token = typed(staff.get(of(number, "rectify")), "csrf_token")[0]
        assert send(staff, answer, {"given_name": "Anne", "csrf_token": token}).status_code == 409
    assert column(host, number, "email") == RIGHT
    fresh = fill(staff, of(other, "rectify"), email=RIGHT)
    assert "by another registration" in told(fresh)
    fill(staff, of(other, "rectify"), given_name="Anja")
    assert send(staff, fresh, {"email": person(3)["email"]}).status_code == 409
    too_many = send(staff, change, {"party_size": 11})
    assert too_many.status_code == 422
    assert send(staff, too_many, {"party_size": 1, "language": "en"}).status_code == 409
    assert column(host, number, "party_size") == 2


@pytest.mark.one_database
def test_pages_stay_good_when_the_secret_is_changed(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By SECRET_KEY_FALLBACKS: nobody is told of a change that nobody made."""
    host.load(exchange(open_event()))
    number = register(host)
    portal = staff_of(host)
    staff = portal.client()
    seen = typed(staff.get(of(number, "rectify")), "seen")[0]
    monkeypatch.setitem(portal.app.config, "SECRET_KEY_FALLBACKS", [host.app.config["SECRET_KEY"]])
    monkeypatch.setitem(portal.app.config, "SECRET_KEY", "another one")
    changed = {"seen": seen, "given_name": "Anne"}
    assert fill(staff, of(number, "rectify"), changed).status_code == 303
    assert column(host, number, "given_name") == "Anne"


def test_what_was_stored_in_the_last_moment_counts_too(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Marks are compared under the lock, so that of two POSTs at once the second is refused."""
    host.load(exchange(open_event()))
    number = register(host, email=WRONG)
    portal, other = staff_of(host), staff_of(host)
    rectify = of(number, "rectify")
    waiting = [lambda: fill(other.client(), rectify, email=RIGHT)]

    def late(registration: Registration) -> Locked:
        while waiting:
            thread = Thread(target=waiting.pop())
            thread.start()
            thread.join()
        return lock_registration(registration)

    monkeypatch.setattr(correction, "lock_registration", late)
    answer = fill(portal.client(), rectify, given_name="Anne")
    assert answer.status_code == 409
    assert f"now stored: {RIGHT}; in this form: {WRONG}" in told(answer)
    assert column(host, number, "email") == RIGHT

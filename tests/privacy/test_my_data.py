"""What somebody can see, take along and have erased by their link, without an account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from flask_stadtlabor.consent.models import ConsentEntry, ConsentSubject
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.registration.views.link_session import OPENED, RECEIPT
from tests.factories import PHOTOS, exchange, open_event, person, question
from tests.forms import fill, form_on, page, press, send, typed_into
from tests.host import Host
from tests.privacy import stored

FORM = "/stadtlabor/de/events/plattform/register"
HERE = "/stadtlabor/de/registration/"


def registered(host: Host, number: int = 1, *, confirm: bool = True, **fields: Any) -> FlaskClient:
    """Somebody who registered, with their link open."""
    consent = {f"consent-{PHOTOS}": "given"}
    assert fill(host.client(), FORM, person(number, **consent, **fields)).status_code == 303
    browser = host.client()
    browser.get(host.link(host.mails()[-1]))
    if confirm:
        press(browser, HERE, "/confirm")
        host.mails()
    return browser


def main_text(answer: Any) -> str:
    return " ".join(page(answer).select_one(".stadtlabor").get_text(" ").split())  # type: ignore[union-attr]


@pytest.mark.one_database
def test_a_yes_or_no_is_said_in_the_language_of_the_page(host: Host) -> None:
    questions = [question("neu", "yes-no"), question("auto", "yes-no")]
    host.load(exchange(open_event(registration={"questions": questions})))
    browser = registered(host, **{"question-neu": "yes", "question-auto": "no"})
    assert "Frage neu? Ja Frage auto? Nein" in main_text(browser.get(f"{HERE}data"))


@pytest.mark.one_database
def test_the_page_shows_every_value_that_the_file_holds(host: Host) -> None:
    """Art. 15: readable, and all of it."""
    host.load(exchange(open_event(registration={"questions": [question("woher")]})))
    browser = registered(host, party_size=3, **{"question-woher": "Ehrenfeld"})
    with host.app.app_context():
        row = host.db.session.scalars(select(Registration)).one()
        row.companions = ("Kim Companion", "Jo Companion")
        row.support_needs = "an induction loop"
        row.guardian_name = "Alex Guardian"
        row.is_under_age = True
        row.reach = "0234 12345"
        row.checked_in_at = row.reminded_at = row.thanked_at = host.clock()
        row.checked_in_where = "North door"
        host.db.session.commit()
        subject = row.subject
    shown = main_text(browser.get(f"{HERE}data"))
    document = browser.get(f"{HERE}data.json").get_json()
    (found,) = document["registrations"]
    for name in (
        "given_name", "family_name", "email", "reach", "support_needs", "guardian_name",
        "checked_in_where", "reference",
    ):  # fmt: skip
        assert str(found[name]) in shown, name
    assert found["reference"] == subject
    assert f"{found['ticket_code'][:5]}-{found['ticket_code'][5:]}" in shown
    for words in (
        "Kim Companion und Jo Companion",
        "Frage woher? Ehrenfeld",
        "Bestätigt",
        "Plätze 3",
    ):
        assert words in shown
    # the event ends on 22 April, its support needs a week and the rest ninety days later
    assert "ab Dienstag, 21. Juli 2026, 19:00 Uhr" in shown.replace("\xa0", " ")
    assert "ab Mittwoch, 29. April 2026, 19:00 Uhr" in shown.replace("\xa0", " ")


@pytest.mark.one_database
def test_the_file_is_a_download_that_stays_out_of_caches(host: Host) -> None:
    """Art. 20, S3."""
    host.load(exchange(open_event()))
    browser = registered(host)
    answer = browser.get(f"{HERE}data.json")
    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.get_json()["format"] == "flask-stadtlabor-person/1"


def test_a_link_shows_its_own_registration_alone(host: Host) -> None:
    """A link proves access to one registration, and not who owns the address."""
    host.load(exchange(open_event(), open_event("zweiter")))
    browser = registered(host, given_name="Erste", email="a@buerger.example")
    host.clock.move(hours=1)
    fill(
        host.client(),
        "/stadtlabor/de/events/zweiter/register",
        person(given_name="Zweite", email="a@buerger.example"),
    )
    document = browser.get(f"{HERE}data.json")
    assert "Erste" in document.text
    assert "Zweite" not in document.text
    assert "zweiter" not in document.text
    press_erase(browser)
    with host.app.app_context():
        names = host.db.session.scalars(select(Registration.given_name))
        assert list(names) == ["Zweite"]
    left = host.mails()[-1]
    assert left["To"] == "a@buerger.example"
    assert "/events/zweiter/" in left.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def press_erase(browser: FlaskClient) -> Any:
    return press(browser, f"{HERE}erase", "/erase")


def test_erasure_takes_two_steps_and_leaves_nothing(host: Host) -> None:
    """Art. 17: a page that says what goes and stays, then one button; then the link is dead."""
    host.load(exchange(open_event(registration={"capacity": 1, "max_party_size": 1})))
    browser = registered(host)
    link = host.link(host.sent[-1])
    fill(host.client(), FORM, person(2))
    asked = browser.get(f"{HERE}erase")
    words = main_text(asked)
    for sentence in ("Was gelöscht wird", "Deine Plätze", "Was endet", "Titel photos-website"):
        assert sentence in words
    assert "Art. 17 Abs. 3 Buchst. b und e DSGVO" in words
    assert len(page(asked).select(".stadtlabor form[method=post]")) == 1
    assert host.scalar(select(Registration.given_name).order_by(Registration.id).limit(1)) == "Änne"
    answer = press_erase(browser)
    assert answer.status_code == 303
    assert answer.location == f"{HERE}erased"
    after = browser.get(answer.location)
    assert after.status_code == 200
    assert after.headers["Cache-Control"] == "no-store"
    assert "Deine Daten sind gelöscht" in main_text(after)
    assert "Deine Plätze gehen an andere" in main_text(after)
    assert stored.traces(host, ["Yıldız-1", "person1@"]) == []
    assert host.scalar(select(Registration.state)) == "offered"
    assert browser.get(HERE).status_code == 403
    assert host.client().get(link).status_code == 404
    assert host.run("consent", "verify").exit_code == 0
    last = select(ConsentEntry.actor, ConsentEntry.method, ConsentEntry.event).order_by(
        ConsentEntry.seq.desc()
    )
    with host.app.app_context():
        assert "withdrawn" in [row.event for row in host.db.session.execute(last)]
        withdrawn = host.db.session.execute(last.where(ConsentEntry.event == "withdrawn")).one()
        assert (withdrawn.actor, withdrawn.method) == ("subject", "e-mail link")


@pytest.mark.one_database
def test_after_an_erasure_the_browser_knows_nobody_any_more(host: Host) -> None:
    """Neither the link, nor the address that was typed, nor the receipt of a withdrawal."""
    host.load(exchange(open_event()))
    browser = host.client()
    assert fill(browser, FORM, person()).status_code == 303
    browser.get(host.link(host.mails()[-1]))
    subject = str(host.scalar(select(Registration.subject)))
    with browser.session_transaction() as kept:
        kept[RECEIPT] = [subject, 2**33, *kept[OPENED]]
    press_erase(browser)
    with browser.session_transaction() as left:
        words = str(dict(left))
    assert "stadtlabor_erased" in words
    for personal in (subject, "person1@", OPENED, RECEIPT):
        assert personal not in words


@pytest.mark.one_database
def test_where_no_consent_was_asked_for_nothing_stays(host: Host) -> None:
    """Not even a pseudonym; and the pages say no more than is the case."""
    host.load(exchange(open_event(purposes=["privacy"])))
    assert fill(host.client(), FORM, person()).status_code == 303
    browser = host.client()
    browser.get(host.link(host.mails()[-1]))
    for address in ("data", "erase"):
        assert "Verzeichnis der Einwilligungen" not in main_text(browser.get(HERE + address))
    press_erase(browser)
    assert "Nachweis" not in main_text(browser.get(f"{HERE}erased"))
    assert host.scalar(select(ConsentSubject.reference)) is None


@pytest.mark.one_database
def test_a_guardian_acts_for_a_child(host: Host) -> None:
    host.load(exchange(open_event(registration={"ask_age": True})))
    browser = registered(host, under_16="y", guardian_name="Alex")
    press_erase(browser)
    actor = select(ConsentEntry.actor).where(ConsentEntry.event == "withdrawn")
    assert host.scalar(actor) == "guardian"


@pytest.mark.one_database
def test_a_double_click_erases_once_and_says_so(host: Host) -> None:
    """S5: the second answer is the one that the browser shows."""
    host.load(exchange(open_event()))
    browser = registered(host)
    other = host.client()
    cookie = browser.get_cookie("session")
    assert cookie is not None
    other.set_cookie("session", cookie.value)
    asked = browser.get(f"{HERE}erase")
    fields = typed_into(form_on(asked), {})
    cookie = browser.get_cookie("session")
    assert cookie is not None
    other.set_cookie("session", cookie.value)
    assert browser.post(f"{HERE}erase", data=fields).status_code == 303
    again = other.post(f"{HERE}erase", data=fields)
    assert again.status_code == 303
    assert "Deine Daten sind gelöscht" in main_text(other.get(again.location))


@pytest.mark.one_database
def test_a_button_in_an_old_tab_never_erases_somebody_else(host: Host) -> None:
    """Another link was opened meanwhile; without a token nothing happens either (S1)."""
    host.load(exchange(open_event()))
    browser = registered(host)
    asked = browser.get(f"{HERE}erase")
    fill(host.client(), FORM, person(2))
    browser.get(host.link(host.mails()[-1]))
    refused = send(browser, asked)
    assert refused.status_code == 422
    assert page(refused).title.text.startswith("Fehler:")  # type: ignore[union-attr]
    assert browser.post(f"{HERE}erase").status_code == 422
    with host.app.app_context():
        assert len(host.db.session.scalars(select(Registration.id)).all()) == 2


def test_after_the_registration_consents_are_shown_and_can_be_erased(host: Host) -> None:
    """C13: the old link, the answers without a name, and the end of it."""
    host.load(exchange(open_event(retention_days=7)))
    browser = registered(host)
    host.clock.move(days=60)
    assert host.run("retention", "run").exit_code == 0
    seats = host.scalar(select(Event.seats_taken))
    shown = browser.get(f"{HERE}data")
    assert shown.status_code == 200
    assert "Deine Anmeldung ist gelöscht" in main_text(shown)
    assert "Titel photos-website" in main_text(shown)
    document = browser.get(f"{HERE}data.json").get_json()
    assert document["registrations"] == []
    assert [entry["act"] for entry in document["consents"][0]["entries"]] == [
        "requested",
        "given",
        "confirmed",
    ]
    assert len(document["links"]) == 2
    assert browser.get(HERE).status_code == 200
    assert press_erase(browser).status_code == 303
    assert "widerrufen" in main_text(browser.get(f"{HERE}erased"))
    assert host.scalar(select(Event.seats_taken)) == seats == 1


@pytest.mark.one_database
def test_the_page_keeps_its_word_about_how_long(host: Host) -> None:
    """A lapsed registration is due earlier, and the page says when."""
    host.load(exchange(open_event()))
    browser = registered(host, confirm=False)
    host.clock.move(days=3)
    host.mails()
    kept = browser.get(f"{HERE}data.json").get_json()["registrations"][0]["kept_until"]
    assert kept == "2026-03-11T09:00:00Z"
    host.clock.now = host.clock().replace(day=11) - timedelta(seconds=1)
    host.run("retention", "run")
    assert host.scalar(select(Registration.id)) == 1
    host.clock.move(seconds=1)
    host.run("retention", "run")
    assert host.scalar(select(Registration.id)) is None


@pytest.mark.one_database
def test_a_stranger_sees_nothing_of_it(host: Host) -> None:
    host.load(exchange(open_event()))
    registered(host)
    stranger = host.client()
    for address in ("data", "data.json", "erase"):
        assert stranger.get(HERE + address).status_code == 403
    assert stranger.post(f"{HERE}erase").status_code == 403
    assert stranger.get(f"{HERE}erased").location == "/stadtlabor/de/"


@pytest.mark.one_database
def test_the_session_keeps_nothing_of_whom_it_was(host: Host) -> None:
    """The address that the form left there goes too."""
    host.load(exchange(open_event()))
    browser = host.client()
    fill(browser, FORM, person())
    browser.get(host.link(host.mails()[-1]))
    press_erase(browser)
    with browser.session_transaction() as session:
        assert "person1@buerger.example" not in str(dict(session))
        assert "stadtlabor_link" not in session

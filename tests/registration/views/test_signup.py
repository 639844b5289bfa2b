"""Somebody registers: what the form asks, what it answers, what is written."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from flask_stadtlabor.consent.models import ConsentEntry
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.models import Registration
from tests.events.desk import statements
from tests.factories import PHOTOS, event, exchange, open_event, person, purpose, question
from tests.forms import fill, form_on, page, send, typed_into
from tests.host import Host

FORM = "/stadtlabor/de/events/plattform/register"


def states(host: Host) -> list[str]:
    with host.app.app_context():
        return list(host.db.session.scalars(select(Registration.state).order_by(Registration.id)))


def acts(host: Host) -> list[str]:
    with host.app.app_context():
        return list(host.db.session.scalars(select(ConsentEntry.event).order_by(ConsentEntry.seq)))


@pytest.mark.one_database
def test_a_registration_holds_seats_and_asks_for_the_address_by_mail(host: Host) -> None:
    host.load(exchange(open_event()))
    answer = fill(host.client(), FORM, person(party_size=3))
    assert answer.status_code == 303
    assert states(host) == ["held"]
    assert host.scalar(select(Event.seats_taken)) == 3
    (mail,) = host.mails()
    assert mail["To"] == "person1@buerger.example"
    assert host.link(mail)


def test_a_registration_takes_nine_statements_and_records_the_text_in_force(host: Host) -> None:
    """Also the first after a publication, which reads the texts once more (C6)."""
    host.load(exchange(open_event()))
    assert fill(host.client(), FORM, person(1)).status_code == 303

    def taken(number: int) -> int:
        browser = host.client()
        data = typed_into(form_on(browser.get(FORM)), person(number))
        with statements(host) as seen:
            assert browser.post(FORM, data=data).status_code == 303
        # SQLite tells of a statement once more where a trigger looks at it
        return sum(one.startswith(("SELECT", "INSERT", "UPDATE")) for one in set(seen))

    assert taken(2) == 9
    host.load(exchange(open_event(), purposes=[purpose(PHOTOS, text={"de": "Neu.", "en": "New."})]))
    assert taken(3) == 9
    with host.app.app_context():
        entries = host.db.session.scalars(select(ConsentEntry).order_by(ConsentEntry.seq))
        assert [entry.text_version for entry in entries] == [1, 1, 2]


@pytest.mark.one_database
def test_the_mailed_link_confirms_only_by_a_button(host: Host) -> None:
    """S1: a mail scanner that follows the link changes nothing."""
    host.load(exchange(open_event()))
    fill(host.client(), FORM, person())
    browser = host.client()
    opened = browser.get(host.link(host.mails()[0]))
    assert opened.status_code in (302, 303)
    assert opened.location.endswith("/stadtlabor/de/registration/")
    assert states(host) == ["held"]
    assert fill(browser, opened.location, action="/confirm").status_code == 303
    assert states(host) == ["confirmed"]
    confirmed = host.mails()[1]
    parts = {part.get_content_type() for part in confirmed.walk()}
    assert {"text/plain", "text/html", "text/calendar"} <= parts


def test_without_confirmation_by_mail_the_seat_is_taken_at_once(host: Host) -> None:
    host.load(exchange(open_event(registration={"confirm_by_email": False})))
    fill(host.client(), FORM, person())
    assert states(host) == ["confirmed"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("given_name", ""),
        ("given_name", "a" * 201),
        ("family_name", "two\nlines"),
        ("email", ""),
        ("email", "nobody"),
        ("party_size", "0"),
        ("party_size", "5"),
        ("party_size", "many"),
        (f"consent-{PHOTOS}", "perhaps"),
        ("question-food", "c"),
        ("question-hobbies", ["a", "c"]),
        ("question-wish", ""),
        ("question-story", "x" * 5001),
        ("question-first", "maybe"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_lost(host: Host, field: str, value: object) -> None:
    """A4, A5: the form comes back with the words at the field and what was typed."""
    host.load(
        exchange(
            open_event(
                registration={
                    "questions": [
                        question("food", "choice"),
                        question("hobbies", "choices"),
                        question("wish", "text", required=True),
                        question("story", "long"),
                        question("first", "yes-no"),
                    ]
                }
            )
        )
    )
    typed = {**person(), "question-wish": "Mehr Bäume", "question-story": "Es war einmal …"}
    answer = fill(host.client(), FORM, {**typed, field: value})
    assert answer.status_code == 422
    wrong = page(answer).select_one(f'[name="{field}"]')
    assert wrong is not None
    assert page(answer).select_one('[role="alert"]') is not None
    kept = {name: text for name, text in typed.items() if name != field}
    for name, text in kept.items():
        shown = page(answer).select_one(f'[name="{name}"]')
        assert shown is not None
        assert text in (shown.get("value"), shown.get_text().strip())
    assert states(host) == []
    assert host.mails() == []


@pytest.mark.one_database
def test_every_field_wrong_names_each(host: Host) -> None:
    host.load(exchange(open_event(registration={"ask_age": True})))
    answer = fill(
        host.client(),
        FORM,
        {
            "given_name": "",
            "family_name": "",
            "email": "@",
            "party_size": "-1",
            "under_16": "y",
            "guardian_name": "",
            f"consent-{PHOTOS}": "x",
        },
    )
    assert answer.status_code == 422
    summary = page(answer).select('[role="alert"] a')
    assert len(summary) == 5


@pytest.mark.one_database
def test_no_consent_is_needed_and_none_is_marked(host: Host) -> None:
    """C1, C2, C3: unanswered is an answer of its own."""
    host.load(exchange(open_event()))
    form = page(host.client().get(FORM))
    choices = form.select(f'input[name="consent-{PHOTOS}"]')
    assert [choice["value"] for choice in choices] == ["given", "refused"]
    assert not any(choice.has_attr("checked") or choice.has_attr("required") for choice in choices)
    assert fill(host.client(), FORM, person()).status_code == 303
    assert acts(host) == ["requested"]


@pytest.mark.one_database
@pytest.mark.parametrize("answer", ["given", "refused"])
def test_the_answer_to_the_consent_question_is_in_the_ledger(host: Host, answer: str) -> None:
    """C3, C8."""
    host.load(exchange(open_event()))
    fill(host.client(), FORM, {**person(), f"consent-{PHOTOS}": answer})
    assert acts(host) == ["requested", answer]


def test_a_guardian_answers_for_a_child(host: Host) -> None:
    """C12: an age band and no date of birth; the guardian is the actor."""
    host.load(exchange(open_event(registration={"ask_age": True})))
    child = {**person(), "under_16": "y", f"consent-{PHOTOS}": "given"}
    assert fill(host.client(), FORM, child).status_code == 422
    assert fill(host.client(), FORM, {**child, "guardian_name": "Ayşe Yıldız"}).status_code == 303
    given = select(ConsentEntry.actor).where(ConsentEntry.event == "given")
    assert host.scalar(given) == "guardian"
    assert host.scalar(select(Registration.is_under_age)) is True


def test_the_privacy_notice_is_recorded_as_shown(host: Host) -> None:
    """C4."""
    host.load(exchange(open_event(purposes=["privacy"]), open_event("ohne", purposes=[])))
    fill(host.client(), FORM, person())
    fill(host.client(), "/stadtlabor/en/events/ohne/register", person())
    with host.app.app_context():
        shown = host.db.session.scalars(
            select(Registration.privacy_shown).order_by(Registration.id)
        ).all()
    assert shown == ["privacy/1/de", "/datenschutz"]


@pytest.mark.one_database
def test_a_repeat_writes_nothing_and_sends_the_link_again(host: Host) -> None:
    """S2, S5: the same answer for a known and an unknown address."""
    host.load(exchange(open_event()))
    first = fill(host.client(), FORM, person())
    host.mails()
    second = fill(host.client(), FORM, person(email="PERSON1@buerger.example"))
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert states(host) == ["held"]
    assert host.scalar(select(func.count()).select_from(ConsentEntry)) == 1
    assert len(host.mails()) == 2
    assert host.link(host.mails()[1])


@pytest.mark.one_database
def test_a_full_event_puts_people_on_the_waiting_list(host: Host) -> None:
    host.load(exchange(open_event(registration={"capacity": 1})))
    fill(host.client(), FORM, person(1))
    assert fill(host.client(), FORM, person(2)).status_code == 303
    assert states(host) == ["held", "waiting"]
    assert host.scalar(select(Event.seats_taken)) == 1


@pytest.mark.one_database
def test_a_smaller_party_does_not_go_past_those_who_wait(host: Host) -> None:
    """S6: the seat that is free is not enough for those who wait, and is kept for them."""
    host.load(exchange(open_event(registration={"capacity": 2})))
    fill(host.client(), FORM, person(1))
    fill(host.client(), FORM, person(2, party_size=2))
    fill(host.client(), FORM, person(3))
    assert states(host) == ["held", "waiting", "waiting"]
    assert host.scalar(select(Event.seats_taken)) == 1


@pytest.mark.one_database
def test_a_full_event_without_a_waiting_list_refuses_with_the_form(host: Host) -> None:
    host.load(exchange(open_event(registration={"capacity": 1, "waiting_list": False})))
    browser = host.client()
    form = browser.get(FORM)
    fill(host.client(), FORM, person(1))
    answer = send(browser, form, person(2))
    assert answer.status_code == 409
    assert 'value="person2@buerger.example"' in answer.text
    assert states(host) == ["held"]


@pytest.mark.one_database
def test_a_party_larger_than_what_is_left_learns_that_a_smaller_one_may_fit(host: Host) -> None:
    """S16: but not how many seats there are."""
    host.load(exchange(open_event(registration={"capacity": 3, "waiting_list": False})))
    fill(host.client(), FORM, person(2, party_size=2))
    answer = fill(host.client(), FORM, person(party_size=2))
    assert answer.status_code == 409
    told = page(answer).select_one('[role="alert"]').get_text()
    assert "nicht genug Plätze" in told
    assert not any(sign.isdigit() for sign in told)


@pytest.mark.one_database
@pytest.mark.parametrize(
    "changes",
    [
        {"registration": {"opens_at": "2026-04-01T08:00"}},
        {"registration": {"closes_at": "2026-03-01T08:00"}},
        {"status": "cancelled"},
        {"status": "postponed"},
        {"starts_at": "2026-02-01T10:00", "ends_at": "2026-02-01T11:00"},
    ],
)
def test_outside_the_window_a_sent_form_is_refused(host: Host, changes: dict) -> None:
    host.load(exchange(open_event()))
    browser = host.client()
    form = browser.get(FORM)
    host.load(exchange(open_event(**changes)))
    answer = send(browser, form, person())
    assert answer.status_code == 409
    assert states(host) == []


@pytest.mark.one_database
def test_before_registration_opens_the_page_says_when_it_does(host: Host) -> None:
    host.load(exchange(open_event(registration={"opens_at": "2026-04-01T08:00"})))
    words = page(host.client().get(FORM)).select_one(".sl-lead").get_text()
    assert (
        words.replace("\xa0", " ")
        == "Die Anmeldung öffnet am Mittwoch, 1. April 2026, um 08:00 Uhr."
    )


@pytest.mark.one_database
def test_an_event_without_registration_has_no_form(host: Host) -> None:
    host.load(exchange(event()))
    assert host.client().get(FORM).status_code == 404


@pytest.mark.one_database
def test_an_expired_hold_frees_its_seat_and_its_consents_never_count(host: Host) -> None:
    """C7: an expired hold adds ``invalidated``."""
    host.load(exchange(open_event(registration={"capacity": 1})))
    fill(host.client(), FORM, {**person(1), f"consent-{PHOTOS}": "given"})
    fill(host.client(), FORM, person(2))
    host.mails()
    host.clock.move(hours=49)
    host.mails()
    assert states(host) == ["expired", "offered"]
    assert acts(host)[-1] == "invalidated"


@pytest.mark.one_database
def test_an_expired_hold_is_seen_by_the_next_who_registers(host: Host) -> None:
    host.load(exchange(open_event(registration={"capacity": 1, "waiting_list": False})))
    fill(host.client(), FORM, person(1))
    host.mails()
    host.clock.move(hours=49)
    browser = host.client()
    fill(browser, "/stadtlabor/de/events/plattform/register", person(2))
    assert states(host) == ["expired", "held"]


@pytest.mark.one_database
def test_the_page_after_the_form_says_the_address_once(host: Host) -> None:
    """Whoever sits at the same computer next does not read it by going back."""
    host.load(exchange(open_event()))
    client = host.client()
    answer = fill(client, "/stadtlabor/de/events/plattform/register", person())
    address = person()["email"]
    assert address in client.get(answer.location).text
    again = client.get(answer.location)
    assert again.status_code == 200
    assert address not in again.text
    assert "Adresse, die du angegeben hast" in again.text

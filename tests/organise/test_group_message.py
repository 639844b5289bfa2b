"""Staff writes to a group of those who have registered."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from flask_stadtlabor import Action, Actor
from flask_stadtlabor.events.history_models import EventDeed
from flask_stadtlabor.outbox.models import OutboxMail
from flask_stadtlabor.registration.jobs import group_messages
from flask_stadtlabor.registration.models import DeskNotice, GroupMessage, Registration
from flask_stadtlabor.registration.operations import group_message
from tests.factories import exchange, open_event, question
from tests.forms import fields_of, form_on, page, press, send
from tests.host import Host
from tests.organise.staff import DESK, HERE, fill_event, register, staff_of, words_of
from tests.waiting import PATIENCE

WRITE = f"{HERE}message"
GERMAN = {
    "subject.de": "Bitte bring einen Stift mit",
    "text.de": "Es gibt **Kaffee**.\n\n- Tee\n- Saft",
}
ENGLISH = {"subject.en": "Please bring a pen", "text.en": "There is [coffee](https://a.example)."}
BOTH = {**GERMAN, **ENGLISH}
NOTICES = select(func.count(DeskNotice.id)).where(DeskNotice.kind == "message")
TOLD = select(func.count(DeskNotice.registration_id.distinct())).where(DeskNotice.kind == "message")


def post(staff: FlaskClient, **fields: Any) -> TestResponse:
    """A POST of the form, with the token of its page."""
    token = fields_of(form_on(staff.get(WRITE)))
    return staff.post(WRITE, data={"csrf_token": token["csrf_token"], **fields})


def mails_of_message(host: Host) -> list[Any]:
    return [mail for mail in host.mails() if "Stift" in mail["Subject"] or "pen" in mail["Subject"]]


def text_of(mail: Any) -> str:
    """The text of a mail, with the person's name and link as a preview has them."""
    text = mail.get_body(("plain",)).get_content()
    text = re.sub(r"(/registration/)\S{32}(?=\s)", r"\1example", text.replace("\r", ""))
    return text.replace("Änne", "Kim").replace("\N{NO-BREAK SPACE}", " ")


def answer_of(answer: TestResponse) -> str:
    return page(answer).get_text(" ", strip=True).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"state": ""},
        {"language": ""},
        {"state": "cancelled"},
        {"state": "x"},
        {"answer-weg": "a", "state": "active"},
    ],
)
def test_without_a_group_nothing_is_sent(host: Host, fields: dict[str, str]) -> None:
    """Neither with one that is not offered, which would else be everybody."""
    host.load(exchange(open_event()))
    register(host)
    before = len(host.mails())
    answer = post(staff_of(host).client(), people="1", **BOTH, **fields)
    assert answer.status_code == 422
    assert len(host.mails()) == before
    assert host.scalar(select(func.count(GroupMessage.id))) == 0


@pytest.mark.one_database
def test_each_gets_it_once_in_their_language_as_the_preview_said(host: Host) -> None:
    """Case 7: subject, text and date of an English registrant are English."""
    host.load(exchange(open_event()))
    register(host, 1, party_size="2")
    register(host, 2, party_size="2")
    with host.app.app_context():
        host.db.session.execute(
            update(Registration)
            .where(Registration.email == "person2@buerger.example")
            .values(language="en")
        )
        host.db.session.commit()
    host.mails()
    staff = staff_of(host).client()
    look = post(staff, state="confirmed", do="look", **BOTH)
    assert look.status_code == 200
    shown = [each.get_text() for each in page(look).select(".sl-mail-text")]
    assert "Send it to 2 registrations" in answer_of(look)
    assert mails_of_message(host) == []
    sent = post(staff, state="confirmed", people="2", **BOTH)
    assert sent.status_code == 303
    german, english = sorted(mails_of_message(host), key=lambda mail: str(mail["Content-Language"]))
    assert (german["To"], english["To"]) == ("person1@buerger.example", "person2@buerger.example")
    assert [text_of(german).strip(), text_of(english).strip()] == [
        each.replace("\N{NO-BREAK SPACE}", " ").strip() for each in shown
    ]
    assert "Mittwoch, 22. April 2026" in text_of(german)
    assert "Wednesday, 22 April 2026" in text_of(english)
    assert "coffee (https://a.example)" in text_of(english)
    html = german.get_body(("html",)).get_content()
    assert "<strong>Kaffee</strong>" in html
    assert host.run("outbox", "run").exit_code == 0
    assert len(mails_of_message(host)) == 2
    assert "Written to everybody in the group. 2 of 2 written" in words_of(staff, sent.location)


@pytest.mark.one_database
def test_a_second_press_sends_nothing_twice(host: Host) -> None:
    """The same words to more people, or an hour later, are meant."""
    host.load(exchange(open_event()))
    register(host, 1)
    staff = staff_of(host).client()
    first = post(staff, state="active", people="1", **BOTH)
    second = post(staff, state="active", people="1", **BOTH)
    assert (first.status_code, second.location) == (303, first.location)
    assert len(mails_of_message(host)) == 1
    register(host, 2)
    more = post(staff, state="active", people="2", **BOTH)
    assert more.location != first.location
    assert len(mails_of_message(host)) == 3
    host.clock.move(hours=1)
    assert post(staff, state="active", people="2", **BOTH).location != more.location
    assert len(mails_of_message(host)) == 5


@pytest.mark.one_database
def test_another_number_than_was_shown_is_asked_about_again(host: Host) -> None:
    """Case 3: 142 people shown and 143 when sent."""
    host.load(exchange(open_event()))
    register(host, 1)
    staff = staff_of(host).client()
    for people in ("2", "0", "", "1 ", "x"):
        answer = post(staff, state="active", people=people, **BOTH)
        assert answer.status_code == 409, people
    assert mails_of_message(host) == []
    carried = fields_of(form_on(answer))
    assert (carried["people"], carried["state"], carried["subject.de"]) == (
        "1", "active", GERMAN["subject.de"],
    )  # fmt: skip
    assert "Send it to 1 registration" in answer_of(answer)
    assert post(staff, state="active", people=carried["people"], **BOTH).status_code == 303
    assert len(mails_of_message(host)) == 1


@pytest.mark.one_database
@pytest.mark.parametrize("typed", [{"text.de": "Es gibt Tee."}, {"state": "held"}])
def test_other_words_or_another_group_than_was_shown_is_shown_first(
    host: Host, typed: dict[str, str]
) -> None:
    """Also where the other group has as many people."""
    host.load(exchange(open_event()))
    register(host, 1)
    register(host, 2, confirm=False)
    staff = staff_of(host).client()
    look = post(staff, state="confirmed", do="look", **BOTH)
    again = send(staff, look, typed)
    assert again.status_code == 409
    assert "The page now shows what you wrote last. Nothing has been done" in answer_of(again)
    ((name, value),) = typed.items()
    assert fields_of(form_on(again))[name] == value
    assert host.scalar(select(func.count(GroupMessage.id))) == 0
    assert send(staff, again).status_code == 303


@pytest.mark.one_database
def test_the_group_follows_answers_and_a_language_without_a_text_is_named(host: Host) -> None:
    host.load(exchange(open_event(registration={"questions": [question("woher")]})))
    register(host, 1, **{"question-woher": "Nord"})
    register(host, 2)
    staff = staff_of(host).client()
    query = {"answer-woher": "?any"}
    assert "1 registration German: 1" in words_of(staff, f"{WRITE}?answer-woher=%3Fany")
    missing = post(staff, people="1", **query, **ENGLISH)
    assert missing.status_code == 422
    assert "Write a subject (German)." in answer_of(missing)
    half = post(staff, people="1", **query, **GERMAN, **{"subject.en": "Only this"})
    assert half.status_code == 422
    assert "Write a text (English)." in answer_of(half)
    assert post(staff, people="1", **query, **GERMAN).status_code == 303
    assert [mail["To"] for mail in mails_of_message(host)] == ["person1@buerger.example"]


@pytest.mark.one_database
def test_whoever_has_no_address_is_told_by_staff_each_message_apart(host: Host) -> None:
    host.load(exchange(open_event()))
    fill_event(host, 1)
    staff = staff_of(host).client()
    look = post(staff, state="active", do="look", **BOTH)
    assert "1 of them has no e-mail address and becomes a message to pass on." in answer_of(look)
    assert post(staff, state="active", people="1", **BOTH).status_code == 303
    again = {**BOTH, "subject.de": "Noch etwas", "text.de": "Die Tür ist offen."}
    assert post(staff, state="active", people="1", **again).status_code == 303
    assert host.scalar(NOTICES) == 2
    words = words_of(staff, f"{DESK}notices/")
    for said in ("Bitte bring einen Stift mit", "Es gibt Kaffee.", "Noch etwas", "Die Tür ist"):
        assert said in words


@pytest.mark.one_database
def test_a_trial_goes_to_whoever_writes_it_and_to_nobody_else(host: Host) -> None:
    host.load(exchange(open_event()))
    register(host)
    host.mails()
    staff = staff_of(host)
    assert post(staff.client(), state="active", do="trial", **BOTH).status_code == 422
    other = host.lend(
        policy=lambda *asked: True,
        actor=lambda: Actor("staff:1", "Otto", email="otto@stadt.example"),
        mailer=host.sent.append,
    )
    tried = post(other.client(), state="active", do="trial", **BOTH)
    assert tried.status_code == 200
    assert "A trial is on its way to otto@stadt.example." in answer_of(tried)
    assert {mail["To"] for mail in mails_of_message(host)} == {"otto@stadt.example"}
    assert host.scalar(select(func.count(GroupMessage.id))) == 0


def test_a_large_message_goes_on_in_the_rounds_of_the_worker_each_person_once(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S14: killed after some batches, and with two rounds side by side."""
    host.load(exchange(open_event(registration={"capacity": None})))
    fill_event(host, 30)
    monkeypatch.setattr(group_messages, "BATCH_SIZE", 4)
    monkeypatch.setattr(group_messages, "AT_ONCE", 8)
    staff = staff_of(host).client()
    sent = post(staff, state="active", people="30", **BOTH)
    assert "Being written. 8 of 30 written" in words_of(staff, sent.location)
    # whoever comes later is not in the group that was written to
    fill_event(host, 1)
    if host.database == "sqlite":
        rounds = [host.run("outbox", "run"), host.run("outbox", "run")]
        assert "22 mails of messages to groups written" in rounds[0].stdout
    else:
        _side_by_side(host)
    assert host.scalar(NOTICES) == 30
    assert host.scalar(TOLD) == 30
    assert "Written to everybody in the group. 30 of 30 written" in words_of(staff, sent.location)


def _side_by_side(host: Host) -> None:
    outcomes: list[int] = []

    def run() -> None:
        outcomes.append(host.run("outbox", "run").exit_code)

    rounds = [threading.Thread(target=run) for _ in range(2)]
    for each in rounds:
        each.start()
    for each in rounds:
        each.join(timeout=PATIENCE)
    assert outcomes == [0, 0]


@pytest.mark.one_database
def test_one_who_cannot_be_written_to_stops_none_of_the_others(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S17"""
    host.load(exchange(open_event(registration={"capacity": None})))
    fill_event(host, 6)
    third = host.scalar(select(Registration.id).order_by(Registration.id).offset(2).limit(1))
    write = group_message.send_mail

    def fail(kind: Any, registration: Registration, *rest: Any) -> None:
        if registration.id == third:
            raise RuntimeError
        write(kind, registration, *rest)

    monkeypatch.setattr(group_message, "send_mail", fail)
    staff = staff_of(host).client()
    sent = post(staff, state="active", people="6", **BOTH)
    assert host.run("outbox", "run").exit_code == 0
    assert "Written to everybody in the group. 5 of 6 written" in words_of(staff, sent.location)
    assert host.scalar(NOTICES) == 5


@pytest.mark.one_database
def test_the_trail_says_who_wrote_to_which_group_and_never_to_whom(host: Host) -> None:
    host.load(exchange(open_event()))
    register(host)
    staff = staff_of(host).client()
    assert post(staff, state="confirmed", people="1", **BOTH).status_code == 303
    words = words_of(staff, f"{HERE}history/")
    assert "Message written" in words
    assert "Otto Orga To 1 registration" in words
    about = host.scalar(select(EventDeed.about))
    assert about == {"group": {"state": "confirmed"}, "people": 1, "message": 1}
    without = staff_of(host, without=[Action.WRITE]).client()
    assert "To 1 registration" in words_of(without, f"{HERE}history/")


@pytest.mark.one_database
def test_nobody_is_written_to_about_an_event_that_nobody_sees(host: Host) -> None:
    host.load(exchange(open_event()))
    register(host)
    host.load(exchange(open_event(status="draft")))
    assert post(staff_of(host).client(), state="active", people="1", **BOTH).status_code == 409
    written = select(func.count(OutboxMail.id)).where(OutboxMail.kind == "message")
    assert host.scalar(written) == 0


@pytest.mark.one_database
def test_a_search_is_part_of_the_group_up_to_the_last_mail(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the worker writes it later; what stays says of nobody what was searched for."""
    host.load(exchange(open_event(registration={"capacity": None})))
    register(host, 1, family_name="Laurent")
    register(host, 2, family_name="Laurent-Berg")
    register(host, 3, family_name="Zander")
    host.mails()
    monkeypatch.setattr(group_messages, "AT_ONCE", 0)
    staff = staff_of(host).client()
    link = page(staff.get(f"{HERE}?q=laurent")).find("a", string="Write to these people")
    assert link is not None
    opened = staff.get(str(link["href"]))
    group = "All who come or may yet come · Search for: laurent"
    assert f"{group}: 2 registrations" in answer_of(opened)
    assert fields_of(form_on(opened))["q"] == "laurent"
    look = post(staff, state="active", q="laurent", do="look", **BOTH)
    assert "Send it to 2 registrations" in answer_of(look)
    carried = fields_of(form_on(look))
    assert (carried["q"], carried["people"]) == ("laurent", "2")
    sent = post(staff, state="active", q="laurent", people="2", **BOTH)
    written = select(func.count(OutboxMail.id)).where(OutboxMail.kind == "message")
    assert host.scalar(written) == 0
    assert group in words_of(staff, sent.location)
    assert host.run("outbox", "run").exit_code == 0
    gone = {mail["To"] for mail in mails_of_message(host)}
    assert gone == {"person1@buerger.example", "person2@buerger.example"}
    for address in (sent.location, f"{HERE}history/", f"{DESK}trail/"):
        words = words_of(staff, address)
        assert "Search for: words that are not kept" in words
        assert "laurent" not in words.lower()
    about = host.scalar(select(EventDeed.about))
    assert about["group"] == {"state": "active", "searched": True}
    assert "laurent" not in str(host.scalar(select(GroupMessage.chosen)))


@pytest.mark.one_database
def test_the_same_words_to_another_search_are_another_message(host: Host) -> None:
    host.load(exchange(open_event()))
    register(host, 1, family_name="Laurent")
    register(host, 2, family_name="Zander")
    staff = staff_of(host).client()
    for name in ("laurent", "zander", "laurent"):
        assert post(staff, state="active", q=name, people="1", **BOTH).status_code == 303
    assert sorted(mail["To"] for mail in mails_of_message(host)) == [
        "person1@buerger.example",
        "person2@buerger.example",
    ]


@pytest.mark.one_database
def test_who_has_left_is_not_written_to_and_the_pages_say_so(host: Host) -> None:
    host.load(exchange(open_event()))
    register(host, 1)
    gone = register(host, 2)
    staff = staff_of(host).client()
    button = f"{HERE}registrations/{gone}/"
    press(staff, button, "/cancel")
    why = "Whoever has cancelled, or whose registration has lapsed, is not written to."
    left = staff.get(f"{HERE}?state=cancelled")
    assert page(left).find("a", string="Write to these people") is None
    assert why in answer_of(left)
    assert why in words_of(staff, f"{WRITE}?state=cancelled")
    everybody = page(staff.get(f"{HERE}?state=all")).find("a", string="Write to these people")
    assert everybody is not None
    opened = words_of(staff, str(everybody["href"]))
    assert why in opened
    assert "All who come or may yet come: 1 registration" in opened

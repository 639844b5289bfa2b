"""Art. 16: staff corrects who somebody is and how they are reached, and nothing else changes."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from flask_stadtlabor import Action, Actor, signals
from flask_stadtlabor.consent.models import ConsentEntry
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.outbox.models import OutboxMail
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.registration.ticket_codes import readable
from tests.factories import PHOTOS, exchange, open_event, person
from tests.forms import fill, form_on, page, press, typed_into
from tests.host import Host
from tests.organise.staff import (
    DESK,
    DOOR,
    HERE,
    code_of,
    column,
    register,
    staff_of,
    words_of,
)

MINE = "/stadtlabor/de/registration/"
TICKETS = f"{DESK}tickets/"
NEW = "richtig@buerger.example"


def of(number: int) -> str:
    return f"{HERE}registrations/{number}/"


def correct(staff: FlaskClient, number: int, **changes: Any) -> Any:
    return fill(staff, f"{of(number)}rectify", changes)


def to(host: Host, address: str) -> list[Any]:
    return [mail for mail in host.mails() if mail["To"] == address]


def text_of(mail: Any) -> str:
    """What a mail says, as one line."""
    return " ".join(mail.get_body(("plain",)).get_content().split())


def test_a_name_is_corrected_and_nothing_else_happens(host: Host) -> None:
    host.load(exchange(open_event()))
    number = register(host, **{f"consent-{PHOTOS}": "given"})
    mails, entries = len(host.mails()), host.scalar(select(func.count(ConsentEntry.seq)))
    link = host.link(host.sent[-1])
    staff = staff_of(host).client()
    asked = page(staff.get(f"{of(number)}rectify"))
    assert asked.select_one("[name=given_name]")["value"] == "Änne"  # type: ignore[index]
    assert asked.select("[name=reach], [name=guardian_name]") == []
    answer = correct(staff, number, given_name="Anne", family_name="Neumann")
    assert answer.status_code == 303
    assert "The particulars are corrected." in words_of(staff, answer.location)
    assert "new personal link" not in words_of(staff, answer.location)
    found = [name.text for name in page(staff.get(f"{HERE}?q=neumann")).select("h3 a")]
    assert found == ["Anne Neumann"]
    assert page(staff.get(f"{HERE}?q=yıldız")).select("h3 a") == []
    assert len(host.mails()) == mails
    assert host.client().get(link).status_code == 303
    assert column(host, number, "state") == "confirmed"
    assert host.scalar(select(func.count(ConsentEntry.seq))) == entries
    assert host.run("consent", "verify").exit_code == 0


@pytest.mark.one_database
def test_another_address_gets_the_link_and_the_former_one_loses_it(host: Host) -> None:
    """S3: whoever owns the wrong address sees nothing more, in an open browser neither."""
    host.load(exchange(open_event()))
    number = register(host, party_size=2, **{f"consent-{PHOTOS}": "given"})
    wrong = person()["email"]
    links = [host.link(mail) for mail in to(host, wrong)]
    stranger = host.client()
    stranger.get(links[-1])
    assert stranger.get(MINE).status_code == 200
    staff = staff_of(host).client()
    answer = correct(staff, number, email=NEW)
    assert "on its way to the new address" in words_of(staff, answer.location)
    assert stranger.get(MINE).status_code == 403
    assert [host.client().get(link).status_code for link in links] == [404] * len(links)
    former = len(to(host, wrong))
    (mail,) = to(host, NEW)
    assert "Deine Adresse ist berichtigt" in mail["Subject"]
    theirs = host.client()
    theirs.get(host.link(mail))
    assert "Du bist dabei" in theirs.get(MINE).text
    assert press(theirs, MINE, f"/consents/{PHOTOS}/withdraw").status_code == 303
    assert len(to(host, wrong)) == former
    assert host.scalar(select(Event.seats_taken)) == 2
    assert host.run("consent", "verify").exit_code == 0


def test_a_ticket_in_the_wrong_mailbox_lets_nobody_in(host: Host) -> None:
    """The right mailbox gets the ticket that counts, and both are told."""
    host.load(exchange(open_event()))
    number = register(host, party_size=2)
    former = code_of(host, number)
    staff = staff_of(host).client()
    answer = correct(staff, number, email=NEW)
    news = words_of(staff, answer.location)
    assert "Links, tickets and sheets from before no longer work." in news
    unknown = staff.get(f"{TICKETS}{former}")
    assert unknown.status_code == 404
    assert "its e-mail address may have been corrected" in page(unknown).text
    assert page(staff.get(f"{DOOR}?q={former}")).select("h3 a") == []
    code = code_of(host, number)
    assert staff.get(f"{TICKETS}{code}").status_code in (302, 303)
    (mail,) = to(host, NEW)
    told = text_of(mail)
    assert "Links und Tickets aus der Zeit, als eine andere Adresse dort stand" in told
    assert "Das ist das Ticket für euch alle." in told
    assert readable(code) in told
    assert "image/png" in {part.get_content_type() for part in mail.walk()}
    # a name alone changes no ticket
    correct(staff, number, given_name="Anne")
    assert code_of(host, number) == code


@pytest.mark.one_database
def test_whoever_needs_no_ticket_is_told_of_none(host: Host) -> None:
    """Those who wait, and those whose event is over."""
    host.load(exchange(open_event(registration={"capacity": 1})))
    coming, waiting = register(host, 1), register(host, 2, confirm=False)
    staff = staff_of(host).client()
    correct(staff, waiting, email=NEW)
    host.clock.move(days=60)
    correct(staff, coming, email="zwei@buerger.example")
    for address in (NEW, "zwei@buerger.example"):
        (mail,) = (mail for mail in to(host, address) if "berichtigt" in mail["Subject"])
        assert "Links, die an eine andere Adresse gingen, gelten nicht mehr." in text_of(mail)
        assert "Ticket" not in text_of(mail)
        assert "image/png" not in {part.get_content_type() for part in mail.walk()}


def test_mail_that_waits_for_the_wrong_address_is_not_sent(host: Host) -> None:
    host.load(exchange(open_event()))
    number = register(host, confirm=False)
    with host.app.app_context():
        assert host.db.session.scalar(select(OutboxMail.recipient)) == person()["email"]
    correct(staff_of(host).client(), number, email=NEW)
    assert [mail["To"] for mail in host.mails()] == [NEW]


@pytest.mark.one_database
def test_a_hold_begins_anew_for_somebody_who_never_heard_of_it(host: Host) -> None:
    """Their seats are theirs once they confirm, by the new address."""
    host.load(exchange(open_event()))
    number = register(host, confirm=False)
    host.mails()
    host.clock.move(hours=47)
    correct(staff_of(host).client(), number, email=NEW)
    (mail,) = to(host, NEW)
    host.clock.move(hours=47)
    host.mails()
    assert column(host, number, "state") == "held"
    theirs = host.client()
    theirs.get(host.link(mail))
    press(theirs, MINE, "/confirm")
    assert column(host, number, "state") == "confirmed"


@pytest.mark.one_database
def test_an_address_takes_part_once(host: Host) -> None:
    """The key of event and address goes along: it frees the former, and is refused where taken."""
    host.load(exchange(open_event()))
    first, second = register(host, 1), register(host, 2)
    staff = staff_of(host).client()
    answer = correct(staff, first, given_name="Anne", email=person(2)["email"].upper())
    assert answer.status_code == 409
    assert page(answer).title.text.startswith("Error:")  # type: ignore[union-attr]
    assert "registered for this event by another registration" in answer.text
    assert 'value="Anne"' in answer.text
    assert column(host, first, "given_name") == "Änne"
    press(staff, of(second), "/cancel")
    assert correct(staff, first, email=person(2)["email"]).status_code == 303
    register(host, 1)
    before = host.scalar(select(func.count(Registration.id)))
    fill(host.client(), "/stadtlabor/de/events/plattform/register", person(2))
    assert host.scalar(select(func.count(Registration.id))) == before


@pytest.mark.one_database
def test_the_same_address_for_another_event_does_not_matter(host: Host) -> None:
    host.load(exchange(open_event(), open_event("zweiter")))
    number = register(host)
    register(host, email=NEW, slug="zweiter")
    assert correct(staff_of(host).client(), number, email=NEW).status_code == 303


@pytest.mark.one_database
def test_somebody_who_gave_no_address_gets_one_and_keeps_their_sheet(host: Host) -> None:
    host.load(exchange(open_event()))
    staff = staff_of(host).client()
    desk = {"given_name": "Ilse", "family_name": "Brockhoff", "reach": "0234 4711"}
    fill(staff, f"{HERE}register", desk)
    number = int(host.scalar(select(Registration.id)))
    sheet = page(press(staff, of(number), "/sheet")).select_one(".sl-address")
    code = code_of(host, number)
    assert correct(staff, number, reach="0234 4712").status_code == 303
    assert column(host, number, "reach") == "0234 4712"
    news = words_of(staff, correct(staff, number, email=NEW).location)
    assert "on its way to the new address" in news
    assert "no longer work" not in news
    assert code_of(host, number) == code
    assert len(to(host, NEW)) == 1
    assert host.client().get(sheet.text.partition("example")[2]).status_code == 303  # type: ignore[union-attr]


@pytest.mark.one_database
def test_the_guardian_of_a_child_is_corrected_and_never_left_out(host: Host) -> None:
    host.load(exchange(open_event(registration={"ask_age": True})))
    number = register(host, under_16="y", guardian_name="Alex")
    staff = staff_of(host).client()
    assert correct(staff, number, guardian_name="Alexandra").status_code == 303
    assert column(host, number, "guardian_name") == "Alexandra"
    answer = correct(staff, number, guardian_name="", given_name="", email="no address")
    assert answer.status_code == 422
    problems = page(answer).select_one(".sl-errors")
    assert problems is not None
    assert len(problems.select("a")) == 3
    answer = correct(staff, number, email="")
    assert "Enter the e-mail address." in answer.text


@pytest.mark.one_database
def test_an_ended_registration_is_corrected_too(host: Host) -> None:
    """What is stored has to be right as long as it is stored."""
    host.load(exchange(open_event()))
    number = register(host)
    staff = staff_of(host).client()
    press(staff, of(number), "/cancel")
    assert correct(staff, number, email=NEW).status_code == 303
    assert column(host, number, "active_key") is None
    assert "Deine Adresse ist berichtigt" in to(host, NEW)[0]["Subject"]
    register(host)


@pytest.mark.one_database
def test_a_stranger_cannot_keep_staff_from_correcting_an_address(host: Host) -> None:
    """S4: what staff has sent is not counted with what strangers cause."""
    host.load(exchange(open_event()))
    number = register(host, confirm=False)
    limits = {"mail-address": "1 per day"}
    ports = {
        "policy": lambda *_: True,
        "actor": lambda: Actor("staff:1"),
        "mailer": host.sent.append,
    }
    portal = host.make(ports=ports, STADTLABOR_RATE_LIMITS=limits)
    for _ in range(3):
        fill(portal.client(), "/stadtlabor/de/registration/send-link", email=NEW)
    assert correct(portal.client(), number, email=NEW).status_code == 303
    host.sent.clear()
    portal.run("outbox", "run")
    assert NEW in [mail["To"] for mail in host.sent]


@pytest.mark.one_database
def test_a_host_hears_of_a_correction(host: Host) -> None:
    host.load(exchange(open_event()))
    number = register(host)
    portal = staff_of(host)
    heard: list[frozenset[str]] = []

    def hear(sender: object, changes: frozenset[str], **values: object) -> None:
        heard.append(changes)

    with signals.registration_changed.connected_to(hear, portal.app):
        correct(portal.client(), number, family_name="Neu")
        correct(portal.client(), number)
    assert heard == [{"family_name"}]


@pytest.mark.one_database
def test_an_old_page_loses_nothing_that_was_typed(host: Host) -> None:
    """S1."""
    host.load(exchange(open_event()))
    number = register(host)
    staff = staff_of(host).client()
    form = form_on(staff.get(f"{of(number)}rectify"))
    fields = typed_into(form, {"given_name": "Anne", "csrf_token": "old"})
    answer = staff.post(f"{of(number)}rectify", data=fields)
    assert answer.status_code == 422
    assert 'value="Anne"' in answer.text
    assert column(host, number, "given_name") == "Änne"


@pytest.mark.one_database
def test_it_takes_the_right_to_read_and_what_a_link_shows_too(host: Host) -> None:
    """S12: support needs stand behind the link that a corrected address gets."""
    host.load(exchange(open_event(registration={"ask_support": True})))
    plain, needy = register(host, 1), register(host, 2, support_needs="Schriftmittlung")
    blind = staff_of(host, without=[Action.SEE_REGISTRATIONS]).client()
    assert blind.get(f"{of(plain)}rectify").status_code == 403
    staff = staff_of(host, without=[Action.SEE_SUPPORT_NEEDS]).client()
    assert staff.get(f"{of(plain)}rectify").status_code == 200
    assert staff.get(f"{of(needy)}rectify").status_code == 403
    here = staff.get(of(needy)).text
    assert "rectify" not in here
    assert "Somebody who may read what they need" in here


@pytest.mark.one_database
def test_self_service_says_whom_to_ask(host: Host) -> None:
    """A consent must not pass to another name, so that nobody changes theirs."""
    host.load(exchange(open_event(contact={"name": "Team", "email": "team@stadt.example"})))
    register(host)
    browser = host.client()
    browser.get(host.link(host.sent[-1]))
    shown = page(browser.get(f"{MINE}change"))
    assert shown.select("[name=given_name], [name=email]") == []
    assert "kann das nur das Team berichtigen" in shown.text
    assert shown.select_one("main a[href='mailto:team@stadt.example']") is not None

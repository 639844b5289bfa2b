"""No mail says anything about a person who was erased, whoever erased them and how."""

from __future__ import annotations

import json
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import func, select, update

from flask_stadtlabor.outbox.models import MailState, OutboxMail
from flask_stadtlabor.outbox.operations import enqueue_deferred
from flask_stadtlabor.privacy.people import find_person
from flask_stadtlabor.registration.locks import lock_registration
from flask_stadtlabor.registration.models import AccessToken, Registration
from flask_stadtlabor.registration.operations.correction import correct
from flask_stadtlabor.registration.requests import PersonDetails
from flask_stadtlabor.registration.seen import mark_of_stored
from flask_stadtlabor.transactions import commit
from tests import factories
from tests.forms import fill, press
from tests.host import Host
from tests.outbox.letters import rows
from tests.participation.people import ask, link_in
from tests.privacy import stored

HERE = "/stadtlabor/de/registration/"
ASK = f"{HERE}send-link"
EMAIL = factories.person()["email"]


class Server:
    """A mail server that refuses everybody for now, until it is mended."""

    def __init__(self) -> None:
        self.is_mended = False
        self.arrived: list[EmailMessage] = []

    def __call__(self, message: EmailMessage) -> None:
        """Take the message, or not."""
        if not self.is_mended:
            raise ConnectionRefusedError
        self.arrived.append(message)


@pytest.fixture
def server(host: Host) -> Server:
    """Somebody has registered for two events, and then asked for their links in vain."""
    host.load(
        factories.exchange(
            factories.open_event("erstes", title="Das Erste"),
            factories.open_event("zweites", title="Das Zweite"),
        )
    )
    return Server()


def portal_of(host: Host, mailer: Callable[[EmailMessage], None]) -> Host:
    """The same portal with another mailer."""
    portal = host.make(ports={"mailer": mailer})
    portal.clock = host.clock
    return portal


def register(host: Host, slug: str, **changes: Any) -> str:
    """The path of the personal link that comes of it."""
    person = factories.person() | changes
    form = f"/stadtlabor/de/events/{slug}/register"
    assert fill(host.client(), form, person).status_code == 303
    return host.link(host.mails()[-1])


def ask_for_links(host: Host, server: Server, email: str = EMAIL) -> Host:
    """A portal whose mail server is away, and which has written the mail with the links."""
    away = portal_of(host, server)
    assert fill(away.client(), ASK, email=email).status_code == 303
    away.run("outbox", "run")
    assert rows(host)[-1].message is not None
    return away


def erase(host: Host, link: str) -> None:
    browser = host.client()
    assert browser.get(link).status_code == 303
    assert press(browser, f"{HERE}erase", "/erase").status_code == 303


def later(away: Host, server: Server) -> list[EmailMessage]:
    """The mails that leave once the server is back."""
    server.is_mended = True
    away.clock.move(hours=1)

    assert away.run("outbox", "run").exit_code == 0
    return server.arrived


def words(message: EmailMessage) -> str:
    return str(message.get_body(("plain",)).get_content())  # type: ignore[union-attr]


@pytest.mark.one_database
def test_who_erases_themself_by_their_link_leaves_no_mail_with_their_links(
    host: Host, server: Server
) -> None:
    """Art. 17 GDPR: neither its address nor its words stay, and it is never sent."""
    link = register(host, "erstes")
    away = ask_for_links(host, server)
    erase(host, link)
    assert stored.traces(host, [EMAIL, "Das Erste".replace(" ", "_")]) == []
    assert not any(mail.recipient or mail.address_key for mail in rows(host))
    assert later(away, server) == []


@pytest.mark.one_database
def test_what_the_address_has_besides_is_told_without_what_is_erased(
    host: Host, server: Server
) -> None:
    """The mail that was rendered becomes a deferred one again."""
    link = register(host, "erstes")
    register(host, "zweites")
    away = ask_for_links(host, server)
    before = rows(host)[-1].message_id
    erase(host, link)
    assert rows(host)[-1].message is None
    (message,) = later(away, server)
    assert "Das Zweite" in words(message)
    assert "Das Erste" not in words(message)
    assert message["Message-ID"] != before


def test_so_does_a_mail_that_was_given_up(host: Host, server: Server) -> None:
    link = register(host, "erstes")
    register(host, "zweites")
    away = ask_for_links(host, server)
    with host.app.app_context():
        host.db.session.execute(update(OutboxMail).values(state=MailState.GIVEN_UP))
        host.db.session.commit()
    erase(host, link)
    away.run("outbox", "retry")
    (message,) = later(away, server)
    assert "Das Erste" not in words(message)


@pytest.mark.one_database
def test_a_promise_to_somebody_who_is_erased_sends_nothing(host: Host, server: Server) -> None:
    link = register(host, "erstes")
    away = portal_of(host, server)
    fill(away.client(), ASK, email=EMAIL)
    erase(host, link)
    assert not any(mail.recipient for mail in rows(host))
    assert later(away, server) == []


@pytest.mark.one_database
def test_a_link_for_taking_part_leaves_all_the_same(host: Host, server: Server) -> None:
    """It is not about registrations: somebody wrote a text that waits for it."""
    link = register(host, "erstes")
    away = portal_of(host, server)
    assert ask(away, EMAIL).status_code == 303
    erase(host, link)
    assert [link_in(mail) is not None for mail in later(away, server)] == [True]


@pytest.mark.one_database
@pytest.mark.parametrize("fails", [False, True], ids=["taken", "refused"])
def test_erasing_while_a_worker_is_sending_the_mail(host: Host, fails: bool) -> None:
    """What is on its way already cannot be called back; nothing of it is kept or sent again."""
    host.load(
        factories.exchange(
            factories.open_event("erstes", title="Das Erste"),
            factories.open_event("zweites", title="Das Zweite"),
        )
    )
    link = register(host, "erstes")
    register(host, "zweites")
    arrived: list[EmailMessage] = []

    def mailer(message: EmailMessage) -> None:
        if not arrived:
            erase(host, link)
        arrived.append(message)
        if fails and len(arrived) == 1:
            raise ConnectionResetError

    portal = portal_of(host, mailer)
    fill(portal.client(), ASK, email=EMAIL)
    # and whoever stands behind it in the queue is not kept waiting
    other = factories.person(2)["email"]
    with portal.app.app_context():
        enqueue_deferred(kind="links", recipient=other)
        portal.db.session.commit()
    portal.run("outbox", "run")
    portal.clock.move(hours=1)
    portal.run("outbox", "run")
    assert ["Das Erste" in words(message) for message in arrived] == (
        [True, False] if fails else [True]
    )
    assert not any(mail.recipient or mail.message for mail in rows(host))


@pytest.mark.parametrize("is_written", [True, False], ids=["written", "promised"])
def test_retention_takes_the_mail_with_the_registration(
    host: Host, server: Server, is_written: bool
) -> None:
    """C13: what is past its time is told of no more."""
    register(host, "erstes")
    away = portal_of(host, server)
    host.clock.move(days=145)
    with host.app.app_context():
        enqueue_deferred(kind="links", recipient=EMAIL)
        host.db.session.commit()
        if is_written:
            host.db.session.execute(
                update(OutboxMail)
                .where(OutboxMail.recipient.is_not(None))
                .values(message="Subject: Das Erste\r\n\r\n")
            )
            host.db.session.commit()
    assert host.run("retention", "run").exit_code == 0
    assert host.scalar(select(func.count(Registration.id))) == 0
    assert not any(mail.recipient for mail in rows(host))
    assert later(away, server) == []


@pytest.mark.one_database
def test_a_mail_whose_registration_goes_while_it_is_sent_stops_nothing(host: Host) -> None:
    """S17: the worker finds its mail gone, and goes on."""
    host.load(factories.exchange(factories.open_event("erstes")))
    person = factories.person()
    arrived: list[EmailMessage] = []

    def mailer(message: EmailMessage) -> None:
        arrived.append(message)
        if len(arrived) == 1:
            assert host.run("person", "erase", person["email"], "--yes").exit_code == 0

    portal = portal_of(host, mailer)
    for number in (1, 2):
        fill(
            portal.client(),
            "/stadtlabor/de/events/erstes/register",
            factories.person(number),
        )
    assert portal.run("outbox", "run").exit_code == 0
    assert [message["To"] for message in arrived] == [
        factories.person(number)["email"] for number in (1, 2)
    ]


@pytest.mark.parametrize("typed", ["ÄNNE@bücher.example", "änne@BÜCHER.example"])
def test_an_address_is_found_in_any_case_on_every_engine(host: Host, typed: str) -> None:
    """Art. 15 and 17 GDPR: beyond ASCII, too, and by the domain's other spelling (RFC 5891)."""
    address = "Änne@xn--bcher-kva.example"
    with host.app.app_context():
        enqueue_deferred(kind="links", recipient=address)
        event = stored.add_event(host, host.clock())
        stored.add_person(host, event, email=address)
        stored.add_person(host, event, email="anne@xn--bcher-kva.example")
        host.db.session.commit()
        person = find_person(typed)
        assert person is not None
        assert len(person.registrations) == 1
    data = json.loads(host.run("person", "export", typed).stdout)
    assert [mail["kind"] for mail in data["mails"]] == ["links"]
    assert host.run("person", "erase", typed, "--yes").exit_code == 0
    assert rows(host) == []
    assert host.scalar(select(Registration.email)) == "anne@xn--bcher-kva.example"


@pytest.mark.one_database
def test_an_address_is_found_after_the_secret_was_changed(host: Host, server: Server) -> None:
    """By SECRET_KEY_FALLBACKS, for as long as the host names them."""
    register(host, "erstes")
    fill(host.client(), ASK, email=EMAIL)
    renewed = host.make(
        SECRET_KEY="another one", SECRET_KEY_FALLBACKS=[host.app.config["SECRET_KEY"]]
    )
    assert renewed.run("person", "erase", EMAIL.upper(), "--yes").exit_code == 0
    assert stored.traces(host, [EMAIL]) == []


@pytest.mark.one_database
def test_a_correction_of_the_address_takes_it_out_of_the_mail(host: Host, server: Server) -> None:
    """Art. 16 GDPR: whoever has the former address learns nothing of it any more."""
    register(host, "erstes")
    away = ask_for_links(host, server)
    with host.app.app_context():
        registration = host.db.session.scalars(select(Registration)).one()
        right = PersonDetails(
            given_name="Änne",
            family_name="Yıldız",
            email="neu@buerger.example",
            reach=None,
            guardian_name=None,
        )
        seen = mark_of_stored(registration, ["given_name", "family_name", "email"])
        commit(lambda: correct(lock_registration(registration), right, seen=seen))
    assert [mail["To"] for mail in later(away, server)] == ["neu@buerger.example"]


@pytest.mark.one_database
def test_ones_own_page_names_the_mail_and_tells_nothing_of_others(
    host: Host, server: Server
) -> None:
    """Art. 15 GDPR: by one link, of one registration; the words stay with the address."""
    link = register(host, "erstes")
    register(host, "zweites")
    ask_for_links(host, server)
    browser = host.client()
    browser.get(link)
    (mail,) = browser.get(f"{HERE}data.json").get_json()["mails"]
    assert (mail["kind"], mail["recipient"], mail["message"]) == ("links", EMAIL, None)
    everything = json.loads(host.run("person", "export", EMAIL).stdout)
    (known,) = everything["mails"]
    assert "links" in known["kind"]
    assert known["message"]


def test_its_links_end_with_it(host: Host, server: Server) -> None:
    link = register(host, "erstes")
    ask_for_links(host, server)
    erase(host, link)
    assert host.scalar(select(func.count(AccessToken.token_hash))) == 0

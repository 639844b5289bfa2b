"""The mail of a registration is deferred with it, and written when its turn comes."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from sqlalchemy import delete, select, update

from flask_stadtlabor.outbox.models import MailState
from flask_stadtlabor.registration.models import Registration
from tests import factories
from tests.forms import fill
from tests.host import Host
from tests.outbox.letters import row, rows

REGISTER = "/stadtlabor/de/events/plattform/register"
EVENT = factories.open_event()


@pytest.fixture
def registered(host: Host) -> Host:
    """Somebody registered, and no mail has left yet."""
    host.load(factories.exchange(EVENT))
    assert fill(host.client(), REGISTER, factories.person()).status_code == 303
    return host


def put(host: Host, **values: object) -> None:
    with host.app.app_context():
        host.db.session.execute(update(Registration).values(**values))
        host.db.session.commit()


def test_nobody_waits_for_its_words_while_seats_are_locked(registered: Host) -> None:
    deferred = row(registered)
    assert deferred.message is None
    assert deferred.concerns == registered.scalar(select(Registration.subject))
    (mail,) = registered.mails()
    assert registered.client().get(registered.link(mail)).status_code == 303


@pytest.mark.one_database
def test_it_tells_of_the_event_as_it_is_when_the_mail_leaves(registered: Host) -> None:
    registered.load(factories.exchange(EVENT | {"title": "Neuer Titel"}))
    (mail,) = registered.mails()
    assert "Neuer Titel" in mail["Subject"]


@pytest.mark.parametrize("state", ["confirmed", "cancelled", "expired"])
def test_seats_that_are_held_no_longer_are_not_said_to_be(registered: Host, state: str) -> None:
    put(registered, state=state)
    assert registered.mails() == []
    assert [mail.state for mail in rows(registered)] == [MailState.SENT]


def test_an_address_that_was_corrected_gets_no_link(registered: Host) -> None:
    """S3: not even where the mail was on its way to be written."""
    put(registered, email="andere@buerger.example")
    assert registered.mails() == []


@pytest.mark.one_database
def test_nothing_is_told_of_somebody_who_is_erased(registered: Host) -> None:
    with registered.app.app_context():
        registered.db.session.execute(delete(Registration))
        registered.db.session.commit()
    assert registered.mails() == []


@pytest.mark.one_database
def test_a_mail_server_that_is_away_gets_the_same_mail_later(registered: Host) -> None:
    """S14: its words, its link and its Message-ID are found once."""
    away = registered.make(ports={"mailer": refuse})
    away.run("outbox", "run")
    written = row(registered)
    assert written.message is not None
    registered.load(factories.exchange(EVENT | {"title": "Neuer Titel"}))
    registered.clock.move(minutes=2)
    (mail,) = registered.mails()
    assert mail["Message-ID"] == written.message_id
    assert mail.as_bytes() == written.message.encode()


def refuse(message: EmailMessage) -> None:
    raise ConnectionRefusedError

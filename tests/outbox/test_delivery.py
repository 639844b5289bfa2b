"""Each mail of a committed change leaves once, however often it takes (S14)."""

from __future__ import annotations

import logging
import smtplib
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import delete, select

from flask_stadtlabor import signals
from flask_stadtlabor.outbox.deferred import DeferredMail, renderers, set_renderers
from flask_stadtlabor.outbox.delivery import deliver_due
from flask_stadtlabor.outbox.message import compose
from flask_stadtlabor.outbox.models import MailState, OutboxMail
from flask_stadtlabor.outbox.operations import enqueue, enqueue_deferred
from tests.host import Host
from tests.outbox.letters import letter, row, rows, write


class Failing:
    """A mailer that fails until it is mended."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error or ConnectionRefusedError("person1@buerger.example")
        self.tries: list[EmailMessage] = []
        self.is_mended = False

    def __call__(self, message: EmailMessage) -> None:
        self.tries.append(message)
        if not self.is_mended:
            raise self.error


def failing(host: Host, error: BaseException | None = None) -> tuple[Host, Failing]:
    mailer = Failing(error)
    return host.make(ports={"mailer": mailer}), mailer


@pytest.mark.one_database
def test_a_change_that_is_rolled_back_sends_nothing(host: Host) -> None:
    with host.app.app_context():
        enqueue(**letter())
        host.db.session.rollback()
    assert rows(host) == []
    assert host.mails() == []


@pytest.mark.one_database
def test_what_is_personal_is_blanked_on_delivery(host: Host) -> None:
    """S3, C12: the link and the address are no longer needed."""
    write(host)
    host.mails()
    mail = row(host)
    assert (mail.state, mail.sent_at) == (MailState.SENT, host.clock())
    assert (mail.recipient, mail.message, mail.last_error) == (None, None, None)
    assert len(host.mails()) == 1


@pytest.mark.one_database
def test_the_pauses_grow_until_it_is_given_up(host: Host) -> None:
    """RFC 5321 §4.5.4.1: for four or five days, and always under the same Message-ID."""
    here, mailer = failing(host)
    write(here)
    pauses = []
    while (mail := row(here)).state == MailState.QUEUED:
        assert here.run("outbox", "run").exit_code == int(mail.next_attempt_at <= host.clock())
        pauses.append(row(here).next_attempt_at - host.clock())
        host.clock.now = max(host.clock(), row(here).next_attempt_at)
    minutes = [int(pause / timedelta(minutes=1)) for pause in pauses[:-1]]
    assert minutes[:8] == [1, 5, 15, 60, 180, 360, 720, 1440]
    assert minutes == sorted(minutes)
    assert timedelta(days=4) < sum(pauses, timedelta()) < timedelta(days=6)
    assert len({message["Message-ID"] for message in mailer.tries}) == 1
    assert row(here).message is not None


@pytest.mark.one_database
def test_what_was_given_up_can_be_queued_again(host: Host) -> None:
    here, mailer = failing(host, smtplib.SMTPRecipientsRefused({"a@b.example": (550, b"no")}))
    write(here)
    result = here.run("outbox", "run")
    assert result.exit_code == 1
    assert "outbox retry" in result.stderr
    assert row(here).state == MailState.GIVEN_UP
    assert here.run("outbox", "run").exit_code == 0

    mailer.is_mended = True
    assert "1 mail queued again" in here.run("outbox", "retry").stdout
    assert here.run("outbox", "run").exit_code == 0
    assert row(here).state == MailState.SENT
    assert mailer.tries[0]["Message-ID"] == mailer.tries[1]["Message-ID"]


@pytest.mark.one_database
def test_what_was_given_up_is_not_kept_for_ever(host: Host) -> None:
    here, _ = failing(host, smtplib.SMTPRecipientsRefused({"a@b.example": (550, b"no")}))
    write(here)
    here.run("outbox", "run")
    host.clock.move(days=29)
    here.run("outbox", "run")
    assert row(here).recipient is not None
    host.clock.move(days=2)
    here.run("outbox", "run")
    assert (row(here).state, row(here).recipient, row(here).message) == ("given up", None, None)
    assert "0 mails" in here.run("outbox", "retry").stdout


@pytest.mark.one_database
def test_a_server_that_is_away_costs_the_other_mails_no_try(host: Host) -> None:
    """Its timeout is not paid once for each of a thousand mails."""
    here, mailer = failing(host)
    write(here, 10)
    assert here.run("outbox", "run").exit_code == 1
    assert len(mailer.tries) == 3
    assert [mail.attempts for mail in rows(here)] == [1, 1, 1] + [0] * 7
    mailer.is_mended = True
    assert here.run("outbox", "run").exit_code == 0
    host.clock.move(minutes=1)
    assert here.run("outbox", "run").exit_code == 0
    assert {mail.state for mail in rows(here)} == {MailState.SENT}


@pytest.mark.one_database
def test_a_mail_is_sent_again_when_nobody_wrote_down_that_it_was(host: Host) -> None:
    """S14: its worker died right after sending; the next waits for the end of the lease."""
    dying = host.make(ports={"mailer": Dying(host)})
    write(host)
    with dying.app.app_context(), pytest.raises(KeyboardInterrupt):
        deliver_due()
    assert row(host).state == MailState.QUEUED
    assert len(host.mails()) == 1, "It is claimed still."
    host.clock.move(minutes=11)
    first, second = host.mails()
    assert first["Message-ID"] == second["Message-ID"]
    assert row(host).state == MailState.SENT


class Dying:
    """Sends, and then kills its own process."""

    def __init__(self, host: Host) -> None:
        self._sent = host.sent

    def __call__(self, message: EmailMessage) -> None:
        self._sent.append(message)
        raise KeyboardInterrupt


@pytest.mark.one_database
def test_a_mail_that_kills_each_worker_is_given_up_too(host: Host) -> None:
    dying = host.make(ports={"mailer": Dying(host)})
    write(host)
    for _ in range(12):
        with dying.app.app_context(), pytest.raises(KeyboardInterrupt):
            deliver_due()
        host.clock.move(minutes=11)
    with dying.app.app_context():
        assert deliver_due().given_up == 1
    assert len(host.sent) == 12


@pytest.mark.one_database
def test_a_slow_worker_does_not_undo_what_a_quicker_one_did(host: Host) -> None:
    """Its lease ran out while it spoke with the mail server."""

    def slow(message: EmailMessage) -> None:
        host.clock.move(minutes=11)
        with host.app.app_context():
            assert deliver_due().sent == 1
        raise TimeoutError

    here = host.make(ports={"mailer": slow})
    write(host)
    with here.app.app_context():
        deliver_due()
    assert row(host).state == MailState.SENT


def test_a_receiver_learns_what_was_given_up_and_its_changes_are_kept(host: Host) -> None:
    here, _ = failing(host, smtplib.SMTPRecipientsRefused({"a@b.example": (550, b"no")}))
    write(here)

    def tell_staff(app: Any, mail: OutboxMail) -> None:
        enqueue(**letter(kind=f"about {mail.kind}", recipient="staff@stadt.example"))

    with signals.mail_given_up.connected_to(tell_staff, here.app), here.app.app_context():
        deliver_due(limit=1)
    assert [mail.kind for mail in rows(here)] == ["confirm", "about confirm"]


def test_a_receiver_that_fails_does_not_stop_the_mail(
    host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    here, _ = failing(host, smtplib.SMTPRecipientsRefused({"a@b.example": (550, b"no")}))
    write(here)

    def broken(app: Any, mail: OutboxMail) -> None:
        here.db.session.execute(select(OutboxMail)).all()
        raise LookupError(mail.recipient)

    with signals.mail_given_up.connected_to(broken, here.app):
        assert here.run("outbox", "run").exit_code == 1
    assert row(here).state == MailState.GIVEN_UP
    assert "LookupError" in caplog.text
    assert "person1" not in caplog.text


@pytest.mark.one_database
def test_no_log_line_names_anybody(host: Host, caplog: pytest.LogCaptureFixture) -> None:
    """S13: neither address, name, token nor the server's words."""
    caplog.set_level(logging.DEBUG, "flask_stadtlabor")
    for error in (
        ConnectionRefusedError("person1@buerger.example"),
        smtplib.SMTPRecipientsRefused({"person1@buerger.example": (550, b"person1 is unknown")}),
        smtplib.SMTPDataError(451, b"person1@buerger.example is busy"),
    ):
        here, _ = failing(host, error)
        write(here)
        result = here.run("outbox", "run")
        assert result.exit_code == 1
        kept = "".join(str(mail.last_error) for mail in rows(here))
        for secret in ("person1", "buerger", "geheim"):
            assert secret not in caplog.text + result.output + kept
    assert {mail.last_error for mail in rows(here)} == {
        "ConnectionRefusedError", "SMTPRecipientsRefused 550", "SMTPDataError 451",
    }  # fmt: skip


@pytest.mark.one_database
def test_a_mail_that_leaves_shows_that_the_server_is_there(host: Host) -> None:
    """S17: failures count only in a row, so that nobody waits for the next round in vain."""
    tries: list[str] = []

    def moody(message: EmailMessage) -> None:
        tries.append(str(message["To"]))
        if len(tries) % 3:
            raise ConnectionRefusedError

    here = host.make(ports={"mailer": moody})
    write(here, 12)
    here.run("outbox", "run")
    assert len(tries) == 12
    assert [mail.state for mail in rows(here)].count(MailState.SENT) == 4


@pytest.mark.one_database
@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPRecipientsRefused({"a@b.example": (450, b"later")}),
        smtplib.SMTPDataError(451, b"later"),
        smtplib.SMTPSenderRefused(452, b"later", "noreply@stadt.example"),
        smtplib.SMTPServerDisconnected("in the middle"),
        ValueError("a host's own mailer"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_sixty_addresses_that_fail_keep_nobody_waiting(host: Host, error: Exception) -> None:
    """S17: whoever registers after them gets their mail in the same round."""
    arrived: list[EmailMessage] = []

    def mailer(message: EmailMessage) -> None:
        if "pit.example" in message["To"]:
            raise error
        arrived.append(message)

    here = host.make(ports={"mailer": mailer})
    for number in range(60):
        write(here, recipient=f"tar{number}@pit.example")
    write(here, 3)
    assert here.run("outbox", "run").exit_code == 1
    assert len(arrived) == 3


@pytest.mark.one_database
def test_domains_take_turns(host: Host) -> None:
    """A domain with many mails does not come first with all of them."""
    for _ in range(5):
        write(host, recipient="many@gross.example")
    write(host, recipient="one@klein.example")
    assert [mail["To"].partition("@")[2] for mail in host.mails()][:2] == [
        "gross.example",
        "klein.example",
    ]


def test_a_try_that_took_too_long_changes_nothing_of_the_next(host: Host) -> None:
    """The lease ran out, and another worker has tried meanwhile: its result counts."""

    def slow(message: EmailMessage) -> None:
        host.clock.move(minutes=11)
        with failing(host)[0].app.app_context():
            assert deliver_due().failed == 1

    here = host.make(ports={"mailer": slow})
    write(host)
    with here.app.app_context():
        assert deliver_due().sent == 0
    mail = row(host)
    assert (mail.state, mail.attempts) == (MailState.QUEUED, 2)
    assert mail.next_attempt_at == host.clock() + timedelta(minutes=5)
    assert mail.recipient is not None


@pytest.mark.one_database
def test_words_that_took_too_long_are_not_sent_twice(host: Host) -> None:
    """The lease ran out while they were looked for, and another worker has sent the mail.

    Servers keep the row locked meanwhile; a file of SQLite does not.
    """
    here = host.make(ports={"mailer": host.sent.append})
    turns = iter(["first"])

    def slowly(deferred: DeferredMail) -> EmailMessage:
        if next(turns, None):
            host.clock.move(minutes=11)
            with host.app.app_context():
                assert deliver_due().sent == 1
        return compose(recipient=deferred.recipient, subject="x", text="x", html="x")

    for portal in (host, here):
        with portal.app.app_context():
            set_renderers(portal.app, {**renderers(), "slow": slowly})
    with host.app.app_context():
        enqueue_deferred(kind="slow", recipient="person1@buerger.example")
        host.db.session.commit()
    with here.app.app_context():
        assert deliver_due().sent == 0
    assert len(host.sent) == 1
    assert row(host).state == MailState.SENT


def test_a_mail_that_is_erased_while_it_is_tried_stops_nothing(host: Host) -> None:
    """S17: between the claim of a mail and the record of its result."""
    sent: list[EmailMessage] = []
    numbers: list[int] = []

    def mailer(message: EmailMessage) -> None:
        if not sent:
            with host.app.app_context():
                host.db.session.execute(delete(OutboxMail).where(OutboxMail.id == numbers[0]))
                host.db.session.commit()
        sent.append(message)
        if len(sent) == 2:
            with host.app.app_context():
                host.db.session.execute(delete(OutboxMail).where(OutboxMail.id == numbers[1]))
                host.db.session.commit()
            raise ConnectionResetError

    here = host.make(ports={"mailer": mailer})
    write(here, 4)
    numbers += [mail.id for mail in rows(here)]
    assert here.run("outbox", "run").exit_code == 0
    assert len(sent) == 4
    assert [mail.state for mail in rows(here)] == [MailState.SENT, MailState.SENT]

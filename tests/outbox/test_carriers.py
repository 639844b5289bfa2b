"""Mail leaves by SMTP or by the host's Flask-Mailman, and reads the same either way."""

from __future__ import annotations

import logging
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask_mailman import Mail

from flask_stadtlabor.adapters import flask_mailman
from flask_stadtlabor.outbox.models import MailState
from tests.host import Host
from tests.outbox.letters import ICS, INVITATION, row, rows, write
from tests.outbox.peer import Peer

pytestmark = pytest.mark.one_database


def portal(host: Host, *, mailman: bool, **config: Any) -> Host:
    """A portal that mails by the default port; with Flask-Mailman where that is asked for."""
    other = host.make(ports={"mailer": flask_mailman.send}, **config)
    if mailman:
        Mail(other.app)
    return other


def plain(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.mark.parametrize("mailman", [False, True])
def test_a_mail_arrives_whole(host: Host, peer: Peer, mailman: bool) -> None:
    """S8: with its headers, both bodies, the calendar entry and the Message-ID of the outbox."""
    here = portal(host, mailman=mailman, MAIL_BACKEND="smtp", **peer.settings)
    write(here, calendar=INVITATION)
    written = row(here)
    assert here.run("outbox", "run").exit_code == 0

    (arrived,) = peer.received
    assert peer.envelopes[0].rcpt_tos == ["person1@buerger.example"]
    assert peer.envelopes[0].mail_from == "noreply@stadt.example"
    assert arrived["Message-ID"] == written.message_id
    assert arrived["Subject"] == "Bitte bestätigen"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert "https://stadt.example/registration/geheim" in plain(arrived)
    calendar = next(part for part in arrived.walk() if part.get_content_type() == "text/calendar")
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_payload(decode=True) == ICS


@pytest.mark.parametrize("backend", ["locmem", "file", "console", "dummy"])
def test_every_backend_of_flask_mailman_takes_our_mail(
    host: Host, backend: str, tmp_path: Path
) -> None:
    here = portal(host, mailman=True, MAIL_BACKEND=backend, MAIL_FILE_PATH=str(tmp_path / "mails"))
    write(here, calendar=INVITATION)
    written = row(here)
    assert here.run("outbox", "run").exit_code == 0
    assert row(here).state == MailState.SENT
    if backend == "locmem":
        (carried,) = here.app.extensions["mailman"].outbox
        assert carried.message()["Message-ID"] == written.message_id
        assert (carried.subject, carried.to) == ("Bitte bestätigen", ["person1@buerger.example"])
    if backend == "file":
        (path,) = (tmp_path / "mails").iterdir()
        assert f"Message-ID: {written.message_id}" in path.read_text()


@pytest.mark.parametrize("mailman", [False, True])
@pytest.mark.parametrize("password", ["falsch", "geheim"])
def test_a_wrong_password_delays_the_mail(
    host: Host, strict_peer: Peer, mailman: bool, password: str, caplog: pytest.LogCaptureFixture
) -> None:
    """S13: what is kept of the failure is its kind, and neither password nor address."""
    caplog.set_level(logging.DEBUG)
    signing_in = {"MAIL_USERNAME": "portal", "MAIL_PASSWORD": password}
    config = {**strict_peer.settings, **signing_in, "MAIL_BACKEND": "smtp"}
    here = portal(host, mailman=mailman, **config)
    write(here)
    result = here.run("outbox", "run")
    if password == "geheim":
        assert result.exit_code == 0, result.output
        assert len(strict_peer.received) == 1
        return
    assert result.exit_code == 1
    assert strict_peer.received == []
    assert row(here).state == MailState.QUEUED
    assert row(here).last_error == "SMTPAuthenticationError 535"
    for secret in ("falsch", "person1", "/registration/"):
        assert secret not in caplog.text + result.output


@pytest.mark.parametrize("mailman", [False, True])
def test_a_mail_server_that_is_away_is_tried_again(host: Host, peer: Peer, mailman: bool) -> None:
    """S14: connection refused, then up again; the same message arrives, once."""
    peer.stop()
    here = portal(host, mailman=mailman, MAIL_BACKEND="smtp", **peer.settings)
    write(here)
    written = row(here)
    assert here.run("outbox", "run").exit_code == 1
    assert row(here).last_error == "ConnectionRefusedError"

    peer.start()
    assert here.run("outbox", "run").exit_code == 0
    assert peer.received == [], "It is not tried again before its time."
    host.clock.move(minutes=2)
    assert here.run("outbox", "run").exit_code == 0
    assert [mail["Message-ID"] for mail in peer.received] == [written.message_id]


@pytest.mark.parametrize("mailman", [False, True])
def test_a_mail_server_that_lets_nobody_in_is_not_asked_for_each_mail(
    host: Host, peer: Peer, mailman: bool
) -> None:
    """What fails before a mail is spoken of, such as TLS that it does not have, is about all."""
    config = {**peer.settings, "MAIL_BACKEND": "smtp", "MAIL_USE_TLS": True}
    here = portal(host, mailman=mailman, **config)
    write(here, 5)
    assert here.run("outbox", "run").exit_code == 1
    assert peer.received == []
    assert [mail.attempts for mail in rows(here)] == [1, 1, 1, 0, 0]
    assert rows(here)[0].last_error == "SMTPNotSupportedError"


@pytest.mark.parametrize("mailman", [False, True])
def test_an_address_that_is_refused_for_good_is_given_up_at_once(
    host: Host, peer: Peer, mailman: bool
) -> None:
    """RFC 5321 §4.2.1: 5yz is final, 4yz is not."""
    peer.refusals = {
        "person1@buerger.example": "550 No such person",
        "person2@buerger.example": "450 Come back later",
    }
    here = portal(host, mailman=mailman, MAIL_BACKEND="smtp", **peer.settings)
    write(here, 3)
    result = here.run("outbox", "run")
    assert result.exit_code == 1
    assert "person" not in result.stderr
    assert [(mail.state, mail.last_error) for mail in rows(here)] == [
        (MailState.GIVEN_UP, "SMTPRecipientsRefused 550"),
        (MailState.QUEUED, "SMTPRecipientsRefused 450"),
        (MailState.SENT, None),
    ]
    assert [mail["To"] for mail in peer.received] == ["person3@buerger.example"]


@pytest.mark.parametrize("goodbye", ["421 Too busy for this", "500 What?"])
def test_a_clumsy_goodbye_does_not_double_the_mail(host: Host, peer: Peer, goodbye: str) -> None:
    """RFC 5321 §4.1.1.10: what the server has taken is taken."""
    peer.goodbye = goodbye
    here = portal(host, mailman=False, **peer.settings)
    write(here)
    assert here.run("outbox", "run").exit_code == 0
    host.clock.move(hours=1)
    assert here.run("outbox", "run").exit_code == 0
    assert len(peer.received) == 1

"""``flask stadtlabor outbox run``: what it says, and what falls due with it."""

from __future__ import annotations

from contextlib import ExitStack
from email.message import EmailMessage
from smtplib import SMTPRecipientsRefused

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.pool import NullPool

from flask_stadtlabor import transactions
from flask_stadtlabor.outbox.models import MailState, OutboxRun
from flask_stadtlabor.registration.models import Registration
from tests import factories
from tests.forms import fill
from tests.host import Host
from tests.outbox.letters import row, write


@pytest.mark.one_database
def test_it_says_what_it_did(host: Host) -> None:
    assert "0 mails delivered" in host.run("outbox", "run").stdout
    write(host)
    assert "1 mail delivered" in host.run("outbox", "run").stdout
    write(host, 2)
    result = host.run("outbox", "run")
    assert "2 mails delivered" in result.stdout
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.one_database
def test_a_mail_that_could_not_be_delivered_makes_it_a_failure(host: Host) -> None:
    """Whoever runs it by cron hears of it."""

    def away(message: EmailMessage) -> None:
        raise ConnectionRefusedError

    write(host)
    result = host.make(ports={"mailer": away}).run("outbox", "run")
    assert result.exit_code == 1
    assert "1 mail could not be delivered and will be tried again" in result.stderr


def test_it_remembers_when_it_last_ran(host: Host) -> None:
    """So that ``check`` can tell."""
    assert host.scalar(select(OutboxRun.finished_at)) is None
    host.run("outbox", "run")
    assert host.scalar(select(OutboxRun.finished_at)) == host.clock()
    host.clock.move(hours=1)
    host.run("outbox", "run")
    assert host.scalar(select(OutboxRun.finished_at)) == host.clock()


@pytest.mark.one_database
def test_a_hold_that_ran_out_ends_and_its_mail_leaves_in_the_same_run(host: Host) -> None:
    host.load(factories.exchange(factories.open_event(registration={"capacity": 1})))
    form = "/stadtlabor/en/events/plattform/register"
    fill(host.client(), form, factories.person(1))
    fill(host.client(), form, factories.person(2))
    assert len(host.mails()) == 2
    host.clock.move(hours=49)
    result = host.run("outbox", "run")
    assert result.exit_code == 0
    assert "2 mails delivered, 1 holds and offers ended" in result.stdout
    states = host.sent[-2]["To"], host.sent[-1]["To"]
    assert set(states) == {"person1@buerger.example", "person2@buerger.example"}
    assert host.scalar(select(Registration.state).order_by(Registration.id.desc())) == "offered"


@pytest.mark.one_database
def test_a_retry_that_meets_another_program_is_done_when_that_lets_go(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S17: as everything that writes."""

    def refuse(message: EmailMessage) -> None:
        raise SMTPRecipientsRefused({message["To"]: (550, b"No such person")})

    here = host.make(
        ports={"mailer": refuse},
        SQLALCHEMY_ENGINE_OPTIONS={"connect_args": {"timeout": 0.01}},
    )
    write(here)
    here.run("outbox", "run")
    assert row(here).state == MailState.GIVEN_UP
    with ExitStack() as other_program:
        other = other_program.enter_context(create_engine(host.url, poolclass=NullPool).connect())
        other.exec_driver_sql("BEGIN IMMEDIATE")
        monkeypatch.setattr(transactions.time, "sleep", lambda seconds: other_program.close())
        result = here.run("outbox", "retry")
    assert result.exit_code == 0, result.output
    assert "1 mail queued again" in result.stdout
    assert row(here).state == MailState.QUEUED

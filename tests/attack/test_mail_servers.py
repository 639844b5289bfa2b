"""Broken mail servers: no mail is lost, none gets a second Message-ID, and none delays others.

Real sockets on 127.0.0.1.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from flask_mailman import Mail

from flask_stadtlabor.adapters import flask_mailman, smtp
from flask_stadtlabor.outbox import attempts
from flask_stadtlabor.outbox.delivery import deliver_due
from flask_stadtlabor.outbox.models import MailState
from tests.attack.conftest import Tried
from tests.attack.rough_server import Line, Manner, RoughServer, rough_server
from tests.host import Host
from tests.outbox.letters import rows, write
from tests.outbox.peer import free_port

PEOPLE = 8
SECONDS = 2
"""For one answer."""
CONVERSATION = 3
"""For a whole conversation."""
pytestmark = pytest.mark.one_database


def address(number: int) -> str:
    return f"person{number}@buerger.example"


EVERYBODY = {address(number) for number in range(1, PEOPLE + 1)}
SOME = {address(number) for number in (1, 2, 3, 4)}
"""More than there may be failures in a row."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[RoughServer]:
    """A server that follows the protocol, with a shorter limit for a conversation than usual."""
    monkeypatch.setattr(smtp, "CONVERSATION", CONVERSATION)
    with rough_server(free_port()) as server:
        yield server


def portal(host: Host, port: int, **config: Any) -> Host:
    """A portal that sends mail by SMTP to this port."""
    other = host.make(
        ports={"mailer": flask_mailman.send},
        MAIL_SERVER="127.0.0.1",
        MAIL_SUPPRESS_SEND=False,
        MAIL_PORT=port,
        MAIL_TIMEOUT=SECONDS,
        **config,
    )
    other.clock = host.clock
    write(other, PEOPLE)
    return other


def say(words: str) -> Manner:
    """Answer this in place of the normal reply."""

    def answer(line: Line, said: str) -> bool:
        line.say(words)
        return True

    return answer


def never(line: Line, said: str) -> bool:
    time.sleep(CONVERSATION + 2)
    line.hang_up()
    return True


def drip(line: Line, said: str) -> bool:
    line.drip()
    return True


def hang_up(line: Line, said: str) -> bool:
    line.hang_up()
    return True


def go_on_for_ever(line: Line, said: str) -> bool:
    while True:
        line.say("250-and more")
        time.sleep(0.01)


def to_some(manner: Manner) -> Manner:
    """This, where the recipient is one of :data:`SOME`."""
    return lambda line, recipient: recipient in SOME and manner(line, recipient)


class Case(NamedTuple):
    """A server that delivers no mail: the step at which it fails, and how."""

    step: str
    manner: Manner
    error: str


USELESS = {
    "never answers": Case("greeting", never, "SMTPServerDisconnected"),
    "drips its greeting": Case("greeting", drip, "SMTPServerDisconnected"),
    "drips an answer": Case("ehlo", drip, "SMTPServerDisconnected"),
    "421 at the greeting": Case("greeting", say("421 too busy"), "SMTPConnectError 421"),
    "554 at the greeting": Case("greeting", say("554 not you"), "SMTPConnectError 554"),
    "hangs up at once": Case("greeting", hang_up, "SMTPServerDisconnected"),
    "speaks HTTP": Case("greeting", say("HTTP/1.1 400 Bad Request"), "SMTPConnectError -1"),
    "a line without end": Case(
        "greeting", say("220 " + "x" * 100_000), "SMTPResponseException 500"
    ),
    "lines without end": Case("ehlo", go_on_for_ever, "SMTPServerDisconnected"),
    "nonsense at EHLO": Case("ehlo", say("what is that?"), "SMTPHeloError -1"),
}


def held(tried: Tried, server: RoughServer, host: Host, what: str, took: float) -> None:
    """Each mail has arrived once, under its first Message-ID."""
    assert server.arrived == dict.fromkeys(EVERYBODY, 1)
    assert all(len(names) == 1 for names in server.message_ids.values())
    assert {mail.state for mail in rows(host)} == {MailState.SENT}
    tried(f"{what}: {took:.1f} s for the first round; all {PEOPLE} mails arrived once")


def first_round(host: Host) -> float:
    before = time.monotonic()
    assert host.run("outbox", "run").exit_code == 1
    return time.monotonic() - before


def mend(server: RoughServer, host: Host) -> None:
    """Make the server follow the protocol, and run the outbox again."""
    server.manners.clear()
    for _ in range(3):
        host.clock.move(minutes=10)
        host.run("outbox", "run")


@pytest.mark.parametrize("what", USELESS)
def test_a_server_that_is_of_no_use_costs_three_tries_and_no_mail(
    host: Host, server: RoughServer, tried: Tried, what: str
) -> None:
    """S14, S17: one conversation ends in time, and three are enough to know."""
    case = USELESS[what]
    here = portal(host, server.port)
    server.manners = {case.step: case.manner}
    took = first_round(here)
    assert took < 3 * (CONVERSATION + SECONDS) + 10
    assert [mail.attempts for mail in rows(here)] == [1, 1, 1] + [0] * (PEOPLE - 3)
    assert rows(here)[0].last_error == case.error
    mend(server, here)
    held(tried, server, here, what, took)


def test_a_server_that_is_not_there(host: Host, tried: Tried) -> None:
    """S14."""
    port = free_port()
    here = portal(host, port)
    took = first_round(here)
    assert [mail.attempts for mail in rows(here)] == [1, 1, 1] + [0] * (PEOPLE - 3)
    with rough_server(port) as server:
        mend(server, here)
        held(tried, server, here, "refuses the connection", took)


@pytest.mark.parametrize("step", ["greeting", "ehlo", "rcpt", "end"])
def test_flask_mailman_is_hung_up_on_in_time_as_well(
    host: Host, server: RoughServer, tried: Tried, step: str
) -> None:
    """Its SMTP backend has a timeout for each read alone, which restarts with each byte."""
    here = portal(host, server.port, MAIL_BACKEND="smtp")
    Mail(here.app)
    server.manners = {step: drip}
    before = time.monotonic()
    with here.app.app_context():
        assert deliver_due(limit=1).failed == 1
    took = time.monotonic() - before
    assert took < CONVERSATION + SECONDS + 5
    assert rows(here)[0].last_error == "SMTPServerDisconnected"
    mend(server, here)
    held(tried, server, here, f"Flask-Mailman, drips at {step}", took)


@pytest.mark.parametrize("step", ["rcpt", "end"])
@pytest.mark.parametrize("code", ["450", "451", "452"])
def test_some_are_refused_for_now(
    host: Host, server: RoughServer, tried: Tried, step: str, code: str
) -> None:
    """The others get their mail in the same round, however many stand before them."""
    here = portal(host, server.port)
    server.manners = {step: to_some(say(f"{code} later"))}
    took = first_round(here)
    assert set(server.arrived) == EVERYBODY - SOME
    mend(server, here)
    held(tried, server, here, f"{code} for some at {step}", took)


def test_some_are_refused_for_good(host: Host, server: RoughServer, tried: Tried) -> None:
    """RFC 5321 §4.2.1: given up at once, told to operators, and not lost."""
    here = portal(host, server.port)
    server.manners = {"rcpt": to_some(say("550 nobody here"))}
    took = first_round(here)
    assert set(server.arrived) == EVERYBODY - SOME
    assert [mail.state for mail in rows(here)].count(MailState.GIVEN_UP) == len(SOME)
    here.run("outbox", "retry")
    mend(server, here)
    held(tried, server, here, "550 for some", took)


@pytest.mark.parametrize("manner", [hang_up, drip, never], ids=["hangs-up", "drips", "silent"])
def test_a_domain_that_breaks_off_keeps_no_other_waiting(
    host: Host, server: RoughServer, tried: Tried, manner: Manner
) -> None:
    """In the middle of DATA: three tries a round are enough for one domain."""
    here = host.make(
        ports={"mailer": flask_mailman.send},
        MAIL_SERVER="127.0.0.1",
        MAIL_SUPPRESS_SEND=False,
        MAIL_PORT=server.port,
        MAIL_TIMEOUT=SECONDS,
    )
    here.clock = host.clock
    for number in range(1, 7):
        write(here, recipient=f"tar{number}@pit.example")
    write(here, PEOPLE)
    server.manners = {"data": lambda line, to: to.endswith("pit.example") and manner(line, to)}
    took = first_round(here)
    assert set(server.arrived) == EVERYBODY
    assert [mail.attempts for mail in rows(here)][:6] == [1, 1, 1, 0, 0, 0]
    server.manners.clear()
    for _ in range(4):
        here.clock.move(minutes=10)
        here.run("outbox", "run")
    assert set(server.arrived.values()) == {1}
    assert all(len(names) == 1 for names in server.message_ids.values())
    assert len(server.arrived) == PEOPLE + 6
    tried(f"a domain that breaks off: {took:.1f} s for the first round; all arrived once")


def test_a_conversation_ends_long_before_the_lease(tried: Tried) -> None:
    """Or another worker would send the same mail meanwhile."""
    longest = smtp.CONVERSATION + smtp.TIMEOUT
    assert attempts.LEASE.total_seconds() / 2 > longest
    tried(f"a conversation takes {longest} s at most, and the lease {attempts.LEASE}")

"""Everything that can fail fails, with people's names, addresses and links in its words.

S13: whoever reads the log lines that we write learns of nobody, however a mail server, a cache or a
host's own receiver words its failure. What Flask logs of a failed request is the host's log.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from blinker import NamedSignal
from flask_caching import Cache
from sqlalchemy import select

from flask_stadtlabor import signals
from flask_stadtlabor.registration.models import Registration
from tests.attack.conftest import Tried
from tests.factories import PHOTOS, exchange, open_event, person
from tests.forms import fill, press, send
from tests.host import Host
from tests.organise.staff import DOOR, HERE, staff_of

FORM = "/stadtlabor/de/events/plattform/register"
MINE = "/stadtlabor/de/registration/"
SECRETS = ("Zaphira", "Beeblebrox", "zaphira@buerger.example", "Rollstuhlplatz")
ROUNDS = 14
"""More than a mail is tried before it is given up."""


class Memory(logging.Handler):
    """Keeps what is logged as a file would have it, with tracebacks."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """One more, and whatever else is attached to it."""
        self.lines.append(f"{self.format(record)} {vars(record)}")


@pytest.fixture
def log() -> Iterator[Memory]:
    """All that our loggers say, at every level."""
    ours, memory = logging.getLogger("flask_stadtlabor"), Memory()
    level = ours.level
    ours.addHandler(memory)
    ours.setLevel(logging.DEBUG)
    yield memory
    ours.removeHandler(memory)
    ours.setLevel(level)


def failures(message: EmailMessage) -> list[Exception]:
    """How mail servers, libraries and hosts refuse a mail, each in many words."""
    to, words = message["To"], f"{message['To']} {message.as_string()}"
    raw = words.encode()
    return [
        smtplib.SMTPRecipientsRefused({to: (550, b"5.1.1 <" + to.encode() + b"> unknown")}),
        smtplib.SMTPRecipientsRefused({to: (450, raw)}),
        smtplib.SMTPSenderRefused(550, raw, to),
        smtplib.SMTPDataError(554, raw),
        smtplib.SMTPHeloError(500, raw),
        smtplib.SMTPServerDisconnected(words),
        ConnectionRefusedError(111, words),
        TimeoutError(words),
        UnicodeEncodeError("ascii", words, 0, 1, words),
        ValueError(words),
        type("Own", (Exception,), {"__str__": lambda self: words})(words),
    ]


class Mailer:
    """Delivers, or fails in one of the ways above."""

    def __init__(self) -> None:
        self.way: int | None = None
        self.sent: list[EmailMessage] = []
        self.failed = 0

    def __call__(self, message: EmailMessage) -> None:
        if self.way is not None:
            self.failed += 1
            raise failures(message)[self.way % len(failures(message))]
        self.sent.append(message)


def loud(sender: object, **values: Any) -> None:
    """A host's signal receiver whose error names the person."""
    raise RuntimeError(f"{' '.join(SECRETS)} {values}")


def journey(portal: Host, mailer: Mailer) -> str:
    """All that somebody can do, one step after the other; the token of their link."""
    given = {
        "given_name": SECRETS[0], "family_name": SECRETS[1], "email": SECRETS[2],
        "support_needs": SECRETS[3], "support_consent": "y", f"consent-{PHOTOS}": "given",
    }  # fmt: skip
    client = portal.client()
    wrong = fill(client, FORM, {**given, "party_size": "many"})
    send(client, wrong, {"party_size": "1"})
    fill(portal.client(), FORM, given)
    fill(portal.client(), f"{MINE}send-link", {"email": SECRETS[2]})
    portal.run("outbox", "run")
    link = portal.link(mailer.sent[0])
    client.get(link)
    press(client, MINE, "/confirm")
    press(client, MINE, "/withdraw")
    fill(client, f"{MINE}change", {"given_name": SECRETS[0], "party_size": "2"})
    client.get(f"{MINE}{'x' * 43}")
    return link.rpartition("/")[2]


def test_no_log_line_of_ours_tells_of_anybody(host: Host, log: Memory, tried: Tried) -> None:
    """S13: with a cache that is away, and whatever the mailer raises, until mails are given up."""
    mailer = Mailer()
    portal = host.make(
        ports={"mailer": mailer},
        CACHE_TYPE="RedisCache",
        CACHE_REDIS_URL="redis://127.0.0.1:1/0",
        STADTLABOR_RATE_LIMITS=None,
    )
    Cache(portal.app)
    asks = {"ask_support": True, "max_party_size": 4}
    dates = {"starts_at": "2027-12-01T17:30", "ends_at": "2027-12-01T19:00"}
    portal.load(exchange(open_event(registration=asks, **dates)))
    token = journey(portal, mailer)
    ways = len(failures(mailer.sent[0]))
    staff = staff_of(portal).client()
    for address in (HERE, f"{DOOR}?q={SECRETS[1]}", f"{HERE}?q={SECRETS[2]}"):
        staff.get(address)
    fail_in_each_way(host, portal, mailer, ways)
    ticket = portal.scalar(select(Registration.ticket_code))
    # each way, each time that a mail is tried
    assert mailer.failed > ways * 8
    assert any("given up" in line for line in log.lines)
    assert any("page cache" in line for line in log.lines)
    for word in (*SECRETS, token, str(ticket), person()["email"]):
        found = [line for line in log.lines if word.lower() in line.lower()]
        assert found == [], word
    tried(f"{len(log.lines)} log lines of {mailer.failed} failed mails, in {ways} ways")


def fail_in_each_way(host: Host, portal: Host, mailer: Mailer, ways: int) -> None:
    """Mails fail in each way until they are given up, and so does whoever hears of it."""
    heard: NamedSignal = signals.mail_given_up
    with heard.connected_to(loud):
        for way in range(ways):
            mailer.way = None
            fill(portal.client(), f"{MINE}send-link", {"email": SECRETS[2]})
            mailer.way = way
            for _ in range(ROUNDS):
                portal.run("outbox", "run")
                host.clock.move(hours=25)

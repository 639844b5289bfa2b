"""The worker's rounds around the hour of the digest, and the mails of somebody."""

from __future__ import annotations

import re
from email.message import EmailMessage
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient
from sqlalchemy import func, select

from flask_stadtlabor import Actor
from flask_stadtlabor.participation.people.current import identity
from flask_stadtlabor.participation.people.operations import contributor
from flask_stadtlabor.participation.telling.models import News
from flask_stadtlabor.transactions import commit
from tests.forms import fill, press
from tests.host import Host
from tests.participation.ideas.desk import idea_url
from tests.participation.people import known

ADA, BEN = "ada@example.org", "ben@example.org"


def at_the_hour(host: Host) -> None:
    """Move the clock to the next hour of digests, and a little beyond."""
    now = host.clock().astimezone(ZoneInfo("Europe/Berlin"))
    hour = now.replace(hour=17, minute=6, second=0)
    day = 24 * 3600
    host.clock.move(seconds=(hour - now).total_seconds() % day or day)


def round_of_worker(host: Host) -> str:
    """One round; what it says."""
    done = host.run("outbox", "run")
    assert done.exit_code == 0, done.output
    return done.output


def mails_to(host: Host, address: str, kind: str = "digest") -> list[EmailMessage]:
    """The mails of a kind to an address, the first one first."""
    subjects = {"digest": "Neues", "answer": "Die Stadt"}
    return [
        mail
        for mail in host.mails()
        if mail["To"] == address and str(mail["Subject"]).startswith(subjects[kind])
    ]


def text_of(mail: EmailMessage) -> str:
    """What it says in plain text."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def ending_of(mail: EmailMessage) -> str:
    """The path of the address that ends mails of its kind."""
    found = re.fullmatch(r"<(https?://\S+)>", mail["List-Unsubscribe"])
    assert found is not None, mail["List-Unsubscribe"]
    return urlsplit(found[1]).path


def take_part(host: Host, actor: Actor) -> FlaskClient:
    """The browser of somebody with an account, who has something of their own here from now on."""
    signed_in = host.lend(actor=lambda: actor)
    with signed_in.app.test_request_context():
        signed_in.app.preprocess_request()
        commit(lambda: contributor(identity()))
    browser = signed_in.client()
    browser.set_cookie("portal", "signed in")
    return browser


def supported(host: Host, number: int, *addresses: str, deed: str = "support") -> None:
    """These people support an idea, or follow it."""
    for address in addresses:
        press(known(host, address), idea_url(number), f"/{deed}")


def changed(host: Host, number: int, text: str, address: str = ADA) -> None:
    """Its author changes an idea."""
    answer = fill(known(host, address), idea_url(number, "edit"), {"text": text})
    assert answer.status_code == 303, answer.status


def waiting(host: Host) -> int:
    """How many news wait."""
    return int(host.scalar(select(func.count()).select_from(News)))

"""Somebody who signs in at the host and out again, for tests about accounts."""

from __future__ import annotations

from dataclasses import replace

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from flask_stadtlabor import Actor
from tests.factories import person
from tests.forms import fill
from tests.host import Host

FORM = "/stadtlabor/de/events/plattform/register"
LIST = "/stadtlabor/de/me/"
OWN = "/stadtlabor/de/registration/"
BEA = Actor(
    "user:1",
    "Bea Bürgerin",
    email="Bea@Buerger.example",
    email_verified=True,
    given_name="Bea",
    family_name="Bürgerin",
)
CEM = replace(
    BEA, key="user:2", name="Cem", email="cem@buerger.example", given_name="Cem", family_name="Can"
)


class Accounts:
    """A portal with accounts; ``who`` is signed in, in every browser."""

    def __init__(self, host: Host) -> None:
        self.who: Actor | None = BEA
        self.host = host.lend(actor=lambda: self.who, mailer=host.sent.append)
        self.mails = host.mails

    def browser(self) -> FlaskClient:
        """A browser with the cookie of the host's session, without which nobody is known."""
        client = self.host.client()
        client.set_cookie("portal", "signed in")
        return client

    def register(self, email: str = "bea@buerger.example", **fields: object) -> TestResponse:
        """Whoever is signed in sends the form."""
        return fill(self.browser(), FORM, person(email=email, **fields))

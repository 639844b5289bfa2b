"""Somebody who takes part by an address alone: they ask for a link, and open it."""

from __future__ import annotations

import re
from email.message import EmailMessage

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.forms import fill
from tests.host import Host

ASK = "/stadtlabor/de/me/link"
MINE = "/stadtlabor/de/me/"
SETTINGS = f"{MINE}settings"


def ask(host: Host, address: str = "ada@example.org") -> TestResponse:
    """Somebody asks for a link."""
    return fill(host.client(), ASK, {"email": address})


def link_in(message: EmailMessage) -> str:
    """The path of the link in a mail."""
    body = message.get_body(("plain",))
    assert body is not None
    found = re.search(r"https?://[^/\s]+(/\S+/me/open/[\w-]+)", body.get_content())
    assert found is not None, body.get_content()
    return found[1]


def known(host: Host, address: str = "ada@example.org") -> FlaskClient:
    """A browser in which somebody has opened their link."""
    ask(host, address)
    browser = host.client()
    assert browser.get(link_in(_mails_with_link(host)[-1])).status_code == 303
    return browser


def _mails_with_link(host: Host) -> list[EmailMessage]:
    # other mails may leave in the same round
    return [mail for mail in host.mails() if b"/me/open/" in mail.as_bytes()]

"""The ticket comes with the mail: as a picture that needs no fetching, and as a code."""

from __future__ import annotations

from email.message import EmailMessage
from io import BytesIO
from typing import Any

import pytest
import segno
from bs4 import BeautifulSoup
from sqlalchemy import select

from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.mails.kinds import MailKind
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.registration.ticket_codes import readable
from tests.host import Host
from tests.registration.mails.written import bodies, mail

pytestmark = pytest.mark.one_database


def mail_to_who_comes(host: Host, kind: MailKind, event: dict[str, Any]) -> EmailMessage:
    return mail(host, kind, event, state="confirmed", confirmed_at=host.clock.now)


def pictures_in(message: EmailMessage) -> list[Any]:
    return [part for part in message.walk() if part.get_content_type() == "image/png"]


@pytest.mark.parametrize("kind", [kinds.CONFIRMED, kinds.REMINDER], ids=lambda kind: kind.name)
def test_the_ticket_is_in_the_mail(host: Host, kind: MailKind) -> None:
    """Beside the HTML that shows it (RFC 2387), by its Content-ID (RFC 2392), as at the door."""
    message = mail_to_who_comes(host, kind, {})
    text, html = bodies(message)
    (picture,) = pictures_in(message)
    image = BeautifulSoup(html, "html.parser").img
    assert image is not None
    assert image["src"] == f"cid:{str(picture['Content-ID']).strip('<>')}"
    assert picture.get_content_disposition() == "inline"
    code = host.scalar(select(Registration.ticket_code))
    expected = BytesIO()
    segno.make_qr(f"https://stadt.example/stadtlabor/de/organise/tickets/{code}", error="m").save(
        expected, kind="png", scale=10, border=4
    )
    assert picture.get_payload(decode=True) == expected.getvalue()
    assert readable(code) in text
    types = [part.get_content_type() for part in message.walk()]
    at = types.index("multipart/related")
    assert types[at : at + 3] == ["multipart/related", "text/html", "image/png"]


def test_there_is_none_for_an_event_online(host: Host) -> None:
    event = {"venue": {"online_url": "https://raum.example/"}}
    assert pictures_in(mail_to_who_comes(host, kinds.CONFIRMED, event)) == []


def test_there_is_none_in_other_mails(host: Host) -> None:
    assert pictures_in(mail_to_who_comes(host, kinds.UPDATED, {})) == []


def test_a_calendar_entry_is_still_an_attachment_of_its_own(host: Host) -> None:
    message = mail_to_who_comes(host, kinds.CONFIRMED, {})
    names = [part.get_filename() for part in message.iter_attachments()]
    assert names == ["event.ics"]

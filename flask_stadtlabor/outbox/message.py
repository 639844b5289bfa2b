"""Messages by RFC 5322: text and HTML, with a calendar entry where there is one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from typing import NamedTuple
from urllib.parse import urlsplit

from flask import current_app

from flask_stadtlabor.addresses import stored_address
from flask_stadtlabor.i18n import language, language_tag
from flask_stadtlabor.outbox.headers import HeaderPolicy, unstructured
from flask_stadtlabor.outbox.templates import Picture
from flask_stadtlabor.state import now, settings
from flask_stadtlabor.text import printable
from flask_stadtlabor.urls import base_url

ASCII = HeaderPolicy(linesep="\r\n", cte_type="7bit")
"""Lines end in CRLF, and every part is encoded in ASCII, so that any server takes it."""


class CalendarPart(NamedTuple):
    """A calendar entry (RFC 5546)."""

    method: str
    """``REQUEST`` or ``CANCEL``."""
    content: bytes


class ReplyTo(NamedTuple):
    """Whom an answer to a mail reaches."""

    name: str
    address: str


def sender_address() -> str:
    """The address that mails come from."""
    return sender().addr_spec


def sender() -> Address:
    """Whom mails come from.

    ``STADTLABOR_MAIL_SENDER``, else the host's ``MAIL_DEFAULT_SENDER``, else ``noreply`` at the
    base URL's host, under the portal's name.
    """
    configured = settings().mail_sender or current_app.config.get("MAIL_DEFAULT_SENDER")
    if isinstance(configured, tuple | list):
        name, address = configured
    else:
        name, address = parseaddr(configured or "")
    if "@" not in address:
        address = f"noreply@{urlsplit(base_url()).hostname or 'localhost'}"
    return _address(address, name or settings().portal_name)


def _address(addr_spec: str, name: str = "") -> Address:
    """An address that any server takes: its domain in ASCII (RFC 5891), its name in one line."""
    try:
        # Python's own codec takes ß for ss, which is somebody else's domain (RFC 3490)
        ascii_spec = addr_spec if addr_spec.isascii() else stored_address(addr_spec)
        return Address(" ".join(printable(name).split()), addr_spec=ascii_spec)
    except (ValueError, HeaderParseError, IndexError):
        # without its cause, which names the address (S13)
        raise ValueError("This is not one mail address.") from None


def compose(
    *,
    recipient: str,
    subject: str,
    text: str,
    html: str,
    pictures: Sequence[Picture] = (),
    calendar: CalendarPart | None = None,
    reply_to: ReplyTo | None = None,
    unsubscribe: str | None = None,
) -> EmailMessage:
    """A message in the current language, complete with a stable Message-ID.

    ``unsubscribe`` is the address that ends mails of this kind by a POST (RFC 8058).

    Nothing that somebody typed becomes a header of its own (S8): the recipient is one address by
    RFC 5322, or ``ValueError`` is raised, and line breaks in the subject become spaces.
    """
    message = EmailMessage(policy=ASCII)
    message["From"] = sender()
    message["To"] = _address(recipient)
    if reply_to is not None:
        # a contact that no mail can name keeps no mail back
        with suppress(ValueError):
            message["Reply-To"] = _address(reply_to.address, reply_to.name)
    message["Subject"] = unstructured(" ".join(printable(subject).split()), name="Subject")
    message["Date"] = format_datetime(now())
    message["Message-ID"] = make_msgid(domain=sender().domain)
    # nobody's out-of-office note should answer: RFC 3834, and Exchange, which reads its own alone
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if unsubscribe is not None:
        message["List-Unsubscribe"] = f"<{unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    if pictures:
        _add_pictures(message, pictures)
    if calendar is not None:
        _add_calendar(message, calendar)
    # last, because a header of this name would move into the first part
    message["Content-Language"] = language_tag(language())
    return message


def _add_pictures(message: EmailMessage, pictures: Sequence[Picture]) -> None:
    """Beside the HTML that shows them (RFC 2387), so that nobody takes them for attachments."""
    html = message.get_body(("html",))
    assert html is not None  # noqa: S101 - it has just been added
    for picture in pictures:
        html.add_related(
            picture.content,
            maintype="image",
            subtype="png",
            cid=f"<{picture.cid}>",
            disposition="inline",
            filename=f"{picture.cid.partition('@')[0]}.png",
        )


def _add_calendar(message: EmailMessage, calendar: CalendarPart) -> None:
    """The entry twice: as an alternative for programs that act on it, as a file for the others."""
    content = calendar.content.decode()
    message.add_alternative(
        content, subtype="calendar", params={"method": calendar.method}, cte="base64"
    )
    message.add_attachment(
        calendar.content,
        maintype="application",
        subtype="ics",
        filename="cancellation.ics" if calendar.method == "CANCEL" else "event.ics",
    )

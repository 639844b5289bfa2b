"""Classifies a mailer's failure: it affects one mail, one domain, or all mail."""

from __future__ import annotations

import smtplib
from enum import Enum

from flask_stadtlabor.ports import MailServerAway

SERVICE_NOT_AVAILABLE = 421
"""RFC 5321 §4.2.3: the server closes the channel, whatever it was asked."""


class Blame(Enum):
    """Whose mail a failure affects."""

    MAIL = "mail"
    """This mail alone: its address was refused for now or for good, or its words were."""
    DOMAIN = "domain"
    """The conversation about it broke off, which others to the same domain may meet, too."""
    SERVER = "server"
    """Everybody: the mail server is away, or does not let us in."""


_AWAY = (
    MailServerAway,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError,
)


def blame_of(error: Exception) -> Blame:
    """What the failure is about.

    A mailer of the host's says that its server is away by :class:`MailServerAway`, or by an
    ``OSError`` such as ``ConnectionRefusedError`` and ``TimeoutError``.
    """
    if isinstance(error, _AWAY) or SERVICE_NOT_AVAILABLE in _codes(error):
        return Blame.SERVER
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return Blame.DOMAIN
    # smtplib's exceptions are OSErrors as well
    if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
        return Blame.SERVER
    return Blame.MAIL


def is_final(error: Exception) -> bool:
    """Whether every recipient was refused for good (RFC 5321 §4.2.1: 5yz).

    Other refusals may be the portal's own fault, such as a wrong sender, and can be put right.
    """
    return isinstance(error, smtplib.SMTPRecipientsRefused) and all(
        500 <= code < 600 for code in _codes(error)
    )


def reason_of(error: Exception) -> str:
    """The kind of failure without a server's words, which may repeat the address (S13)."""
    if isinstance(error, MailServerAway) and isinstance(error.__cause__, Exception):
        error = error.__cause__
    return " ".join([type(error).__name__, *(str(code) for code in _codes(error))])


def _codes(error: Exception) -> list[int]:
    """The reply codes of RFC 5321 that are in an exception of :mod:`smtplib`."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return sorted({code for code, _ in error.recipients.values()})
    return [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []

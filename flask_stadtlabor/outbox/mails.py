"""Mails from templates."""

from __future__ import annotations

import logging
from typing import Any, NamedTuple

from flask import render_template

from flask_stadtlabor.limits import within_limit
from flask_stadtlabor.outbox.message import CalendarPart
from flask_stadtlabor.outbox.operations import enqueue

logger = logging.getLogger(__name__)


class Mail(NamedTuple):
    """A mail as people read it."""

    subject: str
    text: str
    html: str


def from_template(template: str, subject: str, **context: Any) -> Mail:
    """The mail ``stadtlabor/mail/<template>`` in the current language."""
    return Mail(
        subject,
        text=render_template(f"stadtlabor/mail/{template}.txt", subject=subject, **context),
        html=render_template(f"stadtlabor/mail/{template}.html", subject=subject, **context),
    )


def send_mail(
    mail: Mail,
    *,
    kind: str,
    recipient: str,
    calendar: CalendarPart | None = None,
    capped: bool = False,
    concerns: str | None = None,
) -> bool:
    """Write the mail to the outbox, in the current language.

    A ``capped`` mail, which any stranger can cause by typing an address, is left out when that
    address has had its daily share (S4). Returns whether the mail was written.
    """
    if capped and not within_limit("mail-address", recipient.casefold()):
        logger.info("A mail (%s) was left out: its address has had its share for today", kind)
        return False
    enqueue(kind=kind, recipient=recipient, **mail._asdict(), calendar=calendar, concerns=concerns)
    return True

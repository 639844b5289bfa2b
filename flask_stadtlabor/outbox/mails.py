"""Mails from templates."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from flask import render_template

from flask_stadtlabor.limits import within_limit
from flask_stadtlabor.outbox.message import CalendarPart
from flask_stadtlabor.outbox.operations import enqueue

logger = logging.getLogger(__name__)


def send_template(
    *,
    kind: str,
    recipient: str,
    template: str,
    subject: str,
    context: Mapping[str, Any],
    calendar: CalendarPart | None = None,
    about: str | None = None,
    capped: bool = False,
) -> bool:
    """Write the mail ``stadtlabor/mail/<template>`` to the outbox, in the current language.

    A ``capped`` mail, which any stranger can cause by typing an address, is left out when that
    address has had its daily share (S4). Returns whether the mail was written.
    """
    if capped and not within_limit("mail-address", recipient.casefold()):
        logger.info("A mail (%s) was left out: its address has had its share for today", kind)
        return False
    enqueue(
        kind=kind,
        recipient=recipient,
        subject=subject,
        text=render_template(f"stadtlabor/mail/{template}.txt", subject=subject, **context),
        html=render_template(f"stadtlabor/mail/{template}.html", subject=subject, **context),
        calendar=calendar,
        about=about,
    )
    return True

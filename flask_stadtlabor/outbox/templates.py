"""Mails from templates."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import render_template


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

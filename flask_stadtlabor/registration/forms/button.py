"""The buttons on a registration's own pages, which act on no other registration."""

from __future__ import annotations

import hmac

from wtforms import HiddenField

from flask_stadtlabor.forms import Button
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.tokens import keyed_hash, keyed_hashes

_PURPOSE = "registration-button"


class RegistrationButton(Button):
    """A button of a registration's own page."""

    about = HiddenField()
    """The registration that the page showed."""


def button(subject: str) -> RegistrationButton:
    """A fresh button that remembers whose page showed it."""
    return RegistrationButton(formdata=None, about=mark_of(subject))


def button_problems(subject: str) -> list[str]:
    """Why the button that was pressed may not act, in sentences; none where all is well.

    Another link may have been opened in another tab meanwhile, and the session names only the last
    one: a button must never act on another registration than the one it was shown for.
    """
    pressed = RegistrationButton()
    problems = pressed.problems()
    if not problems and is_about_another(pressed.about.data, subject):
        return [about_another(pressed.about.data)]
    return problems


def mark_of(subject: str) -> str:
    """The mark that binds a form on a personal page to its registration."""
    return keyed_hash(_PURPOSE, subject)


def is_about_another(mark: str | None, subject: str) -> bool:
    """Whether a form was shown for somebody else, or does not say for whom."""
    marks = keyed_hashes(_PURPOSE, subject)
    return not any(hmac.compare_digest((mark or "").encode(), one.encode()) for one in marks)


def about_another(mark: str | None) -> str:
    """What to tell somebody whose form was about another registration, or does not say which."""
    if not mark:
        return _sl(
            "We could not tell which registration this was about. Nothing has been changed. Please "
            "check what you see below, and send it once more."
        )
    return _sl(
        "Since you opened that page, another registration was opened in this browser. "
        "Nothing has been changed. For the other one, please open the link in its mail."
    )

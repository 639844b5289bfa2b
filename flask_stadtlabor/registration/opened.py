"""The personal link that was opened in this browser, and the buttons on the pages behind it."""

from __future__ import annotations

from datetime import timedelta

from flask import abort, make_response, session
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from flask_stadtlabor.errors import LinkExpired
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.registration import links
from flask_stadtlabor.registration.forms import RegistrationButton
from flask_stadtlabor.registration.links import Opened
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.state import now
from flask_stadtlabor.tokens import keyed_hash, token_hash

OPENED = "stadtlabor_link"
RECEIPT = "stadtlabor_receipt"
RECEIPT_TIME = timedelta(hours=1)
SENT = "stadtlabor_sent"
"""What was registered in this browser a moment ago, for the page that says what happens now."""


def open_token(token: str) -> bool:
    """Remember whose link this is; False for an unknown one, 410 for one whose time is over."""
    hashed = token_hash(token)
    if _behind(hashed) is None:
        return False
    session[OPENED] = hashed
    return True


def opened() -> Opened:
    """Whose link was opened in this browser; 403 where none was, 410 when its time is over."""
    hashed = session.get(OPENED)
    found = _behind(str(hashed)) if hashed else None
    if found is None:
        abort(403)
    return found


def is_gone() -> bool:
    """Whether a link was opened in this browser, and what it led to has been deleted since."""
    hashed = session.get(OPENED)
    return bool(hashed) and _behind(str(hashed)) is None


def opened_registration() -> Registration:
    """The registration, with its event; 410 where only consents are left of it."""
    registration = opened().registration
    if registration is None:
        raise LinkExpired
    return registration


def keep_receipt(subject: str) -> None:
    """Let the receipt be read in this browser for a while after the link has ended."""
    session[RECEIPT] = [subject, int((now() + RECEIPT_TIME).timestamp())]


def opened_for_receipt() -> Opened:
    """Whose receipt may be read: by the link, or for a while after its last consent ended."""
    try:
        return opened()
    except HTTPException:
        kept = session.get(RECEIPT)
        if kept is None or kept[1] < now().timestamp():
            raise
        return Opened(str(kept[0]), None)


def leave() -> None:
    """Leave nothing in this browser by which the next person at it gets to somebody's pages."""
    for key in (OPENED, RECEIPT, SENT):
        session.pop(key, None)


def _behind(hashed_token: str) -> Opened | None:
    try:
        return links.opened_by(hashed_token)
    except links.LinkHasExpired as error:
        raise LinkExpired from error


def button(subject: str) -> RegistrationButton:
    """A fresh button that remembers whose page showed it."""
    return RegistrationButton(formdata=None, about=mark_of(subject))


def button_problems(subject: str) -> list[str]:
    """Why the button that was pressed may not act, in sentences; none where all is well.

    Another link may have been opened in another tab since, and the browser keeps the last one: what
    was pressed for one registration must never be done to the other.
    """
    pressed = RegistrationButton()
    problems = pressed.problems()
    if not problems and is_about_another(pressed.about.data, subject):
        return [about_another()]
    return problems


def mark_of(subject: str) -> str:
    """What a form on a personal page carries, so that it never acts on another registration."""
    return keyed_hash("registration-button", subject)


def is_about_another(mark: str | None, subject: str) -> bool:
    """Whether a form was shown for somebody else; one without a mark is taken as it is."""
    return mark not in (None, "", mark_of(subject))


def about_another() -> str:
    """What to tell somebody whose form was about another registration."""
    return _sl(
        "Since you opened that page, another registration was opened in this browser. "
        "Nothing has been changed. For the other one, please open the link in its mail."
    )


def personal(page: str, status: int = 200) -> Response:
    """A page for one person, which no cache may keep."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response

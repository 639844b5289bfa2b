"""The registration that was opened in this browser, by a personal link or from an account."""

from __future__ import annotations

from datetime import timedelta

from flask import abort, current_app, make_response, session
from sqlalchemy import exists, select
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from flask_stadtlabor.exceptions import LinkExpired, NoCookies
from flask_stadtlabor.forms import keeps_cookies
from flask_stadtlabor.registration import links
from flask_stadtlabor.registration.accounts import (
    registrations_of,
    require_signed_in,
    signed_in,
)
from flask_stadtlabor.registration.links import LinkAccess
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.state import now
from flask_stadtlabor.state import session as database
from flask_stadtlabor.tokens import token_hash

OPENED = "stadtlabor_link"
"""The hash of the link's token, and how often its pages had been closed by then: a copy of the
cookie ends with the next closing, though nothing takes it away."""
HANDED_OVER = "stadtlabor_handed_over"
"""Set where the link was handed over, so that whoever has it need not have the address."""
FROM_ACCOUNT = "stadtlabor_from_account"
"""The pseudonym of the registration that was opened from an account, instead of :data:`OPENED`; it
stays open while the same person is signed in at the host."""
PARTICIPANT = "stadtlabor_participant"
"""The hash of the token of the link by which somebody takes part."""
RECEIPT = "stadtlabor_receipt"
"""The pseudonym and the time of expiry, then the values of :data:`OPENED`."""
RECEIPT_TIME = timedelta(hours=1)
SENT = "stadtlabor_sent"
"""What was registered in this browser a moment ago; see :mod:`.signup`."""


def open_token(token: str) -> bool:
    """Remember whose link this is; False for an unknown one, 410 for one whose time is over."""
    hashed = token_hash(token)
    found = _behind(hashed)
    if found is None:
        return False
    session[OPENED] = [hashed, found.closings]
    for former in (FROM_ACCOUNT, HANDED_OVER):
        session.pop(former, None)
    if token.startswith(links.HANDED_OVER):
        session[HANDED_OVER] = True
    return True


def open_from_account(registration: Registration) -> None:
    """Remember which of their registrations somebody opened from their account."""
    session[FROM_ACCOUNT] = registration.subject
    for former in (OPENED, HANDED_OVER):
        session.pop(former, None)


def is_sent_by_us_alone() -> bool:
    """Whether browsers send the session where our own page leads, and where no other site does.

    A redirect counts as led by the site that the link was on (RFC 6265bis §5.2).
    """
    return str(current_app.config["SESSION_COOKIE_SAMESITE"]).lower() == "strict"


def opened() -> LinkAccess:
    """What was opened in this browser; 403 where nothing was, 410 when its time is over."""
    found = _still_open()
    if found is None:
        if FROM_ACCOUNT in session:
            require_signed_in()
        if not keeps_cookies():
            raise NoCookies
        abort(403)
    return found


def proven_registration() -> Registration | None:
    """The registration whose mailed link was opened in this browser; None without one."""
    if HANDED_OVER in session:
        return None
    try:
        found = _still_open()
    except LinkExpired:
        return None
    return found.registration if found is not None else None


def is_gone() -> bool:
    """Whether something was opened in this browser, and has been deleted since."""
    subject = session.get(FROM_ACCOUNT)
    if subject is not None:
        return not database().scalar(select(exists().where(Registration.subject == subject)))
    kept = session.get(OPENED)
    return isinstance(kept, list) and _behind(kept[0]) is None


def opened_registration() -> Registration:
    """The registration, with its event; 410 where only consents are left of it."""
    registration = opened().registration
    if registration is None:
        raise LinkExpired
    return registration


def keep_receipt(subject: str) -> None:
    """Let the receipt be read in this browser for a while after the link has ended."""
    session[RECEIPT] = [subject, int((now() + RECEIPT_TIME).timestamp()), *session[OPENED]]


def opened_for_receipt() -> LinkAccess:
    """Whose receipt may be read: by the link, or for a while after its last consent ended."""
    try:
        return opened()
    except HTTPException:
        kept = session.get(RECEIPT)
        if kept is None or not _is_readable(*kept):
            raise
        return LinkAccess(str(kept[0]), None)


def _is_readable(subject: str, until: int, hashed: str, closings: int) -> bool:
    # a link that ended with its last consent may be deleted by now, and then nobody closed it
    return now().timestamp() <= until and links.closings_of(hashed) in (closings, None)


def close() -> None:
    """End all sessions that the same person's links opened, if one did here; to be committed."""
    kept = session.get(OPENED)
    if isinstance(kept, list):
        links.close(kept[0])


def leave() -> None:
    """Remove all that was opened from the session, for shared devices."""
    for key in (OPENED, HANDED_OVER, FROM_ACCOUNT, PARTICIPANT, RECEIPT, SENT):
        session.pop(key, None)


def _still_open() -> LinkAccess | None:
    if FROM_ACCOUNT in session:
        return _from_account(session[FROM_ACCOUNT])
    kept = session.get(OPENED)
    if not isinstance(kept, list):
        return None
    found = _behind(kept[0])
    return found if found is not None and found.closings == kept[1] else None


def _from_account(subject: str) -> LinkAccess | None:
    """Asked of the host each time, so that signing out there ends it."""
    actor = signed_in()
    if actor is None:
        return None
    found = registrations_of(actor, Registration.subject == subject)
    return LinkAccess(found[0].subject, found[0], is_account=True) if found else None


def _behind(hashed_token: str) -> LinkAccess | None:
    try:
        return links.access_by(hashed_token)
    except links.LinkHasExpired as error:
        raise LinkExpired from error


def personal(page: str, status: int = 200) -> Response:
    """A personal page, which no cache may store."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response

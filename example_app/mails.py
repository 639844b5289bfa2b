"""The page with the mails that this portal would have sent.

It belongs to the demo: a real portal has no such page.
"""

from __future__ import annotations

from email.message import EmailMessage

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue

from example_app import languages, mailbox
from example_app.languages import PREFIX

blueprint = Blueprint("mails", __name__)
languages.speak_by_path(blueprint)

MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)
"""A mail's HTML runs without scripts, without requests, and as a stranger to the portal."""
OPEN_IN_NEW_TAB = '<base target="_blank">'


@blueprint.get("/mails", endpoint="anywhere")
def anywhere() -> ResponseReturnValue:
    """The short address."""
    return languages.to_best("mails.index")


@blueprint.get(f"{PREFIX}/mails/")
def index() -> ResponseReturnValue:
    """All mails, the newest first."""
    return _private(render_template("portal/mails.html", mails=mailbox.newest_first()))


@blueprint.get(f"{PREFIX}/mails/<key>/")
def show(key: str) -> ResponseReturnValue:
    """One mail with its text, its HTML in a frame and its attachments."""
    return _private(render_template("portal/mail.html", mail=_find(key)))


@blueprint.get(f"{PREFIX}/mails/<key>/html")
def html(key: str) -> ResponseReturnValue:
    """The HTML part alone, under its own, stricter policy."""
    response = _private(OPEN_IN_NEW_TAB + _find(key).html)
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


@blueprint.get(f"{PREFIX}/mails/<key>/attachments/<int:number>")
def attachment(key: str, number: int) -> ResponseReturnValue:
    """An attachment as a download."""
    parts = _find(key).attachments
    if number >= len(parts):
        abort(404)
    response = _private(_bytes(parts[number]))
    response.mimetype = parts[number].get_content_type()
    response.headers.set(
        "Content-Disposition", "attachment", filename=parts[number].get_filename() or "attachment"
    )
    return response


def _find(key: str) -> mailbox.Mail:
    return mailbox.find(key) or abort(404)


def _private(body: str | bytes) -> Response:
    """Personal links stand in mails, so that nothing here may be kept or told on."""
    response = Response(body, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _bytes(part: EmailMessage) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""

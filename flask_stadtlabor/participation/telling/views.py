"""The page behind the link that ends mails, and what mail programs send to it."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from flask_stadtlabor.exceptions import ParticipationLinkUnknown
from flask_stadtlabor.participation.telling.operations import end_mails
from flask_stadtlabor.participation.telling.unsubscribing import Mails, unsubscription
from flask_stadtlabor.registration.views.link_session import personal
from flask_stadtlabor.templating import draw
from flask_stadtlabor.transactions import commit


def unsubscribe(token: str) -> ResponseReturnValue:
    """A page with one button; its POST, as a mail program's (RFC 8058), ends the mails at once.

    There is no token of a session in it, and none is asked for: a mail program has no session. Nor
    is one needed. CSRF makes a browser use the rights of whoever sits before it, and here nobody
    has any: what may be done stands in the signed address, which nobody else can guess. A host's
    ``CSRFProtect`` refuses the POST, upon which our handler of that refusal calls this view, which
    does what the address says (:func:`flask_stadtlabor.forms.show_form_again`).

    The answer is the same when the participant has been erased. A mail program follows no redirect,
    so that the answer to the POST is the page itself.
    """
    found = unsubscription(token)
    if found is None:
        raise ParticipationLinkUnknown
    is_done = request.method == "POST"
    if is_done:
        commit(lambda: end_mails(found.mark, found.mails))
    page = draw(
        "stadtlabor/participation/telling/unsubscribe.html",
        token=token,
        is_done=is_done,
        is_digest=found.mails == Mails.DIGEST,
    )
    return personal(page)

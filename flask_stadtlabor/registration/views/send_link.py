""" "Send me my link again", which tells nobody who is registered (S2)."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.config import Rate
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.limits import client_key, within_limit
from flask_stadtlabor.outbox.operations import enqueue_deferred
from flask_stadtlabor.registration.forms.send_link import LinkForm
from flask_stadtlabor.registration.mails.kinds import LINKS
from flask_stadtlabor.registration.mails.share import exceeded_share, turn_of, waiting_mails
from flask_stadtlabor.registration.views.link_session import personal
from flask_stadtlabor.templating import draw
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import see_other


def send_link() -> ResponseReturnValue:
    """The form; a sent one is answered alike for every address."""
    form = LinkForm()
    if not form.is_submitted():
        return _show(form, 200)
    if not form.validate():
        return _show(form, 422)
    if not within_limit("send-link", client_key()):
        form.form_problems = [
            _sl("That was asked for very often in a short time. Please try again in a few minutes.")
        ]
        return _show(form, 429)
    address = str(form.email.data)
    exceeded = exceeded_share(address, "mail-address")
    commit(lambda: _enqueue(address, exceeded))
    return see_other("link_sent")


def _enqueue(address: str, exceeded: Rate | None) -> None:
    turn = turn_of(LINKS, None, exceeded, waiting_mails(address))
    enqueue_deferred(kind=LINKS.name, recipient=address, turn=turn)


def link_sent() -> ResponseReturnValue:
    """What happens now; the same page for everybody."""
    return personal(draw("stadtlabor/registration/link_sent.html"))


def _show(form: LinkForm, status: int) -> Response:
    return personal(draw("stadtlabor/registration/send_link.html", form=form), status)

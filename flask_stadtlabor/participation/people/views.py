"""The link to somebody's own page: asked for, and opened."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.config import Rate
from flask_stadtlabor.exceptions import ParticipationLinkUnknown
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.limits import client_key, within_limit
from flask_stadtlabor.participation.people import current
from flask_stadtlabor.participation.people.current import Identity
from flask_stadtlabor.participation.people.mails import send_link
from flask_stadtlabor.participation.people.operations import awaited, contributor
from flask_stadtlabor.registration.forms.send_link import LinkForm
from flask_stadtlabor.registration.mails.share import exceeded_share
from flask_stadtlabor.registration.views.link_session import is_sent_by_us_alone, personal
from flask_stadtlabor.templating import draw
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import local_url, see_other


def ask_for_link() -> ResponseReturnValue:
    """The form for people without an account; answered alike for every address (S2)."""
    form = LinkForm()
    if not form.is_submitted():
        return _show(form, 200)
    status = take_address(form)
    return see_other("participation_link_sent") if status == 303 else _show(form, status)


def take_address(form: LinkForm) -> int:
    """Send a link to the address that a form names; the status of the answer, 303 once it is done.

    Else the form says what is wrong.
    """
    if not form.validate():
        return 422
    if not within_limit("send-link", client_key()):
        form.form_problems = [
            _sl("That was asked for very often in a short time. Please try again in a few minutes.")
        ]
        return 429
    address = str(form.email.data)
    exceeded = exceeded_share(address, "mail-address")
    commit(lambda: _send(address, exceeded))
    return 303


def link_sent() -> ResponseReturnValue:
    """What happens now; the same page for everybody."""
    return personal(draw("stadtlabor/participation/people/link_sent.html"))


def open_link(token: str, waits: Callable[[Identity], bool]) -> ResponseReturnValue:
    """The link of a mail: swaps the token for a session (S3).

    Whatever it was asked for, it leads to what ``waits`` to be published, where there is such a
    thing: the mail may be the only one that came for both, and nobody sees there what the other
    one was for.
    """
    if not within_limit("link", client_key()):
        abort(429)
    if not current.open_link(token):
        raise ParticipationLinkUnknown
    who = current.identity()
    if who.account is not None and len(current.of_account(who.account)) > 1:
        # the account and its address are one participant from now on, whose page shows all of it
        commit(lambda: contributor(who))
    back = current.way_back() if current.shows_what_was_opened() else None
    news = "opened"
    if back and waits(current.identity()):
        current.set_aside(back)
        back, news = None, "waits"
    target = back or local_url("my_registrations", now=news)
    if is_sent_by_us_alone():
        return personal(draw("stadtlabor/participation/people/opening.html", target=target))
    return redirect(target, 303)


def _send(address: str, exceeded: Rate | None) -> None:
    awaited(address)
    send_link(address, exceeded)


def _show(form: LinkForm, status: int) -> Response:
    is_closed = request.args.get("now") == "closed"
    page = draw("stadtlabor/participation/people/link.html", form=form, is_closed=is_closed)
    return personal(page, status)

"""Links to the preview of an event: made and ended by staff, opened by anybody who has one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flask import abort, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.editor.preview_links import (
    end_link,
    find_linked,
    links_of,
    make_link,
    token_of,
)
from flask_stadtlabor.events.history_models import PreviewLink
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.organise.forms.preview_link import EndLinkButton, PreviewLinkForm
from flask_stadtlabor.organise.views.editing.review_event import preview_of
from flask_stadtlabor.organise.views.staff_page import acting, staff_page
from flask_stadtlabor.state import now
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import absolute_url, see_other

MADE, ENDED = "made", "ended"


class ShownLink(NamedTuple):
    """A link as its list shows it."""

    link: PreviewLink
    address: str | None
    """What to pass on; None where it cannot be made anew, or leads nowhere any more."""
    ending: EndLinkButton | None
    """None once it has ended."""


def show(event: Event) -> ResponseReturnValue:
    """GET lists the links of an event; POST makes one, or ends the one that it names."""
    if request.method == "POST" and "end" in request.form:
        return _end(event)
    form = PreviewLinkForm()
    if not form.is_submitted():
        return _show(event, form)
    if not form.validate():
        return _show(event, form, form.session_errors(), 422)
    days, by = int(form.days.data or 0), acting()
    commit(lambda: make_link(lock_event(event), days, by))
    return see_other("preview_links", slug=event.slug, now=MADE)


def open_preview(token: str) -> ResponseReturnValue:
    """What staff works on, for whoever has the link."""
    event = find_linked(token)
    if event is None:
        abort(404)
    return preview_of(event)


def _end(event: Event) -> ResponseReturnValue:
    ending = EndLinkButton()
    problems = ending.problems()
    if problems:
        return _show(event, PreviewLinkForm(formdata=None), problems, 422)
    commit(lambda: end_link(lock_event(event), ending.number))
    return see_other("preview_links", slug=event.slug, now=ENDED)


def _show(
    event: Event, form: PreviewLinkForm, problems: Sequence[str] = (), status: int = 200
) -> Response:
    links = [_shown(event, link) for link in links_of(event)]
    return staff_page(
        "editor/preview_links.html",
        status,
        event=event,
        form=form,
        problems=problems,
        live=[shown for shown in links if shown.ending],
        ended=[shown.link for shown in links if not shown.ending],
        done=request.args.get("now", ""),
    )


def _shown(event: Event, link: PreviewLink) -> ShownLink:
    if link.ends_at <= now():
        return ShownLink(link, None, None)
    token = token_of(event, link)
    address = absolute_url("shared_preview", token=token) if token else None
    return ShownLink(link, address, EndLinkButton(formdata=None, end=str(link.number)))

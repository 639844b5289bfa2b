"""Helpers that the back office pages share: rendering, button errors, lookups or 404."""

from __future__ import annotations

from typing import Any

from flask import abort, make_response, request
from werkzeug.wrappers import Response

from flask_stadtlabor.by_staff import LONGEST_KEY, LONGEST_NAME, By
from flask_stadtlabor.db import LARGEST_INTEGER
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.queries import whole_number
from flask_stadtlabor.exceptions import NotAllowed
from flask_stadtlabor.forms import Button
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.organise.queries.registrations import find_registration
from flask_stadtlabor.permissions import allowed, staff
from flask_stadtlabor.ports import Action
from flask_stadtlabor.registration.later_forms import waiting_for
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.templating import draw
from flask_stadtlabor.urls import local_url

MOST_PAGES = 1000
"""Of a list whose length nobody counts; whoever wants to see further filters it."""
LOOK = "look"
"""The button that shows what would be done, and does nothing."""


def staff_page(template: str, status: int = 200, **context: Any) -> Response:
    """A page for staff: ``may`` asks the host's policy, ``button`` is a form of one button."""
    page = draw(
        f"stadtlabor/organise/{template}",
        may=allowed,
        actions=Action,
        button=Button(formdata=None),
        **context,
    )
    return make_response(page, status)


def not_seen_yet() -> str:
    """Why nothing was done by a button beside which something else was typed than was shown."""
    return _sl(
        "The page now shows what you wrote last. Nothing has been done; please look once more and "
        "press the button again."
    )


def button_problems() -> list[str]:
    """Why the page's plain button may not act, in sentences; none where all is well."""
    return Button().problems()


def registration_or_404(event: Event, number: int) -> Registration:
    """The registration of ``event`` with this number."""
    found = find_registration(event, number) if is_number(number) else None
    if found is None:
        abort(404)
    return found


def may_bring_link(event: Event, registration: Registration) -> bool:
    """Whether this member of staff may cause a personal link to be made.

    It shows what the party needs, also by a later form, and so takes the right to read that where
    there is anything.
    """
    later = waiting_for(registration)
    # of a form for somebody who has confirmed, the noes alone are kept
    has_needs = registration.support_needs or (later and later.said.get("support_needs"))
    return not has_needs or allowed(Action.SEE_SUPPORT_NEEDS, event)


def require_for_link(event: Event, registration: Registration) -> None:
    """Raises :class:`~.exceptions.NotAllowed` where :func:`may_bring_link` says no."""
    if not may_bring_link(event, registration):
        raise NotAllowed


def next_page(event: Event, number: int, news: str) -> str:
    """Where staff goes on after they did something for a registration, and learns the ``news``.

    Whoever may not read who has registered goes on at the event, or registers the next one.
    """
    if allowed(Action.SEE_REGISTRATIONS, event):
        return local_url("organise_registration", slug=event.slug, number=number, now=news)
    page = "organise_event" if allowed(Action.ORGANISE, event) else "organise_register"
    return local_url(page, slug=event.slug, now=news)


def page_number() -> int:
    """The page of a list that is asked for, from 1."""
    return min(max(whole_number(request.args.get("page")), 1), MOST_PAGES)


def page_ways(view: str, page: int, has_more: bool, **values: Any) -> dict[str, Any]:
    """The addresses of the pages before and after, for a list whose length nobody counts."""
    return {
        "previous_url": local_url(view, **values, page=page - 1) if page > 1 else None,
        "next_url": local_url(view, **values, page=page + 1) if has_more else None,
    }


def posted_json() -> Any:
    """What a script has sent; None where it is no JSON, or nested as no script of ours does it."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


def is_number(number: int) -> bool:
    """Whether a database could look this number up at all."""
    return 1 <= number <= LARGEST_INTEGER


def acting() -> By:
    """Who acts, as it is kept beside what they did; by account, where the host gives no name."""
    actor = staff()
    name = actor.name or _sl("Account %(key)s", key=actor.key)
    return By(actor.key[:LONGEST_KEY], name[:LONGEST_NAME])

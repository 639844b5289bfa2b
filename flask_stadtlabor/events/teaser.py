"""The next events on a page of the host's."""

from __future__ import annotations

from markupsafe import Markup

from flask_stadtlabor.events.queries import find_upcoming
from flask_stadtlabor.events.standing import standings_of
from flask_stadtlabor.i18n import use_language, visitor_language
from flask_stadtlabor.state import now
from flask_stadtlabor.templating import draw


def upcoming(number: int = 3) -> Markup:
    """The next ``number`` public events as an HTML list, in one statement; empty without any.

    It is in the language of the host's page where that is one of ours, else in the browser's. The
    list has no style; ``stadtlabor/events/upcoming.html`` draws it, and a host may override that.
    """
    events = find_upcoming(number)
    if not events:
        return Markup("")
    with use_language(visitor_language()):
        cards = standings_of(events, now())
        page = draw("stadtlabor/events/upcoming.html", cards=cards)
    return Markup(page)  # noqa: S704 - a template of ours, which escapes

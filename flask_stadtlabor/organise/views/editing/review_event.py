"""Before an event is published: what is missing, its preview, and throwing a draft away."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.editor.comparison import shown_changes
from flask_stadtlabor.editor.drafts import (
    Changed,
    discard,
    pending,
    working,
)
from flask_stadtlabor.editor.page_fields import (
    id_of,
)
from flask_stadtlabor.editor.planning import plan_of
from flask_stadtlabor.editor.removed_answers import going
from flask_stadtlabor.editor.review import review
from flask_stadtlabor.editor.telling import event_as, projects_of
from flask_stadtlabor.events.history_models import Step
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.models import Event, EventStatus
from flask_stadtlabor.events.views import preview_page
from flask_stadtlabor.exchange.saving import entry_from
from flask_stadtlabor.i18n import _sl, use_language
from flask_stadtlabor.organise.forms.edit_event import DiscardForm
from flask_stadtlabor.organise.views.editing.editor_page import (
    around,
)
from flask_stadtlabor.organise.views.staff_page import acting, button_problems, staff_page
from flask_stadtlabor.state import now, settings
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import see_other


def show_review(event: Event) -> ResponseReturnValue:
    """What blocks publishing, what is worth doing, what is fine, and what would change."""
    return draw_review(event, [])


def draw_review(event: Event, problems: Sequence[str], status: int = 200) -> Response:
    """The page before publishing."""
    now_working = working(event)
    changes = pending(event) if event.is_public else []
    can_publish = now_working.is_pending or not event.is_public
    return staff_page(
        "editor/review.html",
        status,
        event=event,
        problems=problems,
        found=review(now_working.document),
        is_pending=now_working.is_pending,
        discard_button=DiscardForm(formdata=None, number=str(now_working.number)),
        plan=None if event.is_public else plan_of(event),
        changes=shown_changes(changes, now_working.document["timezone"]),
        going=going(event, now_working.document) if can_publish else [],
        id_of=id_of,
        offered=offered_steps(event),
        **around(event, now_working.document),
    )


def offered_steps(event: Event) -> list[str]:
    """What else can be done with an event that everybody sees; nothing once it is over.

    A postponed one is not over before it has its new date.
    """
    postponed = event.status == EventStatus.POSTPONED
    if not event.is_public or (event.ends_at <= now() and not postponed):
        return []
    steps = [] if event.status == EventStatus.CANCELLED else [Step.MOVED, Step.CANCELLED]
    steps += [Step.UNPUBLISHED] if postponed else [Step.POSTPONED, Step.UNPUBLISHED]
    return [step.value for step in steps]


def throw_away(event: Event) -> ResponseReturnValue:
    """Throw the draft of changes away."""
    problems = button_problems()
    if problems:
        return draw_review(event, problems, 422)
    by, seen = acting(), DiscardForm().seen
    try:
        commit(lambda: discard(lock_event(event), seen, by))
    except Changed:
        changed = _sl(
            "Somebody has saved this draft since you opened the page, so it is still there. "
            "Please look at what it changes now."
        )
        return draw_review(event, [changed], 409)
    return see_other("review_event", slug=event.slug)


def preview(event: Event, language: str) -> ResponseReturnValue:
    """The event as a citizen would see it, with all that is drafted."""
    if language not in settings().locales:
        abort(404)
    with use_language(language):
        return preview_of(event)


def preview_phone(event: Event, language: str) -> ResponseReturnValue:
    """The preview in a frame as wide as a phone."""
    if language not in settings().locales:
        abort(404)
    return staff_page("editor/phone.html", event=event, shown=language)


def preview_of(event: Event) -> Response:
    """The event's page of the state on which staff works, in the language spoken."""
    entry = entry_from(working(event).document)
    return preview_page(event_as(event, entry), projects_of(entry))

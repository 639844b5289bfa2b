"""Desk notices: what staff tells people whom no mail reaches, ticked off once it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import abort
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.consent.answers.status import ConsentStatus, statuses_of
from flask_stadtlabor.consent.models import ConsentAction
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import _sl, listed, words
from flask_stadtlabor.organise.queries.notices import (
    count_notices,
    events_with_notices,
    find_notice,
    open_notices,
)
from flask_stadtlabor.organise.views.staff_page import (
    acting,
    button_problems,
    is_number,
    staff_page,
)
from flask_stadtlabor.outbox.templates import MailWords
from flask_stadtlabor.permissions import allowed
from flask_stadtlabor.ports import Action
from flask_stadtlabor.registration.locks import lock_registration
from flask_stadtlabor.registration.mails.details import Details
from flask_stadtlabor.registration.mails.kinds import ASK_AGAIN, BY_NAME, REFUSED_BY_FORM, MailKind
from flask_stadtlabor.registration.mails.render import words_for
from flask_stadtlabor.registration.models import DeskNotice, Registration
from flask_stadtlabor.registration.operations import staff
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import see_other


def show() -> ResponseReturnValue:
    """What is to be passed on, the oldest first."""
    return _show_page()


def pass_on(event: Event, number: int) -> ResponseReturnValue:
    """Tick a notice off, with the day and who did it."""
    notice = find_notice(event, number) if is_number(number) else None
    if notice is None:
        abort(404)
    problems = button_problems()
    if problems:
        return _show_page(problems, 422)
    registration, by = notice.registration, acting()
    commit(lambda: staff.pass_on(lock_registration(registration), notice, by))
    return see_other("desk_notices")


def events_to_tell_of() -> list[Event]:
    """The events with open notices that this person may pass on."""
    return [e for e in events_with_notices() if allowed(Action.MANAGE_REGISTRATIONS, e)]


def _show_page(problems: list[str] | None = None, status: int = 200) -> Response:
    events = events_to_tell_of()
    found = open_notices(events)
    statuses = statuses_of([notice.registration.subject for notice in found])
    notices = [
        (notice, words_of(notice, notice.registration, statuses[notice.registration.subject]))
        for notice in found
    ]
    return staff_page(
        "notices.html",
        status,
        notices=notices,
        further=count_notices(events) - len(found),
        problems=problems or [],
    )


def words_of(
    notice: DeskNotice, registration: Registration, statuses: Sequence[ConsentStatus]
) -> MailWords:
    """What a mail would have said; ``statuses`` tell which consents it is about."""
    kind = BY_NAME[notice.kind]
    details = replace(Details.from_json(notice.tells), purpose_title=_titles_for(kind, statuses))
    return words_for(kind, registration, details)


def _titles_for(kind: MailKind, statuses: Sequence[ConsentStatus]) -> str:
    """The consents that were withdrawn, or those that are asked for again, in a sentence."""
    if kind == ASK_AGAIN:
        return listed(
            [
                _sl("“%(title)s”", title=words(status.title))
                for status in statuses
                if status.act == ConsentAction.REQUESTED and status.said_yes
            ]
        )
    said = ConsentAction.REFUSED if kind == REFUSED_BY_FORM else ConsentAction.WITHDRAWN
    return listed([words(status.title) for status in statuses if status.act == said])

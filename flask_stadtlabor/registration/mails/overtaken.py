"""Messages that staff has yet to pass on, and that what came later has made untrue.

A mail that is written when its turn comes is dropped where it is true no longer. A message of staff
waits as long as nobody has passed it on; it is left out for as long as it is not true, and comes
back with an event that takes place after all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, and_, delete, or_, select

from flask_stadtlabor.events.models import Event, EventStatus
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.mails.kinds import MailKind
from flask_stadtlabor.registration.models import (
    ACTIVE,
    DeskNotice,
    Registration,
    RegistrationState,
)
from flask_stadtlabor.state import session
from flask_stadtlabor.transactions import change_rows

TRUE_IN: Mapping[MailKind, Sequence[RegistrationState]] = {
    **{kind: kind.deferred_in for kind in kinds.KINDS if kind.deferred_in},
    kinds.OFFERED: (RegistrationState.OFFERED,),
    kinds.UPDATED: ACTIVE,
    kinds.UPDATED_BY_STAFF: ACTIVE,
    kinds.CHANGED: ACTIVE,
    kinds.MOVED: ACTIVE,
    kinds.RESUMED: ACTIVE,
    kinds.POSTPONED: ACTIVE,
}
"""The states of a registration in which a message about coming tells somebody anything."""
UNTRUE_WHILE: Mapping[EventStatus, Iterable[MailKind]] = {
    EventStatus.CANCELLED: TRUE_IN,
    EventStatus.POSTPONED: (kinds.CONFIRMED,),
}
"""What nobody has to hear of an event that does not take place."""


def is_overtaken() -> ColumnElement[bool]:
    """Messages, with their registration and event, that tell somebody nothing any more."""
    by_state = (
        and_(DeskNotice.kind == kind.name, Registration.state.not_in(states))
        for kind, states in TRUE_IN.items()
    )
    by_status = (
        and_(Event.status == status, DeskNotice.kind.in_([kind.name for kind in untrue]))
        for status, untrue in UNTRUE_WHILE.items()
    )
    return or_(*by_state, *by_status)


def take_back_news(registrations: Iterable[int]) -> dict[int, list[DeskNotice]]:
    """Delete what these are still to be told of what became of their event; returns it."""
    found = session().scalars(
        select(DeskNotice)
        .where(
            DeskNotice.registration_id.in_(tuple(registrations)),
            DeskNotice.kind.in_([kind.name for kind in kinds.EVENT_NEWS]),
            DeskNotice.done_at.is_(None),
        )
        .order_by(DeskNotice.id)
    )
    taken: dict[int, list[DeskNotice]] = {}
    for notice in found.all():
        session().expunge(notice)
        taken.setdefault(notice.registration_id, []).append(notice)
    ids = [notice.id for notices in taken.values() for notice in notices]
    if ids:
        change_rows(delete(DeskNotice).where(DeskNotice.id.in_(ids)))
    return taken

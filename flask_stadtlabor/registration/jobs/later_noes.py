"""The worker records noes of later forms against consents that count already (C15).

This concerns confirmed registrations, those that need no confirmation, and waiting ones that have
chosen before. Recording it with the form would take longer than for an unknown address (S2).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, select

from flask_stadtlabor.consent.answers.status import statuses
from flask_stadtlabor.consent.models import ConsentSubject
from flask_stadtlabor.events.locks import LockedEvent
from flask_stadtlabor.registration import later_forms
from flask_stadtlabor.registration.locks import Locked, lock_found
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.mails.ended_yeses import tell
from flask_stadtlabor.registration.models import ACTIVE, LaterForm, Registration
from flask_stadtlabor.state import session

BATCH_SIZE = 50
"""How many people's noes are written in one transaction: others want the event's lock, too."""


def people_with_noes() -> dict[int, list[int]]:
    """The registrations with a no that :func:`write_noes` would write down, by their event."""
    rows = session().execute(
        select(Registration.event_id, Registration.id, LaterForm.said)
        .join(Registration.later_form)
        .where(_counts_already())
        .order_by(Registration.event_id, Registration.id)
        # strangers can send many forms, and long ones
        .execution_options(yield_per=BATCH_SIZE)
    )
    found: dict[int, list[int]] = {}
    for row in rows:
        if row.said["refused"]:
            found.setdefault(row.event_id, []).append(row.id)
    return found


def write_noes(within: LockedEvent, people: Sequence[int]) -> int:
    """Write down those of some registrations, and tell whoever had said yes; returns how many.

    The rest of their forms goes on to wait for a choice.
    """
    theirs = select(Registration).join(Registration.later_form).where(Registration.id.in_(people))
    found = lock_found(within, theirs.where(_counts_already()).order_by(Registration.id))
    return sum(_write(locked) for locked in found)


def _write(locked: Locked) -> bool:
    registration = locked.registration
    later = later_forms.waiting_for(registration)
    if later is None or not later.said["refused"]:
        return False
    noes = later_forms.noes_of(registration)
    withdrawn = [s for s in statuses(registration.subject) if s.said_yes and s.slug in noes]
    if withdrawn:
        tell(kinds.REFUSED_BY_FORM, registration, withdrawn, behind=registration.subject)
    later_forms.refuse(registration, noes)
    later.said = {**later.said, "refused": {}}
    session().flush()
    later_forms.drop_if_alike(locked)
    return True


def _counts_already() -> ColumnElement[bool]:
    """Registrations that stand, and whose consents count already."""
    is_confirmed = exists().where(
        ConsentSubject.reference == Registration.subject, ConsentSubject.confirmed_at.is_not(None)
    )
    return and_(Registration.state.in_(ACTIVE), is_confirmed)

"""A yes in a registration that has ended, ended by a later no in another one (C15).

A consent outlives a cancelled registration until it is withdrawn. If the same address registers
again and says no, that later no ends the earlier yes. The worker does this, not the form: the two
registrations have different pseudonyms, and the extra time would reveal who was registered before
(S2). Where one of them is erased, or gets another address, nobody could tell afterwards that they
belong together, so that it is done before that.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, Literal

from sqlalchemy import BindParameter, ColumnElement, Result, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from flask_stadtlabor.consent.answers import operations as consent
from flask_stadtlabor.consent.answers.operations import NO
from flask_stadtlabor.consent.answers.status import statuses, was_answered_since
from flask_stadtlabor.consent.models import IN_FORCE, ConsentEntry, ConsentSubject, Method
from flask_stadtlabor.db import Statement
from flask_stadtlabor.events.locks import LockedEvent
from flask_stadtlabor.registration.locks import Locked, lock_found
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.mails.ended_yeses import tell
from flask_stadtlabor.registration.models import ENDED, Registration
from flask_stadtlabor.state import session
from flask_stadtlabor.tokens import has_older_secrets


def people_with_yeses() -> dict[int, list[int]]:
    """The registrations with a yes that :func:`end_yeses` would end, by their event."""
    found: dict[int, list[int]] = {}
    for event_id, number, *_ in _refused_anew("all"):
        numbers = found.setdefault(event_id, [])
        if number not in numbers:
            numbers.append(number)
    return found


def end_yeses(within: LockedEvent, people: Sequence[int]) -> int:
    """End those of some registrations, as if they had been withdrawn, and tell; returns how many.

    Of a yes that counts staff gets the task to take down what it allowed (C10).
    """
    wanted = select(Registration).where(Registration.id.in_(people)).order_by(Registration.id)
    earlier = {locked.registration.id: locked for locked in lock_found(within, wanted)}
    purposes: dict[int, set[str]] = {}
    newest: dict[int, str] = {}
    for _, number, purpose, other in _refused_anew("earlier", people):
        purposes.setdefault(number, set()).add(purpose)
        newest[number] = other
    for number in purposes.keys() & earlier.keys():
        _end(earlier[number], purposes[number], newest[number])
    return len(purposes)


def end_yeses_around(within: LockedEvent, people: Collection[int]) -> None:
    """End at once those that depend on these registrations, by the yes or by the no in them."""
    found = _refused_anew("either", people).all()
    if found:
        end_yeses(within, sorted({number for _, number, *_ in found}))


def _end(locked: Locked, purposes: Collection[str], newest: str) -> None:
    """``newest`` is the pseudonym of the newest registration that says no to any of them."""
    registration = locked.registration
    ended = [status for status in statuses(registration.subject) if status.slug in purposes]
    tell(kinds.REFUSED_ANEW, registration, ended, behind=newest)
    for status in ended:
        consent.withdraw(
            registration.subject, status.slug, actor=registration.answered_by, method=Method.WEB
        )


Which = Literal["all", "earlier", "either"]
"""All such yeses, those in some registrations, or those with the yes or the no in one of them."""


def _refused_anew(which: Which, people: Collection[int] = ()) -> Result[*tuple[Any, ...]]:
    """Event, registration and purpose of each such yes, and the pseudonym that says no.

    That no counts once its registration's address was confirmed, or nobody had to confirm it.
    """
    given = {} if which == "all" else {"people": people}
    return session().execute(_finding_refused(which, has_older_secrets()), given)


@cache
def _finding_refused(which: Which, has_older_secrets: bool) -> Statement:
    """Built once: that takes longer than to run it, which each round does."""
    earlier, other = aliased(Registration), aliased(Registration)
    yes, no = aliased(ConsentEntry), aliased(ConsentEntry)
    people: BindParameter[int] = bindparam("people", expanding=True)
    among: dict[Which, list[ColumnElement[bool]]] = {
        "all": [],
        "earlier": [earlier.id.in_(people)],
        "either": [or_(earlier.id.in_(people), other.id.in_(people))],
    }
    return (
        select(earlier.event_id, earlier.id, yes.purpose, other.subject)
        .select_from(earlier)
        .join(
            other,
            and_(
                other.event_id == earlier.event_id,
                _have_one_address(earlier, other, has_older_secrets),
            ),
        )
        .join(ConsentSubject, ConsentSubject.reference == other.subject)
        .join(yes, yes.subject == earlier.subject)
        .join(no, and_(no.subject == other.subject, no.purpose == yes.purpose, no.seq > yes.seq))
        .where(
            earlier.state.in_(ENDED),
            *among[which],
            ConsentSubject.confirmed_at.is_not(None),
            yes.event.in_(IN_FORCE),
            ~was_answered_since(yes),
            no.event.in_(NO),
            ~was_answered_since(no),
        )
        .order_by(earlier.event_id, earlier.id, other.id)
    )


def _have_one_address(
    one: type[Registration], other: type[Registration], has_older_secrets: bool
) -> ColumnElement[bool]:
    """By its keyed hash; after a new secret, also by the address as both have it."""
    same = other.address_key == one.address_key
    return or_(same, other.email == one.email) if has_older_secrets else same

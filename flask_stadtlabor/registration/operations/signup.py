"""A party registers: who gets seats, who waits, and what a known address learns."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, replace
from functools import cache
from typing import NamedTuple

from sqlalchemy import and_, bindparam, exists, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from flask_stadtlabor import signals
from flask_stadtlabor.config import Rate
from flask_stadtlabor.consent.answers import operations as consent
from flask_stadtlabor.consent.models import ActorKind, ConsentAction
from flask_stadtlabor.db import Statement
from flask_stadtlabor.events.locks import LockedEvent
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.next_step import (
    NextStep,
    Step,
    WhyFull,
    next_step,
    why_nobody_waits,
)
from flask_stadtlabor.outbox.models import OutboxMail
from flask_stadtlabor.outbox.operations import NOW
from flask_stadtlabor.registration import later_forms
from flask_stadtlabor.registration.accounts import account_key
from flask_stadtlabor.registration.allocation import seats
from flask_stadtlabor.registration.locks import Locked, find_under, find_with_others
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.mails.kinds import MailKind
from flask_stadtlabor.registration.mails.send import send_mail
from flask_stadtlabor.registration.mails.share import (
    IS_WAITING,
    WAITING_COLUMNS,
    Waiting,
    turn_of,
    whose_mails,
)
from flask_stadtlabor.registration.models import (
    PENDING,
    LaterForm,
    Registration,
    RegistrationState,
    Source,
)
from flask_stadtlabor.registration.operations.transitions import end_overdue
from flask_stadtlabor.registration.refusals import ContentChanged, GuardianMissing, NotTaken
from flask_stadtlabor.registration.requests import SignupRequest
from flask_stadtlabor.revision import CHANGED_AT, NUMBER, Revision
from flask_stadtlabor.state import now, session
from flask_stadtlabor.tokens import keyed_hash, keyed_hashes, new_token


def register(
    within: LockedEvent, application: SignupRequest, *, exceeded: Rate | None = None
) -> RegistrationState:
    """Register a party; returns the state that a new registration gets at this moment.

    An address that is registered already gets a mail with its link instead, and nothing else is
    written; the answer is the same, so that it tells nobody who is registered (S2, S5). Without an
    address, or with one that an account has confirmed, there is nothing to confirm: the party has
    its seats at once, or waits. Whose address an account has confirmed may know where they stand.
    ``exceeded`` is the limit by which the address has had its share of mails, so that this one is
    postponed. Raises :class:`NotTaken`, and :class:`ContentChanged` where the form was made at
    another revision of the content.
    """
    known, any_overdue, revision, waiting = _find_address(within, application.email)
    if application.revision not in (None, revision):
        raise ContentChanged
    if any_overdue:
        end_overdue(within)
        known, *_, waiting = _find_address(within, application.email)
    # what follows may read the row afresh, and without its later form
    former = known.registration.later_form if known is not None else None
    state = _state_for(within, application)
    if known is not None:
        told = state if application.account is None else _standing_of(known)
        _send(_kind_for(known), known.registration, application.source, exceeded, waiting)
        _answer_known(known, former, application, state)
        return told
    # within a savepoint, because the rehearsal needs one, and neither may take longer (S2)
    with session().begin_nested():
        registration = _create(within, application, state)
        _send(_MAIL_FOR[state], registration, application.source, exceeded, waiting)
        _record_choices(registration, application)
    signals.send(signals.registration_created, registration=registration)
    return state


def _answer_known(
    known: Locked, former: LaterForm | None, application: SignupRequest, state: RegistrationState
) -> None:
    """Keep what was sent once more for an address that nobody has shown to be theirs.

    It takes as much time as for a new address. Where somebody has confirmed, whoever types their
    address sets them no choices: of a further form its noes count, and nothing else is kept (C15).
    """
    if known.registration.confirmed_at is None or not known.event.confirm_by_email:
        _keep_later_form(known, former, application)
        is_kept = True
    else:
        is_kept = later_forms.keep_noes(known, former, _answers(application))
    _rehearse(known, application, state, stores_registration=not is_kept)


def _standing_of(known: Locked) -> RegistrationState:
    """What the person's own registration waits for; an offer is held until they take it."""
    state = RegistrationState(known.registration.state)
    return RegistrationState.HELD if state in PENDING else state


def _kind_for(known: Locked) -> MailKind:
    is_held = known.registration.state == RegistrationState.HELD
    return kinds.CONFIRM if is_held else kinds.KNOWN


def _send(
    kind: MailKind,
    registration: Registration,
    source: Source,
    exceeded: Rate | None,
    waiting: Collection[Waiting],
) -> None:
    """Send the first mail of a registration; those that staff causes are not rate-limited."""
    turn = NOW
    if source == Source.WEB and registration.email is not None:
        turn = turn_of(kind, registration.subject, exceeded, waiting)
    send_mail(kind, registration, turn=turn)


def _keep_later_form(known: Locked, former: LaterForm | None, application: SignupRequest) -> None:
    said = asdict(replace(application, choices=()))
    names = {name for columns in later_forms.PARTS.values() for name in columns}
    later_forms.keep(
        known,
        former,
        {name: later_forms.as_json(said[name]) for name in (*names, "answers")},
        _answers(application),
    )


def _answers(application: SignupRequest) -> dict[str, tuple[ConsentAction, int]]:
    return {
        choice.purpose: (choice.answer, choice.text.id)
        for choice in application.choices
        if choice.answer is not None
    }


def _rehearse(
    within: LockedEvent,
    application: SignupRequest,
    state: RegistrationState,
    *,
    stores_registration: bool,
) -> None:
    """Do what a new address would have us do, and undo it, so that it takes as long (S2).

    It is the same work on the same rows, under an address that nobody has; nobody is told of it.
    Where a later form was kept, that stood for storing a registration, which is one statement too.
    """
    stranger = replace(application, email=f"{new_token()}@nobody.invalid")
    with signals.signals_muted():
        savepoint = session().begin_nested()
        registration = _drawn_up(within, stranger, state)
        if stores_registration:
            session().add(registration)
        _count(within, state)
        _record_choices(registration, stranger)
        savepoint.rollback()


_MAIL_FOR = {
    RegistrationState.HELD: kinds.CONFIRM,
    RegistrationState.CONFIRMED: kinds.CONFIRMED,
    RegistrationState.WAITING: kinds.WAITING,
}


def _state_for(within: LockedEvent, application: SignupRequest) -> RegistrationState:
    """The state a new registration gets under the lock; raises :class:`NotTaken`."""
    event, party_size = within.event, application.party_size
    step = _step_for(event, application)
    if step.step in (Step.FULL, Step.WAITING_LIST) or not seats.fits(within, party_size):
        end_overdue(within)
        step = _step_for(event, application)
    if not step.takes_registrations:
        raise NotTaken(step)
    if seats.fits(within, party_size):
        if _must_confirm(event, application):
            return RegistrationState.HELD
        return RegistrationState.CONFIRMED
    why = why_nobody_waits(event, now(), party_size)
    if why is None and application.source == Source.DOOR:
        why = WhyFull.NO_WAITING_LIST
    if why is not None:
        raise NotTaken(step._replace(step=Step.FULL, why_full=why))
    return RegistrationState.WAITING


def _must_confirm(event: Event, application: SignupRequest) -> bool:
    """Whether the address must be confirmed; not for somebody at the door, nor once more where
    their account has confirmed it."""
    return (
        event.confirm_by_email
        and application.email is not None
        and application.account is None
        and application.source != Source.DOOR
    )


def _step_for(event: Event, application: SignupRequest) -> NextStep:
    return next_step(event, now(), by_staff=application.source != Source.WEB)


def _create(
    within: LockedEvent, application: SignupRequest, state: RegistrationState
) -> Registration:
    registration = _drawn_up(within, application, state)
    session().add(registration)
    _count(within, state)
    return registration


def _count(within: LockedEvent, state: RegistrationState) -> None:
    if state == RegistrationState.WAITING:
        seats.count_queue(within)
    if state == RegistrationState.CONFIRMED:
        seats.count_confirmed(within)


def _drawn_up(
    within: LockedEvent, application: SignupRequest, state: RegistrationState
) -> Registration:
    """Build a registration with its seats or its place in the queue; it is not stored yet."""
    event = within.event
    if state == RegistrationState.WAITING:
        queue_number = seats.new_queue_number(within)
    else:
        queue_number = None
        seats.take(within, application.party_size)
    registration = Registration(
        event=event,
        state=state,
        given_name=application.given_name,
        family_name=application.family_name,
        email=application.email,
        active_key=active_key(event, application.email),
        account_key=account_key(application.account) if application.account else None,
        reach=application.reach,
        party_size=application.party_size,
        companions=application.companions,
        language=application.language,
        answers=dict(application.answers),
        support_needs=application.support_needs,
        is_under_age=application.is_under_age,
        guardian_name=application.guardian_name,
        subject=consent.new_reference(),
        privacy_shown=application.privacy_shown,
        created_at=now(),
        confirmed_at=now() if state == RegistrationState.CONFIRMED else None,
        queue_number=queue_number,
        source=application.source,
        consents_asked=len(application.choices),
    )
    if state == RegistrationState.HELD:
        registration.expires_at = registration.new_deadline()
    return registration


def _record_choices(registration: Registration, application: SignupRequest) -> None:
    answers = [
        (choice.text, choice.purpose, choice.answer)
        for choice in application.choices
        if choice.answer is not None
    ]
    if answers and registration.lacks_guardian:
        raise GuardianMissing
    consent.open_subject(
        registration.subject,
        registration.event.uid,
        [(choice.text, choice.purpose) for choice in application.choices],
        answers,
        actor=application.actor or registration.answered_by,
        method=application.method,
        confirmed_by=_confirmed_by(registration, application),
    )


def _confirmed_by(registration: Registration, application: SignupRequest) -> ActorKind | None:
    """Who vouches for the address; None where it is still to be confirmed."""
    if _must_confirm(registration.event, application):
        return None
    if application.account is not None:
        return registration.answered_by
    return ActorKind.STAFF if application.source != Source.WEB else ActorKind.SYSTEM


_ACTIVE = "active-registration"


def active_key(event: Event, email: str | None) -> str | None:
    """What is unique among active registrations: the event with the address, in lower case."""
    if email is None:
        return None
    return keyed_hash(_ACTIVE, _active_text(event, email))


def _active_keys(event: Event, email: str) -> tuple[str, ...]:
    """All keys under which such a registration may stand, also those from before a new secret."""
    return keyed_hashes(_ACTIVE, _active_text(event, email))


def _active_text(event: Event, email: str) -> str:
    return f"{event.uid}:{email.casefold()}"


class _Found(NamedTuple):
    """What an event knows of an address."""

    known: Locked | None
    """Its registration."""
    any_overdue: bool
    """Whether a hold of the event is over, whoever's.

    Every sign-up ends all of them: ending only one's own would be visible in the time (S16).
    """
    revision: Revision | None
    """The content revision under the event's lock."""
    waiting: Collection[Waiting]
    """Its mails that wait for their turn."""


def _find_address(within: LockedEvent, email: str | None) -> _Found:
    """All of that in one statement, which takes as long for an address that nobody has (S2)."""
    if email is None:
        return _Found(None, False, None, ())
    rows = find_with_others(
        within,
        _finding_address(),
        {"keys": _active_keys(within.event, email), **whose_mails(email)},
    )
    known, any_overdue, number, changed_at, *_ = rows[0]
    waiting = [Waiting(*mail) for _, _, _, _, *mail in rows if mail[0]]
    return _Found(known, any_overdue, Revision(number or 0, changed_at), waiting)


@cache
def _finding_address() -> Statement:
    overdue = aliased(Registration)
    is_any_overdue = exists().where(
        overdue.event_id == Event.id,
        overdue.state.in_(PENDING),
        overdue.expires_at <= bindparam("now"),
    )
    is_theirs = and_(
        Registration.event_id == Event.id,
        Registration.active_key.in_(bindparam("keys", expanding=True)),
    )
    return (
        select(Registration, is_any_overdue, NUMBER, CHANGED_AT, *WAITING_COLUMNS)
        .select_from(Event)
        # first, because on MariaDB SQLAlchemy takes it for a mistake behind the others
        .outerjoin(OutboxMail, IS_WAITING)
        .outerjoin(Registration, is_theirs)
        .outerjoin(Registration.later_form)
        .where(Event.id == bindparam("event"))
        .options(contains_eager(Registration.later_form))
        .execution_options(populate_existing=True)
    )


def active_registration(within: LockedEvent, email: str | None) -> Locked | None:
    """The registration with which this address takes part in an event, if there is one."""
    if email is None:
        return None
    keys = _active_keys(within.event, email)
    theirs = select(Registration).where(Registration.active_key.in_(keys))
    found = find_under(within, theirs.options(joinedload(Registration.later_form)))
    return found[0] if found else None

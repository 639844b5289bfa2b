"""The door, on a phone: find a party, let it in once, ask for the consent that is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import redirect, request, session
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.consent.answers.status import statuses
from flask_stadtlabor.consent.texts.published import current_texts
from flask_stadtlabor.dates import clock_time_within
from flask_stadtlabor.events.models import Event, EventStatus
from flask_stadtlabor.events.next_step import is_today
from flask_stadtlabor.events.standing import off_sentence
from flask_stadtlabor.folding import searched
from flask_stadtlabor.i18n import _sl, _sln
from flask_stadtlabor.organise.answers import Answer, answers_to
from flask_stadtlabor.organise.forms.consent import AnswersForm, answers_form
from flask_stadtlabor.organise.forms.door import ArriveForm, DoorForm, PartyButton, UndoButton
from flask_stadtlabor.organise.queries.events import list_events, numbers_of
from flask_stadtlabor.organise.queries.registrations import find_at_door, find_ticket
from flask_stadtlabor.organise.views.staff_page import acting, registration_or_404, staff_page
from flask_stadtlabor.permissions import allowed
from flask_stadtlabor.ports import Action
from flask_stadtlabor.registration import ticket_codes
from flask_stadtlabor.registration.later_forms import is_to_be_chosen
from flask_stadtlabor.registration.locks import Locked, lock_registration
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.registration.operations import check_in, staff
from flask_stadtlabor.registration.operations.check_in import Arrival
from flask_stadtlabor.registration.refusals import NoSeats, NotPossible
from flask_stadtlabor.state import now
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import local_url, see_other

DOOR = "stadtlabor_door"
"""Where the session keeps the name of the door at which this browser works."""
AT_EVENT = "stadtlabor_door_event"
"""Where it keeps at which event that is, by its uid."""
METHOD = "stadtlabor_answer_method"
"""Where the session keeps how consent was answered the last time."""

CAMERA = "camera=(self), geolocation=(), microphone=()"


def find(event: Event) -> ResponseReturnValue:
    """The page of the door: a field for code or name, and whom it leads to."""
    session[AT_EVENT] = event.uid
    q = searched(request.args.get("q", ""))
    code = ticket_codes.normal(q)
    ticket = find_ticket(code) if code else None
    if ticket is not None and ticket.event_id == event.id:
        return redirect(card_url(event, ticket.id), 302)
    found = find_at_door(event, q) if q and ticket is None else ()
    if len(found) == 1:
        return redirect(card_url(event, found[0].id), 302)
    return _door_page(
        "check_in.html",
        event=event,
        q=q,
        elsewhere=ticket.event if ticket else None,
        found=found,
        **_door_context(event),
    )


def find_by_ticket(code: str) -> ResponseReturnValue:
    """The address in a ticket's QR code, which any phone's camera opens: on to the party.

    A ticket of another event than the one at whose door this browser works is refused there. Where
    that is not known and several events take place today, the card says for which one it is.
    """
    normal = ticket_codes.normal(code)
    found = find_ticket(normal) if normal else None
    if found is None:
        return staff_page("ticket_unknown.html", 404)
    others = [event for event in _events_today() if event.id != found.event_id]
    at = session.get(AT_EVENT)
    if here := next((event for event in others if event.uid == at), None):
        return redirect(local_url("check_in", slug=here.slug, q=code), 302)
    if others and at != found.event.uid:
        return redirect(card_url(found.event, found.id, now="one-of-several"), 302)
    return redirect(card_url(found.event, found.id), 302)


def _events_today() -> list[Event]:
    """The events of today at whose door this person may work."""
    upcoming, _ = list_events()
    return [
        event
        for event in upcoming
        if is_today(event, now())
        and event.status == EventStatus.PUBLISHED
        and event.takes_registrations
        and allowed(Action.CHECK_IN, event)
    ]


def card(event: Event, number: int) -> ResponseReturnValue:
    """One party at the door."""
    return show_card(event, registration_or_404(event, number))


def choose_door(event: Event) -> ResponseReturnValue:
    """Remember the name of the door in this browser."""
    form = DoorForm()
    if not form.validate():
        return _door_page(
            "check_in.html", 422, event=event, q="", found=(), **_door_context(event, form)
        )
    session[DOOR] = form.door.data
    return see_other("check_in", slug=event.slug)


def arrive(event: Event, number: int) -> ResponseReturnValue:
    """Check the party in; if another door was first, show when and where."""
    session[AT_EVENT] = event.uid
    return _come_in(event, number, _arrive)


def let_in(event: Event, number: int) -> ResponseReturnValue:
    """A party that is not confirmed yet gets its seats and comes in, if there are enough."""
    return _come_in(event, number, _let_in_and_told)


def _arrive(locked: Locked, where: str | None, form: ArriveForm) -> Arrival:
    return check_in.check_in(locked, where, people=form.people.data, seen=form.people_seen)


def _let_in_and_told(locked: Locked, where: str | None, form: ArriveForm) -> Arrival:
    arrival = check_in.let_in(locked, where, people=form.people.data)
    staff.pass_on_all(locked, acting())
    return arrival


def _come_in(
    event: Event, number: int, enter: Callable[[Locked, str | None, ArriveForm], Arrival]
) -> ResponseReturnValue:
    registration = registration_or_404(event, number)
    form = ArriveForm.for_party(registration, is_sent=True)
    if form.people_seen != registration.arrived and registration.checked_in_at is not None:
        # another door has let people in since, so the number on this page is out of date
        form.missing = registration.party_size
    problems = form.problems()
    if problems:
        return show_card(event, registration, arrive_form=form, problems=problems, status=422)
    try:
        arrival = commit(lambda: enter(lock_registration(registration), session.get(DOOR), form))
    except NoSeats:
        return _again(event, number, _sl("There are not enough free seats for this party."))
    except NotPossible:
        return _again(event, number, _why_not(event))
    if not arrival.is_new:
        return _again(event, number, already_here(arrival, event))
    return redirect(card_url(event, number, now="arrived"), 303)


def _why_not(event: Event) -> str:
    """Why a party cannot come in, in a sentence."""
    if event.status == EventStatus.CANCELLED:
        return _sl("This event has been cancelled.")
    if event.status == EventStatus.POSTPONED:
        return _sl("This event has been postponed.")
    return _sl("This party cannot come in as things stand.")


def undo(event: Event, number: int) -> ResponseReturnValue:
    """Take an arrival back, unless the party was let in anew since."""
    registration = registration_or_404(event, number)
    pressed = UndoButton()
    problems, arrived_at = pressed.problems(), pressed.arrived_at
    if problems or arrived_at is None:
        return show_card(event, registration, problems=problems, status=422)
    people = pressed.people_seen
    if not commit(lambda: check_in.undo(lock_registration(registration), arrived_at, people)):
        return _again(event, number, _sl("Nothing was taken back: things have changed meanwhile."))
    return redirect(card_url(event, number, now="undone"), 303)


def give_seats_on(event: Event, number: int) -> ResponseReturnValue:
    """Release the seats of the party's missing people, for the waiting list or walk-ins."""
    registration = registration_or_404(event, number)
    pressed = PartyButton()
    problems = pressed.problems()
    if problems:
        return show_card(event, registration, problems=problems, status=422)
    people = pressed.people_seen
    if not commit(lambda: check_in.give_on(lock_registration(registration), people)):
        return _again(event, number, _sl("Nothing was given on: things have changed meanwhile."))
    return redirect(card_url(event, number, now="given-on"), 303)


def already_here(arrival: Arrival, event: Event) -> str:
    """Since when a party is there and where it came in, in a sentence."""
    time = clock_time_within(arrival.at, event.starts_at, event.ends_at, event.timezone)
    if arrival.where:
        return _sln(
            "Already here: %(num)d person, let in: %(time)s, at “%(door)s”.",
            "Already here: %(num)d people, let in: %(time)s, at “%(door)s”.",
            arrival.people,
            time=time,
            door=arrival.where,
        )
    return _sln(
        "Already here: %(num)d person, let in: %(time)s.",
        "Already here: %(num)d people, let in: %(time)s.",
        arrival.people,
        time=time,
    )


def _again(event: Event, number: int, problem: str) -> Response:
    """The card as things stand now, with what went wrong."""
    registration = registration_or_404(event, number)
    return show_card(event, registration, problems=[problem], status=409)


def show_card(
    event: Event,
    registration: Registration,
    *,
    form: AnswersForm | None = None,
    arrive_form: ArriveForm | None = None,
    problems: list[str] | None = None,
    status: int = 200,
) -> Response:
    """The party's card: whether it may come in, what it needs, and its answers about photos."""
    purposes = current_texts(event.purposes)
    consents = statuses(registration.subject)
    answers = answers_to(purposes, consents)
    return _door_page(
        "card.html",
        status,
        event=event,
        registration=registration,
        answers=answers,
        form=form or answers_form(purposes, consents, back="door", method=session.get(METHOD)),
        asks=any(answer.answer == Answer.ASK for answer in answers),
        later_form_waits=registration.checked_in_at is None and is_to_be_chosen(registration),
        arrive_form=arrive_form or ArriveForm.for_party(registration),
        party_button=PartyButton.of(registration),
        undo_button=UndoButton.of(registration) if registration.checked_in_at else None,
        problems=problems or [],
        news=request.args.get("now", ""),
        is_today=is_today(event, now()),
        q="",
        **_door_context(event),
    )


def _door_page(template: str, status: int = 200, **context: Any) -> Response:
    return allow_camera(staff_page(template, status, **context))


def allow_camera(response: Response) -> Response:
    """Let the camera be used on this page, where a host forbids it elsewhere."""
    response.headers["Permissions-Policy"] = CAMERA
    return response


def _door_context(event: Event, form: DoorForm | None = None) -> dict[str, Any]:
    """What every page of the door shows: its name, and how many have arrived."""
    door = session.get(DOOR)
    return {
        "off_sentence": off_sentence(event),
        "door": door,
        "door_form": form or DoorForm(formdata=None, door=door),
        "numbers": numbers_of(event),
    }


def card_url(event: Event, number: int, **query: str) -> str:
    """The address of a party's card, with the fragment that skips the host's header."""
    return local_url("check_in_card", slug=event.slug, number=number, _anchor="sl-party", **query)

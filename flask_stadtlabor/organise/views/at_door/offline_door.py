"""The door without a network: a list on the device, and arrivals that it sends later."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response, jsonify, session
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from flask_stadtlabor.caching import page_key
from flask_stadtlabor.consent.answers.status import ConsentStatus, statuses_of
from flask_stadtlabor.consent.texts.published import PurposeTexts, current_texts
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.standing import off_sentence
from flask_stadtlabor.i18n import _sl, _sln, words
from flask_stadtlabor.organise.answers import Answer, answers_to, shows_people
from flask_stadtlabor.organise.forms.offline_door import (
    KEPT_AFTER_END,
    MOST_ARRIVALS,
    ArrivalsForm,
    PreparedMark,
    SentArrival,
    arrivals_in,
)
from flask_stadtlabor.organise.queries.registrations import all_registrations
from flask_stadtlabor.organise.views.at_door.door import DOOR, allow_camera, already_here
from flask_stadtlabor.organise.views.staff_page import posted_json
from flask_stadtlabor.permissions import allowed
from flask_stadtlabor.ports import Action
from flask_stadtlabor.registration.filters import RegistrationFilter
from flask_stadtlabor.registration.models import Registration, RegistrationState
from flask_stadtlabor.registration.operations import offline_arrival
from flask_stadtlabor.registration.operations.check_in import Arrival
from flask_stadtlabor.registration.operations.offline_arrival import Recorded
from flask_stadtlabor.state import now
from flask_stadtlabor.templating import PLAIN_LAYOUT, draw, laid_out_in
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import local_url, static_url

FILES = (
    "stadtlabor.css", "forms.css", "lists.css", "organise.css", "page.css",
    "check-in.js", "jsQR.js", "door-store.js", "name-search.js", "offline-door.js",
)  # fmt: skip
"""All that the page needs beside itself."""


def page(event: Event) -> ResponseReturnValue:
    """The page that a device keeps: no person is on it, and nothing of the host's around it."""
    with laid_out_in(PLAIN_LAYOUT):
        drawn = draw("stadtlabor/organise/offline_door.html", event=event)
    return allow_camera(Response(drawn, mimetype="text/html"))


def worker(event: Event) -> ResponseReturnValue:
    """The service worker of this event's door, whose address is its scope."""
    own_page = local_url("offline_door", slug=event.slug)
    kept = {
        "version": page_key(event.uid, event.title, event.starts_at, event.ends_at),
        "door": local_url("check_in", slug=event.slug),
        "page": own_page,
        "files": [own_page, *map(static_url, FILES)],
    }
    script = json.dumps(static_url("door-worker.js"))
    body = f"self.stadtlaborDoor = {json.dumps(kept)};\nimportScripts({script});\n"
    return Response(body, mimetype="text/javascript")


def prepare(event: Event) -> ResponseReturnValue:
    """The list that a device keeps: as little as a door can do with."""
    problem = _why_not(event)
    if problem:
        return jsonify(problem=problem), 409
    mark = PreparedMark.of(event)
    salt = secrets.token_hex(16)
    purposes = [purpose for purpose in current_texts(event.purposes) if shows_people(purpose)]
    coming = all_registrations(event, RegistrationFilter(state=RegistrationState.CONFIRMED))
    consents = statuses_of([registration.subject for registration in coming])
    with_needs = allowed(Action.SEE_SUPPORT_NEEDS, event)
    sizes = [registration.party_size for registration in coming]
    return jsonify(
        event=event.uid,
        prepared=str(mark),
        prepared_at=_seconds(mark.at),
        wipe_at=_seconds(mark.until),
        summary=_sln("%(num)d person on the list", "%(num)d people on the list", sum(sizes)),
        sizes=[
            _sln("%(num)d person", "%(num)d people", size)
            for size in range(1, max(sizes, default=0) + 1)
        ],
        door=session.get(DOOR, ""),
        salt=salt,
        photos=[words(purpose.title) for purpose in purposes],
        parties=[
            _party(each, event, salt, _photos(purposes, consents[each.subject]))
            | ({"needs": each.support_needs} if with_needs and each.support_needs else {})
            for each in coming
        ],
    )


def take_arrivals(event: Event) -> ResponseReturnValue:
    """Record what a device has kept, as JSON, and say of each arrival what became of it."""
    sent = posted_json()
    values = sent if isinstance(sent, dict) else {}
    if not ArrivalsForm.from_json(values).validate():
        # the page may be older than any token, so it gets one and sends the same once more
        return jsonify(csrf_token=generate_csrf(), most=MOST_ARRIVALS), 422
    arrivals = arrivals_in(values)
    if arrivals is None:
        return jsonify(problem=_sl("Please try once more.")), 400
    told = {arrival.key: arrival.told_at(event) for arrival in arrivals}

    def record_all() -> dict[str, Recorded]:
        within = lock_event(event)
        return {key: offline_arrival.record(within, each) for key, each in told.items() if each}

    recorded = commit(record_all) if any(told.values()) else {}
    return jsonify(results=[_result(event, each, recorded.get(each.key)) for each in arrivals])


def _why_not(event: Event) -> str:
    """Why there is no list, in a sentence; empty where there is one."""
    if off := off_sentence(event):
        return off
    if event.ends_at + KEPT_AFTER_END <= now():
        return _sl("This event is over.")
    return ""


def _party(
    registration: Registration, event: Event, salt: str, photos: Sequence[Answer]
) -> dict[str, Any]:
    here = ""
    if registration.checked_in_at is not None:
        at, where = registration.checked_in_at, registration.checked_in_where
        here = already_here(Arrival(at, where, registration.arrived, is_new=False), event)
    return {
        "number": registration.id,
        "code": _code_hash(salt, registration.ticket_code),
        "name": registration.full_name,
        "size": registration.party_size,
        "arrived": registration.arrived,
        "here": here,
        "photos": photos,
    }


def _code_hash(salt: str, code: str) -> str:
    """What the device compares a ticket with; it cannot make a ticket from it at once."""
    return hashlib.sha256(f"{salt}:{code}".encode()).hexdigest()


def _photos(purposes: Sequence[PurposeTexts], consents: Sequence[ConsentStatus]) -> list[Answer]:
    """The answers to the purposes about pictures; whatever is no answer in force is none."""
    found = [item.answer for item in answers_to(purposes, consents)]
    return [answer if answer in (Answer.YES, Answer.NO) else Answer.ASK for answer in found]


def _result(event: Event, sent: SentArrival, recorded: Recorded | None) -> dict[str, Any]:
    if recorded is None:
        because = _sl("This list is too old, or of another event.")
        return {"key": sent.key, "state": "refused", "words": because}
    arrival = recorded.arrival
    if arrival is None:
        return {"key": sent.key, "state": "refused", "words": _refusal(event, recorded.state)}
    return {
        "key": sent.key,
        "state": "recorded" if arrival.is_new else "already",
        "words": already_here(arrival, event),
        "arrived": arrival.people,
    }


def _refusal(event: Event, state: str | None) -> str:
    """Why a party could not come in, in a sentence."""
    if off := off_sentence(event):
        return off
    if state is None:
        return _sl("This registration is there no longer.")
    if state == RegistrationState.CONFIRMED:
        return _sl("So many people of this party are not missing.")
    if state == RegistrationState.WAITING:
        return _sl("This party is on the waiting list.")
    if state in (RegistrationState.CANCELLED, RegistrationState.EXPIRED):
        return _sl("This party has no seats any more.")
    return _sl("This party has not confirmed yet.")


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())

"""People with distinctive words in every place that can hold something of theirs."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import inspect, select, text

from flask_stadtlabor.consent.answers import operations as consent
from flask_stadtlabor.consent.models import ActorKind, ConsentAction, Method
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.outbox.models import MailState, OutboxMail
from flask_stadtlabor.registration.allocation.seats import count_queue, new_queue_number, take
from flask_stadtlabor.registration.links import personal_link
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.mails.send import send_mail
from flask_stadtlabor.registration.models import (
    DeskNotice,
    LaterForm,
    OfflineArrival,
    Registration,
)
from flask_stadtlabor.registration.operations.signup import active_key
from flask_stadtlabor.state import now
from flask_stadtlabor.tokens import token_hash
from tests.consent.acts import PHOTOS, answer
from tests.host import Host

numbers = count(1)


def add_event(host: Host, ends_at: datetime, **changes: Any) -> Event:
    """An event that ends then and takes registrations; call it within an app context."""
    values = {
        "slug": f"event-{next(numbers)}",
        "status": "published",
        "title": LocalizedText("Ein Abend"),
        "starts_at": ends_at,
        "timezone": "Europe/Berlin",
        "takes_registrations": True,
        "created_at": now(),
        "revised_at": now(),
        **changes,
    }
    event = Event(ends_at=ends_at, **values)
    host.db.session.add(event)
    host.db.session.flush()
    return event


def add_person(
    host: Host, event: Event, *acts: ConsentAction, state: str = "confirmed", **columns: Any
) -> Registration:
    """A registration in this state, who did ``acts`` about photos, with the seats it takes."""
    number = next(numbers)
    values: dict[str, Any] = {
        "given_name": f"Vor{number}Name",
        "family_name": f"Nach{number}Name",
        "email": f"person{number}@buerger.example",
        "language": "de",
        "created_at": now(),
        "confirmed_at": now() if state == "confirmed" else None,
        **columns,
    }
    subject = consent.new_reference()
    registration = Registration(event=event, state=state, subject=subject, **values)
    if state in ("held", "offered", "confirmed"):
        take(lock_event(event), values.get("party_size", 1), from_queue=True)
    elif state == "waiting":
        registration.queue_number = new_queue_number(lock_event(event))
    if state not in ("cancelled", "expired") and values["email"]:
        registration.active_key = active_key(event, values["email"])
    host.db.session.add(registration)
    consent.open_subject(
        subject,
        event.uid,
        actor=ActorKind.SUBJECT,
        method=Method.WEB,
        confirmed_by=ActorKind.SUBJECT if registration.confirmed_at else None,
    )
    host.db.session.flush()
    if state == "waiting":
        count_queue(lock_event(event))
    answer(subject, *acts, slug=PHOTOS)
    return registration


def add_link(registration: Registration) -> str:
    """A personal link as somebody has it in a mail: its token."""
    return personal_link(registration).rpartition("/")[2]


def add_everything(host: Host, event: Event, mark: str, **columns: Any) -> list[str]:
    """A person who left ``mark`` in all places; returns every word that tells of them."""
    values = {
        "given_name": f"Given{mark}",
        "family_name": f"Family{mark}",
        "email": f"Person{mark}@buerger.example",
        "companions": (f"Companion{mark}", f"Child{mark}"),
        "party_size": 3,
        "answers": {"woher": f"District{mark}"},
        "support_needs": f"Interpreter{mark}",
        "reach": f"Phone{mark}",
        "guardian_name": f"Guardian{mark}",
        "is_under_age": True,
        "checked_in_where": f"Door{mark}",
        **columns,
    }
    registration = add_person(host, event, ConsentAction.REQUESTED, ConsentAction.GIVEN, **values)
    token = add_link(registration)
    send_mail(kinds.CONFIRMED, registration)
    send_mail(kinds.CHANGED, registration)
    later = {"given_name": f"Later{mark}", "family_name": "B", "party_size": 2, "companions": [],
             "answers": {}, "support_needs": None, "language": "de", "is_under_age": None,
             "guardian_name": None, "given": [], "refused": {}}  # fmt: skip
    host.db.session.add(LaterForm(registration_id=registration.id, sent_at=now(), said=later))
    host.db.session.add(OfflineArrival(registration_id=registration.id, key="a" * 32))
    host.db.session.add(DeskNotice(registration=registration, kind="moved", created_at=now()))
    host.db.session.flush()
    given_up = host.db.session.scalars(
        select(OutboxMail).where(
            OutboxMail.concerns == registration.subject, OutboxMail.kind == "changed"
        )
    ).one()
    given_up.state = MailState.GIVEN_UP
    host.db.session.flush()
    words = [
        str(values[name])
        for name in (
            "given_name", "family_name", "email", "support_needs", "reach", "guardian_name",
            "checked_in_where",
        )
    ]  # fmt: skip
    words += [
        f"Later{mark}",
        f"Companion{mark}",
        f"Child{mark}",
        f"District{mark}",
        registration.ticket_code,
    ]
    return [*words, token_hash(token)]


def dump(host: Host) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    with host.app.app_context(), host.db.engine.connect() as connection:
        return {
            name: sorted(
                repr(tuple(row))
                for row in connection.execute(text(f"SELECT * FROM {name}"))  # noqa: S608
            )
            for name in inspect(connection).get_table_names()
        }


def traces(host: Host, words: list[str]) -> list[str]:
    """Where one of these words, or a part of it with a mark, is to be found; in any case."""
    tables = dump(host)
    assert len(tables) > 15
    return [
        f"{word} in {name}"
        for name, rows in tables.items()
        for word in words
        if any(word.lower() in row.lower() for row in rows)
    ]

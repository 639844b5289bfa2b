"""Many people register, change their party's size and cancel, for a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

from sqlalchemy import make_url, select

from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.jobs.due_work import run_due
from flask_stadtlabor.registration.locks import lock_registration
from flask_stadtlabor.registration.models import ACTIVE, Registration
from flask_stadtlabor.registration.operations import signup, transitions
from flask_stadtlabor.registration.operations.update import change
from flask_stadtlabor.registration.refusals import NotPossible, NotTaken
from flask_stadtlabor.registration.requests import RegistrationUpdate, SignupRequest
from flask_stadtlabor.registration.seen import mark_of_stored
from flask_stadtlabor.transactions import commit
from tests.host import Host

REFUSED = (NotTaken, NotPossible)


def change_size(registration: Registration, wish: RegistrationUpdate) -> None:
    """By a page that shows what is stored under the lock."""
    locked = lock_registration(registration)
    seen = mark_of_stored(locked.registration, ["answers", "party_size", "language"])
    change(locked, wish, seen=seen)


def act(host: Host, random: Random, number: int) -> None:
    """One thing that somebody does, to their own registration or, as staff does, to any."""
    session = host.db.session
    event = session.scalars(select(Event)).one()
    size = random.randint(1, 4)
    kind = random.choice(["register", "register", "change", "change", "cancel", "confirm", "due"])
    if kind == "due":
        run_due()
        return
    if kind == "register":
        application = SignupRequest(
            given_name="A",
            family_name="B",
            email=f"{random.getrandbits(60)}-{number}@buerger.example",
            party_size=size,
            language="de",
        )
        commit(lambda: signup.register(lock_event(event), application))
        return
    registrations = session.scalars(
        select(Registration).where(Registration.state.in_(ACTIVE)).order_by(Registration.id)
    ).all()
    if not registrations:
        return
    registration = random.choice(registrations)
    wish = RegistrationUpdate(party_size=size, answers={}, language="de")
    works: dict[str, Callable[[], object]] = {
        "change": lambda: change_size(registration, wish),
        "cancel": lambda: transitions.cancel(lock_registration(registration)),
        "confirm": lambda: transitions.confirm(lock_registration(registration)),
    }
    commit(works[kind])


def main(url: str, folder: str, seed: int, times: int) -> None:
    """Act as many times; an answer of no is an answer, anything else ends with an error."""
    host = Host(make_url(url), Path(folder))
    random = Random(seed)  # noqa: S311 - a dice, and the same one next time
    for number in range(times):
        with host.app.app_context():
            try:
                act(host, random, number)
            except REFUSED:
                host.db.session.rollback()
    host.close()

"""Nobody learns from the time of an answer who else has registered, and nothing is left behind.

What the answers say is compared in test_public_writes.py, and the numbers on pages in
test_public_numbers.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from flask_stadtlabor import signals
from flask_stadtlabor.consent.models import ConsentEntry, ConsentSubject
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.models import Registration
from tests import factories
from tests.events.desk import statements
from tests.forms import fill, form_on, page, typed_into
from tests.host import Host
from tests.journeys.timing import can_be_told_apart, interleaved
from tests.outbox.test_inline import rest
from tests.registration.crowd import crowd

FORM = "/stadtlabor/de/events/plattform/register"
LINK_FORM = "/stadtlabor/de/registration/send-link"
PEOPLE = 30


STATES = ("held", "confirmed", "waiting")
KNOWN = (*STATES, "cancelled")


def people_who_are(host: Host, state: str, **details: Any) -> None:
    """So many of them are registered, each in this state."""
    capacity = 1 if state == "waiting" else None
    details = {"capacity": capacity, **details}
    host.load(factories.exchange(factories.open_event(registration=details)))
    if state == "waiting":
        crowd(host, email="first@buerger.example")
    crowd(host, PEOPLE, state=state, email="person{number}@buerger.example")


class Write(NamedTuple):
    """A form that anybody may send, and what is typed into it with an address."""

    form: str
    answers: Callable[[int], dict[str, Any]]


REGISTERING = Write(
    FORM, lambda number: factories.person(number) | {"consent-photos-website": "given"}
)
ASKING_FOR_LINKS = Write(LINK_FORM, lambda number: {"email": factories.person(number)["email"]})
WRITES = {"register": REGISTERING, "send-link": ASKING_FOR_LINKS}
"""Every public write that takes an address."""


def ready_to_send(host: Host, form: str) -> Callable[[dict[str, Any]], TestResponse]:
    """A browser with the form open, which sends it as often as a test wants."""
    client = host.client()
    opened = form_on(client.get(form))
    return lambda answers: client.post(form, data=typed_into(opened, answers))


def told_apart(host: Host, write: Write, *, requests_after: int = 0) -> bool:
    """Whether known and new people, by turns, are answered in other times or ways.

    The time of so many other requests of the same process is measured with it, which what is done
    about the address in the background must not slow down either.
    """
    send = ready_to_send(host, write.form)
    others = host.client()
    seen: set[tuple[int, str]] = set()

    def asking(number: int) -> Callable[[], None]:
        def ask() -> None:
            response = send(write.answers(number))
            seen.add((response.status_code, response.location))
            for _ in range(requests_after):
                assert others.get("/stadtlabor/de/events/plattform/").status_code == 200

        return ask

    numbers = range(2, PEOPLE + 1)
    taken = interleaved(
        {
            "known": [asking(number) for number in numbers],
            "new": [asking(1000 + number) for number in numbers],
        }
    )
    assert len(seen) == 1
    return can_be_told_apart(taken["known"], taken["new"])


@pytest.fixture
def unlimited(host: Host) -> Host:
    """The same portal without limits, which so many people from one address would meet."""
    return host.make(STADTLABOR_RATE_LIMITS=None)


@pytest.mark.one_database
@pytest.mark.slow
@pytest.mark.parametrize("state", KNOWN)
@pytest.mark.parametrize("write", WRITES)
def test_the_time_of_the_answer_does_not_tell_who_is_registered(
    unlimited: Host, write: str, state: str
) -> None:
    """S2, S16: the same status, address and time for known and new addresses."""
    people_who_are(unlimited, state)
    assert not told_apart(unlimited, WRITES[write])


@pytest.mark.slow
@pytest.mark.one_database  # the statements are counted on each one
@pytest.mark.parametrize("state", KNOWN)
@pytest.mark.parametrize("write", WRITES)
def test_nor_does_that_of_the_requests_after_it(host: Host, write: str, state: str) -> None:
    """S16: where this process delivers, it has the same work for an address that has nothing."""
    inline = host.make(
        # a mail is written out once more by whatever sends it
        ports={"mailer": bytes},
        STADTLABOR_RATE_LIMITS=None,
        STADTLABOR_OUTBOX="inline",
    )
    people_who_are(inline, state)
    try:
        assert not told_apart(inline, WRITES[write], requests_after=3)
    finally:
        rest(inline.app)


@pytest.mark.one_database
@pytest.mark.slow
def test_nor_does_it_where_nothing_is_confirmed(unlimited: Host) -> None:
    """S2: also where the seats are theirs at once."""
    people_who_are(unlimited, "confirmed", confirm_by_email=False)
    assert not told_apart(unlimited, Write(FORM, factories.person))


@pytest.mark.parametrize("state", [*STATES, "offered"])
@pytest.mark.parametrize(
    "asked", [{}, {"consent-photos-website": "refused", "family_name": "Anders"}]
)
def test_a_known_address_takes_as_many_statements_as_a_new_one(
    unlimited: Host, state: str, asked: dict[str, Any]
) -> None:
    """S2: also where a later form is kept, the first time and the next."""
    people_who_are(unlimited, state)

    def taken(number: int) -> int:
        client = unlimited.client()
        opened = form_on(client.get(FORM))
        with statements(unlimited) as seen:
            data = typed_into(opened, factories.person(number) | asked)
            assert client.post(FORM, data=data).status_code == 303
        return len(seen)

    new = taken(1000)
    assert [taken(2), taken(2), taken(3)] == [new, new, new]
    assert taken(1001) == new


@pytest.mark.parametrize("state", STATES)
def test_a_known_address_leaves_no_trace_but_its_mail(host: Host, state: str) -> None:
    """S2, S5, C8: the work of a new registration is undone, and no signal tells of it."""
    portal = host.make(STADTLABOR_RATE_LIMITS=None, ports={"mailer": host.sent.append})
    people_who_are(portal, state)
    heard: list[str] = []
    receivers = {
        signal: lambda app, **values: heard.append("something")
        for signal in (signals.registration_created, signals.consent_recorded)
    }
    before = _counts(portal)
    for signal, receiver in receivers.items():
        signal.connect(receiver, portal.app)
    # the first in the queue, too
    for number in (2, 3):
        person = factories.person(number) | {"consent-photos-website": "given"}
        assert fill(portal.client(), FORM, person).status_code == 303
    assert _counts(portal) == before
    assert heard == []
    portal.run("outbox", "run")
    assert [mail["To"] for mail in host.sent] == [
        factories.person(number)["email"] for number in (2, 3)
    ]
    assert portal.run("consent", "verify").exit_code == 0
    fill(portal.client(), FORM, factories.person(500))
    assert heard


def _counts(host: Host) -> list[Any]:
    return [
        host.scalar(statement)
        for statement in (
            select(func.count(Registration.id)),
            select(func.count(ConsentEntry.seq)),
            select(func.count(ConsentSubject.reference)),
            select(Event.seats_taken),
            select(Event.parties_waiting),
            select(Event.last_queue_number),
        )
    ]


@pytest.mark.one_database
def test_a_link_is_sent_to_whoever_has_one_and_the_answer_is_the_same(host: Host) -> None:
    """S2: status, address and body; nothing in the page depends on what was typed."""
    host.load(factories.exchange(factories.open_event()))
    fill(host.client(), FORM, factories.person(1))
    host.mails()
    host.sent.clear()
    answers = []
    for number in (1, 2):
        client = host.client()
        response = fill(client, LINK_FORM, email=factories.person(number)["email"])
        after = client.get(response.location)
        answers.append((response.status_code, response.location, str(page(after))))
    assert answers[0] == answers[1]
    assert answers[0][0] == 303
    assert "person1" not in answers[0][2]
    assert [mail["To"] for mail in host.mails()] == [factories.person(1)["email"]]

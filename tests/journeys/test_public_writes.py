"""What is public and written to answers alike, whoever the address belongs to (S2, S16)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any, NamedTuple

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.participation.comments.operations.writing import CommentText, bring_in
from flask_stadtlabor.participation.comments.threads import Thread
from flask_stadtlabor.participation.ideas.models import Idea
from flask_stadtlabor.registration.models import ACTIVE, SEATED, Registration, RegistrationState
from flask_stadtlabor.route import PUBLIC
from flask_stadtlabor.routes import ROUTES
from tests import factories
from tests.events.desk import statements
from tests.forms import form_on, typed_into
from tests.host import Host
from tests.participation.people import link_in
from tests.registration.crowd import crowd

TOUR = "item-" + sha256(b"Rundgang").hexdigest()[:12]
VICTIM, LATE = "victim@buerger.example", "late@buerger.example"
WRITES: dict[str, tuple[str, dict[str, Any]]] = {
    "register": (
        "/stadtlabor/de/events/plattform/register",
        factories.person(email=VICTIM),
    ),
    "send_link": ("/stadtlabor/de/registration/send-link", {"email": VICTIM}),
}
"""For each public write, its form and what somebody types who asks about an address."""

PARTICIPATION: dict[str, tuple[str, dict[str, Any]]] = {
    "participation_link": ("/stadtlabor/de/me/link", {}),
    "new_idea": (
        "/stadtlabor/de/projects/marktplatz/ideas/new",
        {"title": "Mehr Bänke", "text": "Am Brunnen fehlen Bänke."},
    ),
    "idea_support": ("/stadtlabor/de/ideas/1/support", {}),
    "idea_follow": ("/stadtlabor/de/ideas/1/follow", {}),
    "comment_on_idea": ("/stadtlabor/de/ideas/1/comments/new", {"text": "Ja!"}),
    "comment_on_project": ("/stadtlabor/de/projects/marktplatz/comments/new", {"text": "Ja!"}),
    "comment_on_event": ("/stadtlabor/de/events/plattform/comments/new", {"text": "Ja!"}),
    "comment_on_part": (f"/stadtlabor/de/events/plattform/comments/{TOUR}/new", {"text": "Ja!"}),
    "reply_to_comment": ("/stadtlabor/de/comments/1/reply", {"text": "Ja!"}),
    "agree_with_comment": ("/stadtlabor/de/comments/1/agree", {}),
    "disagree_with_comment": ("/stadtlabor/de/comments/1/disagree", {}),
}
"""The same for what participants write, by an address alone."""
STATES = (*RegistrationState, "overdue", "at once")
"""Also a hold that is over, and that nobody has ended yet, and seats that need no confirmation."""


class Answer(NamedTuple):
    """All that whoever sends a form can see or measure, but for the clock."""

    status: int
    headers: list[tuple[str, str]]
    body: str
    session: Any
    """What the cookie holds."""
    after: tuple[int, str]
    """The page to which it leads."""
    statements: list[str]


def test_each_public_write_is_tried_here() -> None:
    """S16: a public POST that nobody thought of has no place in the URL table."""
    found = {
        route.endpoint for route in ROUTES if route.access == PUBLIC and "POST" in route.methods
    }
    # the survey asks for no address, and reads no registration
    assert found - {"feedback"} == set(WRITES) | set(PARTICIPATION)


@pytest.mark.one_database
@pytest.mark.parametrize("endpoint", PARTICIPATION)
def test_an_address_of_a_participant_is_answered_as_a_new_one(host: Host, endpoint: str) -> None:
    """S2, S16: whoever types it learns nothing, and the same is written."""
    portal = host.make(STADTLABOR_RATE_LIMITS=None)
    idea = {
        "project": "marktplatz", "title": "Ein Baum", "text": "Er gibt Schatten.",
        "language": "de", "created_at": "2026-03-01T10:00:00Z",
    }  # fmt: skip
    programme = [{"starts_at": "17:40", "title": "Rundgang"}]
    event = factories.open_event(programme=programme)
    portal.load(factories.exchange(event, projects=[factories.project()], ideas=[idea]))
    with portal.app.app_context():
        about = portal.db.session.scalars(select(Idea)).one()
        bring_in(Thread(about), CommentText("Nein!", None, "de"), None)
        portal.db.session.commit()
    form, typed = PARTICIPATION[endpoint]
    sender, asking = Sender(portal, form), Sender(portal, PARTICIPATION["participation_link"][0])
    sender.send({**typed, "email": LATE})
    asking.send({"email": VICTIM})
    link = link_in(portal.mails()[-1])
    assert portal.client().get(link).status_code == 303
    as_known = sender.send({**typed, "email": VICTIM})
    assert as_known == sender.send({**typed, "email": "nobody@buerger.example"})
    assert as_known.status == 303


@pytest.mark.one_database
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    ("endpoint", "said"),
    [
        ("register", {"consent-photos-website": "given"}),
        ("register", {"consent-photos-website": "refused"}),
        ("send_link", {}),
    ],
)
def test_an_address_that_takes_part_is_answered_as_a_new_one(
    host: Host, endpoint: str, said: dict[str, str], state: str
) -> None:
    """S2, S16: status, headers, body, cookie, the page after it, and the statements issued."""
    portal = host.make(STADTLABOR_RATE_LIMITS=None)
    details = {"capacity": 3 if state in ("waiting", "offered") else 30}
    details["confirm_by_email"] = state != "at once"
    portal.load(factories.exchange(factories.open_event(registration=details)))
    crowd(portal, 3, email="other{number}@buerger.example")
    form, typed = WRITES[endpoint][0], WRITES[endpoint][1] | said
    sender, registering = Sender(portal, form), Sender(portal, WRITES["register"][0])
    registering.send({**WRITES["register"][1], "email": LATE})
    sender.send({**typed, "email": LATE})
    if state == "overdue":
        # whoever comes first ends what is over, also where it is not their own
        becomes(portal, LATE, state)
    as_new = sender.send(typed)
    if endpoint != "register":
        registering.send(WRITES["register"][1])
    becomes(portal, VICTIM, state)
    assert sender.send(typed) == as_new
    assert as_new.status == 303


class Sender:
    """A browser with a form open, which it sends as often as a test wants, always the same."""

    def __init__(self, portal: Host, form: str) -> None:
        self.portal = portal
        self.form = form
        client = portal.client()
        self._opened = form_on(client.get(form))
        self._cookie = _cookie_of(client)

    def send(self, typed: dict[str, Any]) -> Answer:
        """Send the form as if it had just been opened."""
        client = self.portal.client()
        client.set_cookie("session", self._cookie)
        with statements(self.portal) as seen:
            response = client.post(self.form, data=typed_into(self._opened, typed))
        after = client.get(response.location)
        return Answer(
            response.status_code,
            sorted(_headers(response)),
            response.text,
            _session(self.portal, client),
            (after.status_code, after.text),
            sorted(map(_shape, seen)),
        )


def _cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("session")
    assert cookie is not None
    return cookie.value


def _headers(response: TestResponse) -> Iterator[tuple[str, str]]:
    """Of a cookie, its length and its attributes: its content is signed with the time."""
    for name, value in response.headers.items():
        if name == "Set-Cookie":
            content, _, attributes = value.partition(";")
            yield name, f"{len(content)} {attributes}"
        else:
            yield name, value


def _session(portal: Host, client: FlaskClient) -> Any:
    serializer = portal.app.session_interface.get_signing_serializer(portal.app)  # type: ignore[attr-defined]
    return serializer.loads(_cookie_of(client))


def _shape(statement: str) -> str:
    """A statement without its values; a savepoint costs the same whichever way it ends."""
    statement = re.sub(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b", "?", statement)
    statement = re.sub(r"\bsa_savepoint_\w+", "savepoint", statement)
    statement = re.sub(r"^ROLLBACK TO SAVEPOINT", "RELEASE SAVEPOINT", statement)
    # where a later form is kept, that stands for storing a registration
    stored = r"^(INSERT INTO|UPDATE) stadtlabor_(later_form|registration|participant) .*"
    statement = re.sub(stored, "store", statement, flags=re.DOTALL)
    return re.sub(r"NULL", "?", statement)


def becomes(portal: Host, email: str, state: str) -> None:
    """This registration is in this state from now on, and the event counts it so."""
    with portal.app.app_context():
        session = portal.db.session
        mine = session.scalars(select(Registration).where(Registration.email == email)).one()
        is_overdue = state == "overdue"
        mine.state = {"overdue": "held", "at once": "confirmed"}.get(state, state)
        if mine.state not in ACTIVE:
            mine.active_key = None
        mine.queue_number = mine.queue_number if state == "waiting" else None
        mine.confirmed_at = portal.clock() if mine.state == "confirmed" else None
        if mine.state in ("held", "offered"):
            until = timedelta(hours=-1 if is_overdue else 1)
            mine.expires_at = portal.clock() + until
        session.flush()
        counters = _counted(session)
        enough = max(session.scalar(select(Event.capacity)), counters["seats_taken"])
        session.execute(update(Event).values(capacity=enough, **counters))
        session.commit()


def _counted(session: Any) -> dict[str, Any]:
    def of(column: Any, *states: str) -> Any:
        return session.scalar(select(column).where(Registration.state.in_(states)))

    return {
        "seats_taken": of(func.sum(Registration.party_size), *SEATED) or 0,
        "seats_confirmed": of(func.sum(Registration.party_size), "confirmed") or 0,
        "parties_waiting": of(func.count(), "waiting"),
        "smallest_party_waiting": of(func.min(Registration.party_size), "waiting"),
    }

"""A host takes the ready roles, and each opens its own pages and no other."""

from __future__ import annotations

import re

import pytest

from flask_stadtlabor import Action, Actor
from flask_stadtlabor.adapters.roles import ROLES, RolePolicy
from flask_stadtlabor.organise.routes import OFFICE
from tests.factories import PHOTOS, exchange, open_event
from tests.host import Host
from tests.organise.staff import DESK, HERE, register

pytestmark = pytest.mark.one_database

SAMPLE = {
    "lang": "en", "slug": "plattform", "number": "1", "code": "7KMQ2XW9RT", "kind": "reminder",
    "language": "en", "page": "text", "purpose": PHOTOS, "shared_kind": "venues", "name": "halle",
}  # fmt: skip
OPEN = {
    "team": [DESK, HERE, f"{HERE}check-in/", f"{HERE}edit/text", f"{HERE}message", f"{HERE}list"],
    "editor": [DESK, HERE, f"{HERE}edit/text", f"{HERE}review", f"{DESK}venues/"],
    "door": [DESK, f"{HERE}check-in/", f"{HERE}check-in/1/"],
    "moderator": [DESK, f"{DESK}moderation/", f"{DESK}moderation/?list=decided"],
    "data protection": [DESK, f"{DESK}texts/", f"{HERE}consents", f"{HERE}history/"],
}


def held_by(host: Host, *roles: str, at: str | None = None) -> Host:
    """The portal for somebody with these roles; with ``at``, at that event alone."""

    def here(actor: Actor, subject: object) -> tuple[str, ...]:
        return roles if at is None or getattr(subject, "slug", None) == at else ()

    return host.lend(policy=RolePolicy(here), actor=lambda: Actor("staff:1", "Otto Orga"))


@pytest.fixture
def portal(host: Host) -> Host:
    host.load(exchange(open_event()))
    register(host)
    return host


@pytest.mark.parametrize("role", ROLES)
def test_what_a_role_does_not_have_stays_closed(portal: Host, role: str) -> None:
    """S12: at each address of the back office, by each method."""
    staff = held_by(portal, role).client()
    closed = [route for route in OFFICE if isinstance(route.access, Action)]
    closed = [route for route in closed if route.access not in ROLES[role]]
    assert len(closed) >= 7
    for route in closed:
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: SAMPLE[found[1]], route.rule)
        for method in route.methods:
            answer = staff.open(f"/stadtlabor{path}", method=method)
            assert answer.status_code == 403, (method, path)


@pytest.mark.parametrize("role", ROLES)
def test_what_a_role_has_is_open(portal: Host, role: str) -> None:
    staff = held_by(portal, role).client()
    assert {path: staff.get(path).status_code for path in OPEN[role]} == dict.fromkeys(
        OPEN[role], 200
    )


def test_somebody_can_be_of_the_team_of_one_event_alone(portal: Host) -> None:
    portal.load(exchange(open_event(), open_event("anderer")))
    staff = held_by(portal, "team", at="anderer").client()
    assert staff.get(f"{DESK}events/anderer/").status_code == 200
    assert staff.get(HERE).status_code == 403
    assert staff.get(f"{DESK}venues/").status_code == 403


def test_whoever_has_no_role_may_do_nothing(portal: Host) -> None:
    assert held_by(portal).client().get(DESK).status_code == 403
    assert not RolePolicy(lambda actor, subject: ["team"])(None, Action.CHECK_IN)


def test_a_role_that_does_not_exist_is_named_with_those_that_do() -> None:
    policy = RolePolicy(lambda actor, subject: ["boss"])
    with pytest.raises(ValueError, match="no role 'boss'; there are 'team', 'editor', 'door'"):
        policy(Actor("staff:1"), Action.CHECK_IN)

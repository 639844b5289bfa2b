"""A tab that a browser restores asks by GET for what only a button posts to."""

from __future__ import annotations

import re

import pytest
from flask_wtf import CSRFProtect

from flask_stadtlabor.routes import ROUTES
from tests.host import Host

MOUNT = "/stadtlabor"
VALUES = {
    "lang": "de",
    "slug": "plattform",
    "number": "7",
    "purpose": "photos",
    "language": "de",
    "page": "text",
    "shared_kind": "venues",
    "name": "halle",
    "picture": "7",
    "file": "480.webp",
    "decoration": "baenke",
    "part": "results",
}
READ = {route.rule for route in ROUTES if "GET" in route.methods}
POSTED = [route for route in ROUTES if route.rule not in READ]
AT_THE_DOOR = ("check-in", "let-in", "give-seats-on", "undo-check-in", "consents")


def address(rule: str) -> str:
    return MOUNT + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: VALUES[found[1]], rule)


@pytest.mark.one_database
@pytest.mark.parametrize("is_guarded", [False, True], ids=["plain", "CSRFProtect"])
def test_it_comes_to_the_page_with_the_button(host: Host, is_guarded: bool) -> None:
    """And never to an address that takes a POST alone; nothing is done, and nothing is told."""
    portal = host.make()
    if is_guarded:
        CSRFProtect(portal.app)
    browser, pages = (
        portal.client(),
        {
            address(rule)
            for rule in READ
            if "<code>" not in rule
            and "<mark>" not in rule
            and "<kind>" not in rule
            and "token>" not in rule
            and "<int:version>" not in rule
        },
    )
    led = {}
    for route in POSTED:
        here = address(route.rule)
        answer = browser.get(here, headers={"Host": "evil.test"})
        assert answer.status_code == 303, here
        assert answer.location in pages, (here, answer.location)
        led[here.removeprefix(f"{MOUNT}/de/")] = answer.location.removeprefix(f"{MOUNT}/de/")
    assert led["registration/confirm"] == "registration/"
    assert led["registration/consents/photos/withdraw"] == "registration/"
    party = "organise/events/plattform/registrations/7/"
    assert led[f"{party}cancel"] == party
    card = "organise/events/plattform/check-in/7/"
    assert {led[party + button] for button in AT_THE_DOOR} == {card}

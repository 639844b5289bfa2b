"""Every page there is, in every state that looks different."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from flask_stadtlabor.testing.content import sample
from tests import factories
from tests.forms import fill, press
from tests.host import Host


def content() -> dict[str, Any]:
    """A series whose dates stand at every point of an event's life."""
    return sample(factories.real_time())


SLUGS = [event["slug"] for event in content()["events"]]

PUBLIC = [
    "",
    "?q=plattform",
    "?q=nichts+davon",
    "?series=zu-besuch",
    "?when=past",
    "series/zu-besuch/",
    "projects/",
    "projects/spielplatz/",
    "projects/ohne-phasen/",
    "projects/spielplatz/ideas/",
    "projects/spielplatz/ideas/?sort=supported&q=nichts+davon",
    "projects/ohne-phasen/ideas/",
    "ideas/1/",
    "ideas/3/",
    *(f"events/{slug}/" for slug in SLUGS),
    "events/plattform/easy/",
    "privacy/photos-website/1/",
    "privacy/privacy/1/",
]
"""Addresses below a language that answer 200."""

FORMS = [
    *(
        f"events/{slug}/register"
        for slug in ("plattform", "schlicht", "voll", "spaeter", "zu", "lange-namen")
    ),
    "registration/send-link",
    "registration/link-sent",
    "registration/closed",
    "projects/spielplatz/ideas/new",
    "projects/ohne-phasen/ideas/new",
    "projects/spielplatz/ideas/sent",
    "ideas/1/support",
    "ideas/1/follow",
    "ideas/3/support",
]

PERSONAL = [
    "registration/",
    "registration/receipt",
    "registration/change",
    "registration/data",
    "registration/erase",
]
"""Addresses behind a personal link, below a language."""

LOST = ["events/nichts/", "series/nichts/", "registration/nichts", "registration/"]
"""Addresses below a language that answer with an error page."""

ACCOUNT = ["me/"]
"""Addresses below a language for whoever is signed in; others are told so."""


def answers(number: int = 1) -> dict[str, Any]:
    """What somebody writes into the longest form."""
    return factories.person(number) | {
        "question-essen": "a",
        "consent-photos-website": "given",
        "consent-photos-print": "refused",
    }


def people(host: Host, language: str) -> dict[str, FlaskClient]:
    """Somebody in each state, with their link open."""
    start = f"/stadtlabor/{language}"
    if host.sent:
        host.sent.clear()
    arrivals = [
        ("held", "plattform"),
        ("confirmed", "plattform"),
        ("cancelled", "plattform"),
        ("first", "voll"),
        ("waiting", "voll"),
        ("only", "voll-ohne-liste"),
    ]
    found = {}
    for number, (state, slug) in enumerate(arrivals):
        person = answers(number) | {"email": f"{language}-{state}@buerger.example"}
        client = host.client()
        answer = fill(client, f"{start}/events/{slug}/register", person)
        if answer.status_code == 409:
            # the people of the other language were faster
            continue
        assert answer.status_code == 303, (state, answer.status)
        host.mails()
        mail = next(mail for mail in reversed(host.sent) if mail["To"] == person["email"])
        assert client.get(host.link(mail)).status_code == 303
        found[state] = client
    mine = f"{start}/registration/"
    press(found["confirmed"], mine, "/confirm")
    press(found["confirmed"], mine, "/photos-website/withdraw")
    press(found["cancelled"], mine, "/cancel")
    return found

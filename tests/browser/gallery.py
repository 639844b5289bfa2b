"""Every page there is, in every state that looks different."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from tests import factories
from tests.forms import fill, press
from tests.host import Host

TEXT = {
    "de": "## Worum es geht\n\nDie **Beteiligungsplattform** für alle:\n\n- sehen\n- probieren",
    "en": "## What it is\n\nThe **participation platform** for everyone:\n\n- look\n- try",
}


LONG_TITLE = {
    "de": "Quartiersentwicklungsbeteiligungsplattform: Straßenraumneuaufteilungsgespräch",
    "en": "Counterrevolutionaries’ neighbourhood-redevelopment participation",
}
"""With words that are wider than a small phone, for a browser that cannot hyphenate."""
LONG_NAMES = {
    "title": LONG_TITLE,
    # from a Thursday in September to a Friday in October: the longest dates of both languages
    "starts_at": "2100-09-30T22:30",
    "ends_at": "2100-10-01T00:30",
}


def content() -> dict[str, Any]:
    """A series whose dates stand at every point of an event's life."""
    asked = [
        factories.question("woher", help={"de": "Der Stadtteil.", "en": "The district."}),
        factories.question("stadtentwicklungsveranstaltungswunschliste", "yes-no"),
        factories.question("wunsch", "long"),
        factories.question("essen", "choice", required=True),
        factories.question("allergien", required=True, show_if={"question": "essen", "value": "b"}),
        factories.question("themen", "choices"),
        factories.question("erstes-mal", "yes-no"),
    ]
    purposes = ["recording", "photos-website", "photos-print", "privacy"]
    controller = {"email": "datenschutzbeauftragte@stadtverwaltung.musterstadt.example"}
    rich = {
        "title": LONG_TITLE,
        "series": "zu-besuch",
        "topic": {"de": "Die Beteiligungsplattform", "en": "The participation platform"},
        "description": TEXT,
        "easy_language": {"de": "Wir zeigen die Plattform. Du kannst mitmachen."},
        "sign_language_url": "https://video.example/gebaerden",
        "languages": ["de", "en"],
        "organisers": [{"name": "Digitalisierung", "url": "https://stadt.example/digital"}],
        "contact": {"name": "Team", "email": "team@stadt.example", "phone": "0234 910-0"},
        "projects": ["spielplatz"],
        "purposes": purposes,
        "programme": [
            {"starts_at": "00:10", "title": {"de": "Begrüßung", "en": "Welcome"}},
            {"starts_at": "00:40", "title": {"de": "Vortrag", "en": "Talk"}, "speakers": ["A. B."]},
        ],
    }
    asking = {"ask_age": True, "companion_names": "required", "ask_support": True}
    full = {"capacity": 1, "max_party_size": 1}
    at = factories.event_in
    taking = factories.registration
    events = [
        at(30, "plattform", **rich, registration=taking(questions=asked, **asking)),
        at(31, "schlicht", registration=taking(confirm_by_email=False)),
        at(32, "voll", purposes=["privacy"], registration=taking(**full)),
        at(33, "voll-ohne-liste", registration=taking(**full, waiting_list=False)),
        at(34, "ohne-anmeldung", title="Offenes Haus"),
        at(35, "nur-deutsch", title={"de": "Nur auf Deutsch"}, summary={"de": "Ein Wort."}),
        at(36, "online", venue={"online_url": "https://raum.example/1"}, registration=taking()),
        at(37, "abgesagt", status="cancelled", registration=taking()),
        at(38, "verschoben", status="postponed", registration=taking()),
        at(39, "spaeter", registration=taking(opens_at=factories.event_in(20)["starts_at"])),
        at(40, "zu", registration=taking(closes_at=factories.event_in(-1)["starts_at"])),
        at(-0.02, "laeuft", series="zu-besuch"),
        factories.open_event("lange-namen", **LONG_NAMES),
        at(-10, "vorbei", series="zu-besuch", registration=taking()),
    ]
    projects = [
        {
            "slug": "spielplatz",
            "title": {"de": "Spielplatz am Markt", "en": "Playground at the market"},
            "summary": {"de": "Was soll hin?", "en": "What should be there?"},
            "status": {"de": "läuft", "en": "running"},
        }
    ]
    return factories.exchange(
        *events,
        series=[factories.series(description=TEXT)],
        projects=projects,
        purposes=[factories.purpose(slug, controller=controller) for slug in purposes],
    )


SLUGS = [event["slug"] for event in content()["events"]]

PUBLIC = [
    "",
    "?q=plattform",
    "?q=nichts+davon",
    "?series=zu-besuch",
    "?when=past",
    "series/zu-besuch/",
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

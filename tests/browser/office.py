"""Every page of the back office, with people in every state that looks different."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from flask_stadtlabor.editor.description import PAGES
from flask_stadtlabor.events.history_models import SharedKind
from flask_stadtlabor.organise.views.moderation import LISTS
from flask_stadtlabor.registration.models import Registration
from tests import factories
from tests.factories import PHOTOS
from tests.forms import fill, press, send
from tests.host import Host
from tests.organise.staff import register

PRINT = "photos-print"
MESSAGE = "Stift"
"""What staff writes to a group."""


def content() -> dict[str, Any]:
    """An event of today and one that is full, both with all that a form can ask."""
    asked = factories.registration(
        questions=[factories.question("essen", "choice"), factories.question("woher")],
        ask_age=True,
        ask_support=True,
        companion_names="optional",
    )
    purposes = [PHOTOS, PRINT, "privacy"]
    return factories.exchange(
        factories.event_in(0.001, "plattform", purposes=purposes, registration=asked),
        factories.event_in(
            9, "voll", purposes=["privacy"], registration=factories.registration(capacity=1)
        ),
        factories.event_in(20, "ohne-anmeldung"),
        factories.event_in(21, "entwurf", status="draft", registration=asked),
        factories.event_in(-9, "vorbei", feedback={}),
        projects=[factories.project("spielplatz")],
        ideas=[
            _idea("Eine Rutsche mit Aussicht"),
            _idea("Ein Kiosk, der auch sonntags öffnet"),
            _idea("Eine Rutsche bitte", status="merged"),
            _idea("Ein Baum, unter dem man sitzen kann"),
        ],
    )


def _idea(title: str, **changes: Any) -> dict[str, Any]:
    return {
        "project": "spielplatz", "title": title, "text": "Das fehlt seit **Jahren**.",
        "language": "de", "author": "Jana", "created_at": "2026-01-05T10:00:00Z", **changes,
    }  # fmt: skip


def people(host: Host) -> dict[str, int]:
    """Somebody in each state, with every kind of answer; their numbers."""
    given = {f"consent-{PHOTOS}": "given", f"consent-{PRINT}": "refused"}
    found = {
        "party": register(
            host,
            1,
            party_size=3,
            support_needs="Schriftmittlung",
            **{"companion-1": "Ada"},
            **given,
        ),
        "open": register(host, 2),
        "held": register(host, 3, confirm=False, **given),
        "withdrawn": register(host, 4, **given),
        "cancelled": register(host, 5, **given),
        "here": register(host, 6, **given),
    }
    register(host, 7, slug="voll")
    found["waiting"] = register(host, 8, slug="voll", confirm=False)
    staff = host.client()
    start = "/stadtlabor/en/organise/events/plattform/"
    press(staff, f"{start}registrations/{found['cancelled']}/", "/cancel")
    press(staff, f"{start}check-in/{found['here']}/", "/check-in")
    press(staff, f"{start}registrations/{found['here']}/", "/restrict")
    take_back = {f"consent-{PHOTOS}": "refused", "method": "paper"}
    fill(staff, f"{start}check-in/{found['withdrawn']}/", take_back, action="/consents")
    for place in ("https://stadt.example/galerie/ein-sehr-langer-name-einer-galerie", "Heft 3"):
        published = {"purpose": PHOTOS, "place": place, "published_on": "2026-01-02"}
        fill(staff, f"{start}publications/", published, action="/record")
    words = {f"{part}.{code}": MESSAGE for part in ("subject", "text") for code in ("de", "en")}
    look = fill(staff, f"{start}message", {"state": "confirmed", "do": "look", **words})
    send(staff, look)
    _moderated(host, staff)
    reasons = {f"reasons.{code}": "**Ja**, im Mai." for code in ("de", "en")}
    said = {"verdict": "partly", "department": MESSAGE, "next_step_on": "2026-05-01", **reasons}
    fill(staff, "/stadtlabor/en/organise/answers/4/", said)
    desk = {"given_name": "Ilse", "family_name": "Brockhoff", "reach": "0234 4711"}
    fill(staff, f"{start}register", desk)
    by_reach = select(Registration.id).where(Registration.reach.is_not(None))
    found["desk"] = int(host.scalar(by_reach))
    return found


def _moderated(host: Host, staff: FlaskClient) -> None:
    """One idea is reported, and the other one was hidden."""
    said = {"rule": "respect", "words": MESSAGE}
    report = {**said, "email": "otto@example.org"}
    fill(host.client(), "/stadtlabor/en/ideas/1/report", report)
    decision = {"measure": "hidden", "rule": "advertising", "reasons": MESSAGE}
    fill(staff, "/stadtlabor/en/organise/moderation/idea/2", decision)


def addresses(found: dict[str, int]) -> list[str]:
    """Every page below ``organise/`` that answers 200."""
    at = "events/plattform/"
    return [
        f"{at}message?state=active&consent-{PHOTOS}=yes",
        f"{at}message/1/",
        f"{at}list",
        f"{at}badges",
        f"{at}?state=all&sort=newest&consent-{PHOTOS}=open",
        "",
        "notices/",
        "take-downs/",
        "languages/",
        "languages/en/",
        f"{at}edit/text",
        f"{at}edit/programme",
        at,
        f"{at}?q=niemand&state=cancelled",
        f"{at}?now=registered",
        "events/voll/",
        "events/ohne-anmeldung/",
        "events/entwurf/",
        f"{at}register",
        f"{at}register?at=door",
        f"{at}check-in/",
        f"{at}check-in/offline/",
        f"{at}check-in/?q=person",
        f"{at}check-in/?q=niemand",
        *(f"{at}check-in/{number}/" for key, number in found.items() if key != "waiting"),
        f"{at}check-in/{found['here']}/?now=arrived",
        *(f"{at}registrations/{found[key]}/" for key in ("party", "held", "here")),
        f"{at}registrations/{found['desk']}/?now=registered",
        f"{at}registrations/{found['party']}/?now=readdressed",
        *(f"{at}registrations/{found[key]}/rectify" for key in ("party", "desk")),
        f"events/voll/check-in/{found['waiting']}/",
        f"events/voll/registrations/{found['waiting']}/",
        f"{at}publications/",
        f"{at}consents",
        f"{at}no-photos",
        "events/vorbei/no-photos",
        f"{at}numbers",
        "events/vorbei/numbers",
        "events/ohne-anmeldung/numbers",
        "numbers",
        "trail/",
        *(f"moderation/?list={name}" for name in LISTS),
        "moderation/idea/1",
        "moderation/idea/2",
        "answers/",
        "answers/?show=answered&q=nichts+davon",
        "answers/1/",
        "answers/4/",
        "answers/4/correct",
        "ideas/",
        "ideas/?q=nirgends",
        *(f"ideas/1/merge{query}" for query in ("", "?q=nirgends", "?into=4")),
        "ideas/3/merge",
        "events/vorbei/results",
        "events/vorbei/feedback",
        f"{at}mails/",
        f"{at}mails/reminder/de/",
        "events/new",
        *(f"{at}edit/{page}" for page in PAGES if page != "results"),
        "events/vorbei/results",
        *(f"{at}{page}" for page in ("review", "cancel", "postpone", "duplicate", "move")),
        f"{at}history/",
        f"{at}preview-links",
        f"{at}preview/de/phone",
        "events/entwurf/publish",
        "events/entwurf/review",
        *(f"{kind}/" for kind in SharedKind),
        *(f"{kind}/new" for kind in SharedKind),
        "projects/spielplatz/",
        "projects/spielplatz/history/",
    ]


def wrong(client: FlaskClient, start: str, found: dict[str, int]) -> list[Any]:
    """The answers to forms that were filled in wrongly, and a sheet."""
    at = f"{start}events/plattform/"
    number = found["open"]
    card = client.get(f"{at}check-in/{number}/")
    return [
        fill(client, f"{at}register", {"email": "no address", "party_size": 99}),
        fill(client, f"{at}registrations/{number}/rectify", {"given_name": "", "email": "none"}),
        fill(client, f"{at}publications/", {"place": ""}, action="/record"),
        send(client, card, {}, action="/consents"),
        send(client, card, {f"consent-{PHOTOS}": "given"}, action="/consents"),
        fill(client, f"{at}check-in/", {"door": "x" * 200}, action="/door"),
        client.post(f"{at}registrations/{number}/check-in"),
        client.post(f"{at}registrations/{number}/cancel"),
        client.get(f"{start}tickets/NOSUCHCODE"),
        press(client, f"{at}registrations/{number}/", "/sheet"),
    ]

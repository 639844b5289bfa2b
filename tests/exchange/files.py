"""Exchange files for these tests."""

from __future__ import annotations

import json
from typing import Any

from click.testing import Result

from tests import factories
from tests.host import Host


def bring_in(host: Host, exchange: object, *options: str) -> Result:
    """`flask stadtlabor import` of a file that may have faults, unlike :meth:`Host.load`."""
    path = host.folder / "content.json"
    path.write_text(json.dumps(exchange), encoding="utf-8")
    return host.run("import", str(path), *options)


def export(host: Host, *options: str) -> dict[str, Any]:
    """`flask stadtlabor export`, read again."""
    result = host.run("export", *options)
    assert result.exit_code == 0, result.output
    parsed: dict[str, Any] = json.loads(result.stdout_bytes.decode("utf-8"))
    return parsed


def bare_event(slug: str = "platz", **changes: Any) -> dict[str, Any]:
    """An event with its four required keys alone."""
    return {
        "slug": slug,
        "title": "Ein Platz für alle",
        "starts_at": "2026-05-02T10:00",
        "ends_at": "2026-05-02T12:00",
        **changes,
    }


def rich_exchange() -> dict[str, Any]:
    """A file that uses every key of the format."""
    event = factories.open_event(
        series="zu-besuch",
        projects=["radweg", "allee"],
        topic={"de": "Plattform", "en": "Platform"},
        description="# Alles\n\nin *einer* Sprache",
        easy_language={"de": "Kommt alle!"},
        sign_language_url="https://video.example/dgs",
        languages=["de", "tr"],
        doors_at="2026-04-22T17:00",
        organisers=[{"name": "Stabsstelle", "url": "https://stadt.example"}],
        contact={"name": "Büro", "email": "buero@stadt.example", "phone": "+49 234 1"},
        image={"url": "/bild.jpg", "alt": {"de": "Halle", "en": "Hall"}, "credit": "Stadt"},
        programme=[
            {"starts_at": "17:30", "title": "Begrüßung"},
            {
                "starts_at": "17:40",
                "title": {"de": "Vortrag", "en": "Talk"},
                "description": "**Mit** Fragen",
                "speakers": ["Änne", {"de": "die Stadt", "en": "the city"}],
            },
        ],
        purposes=["photos-website", "recording", "privacy"],
        retention_days=30,
        registration={
            "opens_at": "2026-04-01T00:00",
            "closes_at": "2026-04-22T12:00",
            "capacity": 25,
            "waiting_list": False,
            "max_party_size": 3,
            "confirm_by_email": False,
            "ask_age": True,
            "questions": [
                factories.question("essen", "choice", required=True, help="Nur für die Küche"),
                factories.question("themen", "choices"),
                factories.question("warum", "long", show_if={"question": "themen", "value": "b"}),
            ],
            "smaller_parties_may_pass": True,
            "companion_names": "required",
            "ask_support": True,
            "support_retention_days": 3,
            "reminder_hours": [72, 3],
            "thank_you": True,
        },
    )
    event["venue"]["online_url"] = "https://konferenz.example/raum"
    event["venue"]["accessibility"] |= {
        "sign_language": "yes",
        "parking": "no",
        "assistance_dog": "yes",
        "note": {"de": "Rampe am Hof"},
    }
    return factories.exchange(
        event,
        factories.event("abgesagt", status="cancelled", starts_at="2026-04-01T10:00"),
        purposes=[
            factories.purpose(
                valid_days=730,
                processing={
                    "purpose": "Marketing",
                    "personal_data": ["Picture", "Voice"],
                    "processing": ["Collect"],
                    "storage_duration": "P2Y",
                    "location": "DE-NW",
                    "jurisdiction": "DE-NW",
                    "processors": [{"name": "Film GmbH", "contact": "film@example.org"}],
                    "recipients": [{"name": {"de": "Presse"}, "address": "Markt 1"}],
                },
            )
        ],
        series=[factories.series(description="Mehr", url="https://stadt.example/reihe")],
        projects=[
            {
                "slug": "radweg",
                "title": "Radweg",
                "status": {"de": "geplant"},
                "url": "/radweg",
                "timezone": "Europe/Berlin",
            },
            {
                "slug": "allee",
                "title": "Allee",
                "summary": "Bäume",
                "description": "Viele Bäume",
                "timezone": "Europe/Lisbon",
            },
        ],
    )

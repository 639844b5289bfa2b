"""A project with its phases in the exchange file: round trip, and every fault named."""

from __future__ import annotations

from typing import Any

import pytest

from tests.exchange.files import bring_in, export
from tests.exchange.test_faults import faults
from tests.factories import exchange, phase, project
from tests.host import Host

WHOLE = project(
    description={"de": "Mit Bäumen."},
    status={"de": "Im Rat"},
    promise={"de": "Bis Juni ist entschieden.", "en": "It is decided by June."},
    url="/markt",
    image={"url": "/markt.jpg", "alt": {"de": "Der Markt"}},
    timezone="Europe/Berlin",
    phases=[
        {
            **phase("lesen", "inform", "2026-02-01T00:00", "2026-03-01T00:00"),
            "title": {"de": "Schau es dir an", "en": "Have a look"},
            "text": {"de": "Alle **Pläne**."},
        },
        phase("ideen", "ideas", "2026-03-01T00:00", "2026-10-25T02:30+01:00"),
        phase("ergebnis", "results", "2026-11-01T00:00"),
    ],
    categories=[{"slug": "gruen", "title": {"de": "Grün", "en": "Green"}}],
    level="verified_resident",
    threshold=50,
)


def test_every_key_of_a_project_survives(host: Host) -> None:
    """Order, wall times and which of two hours is meant, on each database."""
    host.load(exchange(projects=[WHOLE]))
    (found,) = export(host)["projects"]
    assert found == WHOLE
    assert "1 project" not in bring_in(host, exchange(projects=[WHOLE])).output


PHASES = "projects[0].phases"


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("changes", "path", "sentence"),
    [
        (
            {"phases": [phase("a", "ideas", "2026-03-02T00:00", "2026-03-02T00:00")]},
            f"{PHASES}[0].ends_at",
            "2026-03-02T00:00 is not after the start (2026-03-02T00:00); correct one of them.",
        ),
        (
            {"phases": [phase("a", "ideas", "2026-03-29T02:30")]},
            f"{PHASES}[0].starts_at",
            "2026-03-29T02:30 does not exist in Europe/Berlin",
        ),
        (
            {"phases": [phase("a", "ideas", "2026-10-25T02:30")]},
            f"{PHASES}[0].starts_at",
            "2026-10-25T02:30 comes twice in Europe/Berlin",
        ),
        (
            {
                "phases": [
                    phase("spaeter", "vote", "2026-03-05T00:00", "2026-03-06T00:00"),
                    phase("lang", "ideas", "2026-03-01T00:00", "2026-03-05T00:01"),
                ]
            },
            f"{PHASES}[0].starts_at",
            '2026-03-05T00:00 is before the end of the phase "lang" (2026-03-05T00:01)',
        ),
        (
            {
                "phases": [
                    phase("immer", "ideas", "2026-03-01T00:00"),
                    phase("dann", "vote", "2030-01-01T00:00"),
                ]
            },
            f"{PHASES}[1].starts_at",
            '2030-01-01T00:00 is before the end of the phase "immer" (it has none)',
        ),
        (
            {
                "phases": [
                    phase("a", "ideas", "2026-03-01T00:00", "2026-03-02T00:00"),
                    phase("a", "vote", "2026-03-02T00:00"),
                ]
            },
            f"{PHASES}[1].slug",
            f'"a" is already used at {PHASES}[0]; choose another.',
        ),
        (
            {"phases": [phase("a", "party", "2026-03-01T00:00")]},
            f"{PHASES}[0].kind",
            "This is \"party\"; write 'inform', 'ideas', 'discuss', 'vote' or 'results'.",
        ),
        (
            {"categories": [{"slug": "b", "title": "B"}, {"slug": "b", "title": "C"}]},
            "projects[0].categories[1].slug",
            '"b" is already used at projects[0].categories[0]; choose another.',
        ),
        ({"level": "anyone"}, "projects[0].level", 'This is "anyone"; write'),
        ({"threshold": 0}, "projects[0].threshold", "This is 0; write 1 or more."),
        ({"timezone": "Mars/Olympus"}, "projects[0].timezone", "is not a time zone"),
        (
            {"image": {"picture": "0" * 32 + "-10x10"}},
            "projects[0].image.picture",
            "There is no uploaded picture",
        ),
    ],
)
def test_what_cannot_be_meant_is_named(
    host: Host, changes: dict[str, Any], path: str, sentence: str
) -> None:
    """D4: with the path, and what to write instead."""
    found = faults(host, {"projects": [project(**changes)]})
    assert any(each.startswith(f"{path}: ") and sentence in each for each in found), found


@pytest.mark.one_database
def test_times_are_those_of_the_project_s_own_zone(host: Host) -> None:
    """D4: what Berlin's clocks skip, those of Lisbon skip at another hour."""
    skipped = [phase("a", "ideas", "2026-03-29T01:30")]
    assert faults(host, {"projects": [project(phases=skipped, timezone="Europe/Lisbon")]})
    host.load(exchange(projects=[project(phases=skipped)]))

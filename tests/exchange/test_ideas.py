"""Ideas in the exchange file: round trip, repeats, faults; nobody is told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.exchange.files import bring_in, export
from tests.exchange.test_faults import faults
from tests.factories import exchange, project
from tests.host import Host
from tests.participation.ideas.desk import LIST, idea_url, stored, words, write_idea
from tests.participation.people import known


def idea(title: str = "Mehr Bänke", **changes: Any) -> dict[str, Any]:
    """An idea with what is required, and its language."""
    return {
        "project": "marktplatz",
        "title": title,
        "text": "Am Brunnen fehlen **Bänke**.",
        "language": "de",
        "created_at": "2026-02-20T10:00:00Z",
        **changes,
    }


WHOLE = [
    idea(category="gruen", place="Brunnen", author="Ada"),
    idea("Ein Kiosk", created_at="2026-02-21T10:00:00Z", status="held"),
    idea("Benches", language="en", created_at="2026-02-22T10:00:00Z", status="withdrawn",
         reason="There are some.", translations={"de": "## Bänke\n\nMehr davon."}),
]  # fmt: skip


def test_every_key_of_an_idea_survives_and_nobody_is_told(host: Host) -> None:
    content = exchange(projects=[project()], ideas=WHOLE)
    assert "Ideas: 3 new." in bring_in(host, content).output
    assert export(host)["ideas"] == WHOLE
    assert "Ideas:" not in bring_in(host, content).output
    assert len(stored(host)) == len(WHOLE)
    assert host.mails() == []
    assert "Mehr Bänke" in words(host.client(), LIST)


@pytest.mark.one_database
def test_what_people_wrote_is_exported_and_stays_as_it_is(host: Host) -> None:
    """But for drafts, and what waits for a link."""
    host.load(exchange(projects=[project()]))
    browser = known(host)
    write_idea(browser, "Mehr Bänke", public_name="Ada")
    write_idea(browser, "Noch ein Entwurf", draft="y")
    write_idea(host.client(), "Ein Kiosk für alle", email="ben@example.org")
    content = export(host)
    assert [each["title"] for each in content["ideas"]] == ["Mehr Bänke"]
    content["ideas"][0]["text"] = "Etwas anderes."
    assert "Ideas:" not in bring_in(host, content).output
    assert "Etwas anderes." not in words(host.client(), idea_url(stored(host)[0].id))


@pytest.mark.one_database
def test_an_idea_without_a_moment_comes_once(host: Host) -> None:
    bare = {"project": "marktplatz", "title": "Mehr Bänke", "text": "Bitte."}
    host.load(exchange(projects=[project()], ideas=[bare]))
    host.clock.move(days=1)
    host.load(exchange(projects=[project()], ideas=[bare]))
    assert len(stored(host)) == 1


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"project": "nirgends"}, "ideas[0].project"),
        ({"title": ""}, "ideas[0].title"),
        ({"language": "xx-nichts"}, "ideas[0].language"),
        ({"translations": "Benches."}, "ideas[0].translations"),
        ({"translations": {"xx-nichts": "Benches."}}, "ideas[0].translations"),
        ({"created_at": "2026-02-20T10:00"}, "ideas[0].created_at"),
        ({"created_at": "0001-01-01T00:00:00+14:00"}, "ideas[0].created_at"),
        ({"status": "draft"}, "ideas[0].status"),
        ({"votes": 3}, "ideas[0].votes"),
    ],
)
def test_each_fault_is_named(host: Host, changes: dict[str, Any], path: str) -> None:
    found = faults(host, exchange(projects=[project()], ideas=[idea(**changes)]))
    assert [each.partition(":")[0] for each in found] == [path]

"""A project's phases stand in calendars and feeds (D2, D3)."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from icalendar import Calendar, Component

from tests.factories import event, exchange, phase, project, series
from tests.host import BASE_URL, Host

pytestmark = pytest.mark.one_database

ATOM = {"a": "http://www.w3.org/2005/Atom"}
PAGE = f"{BASE_URL}/stadtlabor/de/projects/marktplatz/"


def ends(host: Host, path: str = "de/calendar.ics") -> list[Component]:
    """The entries of phases in a calendar, by their time."""
    whole = Calendar.from_ical(host.client().get(f"/stadtlabor/{path}").data)
    found = [each for each in whole.walk("VEVENT") if "/projects/" in str(each["url"])]
    return sorted(found, key=lambda each: each["dtstart"].dt)


def project_entries(host: Host, path: str = "de/feed.atom") -> list[ET.Element]:
    root = ET.fromstring(host.client().get(f"/stadtlabor/{path}").data)  # noqa: S314 - our own
    return [
        entry
        for entry in root.findall("a:entry", ATOM)
        if "/projects/" in entry.find("a:link", ATOM).attrib["href"]
    ]


def test_the_end_of_a_phase_is_in_the_calendar(host: Host) -> None:
    """D2: until when somebody can take part, at the time on the wall, and takes no time itself."""
    host.load(exchange(event(), projects=[project()]))
    first, second = ends(host)
    assert first["summary"] == "„Ideen sammeln“ endet: Neuer Marktplatz"
    assert first["dtstart"].params["TZID"] == "Europe/Berlin"
    assert first["dtstart"].dt.replace(tzinfo=None) == datetime(2026, 4, 1, 0, 0)
    assert first["url"] == f"{PAGE}#phase-ideen"
    assert first["transp"] == "TRANSPARENT"
    assert "dtend" not in first
    assert second["dtstart"].dt.astimezone(UTC) == datetime(2026, 4, 30, 22, 0, tzinfo=UTC)


def test_a_phase_keeps_its_entry_when_its_date_moves(host: Host) -> None:
    """D2: one UID in all languages, and a higher SEQUENCE, so that calendars replace it."""
    host.load(exchange(projects=[project()]))
    before = ends(host)[0]
    assert ends(host, "en/calendar.ics")[0]["uid"] == before["uid"]
    moved = phase("ideen", "ideas", "2026-03-01T00:00", "2026-04-05T00:00")
    host.load(exchange(projects=[project(phases=[moved], status="Es dauert länger")]))
    (after,) = ends(host)
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    # what stands in no calendar raises nothing
    host.load(exchange(projects=[project(phases=[moved], status="Es dauert")]))
    assert ends(host)[0]["sequence"] == after["sequence"]


def test_the_calendar_of_a_series_holds_events_alone(host: Host) -> None:
    host.load(exchange(event(series="zu-besuch"), series=[series()], projects=[project()]))
    assert ends(host, "de/series/zu-besuch/calendar.ics") == []
    assert project_entries(host, "de/series/zu-besuch/feed.atom") == []


def test_a_feed_tells_where_a_project_stands(host: Host) -> None:
    """D3: its entry comes up again with each phase that begins or ends."""
    host.load(exchange(projects=[project(), project("ohne-phasen", phases=[])]))
    (entry,) = project_entries(host)
    assert entry.find("a:link", ATOM).attrib["href"] == PAGE
    assert "Ideen schreiben" in entry.find("a:summary", ATOM).text
    assert entry.find("a:updated", ATOM).text == "2026-03-02T09:00:00Z"
    host.clock.move(days=40)
    (then,) = project_entries(host)
    assert then.find("a:id", ATOM).text == entry.find("a:id", ATOM).text
    assert then.find("a:updated", ATOM).text == "2026-04-10T06:00:00Z"
    assert "kommentieren" in then.find("a:summary", ATOM).text


def test_what_is_over_for_a_year_has_left(host: Host) -> None:
    """As events do, and without anybody changing anything."""
    host.load(exchange(projects=[project()]))
    host.clock.move(days=58 + 365)
    assert len(ends(host)) == 2
    assert len(project_entries(host)) == 1
    host.clock.move(days=2)
    assert ends(host) == []
    assert project_entries(host) == []

"""D2: calendars by RFC 5545 and RFC 7986."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Component

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.content import Contact, Organiser, Venue
from flask_stadtlabor.events.formats.calendar import calendar, invitation
from flask_stadtlabor.events.formats.vtimezone import timezone_component
from flask_stadtlabor.events.wall_times import to_utc
from flask_stadtlabor.i18n import use_language
from tests.events.desk import START, an_event, event_values, save
from tests.host import BASE_URL, Host

DAY = timedelta(days=1)
UID = "6f1b4b5e-7f1d-4c4e-9a53-0f3a1a5b9f10"


def fetch(host: Host, path: str, language: str = "de") -> tuple[str, Component]:
    response = host.client().get(f"/stadtlabor/{language}/{path}")
    assert response.status_code == 200
    assert response.content_type == "text/calendar; charset=utf-8"
    return response.text, Calendar.from_ical(response.data)


def entries(whole: Component) -> list[Component]:
    return [part for part in whole.walk() if part.name == "VEVENT"]


def make(host: Host, **values: Any) -> tuple[str, Component]:
    """The calendar of an event that no database has seen."""
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    event = an_event(
        **event_values(uid=UID, sequence=0, created_at=moment, revised_at=moment, **values)
    )
    with host.app.app_context():
        text = calendar([event], name="Test").decode()
    return text, entries(Calendar.from_ical(text))[0]


def summary(text: str) -> str:
    """The title of the first event."""
    return text_of(text.partition("BEGIN:VEVENT")[2], "SUMMARY")


def text_of(calendar: str, name: str) -> str:
    """A text of the calendar by RFC 5545 alone: unfolded (§3.1), and without escapes (§3.3.11)."""
    found = re.search(rf"^{name}:(.*)\r$", calendar.replace("\r\n ", ""), re.MULTILINE)
    assert found
    return re.sub(r"\\(.)", lambda sign: "\n" if sign[1] in "nN" else sign[1], found[1])


@pytest.mark.one_database
def test_an_event_holds_all_that_a_calendar_asks_for(host: Host) -> None:
    event = save(host).event
    text, whole = fetch(host, "events/plattform/event.ics")
    (entry,) = entries(whole)
    assert (whole["method"], whole["version"]) == ("PUBLISH", "2.0")
    assert str(entry["uid"]) == event.uid
    assert entry["dtstart"].dt == START.astimezone(ZoneInfo("Europe/Berlin"))
    assert "DTSTART;TZID=Europe/Berlin:20260422T173000\r\n" in text
    assert "DTEND;TZID=Europe/Berlin:20260422T190000\r\n" in text
    assert entry["dtstamp"].dt.tzinfo is not None
    assert entry["last-modified"].dt == event.revised_at
    assert (entry["sequence"], str(entry["status"])) == (0, "CONFIRMED")
    assert str(entry["summary"]) == "Mitreden im Netz"
    assert str(entry["location"]) == "Quartiershalle, Stühmeyerstr. 33, 44787 Bochum"
    assert str(entry["url"]) == f"{BASE_URL}/stadtlabor/de/events/plattform/"
    assert (entry["geo"].latitude, entry["geo"].longitude) == (51.4836, 7.2166)


@pytest.mark.one_database
def test_a_feed_names_itself_and_when_to_ask_again(host: Host) -> None:
    save(host, series="reihe")
    text, whole = fetch(host, "series/reihe/calendar.ics")
    assert (str(whole["name"]), str(whole["x-wr-calname"])) == ("Reihe", "Reihe")
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n" in text
    assert "X-PUBLISHED-TTL:PT6H\r\n" in text


@pytest.mark.one_database
def test_the_uid_is_one_and_the_same_in_all_languages_and_feeds(host: Host) -> None:
    save(host, series="reihe")
    paths = ("events/plattform/event.ics", "calendar.ics", "series/reihe/calendar.ics")
    found = {
        str(entries(fetch(host, path, language)[1])[0]["uid"])
        for path in paths
        for language in ("de", "en")
    }
    assert len(found) == 1
    _, english = fetch(host, "calendar.ics", "en")
    assert str(entries(english)[0]["summary"]) == "Have your say online"


@pytest.mark.one_database
def test_a_cancelled_event_stays_and_says_so(host: Host) -> None:
    save(host)
    save(host, status="cancelled")
    (entry,) = entries(fetch(host, "calendar.ics")[1])
    assert (str(entry["status"]), entry["sequence"]) == ("CANCELLED", 1)


@pytest.mark.one_database
def test_a_postponed_event_is_tentative(host: Host) -> None:
    save(host, status="postponed")
    (entry,) = entries(fetch(host, "calendar.ics")[1])
    assert str(entry["status"]) == "TENTATIVE"


@pytest.mark.one_database
def test_the_feed_holds_the_last_year_and_no_draft(host: Host) -> None:
    now = host.clock.now
    save(host, "bald", starts_at=now + DAY)
    save(host, "frueher", starts_at=now - 300 * DAY)
    save(host, "lange-her", starts_at=now - 400 * DAY)
    save(host, "entwurf", starts_at=now + DAY, status="draft")
    _, whole = fetch(host, "calendar.ics")
    found = [str(entry["url"]).rsplit("/", 2)[1] for entry in entries(whole)]
    assert found == ["frueher", "bald"]


@pytest.mark.one_database
def test_a_draft_has_no_calendar(host: Host) -> None:
    save(host, status="draft")
    assert host.client().get("/stadtlabor/de/events/plattform/event.ics").status_code == 404


@pytest.mark.one_database
def test_a_feed_without_events_is_a_calendar(host: Host) -> None:
    assert entries(fetch(host, "calendar.ics")[1]) == []


@pytest.mark.one_database
def test_lines_end_in_crlf_and_are_folded(host: Host) -> None:
    text, entry = make(host, title=LocalizedText("Über " * 60))
    lines = text.split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    assert not any("\n" in line or "\r" in line for line in lines)
    assert str(entry["summary"]) == "Über " * 60


@pytest.mark.one_database
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(title=st.text(min_size=1), street=st.text())
def test_any_title_comes_back_from_a_calendar(host: Host, title: str, street: str) -> None:
    """S9: no title can add a line of its own."""
    text, _ = make(
        host,
        title=LocalizedText(title),
        venue=Venue(name=LocalizedText("Ort"), street=LocalizedText(street)),
    )
    shown = re.sub("\r\n|[\r\x0b\x0c\x85\u2028\u2029]", "\n", title)
    kept = "".join(sign for sign in shown if sign in "\n\t" or _is_printable(sign))
    assert summary(text) == kept
    assert text.count("BEGIN:VEVENT\r\n") == 1
    assert text.endswith("END:VEVENT\r\nEND:VCALENDAR\r\n")


def _is_printable(sign: str) -> bool:
    code = ord(sign)
    return code >= 32 and not 0x7F <= code <= 0x9F and code not in (0xFEFF, 0xFFFE, 0xFFFF)


@pytest.mark.one_database
@pytest.mark.parametrize(
    "title", ["a\r\nATTENDEE:mailto:x@y.example", "END:VEVENT\nBEGIN:VEVENT", "a;b,c\\n:d"]
)
def test_a_title_cannot_inject_a_property(host: Host, title: str) -> None:
    text, _ = make(host, title=LocalizedText(title))
    assert "\r\nATTENDEE" not in text
    assert text.count("\r\nBEGIN:VEVENT") == 1
    assert summary(text) == title.replace("\r\n", "\n")


@pytest.mark.one_database
@pytest.mark.parametrize("title", ["Zwei\nZeilen", "Zwei\r\nBEGIN:VALARM", "Zwei; Titel, einer"])
def test_a_title_of_several_lines_names_its_own_calendar(host: Host, title: str) -> None:
    save(host, title=LocalizedText(title))
    text, whole = fetch(host, "events/plattform/event.ics")
    assert text_of(text, "X-WR-CALNAME") == " ".join(title.split())
    assert [part.name for part in entries(whole)[0].subcomponents] == []


@pytest.mark.one_database
def test_a_room_online_is_a_conference(host: Host) -> None:
    room = "https://raum.example/1?a=b,c;d"
    text, entry = make(host, venue=Venue(online_url=room))
    assert str(entry["location"]) == room
    assert f"CONFERENCE;FEATURE=VIDEO;VALUE=URI:{room}\r\n" in text.replace("\r\n ", "")
    assert room in str(entry["description"])


@pytest.mark.one_database
def test_an_hour_that_comes_twice_is_written_in_utc(host: Host) -> None:
    """D4: the second of the two; a wall time would mean the first."""
    second = to_utc("2025-10-26T02:30+01:00", "Europe/Berlin")
    text, entry = make(host, starts_at=second)
    assert "DTSTART:20251026T013000Z\r\n" in text
    assert entry["dtstart"].dt == second
    first = to_utc("2025-10-26T02:30+02:00", "Europe/Berlin")
    assert "DTSTART;TZID=Europe/Berlin:20251026T023000\r\n" in make(host, starts_at=first)[0]


ZONES = [
    "Europe/Berlin", "America/New_York", "Europe/Dublin", "Australia/Sydney", "Africa/Casablanca",
    "Asia/Tokyo", "UTC",
]  # fmt: skip


@pytest.mark.parametrize("zone", ZONES)
def test_a_zone_comes_with_its_changes_of_the_clock(zone: str) -> None:
    """RFC 5545 §3.6.5: an onset is a wall time by the offset before it."""
    onsets = []
    for part in timezone_component(zone, 2025, 2027).subcomponents:
        before, after = part["tzoffsetfrom"].td, part["tzoffsetto"].td
        for wall in walls_of(part):
            onset = (wall - before).replace(tzinfo=UTC)
            assert onset.astimezone(ZoneInfo(zone)).utcoffset() == after
            earlier = (onset - timedelta(seconds=1)).astimezone(ZoneInfo(zone))
            assert earlier.utcoffset() == before
            onsets.append((onset, after))
    moment = datetime(2025, 1, 1, tzinfo=UTC)
    while moment < datetime(2027, 12, 31, tzinfo=UTC):
        _, offset = max(known for known in onsets if known[0] <= moment)
        assert offset == moment.astimezone(ZoneInfo(zone)).utcoffset()
        moment += timedelta(hours=7)


def walls_of(part: Component) -> list[datetime]:
    """The local times at which an observance begins, by its rule where it has one."""
    if "rrule" not in part:
        return [part["dtstart"].dt]
    rule = rrulestr(part["rrule"].to_ical().decode(), dtstart=part["dtstart"].dt)
    return rule.between(datetime(2024, 1, 1), datetime(2028, 1, 1))


@pytest.mark.parametrize(
    ("zone", "summer", "winter"),
    [
        ("Europe/Berlin", "-1SU", "-1SU"),
        ("Europe/Dublin", "-1SU", "-1SU"),
        ("America/New_York", "2SU", "1SU"),
        ("Australia/Sydney", "1SU", "1SU"),
    ],
)
def test_a_yearly_rule_is_written_as_one_summer_and_one_winter(
    zone: str, summer: str, winter: str
) -> None:
    """MS-OXCICAL §2.1.3.1.1.19: Exchange takes the last observance of each kind for the rule."""
    parts = {part.name: part for part in timezone_component(zone, 2025, 2029).subcomponents}
    assert len(timezone_component(zone, 2025, 2029).subcomponents) == 2
    assert parts["DAYLIGHT"]["rrule"]["BYDAY"] == summer
    assert parts["STANDARD"]["rrule"]["BYDAY"] == winter
    assert parts["DAYLIGHT"]["tzoffsetto"].td > parts["STANDARD"]["tzoffsetto"].td


def test_a_rule_that_was_changed_meanwhile_is_written_change_by_change() -> None:
    """The United States moved both days in 2007."""
    parts = timezone_component("America/New_York", 2006, 2007).subcomponents
    assert [part["dtstart"].dt.month for part in parts] == [12, 4, 10, 3, 11]
    assert all("rrule" not in part for part in parts)


@pytest.mark.one_database
@pytest.mark.parametrize("name", ["Feste, Märkte; mehr", "C:\\Temp, und so weiter"])
def test_the_name_of_a_calendar_is_escaped(host: Host, name: str) -> None:
    """RFC 5545 §3.3.11: comma, semicolon and backslash are text."""
    portal = host.make(STADTLABOR_PORTAL_NAME=name)
    save(portal)
    text = portal.client().get("/stadtlabor/de/calendar.ics").text
    assert text_of(text, "NAME").endswith(name)
    assert text_of(text, "X-WR-CALNAME").endswith(name)


def test_every_zone_of_a_feed_is_described(host: Host) -> None:
    save(host)
    save(host, "lissabon", timezone="Europe/Lisbon")
    _, whole = fetch(host, "calendar.ics")
    found = {str(part["tzid"]) for part in whole.walk() if part.name == "VTIMEZONE"}
    assert found == {"Europe/Berlin", "Europe/Lisbon"}


@pytest.mark.one_database
def test_public_calendars_name_nobody(host: Host) -> None:
    save(host, contact=Contact(name=LocalizedText("Änne"), email="aenne@stadt.example"))
    for path in ("events/plattform/event.ics", "calendar.ics"):
        text, _ = fetch(host, path)
        assert "ORGANIZER" not in text
        assert "ATTENDEE" not in text
        assert "@" not in text


@pytest.mark.one_database
@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_an_invitation_names_who_invites_and_who_comes(host: Host, method: str) -> None:
    """D2, S9: the same UID as in public; a name cannot add a parameter."""
    event = save(host, organisers=(Organiser(name=LocalizedText("Stabsstelle")),)).event
    with host.app.app_context(), use_language("en"):
        content = invitation(
            event, method=method, name='Änne";CN="x\r\nX:y', email="aenne@buerger.example"
        )
    whole = Calendar.from_ical(content)
    (entry,) = entries(whole)
    assert whole["method"] == method
    assert str(entry["uid"]) == event.uid
    assert str(entry["summary"]) == "Have your say online"
    assert str(entry["attendee"]) == "mailto:aenne@buerger.example"
    assert entry["attendee"].params["CN"] == "Änne';CN='x X:y"
    assert entry["organizer"].params["CN"] == "Stadtlabor"
    assert str(entry["organizer"]) == "mailto:noreply@stadt.example"
    assert str(entry["status"]) == ("CANCELLED" if method == "CANCEL" else "CONFIRMED")
    assert "/registration/" not in content.decode()
    assert "REFRESH-INTERVAL" not in content.decode()

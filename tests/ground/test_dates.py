"""How days and hours are said: by zone, over several days, in an hour that comes twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from flask_stadtlabor import dates
from flask_stadtlabor.i18n import use_language
from tests.host import Host

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
FRIDAY = datetime(2026, 11, 27, 17, 0, tzinfo=UTC)
"""18:00 in Berlin."""
FIRST = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
"""02:30 in Berlin for the first time; an hour later for the second."""
HOUR = timedelta(hours=1)


def said(host: Host, language: str, start: datetime, end: datetime, zone: str = BERLIN) -> str:
    with host.app.app_context(), use_language(language):
        line = dates.format_dates(start, end, zone).replace("\xa0", " ")
        # what HTML says is the same
        assert dates.date_line(start, end, zone).striptags() == line
        return line


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("language", "hours", "zone", "line"),
    [
        ("de", 2, BERLIN, "Freitag, 27. November 2026, 18:00–20:00 Uhr"),
        ("en", 2, BERLIN, "Friday, 27 November 2026, 18:00–20:00"),
        ("de", 0, BERLIN, "Freitag, 27. November 2026, 18:00 Uhr"),
        ("de", 71, BERLIN,
         "Freitag, 27. November 2026, 18:00 Uhr bis Montag, 30. November 2026, 17:00 Uhr"),
        ("de", 2, NEW_YORK,
         "Freitag, 27. November 2026, 12:00–14:00 Uhr (Ortszeit in New York)"),
        ("en", 2, NEW_YORK, "Friday, 27 November 2026, 12:00–14:00 (local time in New York)"),
        ("de", 24, NEW_YORK,
         ("Freitag, 27. November 2026, 12:00 Uhr bis Samstag, 28. November 2026, 12:00 Uhr "
          "(Ortszeit in New York)")),
    ],
)  # fmt: skip
def test_hours_are_a_range_and_another_zone_is_named(
    host: Host, language: str, hours: int, zone: str, line: str
) -> None:
    assert said(host, language, FRIDAY, FRIDAY + hours * HOUR, zone) == line


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        # 02:30 to 02:45, both in the second hour of that name
        (FIRST + HOUR, FIRST + 1.25 * HOUR, "02:30–02:45 Uhr (UTC+1)"),
        (FIRST, FIRST + 0.25 * HOUR, "02:30–02:45 Uhr (UTC+2)"),
        (FIRST, FIRST + HOUR, "02:30 Uhr (UTC+2) bis 02:30 Uhr (UTC+1)"),
        (FIRST - HOUR, FIRST + HOUR, "01:30 Uhr bis 02:30 Uhr (UTC+1)"),
        (FIRST, FIRST, "02:30 Uhr (UTC+2)"),
        # neither of them comes twice
        (FIRST - HOUR, FIRST + 2 * HOUR, "01:30–03:30 Uhr"),
    ],
)
def test_an_hour_that_comes_twice_has_its_offset(
    host: Host, start: datetime, end: datetime, hours: str
) -> None:
    """D4."""
    assert said(host, "de", start, end) == f"Sonntag, 25. Oktober 2026, {hours}"


@pytest.mark.parametrize(
    ("zone", "line"),
    [
        ("UTC", "17:00–19:00 Uhr (UTC+0)"),
        # its name has the sign of POSIX, which people read as the other one
        ("Etc/GMT+5", "12:00–14:00 Uhr (UTC−5)"),
        # since tzdata 2025b; pytz, which is older in some environments, does not know it
        ("America/Coyhaique", "14:00–16:00 Uhr (Ortszeit in Coyhaique)"),
    ],
)
def test_a_zone_without_a_place_is_named_by_its_offset(host: Host, zone: str, line: str) -> None:
    assert (
        said(host, "de", FRIDAY, FRIDAY + 2 * HOUR, zone) == f"Freitag, 27. November 2026, {line}"
    )


def test_a_zone_with_half_an_hour_and_both_notes_at_once(host: Host) -> None:
    """St. John's goes back at 02:00 by an hour; its offset has half an hour in it."""
    moment = datetime(2026, 11, 1, 4, 30, tzinfo=UTC)
    with host.app.app_context(), use_language("de"):
        words = dates.clock_time(moment, "America/St_Johns")
        day = dates.format_moment(moment + 5 * HOUR, "America/St_Johns")
    assert words.replace("\xa0", " ") == "01:00 Uhr (Ortszeit in St. John’s, UTC−3:30)"
    assert day.endswith("(Ortszeit in St. John’s)")


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("language", "start", "minutes", "line"),
    [
        ("de", FRIDAY, 120, "Freitag, 27. November 2026, 18 bis 20 Uhr"),
        ("de", FRIDAY + 0.5 * HOUR, 90, "Freitag, 27. November 2026, 18:30 bis 20 Uhr"),
        ("de", FRIDAY - 9 * HOUR, 60, "Freitag, 27. November 2026, 9 bis 10 Uhr"),
        ("en", FRIDAY, 120, "Friday, 27 November 2026, 18:00 to 20:00"),
        ("de", FRIDAY, 24 * 60,
         "Freitag, 27. November 2026, 18 Uhr bis Samstag, 28. November 2026, 18 Uhr"),
    ],
)  # fmt: skip
def test_easy_language_has_no_dash_and_no_empty_minutes(
    host: Host, language: str, start: datetime, minutes: int, line: str
) -> None:
    with host.app.app_context(), use_language(language):
        words = dates.easy_dates(start, start + timedelta(minutes=minutes), BERLIN)
    assert words.replace("\xa0", " ") == line


@pytest.mark.one_database
def test_a_time_within_several_days_names_its_day(host: Host) -> None:
    end = FRIDAY + 71 * HOUR
    with host.app.app_context(), use_language("de"):
        words = dates.clock_time_within(end, FRIDAY, end, BERLIN)
        assert words.replace("\xa0", " ") == "Montag, 30. November 2026, 17:00 Uhr"
        words = dates.clock_time_within(FRIDAY + HOUR, FRIDAY, FRIDAY + HOUR, BERLIN)
        assert words.replace("\xa0", " ") == "19:00 Uhr"
        # the doors opened the evening before
        words = dates.clock_time_within(FRIDAY - 24 * HOUR, FRIDAY, FRIDAY + HOUR, BERLIN)
        assert words.startswith("Donnerstag")

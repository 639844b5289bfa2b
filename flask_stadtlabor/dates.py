"""Days and times as people read them, in the current language."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import dates
from markupsafe import Markup, escape

from flask_stadtlabor.i18n import _sl, conventions
from flask_stadtlabor.state import settings


def format_day(moment: datetime | date, zone: str | None = None) -> str:
    """The full date: „Mittwoch, 19. April 2023“."""
    return _firm(dates.format_date(_wall(moment, zone), "full", locale=conventions()))


def format_short_day(moment: datetime | date, zone: str | None = None) -> str:
    """Date without the weekday: „19. April 2023“."""
    return _firm(dates.format_date(_wall(moment, zone), "long", locale=conventions()))


def format_month(moment: datetime | date, zone: str | None = None) -> str:
    """Month and year: „April 2023“."""
    return dates.format_skeleton("yMMMM", _noon(_wall(moment, zone)), locale=conventions())


def format_month_below_day(
    moment: datetime | date, zone: str | None = None, *, year: bool = False
) -> str:
    """The month as it reads behind a day: „April“, in Polish „kwietnia“; with the year if asked.

    The CLDR's format form, where a month by itself has the stand-alone form.
    """
    pattern = "MMMM"
    if year:
        pattern = str(conventions().datetime_skeletons["yMMMM"].pattern).replace("L", "M")
    return dates.format_date(_wall(moment, zone), pattern, locale=conventions())


def format_weekday(moment: datetime | date, zone: str | None = None) -> str:
    """The weekday: „Mittwoch“."""
    return dates.format_date(_wall(moment, zone), "EEEE", locale=conventions())


def format_time(moment: datetime, zone: str) -> str:
    """The wall time: „17:30“."""
    return dates.format_time(moment, "short", tzinfo=ZoneInfo(zone), locale=conventions())


def format_moment(moment: datetime, zone: str) -> str:
    """Date and time: „Mittwoch, 19. April 2023, 17:30 Uhr“."""
    return _sl("%(day)s, %(time)s", day=format_day(moment, zone), time=clock_time(moment, zone))


def doors_line(doors_at: datetime, starts_at: datetime, zone: str) -> str:
    """When the doors open, in a sentence; with the day where it is another than the start's."""
    if _wall(doors_at, zone) == _wall(starts_at, zone):
        return _sl("The doors open at %(time)s.", time=clock_time(doors_at, zone))
    return _sl("The doors open on %(moment)s.", moment=format_moment(doors_at, zone))


def clock_time(moment: datetime, zone: str) -> str:
    """A time with the word that a language puts beside it: „17:30 Uhr“."""
    # Translators: a time of day; German adds "Uhr": "%(time)s Uhr", with a non-breaking space.
    return _sl("%(time)s", time=format_time(moment, zone))


def format_span(start: datetime, end: datetime, zone: str) -> str:
    """From start to end: „17:30 – 19:00 Uhr“, or both days where the event ends on another."""
    if _wall(start, zone) == _wall(end, zone):
        # Translators: the hours of an event. German: "%(start)s – %(end)s Uhr".
        return _sl(
            "%(start)s to %(end)s", start=format_time(start, zone), end=format_time(end, zone)
        )
    # Translators: an event of several days; both are a full date with a time.
    return _sl(
        "%(start)s until %(end)s", start=format_moment(start, zone), end=format_moment(end, zone)
    )


def format_dates(start: datetime, end: datetime, zone: str) -> str:
    """Day and hours: „Mittwoch, 19. April 2023, 17:30 – 19:00 Uhr“, or both days where needed."""
    span = format_span(start, end, zone)
    is_one_day = _wall(start, zone) == _wall(end, zone)
    # Translators: a date, with a time or with the hours of an event.
    return _sl("%(day)s, %(time)s", day=format_day(start, zone), time=span) if is_one_day else span


def date_line(start: datetime, end: datetime, zone: str) -> Markup:
    """:func:`format_dates` for HTML: day and hours each stay on one line as long as they fit."""
    if _wall(start, zone) != _wall(end, zone):
        return escape(format_span(start, end, zone))
    words = {"day": format_day(start, zone), "time": format_span(start, end, zone)}
    # whatever mark the language puts between them stays with what it follows
    parts = [part % words for part in _sl("%(day)s, %(time)s").split(" ")]
    return Markup(" ").join(Markup('<span class="sl-together">{}</span>').format(p) for p in parts)


def _wall(moment: datetime | date, zone: str | None) -> date:
    if isinstance(moment, datetime):
        return moment.astimezone(ZoneInfo(zone or settings().timezone)).date()
    return moment


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12)


def _firm(text: str) -> str:
    """Keep the day with its month: „19. April“ never breaks."""
    return re.sub(r"(\d\.?) (?=\w)", "\\1\N{NO-BREAK SPACE}", text)

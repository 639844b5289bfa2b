"""Days and times as people read them, in the current language."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel import dates
from markupsafe import Markup, escape

from flask_stadtlabor.i18n import _sl, conventions, locale
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
    return _noted(_day_and_time(moment, zone, _clock), _notes(zone, moment))


def format_moment_on(moment: datetime, zone: str) -> str:
    """The same in a sentence, behind "on": „(am) Mittwoch, 19. April 2023, um 17:30 Uhr“."""
    day, time = format_day(moment, zone), _clock(moment, zone)
    # Translators: a date and a time in a sentence, as in "Registration opens on …".
    return _noted(_sl("%(day)s, at %(time)s", day=day, time=time), _notes(zone, moment))


def doors_line(doors_at: datetime, starts_at: datetime, zone: str) -> str:
    """When the doors open, in a sentence; with the day where it is another than the start's."""
    if _wall(doors_at, zone) == _wall(starts_at, zone):
        return _sl("The doors open at %(time)s.", time=clock_time(doors_at, zone))
    return _sl("The doors open on %(moment)s.", moment=format_moment_on(doors_at, zone))


def clock_time(moment: datetime, zone: str) -> str:
    """A time with the word that a language puts beside it: „17:30 Uhr“.

    The zone is named where it is not the portal's, and the offset where that time comes twice.
    """
    return _noted(_clock(moment, zone), _notes(zone, moment))


def clock_time_within(moment: datetime, start: datetime, end: datetime, zone: str) -> str:
    """:func:`clock_time` of something that happens from start to end, with the day if needed.

    That is where the whole takes more than one day, or this moment is on another.
    """
    days = {_wall(each, zone) for each in (moment, start, end)}
    return clock_time(moment, zone) if len(days) == 1 else format_moment(moment, zone)


def format_span(start: datetime, end: datetime, zone: str) -> str:
    """From start to end: „17:30–19:00 Uhr“, or both days where the event ends on another."""
    span = _span(start, end, zone)
    return _noted(span.hours, span.notes)


def format_dates(start: datetime, end: datetime, zone: str) -> str:
    """Day and hours: „Mittwoch, 19. April 2023, 17:30–19:00 Uhr“, or both days where needed."""
    return _in_one(_span(start, end, zone))


def easy_dates(start: datetime, end: datetime, zone: str) -> str:
    """:func:`format_dates` in easy language: „Mittwoch, 19. April 2023, 17:30 bis 19 Uhr“."""
    return _in_one(_span(start, end, zone, in_easy_language=True))


def date_line(start: datetime, end: datetime, zone: str) -> Markup:
    """:func:`format_dates` for HTML: day and hours each stay on one line as long as they fit."""
    span = _span(start, end, zone)
    if not span.day:
        return escape(_in_one(span))
    words = {"day": span.day, "time": span.hours}
    # whatever mark the language puts between them stays with what it follows
    parts = [part % words for part in _sl("%(day)s, %(time)s").split(" ")]
    line = Markup(" ").join(Markup('<span class="sl-together">{}</span>').format(p) for p in parts)
    if not span.notes:
        return line
    return escape(_sl("%(time)s (%(notes)s)")) % {"time": line, "notes": span.notes}


class _Span(NamedTuple):
    """From when to when, in the parts of a line."""

    day: str
    """Empty where the hours name two days."""
    hours: str
    notes: str
    """Which zone or offset is meant, where that is not plain."""


def _span(start: datetime, end: datetime, zone: str, *, in_easy_language: bool = False) -> _Span:
    clock = _easy_clock if in_easy_language else _clock
    is_one_day = _wall(start, zone) == _wall(end, zone)
    day = format_day(start, zone) if is_one_day else ""
    if start == end:
        return _Span(day, clock(start, zone), _notes(zone, start))
    twice = [moment for moment in (start, end) if _comes_twice(moment, zone)]
    if is_one_day and (not twice or _offset(start, zone) == _offset(end, zone)):
        hours = _easy_hours if in_easy_language else _hours
        return _Span(day, hours(start, end, zone), _notes(zone, *twice))
    first, last = (
        _noted(
            clock(moment, zone) if is_one_day else _day_and_time(moment, zone, clock),
            _offset(moment, zone) if moment in twice else "",
        )
        for moment in (start, end)
    )
    # Translators: an event of several days; both are a full date with a time.
    return _Span(day, _sl("%(start)s until %(end)s", start=first, end=last), _notes(zone))


def _in_one(span: _Span) -> str:
    if not span.day:
        return _noted(span.hours, span.notes)
    # Translators: a date, with a time or with the hours of an event.
    return _noted(_sl("%(day)s, %(time)s", day=span.day, time=span.hours), span.notes)


def _day_and_time(moment: datetime, zone: str, clock: Callable[[datetime, str], str]) -> str:
    return _sl("%(day)s, %(time)s", day=format_day(moment, zone), time=clock(moment, zone))


def _clock(moment: datetime, zone: str) -> str:
    # Translators: a time of day; German adds "Uhr": "%(time)s Uhr", with a non-breaking space.
    return _sl("%(time)s", time=format_time(moment, zone))


def _easy_clock(moment: datetime, zone: str) -> str:
    return _sl("%(time)s", time=_easy_time(moment, zone))


def _hours(start: datetime, end: datetime, zone: str) -> str:
    # Translators: the hours of an event, with an en dash. German: "%(start)s–%(end)s Uhr".
    return _sl("%(start)s–%(end)s", start=format_time(start, zone), end=format_time(end, zone))


def _easy_hours(start: datetime, end: datetime, zone: str) -> str:
    # Translators: the hours of an event in easy language. German: "%(start)s bis %(end)s Uhr".
    return _sl("%(start)s to %(end)s", start=_easy_time(start, zone), end=_easy_time(end, zone))


def _easy_time(moment: datetime, zone: str) -> str:
    wall = moment.astimezone(ZoneInfo(zone))
    if wall.minute:
        return format_time(moment, zone)
    # Translators: a full hour in easy language; German leaves the minutes out: "%(hour)d".
    return _sl("%(hour)d:00", hour=wall.hour)


def _notes(zone: str, *moments: datetime) -> str:
    """Which zone is meant, if not the portal's, and which of two hours of the same name."""
    notes = []
    if zone != settings().timezone:
        notes.append(_zone_note(zone))
    notes += dict.fromkeys(_offset(each, zone) for each in moments if _comes_twice(each, zone))
    return ", ".join(notes)


def _zone_note(zone: str) -> str:
    """Which zone is meant, by its city; one that is but an offset, such as UTC, by that."""
    place = ZoneInfo(zone)
    offset = place.utcoffset(None)
    if offset is not None:
        return _offset_words(offset)
    # the zone itself, because pytz, which Babel asks for a name where it is there, lacks new ones
    city = dates.get_timezone_location(place, locale=locale(), return_city=True)
    # Translators: behind a time; the place is a city such as New York.
    return _sl("local time in %(place)s", place=city)


def _noted(words: str, notes: str) -> str:
    """The words, with what has to be known of their time in brackets."""
    if not notes:
        return words
    # Translators: a time, and in brackets what has to be known of it, such as a zone.
    return _sl("%(time)s (%(notes)s)", time=words, notes=notes)


def _comes_twice(moment: datetime, zone: str) -> bool:
    """Whether clocks there show this time once more, because they are put back."""
    local = moment.astimezone(ZoneInfo(zone))
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _offset(moment: datetime, zone: str) -> str:
    """The zone's offset from UTC at a moment."""
    return _offset_words(moment.astimezone(ZoneInfo(zone)).utcoffset() or timedelta())


def _offset_words(offset: timedelta) -> str:
    """An offset from UTC, for people: „UTC+2“, „UTC−3:30“."""
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    sign = "\N{MINUS SIGN}" if offset < timedelta() else "+"
    return f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "")


def _wall(moment: datetime | date, zone: str | None) -> date:
    if isinstance(moment, datetime):
        return moment.astimezone(ZoneInfo(zone or settings().timezone)).date()
    return moment


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12)


def _firm(text: str) -> str:
    """Keep the day with its month: „19. April“ never breaks."""
    return re.sub(r"(\d\.?) (?=\w)", "\\1\N{NO-BREAK SPACE}", text)

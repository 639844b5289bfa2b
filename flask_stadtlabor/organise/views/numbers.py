"""Numbers as pictures: of one event, and of a year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from flask import request
from flask.typing import ResponseReturnValue

from flask_stadtlabor.consent.reporting.counts import answers
from flask_stadtlabor.consent.texts.published import current_texts
from flask_stadtlabor.dates import format_short_day
from flask_stadtlabor.events.models import OFF, Event
from flask_stadtlabor.i18n import _sl, words
from flask_stadtlabor.organise import charts
from flask_stadtlabor.organise.charts import Bar, Chart
from flask_stadtlabor.organise.numbers import (
    Attendance,
    Counted,
    count,
    course_of,
    events_of_year,
    years_of_events,
)
from flask_stadtlabor.organise.views.staff_page import staff_page
from flask_stadtlabor.permissions import allowed
from flask_stadtlabor.ports import Action
from flask_stadtlabor.registration.retention_periods import kept_until
from flask_stadtlabor.state import now, settings

ALL = ""
"""The choice of all series."""


def of_event(event: Event) -> ResponseReturnValue:
    """How many registered for one event and when, who came, languages, consent."""
    counted = count([event])[event.id]
    deleted = event.seats_unnamed
    attended = counted.attendance(deleted)
    is_over = event.ends_at <= now() and event.status not in OFF
    course = course_of(event, counted)
    shown = [charts.seats(event, counted)] if _has_seats(event, counted) else []
    if is_over and counted.arrived:
        bar = Bar(words(event.title), attended)
        shown.append(charts.attendance(attended, [bar], _sl("Event")))
    if course is not None:
        shown.append(charts.course(course, deleted))
    shown += _further([event], counted.by_language)
    return staff_page(
        "event_numbers.html",
        event=event,
        pictures=shown,
        attended=attended,
        counted=counted,
        deleted=deleted,
        is_over=is_over,
        was_deleted=kept_until(event) <= now() and not counted.confirmed,
    )


def of_year() -> ResponseReturnValue:
    """How many took part in the events of a year, in all or of one series."""
    years = years_of_events()
    year = _year(years)
    events = [event for event in events_of_year(year) if allowed(Action.SEE_NUMBERS, event)]
    series = {event.series.slug: words(event.series.title) for event in events if event.series}
    chosen = request.args.get("series", ALL)
    if chosen in series:
        events = [event for event in events if event.series and event.series.slug == chosen]
    else:
        chosen = ALL
    counted = count(events)
    attended = {event.id: counted[event.id].attendance(event.seats_unnamed) for event in events}
    in_all = _together(attended.values())
    shown: list[Chart] = []
    if in_all.everybody:
        shown.append(charts.months(year, _by_month(events, attended)))
        shown.append(_attendance(events, attended, in_all, of_one_series=chosen != ALL))
    by_language = sum((counted[event.id].by_language for event in events), Counter[str]())
    shown += _further(events, by_language)
    return staff_page(
        "numbers.html",
        years=years,
        year=year,
        series_list=series,
        series_chosen=chosen,
        events=events,
        attended=attended,
        in_all=in_all,
        pictures=shown,
    )


def _year(years: Sequence[int]) -> int:
    """The year that was asked for, where events took place in it; else the latest."""
    asked = request.args.get("year", "")
    found = next((year for year in years if str(year) == asked), None)
    if found is not None:
        return found
    return years[0] if years else now().astimezone(ZoneInfo(settings().timezone)).year


def _has_seats(event: Event, counted: Counted) -> bool:
    return event.takes_registrations or bool(counted.confirmed or event.seats_unnamed)


def _together(found: Iterable[Attendance]) -> Attendance:
    came, stayed_away, unknown = map(sum, zip(*found, (0, 0, 0), strict=True))
    return Attendance(came, stayed_away, unknown)


def _by_month(events: Sequence[Event], attended: dict[int, Attendance]) -> list[int]:
    people = [0] * 12
    zone = ZoneInfo(settings().timezone)
    for event in events:
        people[event.starts_at.astimezone(zone).month - 1] += attended[event.id].everybody
    return people


def _attendance(
    events: Sequence[Event],
    attended: dict[int, Attendance],
    in_all: Attendance,
    *,
    of_one_series: bool,
) -> Chart:
    """By series, or by event where there is only one series to see."""
    if of_one_series:
        bars = [
            Bar(
                f"{words(event.title)}, {format_short_day(event.starts_at, event.timezone)}",
                attended[event.id],
            )
            for event in events
        ]
        return charts.attendance(in_all, bars, _sl("Event"))
    by_series: dict[str, list[Attendance]] = {}
    for event in events:
        name = words(event.series.title) if event.series else _sl("Without a series")
        by_series.setdefault(name, []).append(attended[event.id])
    bars = [Bar(name, _together(found)) for name, found in by_series.items()]
    return charts.attendance(in_all, bars, _sl("Series"))


def _further(events: Sequence[Event], by_language: Counter[str]) -> list[Chart]:
    """Languages, and consent for those who may see that."""
    shown = [charts.languages(by_language)] if by_language else []
    may = [event for event in events if allowed(Action.REPORT_CONSENT, event)]
    found = answers([event.uid for event in may])
    if found:
        texts = current_texts([each.slug for each in found])
        shown.append(charts.consents(found, {text.slug: words(text.title) for text in texts}))
    return shown

"""Several dates at once: a rhythm, or a list of days, as wall times."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from flask_stadtlabor.editor.faults import Faults, field_faults
from flask_stadtlabor.editor_field import EditorField
from flask_stadtlabor.events.content import Part
from flask_stadtlabor.i18n import _sl, lazy

MOST_DATES = 26
_LINE = re.compile(
    r"(?:(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)|(?P<d>\d\d?)\.(?P<m>\d\d?)\.(?P<y>\d{4}),?)"
    r"(?:[T ]+(?P<time>\d\d:\d\d)(?P<offset>[+-]\d\d:\d\d)?)?"
)


class RowEntry(Part):
    """What the page asks beside the first start."""

    every: Annotated[
        Literal["no", "week", "two_weeks", "month"],
        EditorField(
            lazy("Repeat it"),
            lazy("Each at the same time of day. In a month without a fifth such day, on its last."),
            options={
                "no": lazy("Only this date"),
                "week": lazy("Every week"),
                "two_weeks": lazy("Every two weeks"),
                "month": lazy("Every month, on the same day of the week"),
            },
        ),
    ] = "no"
    times: Annotated[
        Annotated[int, Field(ge=1, le=MOST_DATES)],
        EditorField(
            lazy("How many dates in all"),
            lazy("With the first one, where it is repeated."),
            input="number",
        ),
    ] = 1
    dates: Annotated[
        str,
        EditorField(
            lazy("Further dates, one a line"),
            lazy("Such as 2026-05-06 or 2026-05-06 18:00. Without a time it is that of the first."),
            lines=5,
        ),
    ] = ""


def is_row(asked: dict[str, Any]) -> bool:
    """Whether more than one date is asked for."""
    return asked["every"] != "no" or bool(asked["dates"])


def row_faults(asked: dict[str, Any], starts_at: str) -> Faults:
    """What is wrong with what was asked for; raises ``ValueError`` where the start is no time."""
    faults: Faults = {}
    for path, sentence in field_faults(RowEntry, asked, None):
        faults.setdefault(path, []).append(sentence)
    if faults:
        return faults
    if asked["every"] != "no" and asked["times"] == 1:
        return {"times": [_sl("How many dates shall it be? Please write 2 or more.")]}
    if asked["every"] == "no" and asked["times"] > 1:
        return {"every": [_sl("Please say how often it is repeated.")]}
    unread = [line for line in _lines(asked) if _read(line, starts_at) is None]
    if unread:
        said = _sl(
            "“%(line)s” is no date. Please write one a line, such as 2026-05-06.", line=unread[0]
        )
        return {"dates": [said]}
    if len(starts_of(asked, starts_at)) > MOST_DATES:
        return {"dates": [_sl("At most %(most)d dates at once, please.", most=MOST_DATES)]}
    return {}


def starts_of(asked: dict[str, Any], starts_at: str) -> list[str]:
    """The starts of all dates, each once, the first one first and the others in their order."""
    first = datetime.fromisoformat(starts_at[:16])
    rhythm = _rhythm(asked["every"], asked["times"], first)
    read = [_read(line, starts_at) for line in _lines(asked)]
    others = {*rhythm, *(start for start in read if start)}
    return [starts_at, *sorted(others - {starts_at})]


def written_out(starts: list[str]) -> dict[str, Any]:
    """What would have to be asked for to get the same dates by a list alone."""
    return {"every": "no", "times": 1, "dates": "\n".join(starts[1:]).replace("T", " ")}


def _rhythm(every: str, times: int, first: datetime) -> Iterator[str]:
    days = {"week": 7, "two_weeks": 14}.get(every, 0)
    for number in range(1, times if every != "no" else 1):
        if every == "month":
            day = _same_weekday(first.date(), number)
        else:
            day = first.date() + timedelta(days=days * number)
        yield datetime.combine(day, first.time()).isoformat("T", "minutes")


def _same_weekday(first: date, months: int) -> date:
    """So many months later on the same day of the week: the second one, or the last for a fifth."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    month += 1
    begin = date(year, month, 1)
    shift = (first.weekday() - begin.weekday()) % 7
    day = 1 + shift + 7 * ((first.day - 1) // 7)
    return begin.replace(day=day if day <= monthrange(year, month)[1] else day - 7)


def _lines(asked: dict[str, Any]) -> list[str]:
    return [line.strip() for line in asked["dates"].splitlines() if line.strip()]


def _read(line: str, starts_at: str) -> str | None:
    """The start that a line names; None where it is no date."""
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    part = found.groupdict()
    keys = ("year", "month", "day") if part["year"] else ("y", "m", "d")
    year, month, day = (int(part[key]) for key in keys)
    time = part["time"] or starts_at[11:16]
    try:
        start = datetime.fromisoformat(f"{date(year, month, day).isoformat()}T{time}")
    except ValueError:
        return None
    return start.isoformat("T", "minutes") + (part["offset"] or "")

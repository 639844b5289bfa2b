"""What the record is made of: activities, blanks for the city, and words for Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from babel.units import format_unit

from flask_stadtlabor import i18n
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.i18n import _sl

_MARKS = re.compile(r"[\\`*_\[\]<>|#]")
_UNITS = {"Y": "year", "M": "month", "W": "week", "D": "day"}
"""Of a duration by ISO 8601, as the CLDR names them."""


@dataclass(frozen=True, kw_only=True)
class Activity:
    """One processing activity, with what Art. 30 (1) (b) to (f) GDPR asks for."""

    title: str
    purposes: list[str]
    legal_basis: list[str]
    people: list[str]
    personal_data: list[str]
    recipients: list[str]
    third_countries: list[str]
    retention: list[str]

    def lines(self, number: int) -> Iterator[str]:
        """The activity as Markdown."""
        yield from ("", f"### {number}. {self.title}", "")
        yield from entry(_sl("Purposes of the processing"), self.purposes)
        yield from entry(_sl("Legal basis of the processing"), self.legal_basis)
        yield from entry(_sl("Categories of data subjects"), self.people)
        yield from entry(_sl("Categories of personal data"), self.personal_data)
        yield from entry(_sl("Recipients and processors"), self.recipients)
        yield from entry(_sl("Transfers to third countries"), self.third_countries)
        yield from entry(_sl("Time limits for erasure"), self.retention)


def entry(label: str, values: Iterable[str]) -> Iterator[str]:
    """A point of a list with the points below it."""
    yield f"- **{label}**"
    yield from (f"    - {value}" for value in values)


def blank(what: str) -> str:
    """A place for what only the city can know."""
    return _sl("[please fill in: %(what)s]", what=what)


def words(value: LocalizedText | str) -> str:
    """Somebody's words on one line, with nothing in them that Markdown could take for a mark."""
    text = i18n.words(value) if isinstance(value, LocalizedText) else value
    return _MARKS.sub(r"\\\g<0>", " ".join(text.split()))


def span(duration: timedelta) -> str:
    """A duration in the largest unit in which it is whole: „90 Tage“, „36 Stunden“."""
    for unit in ("day", "hour", "minute"):
        count, rest = divmod(duration, timedelta(**{f"{unit}s": 1}))
        if not rest:
            return _counted(count, unit)
    return _counted(round(duration.total_seconds()), "second")


def iso_span(duration: str) -> str:
    """A duration by ISO 8601 in one unit, such as ``P2Y``: „2 Jahre“."""
    return _counted(int(duration[1:-1]), _UNITS[duration[-1]])


def _counted(count: int, unit: str) -> str:
    return format_unit(count, f"duration-{unit}", locale=i18n.conventions())

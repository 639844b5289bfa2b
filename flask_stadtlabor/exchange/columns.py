"""Which keys of an entry are columns of its row as they stand, found from both."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_stadtlabor.db import Base
from flask_stadtlabor.events.content import Part
from flask_stadtlabor.events.models import Event, Project, Series
from flask_stadtlabor.exchange.entries import EventEntry, ProjectEntry, SeriesEntry
from flask_stadtlabor.exchange.registration_entry import RegistrationEntry

EVENT_TIMES = ("starts_at", "ends_at", "doors_at")
"""The wall times of an event, which are UTC in its row."""
REGISTRATION_TIMES = ("opens_at", "closes_at")
"""Those of its registration."""


def values_of(source: object, names: Iterable[str]) -> dict[str, Any]:
    """These attributes of an entry or a row, by their names."""
    return {name: getattr(source, name) for name in names}


def _shared(entry: type[Part], row: type[Base], *apart: str) -> tuple[str, ...]:
    """The keys that both have, without those that are written in another way."""
    columns = row.__table__.columns
    return tuple(name for name in entry.model_fields if name in columns and name not in apart)


# where a title is missing, the slug stands in for it
SERIES_SHARED = _shared(SeriesEntry, Series, "slug", "title")
PROJECT_SHARED = _shared(ProjectEntry, Project, "slug", "title", "timezone")
EVENT_SHARED = _shared(EventEntry, Event, "slug", "timezone", *EVENT_TIMES)
REGISTRATION_SHARED = _shared(RegistrationEntry, Event, *REGISTRATION_TIMES)

"""What became of an event since its people last heard of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from flask_stadtlabor.events.content import place_key
from flask_stadtlabor.events.models import OFF, Event, EventStatus
from flask_stadtlabor.events.operations import EventChange
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.mails.kinds import MailKind

TOLD = frozenset({"starts_at", "ends_at", "doors_at", "timezone", "venue", "title", "status"})
"""The fields whose change concerns everybody who is coming."""


class News(NamedTuple):
    """Which fields changed, and what some of them were before."""

    changed: frozenset[str] = frozenset()
    former: Mapping[str, str | None] = {}
    """``status``, ``starts_at``, ``ends_at`` and ``place`` as they were, where they changed."""

    @classmethod
    def of(cls, change: EventChange) -> News:
        """The news of one change."""
        dates = change.former_dates
        before = {
            "status": change.former_status,
            "starts_at": dates.starts_at.isoformat() if dates else None,
            "ends_at": dates.ends_at.isoformat() if dates else None,
        }
        former = {name: value for name, value in before.items() if name in change.changed}
        if change.former_place not in (None, place_key(change.event.venue)):
            former["place"] = change.former_place
        return cls(change.changed & TOLD, former)

    @classmethod
    def from_json(cls, tells: Mapping[str, Any] | None) -> News:
        """What was written down by :meth:`to_json`."""
        tells = tells or {}
        return cls(frozenset(tells.get("changed", ("title",))), tells.get("former", {}))

    def to_json(self) -> dict[str, Any]:
        """For tables."""
        return {"changed": sorted(self.changed), "former": dict(self.former)}

    def after(self, earlier: News) -> News:
        """Merge with a later change; former values are those before the earlier change."""
        return News(self.changed | earlier.changed, {**self.former, **earlier.former})

    def without_returns(self, event: Event) -> News:
        """Without the fields that have returned to the values that people were last told."""
        now = {
            "status": event.status,
            "starts_at": event.starts_at.isoformat(),
            "ends_at": event.ends_at.isoformat(),
            "place": place_key(event.venue),
        }
        back = {name for name, value in self.former.items() if value == now[name]}
        former = {name: value for name, value in self.former.items() if name not in back}
        return News(self.changed - back, former)

    def kind(self, event: Event) -> MailKind | None:
        """The one mail that says the most important thing first; None where nothing is to tell."""
        is_new_status = "status" in self.changed
        if event.status in OFF:
            is_cancelled = event.status == EventStatus.CANCELLED
            kind = kinds.CALLED_OFF if is_cancelled else kinds.POSTPONED
            return kind if is_new_status else None
        if is_new_status and self.former.get("status") in OFF:
            return kinds.RESUMED
        if "starts_at" in self.changed:
            return kinds.MOVED
        return kinds.CHANGED if self.changed else None

    @property
    def former_start(self) -> datetime | None:
        """When the event was to begin, where it was moved."""
        start = self.former.get("starts_at")
        return datetime.fromisoformat(start) if start else None

    @property
    def is_elsewhere(self) -> bool:
        """Whether it takes place somewhere else now."""
        return "place" in self.former


NO_NEWS = News()

"""Telling registered people that their event was moved, changed, postponed or cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from flask_stadtlabor.events.models import OFF, Event, EventStatus
from flask_stadtlabor.outbox.models import OutboxMail
from flask_stadtlabor.outbox.operations import place_of, take_back
from flask_stadtlabor.registration import mails
from flask_stadtlabor.registration.change_words import CHANGES, Change
from flask_stadtlabor.registration.models import ACTIVE, Registration
from flask_stadtlabor.state import now, session

TOLD = frozenset({"starts_at", "ends_at", "doors_at", "timezone", "venue", "title", "status"})
"""The fields whose change concerns everybody who is coming."""
BATCH = 200


def tell_of_change(event: Event, changed: frozenset[str], former_status: str | None = None) -> int:
    """Write a mail to everybody with an active registration; returns how many.

    ``former_status`` is the event's before the change. Nothing is written for a change that
    concerns nobody's plans, while the event is a draft or off, or once it is over.
    """
    news = News(
        tuple(sorted(changed & TOLD)),
        former_status if "status" in changed else None,
        event.previous_starts_at if "starts_at" in changed else None,
    )
    if news.kind(event) is None or not event.is_public or event.ends_at <= now():
        return 0
    told = 0
    last_id = 0
    while batch := _active_after(event, last_id):
        # the mail of a former change that has not left is replaced by one that tells both
        taken = _taken_back(batch)
        for registration in batch:
            set_committed_value(registration, "event", event)
            is_told = _tell(registration, event, news, taken.get(registration.subject, []))
            told += is_told and registration.email is not None
        last_id = batch[-1].id
        session().flush()
    return told


class News(NamedTuple):
    """What became of an event since its people last heard of it."""

    changed: tuple[str, ...]
    former_status: str | None
    former_start: datetime | None

    @classmethod
    def of(cls, mail: OutboxMail) -> News:
        """What a mail was to tell; see :meth:`to_json`."""
        tells = mail.tells or {}
        start = tells.get("former_start")
        return cls(
            tuple(tells.get("changed", ("title",))),
            tells.get("former_status"),
            datetime.fromisoformat(start) if start else None,
        )

    def to_json(self) -> dict[str, Any]:
        """For the outbox."""
        start = self.former_start
        return {
            "changed": list(self.changed),
            "former_status": self.former_status,
            "former_start": start.isoformat() if start else None,
        }

    def after(self, earlier: News) -> News:
        """Both in one; what was before is what was before the earlier one."""
        return News(
            tuple(sorted({*self.changed, *earlier.changed})),
            earlier.former_status if "status" in earlier.changed else self.former_status,
            earlier.former_start if "starts_at" in earlier.changed else self.former_start,
        )

    def without_returns(self, event: Event) -> News:
        """Without what is again as people last heard it."""
        is_back = {
            "status": self.former_status == event.status,
            "starts_at": self.former_start == event.starts_at,
        }
        return News(
            tuple(name for name in self.changed if not is_back.get(name)),
            None if is_back["status"] else self.former_status,
            None if is_back["starts_at"] else self.former_start,
        )

    def kind(self, event: Event) -> str | None:
        """The one mail that says the most important thing first; None where nothing is to tell."""
        is_new_status = "status" in self.changed
        if event.status in OFF:
            kind = "called_off" if event.status == EventStatus.CANCELLED else "postponed"
            return kind if is_new_status else None
        if is_new_status and self.former_status in OFF:
            return "resumed"
        if "starts_at" in self.changed:
            return "moved"
        return "changed" if self.changed else None

    @property
    def change(self) -> Change:
        """For the words of the mail."""
        return Change(self.former_start, is_elsewhere="venue" in self.changed)


def _taken_back(batch: Sequence[Registration]) -> dict[str, list[OutboxMail]]:
    taken: dict[str, list[OutboxMail]] = {}
    for mail in take_back([registration.subject for registration in batch], CHANGES):
        taken.setdefault(str(mail.concerns), []).append(mail)
    return taken


def _tell(
    registration: Registration, event: Event, news: News, taken: Sequence[OutboxMail]
) -> bool:
    """Whether anything is left to tell, now that these mails were taken back."""
    for mail in reversed(taken):
        news = news.after(News.of(mail))
    if taken:
        news = news.without_returns(event)
    kind = news.kind(event)
    if kind is None:
        return False
    mails.send(kind, registration, change=news.change, tells=news.to_json(), turn=place_of(taken))
    return True


def _active_after(event: Event, last_id: int) -> list[Registration]:
    """The next batch in a steady order, so that a large event does not fill the memory."""
    return list(
        session().scalars(
            select(Registration)
            .where(
                Registration.event_id == event.id,
                Registration.state.in_(ACTIVE),
                Registration.id > last_id,
            )
            .order_by(Registration.id)
            .limit(BATCH)
        )
    )

"""What a door without a network sends, as JSON: the arrivals that it has kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, NamedTuple

from flask import current_app
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.datastructures import MultiDict

from flask_stadtlabor.db import LARGEST_INTEGER
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.forms import Form
from flask_stadtlabor.registration.operations.check_in import LONGEST_DOOR
from flask_stadtlabor.registration.operations.offline_arrival import ToldArrival
from flask_stadtlabor.state import now
from flask_stadtlabor.text import printable
from flask_stadtlabor.tokens import sign, unsign

MOST_ARRIVALS = 50
"""Arrivals that a device sends at once; they are recorded under one lock."""
KEPT_AFTER_END = timedelta(days=1)
"""How long after the event's end a device may keep its list, and send what it has kept."""
LAST_MOMENT = datetime(9999, 1, 1, tzinfo=UTC)

Number = Annotated[int, Field(strict=True, ge=1, le=LARGEST_INTEGER)]
PURPOSE = "offline-door"


class SentArrival(BaseModel):
    """One arrival, as a device has kept it."""

    model_config = ConfigDict(frozen=True)

    key: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
    number: Number
    people: Number
    seen: Annotated[int, Field(strict=True, ge=0, le=LARGEST_INTEGER)]
    at: Annotated[int, Field(strict=True, ge=0, le=int(LAST_MOMENT.timestamp()))]
    """In seconds since 1970."""
    where: Annotated[str, Field(max_length=LONGEST_DOOR)] = ""
    prepared: Annotated[str, Field(max_length=500)]
    """The mark of the list by which somebody was let in."""

    def told_at(self, event: Event) -> ToldArrival | None:
        """The arrival; None where the list is not one of this event that still counts."""
        mark = PreparedMark.read(self.prepared)
        if mark is None or mark.event != event.uid or mark.until < now():
            return None
        where = " ".join(printable(self.where).split())
        return ToldArrival(
            key=self.key,
            number=self.number,
            people=self.people,
            seen=self.seen,
            at=datetime.fromtimestamp(self.at, UTC),
            prepared_at=mark.at,
            where=where or None,
        )


class PreparedMark(NamedTuple):
    """What a list says, signed, of itself: the event, when it was made, until when it counts."""

    event: str
    at: datetime
    until: datetime

    @classmethod
    def of(cls, event: Event) -> PreparedMark:
        """The mark of a list that is made now."""
        return cls(event.uid, now(), event.ends_at + KEPT_AFTER_END)

    def __str__(self) -> str:
        return sign(PURPOSE, [self.event, int(self.at.timestamp()), int(self.until.timestamp())])

    @classmethod
    def read(cls, text: str) -> PreparedMark | None:
        """The mark; None for one that is not ours."""
        match unsign(PURPOSE, text):
            case [str(event), int(at), int(until)]:
                return cls(
                    event, datetime.fromtimestamp(at, UTC), datetime.fromtimestamp(until, UTC)
                )
        return None


class ArrivalsForm(Form):
    """The token alone; the arrivals stand beside it."""

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> ArrivalsForm:
        """The form as the device has sent it."""
        name = current_app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token")
        return cls(formdata=MultiDict({name: str(values.get("csrf_token") or "")}))


class _Batch(BaseModel):
    arrivals: Annotated[tuple[SentArrival, ...], Field(max_length=MOST_ARRIVALS)]


def arrivals_in(values: Mapping[str, Any]) -> Sequence[SentArrival] | None:
    """The arrivals in what was sent; None for what no page of ours sends."""
    try:
        return _Batch.model_validate(values).arrivals
    except ValidationError:
        return None

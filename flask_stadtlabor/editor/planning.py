"""Publishing a draft by itself at a time that somebody chose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.editor.drafts import working
from flask_stadtlabor.editor.faults import Faults, faults_of, field_faults
from flask_stadtlabor.editor.publishing import look_ahead, take_step
from flask_stadtlabor.editor.review import review
from flask_stadtlabor.editor_field import EditorField
from flask_stadtlabor.events.content import Part
from flask_stadtlabor.events.history_models import PlannedPublishing, Step
from flask_stadtlabor.events.locks import LockedEvent
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.time_fields import WallTime
from flask_stadtlabor.events.wall_times import to_utc
from flask_stadtlabor.i18n import _sl, lazy
from flask_stadtlabor.state import now, session


class PlanEntry(Part):
    """What the page asks, checked as the times of an event are."""

    publish_at: Annotated[
        WallTime | None,
        EditorField(
            lazy("Publish it by itself at"),
            lazy("In the time zone of the event. Empty means: now."),
            input="datetime-local",
        ),
    ] = None


def plan_faults(asked: dict[str, Any], zone: str) -> Faults:
    """What is wrong with the time that somebody chose."""
    faults: Faults = {}
    for path, sentence in field_faults(PlanEntry, asked, zone):
        faults.setdefault(path, []).append(sentence)
    if not faults and to_utc(asked["publish_at"], zone) <= now():
        faults["publish_at"] = [_sl("That is past. Please choose a time that is to come.")]
    return faults


def plan_of(event: Event) -> PlannedPublishing | None:
    """When the draft is published by itself, as the database has it now."""
    found: PlannedPublishing | None = session().scalar(
        select(PlannedPublishing)
        .where(PlannedPublishing.event_id == event.id)
        .execution_options(populate_existing=True)
    )
    return found


def plan(within: LockedEvent, asked: dict[str, Any], by: By) -> None:
    """Publish the draft at that wall time, as it is then; in place of an earlier plan."""
    event = within.event
    drop_plan(within)
    session().add(
        PlannedPublishing(
            event_id=event.id,
            publish_at=to_utc(asked["publish_at"], event.timezone),
            actor_key=by.key,
            actor_name=by.name,
        )
    )
    session().flush()


def drop_plan(within: LockedEvent) -> None:
    """Nothing happens by itself any more."""
    planned = plan_of(within.event)
    if planned is not None:
        session().delete(planned)
        session().flush()


def due_events() -> list[int]:
    """The events whose time has come."""
    return list(
        session().scalars(
            select(PlannedPublishing.event_id)
            .where(PlannedPublishing.publish_at <= now(), PlannedPublishing.failed_at.is_(None))
            .order_by(PlannedPublishing.publish_at)
        )
    )


def failed_events() -> Sequence[Event]:
    """The drafts that could not be published when their time came."""
    return (
        session()
        .scalars(
            select(Event)
            .join(PlannedPublishing, PlannedPublishing.event_id == Event.id)
            .where(PlannedPublishing.failed_at.is_not(None))
            .options(joinedload(Event.series))
            .order_by(PlannedPublishing.publish_at)
        )
        .all()
    )


def publish_planned(within: LockedEvent) -> int:
    """Publish the draft if its time has come, by the step that a button takes; how many were.

    Decided by what stands under the lock, so that of several workers one does it. Where something
    is missing, it is noted that it failed.
    """
    event = within.event
    planned = plan_of(event)
    if planned is None or planned.failed_at is not None or planned.publish_at > now():
        return 0
    if event.is_public:
        drop_plan(within)
        return 0
    current = working(event)
    if faults_of(current.document, seats_taken=event.seats_taken) or (
        review(current.document).blocking
    ):
        planned.failed_at = now()
        session().flush()
        return 0
    by = By(planned.actor_key, planned.actor_name)
    people = look_ahead(event, Step.PUBLISHED).people
    drop_plan(within)
    take_step(within, Step.PUBLISHED, by, number=current.number, people=people)
    return 1

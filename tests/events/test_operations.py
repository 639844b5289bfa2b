"""Changing content: what a change causes, and that saving without a change causes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from flask_stadtlabor import signals
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.models import Event, EventProject, Project
from flask_stadtlabor.events.operations import CapacityTooSmall, UnknownSlug, save_series
from flask_stadtlabor.revision import ContentRevision
from tests.events.desk import HALL, START, save
from tests.host import Host

DAY = timedelta(days=1)


def revision(host: Host) -> int:
    return int(host.scalar(select(ContentRevision.number)) or 0)


def take_seats(host: Host, seats: int) -> None:
    with host.app.app_context():
        host.db.session.execute(update(Event).values(seats_taken=seats))
        host.db.session.commit()


@contextmanager
def heard(host: Host) -> Iterator[list[frozenset[str]]]:
    changes: list[frozenset[str]] = []

    def listen(sender: object, **values: Any) -> None:
        changes.append(values["changes"])

    with signals.event_changed.connected_to(listen, sender=host.app):
        yield changes


@pytest.mark.one_database
def test_a_new_event_says_so(host: Host) -> None:
    with heard(host) as changes:
        change = save(host)
    assert change.created
    assert {"title", "starts_at", "venue"} <= change.changed
    assert changes == [frozenset()]
    assert revision(host) > 0


@pytest.mark.one_database
def test_an_unchanged_repeat_changes_nothing(host: Host) -> None:
    first = save(host, series="reihe", projects=("eins", "zwei"), languages=("de",))
    before = revision(host)
    host.clock.move(days=1)
    with heard(host) as changes:
        again = save(host, series="reihe", projects=("eins", "zwei"), languages=("de",))
    assert (again.created, again.changed, changes) == (False, frozenset(), [])
    assert revision(host) == before
    assert again.event.revised_at == first.event.revised_at


@pytest.mark.one_database
@pytest.mark.parametrize(
    "change",
    [
        {"title": LocalizedText("Anders")},
        {"starts_at": START + DAY, "ends_at": START + 2 * DAY},
        {"timezone": "Europe/Lisbon"},
        {"status": "cancelled"},
        {"venue": HALL.model_copy(update={"online_url": "https://raum.example/1"})},
        {"venue": None},
    ],
)
def test_what_matters_to_a_calendar_raises_the_sequence(host: Host, change: dict[str, Any]) -> None:
    """D2."""
    save(host)
    host.clock.move(days=1)
    event = save(host, **change).event
    assert event.sequence == 1
    assert event.revised_at == host.clock.now


def test_other_content_is_a_revision_without_a_new_sequence(host: Host) -> None:
    """D2."""
    save(host)
    host.clock.move(days=1)
    with heard(host) as changes:
        event = save(host, summary=LocalizedText("Neu"), capacity=20).event
    assert event.sequence == 0
    assert event.revised_at == host.clock.now
    assert changes == [frozenset({"summary", "capacity"})]


def test_a_published_event_that_moves_keeps_its_former_start(host: Host) -> None:
    """D1."""
    save(host)
    assert save(host, starts_at=START + DAY).event.previous_starts_at == START
    assert save(host, starts_at=START + DAY, summary=LocalizedText("x")).changed == {"summary"}
    assert save(host, starts_at=START + 2 * DAY).event.previous_starts_at == START + DAY


def test_a_draft_moves_without_a_trace(host: Host) -> None:
    """D1: nobody has seen the former start."""
    save(host, status="draft")
    moved = save(host, status="draft", starts_at=START + DAY).event
    assert moved.previous_starts_at is None
    assert save(host, starts_at=START + DAY).event.previous_starts_at is None


def test_a_capacity_below_the_seats_taken_is_refused(host: Host) -> None:
    save(host, capacity=30)
    take_seats(host, 25)
    with pytest.raises(CapacityTooSmall, match=r"25 seats taken.*of 20 is 5 too few; write 25"):
        save(host, capacity=20)
    assert host.scalar(select(Event.capacity)) == 30
    assert save(host, capacity=25).event.capacity == 25
    assert save(host, capacity=None).event.capacity is None


@pytest.mark.one_database
def test_what_nobody_sets_by_hand_is_refused(host: Host) -> None:
    with pytest.raises(TypeError, match="seats_taken"):
        save(host, seats_taken=0)
    with pytest.raises(TypeError, match="colour"):
        save(host, colour="red")


def test_projects_keep_the_order_that_they_were_given(host: Host) -> None:
    save(host, projects=("eins", "zwei"))
    before = revision(host)
    assert save(host, projects=("zwei", "eins", "zwei")).changed == {"projects"}
    assert revision(host) == before + 1
    with host.app.app_context():
        shown = host.db.session.scalars(
            select(Project.slug).join(EventProject).order_by(EventProject.position)
        ).all()
    assert list(shown) == ["zwei", "eins"]
    assert save(host, projects=()).changed == {"projects"}


@pytest.mark.one_database
def test_a_series_that_does_not_exist_is_named(host: Host) -> None:
    from flask_stadtlabor.events.operations import save_event
    from tests.events.desk import event_values

    with host.app.app_context(), pytest.raises(UnknownSlug, match="no series 'fehlt'"):
        save_event("x", series_slug="fehlt", project_slugs=(), **event_values())


@pytest.mark.one_database
def test_a_series_says_what_changed(host: Host) -> None:
    titles = LocalizedText("Alt"), LocalizedText("Neu")
    with host.app.app_context():
        assert "title" in save_series("reihe", title=titles[0])
        host.db.session.commit()
        before = revision(host)
        assert save_series("reihe", title=titles[0]) == set()
        assert save_series("reihe", title=titles[1]) == {"title"}
        host.db.session.commit()
    assert revision(host) == before + 1


@pytest.mark.one_database
def test_the_times_of_an_event_are_kept_in_utc(host: Host) -> None:
    event = save(host).event
    assert isinstance(event.starts_at, datetime)
    assert event.starts_at == START
    assert event.starts_at.utcoffset() == timedelta(0)

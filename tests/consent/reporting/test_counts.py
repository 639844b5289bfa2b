"""What staff is told: counts by purpose and answer, and the answers of many people at once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from flask_stadtlabor.consent.answers import operations
from flask_stadtlabor.consent.answers.status import statuses, statuses_of
from flask_stadtlabor.consent.models import ConsentAction
from flask_stadtlabor.consent.reporting.counts import count_in_force, counts
from tests.consent.acts import PHOTOS, PRINT, answer, publish, somebody, withdraw
from tests.host import Host


@pytest.mark.one_database
def test_everybody_is_counted_once_where_they_stand(portal: Host) -> None:
    """C3, C7: by the latest act, by time, and by whether it counts."""
    publish(valid_days=30)
    early = somebody(ConsentAction.GIVEN, confirmed=True)
    portal.clock.move(days=31)
    for acts in (
        [ConsentAction.GIVEN],
        [ConsentAction.GIVEN, ConsentAction.RENEWED],
        [ConsentAction.REQUESTED],
        [ConsentAction.REFUSED],
    ):
        somebody(*acts, confirmed=True)
    somebody(ConsentAction.GIVEN)
    withdraw(somebody(ConsentAction.GIVEN, confirmed=True))
    operations.invalidate(somebody(ConsentAction.GIVEN))
    somebody(ConsentAction.GIVEN, ConsentAction.EXPIRED, confirmed=True)
    (found,) = counts("an event")
    assert found.slug == PHOTOS
    assert (found.in_force, found.unconfirmed, found.refused, found.unanswered) == (2, 1, 1, 1)
    assert (found.withdrawn, found.expired, found.invalidated, found.replaced) == (1, 2, 1, 0)
    assert found.total == 9
    publish(text="Something else", title="Another title")
    (found,) = counts("an event")
    assert (found.in_force, found.replaced, found.expired, found.total) == (0, 3, 2, 9)
    answer(early, ConsentAction.RENEWED)
    (found,) = counts("an event")
    assert (found.in_force, found.expired, found.version) == (1, 1, 2)


@pytest.mark.one_database
def test_a_change_of_substance_would_cost_the_yes_of_those_alone_who_still_say_it(
    portal: Host,
) -> None:
    """Once each, whoever said it twice; nobody who took it back or said it to an older text."""
    publish()
    somebody(ConsentAction.GIVEN)
    publish(text="Something else")
    somebody(ConsentAction.GIVEN, ConsentAction.RENEWED)
    somebody(ConsentAction.REFUSED)
    withdraw(somebody(ConsentAction.GIVEN))
    assert count_in_force(PHOTOS) == 1


def test_purposes_and_events_are_counted_apart(portal: Host) -> None:
    publish(PHOTOS)
    publish(PRINT)
    somebody(ConsentAction.GIVEN, slugs=[PRINT, PHOTOS])
    somebody(ConsentAction.REFUSED, slugs=[PHOTOS])
    found = counts("an event")
    assert [(purpose.slug, purpose.total) for purpose in found] == [(PRINT, 1), (PHOTOS, 2)]
    assert counts("another event") == []


def test_the_answers_of_many_people_take_one_statement(portal: Host) -> None:
    publish(PHOTOS)
    publish(PRINT)
    people = [somebody(ConsentAction.GIVEN, slugs=[PRINT, PHOTOS]) for _ in range(4)]
    portal.db.session.commit()
    each = {subject: statuses(subject) for subject in people}
    statements: list[str] = []

    def count(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(portal.db.engine, "before_cursor_execute", count)
    found = statuses_of([*people, "nobody"])
    event.remove(portal.db.engine, "before_cursor_execute", count)
    assert len(statements) == 1
    assert found == {**each, "nobody": []}
    assert [status.slug for status in found[people[0]]] == [PRINT, PHOTOS]
    assert statuses_of([]) == {}

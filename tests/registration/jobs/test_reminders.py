"""Scheduled mails: reminders before an event and thanks after it, each once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from flask_stadtlabor import isolation
from flask_stadtlabor.isolation import Parts
from flask_stadtlabor.outbox.models import OutboxMail
from flask_stadtlabor.registration.jobs import reminders
from flask_stadtlabor.registration.models import DeskNotice, Registration
from tests import factories
from tests.host import Host
from tests.registration.crowd import crowd

STARTS = datetime(2026, 4, 22, 15, 30, tzinfo=UTC)
ENDS = STARTS + timedelta(minutes=90)
DAY = timedelta(hours=24)


def an_event(host: Host, **changes: Any) -> None:
    """The event, or what it is changed to; ``registration`` in the changes is completed."""
    details = {"capacity": None, **changes.pop("registration", {})}
    host.load(factories.exchange(factories.open_event(registration=details, **changes)))


def written(host: Host, at: datetime) -> list[str]:
    """The kinds of mails that a run at that time writes, in the order of the people."""
    host.clock.now = at
    before = host.scalar(select(func.max(OutboxMail.id))) or 0
    result = host.run("outbox", "run")
    assert result.exit_code == 0, result.output
    with host.app.app_context():
        new = select(OutboxMail.kind).where(OutboxMail.id > before).order_by(OutboxMail.id)
        return list(host.db.session.scalars(new))


@pytest.mark.one_database
def test_a_reminder_comes_once_and_not_before_its_time(host: Host) -> None:
    an_event(host)
    crowd(host, 2)
    assert written(host, STARTS - DAY - timedelta(seconds=1)) == []
    assert written(host, STARTS - DAY) == ["reminder", "reminder"]
    assert written(host, STARTS - timedelta(hours=1)) == []


@pytest.mark.one_database
def test_the_run_says_how_many_it_reminded(host: Host) -> None:
    an_event(host)
    crowd(host, 2)
    host.clock.now = STARTS - DAY
    assert "2 reminded and 0 thanked" in host.run("outbox", "run").stdout


@pytest.mark.one_database
def test_several_reminders_that_were_missed_become_one(host: Host) -> None:
    an_event(host, registration={"reminder_hours": [168, 24, 2]})
    crowd(host)
    assert written(host, STARTS - DAY) == ["reminder"]
    assert written(host, STARTS - timedelta(hours=2)) == ["reminder"]
    assert written(host, STARTS - timedelta(hours=1)) == []


@pytest.mark.one_database
def test_nobody_is_reminded_of_what_has_begun(host: Host) -> None:
    """The worker was away for a day."""
    an_event(host)
    crowd(host)
    assert written(host, STARTS) == []


@pytest.mark.one_database
def test_whoever_has_just_confirmed_needs_no_reminder(host: Host) -> None:
    an_event(host)
    crowd(host, confirmed_at=STARTS - DAY)
    assert written(host, STARTS - timedelta(hours=23)) == []


@pytest.mark.one_database
def test_an_event_may_do_without_reminders(host: Host) -> None:
    an_event(host, registration={"reminder_hours": []})
    crowd(host)
    assert written(host, STARTS - timedelta(hours=1)) == []


@pytest.mark.one_database
@pytest.mark.parametrize("status", ["cancelled", "postponed", "draft"])
def test_an_event_that_is_off_reminds_and_thanks_nobody(host: Host, status: str) -> None:
    an_event(host, registration={"thank_you": True})
    crowd(host)
    an_event(host, status=status, registration={"thank_you": True})
    assert written(host, STARTS - timedelta(hours=1)) == []
    assert written(host, ENDS) == []


@pytest.mark.one_database
@pytest.mark.parametrize("state", ["held", "waiting", "offered", "cancelled", "expired"])
def test_only_those_who_come_are_reminded_and_thanked(host: Host, state: str) -> None:
    an_event(host, registration={"thank_you": True})
    crowd(host, state=state)
    assert "reminder" not in written(host, STARTS - timedelta(hours=1))
    assert "thank_you" not in written(host, ENDS)


@pytest.mark.one_database
def test_an_event_that_was_moved_reminds_again(host: Host) -> None:
    an_event(host)
    crowd(host)
    assert written(host, STARTS - DAY) == ["reminder"]
    an_event(host, starts_at="2026-05-06T17:30", ends_at="2026-05-06T19:00")
    assert written(host, STARTS + DAY) == []
    assert written(host, datetime(2026, 5, 5, 15, 30, tzinfo=UTC)) == ["reminder"]


@pytest.mark.one_database
def test_somebody_without_an_address_leaves_nothing_to_do(host: Host) -> None:
    """A reminder and a thank-you are no news that staff would have to pass on."""
    an_event(host, registration={"thank_you": True})
    crowd(host, email=None)
    assert written(host, STARTS - timedelta(hours=1)) == []
    assert written(host, ENDS) == []
    assert host.scalar(select(func.count(DeskNotice.id))) == 0


@pytest.mark.one_database
def test_thanks_come_once_after_the_end(host: Host) -> None:
    an_event(host, registration={"thank_you": True, "reminder_hours": []})
    crowd(host, 2)
    assert written(host, ENDS - timedelta(seconds=1)) == []
    assert written(host, ENDS) == ["thank_you", "thank_you"]
    assert written(host, ENDS + DAY) == []


def test_where_people_were_counted_in_only_they_are_thanked(host: Host) -> None:
    an_event(host, registration={"thank_you": True, "reminder_hours": []})
    crowd(host, 2)
    crowd(host, checked_in_at=STARTS)
    assert written(host, ENDS) == ["thank_you"]
    assert [mail["To"] for mail in host.sent] == ["person3@buerger.example"]
    body = host.sent[0].get_body(("plain",))
    assert body is not None
    assert "dass du dabei warst" in body.get_content()


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("arrived", "thanked"), [(1, "dass du dabei warst"), (2, "dass ihr dabei wart")]
)
def test_as_many_are_thanked_as_came(host: Host, arrived: int, thanked: str) -> None:
    """Of a party of three."""
    an_event(host, registration={"thank_you": True, "reminder_hours": []})
    crowd(host, party_size=3, arrived=arrived, checked_in_at=STARTS)
    assert written(host, ENDS) == ["thank_you"]
    body = host.sent[0].get_body(("plain",))
    assert body is not None
    assert thanked in body.get_content()


@pytest.mark.one_database
def test_no_thanks_where_the_event_does_not_ask_for_them(host: Host) -> None:
    an_event(host, registration={"reminder_hours": []})
    crowd(host)
    assert written(host, ENDS) == []


@pytest.mark.one_database
def test_thanks_that_are_days_late_are_left_out(host: Host) -> None:
    an_event(host, registration={"thank_you": True, "reminder_hours": []})
    crowd(host)
    assert written(host, ENDS + timedelta(days=3)) == []


def test_many_people_are_reminded_in_short_transactions(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event's lock is given back in between, and no transaction grows with the crowd."""
    monkeypatch.setattr(reminders, "BATCH_SIZE", 4)
    an_event(host)
    crowd(host, 10)
    commits: list[int] = []
    with host.app.app_context():
        commit = isolation.commit
        monkeypatch.setattr(
            isolation, "commit", lambda work: commits.append(commit(work)) or commits[-1]
        )
        host.clock.now = STARTS - DAY
        assert reminders.write_reminders(lambda: False, Parts()) == 10
    assert commits == [4, 4, 2]
    assert host.scalar(select(func.count(Registration.reminded_at))) == 10


@pytest.mark.one_database
def test_a_worker_that_is_asked_to_stop_leaves_the_rest_to_the_next(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminders, "BATCH_SIZE", 1)
    an_event(host)
    crowd(host, 3)
    host.clock.now = STARTS - DAY
    with host.app.app_context():
        asked = iter([False, True])
        assert reminders.write_reminders(lambda: next(asked), Parts()) == 1
        assert reminders.write_reminders(lambda: False, Parts()) == 2


@pytest.mark.one_database
def test_the_number_of_statements_does_not_grow_with_events_that_remind_nobody(host: Host) -> None:
    """It runs every few minutes, so that it must be cheap where nothing is due."""
    from sqlalchemy import event as events

    def statements() -> int:
        count = 0

        def one_more(*args: object) -> None:
            nonlocal count
            count += 1

        with host.app.app_context():
            events.listen(host.db.engine, "before_cursor_execute", one_more)
            reminders.write_reminders(lambda: False, Parts())
            reminders.write_thanks(lambda: False, Parts())
            events.remove(host.db.engine, "before_cursor_execute", one_more)
        return count

    an_event(host)
    few = statements()
    host.load(
        factories.exchange(*(factories.open_event(f"termin-{number}") for number in range(20)))
    )
    assert statements() == few

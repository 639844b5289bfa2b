"""C13: what is past its time goes, field by field, and nothing else does."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import func, select

from flask_stadtlabor.consent.ledger.verification import verify
from flask_stadtlabor.consent.models import (
    ConsentAction,
    ConsentEntry,
    ConsentSubject,
    TakeDownTask,
)
from flask_stadtlabor.events.locks import LockedEvent, lock_event
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.outbox.models import MailState, OutboxMail
from flask_stadtlabor.privacy import retention
from flask_stadtlabor.privacy.models import RetentionReport
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.mails.send import send_mail
from flask_stadtlabor.registration.models import AccessToken, DeskNotice, Registration
from tests.consent.acts import PHOTOS, publish
from tests.factories import exchange, open_event, person
from tests.forms import fill, press
from tests.host import Host
from tests.privacy import stored
from tests.waiting import PATIENCE

FORM = "/stadtlabor/de/events/plattform/register"
HERE = "/stadtlabor/de/registration/"
DAY = timedelta(days=1)


@pytest.mark.one_database
def test_one_part_that_fails_keeps_no_other_from_its_work(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S17: and the next run does what is left."""

    def fails() -> int:
        raise LookupError

    stored_before = host.scalar(select(func.count()).select_from(RetentionReport))
    monkeypatch.setattr(retention, "delete_waiting", fails)
    result = host.run("retention", "run")
    assert result.exit_code == 1
    assert host.scalar(select(func.count()).select_from(RetentionReport)) == stored_before + 1


@pytest.fixture
def portal(host: Host) -> Host:
    """A portal with a purpose, whose clock stands a month after the events of these tests."""
    with host.app.app_context():
        publish(PHOTOS)
        host.db.session.commit()
    return host


def days_ago(host: Host, days: float) -> datetime:
    return host.clock() - days * DAY


def count(host: Host, model: Any) -> int:
    return int(host.scalar(select(func.count()).select_from(model)))


def names(host: Host) -> list[str]:
    with host.app.app_context():
        found = host.db.session.scalars(
            select(Registration.given_name).order_by(Registration.given_name)
        )
        return list(found)


def run(host: Host, *options: str) -> str:
    result = host.run("retention", "run", *options)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_registration_is_kept_for_its_time_and_no_longer(host: Host) -> None:
    """From the form to the end, by the settings' own days."""
    host.load(exchange(open_event(retention_days=None)))
    fill(host.client(), FORM, person())
    browser = host.client()
    browser.get(host.link(host.mails()[-1]))
    press(browser, HERE, "/confirm")
    host.mails()
    host.clock.now = datetime.fromisoformat("2026-07-21T16:59:00+00:00")
    assert "registration" not in run(host)
    assert names(host) == ["Änne"]
    host.clock.move(minutes=1)
    assert "plattform: 1 registration, 2 personal links." in run(host)
    for model in (Registration, AccessToken, DeskNotice, ConsentSubject):
        assert count(host, model) == (model is ConsentSubject)
    assert stored.traces(host, ["Änne", "person1@", "Yıldız"]) == []
    assert "Nothing is past its time." in run(host)


def test_each_event_has_its_own_time(portal: Host) -> None:
    with portal.app.app_context():
        for days, name in ((5, "short"), (60, "long"), (None, "as set")):
            event = stored.add_event(portal, days_ago(portal, 50), retention_days=days)
            stored.add_person(portal, event, given_name=name)
        portal.db.session.commit()
    run(portal)
    assert names(portal) == ["as set", "long"]
    portal.clock.move(days=10)
    run(portal)
    assert names(portal) == ["as set"]
    portal.clock.move(days=30)
    run(portal)
    assert names(portal) == []


def test_support_needs_go_before_the_rest(portal: Host) -> None:
    """Art. 9 GDPR: their own, shorter time, by the settings or the event."""
    with portal.app.app_context():
        for days in (None, 0, 30):
            event = stored.add_event(portal, days_ago(portal, 7), support_retention_days=days)
            stored.add_person(portal, event, given_name=str(days), support_needs="a ramp")
        portal.db.session.commit()
    assert "In all: 2 support needs." in run(portal)
    with portal.app.app_context():
        left = portal.db.session.execute(
            select(Registration.given_name).where(Registration.support_needs.is_not(None))
        ).scalars()
        assert list(left) == ["30"]
    assert len(names(portal)) == 3


@pytest.mark.parametrize(
    ("state", "columns", "goes"),
    [
        ("cancelled", {"cancelled_at": -7}, True),
        ("cancelled", {"cancelled_at": -6.9}, False),
        ("cancelled", {"cancelled_at": -30, "confirmed_at": -40}, False),
        ("expired", {"expires_at": -7}, True),
        ("expired", {"expires_at": -6.9}, False),
        ("expired", {"expires_at": -30, "confirmed_at": -40}, False),
        ("held", {"expires_at": -30}, False),
        ("waiting", {}, False),
    ],
)
@pytest.mark.one_database
def test_what_ended_unconfirmed_goes_after_a_week(
    portal: Host, state: str, columns: dict[str, float], goes: bool
) -> None:
    """Even before its event, because nobody ever confirmed it."""
    with portal.app.app_context():
        event = stored.add_event(portal, days_ago(portal, -20))
        times = {name: days_ago(portal, -days) for name, days in columns.items()}
        stored.add_person(portal, event, state=state, **times)
        portal.db.session.commit()
    run(portal)
    assert count(portal, Registration) == (not goes)


@pytest.mark.one_database
def test_a_hold_that_ran_out_counts_from_its_end(host: Host) -> None:
    """By the operations themselves: held for two days, ended by the worker, gone a week later."""
    host.load(exchange(open_event()))
    fill(host.client(), FORM, person())
    host.mails()
    host.clock.move(days=3)
    host.mails()
    host.clock.move(days=5, hours=23)
    run(host)
    assert names(host) == ["Änne"]
    host.clock.move(hours=1)
    run(host)
    assert names(host) == []


def test_a_consent_in_force_can_be_withdrawn_by_its_old_link(portal: Host) -> None:
    """C13: of the registration, the links alone are left, and they go after the withdrawal."""
    with portal.app.app_context():
        event = stored.add_event(portal, days_ago(portal, 100))
        yes = stored.add_person(
            portal, event, ConsentAction.REQUESTED, ConsentAction.GIVEN, party_size=2
        )
        no = stored.add_person(portal, event, ConsentAction.REQUESTED, ConsentAction.REFUSED)
        links = [stored.add_link(yes), stored.add_link(yes)]
        gone = stored.add_link(no)
        portal.db.session.commit()
    assert "2 registrations, 1 personal link." in run(portal)
    assert count(portal, Registration) == 0
    assert portal.client().get(f"{HERE}{gone}").status_code == 404
    browser = portal.client()
    for link in links:
        assert browser.get(HERE + link).status_code == 303
        assert browser.get(HERE).status_code == 200
    assert press(browser, HERE, f"/{PHOTOS}/withdraw").status_code == 303
    assert portal.scalar(select(TakeDownTask.purpose)) == PHOTOS
    assert "In all: 2 personal links." in run(portal)
    assert count(portal, AccessToken) == 0
    assert portal.run("consent", "verify").exit_code == 0


def test_a_yes_that_never_counted_keeps_no_link(host: Host) -> None:
    """C13: whoever waited and never confirmed the address has nothing to withdraw."""
    host.load(exchange(open_event(registration={"capacity": 1})))
    for number in (1, 2):
        yes = {f"consent-{PHOTOS}": "given"}
        assert fill(host.client(), FORM, person(number, **yes)).status_code == 303
        browser = host.client()
        browser.get(host.link(host.mails()[-1]))
        if number == 1:
            press(browser, HERE, "/confirm")
    host.clock.move(days=200)
    assert "2 registrations, 1 personal link." in host.run("retention", "run", "--dry-run").output
    run(host)
    with host.app.app_context():
        kept = host.db.session.scalars(select(AccessToken.subject)).all()
    counted = select(ConsentSubject.reference).where(ConsentSubject.confirmed_at.is_not(None))
    assert set(kept) == {host.scalar(counted)}
    assert host.run("consent", "verify").exit_code == 0


@pytest.mark.one_database
def test_a_yes_that_was_asked_about_again_can_still_be_withdrawn(portal: Host) -> None:
    """C13: the new text was never answered, and what the old yes allowed may still be seen."""
    with portal.app.app_context():
        event = stored.add_event(portal, days_ago(portal, 100))
        asked_again = (ConsentAction.REQUESTED, ConsentAction.GIVEN, ConsentAction.REQUESTED)
        link = stored.add_link(stored.add_person(portal, event, *asked_again))
        portal.db.session.commit()
    run(portal)
    assert count(portal, Registration) == 0
    browser = portal.client()
    assert browser.get(HERE + link).status_code == 303
    assert press(browser, HERE, f"/{PHOTOS}/withdraw").status_code == 303
    assert portal.scalar(select(TakeDownTask.purpose)) == PHOTOS


def test_mails_are_remembered_for_a_month(portal: Host) -> None:
    """What was given up is blanked; a month after that, or after it was sent, a row goes."""
    with portal.app.app_context():
        for state, days in (
            ("sent", 30), ("sent", 29), ("given up", 61), ("given up", 31), ("given up", 29),
        ):  # fmt: skip
            at = days_ago(portal, days)
            portal.db.session.add(
                OutboxMail(
                    message_id=f"<{state}{days}@stadt.example>",
                    kind="confirmed",
                    state=MailState(state),
                    recipient=None if state == "sent" else "person@buerger.example",
                    message=None if state == "sent" else "Subject: Hello",
                    created_at=at,
                    next_attempt_at=at,
                    sent_at=at if state == "sent" else None,
                )
            )
        portal.db.session.commit()
    assert "In all: 2 records of mails, 2 mails that were given up." in run(portal, "--dry-run")
    assert "In all: 2 records of mails, 2 mails that were given up." in run(portal)
    with portal.app.app_context():
        left = portal.db.session.scalars(select(OutboxMail).order_by(OutboxMail.created_at)).all()
        assert [(row.state, row.recipient is None) for row in left] == [
            ("given up", True),
            ("sent", True),
            ("given up", False),
        ]
    portal.clock.move(days=31)
    run(portal)
    portal.clock.move(days=30)
    run(portal)
    assert count(portal, OutboxMail) == 0


@pytest.mark.one_database
def test_a_mail_that_waits_goes_with_its_registration(portal: Host) -> None:
    with portal.app.app_context():
        event = stored.add_event(portal, days_ago(portal, 1), retention_days=0)
        send_mail(kinds.CHANGED, stored.add_person(portal, event))
        other = stored.add_event(portal, days_ago(portal, 1), retention_days=7)
        send_mail(kinds.CHANGED, stored.add_person(portal, other))
        portal.db.session.commit()
    run(portal)
    assert count(portal, OutboxMail) == 1


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("status", "seats"), [("published", 5), ("cancelled", 0), ("postponed", 0)]
)
def test_an_event_that_took_place_goes_on_telling_how_many_had_a_seat(
    portal: Host, status: str, seats: int
) -> None:
    """One that did not, and may get another date, has all its seats again."""
    with portal.app.app_context():
        event = stored.add_event(portal, days_ago(portal, 366), status=status, capacity=5)
        stored.add_person(portal, event, party_size=3)
        stored.add_person(portal, event, party_size=2)
        stored.add_person(portal, event, state="waiting")
        stored.add_person(portal, event, state="cancelled", party_size=4)
        portal.db.session.commit()
    run(portal)
    assert count(portal, Registration) == 0
    assert portal.scalar(select(Event.seats_taken)) == seats
    assert portal.scalar(select(Event.parties_waiting)) == 0


def test_a_dry_run_tells_exactly_what_a_run_does_and_changes_nothing(portal: Host) -> None:
    with portal.app.app_context():
        old = stored.add_event(portal, days_ago(portal, 100), slug="alt")
        stored.add_everything(portal, old, "Qx1")
        stored.add_person(portal, old, ConsentAction.REFUSED)
        ahead = stored.add_event(portal, days_ago(portal, -9), slug="neu")
        lapsed = stored.add_person(portal, ahead, state="expired", expires_at=days_ago(portal, 8))
        stored.add_link(lapsed)
        recent = stored.add_event(portal, days_ago(portal, 8), slug="eben")
        stored.add_person(portal, recent, support_needs="a ramp")
        portal.db.session.commit()
    before = stored.dump(portal)
    told = run(portal, "--dry-run")
    assert stored.dump(portal) == before
    assert told.splitlines() == [
        "alt: 2 registrations, 1 support need.",
        "eben: 1 support need.",
        "neu: 1 registration, 1 personal link.",
        "In all: 3 registrations, 2 support needs, 1 personal link.",
        "This was a dry run: nothing was changed.",
    ]
    assert run(portal).splitlines() == told.splitlines()[:-1]


def test_a_run_leaves_a_report_that_names_nobody(portal: Host) -> None:
    """C13."""
    with portal.app.app_context():
        event = stored.add_event(portal, days_ago(portal, 100))
        words = stored.add_everything(portal, event, "Qx2")
        portal.db.session.commit()
    run(portal, "--dry-run")
    assert count(portal, RetentionReport) == 0
    run(portal)
    assert portal.scalar(select(RetentionReport.counts)) == {
        "registrations": 1,
        "support_needs": 1,
        "links": 0,
        "mail_records": 0,
        "given_up_mails": 0,
        "feedback_words": 0,
        "waiting_ideas": 0,
        "waiting_comments": 0,
        "unconfirmed": 0,
        "participant_links": 0,
        "reports": 0,
        "moderation_words": 0,
        "old_news": 0,
    }
    assert count(portal, DeskNotice) == 0
    left = [trace for trace in stored.traces(portal, words) if "access_token" not in trace]
    assert left == []


def test_large_events_are_done_in_batches(portal: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """What remains in memory is one batch, and nobody waits long for the event's row."""
    monkeypatch.setattr(retention, "BATCH_SIZE", 3)
    with portal.app.app_context():
        event = stored.add_event(portal, days_ago(portal, 100))
        for number in range(9):
            stored.add_link(
                stored.add_person(
                    portal, event, ConsentAction.GIVEN if number % 2 else ConsentAction.REFUSED
                )
            )
        portal.db.session.commit()
        sizes = []
        delete = retention.delete_registrations
        monkeypatch.setattr(
            retention,
            "delete_registrations",
            lambda event, doomed: sizes.append(len(doomed)) or delete(event, doomed),
        )
        assert retention.run() == retention.Counts(registrations=9, links=5)
        assert sizes == [3, 3, 3]


def test_runs_may_meet(portal: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two at once delete everything once, and the ledger stays as it was."""
    monkeypatch.setattr(retention, "BATCH_SIZE", 4)
    with portal.app.app_context():
        for _ in range(3):
            event = stored.add_event(portal, days_ago(portal, 100))
            for _ in range(10):
                stored.add_link(stored.add_person(portal, event, ConsentAction.REFUSED))
        portal.db.session.commit()
        entries = count(portal, ConsentEntry)
    together = Barrier(3)
    totals: list[retention.Counts] = []

    def work() -> None:
        with portal.app.app_context():
            together.wait(timeout=PATIENCE)
            totals.append(retention.run())

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(total.registrations for total in totals) == 30
    assert sum(total.links for total in totals) == 30
    assert count(portal, Registration) == count(portal, AccessToken) == 0
    with portal.app.app_context():
        assert verify() == (entries, None)


@pytest.mark.one_database
def test_an_event_that_is_moved_in_time_keeps_its_people(
    portal: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row under its lock decides, and not what was read when the run began."""
    with portal.app.app_context():
        event = stored.add_event(portal, days_ago(portal, 100))
        stored.add_person(portal, event, support_needs="a ramp")
        portal.db.session.commit()

        def move_first(event: Event) -> LockedEvent:
            event.starts_at = event.ends_at = days_ago(portal, -100)
            portal.db.session.flush()
            return lock_event(event)

        monkeypatch.setattr(retention, "lock_event", move_first)
        assert not retention.run()
    assert count(portal, Registration) == 1


@pytest.mark.one_database
def test_the_check_warns_of_what_is_kept_for_too_long(portal: Host) -> None:
    with portal.app.app_context():
        event = stored.add_event(portal, days_ago(portal, 89.5))
        stored.add_person(portal, event)
        portal.db.session.commit()
    run(portal)
    assert "Kept for longer" not in portal.run("check").stderr
    portal.clock.move(days=1)
    assert "Kept for longer" not in portal.run("check").stderr
    portal.clock.move(hours=1)
    warning = next(
        line for line in portal.run("check").stderr.splitlines() if "Kept for longer" in line
    )
    assert warning.startswith("Warning: Kept for longer than allowed: 1 registration. ")
    assert "`flask stadtlabor retention run`" in warning
    run(portal)
    result = portal.run("check")
    assert "Kept for longer" not in result.stderr
    assert "Retention was last run at 2026-03-03 10:00 UTC." in result.stdout

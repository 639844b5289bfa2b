"""One part of a round that fails stops none of the others (S17)."""

from __future__ import annotations

import signal
from typing import Any

import pytest
from sqlalchemy import func, select

from flask_stadtlabor import signals
from flask_stadtlabor.cli import outbox as command
from flask_stadtlabor.consent.models import ConsentEntry
from flask_stadtlabor.registration.jobs import reminders
from flask_stadtlabor.registration.jobs.due_work import run_due
from flask_stadtlabor.registration.models import Registration
from tests.events.desk import statements
from tests.factories import PHOTOS, exchange, open_event, person, purpose
from tests.forms import fill
from tests.host import Host
from tests.outbox.letters import write
from tests.registration.crowd import crowd

SECRET = "person1@buerger.example"


class Refusing:
    """A host's receiver that cannot do its part about one event."""

    def __init__(self, slug: str) -> None:
        self.slug = slug

    def __call__(self, app: object, registration: Registration, **values: Any) -> None:
        """Raise, with words that no log may hold."""
        if registration.event.slug == self.slug:
            raise LookupError(SECRET)


def states(host: Host, slug: str) -> set[str]:
    with host.app.app_context():
        return set(
            host.db.session.scalars(
                select(Registration.state).where(Registration.event.has(slug=slug))
            )
        )


def test_a_receiver_that_fails_stops_neither_other_events_nor_any_mail(
    host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    """It vetoes its own transaction alone; the command says so, and the log names nobody (S13)."""
    host.load(exchange(open_event("eins"), open_event("zwei")))
    for slug in ("eins", "zwei"):
        fill(host.client(), f"/stadtlabor/de/events/{slug}/register", person())
    host.mails()
    host.sent.clear()
    write(host)
    host.clock.move(hours=49)
    refuse = Refusing("eins")
    with signals.registration_expired.connected_to(refuse, host.app):
        result = host.run("outbox", "run")
    assert result.exit_code == 1
    assert "1 part of what falls due failed" in result.stderr
    assert (states(host, "eins"), states(host, "zwei")) == ({"held"}, {"expired"})
    assert len(host.sent) == 2
    assert "LookupError" in caplog.text
    assert SECRET not in caplog.text + result.output
    assert host.run("outbox", "run").exit_code == 0
    assert states(host, "eins") == {"expired"}


def test_one_person_who_cannot_be_written_to_keeps_nobody_from_their_reminder(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batch by batch, and one by one where a batch fails; never for ever."""
    monkeypatch.setattr(reminders, "BATCH_SIZE", 3)
    event = open_event(
        registration={"capacity": None, "reminder_hours": [24]},
        starts_at="2026-03-03T08:00",
        ends_at="2026-03-03T10:00",
    )
    host.load(exchange(event))
    crowd(host, 3, email="no address {number}")
    crowd(host, 5)
    with host.app.app_context():
        for row in host.db.session.scalars(select(Registration)):
            row.confirmed_at = host.clock().replace(day=1)
        host.db.session.commit()
    result = host.run("outbox", "run")
    assert result.exit_code == 1
    assert "5 reminded" in result.stdout
    assert "3 parts of what falls due failed" in result.stderr
    assert len(host.sent) == 5


def test_one_consent_that_cannot_end_keeps_no_other_from_its_end(host: Host) -> None:
    """C7: a receiver fails about one entry."""
    host.load(
        exchange(
            open_event(registration={"confirm_by_email": False}),
            purposes=[purpose(PHOTOS, valid_days=3)],
        )
    )
    for number in (1, 2, 3):
        form = "/stadtlabor/de/events/plattform/register"
        fill(host.client(), form, person(number) | {f"consent-{PHOTOS}": "given"})
    host.mails()
    host.clock.move(days=4)
    first = host.scalar(select(ConsentEntry.subject).order_by(ConsentEntry.seq).limit(1))

    def refuse(app: object, entry: ConsentEntry) -> None:
        if (entry.subject, entry.event) == (first, "expired"):
            raise LookupError

    def ended() -> int:
        count = select(func.count(ConsentEntry.seq)).where(ConsentEntry.event == "expired")
        return int(host.scalar(count))

    with signals.consent_recorded.connected_to(refuse, host.app):
        assert host.run("outbox", "run").exit_code == 1
        assert ended() == 2
    assert host.run("outbox", "run").exit_code == 0
    assert ended() == 3
    assert host.run("consent", "verify").exit_code == 0


@pytest.mark.one_database
def test_a_watching_worker_outlives_a_round_that_fails(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the failure is, and until it is asked to stop."""
    rounds: list[int] = []

    def do_round(stop: Any) -> Any:
        rounds.append(1)
        if len(rounds) == 1:
            raise RuntimeError(SECRET)
        if len(rounds) > 2:
            raise SystemExit("It was asked to stop.")
        signal.raise_signal(signal.SIGTERM)
        return real(stop)

    real = command.do_round
    monkeypatch.setattr(command, "WATCH_SECONDS", 0)
    monkeypatch.setattr(command, "do_round", do_round)
    result = host.run("outbox", "run", "--watch")
    assert len(rounds) == 2
    assert result.exit_code == 0
    assert "The round failed" in result.stderr
    assert result.stdout.endswith("Stopped.\n")
    assert SECRET not in result.output


FORM = "/stadtlabor/de/events/plattform/register"
ASKED = f"consent-{PHOTOS}"


def several_with_a_yes(host: Host, number: int) -> None:
    """So many people have said yes, and nobody had to confirm an address."""
    host.load(exchange(open_event(registration={"confirm_by_email": False, "capacity": None})))
    for one in range(1, number + 1):
        assert fill(host.client(), FORM, person(one) | {ASKED: "given"}).status_code == 303
    host.mails()


def withdrawn(host: Host) -> int:
    count = select(func.count(ConsentEntry.seq)).where(ConsentEntry.event == "withdrawn")
    return int(host.scalar(count))


def test_one_no_that_cannot_be_written_down_keeps_no_other_from_counting(host: Host) -> None:
    """C15, S17: a receiver fails about one person."""
    several_with_a_yes(host, 3)
    for one in (1, 2, 3):
        fill(host.client(), FORM, person(one) | {ASKED: "refused"})
    first = host.scalar(select(ConsentEntry.subject).order_by(ConsentEntry.seq).limit(1))

    def refuse(app: object, entry: ConsentEntry, **values: Any) -> None:
        if entry.subject == first:
            raise LookupError

    with signals.consent_withdrawn.connected_to(refuse, host.app):
        assert host.run("outbox", "run").exit_code == 1
    assert withdrawn(host) == 2
    assert host.run("outbox", "run").exit_code == 0
    assert withdrawn(host) == 3
    assert host.run("consent", "verify").exit_code == 0


@pytest.mark.one_database
def test_forms_that_say_no_to_nothing_make_the_noes_of_others_no_more_work(host: Host) -> None:
    """S17: a stranger who sends very many of them keeps nobody from the event's lock."""
    several_with_a_yes(host, 6)
    counts = []
    for others in ((), (3, 4, 5, 6)):
        for one in others:
            fill(host.client(), FORM, person(one) | {ASKED: "given", "party_size": 2})
        host.mails()
        fill(host.client(), FORM, person(len(counts) + 1) | {ASKED: "refused"})
        with host.app.app_context(), statements(host) as found:
            run_due()
        counts.append(len(found))
    assert withdrawn(host) == 2
    assert counts[0] == counts[1]


def test_one_event_that_retention_cannot_clear_keeps_no_other(host: Host) -> None:
    """C13, S17: a receiver fails about a no that nobody had written down yet."""
    unconfirmed = {"registration": {"confirm_by_email": False}}
    host.load(exchange(open_event("eins", **unconfirmed), open_event("zwei", **unconfirmed)))
    for slug in ("eins", "zwei"):
        for answer in ("given", "refused"):
            form = f"/stadtlabor/de/events/{slug}/register"
            assert fill(host.client(), form, person() | {ASKED: answer}).status_code == 303
    first = host.scalar(select(ConsentEntry.subject).order_by(ConsentEntry.seq).limit(1))

    def refuse(app: object, entry: ConsentEntry, **values: Any) -> None:
        if entry.subject == first:
            raise LookupError

    host.clock.move(days=400)
    with signals.consent_withdrawn.connected_to(refuse, host.app):
        result = host.run("retention", "run")
    assert result.exit_code == 1
    assert "1 event failed" in result.stderr
    assert "zwei: 1 registration" in result.stdout
    assert (states(host, "eins"), states(host, "zwei")) == ({"confirmed"}, set())
    assert host.run("retention", "run").exit_code == 0
    assert states(host, "eins") == set()

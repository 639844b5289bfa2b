"""C10: taking a consent back is effective at once, once, and tells staff and the host."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from flask_stadtlabor import signals
from flask_stadtlabor.consent.answers import operations
from flask_stadtlabor.consent.answers.status import history, permits_use
from flask_stadtlabor.consent.ledger.verification import verify
from flask_stadtlabor.consent.models import ConsentAction, ConsentEntry, TakeDownTask
from tests.consent.acts import PHOTOS, PRINT, answer, confirm, publish, somebody, withdraw
from tests.host import Host
from tests.waiting import PATIENCE


def tasks(host: Host) -> list[tuple[str, str]]:
    rows = host.db.session.scalars(select(TakeDownTask).order_by(TakeDownTask.id))
    return [(row.subject, row.purpose) for row in rows if row.done_at is None]


def test_a_withdrawal_is_effective_at_once(portal: Host) -> None:
    """C10: entry, take-down task and signal, about the text that was consented to."""
    publish()
    subject = somebody(ConsentAction.GIVEN)
    publish(text="A new one")
    heard: list[tuple[ConsentEntry, TakeDownTask]] = []

    def listen(app: object, entry: ConsentEntry, task: TakeDownTask) -> None:
        heard.append((entry, task))

    with signals.consent_withdrawn.connected_to(listen):
        assert withdraw(subject)
    assert not permits_use(subject, PHOTOS)
    entry = history(subject)[-1]
    assert (entry.event, entry.actor, entry.method) == ("withdrawn", "subject", "e-mail link")
    assert entry.text_version == 1
    assert tasks(portal) == [(subject, PHOTOS)]
    assert [(e.seq, t.purpose) for e, t in heard] == [(entry.seq, PHOTOS)]


@pytest.mark.one_database
def test_the_second_withdrawal_does_nothing(portal: Host) -> None:
    """S1, S5: a double click leaves one entry and one task."""
    publish()
    subject = somebody(ConsentAction.GIVEN)
    assert withdraw(subject)
    assert not withdraw(subject)
    assert len(history(subject)) == 2
    assert len(tasks(portal)) == 1


@pytest.mark.one_database
@pytest.mark.parametrize(
    "acts",
    [
        [],
        [ConsentAction.REQUESTED],
        [ConsentAction.REFUSED],
        [ConsentAction.GIVEN, ConsentAction.EXPIRED],
    ],
)
def test_without_a_consent_there_is_nothing_to_withdraw(
    portal: Host, acts: list[ConsentAction]
) -> None:
    publish()
    subject = somebody(*acts)
    assert not withdraw(subject)
    assert not withdraw(subject, "unknown")
    assert len(history(subject)) == len(acts)
    assert tasks(portal) == []


@pytest.mark.one_database
def test_a_consent_that_is_not_confirmed_yet_can_be_withdrawn(portal: Host) -> None:
    publish()
    subject = somebody(ConsentAction.GIVEN, confirmed=False)
    assert withdraw(subject)
    confirm(subject)
    assert not permits_use(subject, PHOTOS)


@pytest.mark.one_database
def test_a_withdrawal_leaves_other_purposes_and_other_people_alone(portal: Host) -> None:
    publish(PHOTOS)
    publish(PRINT)
    subject = somebody(ConsentAction.GIVEN, slugs=[PHOTOS, PRINT], confirmed=True)
    other = somebody(ConsentAction.GIVEN, slugs=[PHOTOS], confirmed=True)
    assert withdraw(subject, PHOTOS)
    assert permits_use(subject, PRINT)
    assert permits_use(other, PHOTOS)


@pytest.mark.one_database
def test_consent_can_be_given_again_and_withdrawn_again(portal: Host) -> None:
    publish()
    subject = somebody(ConsentAction.GIVEN, confirmed=True)
    assert withdraw(subject)
    answer(subject, ConsentAction.GIVEN)
    assert permits_use(subject, PHOTOS)
    assert withdraw(subject)
    assert len(tasks(portal)) == 2


@pytest.mark.one_database
def test_an_expired_hold_voids_what_was_given_and_nothing_else(portal: Host) -> None:
    """An expired hold adds ``invalidated``, by the system, for each consent that was given."""
    publish(PHOTOS)
    publish(PRINT)
    publish("film")
    subject = somebody(ConsentAction.GIVEN, confirmed=False, slugs=[PHOTOS, PRINT])
    answer(subject, ConsentAction.REFUSED, slug="film")
    withdraw(subject, PRINT)
    entries = operations.invalidate(subject)
    assert [(entry.purpose, entry.event, entry.actor) for entry in entries] == [
        (PHOTOS, "invalidated", "system")
    ]
    assert operations.invalidate(subject) == []


@pytest.mark.one_database
def test_of_withdrawals_at_the_same_moment_one_counts(portal: Host) -> None:
    """S5: in parallel too, on every engine."""
    publish()
    subject = somebody(ConsentAction.GIVEN)
    portal.db.session.commit()
    together = Barrier(4)
    results: list[bool] = []

    def press() -> None:
        with portal.app.app_context():
            # a transaction that has looked at the database before, as a view's has
            history(subject)
            together.wait(timeout=PATIENCE)
            results.append(withdraw(subject))
            portal.db.session.commit()

    threads = [Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, False, False, True]
    portal.db.session.rollback()
    assert len(tasks(portal)) == 1
    assert portal.db.session.scalar(select(func.count()).select_from(ConsentEntry)) == 2
    assert verify() == (2, None)

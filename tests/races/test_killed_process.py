"""A process that is killed loses no registration and no mail (S14)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from flask_stadtlabor.outbox.models import OutboxMail
from flask_stadtlabor.registration.models import Registration
from tests import factories
from tests.host import Host
from tests.races.server import Visitor, serve
from tests.waiting import until


@pytest.mark.slow
def test_a_worker_dies_between_commit_and_delivery(host: Host, tmp_path: Path) -> None:
    """The mailer kills its own process, so that nothing can be tidied up."""
    host.clock.now = datetime.now(UTC)
    dates = {key: factories.event_in(20)[key] for key in ("starts_at", "ends_at")}
    host.load(factories.exchange(factories.open_event(**dates)))
    with serve(host.url, tmp_path, MAILER="dies", STADTLABOR_OUTBOX="inline") as address:
        visitor = Visitor()
        visitor.open_form(f"{address}/stadtlabor/de/events/plattform/register")
        assert visitor.send(factories.person()) == 303
        _wait_for_the_end_of_a_worker(tmp_path / "server.log")
    assert host.scalar(select(func.count(Registration.id))) == 1
    assert host.scalar(select(OutboxMail.state)) == "queued"
    # the dead worker's claim on the mail has to run out first
    host.clock.move(hours=1)
    assert [mail["To"] for mail in host.mails()] == [factories.person()["email"]]
    assert host.scalar(select(OutboxMail.state)) == "sent"
    host.clock.move(hours=1)
    assert len(host.mails()) == 1


def _wait_for_the_end_of_a_worker(log: Path) -> None:
    until(lambda: "SIGKILL" in log.read_text())

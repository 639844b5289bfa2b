"""Seats are counted right while many processes register, change and cancel at once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.models import SEATED, Registration
from tests import factories
from tests.host import Host
from tests.processes import finish, start
from tests.races import acting

PROCESSES = 4
TIMES = 25


@pytest.mark.slow
@pytest.mark.parametrize("may_pass", [False, True])
def test_the_sums_agree_and_nobody_waits_who_fits(host: Host, may_pass: bool) -> None:
    """S6: on every engine, in any interleaving."""
    capacity = 12
    details = {"capacity": capacity, "smaller_parties_may_pass": may_pass}
    host.load(factories.exchange(factories.open_event(purposes=[], registration=details)))
    for process in [start(acting.main, host, seed, TIMES) for seed in range(PROCESSES)]:
        finish(process)
    with host.app.app_context():
        event = host.db.session.scalars(select(Event)).one()
        parties = host.db.session.scalars(
            select(Registration).order_by(Registration.queue_number)
        ).all()
    waiting = [party for party in parties if party.state == "waiting"]
    taken = sum(party.party_size for party in parties if party.state in SEATED)
    assert event.seats_taken == taken <= capacity
    confirmed = [party.party_size for party in parties if party.state == "confirmed"]
    assert event.seats_confirmed == sum(confirmed)
    assert event.parties_waiting == len(waiting)
    assert event.smallest_party_waiting == min((p.party_size for p in waiting), default=None)
    assert len({party.queue_number for party in waiting}) == len(waiting)
    in_turn = waiting if may_pass else waiting[:1]
    assert all(party.party_size > capacity - taken for party in in_turn)
    assert len(parties) > capacity
    assert host.run("consent", "verify").exit_code == 0

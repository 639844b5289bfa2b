"""A host that asks its database for stricter transactions than we do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.factories import exchange, open_event, person
from tests.forms import fill
from tests.host import Host

FORM = "/stadtlabor/en/events/plattform/register"
AT_ONCE = 4
PEOPLE = 16


@pytest.mark.several_machines
@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_everybody_who_registers_at_once_gets_a_seat(host: Host, level: str) -> None:
    """S6, S17: nobody is refused because others registered at the same moment."""
    host.load(exchange(open_event(purposes=[])))
    strict = host.make(SQLALCHEMY_ENGINE_OPTIONS={"isolation_level": level})

    def register(number: int) -> int:
        return int(fill(strict.client(), FORM, person(number)).status_code)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(register, range(1, PEOPLE + 1)))
    assert answers == [303] * PEOPLE

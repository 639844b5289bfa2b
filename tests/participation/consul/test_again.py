"""An import that was killed, or runs twice at once, brings everything in once."""

from __future__ import annotations

from tests.host import Host
from tests.participation.consul.city import bring_in, debate, projects
from tests.participation.consul.installation import Consul
from tests.participation.consul.runs import KILLED, run, run_until_killed
from tests.participation.ideas.desk import stored
from tests.processes import finish, start

MANY = 30


def test_a_run_that_was_killed_is_gone_on_with(host: Host, consul: Consul, address: str) -> None:
    """Each row that was written has its record, and the others come later."""
    consul.debates = [debate(number) for number in range(1, MANY + 1)]
    process = start(run_until_killed, host, address)
    process.join(300)
    assert process.exitcode == KILLED
    assert len(stored(host)) == 20
    result = bring_in(host, address)
    assert "Debates: 10 new, 20 were here already." in result.stdout
    assert [each.title for each in stored(host)] == [f"Debatte {at + 1}" for at in range(MANY)]


def test_two_runs_at_once_bring_each_row_in_once(host: Host, consul: Consul, address: str) -> None:
    """They meet in the keys of the records; whoever comes second sees what the first wrote."""
    consul.debates = [debate(number) for number in range(1, MANY + 1)]
    for process in [start(run, host, address) for _ in range(2)]:
        finish(process)
    assert sorted(each.title for each in stored(host)) == sorted(
        f"Debatte {at + 1}" for at in range(MANY)
    )
    assert set(projects(host)) == {"debatten"}

"""Where mail is switched off, nothing leaves by SMTP."""

from __future__ import annotations

from typing import Any

import pytest
from flask_mailman import Mail

from flask_stadtlabor.adapters import flask_mailman
from tests.host import Host
from tests.outbox.letters import write
from tests.outbox.peer import Peer

pytestmark = pytest.mark.one_database

SWITCHED_OFF: list[tuple[str, dict[str, Any]]] = [
    ("MAIL_SUPPRESS_SEND", {"MAIL_SUPPRESS_SEND": True, "TESTING": False}),
    ("TESTING", {"TESTING": True}),
]


@pytest.mark.parametrize("mailman", [False, True])
@pytest.mark.parametrize(("name", "config"), SWITCHED_OFF)
def test_nothing_leaves_and_check_says_so(
    host: Host, peer: Peer, name: str, config: dict[str, Any], mailman: bool
) -> None:
    settings = {key: peer.settings[key] for key in ("MAIL_SERVER", "MAIL_PORT")}
    here = host.make(
        ports={"mailer": flask_mailman.send}, MAIL_BACKEND="smtp", **settings, **config
    )
    if mailman:
        Mail(here.app)
    write(here)
    assert here.run("outbox", "run").exit_code == 0
    assert peer.received == []
    assert f"{name} is set, so that no mail leaves" in here.run("check").stderr


def test_a_test_of_the_mail_itself_switches_it_on(host: Host, peer: Peer) -> None:
    here = host.make(ports={"mailer": flask_mailman.send}, **peer.settings)
    write(here)
    assert here.run("outbox", "run").exit_code == 0
    assert len(peer.received) == 1
    assert "no mail leaves" not in here.run("check").stderr

"""The host portal that the tests use."""

import pytest
from sqlalchemy import select

from flask_stadtlabor import Actor
from flask_stadtlabor.events.models import Event
from tests import factories
from tests.host import Host


def test_each_test_begins_without_content(host: Host) -> None:
    assert host.scalar(select(Event.slug)) is None
    host.load(factories.exchange(factories.open_event()))
    assert host.scalar(select(Event.slug)) == "plattform"


def test_the_next_one_too(host: Host) -> None:
    assert host.scalar(select(Event.slug)) is None
    host.load(factories.exchange(factories.open_event("andere")))
    assert host.scalar(select(Event.slug)) == "andere"


@pytest.mark.one_database
def test_whoever_is_lent_a_portal_finds_nothing_of_the_one_before(host: Host) -> None:
    signed_in = host.lend(actor=lambda: Actor("user:1", "Änne"))
    assert signed_in.client().get("/stadtlabor/de/me/settings").status_code == 200
    host.close()
    again = host.lend()
    assert again is signed_in
    assert again.client().get("/stadtlabor/de/me/settings").status_code == 403

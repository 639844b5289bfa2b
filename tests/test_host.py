"""The host portal that the tests use."""

from sqlalchemy import select

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

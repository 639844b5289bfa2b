"""A mail server for the tests of this room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.outbox.peer import Peer, free_port


@pytest.fixture
def peer() -> Iterator[Peer]:
    """A mail server that takes everything."""
    peer = Peer(free_port())
    peer.start()
    yield peer
    peer.stop()


@pytest.fixture
def strict_peer() -> Iterator[Peer]:
    """A mail server that asks for the password ``geheim``."""
    peer = Peer(free_port(), password="geheim")
    peer.start()
    yield peer
    peer.stop()

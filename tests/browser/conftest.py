"""A live portal for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from flask_stadtlabor import Actor
from tests.browser.live import live_host
from tests.host import Host


@pytest.fixture
def live(database_url: URL, tmp_path: Path) -> Iterator[Host]:
    """A portal with a server, and no content."""
    with live_host(database_url, tmp_path) as host:
        yield host


@pytest.fixture
def desk(database_url: URL, tmp_path: Path) -> Iterator[Host]:
    """A portal with a server, where everybody is of the city's staff."""
    ports = {"actor": lambda: Actor("staff:1", "Otto Orga"), "policy": lambda *asked: True}
    with live_host(database_url, tmp_path, ports=ports) as host:
        yield host

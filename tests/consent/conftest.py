"""A portal whose app context is open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.host import Host


@pytest.fixture
def portal(host: Host) -> Iterator[Host]:
    """The host, within its app context."""
    with host.app.app_context():
        yield host
        host.db.session.rollback()

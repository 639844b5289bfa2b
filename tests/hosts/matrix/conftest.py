"""A city that has no portal yet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.conftest import OpenDatabases
from tests.hosts.matrix.walk import City


@pytest.fixture
def city(empty_database_url: URL, tmp_path: Path) -> Iterator[City]:
    """A city with an empty database; its connections are closed in the end."""
    city = City(empty_database_url, tmp_path)
    yield city
    city.close()


@pytest.fixture
def other_database(database_name: str, open_databases: OpenDatabases) -> Iterator[URL]:
    """A second database, empty like the first."""
    kind = open_databases(database_name)
    url = kind.empty()
    yield url
    kind.discard(url)

"""A city that has no portal yet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.hosts.matrix.walk import City


@pytest.fixture
def city(empty_database_url: URL, tmp_path: Path) -> Iterator[City]:
    """A city with an empty database; its connections are closed in the end."""
    city = City(empty_database_url, tmp_path)
    yield city
    city.close()

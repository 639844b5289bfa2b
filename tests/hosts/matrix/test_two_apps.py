"""Two portals in one process, by one extension object, with settings of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import URL

from flask_stadtlabor import Stadtlabor
from tests.conftest import OpenDatabases
from tests.hosts.matrix.walk import EVENT, City

pytestmark = pytest.mark.one_database


@pytest.fixture
def other_city(
    city: City, database_name: str, open_databases: OpenDatabases, tmp_path: Path
) -> Iterator[City]:
    """A second city with a database of its own."""
    kind = open_databases(database_name)
    url: URL = kind.empty()
    folder = tmp_path / "other"
    folder.mkdir()
    other = City(url, folder)
    yield other
    other.close()
    kind.discard(url)


def test_two_portals_in_one_process(city: City, other_city: City) -> None:
    db = SQLAlchemy()
    stadtlabor = Stadtlabor(db, **city.ports)
    app = city.app(__name__, STADTLABOR_PORTAL_NAME="Labor Nord")
    other = other_city.app(
        __name__,
        STADTLABOR_PORTAL_NAME="Labor Süd",
        STADTLABOR_URL_PREFIX="/sued",
        STADTLABOR_LOCALES=["en", "de"],
        STADTLABOR_DEFAULT_LOCALE="en",
        STADTLABOR_BASE_URL="https://sued.example",
    )
    for portal in (app, other):
        db.init_app(portal)
        stadtlabor.init_app(portal)
    # one extension has one mailer, and so the same letters come out for both
    other_city.sent = city.sent
    city.walk(app, db)
    other_city.walk(other, db, at="/sued")
    assert app.test_client().get("/stadtlabor/").location == "/stadtlabor/de/"
    assert other.test_client().get("/sued/").location == "/sued/en/"
    assert "Labor Nord" in app.test_client().get("/stadtlabor/de/feed.atom").text
    assert "Labor Süd" in other.test_client().get("/sued/de/feed.atom").text
    assert app.test_client().get(f"/sued/de/{EVENT}").status_code == 404

"""An application factory with Flask-Migrate and a history of the host's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Column, Integer, String, Table, inspect

from flask_stadtlabor import Stadtlabor
from tests.hosts.matrix.walk import City, run

# the env.py that Flask-Migrate writes asks Flask-SQLAlchemy for what it deprecates
pytestmark = [
    pytest.mark.one_database,
    pytest.mark.filterwarnings("ignore:'get_engine' is deprecated:DeprecationWarning"),
]

db = SQLAlchemy()
Table("citizen", db.metadata, Column("id", Integer, primary_key=True), Column("name", String(80)))
migrate = Migrate()


def create_app(city: City, folder: Path) -> Flask:
    """The host's factory."""
    app = city.app(__name__)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(folder))
    Stadtlabor(db, **city.ports).init_app(app)
    return app


def flask_db(app: Flask, *words: str) -> Any:
    """``flask db <words>``."""
    result = app.test_cli_runner().invoke(args=["db", *words])
    assert result.exit_code == 0, result.output
    return result


def test_a_host_with_a_history_of_its_own(city: City, tmp_path: Path) -> None:
    """Either history goes on without the other, and neither sees the other's tables."""
    folder = tmp_path / "migrations"
    app = create_app(city, folder)
    flask_db(app, "init")
    flask_db(app, "migrate", "-m", "citizens")
    flask_db(app, "upgrade")
    city.walk(app, db)
    flask_db(app, "migrate")
    assert len(list((folder / "versions").glob("*.py"))) == 1
    run(app, "db", "check")
    with app.app_context():
        assert {"alembic_version", "stadtlabor_alembic_version", "citizen"} <= set(
            inspect(db.engine).get_table_names()
        )
    flask_db(app, "downgrade")
    with app.app_context():
        names = inspect(db.engine).get_table_names()
    assert "citizen" not in names
    assert "stadtlabor_registration" in names

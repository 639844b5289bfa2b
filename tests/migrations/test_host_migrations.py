"""The host's own migrations, run by Flask-Migrate, never see our tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import URL, Column, Integer, Table

from flask_stadtlabor import Stadtlabor
from tests.host import DEFAULTS

pytestmark = pytest.mark.one_database


def create_portal(url: URL, *, migrate_first: bool = True, **options: Any) -> Flask:
    """A host with one table of its own, and Flask-Migrate before or after us."""
    db = SQLAlchemy()
    Table("citizens", db.metadata, Column("id", Integer, primary_key=True))
    Table("audit", db.metadata, Column("id", Integer, primary_key=True))
    app = Flask("portal")
    app.config.update(DEFAULTS, SQLALCHEMY_DATABASE_URI=url)
    db.init_app(app)
    migrate = Migrate(db=db, **options)
    if migrate_first:
        migrate.init_app(app)
    Stadtlabor(db).init_app(app)
    if not migrate_first:
        migrate.init_app(app)
    return app


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """Where the host keeps its migrations."""
    return str(tmp_path / "migrations")


def run(app: Flask, *words: str) -> str:
    """`flask <words>`, which must succeed."""
    result = app.test_cli_runner().invoke(args=list(words))
    assert result.exit_code == 0, result.output
    return result.output


def migration(app: Flask, folder: str) -> str:
    """What `flask db migrate` writes."""
    run(app, "db", "init", "-d", folder)
    run(app, "db", "migrate", "-d", folder)
    (written,) = Path(folder, "versions").glob("*.py")
    return written.read_text()


# the env.py that Flask-Migrate writes asks Flask-SQLAlchemy for what it deprecates
@pytest.mark.filterwarnings("ignore:'get_engine' is deprecated:DeprecationWarning")
def test_the_hosts_migrations_do_not_see_our_tables(database_url: URL, folder: str) -> None:
    """Without the guard, Alembic would drop every table that is not in the host's metadata."""
    app = create_portal(database_url)
    written = migration(app, folder)
    assert "citizens" in written
    assert "stadtlabor" not in written
    run(app, "db", "upgrade", "-d", folder)
    run(app, "db", "migrate", "-d", folder)
    assert len(list(Path(folder, "versions").glob("*.py"))) == 1
    run(app, "stadtlabor", "db", "check")


@pytest.mark.filterwarnings("ignore:'get_engine' is deprecated:DeprecationWarning")
def test_a_hosts_own_choice_is_still_asked(database_url: URL, folder: str) -> None:
    def include(item: Any, name: str, kind: str, reflected: bool, other: Any) -> bool:
        return not (kind == "table" and name == "audit")

    written = migration(create_portal(database_url, include_object=include), folder)
    assert "citizens" in written
    assert "audit" not in written
    assert "stadtlabor" not in written


def test_a_portal_set_up_twice_is_guarded_once(database_url: URL) -> None:
    """App factories run often in tests; each app has a guard of its own."""
    for _ in range(2):
        app = create_portal(database_url)
        guard = app.extensions["migrate"].configure_args["include_object"]
        assert guard.args == (None,)


def test_flask_migrate_after_us_is_named_by_the_check(database_url: URL) -> None:
    app = create_portal(database_url, migrate_first=False)
    result = app.test_cli_runner().invoke(args=["stadtlabor", "check"])
    assert result.exit_code == 1
    assert "Error: Flask-Migrate was initialised after Stadtlabor" in result.stderr

"""`flask stadtlabor db`: what operators run after every update of the package."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text

from flask_stadtlabor import append_only
from flask_stadtlabor.consent.models import ConsentHead
from flask_stadtlabor.db import Base
from flask_stadtlabor.migrations import runner
from flask_stadtlabor.outbox.models import OutboxRun
from flask_stadtlabor.revision import ContentRevision
from tests import factories
from tests.host import Host
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]


@pytest.fixture
def fresh(bare_host: Host) -> Iterator[Host]:
    """A host whose database was upgraded just now, and that this test may spoil."""
    result = bare_host.run("db", "upgrade")
    assert result.exit_code == 0, result.output
    return bare_host


def execute(host: Host, *statements: str) -> None:
    """Change the database behind our back."""
    with host.app.app_context(), host.db.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def tables(host: Host) -> set[str]:
    """The names of all tables that are there."""
    with host.app.app_context():
        return set(inspect(host.db.engine).get_table_names())


def test_before_the_first_upgrade_the_check_says_what_to_run(bare_host: Host) -> None:
    result = bare_host.run("db", "check")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "`flask stadtlabor db upgrade`" in result.stderr
    assert "No migration has been run yet" in bare_host.run("db", "current").stdout


def test_after_an_upgrade_the_database_is_as_the_models_say(fresh: Host) -> None:
    """The migrations and the models agree in every column, index and constraint."""
    result = fresh.run("db", "check")
    assert result.stderr == ""
    assert result.exit_code == 0
    assert "the newest" in fresh.run("db", "current").stdout
    assert set(Base.metadata.tables) <= tables(fresh)


def test_the_single_rows_are_there(fresh: Host) -> None:
    assert fresh.scalar(select(ContentRevision.number).where(ContentRevision.id == 1)) == 0
    assert fresh.scalar(select(ConsentHead.hash).where(ConsentHead.id == 1)) == "0" * 64
    assert fresh.scalar(select(OutboxRun.id)) == 1


def test_an_upgrade_can_be_repeated(fresh: Host) -> None:
    fresh.load(factories.exchange(factories.event()))
    result = fresh.run("db", "upgrade")
    assert result.exit_code == 0
    assert "up to date" in result.stdout
    assert '"plattform"' in fresh.run("export").stdout


def test_upgrades_at_the_same_time_do_no_harm(bare_host: Host) -> None:
    """Several machines that start at once each run `db upgrade`."""
    environment = os.environ | {
        "FLASK_SQLALCHEMY_DATABASE_URI": bare_host.url.render_as_string(hide_password=False)
    }
    command = [sys.executable, "-m", "flask", "--app", "tests.hosts.ten_lines"]
    running = [
        subprocess.Popen(
            [*command, "stadtlabor", "db", "upgrade"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in running:
        _, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, errors
    assert bare_host.run("db", "check").exit_code == 0
    with bare_host.app.app_context():
        for model in (ContentRevision, ConsentHead, OutboxRun):
            assert len(bare_host.db.session.scalars(select(model)).all()) == 1


def test_an_upgrade_waits_for_nobody_for_ever(fresh: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """S17: somebody has a transaction open, and is named as what to wait for."""
    assert fresh.run("db", "downgrade", "0001", "--yes").exit_code == 0
    monkeypatch.setattr(runner, "LOCK_SECONDS", 1)
    with fresh.app.app_context():
        begin = "BEGIN IMMEDIATE" if fresh.database == "sqlite" else "SELECT 1"
        with fresh.db.engine.connect() as other:
            other.exec_driver_sql(begin)
            other.exec_driver_sql("SELECT id FROM stadtlabor_event")
            begun = time.monotonic()
            busy = fresh.run("db", "upgrade")
            assert time.monotonic() - begun < 15
            other.rollback()
    assert busy.exit_code == 1
    assert "Another process is using the tables" in busy.stderr
    assert "Traceback" not in busy.output
    assert "Revision 0001" in fresh.run("db", "current").stdout
    monkeypatch.undo()
    assert fresh.run("db", "upgrade").exit_code == 0
    assert fresh.run("db", "check").exit_code == 0


def test_an_upgrade_that_broke_off_can_be_finished(fresh: Host) -> None:
    """MariaDB commits with every table, so that a failure leaves some behind."""
    execute(
        fresh,
        "DELETE FROM stadtlabor_alembic_version",
        "DELETE FROM stadtlabor_consent_head",
        "DROP TABLE stadtlabor_outbox",
    )
    assert fresh.run("db", "upgrade").exit_code == 0
    assert fresh.run("db", "check").exit_code == 0
    assert fresh.scalar(select(ConsentHead.seq)) == 0


def test_a_downgrade_removes_our_tables_and_nothing_else(fresh: Host) -> None:
    execute(fresh, "CREATE TABLE citizens (id INTEGER PRIMARY KEY)")
    with fresh.app.app_context():
        runner.downgrade("base")
    assert tables(fresh) == {"citizens", "stadtlabor_alembic_version"}
    assert fresh.run("db", "upgrade").exit_code == 0
    assert fresh.run("db", "check").exit_code == 0


def test_a_downgrade_that_broke_off_can_be_finished(fresh: Host) -> None:
    """MariaDB commits with every step."""
    execute(
        fresh,
        "DROP TABLE stadtlabor_retention_report",
        "ALTER TABLE stadtlabor_event DROP COLUMN thank_you",
    )
    assert fresh.run("db", "downgrade", "0001", "--yes").exit_code == 0
    assert fresh.run("db", "upgrade").exit_code == 0
    assert fresh.run("db", "check").exit_code == 0


@pytest.mark.one_database
def test_a_downgrade_asks_before_it_deletes(fresh: Host) -> None:
    before = fresh.run("db", "current").stdout
    refused = fresh.run("db", "downgrade", "0001")
    assert refused.exit_code == 1
    assert "Is there a backup" in refused.stderr
    assert "Nothing was changed." in refused.stderr
    assert fresh.run("db", "current").stdout == before
    done = fresh.run("db", "downgrade", "0001", "--yes")
    assert "now at revision 0001" in done.stdout
    assert "Revision 0001; the newest is" in fresh.run("db", "current").stdout


@pytest.mark.one_database
@pytest.mark.parametrize("revision", ["9999", "head", "base", "-1"])
def test_a_downgrade_goes_to_an_earlier_revision_and_nowhere_else(
    fresh: Host, revision: str
) -> None:
    """Above all not to ``base``, which would drop every table, the ledger too."""
    result = fresh.run("db", "downgrade", "--yes", "--", revision)
    assert result.exit_code == 1
    assert "can go back to" in result.stderr
    assert "0001" in result.stderr
    assert fresh.run("db", "check").exit_code == 0


@pytest.mark.one_database
def test_a_database_at_the_first_revision_has_no_way_back(bare_host: Host) -> None:
    assert bare_host.run("db", "upgrade").exit_code == 0
    assert bare_host.run("db", "downgrade", "0001", "--yes").exit_code == 0
    result = bare_host.run("db", "downgrade", "0001", "--yes")
    assert result.exit_code == 1
    assert "no revision before" in result.stderr


def test_the_check_looks_at_our_tables_only(fresh: Host) -> None:
    execute(fresh, "CREATE TABLE citizens (id INTEGER PRIMARY KEY)")
    assert fresh.run("db", "check").exit_code == 0


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("DROP TABLE stadtlabor_take_down_task", "The table stadtlabor_take_down_task is missing."),
        (
            "ALTER TABLE stadtlabor_event DROP COLUMN topic",
            "The column stadtlabor_event.topic is missing.",
        ),
        (
            "ALTER TABLE stadtlabor_event ADD COLUMN colour VARCHAR(20)",
            "The column stadtlabor_event.colour is there, but does not belong to Stadtlabor.",
        ),
        (
            "CREATE TABLE stadtlabor_colour (id INTEGER PRIMARY KEY)",
            "The table stadtlabor_colour is there, but does not belong to Stadtlabor.",
        ),
        (
            "CREATE INDEX ix_colour ON stadtlabor_series (id)",
            "The index ix_colour of stadtlabor_series is there, but does not belong to Stadtlabor.",
        ),
    ],
)
def test_the_check_names_what_differs(fresh: Host, statement: str, sentence: str) -> None:
    execute(fresh, statement)
    result = fresh.run("db", "check")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [sentence]


def test_a_missing_trigger_is_named_and_an_upgrade_creates_it_again(fresh: Host) -> None:
    """C5: without its triggers the database would let consent be changed."""
    with fresh.app.app_context(), fresh.db.engine.begin() as connection:
        connection.exec_driver_sql(append_only.drop_statements(connection.dialect.name)[0])
    result = fresh.run("db", "check")
    assert result.exit_code == 1
    assert "The trigger stadtlabor_consent_text_no_update is missing" in result.stderr
    assert fresh.run("db", "upgrade").exit_code == 0
    assert fresh.run("db", "check").exit_code == 0


def test_a_database_of_a_newer_version_is_left_alone(fresh: Host) -> None:
    execute(fresh, "UPDATE stadtlabor_alembic_version SET version_num = '9999'")
    for command in ("upgrade", "check"):
        result = fresh.run("db", command)
        assert result.exit_code == 1
        assert "does not know" in result.stderr
        assert "Traceback" not in result.output


def test_long_texts_and_all_signs_fit(host: Host) -> None:
    """MariaDB's TEXT ends at 64 KiB, its utf8 at three bytes, and its comparisons ignore case."""
    long = "Ä🌳" * 50_000
    host.load(
        factories.exchange(
            factories.event("platz", description=long),
            factories.event("Platz", description="short"),
        )
    )
    exported = host.run("export").stdout
    assert long in exported
    assert '"Platz"' in exported


@pytest.mark.one_database
def test_a_host_that_begins_its_transactions_itself_can_upgrade(bare_host: Host) -> None:
    """SQLAlchemy's recipe for SQLite: no transactions by the driver, BEGIN by an event."""
    from sqlalchemy import event

    with bare_host.app.app_context():
        engine = bare_host.db.engine

        @event.listens_for(engine, "connect")
        def leave_it(connection: object, record: object) -> None:
            connection.isolation_level = None  # type: ignore[attr-defined]

        @event.listens_for(engine, "begin")
        def begin(connection: object) -> None:
            connection.exec_driver_sql("BEGIN")  # type: ignore[attr-defined]

    assert bare_host.run("db", "upgrade").exit_code == 0
    assert bare_host.run("db", "check").exit_code == 0

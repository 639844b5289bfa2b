"""C5: the database itself refuses to change texts and entries."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from flask_stadtlabor import append_only
from flask_stadtlabor.consent.ledger.verification import verify
from flask_stadtlabor.consent.models import ConsentAction
from tests.consent.acts import publish, somebody, tamper
from tests.host import Host


@pytest.fixture
def filled(portal: Host) -> Host:
    """A portal with a text and a ledger of two entries."""
    publish()
    somebody(ConsentAction.REQUESTED, ConsentAction.GIVEN)
    portal.db.session.commit()
    return portal


def refuses(host: Host, statement: str) -> None:
    with (
        host.db.engine.connect() as connection,
        pytest.raises(DatabaseError, match="append-only"),
    ):
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE stadtlabor_consent_text SET body = 'other'",
        "UPDATE stadtlabor_consent_text SET published_by = published_by WHERE version = 1",
        "DELETE FROM stadtlabor_consent_text WHERE version = 1",
        "UPDATE stadtlabor_consent_entry SET event = 'given' WHERE seq = 1",
        "DELETE FROM stadtlabor_consent_entry",
    ],
)
def test_update_and_delete_are_refused(filled: Host, statement: str) -> None:
    """C5: not only by Python."""
    refuses(filled, statement)
    assert verify() == (2, None)


OTHER_WAYS = {
    # deletes the row that is in the way, without any DELETE trigger on SQLite
    "sqlite": "REPLACE INTO {0} SELECT * FROM {0}",
    "mariadb": "REPLACE INTO {0} SELECT * FROM {0}",
    "postgresql": "TRUNCATE {0} CASCADE",
}


@pytest.mark.parametrize("table", append_only.TABLES)
def test_so_is_what_changes_rows_in_another_way(filled: Host, table: str) -> None:
    """C5: on PostgreSQL, TRUNCATE too."""
    refuses(filled, OTHER_WAYS[filled.database].format(table))
    assert verify() == (2, None)


def test_a_ledger_emptied_by_truncate_on_mariadb_is_found(filled: Host) -> None:
    """C5: what MariaDB cannot refuse, ``verify`` finds; elsewhere as if triggers were off."""
    if filled.database == "mariadb":
        with filled.db.engine.begin() as connection:
            connection.exec_driver_sql("TRUNCATE stadtlabor_consent_entry")
    else:
        tamper(filled, "DELETE FROM stadtlabor_consent_entry")
    assert verify() == (0, (1, "Entry 1 is missing; the head names 2 entries."))


def missing(host: Host) -> list[str]:
    with host.db.engine.connect() as connection:
        return append_only.missing(connection)


def run(connection: Connection, statements: list[str]) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)


def test_a_missing_trigger_is_named_and_can_be_put_back(filled: Host) -> None:
    """C5: on PostgreSQL one that is only switched off counts as missing."""
    name = "stadtlabor_consent_entry_no_delete"
    switch_off = f"DROP TRIGGER {name}"
    if filled.database == "postgresql":
        switch_off = f"ALTER TABLE stadtlabor_consent_entry DISABLE TRIGGER {name}"
    assert missing(filled) == []
    try:
        with filled.db.engine.begin() as connection:
            run(connection, [switch_off])
        assert missing(filled) == [name]
    finally:
        with filled.db.engine.begin() as connection:
            run(connection, append_only.create_statements(filled.db.engine.dialect.name))
    assert missing(filled) == []
    refuses(filled, "DELETE FROM stadtlabor_consent_entry")


def test_all_triggers_can_be_dropped_for_a_rebuild_of_the_table(filled: Host) -> None:
    """A migration that rebuilds a table drops the triggers, and creates them again."""
    tamper(filled, "UPDATE stadtlabor_consent_text SET published_by = 'somebody else'")
    assert missing(filled) == []


def test_another_engine_is_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="no triggers for oracle"):
        append_only.create_statements("oracle")

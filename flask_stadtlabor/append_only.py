"""Append-only tables: the database itself refuses to change consent texts, entries of the ledger
(C5), and the history of events, shared content and official answers.

The migrations run these statements; each is one call of the driver. PostgreSQL refuses TRUNCATE
too; MariaDB has no trigger for it, and ``flask stadtlabor consent verify`` finds the loss.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, inspect

TEXTS = "stadtlabor_consent_text"
ENTRIES = "stadtlabor_consent_entry"
EVENTS = "stadtlabor_event_revision"
SHARED = "stadtlabor_shared_revision"
DEEDS = "stadtlabor_event_deed"
ANSWERS = "stadtlabor_idea_answer_revision"
TABLES = (TEXTS, ENTRIES)
"""The tables of consent."""
ALL_TABLES = (*TABLES, EVENTS, SHARED, DEEDS, ANSWERS)

_FUNCTION = "stadtlabor_refuse_change"

_REPLACED = {
    TEXTS: (
        "id = NEW.id OR (purpose_id = NEW.purpose_id AND version = NEW.version"
        " AND language = NEW.language)"
    ),
    ENTRIES: "seq = NEW.seq",
    EVENTS: "id = NEW.id OR (event_id = NEW.event_id AND number = NEW.number)",
    SHARED: "id = NEW.id OR (kind = NEW.kind AND slug = NEW.slug AND number = NEW.number)",
    DEEDS: "id = NEW.id",
    ANSWERS: "id = NEW.id OR (idea_id = NEW.idea_id AND number = NEW.number)",
}
"""When an INSERT OR REPLACE would overwrite: SQLite then deletes without any DELETE trigger."""

_SAID = ("number", "document", "at", "step", "note")
_FOREVER = {
    EVENTS: ("id", "event_id", *_SAID),
    SHARED: ("id", "kind", "slug", *_SAID),
    DEEDS: ("id", "event_id", "at", "deed", "about"),
    ANSWERS: ("id", "idea_id", *_SAID),
}
"""The columns that cannot be changed, where it is not all of them: whose work it was can be
forgotten."""

_ACTS = {
    "sqlite": ("update", "delete", "replace"),
    "postgresql": ("update", "delete", "truncate"),
    "mariadb": ("update", "delete"),
}

_INSTALLED = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": (
        "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE NOT tgisinternal AND tgenabled <> 'D' AND pg_table_is_visible(tgrelid)"
    ),
    "mariadb": (
        "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE()"
    ),
}


def create_statements(dialect_name: str, tables: Sequence[str] = TABLES) -> list[str]:
    """The statements that create the triggers of tables; running them again does no harm.

    ``dialect_name`` is SQLAlchemy's: ``sqlite``, ``postgresql``, ``mariadb`` or ``mysql``. Raises
    ``ValueError`` for another engine.
    """
    engine = _engine(dialect_name)
    statements = [_create_function()] if engine == "postgresql" else []
    for table in tables:
        for act in _ACTS[engine]:
            statements += _create_trigger(engine, table, act)
    return statements


def drop_statements(dialect_name: str, tables: Sequence[str] = TABLES) -> list[str]:
    """The statements that drop the triggers of tables, there or not; by default those of consent.

    On PostgreSQL they share a function, which goes with the last of them.
    """
    engine = _engine(dialect_name)
    statements = [_drop_trigger(engine, table, act) for table in tables for act in _ACTS[engine]]
    if engine == "postgresql" and set(tables) == set(ALL_TABLES):
        statements.append(f"DROP FUNCTION IF EXISTS {_FUNCTION}()")
    return statements


def missing(connection: Connection) -> list[str]:
    """The names of triggers that are not there, or are switched off."""
    engine = _engine(connection.dialect.name)
    installed = {row[0] for row in connection.exec_driver_sql(_INSTALLED[engine])}
    # a database of an older revision has not all of the tables yet
    there = set(inspect(connection).get_table_names())
    tables = [table for table in ALL_TABLES if table in there or table in TABLES]
    expected = [_name(table, act) for table in tables for act in _ACTS[engine]]
    return [name for name in expected if name not in installed]


def _engine(dialect_name: str) -> str:
    engine = "mariadb" if dialect_name == "mysql" else dialect_name
    if engine not in _ACTS:
        raise ValueError(
            f"There are no triggers for {dialect_name}; use SQLite, PostgreSQL or MariaDB."
        )
    return engine


def _name(table: str, act: str) -> str:
    return f"{table}_no_{act}"


def _create_function() -> str:
    # without a percent sign, which drivers take for a parameter
    return (
        f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$"
    )


def _create_trigger(engine: str, table: str, act: str) -> list[str]:
    name = _name(table, act)
    columns = _FOREVER.get(table, ()) if act == "update" else ()
    some = f" OF {', '.join(columns)}" if columns else ""
    if engine == "postgresql":
        create = (
            f"CREATE TRIGGER {name} BEFORE {act.upper()}{some} ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
        )
        return [_drop_trigger(engine, table, act), create]
    if engine == "mariadb":
        refuse = f"SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{table} is append-only'"
        if columns:
            same = " AND ".join(f"NEW.{column} <=> OLD.{column}" for column in columns)
            refuse = f"IF NOT ({same}) THEN {refuse}; END IF"
        create = (
            f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {act.upper()} ON {table} FOR EACH ROW"
            f" {refuse}"
        )
        return [create]
    when = f"{act.upper()}{some} ON {table}"
    if act == "replace":
        seen = f"SELECT 1 FROM {table} WHERE {_REPLACED[table]}"  # noqa: S608 - constants only
        when = f"INSERT ON {table} WHEN EXISTS ({seen})"
    create = (
        f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {when}"
        f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )
    return [create]


def _drop_trigger(engine: str, table: str, act: str) -> str:
    where = f" ON {table}" if engine == "postgresql" else ""
    return f"DROP TRIGGER IF EXISTS {_name(table, act)}{where}"

"""A database that can be read and not written: what was typed is kept, and our own faults show."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, text
from sqlalchemy.pool import NullPool

from flask_stadtlabor import transactions
from tests import factories
from tests.forms import fields_of, form_on, typed_into
from tests.host import Host

FORM = "/stadtlabor/de/events/plattform/register"
Way = Callable[[Host], Any]
"""Takes the right to write from a portal within a block, which is given the portal to use."""


def execute(url: URL, *statements: str) -> None:
    """As the owner of the database, outside of a transaction."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))


@contextmanager
def read_only_by_default(host: Host) -> Iterator[Host]:
    """PostgreSQL answers as in recovery: SQLSTATE 25006."""
    name = host.url.database
    execute(host.url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    try:
        yield host.make()
    finally:
        execute(
            host.url,
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
            f"ALTER DATABASE {name} RESET default_transaction_read_only",
        )


@contextmanager
def without_privilege(host: Host) -> Iterator[Host]:
    """PostgreSQL or MariaDB refuses a role that may read alone: SQLSTATE 42501, error 1142."""
    mariadb = host.database == "mariadb"
    name = f"reads_{host.url.database}"
    role = f"'{name}'@'%'" if mariadb else name
    scope = f"{host.url.database}.*" if mariadb else "ALL TABLES IN SCHEMA public"
    execute(
        host.url,
        f"CREATE USER {role} " + ("IDENTIFIED BY 'secret'" if mariadb else "PASSWORD 'secret'"),
        f"GRANT SELECT ON {scope} TO {role}",
    )
    portal = host.make(SQLALCHEMY_DATABASE_URI=host.url.set(username=name, password="secret"))
    try:
        yield portal
    finally:
        portal.close()
        if not mariadb:
            execute(host.url, f"DROP OWNED BY {role}")
        execute(host.url, f"DROP USER {role}")


@contextmanager
def read_only_transaction(host: Host) -> Iterator[Host]:
    """MariaDB answers as a read-only server does: error 1792."""
    options = {"connect_args": {"init_command": "SET SESSION TRANSACTION READ ONLY"}}
    yield host.make(SQLALCHEMY_ENGINE_OPTIONS=options)


@contextmanager
def read_only_server(host: Host) -> Iterator[Host]:
    """MariaDB as an operator sets it, for a user without the right to ignore that: error 1290."""
    name = f"writes_{host.url.database}"
    user = f"'{name}'@'%'"
    execute(
        host.url,
        f"CREATE USER {user} IDENTIFIED BY 'secret'",
        f"GRANT ALL ON {host.url.database}.* TO {user}",
        "SET GLOBAL read_only = 1",
    )
    portal = host.make(SQLALCHEMY_DATABASE_URI=host.url.set(username=name, password="secret"))
    try:
        yield portal
    finally:
        portal.close()
        execute(host.url, "SET GLOBAL read_only = 0", f"DROP USER {user}")


@contextmanager
def opened_to_read(host: Host) -> Iterator[Host]:
    """SQLite: "attempt to write a readonly database"."""
    uri = f"sqlite:///file:{host.url.database}?mode=ro&uri=true"
    yield host.make(SQLALCHEMY_DATABASE_URI=uri)


@contextmanager
def locked(host: Host) -> Iterator[Host]:
    """SQLite: "database is locked", by another program that does not let go."""
    engine = create_engine(host.url, poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield host.make(SQLALCHEMY_ENGINE_OPTIONS={"connect_args": {"timeout": 0.1}})
        connection.exec_driver_sql("ROLLBACK")


WAYS: dict[str, tuple[Way, ...]] = {
    "sqlite": (opened_to_read, locked),
    "postgresql": (read_only_by_default, without_privilege),
    "mariadb": (read_only_transaction, read_only_server, without_privilege),
}


def test_what_was_typed_can_be_sent_again(host: Host) -> None:
    """All of it, and answers about consent as they were given."""
    host.load(factories.exchange(factories.open_event()))
    given = factories.person(party_size="3") | {"consent-photos-website": "refused"}
    for way in WAYS[host.database]:
        with way(host) as portal:
            client = portal.client()
            fields = typed_into(form_on(client.get(FORM)), given | {"extra": ["a", "b"]})
            answer = client.post(FORM, data=fields)

        assert answer.status_code == 503, way
        assert answer.headers["Retry-After"]
        assert answer.headers["Cache-Control"] == "no-store"
        kept = fields_of(form_on(answer))
        assert kept.to_dict(flat=False) == fields.to_dict(flat=False)
    answer = host.client().post(FORM, data=kept)
    assert answer.status_code == 422
    assert 'value="person1@buerger.example"' in answer.text


def test_pages_are_read_as_ever(host: Host) -> None:
    host.load(factories.exchange(factories.open_event()))
    for way in WAYS[host.database]:
        with way(host) as portal:
            assert portal.client().get("/stadtlabor/de/events/plattform/").status_code == 200


def test_a_fault_of_our_own_is_no_excuse(host: Host) -> None:
    """A missing column or table fails for everybody for ever: 500, and at once."""
    host.load(factories.exchange(factories.open_event()))
    portal = host.make(PROPAGATE_EXCEPTIONS=False)
    client = portal.client()
    fields = typed_into(form_on(client.get(FORM)), factories.person())
    column = "stadtlabor_registration RENAME COLUMN given_name"
    execute(host.url, f"ALTER TABLE {column} TO other_name")
    try:
        answer = client.post(FORM, data=fields)
    finally:
        execute(host.url, f"ALTER TABLE {column.replace('given_name', 'other_name')} TO given_name")
    assert answer.status_code == 500


@pytest.mark.one_database
def test_somebody_who_met_another_is_registered_all_the_same(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program has the file at the first two tries, and lets go before the third."""
    host.load(factories.exchange(factories.open_event()))
    portal = host.make(SQLALCHEMY_ENGINE_OPTIONS={"connect_args": {"timeout": 0.01}})
    client = portal.client()
    fields = typed_into(form_on(client.get(FORM)), factories.person())
    pauses = []
    engine = create_engine(host.url, poolclass=NullPool)
    with engine.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")

        def let_go(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 2:
                other.exec_driver_sql("ROLLBACK")

        monkeypatch.setattr(transactions.time, "sleep", let_go)
        answer = client.post(FORM, data=fields)
    assert answer.status_code == 303
    assert len(pauses) == 2


@pytest.mark.several_machines
def test_nobody_waits_for_ever_for_a_lock(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """S17: a transaction that was left open costs a few seconds, and nothing that was typed."""
    monkeypatch.setattr(transactions, "LOCK_SECONDS", 1)
    monkeypatch.setattr(transactions, "PATIENCE", 1)
    host.load(factories.exchange(factories.open_event()))
    options = {"connect_args": {"init_command": "SET SESSION innodb_lock_wait_timeout = 1"}}
    portal = host.make(SQLALCHEMY_ENGINE_OPTIONS=options if host.database == "mariadb" else {})
    client = portal.client()
    fields = typed_into(form_on(client.get(FORM)), factories.person())
    engine = create_engine(host.url, poolclass=NullPool)
    with engine.connect() as other:
        other.execute(text("SELECT id FROM stadtlabor_event FOR UPDATE"))
        begun = time.monotonic()
        answer = client.post(FORM, data=fields)
        assert time.monotonic() - begun < 5
    assert answer.status_code == 503
    assert client.post(FORM, data=fields).status_code == 303

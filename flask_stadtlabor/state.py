"""What belongs to one app: its settings, ports, database and message catalog."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from secrets import token_hex

from flask import Flask, current_app
from flask.sansio.app import App
from flask_babel import Domain
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import Engine
from sqlalchemy.orm import scoped_session

from flask_stadtlabor.config import Settings
from flask_stadtlabor.db import is_in_memory
from flask_stadtlabor.environment import OurEnvironment
from flask_stadtlabor.ports import Ports

EXTENSION = "stadtlabor"


@dataclass
class State:
    """The extension's state in ``app.extensions["stadtlabor"]``."""

    db: SQLAlchemy
    settings: Settings
    ports: Ports
    domain: Domain
    environment: OurEnvironment
    """In which our templates are compiled."""
    blueprint_name: str | None = None
    """Full dotted name of our blueprint in this app, known once it is registered."""
    fingerprint: str | None = None
    """Stands for all that only a deployment changes, once a page has asked for it."""

    @cached_property
    def database(self) -> str:
        """Names the database, so that what is kept of one is never shown for another (S18)."""
        url = self.db.engine.url
        if is_in_memory(url):
            # each process has one of its own, under the same name
            return token_hex(16)
        return url.render_as_string(hide_password=True)

    @cached_property
    def is_stricter(self) -> bool:
        """Whether the engine begins transactions that end with a conflict where ours would wait.

        So do REPEATABLE READ and SERIALIZABLE on PostgreSQL, and SERIALIZABLE on MariaDB.
        """
        strict = {
            "postgresql": ("REPEATABLE READ", "SERIALIZABLE"),
            "mysql": ("SERIALIZABLE",),
            "mariadb": ("SERIALIZABLE",),
        }.get(self.db.engine.dialect.name, ())
        if not strict:
            return False
        with self.db.engine.connect() as connection:
            return connection.get_isolation_level() in strict

    @cached_property
    def engine_for_reads(self) -> Engine:
        """The database for a single read that needs no transaction around it."""
        engine = self.db.engine
        if engine.dialect.name == "postgresql":
            return engine.execution_options(isolation_level="AUTOCOMMIT")
        return engine


def state_of(app: App) -> State:
    """The state of ``app``; raises ``RuntimeError`` when ``init_app`` was not called."""
    state = app.extensions.get(EXTENSION)
    if not isinstance(state, State):
        raise RuntimeError("Call Stadtlabor(db).init_app(app) before using flask_stadtlabor.")
    return state


def this_app() -> Flask:
    """The current app itself, where its proxy would not do: as a sender, a key, in a thread."""
    return current_app._get_current_object()  # type: ignore[attr-defined, no-any-return]


def current() -> State:
    """The state of the current app."""
    return state_of(this_app())


def session() -> scoped_session[Session]:
    """The host's database session."""
    return current().db.session


def settings() -> Settings:
    """The settings of the current app."""
    return current().settings


def now() -> datetime:
    """The time by the host's clock, in UTC and without fractions of a second.

    Whole seconds, because MariaDB's DATETIME keeps no fraction.
    """
    return current().ports.clock().replace(microsecond=0)

"""A portal with one event and very many registrations, for the office and for retention."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import insert, select, update

from benchmarks import content
from benchmarks.pages import KEY, fill_ours, upgrade
from flask_stadtlabor import Stadtlabor
from flask_stadtlabor.addresses import address_key
from flask_stadtlabor.consent.models import ConsentSubject
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.folding import search_form, sort_key
from flask_stadtlabor.ports import Actor
from flask_stadtlabor.registration.models import AccessToken, Registration, RegistrationState
from flask_stadtlabor.registration.operations.signup import active_key
from flask_stadtlabor.registration.ticket_codes import new_ticket_code
from tests.databases import open_databases

AT_ONCE = 5_000
GIVEN = ("Ada", "Bilge", "Cem", "Dörte", "Émile", "Fatma", "Günter", "Hanna", "İpek", "Jörg")
FAMILY = ("Muster", "Öztürk", "von der Leyen", "Müller-Lüdenscheidt", "Nowak", "Groß", "d’Este")


class Crowd:
    """The portal, whose staff may do everything, and whose clock can be moved."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.ahead = timedelta()
        self.db = SQLAlchemy()
        self.app = Flask("crowd")
        self.app.config.update(
            SECRET_KEY=KEY,
            SQLALCHEMY_DATABASE_URI=url,
            STADTLABOR_LEDGER_KEY=KEY,
            STADTLABOR_BASE_URL="https://stadt.example",
            STADTLABOR_OUTBOX="worker",
        )
        self.db.init_app(self.app)
        Stadtlabor(
            self.db,
            actor=lambda: Actor("staff"),
            policy=lambda *asked: True,
            clock=lambda: datetime.now(UTC) + self.ahead,
        ).init_app(self.app)

    def register(self, slug: str, number: int) -> None:
        """Have so many parties take part in an event, each with a link and a pseudonym."""
        with self.app.app_context():
            event = self.db.session.scalars(select(Event).where(Event.slug == slug)).one()
            for first in range(0, number, AT_ONCE):
                rows = [_row(event, each) for each in range(first, min(first + AT_ONCE, number))]
                self._insert(event.uid, rows)
            self.db.session.execute(
                update(Event)
                .where(Event.id == event.id)
                .values(seats_taken=number, seats_confirmed=number)
            )
            self.db.session.commit()
            if self.db.engine.dialect.name == "postgresql":
                # as its own autovacuum does with a table in use: else no index is read alone
                engine = self.db.engine.execution_options(isolation_level="AUTOCOMMIT")
                with engine.connect() as connection:
                    connection.exec_driver_sql("VACUUM ANALYZE stadtlabor_registration")

    def _insert(self, context: str, rows: list[dict[str, Any]]) -> None:
        session = self.db.session
        session.execute(insert(Registration), rows)
        subjects = [{"reference": row["subject"], "context": context} for row in rows]
        session.execute(insert(ConsentSubject), subjects)
        links = [
            {
                "token_hash": secrets.token_hex(32),
                "registration_id": row["id"],
                "subject": row["subject"],
                "created_at": row["created_at"],
                "expires_at": row["created_at"] + timedelta(days=900),
            }
            for row in rows
        ]
        session.execute(insert(AccessToken), links)


def _row(event: Event, number: int) -> dict[str, Any]:
    given, family = GIVEN[number % len(GIVEN)], f"{FAMILY[number % len(FAMILY)]} {number:x}"
    email = f"person-{number}@buerger.example"
    moment = datetime.now(UTC)
    return {
        "id": number + 1,
        "event_id": event.id,
        "state": RegistrationState.CONFIRMED,
        "given_name": given,
        "family_name": family,
        "email": email,
        "active_key": active_key(event, email),
        "address_key": address_key(email),
        "language": "de",
        "subject": secrets.token_hex(16),
        "created_at": moment,
        "confirmed_at": moment,
        "ticket_code": new_ticket_code(),
        "search_text": search_form((given, family, email)),
        "sort_key": sort_key(family, given),
    }


@contextmanager
def crowd(database: str, number: int) -> Iterator[tuple[Crowd, str]]:
    """A portal on a database of this kind, and the slug of the event that so many take part in."""
    with TemporaryDirectory() as folder:
        files = Path(folder) / "sqlite"
        files.mkdir()
        databases = open_databases(database, files, upgrade)
        try:
            url = databases.upgraded()
            shown, slug = content.exchange(1)
            fill_ours(url, Path(folder), shown)
            portal = Crowd(url.render_as_string(hide_password=False))
            portal.register(slug, number)
            yield portal, slug
        finally:
            databases.close()

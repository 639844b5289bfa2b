"""Helpers: write content by the operations that the import uses, and read what pages say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import before_render_template
from sqlalchemy import event as sql_event

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.content import Venue
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.operations import EventChange, save_event, save_project, save_series
from tests.host import Host

START = datetime(2026, 4, 22, 15, 30, tzinfo=UTC)
"""Wednesday 22 April 2026, 17:30 in Berlin; seven weeks after the standing clock."""
HALL = Venue(
    name=LocalizedText("Quartiershalle"),
    street=LocalizedText("Stühmeyerstr. 33"),
    postal_code="44787",
    city=LocalizedText("Bochum"),
    latitude=51.4836,
    longitude=7.2166,
)

LAYOUT = """<title>{% block title %}{% endblock %}</title>
{% block head %}<meta name="own">{% endblock %}
<p>{{ next_number() }}</p><main>{% block content %}{% endblock %}</main>"""


def event_values(**changes: Any) -> dict[str, Any]:
    """A published event of ninety minutes in both languages."""
    start = changes.get("starts_at", START)
    return {
        "status": "published",
        "title": LocalizedText({"de": "Mitreden im Netz", "en": "Have your say online"}),
        "summary": LocalizedText({"de": "Wir probieren es aus.", "en": "We try it out."}),
        "starts_at": start,
        "ends_at": start + timedelta(minutes=90),
        "timezone": "Europe/Berlin",
        "venue": HALL,
        **changes,
    }


def an_event(**changes: Any) -> Event:
    """The same as an object that is not stored."""
    counters = {"seats_taken": 0, "seats_confirmed": 0, "parties_waiting": 0}
    return Event(**({"slug": "plattform"} | counters | changes))


def save(
    host: Host,
    slug: str = "plattform",
    *,
    series: str | None = None,
    projects: tuple[str, ...] = (),
    **changes: Any,
) -> EventChange:
    """Write an event, and the series and projects that it names."""
    with host.app.app_context():
        if series:
            save_series(series, title=LocalizedText({"de": "Reihe", "en": "Series"}))
        for project in projects:
            save_project(project, title=LocalizedText(project))
        change = save_event(
            slug, series_slug=series, project_slugs=projects, **event_values(**changes)
        )
        host.db.session.commit()
        host.db.session.refresh(change.event)
        host.db.session.expunge_all()
        return change


@contextmanager
def drawn(portal: Host) -> Iterator[list[str]]:
    """Names of the templates that this portal renders within the block."""
    names: list[str] = []

    def note(sender: object, template: Any, **values: Any) -> None:
        names.append(template.name)

    with before_render_template.connected_to(note, sender=portal.app):
        yield names


def with_layout(portal: Host, folder: Path, **config: Any) -> Host:
    """A portal with a layout of its own that counts how often it is drawn."""
    (folder / "layout.html").write_text(LAYOUT, encoding="utf-8")
    other = portal.make(STADTLABOR_BASE_TEMPLATE="layout.html", **config)
    other.app.template_folder = str(folder)
    other.app.__dict__.pop("jinja_loader", None)
    numbers = iter(range(1, 100))
    other.app.jinja_env.globals["next_number"] = lambda: next(numbers)
    return other


@contextmanager
def statements(host: Host) -> Iterator[list[str]]:
    """The SQL statements that reach the driver within the block."""
    seen: list[str] = []

    def listen(connection: Any, *rest: Any) -> None:
        _listen(connection, seen)

    with host.app.app_context():
        engine = host.db.engine
    sql_event.listen(engine, "checkout", listen)
    sql_event.listen(engine, "checkin", _stop_listening)
    try:
        yield seen
    finally:
        sql_event.remove(engine, "checkout", listen)
        sql_event.remove(engine, "checkin", _stop_listening)


def _listen(connection: Any, seen: list[str]) -> None:
    if hasattr(connection, "set_trace_callback"):
        connection.set_trace_callback(seen.append)
        return
    attribute = _cursor_kind(connection)

    class Listening(getattr(connection, attribute)):  # type: ignore[misc]
        """The driver's own cursor."""

        def execute(self, query: Any, *values: Any, **options: Any) -> Any:
            seen.append(str(query))
            return super().execute(query, *values, **options)

    setattr(connection, attribute, Listening)


def _stop_listening(connection: Any, *rest: Any) -> None:
    if connection is None:
        return
    if hasattr(connection, "set_trace_callback"):
        connection.set_trace_callback(None)
        return
    attribute = _cursor_kind(connection)
    setattr(connection, attribute, getattr(connection, attribute).__mro__[1])


def _cursor_kind(connection: Any) -> str:
    """Psycopg and PyMySQL each have an attribute that says which cursors a connection makes."""
    return "cursor_factory" if hasattr(connection, "cursor_factory") else "cursorclass"

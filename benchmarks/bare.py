"""The baseline: what a page and a registration cost in Flask when nothing else is asked for.

One SELECT and one Jinja template a page; a registration is one conditional UPDATE and one INSERT.
No extension, no session, no translation.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, redirect, render_template, request
from sqlalchemy import Connection, create_engine, text
from werkzeug.wrappers import Response as AnyResponse

URL = "BENCHMARK_BARE_URL"
TEMPLATES = "BENCHMARK_BARE_TEMPLATES"

EVENTS = """
    CREATE TABLE event (
        slug VARCHAR(100) PRIMARY KEY, title VARCHAR(200) NOT NULL, summary VARCHAR(2000) NOT NULL,
        starts_at VARCHAR(40) NOT NULL, capacity INTEGER NOT NULL,
        seats_taken INTEGER NOT NULL
    )"""
REGISTRATIONS = """
    CREATE TABLE registration (
        email VARCHAR(200) PRIMARY KEY, event VARCHAR(100) NOT NULL,
        given_name VARCHAR(200) NOT NULL, family_name VARCHAR(200) NOT NULL
    )"""
INSERT_EVENT = text("INSERT INTO event VALUES (:slug, :title, :summary, :starts_at, 100000000, 0)")
FIND = text("SELECT * FROM event WHERE slug = :slug")
LIST = text("SELECT * FROM event ORDER BY starts_at LIMIT :limit")
FEED = text("SELECT * FROM event ORDER BY starts_at")
TAKE = text(
    "UPDATE event SET seats_taken = seats_taken + 1"
    " WHERE slug = :slug AND seats_taken + 1 <= capacity"
)
REGISTER = text("INSERT INTO registration VALUES (:email, :event, :given_name, :family_name)")
LIST_LENGTH = 20
"""Events on a page of our list."""


def fill(connection: Connection, events: list[dict[str, Any]]) -> None:
    """Make the tables, and put the events in."""
    for statement in (EVENTS, REGISTRATIONS):
        connection.execute(text(statement))
    connection.execute(INSERT_EVENT, events)


def create_app() -> Flask:
    """The baseline on the database and the templates that the environment names."""
    app = Flask(__name__, template_folder=str(Path(os.environ[TEMPLATES]).resolve()))
    engine = create_engine(os.environ[URL])

    def find(slug: str) -> Any:
        with engine.connect() as connection:
            return connection.execute(FIND, {"slug": slug}).one_or_none() or abort(404)

    @app.get("/events/<slug>/")
    def show(slug: str) -> str:
        return render_template("event.html", event=find(slug))

    constant = "x" * len(app.jinja_env.get_template("event.html").render(event=None))

    @app.get("/constant")
    def same_for_all() -> str:
        return constant

    @app.get("/")
    def index() -> str:
        with engine.connect() as connection:
            events = connection.execute(LIST, {"limit": LIST_LENGTH}).all()
        return render_template("list.html", events=events)

    @app.get("/calendar.ics")
    def calendar() -> Response:
        with engine.connect() as connection:
            events = connection.execute(FEED).all()
        return Response(render_template("calendar.ics", events=events), mimetype="text/calendar")

    @app.get("/events/<slug>/register")
    def form(slug: str) -> str:
        return render_template("form.html", event=find(slug))

    @app.post("/events/<slug>/register")
    def register(slug: str) -> AnyResponse:
        person = {name: request.form[name] for name in ("email", "given_name", "family_name")}
        with engine.begin() as connection:
            if connection.execute(TAKE, {"slug": slug}).rowcount != 1:
                abort(409)
            connection.execute(REGISTER, {**person, "event": slug})
        return redirect(f"/events/{slug}/registered", 303)

    @app.get("/events/<slug>/registered")
    def thanks(slug: str) -> str:
        return render_template("thanks.html", event=find(slug))

    return app

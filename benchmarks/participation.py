"""How long people wait for very many ideas and comments, and what one support costs.

``python -m benchmarks.participation [--rows N] [--database sqlite]`` asks in this process for pages
of a project with so many ideas, of a thread of so many comments, and for similar ideas, and prints
the median time, that of this process alone (which a busy machine does not change), and how many
statements each took; then it presses “Support” for different people, beside a bare application that
does one SELECT and one INSERT.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from flask import Flask, redirect, request
from flask.testing import FlaskClient
from sqlalchemy import URL, Engine, create_engine, insert, select, text
from sqlalchemy import event as sql_event
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from benchmarks.pages import OURS, upgrade
from benchmarks.visitors import Unexpected
from flask_stadtlabor.db import Base
from flask_stadtlabor.events.models import Project
from flask_stadtlabor.folding import search_form
from flask_stadtlabor.participation.comments.models import Comment
from flask_stadtlabor.participation.comments.operations.writing import CommentText, bring_in
from flask_stadtlabor.participation.comments.threads import Thread
from flask_stadtlabor.participation.ideas.models import Idea, IdeaGram
from flask_stadtlabor.participation.ideas.similar import grams
from flask_stadtlabor.participation.people.links import participant_link
from flask_stadtlabor.participation.people.operations import awaited
from tests.databases import open_databases
from tests.factories import exchange, phase, project
from tests.forms import form_on, typed_into
from tests.host import Host

ROWS = 10_000
ROUNDS = 20
PEOPLE = 100
MOST_MS = 50
"""How long a page may take."""
MOST_MS_SIMILAR = 15
"""How long it may take while somebody types."""
LETTERS = "aaabdeeeefghiiklmnnoprrsstttuuwz"
"""As often as German has them, roughly."""
VOCABULARY = 3_000
IDEAS = f"{OURS}projects/marktplatz/ideas/"
SCHEMA = (
    "CREATE TABLE idea (id INTEGER PRIMARY KEY, title VARCHAR(200) NOT NULL)",
    (
        "CREATE TABLE support (idea INTEGER NOT NULL, person VARCHAR(60) NOT NULL,"
        " PRIMARY KEY (idea, person))"
    ),
    "INSERT INTO idea VALUES (1, 'Idea')",
)


class Took(NamedTuple):
    """Milliseconds of a visit."""

    waited: float
    worked: float
    """Of this process, in which SQLite works as well."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.participation")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--database", action="append", help="sqlite, postgresql or mariadb")
    asked = parser.parse_args()
    for name in asked.database or ["sqlite", "postgresql"]:
        print(f"\n{name}: {asked.rows:,} ideas and as many comments, in milliseconds\n", flush=True)
        with tempfile.TemporaryDirectory() as folder, portal(name, Path(folder)) as (host, bare):
            titles = titles_of(asked.rows)
            idea, top = fill(host, titles)
            thread = f"{OURS}ideas/{idea}/"
            for words, address in {
                "list of ideas": IDEAS,
                "by their supports": f"{IDEAS}?sort=supported",
                "the last page": f"{IDEAS}?page=100000",
                "a search": f"{IDEAS}?q={titles[42].split()[-1]}",
                "similar ideas": f"{IDEAS}similar?title={titles[77]}",
                "an idea with its comments": thread,
                "comments, most agreed": f"{thread}comments/?sort=agreed",
                "comments, the last page": f"{thread}comments/?page=100000",
                "comments against it": f"{thread}comments/?stance=against",
                "replies to one": f"{OURS}comments/{top}?page=2",
            }.items():
                most = MOST_MS_SIMILAR if words == "similar ideas" else MOST_MS
                measure(host, words, address, asked.rounds, most=most)
            compare(host, bare, idea, asked.people)


@contextmanager
def portal(name: str, folder: Path) -> Iterator[tuple[Host, URL]]:
    """A portal without limits, whose project collects ideas, and an empty database beside it."""
    databases = open_databases(name, folder, upgrade)
    host = Host(databases.upgraded(), folder).make(STADTLABOR_RATE_LIMITS=None)
    phases = [phase("ideen", "ideas", "2026-01-01T00:00")]
    host.load(exchange(projects=[project(phases=phases)]))
    try:
        yield host, databases.empty()
    finally:
        host.close()
        databases.close()


def titles_of(rows: int) -> list[str]:
    """Titles of five words, of which few stand in many titles and many in few (Zipf's law)."""
    random = Random(1)  # noqa: S311 - the same titles each time
    words = ["".join(random.choices(LETTERS, k=random.randint(3, 11))) for _ in range(VOCABULARY)]
    weights = [1 / rank for rank in range(1, VOCABULARY + 1)]
    return [" ".join(random.choices(words, weights, k=5)) for _ in range(rows)]


def fill(host: Host, titles: Sequence[str]) -> tuple[int, int]:
    """These ideas; the number of one with as many comments, half of them replies to one."""
    since = host.clock() - timedelta(days=20)
    with host.app.app_context():
        session = host.db.session
        here = session.scalars(select(Project)).one()
        common = {
            "project_id": here.id, "language": "de", "status": "published", "version": 1,
            "supports": 0, "created_at": since, "changed_at": since,
        }  # fmt: skip
        _insert(
            host,
            Idea,
            [
                common
                | {"title": title, "text": title, "search_text": search_form([title])}
                | {"published_at": since + timedelta(minutes=at)}
                for at, title in enumerate(titles)
            ],
        )
        found = session.execute(select(Idea.id, Idea.title)).all()
        _insert(
            host,
            IdeaGram,
            [
                {"project_id": here.id, "gram": gram, "idea_id": number}
                for number, title in found
                for gram in grams(title)
            ],
        )
        idea = session.get_one(Idea, found[0][0])
        top = bring_in(Thread(idea), CommentText("Ja.", "for", "de"), None)
        session.commit()
        columns = {
            column.name: getattr(top, column.name)
            for column in Comment.__table__.columns
            if column.name != "id"
        }
        replies = {"parent_id": top.id, "depth": 1}
        _insert(
            host,
            Comment,
            [
                columns
                | (replies if at % 2 else {})
                | {"agrees": at % 31, "stance": "against" if at % 3 else "for"}
                | {"published_at": since + timedelta(minutes=at)}
                for at in range(len(titles))
            ],
        )
        top.replies = len(titles) // 2
        session.commit()
        return idea.id, top.id


def _insert(host: Host, model: type[Base], rows: list[dict[str, Any]]) -> None:
    for first in range(0, len(rows), 5_000):
        host.db.session.execute(insert(model), rows[first : first + 5_000])
    host.db.session.commit()


def measure(host: Host, words: str, address: str, rounds: int, *, most: int) -> None:
    """The time and the statements of a page that a stranger asks for."""
    with host.app.app_context():
        engine = host.db.engine
    host.client().get(address)
    with counted(engine) as seen:
        times = [timed(lambda: host.client().get(address), 200) for _ in range(rounds)]
    took, sent = median(times), len(seen) // rounds
    missed = "" if took.waited < most else "  MISSED"
    print(
        f"  {words:<28}{took.waited:>7.1f}  (own {took.worked:.1f}), {sent} statements"
        f"  wanted < {most}{missed}",
        flush=True,
    )


def compare(host: Host, url: URL, idea: int, people: int) -> None:
    """The press of “Support”, by people who are known, beside the bare application."""
    address = f"{OURS}ideas/{idea}/support"
    plain, browsers = bare(url), [known(host, number) for number in range(people)]
    ours, theirs = [], []
    for number, browser in enumerate(browsers):
        opened = browser.get(address)
        fields = typed_into(form_on(opened, "/support"), {})
        ours.append(timed(lambda b=browser, f=fields: b.post(address, data=f), 303))  # type: ignore[misc]
        client = plain.test_client()
        person = {"person": f"person{number}"}
        theirs.append(timed(lambda c=client, p=person: c.post("/1/support", data=p), 303))  # type: ignore[misc]
    here, there = median(ours), median(theirs)
    print(
        f"  {'a support':<28}{here.waited:>7.1f}  (own {here.worked:.1f}),"
        f" bare {there.waited:.1f} (own {there.worked:.1f}),"
        f" ratio {there.worked / here.worked:.2f}",
        flush=True,
    )


def known(host: Host, number: int) -> FlaskClient:
    """A browser in which somebody has opened their link."""
    with host.app.test_request_context():
        link = participant_link(awaited(f"person{number}@example.org"))
        host.db.session.commit()
    browser = host.client()
    browser.get("/" + link.split("/", 3)[3])
    return browser


def bare(url: URL) -> Flask:
    """One SELECT and one INSERT, and nothing else."""
    app, engine = Flask("bare"), create_engine(url)
    with engine.begin() as connection:
        for statement in SCHEMA:
            connection.execute(text(statement))

    @app.post("/<int:number>/support")
    def support(number: int) -> Response:
        with engine.begin() as connection:
            connection.execute(text("SELECT * FROM idea WHERE id = :id"), {"id": number}).one()
            row = {"idea": number, "person": request.form["person"]}
            connection.execute(text("INSERT INTO support VALUES (:idea, :person)"), row)
        return redirect(f"/{number}", 303)

    return app


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    sql_event.listen(engine, "before_cursor_execute", note)
    yield seen
    sql_event.remove(engine, "before_cursor_execute", note)


def timed(visit: Callable[[], TestResponse], status: int) -> Took:
    """How long a visit takes that is answered with this status."""
    start, before = time.perf_counter(), time.process_time()
    answer = visit()
    took = Took((time.perf_counter() - start) * 1000, (time.process_time() - before) * 1000)
    if answer.status_code != status:
        raise Unexpected(answer.text)
    return took


def median(times: list[Took]) -> Took:
    """The median of each."""
    waited, worked = zip(*times, strict=True)
    return Took(statistics.median(waited), statistics.median(worked))


if __name__ == "__main__":
    main()

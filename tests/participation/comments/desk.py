"""People who write comments by the pages, for the tests of comments."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import insert, select
from werkzeug.test import TestResponse

from flask_stadtlabor.participation.comments.models import Comment
from flask_stadtlabor.participation.ideas.models import Idea
from tests.factories import exchange, project
from tests.forms import fill
from tests.host import Host
from tests.participation.people import known

TEXT = "Ja, **unbedingt**, und mit Lehnen."
ON_PROJECT = "/stadtlabor/de/projects/marktplatz/comments/"


def with_idea(host: Host, **changes: Any) -> str:
    """The address of the idea of the tests, in a project that is open now."""
    idea = {
        "project": "marktplatz",
        "title": "Mehr Bänke",
        "text": "Am Brunnen fehlen Bänke.",
        "language": "de",
        "created_at": "2026-03-01T10:00:00Z",
    }
    host.load(exchange(projects=[project(**changes)], ideas=[idea]))
    with host.app.app_context():
        return f"/stadtlabor/de/ideas/{host.db.session.scalar(select(Idea.id))}/"


def say(
    browser: FlaskClient, below: str, text: str = TEXT, *, form: str = "comments/new", **fields: Any
) -> TestResponse:
    """Fill the form of a thread in and send it."""
    return fill(browser, f"{below}{form}", {"text": text, **fields}, action="new")


def reply(browser: FlaskClient, number: int, text: str = "Genau.", **fields: Any) -> TestResponse:
    """Answer a comment."""
    return fill(browser, comment_url(number, "/reply"), {"text": text, **fields}, action="/reply")


def said(
    host: Host, below: str, text: str = TEXT, address: str = "ben@example.org", **fields: Any
) -> int:
    """The number of a comment that somebody has written."""
    answer = say(known(host, address), below, text, **fields)
    assert answer.status_code == 303, answer.text
    return stored(host)[-1].id


def answered(host: Host, number: int, text: str, address: str, **fields: Any) -> int:
    """The number of a reply that somebody has written."""
    answer = reply(known(host, address), number, text, **fields)
    assert answer.status_code == 303, answer.text
    return stored(host)[-1].id


def stored(host: Host) -> list[Comment]:
    """All comments, in the order in which they were written."""
    with host.app.app_context():
        return list(host.db.session.scalars(select(Comment).order_by(Comment.id)))


def comment_url(number: int, below: str = "") -> str:
    """The lasting address of a comment, or one below it."""
    return f"/stadtlabor/de/comments/{number}{below}"


def many(host: Host, like: int, number: int, **changes: Any) -> None:
    """So many more comments that are as one that is there, a second apart."""
    with host.app.app_context():
        first = host.db.session.get_one(Comment, like)
        columns = {
            column.name: getattr(first, column.name)
            for column in Comment.__table__.columns
            if column.name != "id"
        }
        columns |= {"fingerprint": None, "participant_id": None, "replies": 0, **changes}
        since = first.published_at
        assert since is not None
        rows = [
            columns | {"published_at": since + timedelta(seconds=at + 1), "text": f"Nummer {at}"}
            for at in range(number)
        ]
        host.db.session.execute(insert(Comment), rows)
        host.db.session.commit()

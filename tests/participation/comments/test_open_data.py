"""Other sites read ideas and comments as open data: with a licence, and only what is public."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import update

from flask_stadtlabor.participation.comments.models import Comment
from flask_stadtlabor.participation.comments.operations.moderation import hide
from flask_stadtlabor.participation.ideas.models import Idea
from flask_stadtlabor.transactions import commit
from tests.events.desk import statements
from tests.factories import exchange, open_event
from tests.forms import fill
from tests.host import BASE_URL, Host
from tests.participation.comments.desk import (
    answered,
    comment_url,
    many,
    said,
    say,
    stored,
    with_idea,
)
from tests.participation.ideas.desk import published, write_idea
from tests.participation.people import known

API = "/stadtlabor/api/v1"
BEN = "ben@example.org"
CEM = "cem@example.org"


def told(host: Host, name: str, query: str = "") -> list[dict[str, Any]]:
    """The records of a page, each as the description says."""
    answer = host.client().get(f"{API}/{name}{query}")
    assert answer.status_code == 200
    assert answer.json["licence"] == "CC BY 4.0"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer.headers
    description = host.client().get(f"{API}/openapi.json").json
    described = description["paths"][f"/{name}"]["get"]["responses"]["200"]["content"]
    schema = described["application/json"]["schema"] | {"components": description["components"]}
    Draft202012Validator(schema).validate(answer.json)
    found: list[dict[str, Any]] = answer.json[name]
    return found


def test_comments_are_told_as_everybody_sees_them(host: Host) -> None:
    """D6: an author only where they chose a name; of a tombstone only its place."""
    idea = with_idea(host)
    first = said(host, idea, "Quatsch.", stance="against", public_name="Ben")
    reply = answered(host, first, "=Genau", CEM)
    gone = said(host, idea, "Weg damit.")
    say(host.client(), idea, "Wartet.", email=BEN)
    fill(known(host, BEN), comment_url(gone, "/delete"), action="/delete")
    found = told(host, "comments")
    assert [each["number"] for each in found] == [first, reply]
    assert (found[0]["author"], found[0]["stance"]) == ("Ben", "against")
    assert (found[1]["author"], found[1]["answers"]) == (None, first)
    assert found[0]["url"] == f"{BASE_URL}{comment_url(first)}"
    assert found[0]["about"] == "idea"
    assert idea.endswith(f"/{found[0]['about_name']}/")
    with host.app.app_context():
        commit(lambda: hide(first) and None)
    hidden = told(host, "comments")[0]
    assert (hidden["status"], hidden["text"], hidden["author"], hidden["replies"]) == (
        "hidden", None, None, 1,
    )  # fmt: skip
    for address in ("comments", "comments.csv"):
        text = host.client().get(f"{API}/{address}").text
        for secret in ("Quatsch", "Weg damit", "Wartet", BEN, CEM):
            assert secret not in text
    rows = list(csv.DictReader(io.StringIO(host.client().get(f"{API}/comments.csv").text)))
    assert [row["text"] for row in rows] == ["", "'=Genau"]
    with host.app.app_context():
        host.db.session.execute(update(Idea).values(status="hidden"))
        host.db.session.commit()
    assert told(host, "comments") == []


@pytest.mark.one_database
def test_what_is_said_of_a_draft_is_not_told(host: Host) -> None:
    with_idea(host)
    programme = [{"starts_at": "17:40", "title": {"de": "Rundgang"}}]
    host.load(exchange(open_event(programme=programme)))
    event = "/stadtlabor/de/events/plattform/comments/"
    ben = known(host, BEN)
    say(ben, event, "Schön.", form="new")
    say(ben, "/stadtlabor/de/projects/marktplatz/comments/", "Gut.", form="new")
    assert [(each["about"], each["about_name"]) for each in told(host, "comments")] == [
        ("event", "plattform"),
        ("project", "marktplatz"),
    ]
    host.load(exchange(open_event(status="draft", programme=programme)))
    assert [each["about"] for each in told(host, "comments")] == ["project"]


def test_ideas_are_told_as_everybody_sees_them(host: Host) -> None:
    """D6: drafts, what waits and what is held are nobody's."""
    with_idea(host)
    named = published(host, "Ein Kiosk", address=BEN, public_name="Ben")
    published(host, "Eine Bühne", address=CEM)
    write_idea(known(host, BEN), "Vielleicht ein Teich", draft="y")
    write_idea(host.client(), "Hunde an die Leine", email="ada@example.org")
    found = told(host, "ideas")
    titles = [each["title"] for each in found]
    assert titles == ["Mehr Bänke", "Ein Kiosk", "Eine Bühne"]
    assert [each["author"] for each in found] == [None, "Ben", None]
    assert found[1]["url"] == f"{BASE_URL}/stadtlabor/de/ideas/{named}/"
    with host.app.app_context():
        hidden = update(Idea).where(Idea.id == named).values(status="hidden")
        host.db.session.execute(hidden)
        host.db.session.commit()
    assert told(host, "ideas")[1] | {"modified": None} == {
        "number": named, "url": f"{BASE_URL}/stadtlabor/de/ideas/{named}/",
        "project": "marktplatz", "status": "hidden", "title": None, "text": None,
        "language": None, "translations": None, "category": None, "place": None, "author": None,
        "supports": 0, "published": found[1]["published"], "modified": None,
        "reason": None, "picture": None, "picture_description": None, "area": None,
    }  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(host.client().get(f"{API}/ideas.csv").text)))
    assert [row["title"] for row in rows] == ["Mehr Bänke", "", "Eine Bühne"]
    for address in ("ideas", "ideas.csv"):
        text = host.client().get(f"{API}/{address}").text
        for secret in ("Kiosk", "Teich", "Leine", BEN, CEM):
            assert secret not in text


def test_pages_take_as_many_statements_and_the_file_has_all(host: Host) -> None:
    idea = with_idea(host)
    number = said(host, idea)
    with statements(host) as few:
        told(host, "comments")
    many(host, number, 1_100)
    with statements(host) as sent:
        last = told(host, "comments", "?page=99")
    assert len(sent) == len(few)
    assert last[-1]["number"] == stored(host)[-1].id
    rows = list(csv.DictReader(io.StringIO(host.client().get(f"{API}/comments.csv").text)))
    assert len({row["number"] for row in rows}) == 1_101


@pytest.mark.one_database
@pytest.mark.parametrize("name", ["ideas", "comments"])
def test_an_answer_is_known_by_its_tag_and_a_page_is_a_number(host: Host, name: str) -> None:
    idea = with_idea(host)
    number = said(host, idea)
    first = host.client().get(f"{API}/{name}")
    again = {"If-None-Match": first.headers["ETag"]}
    assert host.client().get(f"{API}/{name}", headers=again).status_code == 304
    with host.app.app_context():
        host.db.session.execute(update(Idea).values(supports=1))
        host.db.session.execute(update(Comment).where(Comment.id == number).values(agrees=1))
        host.db.session.commit()
    assert host.client().get(f"{API}/{name}", headers=again).status_code == 200
    assert host.client().get(f"{API}/{name}?page=x").status_code == 400

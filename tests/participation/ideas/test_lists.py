"""The list of a project's ideas: orders, search, filters, pages; and what is similar."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from flask_stadtlabor.events.models import Project
from flask_stadtlabor.participation.ideas.models import Idea, IdeaGram
from flask_stadtlabor.participation.ideas.similar import grams
from tests.events.desk import statements
from tests.factories import exchange, project
from tests.forms import fill, page, press
from tests.host import Host
from tests.participation.ideas.desk import (
    BANKS,
    LIST,
    NEW,
    collecting,
    idea_url,
    published,
    shown,
    stored,
    words,
)
from tests.participation.people import MINE, known

SIMILAR = f"{LIST}similar"


def load(host: Host, *titles: str, **changes: object) -> None:
    """Ideas with these titles, one written an hour after the other."""
    ideas = [
        {
            "project": "marktplatz",
            "title": title,
            "text": f"{title}, bitte.",
            "created_at": (host.clock.now - timedelta(days=1) + timedelta(hours=at)).isoformat(),
            **changes,
        }
        for at, title in enumerate(titles)
    ]
    categories = [{"slug": "gruen", "title": {"de": "Grün"}}]
    host.load(exchange(projects=[project(categories=categories)], ideas=ideas))


def titles(host: Host, query: str = "") -> list[str]:
    """The titles that a list shows, in its order."""
    return [each.get_text(strip=True) for each in shown(host.client(), LIST + query).select("h2 a")]


@pytest.mark.one_database
def test_an_empty_list_invites(host: Host) -> None:
    collecting(host)
    assert "Irgendwer muss anfangen." in words(host.client(), LIST)
    link = shown(host.client(), LIST).select_one(".sl-empty a")
    assert link is not None
    assert link["href"] == NEW
    host.clock.move(days=60)
    assert "Im Moment werden keine gesammelt." in words(host.client(), LIST)


def test_ideas_stand_by_their_age_or_by_their_supports(host: Host) -> None:
    load(host, "Ein Kiosk", "Ein Brunnen", "Eine Bühne")
    assert titles(host) == ["Eine Bühne", "Ein Brunnen", "Ein Kiosk"]
    with host.app.app_context():
        host.db.session.execute(update(Idea).where(Idea.title == "Ein Brunnen").values(supports=2))
        host.db.session.commit()
    assert titles(host, "?sort=supported") == ["Ein Brunnen", "Eine Bühne", "Ein Kiosk"]
    assert titles(host, "?sort=nichts") == titles(host)
    chosen = shown(host.client(), f"{LIST}?sort=supported").select("[aria-current=true]")
    assert "Meistunterstützte zuerst" in [each.get_text() for each in chosen]


def test_ideas_are_found_by_words_category_and_language(host: Host) -> None:
    """Folded, as events are: „Bühne“ by „buehne“."""
    load(host, "Eine Bühne", "Ein Kiosk", category="gruen")
    load(host, "A stage", language="en")
    assert titles(host, "?q=buehne+bitte") == ["Eine Bühne"]
    assert titles(host, "?q=100%25") == []
    assert titles(host, "?category=gruen") == ["Ein Kiosk", "Eine Bühne"]
    assert titles(host, "?language=en") == ["A stage"]
    assert titles(host, "?category=gruen&language=en") == []
    assert "Keine Idee passt" in words(host.client(), f"{LIST}?q=nirgends")


def test_a_long_list_has_pages_and_takes_as_many_statements(host: Host) -> None:
    load(host, "Idee eins")
    with statements(host) as few:
        assert host.client().get(LIST).status_code == 200
    load(host, *[f"Idee {number}" for number in range(45)])
    with statements(host) as many:
        assert host.client().get(LIST).status_code == 200
    assert len(many) == len(few)
    assert [len(titles(host, f"?page={number}")) for number in (1, 2, 3)] == [20, 20, 6]
    assert titles(host, "?page=99") == titles(host, "?page=3")
    onward = shown(host.client(), f"{LIST}?sort=supported&page=2").select_one("[rel=next]")
    assert onward is not None
    assert onward["href"] == f"{LIST}?sort=supported&page=3"


@pytest.mark.one_database
def test_a_list_is_known_by_its_tag_until_something_on_it_changes(host: Host) -> None:
    load(host, "Ein Kiosk")
    first = host.client().get(LIST)
    again = {"If-None-Match": first.headers["ETag"]}
    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert host.client().get(LIST, headers=again).status_code == 304
    assert host.client().get(f"{LIST}?sort=supported").headers["ETag"] != first.headers["ETag"]
    with host.app.app_context():
        host.db.session.execute(update(Idea).values(supports=1))
        host.db.session.commit()
    assert host.client().get(LIST, headers=again).status_code == 200


@pytest.mark.one_database
def test_an_address_with_decoration_leads_to_the_one_page(host: Host) -> None:
    load(host, "Ein Kiosk")
    (idea,) = stored(host)
    here = f"/stadtlabor/de/ideas/{idea.id}/"
    for decoration in ("ein-kiosk", "ein-kiosk/"):
        answer = host.client().get(f"{here}{decoration}")
        assert (answer.status_code, answer.location) == (301, here)
    canonical = shown(host.client(), here).select_one("link[rel=canonical]")
    assert canonical is not None
    assert canonical["href"] == f"https://stadt.example{here}"
    assert host.client().get(f"/stadtlabor/de/ideas/{idea.id + 1}/").status_code == 404
    assert host.client().get("/stadtlabor/de/ideas/99999999999999/").status_code == 404


def test_similar_ideas_are_found_while_somebody_types(host: Host) -> None:
    load(host, "Mehr Bänke am Brunnen", "Bänke im Schatten", "Ein Kiosk für alle")
    found = host.client().get(SIMILAR, query_string={"title": "Baenke in den Schatten stellen"})
    assert [each["title"] for each in found.json or ()][:1] == ["Bänke im Schatten"]
    assert "Ein Kiosk für alle" not in found.text
    for nothing in ("", "?", "Fahrradständer"):
        assert host.client().get(SIMILAR, query_string={"title": nothing}).json == []


@pytest.mark.one_database
def test_similar_ideas_are_shown_before_sending_without_a_script(host: Host) -> None:
    load(host, "Bänke im Schatten")
    given = {"title": BANKS, "text": "Bitte.", "email": "ada@example.org"}
    answer = fill(host.client(), NEW, given)
    assert answer.status_code == 200
    told = page(answer).get_text()
    assert "Ist es eine von diesen?" in told
    assert "Nein, meine ist neu: abschicken" in told
    assert page(answer).select_one("[name=title]")["value"] == BANKS  # type: ignore[index]
    assert len(stored(host)) == 1


def test_similar_ideas_of_ten_thousand_are_found_in_three_statements(host: Host) -> None:
    load(host, "Bänke im Schatten")
    with host.app.app_context():
        here = host.db.session.scalars(select(Project.id)).one()
        first = host.db.session.scalars(select(Idea)).one()
        columns = {
            column.name: getattr(first, column.name)
            for column in Idea.__table__.columns
            if column.name != "id"
        }
        many = [
            columns | {"title": f"Idee {number} zu Straße {number % 97}"}
            for number in range(10_000)
        ]
        host.db.session.execute(insert(Idea), many)
        rows = host.db.session.execute(select(Idea.id, Idea.title).where(Idea.id != first.id))
        host.db.session.execute(
            insert(IdeaGram),
            [
                {"project_id": here, "gram": gram, "idea_id": number}
                for number, title in rows.all()
                for gram in grams(title)
            ],
        )
        host.db.session.commit()
    with statements(host) as sent:
        found = host.client().get(SIMILAR, query_string={"title": "Bänke in den Schatten"})
    assert [each["title"] for each in found.json or ()] == ["Bänke im Schatten"]
    about_ideas = [each for each in sent if "stadtlabor_idea" in each]
    assert len(about_ideas) == 3


@pytest.mark.one_database
def test_ones_own_page_names_the_project_of_each_idea(host: Host) -> None:
    collecting(host)
    number = published(host)
    published(host, "Ein Kiosk", "ben@example.org")
    ben = known(host, "ben@example.org")
    for deed in ("support", "follow"):
        press(ben, idea_url(number), f"/{deed}")
    listed = shown(ben, MINE).select(".sl-own-ideas li")
    assert [" ".join(each.get_text(" ").split()) for each in listed] == [
        "Ein Kiosk – Neuer Marktplatz",
        "Mehr Bänke im Schatten – Neuer Marktplatz",
        "Mehr Bänke im Schatten – Neuer Marktplatz",
    ]

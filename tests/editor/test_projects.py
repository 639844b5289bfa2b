"""A project with its phases is edited in the browser: each field, each fault, both editors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from flask_stadtlabor.events.models import Project
from flask_stadtlabor.pictures.models import Picture
from tests.factories import exchange, open_event, project
from tests.forms import fields_of, fill, form_on, page, press, send
from tests.host import Host
from tests.organise.staff import DESK, staff_of, words_of
from tests.participation.comments.desk import said
from tests.pictures.files import WORDS, desk_with, photo, upload

LIST = f"{DESK}projects/"
HERE = f"{LIST}marktplatz/"
PUBLIC = "/stadtlabor/de/projects/marktplatz/"


@pytest.fixture
def desk(host: Host) -> Host:
    host.load(exchange(open_event(projects=["marktplatz"]), projects=[project()]))
    return staff_of(host)


def phases_of(host: Host, slug: str = "marktplatz") -> Any:
    return host.scalar(select(Project.phases).where(Project.slug == slug))


def save(desk: Host, typed: dict[str, str]) -> Any:
    return fill(desk.client(), HERE, typed, action="/marktplatz/")


def test_a_project_is_made_with_its_phases(desk: Host) -> None:
    """An organiser needs no file for it; whoever looks sees it at once."""
    typed = {
        "title.de": "Spielplatz",
        "title.en": "Playground",
        "promise.de": "Gebaut wird im Herbst.",
        "phases[0].slug": "ideen",
        "phases[0].kind": "ideas",
        "phases[0].title.de": "Was fehlt?",
        "phases[0].starts_at": "2026-03-01T08:00",
        "phases[0].ends_at": "2026-04-01T18:00",
        "level": "signed_in",
        "threshold": "25",
        "categories[0].slug": "sand",
        "categories[0].title.de": "Sand",
    }
    made = fill(desk.client(), f"{LIST}new", typed, action="/new")
    assert made.status_code == 303
    (phase,) = phases_of(desk, "spielplatz")
    assert (phase.kind, phase.starts_at, phase.ends_at) == (
        "ideas", "2026-03-01T08:00", "2026-04-01T18:00",
    )  # fmt: skip
    stored = desk.scalar(select(Project.threshold).where(Project.slug == "spielplatz"))
    assert stored == 25
    seen = desk.make().client().get("/stadtlabor/de/projects/spielplatz/").text
    assert "Was fehlt?" in seen
    assert "Gebaut wird im Herbst." in seen
    assert "die eingeloggt sind" in seen


@pytest.mark.one_database
def test_each_field_comes_back_as_it_was_saved(desk: Host) -> None:
    """And saving it once more changes nothing, so that the history stays short."""
    staff = desk.client()
    opened = staff.get(HERE)
    sent = fields_of(form_on(opened, "/marktplatz/"))
    assert sent["phases[0].starts_at"] == "2026-03-01T00:00"
    assert sent["phases[1].kind"] == "discuss"
    before = words_of(staff, f"{HERE}history/")
    assert send(staff, opened, action="/marktplatz/").status_code == 303
    assert words_of(staff, f"{HERE}history/") == before


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        (
            {"phases[0].ends_at": "2026-02-01T00:00"},
            "phases[0].ends_at",
            "The end is before the start.",
        ),
        (
            {"phases[0].ends_at": "2026-04-10T08:01"},
            "phases[1].starts_at",
            "This phase begins before another one is over.",
        ),
        ({"phases[0].starts_at": "2026-03-29T02:30"}, "phases[0].starts_at", "does not exist"),
        ({"phases[1].slug": "ideen"}, "phases[1].slug", "This short name is used twice."),
        ({"phases[0].slug": "nein nein"}, "phases[0].slug", "letters a to z"),
        ({"threshold": "viele"}, "threshold", "Please write a whole number."),
        ({"timezone": "Mars/Olympus"}, "timezone", "There is no such time zone."),
        ({"title.de": "", "title.en": ""}, "title", "Please fill this in."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    desk: Host, typed: dict[str, str], field: str, said: str
) -> None:
    """A4, D4."""
    before = phases_of(desk)
    answer = save(desk, {**typed, "promise.en": "We answer by June."})
    assert answer.status_code == 422
    summary = page(answer).select_one(".sl-errors")
    assert summary is not None
    assert said in summary.get_text()
    name = field.replace("[", "-").replace("].", "-").replace(".", "-")
    assert summary.select_one(f"a[href^='#sl-{name}']") is not None
    sent = fields_of(form_on(answer, "/marktplatz/"))
    assert sent["promise.en"] == "We answer by June."
    assert all(sent[key] == value for key, value in typed.items())
    assert phases_of(desk) == before


@pytest.mark.one_database
def test_of_a_time_that_comes_twice_one_is_chosen(desk: Host) -> None:
    """D4."""
    staff = desk.client()
    asked = fill(staff, HERE, {"phases[1].ends_at": "2026-10-25T02:30"}, action="/marktplatz/")
    assert asked.status_code == 422
    chosen = {"phases[1].ends_at.offset": "+01:00"}
    assert send(staff, asked, chosen, action="/marktplatz/").status_code == 303
    assert phases_of(desk)[1].ends_at == "2026-10-25T02:30+01:00"


@pytest.mark.one_database
def test_two_editors_of_two_phases_both_stand(desk: Host) -> None:
    staff = desk.client()
    first, second = staff.get(HERE), staff.get(HERE)
    action = "/marktplatz/"
    one = send(staff, first, {"phases[0].text.de": "Was hakt?"}, action=action)
    other = send(staff, second, {"phases[1].text.de": "Was zählt?"}, action=action)
    assert (one.status_code, other.status_code) == (303, 303)
    assert [phase.text["de"] for phase in phases_of(desk)] == ["Was hakt?", "Was zählt?"]


@pytest.mark.one_database
def test_a_phase_is_moved_and_taken_out(desk: Host) -> None:
    assert save(desk, {"phases[1].position": "1"}).status_code == 303
    assert [phase.slug for phase in phases_of(desk)] == ["reden", "ideen"]
    assert save(desk, {"phases[0].remove": "true"}).status_code == 303
    assert [phase.slug for phase in phases_of(desk)] == ["ideen"]


@pytest.mark.one_database
def test_the_history_says_what_changed_and_leads_back(desk: Host) -> None:
    staff = desk.client()
    save(desk, {"phases[0].ends_at": "2026-04-05T00:00"})
    told = words_of(staff, f"{HERE}history/2/").replace("\xa0", " ")
    assert "Sunday, 5 April 2026, 00:00" in told
    assert "Wednesday, 1 April 2026, 00:00" in told
    assert press(staff, f"{HERE}history/1/", "/restore").status_code == 303
    assert phases_of(desk)[0].ends_at == "2026-04-01T00:00"


@pytest.mark.one_database
def test_a_picture_is_uploaded_shown_and_withdrawn(host: Host, tmp_path: Path) -> None:
    """By the same rules as that of an event."""
    desk = desk_with(host, tmp_path / "pictures")
    desk.load(exchange(projects=[project()]))
    staff, stranger = desk.client(), desk.make().client()
    bare = upload(staff, photo(), to=HERE)
    assert bare.status_code == 422
    assert "what the picture shows" in bare.text
    assert upload(staff, photo(), WORDS, to=HERE).status_code == 303
    shown = page(stranger.get(PUBLIC)).select_one("img.sl-picture")
    assert shown is not None
    assert shown["alt"] == "Die Halle am Abend"
    number = desk.scalar(select(Picture.id))
    assert "A new market square" in words_of(staff, f"{DESK}pictures/{number}/")
    assert page(staff.get(f"{DESK}pictures/{number}/")).select("form[action$='/delete']") == []
    assert press(staff, f"{DESK}pictures/{number}/", "/withdraw").status_code == 303
    assert page(stranger.get(PUBLIC)).select_one("img.sl-picture") is None
    assert desk.scalar(select(Project.image)) is None
    assert "Picture withdrawn" in words_of(staff, f"{HERE}history/")


@pytest.mark.one_database
def test_a_picture_that_cannot_be_read_keeps_what_else_was_typed(
    host: Host, tmp_path: Path
) -> None:
    desk = desk_with(host, tmp_path / "pictures")
    desk.load(exchange(projects=[project()]))
    staff = desk.client()
    typed = {**WORDS, "title.en": "A better market square"}
    refused = upload(staff, b"no picture", typed, to=HERE)
    assert refused.status_code == 422
    assert "A better market square" in words_of(desk.make().client(), "/stadtlabor/en/projects/")
    shown = page(refused)
    assert "is saved" in shown.get_text(" ")
    again = upload(staff, photo(), WORDS, opened=refused, to=HERE)
    assert again.status_code == 303
    assert desk.scalar(select(Project.image)) is not None


@pytest.mark.one_database
def test_a_picture_that_is_none_keeps_what_was_typed(host: Host, tmp_path: Path) -> None:
    desk = desk_with(host, tmp_path / "pictures")
    desk.load(exchange(projects=[project()]))
    answer = upload(desk.client(), b"no picture", {**WORDS, "promise.de": "Bald."}, to=HERE)
    assert answer.status_code == 422
    assert "This file is no picture" in answer.text
    assert "Bald." in answer.text


def test_a_project_in_which_people_have_written_stays(host: Host) -> None:
    """Nobody's idea goes with a click on a list; on PostgreSQL it would be an error page."""
    idea = {"project": "marktplatz", "title": "Ein Baum", "text": "Er gibt Schatten."}
    host.load(exchange(projects=[project()], ideas=[idea | {"language": "de"}]))
    refused = press(staff_of(host).client(), HERE, "/remove")
    assert refused.status_code == 422
    assert "People have written 1 idea here, so it stays." in refused.text
    assert phases_of(host)


@pytest.mark.one_database
def test_so_does_a_project_on_which_people_have_commented(host: Host) -> None:
    host.load(exchange(projects=[project()]))
    said(host, "/stadtlabor/de/projects/marktplatz/comments/", form="new")
    refused = press(staff_of(host).client(), HERE, "/remove")
    assert refused.status_code == 422
    assert "People have commented on it, so it stays." in refused.text

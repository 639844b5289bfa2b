"""Somebody adds a picture to their idea; who sees it, and when nobody does any more."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from flask_stadtlabor import Actor
from flask_stadtlabor.participation.ideas.models import IdeaStatus
from flask_stadtlabor.pictures import processing
from flask_stadtlabor.pictures.models import Picture
from tests.forms import fill, form_on, page, press, send
from tests.host import Host
from tests.organise.staff import DESK
from tests.participation.ideas.desk import (
    BANKS,
    LIST,
    NEW,
    collecting,
    idea_url,
    shown,
    stored,
    words,
)
from tests.participation.ideas.pictures import send_with
from tests.participation.moderation.desk import decide, hide, text_url
from tests.participation.people import MINE, known, link_in
from tests.pictures.files import photo, turned

ALT = "Eine Bank unter der Linde"
SAID = {"title": BANKS, "text": "Am Brunnen fehlen Bänke."}


@pytest.fixture
def portal(host: Host, tmp_path: Path) -> Host:
    """A portal that keeps pictures, with a project that collects ideas."""
    return with_pictures(host, tmp_path)


def with_pictures(host: Host, tmp_path: Path, **ports: Any) -> Host:
    folder_in(tmp_path).mkdir(exist_ok=True)
    other = host.make(STADTLABOR_PICTURES=str(folder_in(tmp_path)), ports=ports or None)
    other.clock = host.clock
    collecting(other)
    return other


def folder_in(tmp_path: Path) -> Path:
    return tmp_path / "bilder"


def write(browser: FlaskClient, content: bytes | None = None, **given: Any) -> TestResponse:
    """Write an idea with a picture."""
    said = {**SAID, "picture_alt": ALT, **given}
    return send_with(browser, browser.get(NEW), content or photo(), **said)


def picture_of(host: Host, number: int = -1) -> str:
    """The name of the picture of an idea."""
    name = stored(host)[number].picture
    assert name is not None
    return name


def file_of(host: Host, name: str) -> int:
    """The status of the largest file of a picture, for anybody."""
    width = name.partition("-")[2].partition("x")[0]
    return host.client().get(f"/stadtlabor/pictures/{name}/{width}.jpg").status_code


def files(tmp_path: Path) -> list[Path]:
    return [path for path in folder_in(tmp_path).rglob("*") if path.is_file()]


def problems(answer: TestResponse) -> str:
    return " ".join(node.get_text(" ", strip=True) for node in page(answer).select(".sl-errors"))


@pytest.mark.one_database
def test_an_idea_with_a_picture_is_shown_with_it(portal: Host, tmp_path: Path) -> None:
    """On its page, in the list, as the image for other sites, and in the open data."""
    assert write(known(portal), turned()).status_code == 303
    name, number = picture_of(portal), stored(portal)[-1].id
    assert name.endswith("-400x600")
    for path in files(tmp_path):
        with Image.open(path) as opened:
            assert not opened.getexif()
        assert b"Mrs Example" not in path.read_bytes()
    anybody = portal.client()
    own = shown(anybody, idea_url(number))
    image = own.select_one(".sl-idea-picture img")
    assert image is not None
    assert (image["alt"], name in str(image["src"])) == (ALT, True)
    og, alt = (own.select_one(f"meta[property='og:image{end}']") for end in ("", ":alt"))
    assert og is not None
    assert alt is not None
    assert (name in str(og["content"]), alt["content"]) == (True, ALT)
    assert shown(anybody, LIST).select_one(f".sl-ideas img[src*='{name}']") is not None
    told = anybody.get("/stadtlabor/api/v1/ideas").get_json()["ideas"][0]
    assert (name in told["picture"], told["picture_description"]) == (True, ALT)
    assert file_of(portal, name) == 200


@pytest.mark.one_database
def test_a_picture_without_a_description_is_kept_and_asked_about(portal: Host) -> None:
    """Nobody chooses the file again: the second try sends the words alone."""
    ada = known(portal)
    first = write(ada, picture_alt="")
    assert first.status_code == 422
    assert "Bitte sage in einem Satz, was auf dem Bild zu sehen ist." in problems(first)
    assert page(first).select_one("form .sl-idea-picture img") is not None
    assert send_with(ada, first, None, picture_alt=ALT).status_code == 303
    assert stored(portal)[-1].picture_alt == ALT
    assert file_of(portal, picture_of(portal)) == 200


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "bank.svg", "kein Bild"),
        (bytes(processing.LARGEST_FILE + 1), "bank.jpg", "größer als 16"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(
    portal: Host, tmp_path: Path, content: bytes, name: str, sentence: str
) -> None:
    ada = known(portal)
    answer = send_with(ada, ada.get(NEW), content, name=name, **SAID, picture_alt=ALT)
    assert answer.status_code == 422
    assert sentence in problems(answer)
    assert form_on(answer, "/new").select_one(f"[name=title][value='{BANKS}']") is not None
    assert not files(tmp_path)


@pytest.mark.one_database
def test_a_picture_that_somebody_else_sent_is_not_taken(portal: Host) -> None:
    """What the form of one person carries is worth nothing in that of another, or of another
    idea."""
    ada, ben = known(portal), known(portal, "ben@example.org")
    kept = form_on(write(ada, picture_alt=""), "/new").select_one("[name=picture_kept]")
    assert kept is not None
    stolen = {"picture_kept": kept["value"], "picture_alt": ALT}
    assert fill(ben, NEW, {**SAID, **stolen}).status_code == 303
    assert stored(portal)[-1].picture is None
    assert fill(ada, NEW, {**SAID, "title": "Ein Kiosk"}).status_code == 303
    assert fill(ada, idea_url(stored(portal)[-1].id, "edit"), stolen).status_code == 303
    assert stored(portal)[-1].picture is None


@pytest.mark.one_database
def test_one_picture_stands_with_one_idea(portal: Host) -> None:
    """The form that was sent is sent again with another title: the picture is chosen anew."""
    ada = known(portal)
    form = write(ada, picture_alt="")
    assert send_with(ada, form, None, picture_alt=ALT).status_code == 303
    assert send_with(ada, form, None, picture_alt=ALT).status_code == 303
    assert len(stored(portal)) == 1
    again = send_with(ada, form, None, picture_alt=ALT, title="Ganz anders: Liegewiesen")
    assert again.status_code == 422
    assert "Bitte wähle das Bild noch einmal aus." in problems(again)
    assert len(stored(portal)) == 1


@pytest.mark.one_database
def test_nothing_of_a_stranger_is_stored(portal: Host, tmp_path: Path) -> None:
    """They add a picture once they opened their link, before they publish."""
    stranger = portal.client()
    opened = stranger.get(NEW)
    assert page(opened).select_one("[name=picture]") is None
    assert "sobald du den Link in unserer Mail geöffnet hast" in opened.text
    said = {**SAID, "email": "eve@example.org"}
    assert send_with(stranger, opened, photo(), **said).status_code == 303
    assert not files(tmp_path)
    assert portal.scalar(select(func.count(Picture.id))) == 0
    stranger.get(link_in(portal.mails()[-1]))
    edit = idea_url(stored(portal)[-1].id, "edit")
    for seen in (MINE, idea_url(stored(portal)[-1].id)):
        link = shown(stranger, seen).select_one(f"a[href='{edit}']")
        assert "Ändern oder ein Bild hinzufügen" in link.text
    answer = send_with(stranger, stranger.get(edit), photo(), picture_alt=ALT)
    assert answer.status_code == 303
    press(stranger, idea_url(stored(portal)[-1].id), "/publish")
    assert stored(portal)[-1].status == IdeaStatus.PUBLISHED
    assert file_of(portal, picture_of(portal)) == 200


def test_an_author_replaces_the_picture_and_takes_it_out(portal: Host, tmp_path: Path) -> None:
    """The old one is not served any more, and its files go with the next round."""
    ada = known(portal)
    write(ada)
    first, edit = picture_of(portal), idea_url(stored(portal)[-1].id, "edit")
    assert send_with(ada, ada.get(edit), photo(700, 500)).status_code == 303
    second = picture_of(portal)
    assert second != first
    assert (file_of(portal, first), file_of(portal, second)) == (404, 200)
    assert fill(ada, edit, {"picture_remove": "y"}).status_code == 303
    assert (stored(portal)[-1].picture, stored(portal)[-1].picture_alt) == (None, None)
    assert file_of(portal, second) == 404
    assert portal.run("outbox", "run").exit_code == 0
    assert not files(tmp_path)


@pytest.mark.one_database
def test_a_picture_that_was_not_sent_off_is_forgotten(portal: Host, tmp_path: Path) -> None:
    write(known(portal), picture_alt="")
    assert files(tmp_path)
    portal.clock.move(days=2)
    assert portal.run("outbox", "run").exit_code == 0
    assert not files(tmp_path)


def test_a_hidden_idea_takes_its_picture_along(portal: Host, tmp_path: Path) -> None:
    """Also its author sees it no more; it comes back with the idea."""
    ada = known(portal)
    write(ada)
    name, number = picture_of(portal), stored(portal)[-1].id
    moderator = moderating(portal, tmp_path)
    desk = text_url(number)
    assert page(moderator.get(desk)).select_one(f"img[src*='{name}']") is not None
    assert hide(moderator, number).status_code == 303
    assert file_of(portal, name) == 404
    assert page(ada.get(idea_url(number))).select_one(".sl-idea-picture") is None
    again = page(moderator.get(desk))
    assert again.select_one(f"img[src*='{name}']") is None
    assert ALT in again.get_text()
    told = portal.client().get("/stadtlabor/api/v1/ideas").get_json()["ideas"][0]
    assert (told["picture"], told["picture_description"]) == (None, None)
    assert decide(moderator, number, "restored", reasons="Doch nicht.").status_code == 303
    assert file_of(portal, name) == 200


def test_nobody_publishes_a_picture_that_they_have_not_seen(portal: Host, tmp_path: Path) -> None:
    """Nor a description of it; then the moderator sees it anew first."""
    collecting(portal, holds_first_posts=True)
    ada = known(portal)
    write(ada)
    number = stored(portal)[-1].id
    moderator = moderating(portal, tmp_path)
    collecting(portal, holds_first_posts=True)
    edit = idea_url(number, "edit")
    opened = moderator.get(text_url(number))
    assert send_with(ada, ada.get(edit), photo(700, 500)).status_code == 303
    late = send(moderator, opened, {"measure": "released"})
    assert late.status_code == 409
    assert page(late).select_one(f"img[src*='{picture_of(portal)}']") is not None
    assert fill(ada, edit, {"picture_alt": "Kauft Uhren!"}).status_code == 303
    later = send(moderator, late, {"measure": "released"})
    assert (later.status_code, stored(portal)[-1].status) == (409, "held")
    assert "Kauft Uhren!" in page(later).get_text()
    assert send(moderator, later, {"measure": "released"}).status_code == 303


def moderating(portal: Host, tmp_path: Path) -> FlaskClient:
    """The browser of a member of the team, who has all rights."""
    ports = {"actor": lambda: Actor("staff:1", "Otto Orga"), "policy": lambda *asked: True}
    return with_pictures(portal, tmp_path, **ports).client()


@pytest.mark.one_database
def test_the_team_sees_whose_a_picture_is_and_withdraws_it(portal: Host, tmp_path: Path) -> None:
    """The file is not taken again, in another idea neither."""
    ada = known(portal)
    write(ada)
    name = picture_of(portal)
    staff = moderating(portal, tmp_path)
    listed = page(staff.get(f"{DESK}pictures/"))
    assert BANKS in listed.get_text()
    number = portal.scalar(select(Picture.id))
    one = page(staff.get(f"{DESK}pictures/{number}/"))
    assert one.select_one("form[action$='/delete']") is None
    press(staff, f"{DESK}pictures/{number}/", "/withdraw")
    assert stored(portal)[-1].picture is None
    assert file_of(portal, name) == 410
    assert not files(tmp_path)
    again = write(ada, title="Ein Kiosk")
    assert again.status_code == 422
    assert "zurückgezogen" in problems(again)


@pytest.mark.one_database
def test_the_team_does_not_see_the_picture_of_a_draft(portal: Host, tmp_path: Path) -> None:
    write(known(portal), draft="y")
    listed = page(moderating(portal, tmp_path).get(f"{DESK}pictures/"))
    assert BANKS not in listed.get_text()
    assert listed.select_one(".sl-pictures img") is None


@pytest.mark.one_database
@pytest.mark.parametrize("texts", ["stay", "go"])
def test_whoever_is_erased_leaves_no_picture(portal: Host, tmp_path: Path, texts: str) -> None:
    """Whether their words stay or not; until then their file names it."""
    ada = known(portal)
    write(ada)
    name = picture_of(portal)
    told = ada.get(f"{MINE}data.json").get_json()["participations"][0]["ideas"][0]
    assert (name in told["picture"], told["picture_alt"]) == (True, ALT)
    assert fill(ada, f"{MINE}erase", {"texts": texts}).status_code == 303
    assert file_of(portal, name) == 404
    assert (stored(portal)[-1].picture, stored(portal)[-1].picture_alt) == (None, None)
    assert portal.run("outbox", "run").exit_code == 0
    assert not files(tmp_path)


@pytest.mark.one_database
def test_a_deleted_draft_takes_its_picture_along(portal: Host, tmp_path: Path) -> None:
    ada = known(portal)
    write(ada, draft="y")
    name = picture_of(portal)
    asks = idea_url(stored(portal)[-1].id, "delete")
    assert "dein Name und das Bild" in words(ada, asks)
    press(ada, asks, "/delete")
    assert file_of(portal, name) == 404
    portal.run("outbox", "run")
    assert not files(tmp_path)


@pytest.mark.one_database
def test_very_many_pictures_are_too_many(host: Host, tmp_path: Path) -> None:
    folder_in(tmp_path).mkdir()
    lent = host.make(
        STADTLABOR_PICTURES=str(folder_in(tmp_path)),
        STADTLABOR_RATE_LIMITS={"picture": "1 per day"},
    )
    collecting(lent)
    ada = known(lent)
    assert write(ada, picture_alt="").status_code == 422
    again = write(ada, photo(700, 500))
    assert again.status_code == 422
    assert "sehr viele Bilder" in problems(again)


@pytest.mark.one_database
def test_a_forged_form_stores_nothing(portal: Host, tmp_path: Path) -> None:
    ada = known(portal)
    data = {**SAID, "picture_alt": ALT, "picture": FileStorage(BytesIO(photo()), "bank.jpg")}
    assert ada.post(NEW, data=data, content_type="multipart/form-data").status_code == 422
    assert not files(tmp_path)


@pytest.mark.one_database
@pytest.mark.parametrize("lacks", ["Pillow", "the setting"])
def test_where_pictures_cannot_be_stored_the_field_is_not_there(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lacks: str
) -> None:
    """An idea that has a picture keeps it when it is changed."""
    portal = with_pictures(host, tmp_path)
    ada = known(portal)
    write(ada)
    name, edit = picture_of(portal), idea_url(stored(portal)[-1].id, "edit")
    if lacks == "Pillow":
        monkeypatch.setattr(processing, "is_installed", lambda: False)
        without = portal
    else:
        without = host
        ada = known(without)
    opened = ada.get(edit)
    assert opened.status_code == 200
    assert page(opened).select_one("[name^=picture]") is None
    assert send(ada, opened, {"text": "Lieber Stühle."}).status_code == 303
    assert stored(portal)[-1].picture == name
    assert stored(portal)[-1].picture_alt == ALT
    stranger = without.client().get(NEW).text
    assert "sobald du den Link in unserer Mail geöffnet hast" not in stranger

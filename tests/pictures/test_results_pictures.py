"""Pictures of what came of an event: uploaded like the event's own, and shown with the results."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.pictures.models import Picture
from tests.factories import open_event
from tests.forms import form_on, page, press, typed_into
from tests.host import Host
from tests.organise.staff import DESK, HERE, words_of
from tests.pictures.files import desk_with, photo

pytestmark = pytest.mark.one_database
RESULTS = f"{HERE}results"
PUBLIC = "/stadtlabor/en/events/plattform/"
FIRST, SECOND = "results.pictures[0]", "results.pictures[1]"


@pytest.fixture
def desk(host: Host, tmp_path: Path) -> Host:
    """The day after the event, with something said of it."""
    results = {"text": {"de": "Der Radweg kommt.", "en": "The cycle path will be built."}}
    made = desk_with(host, tmp_path / "pictures", open_event(results=results))
    host.clock.move(days=52)
    return made


def send(staff: FlaskClient, files: dict[str, bytes], given: dict[str, Any]) -> TestResponse:
    """Fill in the page of the results and send it, with files."""
    data: dict[str, Any] = dict(typed_into(form_on(staff.get(RESULTS), "/results"), given).items())
    for name, content in files.items():
        data[name] = FileStorage(BytesIO(content), "bild.jpg")
    boundary, body = encode_multipart(data)
    kind = f'multipart/form-data; boundary="{boundary}"'
    return staff.post(RESULTS, data=body, content_type=kind)


def described(way: str, words: str) -> dict[str, str]:
    return {f"{way}.alt.de": words, f"{way}.alt.en": words, f"{way}.credit.en": "Ayşe"}


def shown(desk: Host) -> list[str]:
    """What the public page says of the pictures of the results."""
    pictures = page(desk.client().get(PUBLIC)).select(".sl-results img")
    return [str(picture["alt"]) for picture in pictures]


def upload_two(desk: Host) -> None:
    staff = desk.client()
    first = send(staff, {f"{FIRST}.file": photo()}, described(FIRST, "A map"))
    assert first.location == f"{RESULTS}?now=saved"
    second = send(staff, {f"{SECOND}.file": photo(600, 900)}, described(SECOND, "A group"))
    assert second.location == f"{RESULTS}?now=saved"


def publish(desk: Host) -> None:
    assert press(desk.client(), f"{HERE}publish", "/publish").status_code == 303


def test_pictures_are_uploaded_one_after_the_other_and_shown_in_order(desk: Host) -> None:
    """Case 13: pictures stand with minutes, links and who wrote it."""
    upload_two(desk)
    assert shown(desk) == []
    publish(desk)
    assert shown(desk) == ["A map", "A group"]
    seen = page(desk.client().get(PUBLIC))
    assert [note.get_text() for note in seen.select(".sl-results figcaption")] == ["Ayşe", "Ayşe"]
    assert "sl-picture" in str(seen.select_one(".sl-results img"))
    assert seen.select("link[href*='picture.css']")
    for picture in seen.select(".sl-results img"):
        assert desk.client().get(str(picture["src"])).status_code == 200
    given = {f"{SECOND}.position": "1"}
    assert send(desk.client(), {}, given).status_code == 303
    publish(desk)
    assert shown(desk) == ["A group", "A map"]


def test_an_empty_row_makes_no_picture(desk: Host) -> None:
    staff = desk.client()
    assert send(staff, {}, {"results.text.en": "Done."}).status_code == 303
    publish(desk)
    results = desk.scalar(select(Event.results))
    assert results is not None
    assert results.pictures == ()


def test_without_a_description_it_is_refused_and_kept(desk: Host) -> None:
    """The second try sends the words alone, as on the page of the event's own picture."""
    staff = desk.client()
    refused = send(staff, {f"{FIRST}.file": photo()}, {f"{FIRST}.credit.en": "Ayşe"})
    assert refused.status_code == 422
    link = page(refused).select_one(".sl-errors a")
    assert link is not None
    assert "what the picture shows" in link.get_text()
    assert link["href"] == "#sl-results-pictures-0-alt-de"
    kept = page(refused).select_one(f"input[name='{FIRST}.picture']")
    assert kept is not None
    assert str(kept["value"]).endswith("-1200x800")
    with desk.app.app_context():
        name = desk.db.session.scalars(select(Picture)).one().uploaded.name
    assert kept["value"] == name


def test_one_that_is_no_picture_is_told_at_its_field_and_the_other_is_kept(desk: Host) -> None:
    staff = desk.client()
    files = {f"{FIRST}.file": b"no picture"}
    answer = send(staff, files, {"results.by.en": "The team", **described(FIRST, "A map")})
    assert answer.status_code == 422
    link = page(answer).select_one(".sl-errors a")
    assert link is not None
    assert "no picture that can be shown" in link.get_text()
    assert link["href"] == "#sl-results-pictures-0-picture"
    assert "The team" in staff.get(RESULTS).text


def test_whoever_looks_at_the_texts_is_told_that_the_file_was_not_kept(desk: Host) -> None:
    staff = desk.client()
    opened = form_on(staff.get(RESULTS), "/results")
    data: dict[str, Any] = dict(typed_into(opened, {}).items())
    data[f"{FIRST}.file"] = FileStorage(BytesIO(photo(3000, 3000)), "bild.jpg")
    boundary, body = encode_multipart(data)
    kind = f'multipart/form-data; boundary="{boundary}"'
    answer = staff.post(f"{HERE}edit/results/preview", data=body, content_type=kind)
    assert answer.status_code == 200
    assert "Please choose the picture once more." in answer.text


def test_a_withdrawn_picture_is_gone_from_the_results_and_from_their_draft(desk: Host) -> None:
    upload_two(desk)
    publish(desk)
    staff = desk.client()
    assert send(staff, {}, {"results.by.en": "The team"}).status_code == 303
    listed = page(staff.get(f"{DESK}pictures/"))
    assert len(listed.select(".sl-pictures > li a[href*='/events/plattform/']")) == 2
    assert press(staff, f"{DESK}pictures/1/", "/withdraw").status_code == 303
    assert shown(desk) == ["A group"]
    kept = page(staff.get(RESULTS)).select("input[name$='.picture'][value]:not([value=''])")
    assert len(kept) == 1
    publish(desk)
    assert shown(desk) == ["A group"]


def test_the_page_before_publishing_names_a_picture_without_words(desk: Host) -> None:
    """One by its address may stand without words; the page says so with the way to the field."""
    staff = desk.client()
    given = {f"{FIRST}.url": "/bilder/karte.jpg"}
    assert send(staff, {}, given).status_code == 303
    assert "The picture has no description" in words_of(staff, f"{HERE}review")
    publish(desk)
    seen = page(desk.client().get(PUBLIC)).select_one(".sl-results img")
    assert seen is not None
    assert seen["src"] == "/bilder/karte.jpg"

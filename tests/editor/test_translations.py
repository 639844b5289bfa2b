"""Texts of coming events go to translators as a PO file, and come back into drafts."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po
from flask.testing import FlaskClient
from sqlalchemy import select

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.text import LONGEST_MARKDOWN
from tests.factories import event, exchange, open_event
from tests.forms import fields_of, fill, form_on, page, send
from tests.host import Host
from tests.organise.staff import DESK, HERE, staff_of, words_of

pytestmark = pytest.mark.one_database

ENGLISH = f"{DESK}languages/en/"
TOPIC = "events/plattform/topic"


@pytest.fixture
def desk(host: Host) -> Host:
    host.load(exchange(open_event(topic={"de": "Beteiligung"}), event("andere")))
    return staff_of(host)


def catalog(staff: FlaskClient, **asked: str) -> Catalog:
    answer = staff.get(f"{ENGLISH}texts.po", query_string=asked)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    return read_po(BytesIO(answer.data))


def written(done: Catalog) -> bytes:
    file = BytesIO()
    write_po(file, done, width=0)
    return file.getvalue()


def translated(staff: FlaskClient, **words: str) -> bytes:
    """The file with translations, by the last part of where they stand."""
    done = catalog(staff)
    for message in done:
        name = str(message.context or "").rpartition("/")[2]
        if name in words and "plattform" in str(message.context):
            message.string = words[name]
    return written(done)


def upload(staff: FlaskClient, data: bytes, **given: str) -> Any:
    token = fields_of(form_on(staff.get(ENGLISH)))["csrf_token"]
    sent = {"csrf_token": token, **given, "file": (BytesIO(data), "texts.po")}
    return staff.post(ENGLISH, data=sent, content_type="multipart/form-data")


def test_a_file_goes_out_and_comes_back_into_a_draft(desk: Host) -> None:
    """What would change is shown before; nobody but staff sees it until it is published."""
    staff = desk.client()
    seen = upload(staff, translated(staff, topic="Taking part"))
    assert seen.status_code == 200
    told = page(seen).select_one(".sl-edit-changes")
    assert told is not None
    assert [tag.get_text() for tag in told.select("dt, ins")] == [
        "Topic › English", "now: Taking part",
    ]  # fmt: skip
    assert "Taking part" not in staff.get(f"{HERE}edit/text").text
    assert send(staff, seen).status_code == 303
    assert "Taking part" in staff.get(f"{HERE}edit/text").text
    assert "Taking part" in words_of(staff, f"{HERE}review")
    assert desk.scalar(select(Event.topic).where(Event.slug == "plattform")).to_json() == {
        "de": "Beteiligung"
    }
    assert "Taking part" in written(catalog(staff)).decode()


def test_one_event_alone_goes_out_by_its_name(desk: Host) -> None:
    staff = desk.client()
    contexts = {str(message.context) for message in catalog(staff, event="andere") if message.id}
    assert {context.split("/")[1] for context in contexts} == {"andere"}
    assert staff.get(f"{ENGLISH}texts.po?event=keins").status_code == 404


def test_what_cannot_be_placed_is_named(desk: Host) -> None:
    """A text that reads otherwise by now, one that is gone, one that nobody has confirmed."""
    staff = desk.client()
    done = catalog(staff)
    for message in done:
        if message.context == TOPIC:
            message.string = "Taking part"
            message.flags.add("fuzzy")
    done.add("Weg", "Gone", context="events/weg/title")
    done.add("Anders", "Other", context="events/plattform/title")
    seen = page(upload(staff, written(done)))
    assert [place.get_text() for place in seen.select("li code")] == [
        "events/plattform/title", "events/weg/title",
    ]  # fmt: skip
    assert "1 text is left out, because it is marked as fuzzy." in seen.get_text()
    assert not seen.select(".sl-edit-changes")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Please choose a file."),
        (b"nothing of that kind", "The file cannot be read from line 1 on."),
        (b'msgid "a"\nmsgstr "\xff"\n', "The file cannot be read from line 2 on."),
        (b'msgid ""\nmsgstr "Language: pl\\n"\n', "another language than English"),
        (b"#" * 400_001, "The file is too large"),
    ],
)
def test_a_file_that_is_none_is_refused_with_a_sentence(desk: Host, data: bytes, said: str) -> None:
    refused = upload(desk.client(), data)
    assert refused.status_code == 422
    assert said in page(refused).get_text()


def test_each_fault_of_a_translation_is_named_and_nothing_is_saved(desk: Host) -> None:
    staff = desk.client()
    text = translated(staff, topic="Fine", summary="a" * (LONGEST_MARKDOWN + 1))
    refused = upload(staff, text)
    assert refused.status_code == 422
    told = page(refused).select_one(".sl-errors")
    assert told is not None
    assert "Have your say online: In short" in told.get_text()
    assert "Fine" not in staff.get(f"{HERE}edit/text").text


def test_a_stale_token_or_another_change_saves_nothing(desk: Host) -> None:
    staff = desk.client()
    data = translated(staff, topic="Taking part")
    assert upload(staff, data, csrf_token="x").status_code == 422
    seen = upload(staff, data)
    fill(staff, f"{HERE}edit/text", {"topic.en": "Otherwise"}, action="/text")
    again = send(staff, seen)
    assert again.status_code == 409
    assert "Otherwise" in staff.get(f"{HERE}edit/text").text
    assert send(staff, again).status_code == 303
    assert "Taking part" in staff.get(f"{HERE}edit/text").text


def test_only_events_that_one_may_edit_go_out_and_come_back(desk: Host) -> None:
    data = translated(desk.client(), topic="Taking part")
    other = staff_of(desk, only="andere").client()
    assert {str(m.context).split("/")[1] for m in catalog(other) if m.id} == {"andere"}
    seen = page(upload(other, data))
    assert not seen.select(".sl-edit-changes")
    assert TOPIC in [place.get_text() for place in seen.select("li code")]


def test_a_language_of_no_page_has_no_file(desk: Host) -> None:
    staff = desk.client()
    for language in ("de", "pl", "xx"):
        assert staff.get(f"{DESK}languages/{language}/").status_code == 404
        assert staff.get(f"{DESK}languages/{language}/texts.po").status_code == 404


def test_a_forged_package_is_no_file(desk: Host) -> None:
    staff = desk.client()
    token = fields_of(form_on(staff.get(ENGLISH)))["csrf_token"]
    for text in ("x", "eA==", "é"):
        sent = {"csrf_token": token, "packed": text, "shown": "x"}
        assert staff.post(ENGLISH, data=sent).status_code == 422


def test_no_id_stands_twice_on_the_page(desk: Host) -> None:
    staff = desk.client()
    shown = page(upload(staff, translated(staff, topic="Taking part")))
    ids = [tag["id"] for tag in shown.select("[id]")]
    assert len(ids) == len(set(ids))

"""A field that is written once is in form, document, faults and export."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.editor.binding import Binding
from flask_stadtlabor.editor.description import PAGES, blank, describe, on_page
from flask_stadtlabor.editor.faults import field_faults
from flask_stadtlabor.editor.page_fields import Box, PageFields, boxes_of
from flask_stadtlabor.editor_field import EditorField
from flask_stadtlabor.events.content import EMPTY
from flask_stadtlabor.exchange.columns import EVENT_SHARED
from flask_stadtlabor.exchange.entries import EventEntry
from flask_stadtlabor.exchange.exporting import file_of
from flask_stadtlabor.exchange.field_types import Number
from flask_stadtlabor.exchange.merging import differences, merge
from flask_stadtlabor.exchange.saving import whole
from flask_stadtlabor.i18n import lazy, use_language
from tests.factories import open_event, question
from tests.host import Host

pytestmark = pytest.mark.one_database


class WithDressCode(EventEntry):
    """An event with two fields more than there are."""

    dress_code: Annotated[LocalizedText, EditorField(lazy("Title"), page="text")] = EMPTY
    coat_hooks: Annotated[Number, EditorField(lazy("Seats"), page="place", input="number")] = 0


def document(**changes: Any) -> dict[str, Any]:
    return whole(EventEntry.model_validate(open_event(**changes)))


def bound_names(
    before: dict[str, Any], page: str, posted: dict[str, Any], *, whole: bool = True
) -> dict[str, Any]:
    sent = {name: [value] for name, value in posted.items()}
    binding = Binding(sent, locales=("de", "en"), zone="Europe/Berlin", whole=whole)
    return binding.bind(on_page(EventEntry, page), before)


def names(host: Host, model: type[EventEntry], page: str, value: dict[str, Any]) -> list[str]:
    with host.app.app_context():
        fields = PageFields(locales=("de", "en"), choices={}, zone="Europe/Berlin").of(
            on_page(model, page), value
        )
        return [box.name for box in boxes_of(fields) if isinstance(box, Box)]


def test_a_new_field_is_written_once(host: Host) -> None:
    """Its annotation alone brings it into form, document, faults and export."""
    entry = WithDressCode.model_validate(open_event())
    assert {"dress_code.de", "dress_code.en"} <= {*names(host, WithDressCode, "text", whole(entry))}
    assert "coat_hooks" in names(host, WithDressCode, "place", whole(entry))
    sent = {"dress_code.de": ["Gummistiefel"], "coat_hooks": ["-1"]}
    binding = Binding(sent, locales=("de", "en"), zone="Europe/Berlin", whole=False)
    written = binding.bind(describe(WithDressCode), whole(entry))
    with host.app.app_context(), use_language("en"):
        faults = dict(field_faults(WithDressCode, written, "Europe/Berlin"))
    assert faults == {"coat_hooks": "“Seats”: 0 or more, please."}
    mended = WithDressCode.model_validate(written | {"coat_hooks": 3})
    (exported,) = file_of({"events": [mended]})["events"]
    assert exported["dress_code"] == {"de": "Gummistiefel"}
    assert exported["coat_hooks"] == 3


def test_every_field_stands_on_a_page_that_there_is() -> None:
    """None can be forgotten: all keys but those that nobody edits by hand."""
    on_pages = {item.name for page in PAGES for item in on_page(EventEntry, page, "cancelled")}
    assert on_pages == set(EventEntry.model_fields) - {"slug", "status"}
    assert "topic" in EVENT_SHARED
    assert "starts_at" not in EVENT_SHARED


def test_what_a_page_does_not_show_stays(host: Host) -> None:
    before = document(registration={"questions": [question("woher")]})
    after = bound_names(before, "text", {"title.de": "Neu"})
    assert after["title"] == {"de": "Neu", "en": "Have your say online"}
    assert {key for key in after if after[key] != before[key]} == {"title"}


def test_an_unticked_box_is_a_no() -> None:
    before = document()
    assert before["registration"]["waiting_list"]
    on_form = {"registration": "true", "registration.capacity": "12"}
    after = bound_names(before, "registration", on_form)
    assert not after["registration"]["waiting_list"]
    assert after["registration"]["capacity"] == 12
    some = bound_names(before, "registration", {"registration.capacity": "12"}, whole=False)
    assert some["registration"]["waiting_list"]
    assert bound_names(before, "registration", {})["registration"] is None


def test_a_place_is_set_by_its_path_and_can_go() -> None:
    before = document(venue=None)
    name = "venue.accessibility.wheelchair"
    after = bound_names(before, "place", {"venue.name.de": "Halle", name: "partly"})
    assert after["venue"]["accessibility"]["wheelchair"] == "partly"
    assert after["venue"]["name"] == {"de": "Halle"}
    cleared = {"venue.name.de": "", "venue.name.en": "", name: ""}
    assert bound_names(after, "place", cleared)["venue"] is None


def programme(*titles: str) -> dict[str, Any]:
    items = [{"starts_at": f"1{at}:00", "title": title} for at, title in enumerate(titles)]
    return document(programme=items)


def titles(value: dict[str, Any]) -> list[Any]:
    return [item["title"] for item in value["programme"]]


def test_the_last_of_nine_items_becomes_the_first_by_one_field() -> None:
    """Case 13: without a script."""
    before = programme(*"ABCDEFGHI")
    places = {f"programme[{at}].position": str(at + 1) for at in range(9)}
    after = bound_names(before, "programme", places | {"programme[8].position": "1"})
    assert "".join(titles(after)) == "IABCDEFGH"


def test_a_list_grows_and_shrinks() -> None:
    before = programme("A", "B")
    given = {
        "programme[0].position": "1", "programme[0].remove": "true",
        "programme[1].position": "2",
        "programme[2].position": "3", "programme[2].starts_at": "12:00",
        "programme[2].title.de": "Neu",
        "programme[3].position": "4", "programme[3].starts_at": "",
    }  # fmt: skip
    assert titles(bound_names(before, "programme", given)) == ["B", {"de": "Neu"}]


def test_one_text_for_all_languages_stays_one_until_they_differ() -> None:
    before = document(title="Bochum")
    same = {"title.de": "Essen", "title.en": "Essen"}
    assert bound_names(before, "text", same)["title"] == "Essen"
    other = {"title.de": "Köln", "title.en": "Cologne"}
    assert bound_names(before, "text", other)["title"] == {"de": "Köln", "en": "Cologne"}


def test_two_people_change_different_fields_or_the_same() -> None:
    """Case 2, without the pages around it."""
    base = programme("A", "B", "C")
    mine = bound_names(base, "text", {"title.de": "Meins"})
    theirs = bound_names(base, "text", {"title.en": "Theirs"})
    merged = merge(base, mine, theirs)
    assert merged.conflicts == []
    assert merged.document["title"] == {"de": "Meins", "en": "Theirs"}
    both = merge(base, mine, bound_names(base, "text", {"title.de": "Ihres"}))
    assert [tuple(conflict) for conflict in both.conflicts] == [("title.de", "Meins", "Ihres")]


def test_a_list_that_somebody_sorted_counts_as_a_whole() -> None:
    base = programme("A", "B", "C")
    places = {f"programme[{at}].position": str(at + 1) for at in range(3)}
    sorted_anew = bound_names(base, "programme", places | {"programme[2].position": "1"})
    renamed = bound_names(base, "programme", {"programme[1].title.de": "X"}, whole=False)
    also = bound_names(base, "programme", {"programme[0].title.de": "Y"}, whole=False)
    assert [conflict.path for conflict in merge(base, sorted_anew, renamed).conflicts] == [
        "programme"
    ]
    merged = merge(base, renamed, also)
    assert merged.conflicts == []
    assert [change.path for change in differences(base, merged.document)] == [
        "programme[0].title", "programme[1].title",
    ]  # fmt: skip


def test_times_that_the_clock_skips_or_shows_twice(host: Host) -> None:
    """D4: one is refused with a sentence, the other asks which is meant."""
    before = document()
    with host.app.app_context(), use_language("en"):
        gap = bound_names(before, "time", {"starts_at": "2027-03-28T02:30"})
        told = dict(field_faults(EventEntry, gap, "Europe/Berlin"))
        assert "does not exist" in told["starts_at"]
        twice = {"starts_at": "2026-10-25T02:30", "ends_at": "2026-10-25T05:00"}
        asked = [*field_faults(EventEntry, bound_names(before, "time", twice), "Europe/Berlin")]
        assert [reason for path, reason in asked if path == "starts_at.offset"] == [
            "+02:00", "+01:00",
        ]  # fmt: skip
    chosen = bound_names(before, "time", twice | {"starts_at.offset": "+01:00"})
    assert chosen["starts_at"] == "2026-10-25T02:30+01:00"
    assert bound_names(chosen, "time", twice)["starts_at"] == "2026-10-25T02:30+01:00"
    assert blank(EventEntry)["venue"] is None

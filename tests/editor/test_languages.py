"""Which texts are missing in which language, in each language that the portal speaks."""

from __future__ import annotations

import pytest
from bs4 import Tag

from flask_stadtlabor import Actor
from tests.events.desk import statements
from tests.factories import event, event_in, exchange, open_event
from tests.forms import fill, page
from tests.host import Host
from tests.organise.staff import DESK, HERE, staff_of, words_of

LANGUAGES = f"{DESK}languages/"
ITEMS = [
    {"starts_at": "17:40", "title": {"de": "Anfang", "en": "Start"}},
    {"starts_at": "18:00", "title": {"de": "Reden"}, "speakers": [{"en": "Ann"}]},
]


@pytest.fixture
def desk(host: Host) -> Host:
    host.load(exchange(open_event(programme=ITEMS, price="frei")))
    return staff_of(host)


def column(shown: Tag, tag: str) -> dict[str, str]:
    """What is missing in a language, with the ways there."""
    heading = shown.select_one(f".sl-edit-gaps h3[lang={tag}]")
    assert heading is not None
    assert heading.parent is not None
    return {link.get_text(): str(link["href"]) for link in heading.parent.select("a")}


@pytest.mark.one_database
def test_each_gap_leads_to_a_field_that_can_be_seen(desk: Host) -> None:
    """Case 14."""
    staff = desk.client()
    shown = page(staff.get(LANGUAGES))
    english = column(shown, "en")
    way = english["Programme › 2 › What happens"]
    assert way == f"{HERE}edit/programme#sl-programme-1-title-en"
    assert list(column(shown, "de")) == ["Programme › 2 › Who speaks › 1"]
    assert "What it costs" not in english
    for link in (*english.values(), *column(shown, "de").values()):
        address, _, name = link.partition("#")
        field = page(staff.get(address)).find(id=name)
        assert isinstance(field, Tag)
        assert field.name in ("input", "textarea")
        assert field.find_parent("details") is None


@pytest.mark.one_database
def test_a_draft_of_changes_counts(desk: Host) -> None:
    staff = desk.client()
    given = {"programme[1].title.en": "Talk", "programme[1].speakers[0].de": "Ann"}
    assert fill(staff, f"{HERE}edit/programme", given, action="/programme").status_code == 303
    shown = page(staff.get(LANGUAGES))
    assert shown.select(".sl-edit-gaps") == []
    assert [link["href"] for link in shown.select("section[aria-labelledby=sl-complete] a")] == [
        HERE
    ]


@pytest.mark.one_database
def test_the_review_tells_the_gaps_of_the_programme_too(desk: Host) -> None:
    seen = words_of(desk.client(), f"{HERE}review")
    assert "“Programme › 2 › What happens” is not there in English." in seen


@pytest.mark.one_database
def test_a_third_language_has_its_column_and_its_fields(desk: Host) -> None:
    """It is what the settings say, and no line of code knows it."""
    ports = {"actor": lambda: Actor("staff:1", "Otto Orga"), "policy": lambda *asked: True}
    staff = desk.make(ports=ports, STADTLABOR_LOCALES=["de", "en", "uk"]).client()
    missing = column(page(staff.get(LANGUAGES)), "uk")
    assert missing["Title"] == f"{HERE}edit/text#sl-title-uk"
    form = page(staff.get(f"{HERE}edit/text"))
    names = [str(field["name"]) for field in form.select("#sl-title input")]
    assert names == ["title.de", "title.en", "title.uk"]
    assert form.select_one(".sl-side-by-side [name='title.uk'][lang=uk]")
    assert not form.select("[role=tab]")
    given = {"title.uk": "Говорімо"}
    assert fill(staff, f"{HERE}edit/text", given, action="/text").status_code == 303
    assert "Title" not in column(page(staff.get(LANGUAGES)), "uk")


@pytest.mark.one_database
def test_only_events_that_one_may_edit_are_listed(host: Host) -> None:
    host.load(exchange(open_event(), event("andere"), event_in(-9, "vorbei")))
    shown = page(staff_of(host, only="andere").client().get(LANGUAGES))
    assert len(shown.select("section[aria-labelledby=sl-complete] li")) == 1
    assert "vorbei" not in shown.get_text()


def test_many_events_have_pages_and_take_no_more_statements(host: Host) -> None:
    counts = []
    for many in (1, 30):
        host.load(exchange(*(open_event(f"nr-{number}") for number in range(many))))
        staff = staff_of(host)
        with statements(staff) as seen:
            shown = page(staff.client().get(LANGUAGES))
        counts.append(len(seen))
        assert len(shown.select("section[aria-labelledby=sl-complete] li")) == min(many, 20)
    assert counts[0] == counts[1]
    second = page(staff_of(host).client().get(LANGUAGES, query_string={"page": "2"}))
    assert len(second.select("section[aria-labelledby=sl-complete] li")) == 10
    assert second.select_one("a[rel=prev]")

"""What changed between two versions, for people to read."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flask_stadtlabor.consent.models import Controller
from flask_stadtlabor.consent.texts.differences import Kind, compare
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.text import blocks
from tests.consent.acts import PHOTOS, content, publish
from tests.host import Host

PAGE = f"/stadtlabor/{{}}/privacy/{PHOTOS}/{{}}/changes"


def published(host: Host, *versions: dict[str, object]) -> None:
    with host.app.app_context():
        for changes in versions:
            publish(**changes)
        host.db.session.commit()


def shown(host: Host, version: int, language: str = "en", query: str = "") -> BeautifulSoup:
    response = host.client().get(PAGE.format(language, version) + query)
    assert response.status_code == 200
    return BeautifulSoup(response.text, "html.parser")


def runs(page: BeautifulSoup, tag: str) -> list[str]:
    """The text of the elements, without the words for screen readers."""
    for unseen in page.select(".sl-unseen"):
        unseen.extract()
    return [element.get_text(strip=True) for element in page.select(f".sl-changes {tag}")]


@pytest.mark.one_database
def test_the_page_shows_word_by_word_what_was_taken_out_and_put_in(host: Host) -> None:
    """C5: a readable difference, in the page's language."""
    before = "We show photos for **three** years.\n\n- On the website\n- Nowhere else"
    after = "We show photos for **two** years.\n\n- On the website\n- In print"
    published(host, {"text": {"de": "Alt.", "en": before}}, {"text": {"de": "Neu.", "en": after}})
    page = shown(host, 2)
    assert "differs in substance" in page.get_text()
    assert runs(page, "del") == ["three", "Nowhere else"]
    assert runs(page, "ins") == ["two", "In print"]
    assert runs(shown(host, 2, "de"), "ins") == ["Neu."]


@pytest.mark.one_database
def test_screen_readers_hear_what_others_see(host: Host) -> None:
    """A1: not by colour or line alone."""
    published(host, {"text": "One."}, {"text": "Two."})
    page = shown(host, 2)
    assert [e.get_text(" ", strip=True) for e in page.select(".sl-changes del")] == [
        "[taken out: One. end]"
    ]
    assert [e.get_text(" ", strip=True) for e in page.select(".sl-changes ins")] == [
        "[new: Two. end]"
    ]


@pytest.mark.one_database
def test_title_controller_and_validity_count_too(host: Host) -> None:
    controller = Controller(name=LocalizedText("Stadt"), email="stadt@stadt.example")
    published(
        host,
        {"valid_days": 730},
        {"title": "Pictures", "valid_days": 365, "controller": controller, "editorial": True},
    )
    page = shown(host, 2)
    words = page.get_text(" ", strip=True)
    assert "says the same as the one before" in words
    assert "The text is the same in this language." in words
    for name in ("How long a yes counts", "Controller", "E-mail"):
        assert name in words
    assert runs(page, "ins") == ["Pictures", "365", "Stadt", "stadt@stadt.example"]
    assert runs(page, "del") == ["Photos on the website", "730"]


@pytest.mark.one_database
def test_a_link_that_leads_elsewhere_is_a_change_and_bold_letters_are_none(host: Host) -> None:
    published(
        host,
        {"text": "See [here](https://a.example)."},
        {"text": "See [here](https://b.example)."},
        {"text": "See **[here](https://b.example)**."},
    )
    assert runs(shown(host, 2), "ins") == ["(https://b.example)."]
    assert "reads the same; only its form" in shown(host, 3).get_text(" ", strip=True)


def test_several_versions_can_be_compared_at_once(host: Host) -> None:
    """For somebody who answered to an old one."""
    published(host, {"text": "One."}, {"text": "Two."}, {"text": "Three.", "editorial": True})
    page = shown(host, 3, query="?since=1")
    assert runs(page, "del") == ["One."]
    assert "differs in substance" in page.get_text()
    assert page.select_one("a[hreflang=de][href$='/changes?since=1']")
    assert "says the same" in shown(host, 3).get_text()


@pytest.mark.one_database
@pytest.mark.parametrize(
    "path", ["1/changes", "3/changes", "2/changes?since=2", "2/changes?since=-1"]
)
def test_there_is_nothing_to_compare_with_nothing(host: Host, path: str) -> None:
    published(host, {}, {"text": "Two."})
    response = host.client().get(f"/stadtlabor/en/privacy/{PHOTOS}/{path}")
    assert response.status_code == 404
    assert 'class="stadtlabor"' in response.text


@pytest.mark.one_database
def test_strangers_may_keep_the_page(host: Host) -> None:
    """D5."""
    published(host, {}, {"text": "Two."})
    first = host.client().get(PAGE.format("en", 2))
    assert first.cache_control.public
    again = host.client().get(
        PAGE.format("en", 2), headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.one_database
def test_each_version_leads_to_all_others(host: Host) -> None:
    """C5: one page per version, for ever."""
    published(host, {}, {"text": "Two."}, {"text": "Three."})
    response = host.client().get(f"/stadtlabor/en/privacy/{PHOTOS}/2/")
    page = BeautifulSoup(response.text, "html.parser")
    links = [str(link["href"]) for link in page.select("nav .sl-versions a")]
    assert links == [f"/stadtlabor/en/privacy/{PHOTOS}/{number}/" for number in (3, 2, 1)]
    assert page.select_one("nav [aria-current=page]")["href"] == links[1]  # type: ignore[index]
    assert page.select(f"a[href='{PAGE.format('en', 2)}']")


BODIES = st.lists(
    st.sampled_from(["We", "show", "photos", "\n\n", "- ", "**", "for", "ever."])
).map(" ".join)


@pytest.mark.one_database
@given(old=BODIES, new=BODIES)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_texts_can_be_read_from_their_difference(portal: Host, old: str, new: str) -> None:
    found = compare(content(text=old), content(text=new), "en")

    def without(kind: Kind) -> list[str]:
        paragraphs = (
            " ".join(run.text for run in paragraph if run.kind != kind)
            for paragraph in found.paragraphs
        )
        return [" ".join(words.split()) for words in paragraphs if words]

    def words(text: str) -> list[str]:
        return [" ".join(block.split()) for block in blocks(text)]

    assert without(Kind.ADDED) == words(old)
    assert without(Kind.REMOVED) == words(new)

"""What citizens write runs the way it is written, also in a language that the portal has not."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup, Tag

from tests.forms import fill, page
from tests.host import Host
from tests.participation.comments.desk import comment_url, said, with_idea
from tests.participation.ideas.desk import LIST, collecting, idea_url, published, shown
from tests.participation.moderation.desk import moderator, text_url
from tests.participation.people import known

pytestmark = pytest.mark.one_database

TITLE = "ممر آمن للأطفال (Hafenstraße)"
TEXT = "نقترح ما يلي:\n\n- ممر للمشاة\n- Ampel\n\nBitte bis **Ostern**."
NAME = "عمر"


def attributes(found: BeautifulSoup, chosen: str) -> tuple[str | None, str | None]:
    """The language and direction that an element says of itself."""
    element = found.select_one(chosen)
    assert isinstance(element, Tag), chosen
    return element.get("lang"), element.get("dir")  # type: ignore[return-value]


def test_an_arabic_idea_runs_from_right_to_left_in_a_german_portal(host: Host) -> None:
    collecting(host)
    number = published(host, TITLE, text=TEXT, public_name=NAME, place="شارع الميناء")
    opened = shown(host.client(), idea_url(number))
    # whoever wrote it could choose none but German and English
    assert attributes(opened, "h1") == ("und", "auto")
    blocks = opened.select(".sl-idea .sl-text .sl-prose > *")
    assert [(each.name, each["dir"]) for each in blocks] == [
        ("p", "auto"),
        ("ul", "auto"),
        ("p", "auto"),
    ]
    facts = opened.select_one(".sl-idea-facts")
    assert facts is not None
    assert f"\N{FIRST STRONG ISOLATE}{NAME}\N{POP DIRECTIONAL ISOLATE} am" in facts.get_text()
    assert attributes(shown(host.client(), LIST), ".sl-ideas h2") == ("und", "auto")


def test_the_language_of_an_idea_is_named_where_the_page_has_another(host: Host) -> None:
    collecting(host)
    number = published(host, "More benches", language="en")
    assert attributes(shown(host.client(), idea_url(number)), "h1") == ("en", "auto")
    english = page(host.client().get(idea_url(number).replace("/de/", "/en/")))
    assert attributes(english, "h1") == (None, "auto")


def test_arabic_comments_run_their_way_for_everybody_and_for_moderators(host: Host) -> None:
    below = with_idea(host)
    number = said(host, below, TEXT, public_name=NAME)
    opened = shown(host.client(), comment_url(number))
    assert attributes(opened, ".sl-comment-alone .sl-prose") == ("und", "auto")
    assert attributes(opened, ".sl-comment-alone .sl-prose ul") == (None, "auto")
    read = page(moderator(host).get(text_url(number, "comment")))
    assert attributes(read, "h1") == ("und", "auto")
    assert NAME in read.select(".sl-desk-header .sl-small")[0].get_text()


def test_fields_run_the_way_of_what_is_typed(host: Host) -> None:
    collecting(host)
    form = shown(known(host), f"{LIST}new")
    for name in ("title", "text", "place", "public_name"):
        assert attributes(form, f"[name={name}]")[1] == "auto", name
    assert attributes(shown(host.client(), f"{LIST}new"), "[name=email]")[1] is None


def test_the_reason_is_in_the_language_of_its_idea_but_not_our_word_for_it(host: Host) -> None:
    collecting(host)
    number = published(host)
    author = known(host)
    fill(author, idea_url(number, "withdraw"), {"reason": "Es gibt schon eine."})
    english = page(host.client().get(idea_url(number).replace("/de/", "/en/")))
    state = english.select_one(".sl-idea-state")
    assert state is not None
    reason = state.select_one("[lang=de]")
    assert reason is not None
    assert reason.get_text() == "Es gibt schon eine."

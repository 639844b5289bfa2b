"""From an evening of the city to its answer to an idea, by citizens and staff, by keys alone.

A1, A2, A4: no pointer is used, the focus is seen at each stop, and where scripts run axe looks at
each page and at what is wrong on it. Beside it, who gets which mail, and that nobody gets another.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import has_request_context, request
from playwright.sync_api import Browser
from sqlalchemy import URL

from flask_stadtlabor import Actor
from tests.browser import story
from tests.browser.live import live_host
from tests.browser.story import Person, Post
from tests.browser.test_whole_evening import add_sign_in
from tests.browser.visit import LOOK_OF, checks, visit
from tests.host import Clock, Host

pytestmark = [pytest.mark.one_database, pytest.mark.needs("browser"), pytest.mark.slow]


@pytest.fixture
def portal(database_url: URL, tmp_path: Path) -> Iterator[Host]:
    """A portal where citizens come by the links in their mails, and staff signs in by name."""
    clock = Clock()
    ports = {
        "clock": clock,
        "actor": signed_in,
        "policy": lambda actor, action, subject=None: actor is not None,
    }
    with live_host(database_url, tmp_path, ports=ports) as host:
        host.clock = clock
        add_sign_in(host.app)
        host.load(story.content(host))
        yield host


def signed_in() -> Actor | None:
    """Whoever has signed in here is of the city's staff, each with a key of their own."""
    name = request.cookies.get("staff") if has_request_context() else None
    return Actor(f"staff:{name}", name) if name else None


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_an_idea_from_the_evening_to_the_answer_of_the_city(
    portal: Host, browser: Browser, language: str, javascript: bool
) -> None:
    post, words = Post(portal), story.WORDS[language]
    with ExitStack() as open_browsers:

        def come(name: str) -> Person:
            page = open_browsers.enter_context(
                visit(browser, portal.address, language, javascript=javascript)
            )
            look = LOOK_OF[language][0]
            page.set_viewport_size({"width": look.width, "height": 800})
            page.emulate_media(color_scheme=look.scheme)
            return Person(page, post, language, checks(language, javascript=javascript), name)

        ada, ben, cem, dora, eva, mia, max_ = map(
            come, ("ada", "ben", "cem", "dora", "eva", "mia", "max")
        )
        story.come_from_the_evening(ada)
        number = story.write_idea(ada, javascript=javascript)
        story.support(ben, number)
        story.support(eva, words.similar)
        story.comment_for(ben, number, story.COMMENT)
        comment = story.comment_against(cem, number)
        story.reply(ben, number, comment)
        story.report(dora, number, comment)
        for staff in (mia, max_):
            story.sign_in(staff)
        story.hide(mia, comment)
        to_cem, _ = post.got(("cem", words.statement), ("dora", words.outcome))
        story.read_tombstone(dora, number, comment)
        story.object_to(cem, to_cem)
        story.decide_objection(max_)
        story.read_restored(dora, number, comment)
        to_eva = story.merge(mia, number)
        story.support_what_it_became(eva, to_eva, number)
        story.change(ada, number, "Am Brunnen fehlen **vier** Bänke.")
        answers = story.answer(mia, number)
        story.read_answer(dora, number)
        news = story.digests(portal, post, words, "ada", "ben", "cem", "eva")
        story.read_news(words, news)
        story.look_at_heads([*answers, *news.values()])
        story.end_news(ben, news["ben"])
        story.change(ada, number, "Am Brunnen fehlen **fünf** Bänke.")
        # what Ada says of her own idea is no news for her
        story.comment_for(ada, number, "Fünf, weil ein Baum gefällt wurde.")
        story.digests(portal, post, words, "eva")

"""Threads: pages at any depth, orders, filters, tombstones, and what moderators do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flask_stadtlabor.participation.comments.models import MOST_DEEP, Comment, CommentStatus
from flask_stadtlabor.participation.comments.operations import moderation
from flask_stadtlabor.participation.ideas.models import Idea
from flask_stadtlabor.transactions import commit
from tests.events.desk import statements
from tests.factories import exchange, open_event
from tests.forms import page
from tests.host import Host
from tests.participation.comments.desk import (
    answered,
    comment_url,
    many,
    said,
    say,
    stored,
    with_idea,
)
from tests.participation.ideas.desk import shown, words
from tests.participation.people import MINE, known

BEN = "ben@example.org"
CEM = "cem@example.org"


def moderate(host: Host, deed: Callable[[int], Comment | None], number: int) -> bool:
    """A moderator does something; whether there was something to do it with."""
    with host.app.test_request_context():
        return commit(lambda: deed(number) is not None)


def texts(host: Host, url: str) -> list[str]:
    """The comments of a page in their order, replies to them left out."""
    found = shown(host.client(), url).select(".sl-comments > li > article .sl-prose")
    return [each.get_text(strip=True) for each in found]


def test_ten_thousand_comments_take_as_many_statements_as_ten(host: Host) -> None:
    """Case 7: on the idea's page, the list in each order, with a filter, and below a comment."""
    idea = with_idea(host)
    first = said(host, idea)
    inner = answered(host, first, "Genau.", CEM)
    deep = answered(host, inner, "Und wie.", BEN)
    urls = [
        idea,
        *(f"{idea}comments/{query}" for query in ("", "?sort=agreed", "?sort=old&page=2")),
        f"{idea}comments/?language=de",
        *(comment_url(number) for number in (first, inner)),
        f"{comment_url(inner)}?page=3",
    ]

    def counted(browser_of: Callable[[], object]) -> list[int]:
        found = []
        for url in urls:
            browser = browser_of()
            with statements(host) as sent:
                assert browser.get(url).status_code == 200  # type: ignore[attr-defined]
            found.append(len(sent))
        return found

    ben = known(host, BEN)
    many(host, first, 9, parent_id=None)
    few = counted(host.client), counted(lambda: ben)
    many(host, first, 6_000, parent_id=None)
    many(host, deep, 3_000, parent_id=inner)
    many(host, deep, 1_000, parent_id=deep)
    assert (counted(host.client), counted(lambda: ben)) == few
    assert max(few[0]) <= 6
    assert len(texts(host, idea)) == 20


def test_replies_go_on_at_their_own_addresses_at_any_depth(host: Host) -> None:
    idea = with_idea(host)
    number = said(host, idea, "Ebene 0")
    top = number
    for depth in range(1, 6):
        number = answered(host, number, f"Ebene {depth}", CEM if depth % 2 else BEN)
    assert [each.replies for each in stored(host)] == [5, 4, 3, 2, 1, 0]
    page = shown(host.client(), idea)
    assert "Ebene 1" in page.get_text()
    assert "Ebene 2" not in page.get_text()
    # where a page ends, a link leads to the next replies
    seen = page.get_text()
    while links := page.select(".sl-replies .sl-more"):
        assert links[0].get_text().startswith(("1 Antwort lesen", "Alle"))
        page = shown(host.client(), str(links[0]["href"]))
        seen += page.get_text()
    assert all(f"Ebene {depth}" in seen for depth in range(6))
    many(host, top + 1, 45)
    with host.app.app_context():
        host.db.session.get_one(Comment, top).replies += 45
        host.db.session.commit()
    assert "Alle 50 Antworten" in words(host.client(), idea)
    lengths = [len(texts(host, f"{comment_url(top)}?page={page}")) for page in (1, 2, 3)]
    assert lengths == [20, 20, 6]


def test_a_hidden_comment_leaves_a_tombstone_and_its_replies(host: Host) -> None:
    """Case 8."""
    idea = with_idea(host)
    first = said(host, idea, "Das ist Quatsch.", public_name="Ben")
    second = answered(host, first, "Bleib höflich.", CEM)
    alone = said(host, idea, "Alles Quatsch.")
    for number in (first, alone, alone):
        assert moderate(host, moderation.hide, number)
    told = words(host.client(), idea)
    assert told.count("Die Moderation hat diesen Kommentar ausgeblendet.") == 1
    assert "Bleib höflich." in told
    assert "1 Kommentar" in told
    for url in (idea, f"{idea}comments/", comment_url(first), comment_url(second), MINE):
        for browser in (host.client(), known(host, CEM)):
            assert "Quatsch" not in browser.get(url).text
        # nor do the labels that are only heard name its author
        assert "Kommentar von Ben" not in host.client().get(url).text
    heading = shown(host.client(), comment_url(first)).select_one("h1")
    assert heading is not None
    assert heading.get_text() == "Ein Kommentar, der nicht mehr hier steht"
    assert [each.replies for each in stored(host)] == [1, 0, 0]
    # its author reads it there, as the decision promises, and nobody else; no cache may have it
    ben = known(host, BEN)
    own = ben.get(comment_url(first))
    assert "Das ist Quatsch." in own.text
    assert "Die Moderation hat diesen Kommentar ausgeblendet." in own.text
    assert own.headers["Cache-Control"] == "private, no-store"
    assert page(own).select(".sl-comment-alone form, .sl-comment-alone [href$='/delete']") == []
    assert "Quatsch" not in ben.get(idea).text
    assert "Quatsch" not in host.client().get(comment_url(first)).text
    # hiding the reply too leaves nothing to hold together
    moderate(host, moderation.hide, second)
    assert "ausgeblendet" not in words(host.client(), idea)
    for number in (first, second, second):
        assert moderate(host, moderation.restore, number)
    told = words(host.client(), idea)
    assert "Das ist Quatsch." in told
    assert "2 Kommentare" in told
    assert [each.replies for each in stored(host)] == [1, 0, 0]
    assert not moderate(host, moderation.release, alone)
    assert not moderate(host, moderation.hide, 99)


def test_what_is_held_waits_for_a_moderator(host: Host) -> None:
    idea = with_idea(host, holds_first_posts=True)
    ben = known(host, BEN)
    assert say(ben, idea, "Hm.").status_code == 303
    number = stored(host)[0].id
    assert "Hm." not in host.client().get(idea).text
    assert host.client().get(comment_url(number)).status_code == 404
    assert "wartet" not in words(host.client(), idea)
    assert "Die Moderation liest ihn zuerst" in words(ben, comment_url(number))
    assert "die Moderation liest" in words(ben, MINE)
    for _ in range(2):
        assert moderate(host, moderation.release, number)
    assert "Hm." in words(host.client(), idea)
    # and what they say next is there at once
    say(ben, idea, "Doch!")
    assert [each.status for each in stored(host)] == [CommentStatus.PUBLISHED] * 2


@pytest.mark.one_database
def test_a_refused_comment_was_never_there_for_others(host: Host) -> None:
    idea = with_idea(host, holds_first_posts=True)
    ben = known(host, BEN)
    say(ben, idea, "Hm.")
    number = stored(host)[0].id
    assert moderate(host, moderation.hide, number)
    for browser in (host.client(), known(host, CEM)):
        for below in ("", "/reply", "/report"):
            assert browser.get(comment_url(number, below)).status_code == 404
    assert "hat diesen Kommentar nicht veröffentlicht." in words(ben, comment_url(number))
    assert moderate(host, moderation.restore, number)
    assert "Hm." in words(host.client(), comment_url(number))


def test_comments_stand_in_the_order_that_is_asked_for(host: Host) -> None:
    idea = with_idea(host)
    for text, agrees in (("eins", 1), ("zwei", 3), ("drei", 0)):
        number = said(host, idea, text)
        with host.app.app_context():
            host.db.session.get_one(Comment, number).agrees = agrees
            host.db.session.commit()
        host.clock.move(minutes=1)
    here = f"{idea}comments/"
    assert texts(host, idea) == texts(host, here) == ["drei", "zwei", "eins"]
    assert texts(host, f"{here}?sort=old") == ["eins", "zwei", "drei"]
    assert texts(host, f"{here}?sort=agreed") == ["zwei", "eins", "drei"]
    assert texts(host, f"{here}?sort=nichts") == texts(host, here)


def test_a_filter_finds_comments_wherever_they_stand(host: Host) -> None:
    """A8: each text has its language."""
    idea = with_idea(host)
    first = said(host, idea, "Ja!", stance="for")
    said(host, idea, "Nein.", stance="against")
    answered(host, first, "I agree.", CEM, stance="for", language="en")
    here = f"{idea}comments/"
    assert "3 Kommentare: 2 dafür, 1 dagegen" in words(host.client(), here)
    assert set(texts(host, f"{here}?stance=for")) == {"Ja!", "I agree."}
    assert texts(host, f"{here}?stance=against") == ["Nein."]
    assert texts(host, f"{here}?language=en&stance=for") == ["I agree."]
    assert "Kein Kommentar passt" in words(host.client(), f"{here}?language=en&stance=against")
    english = shown(host.client(), f"{here}?language=en").select(".sl-prose[lang=en]")
    assert [each.get_text(strip=True) for each in english] == ["I agree."]
    assert shown(host.client(), here).select_one(".sl-comment .sl-prose:not([lang])") is not None
    more = shown(host.client(), f"{here}?stance=for").select_one(".sl-comment > p a")
    assert more is not None
    assert more.get_text().startswith("Im Zusammenhang lesen")


@pytest.mark.one_database
def test_pages_are_known_by_their_tags_until_something_is_said(host: Host) -> None:
    idea = with_idea(host)
    number = said(host, idea)
    urls = (idea, f"{idea}comments/", comment_url(number))
    tags = {url: host.client().get(url).headers["ETag"] for url in urls}
    for url in urls:
        answer = host.client().get(url, headers={"If-None-Match": tags[url]})
        assert answer.status_code == 304
        assert "Set-Cookie" not in answer.headers
    answered(host, number, "Genau.", CEM)
    for url in urls:
        answer = host.client().get(url, headers={"If-None-Match": tags[url]})
        assert (answer.status_code, "Genau." in answer.text) == (200, True)
    assert say(known(host, CEM), idea, "Noch einer.").status_code == 303
    assert "Noch einer." in host.client().get(idea).text


@pytest.mark.one_database
def test_the_comments_on_results_stand_below_what_the_event_is_called_now(host: Host) -> None:
    results = {"text": {"de": "Der Radweg kommt."}}
    host.load(exchange(open_event(results=results)))
    host.clock.move(days=85)
    url = "/stadtlabor/de/events/plattform/comments/results/"
    before = host.client().get(url)
    host.load(exchange(open_event(results=results, title={"de": "Ein Radweg für alle"})))
    after = host.client().get(url, headers={"If-None-Match": before.headers["ETag"]})
    assert (before.status_code, after.status_code) == (200, 200)
    assert "Ein Radweg für alle" in after.text


@pytest.mark.one_database
def test_comments_are_read_with_a_withdrawn_idea_and_not_with_a_hidden_one(host: Host) -> None:
    idea = with_idea(host)
    number = said(host, idea, "Schade.")
    for status, can_be_read in (("withdrawn", True), ("hidden", False)):
        with host.app.app_context():
            host.db.session.query(Idea).one().status = status
            host.db.session.commit()
        for url in (idea, f"{idea}comments/", comment_url(number)):
            assert ("Schade." in host.client().get(url).text) is can_be_read
        assert "/comments/new" not in host.client().get(idea).text


@pytest.mark.one_database
def test_beyond_a_hundred_levels_a_reply_stands_beside_what_it_answers(host: Host) -> None:
    idea = with_idea(host)
    top = said(host, idea)
    deepest = answered(host, top, "Ganz unten.", CEM)
    with host.app.app_context():
        host.db.session.get_one(Comment, deepest).depth = MOST_DEEP
        host.db.session.commit()
    answered(host, deepest, "Und daneben.", BEN)
    assert [(each.parent_id, each.replies) for each in stored(host)][1:] == [(top, 0), (top, 0)]
    assert "Und daneben." in words(host.client(), comment_url(top))

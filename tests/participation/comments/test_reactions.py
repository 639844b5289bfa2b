"""Agreeing and disagreeing: once per person, counted exactly, said in words."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select

from flask_stadtlabor.participation.comments.models import CommentReaction
from flask_stadtlabor.participation.people.current import identity
from flask_stadtlabor.participation.people.operations import contributor
from flask_stadtlabor.transactions import commit
from tests.forms import fill, form_on, page, press, send
from tests.host import Host
from tests.participation.comments.desk import answered, comment_url, said, stored, with_idea
from tests.participation.ideas.desk import shown, words
from tests.participation.people import known, link_in
from tests.registration.accounts import BEA

CEM = "cem@example.org"


def counts(host: Host) -> tuple[int, int]:
    """How many agree and disagree with the first comment."""
    comment = stored(host)[0]
    return comment.agrees, comment.disagrees


def rows(host: Host) -> int:
    """How many reactions there are."""
    return int(host.scalar(select(func.count()).select_from(CommentReaction)))


def test_each_person_counts_once_and_can_change_their_mind(host: Host) -> None:
    idea = with_idea(host)
    number = said(host, idea)
    cem = known(host, CEM)
    opened = cem.get(idea)
    for _ in range(2):
        assert send(cem, opened, action="/agree").status_code == 303
    assert (counts(host), rows(host)) == ((1, 0), 1)
    assert send(cem, opened, action="/disagree").status_code == 303
    assert (counts(host), rows(host)) == ((0, 1), 1)
    opened = cem.get(comment_url(number))
    for _ in range(2):
        assert send(cem, opened, action="/take-back").status_code == 303
    assert (counts(host), rows(host)) == ((0, 0), 0)


@pytest.mark.one_database
def test_buttons_say_what_and_of_whose_comment_and_whether_they_are_pressed(host: Host) -> None:
    """Case 12."""
    idea = with_idea(host)
    number = said(host, idea, public_name="Ben")
    cem = known(host, CEM)
    for pressed, name, action in (
        ("false", "Stimme zu: 0, Kommentar von Ben", "/agree"),
        ("true", "Stimme zu: 1, Kommentar von Ben", "/take-back"),
    ):
        (button,) = form_on(cem.get(idea), action).select("button")
        assert (button["aria-pressed"], button.get_text()) == (pressed, name)
        press(cem, comment_url(number), action)
    article = shown(host.client(), idea).select_one(".sl-comment article")
    assert article is not None
    assert article["aria-label"] == "Kommentar von Ben"


@pytest.mark.one_database
def test_a_stranger_proves_an_address_and_comes_back(host: Host) -> None:
    idea = with_idea(host)
    number = said(host, idea)
    browser = host.client()
    link = shown(browser, idea).select_one("a.sl-opinion")
    assert link is not None
    assert link["href"] == comment_url(number, "/agree")
    asked = fill(browser, str(link["href"]), {"email": CEM})
    assert asked.location == "/stadtlabor/de/me/link-sent"
    opened = browser.get(link_in(host.mails()[-1]))
    assert opened.location == comment_url(number, "/agree")
    press(browser, opened.location, "/agree")
    assert counts(host) == (1, 0)


@pytest.mark.parametrize("action", ["/agree", "/disagree"])
def test_nobody_rates_words_that_they_have_not_read(host: Host, action: str) -> None:
    """Its author changed them after the page was opened."""
    idea = with_idea(host)
    number = said(host, idea)
    cem = known(host, CEM)
    opened = [cem.get(idea), cem.get(comment_url(number))]
    ben = known(host, "ben@example.org")
    fill(ben, comment_url(number, "/edit"), {"text": "Nein, **niemals**."}, action="/edit")
    for old in opened:
        asked = send(cem, old, action=action)
        assert asked.status_code == 409
        told = " ".join(page(asked).get_text(" ").split())
        assert "wurde geändert, seit du die Seite geöffnet hast" in told
        assert "Nein, niemals" in told
    assert rows(host) == 0
    assert send(cem, asked, action=action).status_code == 303
    assert rows(host) == 1


@pytest.mark.one_database
def test_whoever_reacts_stays_where_they_were_and_reads_what_they_did(host: Host) -> None:
    idea = with_idea(host)
    number = said(host, idea)
    answer = answered(host, number, "Genau.", "dana@example.org")
    cem = known(host, CEM)
    for below, at in (
        ("", number),
        ("comments/?sort=old&language=de", number),
        (None, answer),
    ):
        opened = cem.get(comment_url(number) if below is None else f"{idea}{below}")
        for action, sentence in (
            ("agree", "Du stimmst diesem Kommentar jetzt zu."),
            ("take-back", "dass du diesem Kommentar zustimmst"),
            ("disagree", "Du stimmst diesem Kommentar jetzt nicht zu."),
            ("take-back", "dass du diesem Kommentar nicht zustimmst"),
        ):
            done = send(cem, opened, action=f"{at}/{action}")
            assert done.status_code == 303
            here, _, fragment = done.location.partition("#")
            assert fragment == f"comment-{at}"
            assert urlsplit(here).path == opened.request.path
            opened = cem.get(here)
            entry = page(opened).select_one(f"#{fragment}")
            assert entry is not None
            assert [sentence in each.text for each in entry.select("[role=status]")] == [True]
            assert len(page(opened).select(".sl-done")) == 1
    assert parse_qs(urlsplit(press(cem, f"{idea}comments/?sort=old", "/agree").location).query) == {
        "sort": ["old"], "now": ["agreed"], "comment": [str(number)]
    }  # fmt: skip
    done = press(cem, comment_url(number), f"{number}/take-back")
    assert done.location == comment_url(number, "?now=not-agreed")
    assert "dass du diesem Kommentar zustimmst" in words(cem, done.location)


@pytest.mark.one_database
@pytest.mark.parametrize(
    "back",
    ["//evil.example/", "https://evil.example/", "/stadtlabor/de/\\evil", "/host/", "", None],
)
def test_a_reaction_leads_to_our_pages_alone(host: Host, back: str | None) -> None:
    idea = with_idea(host)
    number = said(host, idea)
    cem = known(host, CEM)
    done = send(cem, cem.get(idea), {"back": back}, action="/agree")
    assert done.location == comment_url(number, "?now=agreed")


@pytest.mark.one_database
def test_nothing_counts_where_it_is_closed_or_gone(host: Host) -> None:
    idea = with_idea(host)
    number = said(host, idea)
    cem = known(host, CEM)
    fill(known(host, "ben@example.org"), comment_url(number, "/delete"), action="/delete")
    assert cem.post(comment_url(number, "/agree"), data={}).status_code == 409
    other = said(host, idea, "Noch da.")
    host.clock.move(days=400)
    answer = known(host, CEM).post(comment_url(other, "/disagree"), data={})
    assert answer.status_code == 409
    assert "nicht bewertet werden" in answer.text
    assert rows(host) == 0
    assert "Stimme zu: 0" in words(host.client(), comment_url(other))


def test_who_turns_out_to_be_the_same_person_counts_once(host: Host) -> None:
    """By a link first, and by the account that has the same address later."""
    idea = with_idea(host)
    number = said(host, idea, address="bea@buerger.example")
    press(known(host, "bea@buerger.example"), comment_url(number), "/agree")
    portal = host.lend(actor=lambda: replace(BEA, email_verified=False))
    account = portal.client()
    account.set_cookie("portal", "signed in")
    press(account, comment_url(number), "/disagree")
    assert counts(host) == (1, 1)
    verified = host.lend(actor=lambda: BEA)
    with verified.app.test_request_context():
        verified.app.preprocess_request()
        kept = commit(lambda: contributor(identity()).id)
    assert (counts(host), rows(host)) == ((0, 1), 1)
    assert stored(host)[0].participant_id == kept

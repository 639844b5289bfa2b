"""Writing a comment: at once, by a mailed link, as a reply; changed for a while, deleted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from flask_stadtlabor.participation.comments.models import Comment, CommentStatus
from flask_stadtlabor.ports import Level
from tests.factories import exchange, open_event
from tests.forms import fill, page, press, send
from tests.host import Host
from tests.participation.comments.desk import (
    ON_PROJECT,
    TEXT,
    answered,
    comment_url,
    reply,
    said,
    say,
    stored,
    with_idea,
)
from tests.participation.ideas.desk import shown, words
from tests.participation.people import MINE, known, link_in
from tests.registration.accounts import BEA

BEN = "ben@example.org"
SENT = "/stadtlabor/de/comments/sent?on=idea&number=1"


def test_whoever_is_known_is_read_at_once_by_everybody(host: Host) -> None:
    idea = with_idea(host)
    ben = known(host, BEN)
    # the form stands on the idea's page itself
    given = {"text": TEXT, "stance": "for", "public_name": "Ben"}
    answer = fill(ben, idea, given, action="/comments/new")
    assert answer.status_code == 303, answer.text
    (comment,) = stored(host)
    assert answer.location == f"{comment_url(comment.id)}?now=published"
    assert "Alle können deinen Kommentar jetzt lesen" in words(ben, answer.location)
    told = words(host.client(), idea)
    assert "1 Kommentar: 1 dafür, 0 dagegen" in told
    assert "Ben Dafür" in told
    prose = shown(host.client(), idea).select_one(".sl-comment .sl-prose strong")
    assert prose is not None
    assert prose.get_text() == "unbedingt"


@pytest.mark.one_database
def test_links_earn_nothing_and_markup_is_text(host: Host) -> None:
    """S9."""
    idea = with_idea(host)
    said(host, idea, "[hier](https://spam.example) <script>alert(1)</script>")
    found = shown(host.client(), idea)
    link = found.select_one(".sl-comment .sl-prose a")
    assert link is not None
    assert set(link["rel"]) == {"nofollow", "ugc", "noopener"}
    assert "<script>alert" not in str(found.select_one(".sl-comment"))


@pytest.mark.one_database
def test_a_stranger_publishes_by_a_mailed_link_once(host: Host) -> None:
    """Case 11: the text is there after the address was confirmed, and published once."""
    idea = with_idea(host)
    browser = host.client()
    for _ in range(2):
        answer = say(browser, idea, email=BEN, public_name="Ben")
        assert answer.status_code == 303
        assert answer.location.startswith("/stadtlabor/de/comments/sent?")
        assert shown(browser, answer.location).select(f"a.sl-button[href='{idea}']")
    (comment,) = stored(host)
    assert comment.status == CommentStatus.WAITING
    assert "unbedingt" not in host.client().get(idea).text
    assert host.client().get(comment_url(comment.id)).status_code == 404
    assert browser.get(link_in(host.mails()[-1])).status_code == 303
    assert "Mehr Bänke" in words(browser, MINE)
    assert press(browser, MINE, "/publish").status_code == 303
    say(browser, idea, public_name="Ben")
    (comment,) = stored(host)
    assert comment.status == CommentStatus.PUBLISHED
    assert "unbedingt" in words(host.client(), idea)
    host.clock.move(days=8)
    assert host.run("retention", "run").exit_code == 0
    assert len(stored(host)) == 1


@pytest.mark.one_database
def test_three_hundred_words_outlive_the_session(host: Host) -> None:
    """Case 11: the session ends, the address is confirmed, and the text is published once."""
    idea = with_idea(host)
    ben, words_of_ben = known(host, BEN), " ".join(f"Wort{at}" for at in range(300))
    opened = ben.get(f"{idea}comments/new")
    ben.delete_cookie("session")
    lost = send(ben, opened, {"text": words_of_ben, "stance": "against"}, action="new")
    assert lost.status_code == 422
    again = send(ben, lost, {"email": BEN}, action="new")
    assert again.location == SENT
    ben.get(link_in(host.mails()[-1]))
    press(ben, MINE, "/publish")
    (comment,) = stored(host)
    assert (comment.text, comment.stance) == (words_of_ben, "against")
    assert comment.status == CommentStatus.PUBLISHED


@pytest.mark.one_database
def test_what_was_typed_stays_whatever_is_wrong(host: Host) -> None:
    idea = with_idea(host)
    refused = say(host.client(), idea, "Das bleibt stehen.", email="keine Adresse")
    assert refused.status_code == 422
    assert "Das bleibt stehen." in refused.text
    empty = say(known(host, BEN), idea, "")
    assert empty.status_code == 422
    assert page(empty).select_one("#text[aria-invalid=true]") is not None
    assert page(empty).title.get_text().startswith("Fehler:")  # type: ignore[union-attr]
    assert say(known(host, BEN), idea, stance="vielleicht").status_code == 422
    assert stored(host) == []


@pytest.mark.one_database
def test_the_phase_and_the_level_of_the_project_hold(host: Host) -> None:
    idea = with_idea(host, level="verified_resident")
    browser = host.client()
    assert "Einwohner" in words(browser, f"{idea}comments/new")
    bea = host.lend(actor=lambda: replace(BEA, level=Level.SIGNED_IN)).client()
    bea.set_cookie("portal", "signed in")
    assert "details" not in str(shown(bea, idea).select_one(".sl-discussion"))
    resident = host.lend(actor=lambda: replace(BEA, level=Level.VERIFIED_RESIDENT)).client()
    resident.set_cookie("portal", "signed in")
    opened = resident.get(f"{idea}comments/new")
    assert send(bea, opened, {"text": TEXT}, action="new").status_code == 403
    host.clock.move(days=400)
    late = send(resident, opened, {"text": TEXT}, action="new")
    assert late.status_code in (409, 422)
    assert "unbedingt" in late.text
    assert stored(host) == []


@pytest.mark.one_database
def test_limits_hold_and_lose_nothing(host: Host) -> None:
    """S4."""
    portal = host.make(STADTLABOR_RATE_LIMITS={"comment-person": "1 per day"})
    idea = with_idea(portal)
    ben = known(portal, BEN)
    assert say(ben, idea, "Eins.").status_code == 303
    refused = say(ben, idea, "Zwei.")
    assert (refused.status_code, "Zwei." in refused.text) == (429, True)


def test_its_author_changes_it_for_fifteen_minutes(host: Host) -> None:
    idea = with_idea(host)
    number = said(host, idea, public_name="Ben")
    ben = known(host, BEN)
    edit = comment_url(number, "/edit")
    host.clock.move(minutes=14)
    opened = ben.get(edit)
    assert send(ben, opened, {"text": "Doch nicht."}, action="/edit").status_code == 303
    told = words(host.client(), comment_url(number))
    assert "Doch nicht." in told
    assert "(geändert)" in told
    assert known(host, "cem@example.org").get(edit).status_code == 404
    host.clock.move(minutes=2)
    late = send(ben, opened, {"text": "Zu spät."}, action="/edit")
    assert late.status_code == 409
    assert "15 Minuten" in late.text
    assert stored(host)[0].text == "Doch nicht."
    assert "/edit" not in ben.get(comment_url(number)).text


@pytest.mark.one_database
def test_a_deleted_comment_leaves_a_tombstone_only_where_others_replied(host: Host) -> None:
    idea = with_idea(host)
    number = said(host, idea, public_name="Ben")
    inner = answered(host, number, "Genau.", "cem@example.org", public_name="Cem")
    alone = said(host, idea, "Noch etwas.")
    ben = known(host, BEN)
    for each in (number, alone):
        answer = fill(ben, comment_url(each, "/delete"), action="/delete")
        assert answer.status_code == 303
        # a second click changes nothing
        fill(ben, comment_url(each, "/delete"), action="/delete")
    told = words(host.client(), idea)
    assert told.count("hat diesen Kommentar gelöscht") == 1
    assert "1 Kommentar" in told
    assert "Genau." in told
    for gone in ("unbedingt", "Noch etwas", "Ben"):
        assert gone not in told
    for each in (number, alone):
        link = host.client().get(comment_url(each))
        assert "hat diesen Kommentar gelöscht" in link.text
    assert "Genau." in words(host.client(), comment_url(number))
    assert stored(host)[0].replies == 1
    # once the last reply goes too, nothing is left on the page
    fill(known(host, "cem@example.org"), comment_url(inner, "/delete"), action="/delete")
    assert "hat diesen Kommentar gelöscht" not in words(host.client(), idea)
    assert [each.replies for each in stored(host)] == [0, 0, 0]


@pytest.mark.one_database
def test_nobody_answers_what_is_not_there(host: Host) -> None:
    idea = with_idea(host)
    number = said(host, idea)
    cem = known(host, "cem@example.org")
    opened = cem.get(comment_url(number, "/reply"))
    fill(known(host, BEN), comment_url(number, "/delete"), action="/delete")
    late = send(cem, opened, {"text": "Genau."}, action="/reply")
    assert (late.status_code, "Genau." in late.text) == (409, True)
    assert cem.get(comment_url(99)).status_code == 404
    assert reply_status(host, number) == 200
    # it is no matter of the moment, so the page says what has become of it
    for page_of_it in ("/reply", "/agree"):
        told = words(cem, comment_url(number, page_of_it))
        assert "Wer das geschrieben hat, hat diesen Kommentar gelöscht." in told
        assert "Im Moment" not in told


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("query", "way"),
    [
        ("on=project&slug=marktplatz", "/stadtlabor/de/projects/marktplatz/"),
        ("on=idea&number=99999999999999999999", "/stadtlabor/de/projects/"),
        ("on=event&slug=nirgendwo", "/stadtlabor/de/projects/"),
        ("on=event&slug=plattform&part=x", "/stadtlabor/de/projects/"),
        # an event alone has parts
        ("on=idea&number={number}&part=results", "/stadtlabor/de/projects/"),
        ("on=project&slug=marktplatz&part=results", "/stadtlabor/de/projects/"),
        ("on=https://spam.example/", "/stadtlabor/de/projects/"),
    ],
)
def test_the_page_after_sending_leads_back_to_what_was_talked_about(
    host: Host, query: str, way: str
) -> None:
    idea = with_idea(host)
    host.load(exchange(open_event()))
    query = query.format(number=idea.split("/")[-2])
    sent = shown(host.client(), f"/stadtlabor/de/comments/sent?{query}")
    assert sent.select_one(f".sl-sent a.sl-button[href='{way}']") is not None
    in_english = shown(host.client(), sent.select_one("a[hreflang=en]")["href"])
    way = way.replace("/de/", "/en/")
    assert in_english.select_one(f".sl-sent a.sl-button[href='{way}']") is not None


def reply_status(host: Host, number: int) -> int:
    """That of the page on which an answer to a comment was to be written."""
    return host.client().get(comment_url(number, "/reply")).status_code


def test_projects_events_programmes_and_results_are_talked_about(host: Host) -> None:
    with_idea(host)
    programme = [
        {"starts_at": "17:40", "title": {"de": "Begrüßung"}},
        {"starts_at": "18:00", "title": {"de": "Rundgang", "en": "Tour"}},
    ]
    results = {"text": {"de": "Der Radweg kommt."}}
    host.load(exchange(open_event(programme=programme, results=results)))
    ben = known(host, BEN)
    event = "/stadtlabor/de/events/plattform/"
    link = shown(host.client(), event).select_one(f'a[href="{event}comments/"]')
    assert link is not None
    found = shown(host.client(), f"{event}comments/").select(".sl-comment-parts a")
    assert [each.get_text() for each in found] == ["Begrüßung", "Rundgang"]
    tour = str(found[1]["href"])
    for below in (ON_PROJECT, f"{event}comments/", tour):
        assert say(ben, below, f"Zu {below}", form="new").status_code == 303
    assert "Rundgang 1 Kommentar" in words(host.client(), f"{event}comments/")
    # what is said of the tour follows it to another time and another language
    programme[1] = {"starts_at": "19:00", "title": {"de": "Rundgang", "en": "Walk"}}
    host.load(exchange(open_event(programme=programme, results=results)))
    assert "Zu " in words(host.client(), tour)
    host.load(exchange(open_event(programme=programme[:1], results=results)))
    assert "Ein früherer Programmpunkt" in words(host.client(), f"{event}comments/")
    assert host.client().get(f"{event}comments/results/").status_code == 404
    host.clock.move(days=85)
    closed = f"{event}comments/results/"
    assert "Ergebnisse" in words(host.client(), closed)
    assert host.client().get(f"{event}comments/item-nichts/").status_code == 404
    ben = known(host, BEN)
    assert say(ben, closed, "Schön!", form="new").status_code == 303
    assert "/comments/new" not in ben.get(f"{event}comments/").text
    keys = {each.thread.split("/", 2)[-1].partition("-")[0] for each in stored(host)}
    assert {"item", "results"} <= keys


@pytest.mark.one_database
def test_nothing_is_said_of_a_draft_or_where_there_is_nothing(host: Host) -> None:
    with_idea(host)
    host.load(exchange(open_event(status="draft")))
    for lost in ("events/plattform", "events/nichts", "projects/nichts", "ideas/99"):
        for below in ("comments/", "comments/new"):
            assert host.client().get(f"/stadtlabor/de/{lost}/{below}").status_code == 404
    with host.app.app_context():
        assert host.db.session.scalar(select(Comment)) is None


@pytest.mark.one_database
def test_sending_the_words_of_a_comment_tells_nobody_whose_it_is(host: Host) -> None:
    """S16."""
    idea = with_idea(host)
    said(host, idea)
    for address in (BEN, "nobody@example.org"):
        before = len(stored(host))
        answer = say(host.client(), idea, email=address)
        assert (answer.status_code, answer.location) == (303, SENT)
        # or the numbers of the next comments would tell
        assert len(stored(host)) == before + 1
    assert reply(host.client(), stored(host)[0].id, email=BEN).location == answer.location


@pytest.mark.one_database
def test_who_publishes_by_a_link_what_they_have_published_is_led_to_it(host: Host) -> None:
    """S5: they had sent the same words from a browser that knew them."""
    idea = with_idea(host)
    number = said(host, idea)
    say(host.client(), idea, email=BEN)
    browser = host.client()
    browser.get(link_in(host.mails()[-1]))
    assert press(browser, MINE, "/publish").location.startswith(comment_url(number))
    assert [comment.id for comment in stored(host)] == [number]


@pytest.mark.one_database
def test_of_two_tabs_the_second_overwrites_nothing(host: Host) -> None:
    """And shows both; what is sent then counts."""
    number = said(host, with_idea(host))
    ben = known(host, BEN)
    opened = ben.get(comment_url(number, "/edit"))
    assert send(ben, opened, {"text": "Viel länger"}, action="/edit").status_code == 303
    both = send(ben, opened, {"stance": "for"}, action="/edit")
    assert both.status_code == 409
    told = page(both).get_text(" ")
    assert "Viel länger" in told
    assert TEXT in str(page(both).select_one("textarea[name=text]"))
    assert stored(host)[0].text == "Viel länger"
    assert send(ben, both, action="/edit").status_code == 303
    assert (stored(host)[0].text, stored(host)[0].stance) == (TEXT, "for")


@pytest.mark.one_database
def test_words_that_come_too_late_or_without_a_link_stay_to_be_copied(host: Host) -> None:
    """A5: a quarter of an hour is over, or the page was closed in another tab."""
    number = said(host, with_idea(host))
    ben = known(host, BEN)
    opened = ben.get(comment_url(number, "/edit"))
    host.clock.move(minutes=16)
    late = send(ben, opened, {"text": "Lange überlegt"}, action="/edit")
    assert late.status_code == 409
    assert "Lange überlegt" in str(page(late).select_one("textarea[name=text]"))
    stranger = host.client()
    stranger.get(MINE)
    closed = send(stranger, opened, {"text": "Lange überlegt"}, action="/edit")
    assert closed.status_code == 403
    kept = page(closed).select_one("[name=text]")
    assert kept is not None
    assert kept["value"] == "Lange überlegt"


@pytest.mark.one_database
def test_whoever_has_just_commented_is_not_asked_to_answer_themselves(host: Host) -> None:
    idea = with_idea(host)
    ben = known(host, "ben@example.org")
    sent = ben.get(str(say(ben, idea).location))
    assert not page(sent).select("details.sl-comment-write")
    number = stored(host)[0].id
    cem = known(host, "cem@example.org")
    reply(cem, number)
    read = page(cem.get(comment_url(number)))
    assert [each.get_text() for each in read.select("main h2, .stadtlabor h2")] == ["1 Antwort"]
    assert read.select_one("details.sl-comment-write summary").get_text().startswith("Antworten")  # type: ignore[union-attr]

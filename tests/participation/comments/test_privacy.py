"""What somebody has in comments: taken along, erased with the words or without, forgotten."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from flask_stadtlabor import erase_person, export_person
from flask_stadtlabor.participation.comments.models import CommentReaction
from flask_stadtlabor.participation.people.models import Participant
from tests.factories import exchange, open_event
from tests.forms import fill, page, press, send
from tests.host import Host
from tests.participation.comments.desk import (
    answered,
    comment_url,
    said,
    say,
    stored,
    with_idea,
)
from tests.participation.ideas.desk import words
from tests.participation.moderation.desk import decide, hide, moderator, text_url
from tests.participation.people import MINE, SETTINGS, known

ADA = "ada@example.org"
BEN = "ben@example.org"
ERASE = "/stadtlabor/de/me/erase"


def takes_part(host: Host) -> tuple[str, int, int]:
    """The idea, a comment of Ada's, and one of Ben's below it; Ada agrees with Ben's."""
    idea = with_idea(host)
    own = said(host, idea, address=ADA, public_name="Ada", stance="for")
    reply = answered(host, own, "Genau.", BEN, public_name="Ben")
    press(known(host, ADA), comment_url(reply), "/agree")
    return idea, own, reply


@pytest.mark.one_database
def test_all_of_it_is_in_the_file(host: Host) -> None:
    """Art. 15 and 20 GDPR."""
    _, own, reply = takes_part(host)
    with host.app.app_context():
        (found,) = export_person(ADA)["participations"]
    (comment,) = found["comments"]
    assert (comment["number"], comment["stance"], comment["status"]) == (own, "for", "published")
    assert "unbedingt" in comment["text"]
    assert comment["about"].startswith("idea/")
    assert [(each["comment"], each["opinion"]) for each in found["reactions"]] == [(reply, "agree")]
    assert "Genau." not in str(found)
    mine = known(host, ADA).get(f"{MINE}data.json").get_json()["participations"]
    assert len(mine[0]["comments"]) == 1
    assert "Mehr Bänke" in words(known(host, ADA), MINE)


@pytest.mark.one_database
def test_the_words_can_stay_without_a_name(host: Host) -> None:
    idea, own, _ = takes_part(host)
    ada = known(host, ADA)
    assert fill(ada, ERASE).status_code == 422
    assert fill(ada, ERASE, {"texts": "stay"}).status_code == 303
    told = words(host.client(), idea)
    assert "unbedingt" in told
    assert "Ada" not in told
    comment, reply = stored(host)
    assert (comment.participant_id, comment.public_name, comment.fingerprint) == (None, None, None)
    assert (reply.agrees, comment.id) == (0, own)
    assert host.scalar(select(func.count()).select_from(CommentReaction)) == 0
    assert host.scalar(select(func.count()).select_from(Participant)) == 1


@pytest.mark.parametrize("texts", ["stay", "go"])
def test_of_words_that_nobody_was_to_read_nothing_stays(host: Host, texts: str) -> None:
    """Neither of a comment that a moderator refused."""
    idea = with_idea(host, holds_first_posts=True)
    refused = said(host, idea, address=ADA)
    said(host, "/stadtlabor/de/projects/marktplatz/", "Wartet noch.", address=ADA)
    reasons = {"rule": "topic", "reasons": "Das ist eine Einladung."}
    answer = decide(moderator(host), refused, "refused", kind="comment", **reasons)
    assert answer.status_code == 303
    assert fill(known(host, ADA), ERASE, {"texts": texts}).status_code == 303
    assert stored(host) == []


def test_or_a_tombstone_is_left_where_others_replied(host: Host) -> None:
    idea, _, _ = takes_part(host)
    said(host, idea, "Noch etwas.", address=ADA)
    assert fill(known(host, ADA), ERASE, {"texts": "go"}).status_code == 303
    told = words(host.client(), idea)
    assert told.count("hat diesen Kommentar gelöscht") == 1
    for gone in ("unbedingt", "Noch etwas", "Ada"):
        assert gone not in told
    assert "Genau." in told
    assert "1 Kommentar" in told
    assert [each.replies for each in stored(host)] == [1, 0, 0]


@pytest.mark.one_database
def test_a_reply_that_is_erased_is_counted_no_more(host: Host) -> None:
    takes_part(host)
    with host.app.app_context():
        erase_person(BEN)
        host.db.session.commit()
    assert [each.replies for each in stored(host)] == [0, 0]


@pytest.mark.one_database
def test_a_double_click_erases_once_and_says_so(host: Host) -> None:
    """S5: the second answer is the one that the browser shows."""
    ada = known(host, ADA)
    asked = ada.get(ERASE)
    second = host.client()
    cookie = ada.get_cookie("session")
    assert cookie is not None
    second.set_cookie("session", cookie.value)
    assert send(ada, asked).status_code == 303
    again = send(second, asked)
    assert again.status_code == 303
    assert "Deine Daten sind gelöscht" in words(second, str(again.location))


@pytest.mark.one_database
def test_who_has_only_commented_is_asked_about_that(host: Host) -> None:
    with_idea(host)
    ada = known(host, ADA)
    assert page(ada.get(ERASE)).select("[name=texts]") == []
    say(ada, "/stadtlabor/de/projects/marktplatz/comments/", form="new")
    assert page(ada.get(ERASE)).select("[name=texts]") != []


def test_what_nobody_published_is_deleted_after_seven_days(host: Host) -> None:
    """Of an address that nobody confirmed, and of one that somebody else had confirmed before."""
    idea = with_idea(host)
    fill(known(host, BEN), SETTINGS, {"public_name": "Ben"})
    for address in (ADA, BEN):
        say(host.client(), idea, f"Für {address}", email=address)
    host.clock.move(days=6, hours=23)
    assert host.run("retention", "run").exit_code == 0
    assert len(stored(host)) == 2
    host.clock.move(hours=2)
    assert "comments that nobody published" in host.run("retention", "run", "--dry-run").output
    assert host.run("retention", "run").exit_code == 0
    assert stored(host) == []
    assert host.scalar(select(func.count()).select_from(Participant)) == 1


@pytest.mark.one_database
def test_whoever_commented_reads_no_title_that_is_hidden_since(host: Host) -> None:
    """Neither of an idea that a moderator has hidden nor of an event that is a draft again."""
    idea = with_idea(host)
    host.load(exchange(open_event()))
    numbers = said(host, idea), said(host, "/stadtlabor/de/events/plattform/")
    ben = known(host, BEN)
    titles = "Mehr Bänke", "Mitreden im Netz"
    assert all(title in words(ben, MINE) for title in titles)
    assert all(comment_url(number) in ben.get(MINE).text for number in numbers)
    hide(moderator(host), int(idea.split("/")[-2]))
    host.load(exchange(open_event(status="draft")))
    host.clock.move(minutes=16)
    pages = [ben.get(comment_url(number, "/edit")) for number in numbers]
    assert [answer.status_code for answer in pages] == [409, 409]
    for answer in (ben.get(MINE), *pages):
        assert not any(title in answer.text for title in titles)
    mine = words(ben, MINE)
    assert "Eine Idee, die nicht mehr hier steht" in mine
    assert "Worum es in diesem Kommentar geht, ist nicht mehr da." in mine
    # no link leads to where there is nothing
    links = [str(link["href"]) for link in page(ben.get(MINE)).select("main a[href]")]
    assert [link for link in links if "/comments/" in link] == []
    # the team knows what it was about
    assert titles[0] in words(moderator(host), text_url(numbers[0], "comment"))

"""What somebody has in comments: taken along, erased with the words or without, forgotten."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from flask_stadtlabor import erase_person, export_person
from flask_stadtlabor.participation.comments.models import CommentReaction
from flask_stadtlabor.participation.people.models import Participant
from tests.forms import fill, page, press
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


def test_a_reply_that_is_erased_is_counted_no_more(host: Host) -> None:
    takes_part(host)
    with host.app.app_context():
        erase_person(BEN)
        host.db.session.commit()
    assert [each.replies for each in stored(host)] == [0, 0]


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

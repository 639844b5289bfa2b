"""What somebody has in ideas: taken along, erased with the texts or without, forgotten in time."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from flask_stadtlabor import erase_person, export_person
from flask_stadtlabor.participation.ideas.models import IdeaFollow, IdeaSupport, IdeaVersion
from flask_stadtlabor.participation.people.models import Participant
from tests.forms import fill, page
from tests.host import Host
from tests.participation.ideas.desk import (
    BANKS,
    LIST,
    collecting,
    idea_url,
    stored,
    takes_part,
    words,
    write_idea,
)
from tests.participation.ideas.test_merging import A, B, merge, support, three_ideas
from tests.participation.people import MINE, SETTINGS, known

ADA = "ada@example.org"
ERASE = "/stadtlabor/de/me/erase"


@pytest.mark.one_database
def test_all_of_it_is_in_the_file(host: Host) -> None:
    """Art. 15 and 20 GDPR: drafts, earlier texts, supports and follows too."""
    takes_part(host, ADA)
    with host.app.app_context():
        (found,) = export_person(ADA)["participations"]
    assert [each["title"] for each in found["ideas"]] == [BANKS, "Vielleicht ein Teich"]
    first = found["ideas"][0]
    assert (first["text"], first["supports"], first["status"]) == ("Lieber Stühle.", 1, "published")
    assert "Bänke" in first["earlier_texts"][0]["text"]
    kiosk = stored(host)[0].id
    assert [each["idea"] for each in found["supports"]] == [kiosk]
    assert [each["idea"] for each in found["follows"]] == [kiosk]
    assert "ben@example.org" not in str(found)


@pytest.mark.one_database
def test_the_texts_can_stay_without_a_name(host: Host) -> None:
    takes_part(host, ADA)
    ada = known(host, ADA)
    assert fill(ada, ERASE).status_code == 422
    assert fill(ada, ERASE, {"texts": "stay"}).status_code == 303
    kiosk, idea = stored(host)
    assert (kiosk.supports, idea.supports) == (0, 1)
    told = words(host.client(), idea_url(idea.id))
    assert "Anonym am" in told
    assert "Lieber Stühle." in told
    assert "Ada" not in told
    assert (idea.participant_id, idea.public_name, idea.fingerprint) == (None, None, None)
    assert host.scalar(select(func.count()).select_from(Participant)) == 1


def test_or_it_is_left_that_the_author_took_them_away(host: Host) -> None:
    takes_part(host, ADA)
    assert fill(known(host, ADA), ERASE, {"texts": "go"}).status_code == 303
    idea = stored(host)[1]
    answer = host.client().get(idea_url(idea.id))
    assert answer.status_code == 200
    assert "hat sie entfernt" in page(answer).get_text()
    assert BANKS not in answer.text
    assert "noindex" in answer.text
    assert BANKS not in words(host.client(), LIST)
    for table in (IdeaVersion, IdeaFollow):
        assert host.scalar(select(func.count()).select_from(table)) == 0
    # Ben's support of it stays, and his page can still be opened
    assert host.scalar(select(func.count()).select_from(IdeaSupport)) == 1
    assert "Das unterstütze ich" in words(known(host, "ben@example.org"), "/stadtlabor/de/me/")


@pytest.mark.one_database
def test_who_has_written_nothing_is_not_asked_about_it(host: Host) -> None:
    ada = known(host, ADA)
    assert page(ada.get(ERASE)).select("[name=texts]") == []
    assert fill(ada, ERASE).status_code == 303


@pytest.mark.one_database
def test_staff_erases_the_texts_too(host: Host) -> None:
    takes_part(host, ADA)
    with host.app.app_context():
        erase_person(ADA)
        host.db.session.commit()
    assert [each.title for each in stored(host)] == ["Ein Kiosk für alle", ""]


@pytest.mark.one_database
def test_what_nobody_published_is_deleted_after_seven_days(host: Host) -> None:
    """Of an address that nobody confirmed, and of one that somebody else had confirmed before."""
    collecting(host)
    fill(known(host, "ben@example.org"), SETTINGS, {"public_name": "Ben"})
    for address in (ADA, "ben@example.org"):
        write_idea(host.client(), f"Idee für {address}", email=address)
    host.clock.move(days=6, hours=23)
    assert host.run("retention", "run").exit_code == 0
    assert len(stored(host)) == 2
    host.clock.move(hours=2)
    assert "ideas that nobody published" in host.run("retention", "run", "--dry-run").output
    assert host.run("retention", "run").exit_code == 0
    assert stored(host) == []
    assert host.scalar(select(func.count()).select_from(Participant)) == 1


@pytest.mark.one_database
def test_whoever_is_erased_gets_no_mail_of_a_merge_that_was_not_sent(host: Host) -> None:
    """Art. 15 and 17 GDPR: on their own page."""
    three_ideas(host)
    support(host, A, "ada")
    ada = known(host, "ada@example.org")
    merge(host, A, B)
    (mail,) = ada.get(f"{MINE}data.json").get_json()["mails"]
    assert mail["kind"] == "idea_merged"
    host.sent.clear()
    assert fill(ada, ERASE).status_code == 303
    assert host.mails() == []

"""Objecting to a decision: for half a year, once, decided by somebody else where there are two."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from flask_stadtlabor.participation.moderation.models import Decision, Objection
from tests.forms import fill, page, send
from tests.host import Host
from tests.participation.ideas.desk import collecting, idea_url, published, words
from tests.participation.moderation.desk import (
    DESK,
    decide,
    decision_url,
    hide,
    mails_to,
    moderator,
    report,
    told,
)
from tests.participation.people import MINE, known

ADA = "ada@example.org"
WHY = {"words": "Ich meine niemanden persönlich."}


@pytest.fixture
def number(host: Host) -> int:
    """Ada's idea, which Mia has hidden."""
    collecting(host)
    found = published(host)
    hide(moderator(host), found)
    return found


def objection_url(host: Host) -> str:
    """The team's page of the only objection."""
    return f"{DESK}objections/{host.scalar(select(Objection.decision_id))}"


def object_to(host: Host) -> FlaskClient:
    """Ada objects; her browser."""
    ada = known(host, ADA)
    assert fill(ada, decision_url(ada), WHY).status_code == 303
    return ada


@pytest.mark.one_database
def test_whoever_objects_reads_that_it_came_in_and_what_they_wrote(host: Host, number: int) -> None:
    """First on the page, because it looks the same otherwise; and no paragraph is lost."""
    ada = known(host, ADA)
    answer = fill(ada, decision_url(ada), {"words": "Ein Satz.\n\nNoch einer."})
    seen = page(ada.get(answer.location))
    assert "Dein Widerspruch ist da." in seen.select_one("main .sl-done").text
    assert seen.select_one(".sl-said").text == "Ein Satz.\n\nNoch einer."
    max_ = moderator(host, "mod:2", "Max")
    assert page(max_.get(objection_url(host))).select_one(".sl-said").text.endswith("Noch einer.")


@pytest.mark.one_database
def test_an_author_who_was_right_has_the_text_back(host: Host, number: int) -> None:
    ada = object_to(host)
    assert "Jemand vom Team sieht ihn sich an" in words(ada, decision_url(ada))
    max_ = moderator(host, "mod:2", "Max")
    assert WHY["words"] in words(max_, f"{DESK}?list=objections")
    said = {"outcome": "upheld", "reasons": "Der Satz ist hart, aber sachlich."}
    assert fill(max_, objection_url(host), said).status_code == 303
    assert "Bänke" in words(host.client(), idea_url(number))
    answer = told(mails_to(host, ADA)[-1])
    assert "Du hattest recht." in answer
    assert "Der Satz ist hart, aber sachlich." in answer
    assert "du hattest recht" in words(ada, MINE)


@pytest.mark.one_database
def test_the_page_of_a_decision_says_how_things_stand_now(host: Host, number: int) -> None:
    """What was true when it was made stands beside nothing that says the opposite."""
    gone, invites, court = "Niemand außer dir", "Dann widersprich", "an ein Gericht wenden"
    ada = known(host, ADA)
    url = decision_url(ada)
    assert all(each in words(ada, url) for each in (gone, invites))
    object_to(host)
    pending = words(ada, url)
    assert gone in pending
    assert invites not in pending
    mia, max_ = moderator(host), moderator(host, "mod:2", "Max")
    fill(max_, objection_url(host), {"outcome": "upheld", "reasons": "Der Satz ist sachlich."})
    upheld = words(ada, url)
    assert "war ausgeblendet. Alle können es wieder lesen." in upheld
    assert "Du hattest recht. Alle können deinen Text wieder lesen" in upheld
    assert not [each for each in (gone, invites, court) if each in upheld]
    hide(mia, number, rule="law", reasons="Das ist verboten.")
    anew = words(ada, url)
    assert "Eine spätere Entscheidung hat es ausgeblendet." in anew
    assert "Alle können deinen Text wieder lesen" not in anew


@pytest.mark.one_database
def test_there_is_nothing_to_object_to_once_the_text_is_back(host: Host, number: int) -> None:
    ada = known(host, ADA)
    url = decision_url(ada)
    opened = ada.get(url)
    decide(moderator(host), number, "restored")
    seen = ada.get(url)
    assert "Dann widersprich" not in seen.text
    assert page(seen).select("form [name=words]") == []
    assert send(ada, opened, WHY).status_code == 409
    listed = page(ada.get(MINE)).select("#sl-decisions + ul li")
    assert ["wieder gezeigt" in each.text for each in listed] == [True, True]


@pytest.mark.parametrize("way", ["objection", "restored"])
def test_whoever_reported_hears_once_that_the_text_is_back(host: Host, way: str) -> None:
    """Art. 16(5) DSA: they were told that it is hidden; the author’s words are not for them."""
    collecting(host)
    number = published(host)
    report(host, number, email="otto@example.org")
    mia, max_ = moderator(host), moderator(host, "mod:2", "Max")
    hide(mia, number)
    assert "ausgeblendet" in told(mails_to(host, "otto@example.org")[-1])
    object_to(host)
    if way == "objection":
        fill(max_, objection_url(host), {"outcome": "upheld", "reasons": "Sachlich."})
    else:
        decide(max_, number, "restored", reasons="Sachlich.")
    *earlier, answer = mails_to(host, "otto@example.org")
    assert len(earlier) == 2
    assert "ist wieder zu lesen" in str(answer["Subject"])
    assert "Jetzt haben wir ihn uns noch einmal angesehen" in told(answer)
    assert "betrifft eine Idee" in told(answer)
    assert not [typed for typed in ("Bänke", "Sachlich", WHY["words"]) if typed in told(answer)]
    # once: of what is decided later without their report they hear no more
    hide(mia, number)
    decide(max_, number, "restored")
    assert len(mails_to(host, "otto@example.org")) == 3


def test_who_has_the_text_back_is_told_nothing_else(host: Host, number: int) -> None:
    """A moderator shows it again without the page of the objection, which is decided by that."""
    ada = object_to(host)
    max_ = moderator(host, "mod:2", "Max")
    waiting = max_.get(objection_url(host))
    assert decide(moderator(host), number, "restored").status_code == 303
    assert "Alle können es wieder lesen." in told(mails_to(host, ADA)[-1])
    assert "du hattest recht" in words(ada, MINE)
    assert "Niemand widerspricht" in words(max_, f"{DESK}?list=objections")
    late = send(max_, waiting, {"outcome": "rejected", "reasons": "Nein."})
    assert late.location == objection_url(host)
    assert "Die Person hatte recht" in words(max_, objection_url(host))
    assert not [mail for mail in mails_to(host, ADA) if "Widerspruch" in mail["Subject"]]


@pytest.mark.one_database
def test_or_the_decision_stands(host: Host, number: int) -> None:
    ada = object_to(host)
    said = {"outcome": "rejected", "reasons": "Gemeint sind alle, die dort wohnen."}
    assert fill(moderator(host, "mod:2", "Max"), objection_url(host), said).status_code == 303
    assert "Bänke" not in words(host.client(), idea_url(number))
    assert "die Entscheidung bleibt bestehen" in told(mails_to(host, ADA)[-1])
    seen = words(ada, decision_url(ada))
    assert "Gemeint sind alle" in seen
    assert "Dann widersprich" not in seen
    assert "an ein Gericht wenden" in seen


def test_whoever_decided_decides_about_the_objection_only_where_nobody_else_moderates(
    host: Host, number: int
) -> None:
    """Art. 20(6) DSA."""
    object_to(host)
    mia = moderator(host)
    alone = mia.get(objection_url(host))
    assert page(alone).select("[name=outcome]")
    # Max has decided about something meanwhile
    other = published(host, "Eine Uhr am Rathaus", "ben@example.org")
    report(host, other)
    max_ = moderator(host, "mod:2", "Max")
    fill(max_, f"{DESK}idea/{other}", {"measure": "kept"})
    said = {"outcome": "rejected", "reasons": "Nein."}
    assert send(mia, alone, said).status_code == 403
    assert page(mia.get(objection_url(host))).select("[name=outcome]") == []
    assert host.scalar(select(Objection.decided_at)) is None
    assert fill(max_, objection_url(host), said).status_code == 303


@pytest.mark.one_database
def test_an_objection_is_possible_once_and_for_half_a_year(host: Host, number: int) -> None:
    ada = known(host, ADA)
    first, second = (ada.get(decision_url(ada)) for _ in range(2))
    assert send(ada, first, {"words": ""}).status_code == 422
    assert send(ada, first, WHY).status_code == 303
    assert send(ada, second, {"words": "Noch einmal."}).status_code == 409
    assert host.scalar(select(Objection.words)) == WHY["words"]


@pytest.mark.one_database
def test_it_is_too_late_after_that(host: Host, number: int) -> None:
    host.clock.move(days=185)
    ada = known(host, ADA)
    told_late = page(ada.get(decision_url(ada)))
    assert told_late.select("form [name=words]") == []
    assert "Dann widersprich" not in told_late.text
    assert host.scalar(select(Decision.reasons)) != ""


@pytest.mark.one_database
def test_two_who_answer_an_objection_do_it_once(host: Host, number: int) -> None:
    object_to(host)
    max_ = moderator(host, "mod:2", "Max")
    said = {"outcome": "upheld", "reasons": "Ja."}
    opened = [max_.get(objection_url(host)) for _ in range(2)]
    for each in opened:
        assert send(max_, each, said).status_code == 303
    answers = [mail for mail in mails_to(host, ADA) if "Widerspruch" in str(mail["Subject"])]
    assert len(answers) == 1


def test_an_old_objection_does_not_undo_a_later_decision(host: Host, number: int) -> None:
    """One that is left from when showing a text again did not decide about it."""
    object_to(host)
    mia, max_ = moderator(host), moderator(host, "mod:2", "Max")
    decide(mia, number, "restored")
    with host.app.app_context():
        host.db.session.execute(update(Objection).values(decided_at=None, is_upheld=None))
        host.db.session.commit()
    hide(mia, number, rule="law", reasons="Das ist verboten.")
    late = fill(max_, objection_url(host), {"outcome": "upheld", "reasons": "Stimmt."})
    assert late.status_code == 409
    assert "noch einmal ausgeblendet" in page(late).get_text()
    assert "Bänke" not in words(host.client(), idea_url(number))


@pytest.mark.one_database
def test_nobody_waits_for_ever_for_somebody_else_to_decide(host: Host, number: int) -> None:
    object_to(host)
    other = published(host, "Eine Uhr am Rathaus", "ben@example.org")
    hide(moderator(host, "mod:2", "Max"), other)
    mia = moderator(host)
    assert page(mia.get(objection_url(host))).select("[name=outcome]") == []
    host.clock.move(days=13, hours=23)
    assert page(mia.get(objection_url(host))).select("[name=outcome]") == []
    host.clock.move(hours=2)
    assert page(mia.get(objection_url(host))).select("[name=outcome]")


@pytest.mark.one_database
def test_an_address_that_names_no_decision_tells_so(host: Host, number: int) -> None:
    """Not every database can look up whatever somebody types."""
    ada = known(host, ADA)
    for mark in ("f" * 32, "%00", "x" * 300, "%ED%A0%80"):
        assert ada.get(f"/stadtlabor/de/me/decisions/{mark}").status_code == 404

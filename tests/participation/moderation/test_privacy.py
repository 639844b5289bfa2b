"""What moderation knows of people: in their file, gone when they ask, forgotten in time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from flask_stadtlabor import erase_person, export_person
from flask_stadtlabor.outbox.models import OutboxMail
from flask_stadtlabor.participation.moderation.models import Decision, Objection
from tests.forms import fill, page
from tests.host import Host
from tests.participation.ideas.desk import collecting, published
from tests.participation.moderation.desk import (
    DESK,
    decision_url,
    hide,
    moderator,
    report,
    reports,
    text_url,
)
from tests.participation.people import MINE, known
from tests.registration.accounts import BEA

ADA, OTTO = "ada@example.org", "otto@example.org"


@pytest.fixture
def number(host: Host) -> int:
    """Ada's idea, which Otto reported, Mia hid, and Ada objects to."""
    collecting(host)
    found = published(host, address=ADA)
    report(host, found, email=OTTO)
    hide(moderator(host), found)
    ada = known(host, ADA)
    fill(ada, decision_url(ada), {"words": "Ich meine niemanden."})
    return found


def test_both_see_what_is_stored_about_them_and_nothing_of_each_other(
    host: Host, number: int
) -> None:
    """Art. 15 GDPR, V6."""
    with host.app.app_context():
        (of_ada,) = export_person(ADA)["participations"]
        of_otto = export_person(OTTO)
    (told,) = of_ada["decisions"]
    assert (told["measure"], told["rule"]) == ("hidden", "respect")
    assert told["objection"]["words"] == "Ich meine niemanden."
    assert OTTO not in str(of_ada)
    assert "mod:1" not in str(of_ada)
    (reported,) = of_otto["reports"]
    assert (reported["number"], reported["state"]) == (number, "hidden")
    assert ADA not in str(of_otto)


def test_an_erased_author_leaves_a_decision_without_words(host: Host, number: int) -> None:
    with host.app.app_context():
        assert erase_person(ADA) is not None
        host.db.session.commit()
    assert host.scalar(select(Decision.participant_id)) is None
    assert host.scalar(select(Decision.reasons)) == ""
    # nobody is left who could be told of the objection
    assert host.scalar(select(Objection.words)) is None
    assert host.scalar(select(Decision.measure)) == "hidden"
    # and the team a page without anything to decide about
    shown = page(moderator(host).get(text_url(number)))
    assert "zurückgenommen" in shown.h1.text
    assert shown.select("[name=measure]") == []


@pytest.mark.one_database
def test_an_erased_reporter_leaves_the_report_without_an_address(host: Host, number: int) -> None:
    with host.app.app_context():
        assert erase_person(OTTO) is not None
        host.db.session.commit()
        assert export_person(OTTO) is None
    assert [(each.email, each.address_key) for each in reports(host)] == [(None, None)]


def test_ones_own_page_names_unsent_mails_and_reports_and_erases_them(host: Host) -> None:
    """Art. 15 and 17 GDPR: of whoever came by a link, and of nobody with whom it is not proved."""
    collecting(host)
    found = published(host, address=ADA)
    ada, otto = known(host, ADA), known(host, OTTO)
    report(host, found, email=OTTO)
    hide(moderator(host), found)
    unproved = host.lend(actor=lambda: replace(BEA, email=OTTO, email_verified=False)).client()
    files = [browser.get(f"{MINE}data.json").get_json() for browser in (ada, otto, unproved)]
    assert [[mail["kind"] for mail in file["mails"]] for file in files] == [
        ["statement"],
        ["report_receipt", "report_outcome"],
        [],
    ]
    assert all(mail["message"] for file in files for mail in file["mails"])
    assert [len(file["reports"]) for file in files] == [0, 1, 0]
    assert fill(ada, f"{MINE}erase", {"texts": "stay"}).status_code == 303
    assert fill(otto, f"{MINE}erase").status_code == 303
    unsent = select(OutboxMail.kind).where(OutboxMail.recipient.is_not(None))
    assert host.scalar(unsent) is None
    assert [(each.email, each.address_key) for each in reports(host)] == [(None, None)]


@pytest.mark.one_database
def test_whoever_is_erased_gets_no_answer_to_their_objection_that_was_not_sent(
    host: Host, number: int
) -> None:
    ada, max_ = known(host, ADA), moderator(host, "mod:2", "Max")
    objection = f"{DESK}objections/{host.scalar(select(Objection.decision_id))}"
    said = {"outcome": "upheld", "reasons": "Der Satz ist sachlich."}
    assert fill(max_, objection, said).status_code == 303
    unsent = select(OutboxMail.kind).where(OutboxMail.recipient == ADA)
    assert host.scalar(unsent) == "objection_answer"
    assert fill(ada, f"{MINE}erase", {"texts": "stay"}).status_code == 303
    assert host.scalar(unsent) is None


@pytest.mark.one_database
def test_reports_go_after_half_a_year_and_words_not_while_an_objection_is_open(
    host: Host, number: int
) -> None:
    host.clock.move(days=183)
    host.run("retention", "run")
    assert len(reports(host)) == 1
    host.clock.move(days=2)
    host.run("retention", "run")
    assert reports(host) == []
    host.clock.move(days=365)
    host.run("retention", "run")
    # nobody has answered the objection, so its words are still needed
    assert host.scalar(select(Objection.words)) != ""


def test_the_words_of_a_decision_and_its_objection_go_a_year_later(host: Host, number: int) -> None:
    """D4; what was decided, and by which rule, stays."""
    decision = host.scalar(select(Objection.decision_id))
    said = {"outcome": "rejected", "reasons": "Gemeint sind alle, die dort wohnen."}
    page = f"{DESK}objections/{decision}"
    assert fill(moderator(host, "mod:2", "Max"), page, said).status_code == 303
    host.clock.move(days=364)
    host.run("retention", "run")
    assert host.scalar(select(Decision.reasons)) != ""
    host.clock.move(days=2)
    host.run("retention", "run")
    for words in (Decision.reasons, Objection.words, Objection.reasons):
        assert host.scalar(select(words)) == "", words
    assert host.scalar(select(Decision.measure)) == "hidden"
    assert host.scalar(select(Decision.rule)) == "respect"


@pytest.mark.one_database
def test_a_member_of_staff_can_be_forgotten(host: Host, number: int) -> None:
    assert host.run("person", "forget-staff", "mod:1").exit_code == 0
    assert host.scalar(select(Decision.actor_name)) == ""

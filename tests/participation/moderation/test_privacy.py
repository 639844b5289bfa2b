"""What moderation knows of people: in their file, gone when they ask, forgotten in time."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from flask_stadtlabor import erase_person, export_person
from flask_stadtlabor.participation.moderation.models import Decision, Objection
from tests.forms import fill
from tests.host import Host
from tests.participation.ideas.desk import collecting, published
from tests.participation.moderation.desk import DESK, decision_url, hide, moderator, report, reports
from tests.participation.people import known

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


def test_an_erased_reporter_leaves_the_report_without_an_address(host: Host, number: int) -> None:
    with host.app.app_context():
        assert erase_person(OTTO) is not None
        host.db.session.commit()
        assert export_person(OTTO) is None
    assert [(each.email, each.address_key) for each in reports(host)] == [(None, None)]


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

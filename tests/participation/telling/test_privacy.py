"""What waits for somebody's digest: in their file, taken along, erased, forgotten in time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from flask_stadtlabor import erase_person, export_person
from flask_stadtlabor.isolation import Parts
from flask_stadtlabor.outbox.models import OutboxMail
from flask_stadtlabor.participation.telling.jobs.digests import write_digests
from tests.forms import fill, press
from tests.host import Host
from tests.participation.ideas.desk import collecting, idea_url, published
from tests.participation.people import SETTINGS, known
from tests.participation.telling.desk import (
    ADA,
    BEN,
    at_the_hour,
    changed,
    supported,
    take_part,
    waiting,
)
from tests.registration.accounts import BEA


def news_for_ben(host: Host) -> int:
    """Ben supports an idea of Ada's, which she changed; its number."""
    collecting(host)
    number = published(host)
    supported(host, number, BEN)
    changed(host, number, "Anders")
    assert waiting(host) == 1
    return number


@pytest.mark.one_database
def test_it_is_in_the_file_with_the_mails_that_were_not_sent(host: Host) -> None:
    number = news_for_ben(host)
    with host.app.app_context():
        (found,) = export_person(BEN)["participations"]
        assert found["wants_digest"] is found["wants_answers"] is True
        (news,) = found["news"]
        assert (news["kind"], news["idea"]) == ("idea_changed", number)
    ben = known(host, BEN)
    at_the_hour(host)
    with host.app.app_context():
        write_digests(lambda: False, Parts())
    own = ben.get("/stadtlabor/de/me/data.json").get_json()
    assert own["participations"][0]["news"] == []
    assert "digest" in [mail["kind"] for mail in own["mails"]]


def test_erasing_somebody_takes_news_and_unsent_mails_along(host: Host) -> None:
    number = news_for_ben(host)
    ben, ada = known(host, BEN), known(host, ADA)
    at_the_hour(host)
    with host.app.app_context():
        write_digests(lambda: False, Parts())
    fill(ada, idea_url(number, "edit"), {"text": "Wieder anders"})
    unsent = select(func.count()).where(OutboxMail.kind == "digest")
    assert (waiting(host), host.scalar(unsent)) == (1, 1)
    assert fill(ben, "/stadtlabor/de/me/erase").status_code == 303
    assert (waiting(host), host.scalar(unsent)) == (0, 0)


@pytest.mark.one_database
def test_staff_erases_a_digest_that_was_not_sent(host: Host) -> None:
    news_for_ben(host)
    at_the_hour(host)
    digests = select(func.count()).where(OutboxMail.kind == "digest")
    with host.app.app_context():
        write_digests(lambda: False, Parts())
        host.db.session.commit()
        assert host.db.session.scalar(digests) == 1
        erase_person(BEN)
        host.db.session.commit()
        assert host.db.session.scalar(digests) == 0


def test_two_who_are_one_person_have_the_same_news_once(host: Host) -> None:
    collecting(host)
    number = published(host)
    supported(host, number, "bea@buerger.example")
    # she has an account under another address first
    browser = take_part(host, BEA)
    press(browser, idea_url(number), "/follow")
    changed(host, number, "Anders")
    assert waiting(host) == 1


@pytest.mark.one_database
def test_a_mail_from_before_two_were_joined_goes_with_them(host: Host) -> None:
    collecting(host)
    number = published(host)
    supported(host, number, BEA.email)
    elsewhere = replace(BEA, email="bea@elsewhere.example")
    press(take_part(host, elsewhere), idea_url(number), "/follow")
    changed(host, number, "Anders")
    at_the_hour(host)
    with host.app.app_context():
        write_digests(lambda: False, Parts())
    take_part(host, BEA)
    digests = select(func.count()).where(OutboxMail.kind == "digest")
    assert host.scalar(digests) == 2
    with host.app.app_context():
        (found,) = export_person(account=BEA.key)["participations"]
        assert found["email"].lower() == BEA.email.lower()
        erase_person(account=BEA.key)
        host.db.session.commit()
    assert host.scalar(digests) == 0


@pytest.mark.one_database
def test_what_could_not_be_told_for_a_month_goes(host: Host) -> None:
    news_for_ben(host)
    host.clock.move(days=29)
    assert host.run("retention", "run").exit_code == 0
    assert waiting(host) == 1
    host.clock.move(days=2)
    assert "1 piece of news that was not told" in host.run("retention", "run", "--dry-run").output
    host.run("retention", "run")
    assert waiting(host) == 0


def test_whoever_ends_one_kind_of_mails_before_two_are_joined_has_ended_it(host: Host) -> None:
    fill(known(host, ADA), SETTINGS, {"wants_answers": ""})
    with host.app.app_context():
        (found,) = export_person(ADA)["participations"]
    assert (found["wants_digest"], found["wants_answers"]) == (True, False)

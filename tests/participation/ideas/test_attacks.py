"""What somebody tries who is careless, or who wants to know or spoil what is not theirs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from threading import Barrier, BrokenBarrierError

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from flask_stadtlabor import erase_person
from flask_stadtlabor.participation.ideas.models import Idea, IdeaStatus, IdeaSupport
from flask_stadtlabor.participation.people.current import of_account
from flask_stadtlabor.participation.people.operations import join
from flask_stadtlabor.transactions import commit
from tests.forms import fill, press
from tests.host import Host
from tests.participation.ideas.desk import (
    BANKS,
    LIST,
    collecting,
    idea_url,
    published,
    stored,
    words,
    write_idea,
)
from tests.participation.people import MINE, known, link_in
from tests.registration.accounts import BEA

ADA = "ada@example.org"
BEAS = "bea@buerger.example"


@pytest.mark.one_database
def test_an_idea_that_was_published_by_the_link_stays(host: Host) -> None:
    """C12: the address is confirmed by that; a week later nothing of it is deleted."""
    collecting(host)
    write_idea(host.client(), email=ADA)
    browser = host.client()
    browser.get(link_in(host.mails()[-1]))
    press(browser, MINE, "/publish")
    host.clock.move(days=8)
    assert host.run("retention", "run").exit_code == 0
    (idea,) = stored(host)
    assert (idea.status, idea.title) == (IdeaStatus.PUBLISHED, BANKS)


@pytest.mark.one_database
def test_sending_the_words_of_an_idea_tells_nobody_whose_it_is(host: Host) -> None:
    """S16: an anonymous idea, and a stranger who tries addresses at the form."""
    collecting(host)
    published(host, address=ADA)
    for address in (ADA, "nobody@example.org"):
        before = len(stored(host))
        answer = write_idea(host.client(), email=address)
        assert (answer.status_code, answer.location) == (303, f"{LIST}sent")
        # or the numbers of the next ideas would tell
        assert len(stored(host)) == before + 1


@pytest.mark.one_database
def test_who_publishes_by_a_link_what_they_have_published_is_led_to_it(host: Host) -> None:
    """S5: they had sent the same words from a browser that knew them."""
    collecting(host)
    number = published(host, address=ADA)
    write_idea(host.client(), email=ADA)
    browser = host.client()
    browser.get(link_in(host.mails()[-1]))
    assert press(browser, MINE, "/publish").location.startswith(idea_url(number))
    assert [idea.id for idea in stored(host)] == [number]


@pytest.mark.one_database
def test_what_waited_is_published_when_it_is_sent_again_and_a_third_time_is_nothing(
    host: Host,
) -> None:
    """S5: typed with an address, then from a browser that is known, then once more."""
    collecting(host)
    write_idea(host.client(), email=ADA)
    browser = known(host, ADA)
    for _ in range(2):
        assert write_idea(browser).status_code == 303
    (idea,) = stored(host)
    assert idea.status == IdeaStatus.PUBLISHED


def test_counts_are_right_when_one_person_is_erased_who_was_two(host: Host) -> None:
    """By an address and by an account, which nobody knew to be one person until they said so."""
    collecting(host)
    number = published(host)
    press(known(host, BEAS), idea_url(number), "/support")
    press(_account(host, is_verified=False), idea_url(number), "/support")
    press(known(host, "ben@example.org"), idea_url(number), "/support")
    assert stored(host)[0].supports == 3
    with host.app.app_context():
        erase_person(BEAS, account=BEA.key)
        host.db.session.commit()
    assert stored(host)[0].supports == 1
    assert host.scalar(select(func.count()).select_from(IdeaSupport)) == 1


@pytest.mark.one_database
def test_an_account_takes_along_and_erases_what_its_address_has(host: Host) -> None:
    """Art. 15 and 17 GDPR: what the account has itself does not hide the rest."""
    collecting(host)
    number = published(host)
    press(known(host, BEAS), idea_url(number), "/support")
    press(_account(host, is_verified=False), idea_url(number), "/follow")
    account = _account(host)
    found = account.get(f"{MINE}data.json").get_json()["participations"]
    assert sum(len(each["supports"]) for each in found) == 1
    assert fill(account, f"{MINE}erase").status_code == 303
    assert stored(host)[0].supports == 0


@pytest.mark.one_database
def test_the_words_of_a_hidden_idea_are_nowhere(host: Host) -> None:
    collecting(host)
    number = published(host)
    ben = known(host, "ben@example.org")
    for deed in ("support", "follow"):
        press(ben, idea_url(number), f"/{deed}")
    with host.app.app_context():
        host.db.session.execute(update(Idea).values(status=IdeaStatus.HIDDEN))
        host.db.session.commit()
    for browser in (host.client(), ben):
        for below in ("", "support", "follow", "changes"):
            assert BANKS not in browser.get(idea_url(number, below)).text
        assert BANKS not in browser.get(f"{LIST}similar?title={BANKS}").text
    assert "Eine Idee, die nicht mehr hier steht" in words(ben, MINE)
    assert BANKS not in words(ben, MINE)


@pytest.mark.one_database
def test_a_draft_that_is_sent_after_all_is_published(host: Host) -> None:
    """Back in the browser, and the other button; and who typed the address before has no say."""
    collecting(host)
    ada = known(host, ADA)
    write_idea(host.client(), "Ein Teich", email=ADA, public_name="Dummkopf")
    write_idea(ada, draft="y")
    for title in (BANKS, "Ein Teich"):
        assert write_idea(ada, title, public_name="Ada").status_code == 303
    assert [(each.status, each.public_name) for each in stored(host)] == [("published", "Ada")] * 2


@pytest.mark.one_database
def test_words_that_were_changed_since_can_be_sent_anew(host: Host) -> None:
    """They are another idea, and are not lost without a word."""
    collecting(host)
    ada = known(host, ADA)
    write_idea(ada)
    fill(ada, idea_url(stored(host)[0].id, "edit"), {"title": "Ein Teich", "text": "Mit Enten."})
    write_idea(ada)
    assert [each.title for each in stored(host)] == ["Ein Teich", BANKS]


def test_two_requests_that_join_the_same_people_count_them_once(host: Host) -> None:
    collecting(host)
    number = published(host)
    press(known(host, BEAS), idea_url(number), "/support")
    press(_account(host, is_verified=False), idea_url(number), "/support")
    portal = host.lend(actor=lambda: BEA)
    meet = Barrier(2)

    def joins(_: int) -> None:
        with portal.app.test_request_context():
            portal.app.preprocess_request()
            commit(joined)

    def joined() -> None:
        with suppress(BrokenBarrierError):
            kept, gone = of_account(BEA)
            meet.wait(2)
            join(kept, gone)

    with ThreadPoolExecutor(2) as both:
        list(both.map(joins, range(2)))
    (idea,) = stored(host)
    assert (idea.supports, host.scalar(select(func.count()).select_from(IdeaSupport))) == (1, 1)


def _account(host: Host, *, is_verified: bool = True) -> FlaskClient:
    portal = host.lend(actor=lambda: replace(BEA, email_verified=is_verified))
    browser = portal.client()
    browser.set_cookie("portal", "signed in")
    return browser

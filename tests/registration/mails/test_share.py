"""An address's daily share of mails that strangers can cause: no flood, lock-out or oracle."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from flask_stadtlabor import signals
from flask_stadtlabor.config import Rate
from flask_stadtlabor.outbox.models import MailState
from flask_stadtlabor.registration.models import Registration
from tests.factories import PHOTOS, exchange, open_event, person, purpose
from tests.forms import fill, page, press
from tests.host import Host
from tests.outbox.letters import rows

HERE = "/stadtlabor/de/registration/"
ASK = f"{HERE}send-link"
EMAIL = person()["email"]
EVENTS = ("eins", "zwei", "drei", "vier")


@pytest.fixture
def few(host: Host) -> Host:
    """A portal that sends an address two mails a day that strangers can cause."""
    portal = host.make(
        ports={"mailer": host.sent.append}, STADTLABOR_RATE_LIMITS={"mail-address": "2 per day"}
    )
    portal.clock, portal.sent = host.clock, host.sent
    portal.load(exchange(*(open_event(slug) for slug in EVENTS)))
    return portal


def register(host: Host, slug: str, **changes: Any) -> Any:
    form = f"/stadtlabor/de/events/{slug}/register"
    return fill(host.client(), form, person() | changes)


def states(host: Host) -> list[str]:
    with host.app.app_context():
        return list(host.db.session.scalars(select(Registration.state).order_by(Registration.id)))


def arrived(host: Host) -> int:
    """How many mails have left so far."""
    return len(host.mails())


@pytest.mark.one_database
@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_the_answer_is_the_same_whatever_was_sent_today(few: Host, known: bool) -> None:
    """S2, S16: status, place and body, at the first try and far beyond the share."""
    if known:
        register(few, "eins")
    answers = set()
    for number in range(8):
        browser = few.client()
        form = f"/stadtlabor/de/events/{EVENTS[number % 3 + 1]}/register"
        response = fill(browser, form, person())
        after = page(browser.get(response.location)).select_one("main")
        answers.add((response.status_code, str(after).count(EMAIL)))
        asked = fill(few.client(), ASK, email=EMAIL)
        answers.add((asked.status_code, asked.location))
    assert answers == {(303, 1), (303, f"{HERE}link-sent")}


@pytest.mark.one_database
def test_an_address_is_not_flooded(few: Host) -> None:
    """S4: two mails today; what was asked for besides comes once each, tomorrow."""
    for _ in range(12):
        assert fill(few.client(), ASK, email=EMAIL).status_code == 303
    register(few, "eins")
    for _ in range(12):
        register(few, "eins")
        fill(few.client(), ASK, email=EMAIL)
    # two promises to somebody who had nothing yet are kept together
    few.mails()
    assert arrived(few) == 1
    few.clock.move(hours=23)
    assert arrived(few) == 1
    few.clock.move(hours=2)
    assert arrived(few) == 3
    few.clock.move(hours=20)
    assert arrived(few) == 3


@pytest.mark.one_database
def test_beyond_the_share_as_many_a_day_and_no_more(few: Host) -> None:
    """S4: also where a stranger registers somebody for everything."""
    for _ in range(2):
        fill(few.client(), ASK, email=EMAIL)
    for slug in EVENTS:
        assert register(few, slug).status_code == 303
    counts = []
    for _ in range(4):
        few.sent.clear()
        asked_for = [mail for mail in few.mails() if "abgelaufen" not in mail["Subject"]]
        counts.append(len(asked_for))
        few.clock.move(days=1)
    # the links of today list all four
    assert counts == [1, 2, 2, 0]


@pytest.mark.one_database
def test_nobody_loses_a_registration_because_strangers_typed_their_address(few: Host) -> None:
    """S4, S14: their seats are held until their mail has left, and they can use its link."""
    for _ in range(5):
        fill(few.client(), ASK, email=EMAIL)
    assert register(few, "eins").status_code == 303
    assert arrived(few) == 0 or few.sent.clear() is None
    few.clock.move(days=1, minutes=1)
    message = next(mail for mail in few.mails() if "bestätige" in mail["Subject"])
    browser = few.client()
    browser.get(few.link(message))
    assert press(browser, HERE, "/confirm").status_code == 303
    assert states(few) == ["confirmed"]


@pytest.mark.one_database
def test_nobody_hears_of_the_end_of_a_hold_that_they_were_never_told_of(host: Host) -> None:
    """S4: a stranger types an address into the forms of many events; the holds all end one day."""
    slow = host.make(
        ports={"mailer": host.sent.append}, STADTLABOR_RATE_LIMITS={"mail-address": "1 per 3 days"}
    )
    slow.clock, slow.sent = host.clock, host.sent
    slow.load(exchange(*(open_event(slug) for slug in (*EVENTS, "five", "six"))))
    for slug in (*EVENTS, "five", "six"):
        assert register(slow, slug).status_code == 303
    for _ in range(15):
        slow.clock.move(days=1)
        slow.mails()
    assert states(slow) == ["expired"] * 6
    told, ended = (
        [mail["Subject"].partition(": ")[2] for mail in slow.sent if word in mail["Subject"]]
        for word in ("bestätige", "abgelaufen")
    )
    assert 1 <= len(told) < 6
    assert len(ended) == len(told)


@pytest.mark.one_database
def test_a_hold_lasts_until_its_postponed_mail_has_left(host: Host) -> None:
    """S14: with a share for a week, longer than seats are held."""
    slow = host.make(
        ports={"mailer": host.sent.append}, STADTLABOR_RATE_LIMITS={"mail-address": "1 per 5 days"}
    )
    slow.clock, slow.sent = host.clock, host.sent
    slow.load(exchange(open_event("eins")))
    fill(slow.client(), ASK, email=EMAIL)
    register(slow, "eins")
    slow.mails()
    slow.sent.clear()
    for _ in range(4):
        slow.clock.move(days=1)
        slow.mails()
    assert states(slow) == ["held"]
    slow.clock.move(days=1, minutes=1)
    (message,) = slow.mails()
    browser = slow.client()
    browser.get(slow.link(message))
    assert press(browser, HERE, "/confirm").status_code == 303


def test_asking_again_does_not_prolong_a_hold_whose_mail_has_left(few: Host) -> None:
    """Seats are not blocked by somebody who never confirms."""
    register(few, "eins")
    few.mails()
    few.clock.move(minutes=1)
    for _ in range(4):
        register(few, "eins")
    few.clock.move(hours=49)
    few.mails()
    assert states(few) == ["expired"]


@pytest.mark.one_database
def test_an_owner_s_own_links_go_on_working_and_their_mails_come(few: Host) -> None:
    """S4: what they do themselves is not counted with what strangers type."""
    register(few, "eins")
    link = few.link(few.mails()[-1])
    for _ in range(6):
        fill(few.client(), ASK, email=EMAIL)
    browser = few.client()
    assert browser.get(link).status_code == 303
    assert press(browser, HERE, "/confirm").status_code == 303
    subjects = [mail["Subject"] for mail in few.mails()]
    assert any("dabei" in subject for subject in subjects)


def test_a_second_try_of_the_database_counts_no_second_time(few: Host) -> None:
    """S4: one hit for one registration, however often its transaction begins anew."""
    hits: list[str] = []

    def count(key: str, rate: Rate) -> bool:
        hits.append(key.partition(":")[0])
        return True

    counting = few.make(ports={"rate_limit": count})
    failures = iter([True, True])

    def meet(app: object, **values: object) -> None:
        if next(failures, False):
            raise IntegrityError("INSERT", {}, Exception("deadlock"))

    with signals.registration_created.connected_to(meet, counting.app):
        assert register(counting, "eins").status_code == 303
    assert hits.count("mail-address") == 1
    assert states(few) == ["held"]


@pytest.mark.one_database
def test_of_several_that_wait_the_newest_leaves(host: Host) -> None:
    """A double click while the worker is away makes one mail."""
    host.load(exchange(open_event("eins")))
    for _ in range(3):
        register(host, "eins")
        fill(host.client(), ASK, email=EMAIL)
    assert arrived(host) == 2
    assert {mail.state for mail in rows(host)} == {MailState.SENT}
    host.clock.move(hours=2)
    assert arrived(host) == 2


@pytest.mark.one_database
def test_the_postponed_mail_names_the_day_in_the_outbox(few: Host) -> None:
    """So that ``check`` does not take it for one that nobody delivers."""
    for _ in range(4):
        fill(few.client(), ASK, email=EMAIL)
    assert max(mail.next_attempt_at for mail in rows(few)) == few.clock() + timedelta(days=1)
    few.clock.move(hours=1)
    few.run("outbox", "run")
    assert "have been waiting" not in few.run("check").stderr


@pytest.mark.parametrize("confirms", [False, True])
def test_noes_of_a_stranger_bring_no_flood(few: Host, confirms: bool) -> None:
    """S4: one mail says all that a form has withdrawn, and waits with the one about that form."""
    asked = (PHOTOS, "film", "druck")

    def load(**details: Any) -> None:
        events = [open_event(slug, purposes=[*asked], registration=details) for slug in EVENTS]
        few.load(exchange(*events, purposes=[purpose(slug) for slug in asked]))

    for slug in EVENTS:
        for answer, confirm in (("given", False), ("refused", confirms)):
            load(confirm_by_email=confirm)
            register(few, slug, **{f"consent-{one}": answer for one in asked})
    # the share of two a day was used up by the first event
    days = [told_of_noes(few)]
    assert few.run("consent", "verify").exit_code == 0
    for _ in range(8):
        few.clock.move(days=1, minutes=1)
        days.append(told_of_noes(few) - sum(days))
    assert days[0] == 1
    assert max(days) <= 2
    assert sum(days) == len(EVENTS)


@pytest.mark.one_database
def test_nor_does_registering_somebody_anew_who_had_cancelled(few: Host) -> None:
    """S4: what that ends is told with the mail that each form has brought, or after it."""
    unconfirmed = {"registration": {"confirm_by_email": False}}
    few.load(exchange(*(open_event(slug, **unconfirmed) for slug in EVENTS)))
    for slug in EVENTS:
        register(few, slug, **{f"consent-{PHOTOS}": "given"})
    for _ in range(4):
        few.clock.move(days=1, minutes=1)
        few.mails()
    confirmed = [mail for mail in few.sent if "dabei" in mail["Subject"]]
    assert len(confirmed) == len(EVENTS)
    for mail in confirmed:
        browser = few.client()
        browser.get(few.link(mail))
        assert press(browser, HERE, "/cancel").status_code == 303
    for slug in EVENTS:
        register(few, slug, **{f"consent-{PHOTOS}": "refused"})
    days = [told_of_noes(few)]
    for _ in range(4):
        few.clock.move(days=1, minutes=1)
        days.append(told_of_noes(few) - sum(days))
    assert max(days) <= 2
    assert sum(days) == len(EVENTS)


def told_of_noes(host: Host) -> int:
    subjects = [mail["Subject"] for mail in host.mails()]
    told = ("Einwilligung ist widerrufen", "frühere Einwilligung gilt nicht mehr")
    return sum(any(words in subject for words in told) for subject in subjects)

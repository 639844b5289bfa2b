"""Somebody cancels, registers again and says no: only their own earlier yes ends (C15)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from flask_stadtlabor.consent.answers.operations import record
from flask_stadtlabor.consent.answers.status import permits_use
from flask_stadtlabor.consent.models import (
    ActorKind,
    ConsentAction,
    ConsentEntry,
    Method,
    TakeDownTask,
)
from flask_stadtlabor.consent.texts.published import current_texts
from tests.factories import PHOTOS, exchange, open_event, person
from tests.forms import fill, press
from tests.host import Host
from tests.organise.staff import HERE, column, register, staff_of, words_of
from tests.organise.test_arrivals import MINE, link_of

FORM = "/stadtlabor/de/events/plattform/register"
ASKED = f"consent-{PHOTOS}"
YES, NO = {ASKED: "given"}, {ASKED: "refused"}


def permitted(host: Host, *numbers: int) -> list[bool]:
    """Whether each of these people's photos may be used, as things stand."""
    subjects = [str(column(host, number, "subject")) for number in numbers]
    with host.app.app_context():
        return [permits_use(subject, PHOTOS) for subject in subjects]


def acts(host: Host, number: int) -> list[tuple[str, str]]:
    """What the ledger says that somebody did, and by which way."""
    subject = column(host, number, "subject")
    with host.app.app_context():
        rows = host.db.session.execute(
            select(ConsentEntry.event, ConsentEntry.method)
            .where(ConsentEntry.subject == subject)
            .order_by(ConsentEntry.seq)
        )
        return [tuple(row) for row in rows if row.event not in ("requested", "confirmed")]


def cancelled(host: Host, number: int = 1, **given: Any) -> int:
    """Somebody says yes, confirms and cancels."""
    found = register(host, number, **YES | given)
    press(link_of(host, number), MINE, "/cancel")
    return found


def tasks(host: Host) -> int:
    """How much staff has to take down."""
    return int(host.scalar(select(func.count()).select_from(TakeDownTask)))


def words(mail: Any) -> str:
    return " ".join(mail.get_body(("plain",)).get_content().split())


@pytest.mark.one_database
def test_a_no_of_a_newer_registration_ends_the_yes_of_the_one_before(host: Host) -> None:
    """C10, C15: as withdrawn, with a task for staff and a mail; once it is confirmed."""
    host.load(exchange(open_event("anders"), open_event()))
    elsewhere = cancelled(host, slug="anders")
    mine, other = cancelled(host), cancelled(host, 2)
    newer = register(host, confirm=False, **NO, email="PERSON1@buerger.example")
    register(host, 3, **NO)
    assert permitted(host, mine) == [True], "nobody has shown that the address is theirs"
    browser = host.client()
    browser.get(host.link(next(m for m in host.sent if m["To"].startswith("PERSON1"))))
    assert press(browser, MINE, "/confirm").status_code == 303
    mails = len(host.mails())
    assert permitted(host, mine, other, elsewhere) == [False, True, True]
    assert acts(host, mine) == [("given", "web"), ("withdrawn", "web")]
    assert acts(host, newer) == [("refused", "web")]
    assert tasks(host) == 1
    (told,) = (m for m in host.sent if "frühere Einwilligung" in m["Subject"])
    assert told["To"] == person()["email"]
    assert "Danach hat eine andere Anmeldung mit deiner E-Mail-Adresse Nein gesagt" in words(told)
    browser.get(host.link(told))
    assert "hast du deine Einwilligung widerrufen" in words_of(browser, f"{MINE}receipt")
    assert len(host.mails()) == mails
    assert tasks(host) == 1
    assert host.run("consent", "verify").exit_code == 0


@pytest.mark.one_database
def test_so_it_is_where_nobody_confirms_and_they_can_say_yes_again(host: Host) -> None:
    """C15, S2: with the worker's next round, since a stranger may have typed the address."""
    host.load(exchange(open_event(registration={"confirm_by_email": False})))
    mine = register(host, confirm=False, **YES)
    host.mails()
    press(link_of(host), MINE, "/cancel")
    newer = register(host, confirm=False, **NO)
    assert permitted(host, mine) == [True]
    host.mails()
    assert permitted(host, mine, newer) == [False, False]
    assert tasks(host) == 1
    confirmed = next(m for m in reversed(host.sent) if "frühere Einwilligung" not in m["Subject"])
    browser = host.client()
    browser.get(host.link(confirmed))
    assert fill(browser, MINE, YES, action=f"/{PHOTOS}/answer").status_code == 303
    host.mails()
    assert permitted(host, mine, newer) == [False, True]


@pytest.mark.one_database
def test_whoever_takes_the_newer_yes_back_takes_back_the_one_before(host: Host) -> None:
    """C10: they mean their pictures of that evening; a newer yes leaves the one before alone."""
    host.load(exchange(open_event()))
    mine = cancelled(host)
    newer = register(host, **YES)
    host.mails()
    assert permitted(host, mine, newer) == [True, True]
    assert press(link_of(host), MINE, f"/consents/{PHOTOS}/withdraw").status_code == 303
    host.mails()
    assert permitted(host, mine, newer) == [False, False]
    assert tasks(host) == 2


@pytest.mark.one_database
def test_of_two_that_were_cancelled_a_no_in_either_ends_the_yes_in_both(host: Host) -> None:
    """C15: it is the later word, whichever link it was said by."""
    host.load(exchange(open_event()))
    mine = cancelled(host)
    browser = link_of(host)
    again = cancelled(host)
    assert press(browser, MINE, f"/consents/{PHOTOS}/withdraw").status_code == 303
    host.mails()
    assert permitted(host, mine, again) == [False, False]
    assert tasks(host) == 2


@pytest.mark.one_database
def test_whoever_has_said_yes_again_before_the_worker_comes_loses_nothing(host: Host) -> None:
    host.load(exchange(open_event()))
    mine = cancelled(host)
    newer = register(host, confirm=False, **NO)
    browser = host.client()
    browser.get(host.link(host.mails()[-1]))
    press(browser, MINE, "/confirm")
    assert fill(browser, MINE, YES, action=f"/{PHOTOS}/answer").status_code == 303
    host.mails()
    assert permitted(host, mine, newer) == [True, True]
    assert tasks(host) == 0


@pytest.mark.one_database
def test_a_yes_that_came_after_the_no_stays(host: Host) -> None:
    """C15: from before staff was kept from writing one down where a registration had ended."""
    host.load(exchange(open_event()))
    mine = cancelled(host)
    newer = register(host, confirm=False, **NO)
    host.mails()
    subject = str(column(host, mine, "subject"))
    with host.app.app_context():
        answer = (current_texts([PHOTOS])[0].shown("de"), PHOTOS, ConsentAction.RENEWED)
        record(subject, [answer], actor=ActorKind.STAFF, method=Method.PAPER)
        host.db.session.commit()
    press(link_of(host), MINE, "/confirm")
    host.mails()
    assert column(host, newer, "state") == "confirmed"
    assert permitted(host, mine) == [True]


@pytest.mark.one_database
def test_an_address_is_known_again_after_the_secret_was_changed(host: Host) -> None:
    """By SECRET_KEY_FALLBACKS, for as long as the host names them."""
    host.load(exchange(open_event()))
    mine = cancelled(host)
    renewed = host.make(
        ports={"mailer": host.sent.append},
        SECRET_KEY="another one",
        SECRET_KEY_FALLBACKS=[host.app.config["SECRET_KEY"]],
    )
    renewed.sent, renewed.clock = host.sent, host.clock
    register(renewed, **NO)
    renewed.mails()
    assert permitted(renewed, mine) == [False]


@pytest.mark.one_database
def test_staff_writes_no_yes_down_where_the_registration_has_ended(host: Host) -> None:
    """C15: as nobody can say it there by their link; a no counts wherever it is said."""
    host.load(exchange(open_event()))
    mine = register(host, **NO)
    press(link_of(host), MINE, "/cancel")
    staff = staff_of(host).client()
    for card in (f"{HERE}registrations/{mine}/", f"{HERE}check-in/{mine}/"):
        refused = fill(staff, card, YES | {"method": "paper"}, action="/consents")
        assert refused.status_code == 409
        assert "This registration has ended" in refused.text
    assert acts(host, mine) == [("refused", "web")]
    other = cancelled(host, 2)
    card = f"{HERE}registrations/{other}/"
    answer = fill(staff, card, NO | {"method": "paper"}, action="/consents")
    assert answer.status_code == 303
    assert permitted(host, other) == [False]


def newer_with_a_no(host: Host) -> tuple[int, int, Any]:
    """Somebody with an earlier yes registers anew with a no, before the worker's next round."""
    host.load(exchange(open_event()))
    mine = cancelled(host)
    host.mails()
    newer = register(host, confirm=False, **NO)
    browser = host.client()
    browser.get(host.link(host.mails()[-1]))
    assert press(browser, MINE, "/confirm").status_code == 303
    assert permitted(host, mine) == [True]
    return mine, newer, browser


def test_a_no_is_not_lost_with_the_registration_that_is_erased(host: Host) -> None:
    """C15: nobody could tell afterwards whose yes of before it was about."""
    mine, _, browser = newer_with_a_no(host)
    assert press(browser, f"{MINE}erase", "/erase").status_code == 303
    assert permitted(host, mine) == [False]
    assert acts(host, mine) == [("given", "web"), ("withdrawn", "web")]
    host.mails()
    assert tasks(host) == 1
    (told,) = (m for m in host.sent if "frühere Einwilligung" in m["Subject"])
    assert told["To"] == person()["email"]
    assert host.run("consent", "verify").exit_code == 0


@pytest.mark.one_database
@pytest.mark.parametrize("which", ["earlier", "newer"])
def test_nor_is_it_with_an_address_that_staff_corrects(host: Host, which: str) -> None:
    """C15: in either of the two."""
    mine, newer, _ = newer_with_a_no(host)
    number = mine if which == "earlier" else newer
    staff = staff_of(host).client()
    path = f"{HERE}registrations/{number}/rectify"
    assert fill(staff, path, {"email": "richtig@buerger.example"}).status_code == 303
    assert permitted(host, mine) == [False]
    host.mails()
    assert tasks(host) == 1
    assert host.run("consent", "verify").exit_code == 0


@pytest.mark.one_database
def test_nor_one_in_a_further_form_after_the_event(host: Host) -> None:
    """C15: a form that came in a moment before the end, about which nobody decides any more."""
    host.load(exchange(open_event()))
    mine = cancelled(host)
    register(host)
    host.mails()
    assert fill(host.client(), FORM, person() | NO).status_code == 303
    host.clock.move(days=14)
    assert press(link_of(host), f"{MINE}erase", "/erase").status_code == 303
    assert permitted(host, mine) == [False]

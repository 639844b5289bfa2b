"""What a mail server refuses for good comes to those who can still reach the person."""

from __future__ import annotations

from email.message import EmailMessage
from smtplib import SMTPRecipientsRefused

import pytest
from sqlalchemy import select
from sqlalchemy.orm import object_session

from flask_stadtlabor.registration.locks import Locked, lock_registration
from flask_stadtlabor.registration.mails import undelivered
from flask_stadtlabor.registration.models import DeskNotice, Registration
from tests.factories import exchange, open_event, person
from tests.forms import fill, press
from tests.host import Host
from tests.organise.staff import DESK, HERE, register, staff_of, words_of

ADA = person()["email"]
MOVED = {"starts_at": "2026-04-29T18:00", "ends_at": "2026-04-29T19:30"}


def refusing(host: Host, address: str) -> Host:
    """The portal with a mail server that knows no such mailbox."""

    def refuse(message: EmailMessage) -> None:
        if message["To"] == address:
            raise SMTPRecipientsRefused({address: (550, b"no such mailbox")})

    return host.make(ports={"mailer": refuse})


def deliver_refusing(host: Host, address: str) -> None:
    """A round of the outbox of that portal."""
    assert "1 mail given up" in refusing(host, address).run("outbox", "run").output


def moved_without_news(host: Host) -> int:
    """Somebody registered, the event was moved, and their server refuses the mail about it."""
    host.load(exchange(open_event()))
    number = register(host)
    host.mails()
    host.load(exchange(open_event(**MOVED)), "--notify")
    deliver_refusing(host, ADA)
    return number


@pytest.mark.one_database
def test_refused_news_is_to_be_passed_on(host: Host) -> None:
    """Under “to do”, with both dates, and at the registration."""
    number = moved_without_news(host)
    staff = staff_of(host).client()
    assert "1 message to pass on" in words_of(staff, DESK)
    told = words_of(staff, f"{DESK}notices/")
    assert f"No mail arrives at {ADA}." in told
    assert "It was to begin on Wednesday, 22 April 2026, at 17:30" in told
    assert "click" not in told
    here = f"{HERE}registrations/{number}/"
    assert "Our mail did not arrive there." in words_of(staff, here)
    assert "New date: Have your say online" in words_of(staff, here)
    assert press(staff, f"{DESK}notices/", "/done").status_code == 303
    assert "Nothing is to be passed on." in words_of(staff, f"{DESK}notices/")
    # the address is still wrong, whoever was told what
    assert "Our mail did not arrive there." in words_of(staff, here)


def test_so_is_the_mail_without_which_nobody_can_confirm(host: Host) -> None:
    host.load(exchange(open_event()))
    form = "/stadtlabor/de/events/plattform/register"
    assert fill(host.client(), form, person()).status_code == 303
    deliver_refusing(host, ADA)
    told = words_of(staff_of(host).client(), f"{DESK}notices/")
    assert "Please confirm your registration" in told


@pytest.mark.one_database
def test_a_courtesy_bothers_nobody(host: Host) -> None:
    host.load(exchange(open_event(registration={"reminder_hours": [24]})))
    register(host)
    host.mails()
    host.clock.now = host.clock.now.replace(month=4, day=21, hour=18)
    deliver_refusing(host, ADA)
    assert host.scalar(select(DeskNotice.id)) is None


@pytest.mark.one_database
def test_a_corrected_address_is_not_taken_for_the_refused_one(host: Host) -> None:
    number = moved_without_news(host)
    staff = staff_of(host).client()
    here = f"{HERE}registrations/{number}/"
    assert fill(staff, f"{here}rectify", email="ada.neu@buerger.example").status_code == 303
    assert "Our mail did not arrive there." not in words_of(staff, here)


@pytest.mark.one_database
def test_an_address_that_was_just_corrected_is_not_said_to_refuse_mail(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S17: staff corrects it while the refusal of the former one is being written down."""
    host.load(exchange(open_event()))
    number = register(host)
    host.mails()
    host.load(exchange(open_event(**MOVED)), "--notify")
    staff = staff_of(host).client()

    def late(registration: Registration) -> Locked:
        monkeypatch.undo()
        # the transaction that has read the mail and has yet to lock anything
        object_session(registration).rollback()
        rectify = f"{HERE}registrations/{number}/rectify"
        assert fill(staff, rectify, email="right@buerger.example").status_code == 303
        return lock_registration(registration)

    monkeypatch.setattr(undelivered, "lock_registration", late)
    refusing(host, ADA).run("outbox", "run")
    assert host.scalar(select(DeskNotice.refused_address)) is None

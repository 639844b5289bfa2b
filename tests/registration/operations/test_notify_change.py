"""News of an event: nobody hears of the same thing twice, and nobody misses any of it."""

from __future__ import annotations

import re
from email.message import EmailMessage
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import func, select

from flask_stadtlabor.exchange import importing
from flask_stadtlabor.outbox.models import MailState
from flask_stadtlabor.registration.locks import lock_registration
from flask_stadtlabor.registration.models import DeskNotice, Registration
from flask_stadtlabor.registration.operations import correction
from flask_stadtlabor.registration.requests import PersonDetails
from flask_stadtlabor.registration.seen import mark_of_stored
from flask_stadtlabor.transactions import commit
from tests.factories import exchange, open_event, venue
from tests.forms import page, press
from tests.host import Host
from tests.organise.staff import DESK, HERE, fill_event, staff_of, words_of
from tests.outbox.letters import rows
from tests.registration.crowd import crowd

OLD = {"starts_at": "2026-04-22T17:30", "ends_at": "2026-04-22T19:00"}
NEW = {"starts_at": "2026-04-29T18:00", "ends_at": "2026-04-29T20:00"}
HALL = venue(name="Stadthalle", street="Ring 1")


@pytest.fixture
def portal(host: Host) -> Host:
    """An event to which one person comes."""
    host.load(exchange(open_event()))
    crowd(host)
    return host


def change(host: Host, **changes: Any) -> None:
    """Staff brings the event in anew and has people told."""
    host.load(exchange(open_event(**changes)), "--notify")


def words(message: EmailMessage) -> str:
    return " ".join(message.get_body(("plain",)).get_content().split())  # type: ignore[union-attr]


def sequence(message: EmailMessage) -> int:
    """SEQUENCE of the calendar entry (RFC 5546 §2.1.4)."""
    (entry,) = message.iter_attachments()
    content = entry.get_payload(decode=True)
    assert isinstance(content, bytes)
    return int(re.findall(rb"SEQUENCE:(\d+)", content)[0])


@pytest.mark.one_database
def test_a_hundred_changes_make_one_mail(portal: Host) -> None:
    """The newest, with the calendar entry that no older one can undo."""
    for number in range(100):
        change(portal, title=f"Titel {number}")
    assert len(rows(portal)) == 1
    (message,) = portal.mails()
    assert "Titel 99" in message["Subject"]
    before = sequence(message)
    change(portal, title="Titel 100")
    assert sequence(portal.mails()[-1]) == before + 1 > 100


ROOM = {"online_url": "https://raum.example/a"}


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("before", "after", "is_elsewhere"),
    [
        (venue(), venue(**ROOM), False),
        (venue(), venue(accessibility={"note": "Der Aufzug ist defekt."}), False),
        (ROOM, {"online_url": "https://raum.example/b"}, False),
        (venue(**ROOM), ROOM, True),
        (ROOM, HALL, True),
        (venue(), None, True),
        (None, venue(), True),
    ],
)
def test_only_another_place_is_called_one(
    host: Host, before: dict[str, Any] | None, after: dict[str, Any] | None, is_elsewhere: bool
) -> None:
    """Not what else changes about a venue: its access, or a room online beside it."""
    host.load(exchange(open_event(venue=before)))
    crowd(host)
    change(host, venue=after)
    text = words(host.mails()[-1])
    assert ("Der Ort" in text or "jetzt online" in text) is is_elsewhere
    assert ("Bei deiner Veranstaltung hat sich etwas geändert." in text) is not is_elsewhere


def test_a_place_that_is_back_before_anybody_heard_is_no_other(portal: Host) -> None:
    change(portal, venue=HALL)
    change(portal, title="Neuer Titel")
    text = words(portal.mails()[-1])
    assert "Der Ort" not in text
    assert "Neuer Titel" in text


@pytest.mark.one_database
def test_it_tells_all_that_has_changed_since_people_last_heard(portal: Host) -> None:
    """Moved, then moved again, elsewhere, and with a new title: from the first date to the last."""
    change(portal, **NEW)
    change(portal, starts_at="2026-05-06T18:00", ends_at="2026-05-06T20:00")
    change(portal, starts_at="2026-05-06T18:00", ends_at="2026-05-06T20:00", venue=HALL)
    change(
        portal,
        starts_at="2026-05-06T18:00",
        ends_at="2026-05-06T20:00",
        venue=HALL,
        title="Neuer Titel",
    )
    (message,) = portal.mails()
    assert message["Subject"] == "Neuer Termin: Neuer Titel"
    text = words(message)
    assert "22.\N{NO-BREAK SPACE}April" in text or "22. April" in text
    assert "29." not in text
    assert "Stadthalle" in text


@pytest.mark.one_database
def test_what_is_again_as_it_was_is_not_told(portal: Host) -> None:
    change(portal, **NEW)
    change(portal, **OLD)
    assert portal.mails() == []
    change(portal, status="cancelled")
    change(portal, status="published")
    assert portal.mails() == []
    assert rows(portal) == []


@pytest.mark.one_database
def test_what_was_told_already_is_taken_back_by_a_mail(portal: Host) -> None:
    change(portal, status="cancelled")
    portal.mails()
    change(portal, status="published")
    change(portal, status="published", title="Doch")
    first, second = portal.mails()
    assert "Abgesagt" in first["Subject"]
    assert "doch statt" in words(second)
    assert sequence(second) > sequence(first)


@pytest.mark.one_database
def test_an_address_that_refuses_hears_the_newest_and_is_not_hurried(portal: Host) -> None:
    """S14: it keeps its turn, and the mail that was given up gives way to the next."""
    tries: list[EmailMessage] = []

    def refuse(message: EmailMessage) -> None:
        tries.append(message)
        raise ConnectionRefusedError

    away = portal.make(ports={"mailer": refuse})
    change(portal, title="Eins")
    for _ in range(3):
        away.run("outbox", "run")
        portal.clock.move(minutes=6)
    assert len(tries) == 3
    change(portal, title="Zwei")
    away.run("outbox", "run")
    assert len(tries) == 3
    portal.clock.move(minutes=20)
    (message,) = portal.mails()
    assert "Zwei" in message["Subject"]


@pytest.mark.one_database
def test_a_mail_that_is_being_sent_is_left_to_its_worker(portal: Host) -> None:
    """And the change after it makes one of its own."""
    arrived: list[EmailMessage] = []

    def mailer(message: EmailMessage) -> None:
        if not arrived:
            change(portal, title="Zwei")
        arrived.append(message)

    here = portal.make(ports={"mailer": mailer})
    change(portal, title="Eins")
    assert here.run("outbox", "run").exit_code == 0
    portal.clock.move(minutes=1)
    here.run("outbox", "run")
    assert [mail["Subject"].split()[-1] for mail in arrived] == ["Eins", "Zwei"]
    assert {mail.state for mail in rows(portal)} == {MailState.SENT}


def test_somebody_without_an_address_has_one_message_to_be_passed_on(host: Host) -> None:
    host.load(exchange(open_event()))
    crowd(host, email=None)
    for number in range(5):
        change(host, title=f"Titel {number}")
    assert host.scalar(select(func.count(DeskNotice.id))) == 1


def test_what_staff_passes_on_is_what_is_true_now(host: Host) -> None:
    """One message about all changes, as for mails that have not left, and none that invites to what
    is off; what is again as it was is not told."""
    host.load(exchange(open_event()))
    fill_event(host, 1)
    staff = staff_of(host).client()

    def to_tell() -> list[str]:
        found = page(staff.get(f"{DESK}notices/")).select(".sl-desk-words strong")
        return [each.get_text().partition(":")[0] for each in found]

    assert to_tell() == ["You’re registered"]
    change(host, **NEW)
    change(host, **NEW, venue=HALL)
    assert to_tell() == ["You’re registered", "New date"]
    later = {"starts_at": "2026-05-06T18:00", "ends_at": "2026-05-06T20:00"}
    change(host, **later, venue=HALL)
    said = words_of(staff, f"{DESK}notices/")
    assert "It was to begin on Wednesday, 22 April 2026" in said
    assert "Stadthalle" in said
    change(host, **later, venue=HALL, status="postponed")
    assert to_tell() == ["Postponed"]
    change(host, **later, venue=HALL, status="cancelled")
    assert to_tell() == ["Cancelled"]
    number = host.scalar(select(Registration.id))
    assert "something later has overtaken it" in words_of(staff, f"{HERE}registrations/{number}/")
    assert "1 message to pass on" in words_of(staff, DESK)
    change(host, venue=HALL)
    assert to_tell() == ["You’re registered", "Something has changed"]
    press(staff, f"{HERE}registrations/{number}/", "/cancel")
    assert to_tell() == ["Your registration was cancelled"]


@pytest.mark.one_database
def test_people_are_told_until_the_end_of_the_event(portal: Host) -> None:
    """Also while it is running: a new room concerns those who are on their way."""
    portal.clock.now = portal.clock.now.replace(month=4, day=22, hour=16)
    change(portal, venue=HALL)
    assert len(portal.mails()) == 1
    portal.clock.now = portal.clock.now.replace(hour=18)
    change(portal)
    assert len(portal.mails()) == 1


def test_people_are_told_as_they_are_under_the_lock(
    portal: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S17: an import reads much before it locks an event, and meanwhile staff corrects an address.

    On MariaDB the mail, with a link that works, went to whoever has the former one.
    """
    other = portal.make()
    right = PersonDetails(
        given_name="Änne", family_name="Y", email="right@buerger.example", reach=None,
        guardian_name=None,
    )  # fmt: skip
    save, corrected = importing._save, []

    def correct() -> None:
        with other.app.app_context():
            found = other.db.session.scalars(select(Registration)).one()
            seen = mark_of_stored(found, ["given_name", "family_name", "email"])
            commit(lambda: correction.correct(lock_registration(found), right, seen=seen))

    def save_later(entry: Any, report: Any) -> None:
        if entry.slug == "plattform" and not corrected:
            corrected.append(entry)
            thread = Thread(target=correct)
            thread.start()
            thread.join()
        save(entry, report)

    monkeypatch.setattr(importing, "_save", save_later)
    change(portal, **NEW)
    assert {mail["To"] for mail in portal.mails()} == {"right@buerger.example"}

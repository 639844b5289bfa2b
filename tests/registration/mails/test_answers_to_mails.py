"""Who answers a mail reaches a person, and no machine answers it."""

from __future__ import annotations

import re
from email.message import EmailMessage
from typing import Any

import pytest
from icalendar import Calendar

from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.mails.kinds import KINDS
from tests import factories
from tests.host import Host
from tests.registration.mails.written import bodies, mail, mails_of

pytestmark = pytest.mark.one_database

CONTACT = {"contact": {"name": "Bürgerbüro für Ältere", "email": "buero@stadt.example"}}


def test_answers_go_to_the_contact_of_the_event(host: Host) -> None:
    for message in mails_of(host, KINDS, CONTACT):
        (person,) = message["Reply-To"].addresses
        assert (person.display_name, person.addr_spec) == (
            "Bürgerbüro für Ältere", "buero@stadt.example",
        )  # fmt: skip


def test_without_a_contact_they_go_to_the_sender(host: Host) -> None:
    assert mail(host, kinds.CONFIRM, {})["Reply-To"] is None


def test_no_absence_note_answers(host: Host) -> None:
    """RFC 3834, and what Exchange reads in its place (MS-OXCMAIL)."""
    message = mail(host, kinds.CONFIRM, {})
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"


def organizer_in(message: EmailMessage) -> Any:
    part = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    (entry,) = Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")
    return entry["ORGANIZER"]


def test_one_organizer_stays_for_good_and_is_the_sender(host: Host) -> None:
    """RFC 5546 §3.2.5: a calendar refuses an update and a CANCEL by somebody else."""
    who_comes = {"state": "confirmed", "confirmed_at": host.clock.now}
    first = mail(host, kinds.CONFIRMED, CONTACT, **who_comes)
    other = {"contact": {"name": "Amt", "email": "amt@stadt.example"}, "title": "Neu"}
    host.load(factories.exchange(factories.open_event(**other)), "--notify")
    host.load(factories.exchange(factories.open_event(status="cancelled", **other)), "--notify")
    found = [first, *host.mails()[-2:]]
    assert len(found) == 3
    for message in found:
        (sender,) = message["From"].addresses
        organizer = organizer_in(message)
        assert str(organizer) == f"mailto:{sender.addr_spec}"
        assert organizer.params["CN"] == sender.display_name


def test_outlook_for_windows_reads_the_style(host: Host) -> None:
    """Sizes in px, and no property that sets several of a font."""
    _, html = bodies(mail(host, kinds.CONFIRM, {}))
    style = html.partition("<style>")[2].partition("</style>")[0]
    assert style
    assert not re.search(r"\d(r?em|ch|vw)\b|\bfont:", style)

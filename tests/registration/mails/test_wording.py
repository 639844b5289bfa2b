"""The words of a mail follow how many come, where to, and who tells it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from flask_stadtlabor.i18n import use_language
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.mails.details import Details, OwnWords
from flask_stadtlabor.registration.mails.kinds import KINDS, MailKind
from flask_stadtlabor.registration.mails.render import words_for
from flask_stadtlabor.registration.models import Registration
from tests.host import Host
from tests.registration.mails.written import bodies, mail

pytestmark = pytest.mark.one_database

ONLINE: dict[str, Any] = {"venue": {"online_url": "https://raum.example/a"}}
WHO_COMES = {"state": "confirmed", "expires_at": None}


def text_of(host: Host, kind: MailKind, event: dict[str, Any], **changes: Any) -> str:
    """The text in one line."""
    confirmed = {"confirmed_at": host.clock.now} if changes.get("state") == "confirmed" else {}
    return " ".join(bodies(mail(host, kind, event, **confirmed, **changes))[0].split())


@pytest.mark.parametrize(
    ("people", "said", "never"),
    [
        (1, ["freuen uns auf dich!", "deinen Platz", "Für 1 Person"], ["euch", "eure"]),
        (
            2,
            ["freuen uns auf euch!", "eure Plätze", "Für 2 Personen"],
            ["auf dich", "deinen Platz"],
        ),
    ],
)
@pytest.mark.parametrize("kind", [kinds.CONFIRMED, kinds.REMINDER], ids=lambda kind: kind.name)
def test_one_person_is_spoken_to_otherwise_than_two(
    host: Host, kind: MailKind, people: int, said: list[str], never: list[str]
) -> None:
    text = text_of(host, kind, {}, party_size=people, **WHO_COMES)
    assert [words for words in said if words not in text] == []
    assert [words for words in never if words in text] == []


@pytest.mark.parametrize(
    ("people", "said"), [(1, "Wir halten deinen Platz bis"), (3, "Wir halten eure Plätze bis")]
)
def test_as_many_seats_are_held_as_people_come(host: Host, people: int, said: str) -> None:
    assert said in text_of(host, kinds.CONFIRM, {}, party_size=people)


def test_an_event_online_has_no_door_and_no_ticket(host: Host) -> None:
    event = {**ONLINE, "doors_at": "2026-04-22T17:00"}
    text = text_of(host, kinds.REMINDER, event, **WHO_COMES)
    assert "https://raum.example/a" in text
    assert "Die Veranstaltung ist online." in text
    assert [word for word in ("Eingang", "Einlass", "Ticket", "Zugang") if word in text] == []


def test_a_place_with_an_online_room_has_a_door(host: Host) -> None:
    event = {"venue": {"name": "Halle", "city": "Bochum", **ONLINE["venue"]}}
    text = text_of(host, kinds.CONFIRMED, event, **WHO_COMES)
    assert "am Eingang" in text
    assert "https://raum.example/a" in text


@pytest.mark.parametrize("kind", [kinds.CANCELLED, kinds.CANCELLED_BY_STAFF, kinds.EXPIRED])
def test_whoever_does_not_come_is_not_counted(host: Host, kind: MailKind) -> None:
    state = "expired" if kind == kinds.EXPIRED else "cancelled"
    text = text_of(host, kind, {}, party_size=2, state=state)
    assert "Für 2" not in text
    assert "dich abmelden" not in text


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_whoever_is_told_by_staff_hears_of_no_link_and_of_no_mail(
    host: Host, kind: MailKind
) -> None:
    """They have neither a link below nor anything attached."""
    mail(host, kind, {}, party_size=2)
    details = Details(purpose_title="Fotos", message=OwnWords("Stift", "Bring einen mit."))
    with host.app.app_context():
        with_event = select(Registration).options(joinedload(Registration.event))
        registration = host.db.session.scalars(with_event).one()
        for language, never in (
            ("de", ("Link unten", "hinter dem Link", "Anhang", "dieser Mail", "klick")),
            ("en", ("link below", "behind the link", "attached", "this mail", "click")),
        ):
            with use_language(language):
                words = words_for(kind, registration, details)
            said = " ".join(map(str, words.paragraphs))
            assert said
            # a courtesy is for people with an address alone
            if not kind.is_courtesy:
                assert [word for word in never if word in said] == [], said
            assert words.pictures == ()


def test_after_a_hold_has_ended_people_are_told_to_register_again(host: Host) -> None:
    """The mail asks the event for its next step first."""
    again = "melde dich"
    assert again in text_of(host, kinds.EXPIRED, {}, state="expired")


def test_nobody_is_told_to_register_again_where_registration_is_closed(host: Host) -> None:
    closed = {"registration": {"closes_at": "2026-03-01T12:00"}}
    assert "melde dich" not in text_of(host, kinds.EXPIRED, closed, state="expired")


def test_a_postponed_event_says_until_when_a_registration_is_kept(host: Host) -> None:
    """A year after the former end (STADTLABOR_POSTPONED_RETENTION): no silent deletion."""
    said = text_of(host, kinds.POSTPONED, {"status": "postponed"}, **WHO_COMES)
    assert "Deine Anmeldung bewahren wir bis Donnerstag, 22. April 2027 auf." in said


@pytest.mark.parametrize(
    ("event", "changes", "said", "never"),
    [
        (
            {},
            WHO_COMES,
            ["die von Änne Yıldız, für 1 Person.", "Über den Link unten kannst du ändern"],
            [],
        ),
        (
            {},
            {"state": "waiting", "party_size": 2},
            ["eine Anmeldung, für 2 Personen."],
            ["Yıldız"],
        ),
        (
            {"registration": {"max_party_size": 1}},
            WHO_COMES,
            ["Nimm bitte eine andere Adresse"],
            ["Über den Link unten kannst du ändern"],
        ),
    ],
    ids=["confirmed", "waiting", "no more people"],
)
def test_an_address_that_registers_again_is_told_whose_registration_it_has(
    host: Host, event: dict[str, Any], changes: dict[str, Any], said: list[str], never: list[str]
) -> None:
    """S2: in the mail alone, and how to add somebody; a name only where its owner confirmed it."""
    text = text_of(host, kinds.KNOWN, event, **changes)
    assert [words for words in said if words not in text] == []
    assert [words for words in never if words in text] == []

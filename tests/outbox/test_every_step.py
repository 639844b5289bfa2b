"""Every step of a registration is told by a mail that really arrives, in both languages."""

from __future__ import annotations

import re
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select

from flask_stadtlabor.adapters import smtp
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.outbox.models import OutboxMail
from flask_stadtlabor.registration.locks import lock_registration
from flask_stadtlabor.registration.mails.kinds import KINDS
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.registration.operations import transitions, update
from flask_stadtlabor.registration.operations.correction import correct
from flask_stadtlabor.registration.requests import PersonDetails, RegistrationUpdate
from flask_stadtlabor.registration.seen import mark_of_stored
from tests import factories
from tests.forms import fields_of, fill, form_on, press, send
from tests.host import Host
from tests.organise.staff import HERE, staff_of
from tests.outbox.calendar_program import CalendarProgram
from tests.outbox.peer import Peer

pytestmark = pytest.mark.one_database

OLD, NEW = "2026-04-22T17:30", "2026-04-29T18:00"
HALL = factories.venue(name={"de": "Stadthalle", "en": "Town hall"}, street="Ring 1")


class Town:
    """A portal whose mails go to a real server, and one or two people who read them."""

    def __init__(self, host: Host, peer: Peer, language: str) -> None:
        self.host = host.make(ports={"mailer": smtp.send}, **peer.settings)
        self.clock = host.clock
        self.peer = peer
        self.language = language
        self.arrived: dict[str, EmailMessage] = {}
        """The latest mail of each kind."""
        self.calendar = CalendarProgram()
        """The first person's."""
        self.methods: list[tuple[str, str | None]] = []
        """What each of their mails did to it."""
        self.confirms_by_email = True
        self.capacity = 1
        self.values: dict[str, Any] = {"title": {"de": "Mitreden", "en": "Have your say"}}

    def change(self, **values: Any) -> None:
        """Import the changed event as staff does, and notify people."""
        self.values |= values
        self.host.load(factories.exchange(self._event()), "--notify")
        self.deliver()

    def _event(self) -> dict[str, Any]:
        details = {
            "capacity": self.capacity, "max_party_size": 1, "thank_you": True, "ask_support": True,
            "confirm_by_email": self.confirms_by_email,
        }  # fmt: skip
        return factories.open_event(registration=details, **self.values)

    def deliver(self) -> None:
        """Run the worker, and read what arrived."""
        before = len(self.peer.received)
        self.clock.move(seconds=1)
        result = self.host.run("outbox", "run")
        assert result.exit_code == 0, result.output
        with self.host.app.app_context():
            rows = self.host.db.session.execute(select(OutboxMail.message_id, OutboxMail.kind))
            kinds = {row.message_id: row.kind for row in rows}
        for message in self.peer.received[before:]:
            kind = kinds[message["Message-ID"]]
            self.arrived[kind] = message
            if message["To"] == factories.person(1)["email"]:
                self.methods.append((kind, self.calendar.apply(message)))

    def register(self, number: int, answer: str = "given") -> None:
        form = f"/stadtlabor/{self.language}/events/plattform/register"
        answers = factories.person(number) | {"consent-photos-website": answer}
        assert fill(self.host.client(), form, answers).status_code == 303
        self.deliver()

    def open(self, kind: str) -> FlaskClient:
        """A browser that has opened the link in the latest mail of this kind."""
        browser = self.host.client()
        assert browser.get(self.host.link(self.arrived[kind])).status_code == 303
        return browser

    def press(self, kind: str, action: str) -> None:
        here = f"/stadtlabor/{self.language}/registration/"
        assert press(self.open(kind), here, action).status_code == 303
        self.deliver()

    def say_what_is_needed(self) -> None:
        """The first person changes their registration."""
        mine = f"/stadtlabor/{self.language}/registration/change"
        assert fill(self.open("confirmed"), mine, support_needs="Platz vorn").status_code == 303
        self.deliver()

    def correct_the_address(self, email: str) -> None:
        """Staff corrects the second person's address."""
        with self.host.app.app_context():
            session = self.host.db.session
            them = session.scalars(
                select(Registration).where(Registration.email == factories.person(2)["email"])
            ).one()
            names = {"given_name": them.given_name, "family_name": them.family_name}
            right = PersonDetails(**names, email=email, reach=None, guardian_name=None)
            seen = mark_of_stored(them, ["given_name", "family_name", "email"])
            correct(lock_registration(them), right, seen=seen)
            session.commit()
        self.deliver()

    def have_it_changed_by_staff(self) -> None:
        """Staff changes what the second person needs, because they asked for it."""
        with self.host.app.app_context():
            session = self.host.db.session
            newest = select(Registration).order_by(Registration.id.desc()).limit(1)
            wish = RegistrationUpdate(
                party_size=1, answers={}, support_needs="hinten", language=self.language
            )
            them = session.scalars(newest).one()
            seen = mark_of_stored(them, ["answers", "support_needs", "party_size", "language"])
            update.change(lock_registration(them), wish, seen=seen, by_staff=True)
            session.commit()
        self.deliver()

    def have_it_cancelled_by_staff(self) -> None:
        """Staff cancels for whoever registered last."""
        with self.host.app.app_context():
            newest = select(Registration).order_by(Registration.id.desc()).limit(1)
            them = self.host.db.session.scalars(newest).one()
            transitions.cancel(lock_registration(them), by_staff=True)
            self.host.db.session.commit()
        self.deliver()

    def send_another_form_that_says_no(self) -> None:
        """The first person does so, when nobody has to confirm an address any more."""
        self.confirms_by_email = False
        self.change()
        self.register(1, "refused")

    def register_anew_and_say_no(self) -> None:
        """The fourth person does so after they had said yes and cancelled."""
        self.capacity = 2
        self.change()
        self.register(4)
        self.press("confirmed", "/cancel")
        self.register(4, "refused")

    def have_staff_write(self) -> None:
        """Staff writes to all who come."""
        staff = staff_of(self.host).client()
        words = {f"subject.{code}": "Stift" for code in ("de", "en")}
        words |= {f"text.{code}": "**Farbe**" for code in ("de", "en")}
        look = send(staff, staff.get(f"{HERE}message"), {"state": "active", "do": "look", **words})
        people = fields_of(form_on(look))["people"]
        sent = send(staff, look, {"people": people})
        assert sent.status_code == 303
        self.deliver()

    def publish_another_text(self) -> None:
        """The text that people said yes to comes to say something else."""
        self.host.load(factories.exchange(purposes=[factories.purpose(text="Ganz anders.")]))
        self.deliver()

    def text(self, kind: str) -> str:
        body = self.arrived[kind].get_body(("plain",))
        assert body is not None
        # a line break stands where a blank may stand
        return re.sub(r"\s+", " ", body.get_content())

    def html(self, kind: str) -> str:
        body = self.arrived[kind].get_body(("html",))
        assert body is not None
        page = BeautifulSoup(body.get_content(), "html.parser")
        return re.sub(r"\s+", " ", page.get_text(" "))


@pytest.fixture(params=["de", "en"])
def town(request: pytest.FixtureRequest, host: Host, peer: Peer) -> Town:
    town = Town(host, peer, request.param)
    town.change()
    return town


WORDS = {
    "de": {
        "confirm": "bestätige", "known": "schon", "waiting": "Warteliste",
        "offered": "Jetzt ist Platz",
        "confirmed": "bestätigt",
        "cancelled_by_staff": "Unser Team hat dich abgemeldet",
        "cancelled": "Du hast dich abgemeldet", "expired": "ist um",
        "changed": "Stadthalle", "withdrawn": "Du hast deine Einwilligung",
        "refused_by_form": "weiteres Formular", "refused_anew": "andere Anmeldung",
        "moved": "verlegt",
        "postponed": "noch nicht fest", "resumed": "findet doch statt",
        "called_off": "findet nicht statt",
        "reminder": "Rollstuhl", "thank_you": "Danke",
        "updated": "Du hast deine Anmeldung geändert", "rectified": "berichtigt",
        "updated_by_staff": "Unser Team hat",
        "ask_again": "Wir fragen dich noch einmal", "message": "Farbe",
    },
    "en": {
        "confirm": "confirm", "known": "already", "waiting": "waiting list", "offered": "room",
        "confirmed": "confirmed", "cancelled_by_staff": "Our team has cancelled",
        "cancelled": "cancelled", "expired": "is over",
        "changed": "Town hall", "withdrawn": "You have withdrawn",
        "refused_by_form": "further form", "refused_anew": "another registration",
        "moved": "has been moved",
        "postponed": "not known yet", "resumed": "takes place after all",
        "called_off": "has been cancelled", "reminder": "wheelchair", "thank_you": "Thank you",
        "updated": "You have changed your registration", "rectified": "corrected",
        "updated_by_staff": "Our team has changed",
        "ask_again": "ask you again", "message": "Farbe",
    },
}  # fmt: skip
"""A word of each mail that tells it from the others."""


def live_through_everything(town: Town) -> None:
    """All that can happen to two people and their event, in a plausible order."""
    town.register(1)
    town.press("confirm", "/confirm")
    town.register(1)
    town.register(2)
    town.register(3)
    town.have_it_cancelled_by_staff()
    town.press("confirmed", "/photos-website/withdraw")
    town.press("confirmed", "/cancel")
    town.press("offered", "/cancel")
    town.correct_the_address("richtig@buerger.example")
    town.register(1)
    town.clock.move(hours=49)
    town.deliver()
    town.register(1)
    town.press("confirm", "/confirm")
    town.say_what_is_needed()
    town.have_it_changed_by_staff()
    town.have_staff_write()
    town.publish_another_text()
    town.change(venue=HALL)
    town.change(starts_at=NEW, ends_at="2026-04-29T19:30")
    town.change(status="postponed")
    town.change(status="published")
    town.change(status="cancelled")
    town.change(status="published")
    town.send_another_form_that_says_no()
    town.register_anew_and_say_no()
    town.clock.now = _start(town.host) - timedelta(hours=24)
    town.deliver()
    town.clock.now = _start(town.host) + timedelta(hours=2)
    town.deliver()


def _start(host: Host) -> Any:
    return host.scalar(select(Event.starts_at))


def test_every_step_is_told(town: Town) -> None:
    """Each in text and HTML, in the person's language, with their link and its own words."""
    live_through_everything(town)
    assert set(town.arrived) == {kind.name for kind in KINDS}
    for kind, message in town.arrived.items():
        assert message["Content-Language"] == town.language
        assert f"/{town.language}/registration/" in town.text(kind)
        for body in (town.text(kind), town.html(kind)):
            assert WORDS[town.language][kind] in f"{body} {message['Subject']}", (kind, body)


def test_a_calendar_keeps_one_entry_through_all_of_it(town: Town) -> None:
    """D2, RFC 5546: one UID, newer each time; it goes when the event is off, and comes back."""
    live_through_everything(town)
    assert town.methods == [
        ("confirm", None), ("confirmed", "REQUEST"), ("known", None), ("withdrawn", None),
        ("cancelled", "CANCEL"), ("confirm", None), ("expired", None), ("confirm", None),
        ("confirmed", "REQUEST"), ("updated", "REQUEST"), ("updated_by_staff", "REQUEST"),
        ("message", None),
        ("ask_again", None), ("changed", "REQUEST"), ("moved", "REQUEST"),
        ("postponed", "CANCEL"), ("resumed", "REQUEST"), ("called_off", "CANCEL"),
        ("resumed", "REQUEST"), ("known", None), ("refused_by_form", None),
        ("reminder", None), ("thank_you", None),
    ]  # fmt: skip
    (entry,) = town.calendar.entries.values()
    assert entry["DTSTART"].dt.isoformat().startswith(NEW)
    assert "Stadthalle" in entry["LOCATION"] or "Town hall" in entry["LOCATION"]
    assert int(entry["SEQUENCE"]) == 6


def test_a_change_raises_the_sequence(town: Town) -> None:
    """D2: so that programs take it for newer than what they have."""
    town.register(1)
    town.press("confirm", "/confirm")
    found = []
    for values in ({}, {"title": "Neu"}, {"venue": HALL}, {"starts_at": "2026-04-22T17:00"}):
        town.change(**values)
        (entry,) = town.calendar.entries.values()
        found.append((int(entry["SEQUENCE"]), str(entry["UID"])))
    assert [sequence for sequence, _ in found] == [0, 1, 2, 3]
    assert len({uid for _, uid in found}) == 1


def test_a_moved_event_names_both_dates(town: Town) -> None:
    town.register(1)
    town.change(starts_at=NEW, ends_at="2026-04-29T19:30")
    days = {"de": ("22. April", "29. April"), "en": ("22 April", "29 April")}[town.language]
    times = ("17:30", "18:00")
    for body in (town.text("moved"), town.html("moved")):
        sentence = body.partition("verlegt" if town.language == "de" else "been moved")[2]
        assert sentence.index(days[0]) < sentence.index(days[1])
        assert sentence.index(times[0]) < sentence.index(times[1])


def test_a_new_place_is_named(town: Town) -> None:
    town.register(1)
    town.change(venue=HALL)
    assert "Ring 1, 44787 Bochum." in town.text("changed")


def test_a_date_and_a_place_that_change_together_are_one_mail(town: Town) -> None:
    town.register(1)
    town.change(starts_at=NEW, ends_at="2026-04-29T19:30", venue=HALL)
    assert set(town.arrived) == {"confirm", "moved"}
    assert "Ring 1, 44787 Bochum." in town.text("moved")


def test_after_a_postponement_the_new_date_is_told_beside_the_old_one(town: Town) -> None:
    town.register(1)
    town.change(status="postponed")
    town.change(status="published", starts_at=NEW, ends_at="2026-04-29T19:30")
    day = {"de": "29. April", "en": "29 April"}[town.language]
    assert WORDS[town.language]["resumed"] in town.text("resumed")
    assert day in town.text("resumed").partition(WORDS[town.language]["resumed"])[2]


def test_what_happens_to_an_event_that_is_off_bothers_nobody(town: Town) -> None:
    town.register(1)
    town.change(status="cancelled")
    town.arrived.clear()
    town.change(venue=HALL)
    town.change(title="Anders")
    assert town.arrived == {}


def test_the_reminder_says_all_that_one_needs_on_the_way(town: Town) -> None:
    """The date first, the place, getting in without barriers, the ticket, and how to cancel."""
    town.register(1)
    town.press("confirm", "/confirm")
    town.change(doors_at="2026-04-22T17:00")
    town.clock.now = _start(town.host) - timedelta(hours=24)
    town.deliver()
    wanted = {
        "de": ["Mittwoch, 22.", "Quartiershalle", "17:00", "Ticket", "melde dich", "Rollstuhl"],
        "en": ["Wednesday, 22", "Quartiershalle", "17:00", "ticket", "cancel", "wheelchair"],
    }[town.language]
    for body in (town.text("reminder"), town.html("reminder")):
        positions = [body.find(word) for word in wanted]
        assert -1 not in positions, (wanted, body)
        assert positions == sorted(positions)

"""A mail server that is away for longer than seats are held."""

from __future__ import annotations

from email.message import EmailMessage

from sqlalchemy import select

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.models import Registration
from tests.factories import exchange, open_event, person
from tests.forms import fill, press
from tests.host import Host

FORM = "/stadtlabor/de/events/plattform/register"
HERE = "/stadtlabor/de/registration/"


class Server:
    """A mail server that may be away."""

    def __init__(self) -> None:
        self.is_away = True
        self.arrived: list[EmailMessage] = []

    def __call__(self, message: EmailMessage) -> None:
        """Take a mail, or fail as the network does."""
        if self.is_away:
            raise ConnectionRefusedError
        self.arrived.append(message)


def portal(host: Host, **registration: object) -> tuple[Host, Server]:
    server = Server()
    other = host.make(ports={"mailer": server})
    other.clock = host.clock
    other.load(exchange(open_event(registration=registration)))
    return other, server


def days_go_by(host: Host, days: int) -> None:
    for _ in range(days):
        host.clock.move(days=1)
        host.run("outbox", "run")


def state(host: Host, number: int = 1) -> str:
    email = f"person{number}@buerger.example"
    return str(host.scalar(select(Registration.state).where(Registration.email == email)))


def test_an_outage_costs_nobody_the_seats_that_were_held(host: Host) -> None:
    """S14: who was told of no deadline has missed none; the mail names the new one."""
    other, server = portal(host)
    fill(other.client(), FORM, person())
    other.run("outbox", "run")
    days_go_by(other, 5)
    assert state(other) == "held"
    server.is_away = False
    days_go_by(other, 2)
    (mail,) = server.arrived
    assert state(other) == "held"
    browser = other.client()
    browser.get(other.link(mail))
    assert press(browser, HERE, "/confirm").status_code == 303
    assert state(other) == "confirmed"


def test_an_outage_costs_nobody_an_offer(host: Host) -> None:
    """S14."""
    other, server = portal(host, capacity=1)
    server.is_away = False
    fill(other.client(), FORM, person(1))
    fill(other.client(), FORM, person(2))
    other.run("outbox", "run")
    first = other.client()
    first.get(other.link(server.arrived[0]))
    server.is_away = True
    press(first, HERE, "/cancel")
    days_go_by(other, 4)
    assert state(other, 2) == "offered"
    server.is_away = False
    days_go_by(other, 1)
    lucky = other.client()
    offer = [mail for mail in server.arrived if mail["To"] == "person2@buerger.example"][-1]
    lucky.get(other.link(offer))
    assert press(lucky, HERE, "/confirm").status_code == 303


def test_an_address_that_no_mail_reaches_blocks_seats_for_a_week_at_most(host: Host) -> None:
    other, _ = portal(host)
    fill(other.client(), FORM, person())
    other.run("outbox", "run")
    days_go_by(other, 10)
    assert state(other) == "expired"
    assert other.scalar(select(Event.seats_taken)) == 0


def test_once_the_mail_has_left_the_hold_ends_in_time(host: Host) -> None:
    other, server = portal(host)
    server.is_away = False
    fill(other.client(), FORM, person())
    other.run("outbox", "run")
    days_go_by(other, 3)
    assert state(other) == "expired"


def test_registering_again_during_the_outage_keeps_one_registration(host: Host) -> None:
    """S5."""
    other, server = portal(host)
    fill(other.client(), FORM, person())
    other.run("outbox", "run")
    other.clock.move(days=3)
    assert fill(other.client(), FORM, person()).status_code == 303
    with other.app.app_context():
        assert list(other.db.session.scalars(select(Registration.state))) == ["held"]
    server.is_away = False
    days_go_by(other, 1)
    assert state(other) == "held"


def test_a_mail_that_is_being_sent_as_the_hold_ends_is_not_written_again(host: Host) -> None:
    """S14: it is left to its worker, and the person gets one mail, whose deadline holds."""
    arrived: list[EmailMessage] = []

    def slow(message: EmailMessage) -> None:
        host.clock.move(minutes=6)
        other.run("outbox", "run")
        assert state(other) == "held"
        arrived.append(message)

    config = {"STADTLABOR_CONFIRM_WITHIN": 300}
    other = host.make(ports={"mailer": arrived.append}, **config)
    here = host.make(ports={"mailer": slow}, **config)
    other.load(exchange(open_event()))
    fill(here.client(), FORM, person())
    here.run("outbox", "run")
    other.run("outbox", "run")
    subjects = [mail["Subject"] for mail in arrived]
    assert sum("bestätige" in subject for subject in subjects) == 1

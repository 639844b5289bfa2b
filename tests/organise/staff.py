"""Somebody of the city's staff, and the people they look after."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from flask_stadtlabor import Action, Actor
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.models import Registration, Source
from flask_stadtlabor.registration.operations import signup
from flask_stadtlabor.registration.requests import SignupRequest
from tests.factories import person
from tests.forms import fill, page, press
from tests.host import Host

DESK = "/stadtlabor/en/organise/"
HERE = f"{DESK}events/plattform/"
DOOR = f"{HERE}check-in/"


def staff_of(
    host: Host,
    *,
    without: Collection[Action] = (),
    name: str = "Otto Orga",
    only: str | None = None,
) -> Host:
    """The portal as it is for somebody of staff who may do everything, or all but some of it.

    With ``only``, at the event with this slug alone.
    """

    def policy(actor: Actor | None, action: str, subject: object = None) -> bool:
        # as docs/hosts.md promises, a policy may ask for an event's series wherever it is asked
        series = subject.series.slug if isinstance(subject, Event) and subject.series else None
        assert series != ""
        is_theirs = only is None or not isinstance(subject, Event) or subject.slug == only
        return actor is not None and action not in without and is_theirs

    other = host.lend(policy=policy, actor=lambda: Actor("staff:1", name), mailer=host.sent.append)
    other.sent = host.sent
    return other


def register(
    host: Host, number: int = 1, *, confirm: bool = True, slug: str = "plattform", **given: Any
) -> int:
    """Somebody registers by the form, and confirms by the mailed link; their number."""
    fields = {**person(number), **given}
    address = f"/stadtlabor/de/events/{slug}/register"
    assert fill(host.client(), address, fields).status_code == 303
    if confirm:
        mail = next(mail for mail in reversed(host.mails()) if mail["To"] == fields["email"])
        browser = host.client()
        browser.get(host.link(mail))
        press(browser, "/stadtlabor/de/registration/", "/confirm")
    newest = select(Registration.id).where(Registration.email == fields["email"])
    return int(host.scalar(newest.order_by(Registration.id.desc()).limit(1)))


def column(host: Host, number: int, name: str) -> Any:
    """One column of a registration."""
    return host.scalar(select(getattr(Registration, name)).where(Registration.id == number))


def code_of(host: Host, number: int) -> str:
    """The code on somebody's ticket."""
    return str(column(host, number, "ticket_code"))


def words_of(client: FlaskClient, address: str) -> str:
    """What a page says."""
    answer = client.get(address)
    assert answer.status_code == 200, (answer.status, address)
    main = page(answer).select_one(".stadtlabor")
    assert main is not None
    return main.get_text(" ", strip=True).replace("\N{NO-BREAK SPACE}", " ")


def fill_event(host: Host, people: int) -> None:
    """That many people register, without the way by the form."""
    with host.app.app_context():
        event = host.db.session.scalars(select(Event)).one()
        for number in range(people):
            details = person(number) | {"email": None, "language": "de", "source": Source.DESK}
            signup.register(lock_event(event), SignupRequest(**details))
        host.db.session.commit()

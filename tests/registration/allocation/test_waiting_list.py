"""The waiting list: whose turn it is, who may be passed, and when it is served no more."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from flask_stadtlabor.registration.models import Registration
from tests.factories import exchange, open_event, person
from tests.forms import fill, page, press
from tests.host import Host

EVENT = "/stadtlabor/de/events/plattform/"
FORM = f"{EVENT}register"
HERE = "/stadtlabor/de/registration/"


def load(host: Host, status: str = "published", **registration: Any) -> str:
    """Bring the event in; what the command says."""
    changes: dict[str, Any] = {key: registration.pop(key) for key in ("starts_at", "ends_at")
                               if key in registration}  # fmt: skip
    host.load(exchange(open_event(status=status, registration=registration, **changes)))
    return host.run("import", str(host.folder / "exchange.json")).stdout


def arrive(host: Host, number: int, party_size: int = 1) -> FlaskClient:
    """Somebody who registered, with their link open."""
    assert fill(host.client(), FORM, person(number, party_size=party_size)).status_code == 303
    address = person(number)["email"]
    mail = next(mail for mail in reversed(host.mails()) if mail["To"] == address)
    browser = host.client()
    browser.get(host.link(mail))
    return browser


def states(host: Host) -> list[str]:
    """The states of all, in the order in which they came."""
    with host.app.app_context():
        return list(host.db.session.scalars(select(Registration.state).order_by(Registration.id)))


def shown_to_all(host: Host) -> str:
    """What the event's page says."""
    return page(host.client().get(EVENT)).get_text().replace("\N{NO-BREAK SPACE}", " ")


def standing(browser: FlaskClient) -> str:
    """What their page says first."""
    text = page(browser.get(HERE)).select_one(".sl-next-step").get_text(" ", strip=True)
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_raised_capacity_is_offered_by_the_same_command(host: Host) -> None:
    load(host, capacity=1)
    for number in (1, 2, 3):
        arrive(host, number)
    host.load(exchange(open_event(registration={"capacity": 2})))
    assert states(host) == ["held", "offered", "waiting"]
    assert "Platz" in host.mails()[-1]["Subject"]
    path = host.folder / "exchange.json"
    path.write_text(path.read_text().replace('"capacity": 2', '"capacity": null'))
    result = host.run("import", str(path))
    assert "Parties on waiting lists that were offered seats: 1." in result.stdout
    assert states(host) == ["held", "offered", "offered"]


@pytest.mark.one_database
def test_a_capacity_below_what_is_taken_is_refused_and_says_by_how_much(host: Host) -> None:
    load(host, capacity=4)
    arrive(host, 1, 3)
    path = host.folder / "exchange.json"
    path.write_text(path.read_text().replace('"capacity": 4', '"capacity": 2'))
    result = host.run("import", str(path))
    assert result.exit_code == 1
    assert "1 too few" in result.stderr


def test_a_party_is_passed_only_where_the_event_says_so(host: Host) -> None:
    load(host, capacity=4)
    first = arrive(host, 1, 3)
    arrive(host, 2, 2)
    alone = arrive(host, 3)
    assert states(host) == ["held", "waiting", "waiting"]
    assert "Warteliste" in shown_to_all(host)
    assert "2. Stelle" in standing(alone)
    load(host, capacity=4, smaller_parties_may_pass=True)
    assert states(host) == ["held", "waiting", "offered"]
    press(first, HERE, "/cancel")
    assert states(host) == ["cancelled", "offered", "offered"]


def test_who_may_pass_also_takes_seats_that_nobody_who_waits_can_use(host: Host) -> None:
    load(host, capacity=4, smaller_parties_may_pass=True)
    arrive(host, 1, 2)
    large = arrive(host, 2, 3)
    assert "Kleinere Gruppen" in standing(large)
    assert "wenige Plätze" in shown_to_all(host)
    arrive(host, 3, 2)
    assert states(host) == ["held", "waiting", "held"]
    arrive(host, 4)
    assert states(host)[-1] == "waiting"


def test_a_party_larger_than_the_event_keeps_its_place_and_holds_nobody_up(host: Host) -> None:
    load(host, capacity=4)
    first = arrive(host, 1, 2)
    large = arrive(host, 2, 4)
    load(host, capacity=3)
    small = arrive(host, 3)
    assert states(host) == ["held", "waiting", "held"]
    assert "nur noch 3 Plätze insgesamt" in standing(large)
    next_one = arrive(host, 4)
    assert "als Nächstes dran" in standing(next_one)
    press(small, HERE, "/cancel")
    assert states(host) == ["held", "waiting", "cancelled", "offered"]
    press(first, HERE, "/cancel")
    load(host, capacity=5)
    assert states(host) == ["cancelled", "offered", "cancelled", "offered"]


def test_when_the_first_leaves_the_next_may_fit(host: Host) -> None:
    load(host, capacity=3)
    arrive(host, 1, 2)
    first = arrive(host, 2, 2)
    arrive(host, 3)
    press(first, HERE, "/cancel")
    assert states(host) == ["held", "cancelled", "offered"]


def test_the_first_may_change_their_size_and_go_on_waiting(host: Host) -> None:
    load(host, capacity=3)
    arrive(host, 1, 2)
    first = arrive(host, 2, 3)
    assert fill(first, f"{HERE}change", party_size=2).status_code == 303
    assert states(host) == ["held", "waiting"]
    assert "geändert" in host.mails()[-1]["Subject"]


@pytest.mark.parametrize("status", ["draft", "cancelled", "postponed"])
def test_offers_are_made_only_for_what_takes_place(host: Host, status: str) -> None:
    load(host, capacity=1)
    first = arrive(host, 1)
    waiting = arrive(host, 2)
    load(host, status, capacity=1)
    press(first, HERE, "/cancel") if status != "cancelled" else host.clock.move(hours=49)
    host.mails()
    assert states(host)[1] == "waiting"
    if status != "cancelled":
        assert "keine Plätze vergeben" in standing(waiting)
    load(host, capacity=1)
    assert states(host)[1] == "offered"


def test_an_offer_ends_with_the_start_also_when_that_is_moved(host: Host) -> None:
    load(host, capacity=1)
    first = arrive(host, 1)
    press(first, HERE, "/confirm")
    arrive(host, 2)
    host.clock.move(days=50)
    press(first, HERE, "/cancel")
    ends = select(Registration.expires_at).where(Registration.state == "offered")
    assert f"{host.scalar(ends):%d. %H:%M}" == "22. 15:30"
    load(host, capacity=1, starts_at="2026-04-22T08:00", ends_at="2026-04-22T09:00")
    assert f"{host.scalar(ends):%d. %H:%M}" == "22. 06:00"


def test_once_the_event_has_begun_nobody_is_put_off(host: Host) -> None:
    """Free seats go to whoever comes, and the waiting list takes nobody any more."""
    load(host, capacity=2, confirm_by_email=False)
    first = arrive(host, 1, 2)
    waiting = arrive(host, 2, 2)
    host.clock.now = host.clock.now.replace(month=4, day=22, hour=15, minute=45)
    press(first, HERE, "/cancel")
    host.mails()
    assert states(host) == ["cancelled", "waiting"]
    assert "nicht rechtzeitig" in standing(waiting)
    arrive(host, 3)
    assert states(host)[-1] == "confirmed"
    assert fill(host.client(), FORM, person(4, party_size=2)).status_code == 409
    arrive(host, 5)
    assert fill(host.client(), FORM, person(6)).status_code == 409
    assert "Warteliste ist geschlossen" in shown_to_all(host)


@pytest.mark.one_database
def test_a_hold_at_a_cancelled_event_ends_without_a_mail(host: Host) -> None:
    load(host)
    arrive(host, 1)
    load(host, "cancelled")
    mails = len(host.mails())
    host.clock.move(hours=49)
    assert len(host.mails()) == mails
    assert states(host) == ["expired"]


@pytest.mark.one_database
def test_a_hold_at_a_postponed_event_can_be_confirmed(host: Host) -> None:
    load(host)
    browser = arrive(host, 1)
    load(host, "postponed")
    assert press(browser, HERE, "/confirm").status_code == 303
    assert states(host) == ["confirmed"]

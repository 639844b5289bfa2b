"""A form's signed marks hold for that form, that event, that browser and a day (S4, C6)."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from flask_stadtlabor.registration.models import Registration
from tests.factories import PHOTOS, exchange, open_event, person
from tests.forms import fields_of, form_on, send
from tests.host import Host

pytestmark = pytest.mark.one_database

FORM = "/stadtlabor/de/events/plattform/register"
OTHER = "/stadtlabor/de/events/andere/register"


def marks(browser: FlaskClient, address: str, *names: str) -> dict[str, str]:
    """These hidden fields of a form as this browser gets it."""
    fields = fields_of(form_on(browser.get(address)))
    return {name: fields[name] for name in names}


def sent_with(browser: FlaskClient, address: str, **given: str) -> tuple[int, str]:
    answer = send(browser, browser.get(address), {**person(), **given})
    return answer.status_code, answer.text


def registrations(host: Host) -> int:
    return int(host.scalar(select(func.count(Registration.id))))


@pytest.fixture
def portal(host: Host) -> Host:
    """Two events that ask for the same consent."""
    host.load(exchange(open_event(), open_event("andere")))
    return host


def test_the_mark_of_one_form_begins_no_other(portal: Host) -> None:
    browser = portal.client()
    mark = marks(browser, OTHER, "started")
    status, text = sent_with(browser, FORM, **mark)
    assert status == 422
    assert "Wir konnten nicht prüfen" in text
    assert registrations(portal) == 0


def test_nor_does_the_mark_of_another_browser(portal: Host) -> None:
    """One mark, bought once, would let any number of robots in without a wait."""
    mark = marks(portal.client(), FORM, "started")
    assert sent_with(portal.client(), FORM, **mark)[0] == 422
    assert registrations(portal) == 0


def test_the_texts_of_another_event_were_not_shown_here(portal: Host) -> None:
    """C6."""
    browser = portal.client()
    mark = marks(browser, OTHER, "shown")
    answer = send(browser, browser.get(FORM), {**person(), **mark, f"consent-{PHOTOS}": "given"})
    assert answer.status_code == 422
    assert registrations(portal) == 0


@pytest.mark.parametrize(("hours", "status"), [(19, 303), (25, 422)])
def test_a_mark_holds_for_a_day_and_a_form_for_twenty_hours(
    portal: Host, hours: int, status: int
) -> None:
    """A10: Flask-WTF's own token, which goes by the machine's clock, is not what ends here."""
    browser = portal.client()
    form = browser.get(FORM)
    portal.clock.move(hours=hours)
    answer = send(browser, form, person())
    assert answer.status_code == status
    if status == 422:
        assert 'value="person1@buerger.example"' in answer.text
        assert send(browser, answer).status_code == 303


def test_a_mark_from_the_future_is_none(portal: Host) -> None:
    browser = portal.client()
    portal.clock.move(hours=1)
    form = browser.get(FORM)
    portal.clock.move(hours=-1)
    assert send(browser, form, person()).status_code == 422


def test_a_switch_of_language_keeps_the_marks(portal: Host) -> None:
    browser = portal.client()
    fields = fields_of(form_on(browser.get(FORM)))
    answer = browser.post(FORM.replace("/de/", "/en/"), data={**fields.to_dict(), **person()})
    # the texts that are asked about in English were not shown yet (C6)
    assert "could not check" not in answer.text
    assert send(browser, answer).status_code == 303


def test_a_lost_session_says_one_thing(portal: Host) -> None:
    form = portal.client().get(FORM)
    answer = send(portal.client(), form, person())
    assert answer.status_code == 422
    assert "kein Cookie" in answer.text
    assert "Wir konnten nicht prüfen" not in answer.text

"""What a process remembers of a form is asked of nobody once it has changed."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.models import Registration
from tests.events.desk import drawn
from tests.factories import exchange, open_event, person, question
from tests.forms import fill, form_on, page, typed_into
from tests.host import Host

FORM = "/stadtlabor/de/events/plattform/register"


def registrations(host: Host) -> int:
    return int(host.scalar(select(func.count()).select_from(Registration)))


@pytest.mark.one_database
def test_a_question_that_came_since_is_asked_before_anybody_registers(host: Host) -> None:
    host.load(exchange(open_event()))
    browser = host.client()
    typed = typed_into(form_on(browser.get(FORM)), person(1))
    asked = question("wish", "text", required=True)
    host.load(exchange(open_event(registration={"questions": [asked]})))
    answer = browser.post(FORM, data=typed)
    assert answer.status_code == 422
    assert page(answer).select_one('[name="question-wish"]')
    assert registrations(host) == 0
    again = typed_into(form_on(answer), {"question-wish": "Mehr Bäume"})
    assert browser.post(FORM, data=again).status_code == 303
    assert registrations(host) == 1


@pytest.mark.one_database
def test_an_event_that_was_withdrawn_since_takes_nobody(host: Host) -> None:
    host.load(exchange(open_event()))
    browser = host.client()
    typed = typed_into(form_on(browser.get(FORM)), person(1))
    host.load(exchange(open_event(status="draft")))
    assert browser.post(FORM, data=typed).status_code == 404
    assert registrations(host) == 0


@pytest.mark.one_database
def test_a_form_that_is_tried_again_counts_once_under_the_limits(host: Host) -> None:
    """S4: the content was changed meanwhile, though nothing that this form asks."""
    portal = host.make(STADTLABOR_RATE_LIMITS={"register": "2 per hour"})
    portal.load(exchange(open_event()))
    for number in range(3):
        browser = portal.client()
        typed = typed_into(form_on(browser.get(FORM)), person(number))
        portal.load(exchange(open_event(summary={"de": f"Fassung {number}"})))
        assert browser.post(FORM, data=typed).status_code == (303 if number < 2 else 429)
    assert registrations(portal) == 2


@pytest.mark.one_database
def test_seats_are_those_of_this_moment_and_not_the_remembered_ones(host: Host) -> None:
    """S6: a process that remembers a free seat refuses whoever comes too late, and back again."""
    host.load(exchange(open_event(registration={"capacity": 1, "waiting_list": False})))
    assert fill(host.client(), FORM, person(1)).status_code == 303
    other = host.client()
    typed = typed_into(form_on(other.get(FORM)), person(2))
    assert other.post(FORM, data=typed).status_code == 409
    host.load(exchange(open_event(registration={"capacity": 2, "waiting_list": False})))
    assert other.post(FORM, data=typed).status_code == 303
    assert host.scalar(select(Event.seats_taken)) == 2


@pytest.mark.one_database
def test_the_page_after_it_is_made_once_and_names_each_their_own_address(host: Host) -> None:
    host.load(exchange(open_event()))
    first, second = host.client(), host.client()
    pages = [first.get(fill(first, FORM, person(1)).location)]
    sent = fill(second, FORM, person(2))
    with drawn(host) as names:
        pages.append(second.get(sent.location))
    assert names == []
    for number, (mine, other) in enumerate((pages, pages[::-1]), 1):
        address = f"person{number}@buerger.example"
        assert address in page(mine).get_text()
        assert address not in page(other).get_text()
        assert mine.headers["Cache-Control"] == "no-store"
    assert page(second.get(sent.location)).select("main h1")
    assert "person2@" not in second.get(sent.location).text


@pytest.mark.one_database
def test_the_page_after_it_is_another_for_whoever_waits(host: Host) -> None:
    """Both have one address, and each page is kept."""
    host.load(exchange(open_event(registration={"capacity": 1})))
    titles = []
    for number in (1, 2):
        browser = host.client()
        titles.append(page(browser.get(fill(browser, FORM, person(number)).location)).title)
    assert titles[0] != titles[1]

"""What keeps robots and stale pages out, and loses nothing of what a person typed (S4, C6)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from flask_stadtlabor.config import Rate
from flask_stadtlabor.registration.models import Registration
from tests.factories import PHOTOS, exchange, open_event, person, purpose
from tests.forms import fill, page, send
from tests.host import Host

FORM = "/stadtlabor/de/events/plattform/register"


@pytest.mark.one_database
def test_a_robot_that_fills_the_honeypot_gets_another_try(host: Host) -> None:
    host.load(exchange(open_event()))
    browser = host.client()
    refused = fill(browser, FORM, person(website="https://spam.example"))
    assert refused.status_code == 422
    assert "Änne" in refused.text
    assert send(browser, refused).status_code == 303


@pytest.mark.one_database
def test_a_form_sent_too_quickly_gets_another_try(host: Host) -> None:
    host.load(exchange(open_event()))
    patient = host.make(STADTLABOR_FORM_MIN_SECONDS=5)
    browser = patient.client()
    refused = fill(browser, FORM, person())
    assert refused.status_code == 422
    host.clock.move(seconds=5)
    assert send(browser, refused).status_code == 303


@pytest.mark.one_database
def test_a_changed_text_is_shown_again_before_anything_is_recorded(host: Host) -> None:
    """C6."""
    host.load(exchange(open_event()))
    browser = host.client()
    form = browser.get(FORM)
    host.load(exchange(open_event(), purposes=[purpose(text={"de": "Neu!", "en": "New!"})]))
    refused = send(browser, form, {**person(), f"consent-{PHOTOS}": "given"})
    assert refused.status_code == 422
    assert "Neu!" in refused.text
    assert "Änne" in refused.text
    assert not page(refused).select(f'input[name="consent-{PHOTOS}"][checked]')
    assert host.scalar(select(Registration.id)) is None
    assert send(browser, refused).status_code == 303


@pytest.mark.one_database
def test_a_forged_mark_of_the_texts_records_nothing(host: Host) -> None:
    """C6."""
    host.load(exchange(open_event()))
    assert fill(host.client(), FORM, person(shown="forged")).status_code == 422
    assert host.scalar(select(Registration.id)) is None


@pytest.mark.one_database
def test_too_many_registrations_from_one_place_keep_what_was_typed(host: Host) -> None:
    host.load(exchange(open_event()))
    strict = host.make(STADTLABOR_RATE_LIMITS={"register": "1 per hour"})
    browser = strict.client()
    assert fill(browser, FORM, person(1)).status_code == 303
    refused = fill(browser, FORM, person(2))
    assert refused.status_code == 429
    assert 'value="person2@buerger.example"' in refused.text


@pytest.mark.one_database
def test_limits_can_be_switched_off(host: Host) -> None:
    host.load(exchange(open_event(registration={"capacity": None})))
    free = host.make(STADTLABOR_RATE_LIMITS=None)
    browser = free.client()
    answers = {fill(browser, FORM, person(number)).status_code for number in range(30)}
    assert answers == {303}


@pytest.mark.one_database
def test_a_lost_session_shows_the_form_again_filled(host: Host) -> None:
    """A10, S1: without the CSRF token nothing is written and nothing is lost."""
    host.load(exchange(open_event()))
    form = host.client().get(FORM)
    stranger = host.client()
    refused = send(stranger, form, person())
    assert refused.status_code == 422
    assert 'value="person1@buerger.example"' in refused.text
    assert host.scalar(select(Registration.id)) is None
    assert send(stranger, refused).status_code == 303


@pytest.mark.one_database
def test_an_old_page_of_this_browser_keeps_the_answers_too(host: Host) -> None:
    """A10, S15: its mark tells that no other site has filled it in."""
    host.load(exchange(open_event()))
    browser, stranger = host.client(), host.client()
    given = {**person(), f"consent-{PHOTOS}": "refused", "csrf_token": "old"}
    opened = browser.get(FORM)
    refused = send(browser, opened, given)
    assert refused.status_code == 422
    assert page(refused).select(f'input[name="consent-{PHOTOS}"][value=refused][checked]')
    # somebody who has lost the session is asked for these alone once more, and is told so
    again = send(stranger, opened, given)
    assert again.status_code == 422
    assert 'value="person1@buerger.example"' in again.text
    assert not page(again).select("[checked]")
    assert "Nur die Antworten zu Einwilligungen fehlen" in again.text
    assert send(browser, refused).status_code == 303


@pytest.mark.one_database
def test_a_host_s_counter_learns_no_address(host: Host) -> None:
    """C12: neither the mail address nor the client's is stored with the counters."""
    keys: list[str] = []

    def count(key: str, rate: Rate) -> bool:
        keys.append(key)
        return True

    host.load(exchange(open_event()))
    counting = host.make(ports={"rate_limit": count})
    assert fill(counting.client(), FORM, person()).status_code == 303
    assert {key.partition(":")[0] for key in keys} >= {"register", "mail-address"}
    assert not any("person1" in key or "127.0.0.1" in key for key in keys)

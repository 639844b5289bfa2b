"""A page that is cached for everybody depends on address and language of the request alone.

S15: the request for which a page is rendered does not affect what later visitors see.
"""

from __future__ import annotations

import pytest

from tests.events.desk import save
from tests.events.strangers import EVIL, FORM_BODY, REQUESTS
from tests.factories import PHOTOS, exchange, open_event, person, question
from tests.forms import fields_of, fill, form_on, send
from tests.host import Host
from tests.registration.views.test_signup_page import unmarked

HERE = "/stadtlabor/de/"
PAGES = [
    HERE,
    f"{HERE}events/plattform/",
    f"{HERE}events/plattform/register",
    f"{HERE}events/plattform/easy/",
    f"{HERE}events/plattform/event.ics",
    f"{HERE}series/reihe/",
    f"{HERE}series/reihe/calendar.ics",
    f"{HERE}series/reihe/feed.atom",
    f"{HERE}calendar.ics",
    f"{HERE}feed.atom",
    "/stadtlabor/api/v1/events",
    "/stadtlabor/api/v1/events.csv",
    "/stadtlabor/api/v1/events/plattform",
]
FORM = PAGES[2]


@pytest.fixture
def portal(host: Host) -> Host:
    """An event that asks everything a form can ask, in a series."""
    asks = {"ask_age": True, "questions": [question("woher")]}
    event = open_event(easy_language={"de": "Komm vorbei."}, registration=asks)
    host.load(exchange(event))
    save(host, "zweite", series="reihe")
    return host


@pytest.mark.one_database
@pytest.mark.parametrize("way", REQUESTS)
def test_the_next_visitor_sees_what_they_would_have_seen_without_a_stranger(
    portal: Host, way: str
) -> None:
    """S15: the stranger asks first, so that the page is made for their request."""
    attacked = portal.make()
    same = ("ETag", "Last-Modified", "Content-Type", "Content-Language", "Link")
    for path in PAGES:
        right = portal.client().get(path)
        attacked.client().get(path, **REQUESTS[way])
        shown = attacked.client().get(path)
        assert shown.status_code == right.status_code == 200, path
        assert unmarked(shown.text) == unmarked(right.text), path
        assert EVIL not in shown.text, path
        assert "mallory" not in shown.text.lower(), path
        for name in same:
            assert shown.headers.get(name) == right.headers.get(name), path


@pytest.mark.one_database
def test_a_stranger_fills_nobodys_form_and_records_no_consent_for_them(portal: Host) -> None:
    """S15, C3: whoever touches no answer has given none, whatever came by a GET before."""
    portal.client().get(FORM, **FORM_BODY)
    visitor = portal.client()
    form = visitor.get(FORM)
    shown = fields_of(form_on(form))
    assert f"consent-{PHOTOS}" not in shown
    assert "under_16" not in shown
    assert (shown["given_name"], shown["email"], shown["party_size"]) == ("", "", "1")
    assert send(visitor, form, person()).status_code == 303
    mine = portal.client()
    page = mine.get(mine.get(portal.link(portal.mails()[0])).location)
    receipt = mine.get(f"{page.request.path}receipt.jsonld").get_json()
    assert "ConsentGiven" not in str(receipt)


@pytest.mark.one_database
@pytest.mark.parametrize(
    "path", [f"{HERE}registration/send-link", f"{HERE}events/plattform/register"]
)
def test_no_form_shows_what_a_get_brought(portal: Host, path: str) -> None:
    """S15: a form binds a POST alone, for the sender too."""
    answer = portal.client().get(path, **FORM_BODY)
    assert answer.status_code == 200
    assert "mallory" not in answer.text.lower()
    assert 'role="alert"' not in answer.text


@pytest.mark.one_database
def test_two_answers_to_one_question_are_none(portal: Host) -> None:
    """S15: what says yes and no has said neither, and nothing is shown as chosen."""
    field = f"consent-{PHOTOS}"
    answer = fill(portal.client(), FORM, {**person(), field: ["given", "refused"]})
    assert answer.status_code == 422
    assert field not in fields_of(form_on(answer))

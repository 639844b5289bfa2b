"""Bad input gets a page in the person's language, with the right status."""

from __future__ import annotations

import pytest

from tests.factories import exchange, open_event, person
from tests.forms import fill, page
from tests.host import Host

FORM = "/stadtlabor/en/events/plattform/register"


@pytest.mark.one_database
def test_a_body_that_is_too_large_is_refused(host: Host) -> None:
    host.load(exchange(open_event()))
    answer = fill(host.client(), FORM, person(given_name="x" * 600_000))
    assert answer.status_code == 413
    assert page(answer).select_one(".stadtlabor h1") is not None


@pytest.mark.one_database
@pytest.mark.parametrize(
    "address",
    [
        "events/nothing/",
        "events/nothing/register",
        "events/nothing/event.ics",
        "events/%00/",
        "events/" + "x" * 500 + "/",
        "series/nothing/",
        "series/nothing/feed.atom",
        "privacy/nothing/1/",
        "registration/nothing",
    ],
)
@pytest.mark.parametrize("language", ["de", "en"])
def test_an_unknown_name_is_our_404_in_the_person_s_language(
    host: Host, address: str, language: str
) -> None:
    answer = host.client().get(f"/stadtlabor/{language}/{address}")
    assert answer.status_code == 404
    ours = page(answer).select_one(".stadtlabor")
    assert ours is not None
    assert ours["lang"] == language
    assert ours.select_one("h1") is not None


@pytest.mark.one_database
@pytest.mark.parametrize("query", ["page=x", "page=-1", "page=99999999999", "q=%00", "when=x"])
def test_a_strange_question_to_the_list_is_answered(host: Host, query: str) -> None:
    host.load(exchange(open_event()))
    assert host.client().get(f"/stadtlabor/de/?{query}").status_code == 200

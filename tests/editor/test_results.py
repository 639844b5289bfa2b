"""What came of an event: staff writes it afterwards, and everybody reads it."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import select

from flask_stadtlabor import Action
from flask_stadtlabor.events.models import Event
from tests.factories import event, exchange, open_event
from tests.forms import fields_of, fill, form_on, page, press
from tests.host import Host
from tests.organise.staff import DESK, HERE, staff_of, words_of

PAGE = f"{HERE}results"
PUBLIC = "/stadtlabor/en/events/plattform/"
FEED = "/stadtlabor/en/feed.atom"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
SAID = {
    "results.text.de": "Der **Radweg** kommt.",
    "results.text.en": "The **cycle path** will be built.",
    "results.minutes_url": "/protokolle/plattform.pdf",
    "results.links[0].title.de": "Zum Projekt",
    "results.links[0].title.en": "The project",
    "results.links[0].url": "https://stadt.example/radweg",
    "results.by.de": "Das Team",
    "results.by.en": "The team",
}


def after_it(host: Host, **changes: Any) -> Host:
    """The portal a day after its event, as staff sees it."""
    host.load(exchange(open_event(**changes)))
    host.clock.move(days=52)
    return staff_of(host)


def publish(host: Host) -> None:
    assert press(host.client(), f"{HERE}publish", "/publish").status_code == 303


def test_what_came_of_it_is_written_checked_and_read_by_everybody(host: Host) -> None:
    """From the office's front page to the public page, the feed and the open data."""
    desk = after_it(host)
    staff, stranger = desk.client(), desk.make().client()
    before = stranger.get(PUBLIC)
    entry = ET.fromstring(stranger.get(FEED).data)  # noqa: S314 - our own
    assert page(staff.get(DESK)).select_one(f"a[href='{PAGE}']") is not None
    assert "Nothing has been said yet about what came of it." in words_of(staff, f"{HERE}review")
    assert fill(staff, PAGE, SAID, action="/results").location == f"{PAGE}?now=saved"
    assert "cycle path" not in stranger.get(PUBLIC).text
    # each value stands behind what its field is called
    changes = words_of(staff, f"{HERE}review")
    assert "Address of the minutes: /protokolle/plattform.pdf" in changes
    assert "Address of the link: https://stadt.example/radweg" in changes
    publish(desk)
    seen = stranger.get(PUBLIC, headers={"If-None-Match": before.headers["ETag"]})
    assert seen.status_code == 200
    section = page(seen).select_one("section[aria-labelledby=sl-results]")
    assert section is not None
    assert "<strong>cycle path</strong>" in str(section)
    assert [link["href"] for link in section.select("a")] == [
        "/protokolle/plattform.pdf",
        "https://stadt.example/radweg",
    ]
    assert "Who wrote this: The team" in section.get_text(" ")
    renewed = ET.fromstring(stranger.get(FEED).data)  # noqa: S314 - our own
    assert "cycle path" in renewed.findtext("a:entry/a:content", "", ATOM)
    path = "a:entry/a:updated"
    assert str(renewed.findtext(path, "", ATOM)) > str(entry.findtext(path, "", ATOM))
    assert page(staff.get(DESK)).select_one(f"a[href='{PAGE}']") is None
    assert "Nothing has been said yet" not in words_of(staff, f"{HERE}review")


def test_open_data_and_search_engines_learn_it_without_a_person(host: Host) -> None:
    """D1, D6: who wrote it stays out."""
    results = {
        "text": {"de": "Der Radweg kommt."},
        "minutes_url": "/protokoll.pdf",
        "by": "Ada Lovelace",
    }
    desk = after_it(host, results=results)
    stranger = desk.make().client()
    said = stranger.get("/stadtlabor/api/v1/events/plattform").get_json()["event"]["results"]
    assert said["minutes_url"] == "https://stadt.example/protokoll.pdf"
    assert "Lovelace" not in json.dumps(said)
    block = page(stranger.get(PUBLIC)).select_one("script[type='application/ld+json']")
    assert block is not None
    assert json.loads(block.get_text())["subjectOf"] == [
        {
            "@type": "CreativeWork",
            "name": "The minutes",
            "url": "https://stadt.example/protokoll.pdf",
        }
    ]


@pytest.mark.one_database
def test_nothing_is_told_before_the_end(host: Host) -> None:
    """Written down early, it is on page, feed and open data from the end on, kept pages too."""
    host.load(exchange(open_event(results={"text": "Der Radweg kommt."})))
    stranger = host.client()
    api = "/stadtlabor/api/v1/events/plattform"
    for address in (PUBLIC, FEED, api):
        assert "Radweg" not in stranger.get(address).text
    host.clock.move(days=52)
    for address in (PUBLIC, FEED, api):
        assert "Radweg" in stranger.get(address).text


@pytest.mark.parametrize("status", ["cancelled", "postponed"])
@pytest.mark.one_database
def test_what_did_not_take_place_has_no_results(host: Host, status: str) -> None:
    desk = after_it(host, status=status, results={"text": "Der Radweg kommt."})
    assert "Radweg" not in desk.make().client().get(PUBLIC).text
    assert page(desk.client().get(DESK)).select_one(f"a[href='{PAGE}']") is None


@pytest.mark.one_database
def test_a_link_needs_words_and_a_way(host: Host) -> None:
    """422, each fault at its field, and all that was typed is kept."""
    desk = after_it(host)
    wrong = {**SAID, "results.links[0].title.de": "", "results.links[0].title.en": ""}
    refused = fill(desk.client(), PAGE, wrong, action="/results")
    assert refused.status_code == 422
    assert "Please give it a title" in refused.text
    assert "https://stadt.example/radweg" in refused.text
    evil = fill(
        desk.client(), PAGE, {**SAID, "results.minutes_url": "javascript:x()"}, action="/results"
    )
    assert evil.status_code == 422
    assert host.scalar(select(Event.results)) is None


@pytest.mark.one_database
def test_two_people_who_write_the_results_see_both(host: Host) -> None:
    """Case 2."""
    desk = after_it(host)
    first, second = desk.client(), desk.client()
    begun = fields_of(form_on(second.get(PAGE), "/results"))
    fill(first, PAGE, SAID, action="/results")
    begun["results.text.en"] = "<img src=x onerror=alert(1)> Nothing."
    both = second.post(PAGE, data=begun)
    assert both.status_code == 409
    assert "cycle path" in both.text
    assert "<img src=x" not in both.text


@pytest.mark.one_database
def test_a_copy_begins_without_results(host: Host) -> None:
    desk = after_it(host, results={"text": "Der Radweg kommt."})
    staff = desk.client()
    copied = fill(staff, f"{HERE}duplicate", {"starts_at": "2026-06-22T17:30"}, action="/duplicate")
    assert copied.status_code == 303
    assert host.scalar(select(Event.results).where(Event.slug == "plattform-2")) is None
    assert host.scalar(select(Event.results).where(Event.slug == "plattform")) is not None


@pytest.mark.one_database
def test_results_come_back_out_of_the_file_as_they_went_in(host: Host) -> None:
    results = {"text": {"de": "Der Radweg kommt."}, "links": [{"title": "A", "url": "/a"}]}
    host.load(exchange(event(results=results)))
    written = json.loads(host.run("export").stdout)
    assert written["events"][0]["results"] == results


@pytest.mark.one_database
def test_rights_on_one_event_open_no_results_of_another(host: Host) -> None:
    """Case 9, S12."""
    host.load(exchange(open_event(), event("andere")))
    only = staff_of(host, only="plattform").client()
    assert only.get(PAGE).status_code == 200
    assert only.get(f"{DESK}events/andere/results").status_code == 403
    assert only.post(f"{DESK}events/andere/results").status_code == 403
    assert staff_of(host, without=[Action.EDIT]).client().get(PAGE).status_code == 403

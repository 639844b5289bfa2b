"""The sample that a host's checks walk through is whole, and touches nobody."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.exceptions import HTTPException

from flask_stadtlabor import signals
from flask_stadtlabor.outbox.models import OutboxMail
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.route import ACCOUNT, LINK, PARTICIPANT, PUBLIC
from flask_stadtlabor.routes import ROUTES
from flask_stadtlabor.testing.bringing_in import bring_in
from flask_stadtlabor.testing.equipment import Missing
from flask_stadtlabor.testing.pages import Page, all_pages
from tests.host import Host

NO_PAGES = {
    "root", "api_description", "api_events", "api_events_csv", "api_event", "api_series",
    "calendar", "feed", "series_calendar", "series_feed", "event_calendar", "receipt_file",
    "my_data_file", "my_participation_file", "picture", "api_projects", "api_projects_csv",
    "similar_ideas", "api_ideas", "api_ideas_csv", "api_comments", "api_comments_csv",
}  # fmt: skip
"""What is for programs, and leads on."""
ON_THE_WAY = {
    "open_link",
    "open_participation",
    "open_mine",
    "open_my_ticket",
    "decorated_idea",
}
"""What leads on to a personal page."""
AFTERWARDS = {
    "registered",
    "erased",
    "consent_changes",
    "shared_preview",
    "unsubscribe",
    "idea_changes",
    "edit_idea",
    "withdraw_idea",
    "delete_idea",
    "decision",
    "edit_comment",
    "delete_comment",
    "idea_map",
}
"""What is to be seen only after a form or a mail was sent, a text was changed or staff made a link,
or where the host gives areas."""


def endpoint_of(app: Flask, path: str) -> str:
    """Which of our pages an address leads to; nothing where that is none."""
    try:
        endpoint, _ = app.url_map.bind("").match(urlsplit(path).path)
    except HTTPException:
        return ""
    return str(endpoint).removeprefix("stadtlabor.")


@pytest.mark.one_database
def test_every_page_for_citizens_is_among_them_in_each_language(host: Host) -> None:
    found = all_pages(host.app, bring_in(host.app))
    expected = {
        route.endpoint
        for route in ROUTES
        if route.access in (PUBLIC, LINK, ACCOUNT, PARTICIPANT) and "GET" in route.methods
    }
    for language in ("de", "en"):
        seen = {endpoint_of(host.app, page.path) for page in found if page.language == language}
        assert seen == expected - NO_PAGES - AFTERWARDS - ON_THE_WAY
    assert {endpoint_of(host.app, page.link) for page in found if page.link} == {
        "open_link",
        "open_participation",
    }


@pytest.mark.one_database
@pytest.mark.parametrize("language", ["de", "en"])
def test_everybody_sees_a_page_of_ours_behind_each_address(host: Host, language: str) -> None:
    found = all_pages(host.app, bring_in(host.app))
    shown = [answer_to(host, page) for page in found if page.language == language]
    assert {answer.status_code for answer in shown} == {200, 403, 404, 409}
    assert all('class="stadtlabor"' in answer.text for answer in shown)
    assert len({answer.text for answer in shown}) > 50


def answer_to(host: Host, page: Page):  # type: ignore[no-untyped-def]
    client = host.client()
    if page.link:
        assert client.get(page.link).status_code == 303
    return client.get(page.path, follow_redirects=True)


def test_it_can_be_brought_in_again_and_writes_to_nobody(host: Host) -> None:
    """Neither mails nor signals, and nobody registers a second time."""
    heard: list[object] = []

    def hear(sender: object, **values: object) -> None:
        heard.append(values)

    signals.registration_created.connect(hear, host.app)
    first = all_pages(host.app, bring_in(host.app))
    people = host.scalar(select(func.count(Registration.id)))
    again = all_pages(host.app, bring_in(host.app))
    assert [page.path for page in again] == [page.path for page in first]
    assert host.scalar(select(func.count(Registration.id))) == people > 8
    assert host.scalar(select(func.count(OutboxMail.id))) == 0
    assert (host.mails(), heard) == ([], [])


@pytest.mark.one_database
def test_tables_that_are_missing_are_made(bare_host: Host) -> None:
    bring_in(bare_host.app)
    assert bare_host.run("db", "check").exit_code == 0


@pytest.mark.one_database
def test_no_other_app_than_one_for_tests_gets_the_sample(host: Host) -> None:
    with pytest.raises(Missing, match="TESTING"):
        bring_in(host.make(TESTING=False).app)
    assert host.client().get("/stadtlabor/de/events/plattform/").status_code == 404

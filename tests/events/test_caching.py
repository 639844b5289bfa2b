"""Public pages are revalidated at each request, and rarely rendered again (D5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import before_render_template, session
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.content import ProgrammeItem
from flask_stadtlabor.events.models import Event
from tests.events.desk import START, save, statements, with_layout
from tests.host import Host

DAY = timedelta(days=1)
PAGE = "/stadtlabor/de/events/plattform/"
PAGES = [
    "/stadtlabor/de/",
    PAGE,
    PAGE + "easy/",
    PAGE + "event.ics",
    "/stadtlabor/de/calendar.ics",
    "/stadtlabor/de/feed.atom",
    "/stadtlabor/de/series/reihe/",
    "/stadtlabor/de/series/reihe/calendar.ics",
    "/stadtlabor/de/series/reihe/feed.atom",
]


@pytest.fixture
def portal(host: Host) -> Host:
    """With one event of a series, in easy language too."""
    save(host, series="reihe", easy_language=LocalizedText("Leicht"), takes_registrations=True,
         capacity=30)  # fmt: skip
    return host


@pytest.fixture
def drawn(host: Host) -> Iterator[list[str]]:
    """Names of the templates that were rendered."""
    names: list[str] = []

    def note(sender: object, template: Any, **values: Any) -> None:
        names.append(template.name)

    with before_render_template.connected_to(note, sender=host.app):
        yield names


def again(client: FlaskClient, path: str, response: TestResponse) -> TestResponse:
    return client.get(path, headers={"If-None-Match": response.headers["ETag"]})


def etag(host: Host, path: str = PAGE) -> str:
    return host.client().get(path).headers["ETag"]


def set_values(host: Host, slug: str = "plattform", **values: Any) -> None:
    with host.app.app_context():
        host.db.session.execute(update(Event).where(Event.slug == slug).values(**values))
        host.db.session.commit()


@pytest.mark.one_database
@pytest.mark.parametrize("path", PAGES)
def test_a_strangers_page_is_public_and_sets_no_cookie(portal: Host, path: str) -> None:
    """D5."""
    response = portal.client().get(path)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Cookie" in response.headers["Vary"]
    assert "Set-Cookie" not in response.headers
    assert response.headers["ETag"]
    assert response.last_modified == portal.clock.now


@pytest.mark.one_database
@pytest.mark.parametrize("path", PAGES)
def test_a_page_that_is_known_is_not_made_again(portal: Host, drawn: list[str], path: str) -> None:
    client = portal.client()
    first = client.get(path)
    drawn.clear()
    with statements(portal) as seen:
        second = again(client, path, first)
    assert (second.status_code, second.data) == (304, b"")
    assert second.headers["ETag"] == first.headers["ETag"]
    assert second.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert drawn == []
    assert len(seen) <= 2


@pytest.mark.parametrize("path", [PAGE, PAGE + "event.ics", "/stadtlabor/de/feed.atom"])
def test_one_statement_tells_whether_a_page_is_the_same(portal: Host, path: str) -> None:
    client = portal.client()
    first = client.get(path)
    with statements(portal) as seen:
        assert again(client, path, first).status_code == 304
    assert len(seen) == 1, seen


@pytest.mark.one_database
def test_the_tag_is_compared_weakly_and_among_others(portal: Host) -> None:
    """RFC 9110 §13.1.2."""
    client = portal.client()
    value = etag(portal).removeprefix("W/")
    for asked in (value, f"W/{value}", f'"x", W/{value} , "y"', "*"):
        assert client.get(PAGE, headers={"If-None-Match": asked}).status_code == 304, asked
    for asked in ('"x"', 'W/"x", "y"'):
        assert client.get(PAGE, headers={"If-None-Match": asked}).status_code == 200, asked


@pytest.mark.one_database
@pytest.mark.parametrize("path", PAGES)
def test_head_answers_like_get_without_a_body(portal: Host, path: str) -> None:
    got, head = portal.client().get(path), portal.client().head(path)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == got.headers["ETag"]
    assert head.content_length == len(got.data)


@pytest.mark.one_database
@pytest.mark.parametrize("headers", [{"Cookie": "x=1"}, {"Authorization": "Basic eDp5"}])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_for_somebody_known_is_stored_by_nobody(
    portal: Host, path: str, headers: dict[str, str]
) -> None:
    known = {"If-None-Match": etag(portal, path)}
    response = portal.app.test_client(use_cookies=False).get(path, headers=headers | known)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in response.headers
    assert "Last-Modified" not in response.headers


@pytest.mark.one_database
@pytest.mark.parametrize("path", PAGES)
def test_a_page_for_somebody_whom_the_server_signed_in_is_stored_by_nobody(
    portal: Host, path: str
) -> None:
    """S18: by a certificate or Kerberos, which need neither a cookie nor a header."""
    known = {"If-None-Match": etag(portal, path)}
    response = portal.client().get(path, headers=known, environ_base={"REMOTE_USER": "otto"})
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in response.headers


@pytest.mark.one_database
def test_a_layout_that_looks_into_the_session_is_stored_by_nobody(
    portal: Host, tmp_path: Path
) -> None:
    other = with_layout(portal, tmp_path)
    other.app.context_processor(lambda: {"name": session.get("name")})
    response = other.client().get(PAGE)
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in response.headers


@pytest.mark.one_database
def test_a_host_that_looks_into_every_session_is_stored_by_nobody(portal: Host) -> None:
    other = portal.make()
    other.app.before_request(lambda: session.get("name"))
    response = other.client().get(PAGE, headers={"If-None-Match": "*"})
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "private, no-store"


SEATS = [
    ({"seats_taken": 29}, False),
    ({"seats_taken": 10, "seats_confirmed": 10}, False),
    ({"smallest_party_waiting": 31}, False),
    ({"seats_taken": 11, "seats_confirmed": 11}, True),
    ({"seats_taken": 30}, True),
    ({"smallest_party_waiting": 1}, True),
]


@pytest.mark.parametrize(("values", "is_told"), SEATS)
def test_seats_renew_a_page_when_it_says_something_else(
    portal: Host, values: dict[str, int], is_told: bool
) -> None:
    """S16: a tag tells nothing about seats that the page does not say."""
    paths = [PAGE, "/stadtlabor/de/", "/stadtlabor/de/series/reihe/", "/stadtlabor/api/v1/events"]
    before = [etag(portal, path) for path in paths]
    set_values(portal, **values)
    assert [etag(portal, path) != tag for path, tag in zip(paths, before, strict=True)] == (
        [is_told] * len(paths)
    )


@pytest.mark.one_database
def test_seats_of_another_date_renew_the_page_that_shows_it(portal: Host) -> None:
    save(portal, "zweite", series="reihe", takes_registrations=True, capacity=5)
    before = etag(portal)
    set_values(portal, "zweite", seats_taken=5)
    assert etag(portal) != before


def test_seats_leave_calendars_and_feeds_alone(portal: Host) -> None:
    paths = [path for path in PAGES if path.endswith((".ics", ".atom"))]
    before = [etag(portal, path) for path in paths]
    set_values(portal, seats_taken=3)
    assert [etag(portal, path) for path in paths] == before


@pytest.mark.parametrize("path", PAGES)
def test_a_change_of_content_renews_every_page(portal: Host, path: str) -> None:
    before = etag(portal, path)
    portal.clock.move(minutes=5)
    save(portal, series="reihe", title=LocalizedText("Anders"), easy_language=LocalizedText("x"))
    response = portal.client().get(path)
    assert response.headers["ETag"] != before
    assert response.last_modified == portal.clock.now


def test_time_going_on_renews_a_page(portal: Host) -> None:
    """Registration opens and closes, the event begins, an item follows another, all is over."""
    item = ProgrammeItem(starts_at="17:30", title=LocalizedText("Anfang"))
    save(
        portal, series="reihe", takes_registrations=True, capacity=30,
        opens_at=START - 9 * DAY, closes_at=START - DAY,
        programme=(item, item.model_copy(update={"starts_at": "18:00"})),
    )  # fmt: skip
    tags = []
    for moment in (
        START - 10 * DAY, START - 9 * DAY, START - DAY, START, START + timedelta(minutes=30),
        START + timedelta(minutes=90),
    ):  # fmt: skip
        portal.clock.now = moment
        tags.append(etag(portal))
    assert len(set(tags)) == len(tags)
    portal.clock.move(days=1)
    assert etag(portal) == tags[-1]


@pytest.mark.one_database
def test_an_event_that_leaves_the_feed_renews_it(portal: Host) -> None:
    before = etag(portal, "/stadtlabor/de/calendar.ics")
    portal.clock.now = START + 200 * DAY
    assert etag(portal, "/stadtlabor/de/calendar.ics") == before
    portal.clock.now = START + 400 * DAY
    assert etag(portal, "/stadtlabor/de/calendar.ics") != before


@pytest.mark.one_database
def test_languages_addresses_and_layouts_have_tags_of_their_own(portal: Host) -> None:
    newer = portal.make(STADTLABOR_LAYOUT_VERSION="2")
    tags = [
        etag(portal),
        etag(portal, PAGE.replace("/de/", "/en/")),
        etag(portal, PAGE + "?q=1"),
        etag(newer),
    ]
    assert len(set(tags)) == len(tags)
    assert etag(portal.make()) == tags[0]


@pytest.mark.one_database
def test_a_template_that_a_host_overrides_renews_a_page(
    portal: Host, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("templates")
    other = portal.make()
    other.app.template_folder = str(folder)
    other.app.__dict__.pop("jinja_loader", None)
    template = folder / "stadtlabor" / "events" / "show.html"
    template.parent.mkdir(parents=True)
    template.write_text("unser eigenes", encoding="utf-8")
    response = other.client().get(PAGE)
    assert response.text == "unser eigenes"
    assert response.headers["ETag"] != etag(portal)

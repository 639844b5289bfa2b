"""Drafts are seen by nobody but staff, and by whoever was given a link to one."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from flask_stadtlabor import Action, Actor, sitemap_entries
from flask_stadtlabor.events.history_models import PreviewLink
from flask_stadtlabor.events.teaser import upcoming
from flask_stadtlabor.organise.routes import OFFICE
from tests.factories import event, exchange, open_event, series
from tests.forms import fill, form_on, page, press, send
from tests.host import BASE_URL, Host
from tests.organise.staff import DESK, HERE, staff_of, words_of

LINKS = f"{HERE}preview-links"
PUBLIC = "/stadtlabor/en/"
GERMAN = "/stadtlabor/de/"
SECRET = "Something that nobody knows yet"


@pytest.fixture
def desk(host: Host) -> Host:
    host.load(
        exchange(
            open_event(series="zu-besuch", easy_language={"en": "Come all."}),
            event("anderer", series="zu-besuch"),
            series=[series()],
        )
    )
    return staff_of(host)


def addresses(answer: TestResponse) -> list[str]:
    """The links on the page of staff, each as its path."""
    shown = [str(field["value"]) for field in page(answer).select("input[readonly]")]
    assert all(address.startswith(f"{BASE_URL}{PUBLIC}preview/") for address in shown)
    return [urlsplit(address).path for address in shown]


def make_link(staff: FlaskClient, here: str = LINKS, **given: str) -> str:
    """Make a link; its path."""
    made = fill(staff, here, given, action="/preview-links")
    assert made.status_code == 303, made.text
    return addresses(staff.get(made.headers["Location"]))[0]


@pytest.mark.one_database
def test_a_link_shows_the_newest_draft_to_a_stranger(desk: Host) -> None:
    staff = desk.client()
    link = make_link(staff)
    fill(staff, f"{HERE}edit/text", {"title.en": SECRET}, action="/text")
    stranger = desk.make().client()
    shown = stranger.get(link)
    assert shown.status_code == 200
    assert SECRET in shown.text
    assert shown.headers["X-Robots-Tag"] == "noindex"
    assert shown.headers["Cache-Control"] == "no-store"
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in shown.headers
    assert page(shown).select_one("meta[name=robots][content=noindex]") is not None
    assert SECRET not in stranger.get(f"{PUBLIC}events/plattform/").text
    german = stranger.get(link.replace("/en/", "/de/"))
    assert "Mitreden im Netz" in german.text


def test_nobody_registers_on_a_preview(desk: Host) -> None:
    """Its buttons would lead to the form of what is published."""
    link = make_link(desk.client())
    for address in (link, f"{HERE}preview/en"):
        shown = page(desk.client().get(address))
        main = shown.select_one(".stadtlabor")
        assert main is not None
        assert "A preview: nobody can register on this page." in main.get_text(" ", strip=True)
        assert "Come all." in main.get_text()
        assert not main.select("a[href*='/register'], a[href$='.ics'], a[href*='/easy/']")
        assert not main.select("[data-stadtlabor-slot], main form[method=post]")
        assert not shown.select("script[src*='register.js']")


def test_a_link_ends_by_itself_and_by_a_button(desk: Host) -> None:
    staff, stranger = desk.client(), desk.make().client()
    short, usual = make_link(staff, days="1"), make_link(staff)
    desk.clock.move(days=1)
    assert stranger.get(short).status_code == 404
    assert stranger.get(usual).status_code == 200
    desk.clock.move(days=5, hours=23)
    assert stranger.get(usual).status_code == 200
    desk.clock.move(hours=1)
    assert stranger.get(usual).status_code == 404
    again = make_link(staff)
    assert addresses(staff.get(LINKS)) == [again]
    listed = staff.get(LINKS)
    ending = next(form for form in page(listed).select("form") if form.select("[name=end]"))
    ended = staff.post(LINKS, data={str(f["name"]): f["value"] for f in ending.select("input")})
    assert ended.status_code == 303
    gone = stranger.get(again)
    assert gone.status_code == 404
    assert gone.headers["Cache-Control"] == "no-store"
    assert addresses(staff.get(LINKS)) == []
    assert words_of(staff, LINKS).count("Made by: Otto Orga") == 3
    assert stranger.get(f"{PUBLIC}preview/{'f' * 64}").status_code == 404


@pytest.mark.one_database
@pytest.mark.parametrize("days", ["0", "31", "-1", "many", "9" * 40])
def test_a_link_holds_for_a_month_at_most(desk: Host, days: str) -> None:
    refused = fill(desk.client(), LINKS, {"days": days}, action="/preview-links")
    assert refused.status_code == 422
    assert "Enter a number of days from 1 to 30." in refused.text
    assert desk.scalar(select(PreviewLink.id)) is None


@pytest.mark.one_database
def test_the_database_holds_no_token(desk: Host) -> None:
    """S3: whoever reads the table can open nothing; staff copies a link as often as they like."""
    staff = desk.client()
    link = make_link(staff)
    assert addresses(staff.get(LINKS)) == [link]
    with desk.app.app_context():
        (row,) = desk.db.session.execute(select(PreviewLink.__table__)).mappings()
    assert link.rpartition("/")[2] not in [str(value) for value in row.values()]


@pytest.mark.one_database
def test_a_link_from_before_the_secret_was_changed_goes_on(desk: Host) -> None:
    link = make_link(desk.client())
    ports = {"policy": lambda *_: True, "actor": lambda: Actor("staff:1")}
    changed = {"SECRET_KEY": "another", "SECRET_KEY_FALLBACKS": ["only for tests"]}
    kept = desk.make(ports=ports, **changed)
    assert addresses(kept.client().get(LINKS)) == [link]
    forgot = desk.make(ports=ports, SECRET_KEY="another")
    assert forgot.client().get(link).status_code == 200
    assert "cannot be shown again" in words_of(forgot.client(), LINKS)


@pytest.mark.one_database
def test_sharing_a_draft_is_a_right_of_its_own(desk: Host) -> None:
    writer = staff_of(desk, without=[Action.SHARE]).client()
    assert "preview-links" not in writer.get(f"{HERE}review").text
    assert writer.get(LINKS).status_code == 403
    assert "preview-links" in desk.client().get(f"{HERE}review").text


@pytest.mark.one_database
def test_a_stale_page_makes_and_ends_nothing(desk: Host) -> None:
    """S1."""
    staff = desk.client()
    link = make_link(staff)
    opened = staff.get(LINKS)
    token = {"csrf_token": "x"}
    assert send(staff, opened, token, action="/preview-links").status_code == 422
    assert staff.post(LINKS, data={**token, "end": "1"}).status_code == 422
    assert desk.make().client().get(link).status_code == 200
    assert len(addresses(staff.get(LINKS))) == 1


@pytest.mark.one_database
def test_rights_on_one_event_open_no_address_of_another(desk: Host) -> None:
    """Case 9, for each address, by slug and by number."""
    staff = desk.client()
    fill(staff, f"{HERE}edit/text", {"title.en": SECRET}, action="/text")
    link = make_link(staff)
    theirs = staff_of(desk, only="anderer").client()
    addresses_of_events = [route for route in OFFICE if "<slug>" in route.rule]
    assert len(addresses_of_events) > 30
    for route in addresses_of_events:
        values = {
            "lang": "en", "slug": "plattform", "page": "text", "language": "en", "number": "1",
            "kind": "confirmed", "code": "X", "shared_kind": "venues",
        }  # fmt: skip
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found[1]], route.rule)  # noqa: B023
        for method in route.methods:
            answer = theirs.open(f"/stadtlabor{path}", method=method)
            assert answer.status_code == 403, (method, path)
            assert SECRET not in answer.text
    here = f"{DESK}events/anderer/"
    for path in ("history/", "history/1/", "preview/en", "review", "preview-links", "edit/text"):
        shown = theirs.get(f"{here}{path}")
        assert shown.status_code == 200, path
        assert SECRET not in shown.text
    assert theirs.get(f"{here}history/2/").status_code == 404
    make = form_on(theirs.get(f"{here}preview-links"), "/preview-links")
    token = make.select_one("[name=csrf_token]")
    assert token is not None
    theirs.post(f"{here}preview-links", data={"csrf_token": str(token["value"]), "end": "1"})
    assert desk.make().client().get(link).status_code == 200


EVERYWHERE = [
    f"{language}{path}"
    for language in (PUBLIC, GERMAN)
    for path in (
        "", "?q=nobody", "?q=geheime-sache", "?when=past", "?series=zu-besuch", "calendar.ics",
        "feed.atom", "series/zu-besuch/", "series/zu-besuch/calendar.ics",
        "series/zu-besuch/feed.atom", "events/anderer/",
        "projects/",
    )
] + [
    "/stadtlabor/api/v1/events", "/stadtlabor/api/v1/events.csv", "/stadtlabor/api/v1/series",
    "/stadtlabor/api/v1/openapi.json", "/stadtlabor/api/v1/projects",
    "/stadtlabor/api/v1/projects.csv",
]  # fmt: skip


def told_to_strangers(host: Host, *more: str) -> str:
    """All that strangers are told, on all pages and in all files, and the answers' headers."""
    stranger = host.make()
    said = []
    for address in (*EVERYWHERE, *more):
        answer = stranger.client().get(address)
        assert answer.status_code == 200, address
        said.append(f"{answer.headers}{answer.text.replace('?q=geheime-sache', '')}")
    with stranger.app.test_request_context():
        said += [str(entry) for entry in sitemap_entries()]
        said.append(str(upcoming(50)))
    return "".join(said).replace('value="geheime-sache"', "")


@pytest.mark.one_database
def test_a_draft_is_nowhere(desk: Host) -> None:
    """Case 10: in no list, search, feed, calendar, sitemap, API, teaser."""
    drafted = event(
        "geheime-sache", status="draft", series="zu-besuch", title={"de": SECRET, "en": SECRET},
        easy_language={"de": SECRET, "en": SECRET},
    )  # fmt: skip
    desk.load(exchange(drafted, series=[series()]))
    link = make_link(desk.client(), f"{DESK}events/geheime-sache/preview-links")
    assert SECRET in desk.make().client().get(link).text
    said = told_to_strangers(desk)
    assert SECRET not in said
    assert "geheime-sache" not in said
    stranger = desk.make().client()
    here = "events/geheime-sache/"
    for path in ("", "easy/", "event.ics", "register"):
        assert stranger.get(f"{PUBLIC}{here}{path}").status_code == 404, path
    assert stranger.get("/stadtlabor/api/v1/events/geheime-sache").status_code == 404


@pytest.mark.one_database
def test_a_draft_of_changes_is_nowhere(desk: Host) -> None:
    """Case 10: what everybody sees, tags (ETag) included, is as it was before."""
    same = (
        f"{PUBLIC}events/plattform/", f"{PUBLIC}events/plattform/easy/",
        f"{PUBLIC}events/plattform/event.ics", "/stadtlabor/api/v1/events/plattform",
    )  # fmt: skip
    before = told_to_strangers(desk, *same)
    staff = desk.client()
    changed = {
        "title.en": SECRET, "title.de": SECRET, "summary.en": SECRET, "easy_language.en": SECRET,
    }  # fmt: skip
    assert fill(staff, f"{HERE}edit/text", changed, action="/text").status_code == 303
    when = {"starts_at": "2026-04-23T17:30", "ends_at": "2026-04-23T19:00"}
    assert fill(staff, f"{HERE}edit/time", when, action="/time").status_code == 303
    make_link(staff)
    assert told_to_strangers(desk, *same) == before
    assert press(staff, f"{HERE}publish", "/publish").status_code == 303
    assert SECRET in told_to_strangers(desk, *same)

"""Every address with what no browser sends: nothing fails, nothing is written, nothing is told.

Tokens that are missing or forged, bodies of every kind, methods, queries, and the rights of staff
one by one, at every line of the URL table (S1, S12).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from flask_stadtlabor import Action, Actor
from flask_stadtlabor.db import Base
from flask_stadtlabor.events.history_models import Deed, EventDeed
from flask_stadtlabor.organise.routes import OFFICE
from flask_stadtlabor.participation.ideas.models import Idea
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.route import PUBLIC, STAFF, Route
from flask_stadtlabor.routes import ROUTES
from tests.attack.conftest import Tried
from tests.factories import PHOTOS, exchange, open_event, person, project, series
from tests.forms import fields_of, fill, form_on
from tests.host import Host
from tests.organise.staff import DESK, register, staff_of

MOUNT = "/stadtlabor"
PACKAGE = Path(__file__).parents[2] / "flask_stadtlabor"
PARAMETERS = sorted(
    {
        name
        for path in PACKAGE.rglob("*.py")
        for name in re.findall(r"request\.args\.get\(\"(\w+)\"", path.read_text("utf-8"))
    }
)
ODD_VALUES = (
    "null", "None", "NaN", "true", "-1", "0", "1e9", "9" * 5000, "%00", "%FF", "%ED%A0%80",
    "%E2%80%AE", "[]", "{}", "%0D%0ASet-Cookie:evil=1", "'%22%3E%3Cevil-x%3E", "x" * 20_000,
    "%EF%BF%BF", "1 OR 1=1", "../../etc", "%25s%25(x)s", "\u0661",
)  # fmt: skip
ODD_SLUGS = (
    "nichts",
    "%00",
    "x" * 500,
    "%FF",
    "%ED%A0%80",
    "..%2F..",
    "%0D%0A",
    "'",
    "plattform%20",
)
ODD_NUMBERS = ("0", "2147483648", "9223372036854775808", "1" + "0" * 400)
ODD_BODIES: tuple[dict[str, Any], ...] = (
    {},
    {"data": b""},
    {"json": {"given_name": "x", "csrf_token": ["x"]}},
    {"data": b"[1, 2", "content_type": "application/json"},
    {"data": b"\xff\xfe\x00", "content_type": "application/x-www-form-urlencoded"},
    {"data": "given_name=ä".encode("utf-16"),
     "content_type": "application/x-www-form-urlencoded; charset=utf-16"},
    {"data": b"given_name=x",
     "content_type": "application/x-www-form-urlencoded; charset=nonsense"},
    {"data": b"a=%ED%A0%80&given_name=%00&party_size=" + b"9" * 5000,
     "content_type": "application/x-www-form-urlencoded"},
    {"data": b"&".join(b"a%d=1" % number for number in range(5000)),
     "content_type": "application/x-www-form-urlencoded"},
    {"data": b"--x\r\nContent-Disposition: form-data",
     "content_type": "multipart/form-data; boundary=x"},
    {"data": b"x", "content_type": "multipart/form-data"},
    {"data": b"x" * 600_000, "content_type": "application/x-www-form-urlencoded"},
    {"data": b"<a/>", "content_type": "text/xml"},
)  # fmt: skip


def filled(route: Route, number: int = 1, **values: str) -> str:
    """An address of this line; what is not given leads to something that is there."""
    given = {
        "lang": "de", "slug": "plattform", "number": str(number), "purpose": PHOTOS,
        "version": "1", "kind": "reminder", "language": "de", "code": "7KMQ2XW9RT",
        "token": "invented", "picture": f"{'0' * 32}-9x9", "file": "9.webp", "page": "text",
        "shared_kind": "venues", "name": "halle", "decoration": "baenke", "part": "results",
        "mark": "f" * 64,
    } | values  # fmt: skip
    if "/moderation/" in route.rule:
        given["kind"] = "idea"
    return MOUNT + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: given[found[1]], route.rule)


def addresses(route: Route) -> Iterator[str]:
    """This line with what is there, and with odd things in place of each part."""
    yield filled(route)
    for name in re.findall(r"<(?:\w+:)?(\w+)>", route.rule):
        if name == "lang":
            continue
        odd = ODD_NUMBERS if name in ("number", "version") else ODD_SLUGS
        yield from (filled(route, **{name: value}) for value in odd)


def stored(host: Host) -> dict[str, list[Any]]:
    """Everything in the database, but that a list was downloaded: a GET writes that down."""
    with host.app.app_context(), host.db.engine.connect() as connection:
        return {
            table.name: [
                tuple(row)
                for row in connection.execute(select(table))
                if table.name != EventDeed.__tablename__ or row.deed != Deed.DOWNLOADED
            ]
            for table in Base.metadata.sorted_tables
        }


class Requests:
    """Sends requests, and counts them."""

    def __init__(self, tried: Tried) -> None:
        self._tried = tried
        self._count = 0

    def __call__(
        self, browser: FlaskClient, address: str, method: str = "GET", **options: Any
    ) -> TestResponse:
        """An answer that is no failure of ours."""
        self._count += 1
        answer = browser.open(address, method=method, **options)
        assert answer.status_code < 500, (method, address[:200], options)
        assert "evil" not in str(answer.headers.getlist("Set-Cookie"))
        return answer

    def held(self, what: str) -> None:
        """Tell what they were about, when all of them have been answered well."""
        self._tried(f"{self._count} requests: {what}")


@pytest.fixture
def ask(tried: Tried) -> Requests:
    """Sends the requests of a test."""
    return Requests(tried)


@pytest.fixture
def staff(host: Host) -> Host:
    """A portal in use, of which everybody is staff; what has a slug has the same one."""
    said = {"text": {"de": "Der Radweg kommt."}}
    projects, series_of = [project("plattform")], [series("plattform")]
    events = open_event(results=said, series="plattform"), open_event("andere")
    host.load(exchange(*events, projects=projects, series=series_of))
    city = staff_of(host)
    fill(city.client(), f"{DESK}venues/new", {"name.de": "Halle", "name.en": "Hall"}, action="/new")
    author = host.make(ports={"actor": lambda: Actor("user:1", "Änne")}).client()
    idea = {"title": "Bänke am Fluss", "text": "Zwölf."}
    fill(author, f"{MOUNT}/de/projects/plattform/ideas/new", idea)
    number = host.scalar(select(Idea.id))
    fill(author, f"{MOUNT}/de/ideas/{number}/comments/new", {"text": "Gern."}, action="/new")
    fill(host.client(), f"{MOUNT}/de/ideas/{number}/report", {"rule": "respect"})
    # more of them than the other event has states in its history, which are counted for each event
    for number in (1, 2, 3):
        register(host, number, **{f"consent-{PHOTOS}": "given"})
    return city


def everything(host: Host, staff: Host) -> FlaskClient:
    """A browser of staff in which a personal link was opened."""
    browser = staff.client()
    assert browser.get(host.link(host.mails()[-1])).status_code == 303
    return browser


def test_no_query_and_no_address_is_a_failure(host: Host, staff: Host, ask: Requests) -> None:
    """Some databases choke on what others take: NUL, surrogates, numbers without end."""
    browsers = everything(host, staff), host.client()
    before = stored(host)
    for route in ROUTES:
        if "GET" not in route.methods:
            continue
        for browser in browsers if route.access == PUBLIC else browsers[:1]:
            for address in addresses(route):
                ask(browser, address)
            for value in ODD_VALUES:
                asked = "&".join(f"{name}={value}" for name in PARAMETERS)
                ask(browser, f"{filled(route)}?{asked}")
    ask(browsers[1], f"{MOUNT}/de/?page=1&page=2&page[]=3&q[]=x&q=a&q=b&=&&;")
    # what was queued is made by a POST alone
    assert stored(host) == before
    ask.held("odd queries and addresses, and nothing was written")


@pytest.mark.one_database
def test_a_post_without_its_own_token_writes_nothing(
    host: Host, staff: Host, ask: Requests
) -> None:
    """S1: missing, invented, and of another browser, beside all that a form could hold."""
    browser = everything(host, staff)
    other = fields_of(form_on(host.client().get(f"{MOUNT}/de/events/plattform/register")))
    names = _field_names()
    before = stored(host)
    for route in ROUTES:
        if "POST" not in route.methods:
            continue
        for token in ({}, {"csrf_token": "x"}, {"csrf_token": other["csrf_token"]}):
            given = dict.fromkeys(names, "1") | person(2) | {"started": other["started"]}
            status = ask(browser, filled(route), "POST", data=given | token).status_code
            assert status in (200, 403, 404, 409, 410, 422), (route.endpoint, status)
    assert stored(host) == before
    ask.held("forms without their token, and nothing was written")


def test_no_body_is_a_failure(host: Host, staff: Host, ask: Requests) -> None:
    browser = everything(host, staff)
    before = stored(host)
    for route in ROUTES:
        if "POST" not in route.methods:
            continue
        files = {"given_name": (BytesIO(b"x"), "x.txt"), "csrf_token": (BytesIO(b"x"), "y")}
        for body in (*ODD_BODIES, {"data": files}):
            ask(browser, filled(route), "POST", **body)
        for address in addresses(route):
            ask(browser, address, "POST", data={"given_name": "x"})
    assert stored(host) == before
    ask.held("bodies of every kind, and nothing was written")


@pytest.mark.one_database
def test_no_other_method_does_anything(host: Host, staff: Host, ask: Requests) -> None:
    browser = everything(host, staff)
    before = stored(host)
    for route in ROUTES:
        for method in ("PUT", "DELETE", "PATCH", "PROPFIND", "TRACE"):
            assert ask(browser, filled(route), method).status_code in (404, 405)
        ask(browser, filled(route), "OPTIONS")
        # two lines may share an address
        methods = {name for other in ROUTES if other.rule == route.rule for name in other.methods}
        if "GET" in methods:
            ask(browser, filled(route), "HEAD", data=b"given_name=x")
        else:
            assert ask(browser, filled(route)).status_code in (303, 404, 405)
        if "POST" not in methods:
            assert ask(browser, filled(route), "POST").status_code in (404, 405)
    assert stored(host) == before
    ask.held("methods that a page does not have, and nothing was written")


@pytest.mark.one_database
def test_each_line_of_staff_opens_with_its_own_right_alone(
    host: Host, staff: Host, ask: Requests
) -> None:
    """S12: nobody, a stranger, each single right, and all but one."""
    rights: set[str] = set()
    actors: list[Actor | None] = [Actor("staff:1")]

    def policy(actor: Actor | None, action: str, subject: object = None) -> bool:
        return action in rights

    portal = host.make(ports={"policy": policy, "actor": lambda: actors[0]})
    browser = portal.client()

    def status(route: Route) -> int:
        method = "GET" if "GET" in route.methods else "POST"
        return ask(browser, filled(route), method).status_code

    before = stored(host)
    for right in [None, *Action]:
        for all_but in (False, True):
            rights.clear()
            rights.update(set(Action) - {right} if all_but else {right} if right else ())
            may_enter = bool(rights - {Action.PREVIEW})
            closed = [
                route
                for route in OFFICE
                if not (may_enter if route.access == STAFF else route.access in rights)
            ]
            wrong = [route.endpoint for route in closed if status(route) != 403]
            assert not wrong, (right, all_but)
    rights.update(Action)
    assert not [route.endpoint for route in OFFICE if status(route) == 403]
    actors[0] = None
    rights.clear()
    assert {status(route) for route in OFFICE} == {403}
    assert stored(host) == before
    ask.held("no right, each alone and all but one, and each opened its own pages")


@pytest.mark.one_database
def test_another_events_address_tells_nothing(host: Host, staff: Host, ask: Requests) -> None:
    """S12: a number of this event below the name of another, and an event that is not theirs."""
    browser = staff.client()
    theirs = staff_of(host, only="andere").client()
    number = int(host.scalar(select(func.max(Registration.id))))
    for route in OFFICE:
        method = "GET" if "GET" in route.methods else "POST"
        if "<int:number>" in route.rule and "<slug>" in route.rule:
            wrong = ask(browser, filled(route, number, slug="andere"), method)
            assert wrong.status_code == 404, route.endpoint
            assert "Yıldız" not in wrong.text
        if "<slug>" in route.rule:
            closed = ask(theirs, filled(route, number), method)
            assert closed.status_code == 403, route.endpoint
            assert "Yıldız" not in closed.text
            nothing = ask(theirs, filled(route, slug="nichts"), method)
            assert nothing.status_code in (403, 404)
    ask.held("other events' addresses, and they told nothing")


def _field_names() -> list[str]:
    """Names of the fields of all our forms."""
    found = {
        name
        for path in PACKAGE.rglob("*.py")
        for name in re.findall(r"^    (\w+) = \w*Field\(", path.read_text("utf-8"), re.MULTILINE)
    }
    return sorted(found - {"csrf_token", "website"})

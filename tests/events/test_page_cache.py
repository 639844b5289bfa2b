"""A page is made once, and again as soon as anything that it shows has changed (C6, D5)."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from flask import before_render_template, session
from flask_caching import Cache
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import NullPool, create_engine, update

from flask_stadtlabor.adapters.page_cache import PageMemory
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.content import ProgrammeItem
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.ports import KeptPage
from tests import factories
from tests.equipment import REDIS_PORT
from tests.events.desk import START, drawn, save, statements, with_layout
from tests.host import Host

PAGE = "/stadtlabor/de/events/plattform/"
FORM = f"{PAGE}register"
LIST = "/stadtlabor/de/"
PAGES = [
    LIST,
    PAGE,
    "/stadtlabor/de/series/reihe/",
    "/stadtlabor/de/calendar.ics",
    "/stadtlabor/de/series/reihe/calendar.ics",
    "/stadtlabor/de/feed.atom",
    "/stadtlabor/de/series/reihe/feed.atom",
]


class NothingKept:
    """A cache that keeps nothing."""

    def get(self, key: str) -> KeptPage | None:
        """Never there."""

    def set(self, key: str, page: KeptPage) -> None:
        """Forgotten at once."""


@pytest.fixture
def portal(host: Host) -> Host:
    """Two dates of a series, with a programme."""
    plan(host)
    return host


def plan(host: Host) -> None:
    items = [ProgrammeItem(starts_at=at, title=LocalizedText(at)) for at in ("17:30", "18:00")]
    common: dict[str, Any] = {"series": "reihe", "takes_registrations": True, "capacity": 12}
    save(host, programme=tuple(items), closes_at=START - timedelta(hours=1), **common)
    later = START + timedelta(days=2)
    save(host, "zweite", starts_at=later, ends_at=later + timedelta(hours=1), **common)


def take_seats(
    portal: Host,
    slug: str,
    taken: int,
    smallest_waiting: int | None = None,
    *,
    held: int = 0,
) -> None:
    """So many are confirmed now, and ``held`` more are held."""
    with portal.app.app_context():
        portal.db.session.execute(
            update(Event)
            .where(Event.slug == slug)
            .values(
                seats_taken=taken + held,
                seats_confirmed=taken,
                smallest_party_waiting=smallest_waiting,
            )
        )
        portal.db.session.commit()


@pytest.mark.parametrize("path", PAGES)
def test_the_next_who_asks_costs_one_statement_and_no_drawing(portal: Host, path: str) -> None:
    first = portal.client().get(path)
    with drawn(portal) as names, statements(portal) as seen:
        second = portal.client().get(path)
    assert second.data == first.data
    assert second.headers["ETag"] == first.headers["ETag"]
    assert second.last_modified == first.last_modified
    assert second.mimetype == first.mimetype
    assert names == []
    assert len(seen) == 1, seen


@pytest.mark.one_database
def test_a_hosts_layout_is_drawn_for_everybody_anew(portal: Host, tmp_path: Path) -> None:
    other = with_layout(portal, tmp_path)
    first = other.client().get(PAGE).text
    with drawn(other) as names:
        second = other.client().get(PAGE).text
    assert "<p>1</p>" in first
    assert "<p>2</p>" in second
    assert names == ["stadtlabor/kept.html"]
    assert second.replace("<p>2</p>", "<p>1</p>") == first
    assert second.count('<meta name="own">') == 1
    assert second.count('class="stadtlabor"') == 1


@pytest.mark.one_database
def test_a_layout_around_kept_pieces_has_all_that_ours_has(portal: Host, tmp_path: Path) -> None:
    """Made at once or from pieces, it is the same page: words, head, language switch."""
    kept = with_layout(portal, tmp_path)
    plain = portal.client().get(PAGE).text
    in_layout = kept.client().get(PAGE).text
    assert "stadtlabor-languages" in in_layout
    for part in ("<h1", "application/ld+json", 'rel="canonical"', "countdown.js", "hreflang"):
        assert in_layout.count(part) == plain.count(part) > 0, part


@pytest.mark.one_database
@pytest.mark.parametrize("headers", [{"Cookie": "x=1"}, {"Authorization": "Basic eDp5"}])
def test_somebody_known_gets_the_kept_pieces_and_leaves_none(
    portal: Host, headers: dict[str, str]
) -> None:
    known = portal.app.test_client(use_cookies=False)
    with drawn(portal) as names:
        known.get(PAGE, headers=headers)
        known.get(PAGE, headers=headers)
        assert len(names) == 2
        portal.client().get(PAGE)
        names.clear()
        answer = known.get(PAGE, headers=headers)
    assert names == []
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in answer.headers


@pytest.mark.one_database
def test_what_looked_into_a_session_is_not_kept(portal: Host) -> None:
    other = portal.make()
    other.app.before_request(lambda: session.get("name"))
    other.client().get(PAGE)
    with drawn(other) as names:
        other.client().get(PAGE)
    assert names != []


@pytest.mark.one_database
def test_a_hosts_own_page_is_drawn_each_time(portal: Host, tmp_path: Path) -> None:
    other = with_layout(portal, tmp_path)
    own = tmp_path / "stadtlabor" / "events" / "show.html"
    own.parent.mkdir(parents=True)
    own.write_text(
        '{% extends "~stadtlabor/events/show.html" %}'
        "{% block sl_main %}{{ super() }}<b>{{ next_number() }}</b>{% endblock %}"
    )
    pages = [other.client().get(PAGE).text for _ in range(2)]
    assert "<b>2</b>" in pages[0]
    assert "<b>4</b>" in pages[1]


def test_a_draft_is_kept_by_nobody(portal: Host) -> None:
    other = portal.make(ports={"policy": lambda *asked: True})
    save(portal, status="draft")
    assert other.client().get(PAGE).status_code == 200
    assert portal.client().get(PAGE).status_code == 404


def test_searches_are_not_kept_and_unknown_parameters_make_no_page_of_their_own(
    portal: Host,
) -> None:
    portal.client().get(f"{LIST}?q=plattform")
    portal.client().get(LIST)
    with drawn(portal) as names:
        portal.client().get(f"{LIST}?q=plattform")
        assert len(names) == 1
        names.clear()
        portal.client().get(f"{LIST}?utm_source=newsletter")
    assert names == []


class Kept(NothingKept):
    """Records what it is asked to cache."""

    def __init__(self) -> None:
        self.keys: set[str] = set()

    def set(self, key: str, page: KeptPage) -> None:
        """One more."""
        self.keys.add(key)


@pytest.mark.one_database
def test_nobody_fills_a_cache_with_addresses_that_they_invent(portal: Host) -> None:
    cache = Kept()
    other = portal.make(ports={"page_cache": cache})
    invented = [
        f"{LIST}?page=1", f"{LIST}?page=77", f"{LIST}?page=x", f"{LIST}?when=soon",
        f"{LIST}?series=no-such", f"{LIST}?when=past", f"{LIST}?q=reihe", f"{LIST}?state=1",
        f"{PAGE}?page=2", f"{PAGE}?q=x", f"{PAGE}?since=1", "/stadtlabor/de/feed.atom?page=3",
    ]  # fmt: skip
    for address in invented:
        assert other.client().get(address).status_code == 200, address
    assert cache.keys == set()
    for address in (LIST, f"{LIST}?series=reihe", PAGE, f"{PAGE}?utm_source=a", f"{PAGE}?fbclid=b"):
        other.client().get(address)
    assert len(cache.keys) == 3
    for number in range(20):
        save(portal, f"weitere-{number}")
    other.client().get(f"{LIST}?page=2")
    assert len(cache.keys) == 4


@pytest.mark.one_database
@pytest.mark.parametrize("path", [PAGE, FORM])
def test_when_seats_are_taken_one_thread_makes_what_many_wait_for(portal: Host, path: str) -> None:
    """An event fills up, and its page is asked for by many at once."""
    portal.client().get(path)
    take_seats(portal, "plattform", 8)
    start = Barrier(8)

    def ask(number: int) -> str:
        start.wait(30)
        return portal.client().get(path).text

    def dawdle(sender: object, **values: object) -> None:
        time.sleep(0.2)

    with (
        drawn(portal) as names,
        before_render_template.connected_to(dawdle, sender=portal.app),
        ThreadPoolExecutor(8) as people,
    ):
        pages = list(people.map(ask, range(8)))
    assert len(names) == 1
    assert all("wenige Plätze" in page for page in pages)


def test_another_worker_sees_a_change_with_its_next_request(portal: Host) -> None:
    worker = portal.make()
    assert "mindestens 10 Plätze frei" in worker.client().get(PAGE).text.replace("\xa0", " ")
    take_seats(portal, "plattform", 8)
    assert "Nur noch wenige Plätze frei" in worker.client().get(PAGE).text
    save(portal, title=LocalizedText("Ein neuer Name"))
    assert "Ein neuer Name" in worker.client().get(PAGE).text
    assert "Ein neuer Name" in worker.client().get("/stadtlabor/de/feed.atom").text


@pytest.mark.one_database
@pytest.mark.parametrize("path", [LIST, PAGE, PAGES[2], FORM])
def test_an_event_that_fills_up_has_its_page_made_anew_at_each_step_only(
    portal: Host, path: str
) -> None:
    """S16: seats that are not shown cause no new rendering; 12, 9 and 4 seats left, and none."""
    portal.client().get(path)
    with drawn(portal) as names:
        for taken in range(13):
            take_seats(portal, "plattform", taken)
            portal.client().get(path)
            take_seats(portal, "plattform", taken, held=max(0, 11 - taken))
            portal.client().get(path)
    assert len(names) == 3


STEPS = st.one_of(
    st.tuples(st.just("seats"), st.sampled_from(["plattform", "zweite"]), st.integers(0, 12)),
    st.tuples(st.just("held"), st.sampled_from(["plattform", "zweite"]), st.integers(1, 12)),
    st.tuples(st.just("waits"), st.sampled_from(["plattform", "zweite"]), st.integers(1, 13)),
    st.tuples(st.just("title"), st.sampled_from(["plattform", "zweite"]), st.integers(0, 9)),
    st.tuples(st.just("cancel"), st.sampled_from(["plattform", "zweite"]), st.just(0)),
    st.tuples(st.just("move"), st.just(""), st.sampled_from([1, 30, 60, 1440, 600_000])),
    st.tuples(st.just("move"), st.just(""), st.integers(1, 24).map(lambda hours: hours * 60)),
)


@pytest.mark.one_database
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEPS, max_size=6))
def test_whatever_happens_a_kept_page_is_what_a_new_one_would_be(
    portal: Host, tmp_path: Path, steps: list[tuple[str, str, int]]
) -> None:
    """Two workers cache what they render; a third caches nothing, and shows what is right."""
    portal.clock.now = START - timedelta(days=1)
    plan(portal)
    workers = [portal.make(), portal.make()]
    fresh = portal.make(ports={"page_cache": NothingKept()})
    for what, slug, amount in [("move", "", 0), *steps]:
        if what == "seats":
            take_seats(portal, slug, amount)
        elif what == "held":
            take_seats(portal, slug, 12 - amount, held=amount)
        elif what == "waits":
            take_seats(portal, slug, 1, smallest_waiting=amount)
        elif what == "title":
            save(portal, slug, title=LocalizedText(f"Titel {amount}"))
        elif what == "cancel":
            save(portal, slug, status="cancelled")
        elif what == "move":
            portal.clock.move(minutes=amount)
        for path in PAGES:
            right = fresh.client().get(path)
            for worker in workers:
                shown = worker.client().get(path)
                assert shown.data == right.data, (path, what)
                assert shown.headers["ETag"] == right.headers["ETag"]
                assert shown.last_modified == right.last_modified


@pytest.mark.needs("Redis")
def test_workers_share_what_the_hosts_flask_caching_keeps(portal: Host) -> None:
    redis = {
        "CACHE_TYPE": "RedisCache",
        "CACHE_REDIS_URL": f"redis://127.0.0.1:{REDIS_PORT}/15",
        "CACHE_KEY_PREFIX": f"{portal.folder}:",
    }
    one, other = portal.make(**redis), portal.make(**redis)
    for worker in (one, other):
        Cache(worker.app)
    made = one.client().get(PAGE)
    with drawn(other) as names:
        assert other.client().get(PAGE).data == made.data
    assert names == []
    take_seats(portal, "plattform", 3)
    assert other.client().get(PAGE).data != made.data


@pytest.mark.one_database
def test_a_cache_that_is_away_costs_nobody_the_page(
    portal: Host, caplog: pytest.LogCaptureFixture
) -> None:
    other = portal.make(CACHE_TYPE="RedisCache", CACHE_REDIS_URL="redis://127.0.0.1:1/0")
    Cache(other.app)
    for _ in range(2):
        assert other.client().get(PAGE).status_code == 200
    assert "The page cache did not answer" in caplog.text


def test_a_memory_has_an_end_and_forgets_first_what_was_asked_for_last_of_all() -> None:
    memory = PageMemory(most_bytes=1000)

    def page(size: int) -> KeptPage:
        return KeptPage("e", None, "text/html", (1, None), (), None, ("x" * size,))

    memory.set("a", page(400))
    memory.set("b", page(400))
    assert memory.get("a") is not None
    memory.set("c", page(400))
    assert memory.get("b") is None
    assert memory.get("a") is not None
    memory.set("d", page(2000))
    assert memory.get("d") is None
    memory.set("e", page(1000))
    assert memory.get("e") is not None


CONNECTIONS = {
    "postgresql": ("SELECT pg_backend_pid()", "SELECT pg_terminate_backend({})"),
    "mysql": ("SELECT CONNECTION_ID()", "KILL {}"),
    "mariadb": ("SELECT CONNECTION_ID()", "KILL {}"),
}


def end_connection(portal: Host) -> None:
    """End the pooled connections, as a restarted database does; SQLite has no server to restart."""
    with portal.app.app_context():
        engine = portal.db.engine
    if engine.dialect.name not in CONNECTIONS:
        return
    find, end = CONNECTIONS[engine.dialect.name]
    with engine.connect() as connection:
        number = connection.exec_driver_sql(find).scalar_one()
    other = create_engine(engine.url, poolclass=NullPool)
    with other.connect() as connection:
        connection.exec_driver_sql(end.format(number))


def test_a_restarted_database_is_noticed_by_the_first_who_asks(portal: Host) -> None:
    """That one may get a 503; everybody after gets the cached page."""
    own = portal.make()
    own.client().get(PAGE)
    assert own.client().get(PAGE).status_code == 200
    end_connection(own)
    first, *others = (own.client().get(PAGE).status_code for _ in range(4))
    assert first in (200, 503)
    assert others == [200, 200, 200]


@pytest.mark.one_database
def test_the_first_page_compiles_no_template_of_other_pages(host: Host) -> None:
    """A process that has just started answers its first visitor soon."""
    host.load(factories.exchange(factories.open_event()))
    app = host.make().app
    assert app.test_client().get("/stadtlabor/de/events/plattform/").status_code == 200
    compiled = {str(template.name) for template in app.jinja_env.cache.values()}
    assert "stadtlabor/events/show.html" in compiled
    assert not {name for name in compiled if "organise" in name or "mail" in name}

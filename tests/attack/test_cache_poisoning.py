"""A stranger asks for a public page in every strange way; the next visitor sees nothing of it.

S15, D5: with each cache that a host can have, for every address that anybody may open, both when
the stranger comes first (so that the page is made for them) and when it is kept already. What a
shared cache between portal and visitor may store (``Cache-Control: public``) is looked at as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import pytest
from flask_caching import Cache
from werkzeug.test import TestResponse

from flask_stadtlabor.adapters.page_cache import FlaskCachingPages
from flask_stadtlabor.route import PUBLIC
from flask_stadtlabor.routes import ROUTES
from flask_stadtlabor.state import state_of
from tests.attack.conftest import Tried
from tests.databases import answers
from tests.equipment import REDIS_PORT
from tests.events.desk import save
from tests.events.strangers import EVIL, FIELDS, FORM_BODY, HEADERS, REQUESTS
from tests.factories import exchange, open_event, purpose, question
from tests.host import BASE_URL, Host
from tests.registration.views.test_signup_page import unmarked

pytestmark = pytest.mark.one_database

VALUES = {
    "lang": "de", "slug": "plattform", "purpose": "photos-website", "version": "1",
    "picture": f"{'0' * 32}-9x9", "file": "9.webp",
    "number": "1", "decoration": "baenke", "part": "results",
}  # fmt: skip
SERIES = {"series", "series_calendar", "series_feed"}
NOT_FOR_ALL = {"registered", "erased", "closed", "link_sent"}
"""Pages that tell somebody what came of their own form: nobody without its cookie gets them."""
FINGERPRINTS = ("ETag", "Last-Modified", "Content-Type", "Content-Language", "Link", "Vary",
                "Cache-Control", "Location", "Access-Control-Allow-Origin")  # fmt: skip
MALLORY = "mallory"

MORE_HEADERS = {
    "A-IM": "feed",
    "Accept": "text/mallory;q=1, */*;q=0",
    "Cache-Control": "no-cache, no-store, max-age=0, mallory",
    "CF-Connecting-IP": "203.0.113.9",
    "Connection": "X-Mallory, close",
    "Content-Encoding": "gzip",
    "Content-Language": "fr",
    "Content-Type": f"text/{MALLORY}",
    "Cookie": f"session={MALLORY}",
    "DNT": "1",
    "Authorization": f"Bearer {MALLORY}",
    "If-Match": "*",
    "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT",
    "If-None-Match": "*",
    "If-Range": '"mallory"',
    "If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT",
    "Pragma": "no-cache",
    "Proxy-Authorization": f"Basic {MALLORY}",
    "Range": "bytes=0-0,-1",
    "SOAPAction": MALLORY,
    "TE": "trailers",
    "Upgrade": "h2c",
    "Upgrade-Insecure-Requests": "1",
    "X-ATT-DeviceId": MALLORY,
    "X-Amz-Website-Redirect-Location": f"https://{EVIL}/",
    "X-Forwarded-SSL": "off",
    "X-HTTP-Destination-URL": f"https://{EVIL}/",
    "X-HTTP-Method": "POST",
    "X-Host-Override": EVIL,
    "X-Real-IP": "203.0.113.9",
    "X-Request-ID": "<script>mallory</script>",
    "X-Trace-ID": MALLORY,
}
QUERIES = (
    urlencode(FIELDS),
    f"_scheme=ftp&_anchor={MALLORY}&_external=1&_method=POST",
    f"utm_source={MALLORY}&fbclid={MALLORY}&gclid={MALLORY}&callback={MALLORY}&jsonp={MALLORY}",
    f"lang=en&language=en&locale={MALLORY}&slug={MALLORY}&stadtlabor_locale={MALLORY}",
    f"next=//{EVIL}&return_to=https://{EVIL}&url=https://{EVIL}",
    f"__proto__[x]={MALLORY}&x[]={MALLORY}&x={MALLORY};y={MALLORY}",
    f"%0d%0aX-Mallory:%20{MALLORY}",
    f"x={'a' * 4000}{MALLORY}",
    "%ff%fe=%c0%af",
    f"%00={MALLORY}&=&&==",
    f"v={MALLORY}&_={MALLORY}&debug=1&refresh=1&nocache=1",
)
"""None of our pages knows one of these parameters."""
HOSTS = (EVIL, f"{EVIL}:1", f"stadt.example.{EVIL}", f"stadt.example@{EVIL}", "127.0.0.1", "[::1]",
         "localhost:5000", "STADT.EXAMPLE")  # fmt: skip
METHODS = ("HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "MALLORY")


@dataclass(frozen=True)
class Attack:
    """A request of the stranger's, without its address."""

    name: str
    request: Mapping[str, Any]

    @property
    def may_be_said_again(self) -> bool:
        """Whether a shared cache may store the answer under its own query string."""
        return "query_string" in self.request


def attacks() -> Iterator[Attack]:
    """All ways to ask."""
    for headers in (HEADERS, MORE_HEADERS):
        for name, value in headers.items():
            yield Attack(f"{name}: {value}", {"headers": {name: value}})
        yield Attack("all headers", {"headers": headers})
    for name, request in REQUESTS.items():
        yield Attack(name, request)
    for query in QUERIES:
        yield Attack(f"?{query[:40]}", {"query_string": query})
    for host in HOSTS:
        yield Attack(f"Host: {host}", {"headers": {"Host": host}})
    for method in METHODS:
        yield Attack(method, {"method": method, **FORM_BODY, "headers": HEADERS})
    for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded"):
        yield Attack(f"a body of {kind}", {"data": f"<{MALLORY}>" * 200, "content_type": kind})


ATTACKS = list(attacks())


def addresses() -> list[str]:
    """Every address that anybody may open."""
    found = []
    for route in ROUTES:
        if route.access != PUBLIC or "GET" not in route.methods or route.endpoint in NOT_FOR_ALL:
            continue
        values = VALUES | ({"slug": "reihe"} if route.endpoint in SERIES else {})
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda match, v=values: v[match[1]], route.rule)
        found.append(f"/stadtlabor{path}")
    return found


class City:
    """A portal with one kind of cache, which can be emptied."""

    def __init__(self, host: Host, kind: str) -> None:
        prefix = f"attack-{host.folder.name}:"
        config = {
            "memory": {},
            "simple": {"CACHE_TYPE": "SimpleCache"},
            "Redis": {
                "CACHE_TYPE": "RedisCache",
                "CACHE_REDIS_URL": f"redis://127.0.0.1:{REDIS_PORT}/12",
                "CACHE_KEY_PREFIX": prefix,
            },
        }[kind]
        self._host = host.make(**config)
        self._cache = Cache(self._host.app) if config else None

    def forget(self) -> None:
        """Empty the cache, so that whoever comes next has the page made."""
        if self._cache is not None:
            self._cache.clear()
            return
        state = state_of(self._host.app)
        state.ports = replace(state.ports, page_cache=FlaskCachingPages())

    def ask(self, path: str, **request: Any) -> TestResponse:
        """Somebody without a cookie, who reads the answer to its end and hangs up."""
        answer = self._host.app.test_client(use_cookies=False).open(path, **request)
        answer.get_data()
        answer.close()
        return answer


@pytest.fixture
def portal(host: Host) -> Host:
    """An event that asks everything a form can ask, in a series, and a text with two versions."""
    asks = {"ask_age": True, "questions": [question("woher")]}
    event = open_event(easy_language={"de": "Komm vorbei.", "en": "Come."}, registration=asks)
    host.load(exchange(event, purposes=[purpose("photos-website")]))
    save(host, "zweite", series="reihe")
    return host


def seen(answer: TestResponse) -> tuple[object, ...]:
    """What a visitor gets, without the marks that everybody has of their own."""
    headers = tuple(answer.headers.get(name) for name in FINGERPRINTS)
    return answer.status_code, unmarked(answer.text), headers


def of_the_stranger(answer: TestResponse) -> bool:
    """Whether anything of the stranger's is in an answer, its headers included."""
    said = f"{answer.text}\n{answer.headers}".lower()
    return MALLORY in said or EVIL in said or "203.0.113.9" in said


@contextmanager
def named(path: str, attack: Attack, when: str) -> Iterator[None]:
    """A failure says which attack it was."""
    try:
        yield
    except AssertionError as error:
        error.add_note(f"{path} after {attack.name}, {when}")
        raise


@pytest.mark.parametrize("kind", ["memory", "simple", "Redis"])
def test_the_next_visitor_sees_nothing_of_a_stranger(
    portal: Host, tried: Tried, pytestconfig: pytest.Config, kind: str
) -> None:
    """S15: whether the stranger had the page made or met it in the cache."""
    if kind == "Redis" and not answers(REDIS_PORT):
        pytest.skip(f"no Redis on port {REDIS_PORT}")
    city, paths = City(portal, kind), addresses()
    everything = kind == "memory" or pytestconfig.getoption("thorough")
    chosen = ATTACKS if everything else ATTACKS[::3]
    for path in paths:
        city.forget()
        right = seen(city.ask(path))
        assert right[0] in (200, 301, 302, 404), path
        for attack in chosen:
            city.forget()
            for when in ("made for the stranger", "kept already"):
                answer = city.ask(path, **attack.request)
                with named(path, attack, when):
                    assert answer.status_code < 500
                    assert seen(city.ask(path)) == right
                    if "public" in answer.headers.get("Cache-Control", ""):
                        assert attack.may_be_said_again or not of_the_stranger(answer)
    city.forget()
    tried(f"{kind}: {len(chosen)} requests for each of {len(paths)} addresses, twice")


@pytest.mark.parametrize("kind", ["memory", "simple", "Redis"])
def test_a_tag_that_a_stranger_sends_opens_nothing(portal: Host, tried: Tried, kind: str) -> None:
    """D5: 304 for the right tag alone, and never an empty page for who has none."""
    if kind == "Redis" and not answers(REDIS_PORT):
        pytest.skip(f"no Redis on port {REDIS_PORT}")
    city, count = City(portal, kind), 0
    for path in addresses():
        right = city.ask(path)
        tag = right.headers.get("ETag")
        if tag is None:
            continue
        for sent in (f"{tag}x", tag.swapcase(), 'W/""', '"', ", ".join(['W/"x"'] * 500), "\x7f"):
            answer = city.ask(path, headers={"If-None-Match": sent})
            assert (answer.status_code, seen(answer)) == (200, seen(right)), (path, sent)
            count += 1
        assert city.ask(path, headers={"If-None-Match": tag}).status_code == 304
        assert city.ask(path, base_url=BASE_URL).data == right.data
    assert count > 0
    city.forget()
    tried(f"{kind}: {count} wrong tags")

"""Portals that share a cache, or only their readers, never show each other's pages (S18)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import request
from sqlalchemy import URL

from flask_stadtlabor.config import Rate, Settings
from flask_stadtlabor.ports import KeptPage
from flask_stadtlabor.state import state_of
from tests.factories import exchange, open_event
from tests.forms import page
from tests.host import Host

PAGE = "/stadtlabor/de/events/plattform/"
FORM = f"{PAGE}register"
pytestmark = pytest.mark.one_database


@pytest.fixture
def portal(host: Host) -> Host:
    """With an event that asks for support needs."""
    host.load(exchange(open_event(registration={"ask_support": True})))
    return host


def tag(portal: Host) -> str:
    return portal.client().get(PAGE).headers["ETag"]


@contextmanager
def set_otherwise(portal: Host, **changes: Any) -> Iterator[None]:
    """Another setting, as a host that was started anew would have it."""
    state = state_of(portal.app)
    before = state.settings
    state.settings, state.fingerprint = replace(before, **changes), None
    try:
        yield
    finally:
        state.settings, state.fingerprint = before, None


CHOICES: dict[str, Any] = {
    "base_template": "stadtlabor/pieces.html",
    "default_locale": "en",
    "locales": ("de", "en", "fr"),
    "outbox": "celery",
    "rate_limits": {"register": Rate(1, 1)},
    "timezone": "Europe/Lisbon",
}
"""Settings of which not every value would do."""


def other_value(name: str, value: Any) -> Any:
    """A value that this setting does not have now."""
    if name in CHOICES:
        return CHOICES[name]
    match value:
        case None:
            return "https://anders.example"
        case str():
            return f"{value}x"
        case int():
            return value + 1
        case timedelta():
            return value + timedelta(seconds=1)
        case tuple():
            return (*value, "/nowhere")
        case Mapping():
            return {**value, "x": "y"}
    raise AssertionError(f"What else could {name} be?")


def test_each_setting_makes_another_page(portal: Host) -> None:
    """S18: no setting is left out, a new one neither."""
    first, tags = tag(portal), []
    for field in fields(Settings):
        value = other_value(field.name, getattr(state_of(portal.app).settings, field.name))
        with set_otherwise(portal, **{field.name: value}):
            tags.append(tag(portal))
    assert len({first, *tags}) == 1 + len(fields(Settings))
    assert tag(portal) == first


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SERVER_NAME", "anders.example"),
        ("PREFERRED_URL_SCHEME", "https"),
        ("APPLICATION_ROOT", "/stadt"),
    ],
)
def test_so_does_what_addresses_are_made_of_without_a_base_url(
    portal: Host, name: str, value: str
) -> None:
    """S18: the links of one host never stand on the page of another."""
    kept: dict[str, KeptPage] = {}
    ports = {"page_cache": SimpleNamespace(get=kept.get, set=kept.__setitem__)}
    common = {"STADTLABOR_BASE_URL": None, "SERVER_NAME": "stadt.example"}
    hosts = [portal.make(ports=ports, **common), portal.make(ports=ports, **common | {name: value})]
    for other in [*hosts, *hosts]:
        canonical = page(_get(other)).select_one('link[rel="canonical"]')
        assert canonical is not None
        config = other.app.config
        root = str(config["APPLICATION_ROOT"]).rstrip("/")
        site = f"{config['PREFERRED_URL_SCHEME']}://{config['SERVER_NAME']}{root}"
        assert canonical["href"] == f"{site}{PAGE}"


def _get(portal: Host) -> Any:
    """The page at the address under which the host's server would hand it on."""
    return portal.client().get(PAGE, base_url=f"http://{portal.app.config['SERVER_NAME']}/")


def test_two_cities_on_one_cache_each_show_their_own(
    host: Host, database_url: URL, tmp_path: Path
) -> None:
    """S18: also where both have brought the same in at the same moment."""
    kept: dict[str, KeptPage] = {}
    ports = {"page_cache": SimpleNamespace(get=kept.get, set=kept.__setitem__)}
    cities = [host.make(ports=ports)]
    other = Host(database_url.set(database=str(tmp_path / "other.db")), tmp_path, ports=ports)
    assert other.run("db", "upgrade").exit_code == 0
    cities.append(other)
    for city, title in zip(cities, ("Bochum", "Herne"), strict=True):
        city.load(exchange(open_event(title={"de": title})))
    try:
        for city, title in zip([*cities, *cities], ("Bochum", "Herne") * 2, strict=True):
            for path in (PAGE, FORM, "/stadtlabor/de/", "/stadtlabor/de/calendar.ics"):
                assert title in city.client().get(path).text, path
    finally:
        other.close()


def test_what_a_host_adds_to_each_link_is_that_of_its_own_visitors(portal: Host) -> None:
    """S18: by ``url_defaults``, from whatever it knows of a request."""
    other = portal.make()

    @other.app.url_defaults
    def add(endpoint: str, values: dict[str, Any]) -> None:
        values["town"] = request.headers.get("X-Town")

    for town in ("bochum", "herne", "bochum"):
        shown = other.client().get(PAGE, headers={"X-Town": town}).text
        assert f"?town={town}" in shown
        assert shown.count("town=") == shown.count(f"town={town}")


def test_a_new_time_of_retention_is_told_at_once(portal: Host) -> None:
    """S18: workers that share a cache are started with new settings one after the other."""
    kept: dict[str, KeptPage] = {}
    ports = {"page_cache": SimpleNamespace(get=kept.get, set=kept.__setitem__)}
    for days, told in ((7, "29. April 2026"), (8, "30. April 2026"), (7, "29. April 2026")):
        other = portal.make(ports=ports, STADTLABOR_SUPPORT_RETENTION=timedelta(days=days))
        assert told in other.client().get(FORM).text.replace("\xa0", " ")


def test_a_tag_is_keyed_so_that_it_tells_no_setting(portal: Host) -> None:
    """The settings hold the ledger's key, and a tag is public: a guess cannot be tried on it."""
    assert tag(portal) != tag(portal.make(SECRET_KEY="another"))

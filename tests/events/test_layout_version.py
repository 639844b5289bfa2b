"""A browser's copy of a page is valid only while the host's layout is unchanged (D5)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from flask_stadtlabor.db import LocalizedText
from tests.events.desk import drawn, save, statements, with_layout
from tests.factories import PHOTOS, exchange, open_event
from tests.host import Host

PAGE = "/stadtlabor/de/events/plattform/"
PAGES = [
    "/stadtlabor/de/",
    PAGE,
    f"{PAGE}easy/",
    "/stadtlabor/de/series/reihe/",
    f"/stadtlabor/de/privacy/{PHOTOS}/1/",
]
pytestmark = pytest.mark.one_database


@pytest.fixture
def portal(host: Host) -> Host:
    """An event in a series, with a text in easy language and a consent text."""
    host.load(exchange(open_event()))
    save(host, series="reihe", easy_language=LocalizedText("Leicht"))
    return host


def saying(portal: Host, folder: Path, notice: Callable[[], str], **config: Any) -> Host:
    """A portal whose layout shows a notice, such as one of the host's database."""
    other = with_layout(portal, folder, **config)
    other.app.jinja_env.globals["next_number"] = notice
    return other


def again(portal: Host, path: str, response: TestResponse) -> TestResponse:
    """The same page for somebody who has it."""
    return portal.client().get(path, headers={"If-None-Match": response.headers["ETag"]})


@pytest.mark.parametrize("path", PAGES)
def test_a_layout_that_comes_out_otherwise_is_sent_anew(
    portal: Host, tmp_path: Path, path: str
) -> None:
    """A notice of the host's is seen by those who have the page; unchanged, it costs no bytes."""
    notices = ["Rathaus offen"]
    other = saying(portal, tmp_path, lambda: notices[-1])
    first = other.client().get(path)
    same = again(other, path, first)
    assert (same.status_code, same.data) == (304, b"")
    assert same.headers["ETag"] == first.headers["ETag"]
    notices.append("Heute geschlossen")
    newer = again(other, path, first)
    assert newer.status_code == 200
    assert "Heute geschlossen" in newer.text
    assert newer.headers["ETag"] != first.headers["ETag"]


def test_a_nonce_is_never_that_of_another_answer(portal: Host, tmp_path: Path) -> None:
    """What differs each time is never 304."""
    other = with_layout(portal, tmp_path)
    first = other.client().get(PAGE)
    second = again(other, PAGE, first)
    assert (second.status_code, "<p>2</p>" in second.text) == (200, True)


def test_what_a_hosts_template_shows_beyond_ours_counts_too(portal: Host, tmp_path: Path) -> None:
    other = saying(portal, tmp_path, lambda: "")
    menu = ["Start"]
    other.app.context_processor(lambda: {"menu": menu[-1]})
    own = tmp_path / "stadtlabor" / "layout.html"
    own.parent.mkdir()
    own.write_text(
        '{% extends "~stadtlabor/layout.html" %}{% block sl_back %}{{ menu }}{% endblock %}'
    )
    first = other.client().get(PAGE)
    assert again(other, PAGE, first).status_code == 304
    menu.append("Neues")
    assert "Neues" in again(other, PAGE, first).text


@pytest.mark.parametrize("path", PAGES)
def test_a_host_that_says_when_its_layout_changes_need_not_draw_it(
    portal: Host, tmp_path: Path, path: str
) -> None:
    version = ["1"]
    other = with_layout(portal, tmp_path, STADTLABOR_LAYOUT_VERSION=lambda: version[-1])
    first = other.client().get(path)
    with drawn(other) as names, statements(other) as seen:
        assert again(other, path, first).status_code == 304
    assert names == []
    assert len(seen) <= 2
    version.append("2")
    newer = again(other, path, first)
    assert newer.status_code == 200
    assert newer.headers["ETag"] != first.headers["ETag"]
    version.append("")
    assert again(other, path, newer).status_code == 200


def test_a_text_says_it_for_as_long_as_the_host_runs(portal: Host, tmp_path: Path) -> None:
    """Workers of one version give one tag; so do those that ask a function of the same name."""
    one, two = (with_layout(portal, tmp_path, STADTLABOR_LAYOUT_VERSION=it) for it in ("1", "2"))
    first = one.client().get(PAGE)
    with drawn(one) as names:
        assert again(one, PAGE, first).status_code == 304
    assert names == []
    assert again(two, PAGE, first).status_code == 200
    asked = [with_layout(portal, tmp_path, STADTLABOR_LAYOUT_VERSION=lambda: "1") for _ in range(2)]
    assert len({each.client().get(PAGE).headers["ETag"] for each in asked}) == 1


def test_a_version_leaves_known_visitors_pages_private(portal: Host, tmp_path: Path) -> None:
    other = with_layout(portal, tmp_path, STADTLABOR_LAYOUT_VERSION="1")
    first = other.client().get(PAGE)
    known = {"Cookie": "x=1", "If-None-Match": first.headers["ETag"]}
    answer = other.app.test_client(use_cookies=False).get(PAGE, headers=known)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"

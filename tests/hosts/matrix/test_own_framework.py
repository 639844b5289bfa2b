"""A layout on a style sheet for whole sites, which resets every element outside of all layers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from playwright.sync_api import Browser, Page

from flask_stadtlabor import Stadtlabor
from flask_stadtlabor.testing.server import serving
from tests.browser.visit import visit
from tests.factories import PHOTOS
from tests.hosts.matrix.walk import EVENT, City

pytestmark = pytest.mark.one_database

THEIRS = "body > header, body > header *, body > footer, body > footer *"
BUTTONS = "a.sl-button, button.sl-button"
OURS = f"{BUTTONS}, .sl-input"
"""What has to stay readable on any ground."""
OUR_LOOKS = [
    "color", "background-color", "border-top-color", "border-top-width", "border-top-left-radius",
    "padding-top", "padding-left", "text-decoration-line", "display",
]  # fmt: skip
CHOICES = ".sl-choice input, .sl-choice label"
CHOICE_LOOKS = ["display", "margin-top", "margin-left"]
BARE_ELEMENTS = """@layer framework {
    code { color: #d63384; font-size: 0.8em; }
    legend { float: left; width: 100%; margin-bottom: 0.5rem; font-size: 1.5rem; }
    h1, h2, h3, ul, p, dd { margin: 0 0 1rem 2rem; }
}"""
"""What a framework says of elements that bear no class, in a layer of its own."""
BENEATH = """css => document.head.prepend(
    Object.assign(document.createElement("style"), {textContent: css}))"""
LOOKS = """([elements, properties]) => [...document.querySelectorAll(elements)].map(element => {
    const style = getComputedStyle(element);
    return Object.fromEntries(
        (properties ?? [...style]).map(name => [name, style.getPropertyValue(name)]));
})"""
WITHOUT = """part => document.querySelectorAll('link[rel=stylesheet]').forEach(
    link => { if (link.getAttribute('href').includes(part)) link.disabled = true; })"""


@pytest.fixture
def portal(city: City) -> Flask:
    """The host, with an event."""
    db = SQLAlchemy()
    app = city.app(__name__, STADTLABOR_BASE_TEMPLATE="framework.html")
    db.init_app(app)
    Stadtlabor(db, **city.ports).init_app(app)
    city.walk(app, db)
    return app


def test_a_host_with_a_framework(portal: Flask) -> None:
    """The walk through it, on every machine."""
    assert "framework.css" in portal.test_client().get(f"/stadtlabor/de/{EVENT}").text


@pytest.fixture
def address(portal: Flask) -> Iterator[str]:
    """Where a browser finds it."""
    with serving(portal) as address:
        yield address


def looks(page: Page, elements: str, properties: list[str] | None = None) -> list[dict[str, Any]]:
    """The computed styles of elements."""
    found: list[dict[str, Any]] = page.evaluate(LOOKS, [elements, properties])
    return found


def changes(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[str]:
    """Which properties of which elements are not the same."""
    return [
        f"{number} {name}: {value} -> {now.get(name)}"
        for number, (then, now) in enumerate(zip(before, after, strict=True))
        for name, value in then.items()
        if now.get(name) != value
    ]


@pytest.mark.needs("browser")
def test_its_styles_and_ours_leave_each_other_alone(browser: Browser, address: str) -> None:
    """What is the host's looks the same without our style sheets, and ours without the host's."""
    for path in (EVENT, f"{EVENT}register"):
        with visit(browser, address, "de") as page:
            page.goto(f"/stadtlabor/de/{path}")
            theirs = looks(page, THEIRS)
            assert len(theirs) > 15
            ours = looks(page, OURS, OUR_LOOKS)
            assert "rgb(179, 0, 94)" in {look["background-color"] for look in ours}
            letters = looks(page, BUTTONS, ["font-size", "font-weight"])
            choices = looks(page, CHOICES, CHOICE_LOOKS)
            page.evaluate(WITHOUT, "framework.css")
            assert looks(page, CHOICES, CHOICE_LOOKS) == choices
            assert looks(page, OURS, OUR_LOOKS) == ours
            assert looks(page, BUTTONS, ["font-size", "font-weight"]) == letters
            page.reload()
            page.evaluate(WITHOUT, "/stadtlabor/static/")
            assert changes(theirs, looks(page, THEIRS)) == []


@pytest.mark.needs("browser")
def test_a_framework_in_a_layer_before_ours_changes_nothing_of_ours(
    browser: Browser, address: str
) -> None:
    """As docs/hosts.md promises, also for elements that we hardly style ourselves."""
    ours = ["color", "margin-top", "margin-bottom", "margin-left", "font-size", "width", "height"]
    for path in (f"{EVENT}register", f"privacy/{PHOTOS}/1/"):
        with visit(browser, address, "de") as page:
            page.goto(f"/stadtlabor/de/{path}")
            page.evaluate(WITHOUT, "framework.css")
            before = looks(page, ".stadtlabor *", ours)
            page.evaluate(BENEATH, BARE_ELEMENTS)
            assert changes(before, looks(page, ".stadtlabor *", ours)) == []

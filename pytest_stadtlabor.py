"""Fixtures by which a host checks our pages in its own layout: a plugin for pytest.

pytest imports this module in every run of an environment that has flask_stadtlabor, with or without
the extra ``testing``. So it imports nothing but pytest; the fixtures fetch what they need.

All but the browser build upon the host's own fixture ``app``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, cast

import pytest

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Browser, Playwright

    from flask_stadtlabor.testing.checking import Accessibility
    from flask_stadtlabor.testing.entries import Entry
    from flask_stadtlabor.testing.pages import Page

EXTRA = 'This fixture needs the extra “testing”: pip install "flask-stadtlabor[testing]"'


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where axe-core and Chromium are, on the command line or in pytest's configuration."""
    group = parser.getgroup("stadtlabor", "checks of flask_stadtlabor")
    for name, words in (("axe", "axe-core's axe.min.js"), ("chromium", "the program Chromium")):
        group.addoption(f"--stadtlabor-{name}", metavar="PATH", help=words)
        parser.addini(f"stadtlabor_{name}", help=words)


@pytest.fixture
def stadtlabor_content(app: Flask) -> Entry:
    """The sample, brought into the app's database, as an exchange file.

    Tables of ours that are not there are made. Nothing is taken away afterwards: that is up to
    whatever gives the app its database.
    """
    from flask_stadtlabor.testing.bringing_in import bring_in

    with _in_a_sentence():
        return bring_in(app)


@pytest.fixture
def stadtlabor_pages(app: Flask, stadtlabor_content: Entry) -> list[Page]:
    """Every page that citizens see of the sample, personal ones included, in all languages."""
    from flask_stadtlabor.testing.pages import all_pages

    return all_pages(app, stadtlabor_content)


@pytest.fixture
def stadtlabor_server(app: Flask) -> Iterator[str]:
    """The address of the app on a server of this machine."""
    from flask_stadtlabor.testing.server import serving

    with serving(app) as address:
        yield address


@pytest.fixture(scope="session")
def stadtlabor_browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """Chromium, started once for all tests."""
    from flask_stadtlabor.testing.equipment import find_chromium

    with ExitStack() as stack:
        with _in_a_sentence():
            playwright = _playwright(request, stack)
            program = find_chromium(_named(request.config, "chromium"), playwright)
        browser = playwright.chromium.launch(executable_path=program)
        stack.callback(browser.close)
        yield browser


@pytest.fixture
def stadtlabor_accessibility(
    app: Flask, stadtlabor_server: str, stadtlabor_browser: Browser, pytestconfig: pytest.Config
) -> Accessibility:
    """Checks pages of the app: ``stadtlabor_accessibility.check(stadtlabor_pages)``."""
    from flask_stadtlabor.state import state_of
    from flask_stadtlabor.testing.checking import Accessibility
    from flask_stadtlabor.testing.equipment import find_axe

    with _in_a_sentence():
        axe = find_axe(_named(pytestconfig, "axe"), pytestconfig.rootpath)
    pause = state_of(app).settings.form_min_seconds
    return Accessibility(stadtlabor_browser, stadtlabor_server, axe, pause)


def _playwright(request: pytest.FixtureRequest, stack: ExitStack) -> Playwright:
    """A process runs one Playwright only: that of pytest-playwright, where it is at work."""
    from flask_stadtlabor.testing.equipment import Missing

    if request.config.pluginmanager.hasplugin("playwright"):
        return cast("Playwright", request.getfixturevalue("playwright"))
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise Missing(EXTRA) from error
    return stack.enter_context(sync_playwright())


def _named(config: pytest.Config, what: str) -> str | None:
    """The path that the command line names, else pytest's configuration."""
    return config.getoption(f"stadtlabor_{what}") or config.getini(f"stadtlabor_{what}") or None


@contextmanager
def _in_a_sentence() -> Iterator[None]:
    """A test fails, and is not passed over, where something is missing; no traceback tells more."""
    from flask_stadtlabor.testing.equipment import Missing

    try:
        yield
    except Missing as error:
        pytest.fail(str(error), pytrace=False)

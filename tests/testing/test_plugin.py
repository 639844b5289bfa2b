"""The plugin in a host's own test run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests import equipment
from tests.testing.runs import ROOT, begin, pytest_in

ALL_PAGES = """
def test_it(stadtlabor_accessibility, stadtlabor_pages):
    stadtlabor_accessibility.check(stadtlabor_pages[:2])
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    begin(tmp_path)
    (tmp_path / "test_it.py").write_text(ALL_PAGES, "utf-8")
    return tmp_path


def test_a_run_that_asks_for_nothing_of_ours_loads_nothing_of_it() -> None:
    """pytest imports the plugin in every run; coverage and start-up do not notice."""
    code = (
        "import sys, pytest_stadtlabor\n"
        "heavy = {'flask', 'sqlalchemy', 'playwright', 'flask_stadtlabor'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.needs("browser")
def test_without_axe_the_check_fails_and_says_what_to_run(folder: Path) -> None:
    done = pytest_in(folder, axe=None)
    assert done.returncode == 1
    assert f"Run this in {folder}: npm install --no-save axe-core@4" in done.stdout
    assert "skipped" not in done.stdout


@pytest.mark.needs("browser")
def test_axe_and_chromium_may_be_named_in_the_configuration(folder: Path) -> None:
    axe = folder / "vendor" / "axe.min.js"
    axe.parent.mkdir()
    axe.write_bytes(equipment.AXE.read_bytes())
    (folder / "pytest.ini").write_text("[pytest]\nstadtlabor_axe = vendor/axe.min.js\n", "utf-8")
    assert "1 passed" in pytest_in(folder, axe=None).stdout


def test_a_browser_that_is_not_there_is_named_and_how_to_get_one(folder: Path) -> None:
    done = pytest_in(folder, "--stadtlabor-chromium=/nowhere/chromium")
    assert done.returncode == 1
    assert "There is no /nowhere/chromium. Run: playwright install chromium" in done.stdout


def test_without_the_extra_the_check_fails_and_says_what_to_install(folder: Path) -> None:
    """The other fixtures go on working without a browser."""
    (folder / "playwright.py").write_text("raise ImportError('not installed')\n", "utf-8")
    (folder / "test_content.py").write_text(
        "def test_content(stadtlabor_content, stadtlabor_pages, stadtlabor_server):\n"
        "    assert stadtlabor_pages\n",
        "utf-8",
    )
    done = pytest_in(folder)
    assert 'pip install "flask-stadtlabor[testing]"' in done.stdout
    assert "1 passed, 1 error" in done.stdout


@pytest.mark.needs("browser")
def test_it_takes_the_one_playwright_that_a_process_can_have(folder: Path) -> None:
    """As pytest-playwright brings it: a plugin and a fixture of that name."""
    (folder / "plugin.py").write_text(
        "import pytest\n"
        "from playwright.sync_api import sync_playwright\n\n\n"
        "@pytest.fixture(scope='session')\n"
        "def playwright():\n"
        "    with sync_playwright() as started:\n"
        "        yield started\n",
        "utf-8",
    )
    (folder / "conftest.py").write_text(
        "import plugin\n\n\n"
        "def pytest_configure(config):\n"
        "    config.pluginmanager.register(plugin, 'playwright')\n\n\n"
        + (folder / "conftest.py").read_text("utf-8"),
        "utf-8",
    )
    (folder / "test_it.py").write_text(
        ALL_PAGES.replace("stadtlabor_pages):", "stadtlabor_pages, playwright):"), "utf-8"
    )
    assert "1 passed" in pytest_in(folder).stdout


@pytest.mark.needs("browser")
@pytest.mark.parametrize(
    ("page", "words"),
    [("/nowhere/", "It answers 404."), ("/failing/", "It answers 500.")],
)
def test_a_page_that_is_not_there_is_no_page_without_faults(
    folder: Path, page: str, words: str
) -> None:
    (folder / "test_it.py").write_text(
        "def test_it(app, stadtlabor_accessibility):\n"
        "    app.config['PROPAGATE_EXCEPTIONS'] = False\n"
        "    app.add_url_rule('/failing/', 'failing', lambda: 1 / 0)\n"
        f"    stadtlabor_accessibility.check(['{page}'])\n",
        "utf-8",
    )
    assert words in pytest_in(folder).stdout


@pytest.mark.needs("browser")
def test_a_session_that_gets_lost_is_no_page_without_faults(folder: Path) -> None:
    """Or the page of somebody who opened no link would be checked in place of all others."""
    (folder / "test_it.py").write_text(
        "def test_it(app, stadtlabor_accessibility, stadtlabor_pages):\n"
        "    app.config['SESSION_COOKIE_PATH'] = '/elsewhere'\n"
        "    personal = [page for page in stadtlabor_pages if page.link]\n"
        "    stadtlabor_accessibility.check(personal[:1])\n",
        "utf-8",
    )
    assert "It answers 403" in pytest_in(folder).stdout


@pytest.mark.needs("browser")
def test_a_wall_before_our_pages_is_no_page_without_faults(folder: Path) -> None:
    """A sign-in form in place of each page would otherwise be checked again and again."""
    (folder / "test_it.py").write_text(
        "def test_it(app, stadtlabor_accessibility, stadtlabor_pages):\n"
        "    app.before_request(lambda: '<!doctype html><html lang=en><title>Sign in</title>')\n"
        "    stadtlabor_accessibility.check(stadtlabor_pages[:1])\n"
        "\n\n"
        "def test_nothing(stadtlabor_accessibility):\n"
        "    stadtlabor_accessibility.check([])\n",
        "utf-8",
    )
    done = pytest_in(folder)
    assert "page: The page has to be there, and ours in your layout" in done.stdout
    assert "There is no page to check." in done.stdout
    assert "2 failed" in done.stdout

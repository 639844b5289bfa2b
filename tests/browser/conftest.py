"""One Chromium for all tests here, and a live portal for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import URL

from tests.browser.live import live_host
from tests.equipment import browser as chromium
from tests.host import Host

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, as the machine has it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def live(database_url: URL, tmp_path: Path) -> Iterator[Host]:
    """A portal with a server, and no content."""
    with live_host(database_url, tmp_path) as host:
        yield host

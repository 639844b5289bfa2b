"""What a test does with a page in the browser, and what no page may ever do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from flask_stadtlabor.testing.accessibility import Look, faults_of
from tests.equipment import AXE

LOOKS = (Look(320, "light"), Look(1280, "dark"))
"""Both widths and both schemes: layout follows the width alone, colours the scheme alone."""
LOOK_OF: dict[str, tuple[Look, ...]] = {"de": LOOKS[:1], "en": LOOKS[1:]}
"""For what is done in both languages: longer German words on the phone, English in the dark."""


@contextmanager
def visit(
    browser: Browser,
    address: str,
    language: str,
    *,
    javascript: bool = True,
    in_dead_spots: bool = False,
) -> Iterator[Page]:
    """A visitor's page; at its end, no console error and no request to another host is left.

    With ``in_dead_spots``, a request may fail.
    """
    context = browser.new_context(
        base_url=address, locale=language, java_script_enabled=javascript, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # a 4xx page is an answer that the journey asks for, and Chromium calls it an error
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    def see(request: Request) -> None:
        if urlsplit(request.url).netloc not in ("", urlsplit(address).netloc):
            complaints.append(f"asked for {request.url}")

    def miss(request: Request) -> None:
        # a second click takes the place of the first, and a page that is left stops loading
        is_broken_off = request.failure == "net::ERR_ABORTED"
        if not is_broken_off and not in_dead_spots:
            complaints.append(f"failed: {request.url}")

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", see)
    page.on("requestfailed", miss)
    yield page
    context.close()
    assert complaints == [], complaints


def checks(language: str, *, javascript: bool = True) -> Callable[[Page], None]:
    """What looks at each page of a way that is gone in both languages.

    axe needs scripts: without them the pages are the same, and were checked on the way with them.
    """
    return partial(check, looks=LOOK_OF[language]) if javascript else lambda page: None


def check(page: Page, looks: Sequence[Look] = LOOKS) -> None:
    """A1 and A6 on the page as it stands: axe, and nothing wider than the window."""
    faults = [f"{look}: {fault}" for look, fault in faults_of(page, AXE, looks)]
    assert faults == [], f"{page.url}\n" + "\n".join(faults)

"""Visits pages in a browser and reports their accessibility faults."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING

from flask_stadtlabor.testing.accessibility import LOOKS, Fault, Look, faults_of
from flask_stadtlabor.testing.pages import Page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext
    from playwright.sync_api import Page as Tab

NAMED = 3
"""So many pages with the same fault are named; the others are counted."""

Found = dict[Fault, dict[str, list[str]]]
"""Each fault, with the pages that have it, and in which looks."""


class Accessibility:
    """Checks pages of an app at ``address``, with axe-core from the file ``axe``.

    ``pause`` are the seconds that the app wants to pass between a form and its answer.
    """

    def __init__(self, browser: Browser, address: str, axe: Path, pause: float) -> None:
        self._browser = browser
        self._address = address
        self._axe = axe
        self._pause = pause

    def check(self, pages: Iterable[Page | str], looks: Sequence[Look] = LOOKS) -> None:
        """Visit all pages; raises ``AssertionError`` with a report where one has a fault.

        A page is one of :func:`~flask_stadtlabor.testing.pages.all_pages`, or the path of a page of
        the host's own. Each fault is told once, with the pages that have it.
        """
        __tracebackhide__ = True
        found: Found = {}
        visited = 0
        with ExitStack() as stack:
            visitors: dict[tuple[str, str | None], BrowserContext] = {}
            for page in pages:
                who = _visitor(page)
                if who not in visitors:
                    visitors[who] = self._new_visitor(*who)
                    stack.callback(visitors[who].close)
                for look, fault in self._faults(visitors[who], page, looks):
                    found.setdefault(fault, {}).setdefault(str(page), []).append(str(look))
                visited += 1
        if not visited:
            raise AssertionError("There is no page to check.")
        if found:
            raise AssertionError(report(found, visited))

    def _new_visitor(self, language: str, link: str | None) -> BrowserContext:
        context = self._browser.new_context(
            base_url=self._address, locale=language, reduced_motion="reduce"
        )
        if link:
            tab = context.new_page()
            tab.goto(link)
            tab.close()
        return context

    def _faults(
        self, context: BrowserContext, page: Page | str, looks: Sequence[Look]
    ) -> list[tuple[Look, Fault]]:
        tab = context.new_page()
        try:
            refusal = self._open(tab, page)
            if refusal:
                return [(looks[0], refusal)]
            return list(faults_of(tab, self._axe, looks))
        finally:
            tab.close()

    def _open(self, tab: Tab, page: Page | str) -> Fault | None:
        """Go there; a fault where nothing is to be seen that a check would be worth."""
        answer = tab.goto(page if isinstance(page, str) else page.path)
        status = answer.status if answer else 0
        if isinstance(page, str):
            return None if 200 <= status < 400 else _not_there(f"It answers {status}.", tab)
        # behind a link nobody is forbidden anything, unless the browser lost the session
        is_lost = status >= 500 or (status == 403 and page.link is not None)
        if is_lost or not tab.locator(".stadtlabor").count():
            return _not_there(f"It answers {status}, at {tab.url}.", tab)
        if page.is_sent:
            tab.wait_for_timeout(self._pause * 1000)
            tab.locator("form.sl-form button[type=submit]").last.click()
            tab.locator(".sl-errors").wait_for()
        return None


def _visitor(page: Page | str) -> tuple[str, str | None]:
    """The language of the browser, and the personal link that was opened in it."""
    return ("en", None) if isinstance(page, str) else (page.language, page.link)


def _not_there(todo: str, tab: Tab) -> Fault:
    words = "The page has to be there, and ours in your layout"
    return Fault("page", words, todo, "html", f"<title>{tab.title()}</title>")


def report(found: Found, visited: int) -> str:
    """All faults, with what to do about each, for whoever reads the failed test."""
    lines = [f"{len(found)} fault{'s' if len(found) > 1 else ''} on {visited} pages:"]
    for fault, pages in found.items():
        places = [f"{page} ({'; '.join(looks)})" for page, looks in pages.items()]
        others = len(places) - NAMED
        lines += [
            "",
            f"{fault.rule}: {fault.words}",
            f"  element: {fault.element}",
            f"  where: {fault.place}",
            *(f"  on: {place}" for place in places[:NAMED]),
            *([f"  and on {others} more"] if others > 0 else []),
            "  what to do:",
            indent(fault.todo, "    "),
        ]
    return "\n".join(lines)

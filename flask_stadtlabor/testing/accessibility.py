"""axe-core on a page in the browser, in each width and colour scheme that it may be seen in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "EN-301-549")
"""What a page of the public sector has to keep: WCAG 2.2 at level AA, and EN 301 549."""


class Look(NamedTuple):
    """How somebody sees a page."""

    width: int
    """Of the window, in CSS pixels."""
    scheme: Literal["light", "dark"]

    def __str__(self) -> str:
        """As a report names it."""
        return f"{self.width} px, {self.scheme}"


LOOKS = (Look(320, "light"), Look(320, "dark"), Look(1280, "light"), Look(1280, "dark"))
"""A small phone, which is also what a large screen shows at 400 % (WCAG 1.4.10), and a desk."""


@dataclass(frozen=True)
class Fault:
    """An accessibility fault on a page."""

    rule: str
    """axe's name for the rule, or ``reflow``."""
    words: str
    """What the rule asks for."""
    todo: str
    """What is to be done, one way a line."""
    place: str
    """Where the element is: a CSS selector."""
    element: str = field(compare=False)
    """Its HTML, which may differ from page to page."""


def faults_of(page: Page, axe: Path, looks: Sequence[Look] = LOOKS) -> Iterator[tuple[Look, Fault]]:
    """What axe finds on the page as it stands, and what is wider than the window (WCAG 1.4.10)."""
    page.wait_for_load_state("load")
    _bring(page, axe)
    for look in looks:
        page.set_viewport_size({"width": look.width, "height": 800})
        page.emulate_media(color_scheme=look.scheme)
        found: dict[str, Any] = page.evaluate(_CHECK, list(TAGS))
        for fault in (*_violations(found["violations"]), *_overflow(found["overflow"])):
            yield look, fault


_CHECK = """async tags => ({
    violations: (await axe.run(document, {
        runOnly: {type: 'tag', values: tags},
        resultTypes: ['violations'],
        // what a frame shows is a page of its own, which axe could not reach in a sandbox
        iframes: false,
        // what a sheet imports axe would put into the page inline, which a strict policy forbids
        preload: {assets: ['media']},
    })).violations,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
})"""


def _bring(page: Page, axe: Path) -> None:
    """Let the page have axe.

    Whatever else is opened in its tab has it by itself as a function to be called, which is much
    faster than to send the source once more.
    """
    if not page.evaluate("'stadtlaborBringsAxe' in window && (stadtlaborBringsAxe(), true)"):
        page.add_init_script(_source(axe))
        page.evaluate(f"{_source(axe)}; stadtlaborBringsAxe()")


@cache
def _source(axe: Path) -> str:
    return f"window.stadtlaborBringsAxe = () => {{ {axe.read_text('utf-8')}\n}}"


def _violations(rules: list[dict[str, Any]]) -> list[Fault]:
    return [
        Fault(
            rule["id"],
            rule["help"],
            "\n".join(line.strip() for line in node["failureSummary"].splitlines() if line),
            ", ".join(map(str, node["target"])),
            node["html"],
        )
        for rule in rules
        for node in rule["nodes"]
    ]


def _overflow(pixels: int) -> list[Fault]:
    if pixels <= 0:
        return []
    todo = f"Find what is {pixels} px wider than the window, and let it wrap or shrink."
    return [Fault("reflow", "Pages must not scroll sideways", todo, "html", "<html>")]

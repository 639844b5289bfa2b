"""Takes the pictures of the README: ``python -m scripts.screenshots [ADDRESS]``.

``ADDRESS`` is that of a running ``make demo``. Needs Playwright and a Chromium on the machine.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

IMAGES = Path(__file__).parents[1] / "docs" / "images"
EVENT = "a[href*='/events/die-stadt-auf-der-karte-']"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PICTURES = {
    "event": {"viewport": {"width": 1280, "height": 1000}, "color_scheme": "light"},
    "event-phone": {"viewport": {"width": 390, "height": 1000}, "color_scheme": "dark"},
}
"""The file's name, and how the browser looks at the event's page."""


def take(browser: Browser, address: str, name: str) -> Path:
    """One picture of the next event with free seats."""
    context = browser.new_context(reduced_motion="reduce", locale="de", **PICTURES[name])
    page = context.new_page()
    page.goto(f"{address}/stadtlabor/de/")
    page.locator(EVENT).first.click()
    path = IMAGES / f"{name}.png"
    page.screenshot(path=path)
    context.close()
    return path


def main(address: str) -> None:
    """All pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name in PICTURES:
            print(take(browser, address, name).relative_to(Path.cwd()))
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:5000")

"""Takes the pictures of README and documents: ``python -m scripts.screenshots [FOLDER]``.

Each run opens the example portal on a database of its own and walks through it as its people do.
Needs Playwright and a Chromium on the machine. FOLDER is ``docs/images``, where none is named.
"""

from __future__ import annotations

import base64
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import time_machine
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from example_app import create_app, mailbox
from example_app.demo.people import ACCOUNTS
from example_app.extensions import db
from flask_stadtlabor.testing.equipment import find_chromium

IMAGES = Path(__file__).parents[1] / "docs" / "images"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DESKTOP = {"viewport": {"width": 1280, "height": 1000}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2}
LOOKS = {
    "event": DESKTOP,
    "event-phone": PHONE | {"color_scheme": "dark"},
    "register-phone": PHONE,
    "registration-phone": PHONE,
    "idea": DESKTOP,
    "ideas-phone": PHONE | {"color_scheme": "dark"},
    "office": {"viewport": {"width": 1280, "height": 1400}},
    "editor": DESKTOP,
    "door-phone": PHONE,
    "moderation": DESKTOP,
}
"""The file's name, and how the browser looks at the page."""
OPEN, FULL = "die-stadt-auf-der-karte", "ein-sensor-fuer-den-balkon"
"""How the slugs of two events begin: one with free seats, and one that is full."""
IDEAS = "/stadtlabor/de/projects/sichere-schulwege/ideas/"
"""Those of a project in which the city has answered."""
QUALITY = 85


def take_all(browser: Browser, folder: Path) -> list[Path]:
    """All pictures, in the order in which people come by those pages."""
    folder.mkdir(parents=True, exist_ok=True)
    with musterstadt() as (app, address):
        walk = Walk(app, address, browser, folder)
        walk.citizen()
        walk.participant()
        walk.organiser()
        walk.moderator()
        return walk.taken


class Walk:
    """A walk through the portal; ``taken`` are the pictures so far."""

    def __init__(self, app: Flask, address: str, browser: Browser, folder: Path) -> None:
        self._app = app
        self._address = address
        self._browser = browser
        self._folder = folder
        self.taken: list[Path] = []

    def citizen(self) -> None:
        """Somebody reads about an event, registers, and confirms."""
        for name in ("event", "event-phone"):
            with self._page(name) as page:
                self._open_event(page)
                self._take(page, name)
        with self._page("register-phone") as page:
            self._open_event(page)
            page.goto(f"{page.url}register")
            page.get_by_label("Vorname").fill("Ada")
            page.get_by_label("Nachname").fill("Meier")
            page.get_by_label("E-Mail-Adresse").fill("ada.meier@post.example")
            choice = page.locator("input[name^='consent-'][value='given']").first
            choice.locator("xpath=ancestor::fieldset[1]").scroll_into_view_if_needed()
            self._take(page, "register-phone")
            page.locator("form[method=post] button[type=submit]").last.click()
            page.wait_for_url("**/registered")
        with self._page("registration-phone") as page:
            page.goto(self._mailed_link())
            page.locator("form[action$='/confirm'] button").click()
            page.wait_for_load_state()
            self._take(page, "registration-phone")

    def participant(self) -> None:
        """Somebody reads what others want, and what the city says to it."""
        with self._page("idea") as page:
            page.goto(f"{self._address}{IDEAS}?sort=answered")
            page.locator(".sl-ideas h2 a").first.click()
            page.wait_for_load_state()
            self._take(page, "idea")
        with self._page("ideas-phone") as page:
            page.goto(f"{self._address}{IDEAS}?sort=supported")
            page.locator(".sl-ideas").scroll_into_view_if_needed()
            self._take(page, "ideas-phone")

    def organiser(self) -> None:
        """Staff looks at who comes, writes about the event, and lets somebody in on the day."""
        with self._page("office") as page:
            self._sign_in(page)
            page.goto(f"{self._address}/stadtlabor/de/organise/")
            page.locator(f"a[href*='/organise/events/{FULL}']").first.click()
            page.wait_for_load_state()
            self._take(page, "office")
            event = page.url
            page.goto(event.replace("/organise/", "/"))
            starts_at = page.locator("main time").first.get_attribute("datetime")
        with self._page("editor") as page:
            self._sign_in(page)
            page.goto(f"{event}edit/text")
            self._take(page, "editor")
        with (
            time_machine.travel(datetime.fromisoformat(str(starts_at)) - timedelta(minutes=15)),
            self._page("door-phone") as page,
        ):
            self._sign_in(page)
            page.goto(f"{event}check-in/?q=Hatice")
            page.wait_for_load_state()
            self._take(page, "door-phone")

    def moderator(self) -> None:
        """Staff sees what somebody reported."""
        with self._page("moderation") as page:
            self._sign_in(page)
            page.goto(f"{self._address}/stadtlabor/de/organise/moderation/")
            page.locator(".sl-moderation a").first.click()
            page.wait_for_load_state()
            self._take(page, "moderation")

    def _sign_in(self, page: Page) -> None:
        account = next(account for account in ACCOUNTS if account.is_organiser)
        page.goto(f"{self._address}/de/sign-in/")
        page.locator("input[name=email]").fill(account.email)
        page.locator("input[name=password]").fill(account.password)
        page.locator("form:has(input[name=password]) button").click()
        page.wait_for_load_state()

    def _open_event(self, page: Page) -> None:
        page.goto(f"{self._address}/stadtlabor/de/")
        page.locator(f"a[href*='/events/{OPEN}']").first.click()
        page.wait_for_load_state()
        page.locator("[role=timer][data-live]").wait_for()

    def _mailed_link(self) -> str:
        """The personal link in the newest mail, once that has been delivered."""
        self._app.test_cli_runner().invoke(args=["stadtlabor", "outbox", "run"])
        with self._app.app_context():
            text = mailbox.newest_first()[0].text
        (link,) = set(re.findall(r"\S+/registration/[\w-]{20,}", text))
        return f"{self._address}{urlsplit(link).path}"

    @contextmanager
    def _page(self, name: str) -> Iterator[Page]:
        """A new browser's page, made for this picture."""
        context = self._browser.new_context(locale="de", reduced_motion="reduce", **LOOKS[name])
        yield context.new_page()
        context.close()

    def _take(self, page: Page, name: str) -> None:
        """What the window shows, as WebP, which Playwright itself does not write."""
        shown = page.context.new_cdp_session(page).send(
            "Page.captureScreenshot", {"format": "webp", "quality": QUALITY}
        )
        path = self._folder / f"{name}.webp"
        path.write_bytes(base64.b64decode(shown["data"]))
        self.taken.append(path)


@contextmanager
def musterstadt() -> Iterator[tuple[Flask, str]]:
    """The example portal on a real server, with its demo content; the app and its address."""
    with TemporaryDirectory() as folder:
        config = {"STADTLABOR_FORM_MIN_SECONDS": 0, "STADTLABOR_OUTBOX": "worker"}
        app = create_app(config, instance_path=folder)
        prepared = app.test_cli_runner().invoke(args=["demo", "prepare"], catch_exceptions=False)
        if prepared.exit_code:
            sys.exit(prepared.output)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield app, f"http://127.0.0.1:{server.port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's own browser."""
    with sync_playwright() as playwright:
        path = find_chromium(None, playwright)
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


if __name__ == "__main__":
    with chromium() as chosen:
        for taken in take_all(chosen, Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES):
            print(taken)

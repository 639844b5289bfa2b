"""Consent in a real browser: asked again, withdrawn without a registration, written by editors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import URL, delete, select, update

from flask_stadtlabor import Action, Actor
from flask_stadtlabor.consent.models import ConsentEntry, ConsentText
from flask_stadtlabor.registration.models import AccessToken, Registration
from tests import factories
from tests.browser.live import live_host
from tests.browser.visit import checks, visit
from tests.factories import PHOTOS, PRIVACY
from tests.forms import fill, press
from tests.host import Host

pytestmark = [pytest.mark.one_database, pytest.mark.needs("browser")]

BOTH = pytest.mark.parametrize("language", ["de", "en"])
SCRIPTS = pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])


@pytest.fixture
def desk(database_url: URL, tmp_path: Path) -> Iterator[Host]:
    """A portal whose visitors may all do what staff does."""
    everything = frozenset(Action)
    ports = {
        "actor": lambda: Actor("staff:anna", name="Anna"),
        "policy": lambda actor, action, subject=None: action in everything,
    }
    with live_host(database_url, tmp_path, ports=ports) as host:
        yield host


def load(host: Host) -> None:
    event = factories.event_in(
        30, purposes=[PHOTOS, "film", PRIVACY], registration=factories.registration()
    )
    host.load(factories.exchange(event))


def register(host: Host, language: str) -> str:
    """Somebody who said yes to photos and confirmed; the path of their link."""
    start = f"/stadtlabor/{language}"
    answers = {f"consent-{PHOTOS}": "given"}
    fill(host.client(), f"{start}/events/plattform/register", factories.person() | answers)
    host.mails()
    link = host.link(host.sent[-1])
    browser = host.client()
    browser.get(link)
    press(browser, f"{start}/registration/", "/confirm")
    return link


def replace_text(host: Host) -> None:
    text = {
        "de": "Etwas ganz anderes, mit [Link](https://stadt.example).",
        "en": "Something quite different, with a [link](https://stadt.example).",
    }
    host.load(factories.exchange(purposes=[factories.purpose(PHOTOS, text=text, valid_days=365)]))
    host.mails()


def latest(host: Host) -> str:
    newest = select(ConsentEntry.event).order_by(ConsentEntry.seq.desc()).limit(1)
    return str(host.scalar(newest))


@BOTH
@SCRIPTS
def test_asked_again(live: Host, browser: Browser, language: str, javascript: bool) -> None:
    """C6, C7, A1, A2: the mail, what changed, an error, yes again, withdrawn, the receipt."""
    load(live)
    register(live, language)
    replace_text(live)
    look = checks(language, javascript=javascript)
    with visit(browser, live.address, language, javascript=javascript) as page:
        page.goto(live.link(live.sent[-1]))
        look(page)
        page.locator("details[open] a[href*='/changes']").click()
        expect(page.locator(".sl-changes ins").first).to_be_visible()
        look(page)
        page.go_back()
        save = page.locator(f"main form[action$='/{PHOTOS}/answer'] button")
        save.click()
        expect(page.locator(".sl-errors")).to_be_focused()
        look(page)
        page.locator("[role=alert] a").first.click()
        expect(page.locator(f"[name=consent-{PHOTOS}]").first).to_be_focused()
        page.check(f"[name=consent-{PHOTOS}][value=given]")
        save.click()
        expect(page.locator(f"main form[action$='/{PHOTOS}/answer']")).to_have_count(0)
        assert latest(live) == "renewed"
        look(page)
        page.locator("main form[action$='/film/answer']").locator("xpath=..").locator(
            "summary"
        ).click()
        page.check("[name=consent-film][value=refused]")
        page.locator("main form[action$='/film/answer'] button").click()
        expect(page.locator("[name=consent-film]").first).to_be_hidden()
        assert latest(live) == "refused"
        page.locator(f"main form[action$='/{PHOTOS}/withdraw'] button").click()
        expect(page.locator(f"main form[action$='/{PHOTOS}/withdraw']")).to_have_count(0)
        assert latest(live) == "withdrawn"
        page.goto(f"/stadtlabor/{language}/registration/receipt")
        look(page)
        with page.expect_download() as download:
            page.locator("a[download]").click()
        assert download.value.suggested_filename == "consent-receipt.jsonld"


@BOTH
def test_withdrawn_after_the_registration_is_gone(
    live: Host, browser: Browser, language: str
) -> None:
    """C10, C13: a link, a button, the receipt."""
    load(live)
    link = register(live, language)
    look = checks(language)
    with live.app.app_context():
        live.db.session.execute(update(AccessToken).values(registration_id=None))
        live.db.session.execute(delete(Registration))
        live.db.session.commit()
    with visit(browser, live.address, language) as page:
        page.goto(link)
        look(page)
        page.locator(f"main form[action$='/{PHOTOS}/withdraw'] button").click()
        expect(page.locator(".sl-receipt")).to_be_visible()
        assert page.url.endswith(f"/{language}/registration/receipt?now=withdrawn")
        assert latest(live) == "withdrawn"
        look(page)


@BOTH
@SCRIPTS
def test_from_a_draft_to_a_text_in_force(
    desk: Host, browser: Browser, language: str, javascript: bool
) -> None:
    """C5, A1, A2: written in two languages, looked at, published."""
    load(desk)
    register(desk, language)
    look = checks(language, javascript=javascript)
    with visit(browser, desk.address, language, javascript=javascript) as page:
        page.goto(f"/stadtlabor/{language}/organise/")
        page.locator("a[href$='/organise/texts/']").click()
        look(page)
        page.locator(f"a[href$='/texts/{PHOTOS}/']").click()
        look(page)
        page.locator("a[href$='/edit']").click()
        look(page)
        page.fill("[name='text-de']", "## Neu\n\nEin **neuer** Text.")
        page.fill("[name='text-en']", "")
        page.fill("[name=valid_days]", "0")
        save = page.locator("form.sl-form button[type=submit]")
        save.click()
        expect(page.locator(".sl-errors")).to_be_focused()
        look(page)
        page.fill("[name=valid_days]", "365")
        page.check("[name=change][value=material]")
        save.click()
        expect(page.locator(".sl-publish")).to_be_visible()
        expect(page.locator("main form[action$='/publish']")).to_have_count(0)
        look(page)
        page.locator("a[href$='/edit']").first.click()
        page.fill("[name='text-en']", "## New\n\nA **new** text.")
        save.click()
        look(page)
        page.locator("main form[action$='/publish'] button").click()
        expect(page.locator("main form[action$='/publish']")).to_have_count(0)
        newest = select(ConsentText.version).order_by(ConsentText.version.desc()).limit(1)
        assert desk.scalar(newest) == 2
        look(page)


@BOTH
def test_every_page_about_texts_is_accessible(desk: Host, browser: Browser, language: str) -> None:
    """A1: the empty form, what changed, a version with others."""
    load(desk)
    replace_text(desk)
    look = checks(language)
    with visit(browser, desk.address, language) as page:
        for path in (
            "organise/texts/new",
            f"privacy/{PHOTOS}/2/",
            f"privacy/{PHOTOS}/2/changes",
            f"organise/texts/{PHOTOS}/",
        ):
            page.goto(f"/stadtlabor/{language}/{path}")
            look(page)

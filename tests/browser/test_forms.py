"""Forms in a real browser: what is wrong is seen, nothing typed is lost, and waiting is told."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select

from flask_stadtlabor.registration.models import Registration
from tests.browser.visit import check, visit
from tests.factories import PHOTOS, event_in, exchange, person, registration
from tests.forms import fill
from tests.host import Host

pytestmark = [pytest.mark.one_database, pytest.mark.needs("browser")]

QUESTIONS = [
    {
        "slug": "way", "kind": "choice", "label": "Wie kommst du?", "required": True,
        "help": "Wir fragen das, damit wir genug Platz für Räder haben. " * 3,
        "options": [{"value": "rad", "label": "Mit dem Rad"}, {"value": "bus", "label": "Bus"}],
    },
    {"slug": "food", "kind": "text", "label": "Was isst du?", "required": True},
]  # fmt: skip
EVENT = "/stadtlabor/de/events/plattform/"


def load(host: Host) -> None:
    event = event_in(
        30, purposes=[PHOTOS], registration=registration(questions=QUESTIONS, max_party_size=3)
    )
    host.load(exchange(event))


def top_of(page: Page, selector: str) -> float:
    return float(page.locator(selector).first.evaluate("e => e.getBoundingClientRect().top"))


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_a_link_of_the_summary_shows_the_field_with_its_label_and_message(
    live: Host, browser: Browser, javascript: bool
) -> None:
    """WCAG 2.4.11, on a phone of 390 by 700 pixels."""
    load(live)
    with visit(browser, live.address, "de", javascript=javascript) as page:
        page.set_viewport_size({"width": 390, "height": 700})
        page.goto(f"{EVENT}register")
        page.locator("form.sl-form button[type=submit]").last.click()
        links = page.locator(".sl-errors a")
        texts = links.all_inner_texts()
        assert len(texts) == len(set(texts)) == 4
        for number in range(links.count()):
            links.nth(number).click()
            target = str(links.nth(number).get_attribute("href"))
            field = f".sl-field:has({target})"
            for part in (f"{field} > :is(label, legend)", f"{field} .sl-field-errors", target):
                assert 0 <= top_of(page, part) < 680, (target, part)


def test_the_other_language_keeps_what_was_typed(live: Host, browser: Browser) -> None:
    """Without a script, without a word of it in the address, and what came after the errors too."""
    load(live)
    with visit(browser, live.address, "de", javascript=False) as page:
        page.goto(f"{EVENT}register")
        page.fill("#given_name", "Änne")
        page.check(f"[name=consent-{PHOTOS}][value=refused]")
        page.locator("form.sl-form button[type=submit]").last.click()
        page.fill("#family_name", "Bürger")
        page.locator(".stadtlabor-languages button[lang=en]").click()
        expect(page).to_have_url(f"{live.address}{EVENT.replace('/de/', '/en/')}register")
        expect(page.locator(".sl-errors")).to_contain_text("Enter your e-mail address.")
        expect(page.locator("#given_name")).to_have_value("Änne")
        expect(page.locator("#family_name")).to_have_value("Bürger")
        expect(page.locator(f"[name=consent-{PHOTOS}][value=refused]")).to_be_checked()
    with visit(browser, live.address, "de") as page:
        page.goto(f"{EVENT}register")
        page.locator("form.sl-form button[type=submit]").last.click()
        check(page)
    assert live.scalar(select(Registration.id)) is None


def test_whoever_waits_for_the_form_is_told(live: Host, browser: Browser) -> None:
    load(live)
    held: list[Route] = []
    with visit(browser, live.address, "de") as page:
        page.goto(EVENT)
        page.route("**/register", lambda route: held.append(route))
        status = page.locator("[data-stadtlabor-register]:visible + [role=status]").first
        expect(status).to_have_text("")
        page.locator("[data-stadtlabor-register]:visible").first.click()
        expect(status).to_have_text("Das Formular wird geladen …")
        held[0].continue_()
        expect(page.locator("#sl-register-title")).to_be_focused()


def test_after_a_withdrawal_the_page_begins_with_what_was_done(
    live: Host, browser: Browser
) -> None:
    live.load(exchange(event_in(30, purposes=[PHOTOS], registration=registration())))
    fill(live.client(), f"{EVENT}register", person() | {f"consent-{PHOTOS}": "given"})
    live.mails()
    link = live.link(live.sent[-1])
    with visit(browser, live.address, "de") as page:
        page.goto(link)
        page.locator("form[action$='/confirm'] button").click()
        page.locator("form[action$='/withdraw'] button").click()
        notice = page.locator("[role=status]")
        expect(notice).to_contain_text("Du hast deine Einwilligung widerrufen.")
        expect(notice).to_be_focused()
        expect(notice).to_be_in_viewport()
        check(page)

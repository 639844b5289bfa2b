"""The editor of events in a real browser: writing, keys, previews (A1, A2)."""

from __future__ import annotations

import pytest
from flask import Response
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.browser.visit import checks, visit
from tests.factories import event_in, exchange, open_event
from tests.host import Host

pytestmark = [pytest.mark.one_database, pytest.mark.needs("browser")]


def edit(page: Page, language: str, name: str) -> None:
    page.goto(f"/stadtlabor/{language}/organise/events/plattform/edit/{name}")


def write(page: Page, words: str, chosen: str) -> None:
    """Put words into the German description and select some of them."""
    field = page.locator("[id='sl-description-de']")
    field.fill(words)
    start = words.index(chosen)
    field.evaluate("(field, at) => field.setSelectionRange(...at)", [start, start + len(chosen)])


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_toolbar_and_keys_write_markdown(desk: Host, browser: Browser, language: str) -> None:
    """Each mark is put and taken away again, the arrows lead through the toolbar, and it undoes."""
    desk.load(exchange(open_event()))
    with visit(browser, desk.address, language) as page:
        edit(page, language, "text")
        field = page.locator("[id='sl-description-de']")
        tools = page.locator("[role=toolbar][aria-controls='sl-description-de']")

        def button(kind: str) -> None:
            tools.locator(f"[data-stadtlabor-mark={kind}]").click()

        write(page, "Ein Wort", "Wort")
        field.press("Control+b")
        expect(field).to_have_value("Ein **Wort**")
        field.press("Control+b")
        expect(field).to_have_value("Ein Wort")
        button("italic")
        expect(field).to_have_value("Ein *Wort*")
        field.press("Control+z")
        expect(field).to_have_value("Ein Wort")
        write(page, "eins\nzwei\ndrei", "eins\nzwei")
        button("numbers")
        expect(field).to_have_value("1. eins\n2. zwei\ndrei")
        button("list")
        expect(field).to_have_value("- eins\n- zwei\ndrei")
        button("list")
        expect(field).to_have_value("eins\nzwei\ndrei")
        write(page, "Titel", "Titel")
        button("heading")
        expect(field).to_have_value("## Titel")
        write(page, "mehr dazu", "dazu")
        field.press("Control+k")
        expect(field).to_have_value("mehr [dazu](https://)")
        # one stop for the tab key, the arrows go on from there
        assert tools.locator("button[tabindex='0']").count() == 1
        tools.locator("button[tabindex='0']").press("Home")
        page.keyboard.press("ArrowLeft")
        expect(tools.locator("button").last).to_be_focused()
        page.keyboard.press("Enter")
        preview = page.locator("[id='sl-description-de-preview']")
        expect(preview.locator("a")).to_have_text("dazu")
        expect(tools.locator("button").last).to_have_attribute("aria-expanded", "true")
        field.fill("**anders**")
        expect(preview.locator("strong")).to_have_text("anders")
        checks(language)(page)


def test_without_a_script_a_preview_comes_with_the_page(desk: Host, browser: Browser) -> None:
    desk.load(exchange(open_event()))
    with visit(browser, desk.address, "de", javascript=False) as page:
        edit(page, "de", "text")
        assert not page.locator("[role=toolbar]").first.is_visible()
        page.locator("[id='sl-description-de']").fill("**laut**")
        page.locator("button[formaction$='/edit/text/preview']").click()
        expect(page.locator("[id='sl-description-de-preview'] strong")).to_have_text("laut")
        expect(page.locator("[id='sl-description-de']")).to_have_value("**laut**")


PASTE = """(field, [html, plain]) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/html", html);
  clipboardData.setData("text/plain", plain);
  field.focus();
  const paste = { clipboardData, bubbles: true, cancelable: true };
  field.dispatchEvent(new ClipboardEvent("paste", paste));
}"""


def test_what_is_pasted_keeps_its_formatting(desk: Host, browser: Browser) -> None:
    """And is plain words at once, and again by undoing."""
    desk.load(exchange(open_event()))
    with visit(browser, desk.address, "en") as page:
        edit(page, "en", "text")
        write(page, "davor danach", " ")
        field = page.locator("[id='sl-description-de']")
        html = "<p>ein <b>Wort</b><img src=x onerror=alert(1)></p>"
        field.evaluate(PASTE, [html, "ein Wort"])
        expect(field).to_have_value("davorein **Wort**danach")
        expect(page.get_by_role("status")).to_have_text("The formatting was kept.")
        field.press("Control+z")
        expect(field).to_have_value("davorein Wortdanach")


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_missing_text_leads_to_its_field(desk: Host, browser: Browser, language: str) -> None:
    """Case 14: it is in view and has the focus."""
    items = [{"starts_at": "17:40", "title": {"de": "Anfang"}}]
    desk.load(exchange(event_in(9, "bald", programme=items), event_in(10, "andere")))
    with visit(browser, desk.address, language) as page:
        page.goto(f"/stadtlabor/{language}/organise/languages/")
        checks(language)(page)
        page.locator("a[href$='#sl-programme-0-title-en']").click()
        field = page.locator("[id='sl-programme-0-title-en']")
        expect(field).to_be_focused()
        expect(field).to_be_in_viewport()


def order(page: Page) -> list[str]:
    """The titles of the programme's items that are not taken out, from top to bottom."""
    titles = "fields => fields.filter(one => one.checkVisibility()).map(one => one.value)"
    found: list[str] = page.locator(
        ".sl-edit-list > fieldset.sl-edit-item [name$='.title.de']"
    ).evaluate_all(titles)
    return found


def drag(page: Page, start: str, end: str) -> None:
    """With the mouse, a few steps on the way."""
    for selector, press in ((start, page.mouse.down), (end, page.mouse.up)):
        box = page.locator(selector).bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 20, box["y"] + 10, steps=5)
        page.mouse.move(box["x"] + 22, box["y"] + 12, steps=2)
        press()


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_programme_is_ordered_by_buttons_and_by_dragging(
    desk: Host, browser: Browser, language: str
) -> None:
    """Told aloud, the focus stays, what is removed comes back, and it is saved as it stands."""
    items = [{"starts_at": f"17:4{at}", "title": name} for at, name in enumerate("ABC")]
    items[1]["speakers"] = ["Ann"]  # type: ignore[assignment]
    desk.load(exchange(event_in(9, "plattform", programme=items)))
    said = {"de": "Jetzt an Stelle 1 von 3.", "en": "Now at place 1 of 3."}[language]
    with visit(browser, desk.address, language) as page:
        edit(page, language, "programme")
        status = page.locator(".sl-edit-list > [role=status]")
        up = page.locator("#sl-programme-1 > [data-stadtlabor-order] [data-stadtlabor-step='-1']")
        up.press("Enter")
        assert order(page) == ["B", "A", "C"]
        expect(status.last).to_have_text(said)
        expect(up).to_be_focused()
        page.locator("#sl-programme-0 > [data-stadtlabor-order] [data-stadtlabor-out]").click()
        assert order(page) == ["B", "C"]
        checks(language)(page)
        expect(page.locator(".sl-edit-out button")).to_be_focused()
        page.locator(".sl-edit-out button").press("Enter")
        assert order(page) == ["B", "A", "C"]
        page.set_viewport_size({"width": 1280, "height": 6000})
        drag(page, "#sl-programme-2 > legend", "#sl-programme-1 > legend")
        assert order(page) == ["C", "B", "A"]
        page.locator("#sl-programme-1 > [data-stadtlabor-order] [data-stadtlabor-out]").click()
        page.locator(".sl-edit-end button[type=submit]").first.click()
        expect(page.locator(".sl-done")).to_be_visible()
        assert order(page) == ["C", "A"]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_preview_is_seen_as_on_a_phone(desk: Host, browser: Browser, *, scripts: bool) -> None:
    """The page in the frame has a phone's width, where the host allows frames of its own site."""

    @desk.app.after_request
    def protect(response: Response) -> Response:
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
        policy = "default-src 'self'; frame-ancestors 'self'"
        response.headers["Content-Security-Policy"] = policy
        return response

    desk.load(exchange(open_event(status="draft")))
    with visit(browser, desk.address, "en", javascript=scripts) as page:
        page.goto("/stadtlabor/en/organise/events/plattform/review")
        page.get_by_role("link", name="As on a phone").click()
        shown = page.frame_locator("iframe.sl-phone")
        expect(shown.locator("h1")).to_be_visible()
        box = page.locator("iframe.sl-phone").bounding_box()
        assert box is not None
        assert box["width"] == 390 + 2 * 12
        page.get_by_role("link", name="Deutsch").last.click()
        expect(shown.locator("html")).to_have_attribute("lang", "de")


def test_nothing_that_was_typed_is_lost_on_the_way_out(desk: Host, browser: Browser) -> None:
    """What saves itself is saved on leaving; before what the button saves is lost, it asks."""
    desk.load(exchange(open_event()))
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    with visit(browser, desk.address, "de") as page:
        page.on("dialog", stay)
        edit(page, "de", "text")
        page.locator("[id='sl-summary-de']").fill("Gleich wieder weg.")
        ways = page.locator(".sl-edit-pages a")
        ways.nth(1).click()
        page.wait_for_url("**/edit/time")
        for _ in range(20):
            edit(page, "de", "text")
            if page.locator("[id='sl-summary-de']").input_value() == "Gleich wieder weg.":
                break
            # what was sent on leaving may come in after the page that was asked for next
            page.wait_for_timeout(250)
        expect(page.locator("[id='sl-summary-de']")).to_have_value("Gleich wieder weg.")
        assert asked == []
        edit(page, "de", "time")
        start = page.locator("[name=starts_at]")
        start.click()
        start.fill("2026-04-22T18:00")
        ways.first.click(no_wait_after=True)
        page.wait_for_timeout(500)
        assert asked == ["beforeunload"]
        expect(start).to_have_value("2026-04-22T18:00")
        page.locator(".sl-edit-end button[type=submit]").first.click()
        expect(page.locator(".sl-done")).to_be_visible()
        ways.first.click()
        page.wait_for_url("**/edit/text")
        assert asked == ["beforeunload"]

"""One setting chooses the theme of the portal: its own, or that of KERN."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click import ClickException
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page

from example_app.themes import THEMES
from flask_stadtlabor.testing.server import serving
from tests import equipment
from tests.browser.test_valid_html import Folder
from tests.browser.visit import check, visit
from tests.forms import fill, page
from tests.musterstadt.test_accounts import sign_in
from tests.musterstadt.test_portal import OWN_PAGES

Dress = Callable[..., Flask]
ROOT = Path(__file__).parents[2]
THEMING = (ROOT / "docs/theming.md").read_text("utf-8")
IN_A_BROWSER = [
    pytest.param(theme, marks=pytest.mark.needs("browser", *(["KERN"] if theme == "kern" else [])))
    for theme in THEMES
]


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """A folder in which npm might have put KERN."""
    (tmp_path / "@kern-ux/native/dist").mkdir(parents=True)
    (tmp_path / "@kern-ux/native/dist/kern.min.css").write_text(".kern-btn { color: red }", "utf-8")
    return tmp_path


def test_the_setting_may_come_from_the_environment(
    dressed: Dress, modules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASK_MUSTERSTADT_THEME", "kern")
    client = dressed(MUSTERSTADT_NODE_MODULES=str(modules)).test_client()
    with client.get("/kern/kern.min.css") as sheet:
        assert sheet.text == ".kern-btn { color: red }"
    for path in ("/de/", "/stadtlabor/de/"):
        assert page(client.get(path)).select("header .kern-link")


def test_the_other_dress_knows_nothing_of_kern(portal: Flask) -> None:
    client = portal.test_client()
    assert client.get("/kern/kern.min.css").status_code == 404
    for path in ("/de/", "/stadtlabor/de/", "/de/barrier/"):
        assert "kern" not in re.sub(r"<main.*</main>", "", client.get(path).text, flags=re.DOTALL)


def test_without_the_package_the_portal_says_what_to_run(dressed: Dress, tmp_path: Path) -> None:
    missing = {"MUSTERSTADT_THEME": "kern", "MUSTERSTADT_NODE_MODULES": str(tmp_path)}
    with pytest.raises(ClickException) as refused:
        dressed(**missing)
    command = refused.value.message.partition(": ")[2]
    assert command.startswith("npm install")
    assert f"    {command}\n" in THEMING


def test_an_unknown_theme_is_named_with_those_that_there_are(dressed: Dress) -> None:
    with pytest.raises(ClickException, match=r"'gothic'; write musterstadt or kern\."):
        dressed(MUSTERSTADT_THEME="gothic")


@pytest.mark.needs("Nu checker")
def test_every_page_in_kerns_dress_is_valid(dressed: Dress, modules: Path, tmp_path: Path) -> None:
    """A9, errors and the header of somebody who is signed in included."""
    app = dressed(MUSTERSTADT_THEME="kern", MUSTERSTADT_NODE_MODULES=str(modules))
    folder = Folder(tmp_path / "pages")
    client = app.test_client()
    sign_in(client, "otto@musterstadt.example", "organisator")
    for path in (*OWN_PAGES, "/nothing/", "/account/", "/account/close/"):
        folder.keep(client.get(f"/de{path}"))
    for form in ("/de/barrier/", "/de/sign-in/"):
        folder.keep(fill(client, form))
    folder.keep(client.get("/stadtlabor/de/"))
    assert folder.faults() == []


@pytest.fixture
def at(dressed: Dress, request: pytest.FixtureRequest) -> Iterator[tuple[str, FlaskClient]]:
    """The address of the portal with the theme under test, and somebody of its staff."""
    app = dressed(MUSTERSTADT_THEME=request.param, MUSTERSTADT_NODE_MODULES=str(equipment.MODULES))
    staff = app.test_client()
    sign_in(staff, "otto@musterstadt.example", "organisator")
    with serving(app) as address:
        yield address, staff


@pytest.mark.parametrize("at", IN_A_BROWSER, indirect=True)
@pytest.mark.parametrize("language", ["de", "en"])
def test_each_dress_shuts_nobody_out(
    browser: Browser, at: tuple[str, FlaskClient], language: str
) -> None:
    """A1, A6, S10: contrast and all else that axe knows, and no request to another site."""
    address, staff = at
    with visit(browser, address, language) as visitor:
        start = f"/stadtlabor/{language}/"
        for path in (f"/{language}/", f"/{language}/news/", f"/{language}/mails/"):
            visitor.goto(path)
            check(visitor)
        visitor.goto(f"/{language}/barrier/")
        visitor.locator("main form button").click()
        check(visitor)
        visitor.goto(start)
        check(visitor)
        visitor.locator("main a[href*='/events/die-stadt-auf-der-karte']").first.click()
        check(visitor)
        visitor.goto(f"{visitor.url.partition('#')[0]}register")
        visitor.locator("form.sl-form button[type=submit]").last.click()
        visitor.locator(".sl-errors").wait_for()
        check(visitor)
        become(visitor, address, staff)
        visitor.goto(f"{start}organise/")
        check(visitor)
        visitor.locator("main a[href*='/organise/events/ein-sensor']").first.click()
        check(visitor)


def become(visitor: Page, address: str, staff: FlaskClient) -> None:
    """From now on, the browser is that of ``staff``."""
    cookie = staff.get_cookie("musterstadt")
    assert cookie is not None
    visitor.context.add_cookies([{"name": "musterstadt", "value": cookie.value, "url": address}])


CONTRASTS = [
    (above, below, float(least))
    for above, below, least in re.findall(
        r"^\| `--sl-([a-z-]+)` \| `--sl-([a-z-]+)` \| ([\d.]+) \|$", THEMING, re.MULTILINE
    )
]
"""What the document asks of a host's colours."""

MEASURE = """pairs => {
    const probe = document.querySelector(".stadtlabor").appendChild(document.createElement("i"));
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const luminance = name => {
        probe.style.color = `var(--_${name})`;
        canvas.fillStyle = getComputedStyle(probe).color;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(part => {
            const c = part / 255;
            return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    return pairs.map(([above, below]) => {
        const both = [luminance(above), luminance(below)];
        return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    });
}"""
"""The contrast of each pair of our colours as the page has them (WCAG 2.2, relative luminance)."""


@pytest.mark.parametrize("at", IN_A_BROWSER, indirect=True)
def test_each_dress_has_the_contrasts_that_hosts_are_told_to_keep(
    browser: Browser, at: tuple[str, FlaskClient]
) -> None:
    """A6, in light and dark, of the custom properties as the browser resolves them."""
    assert len(CONTRASTS) > 9
    address, _ = at
    seen: set[tuple[float, ...]] = set()
    with visit(browser, address, "de") as visitor:
        visitor.goto("/stadtlabor/de/")
        for scheme in ("light", "dark"):
            visitor.emulate_media(color_scheme=scheme)
            measured = visitor.evaluate(MEASURE, [pair[:2] for pair in CONTRASTS])
            seen.add(tuple(measured))
            for (above, below, least), contrast in zip(CONTRASTS, measured, strict=True):
                assert contrast >= least, f"{scheme}: --sl-{above} on --sl-{below}"
    assert len(seen) == 2

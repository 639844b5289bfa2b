"""A portal whose session is SameSite=Strict, and a link that is clicked in a mailbox on the web."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import URL

from flask_stadtlabor.testing.server import serving
from tests.browser.live import live_host
from tests.factories import event_in, exchange, person, registration
from tests.forms import fill
from tests.races.server import free_port

pytestmark = [pytest.mark.one_database, pytest.mark.needs("browser")]


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
@pytest.mark.parametrize("same_site", ["Strict", "Lax"])
def test_a_personal_link_opens_from_another_site(
    database_url: URL, tmp_path: Path, browser: Browser, same_site: str, javascript: bool
) -> None:
    """S3: no browser sends such a cookie where another site leads to us, scripts or not."""
    mailbox, port = Flask("mailbox"), free_port()
    with (
        live_host(database_url, tmp_path, SESSION_COOKIE_SAMESITE=same_site) as host,
        serving(mailbox, port),
    ):
        host.load(exchange(event_in(7, registration=registration())))
        fill(host.client(), "/stadtlabor/en/events/plattform/register", person())
        link = host.address + host.link(host.mails()[-1])
        mailbox.add_url_rule("/", view_func=lambda: f'<a href="{link}">open</a>')
        context = browser.new_context(java_script_enabled=javascript)
        page = context.new_page()
        page.goto(f"http://localhost:{port}/")
        page.get_by_text("open").click()
        expect(page).to_have_url(f"{host.address}/stadtlabor/en/registration/")
        expect(page.get_by_role("heading", level=1)).not_to_have_text("Your page opens")
        assert page.locator("form button").count() > 0
        context.close()

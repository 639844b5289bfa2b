"""Where a host can put the pages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask import url_for
from flask_babel import get_locale
from jinja2 import DictLoader
from sqlalchemy import URL
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.routing import BuildError
from werkzeug.test import Client

from tests import factories
from tests.forms import fill
from tests.host import BASE_URL, Host
from tests.hosts.matrix.walk import links

pytestmark = pytest.mark.one_database

CONTENT = factories.exchange(
    factories.open_event(series="zu-besuch"),
    series=[factories.series()],
    projects=[factories.project()],
)


DOCUMENT = (Path(__file__).parents[2] / "docs/hosts.md").read_text("utf-8")


def template_in_the_document(beginning: str) -> str:
    """A template that docs/hosts.md shows."""
    (found,) = re.findall(rf"```jinja\n({re.escape(beginning)}.*?)```", DOCUMENT, re.DOTALL)
    return str(found)


def test_the_layout_in_the_document_speaks_the_language_of_our_pages(host: Host) -> None:
    portal = host.make(STADTLABOR_BASE_TEMPLATE="portal.html")
    assert '`app.jinja_env.globals["get_locale"] = flask_babel.get_locale`' in DOCUMENT
    portal.app.jinja_env.globals["get_locale"] = get_locale
    portal.app.jinja_loader = DictLoader(
        {
            "portal.html": template_in_the_document("<html"),
            "stadtlabor/layout.html": template_in_the_document(
                "{# templates/stadtlabor/layout.html"
            ),
        }
    )
    portal.load(CONTENT)
    for code in ("de", "en"):
        page = portal.client().get(f"/stadtlabor/{code}/events/plattform/")
        assert page.status_code == 200
        assert "public" in page.headers["Cache-Control"]
        assert f'<html lang="{code}">' in page.text
        assert 'hreflang="' not in page.text.partition("<body>")[2]
    assert "Error" not in portal.run("check").stderr


def test_a_page_of_the_host_links_to_the_pages_that_the_contract_names(host: Host) -> None:
    contract = (Path(__file__).parents[2] / "docs/contract.md").read_text("utf-8")
    (table,) = re.findall(r"\| Endpoint \|.*?\n\n", contract, re.DOTALL)
    names = re.findall(r"`(stadtlabor\.\w+)`", table)
    assert {"stadtlabor.root", "stadtlabor.index", "stadtlabor.organise"} < set(names)
    host.load(CONTENT)
    slugs = {
        "stadtlabor.event": "plattform",
        "stadtlabor.series": "zu-besuch",
        "stadtlabor.project": "marktplatz",
    }
    for name in names:
        values = {"slug": slugs[name]} if name in slugs else {}
        with host.app.test_request_context("/"):
            address = url_for(name, **values)
            in_english = url_for(name, **values, lang="en")
        assert host.client().get(address).status_code in (200, 302, 403)
        if name != "stadtlabor.root":
            assert address.startswith("/stadtlabor/de/")
            assert in_english.startswith("/stadtlabor/en/")


def test_a_link_to_a_page_that_we_do_not_have_is_told_as_flask_tells_it(host: Host) -> None:
    with host.app.test_request_context("/"), pytest.raises(BuildError, match=r"stadtlabor\.indez"):
        url_for("stadtlabor.indez")


def test_two_portals_in_one_process_keep_to_themselves(
    host: Host, empty_database_url: URL, tmp_path: Path
) -> None:
    other = Host(
        empty_database_url,
        tmp_path,
        STADTLABOR_URL_PREFIX="/lab",
        STADTLABOR_LOCALES=["en"],
        STADTLABOR_DEFAULT_LOCALE="en",
        STADTLABOR_BASE_URL="https://other.example",
    )
    assert other.run("db", "upgrade").exit_code == 0
    host.load(CONTENT)
    other.load(factories.exchange(factories.open_event("anderes")))

    assert host.client().get("/stadtlabor/de/events/plattform/").status_code == 200
    assert other.client().get("/lab/en/events/plattform/").status_code == 404
    page = other.client().get("/lab/en/events/anderes/")
    assert page.status_code == 200
    assert "https://other.example/lab/en/events/anderes/" in page.text
    assert all(link.startswith("/lab/") for link in links(page.text))
    assert (
        fill(other.client(), "/lab/en/events/anderes/register", factories.person()).status_code
        == 303
    )
    other.mails()
    assert [len(portal.sent) for portal in (host, other)] == [0, 1]
    other.close()


def test_below_an_application_root(host: Host) -> None:
    """Links within the site carry SCRIPT_NAME, those in mails the configured base URL."""
    portal = host.make(APPLICATION_ROOT="/portal", STADTLABOR_BASE_URL=f"{BASE_URL}/portal")
    host.load(CONTENT)
    portal.app.wsgi_app = DispatcherMiddleware(  # type: ignore[method-assign]
        lambda environ, start: [(start("404 Not Found", []) and b"") or b""],
        {"/portal": portal.app.wsgi_app},
    )
    client = Client(portal.app.wsgi_app)
    page = client.get("/portal/stadtlabor/de/events/plattform/")
    assert page.status_code == 200
    assert all(link.startswith("/portal/stadtlabor/") for link in links(page.text))
    assert f"{BASE_URL}/portal/stadtlabor/de/events/plattform/" in page.text


@pytest.mark.one_database
def test_a_web_worker_carries_nothing_that_only_commands_need() -> None:
    """Alembic alone is ten megabytes for each worker; Celery is for those who have chosen it."""
    script = (
        "import sys; from tests.hosts.ten_lines import create_app; create_app(); "
        "names = ('alembic', 'celery', 'kombu'); "
        "print([name for name in names if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"FLASK_SQLALCHEMY_DATABASE_URI": "sqlite://"},
    )
    assert found.stdout.strip() == "[]"

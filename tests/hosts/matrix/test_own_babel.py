"""A host with a Babel of its own: another domain, and a selector that ignores the path."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import render_template_string, request
from flask_babel import Babel, get_locale
from flask_sqlalchemy import SQLAlchemy
from jinja2 import ChoiceLoader, DictLoader

from flask_stadtlabor import Stadtlabor
from tests.hosts.matrix.walk import EVENT, City

pytestmark = pytest.mark.one_database

HEADER = """{% extends "portal.html" %}
{% block city_header %}{{ _("Register now") }}{% endblock %}"""
"""The same English words as ours, which mean something else to this city."""


@pytest.fixture
def catalogs(tmp_path: Path) -> Path:
    """The host's catalogs ``portal.mo``."""
    for code, words in (("de", "Zum Melderegister"), ("en", "Register of residents")):
        catalog = Catalog(code, charset="utf-8")
        catalog.add("Register now", words)
        path = tmp_path / "portal" / code / "LC_MESSAGES" / "portal.mo"
        path.parent.mkdir(parents=True)
        with path.open("wb") as file:
            write_mo(file, catalog)
    return tmp_path / "portal"


def test_a_host_with_another_domain_and_its_own_selector(city: City, catalogs: Path) -> None:
    db = SQLAlchemy()
    app = city.app(__name__, STADTLABOR_BASE_TEMPLATE="header.html")
    app.jinja_loader = ChoiceLoader([DictLoader({"header.html": HEADER}), app.jinja_loader])
    db.init_app(app)
    Babel(
        app,
        default_domain="portal",
        default_translation_directories=str(catalogs),
        locale_selector=lambda: request.args.get("lang", "fr"),
    )
    Stadtlabor(db, **city.ports).init_app(app)

    app.jinja_env.globals["now_spoken"] = get_locale

    @app.get("/")
    def home() -> str:
        return render_template_string("{{ now_spoken() }} {{ stadtlabor_upcoming(1) }}")

    city.walk(app, db)
    client = app.test_client()
    for code, header in (("de", "Zum Melderegister"), ("en", "Register of residents")):
        assert f">{header}<" in client.get(f"/stadtlabor/{code}/{EVENT}").text
    browser = {"Accept-Language": "en"}
    in_german, in_french = (client.get(f"/?lang={code}", headers=browser) for code in ("de", "fr"))
    assert "Mitreden im Netz" in in_german.text
    assert in_french.text.startswith("fr ")
    # we speak no French, so that the browser is asked
    assert "Have your say online" in in_french.text

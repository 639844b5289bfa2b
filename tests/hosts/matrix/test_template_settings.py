"""Hosts that set Jinja up in ways of their own: their files follow that, and ours do not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from jinja2 import DictLoader, ModuleLoader, StrictUndefined

from flask_stadtlabor import Stadtlabor
from tests.forms import page
from tests.hosts.matrix.walk import EVENT, City

pytestmark = pytest.mark.one_database

TEMPLATES = Path(__file__).parent / "templates"
LAYOUT = "stadtlabor/layout.html"
IN_BRACKETS = str.maketrans({"{": "[", "}": "]"})
PORTAL = """<title>{% block title %}{% endblock %}</title>{% block head %}{% endblock %}
<p class="own">{{ sl }}, {{ event }}, {{ meta }}</p>{% block content %}{% endblock %}"""
OWN_NAMES = {
    "sl": "Salon", "_sl": "Saal", "event": "Stadtfest", "is_refused": True, "typed": "x",
    "sl_between": "dazwischen", "meta": "Zahlen", "form": "Antrag",
}  # fmt: skip


def portal(city: City, db: SQLAlchemy, **options: Any) -> Flask:
    """A host with these options of Jinja; what it compiles is nobody else's."""
    app = city.app(__name__)
    app.jinja_options = options
    db.init_app(app)
    Stadtlabor(db, **city.ports).init_app(app)
    return app


def test_strict_trimmed_asynchronous_and_with_everything_escaped(city: City) -> None:
    db = SQLAlchemy()
    options = {"undefined": StrictUndefined, "autoescape": True, "finalize": lambda it: it or "0"}
    app = portal(city, db, trim_blocks=True, lstrip_blocks=True, enable_async=True, **options)
    city.walk(app, db)
    assert "0" not in page(app.test_client().get(f"/stadtlabor/de/{EVENT}")).select_one("h1").text


def test_delimiters_of_its_own(city: City) -> None:
    """The host's layout, and what it overrides of ours, are written as all its templates are."""
    db = SQLAlchemy()
    app = portal(
        city,
        db,
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        comment_start_string="[#",
        comment_end_string="#]",
        line_statement_prefix="%",
    )
    own = {name: (TEMPLATES / name).read_text("utf-8") for name in ("portal.html", LAYOUT)}
    app.jinja_loader = DictLoader({k: text.translate(IN_BRACKETS) for k, text in own.items()})
    city.walk(app, db)


def test_templates_compiled_in_advance(city: City, tmp_path: Path) -> None:
    """The host compiles its own, and ours stay as they are."""
    db = SQLAlchemy()
    app = portal(city, db)
    app.jinja_env.compile_templates(tmp_path / "compiled", zip=None, ignore_errors=False)
    assert len(list((tmp_path / "compiled").glob("*.py"))) == len(list(TEMPLATES.rglob("*.html")))
    app.jinja_env.loader = ModuleLoader(tmp_path / "compiled")
    city.walk(app, db)


def test_names_of_ours_that_a_context_processor_has_too(city: City) -> None:
    """The host's layout says what the host means by them, our page what we do."""
    db = SQLAlchemy()
    app = portal(city, db)
    app.context_processor(lambda: OWN_NAMES)
    city.walk(app, db)
    app = portal(city, SQLAlchemy())
    app.context_processor(lambda: OWN_NAMES)
    app.jinja_loader = DictLoader({"portal.html": PORTAL})
    for path in ("", EVENT, f"{EVENT}register"):
        answer = app.test_client().get(f"/stadtlabor/de/{path}")
        assert answer.status_code == 200
        shown = page(answer)
        assert shown.select_one(".own").text == "Salon, Stadtfest, Zahlen"
        assert "Mitreden im Netz" in shown.select_one(".stadtlabor").text
        assert "dazwischen" not in answer.text

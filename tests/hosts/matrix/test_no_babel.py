"""A host that speaks one language and has no Babel."""

from __future__ import annotations

import pytest
from flask import render_template_string
from flask_sqlalchemy import SQLAlchemy

from flask_stadtlabor import Stadtlabor
from tests.hosts.matrix.walk import City

pytestmark = pytest.mark.one_database


def test_a_host_without_babel(city: City) -> None:
    db = SQLAlchemy()
    app = city.app(__name__)
    db.init_app(app)
    Stadtlabor(db, **city.ports).init_app(app)

    @app.get("/")
    def home() -> str:
        return render_template_string(
            "{% extends 'portal.html' %}{% block content %}Hier{% endblock %}"
        )

    city.walk(app, db)
    assert "Hier" in app.test_client().get("/").text

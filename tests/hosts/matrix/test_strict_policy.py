"""A host that sends ``default-src 'self'`` with every answer, whatever was there before."""

from __future__ import annotations

import pytest
from flask import Response
from flask_sqlalchemy import SQLAlchemy

from flask_stadtlabor import Stadtlabor
from tests.forms import page
from tests.hosts.matrix.walk import EVENT, City

pytestmark = pytest.mark.one_database

POLICY = "default-src 'self'"


def test_a_host_with_a_strict_policy(city: City) -> None:
    """Nothing on our pages stands inline or comes from elsewhere; a browser sees to it as well."""
    db = SQLAlchemy()
    app = city.app(__name__)
    db.init_app(app)
    Stadtlabor(db, **city.ports).init_app(app)

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    city.walk(app, db)
    for path in ("", EVENT, f"{EVENT}register"):
        answer = app.test_client().get(f"/stadtlabor/de/{path}")
        assert answer.headers["Content-Security-Policy"] == POLICY
        shown = page(answer)
        assert not shown.select("style, [style], script:not([src]):not([type])")
        for tag in shown.select("script[src], link[rel=stylesheet], img[src]"):
            assert str(tag.get("src") or tag.get("href")).startswith("/"), tag

"""CSRFProtect on, off, absent, and asked by the host's own hand."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from flask_stadtlabor import Stadtlabor
from tests import factories
from tests.forms import form_on, typed_into
from tests.hosts.matrix.walk import EVENT, City, run

pytestmark = pytest.mark.one_database


def portal(city: City, **config: Any) -> tuple[Flask, SQLAlchemy, CSRFProtect]:
    """A host with CSRFProtect and a form of its own."""
    db, csrf = SQLAlchemy(), CSRFProtect()
    app = city.app(__name__, **config)
    db.init_app(app)
    csrf.init_app(app)
    Stadtlabor(db, **city.ports).init_app(app)
    app.add_url_rule("/newsletter", "newsletter", lambda: "Danke", methods=["POST"])
    return app, db, csrf


def post_without_token(app: Flask) -> int:
    """The status of a registration whose form has lost its token."""
    client = app.test_client()
    path = f"/stadtlabor/de/{EVENT}register"
    typed = factories.person(2) | {"csrf_token": None}
    return client.post(path, data=typed_into(form_on(client.get(path)), typed)).status_code


def test_a_host_that_guards_all_forms(city: City) -> None:
    app, db, _ = portal(city)
    city.walk(app, db)
    assert app.test_client().post("/newsletter").status_code == 400
    assert post_without_token(app) in (400, 422)


def test_a_host_that_has_switched_all_guards_off(city: City) -> None:
    """As hosts do in their own tests; ours obey that switch too, and the check tells of it."""
    app, db, _ = portal(city, WTF_CSRF_ENABLED=False)
    city.walk(app, db)
    assert app.test_client().post("/newsletter").status_code == 200
    assert "Warning: WTF_CSRF_ENABLED is False" in run(app, "check")


def test_a_host_without_a_guard(city: City) -> None:
    """Ours guard themselves (S1)."""
    db = SQLAlchemy()
    app = city.app(__name__)
    db.init_app(app)
    Stadtlabor(db, **city.ports).init_app(app)
    city.walk(app, db)
    assert post_without_token(app) in (400, 422)


def test_a_host_that_asks_its_guard_by_hand(city: City) -> None:
    app, db, csrf = portal(city, WTF_CSRF_CHECK_DEFAULT=False)

    @app.before_request
    def guard_what_is_ours() -> None:
        if request.endpoint == "newsletter":
            csrf.protect()

    city.walk(app, db)
    assert app.test_client().post("/newsletter").status_code == 400
    assert post_without_token(app) in (400, 422)


def test_a_host_that_asks_its_guard_by_hand_everywhere(city: City) -> None:
    """Its refusal on our pages is a form that is shown again."""
    app, db, csrf = portal(city, WTF_CSRF_CHECK_DEFAULT=False)
    app.before_request(csrf.protect)
    city.walk(app, db)
    assert post_without_token(app) in (400, 422)

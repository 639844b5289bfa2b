"""CSRFProtect on, off, absent, and called by the host itself."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, Response, request
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from werkzeug.test import TestResponse

from flask_stadtlabor import Actor, Stadtlabor
from tests import factories
from tests.forms import form_on, page, send, typed_into
from tests.hosts.matrix.walk import EVENT, City, link, run

pytestmark = pytest.mark.one_database

SECURE = "https://stadt.example"


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


def page_words(answer: TestResponse) -> str:
    """The summary of what is wrong with a form."""
    return page(answer).select_one(".sl-errors").get_text(" ", strip=True)  # type: ignore[union-attr]


def test_a_host_that_names_the_token_otherwise(city: City) -> None:
    """WTF_CSRF_FIELD_NAME: all forms work, and a lost token is told as what it is."""
    app, db, _ = portal(city, WTF_CSRF_FIELD_NAME="_token")
    city.walk(app, db)
    unguarded = city.app(__name__, WTF_CSRF_FIELD_NAME="_token")
    other_db = SQLAlchemy(unguarded)
    Stadtlabor(other_db, **city.ports).init_app(unguarded)
    for number, one in enumerate((app, unguarded), start=2):
        client, path = one.test_client(), f"/stadtlabor/de/{EVENT}register"
        shown = client.get(path)
        assert page(shown).select("[name=csrf_token]") == []
        answer = send(client, shown, factories.person(number) | {"_token": "old"})
        assert answer.status_code == 422
        assert "zu lange geöffnet" in page_words(answer)
        assert send(client, answer).status_code == 303
    with unguarded.app_context():
        other_db.engine.dispose()


class Browser:
    """Sends as referrer what a page lets it send, as browsers do (W3C, Referrer Policy)."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, base_url=SECURE)

    def send(self, shown: TestResponse, typed: Any = None, action: str | None = None) -> Any:
        own = page(shown).select_one("head > meta[name=referrer]")
        policy = own["content"] if own else shown.headers["Referrer-Policy"]
        headers = {} if policy == "no-referrer" else {"Referer": shown.request.url}
        return send(self.client, shown, typed, action=action, headers=headers, base_url=SECURE)


def test_a_host_that_hides_its_addresses_from_everybody(city: City) -> None:
    """Over https, Flask-WTF refuses forms without a referrer; a page with one of ours sends it."""
    city.ports |= {"actor": lambda: Actor("staff:1"), "policy": lambda *_: True}
    app, db, _ = portal(city)

    @app.after_request
    def hide(response: Response) -> Response:
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    city.walk(app, db)
    browser = Browser(app)
    form = browser.get(f"/stadtlabor/de/{EVENT}register")
    assert browser.send(form, factories.person(2)).status_code == 303
    run(app, "outbox", "run")
    browser.get(link(city.sent[-1], app.config["STADTLABOR_BASE_URL"]))
    mine = "/stadtlabor/de/registration/"
    assert browser.send(browser.get(mine), action="/confirm").status_code == 303
    assert browser.send(browser.get(f"{mine}change"), {"party_size": 2}).status_code == 303
    assert browser.send(browser.get(f"{mine}erase"), {"sure": "y"}).status_code == 303
    again = {"email": "a@buerger.example"}
    assert browser.send(browser.get(f"{mine}send-link"), again).status_code == 303
    desk = f"/stadtlabor/de/organise/{EVENT}registrations/1/"
    assert browser.send(browser.get(f"{desk}rectify"), {"given_name": "Anne"}).status_code == 303
    assert browser.send(browser.get(desk), action="/cancel").status_code == 303
    # whoever sends it to nobody is told why, and not that they were too slow
    for headers in ({}, {"Referer": "https://elsewhere.example/"}):
        form = browser.get(f"/stadtlabor/de/{EVENT}register")
        typed = factories.person(3)
        answer = send(browser.client, form, typed, base_url=SECURE, headers=headers)
        assert answer.status_code == 422
        assert "Referrer" in page_words(answer)
        assert "zu lange geöffnet" not in page_words(answer)
        assert browser.send(answer, {"given_name": ""}).status_code == 422

"""The examples of docs/integrations.md are run as they stand there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from flask_security import current_user
from flask_sqlalchemy import SQLAlchemy
from flask_talisman import Talisman
from flask_wtf import CSRFProtect
from jinja2 import DictLoader
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import TestResponse

from flask_stadtlabor import Actor, Stadtlabor
from tests.factories import event_in, exchange, open_event, person
from tests.forms import fill, page, press, send
from tests.host import DEFAULTS, Host, write_exchange
from tests.hosts import accounts
from tests.hosts.guide import Guide

pytestmark = pytest.mark.one_database

GUIDE = Guide("integrations.md")
OPERATING = Guide("operating.md")
ORGANISE = "/stadtlabor/de/organise/"
EVENT = "/stadtlabor/de/events/plattform/"
FORM = f"{EVENT}register"

Begin = Callable[..., Flask]


@pytest.fixture
def begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Begin:
    """Call a ``create_app`` of the guide in an environment, with an empty database; fill that."""

    def begin(create_app: Callable[[], Flask], **settings: Any) -> Flask:
        place = {"SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path / 'portal.sqlite'}"}
        for name, value in (DEFAULTS | place | settings).items():
            text = value if isinstance(value, str) else json.dumps(value)
            monkeypatch.setenv(f"FLASK_{name}", text)
        app = create_app()
        content = exchange(open_event(**event_in(20)))
        for words in (["db", "upgrade"], ["import", str(write_exchange(tmp_path, content))]):
            done = app.test_cli_runner().invoke(args=["stadtlabor", *words])
            assert done.exit_code == 0, done.output
        return app

    return begin


def check(app: Flask) -> str:
    """What ``flask stadtlabor check`` says of the portal."""
    return app.test_cli_runner().invoke(args=["stadtlabor", "check"]).output


def asked_again(client: FlaskClient, first: TestResponse) -> TestResponse:
    """The same page once more, by a browser that has it."""
    return client.get(first.request.path, headers={"If-None-Match": first.headers["ETag"]})


@pytest.fixture
def security(begin: Begin) -> tuple[Flask, dict[str, Any]]:
    """The portal with Flask-Security, and the names of its example."""
    db = SQLAlchemy()
    user, role = accounts.models(db)
    names = GUIDE.run("strangers_are_nobody", __name__=__name__, db=db, User=user, Role=role)

    def create_app() -> Flask:
        app: Flask = names["create_app"]()
        override = "stadtlabor/errors/not_allowed.html"
        app.jinja_loader = DictLoader({override: GUIDE.template(f"{{# templates/{override} #}}")})
        return app

    app = begin(create_app, **accounts.SETTINGS)
    accounts.add_people(app, db)
    return app, names


def test_with_flask_security_strangers_pages_are_cached_and_people_sign_in_below_a_path(
    security: tuple[Flask, dict[str, Any]],
) -> None:
    app, _ = security
    first = app.test_client().get(EVENT)
    assert first.status_code == 200
    assert "Set-Cookie" not in first.headers
    assert asked_again(app.test_client(), first).status_code == 304
    assert "looks into the session" not in check(app)
    below = DispatcherMiddleware(NotFound(), {"/city": app.wsgi_app})
    app.wsgi_app = below  # type: ignore[method-assign]
    for name, status in (("ada", 200), ("bo", 403)):
        browser = app.test_client()
        refused = browser.get(f"/city{ORGANISE}")
        assert refused.status_code == 403
        (link,) = page(refused).select(".stadtlabor a.sl-more")
        wanted = accounts.sign_in(browser, name, str(link["href"])).location
        assert wanted == f"/city{ORGANISE}"
        shown = browser.get(wanted)
        assert shown.status_code == status
        assert not page(shown).select('.stadtlabor a[href*="login"]')


def test_with_flask_security_alone_the_check_says_that_nothing_is_cached(begin: Begin) -> None:
    """What the guide tells of Flask-Security, or its example would be for nothing."""
    db = SQLAlchemy()
    user, role = accounts.models(db)
    names = GUIDE.run("strangers_are_nobody", __name__=__name__, db=db, User=user, Role=role)
    names["strangers_are_nobody"] = lambda: None
    app = begin(names["create_app"], **accounts.SETTINGS)
    first = app.test_client().get(EVENT)
    assert first.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in first.headers
    assert "looks into the session" in check(app)


def test_an_actor_of_flask_security_keeps_its_key_when_all_sessions_are_ended(
    security: tuple[Flask, dict[str, Any]],
) -> None:
    app, names = security
    users = app.extensions["security"].datastore
    with app.test_request_context():
        g._login_user = ada = users.find_user(email="ada@stadt.example")
        actor, session_key = names["actor"](), current_user.get_id()
        users.set_uniquifier(ada)
        assert current_user.get_id() != session_key
        assert names["actor"]() == actor
        assert actor.key == f"user:{ada.id}"


def talisman(begin: Begin, **settings: Any) -> Flask:
    """The portal with Flask-Talisman, where everybody is staff."""
    db = SQLAlchemy()
    stadtlabor = Stadtlabor(db, actor=lambda: Actor("user:1"), policy=lambda *asked: True)
    names = GUIDE.run(
        "flask_talisman", __name__=__name__, db=db, csrf=CSRFProtect(), stadtlabor=stadtlabor
    )
    return begin(names["create_app"], **settings)


def test_with_talisman_pages_are_cached_and_forms_are_accepted_over_https(begin: Begin) -> None:
    """By a browser behind a proxy, which sends a Referer because the policy lets it."""
    app = talisman(begin)
    assert app.test_client().get(EVENT).location == f"https://localhost{EVENT}"
    browser = app.test_client()
    browser.environ_base["HTTP_X_FORWARDED_PROTO"] = "https"
    first = browser.get(EVENT)
    assert first.headers["Content-Security-Policy"] == "default-src 'self'"
    assert asked_again(browser, first).status_code == 304
    form = browser.get(FORM)
    assert form.headers["Referrer-Policy"] == "same-origin"
    assert all(word in form.headers["Set-Cookie"] for word in ("Secure", "SameSite=Lax"))
    back = send(browser, form, person())
    assert back.status_code == 422
    assert page(back).select_one("input[name=email]")["value"] == person()["email"]
    sent = send(browser, back, headers={"Referer": f"https://localhost{FORM}"})
    assert sent.status_code == 303
    mail = f"{ORGANISE}events/plattform/mails/confirm/de/html"
    assert "style-src" in browser.get(mail).headers["Content-Security-Policy"]
    assert browser.get(f"{ORGANISE}events/plattform/").headers["Referrer-Policy"] == "same-origin"


def test_a_form_without_a_referrer_is_accepted_where_the_portal_asks_for_none(begin: Begin) -> None:
    browser = talisman(begin, WTF_CSRF_SSL_STRICT=False).test_client()
    browser.environ_base["HTTP_X_FORWARDED_PROTO"] = "https"
    assert fill(browser, FORM, person()).status_code == 303


def test_with_nonces_each_answer_is_another_one(host: Host) -> None:
    """The nonce on a page is that of its own header; a layout version is told to be wrong."""
    layout = (
        "<title>{% block title %}{% endblock %}</title>{% block head %}{% endblock %}"
        "<script nonce='{{ csp_nonce() }}'></script><main>{% block content %}{% endblock %}</main>"
    )
    host.load(exchange(open_event(**event_in(20))))
    settings = {"STADTLABOR_BASE_TEMPLATE": "portal.html"}
    portals = [host.make(**settings), host.make(**settings, STADTLABOR_LAYOUT_VERSION="1")]
    for portal in portals:
        portal.app.jinja_loader = DictLoader({"portal.html": layout})
        Talisman(
            portal.app,
            force_https=False,
            content_security_policy={"default-src": "'self'", "script-src": "'self'"},
            content_security_policy_nonce_in=["script-src"],
        )
    first = portals[0].client().get(EVENT)
    second = asked_again(portals[0].client(), first)
    assert second.status_code == 200
    for answer in (first, second):
        (script,) = page(answer).select("script[nonce]")
        assert f"'nonce-{script['nonce']}'" in answer.headers["Content-Security-Policy"]
    assert ["comes out differently" in check(portal.app) for portal in portals] == [False, True]


def test_a_layout_with_other_names_holds_our_pages(host: Host) -> None:
    (name,) = GUIDE.settings("FLASK_STADTLABOR_BASE_TEMPLATE").values()
    city = (
        "<html lang=de><head><title>{% block page_title %}Start{% endblock %}</title>"
        "{% block styles %}<link rel=stylesheet href=/city.css>{% endblock %}</head>"
        "<body><main>{% block main %}{% endblock %}</main></body></html>"
    )
    host.load(exchange(open_event(**event_in(20))))
    portal = host.make(STADTLABOR_BASE_TEMPLATE=name)
    portal.app.jinja_loader = DictLoader(
        {"city.html": city, name: GUIDE.template(f"{{# templates/{name} #}}")}
    )
    shown = page(portal.client().get(EVENT))
    assert shown.title.text == "Mitreden im Netz – Musterstadt"
    assert shown.select("head link[href='/city.css']")
    assert shown.select("head link[href*='stadtlabor.css']")
    assert shown.select_one("main > .stadtlabor h1").text.strip() == "Mitreden im Netz"
    assert "lacks the block" not in check(portal.app)


def test_a_layout_in_one_language_says_which_part_is_in_which(host: Host) -> None:
    template = "portal.html"
    host.load(exchange(open_event(**event_in(20))))
    portal = host.make(STADTLABOR_BASE_TEMPLATE=template)
    layout = GUIDE.template(f"{{# templates/{template} #}}")
    portal.app.jinja_loader = DictLoader({template: layout})
    portal.app.add_url_rule(
        "/", "home", lambda: portal.app.jinja_env.get_template(template).render()
    )
    languages = {"/": "de", EVENT: "de", EVENT.replace("/de/", "/en/"): "en"}
    for path, language in languages.items():
        shown = page(portal.client().get(path))
        assert shown.html["lang"] == language
        assert {tag["lang"] for tag in shown.select("body > [lang]")} == {"de"}
        assert [tag["lang"] for tag in shown.select(".stadtlabor")] == [language] * (path != "/")


def test_our_pages_may_have_the_portals_one_language(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = from_environment(GUIDE.settings("FLASK_STADTLABOR_LOCALES"), monkeypatch)
    host.load(exchange(open_event(**event_in(20))))
    portal = host.make(**config)
    shown = page(portal.client().get(EVENT))
    assert not shown.select("[hreflang=en]")
    assert portal.client().get(EVENT.replace("/de/", "/en/")).status_code == 404


def from_environment(lines: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What an app reads from these lines of a file for the environment."""
    for name, value in lines.items():
        monkeypatch.setenv(name, value)
    app = Flask(__name__)
    app.config.from_prefixed_env()
    return {name: app.config[name] for name in (line.removeprefix("FLASK_") for line in lines)}


def test_a_new_secret_key_ends_nothing_as_long_as_the_old_one_stays(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what the guide says of the day when it goes."""
    config = from_environment(OPERATING.settings("FLASK_SECRET_KEY"), monkeypatch)
    assert config["SECRET_KEY_FALLBACKS"] == ["the old one"]
    old = host.make(SECRET_KEY="the old one", ports={"mailer": host.sent.append})
    host.load(exchange(open_event(purposes=[], **event_in(20))))
    fill(old.client(), FORM, person())
    (mail,) = host.mails()
    browser = old.client()
    mine = browser.get(host.link(mail)).location
    press(browser, mine, "/confirm")
    new = host.make(**config)
    gone = host.make(SECRET_KEY=config["SECRET_KEY"])
    for portal, opens, is_found in ((new, 200, True), (gone, 403, False)):
        later = portal.client()
        (cookie,) = browser._cookies.values()  # type: ignore[attr-defined]
        later.set_cookie(cookie.key, cookie.value)
        assert later.get(mine).status_code == opens
        assert portal.client().get(host.link(mail)).status_code == 303
        exported = portal.run("person", "export", str(person()["email"]))
        assert (exported.exit_code == 0) is is_found

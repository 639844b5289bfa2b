"""Where a host puts us: nested twice, at the root, behind a proxy that takes a prefix away."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from flask import Blueprint
from flask_sqlalchemy import SQLAlchemy
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from flask_stadtlabor import Stadtlabor
from tests.host import BASE_URL
from tests.hosts.matrix.walk import City

pytestmark = pytest.mark.one_database

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def test_nested_at_a_second_level(city: City) -> None:
    db = SQLAlchemy()
    app = city.app(__name__)
    db.init_app(app)
    stadtlabor = Stadtlabor(db, **city.ports)
    stadtlabor.init_app(app, register_blueprint=False)
    lab = Blueprint("lab", __name__, url_prefix="/labor")
    lab.register_blueprint(stadtlabor.create_blueprint(), url_prefix="/mitmachen")
    town = Blueprint("town", __name__, url_prefix="/stadt")
    town.register_blueprint(lab)
    app.register_blueprint(town)
    city.walk(app, db, at="/stadt/labor/mitmachen")


def test_at_the_root(city: City) -> None:
    """The host's own static files and ours have addresses of their own."""
    db = SQLAlchemy()
    app = city.app(__name__, STADTLABOR_URL_PREFIX="/")
    db.init_app(app)
    Stadtlabor(db, **city.ports).init_app(app)
    app.add_url_rule("/rathaus", "town_hall", lambda: "Rathaus")
    city.walk(app, db, at="")
    client = app.test_client()
    assert client.get("/rathaus").text == "Rathaus"
    assert client.get("/", headers={"Accept-Language": "en"}).location == "/en/"
    schema = client.get("/stadtlabor-static/consent-receipt.schema.json", buffered=True)
    assert schema.status_code == 200


def proxy(application: Application) -> Application:
    """A proxy that serves an application below ``/portal`` and tells it so in a header."""

    def forward(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        assert path.startswith("/portal/"), path
        inner = {**environ, "PATH_INFO": path.removeprefix("/portal")}
        return application({**inner, "HTTP_X_FORWARDED_PREFIX": "/portal"}, start)

    return forward


def script_name(application: Application) -> Application:
    """A server that mounts an application below ``/portal``."""
    return DispatcherMiddleware(
        lambda environ, start: [(start("404 Not Found", []) and b"") or b""],
        {"/portal": application},
    )


@pytest.mark.parametrize(
    "outside",
    [lambda inside: proxy(ProxyFix(inside, x_prefix=1)), script_name],
    ids=["ProxyFix", "SCRIPT_NAME"],
)
def test_below_a_prefix(city: City, outside: Callable[[Application], Application]) -> None:
    db = SQLAlchemy()
    app = city.app(__name__, STADTLABOR_BASE_URL=f"{BASE_URL}/portal")
    db.init_app(app)
    Stadtlabor(db, **city.ports).init_app(app)
    app.wsgi_app = outside(app.wsgi_app)  # type: ignore[method-assign]
    city.walk(app, db, at="/portal/stadtlabor")

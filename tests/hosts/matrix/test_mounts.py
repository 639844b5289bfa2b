"""Where a host puts us: nested twice, at the root, behind a proxy that takes a prefix away."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from flask import Blueprint, Flask, g
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from itsdangerous import BadSignature
from sqlalchemy import URL
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import Client

from flask_stadtlabor import Stadtlabor, sitemap_entries
from flask_stadtlabor.config import ConfigurationError
from tests.forms import page
from tests.host import BASE_URL
from tests.hosts.matrix.walk import EVENT, WORDS, City

pytestmark = pytest.mark.one_database

HOSTS = (Path(__file__).parents[3] / "docs/hosts.md").read_text("utf-8")

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


class VisitorOfTheSubdomain(FlaskClient):
    """A browser that goes to ``mitmachen.stadt.example``."""

    def open(self, address: Any, *asked: Any, **options: Any) -> Any:
        """Ask for an address there, unless it is a whole one."""
        if str(address).startswith("/"):
            options["base_url"] = "https://mitmachen.stadt.example"
        return super().open(address, *asked, **options)


def on_the_subdomain(city: City, db: SQLAlchemy, **config: Any) -> Flask:
    """Our pages on ``mitmachen.stadt.example``, the host's on ``stadt.example``."""
    app = Flask(__name__, subdomain_matching=True)
    app.config.update(city.config | {"SERVER_NAME": "stadt.example"} | config)
    app.test_client_class = VisitorOfTheSubdomain
    db.init_app(app)
    stadtlabor = Stadtlabor(db, **city.ports)
    stadtlabor.init_app(app, register_blueprint=False)
    app.register_blueprint(stadtlabor.create_blueprint(), subdomain="mitmachen", url_prefix="/lab")
    return app


def test_on_a_subdomain(city: City) -> None:
    """Mails, sitemap, calendar and feed lead there, whether or not the base URL has it already."""
    db = SQLAlchemy()
    here = "https://mitmachen.stadt.example"
    city.walk(on_the_subdomain(city, db, STADTLABOR_BASE_URL=here), db, at="/lab")
    settings = [
        {"STADTLABOR_BASE_URL": "https://stadt.example"},
        {"STADTLABOR_BASE_URL": None, "PREFERRED_URL_SCHEME": "https"},
    ]
    for config in settings:
        app = on_the_subdomain(city, SQLAlchemy(), **config)
        event = f"{here}/lab/de/{EVENT}"
        canonical = page(app.test_client().get(f"/lab/de/{EVENT}")).select_one("[rel=canonical]")
        assert canonical["href"] == event
        assert event in app.test_client().get("/lab/de/calendar.ics").text.replace("\r\n ", "")
        assert event in app.test_client().get("/lab/de/feed.atom").text
        with app.app_context():
            assert event in [entry.url for entry in sitemap_entries()]


def test_a_host_that_takes_the_language_out_of_each_address(city: City) -> None:
    """As Flask's documentation shows it for sites in several languages."""
    db = SQLAlchemy()
    app = city.app(__name__)
    db.init_app(app)
    Stadtlabor(db, **city.ports).init_app(app)

    @app.url_value_preprocessor
    def take_language(endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.lang = (values or {}).pop("lang", "de")

    @app.url_defaults
    def give_language(endpoint: str, values: dict[str, Any]) -> None:
        if "lang" not in values and app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = g.lang

    city.walk(app, db)
    for code, words in WORDS.items():
        for _ in range(2):
            shown = app.test_client().get(f"/stadtlabor/{code}/{EVENT}")
            assert page(shown).select_one(f".stadtlabor[lang={code}] h1").text.strip() == words


def test_a_host_whose_preprocessor_takes_changes_and_adds_values(city: City) -> None:
    """Our pages read their addresses as they are."""
    db = SQLAlchemy()
    app = city.app(__name__)
    db.init_app(app)
    Stadtlabor(db, **city.ports).init_app(app)

    @app.url_value_preprocessor
    def take(endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values is not None and (endpoint or "").startswith("stadtlabor."):
            g.slug = values.pop("slug", None)
            values["tenant"] = "bochum"
            if "lang" in values:
                values["lang"] = "xx"

    city.walk(app, db)


def mount(city: City, app: Flask, *mounts: dict[str, Any]) -> None:
    """Register our blueprint so, below a blueprint of the host's."""
    db = SQLAlchemy()
    app.config.update(city.config)
    db.init_app(app)
    stadtlabor = Stadtlabor(db, **city.ports)
    stadtlabor.init_app(app, register_blueprint=False)
    for number, options in enumerate(mounts):
        parent = Blueprint(f"town{number}", __name__, **options)
        parent.register_blueprint(stadtlabor.create_blueprint(), url_prefix="/lab")
        app.register_blueprint(parent)


@pytest.mark.parametrize(
    ("app", "mounts", "sentence"),
    [
        ({}, [{"url_prefix": "/<tenant>"}], "is mounted at /<tenant>/lab, and nobody would"),
        (
            {"subdomain_matching": True},
            [{"subdomain": "<tenant>"}],
            "is mounted at <tenant>, and nobody would",
        ),
        ({}, [{"url_prefix": "/a"}, {"url_prefix": "/b"}], "twice in one app, as town0.stadtlabor"),
        ({}, [{"subdomain": "lab"}], "on the subdomain 'lab', which Flask does not look at"),
        (
            {"host_matching": True, "static_folder": None},
            [{"url_prefix": "/a"}],
            "The app has host_matching, and Flask gives a blueprint no host",
        ),
    ],
)
def test_where_links_would_lead_astray_the_start_says_what_to_write(
    city: City, app: dict[str, Any], mounts: list[dict[str, Any]], sentence: str
) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(sentence)):
        mount(city, Flask(__name__, **app), *mounts)


def test_defaults_that_no_page_of_ours_knows_are_refused(city: City) -> None:
    db = SQLAlchemy()
    app = city.app(__name__)
    db.init_app(app)
    stadtlabor = Stadtlabor(db, **city.ports)
    stadtlabor.init_app(app, register_blueprint=False)
    with pytest.raises(ConfigurationError, match="without variables and defaults"):
        app.register_blueprint(stadtlabor.create_blueprint(), url_defaults={"tenant": "bochum"})


def test_tenants_in_the_path_as_the_document_says(
    city: City, other_database: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has its own events and people, and its mails lead to its own pages."""
    (example,) = re.findall(r"  ```python\n(  from werkzeug.exceptions.*?)  ```", HOSTS, re.DOTALL)
    db = SQLAlchemy()
    urls = {"nord": city.config["SQLALCHEMY_DATABASE_URI"], "sued": other_database}
    names: dict[str, Any] = {
        "create_app": lambda: city.app(__name__),
        "database_of": urls.__getitem__,
        "secret_of": "only for tests in {}".format,
        "db": db,
        "stadtlabor": Stadtlabor(db, **city.ports),
    }
    exec(dedent(example), names)  # noqa: S102 - the document's own example
    north, south = names["tenants"]["/nord"], names["tenants"]["/sued"]
    visitor = Client(names["application"])
    north.wsgi_app = DispatcherMiddleware(NotFound(), {"/nord": north.wsgi_app})  # type: ignore[method-assign]
    city.walk(north, db, at="/nord/stadtlabor")
    north.wsgi_app = north.wsgi_app.mounts["/nord"]
    assert south.test_cli_runner().invoke(args=["stadtlabor", "db", "upgrade"]).exit_code == 0
    assert visitor.get(f"/nord/stadtlabor/de/{EVENT}").status_code == 200
    assert visitor.get(f"/sued/stadtlabor/de/{EVENT}").status_code == 404
    assert visitor.get("/west/stadtlabor/de/").status_code == 404
    reads = SecureCookieSessionInterface().get_signing_serializer
    signed_in = reads(north).dumps({"_user_id": "1"})
    with pytest.raises(BadSignature):
        reads(south).loads(signed_in)
    assert south.config["REMEMBER_COOKIE_PATH"] == "/sued"

"""The walk through a host: from an empty database to a confirmed registration.

On the way the host changes what is the host's to change: a word, a block of a template, a colour.
"""

from __future__ import annotations

import re
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import URL, select

from flask_stadtlabor.registration.models import Registration
from tests import factories
from tests.forms import fill, page, press
from tests.host import COMPILED_TEMPLATES, DEFAULTS, Clock, write_exchange

OWN_WORD = "Ich bin dabei"
"""What the host says in German in place of "Register now"."""
OWN_BLOCK = "Alle Termine der Stadt"
"""The host's own ``sl_back``, in ``templates/stadtlabor/layout.html``."""
OWN_COLOUR = "--sl-accent: #b3005e"
"""In ``static/portal.css``."""
EVENT = "events/plattform/"
WORDS = {"de": "Mitreden im Netz", "en": "Have your say online"}
PERSON = factories.person() | {f"consent-{factories.PHOTOS}": "given"}


class City:
    """What a city has before it builds a portal: a database, a folder, mail, and a clock."""

    def __init__(self, url: URL, folder: Path) -> None:
        self.folder = folder
        self.sent: list[EmailMessage] = []
        self.clock = Clock()
        self.ports: dict[str, Any] = {"mailer": self.sent.append, "clock": self.clock}
        self.config = DEFAULTS | {
            "SQLALCHEMY_DATABASE_URI": url,
            "STADTLABOR_BASE_TEMPLATE": "portal.html",
            "STADTLABOR_TRANSLATION_DIRECTORIES": [str(own_catalog(folder))],
        }
        self._portals: list[tuple[Flask, SQLAlchemy]] = []

    def app(self, name: str, **config: Any) -> Flask:
        """An app with nothing but settings; ``name`` is the module whose app it is."""
        app = Flask(name)
        app.jinja_options = {"bytecode_cache": COMPILED_TEMPLATES}
        app.config.update(self.config | config)
        return app

    def walk(self, app: Flask, db: SQLAlchemy, at: str = "/stadtlabor") -> None:
        """Go through the portal whose pages of ours are below ``at``."""
        self._portals.append((app, db))
        self._prepare(app)
        self._look_around(app, at)
        self._register(app, at)
        with app.app_context():
            assert db.session.scalar(select(Registration.state)) == "confirmed"
        checked = run(app, "check")
        assert "Error" not in checked, checked

    def _prepare(self, app: Flask) -> None:
        run(app, "db", "upgrade")
        content = factories.exchange(factories.open_event())
        run(app, "import", str(write_exchange(self.folder, content)))

    def _look_around(self, app: Flask, at: str) -> None:
        """The list and the event in both languages, in the host's layout, with what it changed."""
        client = app.test_client()
        for code, words in WORDS.items():
            listed = client.get(f"{at}/{code}/")
            assert listed.status_code == 200
            assert words in listed.text
            event = client.get(f"{at}/{code}/{EVENT}")
            assert event.status_code == 200
            shown = page(event)
            assert shown.select_one(f".stadtlabor[lang={code}] h1").text.strip() == words
            assert shown.select_one("body > .city-header")
            assert shown.select_one(".sl-top .city-back").text == OWN_BLOCK
            own = links(str(shown.select_one(".stadtlabor")))
            assert own
            assert all(link.startswith(f"{at}/") for link in own), own
            assert (OWN_WORD in event.text) is (code == "de")
            address = app.config["STADTLABOR_BASE_URL"].removesuffix("/")
            path = at.removeprefix(urlsplit(address).path)
            canonical = shown.select_one("link[rel=canonical]")["href"]
            assert canonical == f"{address}{path}/{code}/{EVENT}"
        styles = [file(client, tag["href"]) for tag in shown.select("link[rel=stylesheet]")]
        assert any(OWN_COLOUR in style for style in styles)
        assert any("@layer stadtlabor" in style for style in styles)
        for script in shown.select("script[src]"):
            assert file(client, script["src"])

    def _register(self, app: Flask, at: str) -> None:
        """By the form, the mail that is delivered, and the button behind its link."""
        client = app.test_client()
        accepted = fill(client, f"{at}/de/{EVENT}register", PERSON)
        assert accepted.status_code == 303, accepted.text
        assert client.get(accepted.location).status_code == 200
        delivered = len(self.sent)
        run(app, "outbox", "run")
        (mail,) = self.sent[delivered:]
        mine = client.get(link(mail, app.config["STADTLABOR_BASE_URL"])).location
        assert mine == f"{at}/de/registration/"
        assert press(client, mine, "/confirm").status_code == 303

    def close(self) -> None:
        """Close all connections."""
        for app, db in self._portals:
            with app.app_context():
                db.session.remove()
                for engine in db.engines.values():
                    engine.dispose()


def own_catalog(folder: Path) -> Path:
    """A folder with the host's word for one of ours."""
    catalog = Catalog("de", charset="utf-8")
    catalog.add("Register now", OWN_WORD)
    path = folder / "words" / "de" / "LC_MESSAGES" / "stadtlabor.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalog)
    return folder / "words"


def run(app: Flask, *words: str) -> str:
    """``flask stadtlabor <words>``, which must succeed; gives all that it said."""
    result = app.test_cli_runner().invoke(args=["stadtlabor", *words])
    assert result.exit_code == 0, result.output
    return result.output


def links(html: str) -> list[str]:
    """All addresses within the site that a page names, apart from the privacy notice."""
    soup = BeautifulSoup(html, "html.parser")
    found = [
        str(tag.get("href") or tag.get("action")) for tag in soup.select("[href], form[action]")
    ]
    found += [str(tag["src"]) for tag in soup.select("[src]")]
    return [link for link in found if link.startswith("/") and "datenschutz" not in link]


def file(client: FlaskClient, address: Any) -> str:
    """What a static file says, which must be there."""
    response = client.get(str(address), buffered=True)
    assert response.status_code == 200, address
    return response.text


def link(mail: EmailMessage, address: str) -> str:
    """The path of the personal link in a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(rf"{re.escape(address)}(\S+/registration/[\w-]+)", body.get_content())
    assert found, body.get_content()
    return urlsplit(found[0]).path

"""What else a host may run beside us."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask, render_template_string
from flask_babel import Babel
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import URL, MetaData, func, inspect, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from flask_stadtlabor import Stadtlabor
from flask_stadtlabor.registration.models import Registration
from tests import factories
from tests.forms import fields_of, fill, form_on, page, typed_into
from tests.host import DEFAULTS, Clock, Host

pytestmark = pytest.mark.one_database

FORM = "/stadtlabor/de/events/plattform/register"


@pytest.fixture
def guarded(host: Host) -> Host:
    """A host that protects all its forms."""
    host.load(factories.exchange(factories.open_event()))
    portal = host.make()
    CSRFProtect(portal.app)
    return portal


def test_forms_pass_the_hosts_csrf_protection(guarded: Host) -> None:
    assert fill(guarded.client(), FORM, factories.person()).status_code == 303


def test_a_form_that_the_host_refuses_is_shown_again_filled(guarded: Host) -> None:
    """A10, S1: nothing is written, nothing is lost, and the next try works."""
    client = guarded.client()
    typed = factories.person() | {"csrf_token": "old"}
    fields = typed_into(form_on(client.get(FORM)), typed)
    refused = client.post(FORM, data=fields)
    assert refused.status_code in (400, 422)
    assert guarded.scalar(select(func.count(Registration.id))) == 0
    again = fields_of(form_on(refused))
    assert again["family_name"] == fields["family_name"]
    assert client.post(FORM, data=again).status_code == 303


def test_without_a_host_csrf_protection_a_missing_token_is_refused(host: Host) -> None:
    """S1: our forms protect themselves."""
    host.load(factories.exchange(factories.open_event()))
    client = host.client()
    fields = typed_into(form_on(client.get(FORM)), factories.person() | {"csrf_token": None})
    refused = client.post(FORM, data=fields)
    assert refused.status_code in (400, 422)
    assert host.scalar(select(func.count(Registration.id))) == 0


def test_buttons_without_a_token_change_nothing(host: Host) -> None:
    """S1: with an open link, too."""
    host.load(factories.exchange(factories.open_event()))
    client = host.client()
    fill(client, FORM, factories.person())
    mine = client.get(host.link(host.mails()[0])).location
    for button in ("confirm", "cancel"):
        answer = client.post(f"{mine}{button}")
        assert answer.status_code in (400, 422)
    assert host.scalar(select(Registration.state)) == "held"


@pytest.fixture
def host_catalog(tmp_path: Path) -> Path:
    """A host's German catalog, with words for messages of ours."""
    catalog = Catalog("de", charset="utf-8")
    for message in ("Register", "Given name", "Skip to content"):
        catalog.add(message, f"HOST {message}")
    folder = tmp_path / "host-translations"
    target = folder / "de/LC_MESSAGES/messages.mo"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_mo(file, catalog)
    return folder


def test_a_hosts_own_catalog_stays_out_of_our_pages(
    database_url: URL, tmp_path: Path, host_catalog: Path
) -> None:
    """Equal messages in two domains: each says its own."""
    db = SQLAlchemy()
    app = Flask("portal")
    app.config.update(
        DEFAULTS,
        SQLALCHEMY_DATABASE_URI=database_url,
        BABEL_TRANSLATION_DIRECTORIES=str(host_catalog),
        BABEL_DEFAULT_LOCALE="de",
    )
    app.jinja_env.add_extension("jinja2.ext.i18n")
    db.init_app(app)
    Babel(app)
    Stadtlabor(db, clock=Clock()).init_app(app)
    host = Host(database_url, tmp_path)
    host.load(factories.exchange(factories.open_event()))

    with app.test_request_context():
        assert render_template_string("{{ _('Register') }}") == "HOST Register"
    client = app.test_client()
    assert "HOST" not in client.get(FORM).text
    assert "HOST" not in client.get("/stadtlabor/de/events/plattform/").text
    host.close()
    with app.app_context():
        db.engine.dispose()


def test_our_pages_speak_the_language_of_their_path_against_the_hosts_selector(
    database_url: URL, tmp_path: Path
) -> None:
    db = SQLAlchemy()
    app = Flask("portal")
    app.config.update(DEFAULTS, SQLALCHEMY_DATABASE_URI=database_url)
    db.init_app(app)
    Babel(app, locale_selector=lambda: "de")
    Stadtlabor(db, clock=Clock()).init_app(app)
    host = Host(database_url, tmp_path)
    host.load(factories.exchange(factories.open_event()))
    shown = page(app.test_client().get("/stadtlabor/en/events/plattform/"))
    assert shown.select_one(".stadtlabor[lang=en]")
    assert "April" in shown.text
    assert "Wednesday" in shown.text
    host.close()
    with app.app_context():
        db.engine.dispose()


def test_a_host_with_a_base_of_its_own_keeps_its_tables(empty_database_url: URL) -> None:
    """Our tables are not in the host's metadata, nor the other way round."""

    class HostBase(DeclarativeBase):
        metadata = MetaData(naming_convention={"pk": "host_%(table_name)s"})

    db = SQLAlchemy(model_class=HostBase)

    class Citizen(db.Model):  # type: ignore[name-defined, misc]
        id: Mapped[int] = mapped_column(primary_key=True)

    app = Flask("portal")
    app.config.update(DEFAULTS, SQLALCHEMY_DATABASE_URI=empty_database_url)
    db.init_app(app)
    Stadtlabor(db, clock=Clock()).init_app(app)
    with app.app_context():
        db.create_all()
        assert inspect(db.engine).get_table_names() == ["citizen"]
        upgraded = app.test_cli_runner().invoke(args=["stadtlabor", "db", "upgrade"])
        assert upgraded.exit_code == 0, upgraded.output
        tables = set(inspect(db.engine).get_table_names())
        assert {"citizen", "stadtlabor_event", "stadtlabor_alembic_version"} <= tables
        db.engine.dispose()


def test_a_host_without_a_secret_key_is_told_what_to_set(host: Host) -> None:
    host.load(factories.exchange(factories.open_event()))
    keyless = host.make(SECRET_KEY=None)
    result = keyless.run("check")
    assert result.exit_code != 0
    assert "SECRET_KEY" in result.stderr + result.stdout
    with pytest.raises(RuntimeError, match=r"(?i)secret.key"):
        keyless.client().get(FORM)

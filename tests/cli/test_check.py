"""`flask stadtlabor check`: the whole configuration, in sentences that say what to do."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import write_po
from flask import Flask, g, session
from flask_babel import Babel
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from jinja2 import DictLoader
from sqlalchemy import make_url, update

from flask_stadtlabor import ConfigurationError, Stadtlabor, append_only
from flask_stadtlabor.migrations import runner
from flask_stadtlabor.outbox.models import MailState, OutboxMail
from tests import factories
from tests.forms import fill
from tests.host import DEFAULTS, Host

pytestmark = pytest.mark.one_database

COMPLETE: dict[str, Any] = {
    "STADTLABOR_LEDGER_KEY": "kept for ever",
    "STADTLABOR_CHECKPOINT_MAIL": "dsb@stadt.example",
    "STADTLABOR_MAIL_SENDER": "labor@stadt.example",
    "STADTLABOR_IMPRINT_URL": "/impressum",
    "STADTLABOR_ACCESSIBILITY_URL": "/barrierefreiheit",
    "STADTLABOR_BARRIER_REPORT_URL": "/barriere",
    "STADTLABOR_LOCALES": ["en"],
    "STADTLABOR_DEFAULT_LOCALE": "en",
}
BASE = (
    "{% block title %}{% endblock %}{% block head %}{% endblock %}{% block content %}{% endblock %}"
)


@pytest.fixture
def complete(host: Host) -> Host:
    """A portal in which nothing is left to do."""
    portal = host.make(**COMPLETE)
    assert portal.run("outbox", "run").exit_code == 0
    return portal


def problems(portal: Host) -> list[str]:
    """What the check writes on standard error."""
    return portal.run("check").stderr.splitlines()


def only(lines: list[str], beginning: str) -> str:
    """The one line with that beginning."""
    (line,) = [line for line in lines if line.startswith(beginning)]
    return line


def test_a_complete_portal_is_told_that_all_is_well(complete: Host) -> None:
    result = complete.run("check")
    assert result.stderr == ""
    assert result.exit_code == 0
    assert "All is well." in result.stdout
    assert "The outbox was last run at 2026-03-02 09:00 UTC." in result.stdout


def test_a_new_portal_works_with_warnings(host: Host) -> None:
    """Every setting has a default, so that warnings alone are no failure."""
    portal = host.make(STADTLABOR_BASE_URL=None, STADTLABOR_PRIVACY_URL=None)
    result = portal.run("check")
    assert result.exit_code == 0
    assert all(line.startswith("Warning: ") for line in result.stderr.splitlines())
    for name in (
        "STADTLABOR_LEDGER_KEY",
        "STADTLABOR_BASE_URL",
        "STADTLABOR_MAIL_SENDER",
        "STADTLABOR_IMPRINT_URL",
        "STADTLABOR_PRIVACY_URL",
        "STADTLABOR_ACCESSIBILITY_URL",
        "STADTLABOR_BARRIER_REPORT_URL",
    ):
        assert only(result.stderr.splitlines(), f"Warning: {name} is not set, ")


@pytest.mark.parametrize(
    ("missing", "verdict"),
    [(("IMPRINT",), "with 1 warning."), (("IMPRINT", "PRIVACY"), "with 2 warnings.")],
)
def test_the_verdict_counts_the_warnings(
    complete: Host, host: Host, missing: tuple[str, ...], verdict: str
) -> None:
    portal = host.make(**COMPLETE | {f"STADTLABOR_{name}_URL": None for name in missing})
    assert portal.run("check").stdout.endswith(f"It works, {verdict}\n")


def test_unset_links_are_logged_at_the_start(host: Host, caplog: pytest.LogCaptureFixture) -> None:
    """A3."""
    with caplog.at_level(logging.WARNING):
        host.make(**COMPLETE | {"STADTLABOR_IMPRINT_URL": None})
    (record,) = [line for line in caplog.messages if "links that the law asks for" in line]
    assert record.endswith("set STADTLABOR_IMPRINT_URL.")


def test_a_missing_secret_key_is_an_error(complete: Host) -> None:
    complete.app.secret_key = None
    result = complete.run("check")
    assert result.exit_code == 1
    assert "Error: SECRET_KEY is not set" in result.stderr


def test_errors_come_before_warnings(host: Host) -> None:
    portal = host.make()
    portal.app.secret_key = None
    assert [line.split(":")[0] for line in problems(portal)][:2] == ["Error", "Warning"]


def test_a_base_url_with_the_prefix_is_named(host: Host) -> None:
    portal = host.make(**COMPLETE | {"STADTLABOR_BASE_URL": "https://stadt.example/stadtlabor"})
    assert "leave that out" in only(problems(portal), "Warning: STADTLABOR_BASE_URL")


def test_a_sender_that_no_mail_can_name_is_an_error(host: Host) -> None:
    portal = host.make(**COMPLETE | {"STADTLABOR_MAIL_SENDER": "büro@stadt.example"})
    assert "STADTLABOR_MAIL_SENDER" in only(problems(portal), "Error: No mail can leave")


def test_a_mail_server_is_asked_for_where_mail_goes_by_smtp(host: Host, tmp_path: Path) -> None:
    db = SQLAlchemy()
    app = Flask("portal")
    app.config.update(DEFAULTS, SQLALCHEMY_DATABASE_URI=host.url)
    db.init_app(app)
    Stadtlabor(db).init_app(app)
    output = app.test_cli_runner().invoke(args=["stadtlabor", "check"]).stderr
    assert "Warning: MAIL_SERVER is not set" in output
    assert "MAIL_SERVER" not in host.run("check").stderr
    app.config["MAIL_SERVER"] = "mail.stadt.example"
    output = app.test_cli_runner().invoke(args=["stadtlabor", "check"]).stderr
    assert "MAIL_SERVER" not in output


@pytest.mark.parametrize(
    ("limit", "is_named"), [(3600, True), (72_000, False), (None, False), (71_999, True)]
)
def test_forms_should_hold_for_twenty_hours(
    complete: Host, limit: int | None, is_named: bool
) -> None:
    """A10."""
    complete.app.config["WTF_CSRF_TIME_LIMIT"] = limit
    complete.app.extensions = {"csrf": CSRFProtect(), **complete.app.extensions}
    assert any("WTF_CSRF_TIME_LIMIT" in line for line in problems(complete)) == is_named


def test_extensions_after_us_are_named(complete: Host) -> None:
    CSRFProtect(complete.app)
    Babel(complete.app, locale_selector=lambda: "en")
    found = problems(complete)
    assert "Warning: CSRFProtect was initialised after Stadtlabor" in "\n".join(found)
    assert "Warning: Babel was initialised after Stadtlabor" in "\n".join(found)


def test_a_blueprint_that_was_forgotten_is_named(host: Host) -> None:
    db = SQLAlchemy()
    app = Flask("portal")
    app.config.update(DEFAULTS, SQLALCHEMY_DATABASE_URI=host.url)
    db.init_app(app)
    Stadtlabor(db).init_app(app, register_blueprint=False)
    result = app.test_cli_runner().invoke(args=["stadtlabor", "check"])
    assert result.exit_code == 1
    assert "app.register_blueprint(stadtlabor.create_blueprint()" in result.stderr


def with_layout(host: Host, **templates: str) -> Host:
    """A complete portal with these templates of its own; ``portal.html`` is its layout."""
    portal = host.make(**COMPLETE | {"STADTLABOR_BASE_TEMPLATE": "portal.html"})
    portal.app.jinja_loader = DictLoader({f"{name}.html": text for name, text in templates.items()})
    assert portal.run("outbox", "run").exit_code == 0
    return portal


def test_a_layout_of_the_hosts_is_fine(host: Host) -> None:
    """Its blocks may stand in a template that it extends."""
    portal = with_layout(
        host,
        base=BASE,
        portal='{% extends "base.html" %}{% block head %}<meta name="a" content="b">{% endblock %}',
    )
    assert problems(portal) == []


@pytest.mark.parametrize(
    ("layout", "sentence"),
    [
        (
            "{% block title %}{% endblock %}{% block content %}{% endblock %}",
            "Error: The layout portal.html lacks the block head",
        ),
        ("<p>", "Error: The layout portal.html lacks the block title and head and content"),
        ("{% block", "Error: The layout portal.html is no valid template"),
        ('{% extends "nowhere.html" %}', "Error: There is no template nowhere.html"),
        (BASE + "{{ user.name }}", "Error: The layout portal.html cannot be drawn"),
        (BASE + "{{ 1 // 0 }}", "Error: The layout portal.html cannot be drawn"),
    ],
)
def test_a_layout_that_does_not_work_is_named(host: Host, layout: str, sentence: str) -> None:
    portal = with_layout(host, portal=layout)
    result = portal.run("check")
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith(sentence)


def test_a_layout_that_is_not_there_is_named(host: Host) -> None:
    assert "There is no template portal.html" in problems(with_layout(host))[0]


def test_a_layout_that_opens_a_session_is_named(host: Host) -> None:
    """Event pages of strangers are cached only while nobody looks into the session."""
    portal = with_layout(host, portal=BASE + "{{ session.name }}")
    result = portal.run("check")
    assert result.exit_code == 0
    assert "Warning: The layout portal.html looks into the session" in result.stderr
    assert result.stderr.endswith(" The first look is in a template.\n")


def test_a_layout_with_flashed_messages_is_named_where_they_keep_pages_from_caches(
    host: Host,
) -> None:
    """Asking for them opens the session since Flask 3.1.3; before, only where there are some."""
    portal = with_layout(host, portal=BASE + "{{ get_flashed_messages() }}")
    page = portal.client().get("/stadtlabor/en/")
    is_named = "looks into the session" in portal.run("check").stderr
    assert is_named is (page.headers["Cache-Control"] == "private, no-store")


def test_a_layout_that_differs_each_time_has_no_version(host: Host) -> None:
    """A nonce would be that of another answer in a page that a browser keeps."""
    portal = with_layout(host, portal=BASE + "{{ nonce() }}")
    versioned = host.make(**portal.app.config | {"STADTLABOR_LAYOUT_VERSION": "1"})
    versioned.app.jinja_loader = portal.app.jinja_loader
    for each in (portal, versioned):
        each.app.jinja_env.globals["nonce"] = lambda: g.setdefault("nonce", token_hex(8))
    assert problems(portal) == []
    assert "comes out differently each time" in problems(versioned)[0]


def test_a_host_that_opens_a_session_before_each_request_is_named(complete: Host) -> None:
    @complete.app.before_request
    def count() -> None:
        session["visits"] = 1

    assert "looks into the session" in problems(complete)[0]
    assert "The first look is in tests/cli/test_check.py, line " in problems(complete)[0]


def test_a_portal_without_staff_is_told_so(complete: Host, host: Host) -> None:
    assert "Note: There is no policy, so that nobody is staff" in complete.run("check").stdout
    other = host.make(ports={"policy": lambda *asked: False}, **COMPLETE)
    assert "policy" not in other.run("check").stdout


@pytest.mark.parametrize("asks_on_every_page", [True, False])
def test_flask_login_is_told_how_to_leave_the_session_alone(
    host: Host, asks_on_every_page: bool
) -> None:
    portal = with_layout(host, portal=BASE)
    login_manager = LoginManager()
    login_manager.init_app(portal.app, add_context_processor=asks_on_every_page)
    login_manager.user_loader(lambda key: None)
    found = problems(portal)
    assert bool(found) is asks_on_every_page
    assert all("add_context_processor=False" in line for line in found)


def write_catalog(folder: Path, language: str, word: str) -> Path:
    """A catalog with one message, not compiled."""
    path = folder / language / "LC_MESSAGES" / "stadtlabor.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    catalog = Catalog(language)
    catalog.add("All events", word)
    with path.open("wb") as target:
        write_po(target, catalog)
    return path


def compile_catalog(path: Path, word: str) -> None:
    """What `pybabel compile` makes of :func:`write_catalog`."""
    catalog = Catalog(path.parts[-3])
    catalog.add("All events", word)
    with path.with_suffix(".mo").open("wb") as target:
        write_mo(target, catalog)


def test_a_catalog_that_is_missing_or_not_compiled_is_named(host: Host, tmp_path: Path) -> None:
    portal = host.make(
        **COMPLETE
        | {
            "STADTLABOR_LOCALES": ["en", "nds"],
            "STADTLABOR_TRANSLATION_DIRECTORIES": [str(tmp_path / "own")],
        }
    )
    portal.run("outbox", "run")
    found = problems(portal)
    assert "which is no folder" in only(found, "Warning: STADTLABOR_TRANSLATION_DIRECTORIES")
    assert only(found, "Warning: There is no catalog for the language nds")
    path = write_catalog(tmp_path / "own", "nds", "All Drapens")
    (line,) = problems(portal)
    assert "is not compiled" in line
    compile_catalog(path, "Wat anners")
    (line,) = problems(portal)
    assert "was changed since it was compiled" in line


def test_a_catalog_written_by_hand_stays_compiled(host: Host, tmp_path: Path) -> None:
    """Babel writes its version and the minute into the head of what it compiles."""
    portal = host.make(**COMPLETE | {"STADTLABOR_TRANSLATION_DIRECTORIES": [str(tmp_path)]})
    portal.run("outbox", "run")
    path = tmp_path / "en" / "LC_MESSAGES" / "stadtlabor.po"
    path.parent.mkdir(parents=True)
    path.write_text('msgid "All events"\nmsgstr "All dates"\n', "utf-8")
    catalog = Catalog("en", creation_date=datetime(2025, 3, 1, tzinfo=UTC))
    catalog.add("All events", "All dates")
    with path.with_suffix(".mo").open("wb") as target:
        write_mo(target, catalog)
    assert problems(portal) == []


@pytest.mark.parametrize(
    ("message", "translation", "said"),
    [
        ("Hello, %(name)s!", "Moin, {name}!", "has the placeholder {name}, which its original"),
        ("Hello, %(name)s!", "Moin!", "leaves out the placeholder name, so that people"),
        ("Hello, %(name)s!", "Moin, %(nam)s!", "has the placeholder nam, which its original"),
        ("All events", "All %(num)d Drapens", "has the placeholder num, which its original"),
        ("All events", "All Drapens 100 %", ""),
        (("%(num)d seat", "%(num)d seats"), ("Een Plaats", "%(num)d Plaatsen"), ""),
        (("%(num)d seat", "%(num)d seats"), ("%(num)d Plaats", ""), "lacks a plural form"),
        (
            ("%(num)d seat of %(name)s", "%(num)d seats of %(name)s"),
            ("%(num)d Plaats van %(name)s", "%(num)d Plaatsen"),
            "leaves out the placeholder name",
        ),
    ],
)
def test_a_placeholder_or_plural_form_that_is_lost_or_invented_is_named(
    host: Host, tmp_path: Path, message: Any, translation: Any, said: str
) -> None:
    """With the file and the message."""
    portal = host.make(**COMPLETE | {"STADTLABOR_TRANSLATION_DIRECTORIES": [str(tmp_path)]})
    portal.run("outbox", "run")
    path = tmp_path / "nl" / "LC_MESSAGES" / "stadtlabor.po"
    path.parent.mkdir(parents=True)
    catalog = Catalog("nl")
    catalog.add(message, translation)
    with path.open("wb") as target:
        write_po(target, catalog)
    compiled = path.with_suffix(".mo")
    with compiled.open("wb") as target:
        write_mo(target, catalog)
    name = message if isinstance(message, str) else message[0]
    for beginning in (f"{path}, line", f"{compiled}: the translation"):
        found = [line for line in problems(portal) if beginning in line]
        # for a missing form, Babel compiles the original
        is_named = bool(said) and (path.exists() or "plural" not in said)
        assert bool(found) == is_named, found
        assert all(said in line and repr(name) in line for line in found), found
        path.unlink(missing_ok=True)


def test_words_for_a_message_that_we_do_not_have_are_named(host: Host, tmp_path: Path) -> None:
    """After an upgrade, for instance, when a sentence of ours reads otherwise."""
    portal = host.make(**COMPLETE | {"STADTLABOR_TRANSLATION_DIRECTORIES": [str(tmp_path)]})
    portal.run("outbox", "run")
    path = write_catalog(tmp_path, "en", "All dates")
    compile_catalog(path, "All dates")
    assert problems(portal) == []
    catalog = Catalog("en")
    catalog.add("Every event that there is", "All dates")
    path.unlink()
    with path.with_suffix(".mo").open("wb") as target:
        write_mo(target, catalog)
    (line,) = problems(portal)
    assert line.startswith(f"Warning: The catalog {path.with_suffix('.mo')} has words for 1 ")
    assert "'Every event that there is'" in line


@pytest.mark.parametrize("content", [b"", b"no catalog at all", b"\xde\x12\x04\x95cut short"])
def test_a_catalog_that_nobody_can_read_is_named(
    host: Host, tmp_path: Path, content: bytes
) -> None:
    """Without the warning, each page in that language would fail."""
    broken = tmp_path / "nl" / "LC_MESSAGES" / "stadtlabor.mo"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(content)
    portal = host.make(**COMPLETE | {"STADTLABOR_TRANSLATION_DIRECTORIES": [str(tmp_path)]})
    result = portal.run("check")
    assert result.exit_code == 1
    assert f"Error: The catalog {broken} cannot be read" in result.stderr


def test_tables_that_are_missing_are_named(bare_host: Host) -> None:
    result = bare_host.run("check")
    assert result.exit_code == 1
    assert "Error: The tables of Stadtlabor are not there yet" in result.stderr
    assert "flask stadtlabor db upgrade" in result.stderr


def test_tables_of_an_earlier_version_are_named_with_what_to_run(bare_host: Host) -> None:
    """An upgrade of the package whose migrations were forgotten."""
    with bare_host.app.app_context():
        runner.upgrade("head-1")
        earlier, latest = runner.current(), runner.latest()
    result = bare_host.run("check")
    assert result.exit_code == 1
    line = only(result.stderr.splitlines(), "Error: The tables of Stadtlabor are at revision")
    assert f"at revision {earlier}, and this version needs {latest}; " in line
    assert "flask stadtlabor db upgrade" in line
    assert bare_host.run("db", "upgrade").exit_code == 0
    assert "Error" not in bare_host.run("check").stderr


def test_forms_without_any_guard_are_named(host: Host) -> None:
    """S1: a setting that is meant for tests was left on."""
    portal = host.make(**COMPLETE, WTF_CSRF_ENABLED=False)
    portal.run("outbox", "run")
    (line,) = problems(portal)
    assert line.startswith("Warning: WTF_CSRF_ENABLED is False")


def test_templates_that_are_not_escaped_are_an_error(host: Host) -> None:
    """S9: what a stranger types would run in the browser of staff."""
    portal = host.make(**COMPLETE)
    portal.run("outbox", "run")
    portal.app.jinja_env.autoescape = False
    (line,) = problems(portal)
    assert line.startswith("Error: Templates whose names end in .html are not escaped")


def test_an_app_whose_templates_are_not_escaped_does_not_start() -> None:
    """S9."""

    class Careless(Flask):
        def select_jinja_autoescape(self, filename: str | None) -> bool:
            return (filename or "").endswith(".j2")

    app, db = Careless("portal"), SQLAlchemy()
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(app)
    with pytest.raises(ConfigurationError, match="not escaped"):
        Stadtlabor(db).init_app(app)


AUTOCOMMIT = {"isolation_level": "AUTOCOMMIT"}


@pytest.mark.parametrize(
    ("config", "engine_options"),
    [
        ({"SQLALCHEMY_ENGINE_OPTIONS": AUTOCOMMIT}, {}),
        (
            {"SQLALCHEMY_ENGINE_OPTIONS": {"execution_options": {"isolation_level": "autocommit"}}},
            {},
        ),
        ({}, AUTOCOMMIT),
        ({"SQLALCHEMY_BINDS": {None: {"url": "sqlite://", **AUTOCOMMIT}}}, {}),
    ],
    ids=["setting", "execution options", "extension", "bind"],
)
def test_an_app_whose_database_knows_no_transactions_does_not_start(
    config: dict[str, Any], engine_options: dict[str, Any]
) -> None:
    """S17: without transactions no lock is held, and a failure leaves half of a change."""
    app, db = Flask("portal"), SQLAlchemy(engine_options=engine_options)
    app.config.update({"SQLALCHEMY_DATABASE_URI": "sqlite://"} | config)
    db.init_app(app)
    with pytest.raises(ConfigurationError, match="AUTOCOMMIT"):
        Stadtlabor(db).init_app(app)


def test_an_app_whose_database_cannot_hold_our_tables_does_not_start() -> None:
    """One sentence says what to write instead."""
    translated = {"execution_options": {"schema_translate_map": {None: "bochum"}}}
    for config, words in (
        ({"SQLALCHEMY_BINDS": {"people": "sqlite://"}}, "SQLALCHEMY_DATABASE_URI"),
        (
            {"SQLALCHEMY_DATABASE_URI": "sqlite://", "SQLALCHEMY_ENGINE_OPTIONS": translated},
            "search_path",
        ),
    ):
        app, db = Flask("portal"), SQLAlchemy()
        app.config.update(config)
        db.init_app(app)
        with pytest.raises(ConfigurationError, match=words):
            Stadtlabor(db).init_app(app)


def test_another_extension_of_sqlalchemy_is_named() -> None:
    class Lite:
        """Stands for the object of Flask-SQLAlchemy-Lite."""

    with pytest.raises(ConfigurationError, match=r"Lite; it works with .* Flask-SQLAlchemy"):
        Stadtlabor(Lite()).init_app(Flask("portal"))  # type: ignore[arg-type]


def test_a_missing_trigger_is_named(complete: Host) -> None:
    """C5."""
    with complete.app.app_context(), complete.db.engine.begin() as connection:
        connection.exec_driver_sql(append_only.drop_statements(connection.dialect.name)[0])
    assert "The trigger" in only(problems(complete), "Error: ")
    with complete.app.app_context():
        runner.upgrade()
    assert problems(complete) == []


def test_a_database_in_memory_is_named(tmp_path: Path) -> None:
    portal = Host(make_url("sqlite://"), tmp_path)
    assert "Error: The database is SQLite in memory" in problems(portal)[0]
    portal.close()


@pytest.fixture
def waiting(host: Host) -> Host:
    """A complete portal with a mail in the outbox."""
    portal = host.make(**COMPLETE)
    portal.load(factories.exchange(factories.open_event()))
    fill(portal.client(), "/stadtlabor/en/events/plattform/register", factories.person())
    return portal


def test_a_worker_that_never_came_is_named(host: Host) -> None:
    portal = host.make(**COMPLETE)
    result = portal.run("check")
    assert result.exit_code == 0
    assert "no worker has run in the last 15 minutes" in result.stderr
    assert "The outbox has never been run." in result.stdout


def test_a_worker_that_stopped_is_named(complete: Host, host: Host) -> None:
    host.clock.move(minutes=14)
    assert problems(complete) == []
    host.clock.move(minutes=2)
    assert "no worker has run" in only(problems(complete), "Warning: ")


def test_mail_that_waits_too_long_is_an_error(waiting: Host, host: Host) -> None:
    assert waiting.run("check").exit_code == 0
    host.clock.move(minutes=16)
    result = waiting.run("check")
    assert result.exit_code == 1
    assert "Error: 1 mail has been waiting for more than 15 minutes" in result.stderr
    assert "buerger.example" not in result.output


def test_mail_that_was_given_up_is_an_error(waiting: Host) -> None:
    """Who was to get it stays in the database (S13)."""
    with waiting.app.app_context():
        waiting.db.session.execute(
            update(OutboxMail).values(state=MailState.GIVEN_UP, last_error="SMTPDataError 550")
        )
        waiting.db.session.commit()
    result = waiting.run("check")
    assert result.exit_code == 1
    line = only(result.stderr.splitlines(), "Error: The delivery of 1 mail of the kind")
    assert "SMTPDataError 550" in line
    assert "flask stadtlabor outbox retry" in line
    assert "buerger.example" not in result.output


def test_mail_that_nobody_can_try_again_is_no_error_for_ever(waiting: Host, host: Host) -> None:
    """Some weeks after it was given up, its words and address are gone."""
    with waiting.app.app_context():
        waiting.db.session.execute(update(OutboxMail).values(state=MailState.GIVEN_UP))
        waiting.db.session.commit()
    host.clock.move(days=31)
    waiting.run("outbox", "run")
    result = waiting.run("check")
    assert "given up" not in result.stderr
    assert result.exit_code == 0, result.stderr


def test_a_key_that_was_changed_in_its_place_is_named(host: Host) -> None:
    """C8: the HMAC of no ledger entry matches any more."""
    first = host.make(**COMPLETE)
    first.load(factories.exchange(factories.open_event()))
    fill(first.client(), "/stadtlabor/en/events/plattform/register", factories.person())
    result = host.make(**COMPLETE | {"STADTLABOR_LEDGER_KEY": "another"}).run("check")
    assert result.exit_code == 1
    assert "Error: The seal of the consent ledger does not fit" in result.stderr

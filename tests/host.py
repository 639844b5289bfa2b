"""A city's portal in about ten lines, and what a test does with it."""

from __future__ import annotations

import json
import re
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from types import CodeType
from typing import Any
from urllib.parse import urlsplit

from click.testing import Result
from flask import Flask, current_app
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import URL
from werkzeug.routing import Rule

from flask_stadtlabor import Stadtlabor
from flask_stadtlabor.adapters.flask_limiter import FlaskLimiterLimit
from flask_stadtlabor.adapters.page_cache import FlaskCachingPages
from flask_stadtlabor.revision import KEPT
from flask_stadtlabor.state import state_of

BASE_URL = "https://stadt.example"

DEFAULTS: dict[str, Any] = {
    "SECRET_KEY": "only for tests",
    "TESTING": True,
    "STADTLABOR_BASE_URL": BASE_URL,
    "STADTLABOR_PRIVACY_URL": "/datenschutz",
    # a test sends forms faster than people do
    "STADTLABOR_FORM_MIN_SECONDS": 0,
    # mail goes out when a test asks for it, and not in a thread
    "STADTLABOR_OUTBOX": "worker",
}


class CompiledTemplates(BytecodeCache):
    """Templates compiled once for all portals of this process; that is half of a test's time."""

    def __init__(self) -> None:
        # by the source's checksum too: two hosts may have different layouts of one name
        self._compiled: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._compiled.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._compiled[bucket.key, bucket.checksum] = bucket.code


COMPILED_TEMPLATES = CompiledTemplates()


def compile_builders_once() -> None:
    """Let all apps of this process share what Werkzeug makes of the same rule.

    It writes and compiles two functions for each of our addresses, which is nearly all of the time
    that making an app takes.
    """
    compile_builder = Rule._compile_builder
    compiled: dict[Any, Any] = {}

    def compiled_before(rule: Rule, append_unknown: bool = True) -> Any:
        if rule.defaults:  # a converter may turn these into parts of the address
            return compile_builder(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    Rule._compile_builder = compiled_before  # type: ignore[assignment, method-assign]


compile_builders_once()


class Clock:
    """The host's clock: stands still until a test moves it."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """The moment at which each test begins."""
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time, for the extension's clock port."""
        return self.now

    def move(self, **duration: float) -> None:
        """Go on by ``days=``, ``hours=``, … as :class:`~datetime.timedelta` takes them."""
        self.now += timedelta(**duration)


def create_app(url: URL | str, db: SQLAlchemy, stadtlabor: Stadtlabor, **config: Any) -> Flask:
    """The ten lines."""
    app = Flask("portal")
    app.jinja_options = {"bytecode_cache": COMPILED_TEMPLATES}
    app.config.update(DEFAULTS)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config.update(config)
    db.init_app(app)
    stadtlabor.init_app(app)
    return app


def write_exchange(folder: Path, exchange: dict[str, Any]) -> Path:
    """The exchange file as ``flask stadtlabor import`` takes it."""
    path = folder / "exchange.json"
    path.write_text(json.dumps(exchange), encoding="utf-8")
    return path


class Host:
    """One portal on one database.

    ``ports`` go to :class:`Stadtlabor` beside the recording mailer and the standing clock.
    """

    def __init__(
        self, url: URL, folder: Path, *, ports: dict[str, Any] | None = None, **config: Any
    ) -> None:
        self.url = url
        self.folder = folder
        self.address = BASE_URL
        self.sent: list[EmailMessage] = []
        self.clock = Clock()
        self.db = SQLAlchemy()
        given: dict[str, Any] = {"mailer": self.sent.append, "clock": self.clock} | (ports or {})
        self.stadtlabor = Stadtlabor(self.db, **given)
        self.app = create_app(url, self.db, self.stadtlabor, **config)
        self._ports = state_of(self.app).ports
        self._others: list[Host] = []
        self._lent: list[Host] = []
        self._idle: list[Host] = []

    @property
    def database(self) -> str:
        """``sqlite``, ``postgresql`` or ``mariadb``."""
        return {"mysql": "mariadb"}.get(self.url.get_backend_name(), self.url.get_backend_name())

    def make(self, *, ports: dict[str, Any] | None = None, **config: Any) -> Host:
        """Another portal on the same database, with other settings or ports, by the same clock."""
        other = Host(self.url, self.folder, ports={"clock": self.clock} | (ports or {}), **config)
        self._others.append(other)
        return other

    def lend(self, **ports: Any) -> Host:
        """The same with other ports alone, for a test that changes nothing of its app.

        It is there again for the next test, because making an app takes longer than most tests.
        """
        other = self._idle.pop() if self._idle else Host(self.url, self.folder)
        other.folder, other.clock = self.folder, self.clock
        other._start_anew({"clock": self.clock} | ports)
        self._lent.append(other)
        return other

    def client(self) -> FlaskClient:
        """A new browser without cookies."""
        return self.app.test_client()

    def run(self, *words: str) -> Result:
        """``flask stadtlabor <words>``: its ``exit_code``, ``stdout`` and ``stderr``.

        Also from inside another portal, as when its mail server takes a while: Flask would run the
        command on the portal that is current.
        """
        is_inside_another = current_app and current_app != self.app
        with self.app.app_context() if is_inside_another else nullcontext():
            return self.app.test_cli_runner().invoke(args=["stadtlabor", *words])

    def load(self, exchange: dict[str, Any], *options: str) -> None:
        """Bring content in by ``flask stadtlabor import``."""
        result = self.run("import", str(write_exchange(self.folder, exchange)), *options)
        assert result.exit_code == 0, result.output

    def mails(self) -> list[EmailMessage]:
        """All mails so far, after ``flask stadtlabor outbox run``."""
        result = self.run("outbox", "run")
        assert result.exit_code == 0, result.output
        return self.sent

    def link(self, message: EmailMessage) -> str:
        """The path of the personal link in a mail."""
        body = message.get_body(("plain",))
        assert body is not None
        found = re.search(r"https?://\S+/registration/[\w-]+", body.get_content())
        assert found, body.get_content()
        assert found[0].startswith(self.app.config["STADTLABOR_BASE_URL"])
        return urlsplit(found[0]).path

    def scalar(self, statement: Any) -> Any:
        """The first value of what ``statement`` finds."""
        with self.app.app_context():
            return self.db.session.scalar(statement)

    def begin_again(self, folder: Path) -> None:
        """Forget what a test did, for the next one; making an app anew takes half of its time."""
        self.folder = folder
        self.sent.clear()
        self.clock.reset()
        self._start_anew({})

    def _start_anew(self, ports: dict[str, Any]) -> None:
        fresh: dict[str, Any] = {
            "rate_limit": FlaskLimiterLimit(),
            "page_cache": FlaskCachingPages(),
        }
        state_of(self.app).ports = replace(self._ports, **(fresh | ports))
        # the next test's database has the same number at the same moment, and other texts
        self.app.extensions.pop(KEPT, None)

    def close(self) -> None:
        """Close all connections."""
        while self._others:
            self._others.pop().close()
        for other in self._lent:
            other.close()
        self._idle += self._lent
        self._lent.clear()
        with self.app.app_context():
            self.db.session.remove()
            for engine in self.db.engines.values():
                engine.dispose()

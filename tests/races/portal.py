"""The portal that real servers run in these tests, configured by its environment."""

from __future__ import annotations

import os
import signal
from email.message import EmailMessage
from pathlib import Path

from flask import Flask, current_app
from flask_caching import Cache
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_sqlalchemy import SQLAlchemy
from jinja2 import FileSystemBytecodeCache
from werkzeug.middleware.proxy_fix import ProxyFix

from flask_stadtlabor import Actor, Stadtlabor

db = SQLAlchemy()


def mailer(message: EmailMessage) -> None:
    """Write the mail into a folder, or die with it where the test asks for that."""
    if current_app.config.get("MAILER") == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    folder = Path(current_app.config["MAIL_FOLDER"])
    (folder / f"{message['Message-ID'].strip('<>')}.eml").write_bytes(bytes(message))


def actor() -> Actor | None:
    """Everybody is of staff where the test asks for that."""
    return Actor("staff:1", "Otto Orga") if current_app.config.get("ALL_ARE_STAFF") else None


def policy(who: Actor | None, action: str, subject: object = None) -> bool:
    """Staff may do everything."""
    return who is not None


stadtlabor = Stadtlabor(db, mailer=mailer, actor=actor, policy=policy)


def create_app() -> Flask:
    """The app factory for gunicorn."""
    app = Flask("portal")
    app.config["SECRET_KEY"] = "only for tests"
    app.config.from_prefixed_env()
    # of a worker's first answers, most of the time goes into compiling templates
    compiled = FileSystemBytecodeCache(app.config["COMPILED_TEMPLATES"])
    app.jinja_options = {"bytecode_cache": compiled}
    db.init_app(app)
    if "PROXIES" in app.config:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=app.config["PROXIES"])  # type: ignore[method-assign]
    if "RATELIMIT_STORAGE_URI" in app.config:
        Limiter(get_remote_address).init_app(app)
    if "CACHE_TYPE" in app.config:
        Cache(app)
    stadtlabor.init_app(app)
    return app

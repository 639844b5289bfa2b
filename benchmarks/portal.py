"""The measured portal: Flask, Flask-SQLAlchemy and us, in a layout as small as the baseline's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from werkzeug.middleware.proxy_fix import ProxyFix

from flask_stadtlabor import Stadtlabor

db = SQLAlchemy()
stadtlabor = Stadtlabor(db)


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """A host with these settings, or with those of the environment."""
    app = Flask(__name__)
    app.config.from_prefixed_env()
    app.config.from_mapping(settings)
    if app.config.get("BEHIND_A_PROXY"):
        app.wsgi_app = ProxyFix(app.wsgi_app)  # type: ignore[method-assign]
    db.init_app(app)
    stadtlabor.init_app(app)
    return app

"""A host's portal: its layout is the file ``templates/portal.html`` where it has one."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from flask_stadtlabor import Stadtlabor


def create_app(**config: object) -> Flask:
    """The portal in the current folder, in German."""
    here = Path.cwd()
    app = Flask("portal", root_path=str(here))
    app.config.update(
        SECRET_KEY="only for tests",
        STADTLABOR_BASE_URL="https://stadt.example/portal",
        STADTLABOR_FORM_MIN_SECONDS=0,
        STADTLABOR_LOCALES=["de"],
        STADTLABOR_IMPRINT_URL="/imprint",
        STADTLABOR_PRIVACY_URL="/privacy",
        STADTLABOR_ACCESSIBILITY_URL="/accessibility",
        STADTLABOR_BARRIER_REPORT_URL="/barrier",
    )
    if (here / "templates/portal.html").exists():
        app.config["STADTLABOR_BASE_TEMPLATE"] = "portal.html"
    app.config.update(config)
    db = SQLAlchemy()
    db.init_app(app)
    Stadtlabor(db).init_app(app)

    @app.get("/about/")
    def about() -> str:
        return '<!doctype html><html lang="en"><title>About</title><main><h1>About</h1></main>'

    return app

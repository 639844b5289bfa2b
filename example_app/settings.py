"""The portal's settings, its keys, and where its files lie."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Flask

LANGUAGES = ("de", "en")
ROOT = Path(__file__).parents[1]

DEFAULTS: dict[str, Any] = {
    # The portal's dress, one of themes.THEMES, and where npm put what it needs.
    "MUSTERSTADT_THEME": "musterstadt",
    "MUSTERSTADT_NODE_MODULES": str(ROOT / "node_modules"),
    "BABEL_DEFAULT_LOCALE": "de",
    "BABEL_DEFAULT_TIMEZONE": "Europe/Berlin",
    "SESSION_COOKIE_NAME": "musterstadt",
    "SESSION_COOKIE_SAMESITE": "Lax",
    # Twenty hours, as long as the Stadtlabor's own forms hold (WCAG 2.2.1).
    "WTF_CSRF_TIME_LIMIT": 20 * 60 * 60,
    "STADTLABOR_BASE_TEMPLATE": "portal/layout.html",
    "STADTLABOR_PORTAL_NAME": "Stadtlabor Musterstadt",
    "STADTLABOR_MAIL_SENDER": "Stadtlabor Musterstadt <stadtlabor@musterstadt.example>",
    "STADTLABOR_CHECKPOINT_MAIL": "datenschutz@musterstadt.example",
    "STADTLABOR_AREAS": str(Path(__file__).with_name("demo") / "districts.geojson"),
    "STADTLABOR_IMPRINT_URL": "/imprint",
    "STADTLABOR_PRIVACY_URL": "/privacy",
    "STADTLABOR_ACCESSIBILITY_URL": "/accessibility",
    "STADTLABOR_BARRIER_REPORT_URL": "/barrier",
}


def configure(app: Flask, given: Mapping[str, Any]) -> None:
    """Defaults, then the environment, then ``given``; keys are made where there are none."""
    instance = Path(app.instance_path)
    instance.mkdir(parents=True, exist_ok=True)
    app.config.update(DEFAULTS)
    app.config.from_prefixed_env()
    app.config.update(given)
    app.config.setdefault("SQLALCHEMY_DATABASE_URI", f"sqlite:///{instance / 'musterstadt.sqlite'}")
    app.config.setdefault("STADTLABOR_BASE_URL", "http://127.0.0.1:5000")
    app.config.setdefault("STADTLABOR_LEDGER_KEY", _key(instance / "ledger-key"))
    pictures = instance / "pictures"
    pictures.mkdir(exist_ok=True)
    app.config.setdefault("STADTLABOR_PICTURES", str(pictures))
    if not app.config["SECRET_KEY"]:
        app.config["SECRET_KEY"] = _key(instance / "secret-key")
    app.config["SESSION_COOKIE_SECURE"] = app.config["STADTLABOR_BASE_URL"].startswith("https:")


def _key(path: Path) -> str:
    """A lasting random key, made by whoever comes first and readable by its owner alone."""
    with suppress(FileExistsError):
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(secrets.token_hex(32), encoding="ascii")
    return path.read_text(encoding="ascii")

"""„Musterstadt“: a small but real city portal that has the Stadtlabor mounted.

It shows what a host brings along: its own layout, users, tables, migrations, message catalog and
way out for mail. ``flask --app example_app`` finds :func:`create_app`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask

from example_app import accounts, languages, mails, pages, ports, scale, security, settings, themes
from example_app.demo.commands import demo
from example_app.extensions import babel, csrf, db, login_manager, migrate
from flask_stadtlabor import Stadtlabor

HERE = Path(__file__).parent

stadtlabor = Stadtlabor(db, actor=ports.actor, policy=ports.policy, mailer=ports.send)


def create_app(
    config: Mapping[str, Any] | None = None, *, instance_path: str | None = None
) -> Flask:
    """The portal.

    ``config`` goes over the settings of :mod:`example_app.settings` and of the environment
    (``FLASK_…``); ``instance_path`` is where the database, the keys and the mails lie, by default
    the folder ``instance`` beside the package.
    """
    app = Flask(__name__, instance_path=instance_path)
    settings.configure(app, config or {})
    themes.set_up(app)

    db.init_app(app)
    migrate.init_app(app, db, directory=str(HERE / "migrations"))
    csrf.init_app(app)
    babel.init_app(app, locale_selector=languages.choose)
    # Its context processor would open the session of every stranger: see accounts.visitor.
    login_manager.init_app(app, add_context_processor=False)
    scale.set_up(app)
    stadtlabor.init_app(app)

    app.register_blueprint(pages.blueprint)
    app.register_blueprint(accounts.blueprint)
    app.register_blueprint(mails.blueprint)
    app.cli.add_command(demo)
    languages.set_up(app)
    accounts.set_up(app)
    security.set_up(app)
    pages.set_up(app)
    return app

"""The portal's dress: its own, or one made with KERN, as ``MUSTERSTADT_THEME`` says.

KERN is the design system of the German administration. Its style sheet and letters are served from
the npm package ``@kern-ux/native``, which whoever chooses that dress installs; none of it is here.
"""

from __future__ import annotations

from pathlib import Path

from click import ClickException
from flask import Blueprint, Flask
from jinja2 import ChoiceLoader, FileSystemLoader

HERE = Path(__file__).parent
THEMES = ("musterstadt", "kern")
INSTALL_KERN = "npm install --no-save --no-package-lock --ignore-scripts @kern-ux/native@2"


def set_up(app: Flask) -> None:
    """Dress the portal; raises :class:`click.ClickException` where that cannot be done."""
    theme = app.config["MUSTERSTADT_THEME"]
    if theme not in THEMES:
        raise ClickException(f"MUSTERSTADT_THEME is {theme!r}; write {' or '.join(THEMES)}.")
    if theme == "kern":
        _dress_in_kern(app)


def _dress_in_kern(app: Flask) -> None:
    """KERN's files below ``/kern``, and templates that take the place of the portal's own."""
    modules = Path(app.config["MUSTERSTADT_NODE_MODULES"])
    files = modules / "@kern-ux" / "native" / "dist"
    if not (files / "kern.min.css").exists():
        raise ClickException(
            f"The theme kern needs KERN's style sheet, which is not in {modules}. "
            f"Run this in {modules.parent}: {INSTALL_KERN}"
        )
    app.register_blueprint(
        Blueprint("kern", __name__, static_folder=files, static_url_path="/kern")
    )
    own = app.jinja_loader
    assert own is not None  # noqa: S101 - the portal has templates
    app.jinja_loader = ChoiceLoader([FileSystemLoader(HERE / "templates" / "kern"), own])

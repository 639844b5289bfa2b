"""``flask stadtlabor …``: the operators' commands."""

from __future__ import annotations

from flask.cli import AppGroup

stadtlabor_cli = AppGroup("stadtlabor", help="Run the Stadtlabor: database, content, mail, consent.")

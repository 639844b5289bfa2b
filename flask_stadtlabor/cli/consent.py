"""``flask stadtlabor consent …``: proof that nobody changed the consent ledger."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from flask_stadtlabor.consent.ledger import verify

consent_group = AppGroup("consent", help="Consent: check that the ledger is whole.")


@consent_group.command("verify")
def verify_command() -> None:
    """Recompute the whole consent ledger and name the first broken entry."""
    entries, broken = verify()
    if broken is not None:
        raise click.ClickException(
            f"The consent ledger is broken. {broken.reason} Whole before that: {entries} entries."
        )
    click.echo(f"The consent ledger is whole: {entries} entries.")

"""``flask stadtlabor check``: the whole configuration, in sentences."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from flask_stadtlabor.cli.checks.catalogs import check_catalogs
from flask_stadtlabor.cli.checks.configuration import check_configuration
from flask_stadtlabor.cli.checks.data import check_data
from flask_stadtlabor.cli.checks.finding import Finding, Weight
from flask_stadtlabor.cli.checks.host import check_host


@click.command("check")
@with_appcontext
def check_command() -> None:
    """Look at the settings, the host, the catalogs, the database and the outbox.

    Errors and warnings go to standard error, each with what to do. The exit code is 1 where there
    is an error.
    """
    found = findings()
    for weight, sentence in found:
        click.echo(f"{weight}: {sentence}", err=weight is not Weight.NOTE)
    errors = sum(finding.weight is Weight.ERROR for finding in found)
    if errors:
        raise click.exceptions.Exit(1)
    warnings = sum(finding.weight is Weight.WARNING for finding in found)
    click.echo(f"It works, with {warnings} warnings." if warnings else "All is well.")


def findings() -> list[Finding]:
    """All findings about the current app, the errors first."""
    found = [
        *check_configuration(current_app),
        *check_host(current_app),
        *check_catalogs(current_app),
        *check_data(),
    ]
    return sorted(found, key=lambda finding: list(Weight).index(finding.weight))

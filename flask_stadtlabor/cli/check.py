"""``flask stadtlabor check``: the whole configuration, in sentences."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from flask_stadtlabor.cli.checks.catalogs import check_catalogs
from flask_stadtlabor.cli.checks.celery import check_celery
from flask_stadtlabor.cli.checks.configuration import check_configuration
from flask_stadtlabor.cli.checks.data import check_data
from flask_stadtlabor.cli.checks.finding import Finding, Weight
from flask_stadtlabor.cli.checks.host import check_host
from flask_stadtlabor.cli.checks.pictures import check_pictures


@click.command("check")
@with_appcontext
def check_command() -> None:
    """Say in sentences what the portal still lacks.

    Looked at are the settings, the host, the catalogs, the database, the outbox, the consent
    ledger's key and retention. Errors and warnings go to standard error, each with what to do. The
    exit code is 1 where there is an error.
    """
    found = findings()
    for weight, sentence in found:
        click.echo(f"{weight}: {sentence}", err=weight is not Weight.NOTE)
    errors = sum(finding.weight is Weight.ERROR for finding in found)
    if errors:
        raise click.exceptions.Exit(1)
    warnings = sum(finding.weight is Weight.WARNING for finding in found)
    click.echo(_verdict(warnings))


def _verdict(warnings: int) -> str:
    if not warnings:
        return "All is well."
    return "It works, with 1 warning." if warnings == 1 else f"It works, with {warnings} warnings."


def findings() -> list[Finding]:
    """All findings about the current app, the errors first."""
    found = [
        *check_configuration(current_app),
        *check_host(current_app),
        *check_catalogs(current_app),
        *check_celery(),
        *check_pictures(),
        *check_data(),
    ]
    return sorted(found, key=lambda finding: list(Weight).index(finding.weight))

"""``flask stadtlabor consent …``: proof that nobody changed the consent ledger."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import click
from flask.cli import AppGroup

from flask_stadtlabor.consent import checkpoints, exported
from flask_stadtlabor.consent.verification import verify

consent_group = AppGroup("consent", help="Consent: prove that the ledger is whole.")

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUTPUT = click.option(
    "--output",
    type=click.File("w", encoding="utf-8", atomic=True),
    default="-",
    help="Write to this file; without it, to standard output.",
)


@consent_group.command("verify")
@click.option("--ledger", type=FILE, help="Look at this exported ledger, not at the database.")
@click.option(
    "--checkpoint",
    "files",
    type=FILE,
    multiple=True,
    help="Compare with this checkpoint; can be given several times.",
)
def verify_command(ledger: Path | None, files: tuple[Path, ...]) -> None:
    """Recompute the whole ledger and name the first broken entry.

    The exit code is 1 where one is broken, or where the ledger lacks what a checkpoint names.
    """
    try:
        points = [checkpoints.read(path) for path in files]
        found = exported.verify_file(ledger, points) if ledger else verify(points)
    except (checkpoints.NoCheckpoint, exported.NoLedger) as error:
        raise click.ClickException(str(error)) from error
    if found.broken is not None:
        raise click.ClickException(
            f"The consent ledger is broken. {found.broken.reason} "
            f"Whole before that: {found.entries} entries."
        )
    click.echo(f"The consent ledger is whole: {found.entries} entries.")
    for point in points:
        click.echo(f"It holds what the checkpoint of {point.at} names: {point.seq} entries.")


@consent_group.command("checkpoint")
@OUTPUT
def checkpoint_command(output: IO[str]) -> None:
    """Write where the ledger stands now, to be kept elsewhere.

    `consent verify --checkpoint FILE` compares the ledger with it later.
    """
    try:
        point = checkpoints.take()
    except checkpoints.NoCheckpoint as error:
        raise click.ClickException(str(error)) from error
    output.write(point.model_dump_json(indent=2) + "\n")


@consent_group.command("export")
@OUTPUT
def export_command(output: IO[str]) -> None:
    """Write the whole ledger as JSON Lines, without a name.

    `consent verify --ledger FILE` verifies it without this database, with the same key.
    """
    try:
        for line in exported.lines():
            output.write(line)
    except exported.NoLedger as error:
        raise click.ClickException(str(error)) from error

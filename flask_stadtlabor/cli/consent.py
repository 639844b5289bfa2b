"""``flask stadtlabor consent …``: proof that nobody changed the consent ledger."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click
from flask.cli import AppGroup

from flask_stadtlabor.consent import checkpoints, exported
from flask_stadtlabor.consent.verification import verify

consent_group = AppGroup("consent", help="Consent: prove that the ledger is whole.")

STANDARD_OUTPUT = Path("-")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUTPUT = click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
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
            f"Whole before that: {_entries(found.entries)}."
        )
    click.echo(f"The consent ledger is whole: {_entries(found.entries)}.")
    for point in points:
        click.echo(f"It holds what the checkpoint of {point.at} names: {_entries(point.seq)}.")


@consent_group.command("checkpoint")
@OUTPUT
def checkpoint_command(output: Path) -> None:
    """Write where the ledger stands now, to be kept elsewhere.

    `consent verify --checkpoint FILE` compares the ledger with it later.
    """
    try:
        point = checkpoints.take()
    except checkpoints.NoCheckpoint as error:
        raise click.ClickException(str(error)) from error
    _write(output, [point.model_dump_json(indent=2) + "\n"])
    _tell(output, f"where the ledger stands, at {_entries(point.seq)}")


@consent_group.command("export")
@OUTPUT
def export_command(output: Path) -> None:
    """Write the whole ledger as JSON Lines, without a name.

    `consent verify --ledger FILE` verifies it without this database, with the same key.
    """
    try:
        ledger = exported.export()
    except exported.NoLedger as error:
        raise click.ClickException(str(error)) from error
    _write(output, ledger.lines)
    _tell(output, f"the whole ledger, {_entries(ledger.entries)}")


def _write(output: Path, lines: Iterable[str]) -> None:
    try:
        with click.open_file(str(output), "w", encoding="utf-8", atomic=True) as file:
            file.writelines(lines)
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error.strerror}.") from error


def _tell(output: Path, what: str) -> None:
    """Say what was written where; standard output holds nothing but what was asked for."""
    if output != STANDARD_OUTPUT:
        click.echo(f"Written to {output}: {what}.")


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"

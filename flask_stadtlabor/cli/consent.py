"""``flask stadtlabor consent …``: proof that nobody changed the consent ledger."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click
from flask.cli import AppGroup

from flask_stadtlabor.consent.ledger import anchoring, checkpoints, export
from flask_stadtlabor.consent.ledger.chain_verifier import Verification
from flask_stadtlabor.consent.ledger.proof_files import Unreadable
from flask_stadtlabor.consent.reporting import receipt_files as receipts
from flask_stadtlabor.registration.evidence import verify
from flask_stadtlabor.state import settings

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
    "checkpoint_files",
    type=FILE,
    multiple=True,
    help="Compare with this checkpoint, or the file of a day; can be given several times.",
)
@click.option(
    "--receipt",
    "receipt_files",
    type=FILE,
    multiple=True,
    help="Compare with this receipt (JSON-LD) of somebody's; can be given several times.",
)
def verify_command(
    ledger: Path | None, checkpoint_files: tuple[Path, ...], receipt_files: tuple[Path, ...]
) -> None:
    """Recompute the whole ledger and name the first broken entry.

    The ledger in the database is compared with what else is kept about consent, and with the
    checkpoints that STADTLABOR_CHECKPOINTS names. The exit code is 1 where something is broken or
    missing.
    """
    try:
        points = [point for path in checkpoint_files for point in checkpoints.read(path)]
        papers = [receipts.read(path) for path in receipt_files]
        anchors = checkpoints.anchors_of(points)
        anchors += [anchor for paper in papers for anchor in paper.anchors()]
        found = export.verify_file(ledger, anchors) if ledger else verify(anchors)
        _raise(found)
        kept = None if ledger else _compare_with_kept(found)
    except (
        checkpoints.NoCheckpoint, receipts.NoReceipt, export.NoLedger, Unreadable
    ) as error:  # fmt: skip
        raise click.ClickException(str(error)) from error
    click.echo(f"The consent ledger is whole: {_entries(found.entries)}.")
    for point in points:
        click.echo(f"It holds what the checkpoint of {point.at} names: {point.entries}.")
    for paper in papers:
        click.echo(
            f"It holds what the receipt of {paper.at} names: {_entries(len(paper.entries))}."
        )
    if kept is not None:
        click.echo(kept)


def _raise(found: Verification) -> None:
    if found.broken is not None:
        raise click.ClickException(
            f"The consent ledger is broken. {found.broken.reason} "
            f"Whole before that: {_entries(found.entries)}."
        )


def _compare_with_kept(found: Verification) -> str | None:
    """Compare the ledger with the checkpoints that rounds of the outbox kept; what to say of it."""
    folder = settings().checkpoints
    if folder is None:
        return None
    kept, broken = anchoring.compare(Path(folder))
    _raise(Verification(found.entries, broken))
    if kept.last is None:
        return f"No checkpoint is kept in {folder} yet."
    return (
        f"It holds what is kept in {folder}: {_checkpoints(kept.checkpoints)}, the last of "
        f"{kept.last.at} with {kept.last.entries}."
    )


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
    _tell(output, f"where the ledger stands, at {point.entries}")


@consent_group.command("export")
@OUTPUT
def export_command(output: Path) -> None:
    """Write the whole ledger as JSON Lines, without a name.

    `consent verify --ledger FILE` verifies it without this database, with the same key.
    """
    try:
        ledger = export.export()
    except export.NoLedger as error:
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


def _checkpoints(count: int) -> str:
    return "1 checkpoint" if count == 1 else f"{count} checkpoints"

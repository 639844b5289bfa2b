"""``flask stadtlabor import`` and ``export``: the exchange file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import with_appcontext

from flask_stadtlabor.exchange.exporting import UnknownEvent, export
from flask_stadtlabor.exchange.faults import Faulty
from flask_stadtlabor.exchange.importing import Report, import_content
from flask_stadtlabor.exchange.reading import Content, read
from flask_stadtlabor.state import settings
from flask_stadtlabor.transactions import commit


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--notify", is_flag=True, help="Tell registered people of what changed.")
@with_appcontext
def import_command(file: Path, notify: bool) -> None:
    """Bring an exchange file in, all or nothing.

    FILE is JSON as docs/contract.md describes it, and as `flask stadtlabor export` writes it. It
    can be repeated: what is there is found by its slug and changed, and nothing is deleted.
    """
    try:
        content = read(file, settings().timezone)
        with _progress(content) as step:
            report = commit(lambda: import_content(content, notify=notify, step=step))
    except Faulty as error:
        raise nothing_imported(file, error) from error
    click.echo(_summary(report, notify=notify))


@click.command("export")
@click.option("--event", "slug", metavar="SLUG", help="This event only, with what it needs.")
@with_appcontext
def export_command(slug: str | None) -> None:
    """Write the content as an exchange file.

    It goes to standard output: `flask stadtlabor export > content.json`.
    """
    try:
        data = export(slug)
    except UnknownEvent as error:
        raise click.ClickException(str(error)) from error
    click.echo(data, nl=False)


def nothing_imported(file: Path, error: Faulty) -> click.ClickException:
    """Names the faults of ``file``; returns what ends the command."""
    for path, reason in error.shown:
        place = f"{file}: {path}" if path else str(file)
        click.echo(f"{place}: {reason}", err=True)
    if error.left_out:
        click.echo(f"{file}: {error.left_out} more; correct these first.", err=True)
    count = len(error.faults)
    return click.ClickException(
        f"Nothing was imported, because of {count} fault{'s' if count > 1 else ''}."
    )


@contextmanager
def _progress(content: Content) -> Iterator[Callable[[], None]]:
    """Counts the entries on a terminal; silent in scripts."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    total = sum(len(entries) for entries in content.entries.values())
    with click.progressbar(length=total, label="Importing", file=sys.stderr) as bar:
        yield lambda: bar.update(1)


def _summary(report: Report, *, notify: bool) -> str:
    lines = [
        f"Events: {report.created} new, {report.changed} changed, {report.unchanged} unchanged.",
        (
            f"New or changed: {report.texts} purposes, {report.series} series, "
            f"{report.projects} projects."
        ),
    ]
    if report.ideas:
        lines.append(f"Ideas: {report.ideas} new.")
    if report.offered:
        lines.append(f"Parties on waiting lists that were offered seats: {report.offered}.")
    if notify:
        lines.append(f"Mails to registered people: {report.mails}.")
    lines += [f"Warning: {warning}" for warning in report.warnings]
    return "\n".join(lines)

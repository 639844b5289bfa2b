"""``flask stadtlabor texts …``: the content's texts as a gettext catalog, for translators."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from flask.cli import AppGroup

from flask_stadtlabor.cli.content import nothing_imported
from flask_stadtlabor.exchange.exporting import UnknownEvent
from flask_stadtlabor.exchange.faults import Faulty
from flask_stadtlabor.exchange.translations import Translated, read_texts, write_texts
from flask_stadtlabor.transactions import commit

texts_group = AppGroup("texts", help="Texts of events, series, projects and consents as PO files.")


@texts_group.command("export")
@click.argument("language")
@click.option("--event", "slug", metavar="SLUG", help="This event only, with what it needs.")
def export_command(language: str, slug: str | None) -> None:
    """Write all texts as a PO file for LANGUAGE, with the translations that are there.

    It goes to standard output: `flask stadtlabor texts export pl > texts.po`.
    """
    try:
        data = write_texts(language, slug)
    except (UnknownEvent, ValueError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(data, nl=False)


@texts_group.command("import")
@click.argument("language")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_command(language: str, file: Path) -> None:
    """Put the translations of FILE in their places, all or nothing.

    It can be repeated. An empty translation takes none away, and nobody is written to.
    """
    data = file.read_bytes()
    try:
        done = commit(lambda: read_texts(data, language))
    except Faulty as error:
        raise nothing_imported(file, error) from error
    except ValueError as error:
        raise click.ClickException(f"{file}: {error}") from error
    click.echo(_summary(done))


def _summary(done: Translated) -> str:
    lines = [f"New or changed translations: {done.texts}."]
    if done.unsure:
        lines.append(f"Left out, because they are marked as fuzzy: {done.unsure}.")
    lines += _list(
        done.unknown, "Left out, because the text is gone or was changed; export the file anew:"
    )
    lines += _list(
        done.published,
        "Left out, because a published consent text is changed by a new version alone:",
    )
    lines += _list(
        done.incomplete, "Left out until both title and text of the consent are translated:"
    )
    return "\n".join(lines)


def _list(paths: Sequence[str], heading: str) -> list[str]:
    return [heading, *(f"  {path}" for path in paths)] if paths else []

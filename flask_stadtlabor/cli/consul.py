"""``flask stadtlabor import-consul``: what citizens wrote in CONSUL."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import with_appcontext

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.events.history_models import Step
from flask_stadtlabor.exchange.entries import ProjectEntry
from flask_stadtlabor.exchange.exporting import entry_of_project
from flask_stadtlabor.exchange.saving import save_series_or_project
from flask_stadtlabor.participation.consul.importing import Hands, Import
from flask_stadtlabor.participation.consul.models import RecordKind
from flask_stadtlabor.participation.consul.reading import Reader
from flask_stadtlabor.participation.consul.report import Report
from flask_stadtlabor.participation.consul.schema import describe
from flask_stadtlabor.participation.consul.transport import (
    BadAddress,
    NoAnswer,
    Transport,
    api_address,
    source_name,
)
from flask_stadtlabor.participation.projects.queries import find_project
from flask_stadtlabor.state import settings
from flask_stadtlabor.transactions import commit

IMPORT = By(name="flask stadtlabor import-consul")
MOST_NAMED = 20
"""Rows with missing comments that the report names."""


@click.command("import-consul")
@click.argument("url")
@click.option(
    "--language",
    "languages",
    metavar="CODE",
    multiple=True,
    help="Read texts in this language of the portal, the main one first. Without it, in all.",
)
@with_appcontext
def import_consul_command(url: str, languages: tuple[str, ...]) -> None:
    """Bring in what citizens wrote in CONSUL.

    It is read by the public API at URL. Each row comes once: the command can be repeated, goes on
    where it was stopped, and leaves alone what was changed here since. Proposals wait for a
    moderator, because drafts are among them. Nobody gets an account or a mail.
    """
    codes = _codes(languages)
    try:
        address = api_address(url)
    except BadAddress as error:
        raise click.BadParameter(str(error), param_hint="URL") from error
    transport = Transport(address, _tell)
    try:
        schema = describe(transport)
    except NoAnswer as error:
        raise click.ClickException(f"{error} Nothing was imported.") from error
    reader = Reader(transport, schema, codes, _tell)
    hands = Hands(commit, _save_project, _tell)
    running = Import(source_name(address), reader, schema, codes, hands)
    running.run()
    click.echo(_summary(running.report))
    if failed := running.report.failed:
        for name, reason in failed.items():
            click.echo(f"{name}: {reason}", err=True)
        raise click.ClickException(
            f"{len(failed)} list{'s' if len(failed) > 1 else ''} could not be read to the end. "
            "What came stays; run this again, and it goes on."
        )


def _codes(languages: tuple[str, ...]) -> tuple[str, ...]:
    """The languages in their order, each once."""
    known = settings().locales
    for code in languages:
        if code not in known:
            raise click.BadParameter(
                f"{code!r} is none of the portal's languages: {', '.join(known)}.",
                param_hint="--language",
            )
    default = settings().default_locale
    return tuple(dict.fromkeys(languages or (default, *known)))


def _save_project(slug: str, **values: Any) -> None:
    """Create the project or change it in these fields alone, with its history."""
    project = find_project(slug)
    entry = ProjectEntry(slug=slug) if project is None else entry_of_project(project)
    save_series_or_project(entry.model_copy(update=values), step=Step.IMPORTED, by=IMPORT)


def _tell(words: str) -> None:
    click.echo(words, err=True)


def _summary(report: Report) -> str:
    lines = [f"Projects: {report.projects} new."]
    for kind, name in (
        (RecordKind.PROPOSAL, "Proposals"),
        (RecordKind.DEBATE, "Debates"),
        (RecordKind.INVESTMENT, "Investments"),
        (RecordKind.MILESTONE, "Milestones"),
        (RecordKind.COMMENT, "Comments"),
    ):
        lines.append(f"{name}: {report.new[kind]} new, {report.known[kind]} were here already.")
    if report.held:
        lines.append(
            f"Waiting for a moderator: {report.held}, because drafts are among the proposals."
        )
    if report.withdrawn:
        lines.append(f"Retired by their authors: {report.withdrawn}.")
    if report.fell_back:
        lines.append(f"Texts that fell back to another language: {report.fell_back}.")
    if report.undated:
        lines.append(f"Under today's date, because theirs cannot be read: {report.undated}.")
    if report.cut:
        lines.append(f"Texts that were cut, because they are too long: {report.cut}.")
    if report.milestones_without_room:
        lines.append(
            f"Left out, because there is no room: {report.milestones_without_room} milestones."
        )
    if report.removed:
        lines.append(
            f"Left out: what belongs to projects that were removed here ({report.removed})."
        )
    if report.missing_comments:
        lines.append(
            f"Comments that are missing there, whose replies are here: {report.missing_comments}."
        )
    lines += [
        f"Left out: {count} comment{'s' if count > 1 else ''} on {type_ or 'nothing'}."
        for type_, count in sorted(report.homeless.items())
    ]
    if report.not_offered:
        lines.append(f"Not offered by this CONSUL: {', '.join(report.not_offered)}.")
    lines += _incomplete(report)
    lines.append(
        "Never read: accounts, votes by person and on comments, polls, pictures, documents, places "
        "on a map, official answers. Counts of supports stand in the texts."
    )
    return "\n".join(lines)


def _incomplete(report: Report) -> list[str]:
    """What has fewer comments than CONSUL counts, as where some are hidden there."""
    if not report.incomplete:
        return []
    lines = ["Fewer comments than CONSUL counts:"]
    for subject, counted, given in report.incomplete[:MOST_NAMED]:
        lines.append(f"  {subject.type} {subject.id}: {given} of {counted}")
    if left := len(report.incomplete) - MOST_NAMED:
        lines += [f"  and {left} more"] if left > 0 else []
    return lines

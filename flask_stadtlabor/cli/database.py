"""``flask stadtlabor db …``: our tables beside the host's."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from flask_stadtlabor.migrations import runner

db_group = AppGroup("db", help="Our tables: create, bring up to date, compare.")


@db_group.command("upgrade")
def upgrade_command() -> None:
    """Create our tables, or bring them up to date.

    Harmless where they are, so that it can run with every deployment.
    """
    before = runner.current()
    try:
        runner.upgrade()
    except (runner.UnknownRevision, runner.DatabaseIsBusy) as error:
        raise click.ClickException(str(error)) from error
    after = runner.current()
    if before == after:
        click.echo(f"The tables are up to date, at revision {after}.")
    else:
        click.echo(f"The tables are now at revision {after}.")


@db_group.command("downgrade")
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do not ask.")
def downgrade_command(revision: str, yes: bool) -> None:
    """Take our tables back to REVISION, for an older version.

    Run it before that version is installed. Whatever came after that revision is deleted with all
    it holds; the rest stays. Back up first.
    """
    older = runner.older()
    if revision not in older:
        raise click.ClickException(
            f"There is no way back to {revision!r}. {_where_it_can_go(older)}"
        )
    if not yes:
        _ask(revision)
    try:
        runner.downgrade(revision)
    except (runner.UnknownRevision, runner.DatabaseIsBusy) as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        f"The tables are now at revision {revision}. "
        "Install the version that belongs to it before you start anything."
    )


def _where_it_can_go(older: list[str]) -> str:
    if not older:
        return "The tables of this database have no revision before the one that they are at."
    return f"The tables of this database can go back to {', '.join(older)}."


def _ask(revision: str) -> None:
    try:
        agreed = click.confirm(
            f"Tables and columns that came after {revision} are deleted with all they hold; "
            "docs/upgrading.md lists them. Is there a backup, and has everything been stopped",
            err=True,
        )
    except click.Abort:
        agreed = False
    if not agreed:
        raise click.ClickException(
            "Nothing was changed. Answer y, or add --yes where nobody can be asked."
        )


@db_group.command("current")
def current_command() -> None:
    """Say at which revision our tables are."""
    found, latest = runner.current(), runner.latest()
    if found is None:
        click.echo(f"No migration has been run yet; the newest is {latest}.")
    elif found == latest:
        click.echo(f"Revision {found}, the newest.")
    else:
        click.echo(f"Revision {found}; the newest is {latest}.")


@db_group.command("check")
def check_command() -> None:
    """Compare the database with what this version needs.

    Triggers included. The exit code is 1 where something is missing.
    """
    found = runner.problems()
    for problem in found:
        click.echo(problem, err=True)
    if found:
        raise click.exceptions.Exit(1)
    click.echo("The database is as this version needs it: tables and triggers are there.")

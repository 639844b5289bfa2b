"""``flask stadtlabor outbox run``: deliver mail, and do what falls due by itself."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import click
from flask.cli import AppGroup
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from flask_stadtlabor.cli.group import database_failure
from flask_stadtlabor.outbox.delivery import DeliveryReport, deliver_due
from flask_stadtlabor.outbox.models import OutboxRun
from flask_stadtlabor.registration.due import DueReport, run_due
from flask_stadtlabor.state import now, session

WATCH_SECONDS = 5

outbox_group = AppGroup("outbox", help="Mail: deliver what waits.")


@outbox_group.command("run")
@click.option("--watch", is_flag=True, help="Go on until stopped, for a service of its own.")
def run_command(watch: bool) -> None:
    """Deliver the mails that are due, end holds and offers, and offer free seats.

    Any number of these can run at once. The exit code is 1 when a mail could not be delivered.
    """
    if watch:
        _watch()
        return
    due, delivered = _run_once()
    click.echo(_sentence(due, delivered))
    if delivered.failed or delivered.given_up:
        click.echo(
            f"{delivered.failed} mails could not be delivered and will be tried again, "
            f"{delivered.given_up} were given up. "
            "`flask stadtlabor check` tells more; look at the mail server.",
            err=True,
        )
        raise click.exceptions.Exit(1)


def _run_once() -> tuple[DueReport, DeliveryReport]:
    due = run_due()
    delivered = DeliveryReport()
    while any(batch := deliver_due()):
        delivered = DeliveryReport(*(a + b for a, b in zip(delivered, batch, strict=True)))
    session().execute(update(OutboxRun).where(OutboxRun.id == 1).values(finished_at=now()))
    session().commit()
    return due, delivered


def _watch() -> None:
    """Work until SIGTERM or SIGINT, finishing the mail at hand; a database may come and go."""
    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, ask_to_stop)
    click.echo("Watching the outbox. Stop with Ctrl+C.")
    while not stop.is_set():
        try:
            due, delivered = _run_once()
            if any(due) or any(delivered):
                click.echo(_sentence(due, delivered))
        except SQLAlchemyError as error:
            click.echo(f"{database_failure(error)} Trying again.", err=True)
        session().remove()
        stop.wait(WATCH_SECONDS)
    click.echo("Stopped.")


def _sentence(due: DueReport, delivered: DeliveryReport) -> str:
    return (
        f"{delivered.sent} mails delivered, {due.ended} holds and offers ended, "
        f"{due.offered} parties offered a seat."
    )

"""``flask stadtlabor outbox …``: deliver mail, and do what falls due by itself."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import click
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from flask_stadtlabor.cli.group import database_failure
from flask_stadtlabor.editor.jobs.round import Round, do_round
from flask_stadtlabor.outbox.operations import try_again
from flask_stadtlabor.state import session
from flask_stadtlabor.transactions import commit

logger = logging.getLogger(__name__)

WATCH_SECONDS = 5

outbox_group = AppGroup("outbox", help="Mail: deliver what waits, and do what falls due.")


@outbox_group.command("run")
@click.option("--watch", is_flag=True, help="Go on until stopped, for a service of its own.")
def run_command(watch: bool) -> None:
    """Deliver mail, and do what falls due by itself.

    That is: publish drafts whose time has come, end holds, offers and consents that ran out, offer
    free seats to those who wait, remind and thank, ask people again whose text changed in
    substance, and write the digests of the day. Any number of these can run at once. The exit code
    is 1 when a mail could not be delivered or a part of this failed.
    """
    if watch:
        _watch()
        return
    done = do_round()
    click.echo(_done(done))
    if problem := _problem(done):
        raise click.ClickException(problem)


@outbox_group.command("retry")
def retry_command() -> None:
    """Queue mails once more that were given up, for the next run."""
    count = commit(try_again)
    click.echo(f"{_mails(count)} queued again.")


def _watch() -> None:
    """Work until SIGTERM or SIGINT, finishing the mail at hand; a database may come and go."""
    with _asked_to_stop() as stop:
        click.echo("Watching the outbox. Stop with Ctrl+C.")
        database_is_away = False
        while not stop.is_set():
            try:
                done = do_round(stop.is_set)
            except SQLAlchemyError as error:
                if not database_is_away:
                    click.echo(f"{database_failure(error)} Trying again.", err=True)
                database_is_away = True
            except Exception as error:
                # whatever it is, the next round may well do better than a service that has ended
                logger.error("A round of the outbox failed: %s", type(error).__name__)
                click.echo("The round failed; the log says more. Trying again.", err=True)
            else:
                if database_is_away:
                    click.echo("The database answers again.", err=True)
                database_is_away = False
                _tell(done)
            with suppress(SQLAlchemyError):
                session().remove()
            stop.wait(WATCH_SECONDS)
        click.echo("Stopped.")


@contextmanager
def _asked_to_stop() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    before = {name: signal.signal(name, ask_to_stop) for name in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _tell(done: Round) -> None:
    if done.published or any(done.due) or done.digests or done.answered or done.delivered.sent:
        click.echo(_done(done))
    if problem := _problem(done):
        click.echo(problem, err=True)


def _done(done: Round) -> str:
    due, delivered = done.due, done.delivered
    return (
        f"{_mails(delivered.sent)} delivered, {due.ended} holds and offers ended, "
        f"{due.offered} parties offered seats, {due.reminded} reminded and {due.thanked} thanked, "
        f"{due.consents_ended} consents ended, {due.asked_again} people asked again, "
        f"{done.published} drafts published, {due.written} mails of messages to groups written, "
        f"{done.answered} mails of answers and {done.digests} digests written."
    )


def _problem(done: Round) -> str | None:
    """What went wrong and what to do, or None."""
    delivered = done.delivered
    sentences = []
    if done.failed:
        parts = "1 part" if done.failed == 1 else f"{done.failed} parts"
        sentences.append(
            f"{parts} of what falls due failed and will be done again in the next round; "
            "the log names each."
        )
    if delivered.failed:
        sentences.append(
            f"{_mails(delivered.failed)} could not be delivered and will be tried again; "
            "look at the mail server."
        )
    if delivered.given_up:
        sentences.append(
            f"{_mails(delivered.given_up)} given up; once the reason is gone, "
            "`flask stadtlabor outbox retry` queues what was given up again."
        )
    return " ".join(sentences) or None


def _mails(count: int) -> str:
    return "1 mail" if count == 1 else f"{count} mails"

"""The database: there, up to date, and with an outbox that moves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from flask_stadtlabor.adapters.celery import RUN
from flask_stadtlabor.cli.checks.finding import Finding, error, note, warning
from flask_stadtlabor.cli.checks.ledger import check_ledger
from flask_stadtlabor.cli.checks.retention import check_retention
from flask_stadtlabor.cli.group import database_failure
from flask_stadtlabor.db import is_in_memory
from flask_stadtlabor.migrations import runner
from flask_stadtlabor.outbox.models import MailState, OutboxMail, OutboxRun
from flask_stadtlabor.state import current, now, session, settings

PATIENCE = timedelta(minutes=15)
"""How long mail may wait for a worker."""
CRON = "run `flask stadtlabor outbox run` every few minutes, or `--watch` as a service"
BEAT = f"let Celery beat call {RUN} every minute, or {CRON}"


def check_data() -> Iterator[Finding]:
    """Findings about the database and what waits in it."""
    try:
        url = current().db.engine.url
        if is_in_memory(url):
            yield error(
                "The database is SQLite in memory, so that everything is lost when the process "
                "ends; name a file or a server in SQLALCHEMY_DATABASE_URI."
            )
        problems = runner.problems()
        yield from (error(problem) for problem in problems)
        if not problems:
            yield from _outbox()
            yield from check_ledger()
            yield from check_retention()
    except SQLAlchemyError as failure:
        yield error(database_failure(failure))


def _outbox() -> Iterator[Finding]:
    yield from _given_up()
    finished = session().scalar(select(OutboxRun.finished_at).where(OutboxRun.id == 1))
    if finished is None:
        yield note("The outbox has never been run.")
    else:
        yield note(f"The outbox was last run at {finished:%Y-%m-%d %H:%M} UTC.")
    is_late = finished is None or finished < now() - PATIENCE
    how = BEAT if settings().outbox == "celery" else CRON
    waiting = _waiting()
    if waiting:
        yield error(
            f"{_mails(waiting)} {'has' if waiting == 1 else 'have'} been waiting for more than "
            f"{PATIENCE // timedelta(minutes=1)} minutes; {how}, and look at the mail server."
        )
    elif is_late and settings().outbox == "worker":
        yield warning(
            "STADTLABOR_OUTBOX is 'worker', but no worker has run in the last "
            f"{PATIENCE // timedelta(minutes=1)} minutes; {how}."
        )
    elif is_late:
        yield warning(
            "Nobody ends holds that ran out or offers free seats, because the outbox has not "
            f"been run in the last {PATIENCE // timedelta(minutes=1)} minutes; {how}."
        )


def _given_up() -> Iterator[Finding]:
    """Mails that can be tried again; of older ones nothing is left that could be sent."""
    rows = session().execute(
        select(OutboxMail.kind, func.count(), func.max(OutboxMail.last_error))
        .where(OutboxMail.state == MailState.GIVEN_UP, OutboxMail.recipient.is_not(None))
        .group_by(OutboxMail.kind)
        .order_by(OutboxMail.kind)
    )
    for kind, count, reason in rows:
        yield error(
            f"The delivery of {_mails(count)} of the kind {kind!r} was given up ({reason}); look "
            "at the mail server, then run `flask stadtlabor outbox retry`."
        )


def _mails(count: int) -> str:
    return "1 mail" if count == 1 else f"{count} mails"


def _waiting() -> int:
    """Mails that have been due for longer than any run takes to come by."""
    count = session().scalar(
        select(func.count())
        .select_from(OutboxMail)
        .where(OutboxMail.state == MailState.QUEUED, OutboxMail.next_attempt_at < now() - PATIENCE)
    )
    return count or 0

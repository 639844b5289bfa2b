"""Delivery in the process that wrote the mail: after the response, and never in its way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import make_url, select, text

from flask_stadtlabor import Stadtlabor
from flask_stadtlabor.outbox.models import MailState, OutboxMail
from flask_stadtlabor.outbox.operations import enqueue
from flask_stadtlabor.outbox.wake import DELIVERY_THREADS
from tests import factories
from tests.forms import fill
from tests.host import Host, create_app
from tests.outbox.letters import letter, row, write
from tests.waiting import until


class SlowMailer:
    """Takes as long as the test wants."""

    def __init__(self) -> None:
        self.may_go_on = threading.Event()
        self.sent: list[EmailMessage] = []
        self.failures = 0

    def __call__(self, message: EmailMessage) -> None:
        assert self.may_go_on.wait(30)
        if self.failures:
            self.failures -= 1
            raise ConnectionRefusedError
        self.sent.append(message)


Inline = tuple[Host, SlowMailer]


@pytest.fixture
def inline(host: Host) -> Iterator[Inline]:
    """A portal with a page that writes a mail."""
    mailer = SlowMailer()
    here = host.make(ports={"mailer": mailer}, STADTLABOR_OUTBOX="inline")
    add_page(here.app, here.db)
    yield here, mailer
    mailer.may_go_on.set()
    rest(here.app)


def rest(app: Flask) -> None:
    """Let the delivery come to its end, so that it holds no connection."""
    for postman in app.extensions[DELIVERY_THREADS].values():
        postman.close()


def add_page(app: Flask, db: SQLAlchemy) -> None:
    @app.post("/write")
    def write_one() -> str:
        enqueue(**letter())
        db.session.commit()
        return "written"


@pytest.mark.one_database
def test_the_response_does_not_wait_for_the_mail_server(inline: Inline) -> None:
    """The contract's ``inline``."""
    here, mailer = inline
    assert here.client().post("/write").text == "written"
    assert mailer.sent == []
    assert row(here).state == MailState.QUEUED
    mailer.may_go_on.set()
    until(lambda: row(here).state == MailState.SENT)
    assert len(mailer.sent) == 1


def test_the_work_for_a_mail_begins_when_the_response_is_made(inline: Inline) -> None:
    """S2: so that the answer takes as long, whatever that work is."""
    here, mailer = inline
    mailer.may_go_on.set()

    @here.app.post("/write-and-look")
    def write_and_look() -> str:
        enqueue(**letter())
        here.db.session.commit()
        return f"{len(here.app.extensions[DELIVERY_THREADS])} threads at work"

    assert here.client().post("/write-and-look").text == "0 threads at work"
    until(lambda: len(mailer.sent) == 1)


def delivering_threads() -> set[threading.Thread]:
    """The threads of the outbox alone, because a test before may have left others behind."""
    return {thread for thread in threading.enumerate() if "stadtlabor-outbox" in thread.name}


@pytest.mark.one_database
def test_many_commits_are_delivered_by_one_thread_and_none_is_forgotten(inline: Inline) -> None:
    here, mailer = inline
    mailer.may_go_on.set()
    before = delivering_threads()
    for number in range(20):
        write(here, kind=f"kind-{number}")
    assert len(delivering_threads() - before) <= 1
    until(lambda: len(mailer.sent) == 20)
    assert len({message["Message-ID"] for message in mailer.sent}) == 20


@pytest.mark.one_database
def test_what_failed_is_tried_again_by_itself(host: Host, inline: Inline) -> None:
    """S14: also where nobody runs ``outbox run`` and nobody else registers."""
    here, mailer = inline
    mailer.failures = 1
    mailer.may_go_on.set()
    write(here)
    (postman,) = here.app.extensions[DELIVERY_THREADS].values()
    until(lambda: postman.alarm is not None)
    assert 0 < postman.alarm.interval <= 60
    host.clock.move(minutes=2)
    # what the alarm does, without the minute
    postman.alarm.function()
    until(lambda: row(here).state == MailState.SENT)


@pytest.mark.one_database
def test_a_savepoint_wakes_nobody_too_early(inline: Inline) -> None:
    """Its release is no commit; the commit after it is."""
    here, mailer = inline
    mailer.may_go_on.set()
    with here.app.app_context():
        with here.db.session.begin_nested():
            enqueue(**letter())
        assert here.app.extensions[DELIVERY_THREADS] == {}
        here.db.session.commit()
    until(lambda: len(mailer.sent) == 1)


@pytest.mark.one_database
def test_a_worker_process_delivers_nothing_in_its_web_servers(host: Host) -> None:
    mailer = SlowMailer()
    mailer.may_go_on.set()
    here = host.make(ports={"mailer": mailer}, STADTLABOR_OUTBOX="worker")
    write(here)
    assert DELIVERY_THREADS not in here.app.extensions
    assert row(here).attempts == 0


@pytest.mark.one_database
def test_the_command_delivers_its_own_mails_and_wakes_nobody(host: Host, inline: Inline) -> None:
    """So that its count and its exit code are true."""
    here, mailer = inline
    mailer.may_go_on.set()
    host.load(factories.exchange(factories.open_event()))
    fill(host.client(), "/stadtlabor/de/events/plattform/register", factories.person())
    host.mails()
    host.clock.move(hours=49)
    assert "1 mail delivered, 1 holds and offers ended" in here.run("outbox", "run").stdout
    assert here.app.extensions[DELIVERY_THREADS] == {}


def in_memory(db: SQLAlchemy, mailer: SlowMailer) -> Flask:
    stadtlabor = Stadtlabor(db, mailer=mailer)
    app = create_app(make_url("sqlite://"), db, stadtlabor, STADTLABOR_OUTBOX="inline")
    add_page(app, db)
    result = app.test_cli_runner().invoke(args=["stadtlabor", "db", "upgrade"])
    assert result.exit_code == 0, result.output
    return app


def states(app: Flask, db: SQLAlchemy) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(OutboxMail.state)))


def test_a_database_in_memory_is_delivered_at_the_end_of_the_request() -> None:
    """A thread would share its only connection."""
    db, mailer = SQLAlchemy(), SlowMailer()
    app = in_memory(db, mailer)
    mailer.may_go_on.set()
    assert app.test_client().post("/write").text == "written"
    assert len(mailer.sent) == 1
    assert states(app, db) == [MailState.SENT]


def test_delivery_at_the_end_does_not_commit_what_the_request_left_unfinished() -> None:
    db, mailer = SQLAlchemy(), SlowMailer()
    app = in_memory(db, mailer)
    mailer.may_go_on.set()
    with app.app_context():
        db.session.execute(text("CREATE TABLE thing (name TEXT)"))
        db.session.commit()

    @app.post("/unfinished")
    def unfinished() -> str:
        enqueue(**letter())
        db.session.commit()
        db.session.execute(text("INSERT INTO thing VALUES ('half')"))
        return "left"

    app.test_client().post("/unfinished")
    assert states(app, db) == [MailState.SENT]
    with app.app_context():
        assert db.session.execute(text("SELECT count(*) FROM thing")).scalar() == 0


def test_a_failure_at_the_end_leaves_the_response_as_it_is() -> None:
    db, mailer = SQLAlchemy(), SlowMailer()
    app = in_memory(db, mailer)
    mailer.may_go_on.set()
    mailer.failures = 1
    assert app.test_client().post("/write").status_code == 200
    assert states(app, db) == [MailState.QUEUED]


@pytest.mark.one_database
def test_two_portals_on_one_db_object_send_each_its_own(host: Host) -> None:
    db, mailer = SQLAlchemy(), SlowMailer()
    mailer.may_go_on.set()
    stadtlabor = Stadtlabor(db, mailer=mailer)
    first = create_app(host.url, db, stadtlabor, STADTLABOR_OUTBOX="inline")
    create_app(host.url, db, stadtlabor, STADTLABOR_OUTBOX="inline")
    with first.app_context():
        enqueue(**letter())
        db.session.commit()
    until(lambda: row(host).state == MailState.SENT)
    assert len(mailer.sent) == 1
    rest(first)

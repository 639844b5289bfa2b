"""Every change of an event or a registration takes the lock in the one way there is (S17)."""

from __future__ import annotations

import ast
import re
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import event as sql_event
from sqlalchemy import select

from flask_stadtlabor.consent.answers import operations as consent
from flask_stadtlabor.consent.models import ActorKind, ConsentAction, ConsentEntry, Method
from flask_stadtlabor.consent.texts.published import current_texts
from flask_stadtlabor.events.locks import LockEnded, lock_event
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.exceptions import AlreadyDeleted
from flask_stadtlabor.privacy.account import erase_person
from flask_stadtlabor.registration.locks import lock_registration
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.registration.operations import staff, transitions
from flask_stadtlabor.registration.requests import ConsentChoice
from flask_stadtlabor.transactions import commit
from tests.factories import PHOTOS, exchange, open_event
from tests.host import Host
from tests.registration.crowd import crowd

PACKAGE = Path(__file__).parents[2] / "flask_stadtlabor"
LOCKS = (
    "events/locks.py",
    "registration/locks.py",
    "participation/ideas/locks.py",
    "participation/comments/locks.py",
    "participation/moderation/locks.py",
)
HAS_THE_STATEMENT = "transactions.py"
"""Has :func:`lock_row`, by which the modules lock that may."""
LOCK_OTHER_TABLES = {
    "registration/jobs/reconsent.py": "purposes",
    "registration/allocation/holds.py": "mails of the outbox",
}
"""Modules beside those of the ledger and the outbox that lock rows of neither kind."""
ROWS = ("Event", "Registration")
COLUMNS = {column.key for model in (Event, Registration) for column in model.__mapper__.columns}
WITHOUT_LOCK = {
    "events/operations.py:_revise": "called by save_event, under the lock that it has taken",
    "events/operations.py:save_series": "the words of a series in the search texts of its events",
    "events/operations.py:save_event": "takes the lock by the slug itself",
    "registration/models.py:_keep_what_is_derived": "part of each flush",
}
"""What changes a row, or makes one, without being handed the lock, and why that is right."""


@cache
def trees() -> dict[str, ast.Module]:
    """Our modules by their names, read when a test asks: some runs only collect this one."""
    return {
        str(path.relative_to(PACKAGE)): ast.parse(path.read_text("utf-8"))
        for path in PACKAGE.rglob("*.py")
    }


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def is_handed_the_lock(function: ast.FunctionDef) -> bool:
    arguments = [*function.args.args, *function.args.kwonlyargs]
    types = [ast.unparse(one.annotation) for one in arguments if one.annotation is not None]
    return any(re.search(r"\bLocked(Event)?\b", name) for name in types)


def changes_a_row(function: ast.FunctionDef) -> bool:
    """Whether it runs a statement that changes such rows, or sets a column of one."""
    of_a_row = False
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            changed = ast.unparse(node.args[0])
            if node.func.id in ("update", "delete", "insert") and changed in ROWS:
                return True
            if node.func.id == "setattr" and changed in ("registration", "event"):
                return True
        targets = node.targets if isinstance(node, ast.Assign) else []
        for target in targets:
            if isinstance(target, ast.Attribute) and target.attr in COLUMNS:
                of_a_row |= ast.unparse(target.value) in ("registration", "event", "person")
    return of_a_row


def test_whatever_changes_an_event_or_a_registration_is_handed_its_lock() -> None:
    """S17: a change without the lock as its argument does not exist."""
    without = {
        f"{name}:{function.name}"
        for name, tree in trees().items()
        for function in functions(tree)
        if name not in LOCKS and changes_a_row(function) and not is_handed_the_lock(function)
    }
    assert without == set(WITHOUT_LOCK)


def test_no_other_module_locks_such_a_row_or_makes_a_lock() -> None:
    """S17: one way, so that nobody waits in a circle."""
    for name in set(trees()) - set(LOCKS):
        nodes = list(ast.walk(trees()[name]))
        calls = [node for node in nodes if isinstance(node, ast.Call)]
        asked = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        asked |= {word.arg for call in calls for word in call.keywords if word.arg}
        if not name.startswith(("consent/", "outbox/")) and name not in LOCK_OTHER_TABLES:
            assert name == HAS_THE_STATEMENT or "with_for_update" not in asked, name
        made = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
        assert not made & {"Locked", "LockedEvent"}, name
        assert name == "consent/ledger/head.py" or "lock_row" not in made, name


@pytest.mark.one_database
def test_a_lock_ends_with_its_transaction(host: Host) -> None:
    """S17: what was locked before a commit or a rollback can change nothing after it."""
    host.load(exchange(open_event()))
    crowd(host)
    with host.app.app_context():
        session = host.db.session
        within = lock_event(session.scalars(select(Event)).one())
        locked = lock_registration(session.scalars(select(Registration)).one())
        session.rollback()
        for act in (lambda: within.event, lambda: transitions.cancel(locked)):
            with pytest.raises(LockEnded):
                act()


@pytest.mark.one_database
def test_nothing_is_read_before_the_lock(host: Host) -> None:
    """S17: what is read under it is never older (MariaDB, REPEATABLE READ), such as a later no."""
    host.load(exchange(open_event()))
    crowd(host)
    statements: list[str] = []
    with host.app.app_context():
        registration = host.db.session.scalars(select(Registration)).one()

        @sql_event.listens_for(host.db.engine, "before_cursor_execute")
        def note(_1: object, _2: object, statement: str, *_: object) -> None:
            statements.append(statement)

        commit(lambda: lock_registration(registration))
        sql_event.remove(host.db.engine, "before_cursor_execute", note)
    assert statements[0].startswith("UPDATE stadtlabor_event ")


class Meanwhile:
    """Somebody else's work, which begins in a thread of its own when a test says so."""

    def __init__(self, host: Host, work: object) -> None:
        self.host, self.work, self.outcome = host, work, ""
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        with self.host.app.app_context():
            try:
                commit(self.work)  # type: ignore[arg-type]
                self.outcome = "done"
            except AlreadyDeleted:
                self.outcome = "gone"
            finally:
                self.host.db.session.remove()


@pytest.mark.parametrize("first", ["erasure", "answers"])
def test_no_answer_is_written_for_somebody_who_is_being_erased(host: Host, first: str) -> None:
    """S17, C7: of the desk and an erasure at once, one waits, and nothing follows the erasure."""
    host.load(exchange(open_event()))
    crowd(host, state="confirmed")
    with host.app.app_context():
        subject = consent.new_reference()
        consent.open_subject(
            subject,
            "plattform",
            [],
            [],
            actor=ActorKind.SUBJECT,
            method=Method.WEB,
            confirmed_by=None,
        )
        host.db.session.scalars(select(Registration)).one().subject = subject
        host.db.session.commit()
        (purpose,) = current_texts([PHOTOS])
        choice = ConsentChoice(PHOTOS, purpose.shown(), ConsentAction.GIVEN)

    def answer() -> None:
        found = host.db.session.scalars(select(Registration)).one_or_none()
        if found is None:
            raise AlreadyDeleted
        reached.set()
        staff.record_answers(lock_registration(found), (choice,), seen=0, method=Method.PAPER)

    def erase() -> None:
        reached.set()
        assert erase_person("person1@buerger.example") is not None

    reached = threading.Event()
    works = {"erasure": erase, "answers": answer}
    other = Meanwhile(host, works["answers" if first == "erasure" else "erasure"])
    with host.app.app_context():
        host.db.session.rollback()
        works[first]()
        reached.clear()
        other.thread.start()
        # as far as it comes before it has to wait for us
        reached.wait(5)
        other.thread.join(0.3)
        host.db.session.commit()
    other.thread.join(60)
    assert other.outcome == ("gone" if first == "erasure" else "done")
    with host.app.app_context():
        entries = host.db.session.scalars(
            select(ConsentEntry.event)
            .where(ConsentEntry.subject == subject)
            .order_by(ConsentEntry.seq)
        ).all()
    assert (entries[-1:] or [ConsentAction.WITHDRAWN]) == [ConsentAction.WITHDRAWN]
    assert host.scalar(select(Registration.id)) is None

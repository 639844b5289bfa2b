"""A database of every earlier revision is upgraded, downgraded and upgraded again.

Each revision's is made once and taken all ways: making one takes a step for each revision.
"""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.attributes import flag_modified

from flask_stadtlabor import append_only
from flask_stadtlabor.consent.models import ConsentDraft, Publication, TakeDownTask
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.migrations import runner
from flask_stadtlabor.registration.models import DeskNotice, Registration
from tests.forms import page
from tests.host import Host
from tests.migrations.frozen import Frozen, Rows, file_of, readable

ROOT = Path(__file__).parents[2]
REVISIONS = [
    script.revision
    for script in ScriptDirectory(str(Path(runner.__file__).parent)).walk_revisions()
][::-1]
KEPT = [revision for revision in REVISIONS if file_of(revision).exists()]
BEFORE = {newer: older for older, newer in pairwise(KEPT)}
"""The revision that each one follows."""
RELEASED = {KEPT[0], "0008", "0015", "0024"}
"""The first revision, and those of versions 0.1.0, 0.2.0 and 0.3.0, from which cities upgrade."""
DERIVED = {"search_text"}
"""Columns that each version makes anew, by its own rules."""


@pytest.mark.parametrize("revision", REVISIONS)
def test_there_are_rows_of_every_revision(revision: str) -> None:
    assert file_of(revision).exists(), (
        f"Revision {revision} has no rows to be tried with. While it is the newest, extend "
        "tests/migrations/lived_in.py until something stands in each of its tables and columns, "
        "and run `python -m tests.migrations.lived_in`. Then write into docs/upgrading.md what a "
        "way back loses."
    )


@pytest.mark.parametrize("revision", KEPT)
def test_the_rows_of_a_revision_fill_every_column(revision: str) -> None:
    """A column without a value could lose its data unnoticed."""
    rows_of = Frozen.read(revision).rows
    empty = {
        f"{table}.{column}"
        for table, rows in rows_of.items()
        for column in rows[0]
        if all(row[column] is None for row in rows)
    }
    assert empty == set()


def test_people_and_events_from_before_are_found_and_in_order(bare_host: Host) -> None:
    """Whatever older software wrote, keys are as this one makes them."""
    Frozen.read("0005").fill(bare_host)
    upgrade(bare_host)
    with bare_host.app.app_context():
        session = bare_host.db.session
        people = session.scalars(select(Registration)).all()
        before = [(person.search_text, person.sort_key) for person in people]
        for person in people:
            flag_modified(person, "given_name")
        session.flush()
        assert [(person.search_text, person.sort_key) for person in people] == before
        assert "yildiz-3 anne" in [key for _, key in before]
        texts = session.scalars(select(Event.search_text)).all()
    assert any("begrussung" in text.split() for text in texts)


def test_events_from_before_know_how_many_seats_are_confirmed(bare_host: Host) -> None:
    """S16: public numbers are made from it."""
    Frozen.read("0002").fill(bare_host)
    upgrade(bare_host)
    with bare_host.app.app_context():
        counted = bare_host.db.session.execute(
            select(Event.id, Event.seats_confirmed - Event.seats_unnamed).where(
                Event.seats_confirmed > Event.seats_unnamed
            )
        ).all()
        right = bare_host.db.session.execute(
            select(Registration.event_id, func.sum(Registration.party_size))
            .where(Registration.state == "confirmed")
            .group_by(Registration.event_id)
        ).all()
    assert sorted(map(tuple, counted)) == sorted((event, int(seats)) for event, seats in right)
    assert counted


def test_seats_that_nobody_is_known_for_any_more_stay_taken(bare_host: Host) -> None:
    """S16: three who were there were erased before the upgrade; one is still known."""
    Frozen.read("0002").fill(bare_host)
    with bare_host.app.app_context():
        session = bare_host.db.session
        last_week = "UPDATE stadtlabor_event SET seats_taken = 4 WHERE slug = 'letzte-woche'"
        session.execute(text(last_week))
        session.commit()
        session.remove()
        runner.upgrade()
        counts = session.execute(
            select(Event.seats_taken, Event.seats_unnamed, Event.seats_confirmed).where(
                Event.slug == "letzte-woche"
            )
        ).one()
    assert tuple(counts) == (4, 3, 4)


@pytest.mark.parametrize(("other", "key"), [("Eva Erbin", "staff:1"), ("Otto Orga", None)])
def test_names_of_staff_from_before_get_their_key(
    bare_host: Host, other: str, key: str | None
) -> None:
    """By which `person forget-staff` finds them; a name that two people have belongs to neither."""
    Frozen.read("0024").fill(bare_host)
    statement = text("UPDATE stadtlabor_group_message SET actor_key = 'staff:2', actor_name = :who")
    with bare_host.app.app_context(), bare_host.db.engine.begin() as connection:
        connection.execute(statement, {"who": other})
    assert bare_host.run("db", "upgrade").exit_code == 0
    with bare_host.app.app_context():
        for column in (
            ConsentDraft.edited_key,
            Publication.recorded_key,
            TakeDownTask.done_key,
            DeskNotice.done_key,
        ):
            assert set(bare_host.db.session.scalars(select(column))) - {None} == {key} - {None}


@pytest.mark.parametrize("revision", KEPT)
def test_upgrades_lose_nothing_and_ways_back_what_is_written(
    bare_host: Host, revision: str
) -> None:
    """To the newest revision and back, to the one before and back twice, and up in the end.

    All these ways from each revision on SQLite, and on other engines from those that were released;
    from each other one the step to the one before and back, so that every engine takes every step.
    """
    frozen = Frozen.read(revision)
    frozen.fill(bare_host)
    assert_of_that_revision(bare_host, frozen)
    goes_all_ways = bare_host.database == "sqlite" or revision in RELEASED
    if goes_all_ways:
        upgrade(bare_host)
        assert told(frozen.found(bare_host)) == told(frozen.rows)
        assert_as_the_models_say(bare_host)
        with bare_host.app.app_context():
            runner.downgrade(revision)
        assert_of_that_revision(bare_host, frozen)
    left = frozen.found(bare_host)
    assert left == frozen.rows
    # what a step down leaves behind, the second one stumbles over
    for _ in range(2 if revision in BEFORE else 0):
        left = back_and_again(bare_host, frozen)
        assert lost(frozen.rows, left) == lost_by_the_documents(BEFORE[revision])
    if goes_all_ways:
        upgrade(bare_host)
        assert told(frozen.found(bare_host)) == told(left)
        assert_in_order(bare_host, frozen)


def assert_of_that_revision(host: Host, frozen: Frozen) -> None:
    """The tables are as the older version knew them."""
    assert tables(host) == frozen.columns
    assert_guarded(host)


def back_and_again(host: Host, frozen: Frozen) -> Rows:
    """What is left after going down to the revision before, and up again."""
    older = BEFORE[frozen.revision]
    assert host.run("db", "downgrade", older, "--yes").exit_code == 0
    assert_guarded(host)
    with host.app.app_context():
        runner.upgrade(frozen.revision)
    return frozen.found(host)


def upgrade(host: Host) -> None:
    """To the newest revision."""
    result = host.run("db", "upgrade")
    assert result.exit_code == 0, result.output


def tables(host: Host) -> dict[str, set[str]]:
    """All columns of our tables."""
    with host.app.app_context(), host.db.engine.connect() as connection:
        return {name: set(table.columns.keys()) for name, table in readable(connection).items()}


def told(rows: Rows) -> Rows:
    """The columns that cannot be derived from others."""
    return {
        table: [{name: row[name] for name in row if name not in DERIVED} for row in found]
        for table, found in rows.items()
    }


def lost(before: Rows, after: Rows) -> set[str]:
    """The tables whose rows are gone, and the columns with other values."""
    return {
        table if len(after[table]) != len(rows) else f"{table}.{column}"
        for table, rows in before.items()
        for column in rows[0]
        if [row[column] for row in rows] != [row[column] for row in after[table]]
    }


def lost_by_the_documents(revision: str) -> set[str]:
    """What docs/upgrading.md says of a way back to ``revision``."""
    document = (ROOT / "docs/upgrading.md").read_text("utf-8")
    section = document.partition(f"### Back to {revision}\n")[2].partition("\n#")[0]
    return set(re.findall(r"`(stadtlabor_[\w.]+)`", section))


def assert_as_the_models_say(host: Host) -> None:
    """The tables are as the newest version needs them, and the ledger is whole."""
    for command in (("db", "check"), ("consent", "verify")):
        result = host.run(*command)
        assert (result.exit_code, result.stderr) == (0, ""), result.output
    assert_guarded(host)


def assert_in_order(host: Host, frozen: Frozen) -> None:
    """And the pages answer."""
    assert_as_the_models_say(host)
    citizen = host.client()
    shown = page(citizen.get(f"/stadtlabor/de/events/{frozen.event}/"))
    (event,) = (row for row in frozen.rows["stadtlabor_event"] if row["slug"] == frozen.event)
    assert shown.select("h1")[0].text == event["title"]["de"]
    opened = citizen.get(frozen.link, follow_redirects=True)
    assert opened.status_code == 200
    assert frozen.name in opened.text


def assert_guarded(host: Host) -> None:
    """C5: all triggers are there, and refuse."""
    with host.app.app_context(), host.db.engine.connect() as connection:
        assert append_only.missing(connection) == []
        for table in append_only.TABLES:
            with pytest.raises(DBAPIError, match="append-only"):
                connection.execute(text(f"UPDATE {table} SET language = 'xx'"))  # noqa: S608
            connection.rollback()

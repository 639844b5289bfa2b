"""C9: ``flask stadtlabor consent verify`` names the first entry that is broken."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import NamedTuple

import pytest
from sqlalchemy import text

from flask_stadtlabor.consent.ledger import append
from flask_stadtlabor.consent.ledger.append import Line
from flask_stadtlabor.consent.ledger.verification import verify
from flask_stadtlabor.consent.models import ActorKind, ConsentAction, Method
from tests.consent.acts import PHOTOS, publish, shown, somebody, tamper, withdraw, without_triggers
from tests.host import Host

ENTRIES = "stadtlabor_consent_entry"
SUBJECTS = "stadtlabor_consent_subject"
OF_FIFTH = f"WHERE reference = (SELECT subject FROM {ENTRIES} WHERE seq = 5)"  # noqa: S608
TEXTS = "stadtlabor_consent_text"
HEAD = "stadtlabor_consent_head"
COLUMNS = (
    "subject, purpose, text_version, text_sha256, language, event, at, actor, method, "
    "previous_hash, hash, key_id"
)


@pytest.fixture
def filled(portal: Host) -> Host:
    """A portal with five entries about two versions of a text."""
    publish()
    withdraw(somebody(ConsentAction.REQUESTED, ConsentAction.GIVEN))
    publish(text={"de": "Neuer Text.", "en": "New text."})
    somebody(ConsentAction.GIVEN, ConsentAction.REFUSED)
    portal.db.session.commit()
    assert verify() == (5, None)
    return portal


def change(seq: int, to: str) -> str:
    return f"UPDATE {ENTRIES} SET {to} WHERE seq = {seq}"  # noqa: S608


def remove(where: str) -> str:
    return f"DELETE FROM {ENTRIES} WHERE {where}"  # noqa: S608


def copy(seq: int, to: int) -> str:
    return (
        f"INSERT INTO {ENTRIES} (seq, {COLUMNS})"  # noqa: S608
        f" SELECT {to}, {COLUMNS} FROM {ENTRIES} WHERE seq = {seq}"
    )


def change_head(to: str) -> str:
    return f"UPDATE {HEAD} SET {to}"  # noqa: S608


def change_text(version: int, language: str, to: str) -> str:
    return (
        f"UPDATE {TEXTS} SET {to}"  # noqa: S608
        f" WHERE version = {version} AND language = '{language}'"
    )


class Forgery(NamedTuple):
    """A manipulation, and how ``verify`` reports it."""

    statements: list[str]
    seq: int | None
    words: str


FORGERIES = {
    "an act is changed": Forgery([change(3, "event = 'given'")], 3, "changed"),
    "a subject is changed": Forgery([change(2, "subject = 'me'")], 2, "changed"),
    "a purpose is changed": Forgery([change(2, "purpose = 'other'")], 2, "changed"),
    "a version is changed": Forgery([change(2, "text_version = 2")], 2, "changed"),
    "a language is changed": Forgery([change(1, "language = 'en'")], 1, "changed"),
    "a time is changed": Forgery([change(4, "at = '2020-01-01 00:00:00.000000'")], 4, "changed"),
    "an actor is changed": Forgery([change(4, "actor = 'staff'")], 4, "changed"),
    "a method is changed": Forgery([change(4, "method = 'paper'")], 4, "changed"),
    "a text hash is changed": Forgery([change(4, f"text_sha256 = '{'a' * 64}'")], 4, "changed"),
    "a hash is changed": Forgery([change(2, f"hash = '{'ä' * 64}'")], 2, "its hash"),
    "a previous hash is changed": Forgery(
        [change(2, f"previous_hash = '{'0' * 64}'")], 2, "changed"
    ),
    "a key id is changed": Forgery([change(3, "key_id = 'x'")], 3, "'x'"),
    "the first is removed": Forgery([remove("seq = 1")], 1, "missing"),
    "one in the middle is removed": Forgery([remove("seq = 3")], 3, "missing"),
    "a gap is closed": Forgery(
        [remove("seq = 3"), change(4, "seq = 3"), change(5, "seq = 4")], 3, "moved"
    ),
    "two change places": Forgery(
        [change(2, "seq = 1000"), change(4, "seq = 2"), change(1000, "seq = 4")], 2, "moved"
    ),
    "one is put in front": Forgery([copy(1, 0)], 0, "in front"),
    "the tail is cut": Forgery([remove("seq >= 4")], 4, "the head names 5"),
    "all are removed": Forgery([remove("seq > 0")], 1, "the head names 5"),
    "one is put behind the end": Forgery([copy(5, 6)], 6, "behind the end"),
    "tail and head are cut": Forgery(
        [
            change_head("seq = 4"),
            change_head("hash = (SELECT hash FROM stadtlabor_consent_entry WHERE seq = 4)"),
            remove("seq = 5"),
        ],
        None,
        "seal of the head",
    ),
    "the seal is taken off": Forgery([change_head("seal = ''")], None, "seal of the head"),
    "the head is removed": Forgery([change_head("id = 2")], None, "no head"),
    "somebody's row counts another entry": Forgery(
        [f"UPDATE {SUBJECTS} SET entries = entries + 1 {OF_FIFTH}"],  # noqa: S608
        None,
        "entries were written, the last of them as number 5, and",
    ),
    "a text is changed": Forgery(
        [change_text(2, "de", "body = 'Anders.'")],
        4,
        "version 2, language 'de', which was changed",
    ),
    "a text is changed with its hash": Forgery(
        [change_text(1, "de", f"sha256 = '{'b' * 64}'")], 1, "which was changed"
    ),
    "a text is removed": Forgery([change_text(2, "de", "version = 9")], 4, "which is missing"),
    "a text that nobody answered to is changed": Forgery(
        [change_text(1, "en", "body = 'Other.'")],
        None,
        "The text of 'photos-website', version 1, language 'en' was changed",
    ),
}


def test_every_forgery_is_found_and_named(filled: Host) -> None:
    """C9: changed, removed, moved, added, cut; texts too."""
    with without_triggers(filled):
        for what, (statements, seq, words) in FORGERIES.items():
            for statement in statements:
                filled.db.session.execute(text(statement))
            entries, broken = verify()
            filled.db.session.rollback()
            assert broken is not None, what
            assert broken.seq == seq, what
            assert words in broken.reason, what
            if seq:
                assert entries == seq - 1, what
                assert str(seq) in broken.reason, what
        assert verify() == (5, None)


def test_the_command_says_in_a_sentence_that_all_is_well(filled: Host) -> None:
    result = filled.run("consent", "verify")
    assert result.exit_code == 0
    assert result.stdout == "The consent ledger is whole: 5 entries.\n"
    assert result.stderr == ""


def test_the_command_names_the_first_broken_entry_on_stderr(filled: Host) -> None:
    tamper(filled, change(3, "event = 'given'"), change(4, "event = 'refused'"))
    result = filled.run("consent", "verify")
    assert result.exit_code != 0
    assert result.stdout == ""
    assert "Entry 3 " in result.stderr
    assert "Whole before that: 2 entries." in result.stderr


def test_the_command_says_in_a_sentence_that_there_are_no_tables(bare_host: Host) -> None:
    result = bare_host.run("consent", "verify")
    assert result.exit_code != 0
    assert result.stderr.startswith("Error: ")
    assert "Traceback" not in result.output


def test_a_wrong_key_is_named_as_such(filled: Host) -> None:
    other = filled.make(STADTLABOR_LEDGER_KEY="not the one")
    with other.app.app_context():
        entries, broken = verify()
    assert entries == 0
    assert broken is not None
    assert broken.seq == 1
    assert "STADTLABOR_LEDGER_KEY" in broken.reason


def test_another_key_id_is_named_as_such(filled: Host) -> None:
    other = filled.make(STADTLABOR_LEDGER_KEY_ID="2")
    with other.app.app_context():
        broken = verify().broken
    assert broken is not None
    assert broken.seq == 1
    assert "key '1'" in broken.reason
    assert "'2'" in broken.reason


def test_erasing_a_person_keeps_the_chain_whole(filled: Host) -> None:
    """C9: the pseudonym's own row may go; the ledger names nobody."""
    filled.db.session.execute(text("DELETE FROM stadtlabor_consent_subject"))
    filled.db.session.commit()
    assert verify() == (5, None)


@pytest.mark.one_database
def test_a_long_ledger_needs_no_more_memory_than_a_short_one(portal: Host) -> None:
    publish()
    portal.db.session.commit()
    row = shown()
    line = Line.about(
        row,
        subject="s",
        purpose=PHOTOS,
        act=ConsentAction.REFUSED,
        actor=ActorKind.SUBJECT,
        method=Method.WEB,
    )

    def grow_to(entries: int) -> None:
        while verify().entries < entries:
            append.append([line] * 2000)
            portal.db.session.commit()
            portal.db.session.expunge_all()

    def peak(check: Callable[[], object]) -> int:
        tracemalloc.start()
        check()
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    grow_to(2000)
    verify()
    short = peak(verify)
    grow_to(8000)
    assert peak(verify) < short * 1.5

"""Verification across keys and machines: rotation, checkpoints, the exported ledger (C8, C9)."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from flask_stadtlabor.consent.ledger import append, chain
from flask_stadtlabor.consent.ledger.verification import verify
from flask_stadtlabor.consent.models import (
    ConsentAction,
    ConsentEntry,
    ConsentHead,
    ConsentSubject,
    TakeDownTask,
)
from flask_stadtlabor.exceptions import OutOfService
from tests.consent.acts import publish, somebody, tamper, withdraw, without_triggers
from tests.host import Host

FIRST = {"STADTLABOR_LEDGER_KEY": "the first key", "STADTLABOR_LEDGER_KEY_ID": "1"}
SECOND = {
    "STADTLABOR_LEDGER_KEY": "the second key",
    "STADTLABOR_LEDGER_KEY_ID": "2",
    "STADTLABOR_LEDGER_OLD_KEYS": {"1": "the first key"},
}


@pytest.fixture
def filled(host: Host) -> Host:
    """A portal with five entries about two versions of a text."""
    fill(host)
    return host


def fill(host: Host) -> None:
    with host.app.app_context():
        publish()
        withdraw(somebody(ConsentAction.REQUESTED, ConsentAction.GIVEN))
        publish(text={"de": "Neuer Text.", "en": "New text."})
        somebody(ConsentAction.GIVEN, ConsentAction.REFUSED)
        host.db.session.commit()


def one_more(host: Host) -> None:
    with host.app.app_context():
        somebody(ConsentAction.GIVEN)
        host.db.session.commit()


def found(host: Host) -> tuple[int, str]:
    """How many entries are valid, and the message about the first that is not."""
    with host.app.app_context():
        entries, broken = verify()
        host.db.session.rollback()
    return entries, broken.reason if broken else ""


def rewritten(host: Host) -> None:
    """Rewrite the ledger as somebody with the key can: other entries, with valid hashes."""
    with host.app.app_context(), without_triggers(host):
        session = host.db.session
        session.execute(delete(ConsentEntry))
        session.execute(delete(ConsentSubject))
        session.execute(delete(TakeDownTask))
        seal = chain.head_seal(chain.ledger_key(), 0, chain.ZEROS)
        session.execute(update(ConsentHead).values(seq=0, hash=chain.ZEROS, seal=seal))
        session.commit()
        somebody(*[ConsentAction.GIVEN] * 6)
        session.commit()


def checkpoint(host: Host, name: str = "point.json") -> Path:
    path = host.folder / name
    result = host.run("consent", "checkpoint", "--output", str(path))
    assert result.exit_code == 0, result.output
    return path


def refusal(result: Result) -> str:
    """The error message of a command that failed."""
    assert result.exit_code != 0
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr


# rotating the key


def test_after_a_new_key_the_old_entries_are_still_proven(host: Host) -> None:
    """C8: each entry, and the head, by the key that it names."""
    first, second = host.make(**FIRST), host.make(**SECOND)
    fill(first)
    assert found(second) == (5, "")
    one_more(second)
    assert found(second) == (6, "")
    with second.app.app_context():
        rows = second.db.session.scalars(select(ConsentEntry).order_by(ConsentEntry.seq))
        assert [row.key_id for row in rows] == ["1"] * 5 + ["2"]
        head = second.db.session.get(ConsentHead, 1)
        assert head is not None
        assert head.key_id == "2"


def test_a_portal_without_a_key_gets_one_later(host: Host) -> None:
    """The derived key is an old key like any other."""
    fill(host)
    keyed = host.make(**{**SECOND, "STADTLABOR_LEDGER_OLD_KEYS": {"1": None}})
    one_more(keyed)
    assert found(keyed) == (6, "")


def test_an_old_key_is_never_used_again(host: Host) -> None:
    """C8: whoever stole the key that was replaced cannot go on with it."""
    first, second = host.make(**FIRST), host.make(**SECOND)
    both = {**FIRST, "STADTLABOR_LEDGER_OLD_KEYS": {"2": "the second key"}}
    fill(first)
    one_more(second)
    one_more(host.make(**both))
    entries, sentence = found(second)
    assert entries == 6
    assert sentence == "Entry 7 was written with the key '1', which another one had replaced."


def test_without_the_old_key_nothing_is_written_and_the_reason_is_said(host: Host) -> None:
    """C8: to go on would lose the proof of what was there before."""
    fill(host.make(**FIRST))
    forgetful = host.make(**{**SECOND, "STADTLABOR_LEDGER_OLD_KEYS": {}})
    entries, sentence = found(forgetful)
    assert entries == 0
    assert "Entry 1 was written with the key '1'" in sentence
    assert "STADTLABOR_LEDGER_OLD_KEYS" in sentence
    with pytest.raises(OutOfService, match="the key '1'"):
        one_more(forgetful)
    assert found(host.make(**SECOND)) == (5, "")


def test_the_check_says_that_an_old_key_is_missing(host: Host) -> None:
    fill(host.make(**FIRST))
    forgetful = host.make(**{**SECOND, "STADTLABOR_LEDGER_OLD_KEYS": {}})
    result = forgetful.run("check")
    assert result.exit_code == 1
    assert "the key '1', which is neither" in result.stderr
    assert "the key '1'" not in host.make(**SECOND).run("check").stderr


# the recipe


@given(
    texts=st.lists(st.text(max_size=8), min_size=8, max_size=8),
    numbers=st.tuples(st.integers(0, 2**31), st.integers(0, 2**31)),
)
def test_the_fast_way_to_canonical_json_is_the_published_one(
    texts: list[str], numbers: tuple[int, int]
) -> None:
    """C8: HMAC(key, previous hash and canonical JSON), whatever the values hold."""
    subject, purpose, sha256, language, event, actor, method, key_id = texts
    seq, version = numbers
    claim = {
        "seq": seq, "subject": subject, "purpose": purpose, "text_version": version,
        "text_sha256": sha256, "language": language, "event": event,
        "at": "2026-03-02T09:00:00Z", "actor": actor, "method": method, "key_id": key_id,
    }  # fmt: skip
    text = json.dumps(claim, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    frame = chain.Frame.around(purpose, version, sha256, language, event, actor, method, key_id)
    found = frame.hash(chain.keyed(b"key"), "0" * 64, seq, subject, "2026-03-02T09:00:00Z")
    assert found == hmac.new(b"key", ("0" * 64 + text).encode(), hashlib.sha256).hexdigest()


# checkpoints


def test_a_checkpoint_says_where_the_ledger_stood(filled: Host) -> None:
    """C9."""
    result = filled.run("consent", "checkpoint")
    assert result.exit_code == 0
    point = json.loads(result.stdout)
    assert set(point) == {"format", "seq", "hash", "at", "key_id", "hmac"}
    assert (point["seq"], point["at"]) == (5, "2026-03-02T09:00:00Z")
    one_more(filled)
    path = filled.folder / "point.json"
    path.write_text(result.stdout, "utf-8")
    verified = filled.run("consent", "verify", "--checkpoint", str(path))
    assert verified.stdout.splitlines() == [
        "The consent ledger is whole: 6 entries.",
        "It holds what the checkpoint of 2026-03-02T09:00:00Z names: 5 entries.",
    ]


@pytest.mark.one_database
def test_what_was_written_where_is_said(filled: Host) -> None:
    """Without a file there is nothing but what was asked for, so that it can be piped."""
    point, file = filled.folder / "point.json", filled.folder / "ledger.jsonl"
    taken = filled.run("consent", "checkpoint", "--output", str(point))
    assert taken.stdout == f"Written to {point}: where the ledger stands, at 5 entries.\n"
    written = filled.run("consent", "export", "--output", str(file))
    assert written.stdout == f"Written to {file}: the whole ledger, 5 entries.\n"
    assert filled.run("consent", "export").stdout == file.read_text("utf-8")
    nowhere = filled.run("consent", "checkpoint", "--output", str(filled.folder / "no" / "file"))
    assert "cannot be written: No such file or directory." in refusal(nowhere)


def test_a_ledger_written_anew_with_a_stolen_key_is_found_by_a_checkpoint(filled: Host) -> None:
    """C9: every hash is valid, and the checkpoint still reveals it."""
    path = checkpoint(filled)
    rewritten(filled)
    assert filled.run("consent", "verify").exit_code == 0
    sentence = refusal(filled.run("consent", "verify", "--checkpoint", str(path)))
    assert "Entry 5 has another hash than the checkpoint of 2026-03-02T09:00:00Z" in sentence


def test_a_shorter_ledger_is_found_by_a_checkpoint(filled: Host) -> None:
    one_more(filled)
    one_more(filled)
    path = checkpoint(filled)
    rewritten(filled)
    sentence = refusal(filled.run("consent", "verify", "--checkpoint", str(path)))
    assert "Entry 7 is missing; the checkpoint of 2026-03-02T09:00:00Z names 7 entries" in sentence


def test_several_checkpoints_are_compared(filled: Host) -> None:
    first = checkpoint(filled, "first.json")
    one_more(filled)
    second = checkpoint(filled, "second.json")
    options = ["--checkpoint", str(first), "--checkpoint", str(second)]
    assert filled.run("consent", "verify", *options).exit_code == 0
    rewritten(filled)
    assert "Entry 5 has" in refusal(filled.run("consent", "verify", *options))


def test_a_checkpoint_of_an_empty_ledger_holds(host: Host) -> None:
    path = checkpoint(host)
    fill(host)
    assert host.run("consent", "verify", "--checkpoint", str(path)).exit_code == 0


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seq": 4}, "was changed, or sealed with another key"),
        ({"hash": "0" * 64}, "was changed, or sealed with another key"),
        ({"hmac": "ä"}, "was changed, or sealed with another key"),
        ({"key_id": "x"}, "sealed with the key 'x'"),
        ({"format": "another/1"}, "its format is not"),
        ({"seq": "many"}, "is no checkpoint: seq:"),
        ({"name": "Änne"}, "is no checkpoint: name:"),
    ],
)
def test_a_false_checkpoint_is_named(filled: Host, changes: dict[str, Any], words: str) -> None:
    path = checkpoint(filled)
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **changes}), "utf-8")
    assert words in refusal(filled.run("consent", "verify", "--checkpoint", str(path)))


@pytest.mark.one_database
def test_no_checkpoint_is_made_of_a_damaged_head(filled: Host) -> None:
    with filled.app.app_context():
        tamper(filled, "UPDATE stadtlabor_consent_head SET seq = 4")
    path = filled.folder / "point.json"
    path.write_text("an earlier one")
    assert "does not fit" in refusal(filled.run("consent", "checkpoint", "--output", str(path)))
    assert path.read_text() == "an earlier one"


# the exported ledger


def exported(host: Host) -> Path:
    path = host.folder / "ledger.jsonl"
    result = host.run("consent", "export", "--output", str(path))
    assert result.exit_code == 0, result.output
    return path


def test_the_exported_ledger_is_verified_without_the_database(filled: Host) -> None:
    """C9: on another machine, with the key alone."""
    point, path = checkpoint(filled), exported(filled)
    elsewhere = filled.make(SQLALCHEMY_DATABASE_URI="sqlite:////nowhere/at/all.db")
    result = elsewhere.run("consent", "verify", "--ledger", str(path), "--checkpoint", str(point))
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("The consent ledger is whole: 5 entries.")
    stranger = filled.make(STADTLABOR_LEDGER_KEY="another")
    assert "STADTLABOR_LEDGER_KEY" in refusal(
        stranger.run("consent", "verify", "--ledger", str(path))
    )


def test_the_exported_ledger_names_nobody(filled: Host) -> None:
    """C8."""
    kinds = [json.loads(line) for line in exported(filled).read_text("utf-8").splitlines()]
    assert [next(iter(kind)) for kind in kinds] == ["format", *["text"] * 4, *["entry"] * 5]
    assert set(kinds[-1]["entry"]) == {*chain.FIELDS, "previous_hash", "hash"}


def edit(path: Path, number: int, **changes: Any) -> None:
    """Change values in a line of an exported ledger."""
    lines = path.read_text("utf-8").splitlines()
    content = json.loads(lines[number])
    content[next(reversed(content))] |= changes
    lines[number] = json.dumps(content)
    path.write_text("\n".join(lines), "utf-8")


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("line", "changes", "words"),
    [
        (7, {"event": "given"}, "Entry 3 does not fit its hash"),
        (7, {"at": "2026-03-02T09:00:01Z"}, "Entry 3 does not fit its hash"),
        (7, {"seq": 9}, "Entry 3 is missing; entry 9 comes next"),
        (1, {"body": "Anders."}, "language 'de', which was changed"),
        (0, {"seq": 4}, "does not fit"),
        (7, {"seq": "3"}, "line 8: the value of 'seq' cannot be meant"),
        (7, {"text_version": True}, "line 8: the value of 'text_version' cannot be meant"),
        (7, {"name": "Änne"}, "line 8: an object with the keys seq, subject"),
    ],
)
def test_a_change_in_the_exported_ledger_is_named(
    filled: Host, line: int, changes: dict[str, Any], words: str
) -> None:
    path = exported(filled)
    edit(path, line, **changes)
    assert words in refusal(filled.run("consent", "verify", "--ledger", str(path)))


@pytest.mark.one_database
def test_what_was_cut_or_moved_in_the_exported_ledger_is_named(filled: Host) -> None:
    whole = exported(filled).read_text("utf-8").splitlines()
    path = filled.folder / "ledger.jsonl"
    for lines, words in [
        (whole[:-1], "Entry 5 is missing; the head names 5 entries"),
        ([*whole[:-2], whole[-1], whole[-2]], "Entry 4 is missing; entry 5 comes next"),
        ([whole[0], *whole[2:]], "names the text of 'photos-website', version 1, language 'de'"),
        (["{}"], "line 1: the format is not"),
        ([], "line 1: this is no JSON"),
        ([whole[0], "[]"], "line 2: this is no object"),
    ]:
        path.write_text("\n".join(lines), "utf-8")
        assert words in refusal(filled.run("consent", "verify", "--ledger", str(path))), words


def test_a_head_of_an_unknown_key_stops_the_writer_before_it_writes(filled: Host) -> None:
    with filled.app.app_context():
        filled.db.session.execute(update(ConsentHead).values(key_id="x"))
        filled.db.session.commit()
        with pytest.raises(OutOfService):
            append.take_head()
    assert "The head was sealed with the key 'x'" in found(filled)[1]

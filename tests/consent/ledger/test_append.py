"""The ledger: what an entry holds, how entries hang together, and what stays out (C8, C12)."""

from __future__ import annotations

import hmac
import json
import logging
from typing import Any

import pytest
from sqlalchemy import inspect, select

from flask_stadtlabor import signals
from flask_stadtlabor.consent.answers import operations
from flask_stadtlabor.consent.answers.status import history
from flask_stadtlabor.consent.ledger.verification import verify
from flask_stadtlabor.consent.models import (
    ActorKind,
    ConsentAction,
    ConsentEntry,
    ConsentHead,
    Method,
)
from flask_stadtlabor.exceptions import OutOfService
from tests.consent.acts import PHOTOS, PRINT, answer, newcomer, publish, shown, somebody, tamper
from tests.host import Host


def rows(host: Host) -> list[dict[str, Any]]:
    table = ConsentEntry.__table__
    found = host.db.session.execute(select(table).order_by(table.c.seq)).mappings()
    return [dict(row) for row in found]


def test_an_entry_says_who_did_what_about_which_text(portal: Host) -> None:
    """C8: seq, subject, purpose, version, language, event, time, actor, method, hashes, key id."""
    publish()
    subject = newcomer()
    (entry,) = operations.record(
        subject,
        [(shown(), PHOTOS, ConsentAction.GIVEN)],
        actor=ActorKind.GUARDIAN,
        method=Method.PAPER,
    )
    portal.db.session.commit()
    assert (entry.seq, entry.subject, entry.purpose) == (1, subject, PHOTOS)
    assert (entry.text_version, entry.language) == (1, "de")
    assert entry.text_sha256 == shown().sha256
    assert (entry.event, entry.actor, entry.method) == ("given", "guardian", "paper")
    assert entry.at == portal.clock.now
    assert (entry.previous_hash, entry.key_id) == ("0" * 64, "1")


def test_an_entry_has_no_room_for_a_person(portal: Host) -> None:
    """C8, C12: no name, no e-mail, no IP, no user agent; and the subject is a random text."""
    columns = {
        column["name"]
        for column in inspect(portal.db.engine).get_columns("stadtlabor_consent_entry")
    }
    assert columns == {
        "seq", "subject", "purpose", "text_version", "text_sha256", "language", "event", "at",
        "actor", "method", "previous_hash", "hash", "key_id",
    }  # fmt: skip
    first, second = newcomer(), newcomer()
    assert first != second
    assert len(first) == 32


def test_each_hash_can_be_recomputed_by_the_published_recipe(portal: Host) -> None:
    """C8: own hash = HMAC(key, previous hash and canonical JSON)."""
    host = portal.make(STADTLABOR_LEDGER_KEY="ein Schlüssel", STADTLABOR_LEDGER_KEY_ID="2026")
    with host.app.app_context():
        publish("fotos-müllabfuhr")
        somebody(ConsentAction.REQUESTED, ConsentAction.REFUSED, slugs=["fotos-müllabfuhr"])
        host.db.session.commit()
        entries = rows(host)
        head = host.db.session.get(ConsentHead, 1)
        assert verify() == (2, None)
    key = "ein Schlüssel".encode()
    before = "0" * 64
    for entry in entries:
        claim = {
            name: value for name, value in entry.items() if name not in ("hash", "previous_hash")
        }
        claim["at"] = "2026-03-02T09:00:00Z"
        text = json.dumps(claim, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert entry["previous_hash"] == before
        before = hmac.new(key, (before + text).encode(), "sha256").hexdigest()
        assert entry["hash"] == before
    assert head is not None
    assert (head.seq, head.hash, head.key_id) == (2, before, "2026")
    assert head.seal == hmac.new(key, f"head:2:{before}".encode(), "sha256").hexdigest()


def test_the_key_is_derived_from_the_secret_key_where_none_is_set(portal: Host) -> None:
    publish()
    somebody(ConsentAction.GIVEN)
    portal.db.session.commit()
    other = portal.make(SECRET_KEY="another")
    with other.app.app_context():
        assert verify().broken is not None
    same = portal.make()
    with same.app.app_context():
        assert verify() == (1, None)


def test_all_answers_of_one_form_stand_together(portal: Host) -> None:
    """C2: one choice per purpose."""
    publish(PHOTOS)
    publish(PRINT)
    subject = newcomer()
    operations.record(
        subject,
        [
            (shown(PHOTOS), PHOTOS, ConsentAction.GIVEN),
            (shown(PRINT), PRINT, ConsentAction.REFUSED),
        ],
        actor=ActorKind.SUBJECT,
        method=Method.WEB,
    )
    assert [(entry.seq, entry.purpose, entry.event) for entry in history(subject)] == [
        (1, PHOTOS, "given"),
        (2, PRINT, "refused"),
    ]


def test_nothing_to_write_writes_nothing(portal: Host) -> None:
    """C2: submitting with none ticked still registers."""
    assert operations.record("somebody", [], actor=ActorKind.SUBJECT, method=Method.WEB) == []
    assert verify() == (0, None)


@pytest.mark.one_database
@pytest.mark.parametrize("mode", ["notice", "privacy"])
def test_nobody_consents_to_a_notice(portal: Host, mode: str) -> None:
    """C1, C4: a notice is told, the privacy notice is linked; neither is consented to."""
    publish("recording", mode=mode)
    with pytest.raises(ValueError, match="asks for no consent"):
        somebody(ConsentAction.GIVEN, slugs=["recording"])
    assert verify() == (0, None)


def test_what_is_rolled_back_leaves_no_gap(portal: Host) -> None:
    """C8: written in the same transaction as what it belongs to."""
    publish()
    somebody(ConsentAction.GIVEN)
    portal.db.session.commit()
    somebody(ConsentAction.GIVEN)
    portal.db.session.rollback()
    somebody(ConsentAction.REFUSED)
    portal.db.session.commit()
    assert [(row["seq"], row["event"]) for row in rows(portal)] == [(1, "given"), (2, "refused")]
    assert verify() == (2, None)


def test_the_host_hears_of_each_entry(portal: Host) -> None:
    publish()
    heard: list[ConsentEntry] = []

    def listen(app: object, entry: ConsentEntry) -> None:
        assert app is portal.app
        heard.append(entry)

    with signals.consent_recorded.connected_to(listen):
        somebody(ConsentAction.REQUESTED, ConsentAction.GIVEN)
    assert [entry.event for entry in heard] == ["requested", "given"]


def test_a_damaged_head_stays_known_while_people_go_on(
    portal: Host, caplog: pytest.LogCaptureFixture
) -> None:
    """C9: the next entry does not make a truncated ledger valid again."""
    publish()
    somebody(ConsentAction.GIVEN, ConsentAction.WITHDRAWN)
    portal.db.session.commit()
    kept = rows(portal)[0]["hash"]
    tamper(
        portal,
        "DELETE FROM stadtlabor_consent_entry WHERE seq = 2",
        f"UPDATE stadtlabor_consent_head SET seq = 1, hash = '{kept}'",  # noqa: S608
    )
    with caplog.at_level(logging.ERROR):
        somebody(ConsentAction.GIVEN)
    portal.db.session.commit()
    assert "consent verify" in caplog.text
    found = verify()
    assert found.entries == 2
    assert found.broken is not None
    assert "seal of the head" in found.broken.reason
    answer(newcomer(), ConsentAction.REFUSED)
    portal.db.session.commit()
    assert verify().broken is not None


def test_without_its_head_the_ledger_takes_nothing(portal: Host) -> None:
    publish()
    portal.db.session.commit()
    tamper(portal, "UPDATE stadtlabor_consent_head SET id = 2")
    with pytest.raises(OutOfService, match="has no head"):
        somebody(ConsentAction.GIVEN)
    portal.db.session.rollback()
    assert verify() == (0, (None, "The ledger has no head."))

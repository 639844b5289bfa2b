"""C9, C14: whoever owns the database and not the key changes what the consent ledger says.

Each attack is SQL with the triggers off, on a portal that people have used. What the database alone
shows is found by ``verify``; what leaves nothing behind is found by an anchor from outside.
"""

# ruff: noqa: S608 - the SQL is made of constants and of what the portal itself wrote

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text

from flask_stadtlabor.consent.ledger import checkpoints
from flask_stadtlabor.consent.ledger.chain_verifier import Anchor
from flask_stadtlabor.consent.reporting import receipt_files
from flask_stadtlabor.registration.evidence import verify
from tests.attack.conftest import Tried
from tests.consent.acts import tamper, without_triggers
from tests.factories import PHOTOS, exchange, open_event, purpose
from tests.forms import press
from tests.host import Host
from tests.organise.staff import register

ENTRY = "stadtlabor_consent_entry"
HEAD = "stadtlabor_consent_head"
SUBJECT = "stadtlabor_consent_subject"
TEXT = "stadtlabor_consent_text"
SEAL = "stadtlabor_consent_text_seal"
PURPOSE = "stadtlabor_purpose"
TASK = "stadtlabor_take_down_task"
EXPIRY = "stadtlabor_consent_expiry"
LINK = "stadtlabor_access_token"
REGISTRATION = "stadtlabor_registration"
MINE = "/stadtlabor/en/registration/"
ZEROS = "0" * 64
HEAD_VALUES = ("seq", "hash", "seal", "key_id")
NEVER_ANSWERED = "film"


class Portal(NamedTuple):
    """A portal that people have used, with what was kept from it."""

    host: Host
    heads: list[dict[str, Any]]
    """The head as it was made, after the first person, and now."""
    subjects: list[str]
    """The people, in the order of their registration."""
    checkpoint: Path
    receipt: Path
    """Of the second person, who took a yes back."""

    def anchors(self, source: str) -> list[Anchor]:
        """What somebody kept elsewhere."""
        if source == "receipt":
            return receipt_files.read(self.receipt).anchors()
        return checkpoints.anchors_of(checkpoints.read(self.checkpoint))


def lived_in(host: Host) -> Portal:
    """Four people: a yes, a yes taken back, a no, and a yes that nobody confirmed."""
    texts = [purpose(valid_days=365), purpose(NEVER_ANSWERED)]
    host.load(exchange(open_event(), purposes=texts))
    heads = [head_of(host)]
    answer = f"consent-{PHOTOS}"
    register(host, 1, **{answer: "given"})
    heads.append(head_of(host))
    register(host, 2, **{answer: "given"})
    browser = host.client()
    browser.get(host.link(host.sent[-1]))
    press(browser, MINE, f"/{PHOTOS}/withdraw")
    receipt = host.folder / "receipt.jsonld"
    receipt.write_bytes(browser.get(f"{MINE}receipt.jsonld").data)
    register(host, 3, **{answer: "refused"})
    register(host, 4, confirm=False, **{answer: "given"})
    heads.append(head_of(host))
    point = host.folder / "point.json"
    assert host.run("consent", "checkpoint", "--output", str(point)).exit_code == 0
    rows = values(host, f"SELECT subject FROM {REGISTRATION} ORDER BY id")
    return Portal(host, heads, [row["subject"] for row in rows], point, receipt)


def values(host: Host, statement: str) -> list[dict[str, Any]]:
    with host.app.app_context(), host.db.engine.connect() as connection:
        return [dict(row) for row in connection.execute(text(statement)).mappings()]


def head_of(host: Host) -> dict[str, Any]:
    (row,) = values(host, f"SELECT {', '.join(HEAD_VALUES)} FROM {HEAD}")
    return row


def put_head(head: dict[str, Any]) -> str:
    changes = ", ".join(f"{name} = '{head[name]}'" for name in HEAD_VALUES)
    return f"UPDATE {HEAD} SET {changes}"


class Attack(NamedTuple):
    """What somebody does, and how it is found."""

    statements: list[str]
    words: str
    """What ``verify`` says about it by the database alone; "" where nothing there shows it."""
    anchor: str = ""
    """What from outside shows it."""


def attacks(portal: Portal) -> dict[str, Attack]:
    """By what is done; each list of statements is tried alone."""
    made, early, _ = portal.heads
    _, second, third, fourth = portal.subjects
    late = f"'{second}', '{third}', '{fourth}'"
    emptied = [f"DELETE FROM {ENTRY}", put_head(made)]
    nobody = [*emptied, f"DELETE FROM {SUBJECT}"]
    no_task = [*nobody, f"DELETE FROM {TASK}"]
    no_expiry = [*no_task, f"DELETE FROM {EXPIRY}"]
    no_registration = [*no_expiry, f"UPDATE {LINK} SET registration_id = NULL",
                       f"DELETE FROM {REGISTRATION}"]  # fmt: skip
    cut = [f"DELETE FROM {ENTRY} WHERE seq > {early['seq']}", put_head(early)]
    forget = (
        f"UPDATE {SUBJECT} SET entries = 0, last_seq = 0, confirmed_at = NULL"
        f" WHERE reference IN ({late})"
    )
    never = f"(SELECT id FROM {PURPOSE} WHERE slug = '{NEVER_ANSWERED}')"
    columns = (
        "purpose_id, mode, title, body, sha256, controller, material, valid_days, processing,"
        " published_at, published_by"
    )
    text_of = f"WHERE purpose_id = {never} AND language = 'de'"
    photos = f"WHERE purpose_id <> {never} AND language = 'de'"

    def copy(version: int, language: str) -> str:
        return (
            f"INSERT INTO {TEXT} (id, version, language, {columns})"
            f" SELECT 900, {version}, '{language}', {columns} FROM {TEXT} {text_of}"
        )

    def about(subject: str) -> str:
        return f"WHERE reference = '{subject}'"

    return {
        "all is deleted and the head made as before the first version of seals": Attack(
            [f"DELETE FROM {ENTRY}", f"UPDATE {HEAD} SET seq = 0, hash = '{ZEROS}', seal = ''"],
            "its seal was made with no key in the settings",
        ),
        "all is deleted and everybody with it, under a head that was never sealed": Attack(
            [*no_registration[:1], f"UPDATE {HEAD} SET seq = 0, hash = '{ZEROS}', seal = ''",
             *no_registration[2:], f"DELETE FROM {LINK}"],
            "its seal was made with no key in the settings",
        ),
        "all is deleted and the first head put back": Attack(
            emptied, "written, the last of them as number"
        ),
        "and the people's rows deleted": Attack(nobody, "Take-down task"),
        "and the take-down tasks": Attack(no_task, "is noted as a yes that ends some day"),
        "and the ends of each yes": Attack(no_expiry, "of whom there is no row any more"),
        "and the people's rows made to count nothing": Attack(
            [*emptied, f"UPDATE {SUBJECT} SET entries = 0, last_seq = 0", f"DELETE FROM {TASK}",
             f"DELETE FROM {EXPIRY}"],
            "The form of registration",
        ),
        "and the registrations, but not the links": Attack(
            no_registration, "was kept because of a consent"
        ),
        "and all that was ever about somebody": Attack(
            [*no_registration, f"DELETE FROM {LINK}"], "", "checkpoint"
        ),
        "the tail is cut and an older head put back": Attack(
            cut, "written, the last of them as number"
        ),
        "and what the people's rows say is made to fit": Attack(
            [*cut, forget, f"DELETE FROM {TASK}",
             f"DELETE FROM {EXPIRY} WHERE seq > {early['seq']}",
             f"UPDATE {REGISTRATION} SET consents_asked = 0 WHERE subject IN ({late})"],
            "", "receipt",
        ),
        "somebody is confirmed who was not": Attack(
            [f"UPDATE {SUBJECT} SET confirmed_at = '2026-03-02 09:00:00' {about(fourth)}"],
            "no entry tells of a confirmation",
        ),
        "and confirmations are said to be entries since later": Attack(
            [f"UPDATE {SUBJECT} SET confirmed_at = '2026-03-02 09:00:00' {about(fourth)}",
             f"UPDATE {HEAD} SET confirmations_after = 1000"],
            "the seal of that does not fit",
        ),
        "somebody is not confirmed who was": Attack(
            [f"UPDATE {SUBJECT} SET confirmed_at = NULL {about(second)}"],
            "marked as not confirmed",
        ),
        "a row says of more entries than there are": Attack(
            [f"UPDATE {SUBJECT} SET entries = entries + 1 {about(third)}"],
            "4 entries were written, the last of them as number",
        ),
        "a form is said to have asked for more": Attack(
            [f"UPDATE {REGISTRATION} SET consents_asked = 2 WHERE subject = '{third}'"],
            "asked " + third + " for 2 consents",
        ),
        "a purpose asks nobody any more": Attack(
            [f"UPDATE {PURPOSE} SET mode = 'notice' WHERE slug = '{PHOTOS}'"],
            "is of mode 'notice', and its text of mode 'consent'",
        ),
        "a purpose is put back to a version": Attack(
            [f"UPDATE {PURPOSE} SET version = 0 WHERE slug = '{PHOTOS}'"],
            "names version 0 as the one in force, and the newest text is 1",
        ),
        "everybody is said to have been asked": Attack(
            [f"UPDATE {PURPOSE} SET asked_version = 9 WHERE slug = '{PHOTOS}'"],
            "people were asked about version 9",
        ),
        "a text differs in substance no more": Attack(
            [f"UPDATE {TEXT} SET material = (1 = 0) {photos}"], "which was changed"
        ),
        "a text has another title": Attack(
            [f"UPDATE {TEXT} SET title = '\"Everything\"' {photos}"], "which was changed"
        ),
        "a yes counts for longer": Attack(
            [f"UPDATE {TEXT} SET valid_days = NULL {photos}"], "which was changed"
        ),
        "a text asks for something else": Attack(
            [f"UPDATE {TEXT} SET mode = 'notice' {photos}"], "which was changed"
        ),
        "a text says that others handle the data": Attack(
            [f"UPDATE {TEXT} SET processing = '{{\"location\": \"US\"}}' {photos}"],
            "which was changed",
        ),
        "a text names another controller": Attack(
            [f"UPDATE {TEXT} SET controller = '{{\"name\": \"X\"}}' {photos}"],
            "which was changed",
        ),
        "a text was published by somebody else": Attack(
            [f"UPDATE {TEXT} SET published_by = 'nobody' {photos}"], "which was changed"
        ),
        "a text was published earlier": Attack(
            [f"UPDATE {TEXT} SET published_at = '2020-01-01 00:00:00' {photos}"],
            "which was changed",
        ),
        "a text that nobody answered to is changed": Attack(
            [f"UPDATE {TEXT} SET body = 'Other.' {text_of}"],
            "The text of 'film', version 1, language 'de' was changed",
        ),
        "and its hash with it, which needs no key": Attack(
            [f"UPDATE {TEXT} SET body = 'abc', sha256 ="
             " 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' " + text_of],
            "language 'de' was changed, or sealed with a key",
        ),
        "a text in another language is put in": Attack([copy(1, "tr")], "was changed"),
        "a newer text is put in": Attack(
            [copy(2, "de"), f"UPDATE {PURPOSE} SET version = 2 WHERE slug = '{NEVER_ANSWERED}'"],
            "was changed",
        ),
        "a text loses its seal": Attack([f"DELETE FROM {SEAL}"], "has no seal"),
        "a text that nobody answered to is removed": Attack(
            [f"DELETE FROM {TEXT} WHERE purpose_id = {never}"], "'film' has no text of version 1"
        ),
        "an answer is changed": Attack(
            [f"UPDATE {ENTRY} SET event = 'given' WHERE event = 'refused'"],
            "does not fit its hash",
        ),
        "a withdrawal is removed": Attack(
            [f"DELETE FROM {ENTRY} WHERE event = 'withdrawn'"], "is missing"
        ),
    }  # fmt: skip


@pytest.fixture
def portal(host: Host) -> Portal:
    return lived_in(host)


def found(anchors: list[Anchor]) -> str:
    broken = verify(anchors).broken
    return broken.reason if broken is not None else ""


def test_each_attack_is_found_and_said(portal: Portal, tried: Tried) -> None:
    """C14: by the database alone or, where nothing in it shows it, by an anchor from outside."""
    host = portal.host
    with host.app.app_context(), without_triggers(host):
        anchors = {source: portal.anchors(source) for source in ("checkpoint", "receipt")}
        assert [found([]), *map(found, anchors.values())] == ["", "", ""]
        for name, attack in attacks(portal).items():
            for statement in attack.statements:
                host.db.session.execute(text(statement))
            reason = found([])
            anchored = found(anchors[attack.anchor]) if attack.anchor else ""
            host.db.session.rollback()
            if attack.words:
                assert attack.words in reason, name
            else:
                assert reason == "", name
                assert f"the {attack.anchor} of" in anchored, name
            by = f"by the {attack.anchor} alone" if attack.anchor else f"as “… {attack.words} …”"
            tried(f"{name}: found {by}")
        assert found([]) == ""


def test_what_is_written_after_a_cut_hides_nothing(portal: Portal, tried: Tried) -> None:
    """C14: the portal goes on behind an older head, under numbers that were taken before."""
    host, early = portal.host, portal.heads[1]
    with host.app.app_context():
        tamper(host, f"DELETE FROM {ENTRY} WHERE seq > {early['seq']}", put_head(early))
    for number in range(5, 9):
        register(host, number, **{f"consent-{PHOTOS}": "refused"})
    assert head_of(host)["seq"] > portal.heads[2]["seq"]
    result = host.run("consent", "verify")
    assert result.exit_code == 1
    assert "is broken. About " in result.stderr
    for option, file in (("--checkpoint", portal.checkpoint), ("--receipt", portal.receipt)):
        result = host.run("consent", "verify", option, str(file))
        assert result.exit_code == 1
        assert f"than the {option[2:]} of" in result.stderr
    tried("four people who register after the tail was cut: the cut is still found")


@pytest.mark.parametrize("changes", [{"ledger:seq": 2}, {"ledger:actor": "staff"}])
@pytest.mark.one_database
def test_nobody_makes_a_receipt_that_the_ledger_lacks(
    portal: Portal, tried: Tried, changes: dict[str, Any]
) -> None:
    """C14: a receipt that was changed is named as such, and no fault of the ledger's."""
    document = json.loads(portal.receipt.read_text("utf-8"))
    record = document["dpv:hasRecordOfActivity"][0]
    record["dpv:hasProcess"][0]["dpv:hasConsentStatus"][0].update(changes)
    portal.receipt.write_text(json.dumps(document), "utf-8")
    result = portal.host.run("consent", "verify", "--receipt", str(portal.receipt))
    assert result.exit_code == 1
    assert "the receipt was changed, or it is not from this portal" in result.stderr
    tried(f"a receipt with {changes}: refused as not ours")

"""C14: checkpoints are written by themselves, and `verify` has a message for any file."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from flask_stadtlabor.consent.models import ConsentAction
from flask_stadtlabor.consent.reporting.receipts import receipt
from tests.consent.acts import confirm, publish, somebody, tamper, withdraw
from tests.host import Host

ENTRY = "stadtlabor_consent_entry"
HEAD = "stadtlabor_consent_head"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A folder on another machine."""
    folder = tmp_path / "archive"
    folder.mkdir()
    return folder


@pytest.fixture
def keeping(host: Host, archive: Path) -> Host:
    """A portal whose outbox runs write checkpoints, with a yes in its ledger."""
    portal = host.make(STADTLABOR_CHECKPOINTS=str(archive))
    portal.clock = host.clock
    with portal.app.app_context():
        publish()
        withdraw(somebody(ConsentAction.REQUESTED, ConsentAction.GIVEN))
        portal.db.session.commit()
    return portal


def one_more(host: Host) -> None:
    with host.app.app_context():
        somebody(ConsentAction.REFUSED)
        host.db.session.commit()


def lines(folder: Path) -> list[dict[str, Any]]:
    """All checkpoints in a folder."""
    files = sorted(folder.glob("checkpoints-*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def refusal(result: Result) -> str:
    """The error message of a command that failed."""
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr


def cut(host: Host, last: int, seal: str) -> None:
    """Truncate the ledger after an entry, and remove what reveals that in the database."""
    kept = f"(SELECT hash FROM {ENTRY} WHERE seq = {last})"  # noqa: S608
    with host.app.app_context():
        tamper(
            host,
            f"UPDATE {HEAD} SET seq = {last}, hash = {kept}, seal = '{seal}'",  # noqa: S608
            f"DELETE FROM {ENTRY} WHERE seq > {last}",  # noqa: S608
            f"DELETE FROM stadtlabor_consent_subject WHERE last_seq > {last}",  # noqa: S608
        )


def test_each_round_keeps_a_checkpoint_when_the_ledger_has_grown(
    keeping: Host, archive: Path
) -> None:
    """C14: a line in the file of the day, and none where nothing was added."""
    keeping.mails()
    keeping.mails()
    one_more(keeping)
    keeping.mails()
    keeping.clock.move(days=1)
    one_more(keeping)
    keeping.mails()
    assert [point["seq"] for point in lines(archive)] == [3, 4, 5]
    assert len(list(archive.iterdir())) == 2
    said = keeping.run("consent", "verify").stdout.splitlines()
    assert said[0] == "The consent ledger is whole: 5 entries."
    assert said[1].startswith(f"It holds what is kept in {archive}: 3 checkpoints, the last of ")
    assert said[1].endswith("2026-03-03T09:00:00Z with 5 entries.")


def test_before_the_first_round_nothing_is_kept_and_that_is_said(
    keeping: Host, archive: Path
) -> None:
    assert f"No checkpoint is kept in {archive} yet." in keeping.run("consent", "verify").stdout


def test_verify_looks_at_what_is_kept_by_itself(
    keeping: Host, archive: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """C14: every kept checkpoint counts, and the rounds after a cut hide none of them."""
    keeping.mails()
    with keeping.app.app_context(), keeping.db.engine.connect() as connection:
        early = connection.exec_driver_sql(f"SELECT seal FROM {HEAD}").scalar()  # noqa: S608
    one_more(keeping)
    keeping.mails()
    cut(keeping, 3, early)
    keeping.clock.move(days=1)
    for _ in range(2):
        one_more(keeping)
        with caplog.at_level(logging.ERROR):
            keeping.mails()
    assert "Entry 4 is not what the checkpoint of 2026-03-02T09:00:00Z names" in caplog.text
    assert [point["seq"] for point in lines(archive)] == [3, 4]
    sentence = refusal(keeping.run("consent", "verify"))
    assert "Entry 4 has another hash than the checkpoint of 2026-03-02T09:00:00Z" in sentence
    assert "checkpoints-2026-03-02.jsonl, line 2" in sentence


@pytest.mark.one_database
def test_what_cannot_be_kept_stops_no_mail(
    host: Host, archive: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """S17: the round goes on; the log, the check and `verify` say it."""
    portal = host.make(STADTLABOR_CHECKPOINTS=str(archive / "away"))
    one_more_text(portal)
    with caplog.at_level(logging.ERROR):
        assert portal.run("outbox", "run").exit_code == 0
    assert "No checkpoint of the consent ledger was kept" in caplog.text
    assert f"can be written to {archive / 'away'}" in portal.run("check").stderr
    assert f"There is no folder {archive / 'away'}" in refusal(portal.run("consent", "verify"))


def one_more_text(host: Host) -> None:
    with host.app.app_context():
        publish()
        somebody(ConsentAction.GIVEN)
        host.db.session.commit()


@pytest.mark.one_database
def test_the_check_warns_where_nothing_lies_outside(host: Host, archive: Path) -> None:
    assert "STADTLABOR_CHECKPOINTS is not set" in host.run("check").stderr
    for setting in (
        {"STADTLABOR_CHECKPOINTS": str(archive)},
        {"STADTLABOR_CHECKPOINT_MAIL": "dsb@stadt.example"},
    ):
        assert "CHECKPOINTS" not in host.make(**setting).run("check").stderr


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("STADTLABOR_CHECKPOINTS", "archive"),
        ("STADTLABOR_CHECKPOINTS", 7),
        ("STADTLABOR_CHECKPOINT_MAIL", "dsb"),
        ("STADTLABOR_CHECKPOINT_MAIL", "a@b.example, c@d.example"),
    ],
)
def test_a_place_that_cannot_be_meant_is_refused(host: Host, setting: str, value: object) -> None:
    with pytest.raises(Exception, match=setting):
        host.make(**{setting: value})


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_checkpoint_is_mailed_once_a_week_when_the_ledger_has_grown(
    host: Host, language: str
) -> None:
    """C14: to the data protection officer, in the portal's language, and it can be verified."""
    portal = host.make(
        ports={"mailer": host.sent.append},
        STADTLABOR_CHECKPOINT_MAIL="dsb@stadt.example",
        STADTLABOR_DEFAULT_LOCALE=language,
    )
    one_more_text(portal)
    portal.mails()
    one_more(portal)
    host.clock.move(days=6)
    portal.mails()
    (mail,) = host.sent
    assert mail["To"] == "dsb@stadt.example"
    assert ("Prüfpunkt" if language == "de" else "Checkpoint") in mail["Subject"]
    host.clock.move(days=1)
    portal.mails()
    host.clock.move(days=30)
    portal.mails()
    assert len(host.sent) == 2
    body = host.sent[1].get_body(("plain",))
    assert body is not None
    words = body.get_content()
    path = host.folder / "point.json"
    path.write_text(words[words.index("{") : words.index("}") + 1])
    assert json.loads(path.read_text())["seq"] == 2
    verified = portal.run("consent", "verify", "--checkpoint", str(path))
    assert "names: 2 entries." in verified.stdout


# receipts


def saved(host: Host, subject: str) -> Path:
    path = host.folder / "receipt.jsonld"
    with host.app.app_context():
        path.write_text(json.dumps(receipt(subject)), "utf-8")
    return path


@pytest.fixture
def given(host: Host) -> tuple[Host, Path]:
    """A portal, and the receipt of somebody who said yes and confirmed."""
    with host.app.app_context():
        publish()
        publish("other")
        subject = somebody(
            ConsentAction.REQUESTED, ConsentAction.GIVEN, slugs=["photos-website", "other"]
        )
        confirm(subject)
        host.db.session.commit()
    return host, saved(host, subject)


def test_a_receipt_is_compared_with_the_ledger(given: tuple[Host, Path]) -> None:
    """C14: each entry in it, the confirmation too; in an exported ledger as well."""
    host, path = given
    one_more(host)
    result = host.run("consent", "verify", "--receipt", str(path))
    assert result.stdout.splitlines() == [
        "The consent ledger is whole: 6 entries.",
        "It holds what the receipt of 2026-03-02T09:00:00Z names: 5 entries.",
    ]
    ledger = host.folder / "ledger.jsonl"
    assert host.run("consent", "export", "--output", str(ledger)).exit_code == 0
    words = ("consent", "verify", "--ledger", str(ledger), "--receipt", str(path))
    assert "names: 5 entries." in host.run(*words).stdout
    cut_file = [*ledger.read_text("utf-8").splitlines()[:-6]]
    ledger.write_text("\n".join(cut_file), "utf-8")
    assert "is missing" in refusal(host.run(*words))


# whatever file is given


def nested(path: Path) -> None:
    path.write_text("[" * 200_000)


def half_a_character(path: Path) -> None:
    path.write_text('{"format": "\\ud800"}')


def very_long(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(40 * 2**20)


FILES = {
    "a picture": lambda path: path.write_bytes(bytes(range(256)) * 50),
    "nothing": lambda path: path.write_bytes(b""),
    "a line": lambda path: path.write_text("null\n"),
    "a list": lambda path: path.write_text("[1]\n"),
    "an object": lambda path: path.write_text("{}\n"),
    "nested deeply": nested,
    "half a character": half_a_character,
    "a very long line": very_long,
    "a number with many digits": lambda path: path.write_text('{"seq": ' + "9" * 5000 + "}"),
    "another encoding": lambda path: path.write_text('{"seq": 1}', "utf-16"),
}


@pytest.mark.one_database
@pytest.mark.parametrize("option", ["--ledger", "--checkpoint", "--receipt"])
def test_whatever_file_is_given_gets_a_sentence(host: Host, option: str) -> None:
    path = host.folder / "file"
    for name, write in FILES.items():
        write(path)
        sentence = refusal(host.run("consent", "verify", option, str(path)))
        assert sentence.startswith(f"Error: {path}"), (name, sentence)
        assert len(sentence) < 1000, name


@pytest.mark.one_database
@pytest.mark.parametrize("value", [-1, 2**31, 10**30, 1.5, "1", True, None])
def test_a_number_that_no_database_holds_is_named(given: tuple[Host, Path], value: object) -> None:
    host, path = given
    document = json.loads(path.read_text("utf-8"))
    process = document["dpv:hasRecordOfActivity"][0]["dpv:hasProcess"][0]
    process["dpv:hasConsentStatus"][0]["ledger:seq"] = value
    path.write_text(json.dumps(document), "utf-8")
    assert "the value of 'seq' cannot be meant" in refusal(
        host.run("consent", "verify", "--receipt", str(path))
    )
    ledger = host.folder / "ledger.jsonl"
    assert host.run("consent", "export", "--output", str(ledger)).exit_code == 0
    rows = ledger.read_text("utf-8").splitlines()
    last = json.loads(rows[-1])
    last["entry"]["seq"] = value
    ledger.write_text("\n".join([*rows[:-1], json.dumps(last)]), "utf-8")
    assert "the value of 'seq' cannot be meant" in refusal(
        host.run("consent", "verify", "--ledger", str(ledger))
    )


@pytest.mark.one_database
def test_a_ledger_that_an_earlier_version_exported_is_verified(host: Host) -> None:
    """C14: format 1, whose texts are a body and its hash."""
    path = Path(__file__).parent / "ledger-1.jsonl"
    result = host.run("consent", "verify", "--ledger", str(path))
    assert result.stdout == "The consent ledger is whole: 5 entries.\n", result.output
    changed = host.folder / "changed.jsonl"
    changed.write_text(path.read_text("utf-8").replace("Wir zeigen", "Wir verkaufen"), "utf-8")
    assert "which was changed" in refusal(host.run("consent", "verify", "--ledger", str(changed)))

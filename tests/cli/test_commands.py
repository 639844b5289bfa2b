"""All commands: they end in a sentence, never in a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url

from tests.factories import exchange, open_event, person
from tests.forms import fill
from tests.host import Host
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]

COMMANDS = [
    ("db", "upgrade"),
    ("db", "current"),
    ("db", "check"),
    ("db", "downgrade", "0001", "--yes"),
    ("export",),
    ("outbox", "run"),
    ("consent", "verify"),
    ("retention", "run"),
    ("retention", "run", "--dry-run"),
    ("person", "export", "person@buerger.example"),
    ("person", "erase", "person@buerger.example", "--yes"),
    ("privacy", "record"),
    ("check",),
]
NOWHERE = [
    "postgresql+psycopg://labor:geheim@127.0.0.1:1/labor",
    "mysql+pymysql://labor:geheim@127.0.0.1:1/labor",
    "sqlite:////no/such/folder/labor.sqlite",
]


def in_a_shell(
    url: URL, *words: str, terminal: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """``flask stadtlabor <words>`` as a process, with what its ``terminal`` sets."""
    database = url.render_as_string(hide_password=False)
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "tests.hosts.ten_lines", "stadtlabor", *words],
        cwd=ROOT,
        env=os.environ | {"FLASK_SQLALCHEMY_DATABASE_URI": database} | (terminal or {}),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.mark.parametrize("url", NOWHERE)
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_database_that_is_away_is_told_in_a_sentence(
    url: str, command: tuple[str, ...], tmp_path: Path
) -> None:
    portal = Host(make_url(url), tmp_path)
    result = portal.run(*command)
    assert result.exit_code == 1
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "SQLALCHEMY_DATABASE_URI" in result.stderr
    assert "geheim" not in result.output


@pytest.mark.one_database
def test_an_import_without_a_database_is_told_in_a_sentence(tmp_path: Path) -> None:
    portal = Host(make_url(NOWHERE[0]), tmp_path)
    path = tmp_path / "content.json"
    path.write_text('{"series": [{"slug": "a"}]}', encoding="utf-8")
    result = portal.run("import", str(path))
    assert result.exit_code == 1
    assert "does not answer" in result.stderr


@pytest.mark.parametrize("command", [c for c in COMMANDS if c[0] not in ("db", "check")])
def test_a_database_without_our_tables_is_told_in_a_sentence(
    bare_host: Host, command: tuple[str, ...]
) -> None:
    result = bare_host.run(*command)
    assert result.exit_code == 1
    assert "flask stadtlabor db" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.one_database
def test_a_setting_that_cannot_work_is_told_in_a_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "tests.hosts.ten_lines", "stadtlabor", "check"],
        cwd=ROOT,
        env=os.environ
        | {
            "FLASK_SQLALCHEMY_DATABASE_URI": "sqlite:///",
            "FLASK_STADTLABOR_CONFIRM_WITHIN": "soon",
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == (
        "Error: STADTLABOR_CONFIRM_WITHIN is 'soon'; write a timedelta, an ISO 8601 duration such "
        "as 'PT48H', or seconds.\n"
    )


@pytest.mark.one_database
@pytest.mark.parametrize(
    "group",
    [(), ("db",), ("outbox",), ("consent",), ("retention",), ("person",), ("privacy",)],
    ids=str,
)
def test_the_help_says_in_whole_sentences_what_each_command_does(
    host: Host, group: tuple[str, ...]
) -> None:
    """None is cut off on a terminal of eighty columns."""
    shown = host.run(*group, "--help").stdout
    listed = shown.partition("Commands:\n")[2].splitlines()
    assert listed
    for line in listed:
        assert line.endswith("."), line
        assert not line.endswith(("...", "(Art.")), line


@pytest.mark.one_database
def test_the_commands_run_in_a_shell(empty_database_url: URL) -> None:
    """As operators run them: `flask --app … stadtlabor …`, configured by the environment."""

    def run(*words: str) -> subprocess.CompletedProcess[bytes]:
        return in_a_shell(empty_database_url, *words)

    before = run("db", "check")
    assert before.returncode == 1
    assert b"Traceback" not in before.stderr
    assert run("db", "upgrade").returncode == 0
    exported = run("export")
    assert exported.stdout == b'{\n  "format": "flask-stadtlabor/1"\n}\n'
    checked = run("check")
    assert checked.returncode == 0, checked.stderr
    assert b"Warning: " in checked.stderr


@pytest.mark.one_database
def test_commands_write_utf8_whatever_the_terminal_says(host: Host) -> None:
    """Redirected output is readable everywhere, and no name aborts a command by its characters."""
    host.load(exchange(open_event()))
    name = "Zoë „Łucja“ 日本"
    typed = person() | {"family_name": name}
    fill(host.client(), "/stadtlabor/de/events/plattform/register", typed)
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for terminal in ({"PYTHONIOENCODING": "latin-1"}, {"PYTHONIOENCODING": "ascii"}, plain):
        told = in_a_shell(host.url, "person", "export", person()["email"], terminal=terminal)
        assert told.returncode == 0, told.stderr
        assert name in told.stdout.decode("utf-8")
    western = {"PYTHONIOENCODING": "cp1252"}
    refused = in_a_shell(host.url, "person", "export", name, terminal=western)
    assert refused.returncode == 1
    assert f"{name!r} is no e-mail address" in refused.stderr.decode("utf-8")

"""A release tells what is in it, what is new, how to get there, and whether it is safe."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import flask_stadtlabor
from scripts import audit

ROOT = Path(__file__).parents[1]
VERSION = flask_stadtlabor.__version__


def test_the_changes_have_an_entry_for_this_version() -> None:
    """With a day, and with something in it."""
    changes = (ROOT / "CHANGES.md").read_text("utf-8")
    entry = re.search(
        rf"^## \[{re.escape(VERSION)}\] - (\S+)\n(.*?)(?=^## |\Z)", changes, re.M | re.S
    )
    assert entry is not None
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", entry[1])
    assert "### " in entry[2]


def test_the_upgrading_guide_leads_to_this_version() -> None:
    guide = (ROOT / "docs/upgrading.md").read_text("utf-8")
    assert re.search(rf"^## From .+ to {re.escape(VERSION)}$", guide, re.MULTILINE)


def test_whatever_is_promised_says_since_when() -> None:
    """The contract and the guide both name the version from which on changes come with a way."""
    for name in ("contract.md", "upgrading.md"):
        assert "From 0.1.0 on" in (ROOT / "docs" / name).read_text("utf-8"), name


FINE = {"name": "flask", "version": "3.1.0", "vulns": []}
WEAK = {
    "name": "jinja2",
    "version": "3.1.2",
    "vulns": [{"id": "CVE-1", "fix_versions": ["3.1.3"], "description": "A stranger gets in."}],
}
SILENT = {"name": "nh3", "skip_reason": "Nobody knows it."}


@pytest.mark.parametrize(
    ("packages", "code", "said"),
    [
        ([FINE], 0, ["1 of 1 packages asked about, 0 weak."]),
        ([FINE, WEAK], 1, ["jinja2 3.1.2: CVE-1, mended by 3.1.3. A stranger gets in."]),
        ([SILENT], 0, ["NOT DONE", "nh3", "0 of 1 packages asked about"]),
        ([WEAK, SILENT], 1, ["NOT DONE", "CVE-1", "1 of 2 packages asked about, 1 weak."]),
    ],
)
def test_a_known_weakness_stops_a_release_and_silence_is_said(
    packages: list[dict[str, Any]], code: int, said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit.judge(packages) == code
    printed = capsys.readouterr().out
    for words in said:
        assert words in printed

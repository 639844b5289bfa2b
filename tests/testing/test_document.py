"""Somebody follows docs/testing.md as it stands, and then looks at a layout with faults."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.hosts.reader import blocks
from tests.testing.runs import ROOT, begin, pytest_in

DOCUMENT = (ROOT / "docs/testing.md").read_text("utf-8")
CHECKS, LAYOUT, REPORT = re.split("\n## What it finds\n|<!-- report -->\n", DOCUMENT)
POOR = """
def test_it(stadtlabor_accessibility, stadtlabor_pages):
    stadtlabor_accessibility.check(stadtlabor_pages[:5])
"""

pytestmark = pytest.mark.needs("browser")


def write(document: str, folder: Path) -> None:
    """The files that the document shows, in the portal of somebody who reads it."""
    begin(folder)
    for code, name in blocks(document):
        if name:
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(code, "utf-8")


@pytest.mark.slow
def test_the_checks_of_the_document_pass_in_our_own_layout(tmp_path: Path) -> None:
    """A1: in four looks. Every third page, in one language: tests/browser sees each in both."""
    write(CHECKS, tmp_path)
    check = tmp_path / "test_accessibility.py"
    words = check.read_text("utf-8")
    assert words.count("check(stadtlabor_pages)") == 1
    check.write_text(words.replace("(stadtlabor_pages)", "(stadtlabor_pages[::3])"), "utf-8")
    done = pytest_in(tmp_path)
    assert "3 passed" in done.stdout, done.stdout


def test_the_layout_of_the_document_is_told_its_faults(tmp_path: Path) -> None:
    """How axe words a rule may change; which faults there are, and where, may not."""
    write(LAYOUT, tmp_path)
    (tmp_path / "test_it.py").write_text(POOR, "utf-8")
    told = pytest_in(tmp_path).stdout
    found = re.findall(r"^E {7}([a-z-]+): [A-Z<]", told, re.MULTILINE)
    assert found == ["color-contrast", "html-has-lang", "image-alt", "reflow"]
    (shown,) = re.findall(r"```text\n(.*?)```", REPORT, re.DOTALL)
    for line in shown.splitlines():
        if line.startswith(("4 faults", "  element:", "  where:", "  on:", "  and on")):
            assert line in told
    assert "contrast of 2.32 (foreground color: #aaaaaa" in told

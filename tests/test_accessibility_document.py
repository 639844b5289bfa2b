"""The table of WCAG leaves no criterion out, and names only tests that there are."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCUMENT = (ROOT / "docs/accessibility.md").read_text("utf-8")
STATEMENT = (ROOT / "docs/accessibility-statement.md").read_text("utf-8")
ROWS = re.findall(
    r"^\| (\d\.\d\.\d+) [^|]+ \| (A{1,2}) \| ([^|]+) \| ([^|]+) \|", DOCUMENT, re.MULTILINE
)
LEVEL_A = (
    "1.1.1 1.2.1 1.2.2 1.2.3 1.3.1 1.3.2 1.3.3 1.4.1 1.4.2 2.1.1 2.1.2 2.1.4 2.2.1 2.2.2 2.3.1"
    " 2.4.1 2.4.2 2.4.3 2.4.4 2.5.1 2.5.2 2.5.3 2.5.4 3.1.1 3.2.1 3.2.2 3.2.6 3.3.1 3.3.2 3.3.7"
    " 4.1.2"
)
LEVEL_AA = (
    "1.2.4 1.2.5 1.3.4 1.3.5 1.4.3 1.4.4 1.4.5 1.4.10 1.4.11 1.4.12 1.4.13 2.4.5 2.4.6 2.4.7"
    " 2.4.11 2.5.7 2.5.8 3.1.2 3.2.3 3.2.4 3.3.3 3.3.4 3.3.8 4.1.3"
)


def test_every_criterion_of_wcag_2_2_has_a_row_in_its_order() -> None:
    listed = {level: [row[0] for row in ROWS if row[1] == level] for level in ("A", "AA")}
    assert sorted(listed["A"]) == sorted(LEVEL_A.split())
    assert sorted(listed["AA"]) == sorted(LEVEL_AA.split())
    numbers = [tuple(map(int, row[0].split("."))) for row in ROWS]
    assert numbers == sorted(numbers)


def test_whoever_says_met_names_a_test() -> None:
    for number, _, result, how in ROWS:
        assert result in {"Met", "By reading", "Nothing of the kind"}, number
        assert result != "Met" or "test_" in how, number


def test_every_test_that_is_named_is_there() -> None:
    named = set(re.findall(r"`([\w/]+/test_\w+\.py)`", DOCUMENT))
    assert len(named) > 10
    for name in named:
        assert (ROOT / "tests" / name).is_file(), name


def test_the_statement_has_every_part_that_the_model_has() -> None:
    """Decision (EU) 2018/1523, annex, with places for the host to fill in."""
    for part in (
        "Stand der Vereinbarkeit mit den Anforderungen",
        "Nicht barrierefreie Inhalte",
        "Erstellung dieser Erklärung zur Barrierefreiheit",
        "Feedback und Kontaktangaben",
        "Durchsetzungsverfahren",
    ):
        below = STATEMENT.partition(f"### {part}\n")[2].partition("\n### ")[0]
        assert "**[" in below, part

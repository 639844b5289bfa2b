"""The summary at the end of a run: each attack that was tried, and whether it held."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from _pytest.terminal import TerminalReporter

Tried = Callable[[str], None]
PROPERTY = "tried"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options for longer runs."""
    parser.addoption(
        "--people", type=int, default=40, help="how many register while workers are killed"
    )
    parser.addoption(
        "--thorough", action="store_true", help="try everything with each cache, not with one alone"
    )


@pytest.fixture
def people(pytestconfig: pytest.Config) -> int:
    """How many people register."""
    return int(pytestconfig.getoption("people"))


@pytest.fixture
def tried(record_property: Callable[[str, object], None]) -> Tried:
    """Tells what the test tried; the lines of all tests end the run, from xdist's workers too."""
    return partial(record_property, PROPERTY)


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """A line for each test that says what it tried, after the tests that fell."""
    lines = [
        (word, report.nodeid.rpartition("::")[2], report.duration, text)
        for outcome, word in (("failed", "FELL"), ("passed", "held"))
        for report in terminalreporter.getreports(outcome)
        if report.when == "call" and "tests/attack/" in report.nodeid
        for text in [value for name, value in report.user_properties if name == PROPERTY] or [""]
    ]
    if lines:
        terminalreporter.section("attacks")
    for word, test, seconds, text in lines:
        terminalreporter.write_line(f"{word}  {seconds:5.0f} s  {test}: {text}")

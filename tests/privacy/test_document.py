"""docs/privacy.md tells of every table, and of every column that is about a person."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from flask_stadtlabor import Settings
from flask_stadtlabor.migrations.tables import METADATA, VERSION_TABLE
from flask_stadtlabor.outbox.operations import KEPT_AFTER_GIVING_UP
from flask_stadtlabor.privacy.retention import MAIL_RECORDS_KEPT
from flask_stadtlabor.registration.retention_periods import LAPSED_KEPT

DOCUMENT = (Path(__file__).parents[2] / "docs/privacy.md").read_text("utf-8")
GERMAN, ENGLISH = re.split(r"^# What is stored", DOCUMENT, flags=re.M)
HALVES = pytest.mark.parametrize("half", [GERMAN, ENGLISH], ids=["de", "en"])

ABOUT_PEOPLE = (
    "stadtlabor_registration", "stadtlabor_access_token", "stadtlabor_desk_notice",
    "stadtlabor_offline_arrival", "stadtlabor_outbox", "stadtlabor_consent_entry",
    "stadtlabor_consent_subject", "stadtlabor_consent_head", "stadtlabor_take_down_task",
)  # fmt: skip
"""Tables with a section of their own, in which each column is named."""
ABOUT_STAFF = {
    "stadtlabor_publication": set(METADATA.tables["stadtlabor_publication"].columns.keys()),
    "stadtlabor_picture": set(METADATA.tables["stadtlabor_picture"].columns.keys()),
    "stadtlabor_consent_text": {"published_by", "controller", "processing"},
    "stadtlabor_consent_draft": {"edited_by", "edited_key", "controller", "processing"},
    "stadtlabor_feedback": {"good", "change"},
    "stadtlabor_event": {"contact", "organisers", "programme", "image", "results", "search_text"},
}


@HALVES
def test_every_table_is_named(half: str) -> None:
    """One that is added later has to be described, or to be named as about nobody."""
    named = set(re.findall(r"`(stadtlabor_\w+)`", half))
    assert {*METADATA.tables, VERSION_TABLE} <= named


@HALVES
def test_everything_that_the_session_holds_is_named(half: str) -> None:
    """One that is added later has to be told of under “Cookie”."""
    package = Path(__file__).parents[2] / "flask_stadtlabor"
    put = {
        name
        for path in package.rglob("*.py")
        for name in re.findall(r"\bsession\[(?:\w+\.)?(\w+)\] =", path.read_text("utf-8"))
    }
    words = {
        "OPENED": ("geöffneten Links", "link that was opened"),
        "HANDED_OVER": ("ausgedruckt überreicht", "handed over in print"),
        "FROM_ACCOUNT": ("aus dem eigenen Konto", "from their account"),
        "SENT": ("nach dem Absenden", "after sending"),
        "RECEIPT": ("die Kennung", "the reference"),
        "ERASED": ("nach einer Löschung", "after an erasure"),
        "DOOR": ("Name des Eingangs", "name of the door"),
        "AT_EVENT": ("an deren Einlass", "at whose door"),
        "METHOD": ("auf Papier oder am Bildschirm", "on paper or on the screen"),
    }
    assert put == set(words)
    cookie = " ".join(half.split("- **Cookie**")[1].split("\n- **")[0].split())
    assert not [pair for pair in words.values() if not any(word in cookie for word in pair)]


@HALVES
@pytest.mark.parametrize("table", ABOUT_PEOPLE)
def test_every_column_about_people_is_described(half: str, table: str) -> None:
    section = re.split(r"^###? ", half.split(f"### `{table}`")[1], flags=re.M)[0]
    named = set(re.findall(r"`(\w+)`", section))
    assert set(METADATA.tables[table].columns.keys()) <= named


@HALVES
@pytest.mark.parametrize("table", ABOUT_STAFF)
def test_what_is_stored_about_staff_is_described(half: str, table: str) -> None:
    line = next(line for line in half.splitlines() if line.startswith(f"| `{table}`"))
    assert ABOUT_STAFF[table] <= set(re.findall(r"`(\w+)`", line))
    people = {name for name in METADATA.tables[table].columns.keys() if name.endswith("_by")}  # noqa: SIM118
    assert people <= ABOUT_STAFF[table]


def test_nothing_hangs_on_a_registration_that_deletion_does_not_know() -> None:
    """A new table with a foreign key has to be deleted explicitly: SQLite may not cascade."""
    hanging = {
        table.name
        for table in METADATA.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "stadtlabor_registration"
    }
    assert hanging == {
        "stadtlabor_access_token",
        "stadtlabor_desk_notice",
        "stadtlabor_later_form",
        "stadtlabor_offline_arrival",
    }


@HALVES
def test_the_times_are_those_that_apply(half: str) -> None:
    assert Settings().retention == timedelta(days=90)
    assert Settings().support_retention == LAPSED_KEPT == timedelta(days=7)
    assert MAIL_RECORDS_KEPT == KEPT_AFTER_GIVING_UP == timedelta(days=30)
    day = "Tage" if half is GERMAN else "days"
    for number in (90, 7, 30):
        assert f"| {number} {day} " in half


@HALVES
def test_every_right_has_a_line(half: str) -> None:
    for article in range(15, 22):
        assert re.search(rf"^\| [^|]+, Art\. {article} \|", half, flags=re.M), article


def test_the_german_half_addresses_nobody() -> None:
    assert not re.findall(r"\b(Sie|Ihnen|Ihre?[mnrs]?|du|dir|dich|dein\w*)\b", GERMAN)

"""The list of registrations as CSV and as a workbook."""

from __future__ import annotations

import csv
import io
import tracemalloc
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from flask_stadtlabor import Action
from flask_stadtlabor.events.history_models import EventDeed
from flask_stadtlabor.organise.queries import registrations
from flask_stadtlabor.workbook import xlsx
from tests.events.desk import statements
from tests.factories import PHOTOS, exchange, open_event, question
from tests.forms import page
from tests.host import Host
from tests.organise.staff import HERE, fill_event, register, staff_of, words_of

CSV, XLSX = f"{HERE}registrations.csv", f"{HERE}registrations.xlsx"
CELL = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheet(content: bytes) -> list[list[str | float]]:
    """The rows of a workbook, texts and numbers apart."""
    with ZipFile(io.BytesIO(content)) as file:
        assert file.testzip() is None
        for name in file.namelist():
            ElementTree.fromstring(file.read(name))  # noqa: S314 - our own file
        root = ElementTree.fromstring(file.read("xl/worksheets/sheet1.xml"))  # noqa: S314
    rows: list[list[str | float]] = []
    for row in root.iter(f"{CELL}row"):
        cells: list[str | float] = []
        for cell in row:
            number, text = cell.find(f"{CELL}v"), cell.find(f"{CELL}is/{CELL}t")
            assert cell.find(f"{CELL}f") is None
            if number is not None:
                cells.append(float(number.text or ""))
            else:
                cells.append((text.text or "") if text is not None else "")
        rows.append(cells)
    return rows


def read(answer: Any, **how: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True)), **how))


@pytest.mark.one_database
def test_both_files_have_the_usual_columns_of_those_who_come(host: Host) -> None:
    host.load(exchange(open_event(registration={"questions": [question("was", "choice")]})))
    register(host, 2, family_name="Zander", party_size="2", **{"question-was": "a"})
    register(host, 1, family_name="Öztürk", **{f"consent-{PHOTOS}": "refused"})
    staff = staff_of(host).client()
    header, first, second = read(staff.get(CSV))
    assert header[:6] == [
        "State", "Last name", "First name", "E-mail address", "How we reach them", "Party size",
    ]  # fmt: skip
    assert first[:4] == ["Confirmed", "Öztürk", "Änne", "person1@buerger.example"]
    assert first[-1] == "No"
    assert (second[1], second[5]) == ("Zander", "2")
    table = sheet(staff.get(XLSX).data)
    assert table[0] == header
    assert table[1][1:4] == first[1:4]
    assert table[2][5] == 2


@pytest.mark.one_database
def test_columns_and_people_are_chosen(host: Host) -> None:
    host.load(exchange(open_event(registration={"questions": [question("was", "choice")]})))
    register(host, 1, family_name="A", **{"question-was": "a"})
    register(host, 2, family_name="B", confirm=False)
    staff = staff_of(host).client()
    query = "column=family_name&column=party_size&column=nonsense"
    assert read(staff.get(f"{CSV}?{query}")) == [
        ["Last name", "Party size"],
        ["A", "1"],
        ["B", "1"],
    ]
    assert sheet(staff.get(f"{XLSX}?{query}&state=held").data)[1:] == [["B", 1]]
    assert sheet(staff.get(f"{XLSX}?{query}&answer-was=a").data)[1:] == [["A", 1]]
    assert read(staff.get(f"{CSV}?{query}&q=b+yildiz")) == [["Last name", "Party size"]]
    german = staff.get(f"{CSV.replace('/en/', '/de/')}?{query}&for=excel")
    assert german.text.startswith("\ufeff")
    assert '"Nachname";"Personen"' in german.text


@pytest.mark.one_database
def test_a_time_is_a_date_of_the_table_by_the_clock_of_the_event(host: Host) -> None:
    """2 March 2026, 10:30 in Berlin: 46,083 days since the last one of 1899, and 0.4375."""
    host.load(exchange(open_event()))
    host.clock.now = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    register(host)
    staff = staff_of(host).client()
    query = "column=registered&column=confirmed"
    assert read(staff.get(f"{CSV}?{query}"))[1] == ["2026-03-02 10:30", "2026-03-02 10:30"]
    assert sheet(staff.get(f"{XLSX}?{query}").data)[1] == [46083.4375, 46083.4375]
    with ZipFile(io.BytesIO(staff.get(f"{XLSX}?{query}").data)) as file:
        assert '<c s="2">' in file.read("xl/worksheets/sheet1.xml").decode()


@pytest.mark.one_database
def test_what_looks_like_a_formula_or_a_number_stays_a_text(host: Host) -> None:
    """S7, case 12."""
    host.load(exchange(open_event(title={"de": "Bürgerdialog", "en": "Citizens/talk"})))
    register(host, 1, given_name="=1+1", family_name="_x0041_ & <b>")
    with host.app.app_context():
        host.db.session.connection().exec_driver_sql(
            "UPDATE stadtlabor_registration SET reach = '+49 234'"
        )
        host.db.session.commit()
    staff = staff_of(host).client()
    query = "?column=given_name&column=family_name&column=reach"
    (_, row) = read(staff.get(CSV + query))
    assert row == ["_x0041_ & <b>", "'=1+1", "'+49 234"]
    german = staff.get(XLSX.replace("/en/", "/de/") + query)
    (_, cells) = sheet(german.data)
    # what a spreadsheet would take for the code of a letter is written so that it does not
    assert cells == ["_x005F_x0041_ & <b>", "=1+1", "+49 234"]
    disposition = german.headers["Content-Disposition"]
    assert "filename=plattform.xlsx" in disposition
    assert "filename*=UTF-8''B%C3%BCrgerdialog.xlsx" in disposition
    assert "Citizens%20talk.csv" in staff.get(CSV).headers["Content-Disposition"]
    assert german.headers["Cache-Control"] == "no-store"


@pytest.mark.one_database
def test_what_people_need_is_for_those_who_may_read_it(host: Host) -> None:
    host.load(exchange(open_event(registration={"ask_support": True})))
    register(host, 1, support_needs="Gebärdensprache")
    staff = staff_of(host).client()
    assert "Gebärdensprache" not in staff.get(CSV).text
    assert "Gebärdensprache" in staff.get(f"{CSV}?column=support_needs").text
    blind = staff_of(host, without=[Action.SEE_SUPPORT_NEEDS]).client()
    for address in (CSV, XLSX):
        assert blind.get(f"{address}?column=support_needs").status_code == 403
        assert blind.get(address).status_code == 200
    offered = {str(box["value"]) for box in page(blind.get(HERE)).select("[name='column']")}
    assert "family_name" in offered
    assert "support_needs" not in offered


@pytest.mark.one_database
def test_each_download_is_in_the_trail_without_a_person(host: Host) -> None:
    host.load(exchange(open_event()))
    register(host)
    staff = staff_of(host).client()
    assert staff.get(f"{CSV}?q=yildiz&state=confirmed&column=email").status_code == 200
    words = words_of(staff, f"{HERE}history/")
    assert "List downloaded" in words
    searched = "Search for: words that are not kept"
    assert f"Otto Orga CSV · Confirmed · {searched} Columns: E-mail address" in words
    assert "yildiz" not in words
    assert host.scalar(select(EventDeed.about)) == {
        "group": {"state": "confirmed", "searched": True}, "format": "csv", "columns": ["email"],
    }  # fmt: skip


def test_a_file_begins_at_once_and_holds_everybody_once(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is read before the first bytes have left; also where many have the same name."""
    monkeypatch.setattr(registrations, "BATCH_SIZE", 4)
    host.load(exchange(open_event(registration={"capacity": None})))
    fill_event(host, 11)
    with host.app.app_context():
        host.db.session.connection().exec_driver_sql(
            "UPDATE stadtlabor_registration SET sort_key = 'same' WHERE id > 3"
        )
        host.db.session.commit()
    staff = staff_of(host)
    for address in (CSV, XLSX):
        with statements(staff) as seen:
            answer = staff.client().get(f"{address}?column=family_name", buffered=False)
            content = next(iter(answer.response))
            assert content
            assert not [each for each in seen if "given_name" in each], address
            rest = b"".join(answer.response)
            answer.close()
        whole = content + rest
        found = (
            [row[0] for row in sheet(whole)[1:]]
            if address == XLSX
            else [line.strip('"') for line in whole.decode().splitlines()[1:]]
        )
        assert sorted(found) == sorted({f"Yıldız-{number}" for number in range(11)})


def test_a_workbook_of_any_length_takes_as_little_memory() -> None:
    def peak(rows: int) -> int:
        tracemalloc.start()
        for _ in xlsx("Liste", ["a", "b"], (["Öztürk" * 9, number] for number in range(rows))):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(40_000) < 1.1 * peak(20_000) < 2_000_000

"""An event with a hundred thousand registrations: its list and its downloads (case 12)."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator
from functools import reduce
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import String, cast, func, insert, literal, select, true

from flask_stadtlabor.consent.models import ConsentSubject
from flask_stadtlabor.registration.models import Registration
from tests.events.desk import statements
from tests.factories import exchange, open_event
from tests.forms import page
from tests.host import Host
from tests.organise.staff import HERE, fill_event, staff_of

pytestmark = [pytest.mark.one_database, pytest.mark.slow]

MANY = 100_000
FEW = 10
COLUMNS = "column=family_name&column=party_size"
CSV, XLSX = f"{HERE}registrations.csv?{COLUMNS}", f"{HERE}registrations.xlsx?{COLUMNS}"


def many_more(host: Host) -> None:
    """So many registrations that there are :data:`MANY`, each like one that came by the office.

    Made by the database, of the ten that are there: each is a digit of the numbers from ten on.
    """
    table, people = Registration.__table__, ConsentSubject.__table__
    digit = func.row_number().over(order_by=table.c.id) - 1
    digits: list[Any] = [
        select(digit.label("is")).subquery(f"digits_{place}") for place in range(5)
    ]
    number: Any = sum(each.c["is"] * 10**place for place, each in enumerate(digits))
    name = cast(number, String)
    with host.app.app_context():
        session = host.db.session
        first = dict(session.execute(select(table).limit(1)).mappings().one())
        subject = dict(session.execute(select(people).limit(1)).mappings().one())
        own = {
            "id": number + 1_000,
            "family_name": "Beispiel-" + name,
            "sort_key": "beispiel " + name,
            "subject": "subject-" + name,
            "ticket_code": "T" + name,
        }
        for into, row, new in (
            (people, subject, {"reference": own["subject"]}),
            (table, first, own),
        ):
            values = [
                new.get(column.name, literal(row[column.name], column.type))
                for column in into.columns
            ]
            every = reduce(lambda some, each: some.join(each, true()), digits[1:], digits[0])
            chosen = select(*values).select_from(every).where(number >= FEW)
            session.execute(insert(into).from_select(list(into.columns.keys()), chosen))  # type: ignore[arg-type]
        session.commit()


@pytest.fixture
def few(host: Host) -> Host:
    host.load(exchange(open_event(registration={"capacity": MANY})))
    fill_event(host, FEW)
    return staff_of(host)


def counted(portal: Host, address: str) -> int:
    """How many statements a page takes, once what is kept in memory is there."""
    browser = portal.client()
    browser.get(address)
    with statements(portal) as seen:
        assert browser.get(address).status_code == 200
    return len(seen)


def stream(portal: Host, address: str) -> Iterator[bytes]:
    """The pieces of a file, as the server sends them."""
    answer = portal.client().get(address, buffered=False)
    assert answer.status_code == 200
    return iter(answer.response)  # type: ignore[arg-type]


def test_list_and_files_are_those_of_few_but_longer(few: Host) -> None:
    """A constant number of statements, the first piece at once, and memory that stays flat."""
    lists = [HERE, f"{HERE}?state=all&sort=newest", f"{HERE}?q=beispiel-77"]
    before = [counted(few, address) for address in lists]
    many_more(few)
    assert [counted(few, address) for address in lists] == before
    assert "100,000" in page(few.client().get(HERE)).get_text()

    for address in (CSV, XLSX):
        content = io.BytesIO()
        with statements(few) as seen:
            pieces = stream(few, address)
            content.write(next(pieces))
        # the file has begun, and nobody has been read for it yet
        assert not [each for each in seen if "FROM stadtlabor_registration" in each]
        tracemalloc.start()
        content.writelines(pieces)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        written = content.getvalue()
        assert _lines(address, written) == MANY + 1
        # the buffer grows by parts of itself; beside it a batch of registrations is kept
        assert most < 2 * len(written) + 8 * 2**20


def _lines(address: str, content: bytes) -> int:
    if address == CSV:
        return content.count(b"\r\n")
    with ZipFile(io.BytesIO(content)) as file:
        return file.read("xl/worksheets/sheet1.xml").count(b"<row")

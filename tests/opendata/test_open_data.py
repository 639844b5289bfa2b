"""Other sites read the events as open data, with a licence and without a person (D6)."""

from __future__ import annotations

import csv
import io
import json

import pytest
from jsonschema import Draft202012Validator

from flask_stadtlabor.spreadsheet import csv_lines, harmless
from tests.events.desk import statements
from tests.factories import event, exchange, open_event, person, series
from tests.forms import fill
from tests.host import BASE_URL, Host
from tests.registration.crowd import crowd

API = "/stadtlabor/api/v1"


@pytest.mark.one_database
def test_public_events_are_told_with_a_licence(host: Host) -> None:
    """D6."""
    host.load(
        exchange(
            open_event(series="zu-besuch"), event("entwurf", status="draft"), series=[series()]
        )
    )
    answer = host.client().get(f"{API}/events")
    assert answer.json["licence"] == "CC BY 4.0"
    assert answer.json["licence_url"].startswith("https://creativecommons.org/")
    (told,) = answer.json["events"]
    assert told["slug"] == "plattform"
    assert told["url"] == f"{BASE_URL}/stadtlabor/de/events/plattform/"
    assert told["title"] == {"de": "Mitreden im Netz", "en": "Have your say online"}
    assert told["starts_at"] == "2026-04-22T17:30:00+02:00"
    assert told["registration"]["seats_left"] == 20
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.one_database
def test_no_person_is_in_it(host: Host) -> None:
    """D6: neither who registered, nor whom to ask, nor who speaks."""
    programme = [{"starts_at": "17:30", "title": "Vortrag", "speakers": ["Petra Person"]}]
    contact = {"name": "Konrad Kontakt", "email": "konrad@stadt.example"}
    host.load(exchange(open_event(programme=programme, contact=contact)))
    fill(host.client(), "/stadtlabor/de/events/plattform/register", person())
    for address in ("events", "events.csv", "events/plattform"):
        told = host.client().get(f"{API}/{address}").text
        for name in ("Petra", "Konrad", "konrad@", "Yıldız", "person1@"):
            assert name not in told


@pytest.mark.one_database
@pytest.mark.parametrize("query", ["x", "", "0", "-1", "1.0", "null", "１", "1&page=x"])
def test_a_page_that_is_no_number_is_refused(host: Host, query: str) -> None:
    """D6: a program that counts wrongly would otherwise read the first page for ever."""
    answer = host.client().get(f"{API}/events?page={query}")
    assert answer.status_code == 400
    assert answer.json == {"error": "A page is a whole number from 1 on."}
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.one_database
@pytest.mark.parametrize("page", ["7", "9" * 400])
def test_a_page_behind_the_last_is_the_last(host: Host, page: str) -> None:
    host.load(exchange(*(event(f"termin-{number}") for number in range(25))))
    answer = host.client().get(f"{API}/events?page={page}").json
    assert (answer["page"], answer["pages"], answer["next"]) == (2, 2, None)
    assert len(answer["events"]) == 5


@pytest.mark.one_database
def test_many_events_come_in_pages(host: Host) -> None:
    host.load(exchange(*(event(f"termin-{number}") for number in range(45))))
    slugs, address, pages = [], f"{API}/events", 0
    while address:
        page = host.client().get(address.removeprefix(BASE_URL)).json
        slugs += [told["slug"] for told in page["events"]]
        address, pages = page["next"], pages + 1
    assert len(set(slugs)) == len(slugs) == 45
    assert pages == 3


def test_a_page_takes_few_statements_whatever_it_holds(host: Host) -> None:
    host.load(exchange(*(event(f"termin-{number}") for number in range(20))))
    with statements(host) as seen:
        host.client().get(f"{API}/events")
    assert len(seen) <= 2


@pytest.mark.one_database
def test_an_unchanged_page_is_not_sent_again(host: Host) -> None:
    host.load(exchange(open_event()))
    first = host.client().get(f"{API}/events")
    again = host.client().get(f"{API}/events", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    crowd(host, 11)
    changed = host.client().get(f"{API}/events", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.json["events"][0]["registration"]["seats_left"] == 10


@pytest.mark.one_database
def test_what_is_told_is_as_the_description_says(host: Host) -> None:
    host.load(exchange(open_event(series="zu-besuch"), event("ohne"), series=[series()]))
    described = host.client().get(f"{API}/openapi.json").json
    assert described["openapi"].startswith("3.1")
    for path, address in (
        ("/events", "events"),
        ("/events/{slug}", "events/plattform"),
        ("/series", "series"),
    ):
        answer = described["paths"][path]["get"]["responses"]["200"]
        schema = answer["content"]["application/json"]["schema"]
        whole = {**schema, "components": described["components"]}
        told = host.client().get(f"{API}/{address}").json
        assert list(Draft202012Validator(whole).iter_errors(told)) == []
    # a schema that takes anything would say so too
    assert list(Draft202012Validator(whole).iter_errors({"series": [{"slug": 1}]}))


@pytest.mark.one_database
@pytest.mark.parametrize("slug", ["nichts", "entwurf", "%00"])
def test_what_is_not_public_is_not_there(host: Host, slug: str) -> None:
    host.load(exchange(event("entwurf", status="draft")))
    answer = host.client().get(f"{API}/events/{slug}")
    assert answer.status_code == 404
    assert answer.json == {"error": "There is no such public event."}


def test_a_spreadsheet_gets_a_line_for_each_event(host: Host) -> None:
    """D6, S7: a title that would be a formula is a text."""
    host.load(exchange(event("a", title="=1+1"), event("b", title={"de": "Bürger, „Kiez“\nneu"})))
    answer = host.client().get(f"{API}/events.csv")
    assert answer.mimetype == "text/csv"
    assert 'rel="license"' in answer.headers["Link"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["slug"] for row in rows] == ["a", "b"]
    assert rows[0]["title_de"] == rows[0]["title_en"] == "'=1+1"
    assert (rows[1]["title_de"], rows[1]["title_en"]) == ("Bürger, „Kiez“\nneu", "")
    assert rows[0]["latitude"] == "51.4836"


SIGNS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
SEPARATORS = (",", ";", "\t", "\n", "\r", "\r\n")


@pytest.mark.parametrize("sign", SIGNS, ids=ascii)
def test_a_cell_that_begins_like_a_formula_gets_an_apostrophe(sign: str) -> None:
    """S7: and everything else stays as it is."""
    assert harmless(f"{sign}49 234") == f"'{sign}49 234"
    assert harmless(f"a{sign}b") == f"a{sign}b"
    assert harmless(f"a, {sign}b; c") == f"a, {sign}b; c"
    assert harmless(f'"{sign}b"') == f'"{sign}b"'
    assert harmless(-7.5) == "-7.5"
    assert json.loads(harmless(3)) == 3


@pytest.mark.parametrize("separator", SEPARATORS, ids=ascii)
@pytest.mark.parametrize("sign", SIGNS, ids=ascii)
def test_nor_does_one_begin_behind_a_separator(sign: str, separator: str) -> None:
    """S7: a spreadsheet may cut at another separator than ours."""
    assert harmless(f"x{separator}{sign}cmd") == f"x{separator}'{sign}cmd"
    assert harmless(f'x{separator}"{sign}cmd') == f"x{separator}'\"{sign}cmd"


@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=ascii)
def test_no_spreadsheet_runs_anything_whatever_separator_it_takes(separator: str) -> None:
    """S7: and it gets back every line, each in quotation marks."""
    texts = ["=1", "x;=cmd|' /C calc'!A0", 'x,"=cmd', "a\n=b", "a\r\n+b", "x\t@y", "a;\uff1d1", "b"]
    table = "".join(csv_lines([texts, [7, None, -1.5]]))
    assert [len(row) for row in csv.reader(io.StringIO(table, newline=""))] == [len(texts), 3]
    assert table.startswith('"\'=1","')
    assert '"7","","-1.5"' in table
    rows = csv.reader(io.StringIO(table, newline=""), delimiter=separator)
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell.startswith(SIGNS) and cell != "-1.5"]

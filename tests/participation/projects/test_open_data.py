"""Projects as open data, with a licence (D6)."""

from __future__ import annotations

import csv
import io

import pytest
from jsonschema import Draft202012Validator

from tests.events.desk import statements
from tests.factories import event, exchange, project
from tests.host import BASE_URL, Host

API = "/stadtlabor/api/v1"


@pytest.mark.one_database
def test_projects_are_told_with_where_they_stand(host: Host) -> None:
    """D6."""
    shown = project(threshold=50, categories=[{"slug": "gruen", "title": "Grün"}], url="/markt")
    drafted = event("entwurf", status="draft", projects=["marktplatz"])
    host.load(exchange(event(projects=["marktplatz"]), drafted, projects=[shown]))
    answer = host.client().get(f"{API}/projects")
    assert answer.json["licence"] == "CC BY 4.0"
    (told,) = answer.json["projects"]
    assert told["url"] == f"{BASE_URL}/stadtlabor/de/projects/marktplatz/"
    assert told["website"] == f"{BASE_URL}/markt"
    assert told["current_phase"] == "ideen"
    assert told["next_phase"] == "reden"
    assert told["open"] == ["comment", "idea", "support"]
    assert told["phases"][0]["ends_at"] == "2026-04-01T00:00:00+02:00"
    assert told["phases"][0]["starts_at"] == "2026-03-01T00:00:00+01:00"
    assert told["threshold"] == 50
    assert told["events"] == ["plattform"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.one_database
def test_what_is_told_is_as_the_description_says(host: Host) -> None:
    host.load(exchange(projects=[project(), project("ohne", phases=[])]))
    described = host.client().get(f"{API}/openapi.json").json
    answer = described["paths"]["/projects"]["get"]["responses"]["200"]
    schema = answer["content"]["application/json"]["schema"]
    whole = {**schema, "components": described["components"]}
    told = host.client().get(f"{API}/projects").json
    assert len(told["projects"]) == 2
    assert list(Draft202012Validator(whole).iter_errors(told)) == []
    assert list(Draft202012Validator(whole).iter_errors({"projects": [{"slug": 1}]}))


def test_they_come_in_pages_of_few_statements(host: Host) -> None:
    host.load(exchange(projects=[project(f"projekt-{number}") for number in range(45)]))
    seen: list[str] = []
    address: str | None = f"{API}/projects"
    while address:
        with statements(host) as asked:
            told = host.client().get(address.removeprefix(BASE_URL)).json
        assert len(asked) <= 3
        seen += [each["slug"] for each in told["projects"]]
        address = told["next"]
    assert len(seen) == len(set(seen)) == 45
    assert host.client().get(f"{API}/projects?page=x").status_code == 400


@pytest.mark.one_database
def test_an_unchanged_page_is_not_sent_again_until_a_phase_ends(host: Host) -> None:
    host.load(exchange(projects=[project()]))
    first = host.client().get(f"{API}/projects")
    known = {"If-None-Match": first.headers["ETag"]}
    assert host.client().get(f"{API}/projects", headers=known).status_code == 304
    host.clock.move(days=30)
    assert host.client().get(f"{API}/projects", headers=known).json["projects"][0]["open"] == []


@pytest.mark.one_database
def test_a_spreadsheet_gets_a_line_for_each_project(host: Host) -> None:
    """D6, S7."""
    host.load(exchange(projects=[project("a", title="=1+1"), project("b", phases=[])]))
    answer = host.client().get(f"{API}/projects.csv")
    assert answer.mimetype == "text/csv"
    assert 'rel="license"' in answer.headers["Link"]
    first, second = csv.DictReader(io.StringIO(answer.text))
    assert first["title_de"] == "'=1+1"
    assert first["current_phase"] == "ideen"
    assert first["current_phase_ends_at"] == "2026-04-01T00:00:00+02:00"
    assert first["open"] == "comment idea support"
    assert (second["stage"], second["current_phase"]) == ("undated", "")

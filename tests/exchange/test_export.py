"""`flask stadtlabor export`: what goes out comes in again, byte for byte."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import URL

from flask_stadtlabor.exchange.reading import check
from tests import factories
from tests.exchange.files import bare_event, bring_in, export, rich_exchange
from tests.host import Host


@pytest.fixture
def second(empty_database_url: URL, tmp_path: Path) -> Any:
    """Another portal with an empty database."""
    (tmp_path / "second").mkdir()
    portal = Host(empty_database_url, tmp_path / "second")
    portal.run("db", "upgrade")
    yield portal
    portal.close()


def copy(source: Host, target: Host) -> bytes:
    """Export, import elsewhere; returns what was exported."""
    data = source.run("export").stdout_bytes
    path = target.folder / "copy.json"
    path.write_bytes(data)
    result = target.run("import", str(path))
    assert result.exit_code == 0, result.output
    return bytes(data)


@pytest.mark.one_database
def test_a_copy_is_the_same_byte_for_byte(host: Host, second: Host) -> None:
    host.load(rich_exchange())
    data = copy(host, second)
    assert second.run("export").stdout_bytes == data


def test_every_key_of_the_format_survives(host: Host) -> None:
    """What is written is what was read, apart from defaults and the order of entries."""
    host.load(rich_exchange())
    exported = export(host)
    given_events = {event["slug"]: event for event in rich_exchange()["events"]}
    rich = given_events["plattform"]
    found = {event["slug"]: event for event in exported["events"]}["plattform"]
    for question in rich["registration"]["questions"]:
        question.pop("required", None) if not question.get("required") else None
    assert found == rich
    assert {series["slug"]: series for series in exported["series"]} == {
        series["slug"]: series for series in rich_exchange()["series"]
    }
    assert {project["slug"]: project for project in exported["projects"]} == {
        project["slug"]: project for project in rich_exchange()["projects"]
    }
    assert {purpose["slug"]: purpose for purpose in exported["purposes"]} == {
        # consent is what a purpose asks for by default
        purpose["slug"]: {
            key: value for key, value in purpose.items() if (key, value) != ("mode", "consent")
        }
        for purpose in rich_exchange()["purposes"]
    }


@pytest.mark.one_database
def test_the_file_is_easy_to_read_and_to_compare(host: Host) -> None:
    host.load(
        factories.exchange(
            bare_event("c"),
            bare_event("b"),
            bare_event("a", starts_at="2026-05-02T11:00", title={"en": "x", "de": "Ü"}),
            projects=[{"slug": "z"}, {"slug": "y"}],
        )
    )
    text = host.run("export").stdout_bytes.decode("utf-8")
    assert text.endswith("}\n")
    assert '\n  "events": [\n    {\n' in text
    assert "Ü" in text
    exported = export(host)
    assert list(exported) == ["format", "projects", "events"]
    assert [event["slug"] for event in exported["events"]] == ["b", "c", "a"]
    assert [project["slug"] for project in exported["projects"]] == ["y", "z"]
    assert list(exported["events"][2]["title"]) == ["de", "en"]


@pytest.mark.one_database
def test_one_event_comes_with_what_it_needs(host: Host, second: Host) -> None:
    host.load(rich_exchange())
    host.load({"purposes": [factories.purpose("other")], "projects": [{"slug": "other"}]})
    exported = export(host, "--event", "plattform")
    assert [event["slug"] for event in exported["events"]] == ["plattform"]
    assert [series["slug"] for series in exported["series"]] == ["zu-besuch"]
    assert [project["slug"] for project in exported["projects"]] == ["allee", "radweg"]
    assert [purpose["slug"] for purpose in exported["purposes"]] == [
        "photos-website",
        "privacy",
        "recording",
    ]
    second.load(exported)
    assert export(second) == exported
    assert list(export(host, "--event", "abgesagt")) == ["format", "events"]


@pytest.mark.one_database
def test_an_unknown_event_is_told(host: Host) -> None:
    result = host.run("export", "--event", "nirgends")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "There is no event 'nirgends'." in result.stderr


SLUGS = st.from_regex(r"[a-zA-Z0-9]([a-z0-9_-]{0,10}[a-z0-9])?", fullmatch=True)
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), min_size=1
)
TEXTS = WORDS | st.dictionaries(st.sampled_from(["de", "en", "tr", "pt-BR"]), WORDS, min_size=1)
HEADINGS = TEXTS.filter(
    lambda text: any(
        words.strip() for words in (text.values() if isinstance(text, dict) else [text])
    )
)
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC"])
# noon comes once in every zone
DAYS = st.dates(min_value=date(1990, 1, 1)).filter(lambda day: day.year < 2999)
NOONS = DAYS.map(lambda day: f"{day.isoformat()}T12:00")
VENUES = st.fixed_dictionaries(
    {},
    optional={
        "name": TEXTS,
        "postal_code": WORDS,
        "latitude": st.floats(-90, 90),
        "longitude": st.integers(-180, 180),
        "accessibility": st.fixed_dictionaries(
            {}, optional={"wheelchair": st.sampled_from(["yes", "partly", "no"]), "note": TEXTS}
        ),
    },
)
OPTIONS = st.lists(
    st.fixed_dictionaries({"value": WORDS, "label": TEXTS}),
    unique_by=lambda option: option["value"],
    min_size=1,
    max_size=2,
)


@st.composite
def questions(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Questions of all kinds; some are asked only after a certain answer to one before."""
    found: list[dict[str, Any]] = []
    answers: list[dict[str, str]] = []
    for slug in draw(st.lists(SLUGS, unique=True, max_size=4)):
        kind = draw(st.sampled_from(["text", "long", "yes-no", "choice", "choices"]))
        question = {"slug": slug, "kind": kind, "label": draw(TEXTS)}
        question |= draw(
            st.fixed_dictionaries({}, optional={"help": TEXTS, "required": st.booleans()})
        )
        if answers and draw(st.booleans()):
            question["show_if"] = draw(st.sampled_from(answers))
        if kind in ("choice", "choices"):
            question["options"] = draw(OPTIONS)
        values = [option["value"] for option in question.get("options", [])]
        values += ["yes", "no"] if kind == "yes-no" else []
        answers += [{"question": slug, "value": value} for value in values]
        found.append(question)
    return found


REGISTRATIONS = st.fixed_dictionaries(
    {},
    optional={
        "capacity": st.none() | st.integers(0, 2**31 - 1),
        "waiting_list": st.booleans(),
        "max_party_size": st.integers(1, 1000),
        "opens_at": NOONS,
        "questions": questions(),
        "smaller_parties_may_pass": st.booleans(),
        "companion_names": st.sampled_from(["no", "optional", "required"]),
        "ask_support": st.booleans(),
        "support_retention_days": st.none() | st.integers(0, 36500),
        "reminder_hours": st.lists(st.integers(1, 24 * 60), max_size=5),
        "thank_you": st.booleans(),
    },
)
TERMS = st.from_regex(r"[A-Z][A-Za-z0-9]{0,20}", fullmatch=True)
REGIONS = st.sampled_from(["DE", "DE-NW", "FR"])
OTHERS = st.lists(
    st.fixed_dictionaries({"name": TEXTS}, optional={"address": TEXTS, "contact": WORDS}),
    max_size=2,
)
PROCESSINGS = st.fixed_dictionaries(
    {},
    optional={
        "purpose": TERMS,
        "personal_data": st.lists(TERMS, max_size=2),
        "processing": st.lists(TERMS, max_size=2),
        "storage_duration": st.none() | st.sampled_from(["P2Y", "P90D"]),
        "location": REGIONS,
        "jurisdiction": REGIONS,
        "processors": OTHERS,
        "recipients": OTHERS,
    },
)


@st.composite
def exchanges(draw: st.DrawFn) -> dict[str, Any]:
    """Any exchange file that is right."""
    series = draw(st.lists(SLUGS, unique=True, max_size=2))
    projects = draw(st.lists(SLUGS, unique=True, max_size=3))
    purposes = draw(st.lists(SLUGS, unique=True, max_size=2))
    events = []
    for slug in draw(st.lists(SLUGS, unique=True, max_size=3)):
        start = draw(NOONS)
        event = {"slug": slug, "title": draw(HEADINGS), "starts_at": start, "ends_at": start}
        optional: dict[str, Any] = {
            "summary": TEXTS,
            "timezone": ZONES,
            "status": st.sampled_from(["draft", "published", "cancelled", "postponed"]),
            "venue": st.none() | VENUES,
            "languages": st.lists(st.sampled_from(["de", "en"]), unique=True),
            "organisers": st.lists(st.fixed_dictionaries({"name": TEXTS}), max_size=2),
            "programme": st.lists(
                st.fixed_dictionaries(
                    {"starts_at": st.just("17:30"), "title": TEXTS},
                    optional={"speakers": st.lists(TEXTS, max_size=2)},
                ),
                max_size=2,
            ),
            "retention_days": st.none() | st.integers(0, 36500),
            "registration": st.none() | REGISTRATIONS,
            "projects": st.permutations(projects),
            "purposes": st.permutations(purposes),
        }
        event |= draw(st.fixed_dictionaries({}, optional=optional))
        if series:
            event |= draw(st.fixed_dictionaries({}, optional={"series": st.sampled_from(series)}))
        registration = event.get("registration")
        if registration and "opens_at" in registration:
            # an event that is over takes none
            registration["opens_at"] = min(registration["opens_at"], start)
        events.append(event)
    return {
        "format": "flask-stadtlabor/1",
        "purposes": [
            {
                "slug": slug,
                "mode": draw(st.sampled_from(["consent", "notice", "privacy"])),
                "title": draw(TEXTS),
                "text": draw(HEADINGS),
                "controller": draw(st.none() | st.fixed_dictionaries({}, optional={"name": TEXTS})),
                "valid_days": draw(st.none() | st.integers(1, 36500)),
                "processing": draw(st.none() | PROCESSINGS),
            }
            for slug in purposes
        ],
        "series": [{"slug": slug, "title": draw(TEXTS)} for slug in series],
        "projects": [{"slug": slug, "status": draw(TEXTS)} for slug in projects],
        "events": events,
    }


@pytest.mark.one_database
@given(exchange=exchanges())
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_content_survives_going_out_and_in(
    exchange: dict[str, Any], tmp_path_factory: pytest.TempPathFactory, host: Host
) -> None:
    """export, import into an empty database, export: the same file."""
    assert check(exchange, "Europe/Berlin").faults == []
    folder = tmp_path_factory.mktemp("copies")
    template = str(host.url.database)
    first, second = (portal_on_copy(template, folder / name) for name in ("first", "second"))
    try:
        result = bring_in(first, exchange)
        assert result.exit_code == 0, result.output
        data = copy(first, second)
        assert second.run("export").stdout_bytes == data
        assert "0 new, 0 changed" in bring_in(first, exchange).stdout
    finally:
        first.close()
        second.close()


def portal_on_copy(template: str, folder: Path) -> Host:
    """A portal on a copy of an empty SQLite database."""
    folder.mkdir()
    file = folder / "content.sqlite"
    file.write_bytes(Path(template).read_bytes())
    return Host(URL.create("sqlite", database=str(file)), folder)

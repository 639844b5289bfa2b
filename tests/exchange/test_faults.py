"""Every fault of an exchange file is named: the file, the path and what to write instead."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests import factories
from tests.exchange.files import bare_event, bring_in
from tests.forms import fill
from tests.host import Host

pytestmark = pytest.mark.one_database


def faults(host: Host, exchange: object) -> list[str]:
    """The faults that an import reports, each without the file's name."""
    result = bring_in(host, exchange)
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    *lines, last = result.stderr.splitlines()
    assert last.startswith("Error: Nothing was imported")
    begin = f"{host.folder / 'content.json'}: "
    assert all(line.startswith(begin) for line in lines)
    return [line.removeprefix(begin) for line in lines]


def fault(host: Host, **changes: Any) -> str:
    """The only fault of an event with these changes."""
    (only,) = faults(host, {"events": [bare_event(**changes)]})
    return only


QUESTIONS = "events[0].registration.questions"


@pytest.mark.parametrize(
    ("show_if", "sentence"),
    [
        (
            {"question": "wohin", "value": "a"},
            f'{QUESTIONS}[2].show_if.question: No question before this one is called "wohin".',
        ),
        (
            {"question": "ich", "value": "a"},
            f'{QUESTIONS}[2].show_if.question: No question before this one is called "ich".',
        ),
        (
            {"question": "danach", "value": "yes"},
            f'{QUESTIONS}[2].show_if.question: No question before this one is called "danach".',
        ),
        (
            {"question": "text", "value": "a"},
            (
                f'{QUESTIONS}[2].show_if.question: "text" is a question of kind "text"; name one '
                "of kind 'choice', 'choices' or 'yes-no'."
            ),
        ),
        (
            {"question": "wahl", "value": "c"},
            (f'{QUESTIONS}[2].show_if.value: "c" is no answer to "wahl"; write one of: "a", "b".'),
        ),
        (
            {"question": "wahl"},
            f"{QUESTIONS}[2].show_if.value: This key is missing, and there is no default for it.",
        ),
        (
            {"question": "wahl", "value": "a", "or": "b"},
            f"{QUESTIONS}[2].show_if.or: This key is unknown; correct or remove it.",
        ),
    ],
)
def test_a_condition_that_nobody_can_meet_is_named(
    host: Host, show_if: dict[str, str], sentence: str
) -> None:
    asked = [
        factories.question("text"),
        factories.question("wahl", "choice"),
        factories.question("ich", "yes-no", show_if=show_if),
        factories.question("danach", "yes-no"),
    ]
    assert fault(host, registration={"questions": asked}) == sentence


def test_an_answer_that_could_not_be_told_from_none_is_a_fault(host: Host) -> None:
    options = [{"value": "", "label": "Egal"}, {"value": "a", "label": "A"}]
    asked = [factories.question("wahl", "choice", options=options, required=True)]
    assert fault(host, registration={"questions": asked}) == (
        f"{QUESTIONS}[0].options[0].value: Without a value nobody could give this answer; "
        "write one."
    )


def test_a_condition_on_yes_or_no_knows_these_two(host: Host) -> None:
    asked = [
        factories.question("kommst-du", "yes-no"),
        factories.question("wann", show_if={"question": "kommst-du", "value": "ja"}),
    ]
    assert fault(host, registration={"questions": asked}).endswith(
        'show_if.value: "ja" is no answer to "kommst-du"; write one of: "yes", "no".'
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"venue": {"latitude": 91}}, "events[0].venue.latitude: This is 91; write 90 or less."),
        (
            {"venue": {"latitude": "51"}},
            "events[0].venue.latitude: Write a number, without quotation marks.",
        ),
        *(
            (
                {"contact": {"email": address}},
                (
                    "events[0].contact.email: No mail server takes this address; write one such as "
                    "labor@stadt.example, with no letters before the @ but a to z."
                ),
            )
            for address in ("büro@stadt.example", "a..b@stadt.example", "labor@stadt..example")
        ),
        ({"venu": {}}, "events[0].venu: This key is unknown; correct or remove it."),
        ({"title": ""}, "events[0].title: This text is empty; write one."),
        (
            {"title": 5},
            (
                "events[0].title: Write a text in quotation marks, or an object of language codes "
                "and texts."
            ),
        ),
        (
            {"title": {"xx": "?"}},
            "events[0].title: 'xx' is not the code of a language; write one such as 'de' or 'en'.",
        ),
        (
            {"title": {"*": "?"}},
            "events[0].title: '*' is not the code of a language; write one such as 'de' or 'en'.",
        ),
        (
            {"languages": ["de", "klingon"]},
            (
                "events[0].languages[1]: 'klingon' is not the code of a language; write one such "
                "as 'de' or 'en'."
            ),
        ),
        (
            {"status": "done"},
            (
                "events[0].status: This is \"done\"; write 'draft', 'published', 'cancelled' or "
                "'postponed'."
            ),
        ),
        (
            {"timezone": "Berlin"},
            (
                "events[0].timezone: 'Berlin' is not a time zone; write an IANA name such as "
                "Europe/Berlin."
            ),
        ),
        (
            {"ends_at": "2026-05-02T09:00"},
            (
                "events[0].ends_at: 2026-05-02T09:00 is before the start (2026-05-02T10:00); "
                "correct one of them."
            ),
        ),
        (
            {"starts_at": "0026-05-02T10:00"},
            "events[0].starts_at: The year 0026 cannot be meant; correct it.",
        ),
        (
            {"series": "reihe"},
            (
                'events[0].series: There is no series "reihe", neither in this file nor in '
                "the database."
            ),
        ),
        (
            {"projects": ["allee"]},
            (
                'events[0].projects[0]: There is no project "allee", neither in this file nor in '
                "the database."
            ),
        ),
        (
            {"purposes": ["fotos"]},
            (
                'events[0].purposes[0]: There is no purpose "fotos", neither in this file nor in '
                "the database."
            ),
        ),
        (
            {"programme": [{"starts_at": "25:00", "title": "x"}]},
            'events[0].programme[0].starts_at: This is "25:00"; write a time of day such as 17:30.',
        ),
        (
            {"registration": {"capacity": 2.5}},
            (
                "events[0].registration.capacity: Write a whole number such as 30, without "
                "quotation marks."
            ),
        ),
        (
            {"registration": {"waiting_list": "yes"}},
            "events[0].registration.waiting_list: Write true or false, without quotation marks.",
        ),
        (
            {"registration": {"max_party_size": 0}},
            "events[0].registration.max_party_size: This is 0; write 1 or more.",
        ),
        (
            {"registration": {"questions": [{"slug": "a", "kind": "choice", "label": "?"}]}},
            (
                "events[0].registration.questions[0].options: A question of kind 'choice' needs "
                "options to choose from."
            ),
        ),
        (
            {"registration": {"questions": [factories.question("a"), factories.question("a")]}},
            (
                'events[0].registration.questions[1].slug: "a" is already used at '
                "events[0].registration.questions[0]; choose another."
            ),
        ),
        ({"organisers": {}}, "events[0].organisers: Write a list in square brackets."),
        ({"contact": []}, "events[0].contact: Write an object in curly brackets."),
        (
            {"image": {"url": "javascript:alert(1)"}},
            (
                'events[0].image.url: This is "javascript:alert(1)"; write an address that begins '
                "with https://, or a path that begins with /."
            ),
        ),
        (
            {"title": "a\u0000b"},
            "events[0].title: The text holds what is no character: U+0000.",
        ),
        ({"odd key\n": 1}, r'events[0]["odd key\n"]: This key is unknown; correct or remove it.'),
        (
            {"slug": "ein platz"},
            (
                'events[0].slug: This is "ein platz"; write letters a to z, digits, hyphens and '
                "underscores, with a letter or digit at both ends."
            ),
        ),
    ],
)
def test_one_fault_is_told_with_its_path(
    host: Host, changes: dict[str, Any], sentence: str
) -> None:
    assert fault(host, **changes) == sentence


@pytest.mark.parametrize("key", ["slug", "title", "starts_at", "ends_at"])
def test_an_event_needs_four_keys(host: Host, key: str) -> None:
    event = bare_event()
    del event[key]
    assert faults(host, {"events": [event]}) == [
        f"events[0].{key}: This key is missing, and there is no default for it."
    ]


def test_a_time_that_does_not_exist_is_refused(host: Host) -> None:
    """D4."""
    sentence = fault(host, starts_at="2025-03-30T02:30")
    assert sentence.startswith("events[0].starts_at: 2025-03-30T02:30 does not exist in Europe/")


def test_a_time_that_comes_twice_asks_which(host: Host) -> None:
    """D4: in registrations too."""
    sentence = fault(host, registration={"closes_at": "2025-10-26T02:30"})
    assert sentence.startswith("events[0].registration.closes_at: 2025-10-26T02:30 comes twice")
    assert "2025-10-26T02:30+02:00" in sentence
    assert "2025-10-26T02:30+01:00" in sentence


def test_times_are_checked_in_the_events_own_zone(host: Host) -> None:
    """The night in which Berlin changes its clocks is a night like any other in New York."""
    event = bare_event(
        starts_at="2025-03-30T02:30", ends_at="2025-03-30T04:00", timezone="America/New_York"
    )
    assert bring_in(host, {"events": [event]}).exit_code == 0


def test_all_faults_are_told_at_once(host: Host) -> None:
    told = faults(
        host,
        {
            "format": "flask-stadtlabor/2",
            "event": [],
            "projects": {},
            "series": [{"slug": "-"}, 3],
            "purposes": [factories.purpose(mode="ask", text="")],
            "events": [
                bare_event(
                    venue={"latitude": 91, "longitude": -181, "roof": True},
                    starts_at="2025-03-30T02:30",
                    registration={
                        "capacity": -1,
                        "questions": [{"slug": "a", "kind": "choices", "label": {"qq": "?"}}],
                    },
                ),
                bare_event(purposes=["a", "a"]),
            ],
        },
    )
    assert [line.split(": ")[0] for line in told] == [
        "event",
        "format",
        "purposes[0].mode",
        "series[0].slug",
        "series[1]",
        "projects",
        "events[0].starts_at",
        "events[0].venue.latitude",
        "events[0].venue.longitude",
        "events[0].venue.roof",
        "events[0].registration.capacity",
        "events[0].registration.questions[0].label",
        "events[0].registration.questions[0].options",
        "events[1].slug",
        "events[1].purposes[1]",
        "events[1].purposes[0]",
        "events[1].purposes[1]",
    ]


@pytest.mark.parametrize("name", ["purposes", "series", "projects", "events"])
def test_a_slug_is_used_once(host: Host, name: str) -> None:
    entry = {
        "purposes": factories.purpose("a"),
        "series": {"slug": "a"},
        "projects": {"slug": "a"},
        "events": bare_event("a"),
    }[name]
    assert faults(host, {name: [entry, entry]}) == [
        f'{name}[1].slug: "a" is already used at {name}[0]; choose another.'
    ]


def test_a_capacity_below_the_seats_taken_says_by_how_much(host: Host) -> None:
    host.load(factories.exchange(factories.open_event()))
    form = "/stadtlabor/de/events/plattform/register"
    fill(host.client(), form, factories.person() | {"party_size": "4"})
    smaller = factories.open_event(registration={"capacity": 1})
    (sentence,) = faults(host, factories.exchange(smaller))
    assert sentence.startswith("events[0].registration.capacity: ")
    assert "4 seats taken" in sentence
    assert "3 too few" in sentence


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b'{"events": [}', "The file is not JSON: line 1, column 13: Expecting value."),
        (b'{\n "events": []\n "a"}', "The file is not JSON: line 3, column 2: "),
        (b"", "The file is not JSON: line 1, column 1: Expecting value."),
        (b"[]", "The file must hold one object in curly brackets."),
        (b'{"a": NaN}', "The file is not JSON: NaN is no number that JSON knows."),
        (b"[" * 100_000, "The file is not an exchange file: it is nested too deep."),
        ('{\n"a": "ä"}'.encode("latin-1"), "The file is not UTF-8: line 2 holds the byte 0xe4."),
        (
            b'{"events": [], "events": []}',
            "events: This key is written twice; remove one.",
        ),
        (
            json.dumps({"series": [{"slug": "a", "title": "\ud800"}]}).encode(),
            "series[0].title: The text holds what is no character: U+D800.",
        ),
    ],
)
def test_what_is_no_exchange_file_is_told(host: Host, data: bytes, sentence: str) -> None:
    path = host.folder / "odd.json"
    path.write_bytes(data)
    result = host.run("import", str(path))
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{path}: {sentence}")
    assert "Traceback" not in result.output


def test_a_file_that_is_not_there_is_told(host: Host) -> None:
    result = host.run("import", "nowhere.json")
    assert result.exit_code == 1
    assert "nowhere.json: There is no such file." in result.stderr
    result = host.run("import", str(host.folder))
    assert result.exit_code == 1
    assert "cannot be read" in result.stderr

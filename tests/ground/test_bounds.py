"""Whatever is brought in or asked for has a bound, and somebody is told so in a sentence."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from sqlalchemy import select

from flask_stadtlabor.folding import MOST_WORDS, search_words
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.text import MOST_CELLS, markdown, plain, printable
from tests.exchange.files import bare_event, bring_in
from tests.factories import event, exchange, open_event, person, question
from tests.forms import form_on, page, typed_into
from tests.host import Host

pytestmark = pytest.mark.one_database

LIST = "/stadtlabor/de/"
WIDE_TABLE = "|x" * 8000 + "\n" + "|-" * 8000 + "\n" + "x\n" * 8000
MEGABYTES = 60


SHORT_TEXTS = [
    WIDE_TABLE,
    "|" * 6000 + "a\n" + "-|" * 6000 + "\n" + "a\n" * 12000,
    (">" * 19 + "a\n\n") * 1000,
    # markdown-it takes a carriage return for a line end, too
    ("|" * 98 + "|x\r" + "-|" * 99 + "\r" + "a\r" * 650 + "\r\r") * 6,
]
MEASURE = """
import json, resource, sys
from flask_stadtlabor.text import markdown
sources = json.load(sys.stdin)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
longest = max(len(markdown(source)) / len(source) for source in sources)
print(longest, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_a_short_text_never_becomes_a_huge_page() -> None:
    """In a process of its own, so that its memory can be measured."""
    run = subprocess.run(
        [sys.executable, "-c", MEASURE],
        input=json.dumps(SHORT_TEXTS),
        capture_output=True,
        text=True,
        check=True,
    )
    longest, megabytes = map(float, run.stdout.split())
    assert megabytes < MEGABYTES
    assert longest < 30


def test_a_table_of_a_usual_size_is_one() -> None:
    rows = "\n".join(f"| {number} | b | c |" for number in range(200))
    assert markdown(f"| a | b | c |\n|---|---|---|\n{rows}").count("<td>") == 600


def test_a_table_too_large_is_shown_as_it_was_written() -> None:
    rows = "\n".join("| b | c |" for _ in range(MOST_CELLS))
    html = markdown(f"| a | b |\n|---|---|\n{rows}")
    assert "<td>" not in html
    assert "| b | c |" in html
    assert "b | c" in plain(f"| a | b |\n|---|---|\n{rows}")


@pytest.mark.parametrize(
    "sign", ["\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"], ids=ascii
)
def test_whatever_ends_a_line_somewhere_ends_it_everywhere(sign: str) -> None:
    assert printable(f"a{sign}b") == "a\nb"


@pytest.mark.parametrize("sign", ["\u2028", "\u2029"], ids=ascii)
def test_no_output_holds_a_line_end_that_only_some_programs_know(host: Host, sign: str) -> None:
    """RFC 5545 §3.1: a calendar's lines are those of its author, not of whoever named an event."""
    title = f"Abend{sign}ATTENDEE:mailto:x@y.example{sign}BEGIN:VALARM"
    host.load(exchange(event(title=title, summary=title, description=title)))
    for address in ("events/plattform/event.ics", "calendar.ics", "feed.atom"):
        text = host.client().get(f"{LIST}{address}").text
        assert sign not in text
        if address.endswith(".ics"):
            assert not re.search(r"^(ATTENDEE|BEGIN:VALARM)", text, re.MULTILINE)
    block = page(host.client().get(f"{LIST}events/plattform/")).select_one(
        'script[type="application/ld+json"]'
    )
    assert block is not None
    assert sign not in str(block)
    assert json.loads(block.get_text())["name"] == title


def test_a_search_of_1900_words_is_a_search_for_the_first_few(host: Host) -> None:
    host.load(exchange(event()))
    few = page(host.client().get(LIST, query_string={"q": "Plattform"}))
    many = page(host.client().get(LIST, query_string={"q": "a " * 1900}))
    assert "den ersten Wörtern" not in few.get_text()
    assert "den ersten Wörtern" in many.get_text()
    assert len(search_words("a " * 1900)) == MOST_WORDS
    assert len(search_words("a" * 1900)[0]) == 200


def test_a_chain_of_conditions_is_refused_with_a_sentence(host: Host) -> None:
    result = bring_in(host, {"events": [_chained(30)]})
    assert result.exit_code == 1
    lines = [line for line in result.stderr.splitlines() if "chain of more than 10" in line]
    assert len(lines) == 1
    assert "questions[10].show_if.question" in lines[0]


def test_so_is_a_great_number_of_questions(host: Host) -> None:
    result = bring_in(host, {"events": [_chained(1500)]})
    assert result.exit_code == 1
    assert "registration.questions: This list has 1500 entries; write at most 100." in result.stderr


def test_a_chain_from_before_is_still_a_form(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in the database was taken in without that bound."""
    monkeypatch.setattr("flask_stadtlabor.exchange.conditions.LONGEST_CHAIN", 10_000)
    host.load(exchange(_chained(100)))
    answers = {f"question-f{number}": "yes" for number in range(100)}
    limit = sys.getrecursionlimit()
    form = "/stadtlabor/de/events/plattform/register"
    browser = host.client()
    fields = typed_into(form_on(browser.get(form)), {**person(), **answers})
    sys.setrecursionlimit(250)
    try:
        answer = browser.post(form, data=fields)
    finally:
        sys.setrecursionlimit(limit)
    assert answer.status_code == 303


def test_of_200_000_faults_the_first_are_shown(host: Host) -> None:
    result = bring_in(host, {"events": [{"x": number} for number in range(2_000)]})
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert len(lines) == 102
    assert "more; correct these first." in lines[-2]


def test_a_text_that_is_too_long_is_refused_with_a_sentence(host: Host) -> None:
    result = bring_in(host, {"events": [bare_event(description="x" * 100_001)]})
    assert result.exit_code == 1
    assert "This text has 100001 characters; shorten it to 100000." in result.stderr


@pytest.mark.parametrize("depth", [900, 200_000])
def test_a_file_nested_deep_is_refused_with_a_sentence(host: Host, depth: int) -> None:
    path = host.folder / "nested.json"
    path.write_text('{"events": ' + "[" * depth + "]" * depth + "}", encoding="utf-8")
    result = host.run("import", str(path))
    assert result.exit_code == 1
    assert not isinstance(result.exception, RecursionError)
    assert "Nothing was imported" in result.stderr


def _chained(number: int) -> dict[str, object]:
    questions = [question("f0", "yes-no")] + [
        question(f"f{n}", "yes-no", show_if={"question": f"f{n - 1}", "value": "yes"})
        for n in range(1, number)
    ]
    return open_event(registration={"questions": questions})


def test_an_answer_that_is_sent_many_times_is_kept_once(host: Host) -> None:
    """A form of half a megabyte would else make pages of many, which take seconds."""
    options = [{"value": "a", "label": "Auto"}, {"value": "b", "label": "Bahn"}]
    asked = question("anreise", kind="choices", options=options)
    host.load(exchange(open_event(registration={"questions": [asked]})))
    client, form = host.client(), "/stadtlabor/de/events/plattform/register"
    sent = typed_into(form_on(client.get(form)), person(**{"question-anreise": ["b", "a"] * 500}))
    assert client.post(form, data=sent).status_code == 303
    assert host.scalar(select(Registration.answers)) == {"anreise": ["b", "a"]}

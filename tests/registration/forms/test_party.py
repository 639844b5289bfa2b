"""Who comes along, what they need, and questions that not everybody is asked."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from bs4 import Tag
from sqlalchemy import select

from flask_stadtlabor.registration.models import Registration
from tests.factories import exchange, open_event, person, question
from tests.forms import fill, page
from tests.host import Host

FORM = "/stadtlabor/de/events/plattform/register"
NEED = "Bitte eine Schriftdolmetscherin"


def load(host: Host, **registration: Any) -> None:
    host.load(exchange(open_event(registration=registration)))


def stored(host: Host, name: str) -> Any:
    return host.scalar(select(getattr(Registration, name)))


def help_of(host: Host, field: str) -> str:
    """What stands beside a field."""
    shown = page(host.client().get(FORM))
    described = shown.select_one(f'[name="{field}"]')
    assert isinstance(described, Tag)
    if described.get("type") in ("radio", "checkbox"):
        described = described.find_parent("fieldset")
    ids = str(described.get("aria-describedby", "")).split()
    words = " ".join(shown.find(id=name).get_text(" ", strip=True) for name in ids)
    return words.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.one_database
def test_the_names_of_others_are_asked_only_where_the_event_wants_them(host: Host) -> None:
    load(host)
    assert "companion-1" not in host.client().get(FORM).text
    load(host, companion_names="optional")
    names = page(host.client().get(FORM)).select('[name^="companion-"]')
    assert [field["name"] for field in names] == ["companion-1", "companion-2", "companion-3"]
    assert not any(field.has_attr("required") for field in names)


def test_the_names_of_the_party_are_kept_and_no_more_than_it_has(host: Host) -> None:
    load(host, companion_names="optional")
    names = {"companion-1": "Ben", "companion-2": "Çağla", "companion-3": "Dora"}
    assert fill(host.client(), FORM, person(party_size=3) | names).status_code == 303
    assert stored(host, "companions") == ("Ben", "Çağla")


@pytest.mark.one_database
def test_where_names_are_optional_none_is_needed(host: Host) -> None:
    load(host, companion_names="optional")
    assert fill(host.client(), FORM, person(party_size=3)).status_code == 303
    assert stored(host, "companions") == ()


@pytest.mark.one_database
def test_where_names_are_required_each_missing_one_is_told(host: Host) -> None:
    load(host, companion_names="required")
    typed = person(party_size=4) | {"companion-2": "Ben"}
    answer = fill(host.client(), FORM, typed)
    assert answer.status_code == 422
    links = [link["href"] for link in page(answer).select('[role="alert"] a')]
    assert links == ["#companion-1", "#companion-3"]
    assert 'value="Ben"' in answer.text
    assert fill(host.client(), FORM, person(party_size=1)).status_code == 303


@pytest.mark.one_database
def test_no_names_are_missing_of_a_party_that_cannot_be_meant(host: Host) -> None:
    load(host, companion_names="required")
    answer = fill(host.client(), FORM, person(party_size=99))
    links = [link["href"] for link in page(answer).select('[role="alert"] a')]
    assert links == ["#party_size"]


@pytest.mark.one_database
def test_a_name_of_nobody_is_not_looked_at(host: Host) -> None:
    load(host, companion_names="required")
    typed = person(party_size=2) | {"companion-1": "Ben", "companion-2": "x" * 300}
    assert fill(host.client(), FORM, typed).status_code == 303


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("registration", "day"),
    [({}, "29. April 2026"), ({"support_retention_days": 2}, "24. April 2026")],
)
def test_who_says_what_they_need_reads_how_long_it_is_kept(
    host: Host, registration: dict[str, Any], day: str
) -> None:
    load(host, ask_support=True, **registration)
    assert day in help_of(host, "support_needs")
    assert "keiner Mail" in help_of(host, "support_needs")


def test_support_needs_are_kept_apart_and_told_to_nobody(
    host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    """S13: neither mail nor log nor the exported content says them."""
    caplog.set_level(logging.DEBUG)
    load(host, ask_support=True)
    fill(host.client(), FORM, person() | {"support_needs": f" {NEED}\r\nin der ersten Reihe "})
    assert stored(host, "support_needs") == f"{NEED}\r\nin der ersten Reihe"
    assert stored(host, "answers") == {}
    (mail,) = host.mails()
    assert NEED not in "".join(
        str(part.get_content()) for part in mail.walk() if not part.is_multipart()
    )
    assert NEED not in host.run("export").stdout
    assert NEED not in caplog.text


@pytest.mark.one_database
def test_support_needs_are_not_asked_everywhere(host: Host) -> None:
    load(host)
    assert "support_needs" not in host.client().get(FORM).text
    fill(host.client(), FORM, person() | {"support_needs": NEED})
    assert stored(host, "support_needs") is None


CHAIN = [
    question("essen", "yes-no", label="Isst du mit?"),
    question(
        "kost",
        "choice",
        required=True,
        label="Welche Kost?",
        options=[{"value": "alles", "label": "Alles"}, {"value": "vegan", "label": "Vegan"}],
        show_if={"question": "essen", "value": "yes"},
    ),
    question("wovon", required=True, show_if={"question": "kost", "value": "vegan"}),
]


@pytest.mark.one_database
def test_a_question_says_who_is_asked(host: Host) -> None:
    """A2: without JavaScript it stands there with its condition in words."""
    load(host, questions=CHAIN)
    assert help_of(host, "question-kost") == (
        "Nur wenn du bei „Isst du mit?“ mit „Ja“ geantwortet hast."
    )
    assert "„Vegan“" in help_of(host, "question-wovon")
    shown = page(host.client().get(FORM))
    assert not shown.select('[name="question-wovon"][required]')


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({}, {}),
        ({"essen": "no"}, {"essen": "no"}),
        # what nobody was asked is no answer, whatever stands in the field
        ({"essen": "no", "kost": "vegan", "wovon": "Nüsse"}, {"essen": "no"}),
        ({"kost": "vegan", "wovon": "x" * 501}, {}),
        ({"essen": "yes", "kost": "alles", "wovon": "!"}, {"essen": "yes", "kost": "alles"}),
        (
            {"essen": "yes", "kost": "vegan", "wovon": "Reis"},
            {"essen": "yes", "kost": "vegan", "wovon": "Reis"},
        ),
    ],
)
def test_only_who_is_asked_answers(host: Host, given: dict[str, str], kept: dict[str, str]) -> None:
    load(host, questions=CHAIN)
    fields = {f"question-{slug}": answer for slug, answer in given.items()}
    assert fill(host.client(), FORM, person() | fields).status_code == 303
    assert stored(host, "answers") == kept


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("given", "missing"),
    [({"essen": "yes"}, "kost"), ({"essen": "yes", "kost": "vegan"}, "wovon")],
)
def test_who_is_asked_a_required_question_answers_it(
    host: Host, given: dict[str, str], missing: str
) -> None:
    load(host, questions=CHAIN)
    fields = {f"question-{slug}": answer for slug, answer in given.items()}
    answer = fill(host.client(), FORM, person() | fields)
    assert answer.status_code == 422
    links = [str(link["href"]) for link in page(answer).select('[role="alert"] a')]
    assert len(links) == 1
    assert links[0].startswith(f"#question-{missing}")


@pytest.mark.one_database
def test_one_of_several_answers_is_enough_for_a_condition(host: Host) -> None:
    asked = [
        question("themen", "choices"),
        question("warum", required=True, show_if={"question": "themen", "value": "b"}),
    ]
    load(host, questions=asked)
    fields = {"question-themen": ["a", "b"]}
    assert fill(host.client(), FORM, person() | fields).status_code == 422
    fields |= {"question-warum": "Darum"}
    assert fill(host.client(), FORM, person() | fields).status_code == 303
    assert stored(host, "answers") == {"themen": ["a", "b"], "warum": "Darum"}

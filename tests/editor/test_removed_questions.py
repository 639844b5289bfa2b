"""Case 15: whoever takes a question out reads before how many answers are deleted with it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from flask_stadtlabor.registration.models import LaterForm, Registration
from tests.factories import exchange, open_event, person, question
from tests.forms import fill, page, press
from tests.host import Host
from tests.organise.staff import HERE, column, register, staff_of, words_of

EDIT = f"{HERE}edit/registration"
QUESTIONS = {"questions": [question("woher"), question("warum")]}
GONE = "because their question is gone: "


@pytest.fixture
def desk(host: Host) -> Host:
    host.load(exchange(open_event(registration=QUESTIONS)))
    return staff_of(host)


def answers_of(host: Host, number: int) -> Any:
    return column(host, number, "answers")


def take_out(desk: Host) -> None:
    """The first question, in the draft of changes."""
    removed = {"registration.questions[0].remove": "true"}
    saved = fill(desk.client(), EDIT, removed, action="/registration")
    assert saved.status_code == 303


@pytest.mark.one_database
def test_how_many_answers_go_is_said_before_and_then_they_go(desk: Host) -> None:
    given = {"question-woher": "Nord", "question-warum": "Neugier"}
    first, second = register(desk, 1, **given), register(desk, 2, **given)
    third = register(desk, 3, **{"question-warum": "Spaß"})
    staff = desk.client()
    shown = page(staff.get(EDIT)).select(".sl-edit-item > .sl-edit-warning")
    notes = [note.get_text() for note in shown]
    assert [note[:30] for note in notes] == [
        "2 registrations have answered ", "3 registrations have answered ",
    ]  # fmt: skip
    assert GONE not in words_of(staff, f"{HERE}review")
    take_out(desk)
    for address in ("review", "publish"):
        seen = words_of(staff, f"{HERE}{address}")
        assert GONE in seen
        assert ": 2 answers" in seen
    assert answers_of(desk, first) == {"woher": "Nord", "warum": "Neugier"}
    assert press(staff, f"{HERE}publish", "/publish").status_code == 303
    assert [answers_of(desk, number) for number in (first, second, third)] == [
        {"warum": "Neugier"}, {"warum": "Neugier"}, {"warum": "Spaß"},
    ]  # fmt: skip
    assert GONE not in words_of(staff, f"{HERE}review")


def test_a_form_that_waits_for_a_decision_loses_its_answer_too(desk: Host) -> None:
    register(desk, 1, confirm=False, **{"question-woher": "Nord"})
    again = {**person(1), "question-woher": "Süd", "question-warum": "Neugier"}
    fill(desk.make().client(), "/stadtlabor/de/events/plattform/register", again)
    assert desk.scalar(select(LaterForm.said))["answers"]["woher"] == "Süd"
    take_out(desk)
    assert press(desk.client(), f"{HERE}publish", "/publish").status_code == 303
    assert desk.scalar(select(LaterForm.said))["answers"] == {"warum": "Neugier"}
    assert desk.scalar(select(Registration.answers)) == {}


@pytest.mark.one_database
def test_nothing_of_a_restricted_registration_is_deleted(desk: Host) -> None:
    """Art. 18 GDPR."""
    number = register(desk, 1, **{"question-woher": "Nord"})
    staff = desk.client()
    press(staff, f"{HERE}registrations/{number}/", "/restrict")
    take_out(desk)
    assert GONE not in words_of(staff, f"{HERE}review")
    assert press(staff, f"{HERE}publish", "/publish").status_code == 303
    assert answers_of(desk, number) == {"woher": "Nord"}


@pytest.mark.one_database
def test_an_import_deletes_no_answer_and_the_next_publishing_says_it_does(desk: Host) -> None:
    number = register(desk, 1, **{"question-woher": "Nord"})
    desk.load(exchange(open_event(registration={"questions": [question("warum")]})))
    assert answers_of(desk, number) == {"woher": "Nord"}
    staff = desk.client()
    fill(staff, f"{HERE}edit/text", {"title.en": "New"}, action="/text")
    seen = words_of(staff, f"{HERE}review")
    assert GONE in seen
    assert ": 1 answer" in seen
    assert press(staff, f"{HERE}publish", "/publish").status_code == 303
    assert answers_of(desk, number) == {}

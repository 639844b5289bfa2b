"""Short names of questions and answers, which nobody has to invent."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from flask_stadtlabor.events.models import Event
from tests.factories import exchange, open_event, question
from tests.forms import fill, press
from tests.host import Host
from tests.organise.staff import HERE, staff_of

pytestmark = pytest.mark.one_database
EDIT = f"{HERE}edit/registration"
AT = "registration.questions"


def questions(host: Host) -> Any:
    return host.scalar(select(Event.questions).where(Event.slug == "plattform"))


def ask(host: Host, given: dict[str, str]) -> None:
    saved = fill(host.client(), EDIT, given, action="/registration")
    assert saved.status_code == 303, saved.text
    assert press(host.client(), f"{HERE}publish", "/publish").status_code == 303


def test_a_question_and_its_answers_get_their_names_from_their_words(host: Host) -> None:
    host.load(exchange(open_event()))
    desk = staff_of(host)
    ask(
        desk,
        {
            f"{AT}[0].kind": "choice",
            f"{AT}[0].label.de": "Was möchtest du essen?",
            f"{AT}[0].options[0].label.de": "Ein Brötchen",
        },
    )
    (one,) = questions(host)
    assert one.slug == "was-moechtest-du-essen"
    assert [each.value for each in one.options] == ["ein-broetchen"]


def test_the_same_words_get_another_name(host: Host) -> None:
    host.load(exchange(open_event(registration={"questions": [question("woher")]})))
    desk = staff_of(host)
    ask(desk, {f"{AT}[1].label.de": "Woher"})
    assert [each.slug for each in questions(host)] == ["woher", "woher-2"]


def test_a_name_that_is_emptied_stays_because_answers_are_kept_under_it(host: Host) -> None:
    host.load(exchange(open_event(registration={"questions": [question("woher")]})))
    desk = staff_of(host)
    ask(desk, {f"{AT}[0].slug": "", f"{AT}[0].label.de": "Aus welchem Stadtteil kommst du?"})
    assert [each.slug for each in questions(host)] == ["woher"]

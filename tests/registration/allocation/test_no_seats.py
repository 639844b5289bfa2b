"""Pages promise a waiting list, and the operation keeps one, by the same rule."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.next_step import WhyFull
from flask_stadtlabor.events.standing import step_sentence
from flask_stadtlabor.i18n import use_language
from flask_stadtlabor.registration.operations import signup
from flask_stadtlabor.registration.refusals import NotTaken
from flask_stadtlabor.registration.requests import SignupRequest
from tests.factories import exchange, open_event, person
from tests.forms import fill, page, send
from tests.host import Host

P = "/stadtlabor/de/events/plattform/"
FORM = f"{P}register"
ONE_SEAT = {"capacity": 1, "confirm_by_email": False}
SENTENCES = {
    "none": "Für diese Veranstaltung werden im Moment keine Plätze vergeben.",
    "no list": "Alle Plätze sind vergeben, und eine Warteliste gibt es nicht.",
    "begun": (
        "Alle Plätze sind vergeben, und die Warteliste ist geschlossen, weil die Veranstaltung "
        "schon begonnen hat."
    ),
}


def words(answer: Any) -> str:
    return " ".join(page(answer).select_one(".stadtlabor").get_text(" ").split())


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("why", "details"),
    [
        ("none", {"capacity": 0, "waiting_list": True}),
        ("no list", ONE_SEAT | {"waiting_list": False}),
        ("begun", ONE_SEAT | {"waiting_list": True}),
    ],
)
def test_three_reasons_have_three_sentences(host: Host, why: str, details: dict[str, Any]) -> None:
    """On the page, and to somebody who sends the form all the same."""
    host.load(exchange(open_event(registration=details)))
    if why != "none":
        fill(host.client(), FORM, person(1))
    browser = host.client()
    form = browser.get(FORM)
    if why == "begun":
        host.clock.move(days=51, hours=7)
    shown = words(host.client().get(P))
    assert SENTENCES[why] in shown
    assert "Setz dich auf die Warteliste" not in shown
    refused = send(browser, form, person(2))
    assert refused.status_code == 409
    assert SENTENCES[why] in page(refused).select_one('[role="alert"]').get_text()


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("capacity", "most", "hint"),
    [(2, 4, "bis zu 2 Personen"), (None, 4, "bis zu 4 Personen"), (9, 4, "bis zu 4 Personen")],
)
def test_the_hint_never_names_more_people_than_there_are_seats(
    host: Host, capacity: int | None, most: int, hint: str
) -> None:
    host.load(exchange(open_event(registration={"capacity": capacity, "max_party_size": most})))
    assert hint in words(host.client().get(FORM))
    too_many = fill(host.client(), FORM, person(party_size=most + 1))
    assert too_many.status_code == 422


def test_for_one_seat_nobody_is_asked_how_many_come(host: Host) -> None:
    host.load(exchange(open_event(registration={"capacity": 1})))
    assert not page(host.client().get(FORM)).select("[name=party_size]")


def test_a_party_larger_than_the_event_is_told_so_and_does_not_wait(host: Host) -> None:
    host.load(exchange(open_event(registration={"capacity": 2})))
    request = SignupRequest(
        given_name="A", family_name="B", email="a@b.example", party_size=3, language="de"
    )
    with host.app.app_context(), use_language("de"):
        found = host.db.session.query(Event).one()
        with pytest.raises(NotTaken) as refusal:
            signup.register(lock_event(found), request)
        assert refusal.value.step.why_full == WhyFull.LARGER_THAN_EVENT
        assert step_sentence(found, refusal.value.step) == (
            "Die Veranstaltung hat insgesamt nur 2 Plätze. Bitte melde eine kleinere Gruppe an."
        )
        # as many as there are seats may wait for them
        for number in (1, 2):
            two = replace(request, email=f"{number}@b.example", party_size=2)
            state = signup.register(lock_event(found), two)
        assert state == "waiting"

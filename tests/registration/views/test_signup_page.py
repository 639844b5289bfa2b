"""The registration form is made once for everybody, and each visitor gets marks of their own."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.ports import KeptPage
from tests.events.desk import START, drawn, save, statements, with_layout
from tests.factories import PHOTOS, exchange, open_event, person, purpose
from tests.forms import fields_of, fill, form_on, page, send
from tests.host import Host
from tests.registration.crowd import crowd

FORM = "/stadtlabor/de/events/plattform/register"


def unmarked(text: str) -> str:
    """A page without the values of its hidden fields."""
    return re.sub(r'(type="hidden" value=)"[^"]*"', r'\1""', text)


def test_the_next_who_opens_it_costs_one_statement_and_no_drawing(host: Host) -> None:
    host.load(exchange(open_event()))
    first = host.client().get(FORM)
    with drawn(host) as names, statements(host) as seen:
        second = host.client().get(FORM)
    assert names == []
    assert len(seen) == 1, seen
    assert unmarked(second.text) == unmarked(first.text)
    assert second.headers["Cache-Control"] == "no-store"
    assert second.mimetype == "text/html"


@pytest.mark.one_database
def test_each_gets_a_token_of_their_own_and_can_register_with_it(host: Host) -> None:
    """S1: a kept form holds nobody's token, and one visitor's is no good to another."""
    host.load(exchange(open_event(registration={"capacity": None})))
    visitors = [host.client() for _ in range(3)]
    forms = [visitor.get(FORM) for visitor in visitors]
    tokens = {fields_of(form_on(form))["csrf_token"] for form in forms}
    assert len(tokens) == 3
    assert send(visitors[0], forms[1], person(1)).status_code == 422
    for number, (visitor, form) in enumerate(zip(visitors[1:], forms[1:], strict=True)):
        assert send(visitor, form, person(number)).status_code == 303


@pytest.mark.one_database
def test_a_kept_form_knows_when_each_of_us_opened_it(host: Host) -> None:
    """S4: the minimum time begins with the visitor's own look at the form."""
    quick = host.make(STADTLABOR_FORM_MIN_SECONDS=60)
    quick.load(exchange(open_event()))
    early, late = quick.client(), quick.client()
    opened_early = early.get(FORM)
    host.clock.move(minutes=2)
    opened_late = late.get(FORM)
    assert send(early, opened_early, person(1)).status_code == 303
    assert send(late, opened_late, person(2)).status_code == 422


@pytest.mark.one_database
def test_a_new_text_makes_a_new_form(host: Host) -> None:
    """C6: nobody is shown a text that has been replaced."""
    host.load(exchange(open_event()))
    host.client().get(FORM)
    changed = purpose(PHOTOS, text={"de": "Ganz anders.", "en": "Quite different."})
    host.load(exchange(open_event(), purposes=[changed]))
    assert "Ganz anders." in host.client().get(FORM).text
    assert fill(host.client(), FORM, person()).status_code == 303


def test_seats_and_time_make_a_new_form(host: Host) -> None:
    common = {"takes_registrations": True, "closes_at": START - timedelta(hours=1)}
    save(host, capacity=5, waiting_list=False, **common)
    assert "mindestens 5 Plätze" in host.client().get(FORM).text.replace("\xa0", " ")
    crowd(host)
    assert "wenige Plätze" in host.client().get(FORM).text
    crowd(host, 4)
    assert "Alle Plätze sind vergeben" in host.client().get(FORM).text
    host.clock.now = START - timedelta(minutes=30)
    assert "geschlossen" in host.client().get(FORM).text


@pytest.mark.one_database
def test_each_language_has_its_own_form(host: Host) -> None:
    host.load(exchange(open_event()))
    texts = [
        host.client().get(FORM.replace("/de/", f"/{code}/")).text for code in ["de", "en", "de"]
    ]
    assert unmarked(texts[0]) == unmarked(texts[2]) != unmarked(texts[1])


@pytest.mark.one_database
def test_a_hosts_layout_is_drawn_around_it_for_everybody_anew(host: Host, tmp_path: Path) -> None:
    host.load(exchange(open_event(registration={"capacity": None})))
    other = with_layout(host, tmp_path)
    first, visitor = other.client().get(FORM).text, other.client()
    with drawn(other) as names:
        second = visitor.get(FORM)
    assert names == ["stadtlabor/kept.html"]
    assert unmarked(second.text) == unmarked(first.replace("<p>1</p>", "<p>2</p>"))
    assert send(visitor, second, person()).status_code == 303


@pytest.mark.one_database
def test_a_hosts_own_form_is_drawn_for_everybody_anew(host: Host, tmp_path: Path) -> None:
    """It can say whatever it likes, to whomever it likes."""
    host.load(exchange(open_event(registration={"capacity": None})))
    folder = tmp_path / "stadtlabor" / "registration"
    folder.mkdir(parents=True)
    (folder / "register.html").write_text(
        '{% extends "~stadtlabor/registration/register.html" %}'
        "{% block sl_back %}<p>visitor {{ next_number() }}</p>{% endblock %}",
        encoding="utf-8",
    )
    other = with_layout(host, tmp_path)
    visitors = [other.client() for _ in range(2)]
    forms = [visitor.get(FORM) for visitor in visitors]
    first, second = (re.findall(r"visitor \d+", form.text) for form in forms)
    assert first != second
    for number, (visitor, form) in enumerate(zip(visitors, forms, strict=True)):
        assert send(visitor, form, person(number)).status_code == 303


@pytest.mark.one_database
def test_where_there_is_no_limit_it_stays_while_people_register(host: Host) -> None:
    host.load(exchange(open_event(registration={"capacity": None})))
    for number in range(2):
        assert fill(host.client(), FORM, person(number)).status_code == 303
    with drawn(host) as names:
        assert host.client().get(FORM).status_code == 200
        assert host.client().get("/stadtlabor/de/events/plattform/").status_code == 200
        assert host.client().get("/stadtlabor/de/events/plattform/").status_code == 200
    assert names == ["stadtlabor/events/show.html"]


@pytest.mark.one_database
def test_a_portal_with_another_age_has_another_form(host: Host) -> None:
    """Workers that share a cache may be started with new settings one after the other."""
    host.load(exchange(open_event(registration={"ask_age": True})))
    kept: dict[str, KeptPage] = {}
    shared = SimpleNamespace(get=kept.get, set=kept.__setitem__)
    for age in (14, 16):
        other = host.make(STADTLABOR_GUARDIAN_AGE=age, ports={"page_cache": shared})
        asked = page(other.client().get(FORM)).select_one("label[for=under_16]")
        assert asked is not None
        assert str(age) in asked.get_text()
    assert len(kept) == 2


@pytest.mark.one_database
@pytest.mark.parametrize("path", ["events/nirgends/register", "events/plattform/register"])
def test_where_nobody_can_register_there_is_no_form(host: Host, path: str) -> None:
    save(host, title=LocalizedText("Ohne Anmeldung"))
    for _ in range(2):
        answer = host.client().get(f"/stadtlabor/de/{path}")
        assert answer.status_code == 404
        assert page(answer).select_one("h1")

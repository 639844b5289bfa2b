"""Somebody of the office who answers ideas."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.forms import form_on, typed_into
from tests.host import Host
from tests.organise.staff import staff_of

LIST = "/stadtlabor/de/organise/answers/"
PARKS = "Grünflächenamt"
SAID = {
    "verdict": "accepted",
    "department": PARKS,
    "reasons.de": "Wir stellen **vier Bänke** auf.",
    "reasons.en": "We put up **four benches**.",
    "next_step.de": "Die Bänke sind bestellt.",
    "next_step.en": "The benches are ordered.",
    "next_step_on": "2026-03-20",
}


def office(host: Host) -> FlaskClient:
    """The browser of somebody of the team."""
    return staff_of(host).client()


def answer_url(number: int, below: str = "") -> str:
    """The address of the form."""
    return f"{LIST}{number}/{below}"


def fill_in(staff: FlaskClient, url: str, **said: Any) -> TestResponse:
    """Send the form with these fields, beside what it holds."""
    return send_from(staff, staff.get(url), url, **said)


def send_from(staff: FlaskClient, opened: TestResponse, url: str, **said: Any) -> TestResponse:
    """Send a form that was opened before."""
    return staff.post(url, data=typed_into(form_on(opened, url), said))


def answered(host: Host, number: int, **changes: Any) -> None:
    """The office publishes an answer."""
    done = fill_in(office(host), answer_url(number), **{**SAID, **changes})
    assert done.status_code == 303, done.text

"""Nobody learns from the answers who else has registered."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from flask_stadtlabor.registration.models import Registration
from tests import factories
from tests.forms import fill, press
from tests.host import Host

FORM = "/stadtlabor/de/events/plattform/register"


def plain(response: TestResponse, email: str) -> str:
    """The body without what differs from person to person and from form to form."""
    body = response.text.replace(email, "<email>")
    return re.sub(r'(name="[\w-]+" [^>]*value=")[\w.=-]{20,}"', r'\1…"', body)


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_a_known_address_gets_the_same_answer_as_a_new_one(host: Host, is_confirmed: bool) -> None:
    """S2: same status, same address, same body; only the mail differs."""
    host.load(factories.exchange(factories.open_event()))
    known, new = (factories.person(number) for number in (1, 2))
    before = host.client()
    fill(before, FORM, known)
    if is_confirmed:
        mine = before.get(host.link(host.mails()[0])).location
        assert press(before, mine, "/confirm").status_code == 303
    host.mails()
    host.sent.clear()

    answers = []
    for person in (known, new):
        client = host.client()
        response = fill(client, FORM, person)
        after = client.get(response.location)
        answers.append((response.status_code, response.location, plain(after, person["email"])))

    assert answers[0] == answers[1]
    assert host.scalar(select(func.count(Registration.id))) == 2
    recipients = [mail["To"] for mail in host.mails()]
    assert sorted(recipients) == [known["email"], new["email"]]


def test_a_known_address_gets_the_same_answer_where_nothing_is_confirmed(host: Host) -> None:
    """S2: also where the event takes people without a mail's link."""
    host.load(factories.exchange(factories.open_event(registration={"confirm_by_email": False})))
    fill(host.client(), FORM, factories.person(1))
    first, second = (host.client(), host.client())
    known = fill(first, FORM, factories.person(1))
    new = fill(second, FORM, factories.person(2))
    assert (known.status_code, known.location) == (new.status_code, new.location)
    bodies = [
        plain(client.get(new.location), factories.person(number)["email"])
        for client, number in ((first, 1), (second, 2))
    ]
    assert bodies[0] == bodies[1]

"""Somebody else's page makes the browser of a person, or of staff, send what they never pressed.

S1: every form of every page is taken, filled in as it stands, and sent without the one thing that a
stranger cannot have: the token of this session. Whatever the method, the kind of body or the
headers, no table changes. In the end each form is sent as it should be, so that it is known that
they would have changed something.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from flask_stadtlabor.consent.models import ConsentEntry
from flask_stadtlabor.forms import SWITCH
from flask_stadtlabor.forms import TYPED as HELD
from flask_stadtlabor.ports import Action
from flask_stadtlabor.route import LINK, PUBLIC
from flask_stadtlabor.routes import ROUTES
from tests.attack.conftest import Tried
from tests.events.strangers import EVIL
from tests.factories import PHOTOS, exchange, open_event, person, purpose
from tests.forms import fields_of, fill, page, send
from tests.host import Host
from tests.organise.staff import code_of, register, staff_of
from tests.privacy.stored import dump

TOKEN = "csrf_token"
OVERRIDES = {
    "X-HTTP-Method-Override": "POST",
    "X-Method-Override": "POST",
    "X-HTTP-Method": "POST",
    "Origin": f"https://{EVIL}",
    "Referer": f"https://{EVIL}/",
    "Sec-Fetch-Site": "cross-site",
}
TYPED = person(1, given_name="Jemand", party_size="1") | {f"consent-{PHOTOS}": "given"}
"""What forms have to be filled in with, or they would store nothing anyway; others ignore it."""
ORDER = ("confirm", "withdraw", "change", "rectify", "send-link", "check-in", "register", "cancel",
         "erase", "close")  # fmt: skip
"""Which form is sent first, since some end what others need."""


@dataclass(frozen=True)
class Form:
    """A form of one of our pages, as its page holds it."""

    page: str
    action: str
    fields: tuple[tuple[str, str], ...]

    @property
    def filled(self) -> MultiDict[str, str]:
        """All fields, with something new in those that wait for it."""
        return MultiDict([pair for pair in self.fields if pair[0] not in TYPED] + [*TYPED.items()])

    @property
    def data(self) -> MultiDict[str, str]:
        """As somebody would send it, without the token."""
        return MultiDict([pair for pair in self.filled.items(multi=True) if pair[0] != TOKEN])


def forms_on(client: FlaskClient, addresses: list[str]) -> list[Form]:
    """Each form that goes by POST, once."""
    found = {}
    for address in addresses:
        answer = client.get(address, follow_redirects=True)
        if answer.mimetype != "text/html":
            # as a server does with a download that nobody waits for
            answer.close()
            continue
        for form in page(answer).select("form[method=post]"):
            here = answer.request.path
            action = urlsplit(urljoin(here, str(form.get("action", "")))).path
            fields = tuple(fields_of(form).items(multi=True))
            found[action] = Form(here, action, fields)
    return list(found.values())


def addresses(values: dict[str, Any], access: object) -> list[str]:
    """The pages with this access, or of staff with :class:`Action`."""
    return [
        "/stadtlabor" + re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(values[match[1]]), route.rule)
        for route in ROUTES
        if "GET" in route.methods
        and (route.access == access or (access is Action and isinstance(route.access, Action)))
    ]


def forgeries(form: Form, foreign: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Ways to send a form without the token of this session; ``foreign`` is somebody else's."""
    data = form.data
    for name, token in (("foreign", foreign), ("empty", ""), ("invented", "x" * 91)):
        yield f"a token that is {name}", {"method": "POST", "data": data | {TOKEN: token}}
        yield f"one in the query that is {name}", {
            "method": "POST", "data": data, "query_string": {TOKEN: token},
        }  # fmt: skip
        headers = {"X-CSRFToken": token, "X-CSRF-Token": token, **OVERRIDES}
        yield f"one in a header that is {name}", {
            "method": "POST", "data": data, "headers": headers,
        }  # fmt: skip
    yield "no token", {"method": "POST", "data": data}
    yield "no token, in parts", {
        "method": "POST", "data": data, "content_type": "multipart/form-data",
    }  # fmt: skip
    text = json.dumps(data.to_dict())
    for kind in ("application/json", "text/plain", "application/csp-report"):
        yield f"a body of {kind}", {"method": "POST", "data": text, "content_type": kind}
    for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"):
        every = {"query_string": data, "data": data, "headers": OVERRIDES}
        yield f"by {method}", {"method": method, **every}
    yield "the method in a field", {
        "method": "GET", "query_string": {**data.to_dict(), "_method": "POST"},
    }  # fmt: skip


@pytest.fixture
def portal(host: Host) -> Host:
    """People in each state, with consents, a mail that was given up, and a text in the making."""
    host.load(
        exchange(
            open_event(registration={"capacity": 3}, contact={"name": "Konrad"}),
            purposes=[purpose(PHOTOS)],
        )
    )
    return host


def attack(client: FlaskClient, host: Host, forms: list[Form], foreign: str) -> int:
    """Send each form in each forged way; the tables stay as they are. How many were sent."""
    before, count = dump(host), 0
    for form in forms:
        for name, request in forgeries(form, foreign):
            answer = client.open(form.action, **request)
            assert answer.status_code < 500, (form.action, name)
            assert dump(host) == before, (form.action, name)
            count += 1
    return count


def press_all(client: FlaskClient, host: Host, forms: list[Form]) -> int:
    """Send each as its page would now; how many changed something."""
    changed = 0
    for form in sorted(forms, key=_turn):
        before = dump(host)
        current = {found.action: found for found in forms_on(client, [form.page])}
        if form.action in current:
            client.post(form.action, data=current[form.action].filled)
        changed += dump(host) != before
    return changed


def _turn(form: Form) -> int:
    name = form.action.rpartition("/")[2]
    return ORDER.index(name) if name in ORDER else 0


def foreign_token(host: Host) -> str:
    """A good token of another session."""
    (form,) = forms_on(host.client(), ["/stadtlabor/de/registration/send-link"])
    return dict(form.fields)[TOKEN]


def test_nobody_presses_a_persons_buttons(portal: Host, tried: Tried) -> None:
    """S1: what is behind a personal link, and the forms for everybody in the same browser."""
    given = {**person(1), f"consent-{PHOTOS}": "given"}
    client = portal.client()
    assert fill(client, "/stadtlabor/de/events/plattform/register", given).status_code == 303
    link = portal.link(portal.mails()[0])
    client.get(link)
    values = {
        "lang": "de", "slug": "plattform", "purpose": PHOTOS, "version": 1,
        "token": link.rpartition("/")[2], "picture": f"{'0' * 32}-9x9", "file": "9.webp",
        "number": 1, "decoration": "baenke", "part": "results",
    }  # fmt: skip
    # the link first: the other pages are behind it
    pages = [link, *addresses(values, LINK), *addresses(values, PUBLIC)]
    forms = forms_on(client, pages)
    assert len(forms) >= 6, [form.action for form in forms]
    count = attack(client, portal, forms, foreign_token(portal))
    changed = press_all(client, portal, forms)
    assert changed >= 6
    tried(f"{count} forged requests to {len(forms)} forms, {changed} of which change something")


@pytest.mark.one_database
@pytest.mark.parametrize("has_cookie", [False, True])
@pytest.mark.parametrize("opens_at", [None, "2026-04-01T10:00"])
def test_no_other_site_ticks_an_answer(
    host: Host, has_cookie: bool, opens_at: str | None, tried: Tried
) -> None:
    """S15, C2: whatever it sends for a visitor, with a good mark of the texts, or by the switch."""
    host.load(exchange(open_event(registration={"opens_at": opens_at})))
    address = "/stadtlabor/de/events/plattform/register"
    if opens_at is None:
        (form,) = forms_on(host.client(), [address])
        data = form.filled
    else:
        data = MultiDict(TYPED)
    switched = {SWITCH: "en", HELD: urlencode([*data.items(multi=True)])}
    for sent in (data, switched):
        visitor = host.client()
        if has_cookie:
            visitor.get(address)
        answer = visitor.post(address, data=sent)
        assert answer.status_code == (422 if opens_at is None else 409)
        assert "Jemand" in answer.text
        assert page(answer).select("[checked]") == []
        if opens_at is None:
            assert send(visitor, answer, person(2)).status_code in (303, 422)
            assert host.scalar(select(func.count()).where(ConsentEntry.event == "given")) == 0
    tried("2 forged forms")


@pytest.mark.one_database
def test_no_other_site_ticks_an_answer_for_staff(portal: Host) -> None:
    """S15: not in the form itself, and not by way of another form of the same page."""
    number = register(portal, 1)
    client = staff_of(portal).client()
    here = "/stadtlabor/en/organise/events/plattform"
    party = f"{here}/registrations/{number}"
    for address in (
        f"{here}/register", f"{here}/register?at=door", f"{party}/consents", f"{party}/check-in",
        f"{party}/let-in", f"{party}/give-seats-on", f"{party}/undo-check-in", f"{party}/confirm",
        f"{party}/cancel", f"{party}/restrict", f"{party}/sheet",
    ):  # fmt: skip
        for back in ("door", ""):
            answer = client.post(address, data=TYPED | {"method": "paper", "back": back})
            assert answer.status_code == 422, address
            assert not page(answer).select("[checked][value=given]"), address


def test_nobody_presses_the_buttons_of_staff(portal: Host, tried: Tried) -> None:
    """S1: each form of the back office."""
    numbers = [register(portal, number, **{f"consent-{PHOTOS}": "given"}) for number in (1, 2)]
    register(portal, 3, confirm=False)
    staff = staff_of(portal)
    client = staff.client()
    values = {
        "lang": "en", "slug": "plattform", "purpose": PHOTOS, "number": numbers[0],
        "code": code_of(portal, numbers[0]), "kind": "confirmed", "language": "de",
        "page": "text", "shared_kind": "venues", "name": "halle",
    }  # fmt: skip
    forms = forms_on(client, addresses(values, Action))
    assert len(forms) >= 10, [form.action for form in forms]
    count = attack(client, portal, forms, foreign_token(portal))
    changed = press_all(client, portal, forms)
    assert changed >= 4
    tried(f"{count} forged requests to {len(forms)} forms, {changed} of which change something")

"""Walks through every page there is; each yields the responses, with a note about each."""

from __future__ import annotations

from collections.abc import Iterator

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import factories
from tests.browser import gallery, office
from tests.forms import fill, page, press, send
from tests.host import Host

Answers = Iterator[tuple[TestResponse, str]]


def account(host: Host, language: str) -> Answers:
    """What a citizen sees who is signed in, and registers with the address of their account."""
    start = f"/stadtlabor/{language}/"
    browser = host.client()
    browser.set_cookie("portal", "signed in")
    form = browser.get(f"{start}events/schlicht/register")
    yield form, "filled"
    yield browser.get(send(browser, form).location), "from the account"
    mine = browser.get(f"{start}me/")
    yield mine, "with a registration"
    link = page(mine).select_one(".sl-mine h3 a")
    assert link is not None
    own = browser.get(browser.get(str(link["href"])).location)
    yield own, "from the account"
    removed = send(browser, own, action="/remove-from-account")
    yield browser.get(removed.location), "removed"
    browser.get(host.link(host.mails()[-1]))
    yield browser.get(own.request.path), "to be added"
    added = send(browser, browser.get(own.request.path), action="/add-to-account")
    yield browser.get(added.location), "added"


def citizens(host: Host, language: str) -> Answers:
    """All that citizens see of :func:`gallery.content`, error pages included."""
    start = f"/stadtlabor/{language}/"
    stranger = host.client()
    for path in gallery.PUBLIC:
        response = stranger.get(start + path)
        assert response.status_code == 200, path
        yield response, ""
    for path in gallery.FORMS + gallery.ACCOUNT:
        yield stranger.get(start + path), ""
    for path in gallery.LOST:
        response = stranger.get(start + path)
        assert response.status_code in (403, 404), path
        yield response, ""
    form = f"{start}events/plattform/register"
    yield fill(stranger, form), "empty"
    wrong = gallery.answers() | {"question-essen": "x", "party_size": 99}
    yield fill(stranger, form, wrong), ""
    yield stranger.post(form, data={"given_name": "x" * 600_000}), "large"
    for state, client in gallery.people(host, language).items():
        for path in gallery.PERSONAL:
            yield client.get(start + path, follow_redirects=True), state
        yield client.get(f"{start}registration/ticket"), state
        change = f"{start}registration/change"
        if client.get(change).status_code == 200:
            yield fill(client, change, party_size=99), state
        if state == "waiting":
            yield client.post(f"{start}registration/erase"), "without token"
            press(client, f"{start}registration/erase", "/erase")
            yield client.get(f"{start}registration/erased"), ""
    yield fill(stranger, f"{start}registration/send-link"), "empty"
    yield stranger.get(f"{start}events/voll-ohne-liste/register"), "full"


def staff(host: Host, language: str, found: dict[str, int]) -> Answers:
    """All that staff sees of :func:`office.content`; ``found`` are its people."""
    start = f"/stadtlabor/{language}/organise/"
    client = host.client()
    for path in office.addresses(found):
        response = client.get(start + path)
        assert response.status_code == 200, path
        yield response, ""
    for number, response in enumerate(office.wrong(client, start, found)):
        yield response, str(number)


def asked_again(host: Host) -> FlaskClient:
    """Somebody whose yes was to another text, at a portal where everybody is of the staff."""
    host.load(factories.exchange(factories.open_event()))
    form = "/stadtlabor/de/events/plattform/register"
    fill(host.client(), form, factories.person() | {"consent-photos-website": "given"})
    described = factories.purpose(text="Ganz **anders**.", title="Bilder", valid_days=9)
    host.load(factories.exchange(purposes=[described]))
    person = host.client()
    person.get(host.link(host.mails()[-1]))
    press(person, "/stadtlabor/de/registration/", "/confirm")
    host.mails()
    return person


def consents(person: FlaskClient, language: str) -> Answers:
    """Consent texts for editors and in public, for somebody who was :func:`asked_again`."""
    start = f"/stadtlabor/{language}/"
    texts = "organise/texts/photos-website/"
    fill(person, f"{start}{texts}edit", {"change": "material", "text-de": "A\n\n- b"})
    yield fill(person, f"{start}organise/texts/new", action="/new"), "wrong"
    for path in (
        "organise/texts/", "organise/texts/new", texts, f"{texts}edit", f"{texts}preview",
        "privacy/photos-website/2/", "privacy/photos-website/2/changes", "registration/",
        "registration/receipt",
    ):  # fmt: skip
        response = person.get(start + path)
        assert response.status_code == 200, path
        yield response, ""
    empty = fill(person, f"{start}registration/", action="/photos-website/answer")
    assert empty.status_code == 422
    yield empty, "wrong"

"""Every page is valid HTML by the Nu checker (A9), in one run over all of them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from flask_stadtlabor import Actor
from flask_stadtlabor.ports import system_clock
from tests import factories
from tests.browser import gallery, office
from tests.equipment import NU_CHECKER
from tests.forms import fill, press
from tests.host import Host
from tests.journeys.test_database_away import take_database_away

pytestmark = [pytest.mark.one_database, pytest.mark.needs("Nu checker")]


class Folder:
    """Keeps each page in a file named after its address."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()

    def keep(self, response: TestResponse, note: str = "") -> None:
        address = f"{response.request.full_path} {response.status_code} {note}"
        name = re.sub(r"[^\w-]+", "_", address).strip("_")
        (self.path / f"{name}.html").write_text(response.text, "utf-8")

    def faults(self) -> list[str]:
        run = subprocess.run(
            ["java", "-jar", NU_CHECKER, "--errors-only", "--format", "gnu", self.path],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return [
            line.removeprefix(f'"file:{self.path}/') for line in run.stderr.splitlines() if line
        ]


def test_every_page_is_valid(host: Host, tmp_path: Path) -> None:
    live = host.make(ports={"clock": system_clock, "mailer": host.sent.append})
    live.sent = host.sent
    live.load(gallery.content())
    folder = Folder(tmp_path / "pages")
    for language in ("de", "en"):
        _keep_all(folder, live, language)
    take_database_away(live)
    folder.keep(live.client().get("/stadtlabor/de/events/plattform/"))
    folder.keep(live.client().post("/stadtlabor/de/events/plattform/register", data={"a": "<b>"}))
    assert len(list(folder.path.iterdir())) > 80
    assert folder.faults() == []


def test_every_page_of_staff_is_valid(host: Host, tmp_path: Path) -> None:
    everybody = {"actor": lambda: Actor("staff:1", "Otto Orga"), "policy": lambda *asked: True}
    desk = host.make(ports={"clock": system_clock, "mailer": host.sent.append, **everybody})
    desk.sent = host.sent
    desk.load(office.content())
    found = office.people(desk)
    folder = Folder(tmp_path / "pages")
    staff = desk.client()
    for language in ("de", "en"):
        start = f"/stadtlabor/{language}/organise/"
        for path in office.addresses(found):
            response = staff.get(start + path)
            assert response.status_code == 200, path
            folder.keep(response)
        for number, response in enumerate(office.wrong(staff, start, found)):
            folder.keep(response, str(number))
    folder.keep(host.client().get("/stadtlabor/de/organise/"))
    assert folder.faults() == []


def test_every_page_about_consent_is_valid(host: Host, tmp_path: Path) -> None:
    """A9: texts at the desk and in public, and asked again."""
    everything = {"actor": lambda: Actor("staff:anna"), "policy": lambda *asked: True}
    live = host.make(ports={"mailer": host.sent.append} | everything)
    live.sent = host.sent
    live.load(factories.exchange(factories.open_event()))
    form = "/stadtlabor/de/events/plattform/register"
    fill(live.client(), form, factories.person() | {"consent-photos-website": "given"})
    described = factories.purpose(text="Ganz **anders**.", title="Bilder", valid_days=9)
    live.load(factories.exchange(purposes=[described]))
    person = live.client()
    person.get(live.link(live.mails()[-1]))
    press(person, "/stadtlabor/de/registration/", "/confirm")
    live.mails()
    folder = Folder(tmp_path / "pages")
    texts = "organise/texts/photos-website/"
    for start in ("/stadtlabor/de/", "/stadtlabor/en/"):
        fill(person, f"{start}{texts}edit", {"change": "material", "text-de": "A\n\n- b"})
        folder.keep(fill(person, f"{start}organise/texts/new", action="/new"), "wrong")
        for path in (
            "organise/texts/", "organise/texts/new", texts, f"{texts}edit", f"{texts}preview",
            "privacy/photos-website/2/", "privacy/photos-website/2/changes", "registration/",
            "registration/receipt",
        ):  # fmt: skip
            response = person.get(start + path)
            assert response.status_code == 200, path
            folder.keep(response)
        empty = fill(person, f"{start}registration/", action="/photos-website/answer")
        assert empty.status_code == 422
        folder.keep(empty, "wrong")
    assert folder.faults() == []


def _keep_all(folder: Folder, host: Host, language: str) -> None:
    start = f"/stadtlabor/{language}/"
    stranger = host.client()
    for path in gallery.PUBLIC:
        response = stranger.get(start + path)
        assert response.status_code == 200, path
        folder.keep(response)
    for path in gallery.FORMS:
        folder.keep(stranger.get(start + path))
    for path in gallery.LOST:
        response = stranger.get(start + path)
        assert response.status_code in (403, 404), path
        folder.keep(response)
    form = f"{start}events/plattform/register"
    folder.keep(fill(stranger, form), "empty")
    folder.keep(fill(stranger, form, gallery.answers() | {"question-essen": "x", "party_size": 99}))
    folder.keep(stranger.post(form, data={"given_name": "x" * 600_000}), "large")
    for state, client in gallery.people(host, language).items():
        for path in gallery.PERSONAL:
            folder.keep(client.get(start + path, follow_redirects=True), state)
        folder.keep(client.get(f"{start}registration/ticket"), state)
        change = f"{start}registration/change"
        if client.get(change).status_code == 200:
            folder.keep(fill(client, change, party_size=99), state)
        if state == "waiting":
            folder.keep(client.post(f"{start}registration/erase"), "without token")
            press(client, f"{start}registration/erase", "/erase")
            folder.keep(client.get(f"{start}registration/erased"))
    folder.keep(fill(stranger, f"{start}registration/send-link"), "empty")
    folder.keep(stranger.get(f"{start}events/voll-ohne-liste/register"), "full")

"""Every page is valid HTML by the Nu checker (A9), in one run over all of them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from flask_stadtlabor import Actor
from flask_stadtlabor.ports import system_clock
from tests.browser import gallery, office, walks
from tests.equipment import NU_CHECKER
from tests.host import Host
from tests.journeys.test_database_away import take_database_away
from tests.registration.accounts import BEA

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
        for response, note in walks.citizens(live, language):
            folder.keep(response, note)
        with_account = live.make(
            ports={"clock": system_clock, "mailer": host.sent.append, "actor": lambda: BEA}
        )
        with_account.sent = host.sent
        for response, note in walks.account(with_account, language):
            folder.keep(response, note)
        with_account.run("person", "erase", BEA.email, "--yes")
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
    for language in ("de", "en"):
        for response, note in walks.staff(desk, language, found):
            folder.keep(response, note)
    folder.keep(host.client().get("/stadtlabor/de/organise/"))
    assert folder.faults() == []


def test_every_page_about_consent_is_valid(host: Host, tmp_path: Path) -> None:
    """A9: consent texts for editors, in public, and for somebody who is asked again."""
    everything = {"actor": lambda: Actor("staff:anna"), "policy": lambda *asked: True}
    live = host.make(ports={"mailer": host.sent.append} | everything)
    live.sent = host.sent
    person = walks.asked_again(live)
    folder = Folder(tmp_path / "pages")
    for language in ("de", "en"):
        for response, note in walks.consents(person, language):
            folder.keep(response, note)
    assert folder.faults() == []

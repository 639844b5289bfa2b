"""The examples of docs/hosts.md are run as they stand there."""

from __future__ import annotations

import re
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from flask_stadtlabor import Stadtlabor
from tests.factories import PHOTOS, event_in, exchange, open_event
from tests.forms import fill, press
from tests.host import Host, create_app

pytestmark = pytest.mark.one_database

DOCUMENT = (Path(__file__).parents[2] / "docs/hosts.md").read_text("utf-8")
CONTENT = exchange(open_event(purposes=[PHOTOS]))
EVENT = "/stadtlabor/de/events/plattform/"


def run(containing: str, **names: Any) -> dict[str, Any]:
    """Run the one example with these words in it; gives the names that it knows afterwards."""
    (code,) = [
        code
        for code in re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
        if containing in code
    ]
    exec(code, names)  # noqa: S102
    return names


def test_a_portal_is_mounted_as_the_document_says(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASK_SECRET_KEY", "only for tests")
    monkeypatch.setenv(
        "FLASK_SQLALCHEMY_DATABASE_URI", host.url.render_as_string(hide_password=False)
    )
    names = run(
        "def create_app():",
        Flask=Flask,
        SQLAlchemy=SQLAlchemy,
        __name__=__name__,
        migrate=Migrate(),
        babel=Babel(),
        csrf=CSRFProtect(),
        login_manager=LoginManager(),
    )
    app = names["create_app"]()
    host.load(CONTENT)
    assert app.test_client().get(EVENT).status_code == 200
    said = app.test_cli_runner().invoke(args=["stadtlabor", "check"])
    assert "after Stadtlabor" not in said.stderr


class Portal:
    """The ``my_portal`` of the examples."""

    def __init__(self) -> None:
        self.user: SimpleNamespace | None = None
        self.sent: list[EmailMessage] = []
        self.told: list[str] = []
        self.send = self.sent.append
        self.tell = self.told.append

    def signed_in_user(self) -> SimpleNamespace | None:
        return self.user

    def is_staff(self, key: str) -> bool:
        return key == "user:1"


@pytest.fixture
def portal() -> Portal:
    return Portal()


@pytest.fixture
def app(host: Host, portal: Portal) -> Flask:
    """A host with the ports of the example, and an event to come."""
    db = SQLAlchemy()
    stadtlabor = run("def policy(", my_portal=portal, db=db)["stadtlabor"]
    assert isinstance(stadtlabor, Stadtlabor)
    host.load(exchange(open_event(**event_in(20))))
    return create_app(host.url, db, stadtlabor)


def test_the_ports_of_the_document_let_staff_in_and_nobody_else(app: Flask, portal: Portal) -> None:
    organise = "/stadtlabor/de/organise/"
    for user, status in ((None, 403), (2, 403), (1, 200)):
        portal.user = user and SimpleNamespace(id=user, name="Ada")
        assert app.test_client().get(organise).status_code == status


def test_the_receiver_of_the_document_hears_of_a_withdrawal(
    host: Host, app: Flask, portal: Portal
) -> None:
    """And the mail before it left through the portal's own mailer."""
    receivers = run("consent_withdrawn", my_portal=portal)
    assert "tell_the_press_office" in receivers
    client = app.test_client()
    answers = {"given_name": "Ada", "family_name": "Meier", "email": "ada@example.org"}
    fill(client, f"{EVENT}register", {**answers, f"consent-{PHOTOS}": "given"})
    assert app.test_cli_runner().invoke(args=["stadtlabor", "outbox", "run"]).exit_code == 0
    (mail,) = portal.sent
    show = client.get(host.link(mail)).location
    press(client, show, "/confirm")
    assert press(client, show, f"/consents/{PHOTOS}/withdraw").status_code == 303
    assert portal.told == [f"Take down what {PHOTOS} allowed: task 1"]

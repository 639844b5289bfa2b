"""People who report texts and moderators who decide, by the pages, for the tests of moderation."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from flask_stadtlabor.participation.moderation.models import Report
from flask_stadtlabor.ports import Actor
from tests.forms import fill, page
from tests.host import Host
from tests.participation.ideas.desk import idea_url
from tests.participation.people import MINE

DESK = "/stadtlabor/de/organise/moderation/"
RULES = "/stadtlabor/de/rules"


def moderator(host: Host, key: str = "mod:1", name: str = "Mia Moderatorin") -> FlaskClient:
    """A browser of somebody of the team who may do everything."""
    portal = host.lend(
        policy=lambda *asked: True, actor=lambda: Actor(key, name), mailer=host.sent.append
    )
    return portal.client()


def report(host: Host, number: int, **fields: Any) -> TestResponse:
    """A stranger reports an idea."""
    said = {"rule": "respect", "words": "Das beleidigt alle, die hier wohnen.", **fields}
    return fill(host.client(), idea_url(number, "report"), said)


def text_url(number: int, kind: str = "idea") -> str:
    """The team's page of a text."""
    return f"{DESK}{kind}/{number}"


def decide(
    browser: FlaskClient, number: int, measure: str, *, kind: str = "idea", **fields: Any
) -> TestResponse:
    """A moderator decides about a text."""
    return fill(browser, text_url(number, kind), {"measure": measure, **fields})


def hide(browser: FlaskClient, number: int, **fields: Any) -> TestResponse:
    """A moderator hides an idea."""
    said = {"rule": "respect", "reasons": "Der zweite Satz meint die Leute im Viertel.", **fields}
    return decide(browser, number, "hidden", **said)


def reports(host: Host) -> list[Report]:
    """All reports, the first one first."""
    with host.app.app_context():
        return list(host.db.session.scalars(select(Report).order_by(Report.id)))


def told(message: EmailMessage) -> str:
    """The words of a mail."""
    body = message.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def mails_to(host: Host, address: str) -> list[EmailMessage]:
    """What was sent to an address since this was last asked, without links for taking part."""
    return [mail for mail in host.mails() if address in str(mail["To"])]


def decision_url(browser: FlaskClient) -> str:
    """The page of the decision about somebody's text."""
    link = page(browser.get(MINE)).select_one("#sl-decisions + ul a")
    assert link is not None
    return str(link["href"])

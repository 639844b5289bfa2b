"""People who write and support ideas by the pages, for the tests of ideas."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from flask_stadtlabor.participation.ideas.models import Idea
from tests.factories import exchange, project
from tests.forms import fill, page, press, send
from tests.host import Host
from tests.participation.people import known

LIST = "/stadtlabor/de/projects/marktplatz/ideas/"
NEW = f"{LIST}new"
BANKS = "Mehr Bänke im Schatten"


def collecting(host: Host, **changes: Any) -> None:
    """The project of the tests, which collects ideas now."""
    host.load(exchange(projects=[project(**changes)]))


def write_idea(
    browser: FlaskClient, title: str = BANKS, url: str = NEW, **fields: Any
) -> TestResponse:
    """Fill the form in and send it, though there are similar ones."""
    text = "Am Brunnen fehlen **Bänke**, auf denen man sitzen kann."
    answer = fill(browser, url, {"title": title, "text": text, **fields})
    if answer.status_code == 200:
        answer = send(browser, answer)
    return answer


def published(
    host: Host, title: str = BANKS, address: str = "ada@example.org", **fields: Any
) -> int:
    """The number of an idea that somebody has written; their browser is not needed any more."""
    answer = write_idea(known(host, address), title, **fields)
    assert answer.status_code == 303, answer.text
    return stored(host)[-1].id


def stored(host: Host) -> list[Idea]:
    """All ideas, in the order in which they were written."""
    with host.app.app_context():
        return list(host.db.session.scalars(select(Idea).order_by(Idea.id)))


def idea_url(number: int, below: str = "") -> str:
    """The address of an idea's page, or of one below it."""
    return f"/stadtlabor/de/ideas/{number}/{below}"


def shown(browser: FlaskClient, url: str) -> BeautifulSoup:
    """A page, which is there."""
    answer = browser.get(url)
    assert answer.status_code == 200, answer.status
    return page(answer)


def words(browser: FlaskClient, url: str) -> str:
    """The visible words of a page."""
    main = shown(browser, url).select_one(".stadtlabor")
    assert main is not None
    return " ".join(main.get_text(" ").split())


def takes_part(host: Host, address: str) -> None:
    """Somebody wrote two ideas, one a draft, changed the other, and supports one of Ben's."""
    collecting(host)
    of_ben = published(host, "Ein Kiosk für alle", "ben@example.org")
    ada, ben = known(host, address), known(host, "ben@example.org")
    write_idea(ada, public_name="Ada")
    write_idea(ada, "Vielleicht ein Teich", draft="y")
    press(ben, idea_url(of_ben + 1), "/support")
    fill(ada, idea_url(of_ben + 1, "edit"), {"text": "Lieber Stühle."})
    for deed in ("support", "follow"):
        press(ada, idea_url(of_ben), f"/{deed}")

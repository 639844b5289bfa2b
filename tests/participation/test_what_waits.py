"""What waits until its author publishes it: the link leads there, and nothing goes by mistake."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.forms import fill, page, press
from tests.host import Host
from tests.participation.comments.desk import say, with_idea
from tests.participation.people import ASK, MINE, link_in

pytestmark = pytest.mark.one_database

ADA = "ada@example.org"
GO_ON = "Weiter zu der Seite, für die der Link war"


def asks_and_writes(host: Host, browser: FlaskClient, deed: str) -> str:
    """A stranger asks for a link at an idea, and then writes a comment; the address of the deed."""
    idea = with_idea(host)
    assert fill(browser, f"{idea}{deed}", {"email": ADA}).status_code == 303
    assert say(browser, idea, email=ADA).status_code == 303
    return f"{idea}{deed}"


@pytest.mark.parametrize("deed", ["support", "follow"])
@pytest.mark.parametrize("mail", [0, -1])
def test_every_link_leads_to_what_waits_and_on_to_what_it_was_for(
    host: Host, deed: str, mail: int
) -> None:
    """Whichever of the mails is opened, and where only one of them came."""
    browser = host.client()
    wanted = asks_and_writes(host, browser, deed)
    opened = browser.get(link_in(host.mails()[mail]), follow_redirects=True)
    assert opened.request.path == MINE
    assert "Ja, unbedingt, und mit Lehnen." in opened.text
    assert [link["href"] for link in page(opened).find_all("a", string=GO_ON)] == [wanted]
    assert press(browser, opened.request.full_path, "/publish").status_code == 303
    assert press(browser, wanted, f"/{deed}").status_code == 303
    # nothing waits any more, and the page no longer says so
    again = browser.get(f"{MINE}?now=waits").text
    assert "wartet, bis du es veröffentlichst" not in again


def test_a_link_leads_on_at_once_where_nothing_waits(host: Host) -> None:
    browser = host.client()
    idea = with_idea(host)
    fill(browser, f"{idea}support", {"email": ADA})
    assert browser.get(link_in(host.mails()[-1])).location == f"{idea}support"


def test_a_link_that_was_asked_for_alone_shows_what_waits(host: Host) -> None:
    """As before: there is nothing else to go on to."""
    browser = host.client()
    say(browser, with_idea(host), email=ADA)
    fill(browser, ASK, {"email": ADA})
    opened = browser.get(link_in(host.mails()[-1]), follow_redirects=True)
    assert "Ja, unbedingt, und mit Lehnen." in opened.text
    assert GO_ON not in opened.text


def test_under_a_strict_cookie_the_link_leads_to_what_waits_too(host: Host) -> None:
    strict = host.make(SESSION_COOKIE_SAMESITE="Strict", mailer=host.sent.append)
    browser = strict.client()
    wanted = asks_and_writes(strict, browser, "support")
    opening = browser.get(link_in(strict.mails()[0]))
    target = page(opening).select_one("a.sl-button")["href"]  # type: ignore[index]
    assert target == f"{MINE}?now=waits"
    assert wanted in browser.get(str(target)).text

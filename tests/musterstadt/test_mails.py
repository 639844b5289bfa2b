"""The page with the mails that were not sent."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.forms import page


def open_mail(portal: Flask, beginning: str) -> str:
    """The address of the newest mail whose subject begins so."""
    links = page(portal.test_client().get("/en/mails/")).select(".mails a")
    return next(str(link["href"]) for link in links if link.get_text().startswith(beginning))


def test_a_visitor_can_open_the_link_in_a_mail(portal: Flask) -> None:
    """The demo's mail holds a personal link that leads to a registration."""
    client = portal.test_client()
    mails = [str(mail["href"]) for mail in page(client.get("/en/mails/")).select(".mails a")]
    found = (a["href"] for mail in mails for a in page(client.get(mail)).select("pre a"))
    link = next(link for link in found if "/registration/" in str(link))
    answer = client.get(str(link).removeprefix("http://127.0.0.1:5000"))
    assert answer.location == "/stadtlabor/de/registration/"
    assert client.get(answer.location).status_code == 200


def test_a_mails_html_is_a_stranger_to_the_portal(portal: Flask) -> None:
    """It is framed without scripts and without the portal's origin, also when opened alone."""
    client = portal.test_client()
    frame = page(client.get(open_mail(portal, ""))).select_one("iframe")
    assert frame is not None
    assert frame["sandbox"] == ["allow-popups", "allow-popups-to-escape-sandbox"]
    html = client.get(str(frame["src"]))
    policy = html.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert html.headers["Cache-Control"] == "no-store"


def test_a_calendar_comes_as_a_download(portal: Flask) -> None:
    client = portal.test_client()
    attachment = page(client.get(open_mail(portal, "Du bist dabei"))).select_one("a[download]")
    assert attachment is not None
    answer = client.get(str(attachment["href"]))
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.data.startswith(b"BEGIN:VCALENDAR")
    missing = str(attachment["href"]).rpartition("/")[0] + "/99"
    assert client.get(missing).status_code == 404


@pytest.mark.parametrize("key", ["nothing", "..", "%2e%2e%2fsecret-key", "*"])
def test_only_mails_can_be_opened(portal: Flask, key: str) -> None:
    assert portal.test_client().get(f"/de/mails/{key}/").status_code == 404


def test_the_page_says_that_it_belongs_to_the_demo(portal: Flask) -> None:
    assert "Diese Seite gehört zur Vorführung" in portal.test_client().get("/de/mails/").text

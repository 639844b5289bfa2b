"""The page of a consent text: ``P/L/privacy/<purpose>/<version>/``, for ever."""

from __future__ import annotations

import hashlib

import pytest
from bs4 import BeautifulSoup
from flask import url_for

from flask_stadtlabor.consent.models import Controller
from flask_stadtlabor.db import LocalizedText
from tests.consent.acts import PHOTOS, publish
from tests.host import Host

PAGE = f"/stadtlabor/en/privacy/{PHOTOS}/1/"


def published(host: Host, *versions: dict[str, object]) -> None:
    """Publish these versions, one after the other."""
    with host.app.app_context():
        for changes in versions:
            publish(**changes)
        host.db.session.commit()


def words_of(host: Host, path: str) -> str:
    response = host.client().get(path)
    assert response.status_code == 200
    return BeautifulSoup(response.text, "html.parser").get_text(" ", strip=True)


@pytest.mark.one_database
def test_the_page_shows_the_text_and_what_proves_it(host: Host) -> None:
    """C5: version, language, published at, sha256."""
    published(host, {"text": {"de": "Wir zeigen **Fotos**.", "en": "We show **photos**."}})
    response = host.client().get(PAGE)
    page = BeautifulSoup(response.text, "html.parser")
    heading = page.h1
    assert heading is not None
    assert heading.get_text(strip=True) == "Photos on the website"
    assert [item.get_text() for item in page.select("main strong, article strong")] == ["photos"]
    words = page.get_text(" ", strip=True)
    assert hashlib.sha256(b"We show **photos**.").hexdigest() in words
    assert page.select_one('time[datetime="2026-03-02T09:00:00Z"]') is not None
    assert "English" in words
    assert "newer version" not in words


@pytest.mark.one_database
def test_an_old_version_stays_and_leads_to_the_current_one(host: Host) -> None:
    """C5: one consent text, for ever."""
    published(host, {}, {"text": "Two"}, {"text": "Three"})
    page = BeautifulSoup(host.client().get(PAGE).text, "html.parser")
    words = page.get_text(" ", strip=True)
    assert "We show photos." in words
    assert "There is a newer version" in words
    links = [str(link["href"]) for link in page.select("a[href]")]
    assert PAGE.replace("/1/", "/3/") in links
    assert "There is a newer version" not in words_of(host, PAGE.replace("/1/", "/3/"))


@pytest.mark.one_database
def test_a_text_that_is_not_translated_is_marked_as_what_it_is(host: Host) -> None:
    """A8: the right lang attribute on a fallback."""
    published(host, {"title": {"de": "Fotos"}, "text": {"de": "Wir zeigen Fotos."}})
    page = BeautifulSoup(host.client().get(PAGE).text, "html.parser")
    marked = [element.get_text(strip=True) for element in page.select('article [lang="de"]')]
    assert marked == ["Fotos", "Wir zeigen Fotos."]
    assert "German" in page.get_text()


@pytest.mark.one_database
def test_the_privacy_notice_names_who_is_responsible(host: Host) -> None:
    """C4: controller, data protection officer and supervisory authority by Art. 13 GDPR."""
    controller = Controller(
        name=LocalizedText("Stadt <Musterstadt>"),
        address=LocalizedText("Rathausplatz 1"),
        email="stadt@stadt.example",
        phone="+49 234 1",
        data_protection_officer=LocalizedText({"en": "Ms Data"}),
        authority=LocalizedText("LDI NRW"),
    )
    published(host, {"mode": "privacy", "controller": controller})
    words = words_of(host, PAGE)
    for expected in (
        "privacy notice by Art. 13 GDPR",
        "Stadt <Musterstadt>",
        "Rathausplatz 1",
        "stadt@stadt.example",
        "+49 234 1",
        "Ms Data",
        "LDI NRW",
    ):
        assert expected in words


@pytest.mark.one_database
def test_each_mode_says_what_it_asks_for(host: Host) -> None:
    """C1, C4: a notice is told, a consent is asked for, the privacy notice is neither."""
    published(host, {}, {"mode": "notice"}, {"mode": "privacy"})
    sentences = ["ask for your consent", "Nobody asks you to agree", "privacy notice by Art. 13"]
    for version, sentence in enumerate(sentences, 1):
        words = words_of(host, PAGE.replace("/1/", f"/{version}/"))
        assert [each for each in sentences if each in words] == [sentence]


@pytest.mark.one_database
def test_what_was_never_published_is_a_404_of_ours(host: Host) -> None:
    """The contract: an unknown slug is our page with status 404."""
    published(host, {})
    for path in (f"{PHOTOS}/2/", "unknown/1/", f"{PHOTOS}/99999999999999999999/", "nul%00/1/"):
        response = host.client().get(f"/stadtlabor/en/privacy/{path}")
        assert response.status_code == 404, path
        assert 'class="stadtlabor"' in response.text, path


@pytest.mark.one_database
def test_strangers_may_keep_the_page_until_a_newer_version_comes(host: Host) -> None:
    """D5: cacheable, session-free, and answered with 304 while nothing changed."""
    published(host, {})
    client = host.client()
    first = client.get(PAGE)
    assert first.cache_control.public
    assert "Set-Cookie" not in first.headers
    headers = {"If-None-Match": first.headers["ETag"]}
    assert client.get(PAGE, headers=headers).status_code == 304
    published(host, {"text": "Two"})
    assert client.get(PAGE, headers=headers).status_code == 200


@pytest.mark.one_database
def test_the_address_of_a_text_is_as_promised(host: Host) -> None:
    """The contract: P/L/privacy/<purpose>/<version>/."""
    with host.app.test_request_context():
        path = url_for("stadtlabor.consent_text", lang="en", purpose=PHOTOS, version=1)
    assert path == PAGE

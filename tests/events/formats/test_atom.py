"""D3: Atom feeds by RFC 4287."""

from __future__ import annotations

import uuid
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.formats.atom import feed
from tests.events.desk import START, an_event, event_values, save
from tests.host import BASE_URL, Host

DAY = timedelta(days=1)
ATOM = {"a": "http://www.w3.org/2005/Atom"}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
HOME = f"{BASE_URL}/stadtlabor/de/"


def fetch(host: Host, path: str = "de/feed.atom") -> ET.Element:
    response = host.client().get(f"/stadtlabor/{path}")
    assert response.status_code == 200
    assert response.mimetype == "application/atom+xml"
    return ET.fromstring(response.data)  # noqa: S314 - our own


def texts(root: ET.Element, path: str) -> list[str]:
    return [element.text or "" for element in root.findall(path, ATOM)]


def links(element: ET.Element) -> dict[str, str]:
    return {link.attrib["rel"]: link.attrib["href"] for link in element.findall("a:link", ATOM)}


@pytest.mark.one_database
def test_a_feed_says_what_it_is(host: Host) -> None:
    save(host)
    root = fetch(host)
    assert root.attrib[LANG] == "de"
    assert links(root) == {"self": HOME + "feed.atom", "alternate": HOME}
    assert texts(root, "a:author/a:name") == ["Stadtlabor"]
    assert texts(root, "a:updated") == [f"{host.clock.now:%Y-%m-%dT%H:%M:%SZ}"]
    assert uuid.UUID(texts(root, "a:id")[0])


def test_an_entry_keeps_its_id_in_every_language_and_after_a_change(host: Host) -> None:
    event = save(host).event
    save(host, title=LocalizedText("Anders"), starts_at=START + DAY)
    for path in ("de/feed.atom", "en/feed.atom"):
        assert texts(fetch(host, path), "a:entry/a:id") == [f"urn:uuid:{event.uid}"]


def test_an_entry_tells_title_page_and_times(host: Host) -> None:
    save(host)
    published = host.clock.now
    host.clock.move(days=1)
    save(host, description=LocalizedText("Mit **Kaffee**."))
    (entry,) = fetch(host, "de/feed.atom").findall("a:entry", ATOM)
    assert texts(entry, "a:title") == ["Mitreden im Netz"]
    assert links(entry) == {"alternate": HOME + "events/plattform/"}
    assert texts(entry, "a:published") == [f"{published:%Y-%m-%dT%H:%M:%SZ}"]
    assert texts(entry, "a:updated") == [f"{host.clock.now:%Y-%m-%dT%H:%M:%SZ}"]
    (content,) = entry.findall("a:content", ATOM)
    assert content.attrib["type"] == "html"
    assert (content.text or "").strip() == "<p>Mit <strong>Kaffee</strong>.</p>"
    assert "Quartiershalle" in texts(entry, "a:summary")[0]


@pytest.mark.one_database
def test_a_text_in_another_language_says_so(host: Host) -> None:
    """A8."""
    save(host, title=LocalizedText({"de": "Nur deutsch"}))
    (title,) = fetch(host, "en/feed.atom").findall("a:entry/a:title", ATOM)
    assert (title.text, title.attrib[LANG]) == ("Nur deutsch", "de")


@pytest.mark.one_database
def test_what_changed_last_is_on_top(host: Host) -> None:
    save(host, "eins")
    save(host, "zwei")
    host.clock.move(days=1)
    save(host, "eins", topic=LocalizedText("Neu"))
    found = [links(entry)["alternate"] for entry in fetch(host).findall("a:entry", ATOM)]
    assert [address.rsplit("/", 2)[1] for address in found] == ["eins", "zwei"]


@pytest.mark.one_database
def test_the_feed_of_a_series_holds_its_events_alone(host: Host) -> None:
    save(host, "drin", series="reihe")
    save(host, "draussen")
    root = fetch(host, "de/series/reihe/feed.atom")
    assert texts(root, "a:title") == ["Reihe"]
    assert links(root)["alternate"] == HOME + "series/reihe/"
    assert len(root.findall("a:entry", ATOM)) == 1
    assert host.client().get("/stadtlabor/de/series/fehlt/feed.atom").status_code == 404


@pytest.mark.one_database
def test_drafts_are_in_no_feed(host: Host) -> None:
    save(host, status="draft")
    assert fetch(host).findall("a:entry", ATOM) == []


@pytest.mark.one_database
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(title=st.text(min_size=1), text=st.text())
def test_no_text_breaks_the_feed(host: Host, title: str, text: str) -> None:
    """S9."""
    moment = START - DAY
    event = an_event(
        **event_values(
            title=LocalizedText(title),
            description=LocalizedText(text),
            uid=str(uuid.uuid4()),
            created_at=moment,
            revised_at=moment,
        )
    )
    with host.app.app_context():
        content = feed([event], title=title, address=HOME + "feed.atom", page=HOME)
    root = ET.fromstring(content)  # noqa: S314 - our own
    assert len(root.findall("a:entry", ATOM)) == 1


@pytest.mark.one_database
def test_links_in_a_text_lead_somewhere_from_a_reader_too(host: Host) -> None:
    """RFC 4287 §2: an address that is not whole is read by xml:base."""
    save(host, description=LocalizedText("[Mehr dazu](/mehr)"))
    content = fetch(host).find("a:entry/a:content", ATOM)
    assert content is not None
    assert 'href="/mehr"' in str(content.text)
    base = content.attrib["{http://www.w3.org/XML/1998/namespace}base"]
    assert base == f"{HOME}events/plattform/"

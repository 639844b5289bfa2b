"""`flask stadtlabor texts export | import`: translators work on content in their own tool."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po
from sqlalchemy import func, select

from flask_stadtlabor.consent.answers.status import permits_use
from flask_stadtlabor.consent.models import ConsentText
from flask_stadtlabor.registration.models import Registration
from tests import factories
from tests.exchange.files import export, rich_exchange
from tests.host import Host
from tests.organise.staff import register

pytestmark = pytest.mark.one_database
TITLE = "events/plattform/title"
UNKNOWN_CHARSET = b"""\
msgid ""
msgstr "Content-Type: text/plain; charset=x\\n"

msgid "a"
msgstr "b"
"""


@pytest.fixture
def portal(host: Host) -> Host:
    """A portal that speaks Polish too, with content in German and English."""
    host.load(rich_exchange())
    return host.make(STADTLABOR_LOCALES=["de", "en", "pl"])


def catalog(portal: Host, *words: str, language: str = "pl") -> Catalog:
    result = portal.run("texts", "export", language, *words)
    assert result.exit_code == 0, result.output
    return read_po(BytesIO(result.stdout_bytes))


def bring_back(portal: Host, done: Catalog, language: str = "pl") -> str:
    """Import the catalog; returns what the command says."""
    file = Path(portal.folder) / "texts.po"
    with file.open("wb") as open_file:
        write_po(open_file, done, width=0)
    result = portal.run("texts", "import", language, str(file))
    assert result.exit_code == 0, result.output
    return str(result.output)


def translate(done: Catalog, *paths: str) -> Catalog:
    """Put a translation to the texts at these places, or to all."""
    for message in done:
        if message.context and (not paths or message.context in paths):
            message.string = f"PL {message.context} é “100 %”\n\nżółć"
    return done


def texts_in(value: Any) -> list[dict[str, str]]:
    """All texts in several languages of an exchange file."""
    if isinstance(value, dict):
        if value and set(value) <= {"de", "en", "pl", "tr"}:
            return [value]
        return [text for part in value.values() for text in texts_in(part)]
    return [text for part in value for text in texts_in(part)] if isinstance(value, list) else []


def test_every_text_goes_out_and_comes_back_in_its_place(portal: Host) -> None:
    """Also consent texts: their version stays, as does all that is not a text."""
    before = export(portal)
    said = bring_back(portal, translate(catalog(portal)))
    after = export(portal)
    texts = texts_in(after)
    assert len(texts) > 25
    assert said == f"New or changed translations: {len(texts)}.\n"
    for text in texts:
        assert text.pop("pl").startswith("PL ")
    assert after == before
    assert "PL events/plattform/title" in portal.client().get(
        "/stadtlabor/pl/events/plattform/"
    ).get_data(as_text=True)
    assert bring_back(portal, catalog(portal)) == "New or changed translations: 0.\n"


def test_a_message_says_where_its_text_stands_and_what_was_there(portal: Host) -> None:
    portal.load(factories.exchange(factories.event(title={"en": "Only English"}, price="5 € %s")))
    found = {message.context: message for message in catalog(portal, "--event", "plattform")}
    assert found[TITLE].id == "Only English"
    assert found[TITLE].auto_comments == ["Written in the language en."]
    assert not found[TITLE].string
    assert "events/plattform/price" not in found
    other_events = [path for path in found if path and path.startswith("events/")]
    assert all(path.startswith("events/plattform/") for path in other_events)


def test_a_translation_that_is_there_is_part_of_the_file_and_can_be_corrected(
    portal: Host,
) -> None:
    found = catalog(portal, language="en")
    [message] = [message for message in found if message.context == TITLE]
    assert message.string == rich_exchange()["events"][0]["title"]["en"]
    message.string = "Corrected"
    assert bring_back(portal, found, "en") == "New or changed translations: 1.\n"
    titles = [event["title"] for event in export(portal)["events"] if event["slug"] == "plattform"]
    assert titles[0]["en"] == "Corrected"


def test_what_nobody_confirmed_or_what_changed_since_is_left_out_and_named(portal: Host) -> None:
    found = translate(catalog(portal), TITLE, "events/plattform/summary")
    for message in found:
        if message.context == "events/plattform/summary":
            message.flags.add("fuzzy")
    portal.load(factories.exchange(factories.event(title={"de": "Neu", "en": "New"})))
    said = bring_back(portal, found)
    assert "New or changed translations: 0." in said
    assert "marked as fuzzy: 1." in said
    assert f"export the file anew:\n  {TITLE}\n" in said


def test_a_published_consent_text_is_added_whole_and_never_changed(portal: Host) -> None:
    """C5: a translator's tool makes no new version, after which a yes would not count."""
    slug = f"purposes/{factories.PHOTOS}"
    said = bring_back(portal, translate(catalog(portal), f"{slug}/title"))
    assert f"both title and text of the consent are translated:\n  {slug}\n" in said
    bring_back(portal, translate(catalog(portal), f"{slug}/title", f"{slug}/text"))
    [before] = [text for text in export(portal)["purposes"] if text["slug"] == factories.PHOTOS]
    assert before["text"]["pl"].startswith("PL ")
    changed = catalog(portal)
    for message in changed:
        if message.context == f"{slug}/text":
            message.string = "Inaczej"
    said = bring_back(portal, changed)
    assert f"changed by a new version alone:\n  {slug}/text\n" in said
    assert before in export(portal)["purposes"]


def test_a_byte_order_mark_of_an_editor_is_no_fault(portal: Host) -> None:
    done = translate(catalog(portal))
    file = Path(portal.folder) / "texts.po"
    with file.open("wb") as open_file:
        open_file.write(b"\xef\xbb\xbf")
        write_po(open_file, done, width=0)
    result = portal.run("texts", "import", "pl", str(file))
    assert result.exit_code == 0, result.output


PARTIES: dict[str, dict[str, Any]] = {
    "controller/name": {"controller": {"name": {"de": "Stadt"}}},
    "processing/recipients/0/name": {"processing": {"recipients": [{"name": {"de": "Archiv"}}]}},
}


@pytest.mark.parametrize("path", PARTIES)
@pytest.mark.parametrize("language", ["en", "pl"])
def test_no_translation_of_what_belongs_to_a_consent_makes_a_new_version(
    host: Host, path: str, language: str
) -> None:
    """C5, C7: every yes stays, whoever else the text names, and nobody is asked again."""
    slug = f"purposes/{factories.PHOTOS}"
    text = factories.purpose(factories.PHOTOS, **PARTIES[path])
    host.load(factories.exchange(factories.open_event(), purposes=[text]))
    portal = host.make(STADTLABOR_LOCALES=["de", "en", "pl"])
    register(host, **{f"consent-{factories.PHOTOS}": "given"})
    done = translate(catalog(portal, language=language), f"{slug}/{path}")
    if language == "pl":
        translate(done, f"{slug}/title", f"{slug}/text")
    said = bring_back(portal, done, language)
    if language == "en":
        assert f"changed by a new version alone:\n  {slug}/{path}\n" in said
    else:
        assert said == "New or changed translations: 3.\n"
        assert f"PL {slug}/{path}" in str(export(portal)["purposes"])
    assert host.scalar(select(func.max(ConsentText.version))) == 1
    with host.app.app_context():
        subject = str(host.db.session.scalar(select(Registration.subject)))
        assert permits_use(subject, factories.PHOTOS)
    assert host.run("consent", "verify").exit_code == 0
    before = len(host.sent)
    assert not [mail for mail in host.mails()[before:] if "noch einmal" in mail["Subject"]]


@pytest.mark.parametrize(
    ("language", "content", "reason"),
    [
        ("pl", b"<html>", "This is no PO file"),
        ("pl", b"\xff\xfe\x00", "This is no PO file"),
        ("pl", b" " * 100_000 + b"x", "This is no PO file"),
        ("pl", b'msgid ""\nmsgstr "Language: nl\\n"\n', "it is in the language nl, not pl"),
        ("pl", UNKNOWN_CHARSET, "This is no PO file"),
        ("de", b"", "'de' is the portal's default language"),
        ("polnisch", b"", "'polnisch' is not the code of a language"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(
    portal: Host, language: str, content: bytes, reason: str
) -> None:
    file = Path(portal.folder) / "texts.po"
    file.write_bytes(content)
    result = portal.run("texts", "import", language, str(file))
    assert result.exit_code == 1
    assert reason in result.output
    assert portal.run("texts", "export", "de").exit_code == 1


def test_a_translation_that_no_page_can_hold_is_named_by_its_place(portal: Host) -> None:
    found = catalog(portal)
    for message in found:
        if message.context == TITLE:
            message.string = "x" * 200_000
    file = Path(portal.folder) / "texts.po"
    with file.open("wb") as open_file:
        write_po(open_file, found, width=0)
    result = portal.run("texts", "import", "pl", str(file))
    assert result.exit_code == 1
    assert "events/plattform.title.pl: This text has 200000 characters" in result.output
    assert all("pl" not in text for text in texts_in(export(portal)))

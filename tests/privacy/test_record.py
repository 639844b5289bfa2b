"""The record of processing activities (Art. 30 GDPR), as ``privacy record`` writes it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from markdown_it import MarkdownIt

from tests import factories
from tests.events.desk import statements
from tests.forms import fill
from tests.host import Host

PHOTOS = factories.purpose(
    "photos",
    title={"de": "Fotos im Netz", "en": "Photos on the web"},
    controller={
        "name": {"de": "Stadt Musterstadt", "en": "City of Musterstadt"},
        "address": "Rathausplatz 1, 12345 Musterstadt",
        "email": "stadt@stadt.example",
        "data_protection_officer": {"de": "Stabsstelle Datenschutz", "en": "Privacy office"},
        "authority": "LDI NRW",
    },
    valid_days=400,
    processing={
        "purpose": "PublicRelations",
        "personal_data": ["Picture"],
        "processing": ["Collect", "Publish"],
        "storage_duration": "P2Y",
        "location": "DE-NW",
        "processors": [{"name": "Druckerei | Söhne", "address": "Weg 2", "contact": "d@d.example"}],
    },
)
VIDEO = factories.purpose("video", title={"de": "Video", "en": "Video"}, controller=None)
CHANGED = {
    "STADTLABOR_RETENTION": timedelta(days=45),
    "STADTLABOR_SUPPORT_RETENTION": timedelta(hours=36),
    "STADTLABOR_POSTPONED_RETENTION": timedelta(days=200),
    "STADTLABOR_RATE_LIMITS": {
        "mail-address": "20 per 3 hours",
        "register-address": "9 per hour",
        "idea-person": "9 per hour",
        "picture": "9 per hour",
        "comment-person": "9 per hour",
    },
    "STADTLABOR_GUARDIAN_AGE": 14,
    "STADTLABOR_CHECKPOINT_MAIL": "dpo@stadt.example",
    "STADTLABOR_IMPRINT_URL": "/impressum",
}
SAID = {
    "de": [
        "# Verzeichnis von Verarbeitungstätigkeiten (Art. 30 Abs. 1 DSGVO)",
        "Stadt Musterstadt, Rathausplatz 1, 12345 Musterstadt, stadt@stadt.example",
        "    - Stabsstelle Datenschutz",
        "    - LDI NRW",
        "„Fotos im Netz“, Fassung 1 vom 2. März 2026",
        "„Titel privacy“, Fassung 1 vom 2. März 2026",
        "Auftragsverarbeiter: Druckerei \\| Söhne, Weg 2, d@d.example",
        "Ort der Verarbeitung: Deutschland (DE-NW)",
        "Gespeichert: 2 Jahre",
        "Gültigkeit einer Einwilligung: 400 Tage",
        "Unter 14 Jahren",
        "Anmeldungen: 45 Tage nach dem Ende",
        "Abweichend bei 1 Veranstaltung: 10 Tage",
        "Unterstützungsbedarf: 36 Stunden nach dem Ende",
        "bis zu 200 Tage nach dem früheren Ende",
        "aufgegebener Mails: 30 Tage nach dem Schreiben",
        "Zähler gegen Missbrauch, längstens: 3 Stunden",
        "Antworten auf Fragen von Veranstaltungen: Welcher Stadtteil?",
        "Per Mail, höchstens einmal in der Woche",
    ],
    "en": [
        "# Record of processing activities (Art. 30 (1) GDPR)",
        "City of Musterstadt, Rathausplatz 1, 12345 Musterstadt, stadt@stadt.example",
        "    - Privacy office",
        "    - LDI NRW",
        "“Photos on the web”, version 1 of 2 March 2026",
        "“Title privacy”, version 1 of 2 March 2026",
        "Processor: Druckerei \\| Söhne, Weg 2, d@d.example",
        "The place of the processing is Germany (DE-NW).",
        "Stored for: 2 years",
        "A consent runs out after: 400 days",
        "Below the age of 14",
        "Registrations: 45 days after the end",
        "Otherwise at 1 event: 10 days",
        "Support needs: 36 hours after the end",
        "up to 200 days after its former end",
        "mails that were given up: 30 days after",
        "Counters against abuse: at most 3 hours",
        "Answers to the questions of events: Which district?",
        "By mail, once a week at most",
    ],
}
BLANK = {"de": "[bitte ergänzen: ", "en": "[please fill in: "}
LANGUAGES = pytest.mark.parametrize("language", ["de", "en"])


def content(*more: dict[str, Any]) -> dict[str, Any]:
    """An event with a period and a question of its own, and two purposes."""
    asked = factories.question(
        "stadtteil", label={"de": "Welcher Stadtteil?", "en": "Which district?"}
    )
    event = factories.open_event(
        purposes=["photos", "video", "privacy"],
        retention_days=10,
        registration={"questions": [asked], "ask_support": True},
    )
    return factories.exchange(event, purposes=[PHOTOS, VIDEO, *more])


def written(host: Host, *options: str) -> str:
    result = host.run("privacy", "record", *options)
    assert result.exit_code == 0, result.output
    return result.stdout.replace("\N{NO-BREAK SPACE}", " ")


def activity(record: str, title: str) -> str:
    """What stands under the heading of one activity."""
    found = re.search(rf"^### \d+\. {re.escape(title)}$(.*?)(?=^##|\Z)", record, re.M | re.S)
    assert found, title
    return found[1]


@pytest.mark.one_database
@LANGUAGES
def test_it_says_what_settings_and_content_say(host: Host, language: str) -> None:
    portal = host.make(**CHANGED)
    portal.load(content())
    record = written(portal, "--lang", language)
    assert [words for words in SAID[language] if words not in record] == []
    assert "/impressum" in record
    assert "`dpv:PublicRelations`" in record
    assert "\n\n\n" not in record


@pytest.mark.one_database
@LANGUAGES
def test_what_the_content_leaves_out_is_a_blank(host: Host, language: str) -> None:
    host.load(content())
    record = written(host, "--lang", language)
    photos, video = {
        "de": ("Einwilligung: Fotos im Netz", "Einwilligung: Video"),
        "en": ("Consent: Photos on the web", "Consent: Video"),
    }[language]
    blank = BLANK[language]
    # recipients, and the third countries of those who get something
    assert activity(record, photos).count(blank) == 2
    # the data and what is done with them, processors, recipients, place, time
    assert activity(record, video).count(blank) == 6


@pytest.mark.one_database
def test_a_place_outside_of_the_economic_area_asks_for_the_safeguards(host: Host) -> None:
    abroad = factories.purpose("stream", processing={"location": "US"})
    host.load(content(abroad))
    said = activity(written(host, "--lang", "en"), "Consent: Title stream")
    assert "United States, outside of the European Economic Area" in said
    assert "[please fill in: the safeguards" in said


@pytest.mark.one_database
@LANGUAGES
def test_nothing_of_a_registered_person_is_in_it(host: Host, language: str) -> None:
    host.load(content())
    before = written(host, "--lang", language)
    given = factories.person(support_needs="Rollstuhl")
    answered = given | {"question-stadtteil": "Weitmar"}
    form = "/stadtlabor/de/events/plattform/register"
    assert fill(host.client(), form, answered).status_code == 303
    assert host.run("outbox", "run").exit_code == 0
    stored = host.run("person", "export", given["email"]).stdout
    assert all(word in stored for word in ("Rollstuhl", "Weitmar", "Yıldız"))
    assert written(host, "--lang", language) == before
    assert "Yıldız" not in before


@LANGUAGES
def test_it_works_for_an_empty_portal(host: Host, language: str) -> None:
    portal = host.make(STADTLABOR_PRIVACY_URL=None)
    record = written(portal, "--lang", language)
    named = {
        "de": ["Name der verantwortlichen Stelle", "wo die Datenschutzhinweise zu lesen sind"],
        "en": ["name of the controller", "where the privacy notice can be read"],
    }
    for what in named[language]:
        assert f"{BLANK[language]}{what}]" in record
    assert record.count("\n### ") == 5


@pytest.mark.one_database
def test_without_a_language_it_is_in_that_of_the_portal(host: Host) -> None:
    assert written(host).startswith("# Verzeichnis von ")
    english = host.make(STADTLABOR_DEFAULT_LOCALE="en")
    assert written(english).startswith("# Record of ")
    refused = host.run("privacy", "record", "--lang", "fr")
    assert refused.exit_code == 1
    assert "write one of: de, en." in refused.stderr


@pytest.mark.one_database
def test_what_the_city_wrote_is_no_mark_of_the_document(host: Host) -> None:
    """Nor does a line break in it begin another point, and no words of it pass for a blank."""
    title = "[please fill in: x] *a*\n# <b>b</b>"
    host.load(content(factories.purpose("marks", title={"de": title, "en": title})))
    record = written(host, "--lang", "en")
    assert "[please fill in: x]" not in record
    html = MarkdownIt().render(record)
    assert "[please fill in: x] *a* # &lt;b&gt;b&lt;/b&gt;</h3>" in html


@pytest.mark.one_database
def test_more_content_takes_no_more_statements(host: Host) -> None:
    host.load(content())
    few = _statements(host)
    more = [factories.purpose(f"more-{number}") for number in range(5)]
    events = [factories.open_event(f"event-{number}") for number in range(5)]
    host.load(factories.exchange(*events, purposes=[*more, factories.purpose("privacy")]))
    assert _statements(host) == few


def _statements(host: Host) -> int:
    with statements(host) as seen:
        written(host)
    return len([statement for statement in seen if statement.startswith("SELECT")])

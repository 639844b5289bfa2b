"""All text comes from the catalogs: a page in a pseudo-language shows nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from icalendar import Calendar
from werkzeug.test import TestResponse

from flask_stadtlabor import Actor
from flask_stadtlabor.exchange.importing import IMPORT
from flask_stadtlabor.registration.mails.kinds import KINDS
from tests import factories
from tests.browser import gallery, office, walks
from tests.host import Host
from tests.journeys.test_database_away import take_database_away
from tests.languages import heard, pseudo
from tests.registration.accounts import BEA

pytestmark = pytest.mark.one_database

START = "/stadtlabor/pl/"
STAFF = {"actor": lambda: Actor("staff:1", "Otto Orga"), "policy": lambda *asked: True}
PEOPLE = ["Änne", "Yıldız", "Ada", "Otto Orga", "Ilse", "Brockhoff", "Heft", "Schriftmittlung"]
STANDS = ["Stadtlabor", "stadt", "example", IMPORT.name, office.MESSAGE]
"""The portal's name, where it has set none, its address, and names and words in the history."""


@pytest.fixture
def portal(host: Host, tmp_path: Path) -> Host:
    """A portal that speaks it, where everybody is of the city's staff."""
    return speaking(host, tmp_path, **STAFF)


def speaking(host: Host, tmp_path: Path, **ports: Any) -> Host:
    """A portal that speaks it."""
    folder = pseudo.write(tmp_path / "catalogs", "pl")
    host.clock.now = factories.real_time()
    made = host.make(
        ports={"mailer": host.sent.append, **ports},
        STADTLABOR_LOCALES=["de", "en", "pl"],
        STADTLABOR_TRANSLATION_DIRECTORIES=[str(folder)],
        STADTLABOR_IMPRINT_URL="/impressum",
        STADTLABOR_ACCESSIBILITY_URL="/barrierefreiheit",
        STADTLABOR_BARRIER_REPORT_URL="/barriere-melden",
    )
    made.sent = host.sent
    return made


def known(content: Any) -> set[str]:
    """The words that are nobody's message: content, people, days and languages."""
    return heard.words_in([content, PEOPLE, STANDS]) | heard.words_of_locale("pl")


def assert_translated(answers: Iterable[tuple[TestResponse, str]], content: Any) -> None:
    """Nothing on these pages stands outside of the catalogs."""
    ours = known(content)
    found = {
        f"{response.request.full_path} {note}": sorted(words)
        for response, note in answers
        if (words := heard.foreign_words(heard.of_page(response.text, "pl"), ours))
    }
    assert found == {}


def test_all_that_citizens_read_can_be_translated(portal: Host) -> None:
    """Pages, errors, titles, labels and descriptions, and the mails that were sent meanwhile."""
    content = gallery.content()
    portal.load(content)
    assert_translated(walks.citizens(portal, "pl"), content)
    assert portal.sent
    ours = known(content)
    for mail in portal.sent:
        assert heard.foreign_words(heard.of_mail(mail, "pl"), ours) == set(), mail["Subject"]
    take_database_away(portal)
    away = portal.client().get(f"{START}?q=plattform")
    assert away.status_code == 503
    assert_translated([(away, "")], content)


def test_all_about_accounts_can_be_translated(host: Host, tmp_path: Path) -> None:
    content = gallery.content()
    city = speaking(host, tmp_path, actor=lambda: BEA)
    city.load(content)
    assert_translated(walks.account(city, "pl"), [content, BEA.name, BEA.email])


def test_all_that_staff_reads_can_be_translated(portal: Host) -> None:
    content = office.content()
    portal.load(content)
    found = office.people(portal)
    assert_translated(walks.staff(portal, "pl", found), content)


def test_all_about_consent_can_be_translated(host: Host, portal: Host) -> None:
    host.clock.reset()
    person = walks.asked_again(portal)
    assert_translated(
        walks.consents(person, "pl"), [gallery.content(), "Ganz anders. Bilder Stadt Musterstadt"]
    )


def test_every_mail_can_be_translated(portal: Host) -> None:
    """As staff sees it beforehand, with its text and its HTML."""
    content = office.content()
    portal.load(content)
    client = portal.client()
    mails = f"{START}organise/events/plattform/mails/"
    pages = [f"{mails}{kind.name}/pl/{part}" for kind in KINDS for part in ("", "html")]
    assert_translated(((client.get(page), "") for page in pages), content)


def test_calendars_and_feeds_can_be_translated(portal: Host) -> None:
    content = gallery.content()
    portal.load(content)
    client = portal.client()
    ours = known(content)
    for path in ("calendar.ics", "series/zu-besuch/calendar.ics", "events/online/event.ics"):
        calendar = Calendar.from_ical(client.get(START + path).data)
        said = [str(part.get(name, "")) for part in calendar.walk() for name in SAID]
        assert heard.foreign_words("\n".join(said), ours) == set(), path
    for path in ("feed.atom", "series/zu-besuch/feed.atom"):
        feed = fromstring(client.get(START + path).data)  # noqa: S314 - our own
        said = [element.text or "" for name in READ for element in feed.iter(ATOM + name)]
        assert heard.foreign_words("\n".join(said), ours) == set(), path


SAID = ("NAME", "X-WR-CALNAME", "X-WR-CALDESC", "SUMMARY", "DESCRIPTION", "LOCATION", "COMMENT")
ATOM = "{http://www.w3.org/2005/Atom}"
READ = ("title", "subtitle", "summary", "rights")

"""Numbers, plurals, lists and dates, as each language has them by the CLDR."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from flask_stadtlabor import dates, i18n
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.templating import markdown
from tests.factories import event, exchange, open_event, person
from tests.forms import fill, page
from tests.host import Host
from tests.organise.staff import DESK, HERE, staff_of

pytestmark = pytest.mark.one_database

SEATS = ("%(num)d seat is left.", "%(num)d seats are left.")
PLURALS = {
    "pl": "nplurals=3; plural=n == 1 ? 0 :"
    " n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 12 || n % 100 > 14) ? 1 : 2;",
    "ar": "nplurals=6; plural=n == 0 ? 0 : n == 1 ? 1 : n == 2 ? 2 :"
    " n % 100 >= 3 && n % 100 <= 10 ? 3 : n % 100 >= 11 ? 4 : 5;",
}
"""As translators' catalogs say it themselves; Babel's own order of forms changes by its version."""
FORMS = {
    "pl": ("Zostało %(num)d miejsce.", "Zostały %(num)d miejsca.", "Zostało %(num)d miejsc."),
    "ar": ("zero", "one", "two", "%(num)d few", "%(num)d many", "%(num)d hundreds"),
}


@pytest.fixture
def portal(host: Host, tmp_path: Path) -> Host:
    """A portal that speaks languages with several plurals; their catalogs hold little."""
    for language, forms in FORMS.items():
        catalog = Catalog(language)
        catalog.mime_headers = [("Plural-Forms", PLURALS[language])]
        catalog.add(SEATS, forms)
        if language == "ar":
            catalog.add("%(day)s, %(time)s", "%(day)s\N{ARABIC COMMA} %(time)s")
        target = tmp_path / language / "LC_MESSAGES" / "stadtlabor.mo"
        target.parent.mkdir(parents=True)
        with target.open("wb") as file:
            write_mo(file, catalog)
    return host.make(
        STADTLABOR_LOCALES=["de", "en", *FORMS],
        STADTLABOR_TRANSLATION_DIRECTORIES=[str(tmp_path)],
    )


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("en", 1, "1 seat is left."),
        ("en", 1200, "1,200 seats are left."),
        ("de", 1200, "1.200\N{NO-BREAK SPACE}Plätze sind noch frei."),
        ("pl", 1, "Zostało 1 miejsce."),
        ("pl", 3, "Zostały 3 miejsca."),
        ("pl", 5, "Zostało 5 miejsc."),
        ("pl", 22, "Zostały 22 miejsca."),
        ("ar", 0, "zero"),
        ("ar", 2, "two"),
        ("ar", 7, "7 few"),
        ("ar", 11, "11 many"),
        ("ar", 100, "100 hundreds"),
    ],
)
def test_a_count_has_the_plural_and_the_figures_of_its_language(
    portal: Host, language: str, count: int, said: str
) -> None:
    with portal.app.app_context(), i18n.use_language(language):
        assert i18n._sln(*SEATS, count) == said


def test_numbers_in_sentences_are_written_as_each_language_writes_them(portal: Host) -> None:
    with portal.app.app_context():
        for language, figures in {"de": ["1.000", "2.000"], "en": ["1,000", "2,000"]}.items():
            with i18n.use_language(language):
                said = i18n._sl("Page %(page)d of %(pages)d", page=1000, pages=2000)
            assert re.findall(r"[\d.,]+", said) == figures


@pytest.mark.parametrize(
    ("language", "said"),
    [("de", "A, B und C"), ("en", "A, B and C"), ("pl", "A, B i C"), ("ar", "A وB وC")],
)
def test_a_list_reads_as_each_language_joins_it(portal: Host, language: str, said: str) -> None:
    with portal.app.app_context(), i18n.use_language(language):
        assert i18n.listed(["A", "B", "C"]) == said
        assert i18n.listed([]) == ""


def test_a_list_of_texts_says_which_of_them_is_in_another_language(portal: Host) -> None:
    """A8, S9: and what stands in it is no markup."""
    texts = [LocalizedText({"de": "Nur <deutsch>"}), LocalizedText("Bochum & mehr")]
    with portal.app.app_context(), i18n.use_language("en"):
        assert i18n.marked_list(texts) == (
            '<span lang="de">Nur &lt;deutsch&gt;</span> and Bochum &amp; mehr'
        )


def test_a_text_that_runs_the_other_way_than_the_page_says_so(portal: Host) -> None:
    """A8: else the full stop of a German sentence stands before it on an Arabic page."""
    text = LocalizedText({"de": "Nur **deutsch**."})
    with portal.app.app_context():
        with i18n.use_language("ar"):
            assert i18n.lang_attribute(text) == ' lang="de" dir="ltr"'
            assert i18n.marked(text) == '<span lang="de" dir="ltr">Nur **deutsch**.</span>'
            assert str(markdown(text)).startswith('<div lang="de" dir="ltr">')
        with i18n.use_language("en"):
            assert i18n.lang_attribute(text) == ' lang="de"'


def test_dates_are_those_of_the_language(portal: Host) -> None:
    start = datetime(2023, 4, 19, 15, 30, tzinfo=UTC)
    with portal.app.app_context():
        with i18n.use_language("pl"):
            assert dates.format_day(start) == "środa, 19\N{NO-BREAK SPACE}kwietnia 2023"
            assert dates.format_month(start) == "kwiecień 2023"
            assert dates.format_month_below_day(start) == "kwietnia"
            assert dates.format_month_below_day(start, year=True) == "kwietnia 2023"
        with i18n.use_language("ar"):
            assert "أبريل" in dates.format_day(start)


def test_the_mark_between_day_and_hours_is_that_of_the_language(portal: Host) -> None:
    """It stays with the day when the line breaks."""
    portal.load(exchange(event()))
    for language, mark in (("ar", "\N{ARABIC COMMA}"), ("de", ",")):
        shown = page(portal.client().get(f"/stadtlabor/{language}/events/plattform/"))
        line = shown.select_one("time")
        assert line is not None
        day, hours = line.select("span")
        assert day.text.endswith(mark)
        assert line.text == f"{day.text} {hours.text}"
        assert "17:30" in hours.text or "٥" in hours.text or "5:30" in hours.text


def test_what_people_wrote_keeps_its_direction_beside_our_words(portal: Host) -> None:
    """A name or a telephone number would change places with the mark beside it."""
    portal.load(exchange(open_event()))
    staff = staff_of(portal).client()
    given = {**person(), "email": None, "reach": "+49 234 567"}
    assert fill(staff, f"{HERE}register", given).status_code == 303
    portal.load(exchange(open_event(starts_at="2026-04-22T17:00")), "--notify")
    notices = page(staff.get(f"{DESK}notices/"))
    assert [found.text for found in notices.select("li bdi")][:2] == [
        "Änne Yıldız-1",
        "+49 234 567",
    ]

"""Languages: in the path, by the browser's wish, and marked where a text is in another one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask_babel import get_locale

from flask_stadtlabor import dates, i18n
from flask_stadtlabor.db import LocalizedText
from tests.factories import exchange, open_event
from tests.host import Host

pytestmark = pytest.mark.one_database

START = datetime(2023, 4, 19, 15, 30, tzinfo=UTC)
END = datetime(2023, 4, 19, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("en-US", "en"),
        ("fr,en;q=0.2", "en"),
        # the first wish that can be met, though German is met to the letter
        ("en-GB, de;q=0.5", "en"),
        ("de;q=0, *, en;q=0.1", "en"),
        ("fr", "de"),
        (None, "de"),
    ],
)
def test_the_mount_point_leads_to_the_visitor_s_language(
    host: Host, wish: str | None, language: str
) -> None:
    answer = host.client().get("/stadtlabor/", headers={"Accept-Language": wish} if wish else {})
    assert answer.status_code == 302
    assert answer.location == f"/stadtlabor/{language}/"
    assert "Accept-Language" in answer.headers["Vary"]
    assert "Set-Cookie" not in answer.headers


def test_a_relative_of_a_language_shows_its_texts(host: Host) -> None:
    """RFC 4647: content in ``de`` is for Austria's German too, and never its English."""
    host.load(exchange(open_event(title={"en": "Have your say", "de": "Mitreden"})))
    portal = host.make(STADTLABOR_LOCALES=["en", "de-AT"], STADTLABOR_DEFAULT_LOCALE="en")
    shown = portal.client().get("/stadtlabor/de-AT/events/plattform/").text
    assert "<h1" in shown
    assert "Mitreden" in shown
    assert "Have your say" not in shown
    form = portal.client().get("/stadtlabor/de-AT/events/plattform/register").text
    assert "Der Text zu" in form
    assert "The text of" not in form


def test_an_unknown_language_is_the_host_s_own_404(host: Host) -> None:
    portal = host.make()
    portal.app.register_error_handler(404, lambda error: ("the host's own", 404))
    answer = portal.client().get("/stadtlabor/fr/")
    assert (answer.status_code, answer.text) == (404, "the host's own")
    ours = portal.client().get("/stadtlabor/de/events/nothing-here/")
    assert ours.status_code == 404
    assert ours.text != "the host's own"


def test_dates_are_written_as_each_language_writes_them(host: Host) -> None:
    with host.app.app_context():
        with i18n.use_language("de"):
            assert dates.format_day(START) == "Mittwoch, 19.\N{NO-BREAK SPACE}April 2023"
            assert dates.format_span(START, END, "Europe/Berlin") == (
                "17:30–19:00\N{NO-BREAK SPACE}Uhr"
            )
        with i18n.use_language("en"):
            assert dates.format_day(START) == "Wednesday, 19\N{NO-BREAK SPACE}April 2023"
            assert dates.format_time(START, "Europe/Berlin") == "17:30"


def test_a_missing_translation_is_shown_in_its_own_language(host: Host) -> None:
    """A8."""
    text = LocalizedText({"de": "Nur <deutsch>"})
    with host.app.app_context(), i18n.use_language("en"):
        assert i18n.marked(text) == '<span lang="de">Nur &lt;deutsch&gt;</span>'
        assert i18n.lang_attribute(text) == ' lang="de"'
        assert i18n.marked(LocalizedText("Bochum")) == "Bochum"


def test_a_mail_s_language_does_not_change_the_page_s(host: Host) -> None:
    with host.app.test_request_context("/stadtlabor/de/"), i18n.use_language("de"):
        with i18n.use_language("en"):
            assert i18n.language() == "en"
        assert i18n.language() == "de"
        assert dates.format_weekday(START) == "Mittwoch"


def test_the_language_switch_keeps_the_page_and_only_parameters_of_ours(host: Host) -> None:
    """S11, A8."""
    page = host.client().get("/stadtlabor/de/?q=Bochum&_scheme=javascript&_external=1&x=y").text
    assert "/stadtlabor/en/?q=Bochum" in page
    assert "javascript" not in page


def test_a_request_within_a_task_leaves_the_tasks_language_as_it_was(host: Host) -> None:
    """A mail that is being written in German stays German when something asks for a page."""
    with host.app.app_context(), i18n.use_language("de"):
        assert host.client().get("/stadtlabor/en/").status_code == 200
        assert i18n.language() == "de"
        assert str(get_locale()) == "de"
        assert i18n._sl("All events") == "Alle Veranstaltungen"

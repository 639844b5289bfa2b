"""A form that is shown again: its error messages, and the switch to another language."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from bs4 import Tag
from sqlalchemy import select
from werkzeug.test import TestResponse

from flask_stadtlabor.consent.models import ConsentEntry
from flask_stadtlabor.registration.models import Registration
from tests.factories import PHOTOS, exchange, open_event, person, registration
from tests.forms import fill, form_on, page, press, send, typed_into
from tests.host import Host

pytestmark = pytest.mark.one_database

FORM = "/stadtlabor/de/events/plattform/register"
HERE = "/stadtlabor/de/registration/"
ERRORS = "[role=alert] li"


def asking(*labels: str) -> dict[str, object]:
    questions = [
        {"slug": f"q{number}", "kind": "text", "label": label, "required": True}
        for number, label in enumerate(labels)
    ]
    return open_event(registration=registration(questions=questions))


def switch_on(answer: TestResponse, language: str) -> tuple[str, Tag]:
    """Where the button of a language posts, and the form that it posts."""
    shown = page(answer)
    button = shown.select_one(f".stadtlabor-languages button[lang={language}]")
    assert button is not None
    (form,) = shown.select(f"form#{button['form']}")
    return str(button["formaction"]), form


def test_each_line_of_the_summary_names_its_question(host: Host) -> None:
    """WCAG 3.3.1, 2.4.4."""
    host.load(exchange(asking("Wie kommst du?", {"de": "Was isst du?", "en": "Diet?"})))  # type: ignore[arg-type]
    answer = fill(host.client(), FORM, person())
    lines = [line.get_text() for line in page(answer).select(ERRORS)]
    assert lines == [
        "Bitte beantworte die Frage „Wie kommst du?“.",
        "Bitte beantworte die Frage „Was isst du?“.",
    ]
    long = {"question-q0": "x" * 501, "question-q1": "y" * 501}
    lines = [
        line.get_text() for line in page(fill(host.client(), FORM, person() | long)).select(ERRORS)
    ]
    assert lines == [
        "„Wie kommst du?“: Bitte gib höchstens 500 Zeichen ein.",
        "„Was isst du?“: Bitte gib höchstens 500 Zeichen ein.",
    ]


def test_a_language_switch_after_errors_keeps_what_was_typed(host: Host) -> None:
    """A8: by a button, so that nothing of it gets into an address, a cache or a log.

    What was typed after the errors is kept too.
    """
    host.load(exchange(asking("Wie kommst du?")))
    browser = host.client()
    given = person(given_name="") | {f"consent-{PHOTOS}": "refused", "question-q0": "Zu Fuß"}
    wrong = fill(browser, FORM, given)
    address, switch = switch_on(wrong, "en")
    assert address == FORM.replace("/de/", "/en/")
    since = {"question-q0": "Mit dem Rad", "stadtlabor-language": "en"}
    pressed = browser.post(address, data=typed_into(switch, since))
    assert pressed.status_code == 422
    assert pressed.headers["Cache-Control"] == "no-store"
    shown = page(pressed)
    assert [line.get_text() for line in shown.select(ERRORS)] == ["Enter your first name."]
    form = form_on(pressed)
    assert typed_into(form, {})["question-q0"] == "Mit dem Rad"
    assert typed_into(form, {})[f"consent-{PHOTOS}"] == "refused"
    assert host.scalar(select(Registration.id)) is None
    done = send(browser, pressed, {"given_name": "Änne"})
    assert done.location == "/stadtlabor/en/events/plattform/registered"


def test_a_language_switch_never_sends_a_form(host: Host) -> None:
    """Also where nothing is wrong any more."""
    host.load(exchange(open_event(purposes=[PHOTOS])))
    browser = host.client()
    wrong = fill(browser, FORM, person(given_name=""))
    switch = typed_into(switch_on(wrong, "en")[1], {"stadtlabor-language": "de"})
    switch["given_name"] = "X"
    again = browser.post(FORM, data=switch)
    assert again.status_code == 422
    assert not page(again).select("[role=alert]")
    assert host.scalar(select(Registration.id)) is None

    fill(browser, FORM, person())
    browser.get(host.link(host.mails()[-1]))
    before = host.scalar(select(ConsentEntry.seq).order_by(ConsentEntry.seq.desc()).limit(1))
    shown = browser.get(HERE)
    for action in ("/confirm", f"consents/{PHOTOS}/answer"):
        fields = typed_into(form_on(shown, action), {f"consent-{PHOTOS}": "given"})
        typed = {"stadtlabor-typed": urlencode(list(fields.items(multi=True)))}
        answer = send(browser, shown, typed | {"stadtlabor-language": "de"}, action=action)
        assert answer.status_code == 422
    assert host.scalar(select(Registration.state)) == "held"
    assert (
        host.scalar(select(ConsentEntry.seq).order_by(ConsentEntry.seq.desc()).limit(1)) == before
    )


def test_what_was_typed_comes_back_once_however_many_languages_there_are(host: Host) -> None:
    """A stranger could otherwise have half a megabyte answered with many."""
    codes = ["de", "en", "fr", "it", "pl", "tr", "uk", "ar"]
    many = host.make(STADTLABOR_LOCALES=codes)
    many.load(exchange(open_event()))
    answers = [
        fill(many.client(), FORM, person(given_name="", family_name="ü" * length))
        for length in (100, 20_100)
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    # in its field alone, which the switch sends
    assert len(answers[1].data) - len(answers[0].data) < 20_000 * 2 + 1000
    for code in codes[1:]:
        address, form = switch_on(answers[0], code)
        again = many.client().post(address, data=typed_into(form, {"stadtlabor-language": code}))
        assert "ü" * 100 in again.text


def test_a_browser_without_cookies_is_told_so(host: Host) -> None:
    """Opening the link again would lead here again."""
    host.load(exchange(open_event()))
    fill(host.client(), FORM, person())
    link = host.link(host.mails()[-1])
    without = host.app.test_client(use_cookies=False)
    assert without.get(link).status_code == 303
    told = page(without.get(HERE)).select_one("main")
    assert told is not None
    assert "erlaube in den Einstellungen deines Browsers Cookies" in told.get_text()
    with_cookies = host.client()
    with_cookies.set_cookie("session", "x")
    assert "Cookies" not in with_cookies.get(HERE).text
    sent = fill(without, FORM, person(2))
    assert sent.status_code == 422
    assert "kein Cookie" in page(sent).select(ERRORS)[0].get_text()


def test_a_form_that_was_open_when_the_secret_changed_loses_nothing(host: Host) -> None:
    """C6: with SECRET_KEY_FALLBACKS no answer is asked anew, and nothing else is said to be so."""
    host.load(exchange(open_event()))
    field = f"consent-{PHOTOS}"
    renewed = host.make(
        SECRET_KEY="another one", SECRET_KEY_FALLBACKS=[host.app.config["SECRET_KEY"]]
    )
    fill(host.client(), FORM, person())
    browser = host.client()
    mine = browser.get(host.link(host.mails()[0])).location
    press(browser, mine, "/confirm")
    for path, action in ((FORM, "/register"), (mine, f"/consents/{PHOTOS}/answer")):
        opened = browser.get(path)
        later = renewed.client()
        (cookie,) = browser._cookies.values()  # type: ignore[attr-defined]
        later.set_cookie(cookie.key, cookie.value)
        given = {field: "refused"} if path == mine else person() | {field: "refused"}
        answer = send(later, opened, given, action=action)
        assert answer.status_code == 422
        (line,) = page(answer).select(ERRORS)
        assert line.get_text().startswith("Die Seite war zu lange geöffnet.")
        assert typed_into(form_on(answer, action), {})[field] == "refused"

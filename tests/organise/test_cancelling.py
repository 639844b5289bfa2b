"""Staff cancels for somebody, who is told by whom and why."""

from __future__ import annotations

import pytest

from tests.factories import exchange, open_event
from tests.forms import fill, press
from tests.host import Host
from tests.organise.staff import DESK, HERE, register, staff_of, words_of
from tests.registration.mails.written import bodies

pytestmark = pytest.mark.one_database

REASON = "Die Veranstaltung ist nur für Anwohner*innen."


def cancel(host: Host, number: int, **fields: str) -> str:
    """The text of the mail about it."""
    here = f"{HERE}registrations/{number}/"
    answer = fill(staff_of(host).client(), here, action="/cancel", **fields)
    assert answer.status_code == 303
    return " ".join(bodies(host.mails()[-1])[0].split())


def test_the_mail_says_who_cancelled_and_why(host: Host) -> None:
    host.load(exchange(open_event()))
    text = cancel(host, register(host), reason=REASON)
    assert "Unser Team hat dich abgemeldet." in text
    assert f"Der Grund: {REASON}" in text
    assert "Danke, dass du Bescheid gesagt hast" not in text
    assert str(host.mails()[-1]["Subject"]).startswith("Du wurdest abgemeldet")
    calendars = [part.get_param("method") for part in host.mails()[-1].walk()]
    assert "CANCEL" in calendars


def test_the_page_behind_the_link_thanks_nobody_for_it(host: Host) -> None:
    """Nor does it say that they cancelled themselves."""
    host.load(exchange(open_event()))
    cancel(host, register(host))
    browser = host.client()
    browser.get(host.link(host.mails()[-1]))
    for page in ("", "ticket"):
        text = browser.get(f"/stadtlabor/de/registration/{page}").text
        assert "Du hast dich abgemeldet" not in text
        assert "Danke" not in text
        assert "Für dich ist kein Platz mehr reserviert." in text


def test_a_reason_need_not_be_given(host: Host) -> None:
    host.load(exchange(open_event()))
    text = cancel(host, register(host, party_size=2))
    assert "Unser Team hat deine Gruppe abgemeldet." in text
    assert "Grund" not in text


def test_whoever_cancels_themselves_did_it(host: Host) -> None:
    host.load(exchange(open_event()))
    register(host, party_size=2)
    browser = host.client()
    browser.get(host.link(host.mails()[-1]))
    assert press(browser, "/stadtlabor/de/registration/", "/cancel").status_code == 303
    text = " ".join(bodies(host.mails()[-1])[0].split())
    assert "Danke, dass du Bescheid gesagt hast" in text
    assert "Für 2" not in text


def test_whoever_has_no_address_is_told_the_reason_too(host: Host) -> None:
    host.load(exchange(open_event()))
    staff = staff_of(host).client()
    details = {"given_name": "Ilse", "family_name": "Brockhoff", "reach": "0234 4711", "email": ""}
    answer = fill(staff, f"{HERE}register", details)
    press(staff, f"{DESK}notices/", "/done")
    here = answer.location.partition("?")[0]
    assert fill(staff, here, action="/cancel", reason=REASON).status_code == 303
    told = words_of(staff, f"{DESK}notices/")
    assert "Our team has cancelled your registration." in told
    assert REASON in told


def test_a_reason_that_is_too_long_cancels_nothing_and_is_kept(host: Host) -> None:
    host.load(exchange(open_event()))
    here = f"{HERE}registrations/{register(host)}/"
    answer = fill(staff_of(host).client(), here, action="/cancel", reason="Weil " * 70)
    assert answer.status_code == 422
    assert "at most 300 characters" in answer.text
    assert "Weil Weil" in answer.text
    assert "Has cancelled" not in answer.text

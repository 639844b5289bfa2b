"""A stranger's words reach nobody by our mails: of what they type only a plain name is shown."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

import pytest

from flask_stadtlabor.registration.mails.plain_names import plain_name
from tests.factories import exchange, open_event, person, question
from tests.forms import fill, press
from tests.host import Host

FORM = "/stadtlabor/de/events/plattform/register"
REAL = [
    "Änne", "O’Brien-Smith", "O'Neill", "Dr. von der Leyen", "Jean-Luc", "J.R.R.", "J. R. R.",
    "Dr.-Ing. Meier", "María José", "محمد بن عبد", "عبد الرحمن", "王小明", "山田", "太郎",
    "アレクサンドル", "约翰·史密斯", "Gal·la", "நளினி", "สมชาย", "Đặng Văn", "ʻAkahi", "Zoë",
    "’t Hooft", "نیم\u200cفاصله", "Nguyễn", "Şahin", "Ærø", "I", "Martin jr.", "Anna\u00a0Lena",
    "Łukasz", "Μαρία", "Оксана", "שרה", "김민준", "José de la Cruz",
]  # fmt: skip
OTHER = [
    "böse.example", "Kauf bei böse.example", "https://böse.example", "www.böse.example",
    "www böse example", "wwwevil", "ｗｗｗ evil", "evil．com", "evil。com", "e-mail@böse.example",
    "a＠b", "Ruf 0234 123456 an", "٠١٢٣", "Gewinn 1000", "Ludwig ²", "t.co", "x.y.zz",
    "Sie haben gewonnen rufen Sie", "Geld!!", "Ada\nKauf", "bit.ly/x", "a/b", "evil\u202ecom",
    "👨\u200d👩\u200d👧", "点击这里领取您的奖金现在", "evil·com", "A" * 41, "<b>Ada</b>",
    "Ada (Kauf)", "Ada: Kauf", "Ada, Kauf", "Ada_Kauf", "…", "-", "http", "ad.kauf.", "",
]  # fmt: skip


@pytest.mark.parametrize("name", REAL)
def test_real_names_are_plain(name: str) -> None:
    assert plain_name(name) is not None


@pytest.mark.parametrize("name", OTHER)
def test_what_could_be_anything_else_is_not(name: str) -> None:
    assert plain_name(name) is None


def test_two_names_make_one_line_and_no_sentence() -> None:
    assert plain_name("Ursula", "von der Leyen") == "Ursula von der Leyen"
    assert plain_name("Sie haben gewonnen bitte", "rufen Sie uns") is None
    assert plain_name("Ada", "böse.example") is None


def whole(message: EmailMessage) -> str:
    """All parts, decoded, and all headers; without the folding of calendars (RFC 5545 §3.1)."""
    parts = [
        payload.decode()
        for part in message.walk()
        if part.get_content_maintype() != "image"
        and isinstance(payload := part.get_payload(decode=True), bytes)
    ]
    text = "\n".join([*map(str, message.values()), *parts])
    return text.replace("\r\n ", "").replace("\n ", "")


EVERYTHING: dict[str, Any] = {
    "given_name": "Gewinne bei gauner.example",
    "family_name": "Anruf 0190 666",
    "companion-1": "Gauner-Begleitung.example",
    "question-woher": "Gauner-Antwort https://gauner.example",
    "support_needs": "Gauner-Hilfe https://gauner.example",
    "party_size": 2,
}


@pytest.mark.one_database
@pytest.mark.parametrize("confirms", [True, False])
def test_no_mail_carries_what_a_stranger_typed(host: Host, confirms: bool) -> None:
    """S9: in every mail to an address that somebody else may have typed, and in its calendar."""
    details = {
        "confirm_by_email": confirms,
        "companion_names": "optional",
        "ask_support": True,
        "questions": [question("woher")],
    }
    host.load(exchange(open_event(registration=details)))
    for _ in range(2):
        assert fill(host.client(), FORM, person() | EVERYTHING).status_code == 303
    browser = host.client()
    browser.get(host.link(host.mails()[0]))
    here = "/stadtlabor/de/registration/"
    if confirms:
        press(browser, here, "/confirm")
    fill(host.client(), f"{here}send-link", email=person()["email"])
    host.load(exchange(open_event(registration=details, title="Anders")), "--notify")
    host.mails()
    press(browser, here, "/cancel")
    sent = host.mails()
    assert len(sent) >= 5
    calendars = [mail for mail in sent if "BEGIN:VCALENDAR" in whole(mail)]
    assert calendars
    for mail in sent:
        for word in ("gauner", "Gauner", "0190 666", "Gewinne", "Anruf"):
            assert word not in whole(mail)
    assert all("ATTENDEE" in whole(mail) for mail in calendars)


@pytest.mark.one_database
def test_a_plain_name_is_greeted_and_invited(host: Host) -> None:
    host.load(exchange(open_event()))
    fill(host.client(), FORM, person(given_name="Seán", family_name="O’Brien-Smith"))
    browser = host.client()
    browser.get(host.link(host.mails()[0]))
    press(browser, "/stadtlabor/de/registration/", "/confirm")
    mail = whole(host.mails()[-1])
    assert "Hallo Seán" in mail
    assert "CN=Seán O’Brien-Smith" in mail.replace('"', "")

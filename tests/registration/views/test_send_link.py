""" "Send me my link again": for whoever lost the mail, and of no use to anybody else."""

from __future__ import annotations

import re
from datetime import timedelta
from email.message import EmailMessage

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from flask_stadtlabor.outbox.delivery import deliver_all
from flask_stadtlabor.registration.models import AccessToken
from tests import factories
from tests.forms import fill, page, press
from tests.host import Host
from tests.outbox.letters import rows

FORM = "/stadtlabor/{}/registration/send-link"
REGISTER = "/stadtlabor/{}/events/{}/register"
PERSON = factories.person()
EMAIL = PERSON["email"]


def asked(host: Host, email: str = EMAIL, language: str = "de") -> list[EmailMessage]:
    """The mails that come of asking."""
    host.mails()
    host.sent.clear()
    answer = fill(host.client(), FORM.format(language), email=email)
    assert (answer.status_code, answer.location) == (
        303,
        f"/stadtlabor/{language}/registration/link-sent",
    )
    return list(host.mails())


def links(message: EmailMessage) -> list[str]:
    """The paths of the links in the text, in their order; the HTML has the same."""
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    found = re.findall(r"https://stadt\.example(/\S+/registration/\S+)", text.get_content())
    buttons = BeautifulSoup(html.get_content(), "html.parser").select("a.button")
    assert [str(button["href"]) for button in buttons] == [
        f"https://stadt.example{path}" for path in found
    ]
    return found


def buttons(host: Host) -> list[str]:
    """What the buttons of the mail say that comes of asking."""
    (message,) = asked(host)
    html = message.get_body(("html",))
    assert html is not None
    found = BeautifulSoup(html.get_content(), "html.parser").select("a.button")
    return [button.get_text() for button in found]


def register(host: Host, slug: str, language: str = "de", **changes: object) -> None:
    answer = fill(host.client(), REGISTER.format(language, slug), PERSON | changes)
    assert answer.status_code == 303


@pytest.mark.one_database
def test_one_mail_leads_to_every_registration(host: Host) -> None:
    """The next event first, each with a fresh link, and where it stands."""
    host.load(
        factories.exchange(
            factories.open_event(
                "spaeter", starts_at="2026-05-22T17:30", ends_at="2026-05-22T19:00"
            ),
            factories.open_event("bald"),
            factories.open_event("fremd", title="Das der anderen"),
        )
    )
    register(host, "spaeter")
    register(host, "bald")
    register(host, "fremd", email="person2@buerger.example")
    (message,) = asked(host)
    body = message.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert text.index("22.\N{NO-BREAK SPACE}April") < text.index("22.\N{NO-BREAK SPACE}Mai")
    assert text.count("Noch nicht bestätigt") == 2
    assert "Das der anderen" not in text
    titles = []
    for link in links(message):
        browser = host.client()
        shown = browser.get(browser.get(link).location)
        assert shown.status_code == 200
        titles.append(str(page(shown).select_one("form[action$='/confirm']") is not None))
    assert titles == ["True", "True"]


@pytest.mark.one_database
def test_each_link_of_the_mail_says_where_it_leads(host: Host) -> None:
    host.load(factories.exchange(factories.open_event("bald", title="Offenes Labor")))
    register(host, "bald")
    (alone,) = buttons(host)
    assert alone == "Anmeldung ansehen oder ändern"
    host.load(factories.exchange(factories.open_event("spaeter", title="Das andere Labor")))
    register(host, "spaeter")
    assert sorted(buttons(host)) == [
        "Meine Anmeldung: Das andere Labor",
        "Meine Anmeldung: Offenes Labor",
    ]


@pytest.mark.one_database
def test_earlier_links_go_on_working(host: Host) -> None:
    host.load(factories.exchange(factories.open_event()))
    register(host, "plattform")
    before = host.link(host.mails()[-1])
    asked(host)
    assert host.client().get(before).status_code == 303


def test_it_is_found_whatever_the_case_of_its_letters(host: Host) -> None:
    host.load(factories.exchange(factories.open_event()))
    register(host, "plattform", email="Aenne.Yildiz@Buerger.example")
    (message,) = asked(host, "aenne.yildiz@buerger.example")
    # to the address as it was written when it was confirmed to be theirs
    assert message["To"] == "Aenne.Yildiz@buerger.example"


@pytest.mark.one_database
def test_the_mail_is_in_the_language_of_the_latest_registration(host: Host) -> None:
    host.load(factories.exchange(factories.open_event("eins"), factories.open_event("zwei")))
    register(host, "eins", "de")
    register(host, "zwei", "en")
    (message,) = asked(host, language="de")
    assert message["Content-Language"] == "en"
    assert message["Subject"] == "The links to your registrations"


@pytest.mark.one_database
def test_a_past_event_is_listed_until_its_registrations_are_deleted(host: Host) -> None:
    host.load(factories.exchange(factories.open_event(retention_days=10)))
    register(host, "plattform")
    browser = host.client()
    browser.get(host.link(host.mails()[-1]))
    press(browser, "/stadtlabor/de/registration/", "/confirm")
    host.clock.now += timedelta(days=55)
    (message,) = asked(host)
    body = message.get_body(("plain",))
    assert body is not None
    assert "Diese Veranstaltung ist vorbei" in body.get_content()
    host.clock.now += timedelta(days=10)
    assert asked(host) == []


@pytest.mark.one_database
def test_a_draft_is_not_listed(host: Host) -> None:
    """What the city has taken back is nobody's to see."""
    host.load(factories.exchange(factories.open_event("eins"), factories.open_event("zwei")))
    register(host, "eins")
    register(host, "zwei")
    host.mails()
    host.load(factories.exchange(factories.open_event("eins", status="draft")))
    (message,) = asked(host)
    assert len(links(message)) == 1
    host.load(factories.exchange(factories.open_event("zwei", status="draft")))
    assert asked(host) == []


def test_a_hold_that_is_over_is_not_listed(host: Host) -> None:
    """Also where nobody has ended it yet, as in a process that only delivers."""
    host.load(factories.exchange(factories.open_event()))
    register(host, "plattform")
    host.mails()
    host.sent.clear()
    host.clock.now += timedelta(hours=49)
    fill(host.client(), FORM.format("de"), email=EMAIL)
    with host.app.app_context():
        assert deliver_all().sent == 0
    assert host.sent == []


@pytest.mark.one_database
def test_nothing_is_sent_to_a_stranger_and_nothing_stays_of_the_address(host: Host) -> None:
    """C12: neither where it was asked for in vain, nor where a mail was sent."""
    host.load(factories.exchange(factories.open_event()))
    assert asked(host, "niemand@buerger.example") == []
    register(host, "plattform")
    assert len(asked(host)) == 1
    kept = rows(host)
    assert [mail.kind for mail in kept].count("links") == 2
    assert all(mail.recipient is None and mail.message is None for mail in kept)


@pytest.mark.one_database
def test_every_further_try_sends_the_same_mail(host: Host) -> None:
    """S14: what was written once is kept, with its Message-ID and its links."""
    host.load(factories.exchange(factories.open_event()))
    register(host, "plattform")
    host.mails()
    tried: list[EmailMessage] = []

    def mailer(message: EmailMessage) -> None:
        tried.append(message)
        if len(tried) == 1:
            raise OSError("The mail server is away.")

    portal = host.make(ports={"mailer": mailer})
    fill(portal.client(), FORM.format("de"), email=EMAIL)
    assert portal.run("outbox", "run").exit_code == 1
    tokens = host.scalar(select(func.count(AccessToken.token_hash)))
    host.clock.move(minutes=2)
    assert portal.run("outbox", "run").exit_code == 0
    assert bytes(tried[0]) == bytes(tried[1])
    assert host.scalar(select(func.count(AccessToken.token_hash))) == tokens


@pytest.mark.one_database
def test_asking_too_often_is_told_and_loses_nothing(host: Host) -> None:
    """S4: per client."""
    few = host.make(STADTLABOR_RATE_LIMITS={"send-link": "1 per hour"})
    assert fill(few.client(), FORM.format("de"), email=EMAIL).status_code == 303
    answer = fill(few.client(), FORM.format("de"), email=EMAIL)
    assert answer.status_code == 429
    assert page(answer).select_one(f"[name=email][value='{EMAIL}']")


@pytest.mark.one_database
@pytest.mark.parametrize(
    "email", ["", "niemand", "a@b@c.example", "x@buerger.example\r\nBcc: y@z.de"]
)
def test_an_address_that_cannot_be_right_is_named(host: Host, email: str) -> None:
    answer = fill(host.client(), FORM.format("de"), email=email)
    assert answer.status_code == 422
    found = page(answer)
    assert found.title is not None
    assert found.title.get_text().startswith("Fehler:")
    assert found.select("[role=alert] a[href='#email']")
    assert found.select("#email[aria-invalid=true]")
    assert host.mails() == []


@pytest.mark.one_database
def test_a_robot_is_asked_once_more(host: Host) -> None:
    """S4: by the honeypot, and with the address kept."""
    given = {"email": EMAIL, "website": "https://spam.example"}
    answer = fill(host.client(), FORM.format("de"), given)
    assert answer.status_code == 422
    assert page(answer).select_one(f"[name=email][value='{EMAIL}']")
    assert not rows(host)


@pytest.mark.one_database
def test_a_browser_that_fills_the_one_field_at_once_is_no_robot(host: Host) -> None:
    slow = host.make(STADTLABOR_FORM_MIN_SECONDS=60)
    assert fill(slow.client(), FORM.format("de"), {"email": EMAIL}).status_code == 303


@pytest.mark.one_database
def test_the_form_is_a_get_that_writes_nothing_and_no_cache_keeps_it(host: Host) -> None:
    """S1, S3."""
    for path in (FORM.format("de"), "/stadtlabor/de/registration/link-sent"):
        response = host.client().get(path)
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store"
        assert page(response).select("meta[name=robots][content=noindex]")
    assert host.client().post(FORM.format("de"), data={"email": EMAIL}).status_code == 422


@pytest.mark.one_database
def test_the_way_there_is_where_people_look_for_it(host: Host) -> None:
    host.load(factories.exchange(factories.open_event()))
    client = host.client()
    form = REGISTER.format("de", "plattform")
    pages = [client.get(form), client.get("/stadtlabor/de/registration/")]
    pages.append(client.get(fill(client, form, PERSON).location))
    browser = host.client()
    link = host.link(host.mails()[-1])
    host.clock.now += timedelta(days=300)
    pages.append(browser.get(link))
    assert [response.status_code for response in pages] == [200, 403, 200, 410]
    for response in pages:
        assert page(response).select(f"main a[href='{FORM.format('de')}']")


@pytest.mark.one_database
def test_whatever_has_a_consent_in_force_can_be_withdrawn_by_the_mail(host: Host) -> None:
    """C13: a cancelled registration too; once nothing is in force, there is no mail any more."""
    photos = factories.purpose(factories.PHOTOS)
    host.load(factories.exchange(factories.open_event(), purposes=[photos]))
    register(host, "plattform", **{f"consent-{factories.PHOTOS}": "given"})
    mine, here = host.client(), "/stadtlabor/de/registration/"
    mine.get(host.link(host.mails()[-1]))
    press(mine, here, "/confirm")
    press(mine, here, "/cancel")
    (message,) = asked(host)
    body = message.get_body(("plain",))
    assert body is not None
    words = " ".join(body.get_content().split())
    assert "Du bist dort nicht mehr angemeldet." in words
    assert "Über diesen Link kannst du es widerrufen." in words
    (link,) = links(message)
    again = host.client()
    again.get(link)
    assert press(again, here, f"/{factories.PHOTOS}/withdraw").status_code == 303
    assert asked(host) == []


@pytest.mark.one_database
def test_a_cancelled_registration_without_a_consent_gets_no_mail(host: Host) -> None:
    host.load(factories.exchange(factories.open_event()))
    register(host, "plattform")
    mine, here = host.client(), "/stadtlabor/de/registration/"
    mine.get(host.link(host.mails()[-1]))
    press(mine, here, "/confirm")
    press(mine, here, "/cancel")
    assert asked(host) == []


@pytest.mark.one_database
def test_an_address_is_found_in_either_form_of_its_domain(host: Host) -> None:
    """And with what came along when it was pasted."""
    host.load(factories.exchange(factories.open_event()))
    register(host, "plattform", email="ada@bücher.example")
    for typed in ("ada@xn--bcher-kva.example", "\u2066ada@Bücher.example\u2069\u200b"):
        assert len(asked(host, typed)) == 1, typed

"""The demo's people: two who can sign in, and a few who registered before you."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.datastructures import MultiDict

from example_app import mailbox
from example_app.demo.content import read
from example_app.extensions import db
from example_app.models import News, User


class Account(NamedTuple):
    """Somebody who can sign in to the demo."""

    email: str
    password: str
    name: str
    is_organiser: bool


ACCOUNTS = (
    Account("bea@musterstadt.example", "buergerin", "Bea Bürgerin", False),
    Account("otto@musterstadt.example", "organisator", "Otto Organisator", True),
)


class Guest(NamedTuple):
    """Somebody who registers by the form."""

    given_name: str
    family_name: str
    photos: str | None = None
    """Their answer about photos: ``given``, ``refused`` or none."""
    party_size: int = 1
    confirms: bool = True
    does: str = ""
    """What they do later: ``withdraw`` their consent, ``cancel`` or ``arrive``."""


WORKSHOP = (
    Guest("Hatice", "Demir", "given"),
    Guest("Jannik", "Osterkamp", "refused"),
    Guest("Marlies", "Thewes"),
    Guest("Paweł", "Nowicki", "given"),
    Guest("Greta", "Vennemann", "refused"),
    # so that staff has something to take down
    Guest("Samuel", "Okafor", "given", does="withdraw"),
    Guest("Ilse", "Brockhoff"),
    Guest("Deniz", "Arslan", "given"),
)
"""Who comes to the event that is full."""
DOOR = (
    Guest("Aylin", "Demirel", "given", does="arrive"),
    Guest("Bernd", "Grabowski", "given", party_size=2, does="arrive"),
    Guest("Chiara", "Lombardi", "refused", does="arrive"),
    Guest("Dieter", "Holtkamp", party_size=3),
    Guest("Émilie", "Laurent", "given"),
    Guest("Finn", "Petersen", "refused"),
    Guest("Gökçe", "Aksoy", "given", party_size=2, does="arrive"),
    Guest("Hannes", "Kowalczyk", confirms=False),
    Guest("Ida", "Sommer", "given", confirms=False),
    Guest("Jurek", "Wilczek", "refused", does="cancel"),
    Guest("Khadija", "Mansour", "given", party_size=2),
    Guest("Łukasz", "Brandt", "given", party_size=4),
)
"""Who comes to the event that is about to begin."""
GUESTS = {"workshop": WORKSHOP, "door": DOOR}
DOOR_NAME = "Haupteingang"
BY_TELEPHONE = {
    "given_name": "Erika",
    "family_name": "Ohnesorg",
    "reach": "0234 000-17, vormittags",
    "party_size": "1",
    "language": "de",
}
"""Whom staff registers, because she has no e-mail address."""


def add_accounts_and_news(today: date) -> None:
    """Put in what is missing; a notice that is there is dated anew. Commits."""
    for account in ACCOUNTS:
        if db.session.scalar(select(User).filter_by(email=account.email)) is None:
            user = User(email=account.email, name=account.name, is_organiser=account.is_organiser)
            user.set_password(account.password)
            db.session.add(user)
    for entry in read("news")["news"]:
        item = db.session.scalar(select(News).filter_by(slug=entry["slug"]))
        if item is None:
            item = News(slug=entry["slug"])
            db.session.add(item)
        item.published_on = today - timedelta(days=entry["days_ago"])
        for part in ("title", "teaser", "body"):
            for language, words in entry[part].items():
                setattr(item, f"{part}_{language}", words.strip())
    db.session.commit()


def is_empty(slug: str) -> bool:
    """Whether nobody has a seat at the event yet, by the Stadtlabor's public column."""
    query = text("SELECT seats_taken FROM stadtlabor_event WHERE slug = :slug")
    return not db.session.scalar(query, {"slug": slug})


def register_everybody(app: Flask, slug: str, guests: Sequence[Guest]) -> None:
    """Register people for an event as anybody does: by the form, and the mailed link."""
    with app.test_request_context():
        address = url_for("stadtlabor.register", lang="de", slug=slug)
    browsers = [app.test_client() for _ in guests]
    forms = [hidden_fields(browser, address) for browser in browsers]
    time.sleep(app.config.get("STADTLABOR_FORM_MIN_SECONDS", 2) + 1)
    for browser, form, guest in zip(browsers, forms, guests, strict=True):
        answer = browser.post(address, data=MultiDict(form + _typed(guest)))
        if answer.status_code != 303:
            raise RuntimeError(f"{address} answered {answer.status}.")
    app.test_cli_runner().invoke(args=["stadtlabor", "outbox", "run"])
    for browser, guest in zip(browsers, guests, strict=True):
        if guest.confirms:
            _confirm(app, browser, guest)
    for browser, guest in zip(browsers, guests, strict=True):
        if guest.does == "withdraw":
            _press(app, browser, "withdraw", purpose="photos-website")
        elif guest.does == "cancel":
            _press(app, browser, "cancel")
    _work_as_staff(app, slug, guests)
    app.test_cli_runner().invoke(args=["stadtlabor", "outbox", "run"])


def _confirm(app: Flask, browser: FlaskClient, guest: Guest) -> None:
    with app.app_context():
        link = mailed_link(_address(guest))
    with app.test_request_context():
        confirm = url_for("stadtlabor.confirm", lang="de")
    page = browser.get(link).headers["Location"]
    # somebody on the waiting list has nothing to confirm yet
    if confirm in browser.get(page).text:
        browser.post(confirm, data=MultiDict(hidden_fields(browser, page)))


def _press(app: Flask, browser: FlaskClient, button: str, **values: Any) -> None:
    """Press a button of somebody's own page."""
    with app.test_request_context():
        page = url_for("stadtlabor.registration", lang="de")
        address = url_for(f"stadtlabor.{button}", lang="de", **values)
    browser.post(address, data=MultiDict(hidden_fields(browser, page)))


def _work_as_staff(app: Flask, slug: str, guests: Sequence[Guest]) -> None:
    """An organiser signs in and does what organisers do: at the desk, or else at the door."""
    organiser = next(account for account in ACCOUNTS if account.is_organiser)
    with app.test_request_context():
        sign_in = url_for("accounts.sign_in", lang="de")
        desk = url_for("stadtlabor.organise_register", lang="de", slug=slug)
        door = url_for("stadtlabor.check_in", lang="de", slug=slug)
    browser = app.test_client()
    typed = [("email", organiser.email), ("password", organiser.password)]
    browser.post(sign_in, data=MultiDict(hidden_fields(browser, sign_in) + typed))
    arriving = [guest for guest in guests if guest.does == "arrive"]
    if arriving:
        named = [*hidden_fields(browser, door), ("door", DOOR_NAME)]
        browser.post(f"{door}door", data=MultiDict(named))
        for guest in arriving:
            _let_in(browser, door, guest)
    else:
        _send(browser, desk, BY_TELEPHONE)


def _let_in(browser: FlaskClient, door: str, guest: Guest) -> None:
    """Look a party up at the door, and check it in."""
    card = browser.get(door, query_string={"q": guest.family_name}).headers["Location"]
    number = re.search(r"/check-in/(\d+)/", card)
    if number is None:
        raise RuntimeError(f"{guest.family_name} is not found at the door.")
    button = f"{door.removesuffix('check-in/')}registrations/{number[1]}/check-in"
    browser.post(button, data=MultiDict(hidden_fields(browser, card)))


def _send(browser: FlaskClient, address: str, typed: Mapping[str, str]) -> None:
    answer = browser.post(
        address, data=MultiDict(hidden_fields(browser, address) + list(typed.items()))
    )
    if answer.status_code != 303:
        raise RuntimeError(f"{address} answered {answer.status}.")


def _address(guest: Guest) -> str:
    return f"{guest.family_name.lower()}@post.example"


def _typed(guest: Guest) -> list[tuple[str, str]]:
    fields = [
        ("given_name", guest.given_name),
        ("family_name", guest.family_name),
        ("email", _address(guest)),
        ("party_size", str(guest.party_size)),
    ]
    return [*fields, ("consent-photos-website", guest.photos)] if guest.photos else fields


def mailed_link(recipient: str, kind: str = "registration") -> str:
    """The path of the personal link of that kind in the newest mail to somebody."""
    for _ in range(50):
        for mail in mailbox.newest_first():
            found = re.search(rf"https?://\S+/{kind}/[\w-]+", mail.text)
            if recipient in str(mail.message["To"]) and found:
                return urlsplit(found[0]).path
        time.sleep(0.2)
    raise RuntimeError(f"No mail has come for {recipient}.")


def hidden_fields(browser: FlaskClient, address: str) -> list[tuple[str, str]]:
    """The hidden fields of the last form on a page, as a browser would send them back."""
    parser = _HiddenFields()
    parser.feed(browser.get(address).text)
    return parser.fields


class _HiddenFields(HTMLParser):
    """Collects the hidden fields of the forms that are posted."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self._posted = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, Any]]) -> None:
        """A form or a field begins."""
        found = dict(attributes)
        if tag == "form":
            self._posted = str(found.get("method")).lower() == "post"
            if self._posted:
                self.fields = []
        elif tag == "input" and self._posted and found.get("type") == "hidden":
            self.fields.append((found["name"], found.get("value") or ""))

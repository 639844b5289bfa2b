"""The demo's people: two who can sign in, and a few who registered before you."""

from __future__ import annotations

import re
import time
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

REGISTERED = (
    ("Hatice", "Demir", "given"),
    ("Jannik", "Osterkamp", "refused"),
    ("Marlies", "Thewes", None),
    ("Paweł", "Nowicki", "given"),
    ("Greta", "Vennemann", "refused"),
    ("Samuel", "Okafor", "given"),
    ("Ilse", "Brockhoff", None),
    ("Deniz", "Arslan", "given"),
)
"""Who comes to the event that is full: first and last name, and their answer about photos."""
WITHDRAWS = 5
"""Who of them takes their consent back, so that staff has something to take down."""
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


def register_everybody(app: Flask, slug: str) -> None:
    """Register the demo's people for an event as anybody does: by the form, and the mailed link."""
    with app.test_request_context():
        address = url_for("stadtlabor.register", lang="de", slug=slug)
        confirm = url_for("stadtlabor.confirm", lang="de")
    browsers = [app.test_client() for _ in REGISTERED]
    forms = [_hidden_fields(browser, address) for browser in browsers]
    time.sleep(app.config.get("STADTLABOR_FORM_MIN_SECONDS", 2) + 1)
    for browser, form, person in zip(browsers, forms, REGISTERED, strict=True):
        answer = browser.post(address, data=MultiDict(form + _typed(person)))
        if answer.status_code != 303:
            raise RuntimeError(f"{address} answered {answer.status}.")
    app.test_cli_runner().invoke(args=["stadtlabor", "outbox", "run"])
    for browser, person in zip(browsers, REGISTERED, strict=True):
        with app.app_context():
            link = _mailed_link(_address(person))
        page = browser.get(link).headers["Location"]
        # somebody on the waiting list has nothing to confirm yet
        if confirm in browser.get(page).text:
            browser.post(confirm, data=MultiDict(_hidden_fields(browser, page)))
    _withdraw(app, browsers[WITHDRAWS])
    _register_by_telephone(app, slug)
    app.test_cli_runner().invoke(args=["stadtlabor", "outbox", "run"])


def _withdraw(app: Flask, browser: FlaskClient) -> None:
    with app.test_request_context():
        page = url_for("stadtlabor.registration", lang="de")
        button = url_for("stadtlabor.withdraw", lang="de", purpose="photos-website")
    browser.post(button, data=MultiDict(_hidden_fields(browser, page)))


def _register_by_telephone(app: Flask, slug: str) -> None:
    """An organiser signs in and registers somebody, as organisers do."""
    organiser = next(account for account in ACCOUNTS if account.is_organiser)
    with app.test_request_context():
        sign_in = url_for("accounts.sign_in", lang="de")
        desk = url_for("stadtlabor.organise_register", lang="de", slug=slug)
    browser = app.test_client()
    typed = [("email", organiser.email), ("password", organiser.password)]
    browser.post(sign_in, data=MultiDict(_hidden_fields(browser, sign_in) + typed))
    answer = browser.post(
        desk, data=MultiDict(_hidden_fields(browser, desk) + list(BY_TELEPHONE.items()))
    )
    if answer.status_code != 303:
        raise RuntimeError(f"{desk} answered {answer.status}.")


def _address(person: tuple[str, str, str | None]) -> str:
    return f"{person[1].lower()}@post.example"


def _typed(person: tuple[str, str, str | None]) -> list[tuple[str, str]]:
    given_name, family_name, photos = person
    fields = [
        ("given_name", given_name),
        ("family_name", family_name),
        ("email", _address(person)),
        ("party_size", "1"),
    ]
    return [*fields, ("consent-photos-website", photos)] if photos else fields


def _mailed_link(recipient: str) -> str:
    """The path of the personal link in the newest mail to somebody."""
    for _ in range(50):
        for mail in mailbox.newest_first():
            found = re.search(r"https?://\S+/registration/[\w-]+", mail.text)
            if recipient in str(mail.message["To"]) and found:
                return urlsplit(found[0]).path
        time.sleep(0.2)
    raise RuntimeError(f"No mail has come for {recipient}.")


def _hidden_fields(browser: FlaskClient, address: str) -> list[tuple[str, str]]:
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

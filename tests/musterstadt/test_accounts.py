"""Signing in and out, and what the Stadtlabor learns of it."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from example_app.accounts import path_within_site
from example_app.extensions import db
from example_app.models import User
from example_app.ports import actor, policy
from flask_stadtlabor import Actor, Level, export_person
from tests.forms import fill, form_on, page, send

ABOUT_TO_BEGIN = "der-platz-im-schuhkarton"
EVENT = "/stadtlabor/de/events/stadtlabor-zu-besuch-2023-04-19/"


def sign_in(client: FlaskClient, email: str, password: str, query: str = "") -> TestResponse:
    """Fill the sign-in form in and send it."""
    return fill(client, f"/de/sign-in/{query}", email=email, password=password)


def test_whoever_is_signed_in_is_named_on_event_pages_which_nobody_may_keep(portal: Flask) -> None:
    """D5: a page with a name in its header is private."""
    client = portal.test_client()
    assert sign_in(client, "bea@musterstadt.example", "buergerin").status_code == 303
    answer = client.get(EVENT)
    assert "Bea Bürgerin" in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_sign_in_leads_back_to_where_it_was_asked_for(portal: Flask) -> None:
    link = page(portal.test_client().get(EVENT)).select_one("header a[href*=sign-in]")
    assert link is not None
    answer = fill(
        portal.test_client(),
        str(link["href"]),
        email="Bea@Musterstadt.example ",
        password="buergerin",
    )
    assert answer.location == EVENT


def test_staff_finds_the_way_in_on_the_page_that_keeps_strangers_out(portal: Flask) -> None:
    office = "/stadtlabor/de/organise/"
    link = page(portal.test_client().get(office)).select_one("main a[href*=sign-in]")
    assert link is not None
    client = portal.test_client()
    way = str(link["href"])
    answer = fill(client, way, email="otto@musterstadt.example", password="organisator")
    assert answer.location == office
    assert client.get(office).status_code == 200
    citizen = portal.test_client()
    sign_in(citizen, "bea@musterstadt.example", "buergerin")
    refused = citizen.get(office)
    assert refused.status_code == 403
    assert not page(refused).select("main a[href*=sign-in]")


def test_whoever_wants_to_support_or_comment_finds_the_way_in_and_back(portal: Flask) -> None:
    stranger = portal.test_client()
    ideas = stranger.get("/stadtlabor/de/projects/sichere-schulwege/ideas/")
    idea = page(ideas).select(".sl-ideas h2 a")[0]["href"]
    support = f"{idea}support"
    link = page(stranger.get(support)).select_one(".stadtlabor a[href*=sign-in]")
    assert link is not None
    way = str(link["href"])
    answer = fill(portal.test_client(), way, email="bea@musterstadt.example", password="buergerin")
    assert answer.location == support


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example", "/\t/evil.example",
        "javascript:alert(1)", "evil", "", None, "/de/ x",
    ],
)  # fmt: skip
def test_sign_in_never_leads_to_another_site(portal: Flask, target: str | None) -> None:
    """S11: only a path of this site is followed, also when the hidden field was tampered with."""
    assert path_within_site(target) is None
    answer = fill(
        portal.test_client(),
        "/de/sign-in/",
        {"next": target},
        email="bea@musterstadt.example",
        password="buergerin",
    )
    assert answer.location == "/de/account/"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(portal: Flask) -> None:
    """S2 for the portal's own form."""
    answers = [
        sign_in(portal.test_client(), email, "falsch")
        for email in ("bea@musterstadt.example", "nobody@musterstadt.example")
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    alerts = [
        page(answer).select("[role=alert]")[0].get_text(" ", strip=True) for answer in answers
    ]
    assert alerts[0] == alerts[1]
    assert "passen nicht zusammen" in alerts[0]


def test_passwords_cannot_be_guessed_for_long(portal: Flask) -> None:
    for _ in range(10):
        sign_in(portal.test_client(), "otto@musterstadt.example", "falsch")
    right = sign_in(portal.test_client(), "otto@musterstadt.example", "organisator")
    assert right.status_code == 422
    assert "Bitte warte zehn Minuten" in right.text
    other = sign_in(portal.test_client(), "bea@musterstadt.example", "buergerin")
    assert other.status_code == 303


def test_signing_out_needs_the_button(portal: Flask) -> None:
    """S1: neither a GET nor a form without its token signs anybody out."""
    client = portal.test_client()
    sign_in(client, "bea@musterstadt.example", "buergerin")
    assert client.get("/de/sign-out/").status_code == 405
    assert client.post("/de/sign-out/").status_code == 400
    here = client.get("/de/account/")
    assert form_on(here, "/sign-out/")
    assert send(client, here, action="/sign-out/").status_code == 303
    assert client.get("/de/account/").location == "/de/sign-in/?next=/de/account/"


def test_the_stadtlabor_is_told_who_is_there_and_what_they_may_do(portal: Flask) -> None:
    """S12: rights come from the portal, and are denied to everybody else."""
    with portal.test_request_context("/de/"):
        assert actor() is None
        assert not policy(None, "event.preview")
        assert not policy(Actor("user:1"), "event.preview")
        assert not policy(Actor("user:99"), "event.preview")
        assert not policy(Actor("somebody"), "event.preview")
        assert policy(Actor("user:2"), "event.preview")
    client = portal.test_client()
    sign_in(client, "otto@musterstadt.example", "organisator")
    with client:
        client.get(EVENT)
        assert actor() == Actor(
            "user:2",
            "Otto Organisator",
            Level.SIGNED_IN,
            email="otto@musterstadt.example",
            email_verified=True,
            given_name="Otto",
            family_name="Organisator",
        )


def test_a_citizen_finds_in_the_header_what_they_registered_for(portal: Flask) -> None:
    """Filled in, confirmed without a mail, and behind the sign-in for everybody else."""
    stranger = portal.test_client().get("/stadtlabor/de/me/")
    assert stranger.status_code == 403
    way = page(stranger).select_one("main a[href*=sign-in]")
    assert way is not None
    client = portal.test_client()
    signed_in = fill(
        client, str(way["href"]), email="bea@musterstadt.example", password="buergerin"
    )
    assert signed_in.location == "/stadtlabor/de/me/"
    form = f"{next_event(portal)}register"
    assert fill(client, form, action="/register").status_code == 303
    home = page(client.get("/de/"))
    links = [str(link["href"]) for link in home.select("header a")]
    assert "/stadtlabor/de/me/" in links
    mine = page(client.get("/stadtlabor/de/me/"))
    assert "Bea Bürgerin" in mine.select_one("main .sl-mine").text  # type: ignore[union-attr]
    stored = client.get("/de/account/data.json").json
    assert stored is not None
    assert {item["is_in_account"] for item in stored["stadtlabor"]["registrations"]} == {True}


def test_an_organiser_reads_the_mails_within_the_portals_layout(portal: Flask) -> None:
    """The layout has a global `language`, which no page of ours may take away."""
    client = portal.test_client()
    sign_in(client, "otto@musterstadt.example", "organisator")
    mails = EVENT.replace("/de/", "/de/organise/") + "mails/"
    shown = client.get(f"{mails}reminder/en/")
    assert shown.status_code == 200
    assert page(shown).html["lang"] == "de"  # type: ignore[index]


def test_whoever_closes_their_account_takes_their_registrations_along(portal: Flask) -> None:
    """And sees before what is stored; a page for strangers shows neither."""
    assert portal.test_client().get("/de/account/data.json").status_code == 303
    assert portal.test_client().get("/de/account/close/").status_code == 303
    email, password = "cem@musterstadt.example", "auf-wiedersehen"
    with portal.app_context():
        user = User(email=email, name="Cem Citizen", is_organiser=False)
        user.set_password(password)
        db.session.add(user)
        db.session.commit()
    typed = {"given_name": "Cem", "family_name": "Citizen", "email": email}
    form = f"{next_event(portal)}register"
    assert fill(portal.test_client(), form, typed).status_code == 303
    client = portal.test_client()
    sign_in(client, email, password)
    stored = client.get("/de/account/data.json").json
    assert stored is not None
    assert stored["account"]["name"] == "Cem Citizen"
    assert [item["email"] for item in stored["stadtlabor"]["registrations"]] == [email]
    assert fill(client, "/de/account/close/", action="/close/").location == "/de/"
    assert client.get("/de/account/").status_code == 303
    assert sign_in(portal.test_client(), email, password).status_code == 422
    with portal.app_context():
        assert export_person(email) is None


def next_event(portal: Flask) -> str:
    """The address of an event that takes registrations, named by the home page.

    It is not the one that is about to begin, at whose door people are counted.
    """
    home = page(portal.test_client().get("/de/"))
    assert home.select_one(".dates h2") is not None
    links = [str(link["href"]) for link in home.select("ul.stadtlabor-upcoming[lang=de] a")]
    assert links
    return next(
        link
        for link in links
        if ABOUT_TO_BEGIN not in link
        and portal.test_client().get(f"{link}register").status_code == 200
    )

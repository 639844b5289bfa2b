"""Somebody who is signed in registers, finds it in their account, and nobody else does."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from flask_stadtlabor import Actor, erase_person
from flask_stadtlabor.consent.models import ConsentEntry
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.models import Registration
from tests.events.desk import statements
from tests.factories import PHOTOS, exchange, open_event, person
from tests.forms import fields_of, fill, form_on, page, press, send, typed_into
from tests.host import Host
from tests.organise.staff import HERE, staff_of
from tests.registration.accounts import BEA, CEM, FORM, LIST, OWN, Accounts

YES = {f"consent-{PHOTOS}": "given"}


@pytest.fixture
def accounts(host: Host) -> Accounts:
    """An event to register for, and Bea, who is signed in."""
    host.load(exchange(open_event()))
    return Accounts(host)


def rows(accounts: Accounts) -> list[Registration]:
    with accounts.host.app.app_context():
        found = accounts.host.db.session.scalars(select(Registration).order_by(Registration.id))
        return list(found)


def entries(accounts: Accounts) -> list[tuple[str, str, str]]:
    with accounts.host.app.app_context():
        ledger = select(ConsentEntry).order_by(ConsentEntry.seq)
        return [
            (entry.event, entry.actor, entry.method)
            for entry in accounts.host.db.session.scalars(ledger)
        ]


def listed(answer: TestResponse) -> list[str]:
    """The addresses under which a list has registrations."""
    return [str(link["href"]) for link in page(answer).select(".sl-mine h3 a")]


def opened(accounts: Accounts) -> tuple[Any, TestResponse]:
    """A browser in which the one registration of the list is open, and its page."""
    browser = accounts.browser()
    (address,) = listed(browser.get(LIST))
    assert browser.get(address).location == OWN
    return browser, browser.get(OWN)


@pytest.mark.one_database
def test_the_form_is_filled_with_what_the_account_knows(accounts: Accounts) -> None:
    answer = accounts.browser().get(FORM)
    fields = fields_of(form_on(answer))
    names = ("given_name", "family_name", "email")
    assert [fields[name] for name in names] == ["Bea", "Bürgerin", "Bea@Buerger.example"]
    assert f"consent-{PHOTOS}" not in fields
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Bea@Buerger.example" in page(answer).select_one("#email-help").text  # type: ignore[union-attr]
    assert not page(answer).select("[role=alert]")


@pytest.mark.one_database
def test_a_host_that_knows_nothing_of_an_account_goes_on_as_before(accounts: Accounts) -> None:
    accounts.who = Actor("user:1", "Bea Bürgerin")
    assert fields_of(form_on(accounts.browser().get(FORM)))["given_name"] == ""
    assert accounts.register().status_code == 303
    assert [(row.state, row.account_key) for row in rows(accounts)] == [("held", None)]


@pytest.mark.one_database
@pytest.mark.parametrize("signed_in_first", [True, False])
def test_a_kept_form_holds_nobodys_name(accounts: Accounts, signed_in_first: bool) -> None:
    """S15: whoever comes first, neither sees anything of the other."""
    seen = {}
    for is_signed_in in (signed_in_first, not signed_in_first, signed_in_first):
        # a stranger's request says nothing of Bea, whom the host would name all the same
        browser = accounts.browser() if is_signed_in else accounts.host.client()
        seen[is_signed_in] = browser.get(FORM)
    assert fields_of(form_on(seen[True]))["email"] == "Bea@Buerger.example"
    assert fields_of(form_on(seen[False]))["email"] == ""
    assert "bea" not in seen[False].text.lower()
    accounts.who = CEM
    assert "bea" not in accounts.browser().get(FORM).text.lower()


def test_a_confirmed_address_has_its_seat_at_once(accounts: Accounts) -> None:
    """The seat, the mail with the link, and the ledger, which says how it came about."""
    answer = accounts.register(party_size=2, **YES)
    assert answer.status_code == 303
    (row,) = rows(accounts)
    assert (row.state, row.confirmed_at is not None) == ("confirmed", True)
    assert accounts.host.scalar(select(Event.seats_confirmed)) == 2
    assert entries(accounts) == [
        ("requested", "system", "web"),
        ("given", "subject", "web"),
        ("confirmed", "subject", "web"),
    ]
    assert accounts.host.run("consent", "verify").exit_code == 0
    (mail,) = accounts.mails()
    assert mail["To"] == "bea@buerger.example"
    assert accounts.host.client().get(accounts.host.link(mail)).status_code == 303


@pytest.mark.one_database
def test_the_page_after_the_form_leads_to_the_account(accounts: Accounts) -> None:
    browser = accounts.browser()
    answer = fill(browser, FORM, person(email=BEA.email))
    assert LIST in [str(link["href"]) for link in page(browser.get(answer.location)).select("a")]
    other = accounts.browser()
    answer = fill(other, FORM, person(2))
    assert not page(other.get(answer.location)).select(f'main a[href="{LIST}"]')


@pytest.mark.one_database
def test_a_full_event_puts_a_confirmed_address_on_its_list(accounts: Accounts) -> None:
    accounts.host.load(exchange(open_event(registration={"capacity": 1})))
    accounts.who = CEM
    assert accounts.register("cem@buerger.example").status_code == 303
    accounts.who = BEA
    assert accounts.register().status_code == 303
    assert [row.state for row in rows(accounts)] == ["confirmed", "waiting"]
    assert "Warteliste" in accounts.browser().get(LIST).text


@pytest.mark.one_database
@pytest.mark.parametrize(
    "who",
    [
        replace(BEA, email_verified=False),
        replace(BEA, email=""),
        replace(BEA, email="  "),
        replace(BEA, email="bea@buerger.example.com"),
        replace(BEA, key=""),
    ],
)
def test_an_address_that_no_account_has_confirmed_gets_the_usual_mail(
    accounts: Accounts, who: Actor
) -> None:
    accounts.who = who
    assert accounts.register().status_code == 303
    assert [(row.state, row.account_key) for row in rows(accounts)] == [("held", None)]
    (mail,) = accounts.mails()
    assert "bestätige" in str(mail["Subject"]).lower()
    assert entries(accounts) == [("requested", "system", "web")]


@pytest.mark.one_database
@pytest.mark.parametrize("typed", ["BEA@buerger.example", " bea@BUERGER.example "])
def test_an_address_in_another_case_is_the_same(accounts: Accounts, typed: str) -> None:
    assert accounts.register(typed).status_code == 303
    assert [row.state for row in rows(accounts)] == ["confirmed"]


@pytest.mark.one_database
def test_whoever_types_somebody_elses_address_learns_nothing(accounts: Accounts) -> None:
    """S2: known or new, the answer, the next page and the account are the same."""
    accounts.who = CEM
    accounts.register("cem@buerger.example")
    accounts.who = BEA
    answers = []
    for address in ("cem@buerger.example", "neu@buerger.example"):
        browser = accounts.browser()
        answer = fill(browser, FORM, person(email=address))
        told = browser.get(answer.location).text.replace(address, "…")
        answers.append((answer.status_code, answer.location, told, browser.get(LIST).text))
    assert answers[0] == answers[1]
    assert "neu@" not in answers[1][3]
    assert [row.state for row in rows(accounts)] == ["confirmed", "held"]


def test_somebody_elses_address_takes_as_many_statements_known_or_new(accounts: Accounts) -> None:
    """S2, and as many as where nobody is signed in."""
    accounts.register("cem@buerger.example")

    def taken(email: str) -> int:
        browser = accounts.browser()
        data = typed_into(form_on(browser.get(FORM)), person(email=email))
        with statements(accounts.host) as seen:
            assert browser.post(FORM, data=data).status_code == 303
        # SQLite tells of a statement once more where a trigger looks at it
        return sum(one.startswith(("SELECT", "INSERT", "UPDATE")) for one in set(seen))

    signed_in = [taken("neu@buerger.example"), taken("cem@buerger.example")]
    accounts.who = None
    assert signed_in == [taken("fremd@buerger.example"), taken("cem@buerger.example")] == [9, 9]


def test_a_second_form_makes_no_second_registration(accounts: Accounts) -> None:
    """S5: whoever has confirmed the address is told how their registration stands."""
    accounts.who = None
    accounts.register()
    accounts.who = BEA
    browser = accounts.browser()
    answer = fill(browser, FORM, person(email="bea@buerger.example"))
    assert answer.status_code == 303
    told = browser.get(answer.location)
    assert "Öffne den Link in unserer Mail" in told.text
    assert not page(told).select(f'main a[href="{LIST}"]')
    assert [(row.state, row.account_key) for row in rows(accounts)] == [("held", None)]


@pytest.mark.one_database
def test_a_form_cannot_name_an_account(accounts: Accounts) -> None:
    """The key is the host's; what a browser sends of it is not looked at."""
    accounts.who = CEM
    forged = {"account": "user:1", "account_key": "user:1", "key": "user:1"}
    assert accounts.register("cem@buerger.example", **forged).status_code == 303
    accounts.who = BEA
    assert listed(accounts.browser().get(LIST)) == []


@pytest.mark.one_database
def test_the_list_has_what_is_to_come_and_what_is_over(accounts: Accounts) -> None:
    late = {"starts_at": "2026-05-22T17:30", "ends_at": "2026-05-22T19:00"}
    accounts.host.load(exchange(open_event(), open_event("spaeter", title="Später", **late)))
    accounts.register(**YES)
    fill(accounts.browser(), FORM.replace("plattform", "spaeter"), person(email=BEA.email))
    answer = accounts.browser().get(LIST)
    assert [title.text for title in page(answer).select("h2")][:1] == ["Demnächst"]
    assert len(listed(answer)) == 2
    assert len(page(answer).select(".sl-mine-answers li")) == 2
    assert len(page(answer).select("a[href$='/ticket']")) == 2
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    accounts.host.clock.move(days=55)
    answer = accounts.browser().get(LIST)
    coming, past = page(answer).select("section.sl-list")
    assert "Später" in coming.text
    assert "Später" not in past.text
    assert len(past.select(".sl-mine")) == 1


@pytest.mark.one_database
def test_a_personal_link_is_nowhere_in_the_list(accounts: Accounts) -> None:
    accounts.register()
    link = accounts.host.link(accounts.mails()[0])
    answer = accounts.browser().get(LIST)
    assert link.rpartition("/")[2] not in answer.text
    (row,) = rows(accounts)
    assert row.subject not in answer.text
    assert not re.search(rf"\b(user:1|{row.account_key})\b", answer.text)


@pytest.mark.one_database
def test_an_empty_list_says_what_to_do(accounts: Accounts) -> None:
    main = page(accounts.browser().get(LIST)).select_one(".stadtlabor")
    assert main is not None
    assert {"/stadtlabor/de/", "/stadtlabor/de/registration/send-link"} <= {
        str(link["href"]) for link in main.select("section a")
    }


@pytest.mark.one_database
def test_who_is_not_signed_in_is_told_so_and_sees_nothing(accounts: Accounts) -> None:
    accounts.register()
    accounts.who = None
    answer = accounts.browser().get(LIST)
    assert answer.status_code == 403
    assert answer.headers["Cache-Control"] == "no-store"
    links = {str(link["href"]) for link in page(answer).select("a")}
    assert "/stadtlabor/de/registration/send-link" in links
    assert "Yıldız" not in answer.text


def test_the_list_takes_as_many_statements_for_many_as_for_one(accounts: Accounts) -> None:
    accounts.register(**YES)

    def taken() -> int:
        browser = accounts.browser()
        with statements(accounts.host) as seen:
            assert browser.get(LIST).status_code == 200
        return len(seen)

    one = taken()
    with accounts.host.app.app_context():
        session = accounts.host.db.session
        columns = Registration.__table__.columns.keys()
        first = session.scalars(select(Registration)).one()
        for number in range(200):
            values = {name: getattr(first, name) for name in columns}
            own = {"subject": f"{number:032x}", "ticket_code": f"T{number}", "active_key": None}
            session.add(Registration(**{**values, **own, "id": number + 100}))
        session.commit()
    assert taken() == one == 3
    assert len(listed(accounts.browser().get(LIST))) == 201


@pytest.mark.one_database
def test_the_own_page_opens_from_the_account_and_works_there(accounts: Accounts) -> None:
    """What is answered there is written down as done with the account, not with a link."""
    accounts.register()
    browser, own = opened(accounts)
    assert own.status_code == 200
    answer = send(browser, own, YES, action=f"/consents/{PHOTOS}/answer")
    assert answer.status_code == 303
    assert entries(accounts)[-1] == ("given", "subject", "web")
    assert press(browser, OWN, "/withdraw").status_code == 303
    assert entries(accounts)[-1] == ("withdrawn", "subject", "web")
    assert browser.get(f"{OWN}ticket").status_code == 200
    assert press(browser, OWN, "/cancel").status_code == 303
    assert [row.state for row in rows(accounts)] == ["cancelled"]


@pytest.mark.one_database
def test_the_data_page_tells_that_it_is_in_an_account(accounts: Accounts) -> None:
    accounts.register()
    browser, _ = opened(accounts)
    assert "In einem Konto dieses Portals" in browser.get(f"{OWN}data").text
    assert browser.get(f"{OWN}data.json").get_json()["registrations"][0]["is_in_account"] is True
    press(browser, OWN, "/remove-from-account")
    browser.get(accounts.host.link(accounts.mails()[0]))
    assert "In einem Konto dieses Portals" not in browser.get(f"{OWN}data").text


@pytest.mark.one_database
def test_a_ticket_opens_from_the_list(accounts: Accounts) -> None:
    accounts.register()
    browser = accounts.browser()
    link = page(browser.get(LIST)).select_one("a[href$='/ticket']")
    assert link is not None
    assert browser.get(str(link["href"])).location == f"{OWN}ticket"
    assert browser.get(f"{OWN}ticket").status_code == 200


@pytest.mark.one_database
def test_another_account_opens_nothing_of_it(accounts: Accounts) -> None:
    """Neither by its address nor by a session in which it was opened before."""
    accounts.register()
    browser, _ = opened(accounts)
    (address,) = listed(browser.get(LIST))
    accounts.who = CEM
    assert browser.get(address).status_code == 404
    assert browser.get(f"{address}ticket").status_code == 404
    assert browser.get(OWN).status_code == 403
    assert listed(browser.get(LIST)) == []
    assert browser.post(f"{OWN}cancel").status_code == 403
    (row,) = rows(accounts)
    for guess in (str(row.id), row.subject, row.ticket_code, "f" * 64, "ü"):
        assert accounts.browser().get(f"{LIST}{guess}/").status_code == 404


@pytest.mark.one_database
@pytest.mark.parametrize(
    "key", ["USER:1", "user:1 ", "user:1\0", "user:10", "user:", "%", "ußer:1"]
)
def test_only_exactly_the_same_key_is_the_same_account(accounts: Accounts, key: str) -> None:
    """On each database, whatever its collation takes for the same."""
    accounts.register()
    accounts.who = replace(BEA, key=key)
    assert listed(accounts.browser().get(LIST)) == []


@pytest.mark.one_database
def test_signing_out_closes_what_was_opened(accounts: Accounts) -> None:
    accounts.register()
    browser, own = opened(accounts)
    accounts.who = None
    assert send(browser, own, action="/cancel").status_code == 403
    answer = browser.get(OWN)
    assert answer.status_code == 403
    assert "Bitte logg dich ein" in answer.text
    assert [row.state for row in rows(accounts)] == ["confirmed"]


def test_a_page_from_the_account_says_how_to_leave_a_shared_computer(accounts: Accounts) -> None:
    """Closing alone would not help, because the account opens it again."""
    accounts.register()
    _, own = opened(accounts)
    assert not page(own).select("form[action$='/close']")
    assert "Logg dich aus" in own.text
    link = accounts.host.link(accounts.mails()[0])
    by_link = accounts.browser()
    by_link.get(link)
    assert press(by_link, OWN, "/close").location == f"{OWN}closed"
    assert by_link.get(OWN).status_code == 403
    assert "Du bist noch eingeloggt" in by_link.get(f"{OWN}closed").text
    accounts.who = None
    assert "noch eingeloggt" not in by_link.get(f"{OWN}closed").text


@pytest.mark.one_database
def test_a_link_opened_later_is_what_the_browser_shows(accounts: Accounts) -> None:
    accounts.register()
    accounts.register("cem@buerger.example", given_name="Cem")
    others = accounts.host.link(accounts.mails()[1])
    browser, own = opened(accounts)
    assert browser.get(others).location == OWN
    assert "Cem" in browser.get(OWN).text
    # a button of the page before acts on nothing else
    assert send(browser, own, action="/cancel").status_code == 422
    assert [row.state for row in rows(accounts)] == ["confirmed", "held"]


@pytest.mark.one_database
def test_an_account_keeps_its_registrations_when_its_address_changes(accounts: Accounts) -> None:
    accounts.register()
    accounts.who = replace(BEA, email="neu@buerger.example")
    assert len(listed(accounts.browser().get(LIST))) == 1
    accounts.register()
    assert len(rows(accounts)) == 1
    accounts.register("neu@buerger.example")
    assert [row.state for row in rows(accounts)] == ["confirmed", "confirmed"]
    assert len(listed(accounts.browser().get(LIST))) == 2


@pytest.mark.one_database
def test_of_two_accounts_with_one_address_each_sees_its_own(accounts: Accounts) -> None:
    accounts.register()
    accounts.who = replace(BEA, key="user:3")
    assert accounts.register().status_code == 303
    assert len(rows(accounts)) == 1
    assert listed(accounts.browser().get(LIST)) == []


def test_what_is_erased_is_in_no_account_any_more(accounts: Accounts) -> None:
    accounts.register(**YES)
    browser, _ = opened(accounts)
    answer = send(browser, browser.get(f"{OWN}erase"))
    assert answer.location == f"{OWN}erased"
    assert rows(accounts) == []
    assert listed(browser.get(LIST)) == []
    assert browser.get(OWN).status_code == 403
    assert entries(accounts)[-1] == ("withdrawn", "subject", "web")


@pytest.mark.one_database
def test_an_erased_account_is_empty_when_its_key_comes_back(accounts: Accounts) -> None:
    accounts.register()
    with accounts.host.app.app_context():
        assert erase_person(account=BEA.key) is not None
        accounts.host.db.session.commit()
    assert listed(accounts.browser().get(LIST)) == []


@pytest.mark.one_database
def test_an_earlier_registration_is_taken_over_by_a_button_alone(accounts: Accounts) -> None:
    """S1: opening the link while signed in takes nothing over, nor does any GET."""
    accounts.who = None
    accounts.register("anders@buerger.example")
    link = accounts.host.link(accounts.mails()[0])
    stranger = accounts.browser()
    stranger.get(link)
    assert not page(stranger.get(OWN)).select("form[action$='/add-to-account']")
    accounts.who = BEA
    browser = accounts.browser()
    browser.get(link)
    assert browser.get(f"{OWN}add-to-account").status_code == 303
    assert listed(browser.get(LIST)) == []
    assert press(browser, OWN, "/add-to-account").location == f"{OWN}?now=added"
    assert len(listed(browser.get(LIST))) == 1
    accounts.who = CEM
    assert listed(browser.get(LIST)) == []


@pytest.mark.one_database
def test_a_registration_in_another_account_is_not_taken_over(accounts: Accounts) -> None:
    """Whoever has the link can take it out of that account first, and then into their own."""
    accounts.register()
    link = accounts.host.link(accounts.mails()[0])
    accounts.who = CEM
    browser = accounts.browser()
    browser.get(link)
    own = browser.get(OWN)
    assert not page(own).select("form[action$='/add-to-account']")
    about = fields_of(form_on(own, "/remove-from-account"))
    assert browser.post(f"{OWN}add-to-account", data=about).status_code == 409
    assert listed(browser.get(LIST)) == []
    assert send(browser, own, action="/remove-from-account").location == f"{OWN}?now=removed"
    assert press(browser, OWN, "/add-to-account").status_code == 303
    assert len(listed(browser.get(LIST))) == 1
    accounts.who = BEA
    assert listed(accounts.browser().get(LIST)) == []


@pytest.mark.one_database
def test_what_is_given_back_is_opened_by_its_link_alone(accounts: Accounts) -> None:
    accounts.register()
    link = accounts.host.link(accounts.mails()[0])
    browser, _ = opened(accounts)
    answer = press(browser, OWN, "/remove-from-account")
    assert answer.location == f"{LIST}?now=removed"
    assert page(browser.get(answer.location)).select_one("[role=status]")
    assert browser.get(OWN).status_code == 403
    assert [(row.state, row.account_key) for row in rows(accounts)] == [("confirmed", None)]
    browser.get(link)
    assert browser.get(OWN).status_code == 200


@pytest.mark.one_database
@pytest.mark.parametrize("button", ["add-to-account", "remove-from-account"])
def test_no_other_site_moves_a_registration(accounts: Accounts, button: str) -> None:
    """S1: without the form's token nothing happens, nor without being signed in."""
    accounts.register()
    tied = rows(accounts)[0].account_key
    browser, _ = opened(accounts)
    assert browser.post(f"{OWN}{button}").status_code == 422
    assert rows(accounts)[0].account_key == tied
    accounts.who = None
    assert browser.post(f"{OWN}{button}").status_code == 403


def test_an_address_that_staff_corrects_ends_the_account_s_way_in(accounts: Accounts) -> None:
    """As it ends the links that went to the address before."""
    accounts.register()
    number = rows(accounts)[0].id
    staff = staff_of(accounts.host).client()
    form = f"{HERE}registrations/{number}/rectify"
    assert fill(staff, form, email="richtig@buerger.example").status_code == 303
    assert listed(accounts.browser().get(LIST)) == []
    assert rows(accounts)[0].email == "richtig@buerger.example"


@pytest.mark.one_database
def test_the_account_is_found_after_a_new_secret(accounts: Accounts) -> None:
    accounts.register()
    renewed = accounts.host.make(
        ports={"actor": lambda: BEA},
        SECRET_KEY="another one",
        SECRET_KEY_FALLBACKS=[accounts.host.app.config["SECRET_KEY"]],
    )
    browser = renewed.client()
    (address,) = listed(browser.get(LIST))
    assert browser.get(address).location == OWN
    assert browser.get(OWN).status_code == 200

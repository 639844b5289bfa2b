"""What staff sees of the events, and of those who have registered."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from flask_stadtlabor import Action, Actor
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.organise.views.people import registrations
from flask_stadtlabor.registration.locks import Locked, lock_registration
from flask_stadtlabor.registration.models import Registration
from tests.events.desk import statements
from tests.factories import PHOTOS, event, exchange, open_event, question, series
from tests.forms import fill, page, press, send
from tests.host import Host
from tests.organise.staff import DESK, HERE, column, fill_event, register, staff_of, words_of


def names(host: Host, query: str = "") -> list[str]:
    """Whom the list of registrations shows."""
    found = page(staff_of(host).client().get(HERE + query)).select(".sl-desk-people h3")
    return [name.get_text(strip=True) for name in found]


@pytest.mark.one_database
def test_the_front_page_shows_events_with_their_seats_and_drafts_too(host: Host) -> None:
    voll = open_event("voll", title="Voll", registration={"capacity": 1})
    host.load(exchange(voll, open_event(), event("entwurf", title="Entwurf", status="draft")))
    register(host, 1, slug="voll")
    register(host, 2, slug="voll", confirm=False)
    words = words_of(staff_of(host).client(), DESK)
    assert "1 of 1 seats taken 1 party waits" in words
    assert "0 of 30 seats taken" in words
    assert "Entwurf Draft" in words
    assert "0 take-down tasks" in words


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("published", "All who come or may yet come"),
        ("cancelled", "All who are registered or wait"),
        ("postponed", "All who are registered or wait"),
        ("draft", "All who are registered or wait"),
    ],
)
def test_nobody_is_said_to_come_to_an_event_that_does_not_take_place(
    host: Host, status: str, said: str
) -> None:
    host.load(exchange(open_event()))
    register(host)
    host.load(exchange(open_event(status=status)))
    words = words_of(staff_of(host).client(), HERE)
    assert said in words
    assert ("who come" in words) == (status == "published")
    host.clock.move(days=90)
    assert "All who are registered or wait" in words_of(staff_of(host).client(), HERE)


@pytest.mark.one_database
def test_a_policy_that_asks_for_the_series_of_each_event_costs_no_statement_more(
    host: Host,
) -> None:
    """The policy of `staff_of` does."""
    staff = staff_of(host)
    browser = staff.client()
    counted = []
    for number in range(1, 6):
        slug = f"abend-{number}"
        content = exchange(open_event(slug, series=slug), series=[series(slug)])
        host.load(content)
        browser.get(DESK)
        with statements(staff) as seen:
            shown = browser.get(DESK)
        counted.append(len(seen))
    assert f"organise/events/{slug}/" in shown.text
    assert len(set(counted)) == 1, counted


@pytest.mark.one_database
def test_staff_of_one_event_sees_that_event_alone(host: Host) -> None:
    """S12: the policy is asked about each event."""
    host.load(exchange(open_event(), open_event("andere", title="Der andere Abend")))

    def policy(actor: Actor | None, action: str, subject: object = None) -> bool:
        return subject is None or (isinstance(subject, Event) and subject.slug == "plattform")

    other = host.make(ports={"policy": policy, "actor": lambda: Actor("staff:2")})
    staff = other.client()
    words = words_of(staff, DESK)
    assert "Have your say online" in words
    assert "andere" not in words
    assert staff.get(f"{DESK}events/andere/").status_code == 403


@pytest.mark.one_database
def test_on_the_day_the_door_is_one_step_away(host: Host) -> None:
    host.load(exchange(open_event()))
    staff = staff_of(host).client()
    assert "Check-in today" not in words_of(staff, DESK)
    host.clock.now = host.clock.now.replace(month=4, day=22, hour=12)
    assert "Check-in today" in words_of(staff, DESK)


def test_people_are_found_by_name_address_telephone_and_ticket_code(host: Host) -> None:
    host.load(exchange(open_event()))
    first = register(host, 1, given_name="Ömer", family_name="Şahin")
    register(host, 2, given_name="Greta", family_name="Vennemann")
    # where Ş stands among the letters is the database's affair
    assert set(names(host)) == {"Greta Vennemann", "Ömer Şahin"}
    for text in ("ömer", "ŞAHIN ö", "person1@", column(host, first, "ticket_code")):
        assert names(host, f"?q={text}") == ["Ömer Şahin"], text
    assert names(host, "?q=%25") == []
    assert names(host, "?q=a%00b") == []


@pytest.mark.one_database
def test_a_child_is_found_by_the_name_of_its_guardian(host: Host) -> None:
    """It is mostly they who call."""
    host.load(exchange(open_event(registration={"ask_age": True})))
    register(host, 1, given_name="Ada", under_16="y", guardian_name="Çelik Öztürk")
    register(host, 2, given_name="Ben")
    assert names(host, "?q=öztürk") == ["Ada Yıldız-1"]


@pytest.mark.one_database
def test_an_empty_list_says_why_and_leads_back_to_all(host: Host) -> None:
    host.load(exchange(open_event()))
    staff = staff_of(host).client()
    assert "Nobody has registered so far." in words_of(staff, HERE)
    register(host)
    assert "Nobody has registered so far." not in words_of(staff, HERE)
    way_back = page(staff.get(f"{HERE}?q=niemand")).find("a", string="Show all who may come")
    assert way_back is not None
    assert way_back["href"] == HERE


def test_the_list_is_filtered_by_state(host: Host) -> None:
    host.load(exchange(open_event()))
    register(host, 1, given_name="Da", family_name="A")
    register(host, 2, given_name="Offen", family_name="B", confirm=False)
    gone = register(host, 3, given_name="Weg", family_name="C")
    press(staff_of(host).client(), f"{HERE}registrations/{gone}/", "/cancel")
    assert names(host) == ["Da A", "Offen B"]
    assert names(host, "?state=held") == ["Offen B"]
    assert names(host, "?state=cancelled") == ["Weg C"]
    assert names(host, "?state=all") == ["Da A", "Offen B", "Weg C"]
    assert names(host, "?state=nonsense") == ["Da A", "Offen B", "Weg C"]


def neighbours(host: Host, query: str) -> dict[str, str]:
    """Where the pages before and after lead, by ``rel``."""
    links = page(staff_of(host).client().get(HERE + query)).select("a[rel]")
    return {link["rel"][0]: link["href"] for link in links if link["rel"][0] in ("prev", "next")}


def test_a_long_list_takes_no_more_statements_than_a_short_one(host: Host) -> None:
    host.load(exchange(open_event(registration={"capacity": None})))
    fill_event(host, 3)
    staff = staff_of(host)
    browser = staff.client()
    counted = []
    for people in (0, 60):
        fill_event(host, people)
        browser.get(HERE)
        with statements(staff) as seen:
            answer = browser.get(HERE)
        counted.append(len(seen))
        assert answer.status_code == 200
    assert counted[0] == counted[1] <= 8
    assert len(names(host)) == 50
    assert len(names(host, "?page=2")) == 13
    assert len(names(host, "?page=99999999999999")) == 13
    assert neighbours(host, "") == {"next": f"{HERE}?page=2"}
    assert neighbours(host, "?page=2&state=all") == {"prev": f"{HERE}?page=1&state=all"}


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("asked", "answer", "put_otherwise", "shown"),
    [
        ("text", "Bäume", {"kind": "yes-no"}, "Bäume"),
        ("choices", ["a", "b"], {"kind": "text"}, "a and b"),
        ("choice", "a", {"kind": "choice", "options": [{"value": "b", "label": "B"}]}, "a"),
    ],
)
def test_an_answer_is_shown_as_it_was_given(
    host: Host, asked: str, answer: Any, put_otherwise: dict[str, Any], shown: str
) -> None:
    """Also where its question is put otherwise by now, or offers that answer no more."""
    host.load(exchange(open_event(registration={"questions": [question("wunsch", asked)]})))
    number = register(host, **{"question-wunsch": answer})
    changed = question("wunsch", **put_otherwise)
    host.load(exchange(open_event(registration={"questions": [changed]})))
    words = words_of(staff_of(host).client(), f"{HERE}registrations/{number}/")
    assert f"Question wunsch? {shown} " in words


@pytest.mark.one_database
def test_a_list_shows_the_answer_of_each_person_at_their_name(host: Host) -> None:
    host.load(exchange(open_event()))
    for number, said in ((1, "given"), (2, "refused"), (3, "given")):
        register(host, number, **{f"consent-{PHOTOS}": said})
    rows = page(staff_of(host).client().get(HERE)).select(".sl-answer-tags")
    classes = [row.select_one("li")["class"][-1] for row in rows]
    assert classes == ["sl-tag-yes", "sl-tag-no", "sl-tag-yes"]


@pytest.mark.one_database
def test_a_registration_shows_all_there_is_to_know(host: Host) -> None:
    asked = [question("essen", "choice"), question("woher"), question("themen", "choices")]
    asked.append(question("erstes-mal", "yes-no"))
    host.load(exchange(open_event(registration={"questions": asked, "ask_age": True})))
    given = {
        "question-essen": "b",
        "question-woher": "<b>Wiemelhausen</b>",
        "question-themen": ["a", "b"],
        "question-erstes-mal": "no",
        "under_16": "y",
        "guardian_name": "Carla",
        f"consent-{PHOTOS}": "refused",
    }
    number = register(host, party_size=2, **given)
    words = words_of(staff_of(host).client(), f"{HERE}registrations/{number}/")
    for text in (
        "Question essen? B",
        "Question woher? <b>Wiemelhausen</b>",
        "Question themen? A and B",
        "Question erstes-mal? No",
        "Parent or guardian: Carla",
        "Title photos-website: No",
        "2 people",
        "person1@buerger.example",
    ):
        assert text in words, text


@pytest.mark.one_database
def test_staff_confirms_and_cancels_for_somebody(host: Host) -> None:
    host.load(exchange(open_event()))
    number = register(host, confirm=False)
    here = f"{HERE}registrations/{number}/"
    staff = staff_of(host).client()
    assert press(staff, here, "/confirm").status_code == 303
    assert column(host, number, "state") == "confirmed"
    assert press(staff, here, "/cancel").status_code == 303
    assert column(host, number, "state") == "cancelled"
    assert host.scalar(select(Event.seats_taken)) == 0


@pytest.mark.one_database
def test_an_offer_that_is_over_cannot_be_taken_for_somebody(host: Host) -> None:
    host.load(exchange(open_event(registration={"capacity": 1})))
    first = register(host, 1)
    second = register(host, 2, confirm=False)
    staff = staff_of(host).client()
    press(staff, f"{HERE}registrations/{first}/", "/cancel")
    here = f"{HERE}registrations/{second}/"
    offered = staff.get(here)
    assert "Seats offered" in offered.text
    host.mails()
    host.clock.move(days=3)
    answer = send(staff, offered, action="/confirm")
    assert answer.status_code == 409
    assert "no longer possible" in answer.text
    assert column(host, second, "state") == "expired"


@pytest.mark.one_database
def test_buttons_stand_only_where_the_policy_lets_them_act(host: Host) -> None:
    """S12."""
    host.load(exchange(open_event()))
    number = register(host)
    staff = staff_of(host, without=[Action.MANAGE_REGISTRATIONS, Action.CHECK_IN]).client()
    here = f"{HERE}registrations/{number}/"
    assert page(staff.get(here)).select("main form") == []
    without_names = staff_of(host, without=[Action.SEE_REGISTRATIONS]).client()
    assert "Yıldız" not in words_of(without_names, HERE)


@pytest.mark.one_database
@pytest.mark.parametrize("action", ["confirm", "cancel"])
def test_whoever_acts_without_reading_names_goes_on_at_the_event(host: Host, action: str) -> None:
    """S12: what was done is said where they may go, and nowhere that nothing was changed."""
    host.load(exchange(open_event()))
    number = register(host, confirm=False)
    here = f"{HERE}registrations/{number}/"
    browser = staff_of(host).client()
    opened = browser.get(here)
    blind = staff_of(host, without=[Action.SEE_REGISTRATIONS]).client()
    cookie = browser.get_cookie("session")
    assert cookie is not None
    blind.set_cookie("session", cookie.value)
    answer = send(blind, opened, action=f"/{action}")
    words = words_of(blind, answer.location)
    assert {"confirm": "Confirmed for them.", "cancel": "Cancelled for them."}[action] in words
    assert "Yıldız" not in words


@pytest.mark.one_database
def test_what_is_to_be_done_counts_events_that_are_theirs_alone(host: Host) -> None:
    """S12: the front page counts what the lists behind it show."""
    host.load(exchange(open_event(), open_event("andere")))
    for slug in ("plattform", "andere"):
        everywhere = staff_of(host).client()
        given = {"given_name": "Ilse", "family_name": "Brockhoff", "reach": "0234 4711"}
        fill(everywhere, f"{DESK}events/{slug}/register", given)
        register(host, 1, slug=slug, **{f"consent-{PHOTOS}": "given"})
        browser = host.client()
        browser.get(host.link(host.mails()[-1]))
        press(browser, "/stadtlabor/de/registration/", f"/{PHOTOS}/withdraw")
    for only, said in (
        (None, ("2 take-down tasks", "2 messages to pass on")),
        ("plattform", ("1 take-down task", "1 message to pass on")),
        ("keine", ("0 take-down tasks", "0 messages to pass on")),
    ):
        words = words_of(staff_of(host, only=only).client(), DESK)
        assert all(sentence in words for sentence in said), (only, words)


@pytest.mark.one_database
def test_whoever_acts_on_what_was_just_erased_is_told_so(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In words that do not speak of a link, which staff never had."""
    host.load(exchange(open_event()))
    number = register(host)
    staff = staff_of(host).client()
    opened = staff.get(f"{HERE}registrations/{number}/")

    def late(registration: Registration) -> Locked:
        monkeypatch.undo()
        assert host.run("person", "erase", "person1@buerger.example", "--yes").exit_code == 0
        return lock_registration(registration)

    monkeypatch.setattr(registrations, "lock_registration", late)
    answer = send(staff, opened, action="/cancel")
    assert answer.status_code == 410
    heading = page(answer).select_one("h1")
    assert heading is not None
    assert heading.text == "This has just been deleted"
    assert "link" not in page(answer).select(".sl-error-page")[0].text


@pytest.mark.one_database
def test_the_language_switch_of_a_button_leads_to_the_page_above(host: Host) -> None:
    """A8."""
    host.load(exchange(open_event()))
    number = register(host)
    here = f"{HERE}registrations/{number}/"
    answer = staff_of(host).client().post(f"{here}cancel")
    assert answer.status_code == 422
    links = page(answer).select(".stadtlabor-languages a")
    assert [link["href"] for link in links] == [
        here.replace("/en/", f"/{x}/") for x in ("de", "en")
    ]


@pytest.mark.one_database
def test_pages_of_staff_stay_out_of_caches_searches_and_referrers(host: Host) -> None:
    """S3."""
    host.load(exchange(open_event()))
    staff = staff_of(host).client()
    for address in (DESK, HERE, f"{HERE}check-in/", f"{HERE}consents.csv"):
        answer = staff.get(address)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.one_database
def test_what_can_be_done_with_the_list_stands_above_it(host: Host) -> None:
    """Nobody scrolls past a hundred people to find out that the list can be printed."""
    host.load(exchange(open_event()))
    register(host, 1)
    shown = page(staff_of(host).client().get(HERE))
    found = [
        element.get_text(strip=True) if element.name != "ul" else "the people"
        for element in shown.select(".sl-desk-use a, .sl-desk-use summary, ul.sl-desk-people")
    ]
    assert found == [
        "Signing list to print", "Badges to print", "Write to these people", "Download this list",
        "the people",
    ]  # fmt: skip

"""A second form before the first is confirmed: both are shown, and a later no stays a no."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from flask_stadtlabor import Action
from flask_stadtlabor.consent.answers.status import permits_use
from flask_stadtlabor.consent.models import ConsentEntry, TakeDownTask
from flask_stadtlabor.consent.texts.published import current_texts
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.forms.button import mark_of
from flask_stadtlabor.registration.models import LaterForm, Registration
from flask_stadtlabor.tokens import sign
from tests.factories import PHOTOS, exchange, open_event, person, purpose, question
from tests.forms import fields_of, fill, form_on, page, press, send, typed_into
from tests.host import Host
from tests.organise.staff import DOOR, HERE, register, staff_of, words_of

FORM = "/stadtlabor/de/events/plattform/register"
MINE = "/stadtlabor/de/registration/"
ASKED = f"consent-{PHOTOS}"


def sent(host: Host, *forms: dict[str, Any]) -> FlaskClient:
    """Somebody sends these forms, one after the other, and opens the link in the first mail."""
    for given in forms:
        assert fill(host.client(), FORM, person() | given).status_code == 303
    browser = host.client()
    browser.get(host.link(host.mails()[0]))
    return browser


def ledger(host: Host) -> list[str]:
    """What the ledger says about the person, after the questions."""
    with host.app.app_context():
        acts = host.db.session.scalars(select(ConsentEntry.event).order_by(ConsentEntry.seq))
        return [act for act in acts if act not in ("requested", "confirmed")]


def standing(host: Host) -> tuple[str, int, int]:
    """State and size of the party, and seats taken."""
    with host.app.app_context():
        row = host.db.session.execute(
            select(Registration.state, Registration.party_size, Event.seats_taken).join(
                Registration.event
            )
        ).one()
    return tuple(row)


def kept(host: Host) -> int:
    """How many later forms are stored."""
    return int(host.scalar(select(func.count()).select_from(LaterForm)))


def choices_on(browser: FlaskClient) -> dict[str, list[str]]:
    """The questions of the page, with the answers to choose from."""
    form = page(browser.get(MINE)).select_one('form[action$="/confirm"]')
    assert form is not None
    assert not form.select("input[checked]")
    return {
        str(group.legend.get_text(" ", strip=True)): [
            label.get_text(" ", strip=True) for label in group.select("label")
        ]
        for group in form.select("fieldset")
    }


@pytest.mark.one_database
def test_a_corrected_form_is_shown_beside_the_first_and_chosen(host: Host) -> None:
    """C15: seats and ledger are as before until then; its no counts by itself."""
    host.load(exchange(open_event()))
    browser = sent(host, {ASKED: "given"}, {ASKED: "refused", "party_size": 2})
    assert standing(host) == ("held", 1, 1)
    assert ledger(host) == ["given"]
    assert choices_on(browser) == {
        "Zu wievielt kommt ihr?": [
            "Das erste Formular: 1 Person",
            "Das spätere Formular: 2 Personen",
        ]
    }
    shown = browser.get(MINE).text
    assert "Das weitere Formular sagt Nein." in shown
    assert "sobald du deine Anmeldung bestätigt hast" not in shown
    asked = press(browser, MINE, "/confirm")
    assert asked.status_code == 422
    assert "Bitte wähle" in asked.text
    assert standing(host) == ("held", 1, 1)
    answer = fill(browser, MINE, {"choose-party": "later"}, action="/confirm")
    assert answer.status_code == 303
    assert standing(host) == ("confirmed", 2, 2)
    assert ledger(host) == ["given", "refused"]
    assert kept(host) == 0


@pytest.mark.one_database
@pytest.mark.parametrize("choice", ["first", "later"])
def test_whatever_is_chosen_the_later_no_counts(host: Host, choice: str) -> None:
    """C15."""
    host.load(exchange(open_event()))
    browser = sent(host, {ASKED: "given"}, {ASKED: "refused", "party_size": 2})
    fill(browser, MINE, {"choose-party": choice}, action="/confirm")
    assert standing(host)[:2] == ("confirmed", 2 if choice == "later" else 1)
    assert ledger(host)[-1] == "refused"


@pytest.mark.one_database
@pytest.mark.parametrize(
    "forms", [*permutations(("given", "refused", None)), ("given", "refused", "given")]
)
@pytest.mark.parametrize("way", ["link", "staff", "door", "answer first"])
def test_no_way_to_confirm_turns_a_later_no_into_a_yes(
    host: Host, forms: tuple[str | None, ...], way: str
) -> None:
    """C15: in whatever order forms and clicks come, only a later and chosen yes is one."""
    host.load(exchange(open_event()))
    browser = sent(host, *({ASKED: answer} for answer in forms))
    staff = staff_of(host).client()
    number = host.scalar(select(Registration.id))
    if way == "answer first":
        shown = page(browser.get(MINE))
        if not shown.select(f'form[action$="/{PHOTOS}/answer"]'):
            fields = fields_of(shown.select_one('form[action$="/confirm"]'))
            with host.app.app_context():
                subject = host.db.session.scalar(select(Registration.subject))
                text = current_texts([PHOTOS])[0].shown("de")
                mark = sign("text-answered", [mark_of(subject), text.id, 10**6])
            answer = {**fields, "shown": mark, ASKED: "given"}
            assert browser.post(f"{MINE}consents/{PHOTOS}/answer", data=answer).status_code == 409
    if way in ("link", "answer first"):
        asked_for_consent = page(browser.get(MINE)).select(f'[name="{ASKED}"]')
        fill(browser, MINE, {ASKED: "refused" if asked_for_consent else None}, action="/confirm")
    elif way == "staff":
        press(staff, f"{HERE}registrations/{number}/", "/confirm")
    else:
        press(staff, f"{DOOR}{number}/", "/let-in")
    assert standing(host)[0] == "confirmed"
    assert kept(host) == 0
    # the answer on the page is a person's own and later one, where nothing is left to choose
    if "refused" in forms and not (way == "answer first" and forms == ("refused", "given", None)):
        assert (ledger(host) or ["nothing"])[-1] != "given"


@pytest.mark.one_database
def test_a_yes_after_a_no_has_to_be_chosen(host: Host) -> None:
    """C15, C2: two equal answers, none of them marked."""
    host.load(exchange(open_event()))
    browser = sent(host, {ASKED: "refused"}, {ASKED: "given"})
    assert list(choices_on(browser).values()) == [["Ja, gern", "Nein, bitte nicht"]]
    assert press(browser, MINE, "/confirm").status_code == 422
    assert ledger(host) == ["refused"]
    assert fill(browser, MINE, {ASKED: "given"}, action="/confirm").status_code == 303
    assert ledger(host) == ["refused", "given"]
    assert host.run("consent", "verify").exit_code == 0


@pytest.mark.one_database
def test_each_line_of_the_summary_names_what_is_to_be_chosen(host: Host) -> None:
    """WCAG 3.3.1, 2.4.4."""
    host.load(exchange(open_event()))
    browser = sent(host, {ASKED: "refused"}, {ASKED: "given", "party_size": 2})
    lines = [line.text for line in page(press(browser, MINE, "/confirm")).select("[role=alert] li")]
    assert lines == [
        "„Zu wievielt kommt ihr?“: Bitte wähle eine der Antworten aus.",
        "„Titel photos-website“: Bitte wähle eine der Antworten aus.",
    ]


def test_a_larger_party_that_fits_no_more_is_refused_and_the_first_kept(host: Host) -> None:
    """S6."""
    host.load(exchange(open_event(registration={"capacity": 3})))
    browser = sent(host, {}, {"party_size": 3})
    fill(host.client(), FORM, person(2))
    answer = fill(browser, MINE, {"choose-party": "later"}, action="/confirm")
    assert answer.status_code == 409
    assert "weiterhin" in answer.text
    assert page(answer).select_one('[name="choose-party"][value=later][checked]') is not None
    with host.app.app_context():
        first = host.db.session.scalars(select(Registration).order_by(Registration.id)).first()
        assert first is not None
        assert (first.state, first.party_size) == ("held", 1)
    assert fill(browser, MINE, {"choose-party": "first"}, action="/confirm").status_code == 303


@pytest.mark.one_database
def test_only_the_latest_form_waits_and_a_choice_is_about_what_was_seen(host: Host) -> None:
    host.load(exchange(open_event()))
    browser = sent(host, {}, {"party_size": 2})
    before = browser.get(MINE)
    fill(host.client(), FORM, person() | {"party_size": 3})
    assert kept(host) == 1
    answer = send(browser, before, {"choose-party": "later"}, action="/confirm")
    assert answer.status_code == 422
    assert "3 Personen" in answer.text
    assert not page(answer).select('[name="choose-party"][checked]')
    assert standing(host) == ("held", 1, 1)


@pytest.mark.one_database
def test_the_same_form_twice_asks_nothing(host: Host) -> None:
    """S5: a double click is no correction."""
    host.load(exchange(open_event()))
    browser = sent(host, {ASKED: "given"}, {ASKED: "given"})
    assert press(browser, MINE, "/confirm").status_code == 303
    assert standing(host) == ("confirmed", 1, 1)
    assert ledger(host) == ["given"]
    assert kept(host) == 0


@pytest.mark.one_database
def test_everything_that_differs_can_be_chosen(host: Host) -> None:
    asked = [question("essen", "choice"), question("wunsch", "long")]
    details = {
        "companion_names": "optional", "ask_support": True, "ask_age": True, "questions": asked,
    }  # fmt: skip
    host.load(exchange(open_event(registration=details)))
    later = {
        "given_name": "Ânne", "party_size": 2, "companion-1": "Ben", "question-essen": "b",
        "question-wunsch": "Bäume", "support_needs": "Rampe", "under_16": "y",
        "guardian_name": "Carla",
    }  # fmt: skip
    browser = sent(host, {"question-essen": "a", ASKED: "given"}, later)
    names = {field["name"] for field in page(browser.get(MINE)).select("form input[type=radio]")}
    assert names == {
        "choose-name", "choose-age", "choose-party", "choose-support", "choose-question-essen",
        "choose-question-wunsch", ASKED,
    }  # fmt: skip
    chosen = dict.fromkeys(names, "later") | {ASKED: "given"}
    assert fill(browser, MINE, chosen, action="/confirm").status_code == 303
    with host.app.app_context():
        row = host.db.session.scalars(select(Registration)).one()
        assert (row.given_name, row.party_size, row.companions) == ("Ânne", 2, ("Ben",))
        assert row.answers == {"essen": "b", "wunsch": "Bäume"}
        assert (row.support_needs, row.is_under_age, row.guardian_name) == ("Rampe", True, "Carla")
        actors = host.db.session.execute(
            select(ConsentEntry.event, ConsentEntry.actor).order_by(ConsentEntry.seq)
        ).all()
    # what the first person said is no consent of the child that it is about
    assert [tuple(row) for row in actors][-3:-1] == [
        ("invalidated", "system"),
        ("given", "guardian"),
    ]


@pytest.mark.one_database
def test_a_child_without_a_guardian_gives_no_consent_by_choosing(host: Host) -> None:
    """C12: no form leaves the guardian out; rows that were written otherwise may."""
    host.load(exchange(open_event(registration={"ask_age": True})))
    child = {"under_16": "y", "guardian_name": "Carla", ASKED: "given"}
    browser = sent(host, child, {})
    with host.app.app_context():
        host.db.session.execute(update(Registration).values(guardian_name=None))
        host.db.session.commit()
    chosen = {"choose-age": "first", ASKED: "given"}
    answer = fill(browser, MINE, chosen, action="/confirm")
    assert answer.status_code == 409
    told = page(answer).select_one("[role=alert]")
    assert told is not None
    assert "kann man nicht allein antworten" in told.text
    assert standing(host)[0] == "held"
    assert ledger(host) == ["given"]


@pytest.mark.one_database
@pytest.mark.parametrize("end", ["cancel", "erase", "expire", "retention"])
def test_a_later_form_goes_with_its_registration(host: Host, end: str) -> None:
    """C13."""
    host.load(exchange(open_event()))
    browser = sent(host, {}, {"party_size": 2, "family_name": "Später"})
    if end == "cancel":
        assert press(browser, MINE, "/cancel").status_code == 303
    elif end == "erase":
        assert press(browser, f"{MINE}erase", "/erase").status_code == 303
    else:
        host.clock.move(days=3)
        host.mails()
        if end == "retention":
            host.clock.move(days=8)
            assert host.run("retention", "run").exit_code == 0
    assert kept(host) == 0


@pytest.mark.one_database
def test_the_person_sees_a_later_form_among_their_data(host: Host) -> None:
    host.load(exchange(open_event()))
    browser = sent(host, {ASKED: "given"}, {ASKED: "refused", "party_size": 2})
    (row,) = json.loads(browser.get(f"{MINE}data.json").text)["registrations"]
    assert row["later_form"]["party_size"] == 2
    assert row["later_form"]["refused"] == [PHOTOS]
    assert "Ein weiteres Formular" in browser.get(f"{MINE}data").text


@pytest.mark.one_database
def test_the_mail_says_that_a_further_form_came_in(host: Host) -> None:
    host.load(exchange(open_event()))
    sent(host, {}, {"party_size": 2})
    body = host.sent[-1].get_body(("plain",)).get_content()
    assert "weiteres Formular" in " ".join(body.split())


@pytest.mark.one_database
def test_staff_sees_that_a_person_has_yet_to_choose(host: Host) -> None:
    host.load(exchange(open_event()))
    sent(host, {})
    number = host.scalar(select(Registration.id))
    staff = staff_of(host).client()
    cards = (f"{DOOR}{number}/", f"{HERE}registrations/{number}/")
    for address in cards:
        assert "A further form came in" not in words_of(staff, address)
    sent(host, {}, {"party_size": 2})
    for address in cards:
        assert "A further form came in" in words_of(staff, address)


@pytest.mark.one_database
@pytest.mark.parametrize("field", ["seen", None])
def test_a_page_from_before_a_withdrawal_does_not_bring_the_yes_back(
    host: Host, field: str | None
) -> None:
    """C15: the page remembers what had been answered; one that does not say so comes again."""
    host.load(exchange(open_event()))
    browser = sent(host, {ASKED: "given"}, {ASKED: "given", "given_name": "Bo"})
    old = browser.get(MINE)
    assert press(browser, MINE, f"/consents/{PHOTOS}/withdraw").status_code == 303
    left_out = {field: None} if field else {}
    given = {"choose-name": "first", ASKED: "given", **left_out}
    assert send(browser, old, given, action="/confirm").status_code in (409, 422)
    assert ledger(host) == ["given", "withdrawn"]
    assert standing(host)[0] == "held"


@pytest.mark.one_database
def test_what_somebody_else_wrote_goes_with_the_address_that_was_wrong(host: Host) -> None:
    """C12: a corrected address shows nobody the form of whoever has the former one; noes stay."""
    host.load(exchange(open_event()))
    sent(host, {ASKED: "given"}, {ASKED: "refused", "given_name": "Berta"})
    staff = staff_of(host).client()
    number = host.scalar(select(Registration.id))
    fill(staff, f"{HERE}registrations/{number}/rectify", email="richtig@buerger.example")
    browser = host.client()
    browser.get(host.link(host.mails()[-1]))
    assert "Berta" not in browser.get(MINE).text
    assert kept(host) == 0
    assert ledger(host)[-1] == "refused"


def waiting(host: Host, *forms: dict[str, Any]) -> FlaskClient:
    """Somebody waits for a full event, has chosen once, and then sends these forms."""
    host.load(exchange(open_event(registration={"capacity": 1})))
    fill(host.client(), FORM, person(9))
    browser = host.client()
    for given in ({ASKED: "given"}, {ASKED: "given", "party_size": 1, "given_name": "Bo"}):
        fill(host.client(), FORM, person() | given)
    browser.get(host.link([mail for mail in host.mails() if "person1" in mail["To"]][-1]))
    chosen = {"choose-name": "first", ASKED: "given"}
    assert fill(browser, MINE, chosen, action="/confirm").status_code == 303
    for given in forms:
        fill(host.client(), FORM, person() | given)
    return browser


@pytest.mark.one_database
@pytest.mark.parametrize("still_later", [(), ({ASKED: "given"},)])
def test_retention_writes_a_no_down_that_nobody_has_decided_about(
    host: Host, still_later: tuple[dict[str, Any], ...]
) -> None:
    """C15: no yes stays in force because the form that took it back was deleted."""
    waiting(host, {ASKED: "refused"}, *still_later)
    assert kept(host) == 1
    host.clock.move(days=200)
    assert host.run("retention", "run").exit_code == 0
    assert kept(host) == 0
    assert ledger(host)[-1] == "refused"


@pytest.mark.one_database
@pytest.mark.parametrize("way", ["round", "confirm", "cancel", "cancelled by staff"])
def test_a_yes_that_counts_is_withdrawn_and_not_voided(host: Host, way: str) -> None:
    """C10, C15: with a task for staff, though the registration itself was never confirmed."""
    browser = waiting(host, {ASKED: "refused"})
    if way == "round":
        host.mails()
        assert not page(browser.get(MINE)).select('form[action$="/confirm"]')
    elif way == "cancelled by staff":
        number = host.scalar(select(func.max(Registration.id)))
        press(staff_of(host).client(), f"{HERE}registrations/{number}/", "/cancel")
    else:
        assert press(browser, MINE, f"/{way}").status_code == 303
    assert ledger(host)[-2:] == ["withdrawn", "refused"]
    assert host.scalar(select(func.count()).select_from(TakeDownTask)) == 1
    assert kept(host) == 0


@pytest.mark.one_database
def test_who_cancels_keeps_what_they_said_after_they_had_confirmed(host: Host) -> None:
    """C10: it stays until it is withdrawn, as for everybody who has confirmed their address."""
    browser = waiting(host)
    assert press(browser, MINE, "/cancel").status_code == 303
    assert ledger(host)[-1] == "given"


@pytest.mark.one_database
def test_a_double_click_is_no_later_word_than_what_came_after_it(host: Host) -> None:
    """S5: the same form twice is forgotten once its sender says something newer."""
    host.load(exchange(open_event()))
    browser = sent(host, {ASKED: "refused"}, {ASKED: "refused"})
    said_yes = fill(browser, MINE, {ASKED: "given"}, action=f"/consents/{PHOTOS}/answer")
    assert said_yes.status_code == 303
    assert press(browser, MINE, "/confirm").status_code == 303
    assert ledger(host) == ["refused", "given"]


ASKED_NO_MORE = exchange(open_event(), purposes=[purpose(PHOTOS, mode="notice")])
"""The same event, whose purpose has become a notice, that nobody is asked about."""


@pytest.mark.one_database
def test_what_became_a_notice_while_a_form_was_open_is_told_and_not_asked(host: Host) -> None:
    """C1: the form comes again with what counts now, and a yes to the former text is none."""
    host.load(exchange(open_event()))
    browser = host.client()
    old = browser.get(FORM)
    host.load(ASKED_NO_MORE)
    again = send(browser, old, person() | {ASKED: "given"})
    assert again.status_code == 422
    assert f"Der Text zu <strong>{PHOTOS}" in browser.get("/stadtlabor/de/events/plattform/").text
    assert ASKED not in fields_of(form_on(again))
    assert send(browser, again).status_code == 303
    browser.get(host.link(host.mails()[0]))
    assert press(browser, MINE, "/confirm").status_code == 303
    assert standing(host) == ("confirmed", 1, 1)
    assert host.scalar(select(func.count(ConsentEntry.seq))) == 0
    assert host.run("consent", "verify").exit_code == 0


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("first", "later", "said"),
    [
        ("given", "refused", ["given", "refused"]),
        ("refused", "given", ["refused"]),
        (None, "given", []),
    ],
)
def test_nobody_chooses_about_what_became_a_notice(
    host: Host, first: str | None, later: str, said: list[str]
) -> None:
    """C1, C15: a yes that waits is one no more, a no of the time of the question still counts."""
    host.load(exchange(open_event()))
    browser = sent(host, {ASKED: first}, {ASKED: later, "party_size": 2})
    old = browser.get(MINE)
    host.load(ASKED_NO_MORE)
    assert list(choices_on(browser)) == ["Zu wievielt kommt ihr?"]
    if later == "given":
        # the page from before the change asked about it, and has to be seen anew
        stale = {"choose-party": "later", ASKED: "given"}
        assert send(browser, old, stale, action="/confirm").status_code == 422
    answer = fill(browser, MINE, {"choose-party": "later"}, action="/confirm")
    assert answer.status_code == 303
    assert standing(host) == ("confirmed", 2, 2)
    assert ledger(host) == said
    assert kept(host) == 0
    assert host.run("consent", "verify").exit_code == 0


@pytest.mark.one_database
def test_support_needs_of_a_later_form_go_on_their_day(host: Host) -> None:
    """C13, Art. 9 GDPR: before the registration, though nobody has decided about the form."""
    needs = {"ask_support": True, "support_retention_days": 2, "capacity": 1}
    host.load(exchange(open_event(registration=needs)))
    fill(host.client(), FORM, person(9))
    for given in ({}, {"support_needs": "Rampe"}):
        fill(host.client(), FORM, person() | given)
    host.clock.now = host.clock.now.replace(month=4, day=24, hour=16, minute=59)
    assert "Nothing is past its time." in host.run("retention", "run").stdout
    assert kept(host) == 1
    host.clock.move(minutes=1)
    assert "In all: 1 support need." in host.run("retention", "run").stdout
    assert kept(host) == 0
    theirs = select(Registration.state).where(Registration.email == person()["email"])
    assert host.scalar(theirs) == "waiting"


def without_confirmation(host: Host, capacity: int) -> None:
    """Whoever registers from now on has their seats at once."""
    details = {"capacity": capacity, "confirm_by_email": False}
    host.load(exchange(open_event(registration=details)))


@pytest.mark.one_database
def test_a_hold_is_confirmed_by_its_link_though_others_need_none_any_more(host: Host) -> None:
    """S2, S5: it takes its own seats alone, and further forms for it are chosen from, too."""
    host.load(exchange(open_event(registration={"capacity": 4})))
    browser = sent(host, {ASKED: "given"}, {ASKED: "refused", "party_size": 2})
    without_confirmation(host, 4)
    assert standing(host) == ("held", 1, 1)
    assert fill(host.client(), FORM, person(party_size=3)).status_code == 303
    assert standing(host) == ("held", 1, 1)
    assert kept(host) == 1
    assert ledger(host) == ["given"]
    answer = fill(browser, MINE, {"choose-party": "later"}, action="/confirm")
    assert answer.status_code == 303
    assert standing(host) == ("confirmed", 3, 3)
    assert ledger(host) == ["given", "refused"]
    assert kept(host) == 0
    assert fill(host.client(), FORM, person(2)).status_code == 303
    assert host.scalar(select(Event.seats_confirmed)) == 4


def test_a_hold_ends_in_its_time_though_others_need_none_any_more(host: Host) -> None:
    """S6: nobody has shown that the address is theirs, so its seat goes back."""
    host.load(exchange(open_event(registration={"capacity": 1})))
    sent(host, {ASKED: "given"}, {ASKED: "given", "party_size": 1, "given_name": "Bo"})
    without_confirmation(host, 1)
    host.clock.move(hours=49)
    host.mails()
    assert standing(host) == ("expired", 1, 0)
    assert ledger(host) == ["given", "invalidated"]
    assert kept(host) == 0
    assert fill(host.client(), FORM, person()).status_code == 303
    newest = select(Registration.state).order_by(Registration.id.desc())
    assert host.scalar(newest) == "confirmed"


def at_once(host: Host, *forms: dict[str, Any]) -> FlaskClient:
    """As :func:`sent`, where nobody has to confirm an address."""
    host.load(exchange(open_event(registration={"confirm_by_email": False})))
    return sent(host, *forms)


@pytest.mark.one_database
def test_a_no_counts_where_nobody_confirms_an_address_too(host: Host) -> None:
    """C15, C10: with the worker's next round, and the person is told."""
    browser = at_once(host, {ASKED: "given"}, {ASKED: "refused"})
    assert ledger(host) == ["given", "withdrawn", "refused"]
    assert host.scalar(select(func.count()).select_from(TakeDownTask)) == 1
    assert kept(host) == 0
    assert host.run("consent", "verify").exit_code == 0
    told = host.sent[-1].get_body(("plain",))
    assert told is not None
    words = " ".join(told.get_content().split())
    assert "Ein weiteres Formular mit deiner E-Mail-Adresse sagt Nein" in words
    assert "Du hast" not in words, "a stranger may have sent it"
    assert fill(browser, MINE, {ASKED: "given"}, action=f"/{PHOTOS}/answer").status_code == 303
    assert ledger(host)[-1] == "given"


@pytest.mark.one_database
def test_a_still_later_yes_that_nobody_chose_keeps_no_yes_in_force(host: Host) -> None:
    """C15: a stranger may have sent it before the worker's round; the person can choose it."""
    browser = at_once(host, {ASKED: "given"}, {ASKED: "refused"}, {ASKED: "given"})
    assert ledger(host) == ["given", "withdrawn", "refused"]
    assert list(choices_on(browser).values()) == [["Ja, gern", "Nein, bitte nicht"]]
    mails = len(host.mails())
    assert len(host.mails()) == mails
    assert ledger(host) == ["given", "withdrawn", "refused"]
    assert fill(browser, MINE, {ASKED: "given"}, action="/confirm").status_code == 303
    assert ledger(host) == ["given", "withdrawn", "refused", "given"]
    assert kept(host) == 0
    assert host.run("consent", "verify").exit_code == 0


@pytest.mark.one_database
def test_a_further_form_is_chosen_where_nobody_confirms_an_address_too(host: Host) -> None:
    """C15, S2: seats and answers are as before until then."""
    browser = at_once(host, {ASKED: "given"}, {ASKED: "refused", "party_size": 2})
    assert standing(host) == ("confirmed", 1, 1)
    assert ledger(host) == ["given", "withdrawn", "refused"]
    told = [mail.get_body(("plain",)).get_content() for mail in host.sent]  # type: ignore[union-attr]
    assert any("weiteres Formular" in " ".join(text.split()) for text in told)
    assert choices_on(browser).keys() == {"Zu wievielt kommt ihr?"}
    mails = len(host.mails())
    assert fill(browser, MINE, {"choose-party": "later"}, action="/confirm").status_code == 303
    assert standing(host) == ("confirmed", 2, 2)
    assert kept(host) == 0
    assert len(host.mails()) == mails + 1


@pytest.mark.one_database
def test_a_yes_of_a_further_form_counts_nothing_by_itself(host: Host) -> None:
    """C2: whoever types the address says yes for nobody."""
    browser = at_once(host, {ASKED: "refused"}, {ASKED: "given"})
    host.mails()
    assert ledger(host) == ["refused"]
    assert fill(browser, MINE, {ASKED: "given"}, action="/confirm").status_code == 303
    assert ledger(host) == ["refused", "given"]


@pytest.mark.one_database
def test_at_the_door_the_noes_of_a_further_form_count(host: Host) -> None:
    """C15: and people are there to be asked."""
    host.load(exchange(open_event(registration={"confirm_by_email": False})))
    for given in ({ASKED: "given"}, {ASKED: "refused", "party_size": 2}):
        assert fill(host.client(), FORM, person() | given).status_code == 303
    staff = staff_of(host).client()
    card = f"{DOOR}{host.scalar(select(Registration.id))}/"
    assert "further form" in words_of(staff, card)
    assert press(staff, card, "/check-in").status_code == 303
    assert ledger(host) == ["given", "withdrawn", "refused"]
    assert kept(host) == 0
    assert "further form" not in words_of(staff, card)


@pytest.mark.one_database
def test_no_choice_makes_a_party_smaller_than_those_who_are_inside(host: Host) -> None:
    browser = at_once(host, {"party_size": 2})
    staff = staff_of(host).client()
    press(staff, f"{DOOR}{host.scalar(select(Registration.id))}/", "/check-in")
    assert fill(host.client(), FORM, person() | {"party_size": 1}).status_code == 303
    answer = fill(browser, MINE, {"choose-party": "later"}, action="/confirm")
    assert answer.status_code == 409
    assert standing(host) == ("confirmed", 2, 2)


@pytest.mark.one_database
@pytest.mark.parametrize("later", [{"party_size": 3}, {ASKED: "refused", "party_size": 3}])
def test_no_form_of_a_stranger_keeps_staff_from_asking_who_is_inside(
    host: Host, later: dict[str, Any]
) -> None:
    """C15: its noes count first, and are seen before a yes is written down after all."""
    host.load(exchange(open_event(registration={"confirm_by_email": False})))
    assert fill(host.client(), FORM, person() | {ASKED: "given"}).status_code == 303
    staff = staff_of(host).client()
    card = f"{DOOR}{host.scalar(select(Registration.id))}/"
    assert press(staff, card, "/check-in").status_code == 303
    assert fill(host.client(), FORM, person() | later).status_code == 303
    yes = {ASKED: "given", "method": "kiosk"}
    first = fill(staff, card, yes, action="/consents")
    assert first.status_code == 409
    assert "weiteres Formular" in first.text or "further form" in first.text
    says_no = ["withdrawn", "refused"] if ASKED in later else []
    assert ledger(host) == ["given", *says_no]
    assert kept(host) == 0
    assert send(staff, first, action="/consents").status_code == 303
    assert ledger(host) == ["given", *says_no, *(["given"] if says_no else [])]


def confirmed_by(host: Host, way: str) -> int:
    """Somebody said yes, and counts as confirmed in this way; the event asks for confirmation."""
    host.load(exchange(open_event(registration={"confirm_by_email": way != "setting"})))
    staff = staff_of(host).client()
    if way == "door":
        at_door = f"{HERE}register?at=door"
        given = typed_into(
            form_on(staff.get(at_door)), {**person(), ASKED: "given", "language": "de"}
        )
        assert staff.post(at_door, data=given | {"method": "kiosk"}).status_code == 303
        return int(host.scalar(select(Registration.id)))
    number = register(host, confirm=way == "link", **{ASKED: "given"})
    if way == "staff":
        press(staff, f"{HERE}registrations/{number}/", "/confirm")
    elif way == "setting":
        host.load(exchange(open_event()))
    return number


def may_be_used(host: Host) -> bool:
    """Whether the person's photos may be, once the worker came by."""
    host.mails()
    with host.app.app_context():
        return permits_use(str(host.db.session.scalar(select(Registration.subject))), PHOTOS)


@pytest.mark.parametrize(
    "way",
    ["link", *(pytest.param(way, marks=pytest.mark.one_database) for way in ("staff", "door"))],
)
def test_a_no_counts_after_the_confirmation_too_and_nothing_else_of_its_form(
    host: Host, way: str
) -> None:
    """C15, S2: a stranger who types the address can take a yes back, and sets no choices."""
    confirmed_by(host, way)
    assert may_be_used(host)
    before = len(host.sent)
    later = {ASKED: "refused", "party_size": 2, "given_name": "Berta"}
    assert fill(host.client(), FORM, person() | later).status_code == 303
    assert standing(host) == ("confirmed", 1, 1)
    assert not may_be_used(host)
    assert ledger(host) == ["given", "withdrawn", "refused"]
    assert host.scalar(select(func.count()).select_from(TakeDownTask)) == 1
    assert kept(host) == 0
    assert host.run("consent", "verify").exit_code == 0
    known, told = (
        " ".join(mail.get_body(("plain",)).get_content().split()) for mail in host.sent[before:]
    )
    assert "Sagt das weitere Formular Nein zu einer Einwilligung, dann gilt dieses Nein" in known
    assert "Ein weiteres Formular mit deiner E-Mail-Adresse sagt Nein" in told
    browser = host.client()
    browser.get(host.link(host.sent[-1]))
    shown = browser.get(MINE).text
    assert "Berta" not in shown
    assert "choose-" not in shown
    assert fill(browser, MINE, {ASKED: "given"}, action=f"/{PHOTOS}/answer").status_code == 303
    assert may_be_used(host)


@pytest.mark.one_database
def test_a_no_counts_where_confirmation_came_to_be_asked_for_later(host: Host) -> None:
    """C15: also on top of a form that came in while nobody had to confirm."""
    number = confirmed_by(host, "setting")
    assert fill(host.client(), FORM, person() | {ASKED: "refused"}).status_code == 303
    assert not may_be_used(host)
    without_confirmation(host, 5)
    browser = host.client()
    browser.get(host.link(host.sent[-1]))
    assert fill(browser, MINE, {ASKED: "given"}, action=f"/{PHOTOS}/answer").status_code == 303
    for given in ({ASKED: "given", "party_size": 2}, {ASKED: "refused", "party_size": 3}):
        assert fill(host.client(), FORM, person() | given).status_code == 303
        host.load(exchange(open_event()))
    assert not may_be_used(host)
    assert choices_on(browser) == {
        "Zu wievielt kommt ihr?": [
            "Das erste Formular: 1 Person",
            "Das spätere Formular: 2 Personen",
        ]
    }
    assert number == host.scalar(select(Registration.id))


@pytest.mark.one_database
def test_until_the_worker_comes_a_no_after_the_confirmation_is_told_and_no_choice(
    host: Host,
) -> None:
    """C15: the page and the export show it, and a yes has to know of it."""
    number = confirmed_by(host, "link")
    browser = host.client()
    browser.get(host.link(host.mails()[-1]))
    old = browser.get(MINE)
    for _ in range(2):
        later = {ASKED: "refused", "party_size": 2, "given_name": "Berta"}
        assert fill(host.client(), FORM, person() | later).status_code == 303
    shown = browser.get(MINE).text
    assert "Das weitere Formular sagt Nein" in shown
    assert "Deine Anmeldung bleibt, wie sie ist." in shown
    assert choices_on(browser) == {}
    (row,) = json.loads(browser.get(f"{MINE}data.json").text)["registrations"]
    assert row["later_form"]["refused"] == [PHOTOS]
    assert row["later_form"]["given_name"] is None
    assert "Berta" not in browser.get(f"{MINE}data").text
    assert not page(old).select(f'form[action$="/{PHOTOS}/answer"]')
    staff = staff_of(host).client()
    card = f"{DOOR}{number}/"
    yes = fill(staff, card, {ASKED: "given", "method": "kiosk"}, action="/consents")
    assert yes.status_code == 409
    assert ledger(host) == ["given", "withdrawn", "refused"]
    assert send(staff, yes, action="/consents").status_code == 303
    assert ledger(host)[-1] == "given"
    assert fill(host.client(), FORM, person() | {ASKED: "refused"}).status_code == 303
    assert press(browser, MINE, "/confirm").status_code == 303
    assert ledger(host)[-2:] == ["withdrawn", "refused"]
    assert kept(host) == 0


@pytest.mark.one_database
@pytest.mark.parametrize("without", [(), (Action.SEE_SUPPORT_NEEDS,)])
def test_a_no_after_the_confirmation_shuts_staff_out_of_nothing(
    host: Host, without: tuple[Action, ...]
) -> None:
    """S4: whoever types an address cannot break the pages about it until the worker comes."""
    number = confirmed_by(host, "link")
    assert fill(host.client(), FORM, person() | {ASKED: "refused"}).status_code == 303
    assert kept(host) == 1
    staff = staff_of(host, without=without).client()
    here = f"{HERE}registrations/{number}/"
    for address in (here, f"{here}rectify", f"{here}change", f"{DOOR}{number}/"):
        assert staff.get(address).status_code == 200, address
    assert press(staff, here, "/sheet").status_code == 200
    assert fill(staff, f"{here}rectify", given_name="Anja").status_code == 303
    assert kept(host) == 1


@pytest.mark.one_database
def test_a_yes_or_nothing_after_the_confirmation_is_kept_nowhere(host: Host) -> None:
    """S2, C13."""
    confirmed_by(host, "link")
    for given in ({ASKED: "given", "party_size": 2}, {"given_name": "Berta"}):
        assert fill(host.client(), FORM, person() | given).status_code == 303
        assert kept(host) == 0
    assert may_be_used(host)
    assert ledger(host) == ["given"]

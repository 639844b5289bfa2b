"""Asking for consent at the door, and who must not be photographed."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from flask_stadtlabor import Action
from flask_stadtlabor.consent.models import NO_PURPOSE, ConsentEntry, TakeDownTask
from flask_stadtlabor.registration.models import Registration
from tests.factories import PHOTOS, exchange, open_event, purpose
from tests.forms import fields_of, fill, form_on, page, press, send
from tests.host import Host
from tests.organise.staff import DESK, DOOR, HERE, column, register, staff_of, words_of

FIELD = f"consent-{PHOTOS}"
SOCIAL = "photos-social"


def card(number: int) -> str:
    return f"{DOOR}{number}/"


def shown(staff: FlaskClient, number: int) -> list[str]:
    """What the card says about pictures, by the kind of each answer."""
    found = page(staff.get(card(number))).select(".sl-photo")
    return [str(item["class"][1]).removeprefix("sl-photo-") for item in found]


def ask(staff: FlaskClient, number: int, **given: Any) -> int:
    """The answers are given at the door; the status."""
    answer = fill(staff, card(number), {"method": "kiosk", **given}, action="/consents")
    return answer.status_code


def acts(host: Host) -> list[tuple[str, str, str]]:
    with host.app.app_context():
        rows = select(ConsentEntry.event, ConsentEntry.actor, ConsentEntry.method)
        rows = rows.where(ConsentEntry.purpose != NO_PURPOSE)
        return [tuple(row) for row in host.db.session.execute(rows.order_by(ConsentEntry.seq))]


@pytest.mark.one_database
@pytest.mark.parametrize(("answer", "kind"), [("given", "yes"), ("refused", "no"), (None, "ask")])
def test_the_card_shows_what_was_answered(host: Host, answer: str | None, kind: str) -> None:
    """C3: a refusal is a real answer and shows at the door."""
    host.load(exchange(open_event()))
    number = register(host, **{FIELD: answer})
    assert shown(staff_of(host).client(), number) == [kind]


@pytest.mark.one_database
def test_nobody_answers_for_their_companions(host: Host) -> None:
    host.load(exchange(open_event()))
    number = register(host, party_size=3, **{FIELD: "given"})
    staff = staff_of(host).client()
    assert shown(staff, number) == ["yes", "ask"]
    assert "The 2 companions" in words_of(staff, card(number))


@pytest.mark.one_database
def test_a_yes_counts_once_its_registration_is_confirmed(host: Host) -> None:
    host.load(exchange(open_event()))
    number = register(host, confirm=False, **{FIELD: "given"})
    staff = staff_of(host).client()
    assert shown(staff, number) == ["later"]
    press(staff, card(number), "/let-in")
    assert shown(staff, number) == ["yes"]


@pytest.mark.parametrize("method", ["paper", "kiosk"])
@pytest.mark.parametrize(("answer", "kind"), [("given", "yes"), ("refused", "no")])
def test_what_is_asked_at_the_door_counts_at_once(
    host: Host, method: str, answer: str, kind: str
) -> None:
    """C8: recorded as staff, on paper or on staff's screen."""
    host.load(exchange(open_event()))
    number = register(host)
    staff = staff_of(host).client()
    assert ask(staff, number, **{FIELD: answer, "method": method}) == 303
    assert shown(staff, number) == [kind]
    assert acts(host) == [("requested", "system", "web"), (answer, "staff", method)]
    assert host.run("consent", "verify").exit_code == 0


def test_somebody_who_was_never_asked_is_asked_and_then_answers(host: Host) -> None:
    """C7: a purpose that came later."""
    host.load(exchange(open_event(purposes=["privacy"])))
    number = register(host)
    host.load(exchange(open_event()))
    staff = staff_of(host).client()
    assert shown(staff, number) == ["ask"]
    ask(staff, number, **{FIELD: "given"})
    assert acts(host) == [("requested", "system", "kiosk"), ("given", "staff", "kiosk")]


@pytest.mark.one_database
def test_a_yes_that_becomes_a_no_at_the_door_is_a_withdrawal(host: Host) -> None:
    """C10: a task for staff, and a mail about it."""
    host.load(exchange(open_event()))
    number = register(host, **{FIELD: "given"})
    mails = len(host.mails())
    staff = staff_of(host).client()
    assert ask(staff, number, **{FIELD: "refused"}) == 303
    assert shown(staff, number) == ["no"]
    assert ("withdrawn", "staff", "kiosk") in acts(host)
    assert host.scalar(select(TakeDownTask.purpose)) == PHOTOS
    assert len(host.mails()) == mails + 1
    assert "Titel photos-website" in str(host.sent[-1].get_body(("plain",)))


@pytest.mark.one_database
def test_an_answer_that_stands_is_not_written_again(host: Host) -> None:
    host.load(exchange(open_event()))
    number = register(host, **{FIELD: "given"})
    before = acts(host)
    ask(staff_of(host).client(), number, **{FIELD: "given"})
    assert acts(host) == before


@pytest.mark.one_database
def test_a_yes_to_a_text_that_was_replaced_is_asked_for_anew(host: Host) -> None:
    """C7."""
    host.load(exchange(open_event()))
    number = register(host, **{FIELD: "given"})
    changed = purpose(PHOTOS, text={"de": "Auch Filme.", "en": "Films too."})
    host.load(exchange(open_event(), purposes=[changed]))
    staff = staff_of(host).client()
    assert shown(staff, number) == ["ask"]
    assert "older text" in words_of(staff, card(number))
    ask(staff, number, **{FIELD: "given"})
    assert shown(staff, number) == ["yes"]
    assert acts(host)[-1][0] == "renewed"


@pytest.mark.one_database
def test_a_text_that_changed_meanwhile_is_shown_again(host: Host) -> None:
    """C6: nothing is recorded about a text that was not shown."""
    host.load(exchange(open_event()))
    number = register(host)
    staff = staff_of(host).client()
    before = staff.get(card(number))
    changed = purpose(PHOTOS, text={"de": "Auch Filme.", "en": "Films too."})
    host.load(exchange(open_event(), purposes=[changed]))
    given = {FIELD: "given", "method": "paper"}
    answer = send(staff, before, given, action="/consents")
    assert answer.status_code == 422
    assert "Films too." in answer.text
    assert len(acts(host)) == 1


@pytest.mark.one_database
@pytest.mark.parametrize("given", [{"method": "paper"}, {FIELD: "given", "method": None}])
def test_an_answer_and_how_it_was_given_are_both_needed(host: Host, given: dict[str, Any]) -> None:
    """A4: said first, and the title begins with it."""
    host.load(exchange(open_event()))
    number = register(host)
    staff = staff_of(host).client()
    answer = fill(staff, card(number), given, action="/consents")
    assert answer.status_code == 422
    assert page(answer).title.text.startswith("Error:")  # type: ignore[union-attr]
    assert page(answer).select_one("[role=alert] li") is not None
    assert len(acts(host)) == 1


@pytest.mark.one_database
def test_how_it_was_answered_is_marked_the_next_time(host: Host) -> None:
    host.load(exchange(open_event()))
    first, second = register(host, 1), register(host, 2)
    staff = staff_of(host).client()
    ask(staff, first, **{FIELD: "given", "method": "paper"})
    marked = page(staff.get(card(second))).select("input[name=method][checked]")
    assert [field["value"] for field in marked] == ["paper"]


@pytest.mark.one_database
def test_the_report_counts_without_names_as_page_csv_and_json(host: Host) -> None:
    named = purpose(PHOTOS, title={"de": "=Fotos", "en": "=Photos"})
    host.load(exchange(open_event(purposes=[PHOTOS, SOCIAL]), purposes=[named]))
    register(host, 1, **{FIELD: "given"})
    register(host, 2, **{FIELD: "refused"})
    register(host, 3, confirm=False, **{FIELD: "given"})
    staff = staff_of(host).client()
    answer = staff.get(f"{HERE}consents.json")
    found = json.loads(answer.text)["purposes"]
    assert [(item["purpose"], item["total"]) for item in found] == [(PHOTOS, 3), (SOCIAL, 3)]
    counted = ("in_force", "unconfirmed", "refused", "unanswered")
    assert [found[0][name] for name in counted] == [1, 1, 1, 0]
    assert [found[1][name] for name in counted] == [0, 0, 0, 3]
    table = staff.get(f"{HERE}consents.csv")
    assert table.headers["Content-Disposition"] == "attachment; filename=consents-plattform.csv"
    rows = list(csv.DictReader(io.StringIO(table.text)))
    for language, separator in (("en", ","), ("de", ";")):
        here = HERE.replace("/en/", f"/{language}/")
        excel = staff.get(f"{here}consents.csv?for=excel").text
        assert excel.startswith(f'\ufeff"purpose"{separator}"title"')
    assert table.text.startswith('"purpose","title"')
    assert rows[0]["title"] == "'=Photos"
    assert [rows[0][name] for name in counted] == ["1", "1", "1", "0"]
    words = words_of(staff, f"{HERE}consents")
    assert "=Photos Yes, and it counts 1 No 1 No answer 0 Yes, not confirmed 1 All 3" in words
    for text in (answer.text, table.text, words):
        assert "Yıldız" not in text
        assert "buerger.example" not in text


@pytest.mark.one_database
def test_who_must_not_be_photographed_is_everybody_without_a_yes_that_counts(host: Host) -> None:
    """C1, C3: refused, unanswered, not confirmed and withdrawn are all no."""
    host.load(exchange(open_event()))
    yes = register(host, 1, family_name="Ja", **{FIELD: "given"})
    register(host, 2, family_name="Nein", **{FIELD: "refused"})
    register(host, 3, family_name="Offen")
    register(host, 4, family_name="Unbestätigt", confirm=False, **{FIELD: "given"})
    register(host, 5, family_name="Gruppe", party_size=2, **{FIELD: "given"})
    gone = register(host, 6, family_name="Weg", **{FIELD: "refused"})
    staff = staff_of(host).client()
    press(staff, f"{HERE}registrations/{gone}/", "/cancel")

    def listed() -> dict[str, str]:
        found = page(staff.get(f"{HERE}no-photos")).select(".sl-desk-photos > li")
        rows = [(row.select_one("h2, p"), row.select_one(".sl-tag strong")) for row in found]
        return {
            name.get_text(" ", strip=True).removeprefix("Änne "): answer.text
            for name, answer in rows
            if name and answer
        }

    assert listed() == {
        # who said yes is not named among them, though their companions are
        "Companion of Änne Gruppe": "Not asked yet",
        "Nein": "No",
        "Offen": "No answer",
        "Unbestätigt": "Yes, not confirmed yet",
    }
    ask(staff, yes, **{FIELD: "refused"})
    assert listed()["Ja"] == "No"


@pytest.mark.one_database
def test_the_list_is_about_pictures_alone(host: Host) -> None:
    letter = purpose(
        "newsletter", processing={"purpose": "Marketing", "personal_data": ["EmailAddress"]}
    )
    host.load(exchange(open_event(purposes=["newsletter"]), purposes=[letter]))
    register(host)
    staff = staff_of(host).client()
    assert "asks nobody about pictures" in words_of(staff, f"{HERE}no-photos")


@pytest.mark.one_database
def test_names_need_a_right_of_their_own(host: Host) -> None:
    """S12."""
    host.load(exchange(open_event()))
    staff = staff_of(host, without=[Action.REPORT_CONSENT]).client()
    for end in ("consents", "consents.csv", "consents.json", "no-photos"):
        assert staff.get(HERE + end).status_code == 403
        assert f"{HERE}{end}" not in staff.get(HERE).text
    assert staff.get(DESK).status_code == 200
    assert host.scalar(select(func.count(Registration.id))) == 0
    assert column(host, 1, "id") is None


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("without", "button"),
    [
        (Action.MANAGE_REGISTRATIONS, "consents"),
        (Action.CHECK_IN, "confirm"),
        (Action.CHECK_IN, "cancel"),
        (Action.CHECK_IN, "sheet"),
    ],
)
def test_a_button_that_is_refused_shows_nothing_that_its_presser_may_not_read(
    host: Host, without: Action, button: str
) -> None:
    """S12: whoever may act, but not read who has registered, sends a form that is not whole."""
    host.load(exchange(open_event()))
    number = register(host)
    staff = staff_of(host, without=[without, Action.SEE_REGISTRATIONS]).client()
    answer = staff.post(f"{HERE}registrations/{number}/{button}")
    assert answer.status_code in (403, 422)
    assert "person1@buerger.example" not in answer.text


@pytest.mark.one_database
def test_who_works_at_the_door_alone_stays_there_after_an_answer(host: Host) -> None:
    host.load(exchange(open_event()))
    number = register(host)
    staff = staff_of(host, without=[Action.SEE_REGISTRATIONS]).client()
    given = {"method": "kiosk", "back": "", FIELD: "given"}
    answer = fill(staff, card(number), given, action="/consents")
    assert answer.status_code == 303
    assert staff.get(answer.location).status_code == 200


@pytest.mark.one_database
def test_a_yes_from_a_page_that_was_open_before_undoes_no_later_no(host: Host) -> None:
    """C15: the person withdrew by their link meanwhile; staff is told, and asks once more."""
    host.load(exchange(open_event()))
    number = register(host, **{FIELD: "given"})
    staff = staff_of(host).client()
    open_card = staff.get(card(number))
    browser = host.client()
    browser.get(host.link(host.mails()[-1]))
    press(browser, "/stadtlabor/en/registration/", f"/{PHOTOS}/withdraw")
    before = acts(host)
    yes = {FIELD: "given", "method": "kiosk"}
    answer = send(staff, open_card, yes, action="/consents")
    assert answer.status_code == 409
    assert "The person said no after you had opened this page." in page(answer).get_text(" ")
    assert acts(host) == before
    assert send(staff, answer, yes, action="/consents").status_code == 303
    assert acts(host)[-1] == ("given", "staff", "kiosk")


@pytest.mark.one_database
def test_what_one_page_knew_of_is_good_for_no_other_person(host: Host) -> None:
    """C15: the mark of a later page about somebody else tells of no no."""
    host.load(exchange(open_event()))
    number = register(host, 1, **{FIELD: "given"})
    staff = staff_of(host).client()
    open_card = staff.get(card(number))
    browser = host.client()
    browser.get(host.link(host.mails()[-1]))
    press(browser, "/stadtlabor/en/registration/", f"/{PHOTOS}/withdraw")
    other = register(host, 2, **{FIELD: "given"})
    mark = fields_of(form_on(staff.get(card(other)), "/consents"))["seen"]
    yes = {FIELD: "given", "method": "kiosk", "seen": mark}
    assert send(staff, open_card, yes, action="/consents").status_code == 409


@pytest.mark.one_database
def test_an_answer_is_taken_on_a_page_that_says_what_went_wrong_before(host: Host) -> None:
    """C6: the card that the second door gets shows the texts as well as any other."""
    host.load(exchange(open_event()))
    number = register(host)
    staff = staff_of(host).client()
    first, second = staff.get(card(number)), staff.get(card(number))
    assert send(staff, first, action="/check-in").status_code == 303
    known = send(staff, second, action="/check-in")
    assert known.status_code == 409
    yes = {FIELD: "given", "method": "kiosk"}
    assert send(staff, known, yes, action="/consents").status_code == 303
    assert acts(host)[-1] == ("given", "staff", "kiosk")

"""Staff registers people, and serves at the desk every step that a mail would serve."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from flask_stadtlabor import Action
from flask_stadtlabor.consent.models import ConsentEntry
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.organise.queries import notices
from flask_stadtlabor.registration.models import AccessToken, DeskNotice, Registration
from tests.factories import PHOTOS, exchange, open_event, person, purpose, question
from tests.forms import fill, form_on, page, press, send, typed_into
from tests.host import Host
from tests.organise.staff import DESK, DOOR, HERE, column, fill_event, register, staff_of, words_of

FORM = f"{HERE}register"
WALK_IN = f"{FORM}?at=door"


def details(**changes: Any) -> dict[str, Any]:
    return {"given_name": "Ilse", "family_name": "Brockhoff", "reach": "0234 4711", **changes}


def walk_in(staff: FlaskClient, **changes: Any) -> Any:
    """The form for somebody who just came; its address has a query that tests.forms drops."""
    form = form_on(staff.get(WALK_IN))
    assert form["action"] == WALK_IN
    return staff.post(WALK_IN, data=typed_into(form, details(**changes)))


def test_somebody_without_an_address_has_a_seat_and_staff_a_message(host: Host) -> None:
    host.load(exchange(open_event()))
    staff = staff_of(host).client()
    answer = fill(staff, FORM, details(party_size=2, language="de"))
    assert answer.status_code == 303
    assert host.scalar(select(Registration.state)) == "confirmed"
    assert host.scalar(select(Registration.source)) == "desk"
    assert host.scalar(select(Event.seats_taken)) == 2
    assert "no e-mail address" in words_of(staff, answer.location)
    assert host.mails() == []
    words = words_of(staff, f"{DESK}notices/")
    assert "Ilse Brockhoff" in words
    assert "0234 4711" in words
    assert "German" in words
    assert "1 message to pass on" in words_of(staff, DESK)
    assert press(staff, f"{DESK}notices/", "/done").status_code == 303
    assert "Nothing is to be passed on." in words_of(staff, f"{DESK}notices/")
    with host.app.app_context():
        notice = host.db.session.scalars(select(DeskNotice)).one()
        assert (notice.done_by, notice.done_at) == ("Otto Orga", host.clock.now)
    assert "Passed on by Otto Orga" in words_of(staff, answer.location)


@pytest.mark.one_database
def test_a_long_list_shows_the_oldest_messages_and_says_how_many_follow(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "LIST_LIMIT", 1)
    host.load(exchange(open_event()))
    fill_event(host, 3)
    staff = staff_of(host).client()
    told = words_of(staff, f"{DESK}notices/")
    assert "2 more messages follow once these are passed on." in told
    for _ in range(2):
        press(staff, f"{DESK}notices/", "/done")
    assert "once these are passed on" not in words_of(staff, f"{DESK}notices/")


@pytest.mark.one_database
def test_with_an_address_the_person_gets_the_mail(host: Host) -> None:
    host.load(exchange(open_event()))
    staff = staff_of(host).client()
    fill(staff, FORM, details(email="ilse@buerger.example"))
    assert host.scalar(select(Registration.state)) == "held"
    assert [mail["To"] for mail in host.mails()] == ["ilse@buerger.example"]


@pytest.mark.one_database
def test_an_address_that_is_known_leads_staff_to_its_registration(host: Host) -> None:
    host.load(exchange(open_event()))
    number = register(host)
    mails = len(host.mails())
    staff = staff_of(host).client()
    answer = fill(staff, FORM, details(email="person1@buerger.example"))
    assert answer.location == f"{HERE}registrations/{number}/?now=known"
    assert "registered already" in words_of(staff, answer.location)
    assert len(host.mails()) == mails
    assert column(host, number, "given_name") == "Änne"


@pytest.mark.parametrize("at_door", [False, True])
def test_nobody_is_taken_for_somebody_whose_mail_has_not_left_yet(
    host: Host, at_door: bool
) -> None:
    """S3, S12: their hold goes on, and the newest registration is that of somebody else."""
    host.load(exchange(open_event()))
    theirs = register(host, 1, confirm=False)
    host.clock.move(hours=47)
    register(host, 2, confirm=False)
    host.clock.move(hours=2)
    staff, typed = staff_of(host).client(), details(email="person1@buerger.example", language="de")
    answer = walk_in(staff, **typed) if at_door else fill(staff, FORM, typed)
    assert answer.status_code == 303
    page_of_theirs = f"{DOOR}{theirs}/" if at_door else f"{HERE}registrations/{theirs}/?now=known"
    assert answer.location.startswith(page_of_theirs)
    assert column(host, 2, "checked_in_at") is None


@pytest.mark.one_database
@pytest.mark.parametrize("without", [(), (Action.ORGANISE,)])
def test_whoever_registers_without_reading_names_is_told_that_it_is_done(
    host: Host, without: tuple[Action, ...]
) -> None:
    """S12: at the event, or at the form where they may go nowhere else."""
    host.load(exchange(open_event()))
    staff = staff_of(host, without=[Action.SEE_REGISTRATIONS, *without]).client()
    answer = fill(staff, FORM, details())
    assert host.scalar(select(Registration.state)) == "confirmed"
    words = words_of(staff, answer.location)
    assert "Registered." in words
    assert "Brockhoff" not in words


@pytest.mark.one_database
def test_the_form_asks_what_the_public_form_asks(host: Host) -> None:
    asked = {
        "ask_age": True,
        "ask_support": True,
        "companion_names": "optional",
        "questions": [question("essen", "choice", required=True)],
    }
    host.load(exchange(open_event(registration=asked)))
    staff = staff_of(host).client()
    words = words_of(staff, FORM)
    assert "This person is younger than 16" in words
    assert "I am younger" not in words
    answer = fill(staff, FORM, details())
    assert answer.status_code == 422
    assert page(answer).title.text.startswith("Error:")  # type: ignore[union-attr]
    given = {
        "question-essen": "a",
        "party_size": 2,
        "companion-1": "Ben",
        "support_needs": "Schriftmittlung",
        "under_16": "y",
        "guardian_name": "Carla Brockhoff",
    }
    assert fill(staff, FORM, details(**given)).status_code == 303
    with host.app.app_context():
        found = host.db.session.scalars(select(Registration)).one()
        assert found.answers == {"essen": "a"}
        assert found.companions == ("Ben",)
        assert found.support_needs == "Schriftmittlung"
        assert found.guardian_name == "Carla Brockhoff"
        assert found.privacy_shown == "privacy/1/en"


@pytest.mark.one_database
def test_no_browser_fills_in_the_name_or_address_of_somebody_else(host: Host) -> None:
    """HTML, autofill: a visitor's own fields have their tokens; other people's are off."""
    asked = {"ask_age": True, "companion_names": "optional"}
    host.load(exchange(open_event(registration=asked)))
    theirs = ["given_name", "family_name", "email", "guardian_name", "companion-1"]
    own = ["given-name", "family-name", "email", "off", "off"]
    for browser, address, tokens in (
        (host.client(), "/stadtlabor/en/events/plattform/register", own),
        (staff_of(host).client(), FORM, ["off"] * 5),
    ):
        form = form_on(browser.get(address), "/register")
        found = [form.select(f"[name={name}]")[0].get("autocomplete") for name in theirs]
        assert found == tokens


@pytest.mark.one_database
@pytest.mark.parametrize("method", ["paper", "kiosk"])
def test_answers_are_written_down_by_staff_with_how_they_were_given(
    host: Host, method: str
) -> None:
    """C2, C8: nothing is marked; an answer needs the way in which it was given."""
    host.load(exchange(open_event()))
    staff = staff_of(host).client()
    assert page(staff.get(FORM)).select(".sl-consent input[checked]") == []
    consent = {f"consent-{PHOTOS}": "refused"}
    answer = fill(staff, FORM, details(**consent))
    assert answer.status_code == 422
    assert "Please say how it was answered." in answer.text
    assert fill(staff, FORM, details(**consent, method=method)).status_code == 303
    with host.app.app_context():
        entries = host.db.session.scalars(select(ConsentEntry).order_by(ConsentEntry.seq)).all()
        assert [(entry.event, entry.actor, entry.method) for entry in entries] == [
            ("requested", "system", method),
            ("refused", "staff", method),
            ("confirmed", "staff", method),
        ]
    assert host.run("consent", "verify").exit_code == 0


@pytest.mark.one_database
def test_a_text_that_changed_meanwhile_is_shown_again_and_nothing_is_recorded(host: Host) -> None:
    """C6."""
    host.load(exchange(open_event()))
    staff = staff_of(host).client()
    before = staff.get(FORM)
    changed = purpose(PHOTOS, text={"de": "Neu.", "en": "New."})
    host.load(exchange(open_event(), purposes=[changed]))
    consent = {f"consent-{PHOTOS}": "given", "method": "paper"}
    answer = send(staff, before, details(**consent))
    assert answer.status_code == 422
    assert "has changed since" in answer.text
    assert 'value="Ilse"' in answer.text
    assert host.scalar(select(Registration.id)) is None


def test_a_walk_in_is_confirmed_and_checked_in_at_once(host: Host) -> None:
    """An event that wants addresses confirmed does not want it of somebody who stands there."""
    host.load(exchange(open_event()))
    staff = staff_of(host).client()
    fill(staff, DOOR, door="Hof", action="/door")
    answer = walk_in(staff, email="ilse@buerger.example", party_size=3)
    assert answer.status_code == 303
    assert "Checked in." in words_of(staff, answer.location)
    with host.app.app_context():
        found = host.db.session.scalars(select(Registration)).one()
        assert (found.state, found.source) == ("confirmed", "door")
        assert (found.checked_in_at, found.checked_in_where) == (host.clock.now, "Hof")
    assert host.scalar(select(Event.seats_taken)) == 3
    assert [mail["To"] for mail in host.mails()] == ["ilse@buerger.example"]


@pytest.mark.one_database
def test_staff_reads_that_nobody_can_tell_somebody_anything(host: Host) -> None:
    host.load(exchange(open_event()))
    staff = staff_of(host).client()
    warning = "Nobody can tell this person anything"
    lost = fill(staff, FORM, details(reach=""))
    assert lost.status_code == 303
    assert warning in words_of(staff, str(lost.location))
    assert warning not in words_of(staff, str(fill(staff, FORM, details(reach="0234")).location))
    assert warning not in words_of(staff, str(walk_in(staff, reach="").location))


@pytest.mark.one_database
def test_a_walk_in_without_an_address_leaves_nothing_to_pass_on(host: Host) -> None:
    host.load(exchange(open_event()))
    staff = staff_of(host).client()
    walk_in(staff, **{f"consent-{PHOTOS}": "given", "method": "kiosk"})
    assert "Nothing is to be passed on." in words_of(staff, f"{DESK}notices/")
    assert host.scalar(select(DeskNotice.done_by)) == "Otto Orga"
    number = host.scalar(select(Registration.id))
    photo = page(staff.get(f"{DOOR}{number}/")).select_one(".sl-photo-yes")
    assert photo is not None


@pytest.mark.one_database
def test_whoever_is_let_in_was_told_all_there_was_to_tell(host: Host) -> None:
    """They waited without an e-mail address, and stand at the door."""
    host.load(exchange(open_event(registration={"capacity": 1})))
    absent = register(host)
    staff = staff_of(host).client()
    fill(staff, FORM, details())
    waiting = host.scalar(select(Registration.id).where(Registration.reach.is_not(None)))
    assert "1 message to pass on" in words_of(staff, DESK)
    host.clock.now = host.clock.now.replace(month=4, day=22, hour=16)
    press(staff, f"{HERE}registrations/{absent}/", "/cancel")
    assert press(staff, f"{DOOR}{waiting}/", "/let-in").status_code == 303
    assert "Nothing is to be passed on." in words_of(staff, f"{DESK}notices/")


@pytest.mark.one_database
def test_whoever_told_somebody_first_stays_named(host: Host) -> None:
    host.load(exchange(open_event()))
    staff, other = staff_of(host).client(), staff_of(host, name="Petra Presse").client()
    fill(staff, FORM, details())
    late = other.get(f"{DESK}notices/")
    press(staff, f"{DESK}notices/", "/done")
    assert send(other, late, action="/done").status_code == 303
    assert host.scalar(select(DeskNotice.done_by)) == "Otto Orga"


@pytest.mark.one_database
def test_no_walk_in_goes_over_the_capacity_or_onto_the_waiting_list(host: Host) -> None:
    """S6."""
    host.load(exchange(open_event(registration={"capacity": 2})))
    register(host, party_size=1)
    staff = staff_of(host).client()
    answer = walk_in(staff, party_size=2)
    assert answer.status_code == 409
    assert "only one seat left" in answer.text
    assert walk_in(staff).status_code == 303
    assert walk_in(staff).status_code == 409
    assert host.scalar(select(Event.seats_taken)) == 2
    assert host.scalar(select(Event.parties_waiting)) == 0


@pytest.mark.one_database
def test_seats_of_a_running_event_go_to_whoever_comes(host: Host) -> None:
    host.load(exchange(open_event(registration={"capacity": 1})))
    absent = register(host, 1)
    register(host, 2, confirm=False)
    host.clock.now = host.clock.now.replace(month=4, day=22, hour=16)
    staff = staff_of(host).client()
    press(staff, f"{HERE}registrations/{absent}/", "/cancel")
    assert walk_in(staff).status_code == 303


def test_the_sheet_has_a_ticket_a_link_that_works_and_the_answers(host: Host) -> None:
    """S3: all of a mail on paper, in the person's language; of the link we keep the hash alone."""
    host.load(exchange(open_event()))
    staff = staff_of(host).client()
    consent = {f"consent-{PHOTOS}": "given", "method": "paper"}
    here = fill(staff, FORM, details(language="de", **consent)).location
    tokens = select(AccessToken.token_hash)
    assert host.scalar(tokens) is None
    sheet = press(staff, here, "/sheet")
    assert sheet.status_code == 200
    found = page(sheet)
    assert found.select_one('.stadtlabor[lang="de"]') is not None
    assert "Titel photos-website" in found.text
    address = found.select_one(".sl-address")
    assert address is not None
    assert len(found.select(".sl-sheet-qr svg")) == 2
    path = re.sub(r"^https?://[^/]+", "", address.text)
    citizen = host.client()
    assert citizen.get(path).status_code == 303
    mine = "/stadtlabor/de/registration/"
    assert press(citizen, mine, f"/consents/{PHOTOS}/withdraw").status_code == 303
    assert host.scalar(tokens) not in sheet.text


@pytest.mark.one_database
def test_no_sheet_is_made_for_staff_who_may_not_read_who_registered(host: Host) -> None:
    """S12: it has a name and a link to everything, and numbers are easily counted up."""
    host.load(exchange(open_event()))
    number = register(host)
    blind = staff_of(host, without=[Action.SEE_REGISTRATIONS]).client()
    sent = typed_into(form_on(blind.get(FORM)), {})
    answer = blind.post(f"{HERE}registrations/{number}/sheet", data=sent)
    assert answer.status_code == 403
    assert "Yıldız" not in answer.text


@pytest.mark.one_database
def test_no_sheet_shows_what_staff_may_not_read(host: Host) -> None:
    """S12: its link leads to a page with everything that is stored."""
    host.load(exchange(open_event(registration={"ask_support": True})))
    plain, needy = register(host, 1), register(host, 2, support_needs="Schriftmittlung")
    staff = staff_of(host, without=[Action.SEE_SUPPORT_NEEDS]).client()
    start = f"{HERE}registrations/"
    shown = staff.get(f"{start}{plain}/")
    assert send(staff, shown, action="/sheet").status_code == 200
    assert "/sheet" not in staff.get(f"{start}{needy}/").text
    form = typed_into(form_on(shown, "/sheet"), {})
    links = select(func.count(AccessToken.token_hash))
    before = host.scalar(links)
    assert staff.post(f"{start}{needy}/sheet", data=form).status_code == 403
    assert host.scalar(links) == before
    assert press(staff_of(host).client(), f"{start}{needy}/", "/sheet").status_code == 200
    # whoever has the link sees what a further form said, too
    twice = register(host, 3, confirm=False)
    again = person(3, support_needs="Gebärdensprache")
    fill(host.client(), "/stadtlabor/de/events/plattform/register", again)
    assert staff.post(f"{start}{twice}/sheet", data=form).status_code == 403
    assert staff.get(f"{start}{twice}/rectify").status_code == 403


@pytest.mark.one_database
def test_the_form_is_closed_where_nobody_is_registered(host: Host) -> None:
    host.load(exchange(open_event(registration=None), open_event("entwurf", status="draft")))
    staff = staff_of(host).client()
    assert staff.get(FORM).status_code == 404
    assert staff.get(f"{DESK}events/entwurf/register").status_code == 404
    assert FORM not in staff.get(HERE).text
    assert FORM not in staff_of(host, without=[Action.MANAGE_REGISTRATIONS]).client().get(HERE).text


@pytest.mark.one_database
def test_nobody_is_let_in_by_staff_who_may_not_work_at_the_door(host: Host) -> None:
    """S12: registering at the door checks in."""
    host.load(exchange(open_event()))
    staff = staff_of(host, without=[Action.CHECK_IN]).client()
    form = form_on(staff.get(FORM))
    assert staff.get(WALK_IN).status_code == 403
    assert staff.post(WALK_IN, data=typed_into(form, details())).status_code == 403
    assert host.scalar(select(Registration.id)) is None
    assert fill(staff, FORM, details()).status_code == 303


@pytest.mark.one_database
def test_an_answer_that_was_never_offered_brings_the_form_again(host: Host) -> None:
    host.load(exchange(open_event()))
    answer = fill(staff_of(host).client(), FORM, details(**{f"consent-{PHOTOS}": "perhaps"}))
    assert answer.status_code == 422
    assert "please choose one of the answers." in answer.text
    assert "Brockhoff" in answer.text


@pytest.mark.one_database
def test_a_question_that_staff_left_out_was_not_asked(host: Host) -> None:
    """Whoever got the form by themselves, or answered another question of staff's form, was."""
    both = [PHOTOS, "video"]
    host.load(exchange(open_event(purposes=both), purposes=[*map(purpose, both)]))
    staff = staff_of(host).client()
    card = walk_in(staff).location
    said = words_of(staff, card)
    assert "gave no answer" not in said
    assert said.count("Not asked yet") == 2
    assert "Ask now" in said
    some = walk_in(staff, **{"given_name": "Kim", f"consent-{PHOTOS}": "given", "method": "paper"})
    assert "Was asked and gave no answer. That counts as no." in words_of(staff, some.location)
    online = register(host)
    assert "Was asked and gave no answer." in words_of(staff, f"{DOOR}{online}/")

"""Staff writes events: drafts, two editors at once, publishing, copies, the trail."""

from __future__ import annotations

import json
from email.message import EmailMessage
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.exc import DatabaseError

from flask_stadtlabor import Action
from flask_stadtlabor.editor.description import PAGES
from flask_stadtlabor.events.history_models import EventRevision
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.outbox.models import OutboxMail
from flask_stadtlabor.text import LONGEST_MARKDOWN
from tests.factories import event, exchange, open_event, person, question
from tests.forms import fields_of, fill, form_on, page, press, send
from tests.host import Host
from tests.organise.staff import DESK, HERE, register, staff_of, words_of

EDIT = f"{HERE}edit/"
NEW = f"{DESK}events/new"
PUBLIC = "/stadtlabor/en/"


@pytest.fixture
def desk(host: Host) -> Host:
    host.load(exchange(open_event()))
    return staff_of(host)


def title(host: Host, slug: str = "plattform") -> Any:
    return host.scalar(select(Event.title).where(Event.slug == slug)).to_json()


def words_in(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\xa0", " ")


def count(host: Host, model: Any) -> int:
    return int(host.scalar(select(func.count()).select_from(model)))


def new_event(staff: FlaskClient, **changes: str) -> Any:
    given = {
        "title.de": "Große Fragen", "title.en": "Big questions",
        "starts_at": "2026-05-01T18:00", "ends_at": "2026-05-01T20:00", **changes,
    }  # fmt: skip
    return fill(staff, NEW, given)


@pytest.mark.one_database
def test_a_new_event_is_a_draft_that_nobody_else_sees(desk: Host) -> None:
    """Case 10: no list, search, feed, calendar, sitemap, API or teaser has it."""
    made = new_event(desk.client())
    assert made.status_code == 303
    assert made.headers["Location"].endswith("/organise/events/grosse-fragen/edit/text?now=made")
    assert "The draft is made." in words_of(desk.client(), made.headers["Location"])
    stranger = desk.make().client()
    for address in (
        PUBLIC, f"{PUBLIC}?q=questions", f"{PUBLIC}feed.atom", f"{PUBLIC}calendar.ics",
        "/stadtlabor/api/v1/events", "/stadtlabor/api/v1/events.csv",
    ):  # fmt: skip
        answer = stranger.get(address)
        assert answer.status_code == 200
        assert "grosse-fragen" not in answer.text
    assert stranger.get(f"{PUBLIC}events/grosse-fragen/").status_code == 404


def test_what_is_missing_blocks_and_then_it_is_published(desk: Host) -> None:
    staff = desk.client()
    new_event(staff)
    here = f"{DESK}events/grosse-fragen/"
    seen = words_of(staff, f"{here}review")
    assert "“In short” is missing." in seen
    assert "There is no text in easy language." in seen
    assert staff.get(f"{here}publish").status_code == 409
    short = {"summary.de": "Kommt!", "summary.en": "Come!"}
    assert fill(staff, f"{here}edit/text", short, action="/text").status_code == 303
    place = {"venue.name.de": "Halle", "venue.name.en": "Hall"}
    assert fill(staff, f"{here}edit/place", place, action="/place").status_code == 303
    seen = words_of(staff, f"{here}review")
    assert "Nobody has said whether people with a wheelchair get in." in seen
    assert press(staff, f"{here}publish", "/publish").status_code == 303
    assert "Big questions" in desk.make().client().get(PUBLIC).text


@pytest.mark.one_database
def test_a_draft_of_changes_is_seen_by_staff_alone(desk: Host) -> None:
    """Case 10."""
    staff = desk.client()
    fill(staff, f"{EDIT}text", {"title.en": "Another name"}, action="/text")
    assert title(desk)["en"] == "Have your say online"
    assert "Another name" not in desk.make().client().get(PUBLIC).text
    assert "Another name" in staff.get(f"{HERE}preview/en").text
    frame = page(staff.get(f"{HERE}preview/en/phone")).select_one("iframe")
    assert frame is not None
    assert "Another name" in staff.get(str(frame["src"])).text
    assert staff.get(f"{HERE}preview/tlh/phone").status_code == 404
    assert "Another name" in words_of(staff, f"{HERE}review")
    assert press(staff, f"{HERE}publish", "/publish").status_code == 303
    assert title(desk)["en"] == "Another name"


@pytest.mark.one_database
def test_text_survives_a_lost_session_and_a_stale_token(desk: Host) -> None:
    """Case 1."""
    staff = desk.client()
    opened = staff.get(f"{EDIT}text")
    sent = fields_of(form_on(opened, "/text"))
    sent["title.de"] = "Lang geschrieben"
    refused = staff_of(desk, without=[Action.EDIT]).client().post(f"{EDIT}text", data=sent)
    assert refused.status_code == 403
    kept = page(refused).select_one("input[name='title.de']")
    assert kept is not None
    assert kept["value"] == "Lang geschrieben"
    again = desk.client().post(f"{EDIT}text", data=sent)
    assert again.status_code == 422
    field = page(again).select_one("input[name='title.de']")
    assert field is not None
    assert field["value"] == "Lang geschrieben"
    assert title(desk)["de"] == "Mitreden im Netz"


@pytest.mark.one_database
def test_two_editors_from_the_same_start(desk: Host) -> None:
    """Case 2: different fields both stand, the same field shows both as text."""
    staff = desk.client()
    first, second, third = (staff.get(f"{EDIT}text") for _ in range(3))
    assert send(staff, first, {"topic.de": "Eins"}, action="/text").status_code == 303
    assert send(staff, second, {"price.de": "Zwei"}, action="/text").status_code == 303
    evil = "<img src=x onerror=alert(1)>"
    before = count(desk, EventRevision)
    both = send(staff, third, {"topic.de": evil}, action="/text")
    assert both.status_code == 409
    told = page(both).select_one(".sl-edit-both")
    assert told is not None
    assert evil in told.get_text()
    assert "Eins" in told.get_text()
    assert not page(both).select("img[onerror]")
    assert count(desk, EventRevision) == before
    assert send(staff, both, action="/text").status_code == 303
    seen = words_of(staff, f"{HERE}review")
    assert "Zwei" in seen
    assert "Eins" not in seen


def test_an_import_in_between_is_merged_into_the_draft(desk: Host) -> None:
    staff = desk.client()
    opened = staff.get(f"{EDIT}text")
    fill(staff, f"{EDIT}text", {"title.en": "Mine"}, action="/text")
    desk.load(exchange(open_event(topic={"de": "Vom Import"})))
    seen = words_of(staff, f"{HERE}review")
    assert "Mine" in seen
    assert "Vom Import" not in seen
    assert send(staff, opened, {"price.de": "frei"}, action="/text").status_code == 303
    assert press(staff, f"{HERE}publish", "/publish").status_code == 303
    assert title(desk)["en"] == "Mine"
    assert desk.scalar(select(Event.topic)).to_json() == {"de": "Vom Import"}


def autosave(staff: FlaskClient, **values: Any) -> Any:
    form = fields_of(form_on(staff.get(f"{EDIT}text"), "/text"))
    sent = {"csrf_token": form["csrf_token"], "number": form["number"], **values}
    return staff.post(f"{HERE}draft", data=json.dumps(sent), content_type="application/json")


@pytest.mark.one_database
def test_a_draft_saves_itself_and_sends_nothing(desk: Host) -> None:
    """Case 4: ten times, and the outbox stays empty."""
    register(desk)
    before = count(desk, OutboxMail)
    staff = desk.client()
    for number in range(10):
        saved = autosave(
            staff, **{"title.en": f"Name {number}", "starts_at": f"2026-04-2{number % 2}T17:30"}
        )
        assert (saved.status_code, saved.data) == (204, b"")
    assert count(desk, OutboxMail) == before
    assert title(desk)["en"] == "Have your say online"
    assert autosave(staff, starts_at="never").status_code == 422
    assert autosave(staff, csrf_token="x", **{"title.en": "x"}).status_code == 422
    stale = autosave(staff, number="1", **{"title.en": "Other"})
    assert stale.status_code == 409
    assert stale.json == {"conflicts": ["title.en"]}


def test_a_copy_has_its_times_moved_by_the_wall(host: Host) -> None:
    """Cases 5 and 6."""
    host.load(
        exchange(
            open_event(
                starts_at="2026-10-25T10:00", ends_at="2026-10-25T12:00",
                image={"url": "/halle.jpg", "alt": "Die Halle"},
                registration={"questions": [question("woher")], "closes_at": "2026-10-24T12:00"},
            )
        )
    )  # fmt: skip
    for number in (1, 2, 3):
        register(host, number)
    desk = staff_of(host)
    mails = count(desk, OutboxMail)
    made = fill(desk.client(), f"{HERE}duplicate", {}, action="/duplicate")
    assert made.status_code == 303
    with desk.app.app_context():
        original, copy = desk.db.session.scalars(select(Event).order_by(Event.id))
        assert copy.status == "draft"
        assert copy.uid != original.uid
        assert (copy.sequence, copy.seats_taken) == (0, 0)
        assert copy.starts_at.isoformat() == "2026-11-01T09:00:00+00:00"
        assert copy.closes_at is not None
        assert copy.closes_at.isoformat() == "2026-10-31T11:00:00+00:00"
        assert (copy.questions, copy.image) == (original.questions, original.image)
    assert count(desk, OutboxMail) == mails
    gap = fill(
        desk.client(), f"{HERE}duplicate", {"starts_at": "2027-03-28T02:30"}, action="/duplicate"
    )
    assert gap.status_code == 422
    assert "does not exist" in gap.text


@pytest.mark.one_database
def test_the_number_of_people_is_the_one_that_was_shown(desk: Host) -> None:
    """Cases 3 and 7: who was told in between is asked about, each in their language."""
    staff = desk.client()
    register(desk, 1)
    moved = {"starts_at": "2026-04-23T17:30", "ends_at": "2026-04-23T19:00"}
    fill(staff, f"{EDIT}time", moved, action="/time")
    shown = staff.get(f"{HERE}publish")
    assert "1 registration is told." in page(shown).get_text(" ", strip=True)
    register(desk, 2)
    desk.mails()
    desk.sent.clear()
    again = send(staff, shown, action="/publish")
    assert again.status_code == 409
    assert "2 registrations are told." in page(again).get_text(" ", strip=True)
    silent = send(staff, again, {"silent": "y"}, action="/publish")
    assert silent.status_code == 422
    assert send(staff, again, action="/publish").status_code == 303
    assert len(desk.mails()) == 2


@pytest.mark.one_database
def test_telling_nobody_takes_a_reason(desk: Host) -> None:
    register(desk)
    staff = desk.client()
    fill(staff, f"{EDIT}text", {"title.en": "Renamed"}, action="/text")
    desk.mails()
    desk.sent.clear()
    given = {"silent": "y", "reason": "Only a spelling"}
    assert fill(staff, f"{HERE}publish", given, action="/publish").status_code == 303
    assert desk.mails() == []
    assert "Only a spelling" in words_of(staff, f"{HERE}history/")


@pytest.mark.one_database
def test_calling_off_tells_people(desk: Host) -> None:
    register(desk)
    staff = desk.client()
    desk.mails()
    desk.sent.clear()
    assert staff.get(f"{HERE}unpublish").status_code == 409
    assert press(staff, f"{HERE}cancel", "/cancel").status_code == 303
    assert desk.scalar(select(Event.status)) == "cancelled"
    assert len(desk.mails()) == 1


@pytest.mark.parametrize(
    "path",
    [
        *("edit/text", "review", "publish", "move", "preview/en", "preview/en/phone"),
        *("history/", "history/1/", "duplicate"),
    ],
)
@pytest.mark.one_database
def test_rights_on_one_event_open_nothing_of_another(host: Host, path: str) -> None:
    """Case 9."""
    host.load(exchange(open_event(), event("andere")))
    staff = staff_of(host, only="plattform").client()
    assert staff.get(f"{HERE}{path}").status_code == 200 or path == "publish"
    assert staff.get(f"{DESK}events/andere/{path}").status_code == 403


@pytest.mark.one_database
def test_an_empty_title_leads_to_a_field_that_can_be_seen(desk: Host) -> None:
    """Case 14."""
    wrong = fill(desk.client(), f"{EDIT}text", {"title.de": "", "title.en": ""}, action="/text")
    assert wrong.status_code == 422
    link = page(wrong).select_one(".sl-errors a")
    assert link is not None
    field = page(wrong).select_one(str(link["href"]))
    assert field is not None
    assert field["name"] == "title.de"
    assert field.find_parent("details") is None


@pytest.mark.one_database
def test_seats_that_are_taken_cannot_be_taken_away(desk: Host) -> None:
    """Case 15."""
    register(desk, party_size="3")
    fewer = {"registration.capacity": "1"}
    wrong = fill(desk.client(), f"{EDIT}registration", fewer, action="/registration")
    assert wrong.status_code == 422
    assert "3 seats are taken already, so this is 2 too few." in page(wrong).get_text(" ")


@pytest.mark.one_database
def test_an_item_outside_of_the_event_is_told(host: Host) -> None:
    """Case 13."""
    item = {"starts_at": "09:00", "title": "Frühstück"}
    host.load(exchange(open_event(programme=[item])))
    seen = words_of(staff_of(host).client(), f"{HERE}review")
    assert "Item 1 of the programme is at 09:00" in seen


def test_the_trail_is_kept_and_leads_back(desk: Host) -> None:
    staff = desk.client()
    fill(staff, f"{EDIT}text", {"title.en": "One"}, action="/text")
    fill(staff, f"{EDIT}text", {"title.en": "Two"}, action="/text")
    newest = int(desk.scalar(select(func.max(EventRevision.number))))
    seen = words_of(staff, f"{HERE}history/{newest}/")
    assert "One" in seen
    assert "Two" in seen
    assert press(staff, f"{HERE}history/{newest - 1}/", "/restore").status_code == 303
    assert "One" in words_of(staff, f"{HERE}review")
    with desk.app.app_context(), pytest.raises(DatabaseError):
        desk.db.session.execute(update(EventRevision).values(step="moved"))


@pytest.mark.one_database
def test_a_text_that_is_too_long_is_refused_and_kept(desk: Host) -> None:
    """The file's own limit, in words for people."""
    long = "a" * (LONGEST_MARKDOWN + 1)
    refused = fill(desk.client(), f"{EDIT}text", {"description.de": long}, action="/text")
    assert refused.status_code == 422
    assert "“Description”: please enter at most" in refused.text
    assert long in refused.text


@pytest.mark.one_database
@pytest.mark.parametrize("name", PAGES)
def test_each_field_has_a_name_of_its_own(host: Host, name: str) -> None:
    """No id stands twice on a page, and each label belongs to a field."""
    items = [{"starts_at": "17:40", "title": "A", "speakers": ["B", "C"]}]
    asked = {"questions": [question("woher", "choice")]}
    host.load(exchange(open_event(programme=items, registration=asked)))
    address = f"{HERE}results" if name == "results" else f"{EDIT}{name}"
    shown = page(staff_of(host).client().get(address))
    ids = [str(found["id"]) for found in shown.select("[id]")]
    assert len(ids) == len(set(ids))
    assert {str(label["for"]) for label in shown.select("label[for]")} <= set(ids)


NEW_START = "2026-05-02T17:30"


def test_an_event_moves_with_all_its_times_and_each_is_told_in_their_language(host: Host) -> None:
    """Case 7: a German organiser moves it, and an English registrant reads English."""
    host.load(
        exchange(
            open_event(doors_at="2026-04-22T17:00", registration={"closes_at": "2026-04-21T12:00"})
        )
    )
    host.client().get(f"{PUBLIC}events/plattform/register")
    register(host, 1)
    fill(host.client(), f"{PUBLIC}events/plattform/register", person(2))
    host.mails()
    desk = staff_of(host)
    desk.sent.clear()
    german = f"{HERE.replace('/en/', '/de/')}move"
    staff = desk.client()
    shown = staff.get(german, query_string={"starts_at": NEW_START})
    seen = page(shown).get_text(" ", strip=True)
    assert "2 Anmeldungen" in seen
    assert "vorher: Mittwoch, 22. April 2026, 17:30 Uhr" in seen.replace("\xa0", " ")
    assert send(staff, shown, action="/move").status_code == 303
    with desk.app.app_context():
        moved = desk.db.session.scalars(select(Event)).one()
        times = [moved.starts_at, moved.ends_at, moved.doors_at, moved.closes_at]
        assert [time.isoformat()[:16] for time in times if time] == [
            "2026-05-02T15:30", "2026-05-02T17:00", "2026-05-02T15:00", "2026-05-01T10:00",
        ]  # fmt: skip
    told = {mail["To"]: mail for mail in desk.mails()}
    assert "2. Mai" in words_in(told[person(1)["email"]])
    english = words_in(told[person(2)["email"]])
    assert "2 May" in english
    assert "Mai 2026" not in english


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("starts_at", "said"),
    [
        ("2027-03-28T02:30", "does not exist"),
        ("2026-01-05T17:30", "That is past."),
        ("next week", "Please say on which day and at what time"),
        ("2026-04-22T17:30", "That is when it begins already."),
    ],
)
def test_a_move_to_no_time_is_refused(desk: Host, starts_at: str, said: str) -> None:
    answer = desk.client().get(f"{HERE}move", query_string={"starts_at": starts_at})
    assert answer.status_code == 422
    assert said in page(answer).get_text(" ", strip=True)
    assert "Who is told" not in answer.text


@pytest.mark.one_database
def test_a_move_tells_those_whom_its_page_showed(desk: Host) -> None:
    register(desk, 1)
    staff = desk.client()
    shown = staff.get(f"{HERE}move", query_string={"starts_at": NEW_START})
    register(desk, 2)
    again = send(staff, shown, action="/move")
    assert again.status_code == 409
    assert "2 registrations are told." in page(again).get_text(" ", strip=True)
    assert send(staff, again, action="/move").status_code == 303
    assert desk.scalar(select(Event.sequence)) == 1


def test_a_postponed_event_takes_place_again_once_it_is_moved(desk: Host) -> None:
    staff = desk.client()
    press(staff, f"{HERE}postpone", "/postpone")
    shown = staff.get(f"{HERE}move", query_string={"starts_at": NEW_START})
    assert send(staff, shown, action="/move").status_code == 303
    assert desk.scalar(select(Event.status)) == "published"


@pytest.mark.one_database
def test_a_draft_of_changes_outlives_a_step_that_does_not_publish_it(desk: Host) -> None:
    staff = desk.client()
    fill(staff, f"{EDIT}text", {"title.en": "Another name"}, action="/text")
    assert press(staff, f"{HERE}postpone", "/postpone").status_code == 303
    assert title(desk)["en"] == "Have your say online"
    assert "Another name" in staff.get(f"{EDIT}text").text
    assert press(staff, f"{HERE}publish", "/publish").status_code == 303
    assert title(desk)["en"] == "Another name"
    assert desk.scalar(select(Event.status)) == "postponed"


def test_an_event_that_is_taken_back_is_what_its_draft_was(desk: Host) -> None:
    staff = desk.client()
    fill(staff, f"{EDIT}text", {"title.en": "Another name"}, action="/text")
    assert press(staff, f"{HERE}unpublish", "/unpublish").status_code == 303
    assert title(desk)["en"] == "Another name"
    fill(staff, f"{EDIT}text", {"title.en": "A third name"}, action="/text")
    assert title(desk)["en"] == "A third name"

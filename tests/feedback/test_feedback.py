"""A short survey after an event, which knows nobody who answered."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import select

from flask_stadtlabor import Action
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.feedback.models import FeedbackAnswer
from tests.events.desk import statements
from tests.factories import event, exchange, open_event
from tests.forms import fill, page
from tests.host import Host
from tests.organise.staff import DESK, HERE, register, staff_of, words_of

SURVEY = "/stadtlabor/en/feedback/plattform"
STAFF = f"{HERE}feedback"
SAID = {"rating": "4", "good": "The hall.", "change": "More time.", "accessible": "partly"}


def over(host: Host, **changes: Any) -> Host:
    """The portal an hour after its event."""
    host.load(exchange(open_event(**{"feedback": {}, **changes})))
    host.clock.now = datetime(2026, 4, 22, 18, 0, tzinfo=UTC)
    return host


def answer(host: Host, **given: Any) -> Any:
    return fill(host.client(), SURVEY, {**SAID, **given}, action="/plattform")


def rows(host: Host) -> list[FeedbackAnswer]:
    with host.app.app_context():
        return list(host.db.session.scalars(select(FeedbackAnswer)))


@pytest.mark.one_database
def test_somebody_answers_and_the_team_reads_it(host: Host) -> None:
    over(host)
    sent = answer(host)
    assert sent.status_code == 303
    assert "Thank you for your answers" in host.client().get(sent.location).text
    answer(host, rating="5", good="", change="", accessible="yes")
    staff = staff_of(host).client()
    seen = words_of(staff, STAFF)
    assert "2 answers. On average 4.5 of 5." in seen
    assert "1 of 2 could, 1 in part, 0 could not." in seen
    assert "The hall." in seen
    assert "More time." in seen
    assert "somebody may have answered more than once" in seen
    shown = page(staff.get(STAFF))
    assert shown.select_one(".sl-sheet-qr svg") is not None
    file = shown.select_one("a[download$='.svg']")
    assert file is not None
    assert unquote(str(file["href"])).startswith("data:image/svg+xml")
    assert "<svg" in unquote(str(file["href"]))


@pytest.mark.one_database
def test_while_answers_are_taken_the_one_main_button_of_the_event_asks_for_them(
    host: Host,
) -> None:
    over(host)
    public = "/stadtlabor/en/events/plattform/"
    buttons = page(host.client().get(public)).select(".sl-event .sl-button")
    assert [button["href"] for button in buttons] == [SURVEY]
    host.clock.move(days=20)
    buttons = page(host.client().get(public)).select(".sl-event .sl-button")
    assert [button["href"] for button in buttons] == ["/stadtlabor/en/"]


def test_a_row_knows_no_address_no_session_and_no_hour(host: Host) -> None:
    """C12, S16: nothing but the answers and the day, by the clock of the event."""
    over(host)
    host.clock.now = datetime(2026, 4, 23, 22, 30, tzinfo=UTC)
    answer(host)
    (row,) = rows(host)
    kept = {name: getattr(row, name) for name in FeedbackAnswer.__table__.columns.keys()}  # noqa: SIM118
    assert len(kept.pop("mark")) == 32
    assert kept == {
        "event_id": host.scalar(select(Event.id)),
        "day": date(2026, 4, 24),
        "rating": 4,
        "accessible": "partly",
        "good": "The hall.",
        "change": "More time.",
    }


@pytest.mark.one_database
def test_what_people_write_is_shown_as_text(host: Host) -> None:
    over(host)
    answer(host, good="<img src=x onerror=alert(1)> **fett**")
    shown = staff_of(host).client().get(STAFF).text
    assert "&lt;img src=x onerror=alert(1)&gt; **fett**" in shown
    assert "<img src=x" not in shown


@pytest.mark.one_database
def test_it_is_open_from_the_end_for_as_long_as_the_event_says(host: Host) -> None:
    host.load(exchange(open_event(feedback={"days": 3})))
    early = host.client().get(SURVEY)
    assert early.status_code == 200
    assert "as soon as the event is over" in early.text
    host.clock.now = datetime(2026, 4, 25, 16, 59, tzinfo=UTC)
    client = host.client()
    opened = client.get(SURVEY)
    assert page(opened).select_one("[name=rating]") is not None
    host.clock.move(minutes=1)
    assert client.post(SURVEY, data=SAID).status_code == 409
    assert "No answers are taken any more." in host.client().get(SURVEY).text
    assert rows(host) == []


@pytest.mark.one_database
@pytest.mark.parametrize(
    "changes", [{"feedback": None}, {"status": "draft"}], ids=["not asked", "draft"]
)
def test_without_a_survey_there_is_no_page(host: Host, changes: dict[str, Any]) -> None:
    over(host, **changes)
    assert host.client().get(SURVEY).status_code == 404
    assert host.client().get(f"{SURVEY}/thanks").status_code == 404


@pytest.mark.one_database
def test_an_event_that_was_called_off_takes_no_answers(host: Host) -> None:
    over(host, status="cancelled")
    assert page(host.client().get(SURVEY)).select_one("[name=rating]") is None


@pytest.mark.one_database
def test_a_faulty_answer_comes_again_with_all_that_was_typed(host: Host) -> None:
    """A4, S15: no answer is chosen that nobody gave."""
    over(host)
    again = answer(host, rating=None)
    assert again.status_code == 422
    assert "please choose one of the answers" in again.text
    assert "More time." in again.text
    assert page(again).select_one("[name=rating][checked]") is None
    assert answer(host, rating="6").status_code == 422
    assert answer(host, website="robot").status_code == 422
    assert answer(host, good="a" * 2001).status_code == 422
    assert host.client().post(SURVEY, data=SAID).status_code == 422
    assert rows(host) == []


@pytest.mark.one_database
def test_too_many_answers_from_one_network_have_to_wait(host: Host) -> None:
    """S4."""
    over(host)
    limited = host.make(STADTLABOR_RATE_LIMITS={"link": "1 per hour"})
    assert answer(limited).status_code == 303
    refused = answer(limited)
    assert refused.status_code == 429
    assert "More time." in refused.text


def test_retention_takes_the_words_and_leaves_the_ratings(host: Host) -> None:
    over(host, retention_days=2)
    answer(host)
    host.clock.move(days=1)
    assert "Nothing is past its time." in host.run("retention", "run", "--dry-run").output
    host.clock.move(days=10)
    assert "1 feedback in words" in host.run("retention", "run", "--dry-run").output
    assert rows(host)[0].good == "The hall."
    assert "1 feedback in words" in host.run("retention", "run").output
    (row,) = rows(host)
    assert (row.rating, row.accessible, row.good, row.change) == (4, "partly", None, None)
    assert "The hall." not in words_of(staff_of(host).client(), STAFF)


@pytest.mark.one_database
def test_staff_turns_it_on_in_the_editor(host: Host) -> None:
    """And it comes back out of the file."""
    host.load(exchange(open_event()))
    staff = staff_of(host).client()
    assert "This event asks for no feedback." in words_of(staff, STAFF)
    wanted = {"feedback": "true", "feedback.days": "7", "feedback.public": "true"}
    edit = f"{HERE}edit/registration"
    assert fill(staff, edit, wanted, action="/registration").status_code == 303
    assert fill(staff, f"{HERE}publish", action="/publish").status_code == 303
    written = json.loads(host.run("export").stdout)["events"][0]
    assert written["feedback"] == {"days": 7, "public": True}
    wrong = fill(staff, edit, {**wanted, "feedback.days": "91"}, action="/registration")
    assert wrong.status_code == 422


@pytest.mark.one_database
def test_only_those_who_may_read_it_do(host: Host) -> None:
    """Case 9, S12."""
    host.load(exchange(open_event(feedback={}), event("andere", feedback={})))
    assert staff_of(host, without=[Action.SEE_FEEDBACK]).client().get(STAFF).status_code == 403
    only = staff_of(host, only="plattform").client()
    assert only.get(STAFF).status_code == 200
    assert only.get(f"{DESK}events/andere/feedback").status_code == 403
    assert host.client().get(STAFF).status_code == 403


@pytest.mark.one_database
def test_the_number_of_statements_does_not_grow_with_answers(host: Host) -> None:
    over(host)
    staff = staff_of(host)

    def asked() -> int:
        staff.client().get(STAFF)
        with statements(staff) as seen:
            staff.client().get(STAFF)
        return len(seen)

    answer(host)
    few = asked()
    for rating in "12345":
        answer(host, rating=rating, accessible="no")
    assert asked() == few


@pytest.mark.one_database
def test_whoever_is_registered_answers_like_a_stranger(host: Host) -> None:
    """S2: the survey knows no registrations."""
    host.load(exchange(open_event(feedback={})))
    register(host, 1)
    host.clock.now = datetime(2026, 4, 22, 18, 0, tzinfo=UTC)
    with statements(host) as seen:
        answer(host)
    assert not [each for each in seen if "stadtlabor_registration" in each]


PUBLIC_PAGE = "/stadtlabor/en/events/plattform/"


def test_the_events_page_leads_there_as_long_as_answers_are_taken(host: Host) -> None:
    """D1: the page is kept, and never wrong: not before the end, and no longer than that."""
    host.load(exchange(open_event(feedback={"days": 3})))
    stranger = host.client()
    seen = {}
    for day, hour in ((22, 15), (22, 18), (25, 15), (25, 19)):
        host.clock.now = datetime(2026, 4, day, hour, tzinfo=UTC)
        answer = stranger.get(PUBLIC_PAGE)
        seen[day, hour] = (SURVEY in answer.text, answer.headers["ETag"])
    assert [leads for leads, _ in seen.values()] == [False, True, True, False]
    assert len({tag for _, tag in seen.values()}) == 3
    still = {"If-None-Match": seen[25, 15][1]}
    assert stranger.get(PUBLIC_PAGE, headers=still).status_code == 200


def test_the_mail_of_thanks_leads_there(host: Host) -> None:
    host.load(exchange(open_event(feedback={}, registration={"thank_you": True})))
    register(host, 1)
    host.sent.clear()
    host.clock.now = datetime(2026, 4, 23, 18, 0, tzinfo=UTC)
    host.run("outbox", "run")
    body = host.mails()[-1].get_body(("plain",))
    assert body is not None
    assert "Vier kurze Fragen" in body.get_content()
    assert "/stadtlabor/de/feedback/plattform" in body.get_content()


def settled(host: Host, *ratings: int, **asked: Any) -> Host:
    """The portal once nobody can answer any more, and the worker has been there."""
    over(host, feedback={"days": 3, "public": True, **asked})
    for rating in ratings:
        assert answer(host, rating=str(rating)).status_code == 303
    host.clock.now = datetime(2026, 4, 26, 18, 0, tzinfo=UTC)
    assert host.run("outbox", "run").exit_code == 0
    return host


def test_everybody_reads_how_people_liked_it_where_the_team_wants_that(host: Host) -> None:
    """The average and how many answered, never anybody's words."""
    settled(host, 5, 5, 4, 4, 3)
    seen = words_of(host.client(), PUBLIC_PAGE)
    assert (
        "How people liked it On average 4.2 of 5. 5 people have answered, without a name." in seen
    )
    assert "The hall." not in seen
    assert "More time." not in seen


@pytest.mark.one_database
def test_below_five_answers_nothing_is_said(host: Host) -> None:
    """V4."""
    settled(host, 5, 5, 4, 4)
    assert "How people liked it" not in host.client().get(PUBLIC_PAGE).text


@pytest.mark.one_database
def test_nothing_is_said_as_long_as_answers_are_taken(host: Host) -> None:
    """S16: an average that moves with each answer tells what that one said."""
    over(host, feedback={"days": 3, "public": True})
    stranger = host.client()
    for _ in range(6):
        answer(host)
    assert host.run("outbox", "run").exit_code == 0
    assert "How people liked it" not in stranger.get(PUBLIC_PAGE).text
    host.clock.now = datetime(2026, 4, 26, 18, 0, tzinfo=UTC)
    before = stranger.get(PUBLIC_PAGE)
    assert host.run("outbox", "run").exit_code == 0
    # the page that was kept is made anew
    after = stranger.get(PUBLIC_PAGE, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "6 people have answered" in after.text


@pytest.mark.one_database
def test_the_team_decides_and_can_take_it_back(host: Host) -> None:
    settled(host, 5, 5, 4, 4, 3, public=False)
    stranger = host.client()
    assert "How people liked it" not in stranger.get(PUBLIC_PAGE).text
    shown = open_event(feedback={"days": 3, "public": True})
    host.load(exchange(shown))
    assert host.run("outbox", "run").exit_code == 0
    assert "On average 4.2 of 5." in stranger.get(PUBLIC_PAGE).text
    host.load(exchange(shown | {"feedback": {"days": 3}}))
    assert "How people liked it" not in stranger.get(PUBLIC_PAGE).text


@pytest.mark.one_database
def test_whoever_answers_knows_that_the_average_is_shown(host: Host) -> None:
    over(host, feedback={"public": True})
    assert "says how people liked it on average" in words_of(host.client(), SURVEY)
    assert "how people liked it on average" in words_of(staff_of(host).client(), STAFF)


@pytest.mark.one_database
def test_the_numbers_take_no_further_statement(host: Host) -> None:
    settled(host, 5, 5, 4, 4, 3, public=False)
    stranger = host.client()
    stranger.get(PUBLIC_PAGE)

    def asked(*, public: bool) -> int:
        told = open_event(feedback={"days": 3, "public": public}, price={"de": str(public)})
        host.load(exchange(told))
        assert host.run("outbox", "run").exit_code == 0
        with statements(host) as seen:
            assert ("How people liked it" in stranger.get(PUBLIC_PAGE).text) == public
        return len(seen)

    assert asked(public=True) == asked(public=False)

"""After a withdrawal: what was published is listed, taken down, and ticked off by name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, select

from flask_stadtlabor import Action
from flask_stadtlabor.consent.follow_up import take_downs
from flask_stadtlabor.consent.models import Publication, TakeDownTask
from flask_stadtlabor.registration.models import AccessToken, Registration
from tests.events.desk import statements
from tests.factories import PHOTOS, exchange, open_event
from tests.forms import fields_of, fill, form_on, page, press, send
from tests.host import Host
from tests.organise.staff import DESK, HERE, column, register, staff_of, words_of

TASKS = f"{DESK}take-downs/"
PUBLISHED = f"{HERE}publications/"
GALLERY = "https://stadt.example/galerie"


def withdrawn(host: Host, number: int = 1, slug: str = "plattform") -> int:
    """Somebody said yes and takes it back by their link; their number."""
    registration = register(host, number, slug=slug, **{f"consent-{PHOTOS}": "given"})
    browser = host.client()
    browser.get(host.link(host.mails()[-1]))
    press(browser, "/stadtlabor/de/registration/", f"/{PHOTOS}/withdraw")
    return registration


def publish(staff: Any, **changes: Any) -> Any:
    given = {"purpose": PHOTOS, "place": GALLERY, "published_on": "2026-03-01", **changes}
    return fill(staff, PUBLISHED, given, action="/record")


@pytest.mark.one_database
def test_a_task_lists_what_was_published_of_the_event_under_the_purpose(host: Host) -> None:
    """C10."""
    host.load(exchange(open_event(purposes=[PHOTOS, "photos-print"]), open_event("andere")))
    staff = staff_of(host).client()
    assert publish(staff).status_code == 303
    publish(staff, place="Stadtmagazin, Heft 3")
    publish(staff, place="Plakat", purpose="photos-print")
    withdrawn(host)
    task = page(staff.get(TASKS)).select_one(".sl-desk-list > li")
    assert task is not None
    assert "Änne Yıldız-1 · Title photos-website" in task.get_text(" ", strip=True)
    places = [item.get_text(" ", strip=True) for item in task.select(".sl-desk-places li")]
    day = "1\N{NO-BREAK SPACE}March 2026"
    assert places == [f"Stadtmagazin, Heft 3 {day}", f"{GALLERY} {day}"]
    assert [link["href"] for link in task.select(".sl-desk-places a")] == [GALLERY]


@pytest.mark.one_database
def test_a_task_is_ticked_off_once_with_day_and_name(host: Host) -> None:
    host.load(exchange(open_event()))
    withdrawn(host)
    staff, other = staff_of(host).client(), staff_of(host, name="Petra Presse").client()
    late = other.get(TASKS)
    assert "1 take-down task" in words_of(staff, DESK)
    assert press(staff, TASKS, "/done").status_code == 303
    host.clock.move(days=1)
    assert send(other, late, action="/done").status_code == 303
    with host.app.app_context():
        task = host.db.session.scalars(select(TakeDownTask)).one()
        assert task.done_by == "Otto Orga"
        assert (host.clock.now - task.done_at).days == 1
    words = words_of(staff, TASKS)
    assert "Nothing is to be taken down." in words
    assert "Done on Monday, 2 March 2026, at 10:00 by Otto Orga" in words


def test_a_task_outlives_the_registration_under_the_pseudonym(host: Host) -> None:
    """C13."""
    host.load(exchange(open_event()))
    number = withdrawn(host)
    subject = column(host, number, "subject")
    with host.app.app_context():
        host.db.session.execute(delete(AccessToken))
        host.db.session.execute(delete(Registration).where(Registration.id == number))
        host.db.session.commit()
    words = words_of(staff_of(host).client(), TASKS)
    assert subject in words
    assert "Yıldız" not in words


def test_publications_are_marked_as_taken_down(host: Host) -> None:
    host.load(exchange(open_event()))
    staff = staff_of(host).client()
    publish(staff)
    assert press(staff, PUBLISHED, "/taken-down").status_code == 303
    assert host.scalar(select(Publication.taken_down_at)) == host.clock.now
    words = words_of(staff, PUBLISHED)
    assert "recorded by Otto Orga" in words
    assert "Taken down on Monday, 2 March 2026" in words


@pytest.mark.one_database
def test_the_first_note_that_something_was_taken_down_stays(host: Host) -> None:
    host.load(exchange(open_event()))
    staff, other = staff_of(host).client(), staff_of(host).client()
    publish(staff)
    late = other.get(PUBLISHED)
    press(staff, PUBLISHED, "/taken-down")
    first = host.scalar(select(Publication.taken_down_at))
    host.clock.move(days=1)
    assert send(other, late, action="/taken-down").status_code == 303
    assert host.scalar(select(Publication.taken_down_at)) == first


@pytest.mark.one_database
def test_a_task_and_a_publication_are_worked_off_at_their_own_event_alone(host: Host) -> None:
    """S12."""
    host.load(exchange(open_event(), open_event("andere")))
    withdrawn(host)
    everywhere = staff_of(host).client()
    publish(everywhere)
    cookie = everywhere.get_cookie("session")
    assert cookie is not None
    elsewhere = staff_of(host, only="andere").client()
    elsewhere.set_cookie("session", cookie.value)
    assert send(elsewhere, everywhere.get(TASKS), action="/done").status_code == 403
    assert host.scalar(select(TakeDownTask.done_at)) is None
    publication = host.scalar(select(Publication.id))
    token = fields_of(form_on(everywhere.get(PUBLISHED)))
    there = f"{DESK}events/andere/publications/{publication}/taken-down"
    assert everywhere.post(there, data=token).status_code == 404
    assert host.scalar(select(Publication.taken_down_at)) is None


@pytest.mark.one_database
@pytest.mark.parametrize(
    "wrong",
    [
        {"purpose": None},
        {"purpose": "nothing"},
        {"place": " "},
        {"place": "x" * 2001},
        {"published_on": "yesterday"},
        {"published_on": ""},
        {"published_on": "2026-03-09"},
    ],
)
def test_a_publication_needs_purpose_place_and_a_day_that_has_come(
    host: Host, wrong: dict[str, Any]
) -> None:
    """A4."""
    host.load(exchange(open_event()))
    answer = publish(staff_of(host).client(), **wrong)
    assert answer.status_code == 422
    assert page(answer).title.text.startswith("Error:")  # type: ignore[union-attr]
    assert page(answer).select_one("[role=alert] a") is not None
    assert host.scalar(select(Publication.id)) is None


@pytest.mark.one_database
def test_what_was_published_today_can_be_recorded_right_after_midnight(host: Host) -> None:
    """D4: the day is the portal's, where it has begun an hour before UTC's."""
    host.load(exchange(open_event()))
    host.clock.now = datetime.fromisoformat("2026-03-02T00:30:00+01:00").astimezone(UTC)
    staff = staff_of(host).client()
    assert publish(staff, published_on="2026-03-02").status_code == 303
    assert publish(staff, published_on="2026-03-03").status_code == 422


@pytest.mark.one_database
def test_what_is_no_address_is_no_link(host: Host) -> None:
    """S9."""
    host.load(exchange(open_event()))
    staff = staff_of(host).client()
    publish(staff, place="javascript:alert(1)")
    publish(staff, place="<b>x</b>")
    found = page(staff.get(PUBLISHED))
    assert found.select(".sl-desk-list a, .sl-desk-list b") == []


@pytest.mark.one_database
def test_an_unknown_task_or_publication_is_not_there(host: Host) -> None:
    host.load(exchange(open_event(), open_event("andere")))
    staff = staff_of(host).client()
    publish(staff)
    number = host.scalar(select(Publication.id))
    for address in (
        f"{TASKS}7/done",
        f"{TASKS}99999999999999/done",
        f"{DESK}events/andere/publications/{number}/taken-down",
    ):
        assert staff.post(address).status_code == 404


@pytest.mark.one_database
def test_a_long_list_shows_the_oldest_tasks_and_says_how_many_follow(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(take_downs, "LIST_LIMIT", 2)
    host.load(exchange(open_event()))
    for number in (1, 2, 3):
        withdrawn(host, number)
    staff = staff_of(host).client()
    told = words_of(staff, TASKS)
    assert "Yıldız-2" in told
    assert "Yıldız-3" not in told
    assert "1 more task follows once these are done." in told
    press(staff, TASKS, "/done")
    told = words_of(staff, TASKS)
    assert "Yıldız-3" in told
    assert "once these are done" not in told


@pytest.mark.one_database
def test_tasks_of_events_of_others_take_nobodys_place(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whom the policy lets work on one event sees all of its tasks, however many others have."""
    monkeypatch.setattr(take_downs, "LIST_LIMIT", 1)
    host.load(exchange(open_event("andere"), open_event()))
    withdrawn(host, 1, slug="andere")
    withdrawn(host, 2)
    staff = staff_of(host, only="plattform").client()
    told = words_of(staff, TASKS)
    assert "Yıldız-2" in told
    assert "Yıldız-1" not in told
    assert "once these are done" not in told


@pytest.mark.one_database
def test_many_tasks_take_no_more_statements_than_few(host: Host) -> None:
    host.load(exchange(open_event()))
    withdrawn(host, 1)
    staff = staff_of(host)
    browser = staff.client()
    counted = []
    for number in (2, 3):
        browser.get(TASKS)
        with statements(staff) as seen:
            browser.get(TASKS)
        counted.append(len(seen))
        withdrawn(host, number)
    assert counted[0] == counted[1] <= 8


@pytest.mark.one_database
def test_a_task_leads_to_the_registration_and_says_when_it_is_done(host: Host) -> None:
    """S12: to the registration only for whoever may read it."""
    host.load(exchange(open_event()))
    number = withdrawn(host)
    theirs = f"{HERE}registrations/{number}/"
    blind = staff_of(host, without=[Action.SEE_REGISTRATIONS, Action.MANAGE_PICTURES]).client()
    assert theirs not in blind.get(TASKS).text
    assert f"{DESK}pictures/" not in blind.get(TASKS).text
    staff = staff_of(host).client()
    shown = page(staff.get(TASKS))
    assert shown.select_one(f".sl-desk-list a[href='{theirs}']")
    assert shown.select_one(f".sl-desk-list a[href='{DESK}pictures/']")
    done = press(staff, TASKS, "/done")
    assert "The task is ticked off." in words_of(staff, done.location)
    assert "ticked off" not in words_of(staff, TASKS)


@pytest.mark.one_database
@pytest.mark.parametrize("typed", ["", "gestern"])
def test_a_day_that_is_none_is_said_once(host: Host, typed: str) -> None:
    host.load(exchange(open_event()))
    answer = publish(staff_of(host).client(), published_on=typed)
    assert answer.status_code == 422
    summary = page(answer).select_one(".sl-errors")
    assert summary is not None
    assert [link.get_text(strip=True) for link in summary.select("a")] == ["Enter the day."]

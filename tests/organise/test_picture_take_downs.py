"""A take-down task that names an uploaded picture, which finishing the task withdraws (C10)."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from flask_stadtlabor import Action
from flask_stadtlabor.consent.models import Publication, TakeDownTask
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.pictures.models import Picture
from tests.events.desk import statements
from tests.factories import PHOTOS, event, open_event
from tests.forms import fill, form_on, page, press, send
from tests.host import Host
from tests.organise.staff import DESK, HERE, register, staff_of, words_of
from tests.pictures.files import EDIT, WORDS, desk_with, photo, upload

TASKS = f"{DESK}take-downs/"
PUBLISHED = f"{HERE}publications/"
OTHER = EDIT.replace("plattform", "andere")
ELSEWHERE = "/stadtlabor/en/events/andere/"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "pictures"


@pytest.fixture
def desk(host: Host, folder: Path) -> Host:
    """A picture that shows people of one event, at the head of another, and recorded so."""
    desk = desk_with(host, folder, open_event(), event("andere", title={"en": "Another one"}))
    staff = desk.client()
    assert upload(staff, photo(), WORDS, to=OTHER).status_code == 303
    press(staff, f"{DESK}events/andere/publish", "/publish")
    assert fill(staff, PUBLISHED, newest(desk), action="/record").status_code == 303
    return desk


def newest(desk: Host) -> dict[str, str]:
    """What somebody says who records the newest picture."""
    number = str(desk.scalar(select(func.max(Picture.id))))
    return {"purpose": PHOTOS, "picture": number, "place": "", "published_on": "2026-03-01"}


def withdrawn(desk: Host, number: int = 1) -> None:
    """Somebody who was there takes their yes back."""
    desk.sent.clear()
    register(desk, number, **{f"consent-{PHOTOS}": "given"})
    browser = desk.client()
    browser.get(desk.link(desk.mails()[-1]))
    press(browser, "/stadtlabor/de/registration/", f"/{PHOTOS}/withdraw")


def answer(desk: Host) -> str:
    name = form_on(desk.client().get(TASKS), "/done").select_one("[type=radio]")
    assert name is not None
    return str(name["name"])


def address(desk: Host) -> str:
    with desk.app.test_request_context():
        return desk.db.session.scalars(select(Picture)).one().uploaded.url


@pytest.mark.one_database
def test_finishing_the_task_withdraws_the_picture(desk: Host, folder: Path) -> None:
    """C10: from every event, from its address and from the storage, with the task at once."""
    withdrawn(desk)
    staff, stranger, gone = desk.client(), desk.make().client(), address(desk)
    seen = words_of(staff, TASKS)
    assert "Uploaded picture: The hall in the evening" in seen
    assert "Another one" in seen
    assert page(staff.get(TASKS)).select(".sl-desk-picture img") != []
    done = fill(staff, TASKS, {answer(desk): "yes"}, action="/done")
    assert done.status_code == 303
    assert stranger.get(gone).status_code == 410
    assert "/pictures/" not in stranger.get(ELSEWHERE).text
    assert desk.scalar(select(Event.image).where(Event.slug == "andere")) is None
    assert list(folder.iterdir()) == []
    task = desk.scalar(select(TakeDownTask.done_by))
    assert task == "Otto Orga"
    assert desk.scalar(select(Publication.taken_down_at)) == desk.clock.now
    assert "Withdrawn on Monday, 2 March 2026, at 10:00 by Otto Orga" in words_of(staff, PUBLISHED)


def test_a_picture_that_does_not_show_them_stays(desk: Host, folder: Path) -> None:
    withdrawn(desk)
    staff = desk.client()
    assert fill(staff, TASKS, {answer(desk): "no"}, action="/done").status_code == 303
    assert desk.scalar(select(TakeDownTask.done_by)) == "Otto Orga"
    assert desk.client().get(address(desk)).status_code == 200
    assert desk.scalar(select(Publication.taken_down_at)) is None


@pytest.mark.one_database
def test_whether_it_shows_them_is_asked_and_nothing_happens_without_an_answer(desk: Host) -> None:
    """A4, S15: no answer is marked beforehand."""
    withdrawn(desk)
    staff = desk.client()
    assert page(staff.get(TASKS)).select("[type=radio][checked]") == []
    refused = press(staff, TASKS, "/done")
    assert refused.status_code == 422
    link = page(refused).select_one("[role=alert] a")
    assert link is not None
    assert page(refused).select_one(str(link["href"])) is not None
    assert "Say of each picture whether it shows them." in link.get_text()
    assert desk.scalar(select(TakeDownTask.done_at)) is None
    assert desk.client().get(address(desk)).status_code == 200


@pytest.mark.one_database
def test_the_button_at_the_publication_withdraws_it_too(desk: Host, folder: Path) -> None:
    staff = desk.client()
    assert "Withdraw this picture" in words_of(staff, PUBLISHED)
    assert press(staff, PUBLISHED, "/taken-down").status_code == 303
    assert desk.make().client().get(address(desk)).status_code == 410
    assert desk.scalar(select(Publication.taken_down_at)) == desk.clock.now
    assert list(folder.iterdir()) == []


@pytest.mark.one_database
def test_a_picture_withdrawn_by_itself_counts_as_taken_down(desk: Host) -> None:
    withdrawn(desk)
    staff = desk.client()
    press(staff, f"{DESK}pictures/1/", "/withdraw")
    assert desk.scalar(select(Publication.taken_down_at)) == desk.clock.now
    # nothing is left to ask about
    assert press(staff, TASKS, "/done").status_code == 303


@pytest.mark.one_database
def test_whoever_works_on_one_event_withdraws_no_picture_of_another(
    desk: Host, folder: Path
) -> None:
    """S12, case 9: neither by a task, nor by the publication, nor by recording it."""
    withdrawn(desk)
    ports = desk.app.extensions["stadtlabor"].ports
    lent = staff_of(desk, without=[Action.MANAGE_PICTURES], only="plattform")
    own = lent.app.extensions["stadtlabor"].ports
    desk.app.extensions["stadtlabor"].ports = own
    staff = desk.client()
    refused = fill(staff, TASKS, {answer(desk): "yes"}, action="/done")
    assert refused.status_code == 422
    assert "also stands with events that you do not work on" in refused.text
    seen = page(staff.get(PUBLISHED))
    assert seen.select("form[action$='/taken-down']") == []
    assert seen.select("[name=picture]") == []
    token = form_on(staff.get(PUBLISHED)).select_one("[name=csrf_token]")
    assert token is not None
    data = {"csrf_token": token["value"], "purpose": PHOTOS, "published_on": "2026-03-01"}
    assert staff.post(f"{PUBLISHED}1/taken-down", data=data).status_code == 403
    again = staff.post(f"{PUBLISHED}record", data={**data, "picture": "1"})
    assert again.status_code == 422
    desk.app.extensions["stadtlabor"].ports = ports
    assert desk.client().get(address(desk)).status_code == 200
    assert desk.scalar(select(TakeDownTask.done_at)) is None


@pytest.mark.one_database
def test_pictures_take_a_constant_number_of_statements(desk: Host) -> None:
    staff = desk.client()
    withdrawn(desk)

    def counted() -> int:
        with statements(desk) as seen:
            assert staff.get(TASKS).status_code == 200
        return len(seen)

    before = counted()
    for number in (2, 3):
        withdrawn(desk, number)
        assert upload(staff, photo(300 + number, 200), to=OTHER).status_code == 303
        assert fill(staff, PUBLISHED, newest(desk), action="/record").status_code == 303
    assert len(page(staff.get(TASKS)).select(".sl-desk-picture")) == 9
    assert counted() == before


@pytest.mark.one_database
def test_a_withdrawn_picture_cannot_be_named_any_more(desk: Host) -> None:
    staff = desk.client()
    opened, named = staff.get(PUBLISHED), newest(desk)
    press(staff, f"{DESK}pictures/1/", "/withdraw")
    refused = send(staff, opened, named, action="/record")
    assert refused.status_code == 422
    assert "Enter where it is." in refused.text or "choose one of the answers" in refused.text

"""All pictures in a list; one is withdrawn from every event, and what is not used is deleted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from flask_stadtlabor import Action
from flask_stadtlabor.events.history_models import EventRevision
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.exchange import references
from flask_stadtlabor.pictures.models import Picture
from tests.events.desk import statements
from tests.factories import event
from tests.forms import page, press
from tests.host import Host
from tests.organise.staff import DESK, HERE, words_of
from tests.pictures.files import EDIT, WORDS, desk_with, photo, upload

LIST = f"{DESK}pictures/"
OTHER = EDIT.replace("plattform", "andere")
PAGE = "/stadtlabor/en/events/plattform/"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "pictures"


@pytest.fixture
def desk(host: Host, folder: Path) -> Host:
    """A published event with a picture, and another whose draft of changes has the same."""
    desk = desk_with(host, folder, event(), event("andere", title={"en": "Another one"}))
    staff = desk.client()
    upload(staff, photo(), WORDS)
    press(staff, f"{HERE}publish", "/publish")
    assert upload(staff, photo(), {"image.alt.en": "The same"}, to=OTHER).status_code == 303
    return desk


def count(host: Host, model: Any) -> int:
    return int(host.scalar(select(func.count()).select_from(model)))


def one(desk: Host) -> str:
    """The page of the first picture."""
    return f"{LIST}{desk.scalar(select(func.min(Picture.id)))}/"


def address(desk: Host) -> str:
    with desk.app.test_request_context():
        picture = desk.db.session.scalars(select(Picture)).one()
        return picture.uploaded.url


@pytest.mark.one_database
def test_the_list_says_where_each_picture_is_used(desk: Host) -> None:
    upload(desk.client(), photo(300, 200), {"image.alt.de": "", "image.alt.en": ""})
    seen = words_of(desk.client(), LIST)
    assert "The same" in seen
    assert "1,200 × 800 pixels" in seen
    assert "by Otto Orga" in seen
    assert "Have your say online , Wednesday, 22 April 2026" in seen
    assert "Another one" in seen
    assert seen.count("(draft of changes)") == 1
    # what is only held for somebody's form is not in it
    assert len(page(desk.client().get(LIST)).select(".sl-pictures > li")) == 1


@pytest.mark.one_database
def test_the_list_takes_a_constant_number_of_statements(desk: Host) -> None:
    staff = desk.client()

    def counted() -> int:
        with statements(desk) as seen:
            assert staff.get(LIST).status_code == 200
        return len(seen)

    before = counted()
    for width in (300, 310, 320):
        assert upload(staff, photo(width, 200)).status_code == 303
    assert len(page(staff.get(LIST)).select(".sl-pictures > li")) == 4
    assert counted() == before


def test_a_withdrawn_picture_is_gone_everywhere(desk: Host, folder: Path) -> None:
    """From the event, from the draft of the other, from its address, and from the storage."""
    gone, staff, stranger = address(desk), desk.client(), desk.make().client()
    assert stranger.get(PAGE).text.count("/pictures/") > 0
    assert press(staff, one(desk), "/withdraw").status_code == 303
    assert stranger.get(gone).status_code == 410
    assert list(folder.iterdir()) == []
    assert "/pictures/" not in stranger.get(PAGE).text
    assert desk.scalar(select(Event.image).where(Event.slug == "plattform")) is None
    assert page(staff.get(OTHER)).select(".sl-edit-picture") == []
    assert page(staff.get(EDIT)).select(".sl-edit-picture") == []
    seen = words_of(staff, LIST)
    assert "Withdrawn on" in seen
    assert "No event has it." in seen
    trail = words_of(staff, f"{HERE}history/")
    assert "Picture withdrawn" in trail
    # nobody is written to, and the rest of the draft goes on
    assert desk.sent == []
    assert upload(staff, None, {"image.alt.en": "Words alone"}, to=OTHER).status_code == 303


@pytest.mark.one_database
def test_what_cannot_be_taken_back_is_asked_about_first(desk: Host) -> None:
    """The button stands behind another one, with what it does."""
    form = page(desk.client().get(one(desk))).select_one("form[action$='/withdraw']")
    assert form is not None
    asked = form.find_parent("details")
    assert asked is not None
    assert not asked.has_attr("open")
    assert "This cannot be undone." in asked.get_text()


@pytest.mark.one_database
def test_whoever_is_forgotten_has_withdrawn_no_picture(desk: Host) -> None:
    press(desk.client(), one(desk), "/withdraw")
    assert "Otto Orga" in words_of(desk.client(), LIST)
    assert desk.run("person", "forget-staff", "staff:1").exit_code == 0
    seen = words_of(desk.client(), LIST)
    assert "Withdrawn on Monday, 2 March 2026, at 10:00 by somebody of the team" in seen
    assert "Otto Orga" not in seen


def test_it_does_not_come_back_by_the_same_file_nor_from_the_history(
    desk: Host, folder: Path
) -> None:
    staff = desk.client()
    newest = select(func.max(EventRevision.number)).join(Event).where(Event.slug == "plattform")
    with_picture = int(desk.scalar(newest))
    press(staff, one(desk), "/withdraw")
    again = upload(staff, photo(), WORDS)
    assert again.status_code == 422
    assert "This picture was withdrawn" in again.text
    restored = press(staff, f"{HERE}history/{with_picture}/", "/restore")
    assert restored.status_code == 422
    assert "This picture is there no longer" in restored.text
    assert list(folder.iterdir()) == []
    assert "/pictures/" not in desk.client().get(PAGE).text


@pytest.mark.one_database
def test_a_picture_in_use_is_not_deleted(desk: Host, folder: Path) -> None:
    """Not even by a page that was open before."""
    staff = desk.client()
    assert page(staff.get(one(desk))).select("form[action$='/delete']") == []
    token = page(staff.get(one(desk))).select_one("form[action$='/withdraw'] [name=csrf_token]")
    data = {"csrf_token": token["value"]} if token else {}
    kept = len(list(folder.iterdir()))
    refused = staff.post(f"{one(desk)}delete", data=data)
    assert refused.status_code == 409
    assert "This picture is in use" in refused.text
    # also where a draft of changes alone has it
    upload(staff, None, {"image.picture.remove": "true"})
    press(staff, f"{HERE}publish", "/publish")
    assert staff.post(f"{one(desk)}delete", data=data).status_code == 409
    assert len(list(folder.iterdir())) == kept


def test_a_picture_that_nobody_uses_is_deleted_and_can_come_back(desk: Host, folder: Path) -> None:
    gone, staff = address(desk), desk.client()
    for to in (EDIT, OTHER):
        upload(staff, None, {"image.picture.remove": "true"}, to=to)
    press(staff, f"{HERE}publish", "/publish")
    assert press(staff, one(desk), "/delete").status_code == 303
    assert staff.get(gone).status_code == 404
    assert list(folder.iterdir()) == []
    assert count(desk, Picture) == 0
    assert upload(staff, photo(), WORDS).status_code == 303


def test_whoever_saves_while_it_is_withdrawn_is_told(
    desk: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look at what is there came a moment too early."""
    staff = desk.client()
    opened = staff.get(OTHER)
    press(staff, one(desk), "/withdraw")
    monkeypatch.setattr(references, "picture_faults", lambda content: iter(()))
    before = count(desk, EventRevision)
    late = upload(staff, None, {"image.alt.en": "Too late"}, opened=opened, to=OTHER)
    assert late.status_code in (409, 410)
    assert count(desk, EventRevision) == before


@pytest.mark.one_database
@pytest.mark.parametrize("button", ["withdraw", "delete"])
def test_a_button_without_its_token_does_nothing(desk: Host, folder: Path, button: str) -> None:
    kept = len(list(folder.iterdir()))
    assert desk.client().post(f"{one(desk)}{button}").status_code == 422
    assert len(list(folder.iterdir())) == kept


@pytest.mark.one_database
def test_it_takes_a_right_of_its_own(host: Host, folder: Path) -> None:
    desk = desk_with(host, folder, without=[Action.MANAGE_PICTURES])
    staff = desk.client()
    assert upload(staff, photo(), WORDS).status_code == 303
    assert staff.get(LIST).status_code == 403
    assert staff.get(one(desk)).status_code == 403
    assert staff.post(f"{one(desk)}withdraw").status_code == 403
    assert "/organise/pictures/" not in staff.get(DESK).text


@pytest.mark.one_database
def test_whoever_may_not_edit_the_event_uploads_nothing(host: Host, folder: Path) -> None:
    """Case 9."""
    desk = desk_with(host, folder, event(), event("andere"), only="plattform")
    opened = desk.client().get(EDIT)
    assert upload(desk.client(), photo(), WORDS, opened=opened, to=OTHER).status_code == 403
    assert list(folder.iterdir()) == []

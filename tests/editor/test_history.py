"""Who changed what of an event or of what events share: all of it, page by page, and comparable."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from flask_stadtlabor.events import trail
from flask_stadtlabor.events.history_models import EventRevision
from tests.factories import exchange, open_event, project
from tests.forms import fill, page, press, send
from tests.host import Host
from tests.organise.staff import DESK, HERE, staff_of, words_of

pytestmark = pytest.mark.one_database

TEXT = f"{HERE}edit/text"
PROJECT = f"{DESK}projects/marktplatz/"


@pytest.fixture
def desk(host: Host) -> Host:
    """An event that everybody sees, of a project."""
    host.load(exchange(open_event(projects=["marktplatz"]), projects=[project()]))
    return staff_of(host)


def retitle(staff: FlaskClient, title: str) -> Any:
    return fill(staff, TEXT, {"title.en": title}, action="/text")


def newest(desk: Host) -> int:
    return int(desk.scalar(select(func.max(EventRevision.number))))


def links(staff: FlaskClient, address: str) -> list[str]:
    """The states that one page of a history names, and then the way on."""
    shown = page(staff.get(address))
    states = [str(each["href"]) for each in shown.select(".sl-edit-trail a")]
    return states + [str(each["href"]) for each in shown.select("a[rel=next]")]


@pytest.mark.parametrize("of", ["an event", "a project"])
def test_a_long_history_goes_on_on_the_next_page(
    desk: Host, monkeypatch: pytest.MonkeyPatch, of: str
) -> None:
    """As far as the first state, each once."""
    monkeypatch.setattr(trail, "PAGE_SIZE", 2)
    staff = desk.client()
    for number in range(4):
        if of == "an event":
            retitle(staff, f"Title {number}")
        else:
            fill(staff, PROJECT, {"title.en": f"Title {number}"}, action="/marktplatz/")
    address, seen = f"{HERE if of == 'an event' else PROJECT}history/", []
    while address:
        *states, address = links(staff, address)
        seen += states
        if "page=" not in address:
            seen, address = [*seen, address], ""
    numbers = [int(each.rstrip("/").rpartition("/")[2]) for each in seen]
    assert numbers == [*range(len(numbers), 0, -1)]
    assert len(numbers) >= 5


def test_a_step_is_compared_with_what_everybody_saw(desk: Host) -> None:
    """The draft beside it changes nothing of what the step did."""
    staff = desk.client()
    retitle(staff, "Only drafted")
    assert press(staff, f"{HERE}postpone", "/postpone").status_code == 303
    postponed = int(
        desk.scalar(select(EventRevision.number).where(EventRevision.step == "postponed"))
    )
    told = words_of(staff, f"{HERE}history/{postponed}/")
    assert "Only drafted" not in told
    assert "Postponed" in told
    drafted = words_of(staff, f"{HERE}history/{postponed - 1}/")
    assert "Only drafted" in drafted


def test_a_draft_that_somebody_saved_meanwhile_is_not_thrown_away(desk: Host) -> None:
    staff = desk.client()
    retitle(staff, "First")
    opened = staff.get(f"{HERE}review")
    retitle(staff, "Second")
    refused = send(staff, opened, action="/discard")
    assert refused.status_code == 409
    assert "Somebody has saved this draft since you opened the page" in page(refused).get_text(" ")
    assert "Second" in words_of(staff, f"{HERE}review")
    assert send(staff, refused, action="/discard").status_code == 303
    assert "Second" not in words_of(staff, f"{HERE}review")
    assert "Draft of changes thrown away" in words_of(staff, f"{HERE}history/{newest(desk)}/")


def test_a_draft_is_thrown_away_once(desk: Host) -> None:
    """The second press of the button finds what the first has done."""
    staff = desk.client()
    retitle(staff, "First")
    opened = staff.get(f"{HERE}review")
    assert send(staff, opened, action="/discard").status_code == 303
    number = newest(desk)
    assert send(staff, opened, action="/discard").status_code == 303
    assert newest(desk) == number

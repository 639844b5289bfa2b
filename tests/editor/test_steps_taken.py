"""Whoever took a step with an event reads what has become of it, and of whoever is told."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from flask_stadtlabor import Action
from flask_stadtlabor.events.models import Event
from tests.factories import event, exchange, open_event
from tests.forms import fields_of, fill, form_on, page, send
from tests.host import Host
from tests.organise.staff import DESK, HERE, register, staff_of, words_of

pytestmark = pytest.mark.one_database
TOLD = "Everybody who is registered is told."


@pytest.fixture
def desk(host: Host) -> Host:
    host.load(exchange(open_event()))
    return staff_of(host)


def call_off(desk: Host, step: str, **given: str) -> str:
    """The words of the page to which the button leads."""
    done = fill(desk.client(), f"{HERE}{step}", given, action=f"/{step}")
    assert done.status_code == 303, done.text
    return words_of(desk.client(), str(done.location))


@pytest.mark.parametrize(
    ("step", "said"),
    [("cancel", "The event is cancelled."), ("postpone", "The event is postponed.")],
)
def test_calling_off_says_so_and_whether_people_are_told(desk: Host, step: str, said: str) -> None:
    register(desk, 1)
    words = call_off(desk, step)
    assert said in words
    assert TOLD in words
    # a registration has been cancelled for nobody
    assert "Cancelled for them." not in words


def test_why_nobody_is_told_is_said_before(desk: Host) -> None:
    assert "Nobody, because nobody has registered." in words_of(desk.client(), f"{HERE}cancel")
    register(desk, 1)
    words = words_of(desk.client(), f"{HERE}cancel")
    assert "because nobody has registered" not in words
    assert "Cancel the event and tell 1 registration" in words


def test_where_nobody_is_told_nothing_else_is_said(desk: Host) -> None:
    register(desk, 1)
    words = call_off(desk, "cancel", silent="y", reason="We rang them up.")
    assert "The event is cancelled." in words
    assert TOLD not in words


def test_publishing_moving_and_taking_it_back_say_so(desk: Host) -> None:
    staff = desk.client()
    assert "It is a draft again" in call_off(desk, "unpublish")
    assert "Published: everybody sees it now." in call_off(desk, "publish")
    shown = staff.get(f"{HERE}move?starts_at=2026-04-29T17:30")
    moved = send(staff, shown, action="/move")
    assert "The event is moved." in words_of(staff, str(moved.location))


def test_a_move_goes_to_the_time_that_its_page_has_shown(desk: Host) -> None:
    """Another one that is typed there is shown first, and nothing that was typed gets lost."""
    register(desk, 1)
    staff, later = desk.client(), "2026-05-06T17:30"
    desk.mails()
    desk.sent.clear()
    shown = staff.get(f"{HERE}move?starts_at=2026-04-29T17:30")
    typed = {"starts_at": later, "silent": "y", "reason": "We rang them up."}
    again = send(staff, shown, typed, action="/move")
    assert again.status_code == 409
    words = page(again).get_text(" ").replace("\xa0", " ")
    assert "The page now shows what you wrote last. Nothing has been done" in words
    assert "Please look once more" in words
    assert "This did not work" not in words
    assert "Wednesday, 6 May 2026, 17:30" in words
    assert "29 April" not in words
    assert desk.mails() == []
    kept = fields_of(form_on(again, "/move"))
    assert [kept[name] for name in typed] == list(typed.values())
    assert send(staff, again, action="/move").status_code == 303
    begins = desk.scalar(select(Event.starts_at))
    assert begins.isoformat() == "2026-05-06T15:30:00+00:00"
    assert desk.mails() == []


def test_a_time_that_is_typed_beside_a_move_is_looked_at_first(desk: Host) -> None:
    staff = desk.client()
    looked = fill(staff, f"{HERE}move?starts_at=2026-04-29T17:30",
                  {"starts_at": "2026-05-06T17:30", "look": "1"}, action="/move")  # fmt: skip
    assert looked.status_code == 200
    assert "6 May 2026" in page(looked).get_text(" ").replace("\xa0", " ")
    wrong = send(staff, looked, {"starts_at": "", "reason": "So what"}, action="/move")
    assert wrong.status_code == 422
    assert fields_of(form_on(wrong, "/move"))["reason"] == "So what"
    assert send(staff, looked, action="/move").status_code == 303


def test_copies_are_said_to_be_made(desk: Host) -> None:
    staff = desk.client()
    one = fill(staff, f"{HERE}duplicate", action="/duplicate")
    assert "The draft is made." in words_of(staff, str(one.location))
    shown = fill(staff, f"{HERE}duplicate", {"every": "week", "times": "3"}, action="/duplicate")
    several = send(staff, shown, action="/duplicate")
    assert several.status_code == 303, several.text
    assert "The drafts are made." in words_of(staff, str(several.location))


def test_what_a_new_event_needs_is_said_as_such(desk: Host) -> None:
    """A draft may lack what publishing needs, but no title and no time."""
    for address in (f"{DESK}events/new", f"{HERE}duplicate", f"{HERE}move"):
        words = words_of(desk.client(), address)
        assert "Start (required)" in words
        assert "(needed for publishing)" not in words
    assert "Start (needed for publishing)" in words_of(desk.client(), f"{HERE}edit/time")
    assert "Title (required)" in words_of(desk.client(), f"{DESK}series/new")


def test_of_a_place_the_fields_say_what_is_needed(host: Host) -> None:
    """One of several, so that the place as a whole is not marked."""
    host.load(exchange(event(status="draft", venue=None)))
    shown = page(staff_of(host).client().get(f"{HERE}edit/place"))
    marks = {
        mark.parent.get_text().partition(" (")[0].strip()
        for mark in shown.select("form.sl-edit .sl-word")
        if mark.parent and mark.get_text() == "(one of these is needed for publishing)"
    }
    assert marks == {
        "Name of the place", "Street and number", "Town", "Address of the room online",
    }  # fmt: skip
    assert "(needed for publishing)" not in shown.get_text()
    missing = page(staff_of(host).client().get(f"{HERE}review")).select_one(
        f"a[href='{HERE}edit/place#sl-venue-name-de']"
    )
    assert missing is not None


def test_each_text_says_whether_it_asks_and_leads_to_where_it_is_read(desk: Host) -> None:
    shown = page(desk.client().get(f"{HERE}edit/consent"))
    labels = [label.get_text(" ", strip=True) for label in shown.select("#sl-purposes label")]
    assert any(label.endswith("(Asks for consent)") for label in labels)
    assert any(label.endswith("(Privacy notice)") for label in labels)
    ways = [str(link["href"]) for link in shown.select("#sl-purposes a")]
    assert len(ways) == len(labels)
    assert all(desk.make().client().get(way).status_code == 200 for way in ways)
    assert shown.select_one(f"main a[href='{DESK}texts/']")
    others = staff_of(desk, without=[Action.EDIT_TEXTS]).client()
    assert not page(others.get(f"{HERE}edit/consent")).select(f"main a[href='{DESK}texts/']")


@pytest.mark.one_database
def test_an_empty_office_says_what_to_do_first(host: Host) -> None:
    told = words_of(staff_of(host).client(), DESK)
    assert "Begin one above: it asks for a title and a time" in told


def test_what_changes_is_told_in_the_words_of_the_form(desk: Host) -> None:
    """And not by the keys of the exchange file."""
    fill(desk.client(), f"{HERE}edit/registration", {"feedback": "true"}, action="/registration")
    shown = page(desk.client().get(f"{HERE}review"))
    changes = shown.select_one("section[aria-labelledby=sl-changes]")
    assert changes is not None
    told = changes.get_text()
    assert "before: switched off" in told
    assert "now: switched on" in told
    assert "Days for which people can answer: 14" in told


def test_what_changes_of_texts_is_told_without_their_marks(host: Host) -> None:
    """But for one of which nothing else changes."""
    host.load(exchange(open_event(description={"de": "Alt", "en": "Old"})))
    staff = staff_of(host).client()
    texts = {"description.en": "**New** words", "description.de": "**Alt**"}
    assert fill(staff, f"{HERE}edit/text", texts, action="/text").status_code == 303
    changes = page(staff.get(f"{HERE}review")).select_one("section[aria-labelledby=sl-changes]")
    assert changes is not None
    for said in ("before: Old", "now: New words", "now: **Alt**"):
        assert said in changes.get_text()

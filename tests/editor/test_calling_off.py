"""Staff says why an event does not take place, and what there is in its place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import func, select

from flask_stadtlabor.events.history_models import EventRevision
from flask_stadtlabor.events.models import Event
from tests.editor.test_pages import words_in
from tests.factories import event, exchange, open_event, person
from tests.forms import fill, page, press, send
from tests.host import Host
from tests.organise.staff import HERE, register, staff_of, words_of

PUBLIC = "/stadtlabor/en/"
PAGE = f"{PUBLIC}events/plattform/"
REASON = {"off_reason.de": "Ein Sturm zieht auf", "off_reason.en": "A storm is coming"}
SAID = "The reason: A storm is coming."


@pytest.fixture
def desk(host: Host) -> Host:
    other = {"de": "Ein anderer Abend", "en": "Another evening"}
    later = {"starts_at": "2026-05-06T18:00", "ends_at": "2026-05-06T20:00"}
    host.load(exchange(open_event(), event("anderer", title=other, **later)))
    return staff_of(host)


def call_off(desk: Host, step: str = "cancel", **given: str) -> Any:
    """Type it, look at the mails with it, and press the button."""
    staff, said = desk.client(), {**REASON, **given}
    looked = fill(staff, f"{HERE}{step}", {**said, "look": "1"}, action=f"/{step}")
    assert looked.status_code == 200, looked.text
    return send(staff, looked, action=f"/{step}")


def shown(host: Host, address: str = PAGE) -> str:
    return words_of(host.make().client(), address)


def test_the_mails_say_what_the_page_showed_of_the_reason(desk: Host) -> None:
    """Each in their language, in the preview and in the mail, with the other event's page."""
    register(desk, 1)
    fill(desk.make().client(), f"{PAGE}register", person(2))
    staff = desk.client()
    desk.mails()
    desk.sent.clear()
    given = {**REASON, "alternative_event": "anderer"}
    unseen = fill(staff, f"{HERE}cancel", given, action="/cancel")
    assert unseen.status_code == 409
    assert desk.scalar(select(Event.status).where(Event.slug == "plattform")) == "published"
    previews = {
        str(shown["lang"]): shown.get_text().replace("\xa0", " ")
        for shown in page(unseen).select(".sl-mail-text")
    }
    assert SAID in previews["en"]
    assert "Instead: “Another evening”, Wednesday, 6 May 2026, 18:00–20:00." in previews["en"]
    assert "Der Grund: Ein Sturm zieht auf." in previews["de"]
    assert "Stattdessen: „Ein anderer Abend“, Mittwoch, 6. Mai 2026" in previews["de"]
    assert send(staff, unseen, action="/cancel").status_code == 303
    told = {str(mail["To"]): words_in(mail) for mail in desk.mails()}
    english, german = told[person(2)["email"]], told[person(1)["email"]]
    assert SAID in english
    assert "https://stadt.example/stadtlabor/en/events/anderer/" in english
    assert "Der Grund: Ein Sturm zieht auf." in german
    assert "/stadtlabor/de/events/anderer/" in german


def test_everybody_reads_the_reason_wherever_the_state_stands(desk: Host) -> None:
    """Page, feed, calendar, structured data, and the file."""
    assert call_off(desk, alternative_event="anderer").status_code == 303
    assert SAID in shown(desk)
    assert "Instead: “Another evening”" in shown(desk)
    stranger = desk.make().client()
    found = page(stranger.get(PAGE))
    button = found.select_one(".sl-call a.sl-button")
    assert button is not None
    assert button["href"] == f"{PUBLIC}events/anderer/"
    data = found.select_one("script[type='application/ld+json']")
    assert data is not None
    assert SAID in json.loads(data.get_text())["description"]
    assert SAID in stranger.get(f"{PUBLIC}feed.atom").text
    entries = Calendar.from_ical(stranger.get(f"{PAGE}event.ics").data).walk("VEVENT")
    assert SAID in str(entries[0]["description"])
    exported = json.loads(desk.run("export").output)
    kept = next(entry for entry in exported["events"] if entry["slug"] == "plattform")
    assert kept["off_reason"] == {"de": "Ein Sturm zieht auf", "en": "A storm is coming"}
    assert kept["alternative_event"] == "anderer"
    newest = int(desk.scalar(select(func.max(EventRevision.number))))
    assert "A storm is coming" in words_of(desk.client(), f"{HERE}history/{newest}/")
    assert press(staff_of(desk).client(), f"{HERE.replace('plattform', 'anderer')}unpublish",
                 "/unpublish").status_code == 303  # fmt: skip
    assert "Another evening" not in shown(desk)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("step", "said"),
    [("cancel", "The event is cancelled."), ("postpone", "The event is postponed.")],
)
def test_the_overview_says_what_was_done_as_long_as_it_is_true(
    desk: Host, step: str, said: str
) -> None:
    """And speaks of the event, not of a registration."""
    done = call_off(desk, step)
    assert said in page(desk.client().get(done.location)).select_one(".sl-done").get_text()
    assert "Cancelled for them" not in words_of(desk.client(), done.location)
    other = done.location.replace("plattform", "anderer")
    assert page(desk.client().get(other)).select_one(".sl-done") is None


def test_a_date_in_words_stands_in_where_no_event_does(desk: Host) -> None:
    assert call_off(desk, **{"alternative_date.en": "in spring"}).status_code == 303
    assert "Instead: in spring." in shown(desk)


GAP = (
    "“Why it does not take place” is not there in English. "
    "Whoever reads that gets it in German, and reads that it is."
)


@pytest.mark.one_database
@pytest.mark.parametrize("step", ["cancel", "postpone"])
def test_a_reason_in_one_language_is_warned_of_and_marked_in_the_other(
    desk: Host, step: str
) -> None:
    fill(desk.make().client(), f"{PAGE}register", person(2))
    staff = desk.client()
    assert GAP not in words_of(staff, f"{HERE}{step}")
    given = {"off_reason.de": "Ein Sturm zieht auf"}
    warned = fill(staff, f"{HERE}{step}", given, action=f"/{step}")
    assert warned.status_code == 409
    assert GAP in page(warned).get_text(" ")
    marked = "The reason (in German): Ein Sturm zieht auf."
    assert marked in page(warned).select_one(".sl-mail-text").get_text().replace("\xa0", " ")
    desk.mails()
    desk.sent.clear()
    assert send(staff, warned, action=f"/{step}").status_code == 303
    assert marked in words_in(desk.mails()[0])
    assert marked in shown(desk)


@pytest.mark.one_database
def test_a_gap_is_warned_of_also_where_nobody_is_told(desk: Host) -> None:
    """Everybody reads it on the page."""
    staff = desk.client()
    given = {"alternative_date.en": "in spring"}
    warned = fill(staff, f"{HERE}cancel", given, action="/cancel")
    assert warned.status_code == 409
    assert "“Another date in its place, in words” is not there in German." in page(warned).get_text(
        " "
    )
    assert send(staff, warned, action="/cancel").status_code == 303


@pytest.mark.one_database
def test_a_postponed_event_says_why_until_it_has_its_new_date(desk: Host) -> None:
    """Whatever takes place again has no reason for not taking place."""
    asked = page(desk.client().get(f"{HERE}postpone"))
    assert asked.select("[name='off_reason.en']")
    assert not asked.select("[name='alternative_event']")
    assert call_off(desk, "postpone").status_code == 303
    assert SAID in shown(desk)
    staff = desk.client()
    moved = staff.get(f"{HERE}move", query_string={"starts_at": "2026-05-02T17:30"})
    assert send(staff, moved, action="/move").status_code == 303
    assert "storm" not in shown(desk)
    assert not desk.scalar(select(Event.off_reason).where(Event.slug == "plattform"))


@pytest.mark.one_database
def test_a_reason_can_be_mended_and_is_not_copied(desk: Host) -> None:
    staff = desk.client()
    time = f"{HERE}edit/time"
    assert not page(staff.get(time)).select("[name='off_reason.en']")
    assert call_off(desk).status_code == 303
    mended = {"off_reason.en": "A flood is coming"}
    assert fill(staff, time, mended, action="/time").status_code == 303
    assert press(staff, f"{HERE}publish", "/publish").status_code == 303
    assert "The reason: A flood is coming." in shown(desk)
    assert fill(staff, f"{HERE}duplicate", {}, action="/duplicate").status_code == 303
    assert not desk.scalar(select(Event.off_reason).order_by(Event.id.desc()).limit(1))


@pytest.mark.one_database
def test_no_reason_is_asked_for(desk: Host) -> None:
    register(desk)
    assert press(desk.client(), f"{HERE}cancel", "/cancel").status_code == 303
    assert "The reason" not in shown(desk)
    desk.sent.clear()
    assert "Der Grund" not in words_in(desk.mails()[0])


@pytest.mark.one_database
@pytest.mark.parametrize("slug", ["plattform", "nirgends"])
def test_an_event_that_is_none_stands_in_for_nothing(desk: Host, slug: str) -> None:
    staff = desk.client()
    wrong = fill(staff, f"{HERE}cancel", {"alternative_event": slug, **REASON}, action="/cancel")
    assert wrong.status_code == 422
    assert "This is there no longer. Please choose another." in wrong.text
    kept = page(wrong).select_one("[name='off_reason.en']")
    assert kept is not None
    assert kept["value"] == "A storm is coming"
    refused = exchange(open_event(alternative_event=slug))
    (desk.folder / "falsch.json").write_text(json.dumps(refused), "utf-8")
    result = desk.run("import", str(desk.folder / "falsch.json"))
    assert result.exit_code == 1
    assert "events[0].alternative_event" in result.output


@pytest.mark.one_database
def test_what_somebody_writes_is_text(desk: Host) -> None:
    """S9."""
    evil = "<img src=x onerror=alert(1)>"
    assert call_off(desk, **{"off_reason.en": evil, "alternative_date.en": evil}).status_code == 303
    answer = desk.make().client().get(PAGE)
    assert not page(answer).select("img[onerror]")
    assert evil in page(answer).get_text()
    stale = fill(
        desk.client(), f"{HERE}postpone", {"csrf_token": "x", **REASON}, action="/postpone"
    )
    assert stale.status_code == 422
    kept = page(stale).select_one("[name='off_reason.en']")
    assert kept is not None
    assert kept["value"] == "A storm is coming"

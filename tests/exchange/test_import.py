"""`flask stadtlabor import`: all or nothing, repeatable, and deleting nothing."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from sqlalchemy import func, select

from flask_stadtlabor.cli import content as content_command
from flask_stadtlabor.consent.models import ConsentText, Purpose
from flask_stadtlabor.events.models import Event, Project, Series
from flask_stadtlabor.revision import ContentRevision
from tests import factories
from tests.exchange.files import bare_event, bring_in, export, rich_exchange
from tests.forms import fill
from tests.host import Host

REGISTER = "/stadtlabor/de/events/plattform/register"


def test_four_keys_make_an_event(host: Host) -> None:
    """Everything else has its default; the event is a draft that nobody sees yet."""
    result = bring_in(host, {"format": "flask-stadtlabor/1", "events": [bare_event()]})
    assert result.exit_code == 0, result.output
    assert "1 new" in result.stdout
    (event,) = export(host)["events"]
    assert event == bare_event(timezone="Europe/Berlin")
    assert host.scalar(select(Event.status)) == "draft"
    assert host.client().get("/stadtlabor/de/events/platz/").status_code == 404


@pytest.mark.one_database
def test_an_empty_file_changes_nothing(host: Host) -> None:
    host.load(rich_exchange())
    before = export(host)
    assert bring_in(host, {"format": "flask-stadtlabor/1"}).exit_code == 0
    assert export(host) == before


def test_a_repeated_import_changes_nothing(host: Host) -> None:
    host.load(rich_exchange())
    revision = host.scalar(select(ContentRevision.number))
    sequence = host.scalar(select(Event.sequence).where(Event.slug == "plattform"))
    result = bring_in(host, rich_exchange())
    assert "0 new, 0 changed, 2 unchanged" in result.stdout
    assert host.scalar(select(ContentRevision.number)) == revision
    assert host.scalar(select(Event.sequence).where(Event.slug == "plattform")) == sequence
    assert host.scalar(select(func.count(ConsentText.id))) == 6


@pytest.mark.one_database
def test_what_is_not_in_the_file_stays(host: Host) -> None:
    host.load(rich_exchange())
    host.load(factories.exchange(bare_event()))
    exported = export(host)
    assert {event["slug"] for event in exported["events"]} == {"plattform", "abgesagt", "platz"}
    assert len(exported["series"]) == 1
    assert len(exported["projects"]) == 2
    assert len(exported["purposes"]) == 3


def test_a_key_that_is_left_out_gets_its_default_back(host: Host) -> None:
    """An entry describes its event wholly, so that one file always gives the same result."""
    host.load(rich_exchange())
    host.load(factories.exchange(bare_event("plattform")))
    exported = {event["slug"]: event for event in export(host)["events"]}
    assert exported["plattform"] == bare_event("plattform", timezone="Europe/Berlin")


def test_an_import_with_one_fault_writes_nothing_at_all(host: Host) -> None:
    host.load(factories.exchange(bare_event()))
    before = export(host)
    result = bring_in(
        host,
        factories.exchange(
            bare_event(title="Changed"),
            bare_event("zwei", venue={"latitude": 200}),
            series=[factories.series()],
        ),
    )
    assert result.exit_code == 1
    assert "Nothing was imported" in result.stderr
    assert export(host) == before
    assert host.scalar(select(func.count(Series.id))) == 0


def test_references_may_point_into_the_database(host: Host) -> None:
    host.load(rich_exchange())
    file = {
        "events": [
            bare_event(series="zu-besuch", projects=["allee"], purposes=["privacy"]),
        ]
    }
    assert bring_in(host, file).exit_code == 0
    assert export(host, "--event", "platz")["series"][0]["slug"] == "zu-besuch"


def test_a_changed_event_keeps_what_people_did(host: Host) -> None:
    """The event is found by its slug: its registrations, seats and calendar id stay."""
    host.load(factories.exchange(factories.open_event()))
    uid = host.scalar(select(Event.uid))
    assert fill(host.client(), REGISTER, factories.person()).status_code == 303
    host.load(factories.exchange(factories.open_event(starts_at="2026-04-22T17:00")))
    assert host.scalar(select(Event.uid)) == uid
    assert host.scalar(select(Event.seats_taken)) == 1
    assert host.scalar(select(Event.sequence)) == 1


def test_a_changed_text_is_a_new_version(host: Host) -> None:
    """C5, C7: the old one stays; only an editorial change carries consent over."""
    host.load({"purposes": [factories.purpose()]})
    host.load({"purposes": [factories.purpose(text="Anders")]})
    host.load({"purposes": [factories.purpose(text="Anders.", editorial=True)]})
    host.load({"purposes": [factories.purpose(text="Anders.", editorial=True)]})
    with host.app.app_context():
        rows = host.db.session.execute(
            select(ConsentText.version, ConsentText.material)
            .distinct()
            .order_by(ConsentText.version)
        )
        assert [tuple(row) for row in rows] == [(1, True), (2, True), (3, False)]
    assert host.scalar(select(Purpose.version)) == 3


def test_a_heading_is_never_empty(host: Host) -> None:
    """Only an event needs a title; elsewhere the slug stands in for one."""
    host.load({"series": [{"slug": "reihe"}], "projects": [{"slug": "projekt"}]})
    assert host.scalar(select(Series.title)).to_json() == "reihe"
    assert host.scalar(select(Project.title)).to_json() == "projekt"
    assert export(host)["series"] == [{"slug": "reihe"}]


def test_a_time_that_comes_twice_is_said_with_its_offset(host: Host) -> None:
    """D4."""
    twice = bare_event(starts_at="2026-10-25T02:30+01:00", ends_at="2026-10-25T05:00")
    assert bring_in(host, {"events": [twice]}).exit_code == 0
    assert f"{host.scalar(select(Event.starts_at)):%H:%M}" == "01:30"
    assert export(host)["events"][0]["starts_at"] == "2026-10-25T02:30+01:00"


def test_a_byte_order_mark_does_no_harm(host: Host) -> None:
    """Some editors write one."""
    path = host.folder / "bom.json"
    path.write_text('\ufeff{"series": [{"slug": "reihe"}]}', encoding="utf-8")
    assert host.run("import", str(path)).exit_code == 0


def registered(host: Host) -> None:
    """One confirmed registration and one that waits, with their mails out of the way."""
    host.load(factories.exchange(factories.open_event(registration={"capacity": 1})))
    for number in (1, 2):
        fill(host.client(), REGISTER, factories.person(number))
    host.mails()
    host.sent.clear()


@pytest.mark.one_database
def test_people_are_told_only_when_asked(host: Host) -> None:
    registered(host)
    moved = factories.open_event(starts_at="2026-04-22T17:00", registration={"capacity": 1})
    assert bring_in(host, factories.exchange(moved)).exit_code == 0
    assert host.mails() == []


@pytest.mark.one_database
def test_notify_tells_registered_people_of_what_moved(host: Host) -> None:
    registered(host)
    moved = factories.open_event(starts_at="2026-04-22T17:00", registration={"capacity": 1})
    result = bring_in(host, factories.exchange(moved), "--notify")
    assert result.exit_code == 0, result.output
    assert "Mails to registered people: 2." in result.stdout
    assert {str(mail["To"]) for mail in host.mails()} == {
        "person1@buerger.example",
        "person2@buerger.example",
    }


@pytest.mark.one_database
def test_notify_says_nothing_where_nothing_changed(host: Host) -> None:
    registered(host)
    same = factories.open_event(registration={"capacity": 1})
    result = bring_in(host, factories.exchange(same), "--notify")
    assert "Mails to registered people: 0." in result.stdout
    assert host.mails() == []


@pytest.mark.one_database
def test_notify_tells_of_a_cancelled_event(host: Host) -> None:
    registered(host)
    off = factories.open_event(status="cancelled", registration={"capacity": 1})
    bring_in(host, factories.exchange(off), "--notify")
    assert len(host.mails()) == 2


@pytest.mark.one_database
def test_progress_is_shown_on_a_terminal_alone(
    host: Host, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert "Importing" not in bring_in(host, rich_exchange()).stderr
    terminal = Terminal()
    monkeypatch.setattr(content_command.sys, "stderr", terminal)
    with host.app.app_context():
        read = content_command.read(host.folder / "content.json", "Europe/Berlin")
        with content_command._progress(read) as step:
            step()
    assert "Importing" in terminal.getvalue()

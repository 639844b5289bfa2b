"""Who did what with which event: one trail over all of them, which nobody can change."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from flask_stadtlabor import Action
from tests.events.desk import statements
from tests.factories import PHOTOS, event, exchange, open_event, question
from tests.forms import fill, page
from tests.host import Host
from tests.organise.staff import DESK, HERE, register, staff_of, words_of

TRAIL = f"{DESK}trail/"
ANDERE = f"{DESK}events/andere/"


@pytest.fixture
def portal(host: Host) -> Host:
    """Otto edits one event and downloads its list; a day later Petra keeps a venue."""
    host.load(exchange(open_event(), event("andere", title={"en": "Another one"}, status="draft")))
    register(host)
    otto = staff_of(host).client()
    fill(otto, f"{HERE}edit/text", {"title.en": "A new name"}, action="/text")
    assert otto.get(f"{HERE}registrations.csv").status_code == 200
    host.clock.move(days=1)
    petra = staff_of(host, name="Petra Presse").client()
    fill(petra, f"{ANDERE}edit/text", {"title.en": "Yet another"}, action="/text")
    host.clock.move(minutes=1)
    name = {"name.de": "Die Halle", "name.en": "The hall"}
    assert fill(petra, f"{DESK}venues/new", name, action="/new").status_code == 303
    return host


def lines(client: FlaskClient, **asked: Any) -> list[str]:
    answer = client.get(TRAIL, query_string=asked)
    assert answer.status_code == 200
    found = page(answer).select(".sl-edit-trail > li")
    words = [" ".join(item.get_text(" ", strip=True).split()) for item in found]
    return [each.replace("\N{NO-BREAK SPACE}", " ") for each in words]


def mark(client: FlaskClient, name: str) -> str:
    options = page(client.get(TRAIL)).select("#sl-who option")
    return next(str(option["value"]) for option in options if option.get_text() == name)


@pytest.mark.one_database
def test_it_says_who_did_what_when_the_latest_first(portal: Host) -> None:
    found = [each for each in lines(staff_of(portal).client()) if "Import" not in each]
    usual = "State, Last name, First name, E-mail address, How we reach them, Party size"
    columns = f"All who come or may yet come Columns: {usual}, Title photos-website"
    otto = "Monday, 2 March 2026, at 10:00 · Otto Orga"
    assert [each.partition(" Venues: ")[0] for each in found] == [
        "Begun Tuesday, 3 March 2026, at 10:01 · Petra Presse",
        "Edited Tuesday, 3 March 2026, at 10:00 · Petra Presse Yet another, 22 April 2026",
        f"List downloaded {otto} CSV · {columns} Have your say online, 22 April 2026",
        f"Draft of changes saved {otto} Have your say online, 22 April 2026",
    ]
    assert found[0].endswith("Venues: The hall")


def test_a_download_is_told_in_words_whatever_the_event_asks_now(host: Host) -> None:
    """Its group and its columns, in the reader's language; not the names of an address."""
    where, what = question("where"), question("what", "choice")
    asked = {"questions": [where, what], "companion_names": "optional"}
    host.load(exchange(open_event(registration=asked)))
    register(host, **{"question-where": "North", "question-what": "a"})
    staff = staff_of(host).client()
    group = {"state": "confirmed", "language": "de", "answer-where": "?any", "answer-what": "a"}
    group |= {f"consent-{PHOTOS}": "open"}
    columns = ["companions", "answer-where", f"consent-{PHOTOS}"]
    list_of = f"{HERE}registrations.csv"
    assert staff.get(list_of, query_string={**group, "column": columns}).status_code == 200
    for trail in (TRAIL, f"{HERE}history/"):
        assert (
            "CSV · Confirmed · Language: German · Question where?: Any answer · Question what?: A"
            " · Title photos-website: Neither yes nor no"
            " Columns: Companions, Question where?, Title photos-website"
        ) in words_of(staff, trail)
        assert (
            "CSV · Bestätigt · Sprache: Deutsch · Frage where?: Irgendeine Antwort"
            " · Frage what?: A · Titel photos-website: Weder Ja noch Nein"
            " Spalten: Begleitpersonen, Frage where?, Titel photos-website"
        ) in words_of(staff, trail.replace("/en/", "/de/"))
    other = {**what, "options": [{"value": "z", "label": "Z"}]}
    host.load(exchange(open_event(registration={"questions": [other]})))
    assert (
        "Question what?: a · Title photos-website: Neither yes nor no"
        " · where (no longer asked): Any answer"
        " Columns: Companions, where (no longer asked), Title photos-website"
    ) in words_of(staff, TRAIL)


def test_it_is_filtered_by_person_kind_event_and_period(portal: Host) -> None:
    staff = staff_of(portal).client()
    by_otto = lines(staff, who=mark(staff, "Otto Orga"))
    assert [each.partition(" Monday")[0] for each in by_otto] == [
        "List downloaded",
        "Draft of changes saved",
    ]
    downloads = lines(staff, what="downloaded")
    assert len(downloads) == 1
    assert "Otto Orga" in downloads[0]
    assert all("Yet another" in each for each in lines(staff, event="andere"))
    assert len(lines(staff, event="andere")) == 2
    assert {each.split(" · ")[1].split()[0] for each in lines(staff, since="2026-03-03")} == {
        "Petra"
    }
    assert lines(staff, until="2026-03-01") == []
    assert "Nothing of that kind has been done." in words_of(staff, f"{TRAIL}?until=2026-03-01")
    both = lines(staff, who=mark(staff, "Petra Presse"), what="edited", event="andere")
    assert len(both) == 1


@pytest.mark.one_database
def test_old_and_new_values_stand_behind_the_link(portal: Host) -> None:
    staff = staff_of(portal).client()
    links = page(staff.get(TRAIL, query_string={"what": "drafted"})).select(".sl-edit-trail a")
    assert len(links) == 1
    seen = words_of(staff, str(links[0]["href"]))
    assert "Have your say online" in seen
    assert "A new name" in seen
    # whoever may not read the history of the event has no link that would be refused
    less = staff_of(portal, without=[Action.HISTORY, Action.EDIT_SHARED]).client()
    assert page(less.get(TRAIL)).select(".sl-edit-trail a") == []


@pytest.mark.one_database
def test_it_takes_a_right_of_its_own_and_cannot_be_changed(portal: Host) -> None:
    """S12."""
    without = staff_of(portal, without=[Action.SEE_TRAIL]).client()
    assert without.get(TRAIL).status_code == 403
    assert "/organise/trail/" not in without.get(DESK).text
    staff = staff_of(portal).client()
    assert "/organise/trail/" in staff.get(DESK).text
    assert page(staff.get(TRAIL)).select("main form[method=post], .sl-desk form[method=post]") == []
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert staff.open(TRAIL, method=method).status_code in (403, 405)


@pytest.mark.one_database
def test_no_address_of_it_names_anybody(portal: Host) -> None:
    """S13: addresses stand in a server's log."""
    staff = staff_of(portal).client()
    assert not {"Otto", "staff"} & set(mark(staff, "Otto Orga").split(":"))
    assert len(mark(staff, "Otto Orga")) == 16
    # one that is made up leaves nothing out
    assert lines(staff, who="f" * 16) == lines(staff)
    assert lines(staff, since="tomorrow", what="nothing", event="nowhere") == lines(staff)


@pytest.mark.one_database
def test_whoever_is_forgotten_is_somebody_of_the_team(portal: Host) -> None:
    staff = staff_of(portal).client()
    assert portal.run("person", "forget-staff", "staff:1").exit_code == 0
    told = words_of(staff, TRAIL)
    assert "Otto Orga" not in told
    assert "somebody of the team" in told


def test_many_entries_stand_on_pages_and_take_no_more_statements(
    portal: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = staff_of(portal)
    browser = staff.client()

    def counted(**asked: Any) -> int:
        browser.get(TRAIL)
        with statements(staff) as seen:
            assert browser.get(TRAIL, query_string=asked).status_code == 200
        return len(seen)

    few = counted()
    every = lines(browser)
    for _ in range(3):
        browser.get(f"{HERE}registrations.csv")
        portal.clock.move(minutes=1)
    assert counted() == few <= 8
    monkeypatch.setattr("flask_stadtlabor.events.trail.PAGE_SIZE", 4)
    first = browser.get(TRAIL)
    assert len(page(first).select(".sl-edit-trail > li")) == 4
    assert page(first).select("[rel=prev]") == []
    found, at = lines(browser), first
    while page(at).select("[rel=next]"):
        way = str(page(at).select("[rel=next]")[0]["href"])
        at = browser.get(way)
        words = [item.get_text(" ", strip=True) for item in page(at).select(".sl-edit-trail > li")]
        found += words
    assert len(found) == len(every) + 3

"""``flask demo prepare``: content with current dates, which can be prepared again."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from example_app.demo.content import WEEKDAYS, choose_starts, exchange, read
from example_app.extensions import db
from tests.forms import page
from tests.musterstadt.test_accounts import ABOUT_TO_BEGIN, sign_in

NOW = datetime(2027, 2, 26, 14, 5)


def test_events_stay_on_their_weekday_whatever_today_is() -> None:
    for days in range(30):
        now = NOW + timedelta(days=days)
        starts = choose_starts(now, {})
        for event in read("events")["events"]:
            day, today = starts[event["slug"]].date(), now.date()
            if "date" in event:
                assert day == date(2023, 4, 19)
                continue
            if "lasts_hours" in event:
                continue
            assert WEEKDAYS[day.weekday()] == event["weekday"]
            ahead = (day - today).days
            assert event["in_days"] <= ahead < event["in_days"] + 7


def test_a_chosen_day_stays_until_it_is_over() -> None:
    """Nobody's event is moved by preparing the demo again."""
    first = choose_starts(NOW, {})
    later = NOW + timedelta(days=20)
    second = choose_starts(later, first)
    for slug, start in first.items():
        if start.date() >= later.date() or slug == "stadtlabor-zu-besuch":
            assert second[slug] == start
        else:
            assert second[slug] > later
    assert first != second


@pytest.mark.parametrize("hour", [0, 9, 23])
def test_one_event_is_about_to_begin_whenever_the_demo_is_started(hour: int) -> None:
    """It stays where it is as long as it runs, and begins again after that."""
    now = datetime(2027, 2, 26, hour, 52)
    starts = choose_starts(now, {})
    start = starts[ABOUT_TO_BEGIN]
    assert start - now == timedelta(minutes=8)
    for minutes, is_kept in ((0, True), (180, True), (188, False), (1440, False)):
        again = choose_starts(now + timedelta(minutes=minutes), starts)[ABOUT_TO_BEGIN]
        assert (again == start) is is_kept, minutes


def test_the_event_that_started_it_is_told_as_it_was() -> None:
    content = exchange(NOW.date(), choose_starts(NOW, {}))
    (event,) = [e for e in content["events"] if e["slug"] == "stadtlabor-zu-besuch-2023-04-19"]
    assert (event["starts_at"], event["ends_at"]) == ("2023-04-19T17:30", "2023-04-19T19:00")
    assert event["venue"]["street"] == "Stühmeyerstr. 33"
    assert [item["starts_at"] for item in event["programme"]] == [
        "17:30", "17:40", "18:00", "18:30",
    ]  # fmt: skip


def test_every_text_is_there_in_both_languages() -> None:
    """A text for one language only would be a mistake here; names may be the same in both."""
    content = exchange(NOW.date(), choose_starts(NOW, {}))

    def walk(value: object, path: str) -> None:
        if isinstance(value, dict):
            if {"de", "en"} & set(value):
                assert set(value) == {"de", "en"}, path
                assert all(value.values()), path
            else:
                for key, item in value.items():
                    walk(item, f"{path}.{key}")
        elif isinstance(value, list):
            for number, item in enumerate(value):
                walk(item, f"{path}[{number}]")

    walk(content, "")


def test_asking_for_photos_is_one_choice_per_purpose_beside_a_notice() -> None:
    """C1, C2, C4: a recording is told, consent is asked, the privacy notice is neither."""
    modes = {purpose["slug"]: purpose["mode"] for purpose in read("purposes")["purposes"]}
    assert modes == {
        "recording": "notice",
        "photos-website": "consent",
        "photos-print": "consent",
        "photos-social-media": "consent",
        "privacy-events": "privacy",
    }


@pytest.mark.parametrize(
    ("language", "states"),
    [
        ("de", ("Ein Sensor für den Balkon", "Licht an, wo jemand geht", "Die Stadt im Rechner")),
        ("en", ("A sensor for your balcony", "Lights on where somebody walks")),
    ],
)
def test_the_list_shows_every_kind_of_date(
    portal: Flask, language: str, states: tuple[str, ...]
) -> None:
    listing = page(portal.test_client().get(f"/stadtlabor/{language}/")).get_text()
    for title in states:
        assert title in listing


def test_one_event_is_full_by_people_who_registered_like_anybody(portal: Flask) -> None:
    """Six confirmed their address, two wait, all by the public form; one more waits by the desk."""
    assert states(portal, "ein-sensor-fuer-den-balkon") == {"confirmed": 6, "waiting": 3}


def test_the_door_is_at_work_as_soon_as_the_demo_is_started(portal: Flask) -> None:
    """Of a dozen, some have come, some may come, and some need a word at the door."""
    found = states(portal, ABOUT_TO_BEGIN)
    assert found == {"confirmed": 9, "held": 2, "cancelled": 1}
    browser = portal.test_client()
    sign_in(browser, "otto@musterstadt.example", "organisator")
    office = page(browser.get("/stadtlabor/en/organise/"))
    (way,) = office.select(".sl-desk-today a")
    door = page(browser.get(str(way["href"]))).get_text(" ", strip=True)
    assert "6 of 17 have arrived" in door


def states(portal: Flask, event: str) -> dict[str, int]:
    """How many parties of an event stand where."""
    statement = text(
        "SELECT r.state, COUNT(*) FROM stadtlabor_registration r"
        " JOIN stadtlabor_event e ON e.id = r.event_id WHERE e.slug LIKE :slug GROUP BY r.state"
    )
    with portal.app_context():
        return dict(tuple(row) for row in db.session.execute(statement, {"slug": f"{event}%"}))


def test_preparing_again_changes_nothing(portal: Flask) -> None:
    before = _content(portal)
    again = portal.test_cli_runner().invoke(args=["demo", "prepare"])
    assert again.exit_code == 0, again.output
    assert "Events: 0 new, 0 changed, 10 unchanged." in again.output
    assert "Registering" not in again.output
    assert _content(portal) == before


def test_the_consent_ledger_of_the_demo_is_whole(portal: Flask) -> None:
    verified = portal.test_cli_runner().invoke(args=["stadtlabor", "consent", "verify"])
    assert verified.exit_code == 0, verified.output


def test_the_welcome_says_where_to_look_and_who_can_sign_in(portal: Flask) -> None:
    said = portal.test_cli_runner().invoke(args=["demo", "welcome"]).output
    for words in (
        "http://127.0.0.1:5000/stadtlabor/",
        "http://127.0.0.1:5000/mails",
        "bea@musterstadt.example",
        "otto@musterstadt.example",
        str(Path(portal.instance_path) / "mails"),
    ):
        assert words in said


def _content(portal: Flask) -> object:
    exported = portal.test_cli_runner().invoke(args=["stadtlabor", "export"])
    assert exported.exit_code == 0, exported.output
    return json.loads(exported.output)


def test_the_portal_has_nothing_to_mend(portal: Flask) -> None:
    """``flask stadtlabor check`` finds the example's configuration whole."""
    checked = portal.test_cli_runner().invoke(args=["stadtlabor", "check"])
    assert checked.exit_code == 0, checked.output
    assert "All is well." in checked.output


def test_people_have_ideas_and_neighbours_support_them(portal: Flask) -> None:
    """In both languages; and none comes twice when the demo is prepared again."""
    shown = portal.test_client().get("/stadtlabor/de/projects/sichere-schulwege/ideas/")
    here = [idea for idea in read("ideas")["ideas"] if idea["project"] == "sichere-schulwege"]
    titles = [each.get_text(strip=True) for each in page(shown).select(".sl-ideas h2")]
    assert sorted(titles) == sorted(idea["title"] for idea in here)
    assert page(shown).select(".sl-ideas h2[lang=en]")
    told = page(shown).get_text()
    for idea in here:
        number = idea["supports"]
        words = "1 Person unterstützt" if number == 1 else f"{number} Menschen unterstützen"
        assert words in told


def test_people_talk_about_them(portal: Flask) -> None:
    """In both languages, with answers; the project has comments of its own."""
    browser = portal.test_client()
    listed = page(browser.get("/stadtlabor/de/projects/sichere-schulwege/ideas/"))
    (idea,) = [each for each in listed.select(".sl-ideas h2 a") if "Zebrastreifen" in each.text]
    told = page(browser.get(str(idea["href"])))
    assert "6 Kommentare: 2 dafür, 1 dagegen" in " ".join(told.get_text(" ").split())
    assert told.select(".sl-replies .sl-comment")
    assert told.select(".sl-comment .sl-prose[lang=en]")
    assert any("Stimme zu: 1" in each.text for each in told.select(".sl-opinion"))
    on_project = browser.get("/stadtlabor/de/projects/sichere-schulwege/comments/")
    assert "Wer entscheidet am Ende" in on_project.text
    # one is hidden, and what was replied to it stays
    assert "Faules Pack" not in on_project.text
    assert "Da hilft Schimpfen wenig." in on_project.text

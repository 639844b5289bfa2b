"""What several events share is edited like events: fields, two editors, history, undo."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from flask_stadtlabor import Action, Actor
from flask_stadtlabor.events.history_models import SharedRevision
from flask_stadtlabor.events.models import Event, Project, Series
from tests.factories import exchange, open_event
from tests.forms import fields_of, fill, form_on, page, press, send, typed_into
from tests.host import Host
from tests.organise.staff import DESK, HERE, register, staff_of, words_of

KINDS = ("series", "projects", "venues", "organisers", "question-sets")
HALL = {
    "name.de": "Christuskirche",
    "name.en": "Christ Church",
    "city.de": "Bochum",
    "city.en": "Bochum",
    "accessibility.wheelchair": "yes",
}


@pytest.fixture
def desk(host: Host) -> Host:
    host.load(exchange(open_event()))
    return staff_of(host)


def venue_of(host: Host) -> Any:
    return host.scalar(select(Event.venue).where(Event.slug == "plattform"))


@pytest.mark.one_database
@pytest.mark.parametrize("kind", ["venues", "organisers", "question-sets"])
def test_an_empty_list_says_what_to_do_first(desk: Host, kind: str) -> None:
    staff = desk.client()
    assert "Nothing is on this list yet." in words_of(staff, f"{DESK}{kind}/")
    assert page(staff.get(f"{DESK}{kind}/")).select_one(f"a[href$='/{kind}/new']") is not None
    nothing = fill(staff, f"{DESK}{kind}/new", {}, action="/new")
    assert nothing.status_code == 422
    assert "Please fill this in." in nothing.text


def test_a_series_is_made_and_seen_by_everybody(desk: Host) -> None:
    """An organiser needs no file for it."""
    staff = desk.client()
    made = fill(
        staff,
        f"{DESK}series/new",
        {
            "title.de": "Große Fragen",
            "title.en": "Big questions",
            "funding[0].name.de": "Land NRW",
            "funding[0].name.en": "State of NRW",
        },
        action="/new",
    )
    assert made.status_code == 303
    assert "/organise/series/grosse-fragen/" in made.headers["Location"]
    assert desk.scalar(select(Series.title).where(Series.slug == "grosse-fragen"))["en"] == (
        "Big questions"
    )
    new = page(staff.get(f"{DESK}events/new"))
    assert new.select_one("option[value='grosse-fragen']") is not None


@pytest.mark.one_database
def test_two_editors_of_one_venue_both_stand_or_see_both(desk: Host) -> None:
    """As with events: different fields both stand, the same field is asked about."""
    staff = desk.client()
    fill(staff, f"{DESK}venues/new", HALL, action="/new")
    here = f"{DESK}venues/christuskirche/"
    first, second, third = (staff.get(here) for _ in range(3))
    action = "/christuskirche/"
    assert send(staff, first, {"postal_code": "44787"}, action=action).status_code == 303
    assert send(staff, second, {"street.de": "An der Kirche"}, action=action).status_code == 303
    both = send(staff, third, {"postal_code": "44789"}, action=action)
    assert both.status_code == 409
    assert {"44787", "44789"} <= set(page(both).select_one(".sl-edit-both").get_text(" ").split())
    kept = words_of(staff, f"{here}history/")
    assert kept.count("Edited") == 2
    sent = fields_of(form_on(both, action))
    assert sent["street.de"] == "An der Kirche"


def test_a_venue_is_chosen_instead_of_typed_anew(desk: Host) -> None:
    staff = desk.client()
    fill(staff, f"{DESK}venues/new", HALL, action="/new")
    opened = staff.get(f"{HERE}edit/place")
    sent = typed_into(form_on(opened, "/edit/place"), {"shared": "christuskirche"})
    assert staff.post(f"{HERE}venues/take", data=sent).status_code == 303
    seen = page(staff.get(f"{HERE}edit/place"))
    assert seen.select_one("input[name='venue.name.en']")["value"] == "Christ Church"
    assert press(staff, f"{HERE}publish", "/publish").status_code == 303
    assert venue_of(desk).accessibility.wheelchair == "yes"
    # a copy: what is changed on the list later changes no event
    fill(staff, f"{DESK}venues/christuskirche/", {"name.en": "Closed"}, action="/christuskirche/")
    assert venue_of(desk).name["en"] == "Christ Church"


@pytest.mark.one_database
def test_taking_nothing_from_the_list_says_so_and_saves_the_rest(desk: Host) -> None:
    """A4."""
    staff = desk.client()
    fill(staff, f"{DESK}organisers/new", {"name.de": "RUB", "name.en": "RUB"}, action="/new")
    given = {"contact.name.de": "Frau Kaya", "contact.name.en": "Ms Kaya"}
    sent = typed_into(form_on(staff.get(f"{HERE}edit/people"), "/edit/people"), given)
    answer = staff.post(f"{HERE}organisers/take", data=sent)
    assert answer.status_code == 422
    seen = page(answer)
    link = seen.select_one("[role=alert] a[href='#sl-shared']")
    assert link is not None
    assert link.get_text() == "Choose something from the list first."
    field = seen.select_one("select#sl-shared[aria-invalid=true]")
    assert field is not None
    assert "sl-shared-errors" in field["aria-describedby"]
    assert "All else that you wrote is saved." in answer.text
    again = page(staff.get(f"{HERE}edit/people"))
    assert again.select_one("input[name='contact.name.en']")["value"] == "Ms Kaya"
    assert press(staff, f"{HERE}publish", "/publish").status_code == 303


@pytest.mark.one_database
def test_what_is_typed_beside_it_is_saved_too(desk: Host) -> None:
    staff = desk.client()
    fill(staff, f"{DESK}organisers/new", {"name.de": "RUB", "name.en": "RUB"}, action="/new")
    given = {"shared": "rub", "contact.name.de": "Frau Kaya", "contact.name.en": "Ms Kaya"}
    sent = typed_into(form_on(staff.get(f"{HERE}edit/people"), "/edit/people"), given)
    assert staff.post(f"{HERE}organisers/take", data=sent).status_code == 303
    again = page(staff.get(f"{HERE}edit/people"))
    names = [
        field["value"] for field in again.select("input[name^='organisers['][name$='name.en']")
    ]
    assert "RUB" in names
    assert again.select_one("input[name='contact.name.en']")["value"] == "Ms Kaya"


@pytest.mark.one_database
def test_questions_are_kept_for_the_next_event(desk: Host) -> None:
    staff = desk.client()
    question = {
        "registration.questions[0].slug": "meal",
        "registration.questions[0].kind": "text",
        "registration.questions[0].label.de": "Was isst du?",
        "registration.questions[0].label.en": "What do you eat?",
    }
    opened = staff.get(f"{HERE}edit/registration")
    sent = typed_into(form_on(opened, "/edit/registration"), question)
    assert staff.post(f"{HERE}question-sets/keep", data=sent).status_code == 303
    assert "1 question" in words_of(staff, f"{DESK}question-sets/")
    # once is enough
    again = fields_of(form_on(staff.get(f"{HERE}edit/registration"), "/edit/registration"))
    assert staff.post(f"{HERE}question-sets/keep", data=again).status_code == 303
    assert "2 questions" not in words_of(staff, f"{DESK}question-sets/")
    listed = page(staff.get(f"{DESK}question-sets/")).select(".sl-edit-shared-list li")
    assert len(listed) == 1


@pytest.mark.one_database
def test_what_is_taken_off_the_list_can_be_put_back(desk: Host) -> None:
    staff = desk.client()
    fill(staff, f"{DESK}venues/new", HALL, action="/new")
    off = press(staff, f"{DESK}venues/christuskirche/", "/remove")
    assert off.status_code == 303
    assert staff.get(f"{DESK}venues/christuskirche/").status_code == 404
    assert "Christ Church" not in words_of(staff, f"{DESK}venues/")
    assert not page(staff.get(f"{HERE}edit/place")).select("option[value='christuskirche']")
    back = send(staff, staff.get(off.headers["Location"]), action="/restore")
    assert back.status_code == 303
    assert "Christ Church" in words_of(staff, f"{DESK}venues/")


def test_a_series_with_events_stays(desk: Host) -> None:
    staff = desk.client()
    fill(staff, f"{DESK}series/new", {"title.de": "Reihe", "title.en": "Row"}, action="/new")
    fill(staff, f"{HERE}edit/text", {"series": "reihe"}, action="/text")
    press(staff, f"{HERE}publish", "/publish")
    refused = press(staff, f"{DESK}series/reihe/", "/remove")
    assert refused.status_code == 422
    assert "1 event needs it" in refused.text
    assert desk.scalar(select(func.count()).select_from(Series)) == 1


def test_an_import_is_a_step_of_the_same_history(desk: Host) -> None:
    staff = desk.client()
    fill(staff, f"{DESK}projects/new", {"title.de": "Park", "title.en": "Park"}, action="/new")
    desk.load(
        {"format": "flask-stadtlabor/1", "projects": [{"slug": "park", "title": "Stadtpark"}]}
    )
    seen = words_of(staff, f"{DESK}projects/park/history/")
    assert "Imported" in seen
    steps = staff.get(f"{DESK}projects/park/history/1/")
    assert send(staff, steps, action="/restore").status_code == 303
    assert desk.scalar(select(Project.title))["en"] == "Park"


def test_whoever_may_not_share_sees_no_list_and_keeps_nothing(desk: Host) -> None:
    before = desk.scalar(select(func.count()).select_from(SharedRevision))
    staff = staff_of(desk, without=[Action.EDIT_SHARED]).client()
    for kind in KINDS:
        assert staff.get(f"{DESK}{kind}/").status_code == 403
    sent = fields_of(form_on(staff.get(f"{HERE}edit/place"), "/edit/place"))
    assert staff.post(f"{HERE}venues/keep", data=sent).status_code == 403
    assert desk.scalar(select(func.count()).select_from(SharedRevision)) == before


WORDS = {
    "title.de": "Kuchen",
    "title.en": "Cake",
    "kind": "reminder",
    "text.de": "Bring Kuchen mit zu {title}.",
    "text.en": "Bring cake to {title}.\n\nWe have plates at {place}.",
    "subject.en": "Cake! {title}",
}
MAIL = f"{HERE}mails/reminder/en/"


@pytest.mark.one_database
def test_words_of_the_citys_own_stand_in_a_mail(desk: Host) -> None:
    """Case 8: the preview shows them; what the mail has to say stays."""
    staff = desk.client()
    before = page(staff.get(MAIL)).get_text()
    made = fill(staff, f"{DESK}mail-texts/new", WORDS, action="/new")
    assert made.status_code == 303
    seen = page(staff.get(MAIL)).get_text()
    assert "Cake! Have your say online" in seen
    assert "Bring cake to Have your say online." in seen
    assert "We have plates at Quartiershalle" in seen
    assert "My ticket and my registration" in seen
    assert "Bring cake" not in before
    assert "Bring cake" not in page(staff.get(f"{HERE}mails/confirmed/en/")).get_text()


@pytest.mark.one_database
def test_a_placeholder_that_stands_for_nothing_is_named_with_those_that_do(desk: Host) -> None:
    """Case 8."""
    staff = desk.client()
    wrong = fill(staff, f"{DESK}mail-texts/new", {**WORDS, "text.en": "Dear {name}"}, action="/new")
    assert wrong.status_code == 422
    told = page(wrong).select_one(".sl-errors").get_text()
    assert "{name} stands for nothing" in told
    assert "{title}, {date}, {place}" in told
    assert "Dear {name}" in wrong.text


@pytest.mark.one_database
def test_a_mail_has_one_text_for_the_same_events(desk: Host) -> None:
    """Of two, nobody could tell which one people get."""
    staff = desk.client()
    fill(staff, f"{DESK}mail-texts/new", WORDS, action="/new")
    second = {**WORDS, "title.en": "Pie", "title.de": "Torte"}
    refused = fill(staff, f"{DESK}mail-texts/new", second, action="/new")
    assert refused.status_code == 422
    told = page(refused).select_one(".sl-errors").get_text()
    assert "“Cake” has words for the same mail and the same events." in told
    assert "Pie" in refused.text
    other = {**second, "event": "plattform"}
    assert fill(staff, f"{DESK}mail-texts/new", other, action="/new").status_code == 303
    # nor does one become the same later, or come back as the same
    there = f"{DESK}mail-texts/torte/"
    assert fill(staff, there, {"event": ""}, action="/torte/").status_code == 422
    assert fill(staff, there, {"text.en": "Bring pie."}, action="/torte/").status_code == 303
    press(staff, f"{DESK}mail-texts/kuchen/", "/remove")
    assert fill(staff, there, {"event": ""}, action="/torte/").status_code == 303
    back = press(staff, f"{DESK}mail-texts/kuchen/history/1/", "/restore")
    assert back.status_code == 422
    assert "“Pie” has words" in back.text


@pytest.mark.one_database
def test_the_words_nearest_to_the_event_count(desk: Host) -> None:
    """Its own before those of the portal, whichever was written first."""
    staff = desk.client()
    own = {**WORDS, "title.en": "Own", "event": "plattform", "text.en": "Bring soup."}
    fill(staff, f"{DESK}mail-texts/new", own, action="/new")
    fill(staff, f"{DESK}mail-texts/new", WORDS, action="/new")
    seen = page(staff.get(MAIL)).get_text()
    assert "Bring soup." in seen
    assert "Bring cake" not in seen


def test_a_trial_goes_to_whoever_wrote_the_words_and_to_nobody_else(desk: Host) -> None:
    """What arrives is what the preview shows."""
    writer = Actor("staff:1", "Otto Orga", email="otto@stadt.example")
    portal = desk.lend(policy=lambda *asked: True, actor=lambda: writer, mailer=desk.sent.append)
    staff = portal.client()
    register(desk, 1)
    fill(staff, f"{DESK}mail-texts/new", WORDS, action="/new")
    portal.run("outbox", "run")
    desk.sent.clear()
    assert press(staff, f"{DESK}mail-texts/kuchen/", "/trial").status_code == 303
    portal.run("outbox", "run")
    assert {mail["To"] for mail in desk.sent} == {"otto@stadt.example"}
    subjects = [mail["Subject"] for mail in desk.sent]
    assert "Cake! Have your say online" in subjects
    assert len(subjects) == 2
    english = next(mail for mail in desk.sent if mail["Subject"].startswith("Cake!"))
    body = english.get_body(("plain",))
    assert body is not None
    assert "Bring cake to Have your say online." in body.get_content().replace("\xa0", " ")


@pytest.mark.one_database
def test_without_an_address_there_is_no_trial(desk: Host) -> None:
    staff = desk.client()
    fill(staff, f"{DESK}mail-texts/new", WORDS, action="/new")
    here = f"{DESK}mail-texts/kuchen/"
    assert not page(staff.get(here)).select("form[action$='/trial']")
    token = fields_of(form_on(staff.get(here), "/remove"))
    refused = staff.post(f"{here}trial", data=token)
    assert refused.status_code == 422
    assert "does not know your e-mail address" in refused.text


@pytest.mark.one_database
def test_a_venue_without_a_name_is_saved_and_put_on_no_list(desk: Host) -> None:
    """A room online alone could not be found there."""
    staff = desk.client()
    opened = form_on(staff.get(f"{HERE}edit/place"), "/edit/place")
    nameless = {name: "" for name in fields_of(opened) if name.startswith("venue.name")}
    sent = typed_into(opened, {**nameless, "venue.online_url": "https://raum.example/"})
    assert staff.post(f"{HERE}venues/keep", data=sent).status_code == 303
    shown = page(staff.get(f"{HERE}edit/place"))
    assert shown.select_one("input[name='venue.online_url']")["value"] == "https://raum.example/"
    assert not shown.select("button[formaction$='/keep']")
    assert "Nothing is on this list yet." in words_of(staff, f"{DESK}venues/")


def test_a_stale_page_puts_nothing_on_a_list(desk: Host) -> None:
    """S1: and what was typed is still there."""
    staff = desk.client()
    opened = form_on(staff.get(f"{HERE}edit/place"), "/edit/place")
    sent = typed_into(opened, {"csrf_token": "x", "venue.postal_code": "44789"})
    stale = staff.post(f"{HERE}venues/keep", data=sent)
    assert stale.status_code == 422
    assert page(stale).select_one("input[name='venue.postal_code']")["value"] == "44789"
    assert "Nothing is on this list yet." in words_of(staff, f"{DESK}venues/")


@pytest.mark.one_database
def test_words_that_were_taken_off_the_list_stand_in_no_mail(desk: Host) -> None:
    staff = desk.client()
    fill(staff, f"{DESK}mail-texts/new", WORDS, action="/new")
    assert press(staff, f"{DESK}mail-texts/kuchen/", "/remove").status_code == 303
    assert "Bring cake" not in page(staff.get(MAIL)).get_text()


@pytest.mark.one_database
@pytest.mark.parametrize("elsewhere", ["event", "series"])
def test_words_for_another_event_or_series_stand_in_no_mail_of_this_one(
    desk: Host, elsewhere: str
) -> None:
    desk.load(exchange(open_event(), open_event("anderer")))
    staff = desk.client()
    fill(staff, f"{DESK}series/new", {"title.de": "Anderer", "title.en": "Other"}, action="/new")
    fill(staff, f"{DESK}mail-texts/new", {**WORDS, elsewhere: "anderer"}, action="/new")
    assert "Bring cake" not in page(staff.get(MAIL)).get_text()
    theirs = page(staff.get(f"{DESK}events/anderer/mails/reminder/en/")).get_text()
    assert ("Bring cake" in theirs) is (elsewhere == "event")

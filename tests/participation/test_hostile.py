"""What somebody tries who wants what is not theirs, or sends what no form of ours does."""

from __future__ import annotations

import re
import struct
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from flask_stadtlabor import Action, addresses, erase_person
from flask_stadtlabor.addresses import LONGEST_ADDRESS, shown_address
from flask_stadtlabor.participation.moderation.models import Report
from flask_stadtlabor.pictures.processing import process
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.text import trimmed
from tests.events.desk import statements
from tests.factories import exchange, open_event, phase, project
from tests.forms import fill, page, press, send
from tests.host import Host
from tests.organise.staff import staff_of
from tests.participation.comments.desk import comment_url, reply, said, say, with_idea
from tests.participation.ideas.desk import (
    BANKS,
    collecting,
    idea_url,
    published,
    stored,
    words,
    write_idea,
)
from tests.participation.moderation.desk import hide, mails_to, moderator, report, reports
from tests.participation.people import MINE, SETTINGS, known, link_in
from tests.registration.accounts import BEA

pytestmark = pytest.mark.one_database

ADA, BEN, OTTO = "ada@example.org", "ben@example.org", "otto@example.org"
EVENT = "/stadtlabor/de/organise/events/plattform/"


def test_a_printed_link_opens_a_registration_and_proves_no_address(host: Host) -> None:
    """S3: the desk types any address, and whoever holds the sheet need not have it."""
    collecting(host)
    host.load(exchange(open_event()))
    write_idea(known(host, ADA), draft="y")
    may = {Action.MANAGE_REGISTRATIONS, Action.SEE_REGISTRATIONS, Action.ORGANISE}
    desk = staff_of(host, without=set(Action) - may).client()
    eve = {"given_name": "Eve", "family_name": "Fremd", "email": ADA, "method": "paper"}
    assert fill(desk, f"{EVENT}register", eve).status_code == 303
    number = host.scalar(select(Registration.id))
    printed = press(desk, f"{EVENT}registrations/{number}/", "/sheet")
    link = re.search(r"/stadtlabor/de/registration/p\.[\w-]{20,}", printed.text)
    assert link is not None
    stranger = host.client()
    assert stranger.get(link[0], follow_redirects=True).status_code == 200
    assert "Eve" in words(stranger, "/stadtlabor/de/registration/")
    for address in (MINE, f"{MINE}data.json", f"{MINE}erase", idea_url(stored(host)[0].id)):
        assert stranger.get(address).status_code in (403, 404)


def test_whoever_commented_reads_no_replies_below_a_hidden_idea(host: Host) -> None:
    number = said(host, with_idea(host))
    reply(known(host, ADA), number, "Nur für die Runde", public_name="Ada")
    host.clock.move(minutes=16)
    hide(moderator(host), 1)
    ben = known(host, BEN)
    for below in ("/edit", "/delete"):
        shown = ben.get(comment_url(number, below)).text
        assert "Nur für die Runde" not in shown
        assert "Ada" not in shown


def test_after_an_erasure_nothing_tells_who_reported_and_the_next_report_counts(
    host: Host,
) -> None:
    """V6, Art. 17 GDPR."""
    collecting(host)
    number = published(host)
    report(host, number, email=OTTO)
    before = reports(host)[0].reporter_key
    with host.app.app_context():
        erase_person(OTTO)
        host.db.session.commit()
    assert host.scalar(select(Report.reporter_key)) != before
    report(host, number, email=OTTO)
    assert len(reports(host)) == 2
    assert mails_to(host, OTTO)


def test_a_draft_that_is_kept_again_has_what_was_added(host: Host) -> None:
    """A5: after the browser's back, with the same words."""
    collecting(host)
    ada = known(host, ADA)
    for place in ("", "Am Brunnen"):
        assert write_idea(ada, draft="y", place=place).status_code == 303
    (idea,) = stored(host)
    assert (idea.status, idea.place) == ("draft", "Am Brunnen")


def test_what_waits_cannot_become_another_idea_after_the_phase(host: Host) -> None:
    """A placeholder that was sent in time is published as that, or not at all."""
    collecting(host)
    write_idea(host.client(), "Platzhalter", email=ADA)
    browser = host.client()
    browser.get(link_in(host.mails()[-1]))
    opened = browser.get(idea_url(1, "edit"))
    assert opened.status_code == 200
    host.clock.move(days=6)
    collecting(host, phases=[phase("reden", "discuss", "2026-03-01T00:00")])
    late = send(browser, opened, {"title": "Etwas ganz anderes"}, action="/edit")
    assert late.status_code == 409
    assert press(browser, MINE, "/publish").status_code == 303
    assert stored(host)[0].title == "Platzhalter"


def test_a_comment_that_waits_cannot_become_another_after_the_phase(host: Host) -> None:
    idea = with_idea(host)
    say(host.client(), idea, "Platzhalter", email=BEN)
    browser = host.client()
    browser.get(link_in(host.mails()[-1]))
    opened = browser.get(comment_url(1, "/edit"))
    assert opened.status_code == 200
    host.clock.move(days=6)
    host.load(exchange(projects=[project(phases=[phase("i", "inform", "2026-03-01T00:00")])]))
    late = send(browser, opened, {"text": "Etwas ganz anderes"}, action="/edit")
    assert late.status_code == 409
    assert "Etwas ganz anderes" in late.text
    assert press(browser, MINE, "/publish").status_code == 303
    told = words(browser, comment_url(1))
    assert "Platzhalter" in told
    assert "Etwas ganz anderes" not in told


def test_what_waits_for_a_link_is_there_for_the_account_with_its_address(host: Host) -> None:
    """Also where the account took part before the host had confirmed that address."""
    collecting(host)
    unconfirmed = host.lend(actor=lambda: replace(BEA, email_verified=False))
    write_idea(unconfirmed.client(), "Vom Konto")
    write_idea(host.client(), "Vom Telefon", email=BEA.email)
    signed_in = host.lend(actor=lambda: BEA).client()
    assert signed_in.get(link_in(host.mails()[-1])).status_code == 303
    mine = words(signed_in, MINE)
    assert "Vom Konto" in mine
    assert "Vom Telefon" in mine
    assert signed_in.get(idea_url(stored(host)[-1].id)).status_code == 200


def test_a_public_name_is_no_address(host: Host) -> None:
    collecting(host)
    ada = known(host, ADA)
    for refused in (
        write_idea(ada, public_name=ADA),
        fill(ada, SETTINGS, {"public_name": ADA}),
    ):
        assert refused.status_code == 422
        assert "keine E-Mail-Adresse" in page(refused).get_text(" ")
    assert stored(host) == []


@pytest.mark.parametrize("part", ["item-%00", "item-", "item-0123456789abc", "item-ABCDEF012345"])
def test_an_odd_part_of_an_event_is_not_there(host: Host, part: str) -> None:
    """And no database is asked for it: PostgreSQL takes no NUL in a text."""
    host.load(exchange(open_event()))
    address = f"/stadtlabor/de/events/plattform/comments/{part}/"
    with statements(host) as sent:
        assert host.client().get(address).status_code == 404
    assert not [each for each in sent if "stadtlabor_comment" in each]


def test_each_page_of_changes_has_one_address_which_is_kept(host: Host) -> None:
    collecting(host)
    number, author = published(host), known(host, ADA)
    press(known(host, BEN), idea_url(number), "/support")
    fill(author, idea_url(number, "edit"), {"text": "Lieber Stühle."})
    changes = idea_url(number, "changes")
    for page_asked in ("1", "0", "7", "x"):
        led = host.client().get(f"{changes}?page={page_asked}")
        assert (led.status_code, led.location) == (302, changes)


def test_dates_at_the_ends_of_the_calendar_are_no_fault_of_the_server(host: Host) -> None:
    host.load(exchange(open_event()))
    staff = staff_of(host).client()
    for since in ("0001-01-01", "9999-12-31"):
        trail = staff.get(f"/stadtlabor/de/organise/trail/?since={since}&until={since}")
        assert trail.status_code == 200
    last = {"starts_at": "9999-12-31T23:59"}
    assert staff.get(f"{EVENT}move", query_string=last).status_code == 422
    assert fill(staff, f"{EVENT}duplicate", last, action="/duplicate").status_code == 422
    assert fill(staff, f"{EVENT}edit/time", last, action="/time").status_code == 422


def test_json_that_is_nested_very_deep_is_refused(host: Host) -> None:
    host.load(exchange(open_event()))
    staff = staff_of(host).client()
    for below in ("draft", "preview-text", "check-in/offline/arrivals"):
        sent = staff.post(f"{EVENT}{below}", data=b"[" * 100_000, content_type="application/json")
        assert sent.status_code in (400, 422), below


def test_an_event_without_a_time_zone_has_that_of_the_portal(host: Host) -> None:
    """As the page of times says; the draft of a published event too."""
    host.load(exchange(open_event()))
    staff = staff_of(host).client()
    for wrong in ({"starts_at": "soon"}, {"csrf_token": "stale"}):
        asked = {"timezone": "", **wrong}
        assert fill(staff, f"{EVENT}edit/time", asked, action="/time").status_code == 422
    assert fill(staff, f"{EVENT}edit/time", {"timezone": ""}, action="/time").status_code == 303
    # which changes nothing, so that there is no draft of it
    assert page(staff.get(f"{EVENT}review")).select("form[action$='/discard']") == []
    for below in ("edit/time", "review"):
        assert staff.get(f"{EVENT}{below}").status_code == 200
    fill(staff, f"{EVENT}edit/text", {"title.de": "Neu"}, action="/text")
    for below in ("publish", "history/1/", "history/2/"):
        assert staff.get(f"{EVENT}{below}").status_code == 200
    assert press(staff, f"{EVENT}review", "/discard").status_code == 303


@pytest.mark.parametrize("camera", [b"72\0\0", b"\0\0\0\0"])
def test_a_turned_photo_is_taken_whatever_else_the_camera_wrote(camera: bytes) -> None:
    """Its resolution is a text, where a number is due."""
    held = struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0)
    odd = struct.pack("<HHI", 0x011A, 2, 4) + camera
    exif = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 2) + held + odd + struct.pack("<I", 0)
    file = BytesIO()
    Image.new("RGB", (64, 48), "red").save(file, "JPEG", exif=exif)
    made = process(file.getvalue())
    assert (made.width, made.height) == (48, 64)


def test_what_is_too_long_for_an_address_is_shown_as_it_was_typed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And not read: normalising its signs takes the square of their number."""
    monkeypatch.setattr(addresses, "validate_email", None)
    typed = "xn--a" + "\u0315\u0300" * LONGEST_ADDRESS + "@b.de"
    assert shown_address(typed) == typed


def test_signs_around_a_text_go_in_whatever_order_they_stand() -> None:
    assert trimmed("\n\u200b \u200f" * 3 + BANKS + " \u200b\n" * 3) == BANKS
    assert trimmed("\n\u200b" * 3) == ""

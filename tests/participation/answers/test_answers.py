"""V7: the city answers an idea; everybody reads it, and whoever it concerns is told at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from flask_stadtlabor import Action
from flask_stadtlabor.adapters.roles import ROLES
from flask_stadtlabor.by_staff import By
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.history_models import AnswerRevision
from flask_stadtlabor.outbox.models import OutboxMail
from flask_stadtlabor.participation.answers.jobs import answer_mails as jobs
from flask_stadtlabor.participation.answers.operations import (
    AnsweredMeanwhile,
    AnswerText,
    publish_answer,
)
from flask_stadtlabor.participation.ideas.models import Idea, IdeaAnswer, IdeaStatus, Verdict
from flask_stadtlabor.participation.ideas.operations.support import follow
from flask_stadtlabor.participation.people.models import Participant
from flask_stadtlabor.transactions import commit
from tests.events.desk import statements
from tests.factories import event, exchange, project
from tests.forms import fill, page, send
from tests.host import Host
from tests.organise.staff import staff_of
from tests.participation.answers.desk import (
    LIST,
    PARKS,
    SAID,
    answer_url,
    answered,
    fill_in,
    office,
    send_from,
)
from tests.participation.ideas.desk import LIST as IDEAS
from tests.participation.ideas.desk import collecting, idea_url, published, shown, words
from tests.participation.people import SETTINGS, known
from tests.participation.telling.desk import (
    ADA,
    BEN,
    at_the_hour,
    changed,
    ending_of,
    mails_to,
    round_of_worker,
    supported,
    text_of,
)

MAILS = select(func.count(OutboxMail.id)).where(OutboxMail.kind == "idea_answered")
TEXT = AnswerText(
    Verdict.ACCEPTED, LocalizedText({"de": "Ja."}), LocalizedText(), None, "Grünflächenamt"
)


def test_author_supporters_and_followers_get_one_mail_each_at_once(host: Host) -> None:
    """V7, case 10: with thirty changes on the same day, one answer mail and one digest."""
    collecting(host)
    number = published(host)
    supported(host, number, BEN)
    supported(host, number, BEN, "cem@example.org", deed="follow")
    known(host, "dana@example.org")
    for text in range(5):
        changed(host, number, f"Fassung {text}")
    answered(host, number)
    round_of_worker(host)
    told = [mail["To"] for mail in host.sent if str(mail["Subject"]).startswith("Die Stadt")]
    assert sorted(told) == [ADA, BEN, "cem@example.org"]
    (mail,) = mails_to(host, BEN, "answer")
    text = " ".join(text_of(mail).split())
    for part in ("nimmt die Idee an", "vier Bänke", "Die Bänke sind bestellt", PARKS):
        assert part in text
    assert idea_url(number) in text
    assert ending_of(mail) in text
    assert "cem@" not in mail.as_string()
    assert "Zu deiner Idee" in text_of(mails_to(host, ADA, "answer")[0])
    at_the_hour(host)
    for _ in range(2):
        round_of_worker(host)
    assert len(mails_to(host, BEN)) == len(mails_to(host, BEN, "answer")) == 1


@pytest.mark.one_database
def test_the_items_of_a_list_stand_close_together_in_the_mail(host: Host) -> None:
    collecting(host)
    number = published(host)
    reasons = "Das tun wir:\n\n- vier Bänke\n- ein Dach\n\nUnd dann:\n\n1. Planen\n2. Bauen\n\nGut."
    answered(host, number, **{"reasons.de": reasons})
    round_of_worker(host)
    (mail,) = (mail for mail in host.sent if "Die Stadt hat geantwortet" in mail["Subject"])
    told = text_of(mail).replace("\r", "")
    assert f"\n\n{reasons}\n\n" in told


@pytest.mark.one_database
def test_who_wants_no_answers_gets_none_and_each_reads_it_in_their_language(host: Host) -> None:
    collecting(host)
    number = published(host)
    supported(host, number, BEN, "cem@example.org")
    fill(known(host, BEN), SETTINGS, {"wants_answers": ""})
    with host.app.app_context():
        host.db.session.execute(update(Participant).values(language="en"))
        host.db.session.commit()
    looked = fill_in(office(host), answer_url(number), **SAID, do="look")
    told = " ".join(page(looked).get_text(" ").split())
    assert "2 Personen bekommen eine Mail." in told
    assert "1 weitere Person möchte keine solche Mail" in told
    assert "Englisch : 2" in told or "Englisch: 2" in told
    assert host.scalar(select(func.count(IdeaAnswer.id))) == 0
    answered(host, number)
    round_of_worker(host)
    mails = [mail for mail in host.sent if "The city has answered" in mail["Subject"]]
    assert {mail["To"] for mail in mails} == {ADA, "cem@example.org"}
    assert "four benches" in text_of(mails[0])
    # one press, and the next answer does not come
    host.client().post(ending_of(mails[0]), data={"List-Unsubscribe": "One-Click"})
    answered(host, number, verdict="partly")
    round_of_worker(host)
    mails = [mail for mail in host.sent if "The city has answered" in mail["Subject"]]
    assert len(mails) == 3


@pytest.mark.one_database
def test_everybody_reads_the_newest_answer_first_and_what_was_said_before(host: Host) -> None:
    collecting(host)
    number = published(host)
    fresh = host.client().get(idea_url(number))
    answered(host, number, verdict="under_review", **{"reasons.de": "Wir messen den Schatten."})
    host.clock.move(days=1)
    answered(host, number)
    opened = host.client().get(idea_url(number), headers={"If-None-Match": fresh.headers["ETag"]})
    assert opened.status_code == 200
    main = shown(host.client(), idea_url(number))
    section = main.select_one(".sl-answer")
    assert section is not None
    newest, _, before = " ".join(section.get_text(" ").split()).partition("vorher")
    assert "Angenommen" in newest
    assert "vier Bänke" in newest
    assert "Freitag, 20. März 2026" in newest.replace("\xa0", " ")
    assert "Wird geprüft" in before
    assert "Wir messen den Schatten." in before
    # first of all that is below the title
    headings = [each.get_text() for each in main.select("article h2")]
    assert headings[0].startswith("Die Antwort der Stadt")
    assert section.select("svg[aria-hidden=true]")


@pytest.mark.one_database
def test_the_list_shows_sorts_and_filters_by_the_answer(host: Host) -> None:
    collecting(host)
    banks, _, kiosk = (
        published(host), published(host, "Ein Teich"), published(host, "Ein Kiosk für alle"),
    )  # fmt: skip
    answered(host, kiosk, verdict="rejected")
    host.clock.move(minutes=5)
    answered(host, banks)
    titles = [
        each.get_text() for each in shown(host.client(), f"{IDEAS}?sort=answered").select("h2")
    ]
    assert titles[:3] == ["Mehr Bänke im Schatten", "Ein Kiosk für alle", "Ein Teich"]
    (item,) = shown(host.client(), f"{IDEAS}?verdict=rejected").select(".sl-ideas > li")
    assert "Nicht angenommen" in item.get_text()
    assert "Kiosk" in item.get_text()
    project = shown(host.client(), "/stadtlabor/de/projects/marktplatz/")
    assert project.select(f"a[href='{IDEAS}?sort=answered']")


def test_the_office_sees_first_what_has_enough_support_and_has_waited_longest(host: Host) -> None:
    collecting(host, threshold=1)
    titles = ("Mehr Bänke im Schatten", "Ein Teich", "Ein Kiosk für alle", "Ein Baum")
    banks, _pond, kiosk, tree = (published(host, title) for title in titles)
    host.clock.move(hours=2)
    supported(host, kiosk, BEN)
    host.clock.move(hours=2)
    supported(host, banks, BEN)
    staff = office(host)

    def listed(query: str = "") -> list[str]:
        return [each.get_text() for each in shown(staff, LIST + query).select(".sl-ideas h2")]

    assert listed()[:2] == ["Ein Kiosk für alle", "Mehr Bänke im Schatten"]
    assert len(listed()) == 4
    assert listed("?show=due") == ["Ein Kiosk für alle", "Mehr Bänke im Schatten"]
    assert listed("?q=teich") == ["Ein Teich"]
    collecting(host, threshold=2)
    assert listed("?show=due") == []
    collecting(host, threshold=1)
    assert "2" in words(staff, "/stadtlabor/de/organise/")
    answered(host, kiosk)
    answered(host, tree, next_step_on="")
    assert listed("?show=due") == ["Mehr Bänke im Schatten"]
    assert set(listed("?show=answered")) == {"Ein Kiosk für alle", "Ein Baum"}
    assert listed("?show=next-step") == []
    host.clock.move(days=20)
    assert listed("?show=next-step") == ["Ein Kiosk für alle"]
    with statements(host) as sent:
        staff.get(LIST)
    assert len([each for each in sent if "stadtlabor_idea" in each]) <= 2


@pytest.mark.one_database
def test_other_words_than_were_shown_are_shown_first(host: Host) -> None:
    collecting(host)
    number = published(host)
    staff, url = office(host), answer_url(number)
    looked = fill_in(staff, url, **SAID, do="look")
    typed = {"reasons.de": "Wir stellen **fünf Bänke** auf."}
    again = send(staff, looked, typed, action=url)
    assert again.status_code == 409
    assert "Die Seite zeigt jetzt, was du zuletzt geschrieben hast." in again.text
    assert "<strong>fünf Bänke</strong>" in again.text
    assert host.scalar(select(func.count(IdeaAnswer.id))) == 0
    assert send(staff, again, action=url).status_code == 303


def test_of_two_who_publish_at_once_the_second_loses_nothing(host: Host) -> None:
    collecting(host)
    number = published(host)
    staff = office(host)
    opened = staff.get(answer_url(number))
    assert send_from(staff, opened, answer_url(number), **SAID).status_code == 303
    # the same press once more is the same answer
    assert send_from(staff, opened, answer_url(number), **SAID).status_code == 303
    other = send_from(staff, opened, answer_url(number), **{**SAID, "verdict": "rejected"})
    assert other.status_code == 409
    assert "Wir stellen **vier Bänke** auf." in other.text
    assert "Jemand anderes hat diese Idee inzwischen beantwortet" in other.text
    assert host.scalar(select(func.count(IdeaAnswer.id))) == 1
    assert send_from(staff, other, answer_url(number)).status_code == 303
    assert host.scalar(select(func.count(IdeaAnswer.id))) == 2


def test_two_processes_that_publish_at_the_same_moment_make_one_answer(host: Host) -> None:
    collecting(host)
    number = published(host)
    start = Barrier(4)

    def press(each: int) -> str:
        with host.app.app_context():
            with suppress(BrokenBarrierError):
                start.wait(10)
            said = TEXT._replace(department=f"Amt {each}")
            try:
                commit(lambda: publish_answer(number, said, by=By("1", "Otto"), seen=0).id)
            except AnsweredMeanwhile:
                return "met"
            return "published"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(press, range(4)))
    assert outcomes == ["met", "met", "met", "published"]
    assert host.scalar(select(func.count(IdeaAnswer.id))) == 1


def test_a_slip_is_corrected_and_the_trail_keeps_both(host: Host) -> None:
    collecting(host)
    number = published(host)
    answered(host, number, **{"reasons.de": "Wir stelen Bänke auf."})
    round_of_worker(host)
    before = len(host.sent)
    tag = host.client().get(idea_url(number)).headers["ETag"]
    staff = office(host)
    url = answer_url(number, "correct")
    assert page(staff.get(url)).select("[name=verdict]") == []
    assert fill_in(staff, url, **{"reasons.de": "Wir stellen Bänke auf."}).status_code == 303
    assert "Wir stellen Bänke auf." in words(host.client(), idea_url(number))
    assert host.client().get(idea_url(number)).headers["ETag"] != tag
    round_of_worker(host)
    assert len(host.sent) == before
    kept = words(staff, answer_url(number))
    assert "Wir stelen Bänke auf." in kept
    trail = words(staff, "/stadtlabor/de/organise/trail/")
    assert "Antwort berichtigt" in trail
    assert "Idee beantwortet" in trail
    assert "Mehr Bänke" in trail
    assert "Otto Orga" in trail


@pytest.mark.one_database
def test_only_an_open_idea_is_answered_and_a_hidden_one_shows_no_answer(host: Host) -> None:
    collecting(host)
    banks, kiosk = published(host), published(host, "Ein Kiosk für alle")
    answered(host, banks)
    answered(host, kiosk)
    fill(known(host, ADA), idea_url(banks, "withdraw"), {"reason": "Erledigt."})
    with host.app.app_context():
        hidden = update(Idea).where(Idea.id == kiosk).values(status=IdeaStatus.HIDDEN)
        host.db.session.execute(hidden)
        host.db.session.commit()
    staff = office(host)
    assert "Die Antwort der Stadt" in words(host.client(), idea_url(banks))
    assert "Die Antwort der Stadt" not in words(host.client(), idea_url(kiosk))
    assert page(staff.get(answer_url(banks))).select("[name=verdict]") == []
    assert staff.get(answer_url(kiosk)).status_code == 404
    trail = words(staff, "/stadtlabor/de/organise/trail/")
    assert "Mehr Bänke" in trail
    assert "Ein Kiosk für alle" not in trail
    assert f"Idee {kiosk}" in trail
    assert staff.post(answer_url(banks), data=SAID).status_code in (409, 422)


@pytest.mark.one_database
def test_what_is_missing_is_said_and_nothing_is_lost(host: Host) -> None:
    collecting(host)
    number = published(host)
    refused = fill_in(
        office(host), answer_url(number), **{**SAID, "verdict": None, "department": ""}
    )
    assert refused.status_code == 422
    assert "Wir stellen **vier Bänke** auf." in refused.text
    assert "Wähle aus, was die Stadt sagt." in refused.text
    assert host.scalar(select(func.count(IdeaAnswer.id))) == 0


def test_a_large_audience_is_told_in_rounds_each_person_once(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S14: the request writes the first, the worker the rest; one that is killed loses none."""
    monkeypatch.setattr(jobs, "BATCH_SIZE", 4)
    monkeypatch.setattr(jobs, "AT_ONCE", 8)
    collecting(host)
    number = published(host)
    _followers(host, number, 20)
    answered(host, number)
    assert host.scalar(MAILS) == 8
    assert "8 Personen wurden bisher benachrichtigt" in words(office(host), answer_url(number))
    write, count = jobs.write_answer_mail, 0

    def die(*arguments: object) -> None:
        nonlocal count
        count += 1
        if count > 5:
            raise SystemExit
        write(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs, "write_answer_mail", die)
    with pytest.raises(SystemExit), host.app.app_context():
        jobs.write_answers(lambda: False, jobs.Parts())
    assert host.scalar(MAILS) == 12
    monkeypatch.setattr(jobs, "write_answer_mail", write)
    for _ in range(2):
        round_of_worker(host)
    assert host.scalar(MAILS) == 21
    told = [mail["To"] for mail in host.sent if str(mail["Subject"]).startswith("Die Stadt")]
    assert len(told) == len(set(told)) == 21
    assert "21 Personen wurden benachrichtigt" in words(office(host), answer_url(number))


@pytest.mark.one_database
def test_a_script_tells_nobody(host: Host) -> None:
    collecting(host)
    number = published(host)
    supported(host, number, BEN)
    with host.app.app_context():
        commit(lambda: publish_answer(number, TEXT, by=By(), seen=0, tells=False))
    round_of_worker(host)
    assert host.scalar(MAILS) == 0
    assert "Angenommen" in words(host.client(), idea_url(number))


def _followers(host: Host, number: int, count: int) -> None:
    with host.app.app_context():
        now = host.clock()
        people = [
            Participant(
                email=f"p{each}@example.org", language="de", created_at=now, confirmed_at=now
            )
            for each in range(count)
        ]
        host.db.session.add_all(people)
        host.db.session.flush()
        for one in people:
            follow(number, one.id)
        host.db.session.commit()


@pytest.mark.one_database
def test_the_results_of_an_event_lead_to_what_its_projects_were_answered(host: Host) -> None:
    results = {"text": {"de": "Viele Ideen."}}
    past = {"starts_at": "2026-02-20T18:00", "ends_at": "2026-02-20T20:00"}
    host.load(
        exchange(
            event("vorbei", projects=["marktplatz"], results=results, **past),
            event("bald", projects=["marktplatz"], results=results),
            projects=[project()],
        )
    )
    way = f"a[href='{IDEAS}?sort=answered']"
    assert shown(host.client(), "/stadtlabor/de/events/vorbei/").select(way)
    assert not shown(host.client(), "/stadtlabor/de/events/bald/").select(way)


@pytest.mark.one_database
def test_whose_work_an_answer_was_can_be_forgotten(host: Host) -> None:
    """And nothing else of the trail can be changed."""
    collecting(host)
    number = published(host)
    answered(host, number)
    assert "Otto Orga" in words(office(host), answer_url(number))
    assert host.run("person", "forget-staff", "staff:1").exit_code == 0
    assert "Otto Orga" not in words(office(host), answer_url(number))
    with host.app.app_context(), pytest.raises(DBAPIError):
        host.db.session.execute(update(AnswerRevision).values(step="x"))


@pytest.mark.one_database
def test_nobody_but_staff_who_may_answer_gets_there(host: Host) -> None:
    """S12"""
    collecting(host)
    number = published(host)
    lent = staff_of(host, without=[Action.ANSWER]).client()
    for url in (LIST, answer_url(number), answer_url(number, "correct")):
        assert lent.get(url).status_code == 403
        assert lent.post(url, data=SAID).status_code in (403, 405)
    assert "Ideen zu beantworten" not in words(lent, "/stadtlabor/de/organise/")
    assert Action.ANSWER not in ROLES["editor"]
    assert Action.ANSWER in ROLES["team"]

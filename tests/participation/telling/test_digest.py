"""News wait for one mail a day, in the language of whoever gets it, each once."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select, update

from flask_stadtlabor.outbox.models import OutboxMail
from flask_stadtlabor.participation.ideas.models import Idea, IdeaStatus
from flask_stadtlabor.participation.ideas.queries import audience_of
from flask_stadtlabor.participation.people.models import Participant
from flask_stadtlabor.participation.telling.jobs import digests as jobs
from flask_stadtlabor.participation.telling.operations import Subject, tell
from flask_stadtlabor.transactions import commit
from tests.events.desk import statements
from tests.forms import fill, press
from tests.host import Host
from tests.participation.ideas.desk import collecting, idea_url, published
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
    waiting,
)
from tests.waiting import PATIENCE

DIGESTS = select(func.count(OutboxMail.id)).where(OutboxMail.kind == "digest")


@pytest.mark.one_database
def test_thirty_changes_of_a_day_are_one_mail_in_the_evening(host: Host) -> None:
    """Case 10: whoever follows two ideas hears of both, once; the author of none."""
    collecting(host)
    banks, kiosk = published(host), published(host, "Ein Kiosk für alle")
    supported(host, banks, BEN)
    supported(host, kiosk, BEN, deed="follow")
    ada = known(host, ADA)
    for number in range(15):
        for idea in (banks, kiosk):
            fill(ada, idea_url(idea, "edit"), {"text": f"Fassung {number}"})
    assert waiting(host) == 2
    round_of_worker(host)
    assert mails_to(host, BEN) == []
    at_the_hour(host)
    assert "1 digests written" in round_of_worker(host)
    (mail,) = mails_to(host, BEN)
    text = text_of(mail)
    assert text.count("„Mehr Bänke im Schatten“") == 1
    assert text.count("„Ein Kiosk für alle“") == 1
    assert f"/stadtlabor/de/ideas/{banks}/" in text
    assert mails_to(host, ADA) == []
    fill(ada, idea_url(banks, "edit"), {"text": "Nach dem Abend"})
    round_of_worker(host)
    assert len(mails_to(host, BEN)) == 1
    for _ in range(2):
        at_the_hour(host)
        round_of_worker(host)
    assert len(mails_to(host, BEN)) == 2
    assert waiting(host) == 0


@pytest.mark.one_database
def test_it_says_in_which_way_it_ends_and_what_each_mail_is(host: Host) -> None:
    """RFC 8058, RFC 2369: one line, one address, by https where the portal is."""
    portal = host.make(STADTLABOR_BASE_URL="https://stadt.example")
    collecting(portal)
    number = published(portal)
    supported(portal, number, BEN)
    changed(portal, number, "Anders")
    at_the_hour(host)
    round_of_worker(portal)
    (mail,) = mails_to(portal, BEN)
    raw = mail.as_bytes().split(b"\r\n\r\n")[0].decode("ascii")
    assert "\r\nList-Unsubscribe: <https://stadt.example/stadtlabor/de/me/unsubscribe/" in raw
    assert "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    text = " ".join(text_of(mail).split())
    assert "höchstens einmal am Tag" in text
    assert ending_of(mail) in text
    assert SETTINGS in text


@pytest.mark.one_database
def test_each_reads_it_in_their_language(host: Host) -> None:
    collecting(host)
    number = published(host)
    supported(host, number, BEN)
    with host.app.app_context():
        host.db.session.execute(update(Participant).values(language="en"))
        host.db.session.commit()
    changed(host, number, "Anders")
    at_the_hour(host)
    round_of_worker(host)
    mail = host.sent[-1]
    assert mail["Subject"] == "News about what you take part in"
    assert "once a day at most" in " ".join(text_of(mail).split())


@pytest.mark.one_database
def test_the_author_hears_once_that_it_is_enough(host: Host) -> None:
    """Also when somebody takes their support back, and comes again."""
    collecting(host, threshold=2)
    number = published(host)
    supported(host, number, BEN)
    assert waiting(host) == 0
    supported(host, number, "cem@example.org")
    press(known(host, BEN), idea_url(number), "/take-back")
    supported(host, number, BEN, "dana@example.org")
    assert waiting(host) == 1
    at_the_hour(host)
    round_of_worker(host)
    (mail,) = mails_to(host, ADA)
    assert "3 Personen unterstützen sie. Die Stadt muss antworten." in " ".join(
        text_of(mail).split()
    )


@pytest.mark.one_database
def test_a_withdrawn_idea_is_told_and_a_hidden_one_is_not_named(host: Host) -> None:
    collecting(host)
    banks, kiosk = published(host), published(host, "Ein Kiosk für alle")
    supported(host, banks, BEN)
    supported(host, kiosk, BEN)
    changed(host, banks, "Anders")
    changed(host, kiosk, "Anders")
    fill(known(host, ADA), idea_url(banks, "withdraw"), {"reason": "Gibt es schon."})
    with host.app.app_context():
        hidden = update(Idea).where(Idea.id == kiosk).values(status=IdeaStatus.HIDDEN)
        host.db.session.execute(hidden)
        host.db.session.commit()
    at_the_hour(host)
    round_of_worker(host)
    (mail,) = mails_to(host, BEN)
    text = text_of(mail)
    assert "zurückgezogen" in text
    assert "Kiosk" not in text
    assert text.count("Bänke") == 1


@pytest.mark.one_database
def test_nothing_left_to_tell_is_no_mail(host: Host) -> None:
    collecting(host)
    number = published(host)
    supported(host, number, BEN)
    changed(host, number, "Anders")
    with host.app.app_context():
        host.db.session.execute(update(Idea).values(status=IdeaStatus.HIDDEN))
        host.db.session.commit()
    at_the_hour(host)
    round_of_worker(host)
    assert mails_to(host, BEN) == []
    assert waiting(host) == 0


@pytest.mark.one_database
def test_who_wants_none_gets_none_and_nothing_is_kept_for_them(host: Host) -> None:
    """From the moment on, and what waited goes; nor is an address written to that is unproved."""
    collecting(host)
    number = published(host)
    supported(host, number, BEN, "cem@example.org")
    changed(host, number, "Anders")
    assert waiting(host) == 2
    fill(known(host, BEN), SETTINGS, {"wants_digest": ""})
    assert waiting(host) == 1
    changed(host, number, "Noch anders")
    assert waiting(host) == 1
    with host.app.app_context():
        host.db.session.execute(update(Participant).values(confirmed_at=None))
        host.db.session.commit()
    at_the_hour(host)
    round_of_worker(host)
    assert mails_to(host, BEN) + mails_to(host, "cem@example.org") == []


def test_telling_reads_once_for_any_number_and_each_hears_of_it_once(host: Host) -> None:
    collecting(host)
    number = published(host)
    with host.app.app_context():
        now = host.clock()
        host.db.session.add_all(
            Participant(
                email=f"p{each}@example.org",
                language="de",
                created_at=now,
                confirmed_at=now,
            )
            for each in range(500)
        )
        host.db.session.commit()
        everybody = select(Participant.id).where(Participant.email.like("p%"))
        with statements(host) as sent:
            commit(lambda: tell(everybody, "idea_changed", Subject("idea", number)))
            commit(lambda: tell(everybody, "idea_changed", Subject("idea", number)))
            commit(lambda: tell(audience_of(number), "idea_changed", Subject("idea", number)))
    assert len([each for each in sent if each.startswith("SELECT stadtlabor_")]) == 3
    assert waiting(host) == 500


def test_two_rounds_and_one_that_is_killed_write_each_mail_once(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S14"""
    monkeypatch.setattr(jobs, "BATCH_SIZE", 4)
    collecting(host)
    number = published(host)
    _many_followers(host, 30)
    with host.app.app_context():
        everybody = select(Participant.id).where(Participant.email.like("p%"))
        commit(lambda: tell(everybody, "idea_changed", Subject("idea", number)))
    at_the_hour(host)
    killed = _kill_after(monkeypatch, 10)
    with pytest.raises(SystemExit), host.app.app_context():
        jobs.write_digests(lambda: False, jobs.Parts())
    killed.undo()
    # the batch that was being written is undone as a whole
    assert host.scalar(DIGESTS) == 8
    assert waiting(host) == 22
    if host.database == "sqlite":
        round_of_worker(host)
    else:
        rounds = [threading.Thread(target=host.run, args=("outbox", "run")) for _ in range(2)]
        for each in rounds:
            each.start()
        for each in rounds:
            each.join(timeout=PATIENCE)
    assert host.scalar(DIGESTS) == 30
    assert waiting(host) == 0
    round_of_worker(host)
    assert sorted({mail["To"] for mail in host.sent if "Neues" in mail["Subject"]}) == sorted(
        f"p{each}@example.org" for each in range(30)
    )


def _many_followers(host: Host, count: int) -> None:
    with host.app.app_context():
        now = host.clock()
        for each in range(count):
            host.db.session.add(
                Participant(
                    email=f"p{each}@example.org", language="de", created_at=now, confirmed_at=now
                )
            )
        host.db.session.commit()


def _kill_after(monkeypatch: pytest.MonkeyPatch, count: int) -> pytest.MonkeyPatch:
    written = 0
    write = jobs.write_digest

    def stop_at_some_point(*arguments: object) -> bool:
        nonlocal written
        written += 1
        if written > count:
            raise SystemExit
        return write(*arguments)  # type: ignore[arg-type]

    patch = pytest.MonkeyPatch()
    patch.setattr(jobs, "write_digest", stop_at_some_point)
    return patch


@pytest.mark.one_database
def test_one_whose_digest_fails_stops_none_of_the_others(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S17"""
    collecting(host)
    number = published(host)
    supported(host, number, BEN, "cem@example.org")
    changed(host, number, "Anders")
    write = jobs.write_digest

    def fail(participant: Participant, news: object) -> bool:
        if participant.email == BEN:
            raise RuntimeError
        return write(participant, news)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs, "write_digest", fail)
    at_the_hour(host)
    assert host.run("outbox", "run").exit_code == 1
    assert len([mail for mail in host.sent if "Neues" in mail["Subject"]]) == 1
    monkeypatch.setattr(jobs, "write_digest", write)
    round_of_worker(host)
    assert len(mails_to(host, BEN)) == 1


@pytest.mark.one_database
def test_a_night_without_a_worker_brings_it_a_day_later_and_not_at_night(host: Host) -> None:
    collecting(host)
    number = published(host)
    supported(host, number, BEN)
    changed(host, number, "Anders")
    at_the_hour(host)
    host.clock.move(hours=8)
    round_of_worker(host)
    assert mails_to(host, BEN) == []
    at_the_hour(host)
    round_of_worker(host)
    assert len(mails_to(host, BEN)) == 1

"""First texts wait for a moderator where a project says so, and nobody publishes without end."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.factories import exchange, open_event, project
from tests.forms import fill, press
from tests.host import Host
from tests.participation.comments.desk import say
from tests.participation.ideas.desk import (
    BANKS,
    LIST,
    NEW,
    collecting,
    idea_url,
    published,
    shown,
    stored,
    words,
    write_idea,
)
from tests.participation.moderation.desk import (
    DESK,
    decide,
    decision_url,
    mails_to,
    moderator,
    text_url,
    told,
)
from tests.participation.people import MINE, known

ADA, BEN = "ada@example.org", "ben@example.org"


def test_what_somebody_writes_first_waits_and_the_next_does_not(host: Host) -> None:
    collecting(host, holds_first_posts=True)
    ada = known(host, ADA)
    answer = write_idea(ada)
    assert answer.status_code == 303
    assert "Die Moderation liest deine Idee, bevor alle sie lesen können" in words(
        ada, answer.headers["Location"]
    )
    (idea,) = stored(host)
    assert idea.status == "held"
    assert host.client().get(idea_url(idea.id)).status_code == 404
    mia = moderator(host)
    assert BANKS in words(mia, f"{DESK}?list=waiting")
    assert decide(mia, idea.id, "released").status_code == 303
    assert BANKS in words(host.client(), LIST)
    assert "Alle können jetzt lesen, was du am Montag, 2. März 2026" in told(
        mails_to(host, ADA)[-1]
    )
    write_idea(ada, "Ein Brunnen zum Trinken")
    assert stored(host)[1].status == "published"


def test_what_waited_for_a_link_waits_for_a_moderator_then(host: Host) -> None:
    collecting(host, holds_first_posts=True)
    write_idea(host.client(), email=ADA)
    ada = known(host, ADA)
    assert press(ada, MINE, "/publish").status_code == 303
    assert stored(host)[0].status == "held"


@pytest.mark.one_database
def test_nobody_is_held_to_what_was_decided_about_a_text_that_is_deleted(host: Host) -> None:
    """Its number may be that of the next text."""
    collecting(host, holds_first_posts=True)
    write_idea(known(host, ADA))
    mia, number = moderator(host), stored(host)[0].id
    said = {"rule": "respect", "reasons": "Der zweite Satz meint die Leute im Viertel."}
    assert decide(mia, number, "refused", **said).status_code == 303
    assert "Nicht veröffentlicht" in words(mia, text_url(number))
    assert fill(known(host, ADA), f"{MINE}erase", {"texts": "go"}).status_code == 303
    host.clock.move(minutes=1)
    write_idea(known(host, BEN))
    (idea,) = stored(host)
    assert "Nicht veröffentlicht" not in words(mia, text_url(idea.id))


@pytest.mark.one_database
def test_a_text_that_is_refused_was_never_there_for_others(host: Host) -> None:
    collecting(host, holds_first_posts=True)
    ada = known(host, ADA)
    write_idea(ada)
    number = stored(host)[0].id
    mia = moderator(host)
    answer = decide(mia, number, "refused", rule="topic", reasons="Das ist eine Einladung.")
    assert answer.status_code == 303
    assert host.client().get(idea_url(number)).status_code == 404
    assert "Das ist eine Einladung." in told(mails_to(host, ADA)[-1])
    assert "Bänke" in words(ada, idea_url(number))
    # the next one waits again
    write_idea(ada, "Ein Brunnen zum Trinken")
    assert stored(host)[1].status == "held"


@pytest.mark.one_database
def test_whoever_was_read_before_does_not_wait_in_another_project(host: Host) -> None:
    collecting(host)
    published(host, address=ADA)
    collecting(host, holds_first_posts=True)
    write_idea(known(host, ADA), "Ein Brunnen zum Trinken")
    assert stored(host)[1].status == "published"


@pytest.mark.one_database
def test_one_person_publishes_as_many_ideas_as_the_project_takes(host: Host) -> None:
    collecting(host, most_ideas=1)
    ada = known(host, ADA)
    write_idea(ada)
    second = write_idea(ada, "Ein Brunnen zum Trinken")
    assert second.status_code == 409
    assert "Was du geschrieben hast, steht noch da." in second.text
    assert "Ein Brunnen zum Trinken" in second.text
    # kept as a draft, it can be published once the first one is withdrawn
    write_idea(ada, "Ein Brunnen zum Trinken", draft="y")
    draft = stored(host)[1].id
    assert press(ada, idea_url(draft), "/publish").status_code == 409
    # somebody else is not concerned
    assert published(host, "Eine Uhr am Rathaus", BEN)


@pytest.mark.one_database
def test_what_is_said_at_an_event_earns_no_trust_elsewhere(host: Host) -> None:
    host.load(exchange(open_event(), projects=[project(holds_first_posts=True)]))
    ada = known(host, ADA)
    say(ada, "/stadtlabor/de/events/plattform/", "Bis Montag!")
    write_idea(ada)
    assert stored(host)[0].status == "held"


@pytest.mark.one_database
def test_what_waits_can_be_taken_back(host: Host) -> None:
    collecting(host, holds_first_posts=True)
    ada = known(host, ADA)
    write_idea(ada)
    asked = idea_url(stored(host)[0].id, "delete")
    assert press(ada, asked, "/delete").status_code == 303
    assert stored(host) == []


@pytest.mark.one_database
def test_whoever_writes_knows_before_whether_it_waits(host: Host) -> None:
    """In both forms, and no more once something of theirs could be read."""
    collecting(host)
    number = published(host, "Eine Uhr am Rathaus", BEN)
    collecting(host, holds_first_posts=True)
    sentence = "Bis dahin wartet auch alles andere, was diese Person schreibt"
    ada = known(host, ADA)
    forms = (NEW, idea_url(number, "comments/new"))
    for browser, waits in ((host.client(), True), (ada, True), (known(host, BEN), False)):
        for form in forms:
            told_before = words(browser, form)
            assert (sentence in told_before) == waits
            assert "Regeln für das Mitmachen" in told_before
    assert "Alle können deine Idee lesen, sobald" not in words(ada, NEW)
    # so do the short forms beside what is read
    spoken = say(known(host, BEN), idea_url(number)).location
    for beside in (idea_url(number), str(spoken)):
        assert sentence in words(ada, beside)
        assert sentence not in words(known(host, BEN), beside)
    # of whoever gives an address, neither form promises that pressing a button is enough
    assert ["veröffentlichst" in words(host.client(), form) for form in forms] == [False, False]
    collecting(host)
    assert ["veröffentlichst" in words(host.client(), form) for form in forms] == [True, True]


@pytest.mark.one_database
def test_what_is_written_while_the_first_text_waits_is_no_first_text(host: Host) -> None:
    """It waits as well, as the form has said, and so says its page."""
    collecting(host)
    number = published(host, "Eine Uhr am Rathaus", BEN)
    collecting(host, holds_first_posts=True)
    ada = known(host, ADA)
    for answer, what in (
        (say(ada, idea_url(number)), "deinen Kommentar"),
        (write_idea(ada), "deine"),
    ):
        seen = words(ada, answer.location)
        assert f"Die Moderation liest {what}" in seen
        assert "weil von dir hier noch nichts veröffentlicht ist" in seen
    mine = words(ada, MINE)
    assert mine.count("die Moderation liest ihn zuerst") == 1
    assert mine.count("die Moderation liest sie zuerst") == 1


@pytest.mark.one_database
def test_a_comment_that_waits_for_a_link_is_spoken_of_as_one(host: Host) -> None:
    collecting(host)
    number = published(host, "Eine Uhr am Rathaus", BEN)
    stranger = host.client()
    sent = words(stranger, say(stranger, idea_url(number), email=ADA).location)
    assert "Wenn du deinen Kommentar nicht innerhalb von sieben Tagen veröffentlichst" in sent


@pytest.mark.one_database
@pytest.mark.parametrize("kind", ["idea", "comment"])
def test_a_text_that_is_refused_is_called_so_everywhere(host: Host, kind: str) -> None:
    """It lay in a list: nobody came upon it, and it was never there to be hidden."""
    collecting(host)
    about = published(host, "Eine Uhr am Rathaus", BEN)
    collecting(host, holds_first_posts=True)
    ada = known(host, ADA)
    sent = write_idea(ada) if kind == "idea" else say(ada, idea_url(about))
    own = urlsplit(sent.location).path
    number = int(own.strip("/").rpartition("/")[2])
    said = {"rule": "respect", "reasons": "Der letzte Satz."}
    assert decide(moderator(host), number, "refused", kind=kind, **said).status_code == 303
    mail = told(mails_to(host, ADA)[-1])
    assert "hat darauf gewartet, dass wir ihn lesen" in mail
    assert "selbst auf den Text gestoßen" not in mail
    for url in (own, MINE, decision_url(ada)):
        seen = words(ada, url)
        assert "nicht veröffentlicht" in seen or "veröffentlichen nicht" in seen
        assert "ausgeblendet" not in seen
    leads_to = shown(ada, own).find("a", string="Unsere Entscheidungen über deine Texte")
    assert leads_to is not None
    assert leads_to["href"] == f"{MINE}#sl-decisions"
    # and there they read what they wrote
    assert "Bänke" in words(ada, own) or "Lehnen" in words(ada, own)
    assert host.client().get(own).status_code == 404

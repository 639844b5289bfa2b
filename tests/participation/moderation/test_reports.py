"""Reporting a text: without an account, once each, and nothing happens by itself."""

from __future__ import annotations

import pytest

from flask_stadtlabor.participation.moderation.models import ReportState
from tests.events.desk import statements
from tests.forms import fill, page
from tests.host import Host
from tests.participation.ideas.desk import BANKS, collecting, idea_url, published, words
from tests.participation.moderation.desk import (
    DESK,
    hide,
    mails_to,
    moderator,
    report,
    reports,
    told,
)
from tests.participation.people import known

OTTO = "otto@example.org"


@pytest.fixture
def number(host: Host) -> int:
    """Ada's idea."""
    collecting(host)
    return published(host)


@pytest.mark.one_database
def test_anybody_can_report_a_text_and_it_stays_until_somebody_decides(
    host: Host, number: int
) -> None:
    """V6: reporting needs no account."""
    assert "Melden" in words(host.client(), idea_url(number))
    sent = report(host, number)
    assert sent.status_code == 303
    thanks = page(host.client().get(sent.location))
    assert thanks.select_one(f"a.sl-button[href='{idea_url(number)}']") is not None
    in_english = host.client().get(thanks.select_one("a[hreflang=en]")["href"])
    back = idea_url(number).replace("/de/", "/en/")
    assert page(in_english).select_one(f"a.sl-button[href='{back}']") is not None
    (stored,) = reports(host)
    assert (stored.state, stored.rule, stored.email) == (ReportState.PENDING, "respect", None)
    assert BANKS in words(host.client(), idea_url(number))


@pytest.mark.one_database
def test_the_thanks_lead_to_nothing_that_cannot_be_read(host: Host, number: int) -> None:
    hide(moderator(host), number)
    for kind, asked in (("idea", number), ("tale", 1), ("idea", 10**30), ("idea", "eins")):
        url = f"/stadtlabor/de/reported?on={kind}&number={asked}"
        thanks = page(host.client().get(url))
        assert "Danke für deine Meldung" in thanks.get_text()
        assert not thanks.select("a[href*='/ideas/']")


@pytest.mark.one_database
def test_nobody_is_asked_to_report_their_own_idea(host: Host, number: int) -> None:
    assert f"{idea_url(number)}report" not in known(host).get(idea_url(number)).text


@pytest.mark.one_database
def test_three_reports_are_one_item_in_the_queue(host: Host, number: int) -> None:
    """Case 9: three reports: still visible, one item in the queue."""
    for address in ("otto@example.org", "paul@example.org", "rosa@example.org"):
        assert report(host, number, email=address).status_code == 303
    assert BANKS in words(host.client(), idea_url(number))
    listed = page(moderator(host).get(DESK))
    assert len(listed.select(".sl-moderation > li")) == 1
    assert "3 Meldungen" in listed.get_text()


@pytest.mark.one_database
def test_the_same_person_counts_once(host: Host, number: int) -> None:
    for words_of_report in ("Das ist gemein.", "Wirklich gemein."):
        assert report(host, number, email=OTTO, words=words_of_report).status_code == 303
    assert len(reports(host)) == 1
    # a double click of somebody without an address too (S5)
    for _ in range(2):
        report(host, number)
    assert len(reports(host)) == 2


@pytest.mark.one_database
def test_a_second_report_is_as_much_work_as_a_first_one(host: Host, number: int) -> None:
    """S2: else whoever is reported could try out who it was."""
    report(host, number, email="ben@example.org")

    def sent_for(address: str) -> list[str]:
        with statements(host) as sent:
            report(host, number, email=address)
        # the savepoint of the second one ends otherwise
        ends = "RELEASE", "ROLLBACK", "COMMIT"
        return [each.split()[0] for each in sent if not each.startswith(ends)]

    sent_for("carla@example.org")
    first, second = sent_for("dora@example.org"), sent_for("dora@example.org")
    assert first == second
    assert first.count("INSERT") == 2
    assert len(reports(host)) == 3


@pytest.mark.one_database
def test_whoever_gives_an_address_gets_a_receipt_that_tells_nothing_typed(
    host: Host, number: int
) -> None:
    """Art. 16(4) DSA; and nobody can advertise in a mail to somebody else."""
    report(host, number, email=OTTO, words="Kauft bei kaufhaus.example!")
    (receipt,) = mails_to(host, OTTO)
    moment = "Montag, 2. März 2026, um 10:00 Uhr"
    assert str(receipt["Subject"]) == f"Deine Meldung vom {moment} ist da"
    about = f"Die Meldung vom {moment} betrifft eine Idee und nennt diese Regel: Bleib respektvoll"
    assert about in told(receipt)
    assert idea_url(number) in told(receipt)
    for typed in ("kaufhaus", BANKS):
        assert typed not in receipt.as_string()
        assert typed not in told(receipt)


@pytest.mark.one_database
def test_whoever_reports_learns_the_decision_and_stays_unnamed(host: Host, number: int) -> None:
    """Art. 16(5) DSA, V6."""
    report(host, number, email=OTTO)
    hide(moderator(host), number)
    outcome = mails_to(host, OTTO)[-1]
    assert "Wir haben über deine Meldung vom Montag, 2. März 2026" in str(outcome["Subject"])
    assert "ausgeblendet" in told(outcome)
    assert "betrifft eine Idee und nennt diese Regel:" in told(outcome)
    statement = mails_to(host, "ada@example.org")[-1]
    assert "Jemand hat uns den Text gemeldet." in told(statement)
    assert OTTO not in statement.as_string()
    assert "Das beleidigt alle" not in told(statement)


@pytest.mark.one_database
def test_it_can_be_reported_again_once_somebody_has_decided(host: Host, number: int) -> None:
    report(host, number, email=OTTO)
    fill(moderator(host), f"{DESK}idea/{number}", {"measure": "kept"})
    assert reports(host)[0].state == ReportState.IGNORED
    assert "bleibt" in told(mails_to(host, OTTO)[-1])
    report(host, number, email=OTTO, words="Inzwischen steht es auch in der Zeitung.")
    assert [each.state for each in reports(host)] == [ReportState.IGNORED, ReportState.PENDING]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"rule": ""}, "Wähle aus, gegen welche Regel der Text verstößt."),
        ({"rule": "law", "words": ""}, "Schreib in einem Satz, welches Gesetz du meinst"),
        ({"email": "otto@"}, "Bitte prüfe die E-Mail-Adresse"),
    ],
)
def test_a_report_that_says_too_little_keeps_what_was_typed(
    host: Host, number: int, fields: dict[str, str], sentence: str
) -> None:
    answer = report(host, number, **{"words": "Achtung", **fields})
    assert answer.status_code == 422
    assert sentence in page(answer).get_text()
    assert reports(host) == []


@pytest.mark.one_database
def test_very_many_reports_are_too_many(host: Host, number: int) -> None:
    """S4."""
    few = host.make(STADTLABOR_RATE_LIMITS={"report": "2 per hour"})
    answers = [report(few, number, words=f"Grund {at}").status_code for at in range(3)]
    assert answers == [303, 303, 429]


@pytest.mark.one_database
def test_what_nobody_can_read_cannot_be_reported(host: Host, number: int) -> None:
    assert host.client().get(idea_url(number + 1, "report")).status_code == 404
    hide(moderator(host), number)
    assert host.client().get(idea_url(number, "report")).status_code == 404

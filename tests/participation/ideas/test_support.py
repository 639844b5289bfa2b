"""Supporting and following: once per person, counted exactly, by people whose address is proved."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from flask_stadtlabor.participation.ideas.models import IdeaFollow, IdeaSupport
from flask_stadtlabor.participation.ideas.operations.support import support, words_of
from flask_stadtlabor.participation.ideas.operations.writing import IdeaText, change
from flask_stadtlabor.participation.people.current import identity
from flask_stadtlabor.participation.people.operations import contributor
from flask_stadtlabor.participation.people.writing import ChangedMeanwhile
from flask_stadtlabor.transactions import commit
from tests.events.desk import statements
from tests.forms import fill, form_on, page, press, send
from tests.host import Host
from tests.participation.ideas.desk import collecting, idea_url, published, shown, stored, words
from tests.participation.people import known, link_in
from tests.registration.accounts import BEA

MOST_STATEMENTS = 5


def test_each_person_counts_once_and_can_take_it_back(host: Host) -> None:
    collecting(host, threshold=2)
    number = published(host)
    ben = known(host, "ben@example.org")
    opened = ben.get(idea_url(number))
    for _ in range(2):
        assert send(ben, opened, action="/support").status_code == 303
    assert stored(host)[0].supports == 1
    told = words(host.client(), idea_url(number))
    assert "1 Person unterstützt diese Idee. Noch 1, dann muss die Stadt antworten." in told
    press(known(host, "cem@example.org"), idea_url(number), "/support")
    assert "Das reicht: Die Stadt muss antworten." in words(host.client(), idea_url(number))
    opened = ben.get(idea_url(number))
    for _ in range(2):
        assert send(ben, opened, action="/take-back").status_code == 303
    assert stored(host)[0].supports == 1
    assert host.scalar(select(func.count()).select_from(IdeaSupport)) == 1


@pytest.mark.one_database
def test_buttons_say_what_and_of_which_idea_and_whether_they_are_pressed(host: Host) -> None:
    """Case 12."""
    collecting(host)
    number = published(host)
    ben = known(host, "ben@example.org")
    for pressed, name, action in (
        ("false", "Unterstützen: Mehr Bänke im Schatten", "/support"),
        ("true", "Du unterstützt sie: Mehr Bänke im Schatten", "/take-back"),
    ):
        form = form_on(ben.get(idea_url(number)), action)
        (button,) = form.select("button")
        assert (button["aria-pressed"], button.get_text()) == (pressed, name)
        press(ben, idea_url(number), action)


@pytest.mark.one_database
def test_a_stranger_proves_an_address_and_comes_back(host: Host) -> None:
    collecting(host)
    number = published(host)
    browser = host.client()
    link = shown(browser, idea_url(number)).select_one(".sl-call a.sl-button")
    assert link is not None
    assert link["href"] == idea_url(number, "support")
    asked = fill(browser, idea_url(number, "support"), {"email": "ben@example.org"})
    assert asked.location == "/stadtlabor/de/me/link-sent"
    opened = browser.get(link_in(host.mails()[-1]))
    assert opened.location == idea_url(number, "support")
    assert "Am Brunnen fehlen Bänke" in words(browser, opened.location)
    press(browser, opened.location, "/support")
    assert stored(host)[0].supports == 1


@pytest.mark.parametrize("supporters", [0, 1])
def test_nobody_supports_words_that_they_have_not_read(host: Host, supporters: int) -> None:
    """Their page is from before the change, whether others support the idea or not."""
    collecting(host)
    number = published(host)
    for _ in range(supporters):
        press(known(host, "cem@example.org"), idea_url(number), "/support")
    ben = known(host, "ben@example.org")
    opened = ben.get(idea_url(number))
    fill(known(host), idea_url(number, "edit"), {"text": "Lieber einen **Parkplatz**."})
    asked = send(ben, opened, action="/support")
    assert asked.status_code == 409
    told = page(asked).get_text(" ")
    assert "wurde geändert, seit du die Seite geöffnet hast" in told
    assert "Lieber einen Parkplatz" in " ".join(told.split())
    assert stored(host)[0].supports == supporters
    assert send(ben, asked, action="/support").status_code == 303
    assert stored(host)[0].supports == supporters + 1
    # another press on the old page finds that they support it already
    assert send(ben, opened, action="/support").status_code == 303
    assert stored(host)[0].supports == supporters + 1


def test_a_change_between_reading_an_idea_and_counting_a_support_is_noticed(host: Host) -> None:
    """Two requests at the same moment: of the author, and of a supporter who has read it before."""
    collecting(host)
    published(host)
    (idea,) = stored(host)
    read, whose = words_of(idea), idea.participant_id or 0
    said = IdeaText(*(getattr(idea, name) for name in IdeaText._fields))
    with host.app.test_request_context():
        commit(lambda: change(idea.id, whose, said._replace(text="Lieber nicht."), None))
        with pytest.raises(ChangedMeanwhile):
            commit(lambda: support(read, whose, seen=read.mark))
    assert stored(host)[0].supports == 0


@pytest.mark.one_database
def test_whoever_presses_on_an_old_page_reads_what_has_become_of_the_idea(host: Host) -> None:
    collecting(host)
    number = published(host)
    ben, ada = known(host, "ben@example.org"), known(host)
    opened = ben.get(idea_url(number))
    fill(ada, idea_url(number, "edit"), {"place": "Am Friedhof"})
    asked = send(ben, opened, action="/support")
    assert (asked.status_code, "Am Friedhof" in asked.text) == (409, True)
    fill(ada, idea_url(number, "withdraw"), {"reason": "Gibt es schon."})
    told = send(ben, asked, action="/support")
    assert (told.status_code, "zurückgezogen" in told.text) == (409, True)
    assert stored(host)[0].supports == 0


@pytest.mark.one_database
def test_following_is_kept_once(host: Host) -> None:
    collecting(host)
    number = published(host)
    ben = known(host, "ben@example.org")
    opened = ben.get(idea_url(number))
    for _ in range(2):
        send(ben, opened, action="/follow")
    assert host.scalar(select(func.count()).select_from(IdeaFollow)) == 1
    assert "um ihr nicht mehr zu folgen" in words(ben, idea_url(number))
    press(ben, idea_url(number), "/unfollow")
    assert host.scalar(select(func.count()).select_from(IdeaFollow)) == 0


@pytest.mark.one_database
def test_nothing_counts_where_the_phase_does_not_let_it(host: Host) -> None:
    collecting(host)
    number = published(host)
    ben = known(host, "ben@example.org")
    opened = ben.get(idea_url(number))
    host.clock.move(days=33)
    ben = known(host, "ben@example.org")
    answer = ben.post(idea_url(number, "support"), data={})
    assert answer.status_code == 409
    assert "Im Moment können hier keine Ideen unterstützt werden" in page(answer).get_text()
    assert "/support" in opened.text
    assert "/support" not in ben.get(idea_url(number)).text
    assert stored(host)[0].supports == 0


def test_a_support_takes_few_statements(host: Host) -> None:
    """By a link in a mail, and by an account, of whoever has taken part before."""
    collecting(host)
    number = published(host)
    ben = known(host, "ben@example.org")
    bea = host.lend(actor=lambda: BEA)
    browser = bea.client()
    browser.set_cookie("portal", "signed in")
    for client in (ben, browser):
        press(client, idea_url(number), "/follow")
    for portal, client in ((host, ben), (bea, browser)):
        opened = client.get(idea_url(number))
        with statements(portal) as sent:
            assert send(client, opened, action="/support").status_code == 303
        ours = [each for each in sent if "stadtlabor_" in each]
        assert len(ours) <= MOST_STATEMENTS, ours
    assert stored(host)[0].supports == 2


def test_who_turns_out_to_be_the_same_person_counts_once(host: Host) -> None:
    """By a link first, and by the account that has the same address later."""
    collecting(host)
    number = published(host)
    by_link = known(host, "bea@buerger.example")
    press(by_link, idea_url(number), "/support")
    press(by_link, idea_url(number), "/follow")
    account = _account_without_address(host)
    press(account, idea_url(number), "/support")
    press(account, idea_url(number), "/follow")
    assert stored(host)[0].supports == 2
    verified = host.lend(actor=lambda: BEA)
    with verified.app.test_request_context():
        verified.app.preprocess_request()
        commit(lambda: contributor(identity()))
    assert stored(host)[0].supports == 1
    assert host.scalar(select(func.count()).select_from(IdeaSupport)) == 1
    assert host.scalar(select(func.count()).select_from(IdeaFollow)) == 1


def _account_without_address(host: Host) -> FlaskClient:
    portal = host.lend(actor=lambda: replace(BEA, email_verified=False))
    browser = portal.client()
    browser.set_cookie("portal", "signed in")
    return browser


@pytest.mark.one_database
def test_what_cannot_be_supported_any_more_says_why(host: Host) -> None:
    collecting(host)
    number = published(host)
    fill(known(host), idea_url(number, "withdraw"), {"reason": "Gibt es schon."})
    told = words(host.client(), idea_url(number, "support"))
    assert "Wer diese Idee geschrieben hat, hat sie zurückgezogen." in told
    assert "Im Moment" not in told
    # nobody supported it, so that there is nothing to do and nothing to count
    assert not shown(host.client(), idea_url(number)).select(".sl-panel")

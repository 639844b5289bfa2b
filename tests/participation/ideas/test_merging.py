"""Merging asks and never moves (case 13): who is told, what pages say, and taking it back."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from flask_stadtlabor import Action, Actor
from flask_stadtlabor.participation.ideas.jobs import merge_mails
from flask_stadtlabor.participation.ideas.models import IdeaMerge, IdeaStatus
from tests.events.desk import statements
from tests.exchange.files import export
from tests.exchange.test_ideas import idea
from tests.factories import exchange, project
from tests.forms import fill, form_on, page, press, send
from tests.host import Host
from tests.organise.staff import staff_of
from tests.participation.ideas.desk import (
    LIST,
    collecting,
    idea_url,
    published,
    shown,
    stored,
    words,
)
from tests.participation.people import known, link_in

OFFICE = "/stadtlabor/de/organise/ideas/"
A, B, C = 1, 2, 3
TITLES = {A: "Mehr Bänke im Schatten", B: "Bänke am Brunnen", C: "Sitze auf dem Platz"}


def merge_url(number: int, into: int | None = None) -> str:
    """The office page of an idea, on which another one may be chosen."""
    return f"{OFFICE}{number}/merge" + (f"?into={into}" if into else "")


def three_ideas(host: Host) -> list[int]:
    """The numbers of ideas from a meeting, which nobody has written here."""
    host.load(
        exchange(
            projects=[project()],
            ideas=[
                idea(title, created_at=f"2026-02-2{number}T10:00:00Z")
                for number, title in TITLES.items()
            ],
        )
    )
    return [each.id for each in stored(host)]


def support(host: Host, number: int, *names: str) -> None:
    """These people support an idea."""
    for name in names:
        press(known(host, f"{name}@example.org"), idea_url(number), "/support")
    host.mails()
    host.sent.clear()


def merge(host: Host, number: int, into: int) -> FlaskClient:
    """Staff makes an idea part of another one; their browser."""
    staff = staff_of(host).client()
    answer = fill(staff, merge_url(number, into), {}, action="/merge")
    assert answer.status_code == 303, page(answer).get_text()
    return staff


def told(host: Host) -> list[str]:
    """Who got a mail since they were looked at last."""
    found = sorted(str(mail["To"]).partition("@")[0] for mail in host.mails())
    host.sent.clear()
    return found


def body(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return " ".join(part.get_content().split())


def test_seven_people_get_one_mail_and_no_support_moves(host: Host) -> None:
    """Case 13: ten support a, five b, three of them both."""
    a, b, _ = three_ideas(host)
    support(host, a, *(f"a{at}" for at in range(7)), "x", "y", "z")
    support(host, b, "b1", "b2", "x", "y", "z")
    staff = staff_of(host).client()
    before = words(staff, merge_url(a, b))
    assert "7 Menschen bekommen je eine Mail" in before
    assert "Deutsch: 7" in before
    merge(host, a, b)
    assert told(host) == [f"a{at}" for at in range(7)]
    assert [each.supports for each in stored(host)] == [10, 5, 0]
    assert stored(host)[0].status == IdeaStatus.MERGED
    assert told(host) == []
    found = words(host.client(), idea_url(a))
    assert "Diese Idee ist Teil einer anderen geworden." in found
    assert TITLES[B] in found
    assert TITLES[A] in words(host.client(), idea_url(b))
    titles = [each.get_text() for each in shown(host.client(), LIST).select("h2 a")]
    assert titles == [TITLES[C], TITLES[B]]


@pytest.mark.one_database
def test_the_mail_leads_to_one_button(host: Host) -> None:
    three_ideas(host)
    support(host, A, "ada")
    merge(host, A, B)
    (mail,) = host.mails()
    assert TITLES[A] in body(mail)
    assert TITLES[B] in body(mail)
    assert "Deine Unterstützung haben wir nicht verschoben." in body(mail)
    browser = host.client()
    opened = browser.get(link_in(mail))
    assert opened.location == idea_url(B, "support")
    asked = browser.get(opened.location)
    assert stored(host)[1].supports == 0
    assert len(form_on(asked, "/support").select("button")) == 1
    assert send(browser, asked, action="/support").status_code == 303
    assert [each.supports for each in stored(host)] == [1, 1, 0]


@pytest.mark.one_database
def test_the_author_is_told_of_their_own_idea_once(host: Host) -> None:
    collecting(host)
    published(host, TITLES[A], "ada@example.org")
    published(host, "Ein Kiosk für alle", "ben@example.org")
    support(host, A, "ada", "cem")
    merge(host, A, B)
    texts = {str(mail["To"]): body(mail) for mail in host.mails()}
    assert "Deine Idee „Mehr Bänke im Schatten“" in texts["ada@example.org"]
    assert "die du unterstützt" in texts["cem@example.org"]
    assert len(host.sent) == len(texts)


@pytest.mark.parametrize("through", ["the other idea", "one that was merged before"])
def test_the_author_is_told_whatever_else_they_support(host: Host, through: str) -> None:
    """Also who supports the idea that theirs becomes part of, or was told of that one before."""
    collecting(host)
    own = published(host, TITLES[A], "ada@example.org")
    into = published(host, "Ein Kiosk für alle", "ben@example.org")
    other = published(host, "Ein Brunnen", "ben@example.org")
    if through == "the other idea":
        support(host, into, "ada")
    else:
        support(host, other, "ada")
        merge(host, other, into)
        assert told(host) == ["ada", "ben"]
    assert "1 Person bekommt eine Mail" in words(staff_of(host).client(), merge_url(own, into))
    staff = merge(host, own, into)
    (mail,) = host.mails()
    assert "Deine Idee „Mehr Bänke im Schatten“" in body(mail)
    link = host.client().get(link_in(mail)).location
    if through == "the other idea":
        assert "Du unterstützt diese Idee schon" in body(mail)
        assert link == idea_url(into)
    else:
        assert link == idea_url(into, "support")
    # once, as everybody
    told(host)
    press(staff, merge_url(own), "/unmerge")
    merge(host, own, into)
    assert told(host) == []


@pytest.mark.one_database
def test_an_author_who_supports_nothing_does_not_read_of_their_support(host: Host) -> None:
    collecting(host)
    published(host, TITLES[A], "ada@example.org")
    published(host, "Ein Kiosk für alle", "ben@example.org")
    host.sent.clear()
    merge(host, A, B)
    (mail,) = host.mails()
    assert "verschoben" not in body(mail)
    assert "Willst du diese Idee unterstützen" in body(mail)


@pytest.mark.one_database
def test_a_mail_is_in_the_language_of_whoever_gets_it(host: Host) -> None:
    three_ideas(host)
    ada = host.client()
    fill(ada, "/stadtlabor/en/ideas/1/support", {"email": "ada@example.org"})
    opened = ada.get(link_in(host.mails()[-1]))
    press(ada, str(opened.location), "/support")
    host.sent.clear()
    assert "Englisch: 1" in words(staff_of(host).client(), merge_url(A, B))
    merge(host, A, B)
    (mail,) = host.mails()
    assert mail["Subject"] == "“Mehr Bänke im Schatten” is part of another idea now"
    assert "/en/" in link_in(mail)
    assert host.client().get(link_in(mail)).location == "/stadtlabor/en/ideas/2/support"


def test_two_of_staff_who_press_at_once_tell_once(host: Host) -> None:
    a, b, _ = three_ideas(host)
    support(host, a, "ada")
    first, second = staff_of(host).client(), staff_of(host).client()
    pages = [(each, each.get(merge_url(a, b))) for each in (first, second)]
    for browser, opened in pages:
        assert send(browser, opened, action="/merge").status_code == 303
    assert told(host) == ["ada"]
    with host.app.app_context():
        assert len(host.db.session.scalars(select(IdeaMerge)).all()) == 1


@pytest.mark.one_database
def test_whoever_was_told_of_an_idea_is_not_told_of_it_again(host: Host) -> None:
    """Ada supports a and b, which become part of c one after the other."""
    a, b, c = three_ideas(host)
    support(host, a, "ada", "ben")
    support(host, b, "ada", "cem")
    merge(host, a, c)
    assert told(host) == ["ada", "ben"]
    merge(host, b, c)
    assert told(host) == ["cem"]


def test_what_became_part_of_an_idea_is_shown_through_where_that_goes_on(host: Host) -> None:
    a, b, c = three_ideas(host)
    support(host, a, "ada")
    merge(host, a, b)
    told(host)
    refused = staff_of(host).client().get(merge_url(c, a))
    assert "selbst Teil einer anderen" in page(refused).get_text()
    staff = merge(host, b, c)
    assert told(host) == []
    link = shown(host.client(), idea_url(a)).select_one(".sl-idea-state a")
    assert link is not None
    assert link["href"] == idea_url(c)
    parts = [
        each.get_text() for each in shown(host.client(), idea_url(c)).select(".sl-idea-parts a")
    ]
    assert parts == [TITLES[A], TITLES[B]]
    press(staff, merge_url(b), "/unmerge")
    link = shown(host.client(), idea_url(a)).select_one(".sl-idea-state a")
    assert link is not None
    assert link["href"] == idea_url(b)


def test_staff_takes_it_back_and_does_it_again_and_nobody_hears_twice(host: Host) -> None:
    a, b, _ = three_ideas(host)
    support(host, a, "ada", "ben")
    staff = merge(host, a, b)
    assert told(host) == ["ada", "ben"]
    press(staff, merge_url(a), "/unmerge")
    assert [each.status for each in stored(host)] == [IdeaStatus.PUBLISHED] * 3
    assert stored(host)[0].supports == len(("ada", "ben"))
    again = staff.post(f"{OFFICE}{a}/unmerge", data={})
    assert again.status_code in (409, 422)
    support(host, a, "cem")
    merge(host, a, b)
    assert told(host) == ["cem"]


@pytest.mark.one_database
def test_what_staff_saw_has_to_be_true_when_they_press(host: Host) -> None:
    three_ideas(host)
    support(host, A, "ada")
    staff = staff_of(host).client()
    opened = staff.get(merge_url(A, B))
    support(host, A, "ben")
    answer = send(staff, opened, action="/merge")
    assert answer.status_code == 409
    assert "Inzwischen unterstützen mehr oder weniger Menschen" in page(answer).get_text()
    assert send(staff, answer, action="/merge").status_code == 303
    assert told(host) == ["ada", "ben"]


@pytest.mark.one_database
def test_many_supporters_are_told_by_the_worker(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    three_ideas(host)
    names = [f"p{at}" for at in range(9)]
    support(host, A, *names)
    monkeypatch.setattr(merge_mails, "BATCH_SIZE", 2)
    monkeypatch.setattr(merge_mails, "AT_ONCE", 4)
    staff = merge(host, A, B)
    assert "4 von 9 Mails sind geschrieben." in words(staff, merge_url(A))
    assert told(host) == names
    assert "9 von 9 Mails sind geschrieben." in words(staff, merge_url(A))


@pytest.mark.one_database
def test_who_was_not_told_before_it_was_taken_back_gets_nothing(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    three_ideas(host)
    support(host, A, "ada", "ben")
    monkeypatch.setattr(merge_mails, "AT_ONCE", 0)
    staff = merge(host, A, B)
    press(staff, merge_url(A), "/unmerge")
    assert told(host) == []


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("deed", "sentence"),
    [("withdraw", "die inzwischen zurückgezogen wurde"), ("erase", "die es hier nicht mehr gibt")],
)
def test_a_page_says_what_became_of_the_idea_that_it_is_part_of(
    host: Host, deed: str, sentence: str
) -> None:
    collecting(host)
    published(host, TITLES[A], "ada@example.org")
    published(host, "Ein Kiosk für alle", "ben@example.org")
    merge(host, A, B)
    if deed == "withdraw":
        fill(known(host, "ben@example.org"), idea_url(B, "withdraw"), {"reason": "Zu teuer."})
    else:
        assert host.run("person", "erase", "ben@example.org", "--yes").exit_code == 0
    assert sentence in words(host.client(), idea_url(A))


@pytest.mark.one_database
def test_an_erased_author_of_a_merged_idea_leaves_a_page_and_nothing_else(host: Host) -> None:
    collecting(host)
    published(host, TITLES[A], "ada@example.org")
    published(host, "Ein Kiosk für alle", "ben@example.org")
    staff = merge(host, A, B)
    assert host.run("person", "erase", "ada@example.org", "--yes").exit_code == 0
    assert TITLES[A] not in words(host.client(), idea_url(B))
    assert TITLES[A] not in words(staff, OFFICE)
    assert "/unmerge" not in staff.get(merge_url(A)).text


@pytest.mark.one_database
def test_the_office_finds_ideas_by_words_project_and_state(host: Host) -> None:
    three_ideas(host)
    merge(host, A, B)
    staff = staff_of(host).client()

    def titles(query: str = "") -> list[str]:
        return [each.get_text() for each in shown(staff, OFFICE + query).select("h2 a")]

    assert titles() == [TITLES[C], TITLES[B], TITLES[A]]
    assert titles("?q=brunnen&status=published") == [TITLES[C], TITLES[B]]
    assert titles("?status=merged") == [TITLES[A]]
    assert titles("?status=waiting") == titles("?project=nirgends") == titles()
    similar = shown(staff, f"{OFFICE}{B}/merge?q=platz").select(".sl-desk-list a")
    assert [each.get_text() for each in similar] == [TITLES[C]]


@pytest.mark.one_database
@pytest.mark.one_database
def test_a_withdrawn_idea_says_why_it_cannot_be_merged(host: Host) -> None:
    collecting(host)
    number = published(host)
    fill(known(host), idea_url(number, "withdraw"), {"reason": "Schon erledigt."})
    staff = staff_of(host).client()
    seen = words(staff, merge_url(number))
    assert "Die Person, die sie geschrieben hat, hat sie zurückgezogen." in seen
    assert "Du musst nichts tun" in seen
    assert page(staff.get(merge_url(number))).select("main [name=q]") == []


@pytest.mark.one_database
def test_the_list_of_the_office_leads_to_the_page_that_everybody_reads(host: Host) -> None:
    collecting(host)
    number = published(host)
    listed = page(staff_of(host).client().get(OFFICE))
    assert [each["href"] for each in listed.select(".sl-desk-list a")] == [
        merge_url(number),
        idea_url(number),
    ]


def test_the_office_takes_as_many_statements_for_many_ideas(host: Host) -> None:
    three_ideas(host)
    staff = staff_of(host)
    browser = staff.client()
    browser.get(OFFICE)
    with statements(staff) as few:
        browser.get(OFFICE)
    more = [idea(f"Idee {at}", created_at=f"2026-01-02T10:{at:02}:00Z") for at in range(30)]
    host.load(exchange(projects=[project()], ideas=more))
    with statements(staff) as many:
        browser.get(OFFICE)
    assert len(few) == len(many)


@pytest.mark.one_database
def test_only_those_who_may_merge_see_it(host: Host) -> None:
    three_ideas(host)
    other = staff_of(host, without=[Action.MERGE_IDEAS]).client()
    for url in (OFFICE, merge_url(A), merge_url(A, B)):
        assert other.get(url).status_code == 403
    assert OFFICE not in other.get("/stadtlabor/de/organise/").text
    assert OFFICE in staff_of(host).client().get("/stadtlabor/de/organise/").text
    assert staff_of(host).client().get(merge_url(99)).status_code == 404


@pytest.mark.one_database
def test_ideas_of_two_projects_do_not_become_one(host: Host) -> None:
    three_ideas(host)
    host.load(exchange(projects=[project("allee")], ideas=[idea("Linden", project="allee")]))
    staff = staff_of(host).client()
    opened = staff.get(merge_url(A, B))
    form = form_on(opened, "/merge")
    token = form.select_one("[name=csrf_token]")
    assert token is not None
    sent = {"csrf_token": token["value"], "into": "4", "people": "0"}
    assert staff.post(merge_url(A), data=sent).status_code == 422
    assert staff.post(merge_url(A), data={**sent, "into": str(A)}).status_code == 422
    assert [each.status for each in stored(host)] == [IdeaStatus.PUBLISHED] * 4


@pytest.mark.one_database
def test_the_trail_says_who_merged_what_and_took_it_back(host: Host) -> None:
    three_ideas(host)
    staff = merge(host, A, B)
    press(staff, merge_url(A), "/unmerge")
    trail = words(staff, "/stadtlabor/de/organise/trail/")
    for said in ("Ideen zusammengelegt", "rückgängig gemacht", "Otto Orga", "1 → 2"):
        assert said in trail
    exported = export(host)["projects"]
    assert [each["slug"] for each in exported] == ["marktplatz"]


@pytest.mark.one_database
def test_a_support_of_somebody_without_an_address_is_counted_and_nobody_is_written_to(
    host: Host,
) -> None:
    three_ideas(host)
    signed_in = host.lend(actor=lambda: Actor("user:1", "Änne"), mailer=host.sent.append).client()
    signed_in.set_cookie("portal", "signed in")
    press(signed_in, idea_url(A), "/support")
    before = words(staff_of(host).client(), merge_url(A, B))
    assert "Von 1 weiteren Person kennen wir keine E-Mail-Adresse" in before
    merge(host, A, B)
    assert told(host) == []


@pytest.mark.one_database
def test_whoever_wants_to_support_a_merged_idea_is_led_to_the_other_one(host: Host) -> None:
    three_ideas(host)
    merge(host, A, B)
    closed = shown(host.client(), idea_url(A, "support"))
    link = closed.select_one(f"a[href='{idea_url(B)}']")
    assert link is not None
    assert link.get_text() == TITLES[B]

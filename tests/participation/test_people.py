"""Who takes part: by an address that is proved by a link, or by an account of the host's."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from flask_stadtlabor import erase_person, export_person
from flask_stadtlabor.outbox.models import OutboxMail
from flask_stadtlabor.participation.mine.erasure import delete_unconfirmed
from flask_stadtlabor.participation.people.current import identity
from flask_stadtlabor.participation.people.links import participant_link
from flask_stadtlabor.participation.people.models import Participant, ParticipantLink
from flask_stadtlabor.participation.people.writing import Signature, writer
from flask_stadtlabor.ports import Actor, Level
from flask_stadtlabor.transactions import commit
from tests.factories import exchange, open_event, person
from tests.forms import fill, page, press
from tests.host import Host
from tests.participation.ideas.desk import NEW, collecting
from tests.participation.people import ASK, MINE, SETTINGS, ask, known, link_in
from tests.registration.accounts import BEA, CEM, Accounts

ADA = "ada@example.org"


def people(host: Host) -> list[Participant]:
    """All participants."""
    with host.app.app_context():
        return list(host.db.session.scalars(select(Participant).order_by(Participant.id)))


def writes(host: Host, actor: Actor | None, address: str | None = None) -> bool:
    """Somebody writes something; whether it waits for a link."""
    portal = host.lend(actor=lambda: actor)
    with portal.app.test_request_context():
        portal.app.preprocess_request()
        signature = Signature("Ada", address)
        return commit(lambda: writer(identity(), signature)).is_awaited


@pytest.mark.one_database
def test_under_a_strict_cookie_a_link_leads_where_it_should(host: Host) -> None:
    """From a mailbox on the web our cookie does not come along; so our own page leads on."""
    strict = host.make(SESSION_COOKIE_SAMESITE="Strict")
    known(host, ADA)
    path = "/stadtlabor/de/projects/"
    with strict.app.test_request_context("/stadtlabor/de/"):
        ada = strict.db.session.scalars(select(Participant)).one()
        link = urlsplit(participant_link(ada, leads_to=path)).path
        strict.db.session.commit()
    opening = strict.client().get(link)
    assert opening.status_code == 200
    assert page(opening).select_one("a.sl-button")["href"] == path  # type: ignore[index]
    assert f"url={path}" in opening.text


@pytest.mark.one_database
def test_a_link_opens_the_page_of_whoever_has_the_address(host: Host) -> None:
    """Without an account: the mail proves the address, and the browser is known from then on."""
    assert host.client().get(MINE).status_code == 403
    answer = ask(host)
    assert (answer.status_code, answer.location) == (303, f"{MINE}link-sent")
    (message,) = host.mails()
    assert message["To"] == ADA
    assert message["Subject"] == "Dein Link zum Mitmachen"
    # the page has one name in the mail, on itself and where it is closed
    assert "„Meine Beteiligung“ öffnen" in message.get_body(("plain",)).get_content()
    browser = host.client()
    opening = browser.get(link_in(message))
    assert (opening.status_code, opening.location) == (303, f"{MINE}?now=opened")
    shown = browser.get(opening.location)
    assert shown.status_code == 200
    assert "Du machst mit dieser Adresse mit: ada@example.org" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert host.client().get(MINE).status_code == 403


@pytest.mark.one_database
def test_whoever_takes_part_in_nothing_yet_is_shown_where_to_begin(host: Host) -> None:
    collecting(host)
    ada = known(host, ADA)
    nothing, way = "Noch ist hier nichts.", "/stadtlabor/de/projects/"
    empty = page(ada.get(MINE)).select_one("section[aria-labelledby=sl-nothing]")
    assert nothing in empty.text
    assert empty.select_one("a")["href"] == way
    fill(ada, NEW, {"title": "Mehr Bänke", "text": "Bitte."})
    assert nothing not in ada.get(MINE).text


@pytest.mark.one_database
def test_an_account_without_a_registration_may_have_ideas(host: Host) -> None:
    """What is empty are its registrations, and no more is said."""
    accounts = Accounts(host)
    collecting(accounts.host)
    fill(accounts.browser(), NEW, {"title": "Mehr Bänke", "text": "Bitte."})
    seen = accounts.browser().get(MINE).text
    # what there is comes before what there is not
    assert 0 < seen.index("Mehr Bänke") < seen.index("Du hast dich noch zu nichts")
    assert "Du hast dich noch zu nichts angemeldet" in seen
    assert "Mehr Bänke" in seen
    assert "Noch ist hier nichts." not in seen


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (BEA.email, "Dieser Browser kennt dich jetzt."),
        ("andere@example.org", "Was mit der Adresse des Links geschrieben wurde"),
    ],
)
def test_whoever_opens_a_link_while_signed_in_reads_whose_page_it_is(
    host: Host, address: str, sentence: str
) -> None:
    accounts = Accounts(host)
    collecting(accounts.host)
    fill(host.client(), NEW, {"title": "Ein Kiosk", "text": "Bitte.", "email": address})
    browser = accounts.browser()
    opened = browser.get(link_in(host.mails()[-1]))
    told = browser.get(opened.location).text
    assert sentence in told
    assert ("Ein Kiosk" in told) is (address == BEA.email)


@pytest.mark.one_database
def test_a_known_address_is_answered_like_a_new_one(host: Host) -> None:
    """S2: the same answer, page, mail and number of rows."""
    known(host)
    host.sent.clear()
    answers, mails = [], []
    for address in (ADA, "neu@example.org"):
        answer = ask(host, address)
        (message,) = host.mails()
        host.sent.clear()
        body = message.get_body(("plain",))
        assert body is not None
        text = body.get_content().replace(link_in(message), "…")
        answers.append((answer.status_code, answer.location, answer.text))
        mails.append((message["Subject"], text.replace(address, "…")))
    assert answers[0] == answers[1]
    assert mails[0] == mails[1]


@pytest.mark.one_database
def test_the_token_is_stored_as_a_hash_and_the_mail_is_blanked(host: Host) -> None:
    """S3, C12: neither the link nor the address can be read in what is delivered."""
    ask(host)
    token = link_in(host.mails()[0]).rpartition("/")[2]
    stored = host.scalar(select(ParticipantLink.token_hash))
    assert stored != token
    assert host.scalar(select(OutboxMail.recipient)) is None
    assert host.scalar(select(OutboxMail.message)) is None


@pytest.mark.one_database
def test_a_damaged_link_and_one_that_is_over_say_so(host: Host) -> None:
    ask(host)
    link = link_in(host.mails()[0])
    damaged = host.client().get(f"{link}x")
    host.clock.move(days=30)
    over = host.client().get(link)
    assert (damaged.status_code, over.status_code) == (404, 410)
    # a link of a registration would be of no use to them
    for answer in (damaged, over):
        assert page(answer).select_one(f".sl-error-page a[href='{ASK}']") is not None
        assert page(answer).select_one("a[href$='/registration/send-link']") is None


@pytest.mark.one_database
def test_a_page_that_was_opened_ends_with_its_link(host: Host) -> None:
    browser = known(host)
    host.clock.move(days=29)
    assert browser.get(MINE).status_code == 200
    host.clock.move(days=1)
    assert browser.get(MINE).status_code == 403


@pytest.mark.one_database
def test_closing_ends_the_link_in_every_browser(host: Host) -> None:
    """For shared devices: who comes after sees nothing, not even with the link itself."""
    browser = known(host)
    link = link_in(host.sent[-1])
    other = host.client()
    other.get(link)
    closed = press(browser, SETTINGS, "/close")
    assert (closed.status_code, closed.location) == (303, f"{ASK}?now=closed")
    assert "„Meine Beteiligung“ ist hier geschlossen" in browser.get(closed.location).text
    assert browser.get(MINE).status_code == other.get(MINE).status_code == 403
    assert host.client().get(link).status_code == 404


@pytest.mark.one_database
def test_settings_are_kept(host: Host) -> None:
    browser = known(host)
    saved = fill(browser, SETTINGS, {"public_name": "Ada L.", "wants_digest": None})
    assert (saved.status_code, saved.location) == (303, f"{SETTINGS}?now=saved")
    shown = page(browser.get(SETTINGS))
    for box in shown.select("fieldset input[type=checkbox]"):
        # what is said of a box stands below it: above, it reads as said of the one before
        around = [each.get("id") for each in box.find_parent(class_="sl-field").select("[id]")]
        assert around == [box["id"], box["aria-describedby"]]
    assert shown.select_one("[name=public_name]")["value"] == "Ada L."  # type: ignore[index]
    assert not shown.select_one("[name=wants_digest]").has_attr("checked")  # type: ignore[union-attr]
    (row,) = people(host)
    assert (row.public_name, row.wants_digest, row.confirmed_at) == (
        "Ada L.",
        False,
        host.clock.now,
    )
    long = fill(browser, SETTINGS, {"public_name": "x" * 81})
    assert long.status_code == 422
    assert page(long).select_one("[name=public_name]")["value"] == "x" * 81  # type: ignore[index]


@pytest.mark.one_database
def test_a_registrations_link_counts_as_a_confirmed_address(host: Host) -> None:
    """Nobody confirms the same address twice."""
    host.load(exchange(open_event()))
    fill(host.client(), "/stadtlabor/de/events/plattform/register", person(email=ADA))
    browser = host.client()
    browser.get(host.link(host.mails()[0]))
    assert "ada@example.org" in browser.get(MINE).text
    assert people(host) == []
    assert fill(browser, SETTINGS, {"public_name": "Ada"}).status_code == 303
    (row,) = people(host)
    assert row.email == ADA


def test_one_person_for_each_account_and_address(host: Host) -> None:
    """The account's confirmed address is the same person, whichever came first."""
    assert writes(host, None, "BEA@Buerger.example") is True
    assert writes(host, BEA) is False
    assert writes(host, BEA) is False
    (row,) = people(host)
    assert row.account_key is not None
    assert row.confirmed_at is not None
    assert writes(host, None, "bea@buerger.example") is True
    assert len(people(host)) == 1


@pytest.mark.one_database
def test_an_account_whose_address_is_confirmed_later_is_joined_to_it(host: Host) -> None:
    """Two participants turn out to be one: the account's stays, and has the address."""
    unproved = replace(BEA, email_verified=False)
    assert writes(host, unproved) is False
    assert writes(host, None, "bea@buerger.example") is True
    assert len(people(host)) == 2
    assert writes(host, BEA) is False
    (row,) = people(host)
    assert row.account_key is not None
    assert row.email == "bea@buerger.example"


def test_links_to_a_former_address_do_not_open_an_accounts_page(host: Host) -> None:
    """Whoever has that mailbox next gets a page of their own."""
    assert writes(host, BEA) is False
    former = known(host, "bea@buerger.example")
    assert former.get(MINE).status_code == 200
    moved = replace(BEA, email="bea@elsewhere.example")
    assert writes(host, moved) is False
    (row,) = people(host)
    assert row.email == "bea@elsewhere.example"
    assert former.get(MINE).status_code == 403
    assert writes(host, None, "bea@buerger.example") is True
    assert len(people(host)) == 2


@pytest.mark.one_database
def test_nor_do_they_once_the_account_is_joined_with_another_address(host: Host) -> None:
    """The new address took part before the account had it."""
    assert writes(host, BEA) is False
    former = known(host, "bea@buerger.example")
    ask(host, "bea@elsewhere.example")
    assert writes(host, replace(BEA, email="bea@elsewhere.example")) is False
    (row,) = people(host)
    assert row.email == "bea@elsewhere.example"
    assert former.get(MINE).status_code == 403


@pytest.mark.one_database
def test_who_confirms_an_address_chooses_the_language_of_its_mails(host: Host) -> None:
    """And not whoever typed it first, in whatever language."""
    fill(host.client(), ASK.replace("/de/", "/en/"), {"email": ADA})
    fill(known(host), SETTINGS, {"public_name": "Ada"})
    (row,) = people(host)
    assert row.language == "de"


@pytest.mark.one_database
def test_two_accounts_with_one_address_stay_two_people(host: Host) -> None:
    """A host may confirm an address twice; neither account reaches what the other wrote."""
    twin = replace(CEM, email=BEA.email)
    for actor in (BEA, twin, BEA, twin):
        assert writes(host, actor) is False
    first, second = people(host)
    assert first.account_key != second.account_key
    assert [row.email for row in (first, second)] == [BEA.email, None]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("level", "known_as"),
    [(Level.ANYONE, Level.CONFIRMED_EMAIL), (Level.VERIFIED_RESIDENT, Level.VERIFIED_RESIDENT)],
)
def test_what_an_account_may_do_is_the_hosts_to_say(
    host: Host, level: Level, known_as: Level
) -> None:
    """V1: but whoever is signed in counts as somebody whom we can reach, at least."""
    portal = host.lend(actor=lambda: replace(BEA, level=level))
    with portal.app.test_request_context():
        portal.app.preprocess_request()
        assert identity().level == known_as


@pytest.mark.one_database
def test_an_address_that_nobody_confirms_is_deleted(host: Host) -> None:
    """C12: whoever typed another person's address leaves no trace of it after a week."""
    ask(host)
    known(host, "bo@example.org")
    with host.app.app_context():
        commit(lambda: contributor_of(host, "bo@example.org"))
    host.clock.move(days=7)
    dry = host.run("retention", "run", "--dry-run").output
    assert "1 unconfirmed address" in dry
    assert len(people(host)) == 2
    assert host.run("retention", "run").exit_code == 0
    assert [row.email for row in people(host)] == ["bo@example.org"]
    with host.app.app_context():
        assert commit(delete_unconfirmed) == 0
    host.clock.move(days=23)
    assert "1 link of a participant" in host.run("retention", "run").output
    assert host.scalar(select(ParticipantLink.token_hash)) is None


def test_the_week_counts_from_what_was_written_last(host: Host) -> None:
    """The page and the mail say so, whenever the address was typed first."""
    collecting(host)
    ask(host)
    host.clock.move(days=6.9)
    fill(host.client(), NEW, {"title": "Ein Kiosk", "text": "Bitte.", "email": ADA})
    link = link_in(host.mails()[-1])
    host.clock.move(days=6.9)
    assert host.run("retention", "run").exit_code == 0
    browser = host.client()
    assert browser.get(link).status_code == 303
    assert "Ein Kiosk" in browser.get(MINE).text
    host.clock.move(days=0.1)
    host.run("retention", "run")
    assert people(host) == []


def contributor_of(host: Host, address: str) -> Participant:
    """Somebody with this address does something."""
    row = host.db.session.scalars(select(Participant).where(Participant.email == address)).one()
    row.confirmed_at = host.clock.now
    return row


@pytest.mark.one_database
def test_somebody_takes_their_data_along_and_has_it_erased(host: Host) -> None:
    """Art. 15, 17, 20 GDPR: on their own page, without asking anybody."""
    browser = known(host)
    fill(browser, SETTINGS, {"public_name": "Ada L."})
    document = browser.get(f"{MINE}data.json").get_json()
    (mine,) = document["participations"]
    assert mine["email"] == ADA
    assert mine["public_name"] == "Ada L."
    assert [set(each) for each in mine["links"]] == [{"token_sha256", "leads_to", "expires_at"}]
    assert document["mails"] == []
    ask(host)
    (mail,) = browser.get(f"{MINE}data.json").get_json()["mails"]
    assert (mail["kind"], mail["message"]) == ("participation_link", None)
    assert len(host.mails()) == 2
    assert browser.get(f"{MINE}erase").status_code == 200
    gone = fill(browser, f"{MINE}erase")
    assert (gone.status_code, gone.location) == (303, "/stadtlabor/de/registration/erased")
    assert browser.get(gone.location).status_code == 200
    assert people(host) == []
    assert browser.get(MINE).status_code == 403
    assert host.client().get(link_in(host.sent[-1])).status_code == 404


@pytest.mark.one_database
def test_a_host_exports_and_erases_by_address_and_by_account(host: Host) -> None:
    accounts = Accounts(host)
    fill(accounts.browser(), SETTINGS, {"public_name": "Bea"})
    ask(host)
    with host.app.app_context():
        by_account = export_person(account="user:1")
        assert by_account is not None
        assert [one["public_name"] for one in by_account["participations"]] == ["Bea"]
        by_address = export_person(ADA)
        assert by_address is not None
        assert [one["email"] for one in by_address["participations"]] == [ADA]
        assert export_person("nobody@example.org") is None
        erased = erase_person(ADA)
        assert erased is not None
        assert erased.participations == 1
        host.db.session.commit()
    assert [row.public_name for row in people(host)] == ["Bea"]
    assert host.mails() == []


@pytest.mark.one_database
def test_too_many_wishes_for_a_link_are_answered_in_words(host: Host) -> None:
    """S4: what was typed is kept."""
    other = host.make(STADTLABOR_RATE_LIMITS={"send-link": "1 per hour"})
    fill(other.client(), ASK, {"email": ADA})
    answer = fill(other.client(), ASK, {"email": ADA})
    assert answer.status_code == 429
    assert page(answer).select_one("[name=email]")["value"] == ADA  # type: ignore[index]


@pytest.mark.one_database
def test_a_faulty_address_is_named_first_and_kept(host: Host) -> None:
    """A4."""
    answer = fill(host.client(), ASK, {"email": "no address"})
    assert answer.status_code == 422
    assert page(answer).select_one("[name=email]")["value"] == "no address"  # type: ignore[index]
    assert page(answer).title.text.startswith("Fehler:")  # type: ignore[union-attr]


@pytest.mark.one_database
def test_closing_a_registrations_page_closes_the_participants_as_well(host: Host) -> None:
    """On a shared device nobody has to know that there are two."""
    host.load(exchange(open_event()))
    fill(host.client(), "/stadtlabor/de/events/plattform/register", person(email="bo@example.org"))
    registration = host.link(host.mails()[-1])
    browser = known(host)
    browser.get(registration)
    assert press(browser, "/stadtlabor/de/registration/", "/close").status_code == 303
    assert browser.get(MINE).status_code == 403


@pytest.mark.one_database
def test_closing_the_participants_page_closes_a_registrations_as_well(host: Host) -> None:
    host.load(exchange(open_event()))
    fill(host.client(), "/stadtlabor/de/events/plattform/register", person(email="bo@example.org"))
    registration = host.link(host.mails()[-1])
    browser, other = known(host), host.client()
    browser.get(registration)
    other.get(registration)
    assert press(browser, SETTINGS, "/close").status_code == 303
    for closed in (browser, other):
        assert closed.get("/stadtlabor/de/registration/").status_code == 403


@pytest.mark.one_database
def test_a_link_from_before_two_were_joined_opens_what_they_have_now(host: Host) -> None:
    assert writes(host, replace(BEA, email_verified=False)) is False
    ask(host, "bea@buerger.example")
    link = link_in(host.mails()[-1])
    assert writes(host, BEA) is False
    assert len(people(host)) == 1
    browser = host.client()
    assert browser.get(link).status_code == 303
    assert browser.get(MINE).status_code == 200


@pytest.mark.one_database
@pytest.mark.parametrize("form", [NEW, "/stadtlabor/de/projects/marktplatz/comments/new"])
def test_what_is_missing_is_said_in_the_order_in_which_it_is_asked(host: Host, form: str) -> None:
    """A4: the address, which is asked last, comes last in the summary too."""
    collecting(host)
    wrong = page(fill(host.client(), form, {}))
    named = [str(link["href"])[1:] for link in wrong.select(".sl-errors a")]
    asked = [str(field["id"]) for field in wrong.select("form [id]") if field["id"] in named]
    assert len(named) > 1
    assert named == asked


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("ideas/99/", "Die Idee, die du suchst"),
        ("ideas/99/support", "Die Idee, die du suchst"),
        ("comments/99", "Den Kommentar, den du suchst"),
        ("projects/nirgends/", "Das Projekt, das du suchst"),
        ("projects/nirgends/ideas/", "Das Projekt, das du suchst"),
    ],
)
def test_what_is_not_there_is_called_what_it_is(host: Host, path: str, said: str) -> None:
    answer = host.client().get(f"/stadtlabor/de/{path}")
    assert answer.status_code == 404
    told = page(answer)
    assert said in told.get_text()
    assert "Veranstaltung" not in told.select_one(".sl-error-page").get_text()  # type: ignore[union-attr]
    assert told.select_one(".sl-error-page a.sl-button[href='/stadtlabor/de/projects/']")

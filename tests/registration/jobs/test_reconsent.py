"""A text changes in substance: everybody who said yes is asked again, once (C7)."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import event, func, select, update

from flask_stadtlabor.consent.answers.status import permits_use
from flask_stadtlabor.consent.models import (
    NO_PURPOSE,
    ConsentAction,
    ConsentEntry,
    ConsentText,
    Purpose,
    TakeDownTask,
)
from flask_stadtlabor.consent.texts.published import current_texts
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.jobs.reconsent import BATCH_SIZE, count_to_ask
from flask_stadtlabor.registration.models import DeskNotice, Registration
from flask_stadtlabor.registration.operations import signup
from flask_stadtlabor.registration.requests import ConsentChoice, SignupRequest
from flask_stadtlabor.transactions import commit
from tests.factories import PHOTOS, exchange, open_event, person, purpose
from tests.forms import fill, page, press
from tests.host import Host
from tests.organise.staff import HERE as OFFICE
from tests.organise.staff import staff_of
from tests.processes import finish, start
from tests.registration import renewing

FORM = "/stadtlabor/{}/events/plattform/register"
HERE = "/stadtlabor/{}/registration/"
FIELD = f"consent-{PHOTOS}"


def register(
    host: Host, number: int, *, language: str = "de", confirm: bool = True, **answers: Any
) -> None:
    """Somebody who answers, and confirms."""
    given = {FIELD: "given", **answers}
    fill(host.client(), FORM.format(language), {**person(number), **given})
    if confirm:
        browser = host.client()
        browser.get(host.link(host.mails()[-1]))
        press(browser, HERE.format(language), "/confirm")
        host.mails()


def replace_text(
    host: Host, *slugs: str, text: str = "Etwas ganz anderes.", **changes: Any
) -> None:
    """The city says something else."""
    described = [purpose(slug, text=text, **changes) for slug in slugs or [PHOTOS]]
    host.load(exchange(purposes=described))


def asked_again(host: Host) -> list[str]:
    """To whom the mails went that ask again."""
    host.mails()
    words = ("noch einmal", "We ask you again")
    return [mail["To"] for mail in host.sent if any(word in mail["Subject"] for word in words)]


def acts(host: Host) -> Counter[str]:
    with host.app.app_context():
        answers = select(ConsentEntry.event).where(ConsentEntry.purpose != NO_PURPOSE)
        return Counter(host.db.session.scalars(answers))


def test_who_said_yes_is_asked_again_and_nobody_else(host: Host) -> None:
    """C7: by mail in their language, with a ledger entry about the new text; once."""
    host.load(exchange(open_event()))
    register(host, 1)
    register(host, 2, language="en")
    register(host, 3, **{FIELD: "refused"})
    register(host, 4, **{FIELD: None})
    replace_text(host)
    assert asked_again(host) == ["person1@buerger.example", "person2@buerger.example"]
    with host.app.app_context():
        rows = host.db.session.scalars(
            select(ConsentEntry).where(ConsentEntry.text_version == 2).order_by(ConsentEntry.seq)
        ).all()
        assert [(row.event, row.actor, row.method) for row in rows] == [
            ("requested", "system", "e-mail link")
        ] * 2
        assert not any(permits_use(row.subject, PHOTOS) for row in rows)
    host.clock.move(hours=2)
    assert len(asked_again(host)) == 2
    assert host.run("consent", "verify").exit_code == 0


def test_whose_processing_is_restricted_is_asked_once_that_is_lifted(host: Host) -> None:
    """Art. 18 GDPR: until then the data is stored, and nothing else is done with it."""
    host.load(exchange(open_event()))
    register(host, 1)
    register(host, 2)
    staff = staff_of(host).client()
    theirs = f"{OFFICE}registrations/{host.scalar(select(func.min(Registration.id)))}/"
    press(staff, theirs, "/restrict")
    replace_text(host)
    assert asked_again(host) == ["person2@buerger.example"]
    host.clock.move(days=1)
    assert len(asked_again(host)) == 1
    assert acts(host)["requested"] == 2 + 1
    press(staff, theirs, "/lift-restriction")
    assert asked_again(host) == ["person2@buerger.example", "person1@buerger.example"]
    host.clock.move(hours=2)
    assert len(asked_again(host)) == 2
    assert host.scalar(select(Purpose.asked_version).where(Purpose.slug == PHOTOS)) == 2


@pytest.mark.one_database
def test_the_mail_says_what_changed_and_leads_to_two_equal_answers(host: Host) -> None:
    host.load(exchange(open_event()))
    register(host, 1, language="en")
    replace_text(host)
    mail = host.mails()[-1]
    assert "Title photos-website" in mail.get_body(("plain",)).get_content()
    browser = host.client()
    browser.get(host.link(mail))
    shown = page(browser.get(HERE.format("en")))
    assert "We asked you again on" in shown.get_text(" ", strip=True)
    assert shown.select_one("details[open] a[href*='/changes?since=1']")
    fill(browser, HERE.format("en"), {FIELD: "given"}, action=f"/{PHOTOS}/answer")
    with host.app.app_context():
        subject = host.db.session.scalars(select(Registration.subject)).one()
        assert permits_use(subject, PHOTOS)
    assert acts(host) == {"requested": 2, "given": 1, "renewed": 1}


@pytest.mark.one_database
def test_a_change_of_words_asks_nobody(host: Host) -> None:
    """C7: editorial."""
    host.load(exchange(open_event()))
    register(host, 1)
    replace_text(host, editorial=True)
    assert asked_again(host) == []


@pytest.mark.one_database
def test_several_texts_make_one_mail(host: Host) -> None:
    host.load(exchange(open_event(purposes=[PHOTOS, "film"])))
    register(host, 1, language="en", **{"consent-film": "given"})
    replace_text(host, PHOTOS, "film")
    assert asked_again(host) == ["person1@buerger.example"]
    words = host.sent[-1].get_body(("plain",)).get_content()
    assert "“Title photos-website” and “Title film”" in " ".join(words.split())
    assert acts(host)["requested"] == 4


@pytest.mark.one_database
def test_a_second_change_asks_once_more_those_who_said_yes_again(host: Host) -> None:
    host.load(exchange(open_event()))
    register(host, 1)
    register(host, 2)
    replace_text(host)
    browser = host.client()
    browser.get(host.link(host.mails()[-1]))
    fill(browser, HERE.format("de"), {FIELD: "given"}, action=f"/{PHOTOS}/answer")
    host.clock.move(hours=2)
    host.mails()
    replace_text(host, text="Noch etwas anderes.")
    # the first of them has never answered the question from before
    assert Counter(asked_again(host))["person2@buerger.example"] == 2
    assert len(asked_again(host)) == 3


@pytest.mark.one_database
def test_who_is_not_there_any_more_is_left_in_peace(host: Host) -> None:
    """C13: nobody after cancelling, nobody past retention, nobody with an unconfirmed address."""
    host.load(exchange(open_event(retention_days=10)))
    register(host, 1)
    browser = host.client()
    browser.get(host.link(host.mails()[-1]))
    press(browser, HERE.format("de"), "/cancel")
    register(host, 2, confirm=False)
    replace_text(host)
    assert asked_again(host) == []
    register(host, 3)
    host.clock.move(days=70)
    replace_text(host, text="Spät.")
    assert asked_again(host) == []


@pytest.mark.one_database
def test_who_confirms_after_the_change_is_asked_then(host: Host) -> None:
    """A purpose is looked at for as long as somebody may still come."""
    host.load(exchange(open_event()))
    register(host, 1, confirm=False)
    link = host.link(host.mails()[-1])
    replace_text(host)
    host.clock.move(hours=3)
    assert asked_again(host) == []
    browser = host.client()
    browser.get(link)
    press(browser, HERE.format("de"), "/confirm")
    assert asked_again(host) == ["person1@buerger.example"]
    host.mails()
    assert host.scalar(select(Purpose.asked_version).where(Purpose.slug == PHOTOS)) == 2


@pytest.mark.one_database
def test_a_form_that_was_being_sent_while_the_text_changed_is_asked_about(host: Host) -> None:
    """C7: it comes in after everybody else was asked, with the text that it had shown."""
    host.load(exchange(open_event()))
    register(host, 1)
    with host.app.app_context():
        (shown,) = current_texts([PHOTOS])
        before = shown.shown("de").id
    replace_text(host)
    assert asked_again(host) == ["person1@buerger.example"]
    host.clock.move(minutes=30)
    host.mails()
    with host.app.app_context():
        text = host.db.session.get_one(ConsentText, before)
        of = host.db.session.scalars(select(Event)).one()
        late = SignupRequest(
            given_name="Ben",
            family_name="Spät",
            email="late@buerger.example",
            language="de",
            choices=(ConsentChoice(PHOTOS, text, ConsentAction.GIVEN),),
        )
        commit(lambda: signup.register(lock_event(of), late))
    browser = host.client()
    browser.get(host.link(host.mails()[-1]))
    press(browser, HERE.format("de"), "/confirm")
    assert "late@buerger.example" in asked_again(host)


@pytest.mark.one_database
def test_once_everybody_was_asked_nobody_is_looked_for(host: Host) -> None:
    """One statement a run, however many registrations there are."""
    host.load(exchange(open_event()))
    register(host, 1)
    replace_text(host)
    host.mails()
    host.clock.move(hours=2)
    host.mails()
    statements: list[str] = []

    def count(*arguments: Any) -> None:
        statements.append(arguments[2])

    with host.app.app_context():
        event.listen(host.db.engine, "before_cursor_execute", count)
    host.mails()
    with host.app.app_context():
        event.remove(host.db.engine, "before_cursor_execute", count)
    # but for the one that looks for a later no of the same address
    asked = [each for each in statements if "stadtlabor_consent_entry" in each]
    assert len(asked) == 1
    assert "address_key" in asked[0]


@pytest.mark.one_database
def test_somebody_without_an_address_is_asked_by_staff(host: Host) -> None:
    host.load(exchange(open_event()))
    register(host, 1)
    with host.app.app_context():
        host.db.session.execute(update(Registration).values(email=None))
        host.db.session.commit()
    replace_text(host)
    assert asked_again(host) == []
    assert host.scalar(select(DeskNotice.kind)) == "ask_again"
    assert (
        host.scalar(select(ConsentEntry.method).order_by(ConsentEntry.seq.desc()).limit(1))
        == "paper"
    )


@pytest.mark.one_database
def test_before_publishing_staff_is_told_how_many(host: Host) -> None:
    host.load(exchange(open_event(purposes=[PHOTOS, "film"])))
    register(host, 1)
    register(host, 2)
    register(host, 3, **{FIELD: "refused", "consent-film": "given"})
    with host.app.app_context():
        assert [count_to_ask(slug) for slug in (PHOTOS, "film", "unknown")] == [2, 1, 0]


def test_workers_at_the_same_time_ask_everybody_once(host: Host) -> None:
    """C7, C8: more people than a batch, three processes, no mail twice, and one whole chain."""
    people = BATCH_SIZE + 5
    host.load(
        exchange(
            open_event(registration={"confirm_by_email": False}),
            purposes=[purpose(PHOTOS, valid_days=20)],
        )
    )
    for number in range(people):
        fill(host.client(), FORM.format("de"), {**person(number), FIELD: "given"})
    host.mails()
    host.clock.move(days=10)
    for number in range(people, people + 4):
        fill(host.client(), FORM.format("de"), {**person(number), FIELD: "given"})
    host.clock.move(days=11)
    replace_text(host)
    for worker in [start(renewing.main, host, host.clock.now) for _ in range(3)]:
        finish(worker)
    assert acts(host) == {
        "requested": people + 4 + 4,
        "given": people + 4,
        "expired": people,
    }
    with host.app.app_context():
        assert len(host.db.session.scalars(select(TakeDownTask)).all()) == people
    assert host.run("consent", "verify").exit_code == 0

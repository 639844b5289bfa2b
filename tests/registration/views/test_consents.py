"""What somebody does with their consents later: answer, change their mind, withdraw."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from flask_stadtlabor.consent.models import ConsentAction, ConsentEntry, TakeDownTask
from flask_stadtlabor.registration.models import AccessToken, Registration
from tests.factories import PHOTOS, PRIVACY, exchange, open_event, person, purpose
from tests.forms import fill, form_on, page, press, send, typed_into
from tests.host import Host
from tests.waiting import PATIENCE

FORM = "/stadtlabor/en/events/plattform/register"
HERE = "/stadtlabor/en/registration/"
ANSWER = f"/consents/{PHOTOS}/answer"
WITHDRAW = f"/consents/{PHOTOS}/withdraw"
FIELD = f"consent-{PHOTOS}"


def registered(host: Host, answer: str | None = None, **fields: Any) -> FlaskClient:
    """Somebody who registered, answered or not, and confirmed."""
    fill(host.client(), FORM, {**person(), FIELD: answer, **fields})
    browser = host.client()
    browser.get(host.link(host.mails()[-1]))
    press(browser, HERE, "/confirm")
    return browser


def replace_text(host: Host, **changes: Any) -> None:
    """The city says something else in substance."""
    text = {"de": "Etwas ganz anderes.", "en": "Something quite different."}
    host.load(exchange(open_event(), purposes=[purpose(PHOTOS, text=text, **changes)]))


def entries(host: Host) -> list[tuple[str, int, str]]:
    """What the ledger tells: act, version, actor."""
    with host.app.app_context():
        rows = host.db.session.scalars(select(ConsentEntry).order_by(ConsentEntry.seq))
        return [(row.event, row.text_version, row.actor) for row in rows if row.purpose]


def says(browser: FlaskClient, answer: str) -> Any:
    return fill(browser, HERE, {FIELD: answer}, action=ANSWER)


def words(browser: FlaskClient) -> str:
    return page(browser.get(HERE)).get_text(" ", strip=True)


@pytest.mark.one_database
def test_what_was_left_unanswered_can_be_answered_later(host: Host) -> None:
    """C2, C3: two equal answers, unticked; by the link, and at once."""
    host.load(exchange(open_event()))
    browser = registered(host)
    form = form_on(browser.get(HERE), ANSWER)
    options = form.select(f"input[name={FIELD}]")
    assert [option["value"] for option in options] == ["given", "refused"]
    assert not form.select("[checked]")
    assert "The text of photos-website." in form.get_text(" ", strip=True).replace(" .", ".")
    assert says(browser, "given").status_code == 303
    assert entries(host) == [("requested", 1, "system"), ("given", 1, "subject")]
    assert "You said yes" in words(browser)
    assert not page(browser.get(HERE)).select(f"form[action$='{ANSWER}']")


@pytest.mark.one_database
def test_nobody_fills_the_ledger_by_changing_their_mind(host: Host) -> None:
    """S4: what was answered is kept in the form, and a withdrawal always gets through."""
    few = host.make(STADTLABOR_RATE_LIMITS={"link": "3 per hour"})
    few.load(exchange(open_event()))
    fill(few.client(), FORM, person())
    browser = few.client()
    few.run("outbox", "run")
    browser.get(few.link(few.sent[-1]))
    assert says(browser, "refused").status_code == 303
    assert says(browser, "given").status_code == 303
    assert press(browser, HERE, WITHDRAW).status_code == 303
    answer = says(browser, "given")
    assert answer.status_code == 429
    assert "very many changes" in page(answer).select_one('[role="alert"]').get_text()  # type: ignore[union-attr]
    assert form_on(answer, ANSWER).select_one("[value=given][checked]") is not None
    assert [act for act, _, _ in entries(host)] == ["requested", "refused", "given", "withdrawn"]


@pytest.mark.one_database
def test_a_no_can_become_a_yes_and_a_withdrawn_yes_too(host: Host) -> None:
    host.load(exchange(open_event()))
    browser = registered(host, "refused")
    assert "I have changed my mind" in words(browser)
    says(browser, "given")
    press(browser, HERE, WITHDRAW)
    says(browser, "given")
    acts = [act for act, _, _ in entries(host)]
    assert acts == ["requested", "refused", "given", "withdrawn", "given"]


@pytest.mark.one_database
def test_a_yes_to_an_old_text_is_renewed(host: Host) -> None:
    """C7: the old one does not count, the new text is shown with what changed."""
    host.load(exchange(open_event()))
    browser = registered(host, "given")
    replace_text(host)
    shown = browser.get(HERE)
    assert "no longer counts" in page(shown).get_text(" ", strip=True)
    (details,) = page(shown).select("details.sl-question")
    assert details.has_attr("open")
    assert "Something quite different." in details.get_text(" ", strip=True)
    (link,) = details.select("a[href*='/changes']")
    assert host.client().get(str(link["href"])).status_code == 200
    assert says(browser, "given").status_code == 303
    assert entries(host)[-1] == ("renewed", 2, "subject")


@pytest.mark.one_database
def test_nobody_reads_that_a_yes_is_withdrawn_which_they_have_given_again(host: Host) -> None:
    """The way back leads to the page after the withdrawal, which shows how it is now."""
    host.load(exchange(open_event()))
    browser = registered(host, "given")
    after = press(browser, HERE, f"consents/{PHOTOS}/withdraw").location
    sentence = "You took your yes back. It no longer counts."
    assert sentence in browser.get(after).text
    says(browser, "given")
    assert sentence not in browser.get(after).text


@pytest.mark.one_database
def test_a_no_to_the_new_text_takes_the_old_yes_back(host: Host) -> None:
    """C10: what that yes allowed may still be seen somewhere, so staff has a task."""
    host.load(exchange(open_event()))
    browser = registered(host, "given")
    replace_text(host)
    says(browser, "refused")
    assert entries(host)[-2:] == [("withdrawn", 1, "subject"), ("refused", 2, "subject")]
    assert host.scalar(select(TakeDownTask.purpose)) == PHOTOS


@pytest.mark.one_database
def test_an_answer_to_a_text_that_changed_meanwhile_is_not_recorded(host: Host) -> None:
    """C6: the form comes again with the new text, and unticked."""
    host.load(exchange(open_event()))
    browser = registered(host)
    before = browser.get(HERE)
    replace_text(host)
    refused = send(browser, before, {FIELD: "given"}, action=ANSWER)
    assert refused.status_code == 422
    assert "The text has changed since you opened this page" in refused.text
    assert len(entries(host)) == 1
    form = form_on(refused, ANSWER)
    assert "Something quite different." in form.get_text(" ", strip=True)
    assert not form.select("[checked]")
    assert send(browser, refused, {FIELD: "given"}, action=ANSWER).status_code == 303
    assert entries(host)[-1] == ("given", 2, "subject")


@pytest.mark.one_database
@pytest.mark.parametrize("answer", [None, "perhaps"])
def test_an_answer_that_is_none_comes_back_with_a_sentence(host: Host, answer: str | None) -> None:
    """A4: the error first, with a link to the question."""
    host.load(exchange(open_event()))
    browser = registered(host)
    refused = fill(browser, HERE, {FIELD: answer}, action=ANSWER)
    assert refused.status_code == 422
    assert page(refused).title is not None
    assert page(refused).title.string.startswith("Error:")  # type: ignore[union-attr]
    (link,) = page(refused).select("[role=alert] a")
    assert page(refused).select(f"details[open] {link['href']}")
    assert len(entries(host)) == 1


@pytest.mark.one_database
def test_a_form_of_another_registration_changes_nothing(host: Host) -> None:
    host.load(exchange(open_event()))
    first = registered(host).get(HERE)
    fill(host.client(), FORM, person(2))
    browser = host.client()
    browser.get(host.link(host.mails()[-1]))
    fields = typed_into(form_on(first, ANSWER), {FIELD: "given"})
    fields["csrf_token"] = str(
        form_on(browser.get(HERE), ANSWER).select_one("[name=csrf_token]")["value"]
    )  # type: ignore[index]
    refused = browser.post(f"{HERE}consents/{PHOTOS}/answer", data=fields)
    assert refused.status_code == 422
    assert "another registration was opened" in refused.text
    assert [act for act, _, _ in entries(host)] == ["requested", "requested"]


@pytest.mark.one_database
def test_what_cannot_be_answered_is_a_404(host: Host) -> None:
    """C4: nobody consents to a privacy notice, nor to a purpose of another event."""
    other = purpose("film")
    host.load(exchange(open_event(), open_event("other", purposes=["film"]), purposes=[other]))
    browser = registered(host)
    for slug in (PRIVACY, "film", "unknown"):
        answer = browser.post(f"{HERE}consents/{slug}/answer", data={f"consent-{slug}": "given"})
        assert answer.status_code == 404, slug


@pytest.mark.one_database
def test_a_purpose_that_joined_the_event_later_can_be_answered(host: Host) -> None:
    host.load(exchange(open_event()))
    browser = registered(host)
    host.load(exchange(open_event(purposes=[PHOTOS, "film"])))
    assert "not been asked about this yet" in words(browser)
    fill(browser, HERE, {"consent-film": "given"}, action="/consents/film/answer")
    assert entries(host)[-1] == ("given", 1, "subject")


@pytest.mark.one_database
def test_who_has_cancelled_is_asked_nothing_more(host: Host) -> None:
    host.load(exchange(open_event()))
    browser = registered(host)
    before = browser.get(HERE)
    press(browser, HERE, "/cancel")
    assert not page(browser.get(HERE)).select(f"form[action$='{ANSWER}']")
    refused = send(browser, before, {FIELD: "given"}, action=ANSWER)
    assert refused.status_code == 409
    assert len(entries(host)) == 1


# children


@pytest.mark.one_database
def test_every_act_for_a_child_is_a_guardians(host: Host) -> None:
    """C12: at registration and later."""
    host.load(exchange(open_event(registration={"ask_age": True})))
    browser = registered(host, "given", under_16="y", guardian_name="Ayşe Yıldız")
    assert "A parent or guardian answers here: Ayşe Yıldız." in words(browser)
    press(browser, HERE, WITHDRAW)
    says(browser, "refused")
    assert {actor for act, _, actor in entries(host) if act != "requested"} == {"guardian"}
    assert "Ayşe Yıldız" in browser.get(f"{HERE}receipt").text


@pytest.mark.one_database
def test_a_childs_consent_is_a_guardians_even_without_the_registration(host: Host) -> None:
    """C12, C13."""
    host.load(exchange(open_event(registration={"ask_age": True})))
    browser = registered(host, "given", under_16="y", guardian_name="Ayşe Yıldız")
    forget(host)
    press(browser, HERE, WITHDRAW)
    assert entries(host)[-1] == ("withdrawn", 1, "guardian")


@pytest.mark.one_database
def test_a_child_without_a_guardian_cannot_consent(host: Host) -> None:
    """C12: neither by the page nor past it."""
    host.load(exchange(open_event(registration={"ask_age": True})))
    browser = registered(host, under_16="y", guardian_name="Ayşe Yıldız")
    before = browser.get(HERE)
    with host.app.app_context():
        host.db.session.execute(update(Registration).values(guardian_name=None))
        host.db.session.commit()
    assert "none is named in your registration" in words(browser)
    assert not page(browser.get(HERE)).select(f"form[action$='{ANSWER}']")
    assert send(browser, before, {FIELD: "given"}, action=ANSWER).status_code == 409
    assert len(entries(host)) == 1


# after the registration


def forget(host: Host) -> None:
    """Delete all registrations as retention does; links to consents in force stay (C13)."""
    with host.app.app_context():
        host.db.session.execute(update(AccessToken).values(registration_id=None))
        host.db.session.execute(delete(Registration))
        host.db.session.commit()


def test_a_consent_can_be_withdrawn_after_the_registration_is_gone(host: Host) -> None:
    """C10, C13: the link of an old mail, one button, and the receipt at once."""
    host.load(exchange(open_event(purposes=[PHOTOS, "film"])))
    browser = registered(host, "given", **{"consent-film": "given"})
    link = host.link(host.mails()[-1])
    forget(host)
    host.clock.move(days=1000)
    later = host.client()
    assert later.get(link).status_code == 303
    assert "Änne" not in later.get(HERE).text
    assert not page(later.get(HERE)).select(f"form[action$='{ANSWER}']")
    assert (
        press(later, HERE, "/consents/film/withdraw").headers["Location"] == f"{HERE}?now=withdrawn"
    )
    assert later.get(HERE).status_code == 200
    done = press(later, HERE, WITHDRAW)
    receipt = later.get(done.headers["Location"])
    assert receipt.status_code == 200
    assert "You took your yes back" in receipt.text
    assert not page(receipt).select(f"main a[href='{HERE}']")
    assert later.get(HERE).status_code == 410
    assert host.client().get(link).status_code == 410
    assert browser.get(f"{HERE}receipt").status_code == 410
    host.clock.move(hours=2)
    assert later.get(f"{HERE}receipt").status_code == 410
    assert len(host.mails()) == 2


@pytest.mark.one_database
def test_a_yes_to_a_text_that_was_replaced_can_still_be_withdrawn_afterwards(host: Host) -> None:
    """C10, C13: it no longer counts, and what it allowed may still be seen."""
    host.load(exchange(open_event()))
    browser = registered(host, "given")
    replace_text(host)
    host.mails()
    assert entries(host)[-1][0] == "requested"
    forget(host)
    assert press(browser, HERE, WITHDRAW).status_code == 303
    assert entries(host)[-1] == ("withdrawn", 1, "subject")


@pytest.mark.one_database
def test_when_a_yes_has_run_out_the_link_ends_with_it(host: Host) -> None:
    """C7, C13: by the worker; nothing is left that could be withdrawn."""
    host.load(exchange(open_event(), purposes=[purpose(PHOTOS, valid_days=100)]))
    browser = registered(host, "given")
    assert "It counts until 10\N{NO-BREAK SPACE}June 2026." in words(browser)
    forget(host)
    host.clock.move(days=101)
    assert "Your yes ran out on" in words(browser)
    host.mails()
    assert entries(host)[-1] == ("expired", 1, "system")
    assert browser.get(HERE).status_code == 410


@pytest.mark.one_database
def test_answering_and_withdrawing_at_the_same_moment_leave_one_story(host: Host) -> None:
    """C8, S5: whichever comes second knows of the first; every yes that ended has its task."""
    host.load(exchange(open_event()))
    browser = registered(host, "given")
    replace_text(host)
    here = browser.get(HERE)
    cookie = browser.get_cookie("session")
    assert cookie is not None
    acts = [(ANSWER, {FIELD: "given"}), (ANSWER, {FIELD: "refused"}), (WITHDRAW, {})] * 2
    together = Barrier(len(acts))
    answers: list[int] = []

    def act(action: str, given: dict[str, str]) -> None:
        client = host.client()
        client.set_cookie("session", cookie.value)
        together.wait(timeout=PATIENCE)
        answers.append(send(client, here, given, action=action).status_code)

    threads = [Thread(target=act, args=each) for each in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # a yes that comes after a no, from the page that was open before, is refused (C15)
    assert set(answers) <= {303, 409}
    assert 303 in answers
    assert host.run("consent", "verify").exit_code == 0
    with_yes = False
    ended = 0
    for event, _, _ in entries(host):
        if event in (ConsentAction.GIVEN, ConsentAction.RENEWED):
            with_yes = True
        elif event == ConsentAction.WITHDRAWN:
            assert with_yes
            with_yes = False
            ended += 1
        elif event == ConsentAction.REFUSED:
            assert not with_yes
    with host.app.app_context():
        assert len(host.db.session.scalars(select(TakeDownTask)).all()) == ended


@pytest.mark.one_database
def test_a_form_that_was_open_before_undoes_no_later_no(host: Host) -> None:
    """C15: a yes that waited in another tab, or is sent once more, records nothing; a no does."""
    host.load(exchange(open_event()))
    browser = registered(host)
    open_tab = browser.get(HERE)
    assert says(browser, "refused").status_code == 303
    again = send(browser, open_tab, {FIELD: "given"}, action=ANSWER)
    assert again.status_code == 409
    assert "You said no to this after you had opened the page." in page(again).get_text(" ")
    assert [act for act, *_ in entries(host)] == ["requested", "refused"]
    assert says(browser, "given").status_code == 303
    another_tab = browser.get(HERE)
    press(browser, HERE, WITHDRAW)
    assert [act for act, *_ in entries(host)] == ["requested", "refused", "given", "withdrawn"]
    assert another_tab.status_code == 200

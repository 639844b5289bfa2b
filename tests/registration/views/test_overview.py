"""What somebody can see and do by the link in their mail, without an account."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from flask_wtf import CSRFProtect
from sqlalchemy import delete, select, update

from flask_stadtlabor.consent.models import ConsentEntry, TakeDownTask
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.exceptions import AlreadyDeleted
from flask_stadtlabor.registration.locks import Locked, lock_registration
from flask_stadtlabor.registration.models import AccessToken, Registration
from flask_stadtlabor.registration.operations import check_in, consent, transitions
from flask_stadtlabor.registration.views.link_session import OPENED, RECEIPT
from flask_stadtlabor.transactions import commit
from tests.factories import PHOTOS, exchange, open_event, person
from tests.forms import fill, page, press, send
from tests.host import Host

FORM = "/stadtlabor/de/events/plattform/register"
HERE = "/stadtlabor/de/registration/"


def opened(host: Host, mail: int = -1) -> FlaskClient:
    browser = host.client()
    browser.get(host.link(host.mails()[mail]))
    return browser


def registered(host: Host, **fields: object) -> FlaskClient:
    """Somebody who registered and confirmed."""
    fill(host.client(), FORM, {**person(), **fields})
    browser = opened(host)
    press(browser, HERE, "/confirm")
    return browser


def state(host: Host) -> str:
    return str(host.scalar(select(Registration.state)))


@pytest.mark.one_database
def test_the_state_comes_first(host: Host) -> None:
    host.load(exchange(open_event()))
    browser = registered(host)
    assert browser.get(HERE).status_code == 200
    assert "Mitreden im Netz" in browser.get(HERE).text


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("people", "said"), [(1, "Wir freuen uns auf dich."), (2, "Wir freuen uns auf euch.")]
)
def test_a_party_is_spoken_to_as_one(host: Host, people: int, said: str) -> None:
    host.load(exchange(open_event()))
    assert said in registered(host, party_size=people).get(HERE).text


@pytest.mark.one_database
def test_who_left_the_waiting_list_gave_nobody_a_seat(host: Host) -> None:
    """Neither the page nor the mail thanks for one."""
    host.load(exchange(open_event(registration={"capacity": 1})))
    registered(host)
    fill(host.client(), FORM, person(2))
    browser = opened(host)
    press(browser, HERE, "/cancel")
    text = host.mails()[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "jemand anderes" not in text + browser.get(HERE).text
    assert "Für dich ist kein Platz mehr reserviert." in browser.get(HERE).text


@pytest.mark.one_database
def test_an_event_online_has_a_room_and_no_ticket(host: Host) -> None:
    host.load(exchange(open_event(venue={"online_url": "https://raum.example/a"})))
    browser = registered(host)
    shown = page(browser.get(HERE))
    assert shown.select_one("a.sl-button[href='https://raum.example/a']")
    assert not shown.select("a[href$='/ticket']")
    answer = browser.get(f"{HERE}ticket")
    assert answer.status_code == 409
    assert "Du brauchst kein Ticket: Die Veranstaltung ist online." in answer.text
    assert "Eingang" not in answer.text


@pytest.mark.one_database
def test_cancelling_frees_the_seat_for_the_next(host: Host) -> None:
    host.load(exchange(open_event(registration={"capacity": 1})))
    browser = registered(host)
    fill(host.client(), FORM, person(2))
    assert press(browser, HERE, "/cancel").status_code == 303
    with host.app.app_context():
        found = host.db.session.scalars(select(Registration.state).order_by(Registration.id))
        assert list(found) == ["cancelled", "offered"]
    assert host.scalar(select(Event.seats_taken)) == 1
    subjects = [mail["To"] for mail in host.mails()[-2:]]
    assert sorted(subjects) == ["person1@buerger.example", "person2@buerger.example"]


@pytest.mark.one_database
def test_an_offer_is_taken_by_its_link(host: Host) -> None:
    host.load(exchange(open_event(registration={"capacity": 1})))
    browser = registered(host)
    fill(host.client(), FORM, person(2))
    press(browser, HERE, "/cancel")
    offer = next(m for m in reversed(host.mails()) if m["To"] == "person2@buerger.example")
    lucky = host.client()
    lucky.get(host.link(offer))
    assert press(lucky, HERE, "/confirm").status_code == 303
    confirmed = select(Registration.state).where(Registration.email == "person2@buerger.example")
    assert host.scalar(confirmed) == "confirmed"


def test_pressing_a_button_twice_changes_nothing_more(host: Host) -> None:
    """S5."""
    host.load(exchange(open_event()))
    fill(host.client(), FORM, person())
    browser = opened(host)
    again = browser.get(HERE)
    press(browser, HERE, "/confirm")
    form = page(again).select_one('form[action$="/confirm"]')
    assert form is not None
    fields = {field["name"]: field["value"] for field in form.select("input[name]")}
    assert browser.post(f"{HERE}confirm", data=fields).status_code == 303
    assert browser.post(f"{HERE}cancel", data=fields).status_code == 303
    assert browser.post(f"{HERE}cancel", data=fields).status_code == 303
    assert state(host) == "cancelled"
    assert host.scalar(select(Event.seats_taken)) == 0


def test_a_withdrawn_consent_counts_no_more_and_gives_staff_a_task(host: Host) -> None:
    """C10: no login, one POST, effective at once, a mail about it."""
    host.load(exchange(open_event()))
    browser = registered(host, **{f"consent-{PHOTOS}": "given"})
    mails = len(host.mails())
    assert press(browser, HERE, f"/consents/{PHOTOS}/withdraw").status_code == 303
    last = select(ConsentEntry.event).order_by(ConsentEntry.seq.desc()).limit(1)
    assert host.scalar(last) == "withdrawn"
    assert host.scalar(select(TakeDownTask.purpose)) == PHOTOS
    assert len(host.mails()) == mails + 1
    assert host.run("consent", "verify").exit_code == 0


@pytest.mark.one_database
def test_the_receipt_tells_what_was_asked_and_answered(host: Host) -> None:
    host.load(exchange(open_event()))
    browser = registered(host, **{f"consent-{PHOTOS}": "refused"})
    receipt = browser.get(f"{HERE}receipt")
    assert receipt.status_code == 200
    assert "Titel photos-website" in receipt.text


@pytest.mark.one_database
def test_a_link_that_was_cut_or_has_grown_says_so(host: Host) -> None:
    """In its own words, and with the way to a new one."""
    host.load(exchange(open_event()))
    fill(host.client(), FORM, person())
    link = host.link(host.mails()[0])
    for damaged in (link[:-1], *(link + sign for sign in ("/", ".", ")", ">", "%22", "./"))):
        answer = host.client().get(damaged)
        assert answer.status_code == 404, damaged
        shown = page(answer)
        (title,) = shown.select("h1")
        assert title.text == "Dieser Link führt nirgendwohin", damaged
        assert shown.select("a.sl-button[href$='/registration/send-link']"), damaged
        assert answer.headers["Cache-Control"] == "no-store"
    assert host.client().get(link).status_code == 303


@pytest.mark.one_database
def test_a_link_ends_when_the_registration_is_due_for_deletion(host: Host) -> None:
    """S3."""
    host.load(exchange(open_event(retention_days=7)))
    fill(host.client(), FORM, person())
    link = host.link(host.mails()[0])
    host.clock.move(days=58)
    assert host.client().get(link).status_code == 303
    host.clock.move(days=1)
    assert host.client().get(link).status_code == 410


@pytest.mark.one_database
def test_only_the_hash_of_a_link_is_kept(host: Host) -> None:
    """S3, C12."""
    host.load(exchange(open_event()))
    fill(host.client(), FORM, person())
    token = host.link(host.mails()[0]).rpartition("/")[2]
    kept = host.scalar(select(AccessToken.token_hash))
    assert token not in kept
    assert len(token) >= 22


def test_personal_pages_stay_out_of_caches_search_engines_and_referrers(host: Host) -> None:
    """S3."""
    host.load(exchange(open_event()))
    fill(host.client(), FORM, person())
    browser = host.client()
    policies = {
        host.link(host.mails()[0]): "same-origin",
        HERE: "same-origin",
        f"{HERE}change": "same-origin",
        f"{HERE}receipt": "no-referrer",
        f"{HERE}receipt.jsonld": "no-referrer",
        f"{HERE}data": "no-referrer",
    }
    for address, policy in policies.items():
        answer = browser.get(address)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert (address, answer.headers["Referrer-Policy"]) == (address, policy)


@pytest.mark.one_database
def test_the_page_that_names_an_address_stays_out_of_them_too(host: Host) -> None:
    """S3: once and for ten minutes, so that a copy of the cookie soon tells nothing."""
    host.load(exchange(open_event()))
    told = "/stadtlabor/de/events/plattform/registered"
    for minutes, is_named in [(9, True), (11, False)]:
        browser = host.client()
        fill(browser, FORM, person(minutes))
        host.clock.move(minutes=minutes)
        answer = browser.get(told)
        assert (f"person{minutes}@" in answer.text) is is_named
        assert f"person{minutes}@" not in browser.get(told).text
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.one_database
def test_buttons_work_over_https_where_the_host_asks_for_a_referrer(host: Host) -> None:
    """S3: no page with a form hides it, and Flask-WTF refuses a POST without one."""
    host.load(exchange(open_event()))
    portal = host.make()
    CSRFProtect(portal.app)
    fill(host.client(), FORM, person())
    browser, secure = portal.client(), {"base_url": "https://stadt.example"}
    browser.get(host.link(host.mails()[0]), **secure)
    shown = browser.get(HERE, **secure)
    is_hidden = shown.headers["Referrer-Policy"] == "no-referrer"
    referrer = {} if is_hidden else {"Referer": shown.request.url}
    answer = send(browser, shown, action="/confirm", headers=referrer, **secure)
    assert answer.status_code == 303
    assert state(host) == "confirmed"


@pytest.mark.one_database
def test_without_a_link_there_is_nothing_to_see(host: Host) -> None:
    host.load(exchange(open_event()))
    assert host.client().get(HERE).status_code == 403


@pytest.mark.one_database
def test_a_hold_that_ended_cannot_be_confirmed(host: Host) -> None:
    host.load(exchange(open_event()))
    fill(host.client(), FORM, person())
    browser = opened(host)
    form = browser.get(HERE)
    host.clock.move(hours=49)
    fields = {
        field["name"]: field["value"]
        for field in page(form).select_one('form[action$="/confirm"]').select("input[name]")
    }
    answer = browser.post(f"{HERE}confirm", data=fields)
    assert answer.status_code == 409
    assert state(host) == "expired"
    assert host.scalar(select(Event.seats_taken)) == 0


@pytest.mark.one_database
@pytest.mark.parametrize(
    "act",
    [
        transitions.cancel,
        lambda locked: consent.withdraw(locked.registration.subject, locked, PHOTOS, "Fotos"),
        lambda locked: check_in.check_in(locked, None),
    ],
)
def test_who_acts_on_what_is_being_erased_learns_that_it_is_gone(
    host: Host, act: Callable[[Locked], object]
) -> None:
    """Two people at the same moment: the registration was read, and is gone under the lock."""
    host.load(exchange(open_event()))
    registered(host)
    with host.app.app_context():
        registration = host.db.session.scalars(select(Registration)).one()
        host.db.session.rollback()
        assert host.run("person", "erase", str(person()["email"]), "--yes").exit_code == 0
        with pytest.raises(AlreadyDeleted):
            commit(lambda: act(lock_registration(registration)))
    assert host.scalar(select(Event.seats_taken)) == 0


@pytest.mark.one_database
@pytest.mark.parametrize("standing", ["confirmed", "waiting"])
def test_after_the_event_there_is_nothing_to_cancel(host: Host, standing: str) -> None:
    """Who came did come: their page says that it is over, and the seats stay counted."""
    host.load(exchange(open_event(registration={"capacity": 1})))
    browser = registered(host)
    if standing == "waiting":
        fill(host.client(), FORM, person(2))
        browser = opened(host)
    in_time = browser.get(HERE)
    host.clock.move(days=60)
    shown = browser.get(HERE)
    assert "Diese Veranstaltung ist vorbei." in shown.text
    assert "Wir freuen uns" not in shown.text
    assert not page(shown).select('form[action$="/cancel"]')
    assert send(browser, in_time, action="/cancel").status_code == 409
    assert host.scalar(select(Event.seats_taken)) == 1


@pytest.mark.one_database
def test_the_link_works_after_its_language_was_taken_from_the_site(host: Host) -> None:
    """C10: somebody who registered in it gets mails in the default language from then on."""
    host.load(exchange(open_event()))
    fill(host.client(), FORM.replace("/de/", "/en/"), person())
    old_link = host.link(host.mails()[-1])
    german = host.make(STADTLABOR_LOCALES=["de"], ports={"mailer": host.sent.append})
    german.sent = host.sent
    browser = german.client()
    browser.get(old_link.replace("/en/", "/de/"))
    assert press(browser, HERE, "/confirm").status_code == 303
    confirmed = german.mails()[-1]
    assert "Mitreden im Netz" in confirmed["Subject"]
    assert "/en/" not in str(confirmed.get_body(("plain",)))
    assert german.client().get(german.link(confirmed)).status_code == 303


@pytest.mark.one_database
def test_on_a_shared_computer_the_page_can_be_closed(host: Host) -> None:
    """S3: nobody after them gets to it, until the link in the mail is opened again."""
    host.load(exchange(open_event()))
    browser = host.client()
    fill(browser, FORM, {**person(), f"consent-{PHOTOS}": "given"})
    link = host.link(host.mails()[-1])
    browser.get(link)
    shown = browser.get(HERE)
    answer = send(browser, shown, action="/close")
    assert (answer.status_code, answer.location) == (303, f"{HERE}closed")
    after = browser.get(answer.location)
    assert "Deine Seite ist geschlossen" in after.text
    assert after.headers["Cache-Control"] == "no-store"
    for page_of_theirs in ("", "data", "change", "receipt", "ticket"):
        assert browser.get(HERE + page_of_theirs).status_code == 403
    assert browser.get("/stadtlabor/de/events/plattform/registered").status_code == 303
    assert send(browser, shown, action="/close").status_code == 303
    assert browser.get(link).status_code == 303
    assert browser.get(HERE).status_code == 200


@pytest.mark.one_database
def test_a_copied_cookie_ends_with_the_closing(host: Host) -> None:
    """S3: whoever copied it at that computer gets nowhere, and the link opens the pages again."""
    host.load(exchange(open_event()))
    browser, copies = registered(host), [host.client(), host.client()]
    link = host.link(host.mails()[-1])
    for copy in copies:
        _copy_cookies(browser, copy)
    assert copies[0].get(HERE).status_code == 200
    form = copies[0].get(HERE)
    send(browser, browser.get(HERE), action="/close")
    for page_of_theirs in ("", "data", "data.json", "change", "receipt", "ticket", "erase"):
        assert copies[0].get(HERE + page_of_theirs).status_code == 403
    assert send(copies[0], form, action="/cancel").status_code == 403
    assert state(host) == "confirmed"
    assert browser.get(link).status_code == 303
    assert browser.get(HERE).status_code == 200
    assert copies[1].get(HERE).status_code == 403


@pytest.mark.one_database
def test_closing_ends_what_another_link_to_the_same_pages_opened(host: Host) -> None:
    host.load(exchange(open_event()))
    browser, copy = host.client(), host.client()
    fill(browser, FORM, person())
    browser.get(host.link(host.mails()[-1]))
    _copy_cookies(browser, copy)
    press(browser, HERE, "/confirm")
    browser.get(host.link(host.mails()[-1]))
    send(browser, browser.get(HERE), action="/close")
    assert copy.get(HERE).status_code == 403


@pytest.mark.one_database
def test_closing_ends_a_copied_receipt_too(host: Host) -> None:
    host.load(exchange(open_event()))
    browser, copy = registered(host, **{f"consent-{PHOTOS}": "given"}), host.client()
    with host.app.app_context():
        host.db.session.execute(update(AccessToken).values(registration_id=None))
        host.db.session.execute(delete(Registration))
        host.db.session.commit()
    shown = browser.get(HERE)
    assert send(browser, shown, action="/withdraw").location == f"{HERE}receipt?now=withdrawn"
    _copy_cookies(browser, copy)
    assert copy.get(f"{HERE}receipt").status_code == 200
    send(browser, shown, action="/close")
    assert copy.get(f"{HERE}receipt").status_code in (403, 410)


def _copy_cookies(browser: FlaskClient, copy: FlaskClient) -> None:
    cookie = browser.get_cookie("session")
    assert cookie is not None
    copy.set_cookie("session", cookie.value)


@pytest.mark.one_database
def test_closing_takes_the_receipt_of_an_ended_link_along(host: Host) -> None:
    """After the last withdrawal it could be read for another hour."""
    host.load(exchange(open_event()))
    browser = registered(host, **{f"consent-{PHOTOS}": "given"})
    shown = browser.get(HERE)
    with browser.session_transaction() as kept:
        kept[RECEIPT] = [str(host.scalar(select(Registration.subject))), 2**33, *kept[OPENED]]
    send(browser, shown, action="/close")
    assert browser.get(f"{HERE}receipt").status_code == 403

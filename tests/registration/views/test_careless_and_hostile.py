"""What careless and hostile people send, and what becomes of it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from email_validator import validate_email
from flask_wtf import CSRFProtect
from sqlalchemy import func, select

from flask_stadtlabor import addresses
from flask_stadtlabor.registration.models import Registration
from tests.factories import exchange, open_event, person
from tests.forms import fill, form_on, page, press, send, typed_into
from tests.host import Host

BASE = "/stadtlabor/de"
FORM = f"{BASE}/events/plattform/register"
OWN = f"{BASE}/registration/"


def states(host: Host) -> list[str]:
    """The states of all registrations, the oldest first."""
    with host.app.app_context():
        return list(host.db.session.scalars(select(Registration.state).order_by(Registration.id)))


@pytest.mark.one_database
@pytest.mark.parametrize(
    "body", ['{"given_name": 5}', "[1, 2]", "5", "no JSON", '{"csrf_token": 5}']
)
def test_json_is_no_form(host: Host, body: str) -> None:
    host.load(exchange(open_event()))
    refused = host.client().post(FORM, data=body, content_type="application/json")
    assert refused.status_code == 422


@pytest.mark.one_database
@pytest.mark.parametrize("name", ["given_name", "party_size", "csrf_token"])
def test_a_file_is_no_answer(host: Host, name: str) -> None:
    host.load(exchange(open_event()))
    browser = host.client()
    fields = typed_into(form_on(browser.get(FORM)), person()).to_dict()
    refused = browser.post(FORM, data={**fields, name: (BytesIO(b"x"), "x.txt")})
    assert refused.status_code in (303, 422)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("registration/confirm", 403),
        ("registration/cancel", 403),
        ("registration/consents/x/withdraw", 403),
        ("events/unknown/register", 404),
    ],
)
def test_a_lost_token_under_a_hosts_protection_has_our_page(
    host: Host, address: str, status: int
) -> None:
    """A10, S1: also where the view has nothing to show."""
    portal = host.make()
    CSRFProtect(portal.app)
    refused = portal.client().post(f"{BASE}/{address}")
    assert refused.status_code == status
    assert 'class="stadtlabor"' in refused.text


@pytest.mark.one_database
def test_a_page_can_be_asked_for_its_methods(host: Host) -> None:
    answer = host.client().options(f"{BASE}/")
    assert answer.status_code == 200
    assert answer.allow == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.one_database
@pytest.mark.parametrize("action", ["confirm", "cancel"])
def test_a_button_in_an_old_tab_touches_no_other_registration(host: Host, action: str) -> None:
    host.load(exchange(open_event(), open_event("zwei")))
    browser = host.client()
    fill(browser, FORM, person())
    fill(browser, FORM.replace("plattform", "zwei"), person())
    first, second = (host.link(mail) for mail in host.mails())
    browser.get(first)
    old_tab = browser.get(OWN)
    browser.get(second)
    refused = send(browser, old_tab, action=action)
    assert refused.status_code == 422
    assert "andere Anmeldung" in page(refused).select_one(".sl-errors").get_text()  # type: ignore[union-attr]
    assert states(host) == ["held", "held"]
    assert send(browser, refused, action=action).status_code == 303


@pytest.mark.one_database
def test_who_confirms_too_late_sees_that_and_can_register_again(host: Host) -> None:
    """Also where no worker has ended the hold yet."""
    host.load(exchange(open_event()))
    browser = host.client()
    fill(browser, FORM, person())
    browser.get(host.link(host.mails()[0]))
    in_time = browser.get(OWN)
    host.clock.move(hours=49)
    assert page(browser.get(OWN)).select_one('a[href$="/register"]')
    assert send(browser, in_time, action="confirm").status_code == 409
    assert states(host) == ["expired"]
    assert fill(browser, FORM, person()).status_code == 303
    assert states(host) == ["expired", "held"]


@pytest.mark.one_database
def test_who_registers_again_after_the_hold_gets_a_new_one(host: Host) -> None:
    """Also where no worker has ended the old hold yet."""
    host.load(exchange(open_event()))
    fill(host.client(), FORM, person())
    host.mails()
    host.clock.move(hours=49)
    fill(host.client(), FORM, person())
    assert states(host) == ["expired", "held"]
    browser = host.client()
    browser.get(host.link(host.mails()[-1]))
    assert press(browser, OWN, "confirm").status_code == 303
    assert states(host) == ["expired", "confirmed"]


@pytest.mark.parametrize(
    "name", ["نیم\u200cفاصله", "👨\u200d👩\u200d👧", "Anna\u00a0Lena", "\u200fדוד", "Jörg\u00ad"]
)
def test_names_and_emoji_hold_joiners_and_blanks(host: Host, name: str) -> None:
    host.load(exchange(open_event()))
    assert fill(host.client(), FORM, person(given_name=name)).status_code == 303
    assert host.mails()


@pytest.mark.one_database
@pytest.mark.parametrize("name", ["\u200b", "\u00ad \u200d", "a\u202eb", "a\x00b", "a\u2028b"])
def test_names_that_show_nothing_or_turn_the_text_round_are_refused(host: Host, name: str) -> None:
    host.load(exchange(open_event()))
    assert fill(host.client(), FORM, person(given_name=name)).status_code == 422


@pytest.mark.one_database
def test_a_known_address_is_known_after_the_secret_was_changed(host: Host) -> None:
    """S5, S2: by SECRET_KEY_FALLBACKS; it takes no second seat, and gets its link."""
    host.load(exchange(open_event(purposes=[])))
    assert fill(host.client(), FORM, person()).status_code == 303
    host.mails()
    renewed = host.make(
        ports={"mailer": host.sent.append},
        SECRET_KEY="another one",
        SECRET_KEY_FALLBACKS=[host.app.config["SECRET_KEY"]],
    )
    assert fill(renewed.client(), FORM, person()).status_code == 303
    assert host.scalar(select(func.count()).select_from(Registration)) == 1
    assert len(host.mails()) == 2


@pytest.mark.one_database
def test_an_address_of_half_a_megabyte_is_refused_at_once(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S4: to look at it would take a process seconds."""
    host.load(exchange(open_event()))
    looked_at = []

    def look(text: str, **options: Any) -> Any:
        looked_at.append(len(text))
        return validate_email(text, **options)

    monkeypatch.setattr(addresses, "validate_email", look)
    answer = fill(host.client(), FORM, person(email=f"{'a.' * 200_000}@buerger.example"))
    assert answer.status_code == 422
    assert fill(host.client(), FORM, person()).status_code == 303
    assert looked_at
    assert max(looked_at) < 1000

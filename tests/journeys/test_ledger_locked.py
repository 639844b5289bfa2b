"""An old key of the ledger is missing: people are told so in their words, operators in theirs."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from flask_stadtlabor.registration.models import Registration
from tests import factories
from tests.forms import fields_of, fill, form_on, page, press, send
from tests.host import Host

FORM = "/stadtlabor/de/events/plattform/register"
OWN = "/stadtlabor/de/registration/"
WITHDRAW = f"/consents/{factories.PHOTOS}/withdraw"


@pytest.mark.one_database
def test_nothing_is_written_and_what_was_typed_can_be_sent_again(
    host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    """C8, C10: going on would lose the proof; once the key is there, the same button works."""
    host.load(factories.exchange(factories.open_event()))
    given = factories.person() | {f"consent-{factories.PHOTOS}": "given"}
    fill(host.client(), FORM, given)
    forgetful = host.make(STADTLABOR_LEDGER_KEY_ID="2", STADTLABOR_LEDGER_KEY="new")
    refused = fill(forgetful.client(), FORM, given | {"email": "zwei@buerger.example"})
    assert refused.status_code == 503
    assert refused.headers["Retry-After"]
    assert page(refused).select_one('.stadtlabor[lang="de"] h1') is not None
    assert fields_of(form_on(refused))["email"] == "zwei@buerger.example"
    assert "the key '1'" in caplog.text
    assert "zwei@" not in caplog.text

    browser = forgetful.client()
    browser.get(host.link(host.mails()[-1]))
    kept = send(browser, browser.get(OWN), action=WITHDRAW)
    assert kept.status_code == 503
    mended = host.client()
    mended.set_cookie("session", browser.get_cookie("session").value)  # type: ignore[union-attr]
    assert send(mended, kept).status_code == 303


@pytest.mark.one_database
@pytest.mark.parametrize("answer", [None, "refused"])
def test_whoever_said_no_yes_can_cancel_and_lapse_without_the_key(
    host: Host, answer: str | None
) -> None:
    """There is nothing to void, so nothing is written that would need the key."""
    host.load(factories.exchange(factories.open_event()))
    for number in (1, 2):
        given = factories.person(number) | {f"consent-{factories.PHOTOS}": answer}
        fill(host.client(), FORM, given)
    links = [host.link(mail) for mail in host.mails()]
    forgetful = host.make(STADTLABOR_LEDGER_KEY_ID="2", STADTLABOR_LEDGER_KEY="new")
    browser = forgetful.client()
    browser.get(links[0])
    assert press(browser, OWN, "/cancel").status_code == 303
    host.clock.move(days=3)
    worked = forgetful.run("outbox", "run")
    assert worked.exit_code == 0, worked.output
    with host.app.app_context():
        states = host.db.session.scalars(select(Registration.state).order_by(Registration.id))
        assert list(states) == ["cancelled", "expired"]

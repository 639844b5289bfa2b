"""One press ends mails of one kind: on the page behind the link, and by a mail program."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask_wtf import CSRFProtect

from tests.forms import fill, page
from tests.host import Host
from tests.participation.ideas.desk import collecting, published, stored
from tests.participation.people import SETTINGS, known
from tests.participation.telling.desk import (
    ADA,
    BEN,
    at_the_hour,
    changed,
    ending_of,
    mails_to,
    round_of_worker,
    supported,
    take_part,
    waiting,
)
from tests.registration.accounts import BEA

BEA_WRITES_FROM = BEA.email.lower()
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def told(host: Host, address: str = BEN) -> str:
    """Somebody got a digest; where it says that its mails end."""
    collecting(host)
    number = published(host)
    supported(host, number, address)
    changed(host, number, "Anders")
    at_the_hour(host)
    round_of_worker(host)
    (mail,) = mails_to(host, address)
    return ending_of(mail)


def wants(host: Host, address: str = BEN) -> tuple[bool, bool]:
    """Which mails somebody's settings say that they get."""
    form = page(known(host, address).get(SETTINGS))
    digest, answers = (form.select_one(f"[name=wants_{name}]") for name in ("digest", "answers"))
    assert digest is not None
    assert answers is not None
    return digest.has_attr("checked"), answers.has_attr("checked")


def test_a_mail_program_ends_them_without_a_session(host: Host) -> None:
    """RFC 8058: a POST without cookies, answered without a redirect; once more changes nothing."""
    ending = told(host)
    assert wants(host) == (True, True)
    for _ in range(2):
        answer = host.client().post(ending, data=ONE_CLICK)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    assert wants(host) == (False, True)
    changed(host, stored(host)[-1].id, "Wieder anders")
    assert waiting(host) == 0


def test_it_ends_them_for_an_account_that_has_the_address_since(host: Host) -> None:
    """The link is in a mail from before the two participants turned out to be one."""
    ending = told(host, BEA_WRITES_FROM)
    for actor in (replace(BEA, email="bea@elsewhere.example"), BEA):
        take_part(host, actor)
    assert host.client().post(ending, data=ONE_CLICK).status_code == 200
    changed(host, stored(host)[-1].id, "Wieder anders")
    assert waiting(host) == 0


@pytest.mark.one_database
def test_so_it_does_where_the_host_protects_all_its_forms(host: Host) -> None:
    """A mail program sends no token and no referrer, over https too."""
    ending = told(host)
    portal = host.make(WTF_CSRF_ENABLED=True, WTF_CSRF_SSL_STRICT=True)
    CSRFProtect(portal.app)
    sent = portal.client().post(ending, data=ONE_CLICK, base_url="https://stadt.example")
    assert sent.status_code == 200
    assert wants(host) == (False, True)
    # and no other form of ours takes anything by that
    assert portal.client().post(SETTINGS, data={"public_name": "x"}).status_code != 303


@pytest.mark.one_database
def test_the_page_has_one_button_and_opening_it_changes_nothing(host: Host) -> None:
    ending = told(host)
    browser = host.client()
    opened = browser.get(ending)
    assert opened.status_code == 200
    assert opened.headers["Cache-Control"] == "no-store"
    assert "noindex" in opened.headers["X-Robots-Tag"]
    assert wants(host) == (True, True)
    (button,) = page(opened).select("main button, .stadtlabor form[method=post] button")
    assert button.get_text(strip=True) == "Schickt mir keine mehr davon"
    form = button.find_parent("form")
    assert form is not None
    done = browser.post(str(form["action"]))
    assert "Du bekommst von uns keine Neuigkeiten mehr per Mail." in page(done).get_text()
    assert wants(host) == (False, True)
    # and back again, by the settings
    fill(known(host, BEN), SETTINGS, {"wants_digest": "y"})
    assert wants(host) == (True, True)


@pytest.mark.one_database
def test_a_link_of_somebody_who_was_erased_is_answered_alike(host: Host) -> None:
    ending = told(host)
    before = [host.client().get(ending).text, host.client().post(ending).text]
    fill(known(host, BEN), "/stadtlabor/de/me/erase")
    assert [host.client().get(ending).text, host.client().post(ending).text] == before


@pytest.mark.one_database
def test_only_our_own_links_lead_there(host: Host) -> None:
    ending = told(host)
    for wrong in (ending[:-1], ending + "x", "/stadtlabor/de/me/unsubscribe/abc"):
        for answer in (host.client().get(wrong), host.client().post(wrong, data=ONE_CLICK)):
            assert answer.status_code == 404
    assert wants(host) == (True, True)
    assert wants(host, ADA) == (True, True)

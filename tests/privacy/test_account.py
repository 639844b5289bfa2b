"""What a host's account page does: hand out and erase what is stored under an address."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from flask_stadtlabor import Erased, erase_person, export_person
from flask_stadtlabor.consent.models import ConsentAction, ConsentEntry
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.outbox.models import OutboxMail
from flask_stadtlabor.registration.accounts import account_key
from flask_stadtlabor.registration.models import Registration
from tests.consent.acts import PHOTOS, publish
from tests.forms import fill
from tests.host import Host
from tests.privacy import stored

ADDRESS = "Ada@buerger.example"


@pytest.fixture
def portal(host: Host) -> Host:
    """An event that is full, with somebody who waits."""
    with host.app.app_context():
        publish(PHOTOS)
        ahead = stored.add_event(host, host.clock() + timedelta(days=9), slug="kommt", capacity=2)
        stored.add_person(host, ahead, ConsentAction.GIVEN, email=ADDRESS, party_size=2)
        stored.add_person(host, ahead, state="waiting", given_name="Next", party_size=2)
        host.db.session.commit()
    return host


def test_the_seats_of_a_closed_account_go_to_those_who_wait(portal: Host) -> None:
    """C9, C10: withdrawn by the person on the web, and the ledger keeps its entries."""
    with portal.app.app_context():
        # a host has read something before, such as its own user
        portal.db.session.scalars(select(Registration)).all()
        done = erase_person(ADDRESS.lower())
        portal.db.session.commit()
        assert done == Erased(registrations=1, cancelled=1, gave_seats=1, withdrawn=1, kept=3)
        last = select(ConsentEntry).order_by(ConsentEntry.seq.desc()).limit(1)
        entry = portal.db.session.scalars(last).one()
        assert (entry.event, entry.actor, entry.method) == ("withdrawn", "subject", "web")
        assert portal.db.session.scalars(select(Registration.state)).all() == ["offered"]
        assert erase_person(ADDRESS) is None
    assert portal.run("consent", "verify").exit_code == 0
    (offer,) = portal.mails()
    assert "ada" not in str(offer["To"])


@pytest.mark.one_database
def test_what_the_host_takes_back_was_not_erased(portal: Host) -> None:
    with portal.app.app_context():
        assert erase_person(ADDRESS) is not None
        portal.db.session.rollback()
        assert portal.db.session.scalar(select(Event.seats_taken)) == 2
        document = export_person(ADDRESS)
    assert document is not None
    assert [item["email"] for item in document["registrations"]] == [ADDRESS]
    assert portal.mails() == []


@pytest.mark.one_database
def test_an_address_without_anything_gives_nothing(portal: Host) -> None:
    with portal.app.app_context():
        assert export_person("bo@buerger.example") is None
        assert erase_person("bo@buerger.example") is None


@pytest.mark.one_database
@pytest.mark.parametrize("key", ["user:1", "", "42"])
def test_what_can_be_no_address_is_a_mistake_of_the_host(portal: Host, key: str) -> None:
    """A key of the host's own leads to nobody; nothing must look as if it had been erased."""
    with portal.app.app_context():
        for call in (export_person, erase_person):
            with pytest.raises(ValueError, match=r"^.*$"):
                call(key)


@pytest.fixture
def accounts(portal: Host) -> Host:
    """Ada's registration is in an account, and so is one of hers under another address."""
    with portal.app.app_context():
        war = stored.add_event(portal, portal.clock() - timedelta(days=3), slug="war")
        key = account_key("user:1")
        stored.add_person(portal, war, email="ada@buero.example", account_key=key)
        stored.add_person(portal, war, account_key=account_key("user:11"))
        for row in portal.db.session.scalars(select(Registration)):
            if row.email == ADDRESS:
                row.account_key = key
        portal.db.session.commit()
    return portal


@pytest.mark.one_database
def test_an_account_hands_out_what_is_in_it_and_nothing_else(accounts: Host) -> None:
    with accounts.app.app_context():
        document = export_person(account="user:1")
        assert export_person(account="USER:1") is None
    assert document is not None
    found = {item["email"]: item["is_in_account"] for item in document["registrations"]}
    assert found == {ADDRESS: True, "ada@buero.example": True}


@pytest.mark.one_database
def test_an_address_and_an_account_are_one_person(accounts: Host) -> None:
    """What both have is there once; what one of them has is there, too."""
    with accounts.app.app_context():
        by_address = export_person(ADDRESS)
        both = export_person(ADDRESS, account="user:1")
        with_unknown = export_person("bo@buerger.example", account="user:1")
    assert by_address is not None
    assert both is not None
    assert with_unknown is not None
    assert [len(found["registrations"]) for found in (by_address, both, with_unknown)] == [1, 2, 2]
    assert len(both["consents"]) == 2


def test_an_account_sees_no_mail_about_all_that_an_address_has(accounts: Host) -> None:
    """It would tell of registrations that are in no account, with links to them."""
    fill(accounts.client(), "/stadtlabor/de/registration/send-link", email="ada@buero.example")
    with accounts.app.app_context():
        mail = accounts.db.session.scalars(
            select(OutboxMail).where(OutboxMail.kind == "links")
        ).one()
        mail.message = "Subject: Links\n\nhttps://stadt.example/…/registration/geheim"
        accounts.db.session.commit()
        for document in (
            export_person(account="user:1"),
            export_person(ADDRESS, account="user:1"),
        ):
            assert document is not None
            assert "geheim" not in str(document)
        assert "geheim" in str(export_person("ada@buero.example"))


@pytest.mark.one_database
def test_an_erased_account_leaves_nothing_and_nobody_elses_goes(accounts: Host) -> None:
    with accounts.app.app_context():
        done = erase_person(account="user:1")
        assert done == Erased(registrations=2, cancelled=1, gave_seats=1, withdrawn=1, kept=3)
        accounts.db.session.commit()
        left = accounts.db.session.scalars(select(Registration)).all()
        assert account_key("user:1") not in {row.account_key for row in left}
        assert account_key("user:11") in {row.account_key for row in left}
        assert export_person(account="user:1") is None
    assert accounts.run("consent", "verify").exit_code == 0


@pytest.mark.one_database
@pytest.mark.parametrize("options", [{}, {"account": ""}])
def test_whoever_names_nobody_has_made_a_mistake(portal: Host, options: dict[str, str]) -> None:
    """An account without a key must not look as if it had been erased."""
    with portal.app.app_context():
        for call in (export_person, erase_person):
            with pytest.raises(ValueError, match=r"^$"):
                call(**options)


@pytest.mark.one_database
def test_staff_finds_an_account_by_a_command(accounts: Host) -> None:
    found = accounts.run("person", "export", "--account", "user:1")
    assert found.exit_code == 0
    assert found.stdout.count('"is_in_account": true') == 2
    erased = accounts.run("person", "erase", ADDRESS, "--account", "user:1", "--yes")
    assert "Erased: 2 registrations" in erased.stdout
    again = accounts.run("person", "export", "--account", "user:1")
    assert again.exit_code == 1
    assert "Nothing is stored about the account user:1." in again.stderr
    assert accounts.run("person", "export").exit_code == 2

"""Art. 17 GDPR: everything about a person goes, and the ledger goes on proving what it has to."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from flask_stadtlabor import signals
from flask_stadtlabor.consent.models import ConsentAction, ConsentEntry, Method, TakeDownTask
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.outbox.models import OutboxMail
from flask_stadtlabor.privacy.erasure import Erased, erase
from flask_stadtlabor.privacy.people import find_person
from flask_stadtlabor.registration.models import AccessToken, Registration
from flask_stadtlabor.registration.operations.signup import active_key
from flask_stadtlabor.transactions import commit
from tests.consent.acts import PHOTOS, publish
from tests.host import Host
from tests.privacy import stored
from tests.waiting import PATIENCE

DAY = timedelta(days=1)


@pytest.fixture
def portal(host: Host) -> Host:
    """A portal with a purpose."""
    with host.app.app_context():
        publish(PHOTOS)
        host.db.session.commit()
    return host


def add_events(host: Host) -> tuple[Event, Event]:
    """One to come and one that is over."""
    return (
        stored.add_event(host, host.clock() + 9 * DAY, slug="kommt", capacity=4),
        stored.add_event(host, host.clock() - 9 * DAY, slug="war", capacity=4),
    )


def states(host: Host) -> dict[str, str]:
    with host.app.app_context():
        rows = host.db.session.execute(select(Registration.given_name, Registration.state))
        return {row.given_name: row.state for row in rows}


@pytest.mark.one_database
def test_no_word_of_them_is_left_in_any_table(portal: Host) -> None:
    """C9: by address in any case; the ledger verifies, and other people stay."""
    with portal.app.app_context():
        ahead, over = add_events(portal)
        address = {"email": "PersonQx1@buerger.example"}
        words = stored.add_everything(portal, ahead, "Qx1", **address)
        words += stored.add_everything(portal, over, "Qx1b", **address)
        words += [active_key(event, address["email"]) for event in (ahead, over)]
        others = stored.add_everything(portal, over, "Zy2", party_size=1)
        portal.db.session.commit()
    assert len(stored.traces(portal, words)) > len(words)
    kept = stored.traces(portal, others)
    result = portal.run("person", "erase", "personQX1@BUERGER.example", "--yes")
    assert result.exit_code == 0, result.output
    assert stored.traces(portal, words) == []
    assert stored.traces(portal, ["Qx1"]) == []
    assert len(stored.dump(portal)["stadtlabor_desk_notice"]) == 1
    assert stored.traces(portal, others) == kept
    verified = portal.run("consent", "verify")
    assert verified.exit_code == 0
    assert "11 entries" in verified.stdout


@pytest.mark.one_database
def test_it_says_what_was_found_done_and_kept(portal: Host) -> None:
    with portal.app.app_context():
        ahead, over = add_events(portal)
        stored.add_everything(portal, ahead, "Qx1", email="a@buerger.example")
        stored.add_everything(portal, over, "Qx2", email="a@buerger.example", party_size=1)
        portal.db.session.commit()
    told = portal.run("person", "erase", "a@buerger.example", "--yes").stdout
    assert (
        "Found: 2 registrations (kommt, war), consents in force of 2 registrations, "
        "4 mails to be sent." in told
    )
    assert "Erased: 2 registrations, with links and mails. Cancelled before: 1." in told
    assert "Consents withdrawn: 2." in told
    assert "Kept: 8 entries of the consent ledger under a pseudonym" in told
    assert "Art. 7 (1) GDPR" in told
    assert "Art. 17 (3) (b) and (e) GDPR" in told
    again = portal.run("person", "erase", "a@buerger.example", "--yes")
    assert again.exit_code == 1
    assert again.stderr == "Error: Nothing is stored about a@buerger.example.\n"


@pytest.mark.one_database
def test_seats_of_what_is_to_come_go_to_those_who_wait(portal: Host) -> None:
    with portal.app.app_context():
        ahead, _ = add_events(portal)
        stored.add_everything(portal, ahead, "Qx1", party_size=4)
        stored.add_person(portal, ahead, state="waiting", given_name="Next", party_size=3)
        portal.db.session.commit()
    portal.run("person", "erase", "personqx1@buerger.example", "--yes")
    assert states(portal) == {"Next": "offered"}
    assert portal.scalar(select(Event.seats_taken).where(Event.slug == "kommt")) == 3
    (offer,) = portal.mails()
    assert "Qx1" not in str(offer)


@pytest.mark.one_database
def test_a_past_event_goes_on_telling_how_many_had_a_seat(portal: Host) -> None:
    """Nobody is told of a cancellation after the event, nor is a seat given to anybody."""
    heard = []
    with portal.app.app_context():
        _, over = add_events(portal)
        stored.add_everything(portal, over, "Qx1")
        stored.add_person(portal, over, state="waiting", given_name="Late", party_size=1)
        portal.db.session.commit()
    with signals.registration_cancelled.connected_to(lambda app, **extra: heard.append(extra)):
        portal.run("person", "erase", "personqx1@buerger.example", "--yes")
    assert heard == []
    assert states(portal) == {"Late": "waiting"}
    assert portal.scalar(select(Event.seats_taken).where(Event.slug == "war")) == 3


def test_consents_end_and_staff_is_told_to_take_down(portal: Host) -> None:
    """C10: by staff, on paper, since the request is in the files."""
    heard = []
    with portal.app.app_context():
        _, over = add_events(portal)
        stored.add_everything(portal, over, "Qx1")
        portal.db.session.commit()

    def listen(app: object, entry: ConsentEntry, task: TakeDownTask) -> None:
        heard.append((entry.subject, task.purpose))

    with signals.consent_withdrawn.connected_to(listen):
        portal.run("person", "erase", "personqx1@buerger.example", "--yes")
    with portal.app.app_context():
        last = portal.db.session.scalars(
            select(ConsentEntry).order_by(ConsentEntry.seq.desc())
        ).first()
        assert last is not None
        assert (last.event, last.actor, last.method) == ("withdrawn", "staff", "paper")
        assert heard == [(last.subject, PHOTOS)]
    assert portal.scalar(select(TakeDownTask.subject)) == heard[0][0]


@pytest.mark.one_database
def test_the_host_hears_of_it_and_can_prevent_it(portal: Host) -> None:
    heard = []
    with portal.app.app_context():
        ahead, _ = add_events(portal)
        stored.add_everything(portal, ahead, "Qx1")
        portal.db.session.commit()
        subject = portal.db.session.scalar(select(Registration.subject))

        def listen(app: object, **values: object) -> None:
            heard.append(values)
            raise RuntimeError("a host's own data could not be erased")

        with signals.person_erased.connected_to(listen), pytest.raises(RuntimeError):
            commit(
                lambda: erase(find_person("PersonQx1@buerger.example"), method=Method.EMAIL_LINK)
            )
        assert heard == [{"email": "PersonQx1@buerger.example", "subjects": (subject,)}]
        assert portal.db.session.scalar(select(Registration.state)) == "confirmed"
        assert (
            portal.db.session.scalar(select(ConsentEntry.event).where(ConsentEntry.seq == 4))
            is None
        )


@pytest.mark.one_database
def test_somebody_without_an_address_is_found_by_ticket_or_receipt(portal: Host) -> None:
    with portal.app.app_context():
        ahead, _ = add_events(portal)
        desk = stored.add_person(portal, ahead, ConsentAction.GIVEN, email=None, given_name="Desk")
        other = stored.add_person(portal, ahead, ConsentAction.GIVEN, given_name="Other")
        code, reference = desk.ticket_code, other.subject
        portal.db.session.commit()
    written = f"{code[:5].lower()}-{code[5:].lower()}"
    assert portal.run("person", "erase", written, "--yes").exit_code == 0
    assert states(portal) == {"Other": "confirmed"}
    assert portal.run("person", "erase", reference.upper(), "--yes").exit_code == 0
    assert states(portal) == {}


@pytest.mark.one_database
def test_a_receipt_ends_a_consent_whose_registration_is_gone(portal: Host) -> None:
    with portal.app.app_context():
        event = stored.add_event(portal, portal.clock() - 100 * DAY)
        yes = stored.add_person(portal, event, ConsentAction.GIVEN)
        stored.add_link(yes)
        reference = yes.subject
        portal.db.session.commit()
    portal.run("retention", "run")
    assert portal.scalar(select(AccessToken.subject)) == reference
    told = portal.run("person", "erase", reference, "--yes").stdout
    assert "Found: no registration any more, consents in force of 1 registration." in told
    assert "Consents withdrawn: 1." in told
    assert portal.scalar(select(AccessToken.subject)) is None


@pytest.mark.one_database
def test_a_mail_is_erased_that_waits_though_the_registration_is_gone(portal: Host) -> None:
    with portal.app.app_context():
        ahead, _ = add_events(portal)
        stored.add_everything(portal, ahead, "Qx1")
        portal.db.session.execute(AccessToken.__table__.delete())
        portal.db.session.execute(stored.DeskNotice.__table__.delete())
        portal.db.session.execute(Registration.__table__.delete())
        portal.db.session.commit()
    assert (
        "2 mails to be sent"
        in portal.run("person", "erase", "personqx1@buerger.example", "--yes").stdout
    )
    assert portal.scalar(select(OutboxMail.id)) is None


@pytest.mark.one_database
@pytest.mark.parametrize("said", ["n\n", ""], ids=["no", "nobody-there"])
def test_nothing_is_erased_without_a_yes(portal: Host, said: str) -> None:
    with portal.app.app_context():
        ahead, _ = add_events(portal)
        stored.add_person(portal, ahead, email="a@buerger.example")
        portal.db.session.commit()
    runner = portal.app.test_cli_runner()
    words = ["stadtlabor", "person", "erase", "a@buerger.example"]
    refused = runner.invoke(args=words, input=said)
    assert refused.exit_code == 1
    assert "Nothing was erased." in refused.stderr
    assert len(states(portal)) == 1
    assert runner.invoke(args=words, input="y\n").exit_code == 0
    assert states(portal) == {}


def test_of_erasures_at_the_same_moment_one_does_it(portal: Host) -> None:
    """S5, on every engine: seats are freed once, and each consent is withdrawn once."""
    with portal.app.app_context():
        ahead, over = add_events(portal)
        for event in (ahead, over):
            stored.add_everything(portal, event, "Qx1", email="a@buerger.example")
        stored.add_person(portal, ahead, state="confirmed", given_name="Stays")
        portal.db.session.commit()
    together = Barrier(3)
    done: list[Erased] = []

    def work() -> None:
        with portal.app.app_context():
            person = find_person("a@buerger.example")
            assert person is not None
            together.wait(timeout=PATIENCE)
            done.append(commit(lambda: erase(person, method=Method.PAPER)))

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((one.registrations, one.cancelled, one.withdrawn) for one in done) == [
        (0, 0, 0),
        (0, 0, 0),
        (2, 1, 2),
    ]
    assert states(portal) == {"Stays": "confirmed"}
    assert portal.scalar(select(Event.seats_taken).where(Event.slug == "kommt")) == 1
    assert portal.run("consent", "verify").exit_code == 0

"""Art. 15 and 20 GDPR: everything about the person, and nothing about others."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event as listening
from sqlalchemy import select

from flask_stadtlabor.consent.models import (
    ConsentAction,
    ConsentEntry,
    ConsentSubject,
    TakeDownTask,
)
from flask_stadtlabor.events.questions.question import Question
from flask_stadtlabor.outbox.models import OutboxMail
from flask_stadtlabor.privacy.document import as_document, as_json
from flask_stadtlabor.privacy.export import collect
from flask_stadtlabor.privacy.people import find_person
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.models import AccessToken, DeskNotice, Registration
from tests import factories
from tests.consent.acts import PHOTOS, publish, withdraw
from tests.forms import fill, press
from tests.host import Host
from tests.participation.comments.desk import comment_url, said
from tests.participation.ideas import desk as ideas
from tests.participation.moderation.desk import decision_url, hide, moderator, report
from tests.participation.people import known
from tests.participation.telling.desk import BEN, changed
from tests.privacy import stored

CONTRACT = (Path(__file__).parents[2] / "docs/contract.md").read_text("utf-8")
DAY = timedelta(days=1)
marks = count(1)


@pytest.fixture
def portal(host: Host) -> Host:
    """A portal with a purpose."""
    with host.app.app_context():
        publish(PHOTOS)
        host.db.session.commit()
    return host


def export(host: Host, whose: str) -> dict[str, Any]:
    result = host.run("person", "export", whose)
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def add_rich_person(host: Host, mark: str = "Qx1") -> list[str]:
    """Somebody with every field filled, who took a consent back and has mail waiting."""
    woher = Question(**factories.question("woher"))
    with host.app.app_context():
        event = stored.add_event(host, host.clock() + 9 * DAY, slug="kommt", questions=(woher,))
        now = host.clock()
        times = dict.fromkeys(
            ("expires_at", "cancelled_at", "checked_in_at", "reminded_at", "thanked_at"), now
        )
        words = stored.add_everything(
            host, event, mark, queue_number=7, privacy_shown="privacy/3/de", **times
        )
        person = find_person(f"Person{mark}@buerger.example")
        assert person is not None
        withdraw(person.subjects[0])
        host.db.session.commit()
    return words


@pytest.mark.one_database
def test_it_holds_every_field_of_the_registration(portal: Host) -> None:
    """A new column is exported, or named here with the reason why not."""
    words = add_rich_person(portal)
    document = export(portal, "personqx1@buerger.example")
    (registration,) = document["registrations"]
    technical = {
        "id",  # a number of the row
        "event_id",  # `event` says it in words
        "active_key",  # a keyed hash of event and address, which both are there
        "address_key",  # a keyed hash of the address, which is there
        "account_key",  # a keyed hash; `is_in_account` says that there is one
        "subject",  # `reference`
        "search_text",  # names and addresses once more, folded
        "sort_key",  # the name once more, folded
    }
    columns = {column.name for column in Registration.__table__.columns}
    assert columns - technical <= set(registration)
    empty = {name for name in columns - technical if registration[name] in (None, "", [])}
    # what is restricted is to be kept, so that it has no end to name
    assert empty == {"restricted_at"}
    text = json.dumps(document, ensure_ascii=False)
    assert [word for word in words if word not in text] == []
    assert registration["event"]["slug"] == "kommt"
    assert registration["answers"] == [
        {
            "question": "woher",
            "label": {"de": "Frage woher?", "en": "Question woher?"},
            "answer": "DistrictQx1",
        }
    ]


BY_STAFF = {"done_by", "done_key"}


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("model", "where", "left_out"),
    [
        (ConsentEntry, ("consents", 0, "entries", 0), {"subject", "event"}),
        (ConsentSubject, ("consents", 0), set()),
        (TakeDownTask, ("consents", 0, "take_down_tasks", 0), {"id", "subject", *BY_STAFF}),
        (
            AccessToken,
            ("registrations", 0, "links", 0),
            {"token_hash", "registration_id", "subject"},
        ),
        (DeskNotice, ("registrations", 0, "desk_notices", 0), {"id", "registration_id", *BY_STAFF}),
        (
            OutboxMail,
            ("mails", 0),
            {
                "id",
                "message_id",
                "concerns",
                "address_key",
                "tells",
                "next_attempt_at",
                "claimed_until",
                "sent_at",
                "last_error",
            },
        ),
    ],
    ids=lambda value: getattr(value, "__tablename__", None),
)
def test_it_holds_what_other_tables_say_about_them(
    portal: Host, model: Any, where: tuple[Any, ...], left_out: set[str]
) -> None:
    """What is about staff is left out; what else is left out stands there under another name, or is
    about the delivery of a mail and not about the person."""
    add_rich_person(portal)
    found: Any = export(portal, "personqx1@buerger.example")
    for key in where:
        found = found[key]
    columns = {column.name for column in model.__table__.columns}
    assert columns - left_out <= set(found)


@pytest.mark.one_database
def test_it_tells_where_they_stand_and_what_happened(portal: Host) -> None:
    """C10: consents with their texts by address, entries, tasks; and the mail that waits."""
    add_rich_person(portal)
    document = export(portal, "personqx1@buerger.example")
    (consent,) = document["consents"]
    assert [entry["act"] for entry in consent["entries"]] == [
        "requested",
        "given",
        "confirmed",
        "withdrawn",
    ]
    assert consent["event"]["slug"] == "kommt"
    (status,) = consent["now"]
    assert (status["act"], status["permits_use"]) == ("withdrawn", False)
    assert status["text"] == f"https://stadt.example/stadtlabor/de/privacy/{PHOTOS}/1/"
    assert [task["purpose"] for task in consent["take_down_tasks"]] == [PHOTOS]
    mails = [(mail["kind"], mail["state"]) for mail in document["mails"]]
    assert mails == [("confirmed", "queued"), ("changed", "given up")]
    promised, written = document["mails"]
    assert promised["message"] is None
    assert written["message"].startswith("From: ")


@pytest.mark.one_database
def test_a_mail_that_was_sent_is_nobodys_any_more(portal: Host) -> None:
    """S3: its words and address are gone from the outbox, and so is whose it was."""
    add_rich_person(portal)
    portal.mails()
    kinds = [mail["kind"] for mail in export(portal, "personqx1@buerger.example")["mails"]]
    assert kinds == ["changed"]
    assert portal.scalar(select(OutboxMail.concerns).where(OutboxMail.kind == "confirmed")) is None


@pytest.mark.one_database
def test_it_is_as_the_contract_describes_it(portal: Host) -> None:
    """Every key of every object, and no other."""
    section = CONTRACT.split("## The export of a person")[1]
    sample = re.search(r"```json\n(.*?)```", section, re.S)
    assert sample is not None
    add_rich_person(portal)
    ideas.takes_part(portal, "personqx1@buerger.example")
    comment = said(portal, ideas.idea_url(1), address="personqx1@buerger.example")
    browser = known(portal, "personqx1@buerger.example")
    press(browser, comment_url(comment), "/agree")
    _moderated(portal, "personqx1@buerger.example")
    with portal.app.app_context():
        event = stored.add_event(portal, portal.clock() - 100 * DAY, slug="war")
        gone = stored.add_person(portal, event, ConsentAction.GIVEN)
        stored.add_link(gone)
        reference = gone.subject
        portal.db.session.commit()
    portal.run("retention", "run")
    changed(portal, ideas.stored(portal)[0].id, "Mit Kaffee.", BEN)
    found = keys(export(portal, "personqx1@buerger.example")) | keys(export(portal, reference))
    assert found == keys(json.loads(sample[1]))


def _moderated(portal: Host, address: str) -> None:
    """Somebody's idea was reported with their own address and hidden, and they object."""
    number = next(idea.id for idea in ideas.stored(portal) if idea.title == ideas.BANKS)
    report(portal, number, email=address)
    hide(moderator(portal), number)
    author = known(portal, address)
    fill(author, decision_url(author), {"words": "Ich meine niemanden."})


def keys(value: Any, path: str = "") -> set[str]:
    """The path of every key in a document; titles by language count as one value."""
    if isinstance(value, dict) and not {"de", "en"} & set(value):
        return {f"{path}{key}" for key in value}.union(
            *(keys(item, f"{path}{key}.") for key, item in value.items())
        )
    if isinstance(value, list):
        return set().union(*(keys(item, f"{path.removesuffix('.')}[].") for item in value))
    return set()


@pytest.mark.one_database
def test_it_goes_to_a_file_that_only_its_owner_reads(portal: Host, tmp_path: Path) -> None:
    add_rich_person(portal)
    target = tmp_path / "person.json"
    target.touch(mode=0o644)
    result = portal.run("person", "export", "personqx1@buerger.example", "--output", str(target))
    assert result.exit_code == 0
    assert "GivenQx1" not in result.output
    assert target.stat().st_mode & 0o777 == 0o600
    assert json.loads(target.read_text("utf-8"))["registrations"][0]["given_name"] == "GivenQx1"
    nowhere = portal.run(
        "person", "export", "personqx1@buerger.example", "--output", str(tmp_path / "no/file")
    )
    assert nowhere.exit_code == 1
    assert "cannot be written" in nowhere.stderr


@pytest.mark.parametrize("whose", ["nobody@buerger.example", "a" * 32, "23456-789AB", "@"])
def test_about_somebody_unknown_it_says_so(portal: Host, whose: str) -> None:
    add_rich_person(portal)
    result = portal.run("person", "export", whose)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == f"Error: Nothing is stored about {whose}.\n"


@pytest.mark.one_database
@pytest.mark.parametrize("whose", ["person.buerger.example", "%", "2345-6789A", ""])
@pytest.mark.parametrize("command", [("export",), ("erase", "--yes")], ids=str)
def test_what_names_nobody_is_not_taken_for_an_answer(
    portal: Host, command: tuple[str, ...], whose: str
) -> None:
    """A slip of the pen must never lead to “nothing is stored about you” (Art. 15 GDPR)."""
    result = portal.run("person", *command, whose)
    assert result.exit_code == 1
    assert "Nothing is stored" not in result.output
    assert f"{whose!r} is no e-mail address, no code of a ticket and no reference" in result.stderr


@pytest.mark.parametrize("whose", ["PERSONQX1@Buerger.Example", " personqx1@buerger.example "])
def test_an_address_is_found_in_any_case(portal: Host, whose: str) -> None:
    """On every database, and no other that begins or ends like it."""
    add_rich_person(portal)
    with portal.app.app_context():
        event = stored.add_event(portal, portal.clock() + 9 * DAY)
        for other in ("xpersonqx1@buerger.example", "personqx1@buerger.example.org"):
            stored.add_person(portal, event, email=other)
        portal.db.session.commit()
    assert len(export(portal, whose)["registrations"]) == 1


@pytest.mark.one_database
def test_nothing_about_others_is_in_it(portal: Host) -> None:
    """Whoever takes part in what: an export has all words of its own person and no other's."""
    people = st.lists(
        st.lists(st.integers(0, 2), min_size=1, max_size=3, unique=True), min_size=2, max_size=4
    )

    @settings(
        max_examples=12 if portal.database == "sqlite" else 4,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(people)
    def hold(taking_part: list[list[int]]) -> None:
        with portal.app.app_context():
            events = [stored.add_event(portal, portal.clock() + 9 * DAY) for _ in range(3)]
            words: dict[str, list[str]] = {}
            for numbers in taking_part:
                mark = f"Mk{next(marks)}k"
                words[mark] = []
                for number in numbers:
                    address = f"Person{mark}@buerger.example"
                    own = stored.add_everything(
                        portal, events[number], f"{mark}e{number}k", email=address
                    )
                    words[mark] += own
            portal.db.session.commit()
            for mark, own in words.items():
                person = find_person(f"person{mark}@buerger.example")
                assert person is not None
                data = collect(person)
                text = as_json(data)
                assert [word for word in own if word not in text] == []
                assert [other for other in words if other != mark and other in text] == []
                references = {item["reference"] for item in as_document(data)["consents"]}
                assert references == set(person.subjects)

    hold()


def test_the_number_of_statements_does_not_grow_with_what_is_stored(
    portal: Host,
) -> None:
    """One statement for each kind of thing, however many registrations there are."""

    def statements(whose: str) -> int:
        seen: list[str] = []

        def see(*arguments: Any) -> None:
            seen.append(arguments[2])

        with portal.app.app_context():
            listening.listen(portal.db.engine, "before_cursor_execute", see)
            person = find_person(whose)
            assert person is not None
            as_json(collect(person))
            listening.remove(portal.db.engine, "before_cursor_execute", see)
        return len(seen)

    add_rich_person(portal)
    few = statements("personqx1@buerger.example")
    with portal.app.app_context():
        event = stored.add_event(portal, portal.clock() + 9 * DAY)
        busy = stored.add_person(
            portal, event, *[ConsentAction.GIVEN, ConsentAction.WITHDRAWN] * 9, email="b@b.example"
        )
        for _ in range(20):
            stored.add_link(busy)
            stored.send_mail(kinds.CHANGED, busy)
        for _ in range(3):
            other = stored.add_event(portal, portal.clock() + 9 * DAY)
            stored.add_person(portal, other, ConsentAction.GIVEN, email="b@b.example")
        portal.db.session.commit()
    assert statements("b@b.example") == few

"""Receipts for machines: JSON-LD that loses nothing, by the schema that we ship (C11)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pyld import jsonld

from flask_stadtlabor.consent.answers import operations
from flask_stadtlabor.consent.answers.expiry import end_expired, expired_after
from flask_stadtlabor.consent.models import ActorKind, ConsentAction, Controller, Method
from flask_stadtlabor.consent.processing import Party, Processing
from flask_stadtlabor.consent.reporting.receipts import SCHEMA, receipt
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.i18n import use_language
from tests import factories
from tests.consent.acts import PHOTOS, PRINT, answer, newcomer, publish, shown, somebody, withdraw
from tests.forms import fill, page, press
from tests.host import Host

HERE = "/stadtlabor/en/registration/"
LATEST = 2**31
"""What a page knows that was drawn just now."""
CONTROLLER = Controller(
    name=LocalizedText({"de": "Stadt Musterstadt", "en": "City of Musterstadt"}),
    address=LocalizedText("Rathausplatz 1"),
    email="datenschutz@stadt.example",
    phone="+49 234 1",
    data_protection_officer=LocalizedText({"de": "Frau Daten"}),
    authority=LocalizedText({"de": "LDI NRW", "en": "The State Commissioner"}),
)
PROCESSING = Processing(
    purpose="Marketing",
    personal_data=("Picture", "Name"),
    processing=("Collect", "Publish"),
    storage_duration="P3Y",
    location="DE-NW",
    jurisdiction="DE-NW",
    processors=(Party(name=LocalizedText("Druckerei"), contact="druck@firma.example"),),
    recipients=(Party(name=LocalizedText("Presse"), address=LocalizedText("Überall")),),
)


def no_network(url: str, options: dict[str, Any]) -> Any:
    """A document loader that finds nothing."""
    raise AssertionError(f"Expanding asked for {url}.")


def validator(host: Host) -> Draft202012Validator:
    """The schema as the portal serves it."""
    with host.client().get(f"/stadtlabor/static/{SCHEMA}") as served:
        assert served.status_code == 200
        return checked(served.data)


@cache
def checked(schema: bytes) -> Draft202012Validator:
    """The schema, once it was checked itself."""
    read = json.loads(schema)
    Draft202012Validator.check_schema(read)
    return Draft202012Validator(read)


def keys_of(value: Any) -> Iterator[str]:
    """All keys that a document says something with."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key != "@context":
                yield key
                yield from keys_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys_of(inner)


def iris_of(value: Any) -> Iterator[str]:
    """All addresses in an expanded document."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("@id", "@type"):
                yield from [inner] if isinstance(inner, str) else inner
            elif not key.startswith("@"):
                yield key
            yield from iris_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from iris_of(inner)


def expanded(document: dict[str, Any]) -> dict[str, Any]:
    """The document without its context, with nothing lost on the way."""
    (found,) = jsonld.expand(document, {"documentLoader": no_network})
    prefixes = document["@context"]
    full = sorted(
        re.sub(r"^([\w-]+):", lambda match: prefixes[match[1]], key) if key[0] != "@" else key
        for key in keys_of(document)
    )
    # expanding gives each plain value an @value of its own
    plain = [key for key in sorted(keys_of(found)) if key != "@value"]
    assert plain == [key for key in full if key != "@value"]
    for iri in iris_of(found):
        assert re.match(r"(https?://|urn:uuid:)\S+$", iri), iri
    return dict(found)


def check(host: Host, document: dict[str, Any] | None) -> dict[str, Any]:
    """A receipt that holds what it promises."""
    assert document is not None
    document = json.loads(json.dumps(document))
    faults = [f"{list(e.path)}: {e.message}" for e in validator(host).iter_errors(document)]
    assert faults == []
    expanded(document)
    return document


def processes(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    (record,) = document["dpv:hasRecordOfActivity"]
    return {process["dct:identifier"]: process for process in record["dpv:hasProcess"]}


@pytest.mark.one_database
def test_a_receipt_tells_all_that_a_purpose_says(portal: Host) -> None:
    """C11: each field of ISO/IEC TS 27560, and several purposes side by side."""
    publish(controller=CONTROLLER, processing=PROCESSING, valid_days=730)
    publish(PRINT)
    subject = somebody(ConsentAction.REQUESTED, ConsentAction.GIVEN, slugs=[PRINT, PHOTOS])
    document = check(portal, receipt(subject))
    found = processes(document)
    assert set(found) == {PHOTOS, PRINT}
    photos = found[PHOTOS]
    assert photos["dpv:hasPurpose"]["@type"] == ["dpv:Purpose", "dpv:Marketing"]
    assert photos["dpv:hasStorageCondition"]["dpv:hasDuration"]["@value"] == "P3Y"
    assert photos["dpv:hasStorageCondition"]["dpv:hasLocation"] == {"@id": "loc:DE-NW"}
    assert [data["@type"] for data in photos["dpv:hasPersonalData"]] == ["pd:Picture", "pd:Name"]
    assert photos["dpv:hasDataProcessor"][0]["dpv:hasName"] == ["Druckerei"]
    assert photos["dpv:hasRecipient"][0]["dpv:hasAddress"] == ["Überall"]
    assert {"@value": "City of Musterstadt", "@language": "en"} in photos["dpv:hasDataController"][
        "dpv:hasName"
    ]
    complaint = photos["dpv:hasRight"][-1]
    assert complaint["@type"] == "eu-gdpr:A77"
    assert complaint["dpv:isExercisedAt"]["@type"] == "dpv:DataProtectionAuthority"
    given = photos["dpv:hasConsentStatus"][-1]
    assert (given["@type"], given["dpv:hasDuration"]["@value"]) == ("dpv:ConsentGiven", "P730D")
    assert given["dpv:isIndicatedBy"]["dct:identifier"] == subject
    assert given["ledger:seq"] == 4
    (notice,) = photos["dpv:hasNotice"]
    portal.db.session.commit()
    assert portal.client().get(notice["@id"].removeprefix(portal.address)).status_code == 200


@pytest.mark.one_database
def test_a_purpose_that_says_nothing_has_sensible_defaults(portal: Host) -> None:
    publish()
    document = check(portal, receipt(somebody(ConsentAction.REFUSED)))
    photos = processes(document)[PHOTOS]
    assert photos["dpv:hasPurpose"]["@type"] == ["dpv:Purpose", "dpv:PublicRelations"]
    duration = photos["dpv:hasStorageCondition"]["dpv:hasDuration"]
    assert duration == {"@id": "dpv:UntilEventDuration"}
    assert photos["dpv:hasDataController"]["dpv:hasName"] == ["Stadtlabor"]


@pytest.mark.one_database
def test_the_same_state_has_the_same_identifier(portal: Host) -> None:
    publish()
    subject = somebody(ConsentAction.GIVEN)
    first, again = receipt(subject), receipt(subject)
    with use_language("en"):
        english = receipt(subject)
    withdraw(subject)
    later = receipt(subject)
    assert first is not None
    assert again is not None
    assert later is not None
    assert english is not None
    assert first == again
    assert first["@id"] == english["@id"] != later["@id"]
    record = "dpv:hasRecordOfActivity"
    assert first[record][0]["@id"] == later[record][0]["@id"]


@pytest.mark.one_database
def test_nobody_gets_a_receipt_of_nothing(portal: Host) -> None:
    assert receipt("nobody") is None


LOCALIZED = st.one_of(
    st.text(min_size=1, max_size=20).filter(str.strip),
    st.fixed_dictionaries({"de": st.text(min_size=1, max_size=20)}),
    st.fixed_dictionaries(
        {"de": st.text(min_size=1, max_size=9), "en": st.text(min_size=1, max_size=9)}
    ),
).map(LocalizedText)
OPTIONAL = st.one_of(st.just(LocalizedText()), LOCALIZED)
TEXTS = st.fixed_dictionaries(
    {
        "title": LOCALIZED,
        "text": OPTIONAL,
        "valid_days": st.one_of(st.none(), st.integers(1, 36500)),
        "controller": st.one_of(
            st.none(),
            st.builds(
                Controller,
                name=OPTIONAL,
                address=OPTIONAL,
                email=st.sampled_from(["", "stadt@stadt.example"]),
                data_protection_officer=OPTIONAL,
                authority=OPTIONAL,
            ),
        ),
        "processing": st.one_of(
            st.none(),
            st.builds(
                Processing,
                storage_duration=st.sampled_from([None, "P2Y", "P6M"]),
                personal_data=st.sampled_from([(), ("Picture",), ("Name", "EmailAddress")]),
                recipients=st.lists(st.builds(Party, name=LOCALIZED), max_size=2).map(tuple),
            ),
        ),
    }
)
STEPS = st.lists(
    st.one_of(
        st.sampled_from(
            ["requested", "given", "refused", "renewed", "yes", "no", "withdraw", "void", "later"]
        ),
        TEXTS,
    ),
    min_size=1,
    max_size=10,
)


@pytest.mark.one_database
@given(first=TEXTS, steps=STEPS, by=st.sampled_from(ActorKind), how=st.sampled_from(Method))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_happened_the_receipt_keeps_to_its_schema(
    portal: Host, first: dict[str, Any], steps: list[Any], by: ActorKind, how: Method
) -> None:
    """C11: over any history and any text; each expands offline without a loss."""
    portal.db.session.rollback()
    publish(**first)
    subject = newcomer()
    for step in steps:
        if isinstance(step, dict):
            publish(**step)
        elif step in ("yes", "no"):
            operations.answer(
                subject, PHOTOS, shown(), says_yes=step == "yes", seen=LATEST, actor=by, method=how
            )
        elif step == "withdraw":
            withdraw(subject)
        elif step == "void":
            operations.invalidate(subject)
        elif step == "later":
            portal.clock.move(days=30)
            end_expired(expired_after(0))
        else:
            answer(subject, ConsentAction(step))
    document = receipt(subject)
    if document is not None:
        check(portal, document)
    portal.db.session.rollback()


# by the person's link


def registered(host: Host, *purposes: dict[str, Any]) -> Any:
    host.load(factories.exchange(factories.open_event(), purposes=list(purposes)))
    answer = {"consent-photos-website": "given"}
    fill(host.client(), "/stadtlabor/en/events/plattform/register", factories.person() | answer)
    browser = host.client()
    browser.get(host.link(host.mails()[-1]))
    press(browser, HERE, "/confirm")
    return browser


@pytest.mark.one_database
def test_a_person_downloads_their_receipt(host: Host) -> None:
    """C11, C12: linked from the page to print; with no name, address or token of theirs."""
    browser = registered(host)
    token = host.link(host.mails()[-1]).rpartition("/")[2]
    printed = browser.get(f"{HERE}receipt")
    (link,) = page(printed).select("a[download]")
    answer = browser.get(str(link["href"]))
    assert answer.status_code == 200
    assert answer.mimetype == "application/ld+json"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    document = check(host, json.loads(answer.data))
    assert document["dpv:hasRecordOfActivity"]
    for word in ("Änne", "Yıldız", "person1@", token):
        assert word not in answer.text
    assert host.client().get(str(link["href"])).status_code == 403


@pytest.mark.one_database
def test_the_page_to_print_shows_who_is_responsible_and_which_rights_there_are(host: Host) -> None:
    """C4, C11."""
    controller = {"name": "Stadt Musterstadt", "authority": "LDI NRW"}
    browser = registered(host, factories.purpose(controller=controller))
    words = page(browser.get(f"{HERE}receipt")).get_text(" ", strip=True)
    for expected in ("Stadt Musterstadt", "LDI NRW", "Art. 7 (3) GDPR", "Art. 77 GDPR"):
        assert expected in words


@pytest.mark.one_database
def test_who_was_asked_nothing_has_no_receipt_for_machines(host: Host) -> None:
    host.load(factories.exchange(factories.open_event(purposes=[])))
    fill(host.client(), "/stadtlabor/en/events/plattform/register", factories.person())
    browser = host.client()
    browser.get(host.link(host.mails()[-1]))
    assert browser.get(f"{HERE}receipt.jsonld").status_code == 404
    assert not page(browser.get(f"{HERE}receipt")).select("a[download]")

"""A person's consents as a receipt for machines: JSON-LD by ISO/IEC TS 27560:2023 in DPV 2 (C11).

A receipt holds one record, and the record one process for each purpose that the person was asked
about, with all that happened as the ledger tells it. It names the pseudonym alone, and no key in it
is lost when it is expanded; the schema that each receipt follows is among our static files.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from flask_stadtlabor.consent.answers.status import history
from flask_stadtlabor.consent.ledger import chain
from flask_stadtlabor.consent.models import (
    IN_FORCE,
    NO_PURPOSE,
    ActorKind,
    ConsentAction,
    ConsentEntry,
    Controller,
)
from flask_stadtlabor.consent.processing import Party, Processing
from flask_stadtlabor.consent.texts.published import PurposeTexts, texts_of
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.i18n import language_tag, page_language
from flask_stadtlabor.state import now, settings
from flask_stadtlabor.urls import absolute_url, base_url

SCHEMA = "consent-receipt.schema.json"
"""The static file with the JSON Schema; it also says what our own terms mean."""
MIMETYPE = "application/ld+json"

Json = dict[str, Any]

STATUS = {
    ConsentAction.REQUESTED: "dpv:ConsentRequested",
    ConsentAction.GIVEN: "dpv:ConsentGiven",
    ConsentAction.REFUSED: "dpv:ConsentRefused",
    ConsentAction.RENEWED: "dpv:RenewedConsentGiven",
    ConsentAction.WITHDRAWN: "dpv:ConsentWithdrawn",
    ConsentAction.EXPIRED: "dpv:ConsentExpired",
    ConsentAction.INVALIDATED: "dpv:ConsentInvalidated",
}
RIGHTS = ("A7-3", "A15", "A16", "A17", "A18", "A20", "A77")
"""Of the GDPR: withdraw, access, rectify, erase, restrict, take along, complain."""
LEDGER = (
    "seq", "text_version", "text_sha256", "language", "actor", "method",
    "previous_hash", "hash", "key_id",
)  # fmt: skip
"""The columns of the ledger that a status tells as they are."""
ABOUT_A_PERSON = ("seq", "actor", "method", "previous_hash", "hash", "key_id")
"""Those that an entry without a purpose has."""
CONFIRMATIONS = "ledger:confirmations"
"""The key of a record with the entries by which an address was confirmed, about no purpose.

The vocabulary has no term for that, and a status is about a purpose.
"""


def receipt(subject: str) -> Json | None:
    """The receipt of ``subject`` as of now; None for somebody who was never asked anything."""
    entries = history(subject)
    answers = [entry for entry in entries if entry.purpose != NO_PURPOSE]
    if not answers:
        return None
    texts = texts_of(answers)
    by_purpose = sorted(answers, key=lambda entry: (entry.purpose, entry.seq))
    processes = [
        _process(list(group), texts)
        for _, group in groupby(by_purpose, key=lambda entry: entry.purpose)
    ]
    publisher = processes[0]["dpv:hasDataController"]
    return {
        "@context": _context(),
        **_node("receipt", f"{subject}:{entries[-1].seq}"),
        "@type": "dpv:ConsentReceipt",
        "dct:created": _time(chain.moment(now())),
        "dct:publisher": publisher,
        "dct:conformsTo": [{"@id": "dpv-27560:receipt-eu-gdpr"}, {"@id": _schema_address()}],
        "dpv:hasRecordOfActivity": [
            {
                **_node("record", subject),
                "@type": "dpv:ConsentRecord",
                "dct:created": _time(chain.moment(entries[0].at)),
                "dct:publisher": publisher,
                "dct:conformsTo": {"@id": "dpv-27560:record-eu-gdpr"},
                "dpv:hasDataSubject": _subject(subject),
                "dpv:hasProcess": processes,
                **_confirmations(entries),
            }
        ],
    }


def _context() -> Json:
    """All that is needed to expand a receipt without a network."""
    return {
        "dpv": "https://w3id.org/dpv#",
        "dct": "http://purl.org/dc/terms/",
        "pd": "https://w3id.org/dpv/pd#",
        "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
        "loc": "https://w3id.org/dpv/loc#",
        "dpv-27560": "https://w3id.org/dpv/schema/dpv-27560#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "ledger": f"{_schema_address()}#",
    }


def _process(
    entries: Sequence[ConsentEntry], texts: Mapping[tuple[str, int], PurposeTexts]
) -> Json:
    """One purpose: what the latest text says, and all that happened."""
    text = texts[entries[-1].purpose, entries[-1].text_version]
    processing = text.processing or Processing()
    controller = text.controller or Controller(name=LocalizedText(settings().portal_name))
    return {
        "@type": "dpv:Process",
        "dct:identifier": text.slug,
        "dpv:hasNotice": _notices(entries, texts),
        "dpv:hasPurpose": {
            "@type": ["dpv:Purpose", f"dpv:{processing.purpose}"],
            "dct:title": _words(text.title),
            **({"dct:description": _words(text.body)} if text.body else {}),
        },
        "dpv:hasLegalBasis": {"@id": "eu-gdpr:A6-1-a"},
        "dpv:hasPersonalData": [
            {"@type": f"pd:{kind}", "dpv:hasNecessity": {"@id": "dpv:Optional"}}
            for kind in processing.personal_data
        ],
        "dpv:hasDataSource": {"@id": "dpv:DataSubjectDataSource"},
        "dpv:hasProcessing": [{"@id": f"dpv:{kind}"} for kind in processing.processing],
        "dpv:hasStorageCondition": _storage(processing, text.valid_days),
        "dpv:hasDataController": _controller(controller),
        **_parties("dpv:hasDataProcessor", "dpv:DataProcessor", processing.processors),
        **_parties("dpv:hasRecipient", "dpv:Recipient", processing.recipients),
        "dpv:hasJurisdiction": {"@id": f"loc:{processing.jurisdiction}"},
        "dpv:hasApplicableLaw": {"@id": "eu-gdpr:GDPR"},
        "dpv:hasConsentControl": {
            "@type": "dpv:WithdrawConsent",
            "dpv:isExercisedAt": {"@id": absolute_url("registration")},
        },
        "dpv:hasRight": [_right(article, controller) for article in RIGHTS],
        "dpv:hasConsentStatus": [_status(entry, texts) for entry in entries],
    }


def _notices(
    entries: Sequence[ConsentEntry], texts: Mapping[tuple[str, int], PurposeTexts]
) -> list[Json]:
    """Each text that was shown, once."""
    shown = {(entry.text_version, entry.language): entry for entry in entries}
    return [_notice(entry, texts[entry.purpose, entry.text_version]) for entry in shown.values()]


def _notice(entry: ConsentEntry, text: PurposeTexts) -> Json:
    row = next(row for row in text.texts if row.language == entry.language)
    language = settings().default_locale if row.language == LocalizedText.ANY else row.language
    address = absolute_url(
        "consent_text", lang=page_language(language), purpose=text.slug, version=text.version
    )
    return {
        "@id": address,
        "@type": "dpv:ConsentNotice",
        "dct:identifier": address,
        "dct:title": _words(text.title),
        "dct:language": language_tag(language),
        "dct:date": _time(chain.moment(row.published_at)),
        "ledger:text_version": row.version,
        "ledger:text_sha256": row.sha256,
    }


def _status(entry: ConsentEntry, texts: Mapping[tuple[str, int], PurposeTexts]) -> Json:
    """One line of the ledger, in the vocabulary's words and in its own."""
    days = texts[entry.purpose, entry.text_version].valid_days
    ends = entry.event in IN_FORCE and days is not None
    return {
        "@type": STATUS[ConsentAction(entry.event)],
        **_told(entry),
        **({"dpv:hasDuration": _duration(f"P{days}D")} if ends else {}),
    }


def _confirmations(entries: Sequence[ConsentEntry]) -> Json:
    found = [_told(entry, ABOUT_A_PERSON) for entry in entries if entry.purpose == NO_PURPOSE]
    return {CONFIRMATIONS: found} if found else {}


def _told(entry: ConsentEntry, names: Sequence[str] = LEDGER) -> Json:
    """What every entry tells, in the vocabulary's words and in the ledger's."""
    return {
        "dpv:isIndicatedAtTime": _time(chain.moment(entry.at)),
        "dpv:isIndicatedBy": _actor(entry),
        "dpv:hasIndicationMethod": entry.method,
        **{f"ledger:{name}": getattr(entry, name) for name in names},
    }


def _actor(entry: ConsentEntry) -> Json:
    if entry.actor == ActorKind.SUBJECT:
        return _subject(entry.subject)
    if entry.actor == ActorKind.GUARDIAN:
        return {"@type": "dpv:GuardianOfDataSubject"}
    return {"@type": "dpv:DataController"}


def _subject(subject: str) -> Json:
    return {"@type": "dpv:DataSubject", "dct:identifier": subject}


def _storage(processing: Processing, valid_days: int | None) -> Json:
    """How long and where; without a duration, until the consent ends."""
    span = processing.storage_duration or (f"P{valid_days}D" if valid_days else None)
    return {
        "@type": "dpv:StorageCondition",
        "dpv:hasDuration": _duration(span) if span else {"@id": "dpv:UntilEventDuration"},
        "dpv:hasLocation": {"@id": f"loc:{processing.location}"},
    }


def _controller(controller: Controller) -> Json:
    contact = [value for value in (controller.email, controller.phone) if value]
    officer = controller.data_protection_officer
    authority = controller.authority
    return {
        "@type": "dpv:DataController",
        "dpv:hasName": _words(controller.name or LocalizedText(settings().portal_name)),
        **({"dpv:hasAddress": _words(controller.address)} if controller.address else {}),
        **({"dpv:hasContact": contact} if contact else {}),
        **(
            {
                "dpv:hasDataProtectionOfficer": {
                    "@type": "dpv:DataProtectionOfficer",
                    "dpv:hasContact": _words(officer),
                }
            }
            if officer
            else {}
        ),
        **({"dpv:hasAuthority": _authority(authority)} if authority else {}),
    }


def _authority(authority: LocalizedText) -> Json:
    return {"@type": "dpv:DataProtectionAuthority", "dpv:hasName": _words(authority)}


def _parties(key: str, kind: str, parties: Sequence[Party]) -> Json:
    if not parties:
        return {}
    return {
        key: [
            {
                "@type": kind,
                "dpv:hasName": _words(party.name),
                **({"dpv:hasAddress": _words(party.address)} if party.address else {}),
                **({"dpv:hasContact": [party.contact]} if party.contact else {}),
            }
            for party in parties
        ]
    }


def _right(article: str, controller: Controller) -> Json:
    """Where it is exercised: on the person's own page, never with their link, or by complaint."""
    place: Json = {"@id": absolute_url("registration")}
    if article == "A77" and controller.authority:
        place = _authority(controller.authority)
    return {"@type": f"eu-gdpr:{article}", "dpv:isExercisedAt": place}


def _node(kind: str, name: str) -> Json:
    """A stable identifier: the same state of the ledger gives the same one."""
    identifier = uuid.uuid5(uuid.NAMESPACE_URL, f"{base_url()}#{kind}:{name}")
    return {"@id": f"urn:uuid:{identifier}", "dct:identifier": str(identifier)}


def _words(text: LocalizedText) -> list[Json | str]:
    """A text in each of its languages."""
    return [
        body if code == LocalizedText.ANY else {"@value": body, "@language": language_tag(code)}
        for code, body in sorted(text.items())
    ]


def _time(moment: str) -> Json:
    return {"@type": "xsd:dateTime", "@value": moment}


def _duration(span: str) -> Json:
    return {"@type": "xsd:duration", "@value": span}


def _schema_address() -> str:
    return absolute_url("static", filename=SCHEMA)

"""The record's activities that the city described itself: its purposes with the texts in force."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask_stadtlabor.consent.models import Mode
from flask_stadtlabor.consent.processing import Party, Processing
from flask_stadtlabor.consent.texts.published import PurposeTexts
from flask_stadtlabor.dates import format_short_day
from flask_stadtlabor.i18n import _sl, locale
from flask_stadtlabor.privacy.record.parts import Activity, blank, iso_span, words
from flask_stadtlabor.state import settings

_EEA = {
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS",
    "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
}  # fmt: skip
"""Countries from and to which a transfer is none to a third country."""


def activities_of(purposes: Iterable[PurposeTexts]) -> Iterator[Activity]:
    """An activity for each purpose that people are asked about or told of."""
    return (_activity(purpose) for purpose in purposes if purpose.mode != Mode.PRIVACY)


def named_version(purpose: PurposeTexts) -> str:
    """The text in force: its title, version and day."""
    return _sl(
        "“%(title)s”, version %(number)d of %(day)s",
        title=words(purpose.title),
        number=purpose.version,
        day=format_short_day(purpose.texts[0].published_at, settings().timezone),
    )


def _activity(purpose: PurposeTexts) -> Activity:
    is_asked = purpose.mode == Mode.CONSENT
    processing = purpose.processing
    title = words(purpose.title)
    return Activity(
        title=_sl("Consent: %(title)s", title=title)
        if is_asked
        else _sl("Notice: %(title)s", title=title),
        purposes=[
            _sl("Text in force: %(text)s", text=named_version(purpose)),
            *([f"`dpv:{processing.purpose}`"] if processing else [_processing_blank()]),
        ],
        legal_basis=_consent() if is_asked else [blank(_sl("the legal basis"))],
        people=[
            _sl("People who consented, and guardians who did so for a child")
            if is_asked
            else _sl("People who are told of it by the notice")
        ],
        personal_data=_data(processing),
        recipients=_recipients(processing),
        third_countries=_third_countries(processing),
        retention=_retention(purpose, processing),
    )


def _consent() -> list[str]:
    return [
        # Translators: Art. 6 (1) (a) is „Art. 6 Abs. 1 Buchst. a“ in German
        _sl("Consent, Art. 6 (1) (a) GDPR; for special categories of data Art. 9 (2) (a) GDPR"),
        _sl(
            "Below the age of %(age)d a guardian gives it, where the event asks for age.",
            age=settings().guardian_age,
        ),
    ]


def _processing_blank() -> str:
    return blank(_sl("what is done with the data under this text, and to which end"))


def _data(processing: Processing | None) -> list[str]:
    if processing is None:
        return [blank(_sl("the categories of data"))]
    kinds = ", ".join(f"`pd:{kind}`" for kind in processing.personal_data)
    steps = ", ".join(f"`dpv:{step}`" for step in processing.processing)
    found = [kinds or blank(_sl("the categories of data"))]
    return [*found, _sl("What is done with them: %(steps)s", steps=steps)] if steps else found


def _recipients(processing: Processing | None) -> list[str]:
    parties = processing or Processing()
    processors = [
        _sl("Processor: %(party)s", party=_party(party)) for party in parties.processors
    ] or [blank(_sl("the processors, or that there are none"))]
    recipients = [
        _sl("Recipient: %(party)s", party=_party(party)) for party in parties.recipients
    ] or [blank(_sl("the recipients, or that there are none"))]
    return processors + recipients


def _party(party: Party) -> str:
    said = (words(party.name), words(party.address), words(party.contact))
    return ", ".join(part for part in said if part)


def _third_countries(processing: Processing | None) -> list[str]:
    if processing is None:
        return [blank(_sl("where the data are processed"))]
    country = processing.location.partition("-")[0]
    name = locale().territories.get(country, country)
    region = name if country == processing.location else f"{name} ({processing.location})"
    if country in _EEA:
        return [
            _sl("The place of the processing is %(region)s.", region=region),
            blank(_sl("the third countries of processors and recipients, or that there are none")),
        ]
    return [
        _sl(
            "The place of the processing is %(region)s, outside of the European Economic Area.",
            region=region,
        ),
        # Translators: in German „Art. 44 ff. DSGVO“
        blank(_sl("the safeguards for it (Art. 44 et seq. GDPR)")),
    ]


def _retention(purpose: PurposeTexts, processing: Processing | None) -> list[str]:
    said = []
    if processing and processing.storage_duration:
        said.append(_sl("Stored for: %(duration)s", duration=iso_span(processing.storage_duration)))
    if purpose.mode == Mode.CONSENT:
        said.append(_sl("Until the consent is withdrawn"))
        if purpose.valid_days:
            days = iso_span(f"P{purpose.valid_days}D")
            said.append(_sl("A consent runs out after: %(duration)s", duration=days))
    if processing is None or not processing.storage_duration:
        said.append(blank(_sl("how long the data are kept at most")))
    return said

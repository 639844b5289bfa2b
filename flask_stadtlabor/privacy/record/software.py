"""The record's activities that are the same in each portal, because the software does them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

from flask_stadtlabor.db import AnyRow
from flask_stadtlabor.i18n import _sl, _sln
from flask_stadtlabor.outbox.operations import KEPT_AFTER_GIVING_UP
from flask_stadtlabor.privacy.record.parts import Activity, blank, span, words
from flask_stadtlabor.privacy.retention import MAIL_RECORDS_KEPT
from flask_stadtlabor.registration.retention_periods import CHANGED_KEPT, LAPSED_KEPT
from flask_stadtlabor.state import settings


def registration(events: Sequence[AnyRow]) -> Activity:
    """People register; ``events`` have their questions and periods of retention."""
    labels = dict.fromkeys(words(item.label) for event in events for item in event.questions)
    answers = _sl("Answers to the questions of events: %(questions)s", questions="; ".join(labels))
    return Activity(
        title=_sl("Registration for events"),
        purposes=[
            _sl("Registration, seats and waiting list, admission, and help with taking part"),
            _sl("News about the event, reminder and thank-you"),
        ],
        legal_basis=[
            # Translators: in German „Art. 6 Abs. 1 Buchst. e DSGVO“ and so on
            _sl("Suggested: Art. 6 (1) (e) GDPR with national law, or Art. 6 (1) (b) GDPR"),
            _sl("Suggested for support needs: Art. 9 (2) (a) GDPR"),
            blank(_sl("the legal basis, with the provision of national law")),
        ],
        people=[
            _sl("Registered people and people on the waiting list"),
            _sl("Companions and guardians, whom the registered person names"),
        ],
        personal_data=[
            _sl("Name, e-mail address or another way to reach somebody, language"),
            _sl("Size of the party, and names of companions where an event asks for them"),
            answers
            if labels
            else _sl("Answers to the questions of events; at present no event has one"),
            _sl("Support needs, where an event asks; they may be data concerning health"),
            _sl(
                "Whether somebody is younger than %(age)d and the name of a guardian, where an "
                "event asks; never a date of birth",
                age=settings().guardian_age,
            ),
            _sl("State and times of the registration, place in the queue, ticket code, arrival"),
            _sl("Version of the privacy notice that was shown, and number of consents asked for"),
            _sl("Hashes of the personal links and of the e-mail address"),
            _sl("Hash of the portal’s account to which the registration belongs, if it is in one"),
            _sl("Messages that staff passes on to people whom no mail reaches"),
        ],
        recipients=[
            _sl("Staff, each for the actions that the portal’s policy allows them"),
            blank(_sl("offices and roles with access")),
            _hosting(),
        ],
        third_countries=_none_by_the_software(),
        retention=list(_registration_periods(events)),
    )


def _registration_periods(events: Sequence[AnyRow]) -> Iterator[str]:
    yield _sl(
        "Registrations: %(duration)s after the end of the event",
        duration=span(settings().retention),
    )
    yield from _own_periods(event.retention_days for event in events)
    yield _sl(
        "Support needs: %(duration)s after the end of the event",
        duration=span(settings().support_retention),
    )
    yield from _own_periods(event.support_retention_days for event in events)
    yield _sl(
        "Both, while the event is postponed: up to %(duration)s after its former end",
        duration=span(settings().postponed_retention),
    )
    yield _sl(
        "Registrations never confirmed, lapsed or cancelled: %(duration)s after that",
        duration=span(LAPSED_KEPT),
    )
    yield _sl(
        "After an event was changed, nothing of it is erased for: %(duration)s",
        duration=span(CHANGED_KEPT),
    )
    yield _sl(
        "Personal links: with the registration; while a consent is in force, when it has ended"
    )


def _own_periods(days: Iterator[int | None]) -> Iterator[str]:
    """The periods of events that do not go by the setting."""
    for number, events in sorted(Counter(day for day in days if day is not None).items()):
        yield _sln(
            "Otherwise at %(num)d event: %(duration)s",
            "Otherwise at %(num)d events: %(duration)s",
            events,
            duration=span(timedelta(days=number)),
        )


def mail() -> Activity:
    """Mails are written, delivered and forgotten."""
    return Activity(
        title=_sl("Delivery of mail"),
        purposes=[_sl("Mails about a registration reach the person")],
        legal_basis=[_sl("As for the registration")],
        people=[
            _sl("Registered people and people on the waiting list"),
            _sl("Whoever’s address is typed into the form for personal links"),
        ],
        personal_data=[
            _sl("E-mail address and whole text of the mail with the personal link"),
            _sl("Kind, state and times of the mail"),
        ],
        recipients=[blank(_sl("who delivers mail, with the contract by Art. 28 GDPR"))],
        third_countries=_none_by_the_software(),
        retention=[
            _sl("Text and address: on delivery"),
            _sl(
                "Text and address of mails that were given up: %(duration)s after they were "
                "written",
                duration=span(KEPT_AFTER_GIVING_UP),
            ),
            _sl(
                "That there was a mail: %(duration)s after its delivery or blanking",
                duration=span(MAIL_RECORDS_KEPT),
            ),
        ],
    )


def ledger() -> Activity:
    """Consent is asked for, and what was answered is kept as evidence."""
    return Activity(
        title=_sl("Evidence of consent"),
        purposes=[
            _sl("Proof of what was asked and answered, by a ledger in which every change is found"),
            _sl("Take-down of what was published, after a withdrawal"),
        ],
        legal_basis=[
            _sl("Suggested: Art. 6 (1) (c) GDPR with Art. 7 (1) and Art. 5 (2) GDPR"),
            blank(_sl("the legal basis")),
        ],
        people=[_sl("People who were asked for a consent, and guardians who answered")],
        personal_data=[
            _sl("Random pseudonym, to which no name is stored in the ledger"),
            _sl("Purpose, version, checksum and language of the text"),
            _sl("What was answered, when, in what role and by which way"),
            _sl("Take-down tasks and publications, with the names of staff who did them"),
        ],
        recipients=[
            _sl("Staff, each for the actions that the portal’s policy allows them"),
            _hosting(),
        ],
        third_countries=_none_by_the_software(),
        retention=[
            _sl("Ledger, take-down tasks and publications: for good, as evidence"),
            _sl("Once the registration is erased, the pseudonym leads to nobody in the database."),
        ],
    )


def office() -> Activity:
    """Staff works, and the city names people in public."""
    return Activity(
        title=_sl("Back office and people named in public"),
        purposes=[_sl("It is known who published a text or did a task; events name contacts")],
        legal_basis=[blank(_sl("the law of employees’ data; for people named in public, too"))],
        people=[_sl("Staff; contacts, organisers and others whom an event names")],
        personal_data=[
            _sl("Name or identifier of staff beside texts, tasks, publications and messages"),
            _sl("What the city publishes of contacts, organisers and people in the programme"),
        ],
        recipients=[_sl("The public, for what an event names; staff for the rest"), _hosting()],
        third_countries=_none_by_the_software(),
        retention=[
            _sl("Beside texts, tasks and publications: for good, as evidence"),
            _sl("Beside messages: with the registration"),
            _sl("What an event names: until the city changes it"),
        ],
    )


def operation() -> Activity:
    """Forms are guarded, and abuse has its limits."""
    seconds = max((rate.seconds for rate in settings().rate_limits.values()), default=0)
    counters = (
        _sl("Counters against abuse: at most %(duration)s", duration=span(timedelta(0, seconds)))
        if seconds
        else _sl("Counters against abuse: none, because the limits are switched off")
    )
    return Activity(
        title=_sl("Secure operation"),
        purposes=[_sl("Protection of forms and personal pages, and limits against abuse")],
        legal_basis=[
            # Translators: in German „§ 25 Abs. 2 Nr. 2 TDDDG“
            _sl("Suggested: Art. 6 (1) (e) GDPR; for the cookie § 25 (2) no. 2 TDDDG"),
            blank(_sl("the legal basis")),
        ],
        people=[_sl("Visitors who open a form, a personal page or the back office")],
        personal_data=[
            _sl("Session cookie, signed, on forms, personal pages and in the back office"),
            _sl("Keyed hashes of e-mail and IP addresses in the counters against abuse"),
            blank(_sl("what the logs of web server and portal hold")),
        ],
        recipients=[_hosting()],
        third_countries=_none_by_the_software(),
        retention=[
            counters,
            blank(_sl("how long the session cookie, logs and backups are kept")),
        ],
    )


def _hosting() -> str:
    return blank(_sl("who runs the servers, with the contract by Art. 28 GDPR"))


def _none_by_the_software() -> list[str]:
    return [
        _sl("The software itself passes nothing on to a third country."),
        blank(_sl("the third countries of whoever runs servers or mail, or that there are none")),
    ]

"""The export of a person as one JSON document, in the format that docs/contract.md describes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_stadtlabor.consent.answers.status import ConsentStatus
from flask_stadtlabor.consent.models import ConsentEntry
from flask_stadtlabor.db import Base
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.uploaded import uploaded
from flask_stadtlabor.i18n import page_language
from flask_stadtlabor.participation.comments.models import Comment
from flask_stadtlabor.participation.ideas.models import Idea, IdeaVersion
from flask_stadtlabor.participation.moderation.models import Decision
from flask_stadtlabor.privacy.export import (
    ConsentData,
    MailData,
    ParticipantData,
    PersonData,
    RegistrationData,
)
from flask_stadtlabor.registration.later_forms import PARTS
from flask_stadtlabor.registration.models import AccessToken, LaterForm
from flask_stadtlabor.state import now, settings
from flask_stadtlabor.urls import absolute_url

FORMAT = "flask-stadtlabor-person/1"

ENTRY_FIELDS = (
    "seq", "purpose", "text_version", "text_sha256", "language", "actor", "method",
    "previous_hash", "hash", "key_id",
)  # fmt: skip
REGISTRATION_FIELDS = (
    "state", "given_name", "family_name", "email", "reach", "party_size", "language",
    "support_needs", "is_under_age", "guardian_name", "consents_asked", "privacy_shown",
    "queue_number", "source", "ticket_code", "arrived", "checked_in_where",
)  # fmt: skip
REGISTRATION_TIMES = (
    "created_at", "expires_at", "confirmed_at", "cancelled_at", "checked_in_at", "reminded_at",
    "thanked_at", "restricted_at",
)  # fmt: skip

PARTICIPANT_FIELDS = ("email", "public_name", "language", "wants_digest", "wants_answers")
IDEA_FIELDS = (
    "title", "text", "category", "area", "place", "language", "public_name", "status", "reason",
    "supports", "picture_alt",
)  # fmt: skip

DECISION_FIELDS = ("kind", "number", "measure", "rule", "reasons", "is_from_report")
REPORT_FIELDS = ("kind", "number", "rule", "words", "email", "language", "state")
COMMENT_FIELDS = (
    "text", "stance", "language", "public_name", "status", "agrees", "disagrees", "replies",
)  # fmt: skip


def as_json(data: PersonData) -> str:
    """The document as text that people can read too."""
    return json.dumps(as_document(data), ensure_ascii=False, indent=2) + "\n"


def as_document(data: PersonData) -> dict[str, Any]:
    """The document; all times are UTC, as ISO 8601."""
    return {
        "format": FORMAT,
        "portal": settings().portal_name,
        "made_at": _time(now()),
        "registrations": [_registration(item) for item in data.registrations],
        "consents": [_consent(item) for item in data.consents],
        "links": [_link(link) for link in data.links],
        "mails": [_mail(mail) for mail in data.mails],
        "participations": [_participation(item) for item in data.participants],
        "reports": [
            {
                **{name: getattr(report, name) for name in REPORT_FIELDS},
                **_times(report, "created_at", "decided_at"),
            }
            for report in data.reports
        ],
    }


def _participation(data: ParticipantData) -> dict[str, Any]:
    row = data.row
    return {
        **{name: getattr(row, name) for name in PARTICIPANT_FIELDS},
        "has_account": row.account_key is not None,
        **_times(row, "created_at", "first_published_at", "confirmed_at"),
        "ideas": [_idea(idea, data.versions) for idea in data.ideas],
        "supports": [
            {"idea": each.idea_id, "text_version": each.version, **_times(each, "created_at")}
            for each in data.supports
        ],
        "follows": [{"idea": each.idea_id, **_times(each, "created_at")} for each in data.follows],
        "comments": [_comment(comment) for comment in data.comments],
        "reactions": [
            {"comment": each.comment_id, "opinion": each.opinion, **_times(each, "created_at")}
            for each in data.reactions
        ],
        "links": [
            {
                "token_sha256": each.token_hash,
                "leads_to": each.leads_to,
                **_times(each, "expires_at"),
            }
            for each in data.links
        ],
        "news": [
            {"kind": each.kind, each.about: each.number, **_times(each, "created_at")}
            for each in data.news
        ],
        "decisions": [_decision(each) for each in data.decisions],
    }


def _decision(row: Decision) -> dict[str, Any]:
    """What a moderator decided about a text of theirs; who it was is theirs alone."""
    objection = row.objection
    return {
        **{name: getattr(row, name) for name in DECISION_FIELDS},
        **_times(row, "decided_at"),
        "objection": None
        if objection is None
        else {
            **{name: getattr(objection, name) for name in ("words", "is_upheld", "reasons")},
            **_times(objection, "created_at", "decided_at"),
        },
    }


def _idea(row: Idea, versions: Sequence[IdeaVersion]) -> dict[str, Any]:
    return {
        "number": row.id,
        **{name: getattr(row, name) for name in IDEA_FIELDS},
        "picture": picture.absolute_url if (picture := uploaded(row.picture)) else None,
        **_times(row, "created_at", "published_at", "changed_at"),
        "earlier_texts": [
            {"title": each.title, "text": each.text, **_times(each, "replaced_at")}
            for each in versions
            if each.idea_id == row.id
        ],
    }


def _comment(row: Comment) -> dict[str, Any]:
    """``about`` as in the address of the thread: such as ``idea/7`` or ``event/3/results``."""
    return {
        "number": row.id,
        "about": row.thread,
        "answers": row.parent_id,
        **{name: getattr(row, name) for name in COMMENT_FIELDS},
        **_times(row, "created_at", "published_at", "edited_at"),
    }


def _registration(data: RegistrationData) -> dict[str, Any]:
    row = data.row
    return {
        "event": _event(data.event),
        "reference": row.subject,
        **{name: getattr(row, name) for name in REGISTRATION_FIELDS},
        "is_in_account": row.account_key is not None,
        "companions": list(row.companions),
        "answers": [
            {"question": answer.slug, "label": answer.label.to_json(), "answer": answer.value}
            for answer in data.answers
        ],
        **_times(row, *REGISTRATION_TIMES),
        "kept_until": _time(data.kept_until),
        "support_needs_kept_until": _time(data.support_needs_kept_until),
        "links": [_link(link) for link in data.links],
        "desk_notices": [
            {
                "kind": notice.kind,
                "tells": notice.tells,
                "refused_address": notice.refused_address,
                **_times(notice, "created_at", "done_at"),
            }
            for notice in data.notices
        ],
        "later_form": _later_form(data.later_form) if data.later_form else None,
    }


def _later_form(form: LaterForm) -> dict[str, Any]:
    """What came in later; consents by their purpose, those that any later form refused apart.

    Where its noes alone are kept, the rest is null.
    """
    said = form.said
    filled_in = [*(name for columns in PARTS.values() for name in columns), "answers"]
    return {
        **_times(form, "sent_at"),
        **{name: said.get(name) for name in filled_in},
        "given": said["given"],
        "refused": list(said["refused"]),
    }


def _consent(data: ConsentData) -> dict[str, Any]:
    return {
        "reference": data.subject.reference,
        "context": data.subject.context,
        "event": _event(data.event) if data.event else None,
        "confirmed_at": _time(data.subject.confirmed_at),
        "last_seq": data.subject.last_seq,
        "now": [_status(status) for status in data.statuses],
        "entries": [_entry(entry) for entry in data.entries],
        "take_down_tasks": [
            {"purpose": task.purpose, **_times(task, "created_at", "done_at")}
            for task in data.tasks
        ],
    }


def _status(status: ConsentStatus) -> dict[str, Any]:
    return {
        "purpose": status.slug,
        "title": status.title.to_json(),
        "act": status.act.value,
        "at": _time(status.at),
        "permits_use": status.permits_use,
        "text": absolute_url(
            "consent_text",
            lang=page_language(status.language),
            purpose=status.slug,
            version=status.version,
        ),
    }


def _entry(entry: ConsentEntry) -> dict[str, Any]:
    return {
        **{name: getattr(entry, name) for name in ENTRY_FIELDS},
        "act": entry.event,
        "at": _time(entry.at),
    }


def _mail(mail: MailData) -> dict[str, Any]:
    row = mail.row
    return {
        "kind": row.kind,
        "state": row.state,
        "recipient": row.recipient,
        "subject": mail.subject,
        "attempts": row.attempts,
        "created_at": _time(row.created_at),
        "message": mail.message,
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "slug": event.slug,
        "title": event.title.to_json(),
        **_times(event, "starts_at", "ends_at"),
        "timezone": event.timezone,
    }


def _link(link: AccessToken) -> dict[str, Any]:
    """A personal link; what was mailed is not stored, only its hash."""
    times = _times(link, "created_at", "expires_at")
    return {"token_sha256": link.token_hash, **times, "closings": link.closings}


def _times(row: Base, *names: str) -> dict[str, str | None]:
    return {name: _time(getattr(row, name)) for name in names}


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")

"""How an event takes registrations, in the exchange file."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from flask_stadtlabor.editor_field import EditorField
from flask_stadtlabor.events.content import Part
from flask_stadtlabor.events.models import DEFAULT_REMINDERS
from flask_stadtlabor.events.questions.question import Question
from flask_stadtlabor.events.time_fields import WallTime, not_before
from flask_stadtlabor.exchange.field_types import Days, Hours, Number
from flask_stadtlabor.i18n import lazy

MOST_QUESTIONS = 100
"""Questions of one event; nobody answers as many."""


class RegistrationEntry(Part):
    """How an event takes registrations."""

    opens_at: Annotated[
        WallTime | None,
        EditorField(
            lazy("Registration opens"),
            lazy("Empty means: as soon as the event is published."),
            input="datetime-local",
        ),
    ] = None
    closes_at: Annotated[
        WallTime | None,
        EditorField(
            lazy("Registration closes"),
            lazy("Empty means: when the event begins."),
            input="datetime-local",
        ),
    ] = None
    capacity: Annotated[
        Number | None,
        EditorField(lazy("Seats"), lazy("Empty means: as many as come."), input="number"),
    ] = None
    waiting_list: Annotated[bool, EditorField(lazy("Offer a waiting list once it is full"))] = True
    max_party_size: Annotated[
        Annotated[int, Field(ge=1, le=1000)],
        EditorField(lazy("People whom one registration may hold"), input="number"),
    ] = 1
    confirm_by_email: Annotated[
        bool,
        EditorField(
            lazy("Confirm by a link in a mail"),
            lazy("It shows that the address is right, and that nobody typed somebody else’s."),
        ),
    ] = True
    ask_age: Annotated[
        bool,
        EditorField(
            lazy("Ask whether somebody is a child"),
            lazy("A parent or guardian then answers the questions about consent."),
        ),
    ] = False
    questions: Annotated[
        Annotated[tuple[Question, ...], Field(max_length=MOST_QUESTIONS)],
        EditorField(
            lazy("Questions of your own"),
            lazy("Ask only what you need in order to hold the event."),
            item=lazy("Question"),
        ),
    ] = ()
    smaller_parties_may_pass: Annotated[
        bool, EditorField(lazy("On the waiting list, smaller parties may go first"))
    ] = False
    companion_names: Annotated[
        Literal["no", "optional", "required"],
        EditorField(
            lazy("Names of those who come along"),
            options={
                "no": lazy("Do not ask"),
                "optional": lazy("Ask, and leave it open"),
                "required": lazy("Everybody has to say them"),
            },
        ),
    ] = "no"
    ask_support: Annotated[
        bool,
        EditorField(
            lazy("Ask what somebody needs in order to take part"),
            lazy("Such as an interpreter. Few people of the team can read it."),
        ),
    ] = False
    support_retention_days: Annotated[
        Days | None,
        EditorField(
            lazy("Days after which what people need is deleted"),
            lazy("Counted from the end of the event. Empty means: as everywhere on this portal."),
            input="number",
        ),
    ] = None
    reminder_hours: Annotated[
        Annotated[tuple[Hours, ...], Field(max_length=5)],
        EditorField(
            lazy("Remind people so many hours before the start"),
            lazy("Several numbers with commas between them; empty means: no reminder."),
        ),
    ] = DEFAULT_REMINDERS
    thank_you: Annotated[bool, EditorField(lazy("Thank those who came, by a mail afterwards"))] = (
        False
    )

    @field_validator("closes_at")
    @classmethod
    def _closes_after_opening(cls, value: str | None, info: ValidationInfo) -> str | None:
        not_before(value, info.data.get("opens_at"), info, "registration opens")
        return value

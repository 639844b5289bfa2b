"""The rules of what people write: the city's own, or those that stand here.

A city writes its rules as it writes venues or organisers. As soon as there is one, ours are not
shown any more; a decision that names one of them still does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.editor_field import EditorField
from flask_stadtlabor.events import history
from flask_stadtlabor.events.content import EMPTY, Part
from flask_stadtlabor.events.history_models import SharedKind, Step
from flask_stadtlabor.folding import search_form, search_words
from flask_stadtlabor.i18n import lazy, words

LAW: Final = "law"
"""The slug of what is against the law, which somebody can always report."""


class RuleEntry(Part):
    """A rule of the city's own, as staff writes it."""

    title: Annotated[LocalizedText, EditorField(lazy("The rule in one sentence"), needed=True)] = (
        EMPTY
    )
    text: Annotated[
        LocalizedText,
        EditorField(lazy("What it means"), lazy("It stands on the page of the rules."), lines=5),
    ] = EMPTY
    reasons: Annotated[
        LocalizedText,
        EditorField(
            lazy("Words for a decision"),
            lazy("What the author is told of a text that breaks it. A moderator can add to it."),
            lines=4,
        ),
    ] = EMPTY
    hints: Annotated[
        LocalizedText,
        EditorField(
            lazy("Words that are a hint"),
            lazy(
                "One a line. Moderators see them in a text that they read anyway; nothing else "
                "happens by them."
            ),
            lines=4,
        ),
    ] = EMPTY


@dataclass(frozen=True)
class Rule:
    """A rule."""

    slug: str
    title: LocalizedText | str
    text: LocalizedText | str
    reasons: LocalizedText | str
    """What the author of a text is told that breaks it."""
    hints: LocalizedText | str = ""


OURS: Final[tuple[Rule, ...]] = (
    Rule(
        "respect",
        lazy("Be respectful"),
        lazy(
            "Argue about the matter and not about people. Insults, threats and whatever runs "
            "groups of people down have no place here."
        ),
        lazy("The text insults or threatens somebody, or runs a group of people down."),
    ),
    Rule(
        "privacy",
        lazy("Write nothing private about others"),
        lazy(
            "No names, addresses, telephone numbers or pictures of people who have not agreed to "
            "that. Whoever holds a public office may be named in that role."
        ),
        lazy("The text tells something about a person that is nobody else’s business."),
    ),
    Rule(
        "topic",
        lazy("Stay with the subject"),
        lazy("Write about what the project asks for. There is another place for other subjects."),
        lazy("The text is not about what the project asks for."),
    ),
    Rule(
        "advertising",
        lazy("Do not advertise"),
        lazy("No advertising, no chain letters, and the same text only once."),
        lazy("The text advertises something, or has been sent many times."),
    ),
    Rule(
        LAW,
        lazy("Break no law"),
        lazy(
            "What is forbidden elsewhere is forbidden here: among other things incitement to "
            "hatred, symbols of unconstitutional organisations, and pictures or texts of others "
            "without their permission."
        ),
        lazy("The text breaks the law."),
    ),
)
"""The rules of a portal that has none of its own yet."""


def rules() -> Sequence[Rule]:
    """The rules that hold now, in the order of their page; one statement."""
    own = [
        _own(entry.slug, entry.document)
        for entry in sorted(history.newest_of_kind(SharedKind.RULE), key=lambda one: one.id)
        if entry.step != Step.REMOVED
    ]
    return own or OURS


def rules_to_name() -> dict[str, Rule]:
    """Every rule that a report or decision may name, by its slug; those of the past too."""
    entries = history.newest_of_kind(SharedKind.RULE)
    return {
        **{rule.slug: rule for rule in OURS},
        **{entry.slug: _own(entry.slug, entry.document) for entry in entries},
    }


def rules_to_break() -> Sequence[Rule]:
    """What a text can be reported for, and hidden for: the rules that hold, and always the law."""
    found = rules()
    law = [rule for rule in OURS if rule.slug == LAW]
    return found if any(rule.slug == LAW for rule in found) else [*found, *law]


def hints_in(text: str, found: Sequence[Rule]) -> list[str]:
    """The words of these rules that stand in a text, in any case and spelling, in their order."""
    there = set(search_form([text]).split())
    asked = (line.strip() for rule in found for line in _lines(rule.hints))
    return list(dict.fromkeys(each for each in asked if each and set(search_words(each)) <= there))


def said(text: LocalizedText | str) -> str:
    """What a rule says in the current language."""
    return words(text) if isinstance(text, LocalizedText) else str(text)


def _lines(hints: LocalizedText | str) -> list[str]:
    texts = hints.values() if isinstance(hints, LocalizedText) else [str(hints)]
    return [line for text in texts for line in text.splitlines()]


def _own(slug: str, document: Mapping[str, Any]) -> Rule:
    return Rule(slug, *(LocalizedText(document[name] or "") for name in RuleEntry.model_fields))

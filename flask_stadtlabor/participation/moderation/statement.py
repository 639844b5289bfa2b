"""What somebody is told of a decision about their text, in the current language (Art. 17 DSA)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_stadtlabor.dates import format_day
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.participation.moderation.models import TAKING_AWAY, Decision, Measure
from flask_stadtlabor.participation.moderation.rules import LAW, Rule, said
from flask_stadtlabor.participation.moderation.texts import ModeratedText, Standing
from flask_stadtlabor.state import now, settings

OBJECTION_TIME = timedelta(days=184)
"""How long an author can object: at least six months (Art. 20(1) DSA)."""


def objection_ends_at(decision: Decision) -> datetime:
    """Until when the author can object."""
    return decision.decided_at + OBJECTION_TIME


def can_object(decision: Decision, text: ModeratedText) -> bool:
    """Whether the author can object now: once, to a decision that keeps their text away."""
    is_open = decision.objection is None and now() < objection_ends_at(decision)
    is_away = decision.measure in TAKING_AWAY and text.standing is Standing.HIDDEN
    return is_away and is_open


@dataclass(frozen=True)
class Statement:
    """A decision in sentences."""

    decision: Decision
    text: ModeratedText
    rule: Rule | None
    """The rule that the text breaks."""

    @property
    def done(self) -> str:
        """What was done."""
        return self._in_a_sentence(Measure(self.decision.measure))

    def _in_a_sentence(self, measure: Measure) -> str:
        return {
            Measure.HIDDEN: _sl(
                "We have hidden what you wrote on %(day)s. Nobody can read it any more but you.",
                day=self._day,
            ),
            Measure.SPAM: _sl(
                "We have hidden what you wrote on %(day)s, because we take it for spam.",
                day=self._day,
            ),
            Measure.REFUSED: _sl(
                "We do not publish what you wrote on %(day)s. Nobody can read it but you.",
                day=self._day,
            ),
            Measure.RELEASED: _sl(
                "Everybody can read now what you wrote on %(day)s.", day=self._day
            ),
            Measure.RESTORED: _sl(
                "What you wrote on %(day)s had been hidden. Everybody can read it again.",
                day=self._day,
            ),
            Measure.KEPT: _sl("It was reported, and it stays."),
        }[measure]

    @property
    def _day(self) -> str:
        return format_day(self.text.written_at, settings().timezone)

    @property
    def done_since(self) -> str:
        """What was done, and what has become of the text since."""
        takes_away = self.decision.measure in TAKING_AWAY
        if self.text.standing is Standing.GONE:
            return _sl("You have deleted what you wrote on %(day)s since.", day=self._day)
        if self.text.standing is not Standing.HIDDEN:
            if self.decision.measure == Measure.REFUSED:
                return _sl(
                    "We had not published what you wrote on %(day)s. Everybody can read it now.",
                    day=self._day,
                )
            return self._in_a_sentence(Measure.RESTORED) if takes_away else self.done
        if not takes_away or self.was_upheld:
            return _sl(
                "After this, everybody could read what you wrote on %(day)s. A later decision has "
                "hidden it.",
                day=self._day,
            )
        return self.done

    @property
    def was_upheld(self) -> bool:
        """Whether the author objected to it, and was right."""
        objection = self.decision.objection
        return objection is not None and bool(objection.is_upheld)

    @property
    def facts(self) -> list[str]:
        """Why, in the words of the rule and in the moderator's own."""
        by_rule = said(self.rule.reasons) if self.rule is not None else ""
        return [*_paragraphs(by_rule), *_paragraphs(self.decision.reasons)]

    @property
    def ground(self) -> str:
        """By which rule, and whether that is the law; empty where the text breaks none."""
        if self.rule is None:
            return ""
        if self.rule.slug == LAW:
            return _sl("We take the text for unlawful.")
        return _sl("The text breaks this rule of our portal: %(rule)s", rule=said(self.rule.title))

    @property
    def origin(self) -> str:
        """How we came to it, and that no automatic means decided."""
        if self.decision.is_from_report:
            found = _sl("Somebody reported the text to us.")
        elif self.decision.measure == Measure.REFUSED:
            found = _sl("It had waited for us to read it before everybody can.")
        else:
            found = _sl("We came upon the text ourselves.")
        return f"{found} " + _sl(
            "A person has decided. No automatic means were used, neither to find the text nor to "
            "decide about it."
        )

    @property
    def remedy(self) -> str:
        """How to object, and until when; empty where there is nothing to object to."""
        if self.decision.measure not in TAKING_AWAY:
            return ""
        return _sl(
            "Do you think that this is wrong? Then object, until %(day)s and free of charge, on "
            "the page of this decision. Somebody else decides about that where more than one "
            "person moderates. You can also turn to a court.",
            day=format_day(objection_ends_at(self.decision), settings().timezone),
        )

    @property
    def paragraphs(self) -> list[str]:
        """All of it, in the order of reading, as it is told when the decision is made."""
        return self._in_order(self.done, self.remedy)

    @property
    def paragraphs_by_now(self) -> list[str]:
        """The same as it stands now, after what became of the text and of an objection."""
        is_open = can_object(self.decision, self.text)
        return self._in_order(self.done_since, self.remedy if is_open else "")

    def _in_order(self, done: str, remedy: str) -> list[str]:
        takes_away = self.decision.measure in TAKING_AWAY
        reasons = [*self.facts, self.ground, self.origin, remedy] if takes_away else self.facts
        return [words for words in (done, *reasons) if words]


def _paragraphs(words: str | None) -> list[str]:
    return [part for part in re.split(r"\n\s*\n", (words or "").strip()) if part]


def statement_of(decision: Decision, text: ModeratedText, named: Mapping[str, Rule]) -> Statement:
    """A decision in sentences; ``named`` are the rules that there are and were."""
    return Statement(decision, text, named.get(decision.rule or ""))

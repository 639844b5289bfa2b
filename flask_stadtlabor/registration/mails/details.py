"""What a mail tells beyond how the registration and its event are now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask_stadtlabor.registration.mails.news import NO_NEWS, News


class OwnWords(NamedTuple):
    """What staff writes, in the language of the mail."""

    subject: str = ""
    text: str = ""
    """Markdown."""


NO_WORDS = OwnWords()


@dataclass(frozen=True)
class Details:
    """What has just happened."""

    purpose_title: str = ""
    """The consent concerned, or several in a sentence, in the language of the mail."""
    reason: str = ""
    """Why staff cancelled, in their words."""
    news: News = NO_NEWS
    to_choose: bool = False
    """Whether a later form waits for a decision."""
    says_no: bool = False
    """Whether a later form says no where no no stands yet."""
    message: OwnWords = NO_WORDS

    def to_json(self) -> dict[str, Any] | None:
        """For tables; without titles, which each language has its own of."""
        told = self.news.to_json() if self.news.changed else {}
        if self.reason:
            told["reason"] = self.reason
        if self.message.subject:
            told["message"] = self.message._asdict()
        return told or None

    @classmethod
    def from_json(cls, tells: Mapping[str, Any] | None) -> Details:
        """What was written down by :meth:`to_json`."""
        tells = tells or {}
        news = News.from_json(tells) if "changed" in tells else NO_NEWS
        message = OwnWords(**tells.get("message", {}))
        return cls(reason=str(tells.get("reason", "")), news=news, message=message)


NO_DETAILS = Details()

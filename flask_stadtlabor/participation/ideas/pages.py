"""What the pages of ideas show, ready for the templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from flask_stadtlabor.consent.texts.differences import Paragraph, word_differences
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.models import Project
from flask_stadtlabor.events.uploaded import Uploaded
from flask_stadtlabor.i18n import _sl, _sln, lazy
from flask_stadtlabor.participation.areas.known import area_name, shapes
from flask_stadtlabor.participation.ideas.listing import Listing
from flask_stadtlabor.participation.ideas.models import (
    DELETABLE,
    READABLE,
    Idea,
    IdeaAnswer,
    IdeaStatus,
    IdeaVersion,
    Verdict,
)
from flask_stadtlabor.participation.ideas.queries import (
    NOTHING,
    SORTS,
    IdeaFilters,
    IdeaSpan,
    Stand,
    VersionSpan,
)
from flask_stadtlabor.participation.people.current import STRANGER, Identity
from flask_stadtlabor.participation.projects.phases import Deed, open_deeds
from flask_stadtlabor.pictures import taking
from flask_stadtlabor.ports import Level
from flask_stadtlabor.state import now
from flask_stadtlabor.urls import local_url


@dataclass(frozen=True, kw_only=True)
class IdeaPage:
    """The page of one idea."""

    idea: Idea
    who: Identity = STRANGER
    stand: Stand = NOTHING
    answers: Sequence[IdeaAnswer] = ()
    """The official answers, the newest first."""
    merged_into: Idea | None = None
    """What it is part of now, where staff merged it."""
    merged_from: Sequence[Idea] = ()
    """The ideas that became part of it."""

    @property
    def author(self) -> str:
        """Who wrote it, as everybody sees it."""
        return author_of(self.idea)

    @property
    def is_own(self) -> bool:
        """Whether whoever asks has written it."""
        whose = self.who.participant
        return whose is not None and whose.id == self.idea.participant_id

    @property
    def shows_text(self) -> bool:
        """Whether its words can be read here."""
        is_readable = self.idea.status != IdeaStatus.HIDDEN or self.is_own
        return is_readable and (bool(self.idea.text) or self.idea.lacks_words)

    @property
    def heading(self) -> str:
        """Its title, or what stands for it where its words cannot be read."""
        if not self.shows_text:
            return _sl("An idea that is not here any more")
        return self.idea.title or _sl("Your draft")

    @property
    def picture(self) -> Uploaded | None:
        """Its picture, where that can be seen here."""
        return self.idea.shown_picture if self.shows_text else None

    @property
    def can_be_supported(self) -> bool:
        """Whether supports of it count now."""
        return self.idea.is_public and Deed.SUPPORT in open_deeds(self.idea.project, now())

    @property
    def can_be_reported(self) -> bool:
        """Whether there are words of somebody else that everybody reads."""
        return bool(self.idea.text) and self.idea.status in READABLE and not self.is_own

    @property
    def has_panel(self) -> bool:
        """Whether there is anything to do with it, or to say of its supports."""
        is_supported = bool(self.idea.published_at and self.idea.supports)
        return self.idea.is_public or is_supported or self.has_own_ways

    @property
    def has_own_ways(self) -> bool:
        """Whether its author can do anything with it."""
        if not self.is_own:
            return False
        is_there = self.idea.is_public or self.idea.status == IdeaStatus.WAITING
        return is_there or self.can_be_changed

    @property
    def can_be_changed(self) -> bool:
        """Whether its author can write it anew now."""
        return is_changeable(self.idea)

    @property
    def can_be_deleted(self) -> bool:
        """Whether it is in nobody's way if its author deletes it."""
        return self.idea.status in DELETABLE

    @property
    def lacks_picture(self) -> bool:
        """Whether its author can add one before anybody else reads it, as the form has said."""
        can_follow = self.idea.status == IdeaStatus.WAITING and self.idea.picture is None
        return can_follow and taking.is_possible()

    @property
    def category(self) -> LocalizedText:
        """The title of its category; empty where it has none that the project still has."""
        return category_title(self.idea.project, self.idea.category)

    @property
    def area(self) -> LocalizedText:
        """What its area is called; empty where it has none that the host's file has."""
        return area_name(self.idea.area)

    @property
    def supports_sentence(self) -> str:
        """How many support it, and how many it takes for an answer."""
        counted = support_words(self.idea)
        threshold = self.idea.project.threshold
        if threshold is None or not self.idea.is_public:
            return counted
        missing = threshold - self.idea.supports
        if self.idea.answered_at is not None:
            return counted
        if missing <= 0:
            return f"{counted} " + _sl("That is enough: the city has to answer.")
        return f"{counted} " + _sln(
            "%(num)d more, and the city has to answer.",
            "%(num)d more, and the city has to answer.",
            missing,
        )

    @property
    def state_sentence(self) -> str:
        """What has become of it, or what it waits for; empty for one that stands as it is."""
        if self.idea.was_taken_away:
            return _sl("Its author has taken this idea away.")
        if self.idea.was_refused:
            return _sl("A moderator has decided not to publish this idea.")
        return {
            IdeaStatus.WAITING: _sl("Nobody sees this idea yet. It waits until you publish it."),
            IdeaStatus.DRAFT: _sl("This is a draft. Nobody sees it but you."),
            IdeaStatus.HELD: _sl("A moderator reads this idea before everybody can."),
            IdeaStatus.HIDDEN: _sl("A moderator has hidden this idea."),
            IdeaStatus.WITHDRAWN: _sl("Its author has withdrawn this idea."),
            IdeaStatus.MERGED: self._merged_sentence(),
        }.get(IdeaStatus(self.idea.status), "")

    def _merged_sentence(self) -> str:
        """What it became part of, and what has become of that."""
        into = self.merged_into
        if into is not None and not IdeaPage(idea=into).shows_text:
            return _sl("This idea has become part of another one, which is not here any more.")
        if into is not None and into.status == IdeaStatus.WITHDRAWN:
            return _sl(
                "This idea has become part of another one, which its author has withdrawn since."
            )
        return _sl("This idea has become part of another one.")

    @property
    def shows_merged_into(self) -> bool:
        """Whether what it became part of can be read."""
        return self.merged_into is not None and IdeaPage(idea=self.merged_into).shows_text


@dataclass(frozen=True, kw_only=True)
class IdeaListing(Listing):
    """One page of the list of a project's ideas."""

    project: Project
    span: IdeaSpan
    filters: IdeaFilters

    @property
    def can_write(self) -> bool:
        """Whether new ideas are taken now."""
        return Deed.IDEA in open_deeds(self.project, now())

    @property
    def is_filtered(self) -> bool:
        """Whether only some of the ideas were asked for."""
        return bool(self.filters.query.keys() - {"sort"})

    @property
    def sorts(self) -> list[tuple[str, str, bool]]:
        """The address, name and choice of each order."""
        names = {
            "new": _sl("Newest first"),
            "supported": _sl("Most supported first"),
            "answered": _sl("Answered last first"),
        }
        return [(self.url(sort=sort), names[sort], sort == self.filters.sort) for sort in SORTS]

    @property
    def query(self) -> dict[str, str]:
        """The parameters of its address."""
        return self.filters.query

    @property
    def position(self) -> tuple[int, int]:
        """The number of the page, and how many there are."""
        return self.span.page, self.span.pages

    def address(self, **query: str | int) -> str:
        """The address of the list with these parameters."""
        return local_url("ideas", slug=self.project.slug, **query)

    def author_of(self, idea: Idea) -> str:
        """Who wrote it, as everybody sees it."""
        return author_of(idea)

    def support_words(self, idea: Idea) -> str:
        """How many support it."""
        return support_words(idea)

    def category_of(self, idea: Idea) -> LocalizedText:
        """The title of its category."""
        return category_title(self.project, idea.category)

    def area_of(self, idea: Idea) -> LocalizedText:
        """What its area is called."""
        return area_name(idea.area)


@dataclass(frozen=True)
class Change:
    """What an author changed of a text that others supported."""

    version: IdeaVersion
    title: Paragraph
    paragraphs: tuple[Paragraph, ...]


def changes_of(span: VersionSpan) -> list[Change]:
    """Each change of an idea's text on a page of them, word by word."""
    texts = [span.later, *((each.title, each.text) for each in span.versions)]
    return [
        Change(version, *word_differences(before, after))
        for version, (after, before) in zip(span.versions, pairwise(texts), strict=True)
    ]


def shown(idea: Idea) -> tuple[object, ...]:
    """All of an idea that a page shows to everybody."""
    said = idea.title, idea.text, idea.language, idea.public_name
    about = idea.category, idea.area, idea.place, idea.picture, idea.picture_alt
    answered = idea.verdict, idea.answered_at
    stands = idea.status, idea.reason, idea.supports, idea.version, idea.published_at, answered
    return idea.id, said, about, stands, idea.changed_at


def shown_of_answer(answer: IdeaAnswer) -> tuple[object, ...]:
    """All of an answer that a page shows to everybody."""
    next_step = answer.next_step.to_json(), answer.next_step_on
    said = answer.verdict, answer.reasons.to_json(), answer.department, next_step
    return answer.number, said, answer.published_at


def shown_of_project(project: Project) -> tuple[object, ...]:
    """All of a project that the pages of its ideas show."""
    said = project.title, project.categories, project.threshold, project.level
    areas = [(shape.slug, shape.name) for shape in shapes()]
    return project.slug, said, project.timezone, open_deeds(project, now()), areas


VERDICT_NAMES = {
    Verdict.ACCEPTED: lazy("Accepted"),
    Verdict.PARTLY: lazy("Partly accepted"),
    Verdict.REJECTED: lazy("Not accepted"),
    Verdict.UNDER_REVIEW: lazy("Under review"),
}
"""What the city says, in a word or two."""


def verdict_name(verdict: str) -> str:
    """What the city says, in a word or two."""
    return str(VERDICT_NAMES[Verdict(verdict)])


def verdict_sentence(verdict: str) -> str:
    """What the city says, in a sentence."""
    return {
        Verdict.ACCEPTED: _sl("The city accepts the idea."),
        Verdict.PARTLY: _sl("The city accepts a part of the idea."),
        Verdict.REJECTED: _sl("The city does not accept the idea."),
        Verdict.UNDER_REVIEW: _sl("The city is looking into the idea."),
    }[Verdict(verdict)]


def author_of(idea: Idea) -> str:
    """The name that stands at an idea."""
    return idea.public_name or _sl("Anonymous")


def support_words(idea: Idea) -> str:
    """How many support an idea."""
    if not idea.supports:
        return _sl("Nobody supports this idea yet.")
    return _sln(
        "%(num)d person supports this idea.", "%(num)d people support this idea.", idea.supports
    )


def category_title(project: Project, slug: str | None) -> LocalizedText:
    """The title of a project's category; nothing for none."""
    found = (each.title for each in project.categories if each.slug == slug)
    return next(found, LocalizedText())


def is_changeable(idea: Idea) -> bool:
    """Whether its author can write it anew: a draft always, else while ideas are talked about.

    What waits for a link is published later as it was sent in time, and as nothing else.
    """
    if idea.status in (IdeaStatus.DRAFT, IdeaStatus.HELD):
        return True
    deeds = open_deeds(idea.project, now())
    if idea.status == IdeaStatus.WAITING:
        return Deed.IDEA in deeds
    return idea.is_public and bool({Deed.IDEA, Deed.SUPPORT} & deeds)


def is_level_enough(project: Project, who: Identity) -> bool:
    """Whether somebody may write in the project; a stranger, where an address is enough."""
    return project.least_level <= max(who.level, Level.CONFIRMED_EMAIL)

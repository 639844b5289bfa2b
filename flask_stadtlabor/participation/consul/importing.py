"""An import from CONSUL, in its order: projects, their ideas, milestones, comments.

All rows of a kind are read before the first is written, because CONSUL's order is none. They are
written in small units, each of which stands by itself, so that a run that was stopped is gone on
with by the next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final, NamedTuple

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.project_content import PhaseKind
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.participation.consul.comments import Written, write_comments
from flask_stadtlabor.participation.consul.milestones import in_order, paragraph, reads_the_same
from flask_stadtlabor.participation.consul.models import RecordKind
from flask_stadtlabor.participation.consul.operations import (
    MOST_CATEGORIES,
    ProjectPlan,
    Removed,
    SaveProject,
    Tag,
    add_categories,
    describe_further,
    known_ids,
    project_for,
    write_ideas,
)
from flask_stadtlabor.participation.consul.plans import (
    IdeaPlan,
    chosen_tags,
    in_each_language,
    plan_idea,
)
from flask_stadtlabor.participation.consul.reading import Reader, Rows, any_node
from flask_stadtlabor.participation.consul.report import Report
from flask_stadtlabor.participation.consul.schema import (
    BUDGETS,
    COMMENTS,
    DEBATES,
    INVESTMENTS,
    MILESTONES,
    PROPOSALS,
    TAG_LIST,
    Kind,
    Schema,
)
from flask_stadtlabor.participation.consul.texts import line, localized, moment, whole
from flask_stadtlabor.participation.consul.threads import (
    Subject,
    counted,
    missing_ancestors,
    threads,
)
from flask_stadtlabor.participation.consul.transport import NoAnswer
from flask_stadtlabor.participation.ideas.models import IdeaStatus
from flask_stadtlabor.state import now

BATCH = 50
"""Ideas or comments that are written at once."""


class Hands(NamedTuple):
    """What an import is handed from above."""

    in_one: Callable[[Callable[[], Any]], Any]
    """Runs a unit of work, commits it, and gives its result."""
    save_project: SaveProject
    tell: Callable[[str], None]


class Gathering(NamedTuple):
    """A kind of rows whose ideas stand in one project."""

    kind: Kind
    idea: RecordKind
    project: RecordKind
    tag: RecordKind
    commentable: str
    """CONSUL's word for them at a comment."""


GATHERINGS: Final = (
    Gathering(
        PROPOSALS,
        RecordKind.PROPOSAL,
        RecordKind.PROPOSALS,
        RecordKind.PROPOSAL_TAG,
        "Proposal",
    ),
    Gathering(DEBATES, RecordKind.DEBATE, RecordKind.DEBATES, RecordKind.DEBATE_TAG, "Debate"),
)
INVESTMENT_TYPE = "Budget::Investment"


class Import:
    """One run; ``report`` says at each moment what came so far."""

    def __init__(
        self,
        source: str,
        reader: Reader,
        schema: Schema,
        languages: Sequence[str],
        hands: Hands,
    ) -> None:
        self.report = Report()
        self._source = source
        self._reader = reader
        self._schema = schema
        self._languages = languages
        self._hands = hands
        self._expected: dict[Subject, int] = {}

    def run(self) -> None:
        """Bring in what is not here yet; a list that cannot be read stops no other."""
        tags = self._tags()
        for gathering in GATHERINGS:
            if self._offers(gathering.kind):
                self._gather(gathering, self._read(gathering.kind), tags)
        if self._offers(BUDGETS) and self._offers(INVESTMENTS):
            self._investments()
        if self._offers(MILESTONES):
            self._milestones()
        if self._offers(COMMENTS):
            self._comments(tags)

    def _offers(self, kind: Kind) -> bool:
        if not self._schema.offers(kind):
            self.report.not_offered.append(kind.many)
            return False
        return True

    def _read(
        self,
        kind: Kind,
        within: int | None = None,
        is_short: Callable[[Rows], bool] = lambda rows: False,
    ) -> Rows:
        """All rows of a kind; none where they cannot be read to the end.

        What a part of a list has would lack its other languages, and comes once.
        """
        try:
            return self._reader.read(kind, within=within, is_short=is_short)
        except NoAnswer as error:
            self.report.failed[kind.many] = str(error)
            return {}

    def _tags(self) -> dict[str, tuple[Tag, bool]]:
        """All tags by their name, and whether CONSUL has each as a category."""
        if not self._offers(TAG_LIST):
            return {}
        tags: dict[str, tuple[Tag, bool]] = {}
        for number, row in self._read(TAG_LIST).items():
            node = any_node(row)
            if name := line(node.get("name")):
                tags.setdefault(name, (Tag(number, name), node.get("kind") == "category"))
        return tags

    def _gather(
        self, gathering: Gathering, found: Rows, tags: Mapping[str, tuple[Tag, bool]]
    ) -> None:
        """Bring proposals or debates in."""
        self._expect(gathering.commentable, found)
        rows = self._fresh(gathering.idea, found)
        if not rows:
            return
        title = in_each_language(_TITLES[gathering.project])
        project = self._project(gathering.project, 0, title, "discuss", rows)
        if project is None:
            return
        official = [name for name, (_, is_category) in tags.items() if is_category]
        names = chosen_tags(rows.values(), official, tags, MOST_CATEGORIES)
        chosen = [tags[name][0] for name in names]
        save = self._hands.save_project
        self._hands.in_one(
            lambda: add_categories(self._source, gathering.tag, project, chosen, save)
        )
        self._write(gathering.idea, project, rows, {tag.name: tag.slug for tag in chosen})

    def _investments(self) -> None:
        """Bring investments in, each with its budget where the API says which that is.

        Some versions list the investments of all budgets for each of them.
        """
        budgets = self._read(BUDGETS)
        rows: Rows = {}
        budgets_of: dict[int, list[int]] = {}
        for budget in budgets:
            for number, row in self._read(INVESTMENTS, budget).items():
                rows[number] = row
                budgets_of.setdefault(number, []).append(budget)
        if INVESTMENTS.many in self.report.failed:
            # nobody knows then which of them several budgets name
            return
        self._expect(INVESTMENT_TYPE, rows)
        titles = _TITLES[RecordKind.BUDGETS]
        for budget, row in budgets.items():
            own = {each: rows[each] for each in rows if budgets_of[each] == [budget]}
            title = localized(row, self._languages, "name") or in_each_language(titles)
            is_over = any_node(row).get("phase") == "finished"
            self._invest(RecordKind.BUDGET, budget, title, "results" if is_over else "inform", own)
        shared = {each: rows[each] for each in rows if len(budgets_of[each]) > 1}
        self._invest(RecordKind.BUDGETS, 0, in_each_language(titles), "inform", shared)

    def _invest(
        self, kind: RecordKind, number: int, title: LocalizedText, phase: PhaseKind, found: Rows
    ) -> None:
        rows = self._fresh(RecordKind.INVESTMENT, found)
        project = self._project(kind, number, title, phase, rows) if rows else None
        if project is not None:
            self._write(RecordKind.INVESTMENT, project, rows, {})

    def _milestones(self) -> None:
        """Bring milestones in, as one text."""
        rows = self._fresh(RecordKind.MILESTONE, self._read(MILESTONES))
        if not rows:
            return
        paragraphs = [(number, paragraph(row, self._languages)) for number, row in in_order(rows)]
        title = in_each_language(_TITLES[RecordKind.MILESTONES])
        project = self._project(RecordKind.MILESTONES, 0, title, "inform", {})
        if project is None:
            return
        save = self._hands.save_project
        written = self._hands.in_one(
            lambda: describe_further(self._source, project, paragraphs, save)
        )
        self.report.new[RecordKind.MILESTONE] += len(written)
        self.report.fell_back += sum(
            reads_the_same(rows[number], self._languages) for number in written
        )
        self.report.milestones_without_room = len(rows) - len(written)

    def _comments(self, tags: Mapping[str, tuple[Tag, bool]]) -> None:
        """Bring comments in, and before them what they tell of that no list had."""
        rows = self._read(COMMENTS, is_short=lambda rows: bool(self._short_of(rows)))
        if COMMENTS.many in self.report.failed:
            return
        asked: set[int] = set()
        while missing := [each for each in missing_ancestors(rows) if each not in asked]:
            asked |= set(missing)
            found = {number: self._reader.find(COMMENTS, number) for number in missing}
            rows |= {number: row for number, row in found.items() if row}
        for gathering in GATHERINGS:
            if gathering.kind.many not in self.report.failed:
                self._catch_up(gathering, rows, tags)
        self.report.incomplete = self._short_of(rows)
        comments = threads(rows, self._languages)
        for at in range(0, len(comments), BATCH):
            batch = comments[at : at + BATCH]
            write = partial(write_comments, self._source, self._languages[0], batch)
            self._count_comments(self._hands.in_one(write))
            self._hands.tell(f"comments: {at + len(batch)} of {len(comments)} written.")

    def _count_comments(self, written: Written) -> None:
        missing = sum(each.is_missing for each in written.new)
        self.report.new[RecordKind.COMMENT] += len(written.new) - missing
        self.report.missing_comments += missing
        self.report.known[RecordKind.COMMENT] += written.known
        self.report.fell_back += sum(each.fell_back for each in written.new)
        self.report.homeless.update(each.subject.type for each in written.homeless)

    def _catch_up(
        self, gathering: Gathering, comments: Rows, tags: Mapping[str, tuple[Tag, bool]]
    ) -> None:
        """Ask for what comments are about and no pass over the list has met."""
        about = {each.id for each in counted(comments) if each.type == gathering.commentable}
        known = self._known(gathering.idea)
        found = {
            number: self._reader.find(gathering.kind, number) for number in sorted(about - known)
        }
        self._gather(gathering, {number: row for number, row in found.items() if row}, tags)

    def _expect(self, commentable: str, rows: Rows) -> None:
        """Remember how many comments CONSUL counts for each row."""
        for number, row in rows.items():
            count = whole(any_node(row).get("comments_count"))
            self._expected[Subject(commentable, number)] = count

    def _short_of(self, comments: Rows) -> list[tuple[Subject, int, int]]:
        given = counted(comments)
        return [
            (subject, count, given[subject])
            for subject, count in self._expected.items()
            if given[subject] < count
        ]

    def _known(self, kind: RecordKind) -> set[int]:
        """What came before; no transaction stays open while CONSUL is asked."""
        known: set[int] = self._hands.in_one(lambda: known_ids(self._source, kind))
        return known

    def _fresh(self, kind: RecordKind, rows: Rows) -> Rows:
        """Those of the rows that never came here."""
        known = self._known(kind)
        fresh = {number: row for number, row in rows.items() if number not in known}
        self.report.known[kind] += len(rows) - len(fresh)
        return fresh

    def _project(
        self, kind: RecordKind, number: int, title: LocalizedText, phase: PhaseKind, rows: Rows
    ) -> str | None:
        """The slug of a project, which is there from now on; None where staff removed it."""
        plan = ProjectPlan(
            kind=kind,
            id=number,
            name=title.choose(self._languages[0])[0],
            title=title,
            summary=in_each_language(self._summary),
            phase=phase,
            starts_at=_earliest(rows),
        )
        save = self._hands.save_project
        try:
            slug, is_new = self._hands.in_one(lambda: project_for(self._source, plan, save))
        except Removed:
            self.report.removed += 1
            return None
        self.report.projects += is_new
        return str(slug)

    def _summary(self) -> str:
        return _sl("Brought here from CONSUL (%(source)s).", source=self._source)

    def _write(
        self, kind: RecordKind, project: str, rows: Rows, categories: Mapping[str, str]
    ) -> None:
        """Write ideas by their number, which is their order within an hour."""
        ordered = sorted(rows.items())
        for at in range(0, len(ordered), BATCH):
            plans = [
                plan_idea(kind, number, row, self._languages, categories)
                for number, row in ordered[at : at + BATCH]
            ]
            new = self._hands.in_one(partial(write_ideas, self._source, kind, project, plans))
            self._count(kind, new)
            self._hands.tell(f"{kind}s: {min(at + BATCH, len(ordered))} of {len(ordered)} written.")

    def _count(self, kind: RecordKind, new: Sequence[IdeaPlan]) -> None:
        report = self.report
        report.new[kind] += len(new)
        report.held += sum(plan.status is IdeaStatus.HELD for plan in new)
        report.withdrawn += sum(plan.status is IdeaStatus.WITHDRAWN for plan in new)
        report.fell_back += sum(plan.fell_back for plan in new)
        report.cut += sum(plan.is_cut for plan in new)
        report.undated += sum(plan.created_at is None for plan in new)


_TITLES: Final[Mapping[RecordKind, Callable[[], str]]] = {
    RecordKind.PROPOSALS: lambda: _sl("Proposals"),
    RecordKind.DEBATES: lambda: _sl("Debates"),
    RecordKind.BUDGETS: lambda: _sl("Participatory budgets"),
    RecordKind.MILESTONES: lambda: _sl("Milestones"),
}


def _earliest(rows: Rows) -> datetime:
    """When the first of these was written; now, where none has a time."""
    times = (moment(any_node(row).get("public_created_at")) for row in rows.values())
    return min((each for each in times if each is not None), default=now())

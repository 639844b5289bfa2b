"""Reading reports, decisions and objections."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, func, select, union_all
from sqlalchemy.orm import contains_eager, joinedload

from flask_stadtlabor.participation.moderation.kinds import KINDS, Key
from flask_stadtlabor.participation.moderation.models import (
    TAKING_AWAY,
    TOLD,
    Decision,
    Objection,
    Report,
    ReportState,
)
from flask_stadtlabor.participation.moderation.texts import TextKind
from flask_stadtlabor.state import now, session

PAGE_SIZE = 20
MOST_OWN = 50
"""Decisions about somebody's texts that their page lists at most."""
AT_WORK = timedelta(days=90)
"""How long somebody counts as a moderator after their last decision."""
TO_OTHERS = timedelta(days=14)
"""How long an objection is left to somebody else than whoever made the decision."""


class Pending(NamedTuple):
    """A text about which something is to be decided."""

    key: Key
    project_id: int | None
    since: datetime
    reports: int = 0


class Page(NamedTuple):
    """A page of a list, and whether another one follows."""

    items: Sequence[Any]
    has_more: bool


class Counts(NamedTuple):
    """How much there is to decide."""

    reported: int
    """Texts that somebody reported."""
    waiting: int
    """Texts that nobody can read before."""
    objections: int

    @property
    def all(self) -> int:
        """All of it."""
        return sum(self)


def count_open() -> Counts:
    """How much there is to decide, in one statement."""
    reported = select(Report.kind, Report.number).where(_IS_OPEN).distinct().subquery()
    waiting = union_all(*(kind.waiting() for kind in KINDS.values())).subquery()
    row = (
        session()
        .execute(
            select(
                select(func.count()).select_from(reported).scalar_subquery(),
                select(func.count()).select_from(waiting).scalar_subquery(),
                select(func.count(Objection.decision_id))
                .where(Objection.decided_at.is_(None))
                .scalar_subquery(),
            )
        )
        .one()
    )
    return Counts(*(number or 0 for number in row))


def find_reported(kind: str | None, project: int | None, page: int) -> Page:
    """Texts with open reports, the one that waits longest first."""
    since = func.min(Report.created_at)
    conditions = [_IS_OPEN, *_narrowed(Report, kind, project)]
    found = (
        select(Report.kind, Report.number, func.min(Report.project_id), since, func.count())
        .where(*conditions)
        .group_by(Report.kind, Report.number)
        .order_by(since, Report.kind, Report.number)
    )
    return _pending_page(found, page)


def find_waiting(kind: str | None, project: int | None, page: int) -> Page:
    """Texts that wait for a moderator, the one that waits longest first."""
    rows = union_all(*(each.waiting() for each in _kinds(kind))).subquery()
    found = select(rows.c.kind, rows.c.number, rows.c.project_id, rows.c.moment)
    if project is not None:
        found = found.where(rows.c.project_id == project)
    return _pending_page(found.order_by(rows.c.moment, rows.c.kind, rows.c.number), page)


def find_newest(kind: str | None, project: int | None, page: int) -> Page:
    """Texts that everybody can read, the newest first."""
    rows = union_all(*(each.newest() for each in _kinds(kind))).subquery()
    found = select(rows.c.kind, rows.c.number, rows.c.project_id, rows.c.moment)
    if project is not None:
        found = found.where(rows.c.project_id == project)
    newest = rows.c.moment.desc(), rows.c.kind, rows.c.number.desc()
    return _pending_page(found.order_by(*newest), page)


def find_objections(kind: str | None, project: int | None, page: int) -> Page:
    """Decisions to which their author objects, the oldest objection first."""
    found = (
        select(Decision)
        .join(Decision.objection)
        .options(contains_eager(Decision.objection))
        .where(Objection.decided_at.is_(None), *_narrowed(Decision, kind, project))
        .order_by(Objection.created_at, Decision.id)
    )
    return _page(session().scalars(_cut(found, page)).all())


def find_decisions(kind: str | None, project: int | None, page: int) -> Page:
    """What was decided, the latest first."""
    found = (
        select(Decision)
        .options(joinedload(Decision.objection))
        .where(*_narrowed(Decision, kind, project))
        .order_by(Decision.decided_at.desc(), Decision.id.desc())
    )
    return _page(session().scalars(_cut(found, page)).all())


def open_reports(keys: Collection[Key]) -> dict[Key, list[Report]]:
    """The open reports of these texts, the first one first, in one statement."""
    found: dict[Key, list[Report]] = defaultdict(list)
    numbers = {number for _, number in keys}
    for report in session().scalars(
        select(Report).where(_IS_OPEN, Report.number.in_(numbers)).order_by(Report.id)
    ):
        if (report.kind, report.number) in keys:
            found[report.kind, report.number].append(report)
    return found


def decisions_about(kind: str, number: int) -> Sequence[Decision]:
    """What was decided about a text, the latest first."""
    return (
        session()
        .scalars(
            select(Decision)
            .options(joinedload(Decision.objection))
            .where(Decision.kind == kind, Decision.number == number)
            .order_by(Decision.turn.desc())
        )
        .all()
    )


def decisions_of(participant: int) -> Sequence[Decision]:
    """What was decided about somebody's texts and told to them, the latest first."""
    return (
        session()
        .scalars(
            select(Decision)
            .options(joinedload(Decision.objection))
            .where(Decision.participant_id == participant, Decision.measure.in_(TOLD))
            .order_by(Decision.id.desc())
            .limit(MOST_OWN)
        )
        .all()
    )


def find_decision(mark: str) -> Decision | None:
    """The decision that an address names."""
    # such an address can be typed, but not every database could look it up
    if "\0" in mark:
        return None
    found = select(Decision).options(joinedload(Decision.objection)).where(Decision.mark == mark)
    return session().scalar(found)


def find_objection(number: int) -> Decision | None:
    """The decision of this number, if its author objects to it."""
    return session().scalar(
        select(Decision)
        .join(Decision.objection)
        .options(contains_eager(Decision.objection))
        .where(Decision.id == number)
    )


def count_decisions(kind: str, number: int) -> int:
    """How many decisions about a text there are."""
    counting = select(func.count(Decision.id))
    found = counting.where(Decision.kind == kind, Decision.number == number)
    return session().scalar(found) or 0


def is_hidden_anew(decision: Decision) -> bool:
    """Whether a later decision took the text away as well."""
    later = Decision.kind == decision.kind, Decision.number == decision.number
    newer = Decision.turn > decision.turn, Decision.measure.in_(TAKING_AWAY)
    return bool(session().scalar(select(exists().where(*later, *newer))))


def has_other_moderator(key: str) -> bool:
    """Whether somebody else has decided about texts of late, who can decide about an objection."""
    is_other = Decision.actor_key.not_in(("", key)), Decision.decided_at >= now() - AT_WORK
    return bool(session().scalar(select(exists().where(*is_other))))


_IS_OPEN: ColumnElement[bool] = Report.state == ReportState.PENDING


def _kinds(kind: str | None) -> list[TextKind]:
    return [KINDS[kind]] if kind is not None else [*KINDS.values()]


def _narrowed(
    table: type[Report | Decision], kind: str | None, project: int | None
) -> list[ColumnElement[bool]]:
    found = [table.kind == kind] if kind is not None else []
    return [*found, table.project_id == project] if project is not None else found


def _pending_page(found: Any, page: int) -> Page:
    rows = session().execute(_cut(found, page)).all()
    return _page([Pending((row[0], row[1]), *row[2:]) for row in rows])


def _cut(found: Any, page: int) -> Any:
    """One more than the page has, which says whether another one follows."""
    return found.limit(PAGE_SIZE + 1).offset((page - 1) * PAGE_SIZE)


def _page(rows: Sequence[Any]) -> Page:
    return Page(rows[:PAGE_SIZE], len(rows) > PAGE_SIZE)

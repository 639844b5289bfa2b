"""A second reckoning of seats and waiting list, in plain Python and without a database."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

BEGINNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
START = datetime(2026, 4, 22, 15, 30, tzinfo=UTC)
END = datetime(2026, 4, 22, 17, 0, tzinfo=UTC)
"""The event of :func:`tests.factories.event`."""
PATIENCE = timedelta(hours=48)
"""How long a hold and an offer last."""
SEATED = ("held", "offered", "confirmed")
ACTIVE = (*SEATED, "waiting")


@dataclass
class Party:
    """One registration."""

    email: str
    size: int
    state: str
    ends: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Whether its hold or offer has ended, though nobody may have noticed."""
        return self.ends is not None and self.ends <= now


@dataclass
class Model:
    """One event, and those who registered for it in the order in which they came."""

    capacity: int | None
    waiting_list: bool
    may_pass: bool
    to_confirm: bool
    status: str = "published"
    now: datetime = BEGINNING
    parties: list[Party] = field(default_factory=list)

    @property
    def taken(self) -> int:
        """Seats that somebody has."""
        return sum(party.size for party in self.parties if party.state in SEATED)

    @property
    def confirmed(self) -> int:
        """Seats of which everybody may learn."""
        return sum(party.size for party in self.parties if party.state == "confirmed")

    @property
    def queue(self) -> list[Party]:
        """Those who wait; nobody ever changes places, so that it is the order of arrival."""
        return [party for party in self.parties if party.state == "waiting"]

    def whose(self, *states: str) -> list[str]:
        """The addresses of the latest registrations in one of these states, or in any."""
        latest = {party.email: party for party in self.parties}
        return [p.email for p in latest.values() if not states or p.state in states]

    def rows(self) -> list[tuple[str, str, int, datetime | None]]:
        """What the table should hold."""
        return [(party.email, party.state, party.size, party.ends) for party in self.parties]

    def register(self, email: str, size: int) -> str:
        """The state that the answer tells: that of a new registration at this moment."""
        before = deepcopy(self.parties)
        if any(party.state in ACTIVE and party.is_over(self.now) for party in self.parties):
            # whoever comes ends what is over, or the time it takes would tell whose that was
            self.run_worker()
        known = next((p for p in self.parties if p.email == email and p.state in ACTIVE), None)
        state = self._state_for(size)
        if state == "refused":
            # a refusal is rolled back as a whole
            self.parties = before
        elif known is None:
            ends = min(self.now + PATIENCE, END) if state == "held" else None
            self.parties.append(Party(email, size, state, ends))
        return state

    def _state_for(self, size: int) -> str:
        if self.status in ("cancelled", "postponed") or self.now >= END:
            return "refused"
        if not self._is_free_for_anybody(size):
            self.run_worker()
        if self._is_free_for_anybody(size):
            return "held" if self.to_confirm else "confirmed"
        assert self.capacity is not None or self.status == "draft"
        if self.waiting_list and self._offers() and size <= (self.capacity or 0):
            return "waiting"
        return "refused"

    def confirm(self, email: str) -> bool:
        """Whether it is in time."""
        party = self._latest(email)
        if self._is_gone() or party.is_over(self.now):
            return False
        party.state, party.ends = "confirmed", None
        return True

    def cancel(self, email: str) -> bool:
        """Whether somebody still can go, wherever they stood: whoever was there was there."""
        if self.status in ("published", "draft") and self.now >= END:
            return False
        party = self._latest(email)
        party.state, party.ends = "cancelled", None
        self._offer_seats()
        return True

    def change(self, email: str, size: int) -> str:
        """Another size for a party."""
        party = self._latest(email)
        if party.state not in ACTIVE or party.is_over(self.now) or self._is_gone():
            return "too late"
        before = deepcopy(self.parties)
        more = size - party.size
        if more > 0 and not self._can_grow(party, more):
            self.parties = before
            return "refused"
        party.size = size
        if more:
            self._offer_seats()
        return "done"

    def _can_grow(self, party: Party, more: int) -> bool:
        if self.status == "postponed":
            return False
        if party.state == "waiting":
            return self.capacity is None or party.size + more <= self.capacity
        if not self._is_free_for_anybody(more):
            self.run_worker()
        return self._is_free_for_anybody(more)

    def run_worker(self) -> None:
        """What falls due."""
        for party in self.parties:
            if party.is_over(self.now):
                party.state = "expired"
        self._offer_seats()

    def follow_change(self) -> None:
        """What follows at once from a change of the event."""
        self._offer_seats()

    def _is_gone(self) -> bool:
        return self.status == "cancelled" or self.now >= END

    def _offers(self) -> bool:
        return self.status == "published" and self.now < START

    def _free(self) -> float:
        return float("inf") if self.capacity is None else self.capacity - self.taken

    def _in_turn(self) -> list[Party]:
        """Those to whom free seats belong, if they fit into them, in their order."""
        whole = float("inf") if self.capacity is None else self.capacity
        possible = [party for party in self.queue if party.size <= whole]
        if self.may_pass:
            return [party for party in possible if party.size <= self._free()]
        return possible

    def _is_free_for_anybody(self, seats: int) -> bool:
        return seats <= self._free() and (self.now >= START or not self._in_turn())

    def _offer_seats(self) -> None:
        while self._offers() and (in_turn := self._in_turn()):
            first = in_turn[0]
            if first.size > self._free():
                return
            first.state, first.ends = "offered", min(self.now + PATIENCE, START)

    def _latest(self, email: str) -> Party:
        return next(party for party in reversed(self.parties) if party.email == email)

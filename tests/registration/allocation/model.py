"""An independent model of seats and waiting list, in plain Python and without a database."""

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
KEPT = timedelta(days=3)
"""How long registrations are kept after the event."""
KEPT_POSTPONED = timedelta(days=365)
"""How long they are kept after the former end of a postponed event, for its new date."""
LAPSED_KEPT = SPARED = timedelta(days=7)
"""How long one is kept that nobody confirmed, and all are after a change of the event."""
SAME_EVENING = timedelta(days=1)
SEATED = ("held", "offered", "confirmed")
ACTIVE = (*SEATED, "waiting")


@dataclass
class Party:
    """One registration."""

    email: str
    size: int
    state: str
    ends: datetime | None = None
    arrived: int = 0
    was_confirmed: bool = False
    cancelled_at: datetime | None = None
    later: int | None = None
    """The size of the party by a form that came in later."""

    def is_over(self, now: datetime) -> bool:
        """Whether its hold or offer has ended, though nobody may have noticed."""
        return self.ends is not None and self.ends <= now

    @property
    def lapsed_at(self) -> datetime | None:
        """When it ended without anybody's having confirmed it."""
        if self.was_confirmed:
            return None
        return {"expired": self.ends, "cancelled": self.cancelled_at}.get(self.state)


@dataclass
class Model:
    """One event, and those who registered for it in the order in which they came."""

    capacity: int | None
    waiting_list: bool
    may_pass: bool
    to_confirm: bool
    status: str = "published"
    start: datetime = START
    end: datetime = END
    now: datetime = BEGINNING
    changed_at: datetime | None = None
    parties: list[Party] = field(default_factory=list)
    unnamed: int = 0
    """Seats of those of whom nothing is kept."""

    @property
    def taken(self) -> int:
        """Seats that somebody has."""
        return self.unnamed + sum(party.size for party in self.parties if party.state in SEATED)

    @property
    def confirmed(self) -> int:
        """Seats of which everybody may learn."""
        named = sum(party.size for party in self.parties if party.state == "confirmed")
        return self.unnamed + named

    @property
    def queue(self) -> list[Party]:
        """Those who wait; nobody ever changes places, so that it is the order of arrival."""
        return [party for party in self.parties if party.state == "waiting"]

    def whose(self, *states: str) -> list[str]:
        """The addresses of the latest registrations in one of these states, or in any."""
        latest = {party.email: party for party in self.parties}
        return [p.email for p in latest.values() if not states or p.state in states]

    def of(self, email: str) -> Party:
        """The latest registration of an address."""
        return next(party for party in reversed(self.parties) if party.email == email)

    def rows(self) -> list[tuple[str, str, int, datetime | None, int]]:
        """What the table should hold."""
        return [(p.email, p.state, p.size, p.ends, p.arrived) for p in self.parties]

    def later_forms(self) -> list[tuple[str, int]]:
        """The later forms that should be kept."""
        return [(p.email, p.later) for p in self.parties if p.later is not None]

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
            ends = min(self.now + PATIENCE, self.end) if state == "held" else None
            confirmed = state == "confirmed"
            self.parties.append(Party(email, size, state, ends, was_confirmed=confirmed))
        elif not known.was_confirmed or not self.to_confirm:
            known.later = size
        return state

    def _state_for(self, size: int) -> str:
        if self.status != "published" or self.now >= self.end:
            return "refused"
        if not self._is_free_for_anybody(size):
            self.run_worker()
        if self._is_free_for_anybody(size):
            return "held" if self.to_confirm else "confirmed"
        assert self.capacity is not None
        if self.waiting_list and self._offers() and size <= (self.capacity or 0):
            return "waiting"
        return "refused"

    def confirm(self, email: str, *, as_later: bool = False) -> str:
        """Confirm, with the size of the first form or of the later one."""
        party = self.of(email)
        if party.state == "confirmed" and party.later in (None, party.size):
            return "done"
        if party.state not in ACTIVE or self._is_gone() or party.is_over(self.now):
            return "too late"
        if as_later and party.later is not None and party.later < party.arrived:
            return "too late"
        was_waiting = party.state == "waiting"
        if as_later and party.later is not None and party.later != party.size:
            before = deepcopy(self.parties)
            if not self._resize(party, party.later):
                self.parties = before
                return "refused"
        party.later = None
        # whoever confirms on the waiting list takes no offer that this brings
        if not was_waiting and party.state != "confirmed":
            party.state, party.ends, party.was_confirmed = "confirmed", None, True
        return "done"

    def cancel(self, email: str) -> bool:
        """Whether somebody still can go, wherever they stood: whoever was there was there."""
        party = self.of(email)
        if not self._can_go(party):
            return False
        self._leave(party)
        return True

    def _can_go(self, party: Party) -> bool:
        is_over = self._takes_place() and self.now >= self.end
        return party.state in ACTIVE and not is_over and not self.is_inside(party)

    def _leave(self, party: Party) -> None:
        party.state, party.ends, party.later = "cancelled", None, None
        party.cancelled_at = self.now
        self._offer_seats()

    def change(self, email: str, size: int) -> str:
        """Another size for a party."""
        party = self.of(email)
        if party.state not in ACTIVE or party.is_over(self.now) or self._is_gone():
            return "too late"
        if size < party.arrived:
            return "too late"
        before = deepcopy(self.parties)
        if size != party.size and party.later == party.size:
            # the same form twice is no later word than what its sender says now
            party.later = None
        if not self._resize(party, size):
            self.parties = before
            return "refused"
        return "done"

    def _resize(self, party: Party, size: int) -> bool:
        more = size - party.size
        if more > 0 and not self._can_grow(party, more):
            return False
        party.size = size
        if more:
            self._offer_seats()
        return True

    def _can_grow(self, party: Party, more: int) -> bool:
        if self.status in ("postponed", "draft"):
            return False
        if party.state == "waiting":
            return self.capacity is None or party.size + more <= self.capacity
        if not self._is_free_for_anybody(more):
            self.run_worker()
        return self._is_free_for_anybody(more)

    def is_inside(self, party: Party) -> bool:
        """Whether people of the party are at an event that is not over."""
        return party.arrived > 0 and self._takes_place() and self.now < self.end

    def arrive(self, email: str, people: int) -> bool:
        """Whether so many of the party get in."""
        party = self.of(email)
        if not self._takes_place() or party.state != "confirmed":
            return False
        if people > party.size - party.arrived:
            return False
        party.arrived += people
        party.later = None
        return True

    def let_in(self, email: str) -> bool:
        """Whether a party gets in that is not confirmed."""
        party = self.of(email)
        if self.status not in ("published", "draft") or self.now >= self.end:
            return False
        if party.state == "waiting" and party.size > self._free():
            return False
        party.state, party.ends, party.was_confirmed = "confirmed", None, True
        party.later, party.arrived = None, party.size
        return True

    def undo(self, email: str) -> None:
        """An arrival is taken back."""
        self.of(email).arrived = 0

    def give_on(self, email: str) -> bool:
        """Release the seats of those who did not come, of a party that is partly inside."""
        party = self.of(email)
        if not self.is_inside(party) or party.arrived == party.size:
            return False
        party.size = party.arrived
        self._offer_seats()
        return True

    def erase(self, email: str) -> None:
        """Everything about an address goes; seats of those who were there, or are, do not."""
        theirs = [party for party in self.parties if party.email == email]
        for party in theirs:
            if self._can_go(party):
                self._leave(party)
        self._delete(theirs)

    def retain(self) -> None:
        """What is past its time goes."""
        spared = self.changed_at + SPARED if self.changed_at else BEGINNING
        if spared > self.now:
            return
        due = self.parties
        kept = KEPT_POSTPONED if self.status == "postponed" else KEPT
        if max(self.end + kept, spared) > self.now:
            due = [p for p in due if p.lapsed_at and p.lapsed_at + LAPSED_KEPT <= self.now]
        self._delete(list(due))

    def _delete(self, doomed: list[Party]) -> None:
        for party in doomed:
            if party.state == "confirmed" and self._takes_place():
                self.unnamed += party.size
            self.parties.remove(party)

    def run_worker(self) -> None:
        """What falls due."""
        for party in self.parties:
            if party.is_over(self.now) and party.state in ("held", "offered"):
                party.state, party.later = "expired", None
        self._offer_seats()

    def move(self, start: datetime, end: datetime) -> None:
        """The event is moved; nobody has come yet to a date that is far ahead or a new one."""
        was_moved = start != self.start and self.now < start
        if was_moved and (self.end <= self.now or start > self.now + SAME_EVENING):
            self.unnamed = 0
            for party in self.parties:
                party.arrived = 0
        self.start, self.end = start, end

    def follow_change(self, *, in_calendars: bool) -> None:
        """What follows at once from a change of the event."""
        if in_calendars or self.now > BEGINNING:
            self.changed_at = self.now
        for party in self.parties:
            last = {"held": self.end, "offered": self.start}.get(party.state)
            if last and party.ends:
                party.ends = min(party.ends, last)
        self._offer_seats()

    def _takes_place(self) -> bool:
        return self.status in ("published", "draft")

    def _is_gone(self) -> bool:
        return self.status == "cancelled" or (self._takes_place() and self.now >= self.end)

    def _offers(self) -> bool:
        return self.status == "published" and self.now < self.start

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
        return seats <= self._free() and (self.now >= self.start or not self._in_turn())

    def _offer_seats(self) -> None:
        while self._offers() and (in_turn := self._in_turn()):
            first = in_turn[0]
            if first.size > self._free():
                return
            first.state, first.ends = "offered", min(self.now + PATIENCE, self.start)

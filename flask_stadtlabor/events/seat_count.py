"""How many seats an event has left: exactly, and as everybody is told (S16)."""

from __future__ import annotations

from typing import NamedTuple


def at_least(seats: int) -> int:
    """The largest of 1, 5, 10, 20, 50, 100, 200, 500, … that is not above ``seats``; 0 for none."""
    if seats < 5:
        return min(max(seats, 0), 1)
    zeros = "0" * (len(str(seats)) - 1)
    return max(step for digit in "125" if (step := int(digit + zeros)) <= seats)


class SeatCount(NamedTuple):
    """What tells how many seats are left."""

    capacity: int | None
    """None: there is no limit."""
    taken: int
    """Held, offered and confirmed seats."""
    confirmed: int
    smallest_waiting: int | None
    """The size of the smallest waiting party; None while nobody waits."""
    smaller_may_pass: bool
    """Whether a waiting party that does not fit yet lets smaller ones go first."""

    @property
    def free(self) -> int | None:
        """Seats that nobody has; None when there is no limit."""
        return None if self.capacity is None else max(0, self.capacity - self.taken)

    @property
    def largest_in_turn(self) -> int | None:
        """Up to which size waiting parties come before everybody who is new; None: any size.

        A party larger than the event can never be seated, so it does not count. Where smaller
        parties may pass, only those come first who fit into the seats that are free.
        """
        return self.free if self.smaller_may_pass else self.capacity

    @property
    def queue_comes_first(self) -> bool:
        """Whether free seats belong to somebody who waits."""
        if self.smallest_waiting is None:
            return False
        largest = self.largest_in_turn
        return largest is None or self.smallest_waiting <= largest

    def left(self, *, queue_is_served: bool) -> int | None:
        """Free seats that nobody waits for; None when there is no limit."""
        if self.capacity is None:
            return None
        return 0 if queue_is_served and self.queue_comes_first else self.free

    def told(self, *, queue_is_served: bool) -> int | None:
        """The number for everybody; 0 when nobody new gets a seat, None when there is no limit.

        At least so many seats are not confirmed, some of which may be held. A registration holds
        its seats until its address is confirmed, so that whoever sends one for somebody else, and
        reads the number before and after, learns nothing about them (S16).
        """
        if self.capacity is None:
            return None
        if not self.left(queue_is_served=queue_is_served):
            return 0
        return at_least(self.capacity - self.confirmed)

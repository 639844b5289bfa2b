"""Limits count hits within a window, and forget who hit."""

from __future__ import annotations

from flask_stadtlabor.adapters.memory_limit import MOST_KEYS, SWEEP_SECONDS, MemoryLimit
from flask_stadtlabor.config import Rate


class Timer:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_one_hit_too_many_is_refused_until_the_window_has_passed() -> None:
    timer = Timer()
    limit = MemoryLimit(timer)
    rate = Rate(2, 60)
    assert [limit("a", rate) for _ in range(3)] == [True, True, False]
    assert limit("b", rate)
    timer.seconds = 61
    assert limit("a", rate)


def test_a_refused_hit_does_not_lengthen_the_wait() -> None:
    timer = Timer()
    limit = MemoryLimit(timer)
    assert limit("a", Rate(1, 60))
    timer.seconds = 59
    assert not limit("a", Rate(1, 60))
    timer.seconds = 61
    assert limit("a", Rate(1, 60))


def test_keys_are_no_addresses_and_do_not_pile_up() -> None:
    """C12."""
    limit = MemoryLimit()
    for number in range(MOST_KEYS + 10):
        limit(f"10.0.0.{number}", Rate(5, 60))
    kept = list(limit._ends)
    assert len(kept) <= MOST_KEYS
    assert not any(b"10.0.0" in key for key in kept)


def test_a_key_is_forgotten_once_its_window_has_passed() -> None:
    """C12: that somebody came is not remembered for longer than it counts."""
    timer = Timer()
    limit = MemoryLimit(timer)
    limit("somebody", Rate(5, 60))
    limit("somebody else", Rate(20, 86400))
    timer.seconds = SWEEP_SECONDS
    limit("a third one", Rate(5, 60))
    assert len(limit._ends) == 2
    timer.seconds = 86400 + SWEEP_SECONDS
    limit("a fourth one", Rate(5, 60))
    assert len(limit._ends) == 1

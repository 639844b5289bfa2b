"""Whether two kinds of answers can be told apart by the time that they take."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import median

Asking = Callable[[], object]


def interleaved(kinds: dict[str, Sequence[Asking]]) -> dict[str, list[float]]:
    """Ask everything once, by turns, so that a busy machine slows all kinds alike; seconds each."""
    taken: dict[str, list[float]] = {name: [] for name in kinds}
    for round_ in zip(*kinds.values(), strict=True):
        for name, ask in zip(kinds, round_, strict=True):
            before = time.perf_counter()
            ask()
            taken[name].append(time.perf_counter() - before)
    return taken


def overlap(first: Sequence[float], second: Sequence[float]) -> float:
    """How often one of the first takes longer than one of the second; a half where nothing differs.

    The probability behind the Mann-Whitney U test, which no single slow answer can move.
    """
    pairs = [(a > b) + (a == b) / 2 for a in first for b in second]
    return sum(pairs) / len(pairs)


def can_be_told_apart(first: Sequence[float], second: Sequence[float]) -> bool:
    """Whether the times differ clearly: by more than a tenth, and in nearly all pairs.

    Both, because a small difference is in all pairs on a quiet machine, and a large one in a few
    on a busy one.
    """
    ratio = median(first) / median(second)
    return not 0.9 < ratio < 1 / 0.9 and not 0.2 < overlap(first, second) < 0.8

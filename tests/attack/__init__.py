"""Attacks: somebody tries for minutes to break what SECURITY.md promises.

They take longer than a test should, so that neither ``make test`` nor ``.ci/run`` runs them
(``norecursedirs`` in pyproject.toml). ``make attack`` runs all of them, before a release and
whenever what they attack has changed::

    make attack                                            # all, on each database there is
    make attack ARGS="tests/attack/test_kills.py --database sqlite"
    make attack ARGS="--people 200 --thorough"             # with more time

The run ends with a line for each attack: what was tried, and whether it held. A test writes them
with the fixture ``tried``::

    def test_nobody_guesses_a_link(host: Host, tried: Tried) -> None:
        for _ in range(1000):
            assert ...
        tried("1000 invented links")

What is found is mended with a test of its own in the room that it concerns, which runs each time.
Modules here belong to one way to attack each, and need nothing from each other.
"""

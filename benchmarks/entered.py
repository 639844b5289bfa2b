"""Which modules of ours one registration enters: ``python -m benchmarks.entered``.

Counts by tracing calls, because an import says nothing about what runs. A hop is a call from one
module of ours into another.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path
from types import FrameType

from sqlalchemy import URL

import flask_stadtlabor
from benchmarks.visitors import Unexpected
from tests.databases import open_databases
from tests.factories import exchange, open_event, person
from tests.forms import form_on, typed_into
from tests.host import Host

PACKAGE = Path(flask_stadtlabor.__file__).parent
FORM = "/stadtlabor/de/events/plattform/register"
MOST = 25
"""So many modules a reader can follow."""


class Trace:
    """The modules of ours that are entered, in this order, and the hops between them."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.hops = 0

    def __call__(self, frame: FrameType, what: str, argument: object) -> None:
        """A profile function; see :func:`sys.setprofile`."""
        here = _module(frame)
        if what != "call" or here is None or frame.f_code.co_name == "<module>":
            return
        self.calls[here] += 1
        caller = frame.f_back
        while caller is not None and _module(caller) is None:
            caller = caller.f_back
        if caller is not None and _module(caller) != here:
            self.hops += 1


def registration() -> Trace:
    """One party registers, whose mail is left to a worker."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        databases = open_databases("sqlite", folder, lambda url: upgrade(url, folder))
        host = Host(databases.upgraded(), folder)
        host.load(exchange(open_event()))
        # what is made once for a process is made by the first
        for address in ("warm@buerger.example", "ada@buerger.example"):
            trace = Trace()
            browser = host.client()
            sent = typed_into(form_on(browser.get(FORM)), person(email=address))
            sys.setprofile(trace)
            try:
                answer = browser.post(FORM, data=sent)
            finally:
                sys.setprofile(None)
            if answer.status_code != 303:
                raise Unexpected(answer.text)
        host.close()
        databases.close()
    return trace


def upgrade(url: URL, folder: Path) -> None:
    """Make our tables in an empty database."""
    result = Host(url, folder).run("db", "upgrade")
    if result.exit_code != 0:
        raise Unexpected(result.output)


def _module(frame: FrameType) -> str | None:
    path = Path(frame.f_code.co_filename)
    if not path.is_relative_to(PACKAGE) or path.suffix != ".py":
        return None
    return path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".")


def main() -> int:
    """Print them; 1 where they are more than :data:`MOST`."""
    trace = registration()
    for module, calls in sorted(trace.calls.items()):
        print(f"{calls:5}  {module}")
    of_rooms = sum("." in module for module in trace.calls)
    print(
        f"{len(trace.calls)} modules, {of_rooms} of them in rooms, {trace.hops} hops "
        f"(to reach: {MOST} in rooms)"
    )
    return int(of_rooms > MOST)


if __name__ == "__main__":
    sys.exit(main())

"""How fast a long consent ledger is verified, and in how much memory.

``python -m benchmarks.consent_verify [--entries N] [--url URL]`` makes a ledger of 10,000 and one
of N entries (a million by default) in fresh SQLite files, or the long one in the empty database at
URL, and verifies each in a process of its own. The baseline is what nobody can do without: the same
rows read by the bare driver, and one HMAC over each.
"""

from __future__ import annotations

import argparse
import hmac
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import TextClause, insert, text, update

from flask_stadtlabor import Stadtlabor
from flask_stadtlabor.consent.ledger import chain
from flask_stadtlabor.consent.ledger.verification import verify
from flask_stadtlabor.consent.models import ConsentEntry, ConsentHead
from flask_stadtlabor.consent.texts.content import TextContent
from flask_stadtlabor.consent.texts.published import current_texts
from flask_stadtlabor.consent.texts.publishing import publish_text
from flask_stadtlabor.db import LocalizedText

SHORT = 10_000
LONG = 1_000_000
AT_ONCE = 10_000
ROUNDS = 3
KEY = "only for measuring"
PURPOSES = ("photos-website", "photos-print", "newsletter")
ACTS = ("requested", "given", "requested", "refused", "withdrawn")


def portal(url: str) -> tuple[Flask, SQLAlchemy]:
    """A host on the database at ``url``."""
    db = SQLAlchemy()
    app = Flask("benchmark")
    app.config.update(
        SECRET_KEY=KEY,
        SQLALCHEMY_DATABASE_URI=url,
        STADTLABOR_LEDGER_KEY=KEY,
        STADTLABOR_BASE_URL="https://stadt.example",
        STADTLABOR_OUTBOX="worker",
    )
    db.init_app(app)
    Stadtlabor(db).init_app(app)
    return app, db


def build(url: str, entries: int) -> None:
    """Make the tables and write a ledger of so many entries, in bulk and as the chain wants it."""
    app, db = portal(url)
    result = app.test_cli_runner().invoke(args=["stadtlabor", "db", "upgrade"])
    if result.exit_code != 0:
        raise SystemExit(result.output)
    with app.app_context():
        for slug in PURPOSES:
            words = LocalizedText({"de": f"Text zu {slug}. " * 40, "en": f"About {slug}. " * 40})
            content = TextContent(mode="consent", title=LocalizedText(slug), text=words)
            publish_text(slug, content, published_by="a benchmark")
        shown = {texts.slug: texts.shown("de") for texts in current_texts(PURPOSES)}
        hashes = {slug: text.sha256 for slug, text in shown.items()}
        last = chain.ZEROS
        rows: list[dict[str, Any]] = []
        for row in _rows(entries, hashes):
            rows.append(row | {"previous_hash": last, "hash": ""})
            last = rows[-1]["hash"] = chain.entry_hash(KEY.encode(), last, row)
            if len(rows) == AT_ONCE:
                db.session.execute(insert(ConsentEntry), rows)
                rows.clear()
        if rows:
            db.session.execute(insert(ConsentEntry), rows)
        seal = chain.head_seal(KEY.encode(), entries, last)
        db.session.execute(
            update(ConsentHead).values(seq=entries, hash=last, seal=seal, key_id="1")
        )
        db.session.commit()


def _rows(entries: int, hashes: dict[str, str]) -> Iterator[dict[str, Any]]:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for seq in range(1, entries + 1):
        slug = PURPOSES[seq % len(PURPOSES)]
        yield {
            "seq": seq,
            "subject": f"{seq // 5:032x}",
            "purpose": slug,
            "text_version": 1,
            "text_sha256": hashes[slug],
            "language": "de",
            "event": ACTS[seq % len(ACTS)],
            "at": start + timedelta(seconds=seq),
            "actor": "subject",
            "method": "web",
            "key_id": "1",
        }


def measure(url: str) -> None:
    """Verify, and do the baseline; prints one line of JSON. For a process of its own."""
    app, db = portal(url)
    with app.app_context():
        verified = min(_timed(_verify) for _ in range(ROUNDS))
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        bare = min(_timed(lambda: _baseline(db)) for _ in range(ROUNDS))
        entries = verify().entries
    figures = {
        "entries": entries,
        "seconds": verified[0],
        "cpu": verified[1],
        "ratio": verified[1] / bare[1],
        "kib": most,
    }
    print(json.dumps(figures))


def _timed(work: Callable[[], None]) -> tuple[float, float]:
    """Seconds by the clock, and those that this process was at work."""
    start, start_cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - start_cpu


def _verify() -> None:
    found = verify()
    if found.broken is not None:
        raise SystemExit(found.broken.reason)


def _baseline(db: SQLAlchemy) -> None:
    columns = "seq, subject, at, purpose, text_version, text_sha256, language, event, actor, method"
    page = text(f"SELECT {columns}, key_id, previous_hash, hash FROM stadtlabor_consent_entry"  # noqa: S608
                f" WHERE seq > :seq ORDER BY seq LIMIT {AT_ONCE}")  # fmt: skip
    last = 0
    while rows := _driver_rows(db, page, last):
        for row in rows:
            hmac.digest(KEY.encode(), "".join(map(str, row)).encode(), "sha256")
        last = rows[-1][0]


def _driver_rows(db: SQLAlchemy, page: TextClause, last: int) -> Sequence[Sequence[Any]]:
    """What the driver itself gives, without a row of SQLAlchemy's around it."""
    cursor = db.session.connection().execute(page, {"seq": last}).cursor
    assert cursor is not None  # noqa: S101 - a SELECT has one
    return cursor.fetchall()


def run(url: str) -> dict[str, float]:
    """The figures of :func:`measure`, from a process of its own."""
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-m", "benchmarks.consent_verify", "--measure", url],
        check=True,
        capture_output=True,
        text=True,
    )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def report(figures: Sequence[dict[str, float]]) -> None:
    """Print what was measured."""
    for found in figures:
        print(
            f"{found['entries']:>9,} entries in {found['seconds']:.2f} s ({found['cpu']:.2f} s of"
            f" work): {found['entries'] / found['cpu']:,.0f} entries/s,"
            f" {found['ratio']:.2f} times the bare loop; at most {found['kib'] / 1024:.1f} MiB"
        )
    growth = (figures[-1]["kib"] - figures[0]["kib"]) / 1024
    print(f"Memory grows by {growth:.1f} MiB from the shorter ledger to the longer one.")


def main() -> None:
    """Read the options and do all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=LONG)
    parser.add_argument("--url", help="an empty database to use for the long ledger")
    parser.add_argument("--measure", metavar="URL", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure)
        return
    with tempfile.TemporaryDirectory() as folder:
        short = f"sqlite:///{Path(folder) / 'short.db'}"
        long = options.url or f"sqlite:///{Path(folder) / 'long.db'}"
        build(short, SHORT)
        build(long, options.entries)
        report([run(short), run(long)])


if __name__ == "__main__":
    main()

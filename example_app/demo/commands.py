"""``flask demo``: prepares the portal with content that is dated from today, and says hello."""

from __future__ import annotations

import json
from contextvars import Context
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask import Flask, current_app
from flask.cli import AppGroup, FlaskGroup, ScriptInfo

from example_app.demo import content, neighbours, people

IDEAS = "ideas"
"""Under this name it is remembered, beside the starts of events, since when there are ideas."""

demo = AppGroup("demo", help="The demo's content and people.")


@demo.command("prepare")
def prepare() -> None:
    """Make the tables, bring the content in and let a few people register.

    Can be repeated: what is there stays, and dates that are over come again on a new day.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    now = datetime.now(ZoneInfo("Europe/Berlin")).replace(tzinfo=None)
    today = now.date()
    known = _known_starts()
    starts = content.choose_starts(now, known)
    since = known.get(IDEAS, now)
    exchange_file = Path(app.instance_path) / "demo-content.json"
    exchange_file.write_text(
        json.dumps(
            content.exchange(today, starts, ideas_until=since.date()), ensure_ascii=False, indent=2
        ),
        encoding="utf-8",
    )
    _run(app, "db", "upgrade")
    _run(app, "stadtlabor", "db", "upgrade")
    _run(app, "stadtlabor", "import", str(exchange_file))
    _remember({**starts, IDEAS: since})
    people.add_accounts_and_news(today)
    for slug, name in content.guests(starts).items():
        if people.is_empty(slug):
            click.echo(f"Registering people for {slug}")
            # Without this command's app context, which all requests would share otherwise.
            Context().run(people.register_everybody, app, slug, people.GUESTS[name])
    if IDEAS not in known:
        click.echo("Supporting ideas, and talking about them")
        Context().run(neighbours.take_part, app)
    _run(app, "stadtlabor", "outbox", "run")


@demo.command("welcome")
def welcome() -> None:
    """Say where to look, who can sign in and where the mails are."""
    base = current_app.config["STADTLABOR_BASE_URL"]
    accounts = "\n".join(
        f"    {'organiser' if account.is_organiser else 'citizen':<10} "
        f"{account.email:<26} password: {account.password}"
        for account in people.ACCOUNTS
    )
    click.echo(
        f"""
  Musterstadt is open.

    The portal          {base}/
    The event pages     {base}/stadtlabor/
    The back office     {base}/stadtlabor/de/organise/   (for the organiser)
    All mails           {base}/mails
                        (none is sent; they lie in {Path(current_app.instance_path) / "mails"})

  Who can sign in:
{accounts}

  Stop with Ctrl-C.
"""
    )


def _run(app: Flask, *words: str) -> None:
    """Run ``flask <words>``; stops where the command fails."""
    click.echo(f"$ flask {' '.join(words)}")
    FlaskGroup(create_app=lambda: app).main(
        list(words), standalone_mode=False, obj=ScriptInfo(create_app=lambda: app)
    )


def _dates_file() -> Path:
    return Path(current_app.instance_path) / "demo-dates.json"


def _known_starts() -> dict[str, datetime]:
    """When each event starts, as it was chosen the last time."""
    path = _dates_file()
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {slug: datetime.fromisoformat(start) for slug, start in known.items()}


def _remember(starts: dict[str, datetime]) -> None:
    known = {slug: start.isoformat() for slug, start in starts.items()}
    _dates_file().write_text(json.dumps(known, indent=2), encoding="utf-8")

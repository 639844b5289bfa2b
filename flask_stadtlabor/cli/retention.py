"""``flask stadtlabor retention …``: delete what is past its time."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from flask_stadtlabor.isolation import Parts
from flask_stadtlabor.privacy import retention
from flask_stadtlabor.privacy.retention import Counts, OfEvent

retention_group = AppGroup("retention", help="Retention: delete what is past its time.")


@retention_group.command("run")
@click.option("--dry-run", is_flag=True, help="Say what would go, and change nothing.")
def run_command(dry_run: bool) -> None:
    """Delete what is past its time.

    That is: registrations, support needs, links and mails, as the settings and each event say. Any
    number of these can run at once, and again at any time. The exit code is 1 when an event failed.
    """
    parts = Parts()
    if dry_run:
        events, total = retention.due()
        for item in events:
            _tell(item)
        for event in retention.spared():
            click.echo(
                f"{event.slug}: nothing goes before {event.until:%Y-%m-%d %H:%M} UTC, because the "
                "event was changed less than seven days ago."
            )
    else:
        total = retention.run(_tell, parts)
    click.echo(f"In all: {in_words(total)}." if total else "Nothing is past its time.")
    if dry_run:
        click.echo("This was a dry run: nothing was changed.")
    if parts.failed:
        which = "1 event" if parts.failed == 1 else f"{parts.failed} events"
        click.echo(
            f"{which} failed and will be done again by the next run; the log says more.", err=True
        )
        sys.exit(1)


def _tell(item: OfEvent) -> None:
    click.echo(f"{item.slug}: {in_words(item.counts)}.")


def in_words(counts: Counts) -> str:
    """What is due, or went: \"2 registrations, 1 personal link\"."""
    named = [
        (counts.registrations, "registration", "registrations"),
        (counts.support_needs, "support need", "support needs"),
        (counts.links, "personal link", "personal links"),
        (counts.mail_records, "record of a mail", "records of mails"),
        (counts.given_up_mails, "mail that was given up", "mails that were given up"),
        (counts.feedback_words, "feedback in words", "feedbacks in words"),
        (counts.waiting_ideas, "idea that nobody published", "ideas that nobody published"),
        (
            counts.waiting_comments,
            "comment that nobody published",
            "comments that nobody published",
        ),
        (counts.unconfirmed, "unconfirmed address", "unconfirmed addresses"),
        (counts.participant_links, "link of a participant", "links of participants"),
    ]
    parts = [f"{count} {one if count == 1 else many}" for count, one, many in named if count]
    return ", ".join(parts) or "nothing"

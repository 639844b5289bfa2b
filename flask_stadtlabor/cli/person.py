"""``flask stadtlabor person …``: what is stored about somebody, for them or for good."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from flask_stadtlabor.consent.answers.status import is_in_force
from flask_stadtlabor.consent.models import Method
from flask_stadtlabor.privacy.authors import forget_author
from flask_stadtlabor.privacy.document import as_json
from flask_stadtlabor.privacy.erasure import Erased, erase
from flask_stadtlabor.privacy.export import PersonData, collect
from flask_stadtlabor.privacy.people import NamesNobody, Person, find_person
from flask_stadtlabor.privacy.team import forget_staff
from flask_stadtlabor.transactions import commit

WHOSE = click.argument("whose", metavar="[EMAIL]", required=False)
ACCOUNT = click.option(
    "--account", metavar="KEY", help="What is in this account, by the portal's key of it."
)
PRIVATE = 0o600
"""Who may read an export that is written to a file: its owner."""

person_group = AppGroup("person", help="One person's data: hand it out, or erase it.")


@person_group.command("export")
@WHOSE
@ACCOUNT
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file, which only you can read.",
)
def export_command(whose: str | None, account: str | None, output: Path | None) -> None:
    """Write all that is stored about a person as JSON.

    It answers Art. 15 and 20 GDPR. Where nothing is stored, it says so, and the exit code is 1.

    EMAIL is their address, in capitals or not. Somebody who gave none is found by the code on their
    ticket, and somebody whose registration is deleted by the reference on their receipt. With
    --account alone, EMAIL may be left out.
    """
    document = as_json(collect(_find(whose, account)))
    if output is None:
        click.echo(document, nl=False)
        return
    try:
        _write(output, document)
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error.strerror}.") from error
    click.echo(f"Written to {output}, which only you can read.")


@person_group.command("erase")
@WHOSE
@ACCOUNT
@click.option("--yes", is_flag=True, help="Do not ask first.")
def erase_command(whose: str | None, account: str | None, yes: bool) -> None:
    """Erase what is stored about a person, and say what is kept.

    It answers Art. 17 GDPR: registrations are cancelled, consents withdrawn, and everything is
    deleted but the entries of the consent ledger.

    EMAIL is their address, in capitals or not. Somebody who gave none is found by the code on their
    ticket, and somebody whose registration is deleted by the reference on their receipt. With
    --account alone, EMAIL may be left out.
    """
    person = _find(whose, account)
    click.echo(f"Found: {_found(person, collect(person))}.")
    if not yes:
        _ask()
    done = commit(lambda: erase(person, method=Method.PAPER))
    click.echo(_done(done))


@person_group.command("forget-staff")
@click.argument("key")
def forget_staff_command(key: str) -> None:
    """Forget a member of staff.

    For a member of staff who has left, or who asks for it (Art. 17 GDPR). KEY is the portal's key
    of their account. What they did stays, by "somebody of the team". The names of those who
    published a consent text stay, as proof. Where nobody has that key, it says so, and the exit
    code is 1.
    """
    forgotten = commit(lambda: forget_staff(key)) if key else 0
    if not forgotten:
        raise click.ClickException(f"Nothing here was done by somebody with the key {key!r}.")
    click.echo(f"Forgotten in {_many(forgotten, 'place')}.")


@person_group.command("forget-author")
@click.argument("name")
def forget_author_command(name: str) -> None:
    """Forget an author whose texts came from elsewhere.

    For somebody who asks for it (Art. 17 GDPR) and has no account here, so that `person erase` does
    not find them. NAME is the public name as it stands at their ideas and comments. These stay,
    without a name; hide what says itself who wrote it. Where no such text has that name, it says
    so, and the exit code is 1.
    """
    forgotten = commit(lambda: forget_author(name)) if name else 0
    if not forgotten:
        raise click.ClickException(
            f"No idea and no comment from elsewhere has the name {name!r}; write it as it stands "
            "there. Whoever wrote here is found by `person erase`."
        )
    click.echo(f"Taken off {_many(forgotten, 'text')}.")


def _find(whose: str | None, account: str | None) -> Person:
    if whose is None and not account:
        raise click.UsageError("Name an e-mail address, or an account by --account KEY.")
    try:
        person = find_person(whose, account=account)
    except NamesNobody as error:
        raise click.ClickException(
            f"{whose!r} is no e-mail address, no code of a ticket and no reference of a receipt, "
            "so that nothing can be looked up; write one of these."
        ) from error
    if person is None:
        names = (whose, f"the account {account}" if account else None)
        raise click.ClickException(f"Nothing is stored about {' or '.join(filter(None, names))}.")
    return person


def _write(path: Path, text: str) -> None:
    """Readable by its owner alone from the first byte on."""
    path.touch(PRIVATE)
    path.chmod(PRIVATE)
    path.write_text(text, encoding="utf-8")


def _ask() -> None:
    try:
        agreed = click.confirm("This cannot be undone. Erase it", err=True)
    except click.Abort:
        agreed = False
    if not agreed:
        raise click.ClickException(
            "Nothing was erased. Answer y, or add --yes where nobody can be asked."
        )


def _found(person: Person, data: PersonData) -> str:
    slugs = ", ".join(event.slug for event in person.events)
    registrations = f"{_many(len(data.registrations), 'registration')} ({slugs})"
    in_force = sum(map(is_in_force, person.subjects))
    parts = [
        registrations if data.registrations else "no registration any more",
        "a participant" if data.participants else "",
        f"consents in force of {_many(in_force, 'registration')}" if in_force else "",
        _many(len(data.mails), "mail") + " to be sent" if data.mails else "",
    ]
    return ", ".join(part for part in parts if part)


def _done(done: Erased) -> str:
    erased = _many(done.registrations, "registration")
    lines = [
        f"Erased: {erased}, with links and mails. Cancelled before: {done.cancelled}.",
        f"Consents withdrawn: {done.withdrawn}.",
    ]
    if done.participations:
        lines.append("Erased: what they took part in, with their page.")
    if done.kept:
        entries = "1 entry" if done.kept == 1 else f"{done.kept} entries"
        lines.append(
            f"Kept: {entries} of the consent ledger under a pseudonym that leads to nobody any "
            "more. They prove what was asked and answered (Art. 7 (1) GDPR), which Art. 17 (3) "
            "(b) and (e) GDPR allows."
        )
    if done.withdrawn:
        lines.append("Staff has a task for each consent, to take down what was published under it.")
    return "\n".join(lines)


def _many(count: int, word: str) -> str:
    return f"1 {word}" if count == 1 else f"{count} {word}s"

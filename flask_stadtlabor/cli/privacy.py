"""``flask stadtlabor privacy …``: what a data protection officer keeps."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from flask_stadtlabor.i18n import use_language
from flask_stadtlabor.privacy.record.document import record
from flask_stadtlabor.state import settings

privacy_group = AppGroup("privacy", help="Privacy: the record of processing activities.")


@privacy_group.command("record")
@click.option("--lang", "language", help="In this language of the portal, such as de or en.")
def record_command(language: str | None) -> None:
    """Write the record of processing activities.

    It is Markdown, for Art. 30 (1) GDPR, made from settings and content; it names nobody who
    registered. What only the city can know is marked as a blank. Without --lang it is in the
    portal's default language.
    """
    locales = settings().locales
    language = language or settings().default_locale
    if language not in locales:
        raise click.ClickException(
            f"This portal has no pages in {language!r}; write one of: {', '.join(locales)}."
        )
    with use_language(language):
        click.echo(record(), nl=False)

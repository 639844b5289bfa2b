"""``flask stadtlabor …``: the operators' commands."""

from __future__ import annotations

from flask_stadtlabor.cli.check import check_command
from flask_stadtlabor.cli.consent import consent_group
from flask_stadtlabor.cli.content import export_command, import_command
from flask_stadtlabor.cli.database import db_group
from flask_stadtlabor.cli.group import StadtlaborGroup
from flask_stadtlabor.cli.outbox import outbox_group
from flask_stadtlabor.cli.person import person_group
from flask_stadtlabor.cli.retention import retention_group

stadtlabor_cli = StadtlaborGroup(
    "stadtlabor", help="Run the Stadtlabor: database, content, mail, consent, privacy."
)
for command in (
    check_command,
    consent_group,
    db_group,
    export_command,
    import_command,
    outbox_group,
    person_group,
    retention_group,
):
    stadtlabor_cli.add_command(command)

"""``flask stadtlabor …``: the operators' commands."""

from __future__ import annotations

from flask_stadtlabor.cli.group import StadtlaborGroup

stadtlabor_cli = StadtlaborGroup(
    "stadtlabor",
    help="Run the Stadtlabor: database, content, mail, consent, privacy.",
    modules={
        "check": "check:check_command",
        "consent": "consent:consent_group",
        "db": "database:db_group",
        "export": "content:export_command",
        "import": "content:import_command",
        "import-consul": "consul:import_consul_command",
        "outbox": "outbox:outbox_group",
        "person": "person:person_group",
        "privacy": "privacy:privacy_group",
        "retention": "retention:retention_group",
        "texts": "texts:texts_group",
    },
)

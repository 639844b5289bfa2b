"""Runs of the command in processes of their own, which write in small units."""

from __future__ import annotations

import os
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import make_url

from flask_stadtlabor.cli import consul as command
from flask_stadtlabor.participation.consul import importing
from tests.host import Host
from tests.participation.consul.city import bring_in

KILLED = 9


def run(url: str, folder: str, address: str) -> None:
    """A run to the end."""
    with patch.object(importing, "BATCH", 3):
        host = Host(make_url(url), Path(folder))
        bring_in(host, address)
        host.close()


def run_until_killed(url: str, folder: str, address: str) -> None:
    """A run that ends at once, without a word, when 20 debates are written."""

    def tell(words: str) -> None:
        if words.startswith("debates: 20 of"):
            os._exit(KILLED)

    with patch.object(importing, "BATCH", 5), patch.object(command, "_tell", tell):
        Host(make_url(url), Path(folder)).run("import-consul", address)

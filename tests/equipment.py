"""What a full run uses beyond Python, and where it is."""

from __future__ import annotations

import os
import shutil
from functools import cache
from pathlib import Path

from tests.databases import answers, has_mariadb

ROOT = Path(__file__).parents[1]
MODULES = Path(os.environ.get("TEST_NODE_MODULES", ROOT / "node_modules"))
AXE = MODULES / "axe-core" / "axe.min.js"
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first is the same without windows, and takes two thirds of the time."""
REDIS_PORT = 6379
RABBITMQ_PORT = 5672
KERN = MODULES / "@kern-ux" / "native" / "dist" / "kern.min.css"
NU_CHECKER = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"


@cache
def browser() -> str | None:
    """Where Chromium is."""
    named = os.environ.get("TEST_CHROMIUM")
    found = (shutil.which(name) for name in BROWSERS)
    return named or next((path for path in found if path), None)


@cache
def missing() -> tuple[str, ...]:
    """The names of what this machine lacks, as the mark ``needs`` uses them."""
    there = {
        "browser": browser() is not None and AXE.exists(),
        "Nu checker": shutil.which("java") is not None and NU_CHECKER.exists(),
        "KERN": KERN.exists(),
        "nginx": shutil.which("nginx") is not None,
        "msgfmt": shutil.which("msgfmt") is not None,
        "MariaDB": has_mariadb(),
        "Redis": answers(REDIS_PORT),
        "RabbitMQ": answers(RABBITMQ_PORT),
    }
    return tuple(name for name, is_there in there.items() if not is_there)


def report() -> list[str]:
    """The last words of a run."""
    reasons = {
        "browser": "no Chromium, or no axe-core in node_modules",
        "Nu checker": "no Java, or no vnu-jar in node_modules",
        "KERN": "no @kern-ux/native in node_modules",
        "nginx": "it is not on the path",
        "msgfmt": "no gettext",
        "MariaDB": "it is not installed, and TEST_MARIADB_URL is not set",
        "Redis": f"none on port {REDIS_PORT}",
        "RabbitMQ": f"none on port {RABBITMQ_PORT}",
    }
    lines = [f"Left out: {name} ({reasons[name]})." for name in missing()]
    return lines or ["Nothing was left out."]

"""The documents name everything that hosts can set, hear and fill."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
from blinker import NamedSignal

from flask_stadtlabor import Action, Settings, signals
from flask_stadtlabor.cli import stadtlabor_cli
from flask_stadtlabor.config import DEFAULT_RATE_LIMITS
from flask_stadtlabor.routes import ROUTES

ROOT = Path(__file__).parents[1]
HOSTS = (ROOT / "docs/hosts.md").read_text("utf-8")
CONTRACT = (ROOT / "docs/contract.md").read_text("utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGES.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_every_setting_is_described() -> None:
    described = set(re.findall(r"`([A-Z_]+)`", HOSTS.split("## Settings")[1].split("## Ports")[0]))
    assert {field.name.upper() for field in fields(Settings)} <= described


@pytest.mark.parametrize("name", DEFAULT_RATE_LIMITS)
def test_every_rate_limit_is_described_with_its_default(name: str) -> None:
    assert f"| `{name}` | {DEFAULT_RATE_LIMITS[name]} |" in HOSTS


@pytest.mark.parametrize("action", Action, ids=str)
def test_every_action_of_the_policy_is_described(action: Action) -> None:
    assert f"| `{action}` |" in HOSTS


def test_every_signal_is_described() -> None:
    for name, signal in vars(signals).items():
        if isinstance(signal, NamedSignal):
            assert f"| `{name}` |" in HOSTS


def test_every_custom_property_is_described() -> None:
    style = "".join(
        path.read_text("utf-8") for path in (ROOT / "flask_stadtlabor/static").glob("*.css")
    )
    used = set(re.findall(r"var\((--sl-[a-z-]+)", style))
    assert used
    assert used == set(re.findall(r"`(--sl-[a-z-]+)`", HOSTS))


def test_every_block_for_hosts_is_described() -> None:
    templates = (ROOT / "flask_stadtlabor/templates").rglob("*.html")
    blocks = {
        block for path in templates for block in re.findall(r"block (sl_\w+)", path.read_text())
    }
    assert blocks == set(re.findall(r"`(sl_\w+)`", HOSTS))


def test_every_address_is_described() -> None:
    described = re.sub(r"<\w+:(\w+)>", r"<\1>", CONTRACT)
    for route in ROUTES:
        rule = re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", route.rule).removeprefix("/<lang>")
        tail = rule.removeprefix("/registration") if "POST" in route.methods else rule
        assert tail in described, route.rule


def test_every_command_is_described() -> None:
    for name, command in stadtlabor_cli.commands.items():
        for words in [f"{name} {sub}" for sub in getattr(command, "commands", {})] or [name]:
            assert re.search(rf"`{words}[` ]", CONTRACT), words


def test_every_room_is_in_the_plan() -> None:
    plan = (ROOT / "docs/architecture.md").read_text("utf-8")
    named = {
        name.removesuffix("/").removesuffix(".py") for name in re.findall(r"`([\w./]+)`", plan)
    }
    rooms = {
        path.stem
        for path in (ROOT / "flask_stadtlabor").iterdir()
        if not path.name.startswith("__") and (path.is_dir() or path.suffix == ".py")
    }
    assert rooms <= named


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_between_documents_leads_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text("utf-8")):
        assert (document.parent / link).exists(), link
    for source in re.findall(r'src="([^"]+)"', document.read_text("utf-8")):
        assert (document.parent / source).exists(), source

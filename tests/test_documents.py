"""The documents name everything that hosts can set, hear and fill."""

from __future__ import annotations

import ast
import inspect
import re
from dataclasses import fields
from functools import cache
from pathlib import Path
from tokenize import COMMENT, tokenize

import pytest
from blinker import NamedSignal
from click import Context

import flask_stadtlabor
from flask_stadtlabor import Action, Settings, Stadtlabor, signals
from flask_stadtlabor.cli import stadtlabor_cli
from flask_stadtlabor.config import DEFAULT_RATE_LIMITS
from flask_stadtlabor.ports import Ports
from flask_stadtlabor.routes import ROUTES
from scripts import settings as settings_table

ROOT = Path(__file__).parents[1]
HOSTS = (ROOT / "docs/hosts.md").read_text("utf-8")
THEMING = (ROOT / "docs/theming.md").read_text("utf-8")
CONTRACT = (ROOT / "docs/contract.md").read_text("utf-8")
REFERENCE = (ROOT / "docs/reference.md").read_text("utf-8")
SIGNALS = [name for name, signal in vars(signals).items() if isinstance(signal, NamedSignal)]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]


def test_the_table_of_settings_says_what_the_code_says() -> None:
    assert settings_table.written(HOSTS) == HOSTS, "Run `python -m scripts.settings`."


def test_every_setting_is_explained_where_it_is_declared() -> None:
    explained = re.findall(r"^\| `([A-Z_]+)` \| .+ \| .+ \|$", settings_table.table(), re.MULTILINE)
    assert explained == [field.name.upper() for field in fields(Settings)]


def test_every_port_is_described() -> None:
    for port in fields(Ports):
        assert f"| `{port.name}` |" in HOSTS, port.name
    arguments = inspect.signature(Stadtlabor).parameters
    assert list(arguments) == ["db", *(port.name for port in fields(Ports))]


@pytest.mark.parametrize("name", DEFAULT_RATE_LIMITS)
def test_every_rate_limit_is_described_with_its_default(name: str) -> None:
    assert f"| `{name}` | {DEFAULT_RATE_LIMITS[name]} |" in HOSTS


@pytest.mark.parametrize("action", Action, ids=str)
def test_every_action_of_the_policy_is_described(action: Action) -> None:
    assert f"| `{action}` |" in HOSTS


@pytest.mark.parametrize("name", SIGNALS)
def test_every_signal_is_described_with_what_it_brings(name: str) -> None:
    """In the guide and in the reference, as it is sent."""
    described = re.search(rf"^\| `{name}` \| (.+?) \|", HOSTS, re.MULTILINE)
    assert described, name
    assert set(re.findall(r"`(\w+)`", described[1])) == sent_with(name)
    assert f"flask_stadtlabor.signals.{name}\n" in REFERENCE


def sent_with(name: str) -> set[str]:
    """The arguments with which the code sends a signal, wherever that is; raises where nowhere."""
    (words,) = {
        frozenset(str(keyword.arg) for keyword in call.keywords)
        for call in all_sent()
        if ast.unparse(call.args[0]) == f"signals.{name}"
    }
    return set(words)


@cache
def all_sent() -> list[ast.Call]:
    """Where the code sends a signal."""
    return [
        call
        for path in (ROOT / "flask_stadtlabor").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "signals.send"
    ]


@pytest.mark.parametrize("name", flask_stadtlabor.__all__)
def test_whatever_the_package_exports_is_in_the_reference(name: str) -> None:
    module = getattr(flask_stadtlabor, name).__module__
    whole_modules = re.findall(r"automodule:: (\S+)", REFERENCE)
    assert f":: flask_stadtlabor.{name}" in REFERENCE or module in whole_modules


def test_every_custom_property_is_described() -> None:
    style = "".join(
        path.read_text("utf-8") for path in (ROOT / "flask_stadtlabor/static").glob("*.css")
    )
    used = set(re.findall(r"var\((--sl-[a-z-]+)", style))
    assert used
    assert used == set(re.findall(r"`(--sl-[a-z-]+)`", THEMING))


def test_the_examples_of_theming_are_those_of_the_example_portal() -> None:
    """Each rule that the document shows stands so in the style sheet that it named last."""
    sheets = re.split(r"`(example_app/static/\w+\.css)`", THEMING)
    shown = [
        (path, code)
        for path, text in zip(sheets[1::2], sheets[2::2], strict=True)
        for code in re.findall(r"```css\n(.*?)```", text, re.DOTALL)
    ]
    assert {path for path, _ in shown} == {
        "example_app/static/portal.css",
        "example_app/static/kern.css",
    }
    for path, code in shown:
        assert code in (ROOT / path).read_text("utf-8"), code


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
    context = Context(stadtlabor_cli)
    names = stadtlabor_cli.list_commands(context)
    assert "check" in names
    for name in names:
        command = stadtlabor_cli.get_command(context, name)
        for words in [f"{name} {sub}" for sub in getattr(command, "commands", {})] or [name]:
            assert re.search(rf"`{words}[` ]", CONTRACT), words


ARCHITECTURE = (ROOT / "docs/architecture.md").read_text("utf-8")


def test_every_room_is_in_the_architecture() -> None:
    named = {
        name.removesuffix("/").removesuffix(".py")
        for name in re.findall(r"`([\w./]+)`", ARCHITECTURE)
    }
    rooms = {
        path.stem
        for path in (ROOT / "flask_stadtlabor").iterdir()
        if not path.name.startswith("__") and (path.is_dir() or path.suffix == ".py")
    }
    assert rooms <= named


def test_every_place_in_the_architecture_exists() -> None:
    package = ROOT / "flask_stadtlabor"
    for place in re.findall(r"`([a-z_]+/\w[\w/]*(?:\.\w+)?)`", ARCHITECTURE):
        assert (package / place).exists() or (ROOT / place).exists(), place


def test_every_requirement_that_is_named_exists() -> None:
    """In comments and docstrings of code and tests."""
    numbers = re.compile(r"\b[ACDS]\d{1,2}\b")
    known = set(numbers.findall((ROOT / "docs/requirements.md").read_text("utf-8")))
    assert len(known) > 40
    for folder in ("flask_stadtlabor", "tests", "benchmarks", "scripts"):
        for path in (ROOT / folder).rglob("*.py"):
            with path.open("rb") as file:
                words = [
                    token.string
                    for token in tokenize(file.readline)
                    if token.type == COMMENT or token.string.startswith('"""')
                ]
            unknown = {*numbers.findall("\n".join(words))} - known
            assert not unknown, (path, unknown)


def test_the_readme_leads_to_every_document() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    # the site's own front page and its copy of the changes
    expected = {
        path for path in DOCUMENTS if path.name not in ("README.md", "index.md", "changes.md")
    }
    assert {str(path.relative_to(ROOT)) for path in expected} <= set(
        re.findall(r"\]\(([^)#]+)\)", readme)
    )


def test_the_changes_keep_a_form_that_tools_can_read() -> None:
    """Keep a Changelog 1.1.0; the version of the code is released or being made."""
    changes = (ROOT / "CHANGES.md").read_text("utf-8")
    versions = re.findall(r"^## (.+)$", changes, re.MULTILINE)
    released = re.compile(r"\[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d")
    assert all(title == "[Unreleased]" or released.fullmatch(title) for title in versions)
    assert versions[0] == "[Unreleased]" or f"[{flask_stadtlabor.__version__}]" in versions[0]
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"^### (.+)$", changes, re.MULTILINE)) <= kinds


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_between_documents_leads_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text("utf-8")):
        assert (document.parent / link).exists(), link
    for source in re.findall(r'src="([^"]+)"', document.read_text("utf-8")):
        assert (document.parent / source).exists(), source

"""What deploy/ and its guide name is there: settings, commands, options, units, files."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from celery.bin.celery import celery as celery_command
from flask import Flask
from flask.cli import FlaskGroup, ScriptInfo
from flask_caching import Cache
from gunicorn.config import Config
from werkzeug.middleware.proxy_fix import ProxyFix

from example_app import create_app
from flask_stadtlabor.config import PREFIX, Settings
from flask_stadtlabor.routes import ROUTES

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
GUIDES = [ROOT / "docs" / name for name in ("deployment.md", "operating.md", "upgrading.md")]
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name for name, service in SERVICES.items() if "build" in service}
HOSTS_OWN = {
    "APP", "SECRET_KEY", "SQLALCHEMY_DATABASE_URI", "SQLALCHEMY_ENGINE_OPTIONS", "PROXIES",
    "SESSION_COOKIE_SECURE", "MAIL_SERVER", "RATELIMIT_STORAGE_URI", "CACHE_TYPE",
    "CACHE_REDIS_URL", "CELERY", "SECRET_KEY_FALLBACKS",
}  # fmt: skip


@pytest.fixture
def composed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Flask:
    """The example portal with the settings of the compose file, and a value for each variable."""
    environment = SERVICES["web"]["environment"]
    for name, value in environment.items():
        given = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value))
        monkeypatch.setenv(name, re.sub(r"\$\{\w+:\?[^}]*\}", "given", given))
    return create_app(instance_path=str(tmp_path))


def test_the_composed_portal_shares_limits_pages_and_work(composed: Flask) -> None:
    """Each by a setting of the compose file; an unknown one of ours would stop the start."""
    assert composed.extensions["limiter"]
    assert [type(cache) for cache in composed.extensions["cache"]] == [Cache]
    assert "redis" in str(composed.extensions["celery"].conf.broker_url)
    assert isinstance(composed.wsgi_app, ProxyFix)
    assert composed.extensions["stadtlabor"].settings.outbox == "celery"
    entry = composed.extensions["celery"].conf.beat_schedule["stadtlabor"]
    assert entry["task"] in composed.extensions["celery"].tasks


def test_every_server_that_the_composed_settings_name_is_a_service() -> None:
    environment = "\n".join(map(str, SERVICES["web"]["environment"].values()))
    hosts = set(re.findall(r"(?:redis://|@)(\w+)", environment))
    assert hosts == {"redis", "database"} < set(SERVICES)
    for service in SERVICES.values():
        assert set(service.get("depends_on", ())) <= set(SERVICES)


def test_the_composed_files_and_volumes_are_there() -> None:
    for service in SERVICES.values():
        for source in (volume.split(":")[0] for volume in service.get("volumes", ())):
            assert source in COMPOSE["volumes"] or (DEPLOY / source).is_file(), source
    build = SERVICES["web"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).is_file()
    assert {name for name in SERVICES if "image" in SERVICES[name]} == set(SERVICES)


def test_no_file_of_keys_gets_into_the_image() -> None:
    """Compose reads them from a file .env, which lies within what Docker copies."""
    left_out = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    assert {"**/.env", ".git", "instance"} <= set(left_out)


def commands() -> Iterator[tuple[str, list[str]]]:
    """Each command of units, compose file, Dockerfile and guides, with its place."""
    for unit in UNITS:
        for line in re.findall(r"^Exec\w+=(.+)$", unit.read_text("utf-8"), re.MULTILINE):
            yield unit.name, shlex.split(line.removeprefix("/srv/portal/.venv/bin/"))
    for name in sorted(OURS):
        for line in shell_lines(SERVICES[name].get("command", "")):
            yield f"compose.yaml, {name}", line
    dockerfile = (DEPLOY / "Dockerfile").read_text("utf-8")
    (words,) = re.findall(r"^CMD (\[.+\])$", dockerfile, re.MULTILINE)
    yield "Dockerfile", yaml.safe_load(words)
    for guide in GUIDES:
        for line in re.findall(r"(?:^ {4}.*?|`)(flask [^`\n&>…]+)", guide.read_text("utf-8"), re.M):
            yield guide.name, shlex.split(line)


def shell_lines(command: str) -> Iterator[list[str]]:
    words = shlex.split(command)
    if words[:2] == ["sh", "-c"]:
        for line in words[2].split("&&"):
            yield shlex.split(line)
    elif words:
        yield words


@pytest.mark.parametrize(
    ("place", "words"), list(commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_command_exists_with_its_options(
    composed: Flask, place: str, words: list[str]
) -> None:
    program, *rest = words
    if program == "gunicorn":
        Config().parser().parse_args(rest)
    elif program == "celery":
        resolve(celery_command, rest)
    else:
        assert program == "flask", words
        with composed.app_context():
            resolve(FlaskGroup(), rest, ScriptInfo(create_app=lambda: composed))


def resolve(group: click.Command, words: list[str], script: ScriptInfo | None = None) -> None:
    """Walk down the groups to the command, and let it read its options; raises where it cannot."""
    command, names, rest = group, [], list(words)
    while isinstance(command, click.Group):
        while rest[0].startswith("-"):
            assert rest[0] in {name for option in command.params for name in option.opts}, words
            rest = rest[2:]
        names.append(rest.pop(0))
        found = command.get_command(click.Context(command, obj=script), names[-1])
        assert found is not None, words
        command = found
    known = {name for option in command.params for name in option.opts}
    assert {word for word in rest if word.startswith("-")} <= known, words


def test_every_setting_that_the_guides_name_exists() -> None:
    named = set()
    for guide in GUIDES:
        named |= set(re.findall(r"FLASK_([A-Z_]+)", guide.read_text("utf-8")))
    named |= {key.removeprefix("FLASK_") for key in SERVICES["web"]["environment"]}
    ours = {name for name in named if name.startswith(PREFIX)}
    assert ours
    Settings.from_config(dict.fromkeys(ours))
    assert named - ours == HOSTS_OWN & named


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_every_unit_is_named_by_a_guide_and_names_only_what_is_there(unit: Path) -> None:
    words = unit.read_text("utf-8")
    if unit.suffix == ".timer":
        assert unit.with_suffix(".service").exists()
    else:
        assert "User=portal" in words
    guides = "".join(guide.read_text("utf-8") for guide in GUIDES)
    started_by = unit.with_suffix(".timer")
    assert unit.name in guides or (started_by.exists() and started_by.name in guides)
    for other in re.findall(r"(portal[\w-]*\.(?:service|timer))", words):
        assert (DEPLOY / "systemd" / other).exists()


MASKED = re.findall(
    r'^\s+"~(.+?)"\s+"(.+?)";$', (DEPLOY / "nginx/common.conf").read_text("utf-8"), re.MULTILINE
)
TOKEN = "dQw4w9WgXcQ-dQw4w9WgXcQ_dQw4w9WgXcQ"


def in_the_log(uri: str) -> str:
    """A request's path as nginx logs it: the first of its patterns that fits."""
    for pattern, written in MASKED:
        if found := re.match(pattern.replace("(?<", "(?P<"), uri):
            return re.sub(
                r"\$(\w+)", lambda name: found.groupdict()[name[1]], written.replace("***", "•")
            )
    return uri


def test_nginx_logs_neither_a_token_nor_whom_staff_searches_for() -> None:
    """S13."""
    assert len(MASKED) == 2
    secret = [route.rule for route in ROUTES if "token" in route.rule]
    assert len(secret) == 4
    for rule in secret:
        here = "/stadtlabor" + rule.replace("<stadtlabor_locale:lang>", "de")
        before = here.partition("<")[0]
        for tail in ("", "/", "?utm_source=mail", "/x?y=z"):
            logged = in_the_log(f"{before}{TOKEN}{tail}")
            assert TOKEN not in logged
            assert logged.startswith(before)
    for question in ("?q=Muster", "?state=all&q=Muster", "check-in/?q=Muster&page=2"):
        assert "Muster" not in in_the_log(f"/stadtlabor/de/organise/events/x/{question}")
    for plain in ("/stadtlabor/de/?q=Karte", "/stadtlabor/de/registration/send-link"):
        assert in_the_log(plain) == plain


def test_nginx_logs_nothing_but_what_is_masked() -> None:
    for path in (DEPLOY / "nginx").iterdir():
        for where, form in re.findall(r"access_log (\S+?)(?: (\w+))?;", path.read_text("utf-8")):
            assert where == "off" or form == "masked", path.name
    written = re.search(r"log_format masked '(.+)';", (DEPLOY / "nginx/common.conf").read_text())
    assert written is not None
    assert not {"$request", "$request_uri", "$uri", "$args", "$http_referer"} & set(
        re.findall(r"\$\w+", written[1])
    )

"""What all tests share: hosts on each database, and a last word on what was left out."""

from __future__ import annotations

import gc
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import URL, Connection, Engine, event

from scripts import catalogs
from tests import databases, equipment
from tests.databases import Databases
from tests.host import Host

OpenDatabases = Callable[[str], Databases]

QUICK_TESTS = 1
"""Tests of each file in a quick run."""
MEMORY = Path("/dev/shm")  # noqa: S108 - made for this, and pytest's folders below it are private
"""Where Linux keeps files in memory."""
GARBAGE = (50_000, 20, 1000)
"""How seldom Python looks for garbage. By its own rule that takes a quarter of the suite's time,
because each app that a test makes lets it look through all that lives."""
ENOUGH_MEMORY = 4 * 2**30
"""Bytes that two processes' databases never fill."""

BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--in-process-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let somebody in a hurry use one database only."""
    parser.addoption("--database", action="append", help="run on this database only")
    parser.addoption(
        "--quick",
        action="store_true",
        help="run the first tests of each file on SQLite, and nothing slow",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Explain our marks; a full run stops at once where something is missing."""
    for line in (
        "one_database: not about the database, so that SQLite is enough",
        "several_machines: about a database that several machines share, which no file is",
        "needs(*names): uses what not every machine has",
        "slow: takes more than ten seconds",
    ):
        config.addinivalue_line("markers", line)
    gc.set_threshold(*GARBAGE)
    if not hasattr(config, "workerinput"):
        catalogs.compile_stale()
        _keep_files_in_memory()
    missing = equipment.missing()
    if missing and os.environ.get("CI") == "true":
        raise pytest.UsageError(f"CI leaves nothing out, but there is no {', '.join(missing)}.")


def _keep_files_in_memory() -> None:
    """No database has to wait for a disk, in this process and those that it starts."""
    if "TMPDIR" in os.environ or not MEMORY.is_dir():
        return
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ENOUGH_MEMORY:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # it is looked up once


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what uses a database on each one there is."""
    if "database_name" not in metafunc.fixturenames:
        return
    names = metafunc.config.getoption("database") or databases.names()
    if metafunc.config.getoption("quick"):
        names = ["sqlite"]
    if metafunc.definition.get_closest_marker("one_database"):
        names = ["sqlite"]
    if metafunc.definition.get_closest_marker("several_machines"):
        names = [name for name in names if name != "sqlite"]
    metafunc.parametrize("database_name", names, scope="session")


def _is_quick(item: pytest.Item, chosen: dict[Path, set[str]]) -> bool:
    """Whether it is a first case of the first tests of its file, and needs no equipment."""
    if any(item.iter_markers("slow")) or any(item.iter_markers("needs")):
        return False
    tests, test = chosen.setdefault(item.path, set()), item.name.partition("[")[0]
    if test in tests or len(tests) == QUICK_TESTS:
        return False
    tests.add(test)
    return True


def _turn(item: pytest.Item) -> int:
    """The slowest come before the end, where one of them would keep all other processes waiting."""
    if any(item.iter_markers("slow")):
        return 1
    return 2 if any(item.iter_markers("needs")) else 0


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run what is quick first, and leave out what this machine has no equipment for."""
    items.sort(key=_turn)
    missing = set(equipment.missing())
    left_out = [
        item
        for item in items
        if missing & {name for mark in item.iter_markers("needs") for name in mark.args}
    ]
    if config.getoption("quick"):
        chosen: dict[Path, set[str]] = {}
        left_out = [item for item in items if not _is_quick(item, chosen)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_collection_finish() -> None:
    """What lives until the end (modules and tests) is not looked through for garbage again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Say last what was left out."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal is not None and not hasattr(config, "workerinput"):
        for line in equipment.report():
            terminal.write_line(line)


@pytest.fixture(autouse=True)
def audible_loggers() -> Iterator[None]:
    """A host's Alembic silences all loggers of this process; the next test hears them again."""
    yield
    for logger in logging.Logger.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.disabled = False


@pytest.fixture(scope="session")
def used_engines() -> set[Engine]:
    """The engines that somebody has connected by, until a test forgets them."""
    used: set[Engine] = set()

    @event.listens_for(Engine, "engine_connect")
    def note(connection: Connection) -> None:
        used.add(connection.engine)

    return used


@pytest.fixture(autouse=True)
def closed_connections(used_engines: set[Engine]) -> Iterator[None]:
    """Whatever app a test makes, its connections end with it, as Python 3.13 asks of SQLite's."""
    yield
    while used_engines:
        used_engines.pop().dispose()


@pytest.fixture(scope="session")
def open_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenDatabases]:
    """Opens the databases of one kind when the first test asks for them."""
    opened: dict[str, Databases] = {}
    with ExitStack() as stack:

        def opener(name: str) -> Databases:
            if name not in opened:
                folder = tmp_path_factory.mktemp(name)
                opened[name] = databases.open_databases(
                    name, folder, lambda url: upgrade(url, folder)
                )
                stack.callback(opened[name].close)
            return opened[name]

        yield opener


def upgrade(url: URL, folder: Path) -> None:
    """``flask stadtlabor db upgrade`` on the database at ``url``."""
    host = Host(url, folder)
    result = host.run("db", "upgrade")
    host.close()
    assert result.exit_code == 0, result.output


@pytest.fixture
def database_url(database_name: str, open_databases: OpenDatabases) -> Iterator[URL]:
    """A fresh database with our tables."""
    kind = open_databases(database_name)
    url = kind.upgraded()
    yield url
    kind.discard(url)


@pytest.fixture
def empty_database_url(database_name: str, open_databases: OpenDatabases) -> Iterator[URL]:
    """A fresh database without any table."""
    kind = open_databases(database_name)
    url = kind.empty()
    yield url
    kind.discard(url)


@pytest.fixture(scope="session")
def kept_hosts() -> dict[URL, Host]:
    """The portals that tests have in turn, one on each database."""
    return {}


@pytest.fixture
def host(database_url: URL, tmp_path: Path, kept_hosts: dict[URL, Host]) -> Iterator[Host]:
    """A portal with our tables and no content; whoever changes its app makes one of their own."""
    if database_url not in kept_hosts:
        kept_hosts[database_url] = Host(database_url, tmp_path)
    host = kept_hosts[database_url]
    host.begin_again(tmp_path)
    yield host
    host.close()


@pytest.fixture
def bare_host(empty_database_url: URL, tmp_path: Path) -> Iterator[Host]:
    """A portal whose database has no table yet."""
    host = Host(empty_database_url, tmp_path)
    yield host
    host.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, as the machine has it; one for all, since a process runs one Playwright."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=equipment.browser(), args=BROWSER_FLAGS
        )
        yield browser
        browser.close()

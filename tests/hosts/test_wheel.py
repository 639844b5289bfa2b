"""The release: what is in it, and the wheel in an environment of its own beside a host."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import flask_stadtlabor
from tests import factories
from tests.host import Host

ROOT = Path(__file__).parents[2]
HOST = ROOT / "tests/hosts/ten_lines.py"

LEFT_BEHIND = (".git", ".venv", ".venvs", "node_modules", "*.mo", "__pycache__", ".demo", "dist")
"""What may lie in a checkout and must not find its way into a release."""

ASK = """
import sys
from ten_lines import create_app
client = create_app().test_client()
for path in sys.argv[1:]:
    response = client.get(path)
    print(response.status_code, len(response.data), path)
print(client.get(sys.argv[1]).text)
"""


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source as it is released, and the wheel that was built from that."""
    folder = tmp_path_factory.mktemp("release")
    source = folder / "source"
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
    subprocess.run(
        [sys.executable, "-m", "build", "--outdir", folder / "dist", source],
        check=True,
        capture_output=True,
    )
    shutil.rmtree(source)
    return folder / "dist"


def wheel_in(release: Path) -> Path:
    (wheel,) = release.glob("*.whl")
    return wheel


@pytest.mark.slow
def test_the_wheel_holds_all_that_pages_and_tables_need(release: Path) -> None:
    with zipfile.ZipFile(wheel_in(release)) as wheel:
        names = set(wheel.namelist())
    assert {f"flask_stadtlabor/{name}" for name in of_the_package()} <= names
    metadata = {name for name in names if ".dist-info/" in name}
    packages = {name.partition("/")[0] for name in names - metadata}
    assert packages == {"flask_stadtlabor", "pytest_stadtlabor.py"}


@pytest.mark.slow
def test_the_source_holds_all_that_a_change_needs(release: Path) -> None:
    """Code with its catalogs, the example portal, tests, scripts, documents with their pictures."""
    (source,) = release.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    known = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert set(known) <= names
    assert {f"flask_stadtlabor/{name}" for name in of_the_package()} <= names
    assert not [name for name in names if "docs/_build/" in name or "__pycache__" in name]


@pytest.mark.slow
def test_what_is_uploaded_is_described_without_a_fault(release: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "twine", "check", "--strict", *release.iterdir()],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert f"flask_stadtlabor-{flask_stadtlabor.__version__}-" in wheel_in(release).name


def of_the_package() -> set[str]:
    """What the package needs beside its modules: paths below it."""
    package = ROOT / "flask_stadtlabor"
    found = {
        str(path.relative_to(package))
        for folder in ("templates", "static", "translations", "migrations")
        for path in (package / folder).rglob("*")
        if path.is_file() and path.suffix not in (".pyc", ".mo")
    }
    catalogs = {name.removesuffix(".po") + ".mo" for name in found if name.endswith(".po")}
    assert catalogs
    return found | catalogs | {"py.typed"}


@pytest.mark.slow
@pytest.mark.one_database
def test_a_wheel_serves_the_same_pages_as_the_source(
    host: Host, release: Path, tmp_path: Path
) -> None:
    """Templates, style, scripts, migrations and compiled catalogs are all in it."""
    content = factories.exchange(factories.open_event(**dates()))
    (tmp_path / "content.json").write_text(json.dumps(content), "utf-8")
    python = install(wheel_in(release), tmp_path / "environment")
    shutil.copy(HOST, tmp_path)

    def run(*command: str | Path) -> str:
        """Run in the new environment, from a folder without our source."""
        settings = {
            "FLASK_APP": "ten_lines",
            "FLASK_SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path}/portal.sqlite",
            "FLASK_STADTLABOR_BASE_URL": "https://stadt.example",
            "FLASK_STADTLABOR_PRIVACY_URL": "/datenschutz",
        }
        done = subprocess.run(
            command, cwd=tmp_path, env=settings, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    flask = python.with_name("flask")
    run(flask, "stadtlabor", "db", "upgrade")
    run(flask, "stadtlabor", "import", "content.json")
    event = "/stadtlabor/de/events/plattform/"
    asked = [event, "/stadtlabor/de/", f"{event}register", f"{event}event.ics"]
    asked += ["/stadtlabor/static/stadtlabor.css", "/stadtlabor/static/register.js"]
    answer = run(python, "-c", ASK, *asked)
    statuses, page = answer.splitlines()[: len(asked)], "\n".join(answer.splitlines()[len(asked) :])
    assert [line.split()[0] for line in statuses] == ["200"] * len(asked)

    host.load(content)
    host.clock.now = factories.real_time()
    assert words(page) == words(host.client().get(event).text)


def words(page: str) -> str:
    """All that a page says, in its own language."""
    main = BeautifulSoup(page, "html.parser").select_one("main")
    assert main is not None
    return main.get_text(" ", strip=True)


def dates() -> dict[str, str]:
    """When an event is that the machine's own time finds ahead."""
    return {key: factories.event_in(20)[key] for key in ("starts_at", "ends_at")}


def install(wheel: Path, folder: Path) -> Path:
    """The Python of a new environment with the wheel and what it needs, and nothing else."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", wheel], check=True)
    return python

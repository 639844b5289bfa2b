"""The built package, in an environment of its own beside a host of ten lines."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests import factories
from tests.host import Host

ROOT = Path(__file__).parents[2]
HOST = ROOT / "tests/hosts/ten_lines.py"

ASK = """
import sys
from ten_lines import create_app
client = create_app().test_client()
for path in sys.argv[1:]:
    response = client.get(path)
    print(response.status_code, len(response.data), path)
print(client.get(sys.argv[1]).text)
"""


@pytest.mark.slow
@pytest.mark.one_database
def test_a_wheel_serves_the_same_pages_as_the_source(host: Host, tmp_path: Path) -> None:
    """Templates, style, scripts, migrations and compiled catalogs are all in it."""
    content = factories.exchange(factories.open_event(**dates()))
    (tmp_path / "content.json").write_text(json.dumps(content), "utf-8")
    python = install(build(tmp_path), tmp_path / "environment")
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


def build(folder: Path) -> Path:
    """The wheel, built from a copy of the source."""
    source = folder / "source"
    ignored = shutil.ignore_patterns(
        ".git", ".venv", "node_modules", "*.mo", "__pycache__", ".demo"
    )
    shutil.copytree(ROOT, source, ignore=ignored)
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, source],
        check=True,
    )
    shutil.rmtree(source)
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(wheel: Path, folder: Path) -> Path:
    """The Python of a new environment with the wheel and what it needs, and nothing else."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", wheel], check=True)
    return python

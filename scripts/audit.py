"""Asks whether a release needs a package with a known weakness: ``python -m scripts.audit dist``.

Takes the packages from the bill of materials in that folder and asks the package index about each,
by pip-audit. A weakness ends it with 1. Where nobody answers, it says that this was not done.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any


def main(folder: Path) -> int:
    """Ask about the packages of the only bill in ``folder``; the exit code."""
    (bill,) = folder.glob("*.cdx.json")
    packages = json.loads(bill.read_text("utf-8"))["components"]
    with TemporaryDirectory() as place:
        pinned, report = Path(place) / "pinned.txt", Path(place) / "report.json"
        pinned.write_text("".join(f"{p['name']}=={p['version']}\n" for p in packages), "utf-8")
        done = subprocess.run(  # noqa: S603
            [
                sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip",
                "--progress-spinner", "off", "--requirement", str(pinned),
                "--format", "json", "--output", str(report),
            ],
            capture_output=True,
            text=True,
        )  # fmt: skip
        if report.exists():
            return judge(json.loads(report.read_text("utf-8"))["dependencies"])
    if done.returncode != 1:
        raise RuntimeError(done.stderr)
    print(f"NOT DONE: nobody could be asked about weaknesses. {done.stderr.splitlines()[-1]}")
    return 0


def judge(packages: list[dict[str, Any]]) -> int:
    """Print what pip-audit found out about each package; 1 where one has a weakness, else 0."""
    silent = [package["name"] for package in packages if "skip_reason" in package]
    weak = [package for package in packages if package.get("vulns")]
    for package in weak:
        for weakness in package["vulns"]:
            mended = ", ".join(weakness["fix_versions"]) or "nothing yet"
            named = f"{package['name']} {package['version']}: {weakness['id']}"
            print(f"{named}, mended by {mended}. {weakness['description']}")
    if silent:
        print(f"NOT DONE: the index says nothing about weaknesses of {', '.join(silent)}.")
    print(
        f"{len(packages) - len(silent)} of {len(packages)} packages asked about, {len(weak)} weak."
    )
    return 1 if weak else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

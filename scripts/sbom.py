"""Writes what a release is made of: ``python -m scripts.sbom dist``.

Installs the wheel in that folder into an environment of its own and lists what came along, as a
CycloneDX 1.6 bill of materials beside the wheel. `make release` calls it.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import venv
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).parents[1]
DECODER = ROOT / "flask_stadtlabor/static/jsQR.js"


def main(folder: Path) -> None:
    """Write the bill beside the only wheel in ``folder``; raises where it is no valid one."""
    (wheel,) = folder.glob("*.whl")
    name, version = wheel.name.split("-")[:2]
    bill = whole(parts_of(wheel), version)
    written = json.dumps(bill, indent=2, ensure_ascii=False)
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(written)
    if fault is not None:
        raise ValueError(f"This is no valid bill of materials: {fault}")
    target = folder / f"{name}-{version}.cdx.json"
    target.write_text(written + "\n", "utf-8")
    print(f"{target} lists {len(bill['components'])} packages.")


def parts_of(wheel: Path) -> dict[str, Any]:
    """The bill of an environment that has the wheel, and what that needs to run, and no more."""
    with TemporaryDirectory() as environment:
        venv.create(environment, with_pip=False)
        python = Path(environment) / "bin/python"
        subprocess.run(  # noqa: S603
            [
                sys.executable,
                "-m",
                "pip",
                "--python",
                str(python),
                "install",
                "--quiet",
                str(wheel),
            ],
            check=True,
        )
        done = subprocess.run(  # noqa: S603
            [
                sys.executable, "-m", "cyclonedx_py", "environment", "--spec-version", "1.6",
                "--pyproject", str(ROOT / "pyproject.toml"), "--mc-type", "library", str(python),
            ],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip
    bill: dict[str, Any] = json.loads(done.stdout)
    return bill


def whole(bill: dict[str, Any], version: str) -> dict[str, Any]:
    """The bill with what neither `pyproject.toml` nor the environment says: our version, jsQR."""
    ours = bill["metadata"]["component"]
    ours |= {"version": version, "purl": f"pkg:pypi/{ours['name']}@{version}"}
    ours["components"] = [
        {
            "type": "library",
            "bom-ref": "jsqr",
            "name": "jsqr",
            "version": "1.4.0",
            "purl": "pkg:npm/jsqr@1.4.0",
            "licenses": [{"license": {"id": "Apache-2.0"}}],
            "hashes": [
                {"alg": "SHA-256", "content": hashlib.sha256(DECODER.read_bytes()).hexdigest()}
            ],
        }
    ]
    return bill


if __name__ == "__main__":
    main(Path(sys.argv[1]))

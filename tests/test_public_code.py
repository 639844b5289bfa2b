"""What catalogs of public software and licence scanners read of us is whole and true."""

from __future__ import annotations

import json
import re
import tomllib
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

import flask_stadtlabor

ROOT = Path(__file__).parents[1]
PUBLIC_CODE: dict[str, Any] = yaml.safe_load((ROOT / "publiccode.yml").read_text("utf-8"))
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
STANDARD = Draft202012Validator(
    json.loads((ROOT / "tests/publiccode.schema.json").read_text("utf-8"))
)


def faults(document: dict[str, Any]) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in STANDARD.iter_errors(document)]


def test_publiccode_keeps_to_the_standard() -> None:
    assert faults(PUBLIC_CODE) == []


GONE = object()
MANDATORY = [
    "publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType",
    "description", "description.de.shortDescription", "legal", "legal.license", "maintenance",
    "maintenance.type", "maintenance.contacts", "maintenance.contacts.0.name", "localisation",
    "localisation.localisationReady", "localisation.availableLanguages", "dependsOn.open.0.name",
]  # fmt: skip


@pytest.mark.parametrize(
    ("place", "value"),
    [
        *((place, GONE) for place in MANDATORY),
        ("publiccodeYmlVersion", 0.7),
        ("url", "flask_stadtlabor"),
        ("releaseDate", "28.11.2026"),
        ("platforms", []),
        ("categories.0", "events"),
        ("developmentStatus", "released"),
        ("softwareType", "standalone"),
        ("supports.0.id", "GDPR"),
        ("intendedAudience.countries.0", "Germany"),
        ("intendedAudience.scope.0", "cities"),
        ("description", {}),
        ("description.german", {"shortDescription": "Short"}),
        ("description.de.shortDescription", "x" * 151),
        ("description.de.longDescription", "x" * 149),
        ("description.de.longDescription", "x" * 10_001),
        ("description.de.features", []),
        ("description.de.screenshots", ["docs/images/event.webp"]),
        ("maintenance.type", "contract"),
        ("maintenance.contractors", [{"name": "Firm", "until": "2027-01-01"}]),
        ("localisation.localisationReady", "yes"),
        ("dependsOn.open.0.versionMin", 3.11),
        ("tags", ["events"]),
    ],
)
def test_the_standard_finds_what_is_wrong(place: str, value: object) -> None:
    broken = deepcopy(PUBLIC_CODE)
    *parents, last = (int(key) if key.isdigit() else key for key in place.split("."))
    inner: Any = broken
    for key in parents:
        inner = inner[key]
    if value is GONE:
        del inner[last]
    else:
        inner[last] = value
    assert faults(broken)


def test_one_language_needs_the_long_description() -> None:
    broken = deepcopy(PUBLIC_CODE)
    for words in broken["description"].values():
        del words["longDescription"]
    assert faults(broken)


def test_publiccode_says_what_the_package_says() -> None:
    assert PUBLIC_CODE["softwareVersion"] == flask_stadtlabor.__version__
    changes = (ROOT / "CHANGES.md").read_text("utf-8")
    assert f"## [{flask_stadtlabor.__version__}] - {PUBLIC_CODE['releaseDate']}\n" in changes
    assert PUBLIC_CODE["legal"]["license"] == PROJECT["license"]
    (python,) = (d for d in PUBLIC_CODE["dependsOn"]["open"] if d["name"] == "Python")
    assert PROJECT["requires-python"] == f">={python['versionMin']}"
    (status,) = (c for c in PROJECT["classifiers"] if c.startswith("Development Status"))
    assert status.lower().endswith(PUBLIC_CODE["developmentStatus"])
    catalogs = {path.name for path in (ROOT / "flask_stadtlabor/translations").glob("*/")}
    assert set(PUBLIC_CODE["localisation"]["availableLanguages"]) == {"en", *catalogs}
    assert set(PUBLIC_CODE["description"]) == {"de", "en"}


def test_every_licence_that_the_package_names_is_there_in_full() -> None:
    """By the REUSE Specification 3.3; `make lint` asks whether each file has one."""
    licences = {path.stem: path.read_bytes() for path in (ROOT / "LICENSES").iterdir()}
    assert set(licences) == set(re.findall(r"[\w.-]+-[\w.-]+", PROJECT["license"]))
    assert licences["BSD-3-Clause"] == (ROOT / "LICENSE").read_bytes()
    of_the_decoder = ROOT / "flask_stadtlabor/static/jsQR.LICENSE.txt"
    assert licences["Apache-2.0"] == of_the_decoder.read_bytes()
    assert PROJECT["license-files"] == ["LICENSE", str(of_the_decoder.relative_to(ROOT))]

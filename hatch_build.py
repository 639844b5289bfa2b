"""Build hook: compile the gettext catalogs, so that a wheel carries ``.mo`` files."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogHook(BuildHookInterface):
    """Writes ``stadtlabor.mo`` beside every ``stadtlabor.po``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile all catalogs before the files are collected."""
        for po in Path(self.root).glob("flask_stadtlabor/translations/*/LC_MESSAGES/*.po"):
            with po.open("rb") as source:
                catalog = read_po(source, locale=po.parts[-3], abort_invalid=True)
            with po.with_suffix(".mo").open("wb") as target:
                write_mo(target, catalog)

"""The Jinja environment of our templates, beside that of the host.

A file is compiled as its author wrote it: ours with Jinja's own defaults, the host's with whatever
the host has set (delimiters, undefined values, white space, escaping, extensions). Jinja lets a
template extend, import and include one of another environment, so that a page of ours stands in
the host's layout, and a host's page extends one of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    Template,
    TemplateNotFound,
    meta,
    nodes,
    select_autoescape,
)
from jinja2.defaults import DEFAULT_NAMESPACE

TEMPLATES = Path(__file__).parent / "templates"
ALWAYS_OURS = "~stadtlabor"
"""``stadtlabor/x.html`` may be the host's; ``~stadtlabor/x.html`` is always ours."""
FILES = ChoiceLoader(
    [
        FileSystemLoader(TEMPLATES),
        PrefixLoader({ALWAYS_OURS: FileSystemLoader(TEMPLATES / "stadtlabor")}),
    ]
)


class OurEnvironment(Environment):
    """Compiles our templates; where the host has a template of that name, gives the host's.

    ``names`` are the globals of our templates, and the only ones: what the host calls by the same
    names never reaches a template of ours. Nothing is kept here, because the host's environment
    keeps both kinds, and knows when a changed file is to be read again.
    """

    def __init__(self, host: Environment, names: Mapping[str, Any]) -> None:
        super().__init__(
            autoescape=select_autoescape(("html",)),
            bytecode_cache=host.bytecode_cache,
            enable_async=host.is_async,
        )
        self.globals.update(names)
        self.host = host
        self._untouched: dict[str, bool] = {}

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: Any = None,
    ) -> Template:
        """The template of this name, compiled in the environment that it belongs to."""
        stand_behind(self.host, self)
        return self.host.get_template(name, parent)

    def own(self, name: str) -> Template:
        """Our template of this name, whatever the host has; raises ``TemplateNotFound``."""
        return FILES.load(self, name, self.make_globals(None))

    def source(self, name: str) -> str:
        """The text of the template of this name; ``RuntimeError`` where there is none."""
        loader = self.host.loader
        return loader.get_source(self.host, name)[0] if loader else ""

    def is_ours(self, name: str) -> bool:
        """Whether neither this template of ours nor its macros use a template of the host.

        A layout that is named only when the page is drawn is not counted.
        """
        if name not in self._untouched or self.host.auto_reload:
            self._untouched[name] = all(not self.is_hosts(part) for part in parts_of(name))
        return self._untouched[name]

    def is_hosts(self, name: str) -> bool:
        """Whether the host has a template of this name; nothing is compiled to find out."""
        return stand_behind(self.host, self).is_hosts(self.host, name)


class TemplatesOfBoth(BaseLoader):
    """For the host's environment: its own templates, and ours where it has none of that name."""

    def __init__(self, hosts: BaseLoader | None, ours: OurEnvironment) -> None:
        self._hosts = hosts
        self._ours = ours

    def load(
        self,
        environment: Environment,
        name: str,
        globals: Any = None,
    ) -> Template:
        """The host's template of this name, compiled for the host, else ours, compiled for us."""
        if self._hosts is not None and not name.startswith(f"{ALWAYS_OURS}/"):
            try:
                return self._hosts.load(environment, name, globals)
            except TemplateNotFound:
                pass
        return self._ours.own(name)

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """The text of a template, for tools that read it."""
        if self._hosts is not None and not template.startswith(f"{ALWAYS_OURS}/"):
            try:
                return self._hosts.get_source(environment, template)
            except TemplateNotFound:
                pass
        return FILES.get_source(self._ours, template)

    def is_hosts(self, environment: Environment, name: str) -> bool:
        """Whether the host has a template of this name."""
        if self._hosts is None or name.startswith(f"{ALWAYS_OURS}/"):
            return False
        try:
            self._hosts.get_source(environment, name)
        except TemplateNotFound:
            return False
        except RuntimeError:
            # templates that were compiled in advance have no source
            return self.load(environment, name).environment is environment
        return True

    def list_templates(self) -> list[str]:
        """The host's alone: whoever compiles these in advance compiles none of ours."""
        return self._hosts.list_templates() if self._hosts is not None else []


def stand_behind(host: Environment, ours: OurEnvironment) -> TemplatesOfBoth:
    """Let the host's environment find our templates too, even after its loader was replaced."""
    if not isinstance(host.loader, TemplatesOfBoth):
        host.loader = TemplatesOfBoth(host.loader, ours)
    return host.loader


@cache
def parts_of(name: str) -> frozenset[str]:
    """A template of ours, and all that it extends, imports and includes by name."""
    found, left = set(), {name}
    while left:
        part = left.pop()
        found.add(part)
        left |= _named_in(part) - found
    return frozenset(found)


@cache
def _named_in(name: str) -> frozenset[str]:
    """Kept for each template by itself: nearly every page extends the same few."""
    named = meta.find_referenced_templates(_parsed(name))
    return frozenset(other for other in named if other is not None)


@cache
def names_in(name: str) -> frozenset[str]:
    """What a template of ours, and all that belongs to it, calls by a name."""
    return frozenset().union(*map(_called_in, parts_of(name))) - set(DEFAULT_NAMESPACE)


@cache
def _called_in(name: str) -> frozenset[str]:
    return frozenset(meta.find_undeclared_variables(_parsed(name)))


def _parsed(name: str) -> nodes.Template:
    path = TEMPLATES / name.removeprefix("~")
    return Environment().parse(path.read_text("utf-8") if path.is_file() else "")  # noqa: S701


@cache
def our_names() -> tuple[str, ...]:
    """The names of our templates, any of which a host may override."""
    files = sorted(path for path in TEMPLATES.rglob("*") if path.is_file())
    return tuple(path.relative_to(TEMPLATES).as_posix() for path in files)

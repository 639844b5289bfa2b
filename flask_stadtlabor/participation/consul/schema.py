"""What an installation's API offers, and how it is asked for that.

Names with underscores, 25 rows at a time and flat questions fit every version.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from flask_stadtlabor.participation.consul.transport import Refused, Transport

PAGE_SIZE = 25
TAGS = 10
"""Tags of a row that are asked for."""
INTROSPECTION = (
    "{__schema{queryType{name}types{name fields{name type{name kind ofType{name kind "
    "ofType{name kind}}}}}}}"
)
_PARTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "geozone": "{name}",
        "public_author": "{username}",
        "tags": f"(first:{TAGS}){{edges{{node{{name}}}}}}",
    }
)
"""How fields that are no plain values are asked for."""


class Kind(NamedTuple):
    """A kind of rows of CONSUL's: the names of its list and of a single one, and its fields."""

    many: str
    one: str
    fields: tuple[str, ...]


PROPOSALS = Kind(
    "proposals",
    "proposal",
    (
        "title", "summary", "description", "video_url", "public_created_at", "cached_votes_up",
        "comments_count", "geozone", "retired_at", "retired_reason", "retired_explanation",
        "public_author", "tags",
    ),
)  # fmt: skip
DEBATES = Kind(
    "debates",
    "debate",
    (
        "title", "description", "public_created_at", "cached_votes_up", "cached_votes_down",
        "comments_count", "geozone", "public_author", "tags",
    ),
)  # fmt: skip
COMMENTS = Kind(
    "comments",
    "comment",
    (
        "body", "ancestry", "commentable_id", "commentable_type", "public_created_at",
        "public_author",
    ),
)  # fmt: skip
TAG_LIST = Kind("tags", "tag", ("name", "kind"))
BUDGETS = Kind("budgets", "budget", ("name", "phase"))
INVESTMENTS = Kind(
    "investments",
    "investment",
    (
        "title", "description", "price", "feasibility", "location", "public_created_at",
        "comments_count", "public_author",
    ),
)  # fmt: skip
MILESTONES = Kind("milestones", "milestone", ("title", "description", "publication_date"))
ALWAYS = (PROPOSALS, DEBATES, COMMENTS, TAG_LIST)
"""What each version has, and is asked for where the API does not describe itself."""


@dataclass(frozen=True)
class Schema:
    """What the API offers: the fields of each type, with the type of each field."""

    types: Mapping[str, Mapping[str, str]]
    root: str
    describes_itself: bool = True

    def offers(self, kind: Kind) -> bool:
        """Whether rows of that kind can be asked for."""
        if not self.describes_itself:
            return kind in ALWAYS
        if kind is INVESTMENTS:
            return self.offers(BUDGETS) and "investments" in self.types.get(self._type(BUDGETS), {})
        return kind.many in self.types.get(self.root, {})

    def page(self, kind: Kind, after: str | None, within: int | None = None) -> str:
        """Asks for a page of rows; of investments ``within`` a budget."""
        place = f"first:{PAGE_SIZE}" + (f",after:{json.dumps(after)}" if after else "")
        asked = (
            f"{kind.many}({place}){{edges{{node{{{self._fields(kind)}}}}}"
            "pageInfo{hasNextPage endCursor}}"
        )
        return f"{{{asked}}}" if within is None else f"{{{BUDGETS.one}(id:{within}){{{asked}}}}}"

    def single(self, kind: Kind, number: int) -> str:
        """Asks for one row."""
        return f"{{{kind.one}(id:{number}){{{self._fields(kind)}}}}}"

    def _type(self, kind: Kind) -> str:
        """The name of a row's type."""
        if kind is INVESTMENTS:
            connection = self.types.get(self._type(BUDGETS), {}).get(kind.many, "")
        else:
            connection = self.types.get(self.root, {}).get(kind.many, "")
        edge = self.types.get(connection, {}).get("edges", "")
        return self.types.get(edge, {}).get("node", "")

    def _fields(self, kind: Kind) -> str:
        known = self.types.get(self._type(kind), {})
        there = [
            field
            for field in kind.fields
            if not self.describes_itself or (field in known and self._fits(field, known[field]))
        ]
        return " ".join(["id", *(field + _PARTS.get(field, "") for field in there)])

    def _fits(self, field: str, type_: str) -> bool:
        """Whether a field is made as we ask for it."""
        inside = self.types.get(type_, {})
        if field == "tags":
            return "edges" in inside
        if field in _PARTS:
            return _PARTS[field].strip("{}") in inside
        return not inside


def describe(transport: Transport) -> Schema:
    """Ask the API what it offers; where it does not say, what each version has."""
    try:
        found = transport.ask(INTROSPECTION)
    except Refused:
        return Schema({}, "", describes_itself=False)
    schema = _mapping(found.get("__schema"))
    types = {
        str(each.get("name")): {
            str(field.get("name")): _named(field.get("type")) for field in _list(each.get("fields"))
        }
        for each in _list(schema.get("types"))
    }
    return Schema(types, str(_mapping(schema.get("queryType")).get("name")))


def _named(type_: Any) -> str:
    """The name of a type, out of what may be a list of it, or never null."""
    while isinstance(type_, dict) and not type_.get("name"):
        type_ = type_.get("ofType")
    return str(_mapping(type_).get("name", ""))


def _mapping(found: Any) -> Mapping[str, Any]:
    return found if isinstance(found, dict) else {}


def _list(found: Any) -> list[Mapping[str, Any]]:
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []

"""Database ground: our own tables beside the host's, and the column types they share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import GetCoreSchemaHandler, TypeAdapter
from pydantic_core import core_schema
from sqlalchemy import JSON, URL, DateTime, MetaData, Row, Select, String, Text
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator, TypeEngine

from flask_stadtlabor.language_tags import lookup

Statement = Select[*tuple[Any, ...]]
AnyRow = Row[*tuple[Any, ...]]

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of all our models; the host's ``db.session`` runs them on its default engine."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


class LocalizedText(Mapping[str, str]):
    """A text in several languages, or one text for all of them (under the key ``*``).

    Immutable and hashable. JSON: a string, or an object of language codes.
    """

    ANY = "*"
    __slots__ = ("_texts",)

    def __init__(self, texts: str | Mapping[str, str] | None = None) -> None:
        if isinstance(texts, str):
            texts = {self.ANY: texts} if texts else {}
        self._texts = {code: text for code, text in (texts or {}).items() if text}

    def __getitem__(self, language: str) -> str:
        return self._texts[language]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __hash__(self) -> int:
        return hash(frozenset(self._texts.items()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LocalizedText) and self._texts == other._texts

    def __repr__(self) -> str:
        return f"LocalizedText({self.to_json()!r})"

    def choose(self, language: str, *fallbacks: str) -> tuple[str, str | None]:
        """The text in ``language``, else in the first fallback there is, else in any language.

        A language stands for its relatives, such as ``de`` for ``de-AT``.
        Returns the text and its language; None stands for a text that is the same in all.
        An empty text gives ``("", None)``.
        """
        if self.ANY in self._texts:
            return self._texts[self.ANY], None
        for wanted in (language, *fallbacks):
            code = wanted if wanted in self._texts else lookup(wanted, self._texts)
            if code is not None:
                return self._texts[code], code
        code = next(iter(self._texts), None)
        return ("", None) if code is None else (self._texts[code], code)

    def to_json(self) -> str | dict[str, str]:
        """The JSON value: a string for one text in all languages, else an object.

        Sorted by language, because PostgreSQL's JSONB keeps no order.
        """
        if set(self._texts) <= {self.ANY}:
            return self._texts.get(self.ANY, "")
        return dict(sorted(self._texts.items()))

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Lets pydantic models hold localized texts.

        A validation context may name a function ``check_languages``; it is handed the codes of the
        languages and raises ``ValueError`` where it does not know them.
        """
        texts = core_schema.with_info_after_validator_function(
            cls._checked,
            core_schema.union_schema(
                [
                    core_schema.str_schema(strict=True),
                    core_schema.dict_schema(core_schema.str_schema(), core_schema.str_schema()),
                ],
                custom_error_type="localized_text",
                custom_error_message="write a text, or an object of language codes and texts",
            ),
        )
        return core_schema.json_or_python_schema(
            json_schema=texts,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), texts]),
            serialization=core_schema.plain_serializer_function_ser_schema(cls.to_json),
        )

    @classmethod
    def _checked(
        cls, texts: str | dict[str, str], info: core_schema.ValidationInfo
    ) -> LocalizedText:
        check = (info.context or {}).get("check_languages")
        if check is not None and isinstance(texts, dict):
            check(texts)
        return cls(texts)


def json_type(dialect: Dialect) -> TypeEngine[Any]:
    """JSONB on PostgreSQL, whose plain json has no equality and no DISTINCT; JSON elsewhere."""
    if dialect.name == "postgresql":
        return dialect.type_descriptor(postgresql.JSONB())
    return dialect.type_descriptor(JSON())


class LocalizedColumn(TypeDecorator[LocalizedText]):
    """A column of :class:`LocalizedText`; an empty text stands for NULL in Python."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return json_type(dialect)

    def process_bind_param(self, value: LocalizedText | None, dialect: Dialect) -> Any:
        return (value or LocalizedText()).to_json()

    def process_result_value(self, value: Any, dialect: Dialect) -> LocalizedText:
        return LocalizedText(value)


class Document(TypeDecorator[Any]):
    """A JSON column that holds a value of a pydantic type: a frozen model or a tuple of them."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def __init__(self, type_: Any) -> None:
        super().__init__(none_as_null=True)
        self.type_ = type_

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.JSONB(none_as_null=True))
        return dialect.type_descriptor(JSON(none_as_null=True))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        return self._adapter.dump_python(value, mode="json", exclude_defaults=True)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else self._adapter.validate_python(value)

    def compare_values(self, x: Any, y: Any) -> bool:
        return bool(x == y)

    @property
    def _adapter(self) -> TypeAdapter[Any]:
        adapter = _ADAPTERS.get(self.type_)
        if adapter is None:
            adapter = _ADAPTERS[self.type_] = TypeAdapter(self.type_)
        return adapter


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


class UTCDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC, kept without a zone in whole seconds."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a zone cannot be stored.")
        return value.astimezone(UTC).replace(tzinfo=None, microsecond=0)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


SLUG_LENGTH = 120
"""The most characters that a slug has."""
LARGEST_INTEGER = 2**31 - 1
"""The largest number that every database can look up in a column of whole numbers."""


def is_in_memory(url: URL) -> bool:
    """Whether this is a SQLite database that ends with its process."""
    if url.get_backend_name() != "sqlite":
        return False
    return url.database in (None, "", ":memory:") or "mode=memory" in str(url)


def slug_type() -> String:
    """A slug: compared byte by byte on MariaDB too, whose default ignores case."""
    on_mariadb = mysql.VARCHAR(SLUG_LENGTH, collation="utf8mb4_bin")
    return String(SLUG_LENGTH).with_variant(on_mariadb, "mysql", "mariadb")


SORT_KEY_LENGTH = 255
"""The most characters of a sort key, so that an index of MariaDB holds it."""


def sort_key_type() -> String:
    """A key by which rows are in order: compared byte by byte, whatever the database's language."""
    by_bytes = mysql.VARCHAR(SORT_KEY_LENGTH, collation="utf8mb4_bin")
    return (
        String(SORT_KEY_LENGTH)
        .with_variant(postgresql.VARCHAR(SORT_KEY_LENGTH, collation="C"), "postgresql")
        .with_variant(by_bytes, "mysql", "mariadb")
    )


def long_text() -> Text:
    """A text without a practical limit; MariaDB's TEXT ends at 64 KiB."""
    return Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")

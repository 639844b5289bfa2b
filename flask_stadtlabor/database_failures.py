"""Classifies database failures: an outage or a conflict, or a bug of ours.

SQLAlchemy's exception classes do not suffice: drivers classify differently, so that a read-only
PostgreSQL raises ``InternalError``, and a missing column in SQLite or MariaDB raises
``OperationalError``. The database's own error code decides.
"""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

_SQLITE_AWAY = frozenset({3, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 22, 23, 26})
"""Primary result codes: PERM, BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, CORRUPT, FULL,
CANTOPEN, PROTOCOL, NOLFS, AUTH, NOTADB (https://sqlite.org/rescode.html)."""
_SQLITE_CONFLICTS = frozenset({5, 6})

_POSTGRESQL_AWAY = (
    "08", "28", "3D000", "40", "53", "57", "58", "XX",
    "25006", "25P03", "25P04", "42501", "55006", "55P03",
)  # fmt: skip
"""Classes and single SQLSTATEs: connection, login, no such database, conflicts, resources such as a
full disk, operator intervention, system and internal errors; read-only, timeouts of a transaction,
no privilege, object in use, lock not available (PostgreSQL, appendix A)."""
_POSTGRESQL_CONFLICTS = ("40", "55P03")

_MARIADB_AWAY = frozenset({
    # read-only server, transaction or cluster node; a lock for a backup
    1036, 1047, 1207, 1223, 1290, 1792, 1836,
    # full or broken disk, no memory
    1003, 1004, 1015, 1016, 1021, 1023, 1026, 1030, 1037, 1038, 1041, 1114, 1180, 1194, 1195,
    # connections, shutdown, statements that were ended
    1040, 1049, 1053, 1077, 1079, 1080, 1129, 1130, 1152, 1158, 1159, 1160, 1161, 1184, 1203, 1226,
    1317, 1927, 1969, 3024,
    # no privilege
    1044, 1045, 1142, 1143, 1227, 1370,
    # conflicts
    1020, 1205, 1213,
})  # fmt: skip
"""Error codes of the server (MariaDB, "Error Codes"); those from 2000 to 2999 are a client's."""
_MARIADB_CONFLICTS = frozenset({1020, 1205, 1213})


def is_away(error: Exception) -> bool:
    """Whether the database cannot be read or written now, whatever was asked of it.

    That is: it does not answer, is read-only, full, busy or shut down, or gives us no rights. False
    for what would fail anywhere, such as a column that does not exist.
    """
    if isinstance(error, PoolTimeoutError):
        return True
    if not isinstance(error, DBAPIError) or isinstance(error, IntegrityError):
        return False
    return error.connection_invalidated or _has_code_of(
        error, _SQLITE_AWAY, _POSTGRESQL_AWAY, _MARIADB_AWAY, otherwise=True
    )


def is_conflict(error: Exception) -> bool:
    """Whether the same work may well succeed at once, done anew.

    That is: two met in a unique index, a deadlock or a lock, or a connection of the pool was lost.
    """
    if isinstance(error, IntegrityError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or _has_code_of(
        error, _SQLITE_CONFLICTS, _POSTGRESQL_CONFLICTS, _MARIADB_CONFLICTS, otherwise=False
    )


def _has_code_of(
    error: DBAPIError,
    sqlite: frozenset[int],
    postgresql: tuple[str, ...],
    mariadb: frozenset[int],
    *,
    otherwise: bool,
) -> bool:
    """Whether the database's code is one of these; ``otherwise`` for a lost or absent connection.

    Without a connection there is no error code.
    """
    cause: object = error.orig
    extended = getattr(cause, "sqlite_errorcode", None)
    if isinstance(extended, int):
        return extended & 0xFF in sqlite
    # drivers of MariaDB have an SQLSTATE too, which is mostly HY000
    number = _server_code(cause)
    if number is not None and (1000 <= number < 2000 or number >= 3000):
        return number in mariadb
    state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    if isinstance(state, str) and number is None:
        return state.startswith(postgresql)
    return otherwise and isinstance(error, OperationalError | InterfaceError)


def _server_code(cause: object) -> int | None:
    """The code that MariaDB's drivers put first into their exceptions."""
    first = getattr(cause, "errno", None) or next(iter(getattr(cause, "args", ())), None)
    return first if isinstance(first, int) else None

"""A failure is told by the database's own code, whichever class the driver gives it."""

from __future__ import annotations

import sqlite3
from typing import Any

import psycopg
import pymysql
import pytest
from psycopg import errors as pg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from flask_stadtlabor.database_failures import is_away, is_conflict


def sqlite(code: int, kind: type[Exception] = sqlite3.OperationalError) -> Any:
    """SQLite's failure with this result code."""
    failure: Any = kind("words")
    failure.sqlite_errorcode = code
    return _wrapped(failure, sqlite3.Error)


def postgresql(kind: type[Exception]) -> Any:
    """PostgreSQL's failure of this kind."""
    return _wrapped(kind("words"), psycopg.Error)


def mariadb(code: int, kind: type[Exception] = pymysql.err.OperationalError) -> Any:
    """MariaDB's failure with this error code."""
    return _wrapped(kind(code, "words"), pymysql.err.Error)


def _wrapped(failure: Exception, base: type[Exception]) -> Any:
    return DBAPIError.instance("INSERT", {}, failure, base)


AWAY = [
    sqlite(sqlite3.SQLITE_BUSY), sqlite(sqlite3.SQLITE_LOCKED), sqlite(sqlite3.SQLITE_READONLY),
    sqlite(sqlite3.SQLITE_READONLY_DBMOVED), sqlite(sqlite3.SQLITE_IOERR_WRITE),
    sqlite(sqlite3.SQLITE_FULL), sqlite(sqlite3.SQLITE_CANTOPEN),
    sqlite(sqlite3.SQLITE_CORRUPT, sqlite3.DatabaseError),
    postgresql(pg.ReadOnlySqlTransaction), postgresql(pg.DiskFull), postgresql(pg.AdminShutdown),
    postgresql(pg.CrashShutdown), postgresql(pg.CannotConnectNow),
    postgresql(pg.TooManyConnections), postgresql(pg.InsufficientPrivilege),
    postgresql(pg.LockNotAvailable), postgresql(pg.QueryCanceled),
    postgresql(pg.SerializationFailure),
    postgresql(pg.DeadlockDetected), postgresql(psycopg.OperationalError),
    *map(mariadb, (1290, 1836, 1792, 1021, 1114, 1205, 1213, 1040, 1053, 1142, 1047, 1969, 2003,
                   2006, 2013)),
    mariadb(0, pymysql.err.InterfaceError), mariadb(1142, pymysql.err.ProgrammingError),
    PoolTimeoutError(),
]  # fmt: skip
OUR_FAULTS = [
    sqlite(sqlite3.SQLITE_ERROR), sqlite(sqlite3.SQLITE_MISMATCH, sqlite3.IntegrityError),
    sqlite(sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.IntegrityError),
    postgresql(pg.UndefinedColumn), postgresql(pg.UndefinedTable), postgresql(pg.SyntaxError),
    postgresql(pg.InFailedSqlTransaction), postgresql(pg.UniqueViolation),
    postgresql(psycopg.ProgrammingError),
    *map(mariadb, (1054, 1064, 1364, 1644, 4078)), mariadb(1146, pymysql.err.ProgrammingError),
    mariadb(1062, pymysql.err.IntegrityError), ValueError(),
]  # fmt: skip
CONFLICTS = [
    sqlite(sqlite3.SQLITE_BUSY), sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT),
    sqlite(sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.IntegrityError),
    postgresql(pg.SerializationFailure), postgresql(pg.DeadlockDetected),
    postgresql(pg.UniqueViolation), mariadb(1213), mariadb(1062, pymysql.err.IntegrityError),
]  # fmt: skip

HOPELESS = [
    sqlite(sqlite3.SQLITE_READONLY), sqlite(sqlite3.SQLITE_FULL), sqlite(sqlite3.SQLITE_ERROR),
    postgresql(pg.ReadOnlySqlTransaction), postgresql(pg.DiskFull), postgresql(pg.UndefinedColumn),
    *map(mariadb, (1290, 1792, 1021, 1054)), PoolTimeoutError(), ValueError(),
]  # fmt: skip


def _name(failure: Any) -> str:
    return f"{getattr(failure, 'orig', failure)!r}"


@pytest.mark.parametrize("failure", AWAY, ids=_name)
def test_what_an_operator_or_time_mends_is_told_as_such(failure: Exception) -> None:
    assert is_away(failure)


@pytest.mark.parametrize("failure", OUR_FAULTS, ids=_name)
def test_what_would_fail_anywhere_is_no_excuse(failure: Exception) -> None:
    assert not is_away(failure)


@pytest.mark.parametrize("failure", CONFLICTS, ids=_name)
def test_those_who_met_try_again(failure: Exception) -> None:
    assert is_conflict(failure)


@pytest.mark.parametrize("failure", HOPELESS, ids=_name)
def test_nothing_else_is_tried_again(failure: Exception) -> None:
    """It would only make somebody wait who is told so anyway."""
    assert not is_conflict(failure)

"""Stub; being written."""

from typing import Any


def choose_language(**values: Any) -> str:
    return "choose_language"


def index(**values: Any) -> str:
    return "index"


def calendar(**values: Any) -> str:
    return "calendar"


def feed(**values: Any) -> str:
    return "feed"


def series(**values: Any) -> str:
    return "series"


def series_calendar(**values: Any) -> str:
    return "series_calendar"


def series_feed(**values: Any) -> str:
    return "series_feed"


def show(**values: Any) -> str:
    return "show"


def easy(**values: Any) -> str:
    return "easy"


def event_calendar(**values: Any) -> str:
    return "event_calendar"

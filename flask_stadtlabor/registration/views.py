"""Stub; being written."""

from typing import Any


def register(**values: Any) -> str:
    return "register"


def registered(**values: Any) -> str:
    return "registered"


def open_link(**values: Any) -> str:
    return "open_link"


def show(**values: Any) -> str:
    return "show"


def receipt(**values: Any) -> str:
    return "receipt"


def confirm(**values: Any) -> str:
    return "confirm"


def cancel(**values: Any) -> str:
    return "cancel"


def withdraw(**values: Any) -> str:
    return "withdraw"

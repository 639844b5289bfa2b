"""Stub; being written."""
from typing import Any


def show_text(**values: Any) -> str:
    return "show_text"

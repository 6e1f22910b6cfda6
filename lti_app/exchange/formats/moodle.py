"""Moodle's export of a forum, which comes as CSV or as JSON: how it differs from any other table of posts."""

from collections.abc import Collection

_COLUMNS = frozenset({"discussion", "parent", "userid", "message"})
_AS_TEXT = ("2", "4")
"""Its numbers for plain text, and for Markdown, which reads well as plain text."""


def is_moodle(columns: Collection[str]) -> bool:
    """Whether a table with these columns is one of its exports."""
    return frozenset(columns) >= _COLUMNS


def is_plain_text(stated: str) -> bool:
    """Whether its number for a format means text without HTML."""
    return stated in _AS_TEXT

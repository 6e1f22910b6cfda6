"""One score in several gradebook columns: each activity that opens its discussion may have one."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from lti_app.grading.passbacks.rules.states import InColumn, ReadBack, Shown

WORST_FIRST = (
    ReadBack.CHANGED,
    ReadBack.DIFFERENT,
    ReadBack.NO_POINTS,
    ReadBack.MISSING,
    ReadBack.KEPT,
    ReadBack.UNREADABLE,
    ReadBack.UNCHECKED,
    ReadBack.CONFIRMED,
)
"""What is said of a score in several columns is said of the first of these: it is confirmed where all show it."""


def worst(columns: Iterable[InColumn]) -> InColumn:
    """The column of which an instructor must know first."""
    return min(columns, key=lambda each: WORST_FIRST.index(each.read_back))


def settled(columns: Sequence[InColumn], read_back: ReadBack) -> tuple[InColumn, ...]:
    """The columns after what was decided of the score: `read_back` is that of the whole score, which is unchecked again
    once it was sent, and kept once an instructor has chosen the grades that the LMS shows.
    """
    if not columns:
        return ()
    return tuple(replace(each, read_back=_since(each.read_back, read_back)) for each in columns)


def _since(then: ReadBack, now: ReadBack) -> ReadBack:
    if now is ReadBack.UNCHECKED:
        return now
    return now if now is ReadBack.KEPT and then in (ReadBack.CHANGED, ReadBack.DIFFERENT) else then


def replaced(columns: Iterable[InColumn], newer: Sequence[InColumn]) -> tuple[InColumn, ...]:
    """The columns with what newer readings say of some."""
    keys = {each.key for each in newer}
    return (*newer, *(each for each in columns if each.key not in keys))


def stored_columns(columns: Sequence[InColumn]) -> list[Any] | None:
    """The columns in the form in which they are stored; None unless there are several."""
    if len(columns) < 2:
        return None
    return [
        {
            "key": each.key,
            "name": each.name,
            "part": each.part,
            "read_back": each.read_back.value,
            "shown": [str(each.shown.given), str(each.shown.possible)] if each.shown else None,
        }
        for each in columns
    ]


def read_columns(stored: list[Any] | None) -> tuple[InColumn, ...]:
    """The columns as they were stored; none where there is one only."""
    return tuple(
        InColumn(
            str(each["key"]),
            each["name"],
            ReadBack(each["read_back"]),
            Shown(Decimal(each["shown"][0]), Decimal(each["shown"][1])) if each["shown"] else None,
            each.get("part", ""),
        )
        for each in stored or ()
    )

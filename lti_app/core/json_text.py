"""JSON from outside, read within limits, so that whatever was read can also be searched, shown and written again."""

import json
from collections.abc import Iterable
from typing import Any

MOST_NESTED = 200
"""Objects and lists within one another. Python's own limit is that of its stack, and depends on who is calling."""


def read_json(text: str | bytes) -> Any:
    """The value of a JSON text.

    Raises ValueError (JSONDecodeError where a place can be told) for a text that is broken, has a number of thousands
    of digits, or is nested more deeply than MOST_NESTED.
    """
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested without end") from error
    if is_deep(value):
        raise ValueError("nested too deeply")
    return value


def is_deep(value: Any, most: int = MOST_NESTED) -> bool:
    """Whether a value read from JSON has more than `most` objects and lists within one another."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(most):
        if not level:
            return False
        level = [part for each in level for part in _parts(each) if isinstance(part, dict | list)]
    return bool(level)


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()

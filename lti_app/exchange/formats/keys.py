"""Finding the post that a reply names, where a spreadsheet has changed one of the two numbers."""

import re
from collections.abc import Iterable, Mapping

NO_PARENT = frozenset(("", "0", "none", "null", "nil", "nan", "<na>", "n/a", "na", "-", "–", "—", "undefined", "\\n"))
"""What stands for nothing in the place of a parent, in small letters."""
_WHOLE = re.compile(r"([+-]?\d+)[.,]0+")
_GROUPED = re.compile(r"\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+(?:[.,]0+)?")
_SCIENTIFIC = re.compile(r"(\d)(?:[.,](\d{1,17}))?e\+?(\d{1,2})", re.IGNORECASE)
_GROUPS = re.compile(r"[.,' \u00a0\u202f]")


def clean_key(given: str) -> str:
    """A key without the apostrophe by which spreadsheets are told to leave a number alone."""
    return " ".join(given.strip().removeprefix("'").split())


def whole_number(key: str) -> str:
    """A key that is a whole number, as it was before a spreadsheet wrote it as 1.0 or 1,234."""
    plain = _plain(key)
    return plain if plain.isdecimal() else key


def resolve(keys: Iterable[str], parents: Mapping[str, str]) -> dict[str, str]:
    """The key that each of these parents means, by the words in the file: itself where it is one.

    1.0, 1,0 and 001 mean 1 if there is no such key and one only that they can mean.
    """
    known = set(keys)
    alike: dict[str, set[str]] = {}
    for key in known:
        alike.setdefault(_plain(key), set()).add(key)
    found = {}
    for child, parent in parents.items():
        meant = alike.get(_plain(parent), set()) - {child}
        found[child] = parent if not parent or parent in known or len(meant) != 1 else next(iter(meant))
    return found


def _plain(key: str) -> str:
    """What stays of a key whatever has been done to it."""
    text = "".join(key.split()).casefold().lstrip("#№'")
    if whole := _WHOLE.fullmatch(text):
        text = whole[1]
    elif _GROUPED.fullmatch(text):
        text = _GROUPS.sub("", _without_fraction(text))
    elif scientific := _SCIENTIFIC.fullmatch(text):
        digits, zeros = scientific[1] + (scientific[2] or ""), int(scientific[3])
        text = digits.ljust(zeros + 1, "0") if len(digits) <= zeros + 1 else text
    return text.lstrip("0") or text if text.isdecimal() else text


def _without_fraction(text: str) -> str:
    """A grouped number without .00 behind it."""
    head, sign, tail = text.replace(",", ".").rpartition(".")
    return head if sign and len(tail) < 3 and not tail.strip("0") else text

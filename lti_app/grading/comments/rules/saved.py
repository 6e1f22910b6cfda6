"""Placeholders in saved comments, and which comments fit a criterion best."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lti_app.grading.comments.errors import PlaceholderLeft, PlaceholderUnknown

MAX_SAVED_TEXT = 4000
"""Characters of a saved comment, as many as the comment to a student may have."""
MAX_LABEL = 200
"""Characters of the criterion and the level that a comment was saved for."""
MAX_SAVED = 300
"""Saved comments of one grader in one course: lists show them all."""
_TOKEN = re.compile(r"(?<![\\\w{}^_$])\{[ ]?([A-Za-z][A-Za-z_]{1,19})[ ]?\}(?!\})")
"""A name of some letters in braces. Formulas, which have braces too, put them behind a letter or another sign."""


class Placeholder(StrEnum):
    """What a saved comment can leave open, to be filled in from what is counted for a student."""

    NAME = "name"
    POSTS = "posts"
    REPLIES = "replies"
    WORDS = "words"
    CITATIONS = "citations"
    CITATION = "citation"


def placeholders_in(text: str) -> list[str]:
    """The names in braces, known or not, each once, in the order of the text."""
    return list(dict.fromkeys(match[1] for match in _TOKEN.finditer(text)))


def check_saved(text: str) -> None:
    """Raise PlaceholderUnknown if a saved comment has a placeholder that stands for nothing."""
    if unknown := [name for name in placeholders_in(text) if name.lower() not in {*Placeholder}]:
        raise PlaceholderUnknown(names=unknown)


def check_for_student(text: str) -> None:
    """Raise PlaceholderLeft if a comment that a student will read has a placeholder, known or not."""
    if left := placeholders_in(text):
        raise PlaceholderLeft(names=left)


Values = Mapping[Placeholder, Callable[[], str]]
"""What placeholders stand for; each is worked out only where a comment has it, and empty where there is nothing."""


def fill(text: str, values: Values) -> str:
    """The text with its placeholders filled in; those that are unknown or have no value stay, for the grader to see."""

    def value(match: re.Match[str]) -> str:
        name = match[1].lower()
        known = values.get(Placeholder(name)) if name in {*Placeholder} else None
        return (known() if known else "") or match[0]

    return _TOKEN.sub(value, text)


def generalized(text: str, names: Iterable[str]) -> str:
    """A comment to one student, for use with another: their names give way to the placeholder for the name."""
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = _without_name(text, name)
    return text


def _without_name(text: str, name: str) -> str:
    """The placeholder instead of a name, but not within a longer word."""
    head, *rest = text.split(name)
    pieces = [head]
    for piece in rest:
        is_within = pieces[-1][-1:].isalnum() or piece[:1].isalnum()
        pieces += [name if is_within else f"{{{Placeholder.NAME}}}", piece]
    return "".join(pieces)


@dataclass(frozen=True)
class BankComment:
    """A comment that a grader can insert: a saved one, or one that they typed before."""

    text: str
    criterion: str = ""
    """The title of the criterion that it is about; empty for the comment on the work as a whole."""
    level: str = ""
    """The level that the criterion had; empty for any."""
    saved_id: int = 0
    """0 for one that was only typed before."""
    times: int = 0
    """In how many grades it was typed before."""

    @property
    def is_saved(self) -> bool:
        """Whether the grader has saved it, rather than only typed it before."""
        return self.saved_id != 0


def most_typed(typed: Iterable[BankComment], *, known: Collection[str], at_most: int = 6) -> list[BankComment]:
    """What was typed before, newest first: distinct texts with how often they were typed, the most frequent first, and
    at most so many for a level of a criterion. What is `known`, because it is saved, is left out.
    """
    counts: dict[tuple[str, str, str], int] = {}
    for each in typed:
        key = (each.criterion, each.level, each.text)
        counts[key] = counts.get(key, 0) + 1
    found: list[BankComment] = []
    shown: dict[tuple[str, str], int] = {}
    for (criterion, level, text), times in sorted(counts.items(), key=lambda item: -item[1]):
        place = shown[(criterion, level)] = shown.get((criterion, level), 0) + (text not in known)
        if text not in known and place <= at_most:
            found.append(BankComment(text, criterion, level, times=times))
    return found

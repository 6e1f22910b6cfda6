"""Sentences whose numbers and dates are fields, in whatever place a language gives them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from wtforms import Field

_PLACE = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class SettingSentence:
    """A sentence in which something is set: its words, with fields between them."""

    kind: str
    parts: tuple[str | Field, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        """Its fields, in the order of the sentence."""
        return tuple(part for part in self.parts if isinstance(part, Field))

    @property
    def is_set(self) -> bool:
        """Whether anything is entered in it, or wrong with it."""
        return any(field.errors or field.data not in (None, "", 0) for field in self.fields)


def sentence_of(kind: str, words: str, fields: Mapping[str, Field]) -> SettingSentence:
    """The translated words of a sentence with a field in each of its places, by the name in `%(name)s`."""
    pieces = _PLACE.split(words)
    return SettingSentence(kind, tuple(fields[piece] if nth % 2 else piece for nth, piece in enumerate(pieces)))

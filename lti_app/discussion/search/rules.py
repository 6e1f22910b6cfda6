"""What a search asks for, and the part of a text that shows what was found."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from lti_app.core.prose import normalized

MAX_QUERY = 200
MAX_TERMS = 10
EXCERPT = 240
"""Characters of a text around what was found."""
_BEFORE = 60
_TOKENS = re.compile(r"[“”„\"]([^“”„\"]+)[“”\"]|([^\s“”„\"]+)")
_WORD = re.compile(r"[^\W_]+")
_MARKS = "Mn"


@dataclass(frozen=True)
class Term:
    """One thing that a text must have: a word by its beginning, or several words in a row."""

    words: tuple[str, ...]
    """Without case and accents."""
    exact: bool = False
    """Whether it stood in quotation marks, so that its last word is meant as a whole."""


@dataclass(frozen=True)
class ExcerptPart:
    """A piece of an excerpt."""

    text: str
    is_hit: bool


def parse_query(text: str) -> tuple[Term, ...]:
    """The terms of a query: all must be found. Words in quotation marks stand in a row; others are beginnings.

    A word with a hyphen or apostrophe is several words in a row, as databases part it.
    """
    found = _TOKENS.finditer(text[:MAX_QUERY])
    terms = ((tuple(_WORD.findall(fold(match[1] or match[2]))), bool(match[1])) for match in found)
    return tuple(dict.fromkeys(Term(words, exact) for words, exact in terms if words))[:MAX_TERMS]


def fold(text: str) -> str:
    """Without case and accents, character for character where that is possible."""
    apart = normalized("NFKD", text)
    return "".join(ch for ch in apart if unicodedata.category(ch) != _MARKS).casefold()


def excerpt(text: str, terms: Sequence[Term]) -> tuple[ExcerptPart, ...]:
    """The part of a text around the first thing found, with everything found in it marked."""
    words = [(match.start(), match.end(), fold(match[0])) for match in _WORD.finditer(text)]
    hits = sorted(span for term in terms for span in _spans(words, term))
    begin = _begin(text, hits[0][0] if hits else 0)
    end = _end(text, begin)
    runs: list[ExcerptPart] = [ExcerptPart("…", is_hit=False)] if begin else []
    at = begin
    for start, stop in hits:
        if at <= start and stop <= end:
            runs += [ExcerptPart(text[at:start], is_hit=False), ExcerptPart(text[start:stop], is_hit=True)]
            at = stop
    runs.append(ExcerptPart(text[at:end] + ("…" if end < len(text) else ""), is_hit=False))
    return tuple(run for run in runs if run.text)


def _spans(words: Sequence[tuple[int, int, str]], term: Term) -> list[tuple[int, int]]:
    length = len(term.words)
    return [
        (words[n][0], words[n + length - 1][1])
        for n in range(len(words) - length + 1)
        if _matches([word for _, _, word in words[n : n + length]], term)
    ]


def _matches(words: Sequence[str], term: Term) -> bool:
    *whole, last = term.words
    return list(words[:-1]) == whole and (words[-1] == last if term.exact else words[-1].startswith(last))


def _begin(text: str, hit: int) -> int:
    """Where the excerpt begins: some words before the hit, at the beginning of a word."""
    if hit <= _BEFORE:
        return 0
    return max(text.rfind(" ", 0, hit - _BEFORE), text.rfind("\n", 0, hit - _BEFORE)) + 1


def _end(text: str, begin: int) -> int:
    if len(text) - begin <= EXCERPT:
        return len(text)
    end = text.rfind(" ", begin + EXCERPT // 2, begin + EXCERPT)
    return end if end > 0 else begin + EXCERPT

"""What a search asks for, and the part of a text that shows what was found."""

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from lti_app.core.folding import SPACE_IN_WORD, Token, fold_text, fold_words
from lti_app.discussion.posts.rules.attached import without_file_names

MAX_QUERY = 200
MAX_TERMS = 10
EXCERPT = 240
"""Characters of a text around what was found."""
MOST_LOOKED_THROUGH = 20_000
"""Letters of a text that are looked through for what was found: folding them takes longer than all else on the page."""
_LOOKED_AT, _LAP = 1_000, 400
"""Letters looked at first, and those of them that are looked at again with the next: a hit may stand between."""
_BEFORE = 60
_TERMS = regex.compile(
    r"(?<!\w)[“”„\"](?P<phrase>[^“”„\"]+)[“”\"](?!\w)"
    rf"|(?P<words>(?:[^\s“”„\"]|(?<=\w)\"(?=\w)|{SPACE_IN_WORD})+)"
)


@dataclass(frozen=True)
class Term:
    """One thing that a text must have: a word by its beginning, or several words in a row."""

    words: tuple[str, ...]
    """As they are folded."""
    exact: bool = False
    """Whether it stood in quotation marks, so that its last word is meant as a whole."""
    others: tuple[str, ...] = ()
    """One word instead: the words as one, where only hyphens, apostrophes or the like part them; ue for ü."""


@dataclass(frozen=True)
class ExcerptPart:
    """A piece of an excerpt."""

    text: str
    is_hit: bool


@dataclass(frozen=True)
class Indexed:
    """The words of a post as databases index them, parted by spaces."""

    words: str
    """In a row, as the post has them."""
    joined: str
    """Those that a hyphen, an apostrophe or the like parts, as one."""


def index_form(title: str, text: str) -> Indexed:
    """What a post is found by: not by names of files that stand in addresses alone."""
    words, joined = fold_words(whole_text(title, without_file_names(text)))
    return Indexed(" ".join(words), " ".join(joined))


def whole_text(title: str, text: str) -> str:
    """What is searched and shown of a post."""
    return f"{title}: {text}" if title else text


def parse_query(text: str) -> tuple[Term, ...]:
    """The terms of a query: all must be found. Words in quotation marks stand in a row; others are beginnings.

    What is written without a space is words in a row: a hyphen parts them, and so do the letters of Chinese.
    """
    terms = (
        _term(found["phrase"] or found["words"], bool(found["phrase"])) for found in _TERMS.finditer(text[:MAX_QUERY])
    )
    return tuple(dict.fromkeys(term for term in terms if term))[:MAX_TERMS]


def _term(text: str, quoted: bool) -> Term | None:
    folded = fold_text(text)
    tokens = folded.tokens
    if not tokens:
        return None
    last = tokens[-1]
    is_single = last.is_last and (len(tokens) == 1 or not tokens[-2].head or tokens[-2].end != last.end)
    if last.is_last and not is_single:
        tokens = tokens[:-1]  # the text may go on where the query ends
    words = tuple(token.text for token in tokens)
    others = (each.text for each in folded.joined if (each.start, each.end) == (tokens[0].start, last.end))
    return Term(words, quoted and not is_single, tuple(dict.fromkeys(others)))


def excerpt(text: str, terms: Sequence[Term], *, most: int = MOST_LOOKED_THROUGH) -> tuple[ExcerptPart, ...]:
    """The part of a text around the first thing found, with everything found in it marked.

    Looks through about `most` letters; where nothing is found in these, it is the beginning of the text.
    """
    first = _first_hit(text, terms, most)
    begin = _begin(text, first[0] if first else 0)
    end = _end(text, begin)
    near = _hits(text, terms, begin, _end_of_word(text, end + _LAP)) if first else []
    runs: list[ExcerptPart] = [ExcerptPart("…", is_hit=False)] if begin else []
    at = begin
    for start, stop in sorted({*near, *([first] if first else [])}):
        if at <= start < end:
            runs += [ExcerptPart(text[at:start], is_hit=False), ExcerptPart(text[start : min(stop, end)], is_hit=True)]
            at = min(stop, end)
    runs.append(ExcerptPart(text[at:end] + ("…" if end < len(text) else ""), is_hit=False))
    return tuple(run for run in runs if run.text)


def _first_hit(text: str, terms: Sequence[Term], most: int) -> tuple[int, int] | None:
    """The first thing found, looked for piece by piece, each twice as long: it is mostly near the beginning."""
    start = end = 0
    letters = _LOOKED_AT
    while terms and end < min(len(text), most):
        end, letters = _end_of_word(text, start + letters), letters * 2
        if hits := _hits(text, terms, start, end):
            return min(hits)
        start = _end_of_word(text, end - _LAP)
    return None


def _hits(text: str, terms: Sequence[Term], start: int, end: int) -> list[tuple[int, int]]:
    folded = fold_text(text[start:end])
    return [(start + a, start + b) for term in terms for a, b in _spans(folded.tokens, folded.joined, term)]


def _end_of_word(text: str, at: int) -> int:
    """The last end of a word before this place; the place itself where there is none nearby."""
    if at >= len(text):
        return len(text)
    return max(text.rfind(" ", at - _LAP // 2, at), text.rfind("\n", at - _LAP // 2, at), -1) + 1 or at


def _spans(tokens: Sequence[Token], joined: Sequence[Token], term: Term) -> list[tuple[int, int]]:
    """Where a term stands in a text."""
    length, first = len(term.words), term.words[0]
    found = [
        (tokens[n].start, _end_of(tokens[n + length - 1], term.words[-1]))
        for n in range(len(tokens) - length + 1)
        if tokens[n].text.startswith(first) and _fits([token.text for token in tokens[n : n + length]], term)
    ]
    ones = (*term.others, first) if length == 1 else term.others
    singles = (*joined, *tokens) if term.others else joined
    return found + [(each.start, each.end) for each in singles for one in ones if _is_asked(each.text, one, term)]


def _fits(words: Sequence[str], term: Term) -> bool:
    return tuple(words[:-1]) == term.words[:-1] and _is_asked(words[-1], term.words[-1], term)


def _is_asked(word: str, asked: str, term: Term) -> bool:
    return word == asked if term.exact else word.startswith(asked)


def _end_of(token: Token, asked: str) -> int:
    """Where a hit ends: of two letters in a row, the first alone may have been asked for."""
    return token.head_end if token.head and len(asked) <= len(token.head) else token.end


def _begin(text: str, hit: int) -> int:
    """Where the excerpt begins: some words before the hit, at the beginning of a word."""
    if hit <= _BEFORE:
        return 0
    at = max(text.rfind(" ", 0, hit - _BEFORE), text.rfind("\n", 0, hit - _BEFORE)) + 1
    return at if hit - at < EXCERPT // 2 else hit - _BEFORE


def _end(text: str, begin: int) -> int:
    if len(text) - begin <= EXCERPT:
        return len(text)
    end = text.rfind(" ", begin + EXCERPT // 2, begin + EXCERPT)
    return end if end > 0 else begin + EXCERPT

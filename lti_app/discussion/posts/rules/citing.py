"""Recognizing citations between brackets: [see Kotter 1990, pp. 104, 107; cf. Zaleznik 1977, p. 68].

`js/words.js` recognizes the same, so that the composer counts words as the server does.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lti_app.discussion.discussions.rules import AssignedReading

MAX_BRACKET = 300
"""Characters between two brackets that are looked at."""
MAX_PLACES = 10
"""Pages or paragraphs of one citation."""
MAX_PLACE = 20
BRACKETS = re.compile(rf"[\[［]([^\[\]［］\n]{{1,{MAX_BRACKET}}})[\]］]")
DASH = "-\u2010-\u2015\u2212"
_SIGNAL = re.compile(
    r"\s*((?:see also|but see|see|cf|compare|contra|for example|e\.\s?g|i\.\s?e|also|as cited in|cited in|quoted in"
    r"|vgl|siehe auch|siehe|z\.\s?B|etwa|zit\. nach|zitiert nach|انظر|راجع|قارن|مثلا)(?:\.?,|\.|:)?\s+)(?=\S)",
    re.IGNORECASE,
)
_COMMAS, _SEMICOLONS = ",،，、", re.compile("[;؛；]")
_PAGES, _PARAGRAPHS = (
    "pages page pgs pg pp p s seiten seite صص ص 頁 页 at",
    "paragraphs paragraph paras para abs absatz rn ف",
)
_OTHERS = (
    "chapters chapter chaps chap ch sections section secs sec kapitel kap abschnitt figure fig table note الفصل القسم"
)
_KINDS = {**dict.fromkeys(_PAGES.split(), "page"), **dict.fromkeys([*_PARAGRAPHS.split(), "¶", "¶¶"], "paragraph")}
_LOCATORS = sorted([*_PAGES.split(), *_PARAGRAPHS.split(), *_OTHERS.split()], key=len, reverse=True)
_LOCATOR = re.compile(
    rf"(?:[{_COMMAS}]\s?|\s)({'|'.join(_LOCATORS)})"
    rf"(?:\.\s*|\s+|(?=\d))|(?:[{_COMMAS}]\s?|\s)(¶{{1,2}}|§{{1,2}})\s*",
    re.IGNORECASE,
)
_UNNAMED = re.compile(rf"(?:[{_COMMAS}]\s?|\s?[:：]\s?)(?=\d)")
"""How a page begins that no word names, as in Kotter 1990, 104 and Kotter 1990: 104."""
_DATED = re.compile(r"\d[a-z]?$")
_PAGE_BEHIND = re.compile(rf"第?\s?(\d{{1,9}}(?:\s?[{DASH}]\s?\d{{1,9}})?)\s?(?:頁|页|ページ|쪽|면)(?!\s?\d)")
"""A page whose word stands behind it, as in Japanese, Chinese and Korean."""
_ASIDE = re.compile(r"\s?\([^()\d]{1,100}\)$")
_TRAILING_COMMA = re.compile(rf"[{_COMMAS}]$")
_BETWEEN = re.compile(rf"[{_COMMAS}&]|\band\b|\bund\b")
_ONE = re.compile(rf"([\w.]{{1,20}})(?:(?:\s*[{DASH}]{{1,2}}\s*|\s(?:to|bis)\s)([\w.]{{1,20}}))?")
_FOLLOWING = re.compile(r"(\d{1,9})\s?(ff?|et seqq?|sqq?|passim)\.?")
_SAME_WORK = frozenset({"ibid", "ibid.", "ebd", "ebd.", "ebenda", "المرجع نفسه"})
_ET_AL = re.compile(r"\b(?:u\. ?a\.|et al\b\.?|and others\b|und andere\b)")
_INITIAL = re.compile(r"(?<!\w)[^\W\d_]\. ?")
_UNDATED = re.compile(r" (?:n\. ?d\.|o\. ?j\.)$")
_YEARS = re.compile(r"(\d{4}[a-z]?)/(\d{4}[a-z]?)$")
_ROMAN = re.compile(r"[ivxlcdm]{1,12}", re.IGNORECASE)
_NUMBERS = re.compile(r"\d")
_NUMBERED = re.compile(r"(\D{0,10})(\d{1,9})")


@dataclass(frozen=True)
class Cited:
    """A passage that a text cites."""

    reading_id: int
    page: str
    """As printed; empty for the reading as a whole."""
    paragraph: str = ""
    """Of a reading without pages."""
    passage_id: int | None = None
    """Where it was chosen among the passages that are known already."""


class _Mark(NamedTuple):
    """Where a locator begins, where its pages or paragraphs begin, and its word."""

    start: int
    end: int
    word: str


Pieces = list[str | tuple[AssignedReading, Cited]]
"""What stands between two brackets: citations, and words that stay words."""


class ReadingNames:
    """Every way to name the readings of a discussion; an author of two readings names neither."""

    def __init__(self, readings: Sequence[AssignedReading]) -> None:
        authors = [name_key(reading.author) for reading in readings]
        alone = {key: each for key, each in zip(authors, readings, strict=True) if authors.count(key) == 1}
        self._exact = alone | {name_key(reading.label): reading for reading in readings}
        self._loose = _unique(self._exact)

    def find(self, name: str) -> AssignedReading | None:
        """The reading of this name, also where it is written a little differently than its label."""
        key = name_key(name)
        if key in self._exact:
            return self._exact[key]
        return next((self._loose[each] for each in _variants(key) if each in self._loose), None)


def name_key(name: str) -> str:
    """Commas and brackets make no difference in names, nor does & for "and"."""
    return " ".join(re.sub(f"[{_COMMAS}()（）]", " ", name.casefold().replace("&", " and ")).split())


def read_bracket(inside: str, names: ReadingNames, before: AssignedReading | None = None) -> Pieces | None:
    """What the text between two brackets cites, part by part; None if it cites nothing.

    `before` is the reading cited last, to which "ibid." refers. If a part cites nothing, the brackets stay.
    """
    pieces: Pieces = []
    found, is_whole = 0, True
    for part in _SEMICOLONS.split(inside):
        signal = match[1] if (match := _SIGNAL.match(part)) else ""
        cited = _read_part(part[match.end() :] if match else part, names, before)
        pieces += ["; "] if pieces else []
        if cited is None:
            is_whole = False
            pieces.append(part.strip())
            continue
        found += 1
        before = next(piece[0] for piece in cited if not isinstance(piece, str))
        pieces += [*([signal] if signal else []), *cited]
    if not found:
        return None
    return pieces if is_whole else ["[", *pieces, "]"]


def words_left(pieces: Pieces) -> str:
    """What stays of it as words of the writer's own."""
    return " ".join(piece for piece in pieces if isinstance(piece, str))


def _read_part(part: str, names: ReadingNames, before: AssignedReading | None) -> Pieces | None:
    if reading := _named(part, names, before):
        return [(reading, Cited(reading.id, ""))]
    part = _PAGE_BEHIND.sub(r" p. \1", part)
    marks = [_Mark(mark.start(), mark.end(), (mark[1] or mark[2]).lower()) for mark in _LOCATOR.finditer(part)]
    for nth, mark in enumerate(marks):
        reading = _named(part[: mark.start], names, before)
        if reading and (located := _located(part, marks[nth:], reading)):
            return located
    for found in reversed(list(_UNNAMED.finditer(part))):
        name = part[: found.start()]
        is_sure = _DATED.search(name_key(name)) or name_key(name) in _SAME_WORK
        reading = _named(name, names, before) if is_sure else None
        later = [mark for mark in marks if mark.start >= found.end()]
        if reading and (located := _located(part, [_Mark(found.start(), found.end(), "p"), *later], reading)):
            return located
    return None


def _named(name: str, names: ReadingNames, before: AssignedReading | None) -> AssignedReading | None:
    return before if before and name_key(name) in _SAME_WORK else names.find(name)


def _located(part: str, marks: Sequence[_Mark], reading: AssignedReading) -> Pieces | None:
    """The citations of the places that the locators name; locators that no passage has stay as words behind them."""
    places: dict[str, list[str]] = {"page": [], "paragraph": []}
    rest: list[str] = []
    ends = [*(mark.start for mark in marks[1:]), len(part)]
    for mark, end in zip(marks, ends, strict=True):
        values, words = _values(_TRAILING_COMMA.sub("", part[mark.end : end].strip()))
        if values is None:
            return None
        kind = _KINDS.get(mark.word)
        if kind:
            places[kind] += values
            rest += [words] if words else []
        else:
            rest.append(f", {part[mark.start : end].strip().strip(_COMMAS).strip()}")
    cited = [Cited(reading.id, page) for page in places["page"]]
    cited = cited or [Cited(reading.id, "", paragraph) for paragraph in places["paragraph"]]
    pieces: Pieces = []
    for each in cited or [Cited(reading.id, "")]:
        pieces += [*(["; "] if pieces else []), (reading, each)]
    return [*pieces, *rest]


def _values(text: str) -> tuple[list[str] | None, str]:
    """The pages or paragraphs of a locator, None if it is none; and words behind them, such as ", emphasis added"."""
    aside = _ASIDE.search(text)
    text = text[: aside.start()] if aside else text
    values: list[str] = []
    start, gap = 0, ""
    for end, stop, between in [*((m.start(), m.end(), m[0]) for m in _BETWEEN.finditer(text)), (len(text), 0, "")]:
        value = text[start:end].strip()
        if values and not _NUMBERS.search(value) and not _ROMAN.fullmatch(value):
            words = text[start:].strip()
            is_own = words and not _NUMBERS.search(words)
            behind = (", " if gap in _COMMAS else f" {gap} ") + words + (aside[0] if aside else "")
            return (values[:MAX_PLACES], behind) if is_own else (None, "")
        if following := _FOLLOWING.fullmatch(value):
            first = following[1]
            values.append(f"{first}–{int(first) + 1}" if following[2] == "f" else first)
        elif one := _ONE.fullmatch(value):
            values.append(_shown(one)[:MAX_PLACE])
        else:
            return None, ""
        start, gap = stop, between
    return values[:MAX_PLACES], f" {aside[0].strip()}" if aside else ""


def _shown(one: re.Match[str]) -> str:
    """A page or a range. S-1 is one page: a range has two numbers of one kind."""
    first, last = one[1], one[2]
    if last is None:
        return first
    if are_range(first, last):
        return f"{first}–{last}"
    return first if " " in one[0].strip(DASH) and not re.search(f"[{DASH}]", one[0]) else re.sub(r"\s+", "", one[0])


def are_range(first: str, last: str) -> bool:
    """Whether two labels can be the ends of a range of pages."""
    if _ROMAN.fullmatch(first) and _ROMAN.fullmatch(last):
        return True
    one, other = _NUMBERED.fullmatch(first), _NUMBERED.fullmatch(last)
    return bool(one and other and other[1] in ("", one[1]))


def _unique(exact: Mapping[str, AssignedReading]) -> dict[str, AssignedReading]:
    loose: dict[str, list[AssignedReading]] = {}
    for key, reading in exact.items():
        loose.setdefault(_loosened(key), []).append(reading)
    return {key: readings[0] for key, readings in loose.items() if key and len(set(readings)) == 1}


def _variants(key: str) -> Iterator[str]:
    """The ways to write a name for which the reading of the first is taken."""
    loose = _loosened(key)
    yield loose
    if years := _YEARS.search(loose):
        yield from (loose[: years.start()] + year for year in years.groups())
    if re.search(r"\d{4}a$", loose):
        yield loose[:-1]


def _loosened(key: str) -> str:
    """Without initials, with one way to write "et al.", "and" and apostrophes."""
    key = _ET_AL.sub("et al.", key.replace("’", "'")).replace(" und ", " and ")
    key = _UNDATED.sub("", key)
    return " ".join(_INITIAL.sub("", key).split())

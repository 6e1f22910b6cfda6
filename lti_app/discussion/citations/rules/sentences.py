"""The sentence of a post that cites a passage."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

import regex

MAX_BEFORE, MAX_AFTER = 160, 60
"""Characters of a sentence that are shown before and after the citation in it."""
_BEGIN, _END = "\ufdd0", "\ufdd1"
"""Around the citation; no stored text has characters that Unicode keeps for inside use."""
_TAG = regex.compile(r'<(?:[^<>"]|"[^"]*+")*+>')
_ATTRIBUTE = regex.compile(r'(?<![a-z-])([a-z-]++)="([^"]*+)"')
_WITHIN_LINES = ("<a", "</a", "<span", "</span", "<strong", "</strong", "<em", "</em", "<s>", "</s>", "<code", "</code")
_STOP = regex.compile(
    r"""(?:(?<![.!?…])[.!?…]++[\p{Pf}\p{Pe}"']*+(?=\s++[^\p{Ll}])|[。！？]++[\p{Pf}\p{Pe}]*+|(?<![؟۔।])[؟۔।]++(?=\s)|\n)\s*+"""
)
"""Where a sentence ends; a point before a small letter ends none, such as that of “e.g. this”."""
_STOPPED = regex.compile(r"""[.!?…。！？؟۔।][\p{Pf}\p{Pe}"']{0,3}\Z""")
_ABBREVIATED = regex.compile(
    r"(?<![\p{L}.])(?:\p{L}(?:\.\p{L}){0,3}|cf|vgl|bzw|vs|al|ca|ch|fig|no|pp|vol|chap|ed|[Mm]rs?|[Mm]s|[Dd]r|[Pp]rof|[Ss]t)\.\Z"
)
_LONGEST = 12
"""Letters that an abbreviation can have, its points included."""
_GOES_ON = regex.compile(r"\s*+\p{Ll}")
_HAS_WORDS = regex.compile(r"[\p{L}\p{N}]")


@dataclass(frozen=True)
class CitedLocation:
    """A passage as the citations of posts name it."""

    passage_id: int
    reading_id: int
    page: str
    paragraph: str

    def is_meant_by(self, attributes: dict[str, str]) -> bool:
        """Whether a citation with these attributes refers to this passage."""
        if known := attributes.get("data-passage"):
            return known == str(self.passage_id)
        place = (attributes.get("data-reading"), attributes.get("data-page", ""), attributes.get("data-paragraph", ""))
        return place == (str(self.reading_id), self.page, self.paragraph)


def citing_sentence(html: str, place: CitedLocation) -> str:
    """The sentence of a post's stored HTML in which it cites the passage first, shortened around the citation.

    A citation behind a full stop, or alone on its line, belongs to the sentence before it, unless a small letter goes
    on after it. Text that cites the passage nowhere is cut like one that cites it at its beginning.
    """
    before, _, rest = "".join(_pieces(html, place)).strip().partition(_BEGIN)
    if not rest:
        return _shortened("", before, "")
    cited, _, after = rest.partition(_END)
    line, follows = before.rpartition("\n")[2].rstrip(), after.partition("\n")[0]
    is_subject = bool(_GOES_ON.match(follows) if line else _HAS_WORDS.search(follows))
    is_behind = not line or (_STOPPED.search(line) is not None and _ABBREVIATED.search(line) is None)
    if is_behind and is_subject:
        return _shortened("", cited, _first_sentence(follows))
    if is_behind:
        return _shortened(f"{_last_sentence(before.rstrip())} ", cited, "")
    gap = " " if before[-1] == " " else ""
    return _shortened(_last_sentence(line) + gap, cited, _first_sentence(follows))


def sentences_of(text: str) -> list[str]:
    """The sentences of a plain text in their order; what ends a line ends a sentence."""
    found, begin = [], 0
    for stop in _STOP.finditer(text):
        if stop[0].isspace() or not _ABBREVIATED.search(
            text[max(begin, stop.start() - _LONGEST) : stop.end()].rstrip()
        ):
            found.append(text[begin : stop.end()].strip())
            begin = stop.end()
    return [sentence for sentence in [*found, text[begin:].strip()] if _HAS_WORDS.search(sentence)]


def _last_sentence(text: str) -> str:
    """From where the sentence begins in which the text ends; the end of that sentence may be there."""
    starts = [0, *(stop.end() for stop in _STOP.finditer(text) if stop.end() < len(text))]
    return text[starts[-1] :]


def _first_sentence(text: str) -> str:
    stop = _STOP.search(f"{text}\n")
    return text[: stop.end()].rstrip() if stop else text


def _pieces(html: str, place: CitedLocation) -> Iterator[str]:
    """The words, the first citation of the passage between marks, and line ends in the place of blocks."""
    at, is_inside, is_found = 0, False, False
    for tag in _TAG.finditer(html):
        yield _words(html[at : tag.start()])
        at = tag.end()
        if is_inside and tag[0] == "</a>":
            is_inside = False
            yield _END
        elif tag[0].startswith("<a") and not is_found:
            is_found = is_inside = place.is_meant_by(dict(_ATTRIBUTE.findall(tag[0])))
            yield _BEGIN if is_found else ""
        elif not tag[0].startswith(_WITHIN_LINES):
            yield "\n"
    yield _words(html[at:])


def _words(text: str) -> str:
    return " ".join(unescape(text).split("\n"))


def _shortened(before: str, cited: str, after: str) -> str:
    if len(before) > MAX_BEFORE:
        cut = before[-MAX_BEFORE:].partition(" ")
        before = f"…{cut[2] or cut[0]}"
    room = MAX_AFTER if before else MAX_BEFORE
    if not before and len(cited) > room:
        after, cited = cited + after, ""
    if len(after) > room:
        cut = after[: room + 1].rpartition(" ")
        after = f"{(cut[0] or after[:room]).rstrip(' ,;:.–-')}…"
    return " ".join(f"{before}{cited}{after}".split())

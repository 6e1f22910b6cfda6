"""Finding quotations in a post and in the text of a reading, whatever happened to quotation marks and dashes."""

import hashlib
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from lti_app.core.cleaning import words_alone
from lti_app.core.folding import fold
from lti_app.core.prose import normalized
from lti_app.core.rich_reader import parse
from lti_app.core.rich_text import Element, Node, bare_text, find_all

MIN_WORDS = 6
"""The shortest quotation that is checked, in words; also the length of a shingle."""
MAX_QUOTES = 20
"""How many quotations of one post are checked."""
MAX_TEXT = 2_000_000
"""Characters of a reading's text: a book of 800 pages."""
MAX_PAGES = 3_000
SHOWN = 120
"""Characters of a quotation that are stored to show it."""

_WORD = re.compile(r"[^\W_]+")
_BROKEN = re.compile(r"(?<=\w)[-\u2010\u2011\u00ad][^\S\n]*\n\s*(?=\w)")
_WITHIN = re.compile(r"(?<=\w)['’ʼ\-\u2010\u2011\u00ad.](?=\w)")
_LEFT_OUT = re.compile(r"(?P<own>\[[^\]]{0,200}\])|\(\s*(?:\.\s*){3}\)|(?:\.\s?){3,}|…")
_IN_WORD = re.compile(r"\[(\w{1,20})\](?=\w)|(?<=\w)\[(\w{1,20})\]")
"""What the writer of a quotation changed in a word: [t]he, manager[s]."""
_CHANGED_WORD = re.compile(r"\[\w{1,20}\]\w{1,40}|\b\w{1,40}\[\w{1,20}\]")
_QUOTED = re.compile(
    r"“([^“”]+)”|„([^„“”]+)[“”]|«([^«»]+)»|»([^«»]+)«|‘([^‘]+?)’(?!\w)"
    r"|(?<![\w'’′])\"(?=[^\s\"])([^\"]+)(?<!\s)\"(?!\w)"
)
_BEGINS_QUOTATION = re.compile('[“„«»‘"]')
_LETTERS_ALIKE = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("ii", "u"), ("l", "i"), ("1", "i"), ("0", "o"))
"""What is often read for something else when a page is scanned, and what both are taken for."""
_LOOSE_PART = re.compile(r"[^\W\d_]+|[\d_]+")
_LINE_NUMBER = re.compile(r"\d+")
_MOST_IN_HEAD = 10
"""Words of a line at the edge of a page that may be its running head or its number."""
LOOSE_LENGTH = 28
"""Letters in a row that are compared whatever stands between them: about MIN_WORDS words."""
MOST_PLACES = 100
"""Places of one and the same sequence of words that are stored."""
_MIN_LEFT_OUT = 4
"""Words that an ellipsis leaves out, at least: what hides a word or two may have turned the sentence."""
_CLEANED = 2**30
"""Where the places begin of the text without running heads and numbers of notes."""
_NOTE = re.compile(r"(?<=[^\W\d_])([.,;:!?’”\"')]{0,3})(?:\d{1,3}|[⁰¹²³⁴-⁹]{1,3})(?![\w.])|[ ]?\[\d{1,3}\]")
_PAGE_MARK = re.compile(r"^[^\S\n]*\[\s*(?:p\.?|page)\s*([\w.–-]{1,20})\s*\][^\S\n]*$", re.IGNORECASE | re.MULTILINE)
_PAGE_BREAK = "\f"
_MOST_COLUMNS = 4
_BETWEEN_COLUMNS = re.compile(r"(?<=\S)(?:\t| {3,}|\u2003+)(?=\S)")
_HOLDERS = frozenset({"ul", "ol", "table", "tbody", "tr"})
"""The elements that hold blocks and no words of their own."""


class TextStorage(StrEnum):
    """What is stored of a reading's text."""

    TEXT = "text"
    """The text itself, for this check only: it is never shown."""
    HASHES = "fingerprints"
    """Only hashes of word sequences, from which nobody can read the text."""


@dataclass(frozen=True)
class Page:
    """A page of a reading's text."""

    label: str
    """As printed."""
    text: str


@dataclass(frozen=True)
class Quotation:
    """A quotation in a post, and the readings that it is said to be from."""

    text: str
    reading_ids: tuple[int, ...]
    """The readings cited in the same place, else those cited anywhere in the post."""


@dataclass(frozen=True)
class Place:
    """Where a sequence of words stands in a reading."""

    page: str
    """As printed; empty of letters that are compared whatever stands between them."""
    position: int = 0
    """The number of its first word; the text without heads and notes is numbered from another beginning."""


Known = Mapping[int, Collection[Place]]
"""Of one reading: the places of each of the shingles."""


@dataclass(frozen=True)
class _Run:
    """Words of a quotation that stand in a row."""

    words: tuple[str, ...]
    after_own: bool
    """Whether words of the writer, in brackets, stand before it and nothing else."""


@dataclass(frozen=True)
class QuoteVerdict:
    """The result of checking a quotation."""

    quote: str
    reading_id: int
    page: str
    """As printed; empty if the quotation was not found."""

    @property
    def found(self) -> bool:
        """Whether the words are in the reading."""
        return bool(self.page)

    def to_stored(self, label: str) -> dict[str, object]:
        """The form stored in Post.quotes; `label` is the label of the reading."""
        return {"quote": self.quote, "reading_id": self.reading_id, "reading": label, "page": self.page}


def split_pages(text: str, first: int = 1) -> list[Page]:
    """The pages of a pasted text, separated by lines such as [p. 67] or by form feeds; without these, one page.

    Text before the first mark belongs to the page before it. A page between form feeds is numbered from `first`.
    """
    marks = list(_PAGE_MARK.finditer(text))
    if marks:
        ends = [*(mark.start() for mark in marks[1:]), len(text)]
        pages = [Page(mark[1], text[mark.end() : end]) for mark, end in zip(marks, ends, strict=True)]
        before = text[: marks[0].start()]
        return ([Page(_before(marks[0][1]), before)] if before.strip() else []) + pages
    return [Page(str(first + n), part) for n, part in enumerate(text.split(_PAGE_BREAK))]


def join_pages(pages: Iterable[Page]) -> str:
    """Join pages to one text, which `split_pages` can split again."""
    return "\n".join(f"[p. {page.label}]\n{page.text}" for page in pages)


def words_of(text: str) -> list[str]:
    """The words as they are compared: lower case, without hyphens, apostrophes and ligatures."""
    plain = normalized("NFKC", text)
    joined = _WITHIN.sub("", _BROKEN.sub("", plain).replace("\u00ad", ""))
    return _WORD.findall(joined.casefold())


def shingles_of(words: Sequence[str]) -> list[int]:
    """A signed 64-bit hash of every run of MIN_WORDS words."""
    return [_hash(words[n : n + MIN_WORDS]) for n in range(len(words) - MIN_WORDS + 1)]


def index_pages(pages: Sequence[Page]) -> list[tuple[int, Place]]:
    """Every shingle of a text with its places, and every row of letters without one.

    A word sequence that crosses a page break belongs to the page where it begins. Running heads, page numbers and the
    numbers of notes are words of the text in one numbering, and left out in another. Columns that were copied line by
    line are among the rows of letters as they are read, so that nothing is called "not found" in them that is there.
    """
    cleaned = _without_furniture(pages)
    found = list(_numbered(_joined(pages), 1))
    if [page.text for page in cleaned] != [page.text for page in pages]:
        found += _numbered(_joined(cleaned), _CLEANED)
    counts: Counter[int] = Counter()
    rows: list[tuple[int, Place]] = []
    for shingle, place in found:
        counts[shingle] += 1
        if counts[shingle] <= MOST_PLACES:
            rows.append((shingle, place))
    columns = [Page(page.label, read) for page in cleaned if (read := _columns(page.text)) != page.text]
    loose = (shingle for text in (pages, cleaned, columns) for shingle in _loose("\n".join(page.text for page in text)))
    return rows + [(shingle, Place("")) for shingle in dict.fromkeys(loose)] if rows else []


def _numbered(pages: Sequence[Page], first: int) -> Iterator[tuple[int, Place]]:
    words = [(word, page.label) for page in pages for word in words_of(page.text)]
    hashes = shingles_of([word for word, _ in words])
    return ((each, Place(words[n][1], first + n)) for n, each in enumerate(hashes))


def _loose(text: str) -> list[int]:
    """A hash of so many letters from the beginning of each word: without spaces, dashes, figures and accents."""
    parts = [part for part in _LOOSE_PART.findall(_folded_as_read(text)) if not part[0].isdigit() and part[0] != "_"]
    letters = "".join(parts)
    begin, begins = 0, []
    for part in parts:
        begins.append(begin)
        begin += len(part)
    whole = (at for at in begins if at + LOOSE_LENGTH <= len(letters))
    return [_hash(["loose", letters[at : at + LOOSE_LENGTH]]) for at in whole]


def _folded_as_read(text: str) -> str:
    folded = fold(_BROKEN.sub("", text))
    for read, meant in _LETTERS_ALIKE:
        folded = folded.replace(read, meant)
    return folded


def _without_furniture(pages: Sequence[Page]) -> list[Page]:
    """The pages without the lines at their edges that are not text, and without the numbers of notes."""
    edges = Counter(
        key for page in pages for key in {_LINE_NUMBER.sub("#", line.strip()) for line in _edges(page.text)}
    )
    return [Page(page.label, _NOTE.sub(lambda note: note[1] or "", _trimmed(page, edges))) for page in pages]


def _columns(text: str) -> str:
    """A text whose lines have wide gaps, column by column: lines of two columns may have been copied as one."""
    lines = [_BETWEEN_COLUMNS.split(line) for line in text.splitlines()]
    if all(len(parts) == 1 for parts in lines):
        return text
    number = max(len(parts) for parts in lines)
    if number > _MOST_COLUMNS:
        return text
    return "\n".join(parts[n] for n in range(number) for parts in lines if n < len(parts))


def _edges(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if line.strip()]
    return [*lines[:2], *lines[-2:]] if len(lines) > 4 else lines


def _trimmed(page: Page, edges: Mapping[str, int]) -> str:
    lines = page.text.splitlines()
    for _ in range(2):
        for at in (0, -1):
            while lines and not lines[at].strip():
                lines.pop(at)
            if len(lines) > 1 and _is_furniture(lines[at].strip(), page.label, edges):
                lines.pop(at)
    return "\n".join(lines)


def _is_furniture(line: str, label: str, edges: Mapping[str, int]) -> bool:
    words = line.split()
    if len(words) > _MOST_IN_HEAD:
        return False
    return label in (words[0], words[-1]) or line.isdigit() or line.isupper() or edges[_LINE_NUMBER.sub("#", line)] > 1


def find_quotations(html: str) -> list[Quotation]:
    """The quotations of at least MIN_WORDS words in a post: text in quotation marks, and quoted blocks."""
    if "<blockquote" not in html and not _BEGINS_QUOTATION.search(words_alone(html)):
        return []  # most posts quote nothing, and are not read for it
    blocks = list(_blocks(parse(html)))
    cited = _reading_ids(blocks)
    found = [
        Quotation(text.strip(), _reading_ids([block]) or cited)
        for block in blocks
        for text in _quoted(block)
        if sum(len(run.words) for run in _runs(text)) >= MIN_WORDS
    ]
    return list(dict.fromkeys(found))[:MAX_QUOTES]


def shingles_to_look_up(quotations: Iterable[Quotation]) -> set[int]:
    """The shingles to look up to check these quotations."""
    found: set[int] = set()
    for quotation in quotations:
        for run in _runs(quotation.text):
            found.update(shingles_of(run.words))
        for part in _unchanged(quotation.text):
            found.update(_loose(part))
    return found


def judge(
    quotations: Iterable[Quotation], known: Mapping[int, Known], *, partly: Collection[int] = ()
) -> list[QuoteVerdict]:
    """The verdict on each quotation; none where nothing can be told.

    A quotation is found if all its words stand in the reading in their order, with nothing between them but what an
    ellipsis or brackets show to be left out; its page is the one with most of it. A run of fewer than MIN_WORDS words
    cannot be looked up, so that a quotation with one is not found. It can be found in a reading that it does not name.

    It is "not found" only if a part of it is not even similar to anything in the readings that it names: spaces,
    dashes, figures, accents and letters that are easily misread make no difference. `partly` are readings of which that
    is not known.
    """
    return [verdict for quotation in quotations if (verdict := _verdict(quotation, known, partly))]


def _verdict(quotation: Quotation, known: Mapping[int, Known], partly: Collection[int]) -> QuoteVerdict | None:
    named = [reading_id for reading_id in quotation.reading_ids if reading_id in known]
    shown = quotation.text if len(quotation.text) <= SHOWN else quotation.text[:SHOWN].rsplit(" ", 1)[0] + "…"
    runs = _runs(quotation.text)
    for reading_id in (*named, *(other for other in known if other not in named)):
        if page := _page_of(runs, known[reading_id]):
            return QuoteVerdict(shown, reading_id, page)
    is_told = bool(named) and not any(reading_id in partly for reading_id in named)
    if is_told and all(_is_strange(quotation.text, known[reading_id]) for reading_id in named):
        return QuoteVerdict(shown, named[0], "")
    return None


def _page_of(runs: Sequence[_Run], known: Known) -> str:
    """The page with most of the words, if all of them are found in their order."""
    if not runs or any(len(run.words) < MIN_WORDS for run in runs):
        return ""
    for first, end in ((0, _CLEANED), (_CLEANED, 2 * _CLEANED)):
        if pages := _pages_between(runs, known, first, end):
            return Counter(pages).most_common(1)[0][0]
    return ""


def _pages_between(runs: Sequence[_Run], known: Known, first: int, end: int) -> list[str]:
    """The pages of all shingles of the runs, one run after another, in one numbering of the words."""
    pages: list[str] = []
    ends: list[int] = []
    for n, run in enumerate(runs):
        places = [
            {
                place.position: place.page
                for place in known.get(shingle, ())
                if place.page and first <= place.position < end
            }
            for shingle in shingles_of(run.words)
        ]
        begins = sorted(places[0])
        if n:
            begins = [at for at in begins if _may_follow(at, ends, run)]
        whole = [at for at in begins if all(at + k in found for k, found in enumerate(places))]
        if not whole:
            return []
        ends = [at + len(run.words) for at in whole]
        pages += [found[whole[0] + k] for k, found in enumerate(places)]
    return pages


def _may_follow(at: int, ends: Sequence[int], run: _Run) -> bool:
    """Whether a run that begins here may come after one that ends at one of these places."""
    is_next = bisect_left(ends, at) < len(ends) and ends[bisect_left(ends, at)] == at
    return at - ends[0] >= _MIN_LEFT_OUT or (run.after_own and is_next)


def _is_strange(text: str, known: Known) -> bool:
    """Whether a part of a quotation is long enough to be compared, and like nothing in the reading."""
    return any(_is_nowhere(part, known) for part in _unchanged(text))


def _is_nowhere(part: str, known: Known) -> bool:
    words, loose = words_of(part), _loose(part)
    if len(words) < MIN_WORDS or not loose:
        return False
    return not any(shingle in known for shingle in (*shingles_of(words), *loose))


def _runs(text: str) -> list[_Run]:
    """The words of a quotation between what it leaves out or adds."""
    text = _IN_WORD.sub(lambda found: found[1] or found[2], text)
    gaps = [(0, 0, False), *((gap.start(), gap.end(), bool(gap["own"])) for gap in _LEFT_OUT.finditer(text))]
    pieces = [(text[gap[1] : after[0]], gap[2]) for gap, after in pairwise([*gaps, (len(text), len(text), False)])]
    runs = [_Run(tuple(words_of(piece)), after_own) for piece, after_own in pieces]
    return [run for run in runs if run.words]


def _unchanged(text: str) -> list[str]:
    """The parts of a quotation that are as in the reading, whatever they are dressed in."""
    return _LEFT_OUT.sub("\0", _CHANGED_WORD.sub("\0", text)).split("\0")


def _hash(words: Sequence[str]) -> int:
    digest = hashlib.blake2b(" ".join(words).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _joined(pages: Sequence[Page]) -> list[Page]:
    """The pages, with words that a page break cuts in two joined on the first page."""
    whole: list[Page] = []
    for page in pages:
        if whole and re.search(r"\w[-\u2010\u2011\u00ad]\s*$", whole[-1].text) and page.text.strip():
            rest, _, text = page.text.strip().partition(" ")
            stem = re.sub(r"[-\u2010\u2011\u00ad]\s*$", "", whole[-1].text)
            whole[-1] = Page(whole[-1].label, stem + rest)
            whole.append(Page(page.label, text))
        else:
            whole.append(page)
    return whole


def _before(label: str) -> str:
    return str(int(label) - 1) if label.isdecimal() and int(label) > 1 else label


def _blocks(nodes: Iterable[Node]) -> Iterator[Element]:
    """Quoted blocks, and outside of them the blocks that hold lines."""
    for node in nodes:
        if isinstance(node, str):
            yield Element("p", {}, [node])
        elif node.tag in _HOLDERS or (node.holds_blocks and node.tag != "blockquote"):
            yield from _blocks(node.children)
        else:
            yield node


def _reading_ids(nodes: Iterable[Node]) -> tuple[int, ...]:
    """The readings that are cited, each once."""
    chips = find_all(nodes, "a", "cited")
    ids = (chip.attrs.get("data-reading") or chip.attrs.get("href", "").rpartition("#reading-")[2] for chip in chips)
    return tuple(dict.fromkeys(int(reading_id) for reading_id in ids if reading_id.isdecimal()))


def _quoted(block: Element) -> list[str]:
    """What a block quotes, without the words of citations."""
    text = bare_text([block], without=lambda element: element.kind == "cited")
    if block.tag == "blockquote":
        return [text]
    return [next(filter(None, match.groups())) for match in _QUOTED.finditer(text)]

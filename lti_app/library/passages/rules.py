"""Finding quotations in a post and in the text of a reading, whatever happened to quotation marks and dashes."""

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

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
_LEFT_OUT = re.compile(r"\[[^\]]{0,200}\]|\(\s*(?:\.\s*){3}\)|(?:\.\s?){3,}|…")
_QUOTED = re.compile(r"“([^“”]+)”|„([^„“”]+)[“”]|«([^«»]+)»|»([^«»]+)«|\"([^\"]+)\"|‘([^‘]+?)’(?!\w)")
_PAGE_MARK = re.compile(r"^[^\S\n]*\[\s*(?:p\.?|page)\s*([\w.–-]{1,20})\s*\][^\S\n]*$", re.IGNORECASE | re.MULTILINE)
_PAGE_BREAK = "\f"
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


Known = Mapping[int, Collection[str]]
"""Of one reading: the pages that contain each of the shingles."""


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


def index_pages(pages: Sequence[Page]) -> list[tuple[int, str]]:
    """Every shingle of a text with the page that it begins on, each pair once.

    A word sequence that crosses a page break belongs to the page where it begins.
    """
    words = [(word, page.label) for page in _joined(pages) for word in words_of(page.text)]
    hashes = shingles_of([word for word, _ in words])
    return list(dict.fromkeys(zip(hashes, (label for _, label in words), strict=False)))


def find_quotations(html: str) -> list[Quotation]:
    """The quotations of at least MIN_WORDS words in a post: text in quotation marks, and quoted blocks."""
    blocks = list(_blocks(parse(html)))
    cited = _reading_ids(blocks)
    found = [
        Quotation(text.strip(), _reading_ids([block]) or cited)
        for block in blocks
        for text in _quoted(block)
        if len(words_of(_LEFT_OUT.sub(" ", text))) >= MIN_WORDS
    ]
    return list(dict.fromkeys(found))[:MAX_QUOTES]


def shingles_to_look_up(quotations: Iterable[Quotation]) -> set[int]:
    """The shingles to look up to check these quotations."""
    segments = (words for quotation in quotations for words in _segments(quotation.text))
    return {shingle for words in segments for shingle in shingles_of(words)}


def judge(quotations: Iterable[Quotation], known: Mapping[int, Known]) -> list[QuoteVerdict]:
    """The verdict on each quotation; none for a quotation that names no reading with a stored text.

    A quotation is found if every sequence of words between omissions occurs in the reading; its page is the one with
    most of it. A quotation that names another reading, or none, can still be found. "Not found" is reported only for
    the readings that it names.
    """
    return [verdict for quotation in quotations if (verdict := _verdict(quotation, known))]


def _verdict(quotation: Quotation, known: Mapping[int, Known]) -> QuoteVerdict | None:
    named = [reading_id for reading_id in quotation.reading_ids if reading_id in known]
    shown = quotation.text if len(quotation.text) <= SHOWN else quotation.text[:SHOWN].rsplit(" ", 1)[0] + "…"
    segments = _segments(quotation.text)
    for reading_id in (*named, *(other for other in known if other not in named)):
        if page := _page_of(segments, known[reading_id]):
            return QuoteVerdict(shown, reading_id, page)
    return QuoteVerdict(shown, named[0], "") if named else None


def _page_of(segments: Sequence[Sequence[str]], known: Known) -> str:
    """The page with most of the words, if all words are found."""
    places = [known.get(shingle, ()) for words in segments for shingle in shingles_of(words)]
    if not places or not all(places):
        return ""
    return Counter(page for pages in places for page in pages).most_common(1)[0][0]


def _segments(text: str) -> list[list[str]]:
    """The word sequences between omissions that are long enough to check."""
    runs = [words_of(part) for part in _LEFT_OUT.split(text)]
    return [run for run in runs if len(run) >= MIN_WORDS]


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
    return str(int(label) - 1) if label.isdigit() and int(label) > 1 else label


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

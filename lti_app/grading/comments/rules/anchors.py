"""Where in a post a comment stands: a sentence found again by its words and those around it (W3C TextQuoteSelector)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from lti_app.core.folding import fold_text
from lti_app.core.rich_reader import parse
from lti_app.core.rich_text import Element, Node, inline_html

CONTEXT = 32
"""Characters before and after the quoted words."""
MAX_QUOTED = 1500
"""Characters that a comment can quote."""
MAX_POST_COMMENTS = 50
"""Comments on sentences in one grade."""
_WITHIN_LINES = frozenset({"a", "span", "strong", "em", "s", "code", "mark", "img"})


@dataclass(frozen=True)
class Anchor:
    """The words of a post that a comment is about; without any, the post as a whole."""

    exact: str = ""
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True)
class MarkedPost:
    """The HTML of a post with numbers behind what is quoted."""

    html: str
    numbers: tuple[int, ...]
    """Of each anchor, in the order in which they were given: as the words stand in the post, what is not there last."""
    lost: frozenset[int]
    """The numbers of those whose words the post does not have."""


@dataclass
class _Run:
    """A text of the tree, with where it stands in the text of the whole."""

    siblings: list[Node]
    at: int
    start: int
    in_link: bool

    @property
    def text(self) -> str:
        return str(self.siblings[self.at])

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass
class _Reading:
    """The text of a tree as it is quoted: each block on lines of its own."""

    pieces: list[str] = field(default_factory=list)
    runs: list[_Run] = field(default_factory=list)
    length: int = 0

    def add(self, nodes: list[Node], *, in_link: bool = False) -> "_Reading":
        """Read on."""
        for at, node in enumerate(nodes):
            if isinstance(node, str):
                self.runs.append(_Run(nodes, at, self.length, in_link))
                self._say(node)
            elif node.tag in _WITHIN_LINES:
                self.add(node.children, in_link=in_link or node.tag == "a")
            else:
                self._say("\n")
                self.add(node.children, in_link=in_link)
                self._say("\n")
        return self

    def _say(self, text: str) -> None:
        self.pieces.append(text)
        self.length += len(text)

    @property
    def text(self) -> str:
        return "".join(self.pieces)


def post_text(html: str) -> str:
    """The text of a stored post, as its words are quoted."""
    return _Reading().add(parse(html)).text


def find_anchor(text: str, anchor: Anchor) -> tuple[int, int] | None:
    """From where to where the quoted words stand in a text; where they stand several times, where most of the words
    around them are the same. None if they are not there, and for the post as a whole.
    """
    wanted = [token.text for token in fold_text(anchor.exact).tokens]
    tokens = fold_text(text).tokens
    words = [token.text for token in tokens]
    if not wanted or len(anchor.exact) > 2 * MAX_QUOTED:
        return None
    starts = list(_occurrences(words, wanted))
    if not starts and len(wanted) > 1 and fold_text(anchor.exact).tokens[-1].is_last:
        wanted = wanted[:-1]  # where no spaces part words, the text goes on where the quotation ends
        starts = list(_occurrences(words, wanted))
    if not starts:
        return None
    before = [token.text for token in fold_text(anchor.prefix).tokens]
    after = [token.text for token in fold_text(anchor.suffix).tokens]

    def alike(at: int) -> int:
        end = at + len(wanted)
        return _same(reversed(words[max(0, at - len(before)) : at]), reversed(before)) + _same(words[end:], after)

    best = max(starts, key=lambda at: (alike(at), -at))
    return tokens[best].start, _with_stop(text, tokens[best + len(wanted) - 1].end, anchor.exact)


def _occurrences(words: Sequence[str], wanted: Sequence[str]) -> Iterator[int]:
    first, count = wanted[0], len(wanted)
    for at in range(len(words) - count + 1):
        if words[at] == first and list(words[at : at + count]) == wanted:
            yield at


def _same(texts: Iterable[str], others: Iterable[str]) -> int:
    count = 0
    for one, other in zip(texts, others, strict=False):
        if one != other:
            break
        count += 1
    return count


def _with_stop(text: str, end: int, exact: str) -> int:
    """The end of the quoted words with the marks behind them that were quoted too."""
    tail = exact.rstrip()
    marks = len(tail) - len(tail.rstrip(".,;:!?…)”’»\"'"))
    while marks and end < len(text) and not text[end].isalnum() and not text[end].isspace():
        end, marks = end + 1, marks - 1
    return end


def anchored(text: str, anchor: Anchor) -> Anchor | None:
    """The anchor as it is stored, with the words of the text itself and those around them; None if it is not there."""
    place = find_anchor(text, anchor)
    if place is None:
        return None
    start, end = place
    return Anchor(
        exact=_line(text[start:end])[:MAX_QUOTED],
        prefix=_line(text[max(0, start - CONTEXT) : start]),
        suffix=_line(text[end : end + CONTEXT]),
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def mark_post(html: str, anchors: Sequence[Anchor], *, first: int = 1, label: str) -> MarkedPost:
    """A stored post with what is quoted marked, and behind it a number that leads to the comment; numbers begin with
    `first`. `label` says before the number what a link leads to, for those who do not see where it stands.
    """
    nodes = parse(html)
    reading = _Reading().add(nodes)
    text = reading.text
    found = {key: place for key, anchor in enumerate(anchors) if (place := find_anchor(text, anchor))}
    order = [*sorted(found, key=found.__getitem__), *(key for key in range(len(anchors)) if key not in found)]
    number_of = {key: number for number, key in enumerate(order, first)}
    places = {number_of[key]: place for key, place in found.items()}
    for run in reversed(reading.runs):
        inside = {number: place for number, place in places.items() if place[0] < run.end and place[1] > run.start}
        if inside:
            run.siblings[run.at : run.at + 1] = _marked_run(run, inside, label=label)
    lost = frozenset(number_of[key] for key, anchor in enumerate(anchors) if anchor.exact and key not in found)
    return MarkedPost("".join(map(inline_html, nodes)), tuple(number_of[key] for key in range(len(anchors))), lost)


def _marked_run(run: _Run, places: dict[int, tuple[int, int]], *, label: str) -> list[Node]:
    """A text in pieces, of which those that are quoted are marked."""
    borders = {edge for place in places.values() for edge in place if run.start < edge < run.end}
    edges = sorted({run.start, run.end, *borders})
    nodes: list[Node] = []
    for start, end in pairwise(edges):
        piece = run.text[start - run.start : end - run.start]
        quoted = [number for number, place in places.items() if place[0] <= start and end <= place[1]]
        nodes.append(Element("mark", {"class": "quoted"}, [piece]) if quoted and piece.strip() else piece)
        ended = sorted(number for number in quoted if places[number][1] == end)
        nodes += [_number(number, in_link=run.in_link, label=label) for number in ended]
    return nodes


def _number(number: int, *, in_link: bool, label: str) -> Element:
    """The number behind the quoted words; within a link no other link can be."""
    place = {"class": "note-number", "id": f"note-{number}-place"}
    if in_link:
        return Element("sup", place, [str(number)])
    link = Element("a", {"href": f"#note-{number}", "aria-label": f"{label} {number}"}, [str(number)])
    return Element("sup", place, [link])

"""Rich text as a small tree of what we allow; from there to HTML and to plain text.

There are only: paragraphs, headings, lists, quotations, code, tables and pictures of ours; and in their lines emphasis,
links, and two kinds of chips that carry ids: `a.cited` and `span.mention`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from itertools import count

from lti_app.core.cleaning import Cleaner

ATTRIBUTES = {
    "a": {"href", "data-reading", "data-page", "data-paragraph", "data-passage"},
    "span": {"data-id"},
    "img": {"src", "alt"},
    "ol": {"start"},
}
CLASSES = {"a": {"cited", "address"}, "span": {"mention"}}
SCHEMES = {"http", "https", "mailto"}
_MAY_BE_EMPTY = {"br", "td", "th"}
_HEADING = re.compile(r"<(/?)h([34])>")
_BLOCKS = frozenset(["p", "h3", "h4", "ul", "ol", "li", "blockquote", "pre", "table", "tbody", "tr", "th", "td"])
_ALONE = _BLOCKS | {"div", "h1", "h2", "h5", "h6"}
"""The elements whose words begin and end a line."""
_CLEANER = Cleaner(
    tags={"br", "a", "span", "img", "strong", "em", "s", "code", *_BLOCKS},
    attributes={**ATTRIBUTES, "a": {*ATTRIBUTES["a"], "target"}},
    allowed_classes=CLASSES,
    url_schemes=SCHEMES,
    link_rel="noopener nofollow ugc",
)


@dataclass
class Element:
    """A tag with its contents."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: "list[Node]" = field(default_factory=list)
    holds_blocks: bool = False
    """While reading: whether it contains a block, so that it cannot be part of a line."""

    @property
    def kind(self) -> str:
        """Its class: one of ours, or empty."""
        return self.attrs.get("class", "")

    @property
    def elements(self) -> "list[Element]":
        """Its child elements, without loose text."""
        return [child for child in self.children if isinstance(child, Element)]

    @property
    def is_chip(self) -> bool:
        """Whether it refers to something: a citation, a person, a picture."""
        return self.tag == "img" or self.kind in ("cited", "mention")

    def replaced(self, change: "Replace") -> "Element":
        """See `replace`."""
        if self.tag in ("pre", "code", "br", "a"):
            return self
        children: list[Node] = []
        for child in self.children:
            if isinstance(child, str) or child.is_chip:
                children += change(child)
            elif (inside := child.replaced(change)).children or child.tag in _MAY_BE_EMPTY:
                children.append(inside)
        return Element(self.tag, self.attrs, children)


Node = Element | str
Replace = Callable[[Node], Iterable[Node]]
"""What replaces a text or a chip."""


def write(blocks: Iterable[Element]) -> str:
    """The HTML of the blocks. It is sanitized at the end, so that a mistake here cannot let anything through."""
    return _CLEANER.clean("".join(map(inline_html, blocks)))


def replace(blocks: list[Element], change: Replace) -> list[Element]:
    """The blocks with every chip, picture, and text outside of code and links replaced by `change`."""
    return Element("div", {}, [*blocks]).replaced(change).elements


def text_of(nodes: Iterable[Node]) -> str:
    """The plain text of a line or of chips."""
    return "".join(node if isinstance(node, str) else _text_of_inline(node) for node in nodes)


def find_all(nodes: Iterable[Node], tag: str, kind: str = "") -> Iterator[Element]:
    """All elements with this tag and class, in the order of the text."""
    for node in nodes:
        if isinstance(node, Element):
            if node.tag == tag and node.kind == kind:
                yield node
            yield from find_all(node.children, tag, kind)


def bare_text(nodes: Iterable[Node], without: Callable[[Element], bool] = lambda _element: False) -> str:
    """Only the words, each block and line break on a line of its own; elements that `without` names are left out."""
    pieces: list[str] = []

    def end_line() -> None:
        if pieces and not pieces[-1].endswith("\n"):
            pieces.append("\n")

    def add(inside: Iterable[Node]) -> None:
        for node in inside:
            if isinstance(node, str):
                pieces.append(node)
            elif node.tag == "br":
                pieces.append("\n")
            elif node.tag in _ALONE:
                end_line()
                add(() if without(node) else node.children)
                end_line()
            elif not without(node):
                add(node.children)

    add(nodes)
    return "".join(pieces)


def to_text(blocks: Iterable[Element], *, numbered: bool = True) -> str:
    """The blocks as plain text: quoted lines after >, items after - or their number, citations in brackets.

    Without numbers, items of all lists stand after -, as when words are counted: a number that a list gives is no word
    of the writer's.
    """
    return "\n".join(_lines(blocks, numbered=numbered))


def _lines(blocks: Iterable[Element], *, numbered: bool) -> list[str]:
    lines: list[str] = []
    for block in blocks:
        lines += [*([""] if lines else []), *_lines_of(block, numbered=numbered)]
    return lines


def _lines_of(block: Element, *, numbered: bool) -> list[str]:
    if block.tag == "blockquote":
        return [f"> {line}".rstrip() for line in _lines(block.elements, numbered=numbered)]
    if block.tag in ("ul", "ol"):
        first = int(block.attrs.get("start") or 1)
        has_numbers = numbered and block.tag == "ol"
        marks = (f"{number}. " if has_numbers else "- " for number in count(first))
        return [line for item in block.elements for line in _lines_of_item(item, next(marks), numbered=numbered)]
    if block.tag == "table":
        rows = find_all([block], "tr")
        return [" | ".join(text_of(cell.children) for cell in row.elements) for row in rows]
    return text_of(block.children).split("\n")


def _lines_of_item(item: Element, mark: str, *, numbered: bool) -> list[str]:
    """A list item: its mark, and further lines indented. A quotation at its start stays a quotation."""
    lines = [line for line in _lines(item.elements, numbered=numbered) if line]
    if not lines or lines[0].startswith(">"):
        mark = ""
    return [f"{'  ' if number else mark}{line}" for number, line in enumerate(lines)]


def _text_of_inline(node: Element) -> str:
    if node.tag == "br":
        return "\n"
    if node.tag == "img":
        return node.attrs["alt"]
    inside = text_of(node.children)
    return f"[{inside}]" if node.kind == "cited" else inside


def inline_html(node: Node) -> str:
    """The HTML of one node, with its text escaped."""
    if isinstance(node, str):
        return escape(node, quote=False)
    attrs = "".join(f' {name}="{escape(value)}"' for name, value in node.attrs.items())
    if node.tag in ("br", "img"):
        return f"<{node.tag}{attrs}>"
    return f"<{node.tag}{attrs}>{''.join(map(inline_html, node.children))}</{node.tag}>"


@lru_cache(maxsize=64)
def headings_below_title(html: str) -> str:
    """Our safe HTML for use below the title of a page: headings begin at the second level and skip no level."""
    first, second = html.find("<h3>"), html.find("<h4>")
    lift = 2 if second >= 0 and not 0 <= first < second else 1
    return _HEADING.sub(lambda tag: f"<{tag[1]}h{max(2, int(tag[2]) - lift)}>", html)

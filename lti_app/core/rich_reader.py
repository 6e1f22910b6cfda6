"""Reads any HTML, from an editor or the clipboard, into the regular tree of `rich_text`: safe and without empty
elements.
"""

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

from lti_app.core.cleaning import Cleaner
from lti_app.core.nesting import is_too_complex
from lti_app.core.prose import is_blank, keep_text
from lti_app.core.raised import RAISED, raised
from lti_app.core.rich_text import ATTRIBUTES, CLASSES, SCHEMES, Element, Node, bare_text, text_of

MARKS = {"strong": "strong", "b": "strong", "em": "em", "i": "em", "s": "s", "del": "s", "strike": "s", "code": "code"}
HEADINGS = {"h1": "h3", "h2": "h3", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
CONTAINERS = frozenset({"blockquote", "ul", "ol"})
BLOCKS = frozenset({"p", "div", "li", "pre", "table", *CONTAINERS, *HEADINGS})
OF_TABLES = frozenset({"thead", "tbody", "tfoot", "tr", "th", "td", "caption"})
MAX_NESTING = 6
"""How deep quotations and lists can be nested; deeper ones become part of the element around them."""
MAX_CELLS = 2_000
MAX_TAGS = 10_000
"""Of what somebody writes: to read an element takes as long as a hundred letters; whole pages have some hundreds."""
_MAX_PARSED_DEPTH = 100
"""The deepest element that is read: far deeper than any result, and not too deep for recursion."""
_MAX_ALT = 500
_SILENT = {"script", "style", "title", "template", "noscript", "iframe", "object", "svg", "math"}
_CLEANER = Cleaner(
    most_tags=MAX_TAGS,
    tags={"br", "a", "span", "img", *MARKS, *BLOCKS, *OF_TABLES, *RAISED},
    clean_content_tags=_SILENT,
    attributes=ATTRIBUTES,
    allowed_classes=CLASSES,
    url_schemes=SCHEMES,
    link_rel=None,
)
_OUTSIDE = re.compile(r"(?:https?://|mailto:)[^\s<>\"]+", re.IGNORECASE)
_POST = re.compile(r"/courses/\d{1,18}/discussions/\d{1,18}\?at=[\d.]{1,500}#p[\d.]{1,500}")
_PICTURE = re.compile(r"/courses/\d{1,18}/files/\d{1,18}/[\w.~%()-]{1,400}")
_SPACES = re.compile(r"[ \t\n\r\f]+")
_NUMBER = re.compile(r"[0-9]{1,18}")
_PLACES = ("data-page", "data-paragraph")
_IDS = ("data-id", "data-reading", *_PLACES, "data-passage")


def is_too_rich(html: str) -> bool:
    """Whether only the words of this HTML are read, since its markup would take too long."""
    return is_too_complex(html, most_tags=MAX_TAGS)


def read(html: str) -> list[Element]:
    """The blocks of any HTML: safe, in a regular form, without empty elements. Of what is too rich, the words."""
    return _blocks(parse(_CLEANER.clean(html)), 0)


def parse(html: str) -> list[Node]:
    """The tree of HTML that is already clean, such as that of a stored post, unchanged."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root.children


class _Reader(HTMLParser):
    """Builds the tree of cleaned HTML, in which every tag is closed in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("div")
        self.open = [self.root]
        self.ignored = 0
        """How many of the open tags are too deep to be read."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_void = tag in ("br", "img")
        if len(self.open) > _MAX_PARSED_DEPTH and not is_void:
            self.ignored += 1
            return
        element = Element(tag, {name: value or "" for name, value in attrs})
        if tag in BLOCKS:
            for above in reversed(self.open):
                if above.holds_blocks:
                    break
                above.holds_blocks = True
        self.open[-1].children.append(element)
        if not is_void:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if self.ignored:
            self.ignored -= 1
        elif tag == self.open[-1].tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        above = next((element.tag for element in reversed(self.open) if element.tag in RAISED), "")
        self.open[-1].children.append(raised(data, above) if above else data)


def _blocks(nodes: Iterable[Node], nesting: int) -> list[Element]:
    """Blocks and loose lines as blocks, without empty ones."""
    found: list[Element] = []
    line: list[Node] = []
    for node in [*nodes, None]:
        if node is not None and (isinstance(node, str) or not (node.tag in BLOCKS or node.holds_blocks)):
            line.append(node)
            continue
        found += _block("p", line)
        line = []
        if node is not None:
            found += _whole_block(node, nesting)
    return found


def _whole_block(node: Element, nesting: int) -> list[Element]:
    tag = node.tag
    if tag == "pre":
        return _code(node)
    if tag == "table":
        return _table(node)
    if tag in CONTAINERS and nesting < MAX_NESTING:
        return _container(node, nesting + 1)
    if node.holds_blocks or tag in CONTAINERS:
        return _blocks(node.children, nesting)
    if tag == "li" and nesting < MAX_NESTING:
        return _container(Element("ul", {}, [node]), nesting + 1)
    return _block(HEADINGS.get(tag, "p"), node.children)


def _container(node: Element, nesting: int) -> list[Element]:
    if node.tag == "blockquote":
        inside = _blocks(node.children, nesting)
        return [Element("blockquote", {}, [*inside])] if inside else []
    items: list[Node] = []
    for child in node.children:
        inner = child.children if isinstance(child, Element) and child.tag == "li" else [child]
        if blocks := _blocks(inner, nesting):
            items.append(Element("li", {}, [*blocks]))
    start = node.attrs.get("start", "") if node.tag == "ol" else ""
    attrs = {"start": start} if _NUMBER.fullmatch(start) and len(start) < 6 and start != "1" else {}
    return [Element(node.tag, attrs, items)] if items else []


def _code(node: Element) -> list[Element]:
    text = keep_text(bare_text([node])).strip("\n")
    return [] if is_blank(text) else [Element("pre", {}, [Element("code", {}, [text])])]


def _table(node: Element) -> list[Element]:
    """Rows of cells with plain lines; of a table within a cell only the words are kept."""
    rows: list[Node] = []
    cells = 0
    for row in _rows(node):
        found = [child for child in row.elements if child.tag in ("td", "th")]
        cells += len(found)
        if found and cells <= MAX_CELLS:
            rows.append(Element("tr", {}, [_cell(cell) for cell in found]))
    is_empty = is_blank(bare_text(rows))
    return [] if is_empty else [Element("table", {}, [Element("tbody", {}, rows)])]


def _cell(cell: Element) -> Element:
    line = _SPACES.sub(" ", keep_text(bare_text([cell]))).strip(" ")
    return Element(cell.tag, {}, [line] if line else [])


def _rows(node: Element) -> Iterator[Element]:
    for child in node.elements:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from _rows(child)


def _block(tag: str, nodes: Iterable[Node]) -> list[Element]:
    """A paragraph or heading, unless it has nothing visible."""
    line = _trimmed(_line(nodes, frozenset()))
    return [Element(tag, {}, line)] if _is_seen(line) else []


def _line(nodes: Iterable[Node], around: frozenset[str]) -> list[Node]:
    """The contents of a line, within these marks."""
    found: list[Node] = []
    for node in nodes:
        found += [node] if isinstance(node, str) else _inline(node, around)
    return _joined(found)


def _inline(node: Element, around: frozenset[str]) -> list[Node]:
    if node.tag == "br":
        return [Element("br")]
    if node.tag == "img":
        return _picture(node)
    if node.kind in ("cited", "mention"):
        return _chip(node)
    mark = MARKS.get(node.tag, "a" if node.tag == "a" and _link(node) else "")
    if not mark or mark in around:
        return _line(node.children, around)
    inside = _line(node.children, around | {mark})
    return [Element(mark, _link(node), inside)] if _is_seen(inside) else inside


def _link(node: Element) -> dict[str, str]:
    """The attributes of a link to the web or to a post here; empty for any other link."""
    href = node.attrs.get("href", "").strip() if node.tag == "a" else ""
    if _OUTSIDE.fullmatch(href):
        return {"href": href, "target": "_blank"}
    return {"class": "address", "href": href} if _POST.fullmatch(href) else {}


def _picture(node: Element) -> list[Node]:
    """A picture that was uploaded here and has a text alternative; all others are removed, and none is fetched."""
    alt = _SPACES.sub(" ", keep_text(node.attrs.get("alt", ""))).strip(" ")[:_MAX_ALT].strip(" ")
    src = node.attrs.get("src", "")
    return [Element("img", {"src": src, "alt": alt})] if _PICTURE.fullmatch(src) and not is_blank(alt) else []


def _chip(node: Element) -> list[Node]:
    """A chip, with its ids and its words."""
    words = _SPACES.sub(" ", keep_text(bare_text([node]))).strip(" ")
    ids = {name: value for name in _IDS if (value := keep_text(node.attrs.get(name, ""))[:40])}
    ids = {name: value for name, value in ids.items() if name in _PLACES or _NUMBER.fullmatch(value)}
    needed = "data-id" if node.kind == "mention" else "data-reading"
    if needed not in ids or is_blank(words):
        return [words] if words else []
    return [Element(node.tag, {"class": node.kind, **ids}, [words])]


def _joined(nodes: Iterable[Node]) -> list[Node]:
    """Joins adjacent texts, cleaned, with single spaces."""
    found: list[Node] = []
    for node in nodes:
        if isinstance(node, str) and found and isinstance(found[-1], str):
            found[-1] += node
        else:
            found.append(node)
    cleaned = (_SPACES.sub(" ", keep_text(node)) if isinstance(node, str) else node for node in found)
    return [node for node in cleaned if node != ""]


def _trimmed(line: list[Node]) -> list[Node]:
    """A line without spaces and line breaks at its ends, and without spaces around line breaks."""
    trimmed: list[Node] = []
    for number, node in enumerate(line):
        after_break = not trimmed or _is_break(trimmed[-1])
        before_break = number + 1 == len(line) or _is_break(line[number + 1])
        kept = _without_edges(node, start=after_break, end=before_break) if isinstance(node, str) else node
        if kept != "" and (trimmed or not _is_break(kept)):
            trimmed.append(kept)
    while trimmed and _is_break(trimmed[-1]):
        trimmed.pop()
    return _trimmed(trimmed) if trimmed != line else trimmed


def _without_edges(text: str, *, start: bool, end: bool) -> str:
    text = text.lstrip(" ") if start else text
    return text.rstrip(" ") if end else text


def _is_break(node: Node) -> bool:
    return isinstance(node, Element) and node.tag == "br"


def _is_seen(line: Iterable[Node]) -> bool:
    return not is_blank(text_of(line))

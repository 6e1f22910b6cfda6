"""Formatting in comments, as graders type it: **bold**, *italics*, lists with - or numbers, and web addresses."""

import re
from collections.abc import Iterator, Sequence

from lti_app.core.prose import find_addresses
from lti_app.core.rich_reader import read
from lti_app.core.rich_text import Element, Node, to_text, write

_ITEM = re.compile(r"[ ]{0,3}(?:(?P<bullet>[-*•])|(?P<number>[0-9]{1,3})[.)])[ ]+(?=\S)")
_MARK = re.compile(r"(\*{1,3})")
_TAGS = {"*": ("em",), "**": ("strong",), "***": ("strong", "em")}


def to_rich(text: str) -> str:
    """The safe HTML of a comment; empty where nothing in it is formatted, so that it is shown as it was typed."""
    blocks = list(_blocks(text.split("\n")))
    return write(blocks) if any(_is_formatted(block) for block in blocks) else ""


def to_plain(text: str, html: str) -> str:
    """The comment for where only plain text can be: without the marks of its formatting, lists with - and numbers."""
    return to_text(read(html)) if html else text


def _is_formatted(block: Element) -> bool:
    return block.tag != "p" or any(isinstance(node, Element) and node.tag != "br" for node in block.children)


def _blocks(lines: Sequence[str]) -> Iterator[Element]:
    """Paragraphs, which blank lines part, and lists."""
    paragraph: list[Node] = []
    items: Element | None = None
    for line in [*lines, ""]:
        item = _ITEM.match(line)
        tag = ("ul" if item["bullet"] else "ol") if item else ""
        if paragraph and (item or not line.strip()):
            yield Element("p", {}, paragraph)
            paragraph = []
        if items and items.tag != tag:
            yield items
            items = None
        if item:
            items = items or Element(tag, {"start": item["number"]} if item["number"] not in (None, "1") else {})
            items.children.append(Element("li", {}, [Element("p", {}, _inline(line[item.end() :]))]))
        elif line.strip():
            paragraph += [*([Element("br")] if paragraph else []), *_inline(line)]


def _inline(line: str) -> list[Node]:
    """A line with its emphasis and links. What stands between stars is emphasized if they touch it, and no word goes on
    outside of them.
    """
    pieces = _MARK.split(line)
    closes = _closings(pieces)
    nodes: list[Node] = []
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        end = closes.get(at)
        if end is None:
            nodes += _linked(piece)
            at += 1
            continue
        inside: list[Node] = [node for one in pieces[at + 1 : end] for node in _linked(one)]
        for tag in reversed(_TAGS[piece]):
            inside = [Element(tag, {}, inside)]
        nodes += inside
        at = end + 1
    return nodes


def _closings(pieces: Sequence[str]) -> dict[int, int]:
    """Of each mark that opens, where it closes: at the next mark of its kind that can."""
    next_close: dict[str, int] = {}
    found: dict[int, int] = {}
    for at in range(len(pieces) - 2, 0, -2):
        before, mark, after = pieces[at - 1], pieces[at], pieces[at + 1]
        if mark in next_close and after[:1].strip() and not before[-1:].isalnum():
            found[at] = next_close[mark]
        if before[-1:].strip() and not after[:1].isalnum():
            next_close[mark] = at
    return found


def _linked(text: str) -> list[Node]:
    return [
        Element("a", {"href": piece, "target": "_blank"}, [piece]) if is_address else piece
        for piece, is_address in find_addresses(text)
        if piece
    ]

"""Reads HTML as a browser would, as far as the tests of safety need it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_CITED = {"data-reading", "data-page", "data-paragraph", "data-passage"}
ALLOWED: dict[str, set[str]] = {
    **{tag: set() for tag in ("p", "br", "blockquote")},
    "a": {"href", "class", "target", "rel", *_CITED},
    "span": {"class", "data-id"},
}
"""What comes of plain text."""
ALLOWED_RICH = ALLOWED | {
    **{tag: set() for tag in ("h3", "h4", "strong", "em", "s", "code", "pre", "ul", "li")},
    **{tag: set() for tag in ("table", "tbody", "tr", "th", "td")},
    "ol": {"start"},
    "img": {"src", "alt"},
}
CLASSES = {"cited", "address", "mention"}
ADDRESSES = ("http://", "https://", "mailto:", "#reading-", "/courses/")


@dataclass
class Page:
    tags: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    text: str = ""


class _Reader(HTMLParser):
    def __init__(self, allowed: dict[str, set[str]]) -> None:
        super().__init__(convert_charrefs=True)
        self.page, self.allowed = Page(), allowed

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.allowed, f"the tag {tag} came through"
        assert {name for name, _ in attrs} <= self.allowed[tag], f"{attrs} came through"
        assert {value for name, value in attrs if name == "class"} <= CLASSES, f"{attrs} came through"
        self.page.pictures += [value or "" for name, value in attrs if name == "src"]
        self.page.tags.append(tag)
        self.page.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.page.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment came through: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration came through: {decl}")

    handle_pi = unknown_decl = handle_decl


def read_safe(html: str, allowed: dict[str, set[str]] = ALLOWED) -> Page:
    """What a browser would see; fails unless every tag, attribute and address is one of ours."""
    reader = _Reader(allowed)
    reader.feed(html)
    reader.close()
    for link in reader.page.links:
        assert link.startswith(ADDRESSES), f"the address {link} came through"
    for picture in reader.page.pictures:
        assert picture.startswith("/courses/"), f"the picture {picture} came through"
    return reader.page


def bare(text: str) -> str:
    """Text without spaces and quotation marks, which HTML renders in its own way."""
    return "".join(text.split()).replace(">", "")

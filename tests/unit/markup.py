"""Reads HTML as a browser would, as far as the tests of safety need it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

ALLOWED = {
    "p": set(),
    "br": set(),
    "blockquote": set(),
    "a": {"href", "class", "target", "rel"},
}


@dataclass
class Page:
    tags: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    text: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, f"the tag {tag} came through"
        assert {name for name, _ in attrs} <= ALLOWED[tag], f"{attrs} came through"
        self.page.tags.append(tag)
        self.page.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.page.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment came through: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration came through: {decl}")

    handle_pi = unknown_decl = handle_decl


def read_safe(html: str) -> Page:
    """What a browser would see; fails unless every tag, attribute and address is one of ours."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    for link in reader.page.links:
        assert link.startswith(("http://", "https://", "#reading-")), f"the address {link} came through"
    return reader.page


def bare(text: str) -> str:
    """Text without spaces and quotation marks, which HTML renders in its own way."""
    return "".join(text.split()).replace(">", "")

"""Whether it would take too long to read some HTML, found out by a look at its tags.

A parser of HTML looks through all open elements at many of the tags, so that its work grows with their number times the
depth. Here the tags are followed without building anything, in a time that grows with the length alone.
"""

import re

from lti_app.core.open_elements import ONCE, OpenElements

MAX_DEPTH = 200
"""Elements within one another."""
MAX_TAGS = 250_000
MAX_ATTRIBUTES = 200
"""Of one tag."""
MAX_MISPLACED = 1_000
"""Texts and elements right in a table or row, which are moved in front of the table."""
MAX_REFERENCES = 10**10
"""Characters that are passed again for the entities in a run of text: a parser looks at the whole run for each."""

_SPACE = r"[\t\n\f\r ]"
_NEXT = re.compile(rf"<(?:(/?)([a-zA-Z](?:(?!{_SPACE})[^/>])*)|(!--)|!\[CDATA\[|[!?/])")
_ATTRIBUTE = re.compile(
    rf"""[\t\n\f\r /]*+(?:([^\t\n\f\r />][^\t\n\f\r />=]*+){_SPACE}*+"""
    rf"""(?:={_SPACE}*+("[^"]*+"|'[^']*+'|[^\t\n\f\r >]*+))?+)?+"""
)
_COMMENT_END = re.compile("--!?>")
_IN_LINE = r"(?:[^<]++|<br>|<(?P<{0}>a|span|strong|em|s|code)(?: [a-z-]++=\"[^\"<>]*+\"){{0,9}}>[^<]*+</(?P={0})>)*+"
_OF_LINES = re.compile(
    rf"(?:<p>{_IN_LINE.format('mark')}</p>|<blockquote><p>{_IN_LINE.format('quoted')}</p></blockquote>)*+"
)
"""Paragraphs, in which nothing can go wrong: what our own text becomes, and most of what an editor sends."""
_RAW = ("script", "style", "xmp", "iframe", "noembed", "noframes", "noscript", "title", "textarea")
_RAW_END = {name: re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE) for name in _RAW}
_SCRIPT = re.compile("<script", re.IGNORECASE)


def is_too_complex(html: str, *, most_tags: int = MAX_TAGS) -> bool:
    """Whether reading this as HTML could take more time than is in proportion to its length, or has too many tags."""
    if html.count("<") > most_tags:
        return True
    if _OF_LINES.fullmatch(html) and html.count("&") * len(html) <= MAX_REFERENCES:
        return False
    return _Look(html).finds_too_much()


class _Look:
    """One look at a text, from its beginning to its end or to the first limit."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.elements = OpenElements()
        self.attributes: dict[str, str] = {}
        """Of the tag that is looked at."""
        self.of_once = 0
        """Attributes of the tags that are taken for one, such as each <body>."""
        self.misplaced = self.references = 0

    def finds_too_much(self) -> bool:
        """Whether a limit is reached on the way."""
        at = 0
        while found := _NEXT.search(self.html, at):
            self._pass_text(at, found.start())
            at = self._after(found)
            if at < 0 or self._is_at_a_limit():
                return True
        self._pass_text(at, len(self.html))
        return self._is_at_a_limit()

    def _is_at_a_limit(self) -> bool:
        return (
            self.elements.depth > MAX_DEPTH
            or max(len(self.attributes), self.of_once) > MAX_ATTRIBUTES
            or self.misplaced > MAX_MISPLACED
            or self.references > MAX_REFERENCES
        )

    def _pass_text(self, begin: int, end: int) -> None:
        if begin < end:
            self._count_references(begin, end)
            if not self.elements.is_foreign:
                self.elements.text()
            self.misplaced += self.elements.is_right_in_table and not self.html[begin:end].isspace()

    def _count_references(self, begin: int, end: int) -> None:
        self.references += self.html.count("&", begin, end) * (end - begin)

    def _after(self, found: re.Match[str]) -> int:
        """Follow a tag or a comment; returns where to go on, -1 where nobody can tell."""
        self.attributes = {}
        if not found[2]:
            return self._end_of_comment(found)
        name, at = found[2].lower(), self._end_of_tag(found.end())
        if found[1]:
            self.elements.end(name)
            return at
        was_foreign = self.elements.is_foreign
        self.misplaced += self.elements.is_right_in_table and not self.elements.takes(name)
        self.of_once += len(self.attributes) if name in ONCE else 0
        self.elements.begin(name, self.attributes, closes_itself=self.html.startswith("/>", at - 2))
        if was_foreign:
            return at
        return len(self.html) if name == "plaintext" else self._end_of_raw(name, at) if name in _RAW else at

    def _end_of_tag(self, at: int) -> int:
        """Where a tag ends; reads its attributes, as far as there are not too many."""
        while at < len(self.html) and self.html[at] != ">" and len(self.attributes) <= MAX_ATTRIBUTES:
            attribute = _ATTRIBUTE.match(self.html, at)
            if attribute is None:
                break
            self._count_references(at, attribute.end())
            at = attribute.end()
            if attribute[1]:
                self.attributes.setdefault(attribute[1].lower(), (attribute[2] or "").strip("\"'").lower())
        return min(at + 1, len(self.html))

    def _end_of_comment(self, found: re.Match[str]) -> int:
        """Where a comment ends, or what is taken for one."""
        at = found.end()
        if found[3]:
            if self.html.startswith((">", "->"), at):
                return self.html.index(">", at) + 1
            end_of_comment = _COMMENT_END.search(self.html, at)
            return end_of_comment.end() if end_of_comment else len(self.html)
        closing = "]]>" if "[" in found[0] and self.elements.is_foreign else ">"
        end = self.html.find(closing, at)
        return end + len(closing) if end >= 0 else len(self.html)

    def _end_of_raw(self, name: str, at: int) -> int:
        """Past text in which there are no tags. A script in a comment in a script ends nobody knows where."""
        end = _RAW_END[name].search(self.html, at)
        stop = end.start() if end else len(self.html)
        comment = self.html.find("<!--", at, stop) if name == "script" else -1
        return -1 if comment >= 0 and _SCRIPT.search(self.html, comment, stop) else stop

"""Wrap the long lines of templates where a line break changes nothing on the page.

Formatters of HTML move white space that shows, and make pages larger. This breaks a line only between the attributes of
a tag, between the words of a Jinja expression, and behind a Jinja block whose line end Jinja takes away; afterwards it
proves that Jinja reads the same template. `check.py --fix` runs it.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment

ROOT = Path(__file__).resolve().parents[2]
LENGTH = 120
SHORTEST = 50
FOLDERS = {ROOT / "templates": True, ROOT / "lti_app" / "practice_lms" / "templates": False}
"""Where templates are, and whether their environment takes the line end behind a block away."""
_PIECE = re.compile(r"""\{#.*?#\}|\{\{(?:"[^"]*"|'[^']*'|.)*?\}\}|\{%(?:"[^"]*"|'[^']*'|.)*?%\}|.""", re.DOTALL)
_WORD = re.compile(r"""\"[^"]*\"|'[^']*'| """)
BLOCK, ATTRIBUTE, CLAUSE, WORD, NAME = range(1, 6)
"""The places where a line may be broken, the best first."""
_CLAUSE = re.compile(r" (?:and|or|if|else) ")


def wrap(text: str, *, trims: bool) -> str:
    """The template with lines of at most LENGTH characters, as far as there are places to break them."""
    places = dict(_places(text, trims=trims))
    lines: list[str] = []
    start = 0
    for line in text.split("\n"):
        own = {at - start: kind for at, kind in places.items() if start < at < start + len(line)}
        lines += _wrapped(line, own)
        start += len(line) + 1
    return "\n".join(lines)


def is_same(one: str, other: str, *, trims: bool) -> bool:
    """Whether Jinja reads the same of both, a line end in a tag being as good as a space."""
    environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True)
    environment.trim_blocks = environment.lstrip_blocks = trims
    read = (repr(environment.parse(text)).replace("\\n", " ") for text in (one, other))
    return next(read) == next(read)


def _wrapped(line: str, places: dict[int, int]) -> Iterator[str]:
    done, indent = 0, ""
    while len(indent) + len(line) - done > LENGTH:
        fitting = [at for at in places if SHORTEST < at - done + len(indent) <= LENGTH]
        later = [at for at in places if at - done + len(indent) > LENGTH]
        if not fitting and not later:
            break
        at = min(fitting, key=lambda at: (places[at], -at)) if fitting else min(later)
        yield indent + line[done:at]
        indent = "  " if places[at] in (CLAUSE, WORD) else ""
        done = at if places[at] == BLOCK else at + 1
    yield indent + line[done:]


def _places(text: str, *, trims: bool) -> Iterator[tuple[int, int]]:
    """Each place where a line may be broken, and its kind."""
    html = _Html(text)
    for piece in _PIECE.finditer(text):
        if piece[0].startswith(("{{", "{%", "{#")):
            yield from _within_jinja(piece)
            if trims and piece[0].endswith("%}") and not text[piece.end() : piece.end() + 1].isspace():
                yield piece.end(), BLOCK
        elif len(piece[0]) == 1 and (kind := html.kind_of_place(piece[0], piece.start())):
            yield piece.start(), kind


def _within_jinja(piece: re.Match[str]) -> Iterator[tuple[int, int]]:
    inner = piece[0][3:-3]
    for found in _WORD.finditer(inner):
        if found[0] == " ":
            begins_clause = inner[found.start() - 1] == "," or _CLAUSE.match(inner, found.start())
            yield piece.start() + 3 + found.start(), CLAUSE if begins_clause else WORD


class _Html:
    """Follows HTML character by character, with Jinja left out, to know where the attributes of a tag are parted."""

    def __init__(self, text: str) -> None:
        self._text, self._tag, self._quote = text, 0, ""

    def kind_of_place(self, ch: str, at: int) -> int:
        """The kind of place that a character is; 0 for none."""
        if not self._tag:
            self._tag = at + 1 if ch == "<" and self._text[at + 1 : at + 2].isalpha() else 0
        elif self._quote or ch in "\"'":
            self._quote = "" if ch == self._quote else self._quote or ch
        elif ch == ">":
            self._tag = 0
        elif ch == " " and self._text[at - 2 : at] != "%}":
            return NAME if self._text[self._tag : at].isalnum() else ATTRIBUTE
        return 0


def templates() -> Iterator[tuple[Path, bool]]:
    """Every template, and whether its environment takes the line end behind a block away."""
    for folder, trims in FOLDERS.items():
        for path in sorted(folder.rglob("*.html")):
            yield path, trims


def main() -> None:
    """Wrap every template; end with status 1 if one would be another template then."""
    for path, trims in templates():
        text = path.read_text(encoding="utf-8")
        wrapped = wrap(text, trims=trims)
        if not is_same(text, wrapped, trims=trims):
            sys.exit(f"{path} would not be the same template")
        if wrapped != text:
            path.write_text(wrapped, encoding="utf-8")


if __name__ == "__main__":
    main()

"""Plain text to safe HTML: paragraphs, quoted lines and links. The one place where outside text becomes markup."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from html import escape

import nh3

_CLEANER = nh3.Cleaner(
    tags={"p", "br", "blockquote", "a", "span"},
    attributes={
        "a": {"href", "class", "target", "data-reading", "data-page", "data-paragraph", "data-passage"},
        "span": {"class", "data-id"},
    },
    url_schemes={"http", "https"},
    link_rel="noopener nofollow ugc",
)
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]}’”]")
_WORD = re.compile(r"[^\W_]+(?:['’\-‑–.][^\W_]+)*")
_KEPT_CONTROLS = "\n\t"
_PLAIN = re.compile(r"[\n\t -~]*")
"""Text of which everything is kept as it is: no need to look at each letter."""
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of the text that follows them, also where it is not the writer's."""
_NOT_KEPT = ("Cc", "Cs", "Cn")
_WITHIN_WORDS = ("Mn", "Mc", "Me", "Cf")
_INVISIBLE = ("Cf", "Zs", "Zl", "Zp", "Cc")

InlineRenderer = Callable[[str], str]
"""Turns one run of raw text into HTML; must escape what it does not replace."""


def clean_text(text: str) -> str:
    """Outside text as we keep it: NFC, one kind of line end, no control characters, no blank edges.

    Text of which nothing can be seen is empty.
    """
    kept = keep_text(text).strip()
    return "" if is_blank(kept) else kept


def clean_line(text: str, length: int | None = None) -> str:
    """Outside text as one line: cleaned like `clean_text`, each run of white space one space, at most `length` long."""
    return " ".join(clean_text(text).split())[:length].rstrip()


def keep_text(text: str) -> str:
    """The same for a piece of a text, whose edges stand."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _PLAIN.fullmatch(text):
        return text
    return unicodedata.normalize("NFC", "".join(ch for ch in text if ch in _KEPT_CONTROLS or _is_kept(ch)))


def is_blank(text: str) -> bool:
    """Whether nothing of it can be seen."""
    return all(unicodedata.category(ch) in _INVISIBLE for ch in text)


def count_words(text: str) -> int:
    """How many words of one's own: lines quoted with > do not count.

    Vowel signs, accents and joiners belong to their word; else most scripts of India would count each word several
    times, and a soft hyphen would make two words of one.
    """
    own = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith(">"))
    plain = own.isascii()
    letters = own if plain else "".join(ch for ch in own if unicodedata.category(ch) not in _WITHIN_WORDS)
    return len(_WORD.findall(letters))


def to_html(text: str, inline: InlineRenderer | None = None) -> str:
    """Safe HTML of plain text: blank lines part paragraphs, lines after > are quotations, addresses become links."""
    render = inline or link_addresses
    blocks = re.split(r"\n\s*\n", clean_text(text))
    return sanitise("".join(_block(block, render) for block in blocks if block.strip()))


def sanitise(html: str) -> str:
    """Only what our allow-list knows; everything else loses its markup."""
    return _CLEANER.clean(html)


def link_addresses(text: str) -> str:
    """Escape a run of text and make its http(s) addresses links."""
    parts: list[str] = []
    for piece, is_address in find_addresses(text):
        shown = escape(piece)
        parts.append(f'<a href="{shown}" target="_blank">{shown}</a>' if is_address else shown)
    return "".join(parts)


def find_addresses(text: str) -> Iterator[tuple[str, bool]]:
    """The pieces of a text in their order, and of each whether it is an http(s) address."""
    end = 0
    for match in _LINK.finditer(text):
        yield text[end : match.start()], False
        yield match.group(), True
        end = match.end()
    yield text[end:], False


def _is_kept(ch: str) -> bool:
    return unicodedata.category(ch) not in _NOT_KEPT and ch not in TURNING


def _block(block: str, render: InlineRenderer) -> str:
    """One paragraph, or a run of quoted and plain lines kept in their order."""
    html: list[str] = []
    lines: list[str] = []
    quoted = False
    for line in [*block.split("\n"), None]:
        is_quote = line is not None and line.lstrip().startswith(">")
        if lines and (line is None or is_quote != quoted):
            html.append(_paragraph(lines, render, quoted=quoted))
            lines = []
        if line is not None:
            quoted = is_quote
            lines.append(line.lstrip().removeprefix(">").lstrip() if is_quote else line)
    return "".join(html)


def _paragraph(lines: list[str], render: InlineRenderer, *, quoted: bool) -> str:
    body = "<br>".join(render(line) for line in lines)
    return f"<blockquote><p>{body}</p></blockquote>" if quoted else f"<p>{body}</p>"

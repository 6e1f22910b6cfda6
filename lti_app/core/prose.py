"""Plain text to safe HTML: paragraphs, quoted lines and links. The one place where outside text becomes markup."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from html import escape
from typing import Literal

import regex

from lti_app.core.cleaning import Cleaner

_CLEANER = Cleaner(
    tags={"p", "br", "blockquote", "a", "span"},
    attributes={
        "a": {"href", "class", "target", "data-reading", "data-page", "data-paragraph", "data-passage"},
        "span": {"class", "data-id"},
    },
    url_schemes={"http", "https"},
    link_rel="noopener nofollow ugc",
)
_WIDE = "，。、；：！？（）「」『』【】《》〈〉〔〕…“”"
"""Marks that end an address where no space does, as in Chinese and Japanese."""
_LINK = re.compile(rf"https?://[^\s<>\"'{_WIDE}]+[^\s<>\"'.,;:!?)\]}}’{_WIDE}]")
_UNSPACED = r"\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Bopomofo}ー"
_SELDOM_SPACED = r"\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}"
_SPACED = rf"(?:(?![{_UNSPACED}{_SELDOM_SPACED}])[\p{{L}}\p{{N}}])+"
_WORD = regex.compile(
    rf"(?P<spaced>{_SPACED}(?:(?:['’\-‑–.]|(?<=\p{{N}})[,٫٬](?=\p{{N}})){_SPACED})*)"
    rf"|(?P<unspaced>(?=[\p{{L}}\p{{N}}])[{_UNSPACED}])"
    rf"|(?P<seldom>(?:(?=[\p{{L}}\p{{N}}])[{_SELDOM_SPACED}])+)"
)
"""What `js/words.js` counts as well. The letters of `regex` are those of the newest Unicode, as the browser’s are."""
_LETTERS_A_WORD = 4
"""In scripts that put spaces between sentences rather than words."""
_ADDRESS = regex.compile(
    rf"(?:[Hh][Tt]{{2}}[Pp][Ss]?://|[Ww]{{3}}\.|[Dd][Oo][Ii]:\s?10\.)[^\s{_WIDE}]+"
    r"|(?<![A-Za-z0-9_.+%\-])[A-Za-z0-9_.+%\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+"
)
"""Its letters are those of ASCII alone: without regard to case, İ would be one of them here and not in browsers."""
_PLAIN = re.compile(r"[\n\t -~]*")
"""Matches text that needs no cleaning, which saves checking each letter."""
MAX_MARKS = 30
"""Accents and the like on one letter."""
_JOINER = "\u034f"
_MANY_MARKS = re.compile(rf"[^\w\s\x00-\u02ff]{{{MAX_MARKS + 1},}}")
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that change the direction of all text that follows them, even of other writers."""
_NOT_KEPT = regex.compile(rf"(?![\n\t])\p{{Cc}}|[\p{{Cs}}\p{{Noncharacter_Code_Point}}{''.join(sorted(TURNING))}]")
_EUROPEAN_MARKS = r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_OTHER_MARKS = r"(?:(?![\u0f00-\u0fff])[\p{M}\u200c\u200d])"
_STACKED = regex.compile(rf"({_EUROPEAN_MARKS}{{4}}){_EUROPEAN_MARKS}++|({_OTHER_MARKS}{{8}}){_OTHER_MARKS}++")
"""More marks on one letter than any language has: four where accents are stacked, eight with the vowels and medial
consonants of Burmese. Tibetan stacks its consonants, which are marks for Unicode."""
_WITHIN_WORDS = regex.compile(r"[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}]+")
_LETTER = regex.compile(r"\X")
_INVISIBLE = regex.compile(r"[\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*")
"""Spaces, marks for the typesetter, and letters that nobody can see, such as the fillers of Korean and Braille."""

InlineRenderer = Callable[[str], str]
"""Turns plain text into HTML; must escape everything that it does not replace."""


def clean_text(text: str) -> str:
    """The stored form of text from outside: NFC, \n line ends, no control characters, no blank edges. Text without any
    visible character becomes empty.
    """
    kept = keep_text(text).strip()
    return "" if is_blank(kept) else kept


def clean_line(text: str, length: int | None = None) -> str:
    """Text from outside as one line: cleaned like `clean_text`, with single spaces, cut after `length` characters."""
    line = " ".join(clean_text(text).split())
    return line if length is None else cut(line, length)


def cut(text: str, length: int) -> str:
    """The beginning of a text, of at most `length` characters and without half a letter or emoji at its end."""
    if len(text) <= length:
        return text
    end = 0
    for letter in _LETTER.finditer(text):
        if letter.end() > length:
            break
        end = letter.end()
    return text[: end or length].rstrip()


def keep_text(text: str) -> str:
    """Cleans a piece of a text like `clean_text`, but keeps spaces at its ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _PLAIN.fullmatch(text):
        return text
    return normalized("NFC", unstacked(_NOT_KEPT.sub("", text)))


def unstacked(text: str) -> str:
    """The text without marks that are stacked higher than any language does, so that they cover what is above them."""
    return text if text.isascii() else _STACKED.sub(lambda found: found[1] or found[2], text)


def normalized(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """Text in one of Unicode's normal forms.

    Marks on one letter are sorted, which takes the square of their number; so after each 30 of them, of which no
    language has as many, a joiner that cannot be seen begins anew (Unicode Standard Annex #15, Stream-Safe Text).
    """
    return unicodedata.normalize(form, text if text.isascii() else _MANY_MARKS.sub(_parted, text))


def _parted(found: re.Match[str]) -> str:
    parts: list[str] = []
    marks = 0
    for ch in found[0]:
        marks = marks + 1 if unicodedata.combining(ch) else 0
        if marks > MAX_MARKS:
            parts.append(_JOINER)
            marks = 1
        parts.append(ch)
    return "".join(parts)


def is_blank(text: str) -> bool:
    """Whether it has no visible character."""
    return bool(_INVISIBLE.fullmatch(text))


def count_words(text: str) -> int:
    """The number of the writer's own words: lines quoted with > do not count.

    Vowel signs, accents and joiners belong to their word. Otherwise each word in most scripts of India would count
    several times, and a soft hyphen would split a word in two. An address is one word, and so is a number such as
    1,000. Where words are not parted by spaces, each Chinese or Japanese character is one, and every four letters of
    Thai, Lao, Khmer and Burmese.
    """
    own = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith(">"))
    letters = own if own.isascii() else _WITHIN_WORDS.sub("", own)
    found = _WORD.finditer(_ADDRESS.sub(" address ", letters))
    return sum(-(-len(each[0]) // _LETTERS_A_WORD) if each.lastgroup == "seldom" else 1 for each in found)


def to_html(text: str, inline: InlineRenderer | None = None) -> str:
    """Safe HTML for plain text: blank lines separate paragraphs, lines after > are quotations, addresses are links."""
    render = inline or link_addresses
    blocks = re.split(r"\n\s*\n", clean_text(text))
    return sanitise("".join(_block(block, render) for block in blocks if block.strip()))


def sanitise(html: str) -> str:
    """Remove all markup that is not on our allow-list."""
    return _CLEANER.clean(html)


def link_addresses(text: str) -> str:
    """Escape text and turn its http(s) addresses into links."""
    parts: list[str] = []
    for piece, is_address in find_addresses(text):
        shown = escape(piece)
        parts.append(f'<a href="{shown}" target="_blank">{shown}</a>' if is_address else shown)
    return "".join(parts)


def find_addresses(text: str) -> Iterator[tuple[str, bool]]:
    """The pieces of a text in order, each with whether it is an http(s) address."""
    end = 0
    for match in _LINK.finditer(text):
        yield text[end : match.start()], False
        yield match.group(), True
        end = match.end()
    yield text[end:], False


def _block(block: str, render: InlineRenderer) -> str:
    """One paragraph, or quoted and plain lines in their order."""
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

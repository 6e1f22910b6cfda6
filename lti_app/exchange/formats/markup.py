"""What is markup in a text and what only looks like it: an angle bracket begins a tag where a whole tag of HTML stands.

In "managers <i.e. doers> lead", "a < b" and "<ana@example.edu>" there is none. Everything here takes a time in
proportion to the length of the text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


VOID = _names(
    """
    area base br col embed hr img input link meta param source track wbr
    """
)
LINES = _names(
    """
    address article aside blockquote body caption center col colgroup dd details dir div dl dt fieldset
    figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav
    noframes ol optgroup option p pre section summary table tbody td tfoot th thead tr ul
    """
)
"""Elements that begin and end lines."""
_END_BY_THEMSELVES = _names(
    """
    p li td th tr dt dd thead tbody tfoot option colgroup html body head
    """
)
_INLINE = _names(
    """
    a abbr acronym applet area audio b base basefont bdi bdo big br button canvas cite code data datalist del
    dfn dialog em embed font head i iframe img input ins kbd label link map mark marquee meta meter nobr
    noembed noscript object output param picture progress q rb rp rt rtc ruby s samp script search select slot
    small source span strike strong style sub sup svg template textarea time title track tt u var video wbr
    xmp
    """
)
_OF_MATHEMATICS = _names(
    """
    math annotation annotation-xml maction menclose merror mfenced mfrac mi mmultiscripts mn mo mover mpadded
    mphantom mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover
    semantics none mprescripts
    """
)
_OF_DRAWINGS = _names(
    """
    circle clippath defs desc ellipse g line lineargradient mask path polygon polyline rect stop text tspan
    use
    """
)
_HTML = VOID | LINES | _INLINE | _OF_MATHEMATICS
_OFFICE = re.compile(r"(?:[ovwmx]|st1):[a-z]{1,30}")
_BARE = _names(
    """
    allowfullscreen async autoplay checked compact controls default defer disabled download hidden inert ismap
    loop mozallowfullscreen multiple muted nohref noshade novalidate nowrap open playsinline readonly required
    reversed selected webkitallowfullscreen
    """
)
"""Attributes that need no value."""
_BEGIN = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30})(?=[\s/>])")
_ATTRIBUTE = re.compile(r"""[\s/]*+([^\s<>"'/=]++)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s<>"'=`]++))?+""")
_END = re.compile(r"[\s/]*+>")
_BREAKS = re.compile(r"\r\n?|\x0b|\x0c|\x85|\u2028")
_BLANK_LINE = re.compile(r"\n[ \t\xa0]*+(?:\n[ \t\xa0]*+)+")
_ENTITY = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]{1,30}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
_MAX_ATTRIBUTES = 100
_MAX_TAG = 200_000
"""Characters; a picture can stand in its tag."""


@dataclass(frozen=True)
class Piece:
    """A piece of a text: a tag or a comment as it stands there, or the characters between two of them."""

    text: str
    tag: str = ""
    """Its name in small letters; empty for text, "!" for a comment or a declaration."""
    closes: bool = False
    attrs: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str:
        """An attribute, with its entities read; empty where there is none."""
        return next((unescape(value) for key, value in self.attrs if key == name), "")


def pieces_of(text: str) -> list[Piece]:
    """The whole text in pieces, in order."""
    found: list[Piece] = []
    at = begin = 0
    ends = _Ends(text)
    while (at := text.find("<", at)) >= 0:
        piece = _tag_at(text, at, ends)
        if piece is None:
            at += 1
            continue
        if at > begin:
            found.append(Piece(text[begin:at]))
        found.append(piece)
        at = begin = at + len(piece.text)
    if begin < len(text):
        found.append(Piece(text[begin:]))
    return found


def one_line_ends(text: str) -> str:
    """The text with one kind of line end; a paragraph separator of Unicode becomes a blank line."""
    return _BREAKS.sub("\n", text).replace("\u2029", "\n\n")


def plain_of_entities(text: str) -> str:
    """Text in which characters of HTML are written by name or number, as programs do that store no markup."""
    return _ENTITY.sub(lambda entity: unescape(entity[0]), text)


def guessed_html(text: str) -> str | None:
    """The HTML of a text that does not say what it is; None if it is plain text."""
    pieces = pieces_of(one_line_ends(text))
    paired = _paired(pieces)
    if not paired:
        return None
    return with_paragraphs(
        [piece if not piece.tag or nth in paired else Piece(piece.text) for nth, piece in enumerate(pieces)]
    )


def html_of(pieces: Sequence[Piece]) -> str:
    """HTML in which all that is no tag is text."""
    return "".join(piece.text if piece.tag else _shown(piece.text) for piece in pieces if piece.tag != "!")


def with_paragraphs(pieces: Sequence[Piece]) -> str:
    """HTML in which blank lines part paragraphs, also between and within elements.

    Single line breaks are kept where the text has no other sign for them.
    """
    tags = {piece.tag for piece in pieces}
    keeps_breaks = not tags & {"br", "p"}
    html: list[str] = []
    raw = 0
    previous = ""
    for piece in pieces:
        if piece.tag in ("pre", "textarea", "script", "style", "table"):
            raw += -1 if piece.closes else 1
        if piece.tag:
            html.append("" if piece.tag == "!" else piece.text)
            previous = piece.tag if piece.tag in LINES else previous if piece.tag == "!" else ""
        elif raw > 0:
            html.append(_shown(piece.text))
        else:
            html.append(_paragraphs(piece.text, keeps_breaks=keeps_breaks, after_line=bool(previous)))
            previous = "" if piece.text.strip() else previous
    return "".join(html)


def _paragraphs(text: str, *, keeps_breaks: bool, after_line: bool) -> str:
    if not text.strip():
        # Between two elements of a line a blank line parts them; between blocks it says nothing.
        return text if after_line or not _BLANK_LINE.search(text) else "</p><p>"
    text = text.lstrip("\n") if after_line else text
    parts = [_shown(part) for part in _BLANK_LINE.split(text)]
    return "</p><p>".join(part.replace("\n", "<br>") if keeps_breaks else part for part in parts)


def _shown(text: str) -> str:
    """The text between tags, in which entities are meant and other signs stand for themselves."""
    return text.replace("<", "&lt;").replace(">", "&gt;")


class _Ends:
    """Where comments and declarations end; each sign is looked for once behind the last place."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.next: dict[str, int] = {}

    def after(self, sign: str, at: int) -> int:
        """The place behind the next such sign; -1 for none."""
        found = self.next.get(sign, 0)
        if 0 <= found < at:
            found = self.text.find(sign, at)
            self.next[sign] = found
        return found + len(sign) if found >= 0 else -1


def _tag_at(text: str, at: int, ends: _Ends) -> Piece | None:
    if text.startswith("<!--", at):
        end = ends.after("-->", at + 2)
        return Piece(text[at:end], "!") if end > 0 else None
    if text.startswith(("<!doctype ", "<!DOCTYPE ", "<![CDATA[", "<?xml"), at):
        end = ends.after("]]>" if text.startswith("<![", at) else ">", at)
        return Piece(text[at:end], "!") if end > 0 else None
    begun = _BEGIN.match(text, at)
    if begun is None:
        return None
    name = begun[2].lower()
    if name not in _HTML and name not in _OF_DRAWINGS and not _OFFICE.fullmatch(name):
        return None
    return _whole_tag(text, at, begun.end(), name, closes=bool(begun[1]))


def _whole_tag(text: str, at: int, end: int, name: str, *, closes: bool) -> Piece | None:
    """The tag, if it ends, and has such attributes as tags have."""
    attrs: list[tuple[str, str]] = []
    bare: list[str] = []
    while not (closing := _END.match(text, end)):
        found = _ATTRIBUTE.match(text, end)
        if found is None or closes or len(attrs) + len(bare) > _MAX_ATTRIBUTES or found.end() - at > _MAX_TAG:
            return None
        end = found.end()
        if found[2] is None:
            bare.append(found[1].lower())
        else:
            attrs.append((found[1].lower(), found[2].strip("\"'") if found[2][0] in "\"'" else found[2]))
    if not attrs and not _BARE.issuperset(bare) and not all(word.startswith(("data-", "aria-")) for word in bare):
        return None
    if (name in _OF_DRAWINGS or name == "a") and not attrs and not closes and name != "g":
        return None
    return Piece(text[at : closing.end()], name, closes=closes, attrs=tuple(attrs))


def _paired(pieces: Sequence[Piece]) -> set[int]:
    """Which tags belong to elements: void ones, those with both tags, paragraphs and items that begin a line."""
    found: set[int] = set()
    comments: set[int] = set()
    opened: dict[str, list[int]] = {}
    for nth, piece in enumerate(pieces):
        if piece.tag == "!":
            comments.add(nth)
        elif piece.tag in VOID or piece.text.endswith("/>"):
            found.add(nth)
        elif piece.tag and not piece.closes:
            opened.setdefault(piece.tag, []).append(nth)
        elif piece.tag and opened.get(piece.tag):
            found.update((nth, opened[piece.tag].pop()))
    for nth in _at_line_starts(pieces, opened):
        found.add(nth)
    return found | comments if found or comments else set()


def _at_line_starts(pieces: Sequence[Piece], opened: dict[str, list[int]]) -> Iterator[int]:
    for name in _END_BY_THEMSELVES & opened.keys():
        befores = [pieces[nth - 1] if nth else Piece("", "!") for nth in opened[name]]
        if any(before.tag or before.text.rstrip(" \t").endswith("\n") for before in befores):
            yield from opened[name]

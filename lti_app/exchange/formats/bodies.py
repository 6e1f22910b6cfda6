"""What an entry says, as plain text or as HTML, with words in the place of all that cannot come along."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import unquote

from lti_app.core.prose import clean_line, is_blank
from lti_app.core.rich_reader import BLOCKS, OF_TABLES
from lti_app.exchange.formats.entries import Entry, Fault, Markup
from lti_app.exchange.formats.markup import (
    LINES,
    VOID,
    Piece,
    guessed_html,
    html_of,
    one_line_ends,
    pieces_of,
    plain_of_entities,
    with_paragraphs,
)

ENGLISH: Mapping[Fault, str] = {
    Fault.PICTURE: "Picture",
    Fault.VIDEO: "Video",
    Fault.AUDIO: "Audio",
    Fault.EQUATION: "Equation",
    Fault.FILE: "File",
    Fault.EMBEDDED: "Embedded content",
}
"""What stands before the name of something that cannot come along."""
MAX_LOST_NAME = 300
_KEPT_LINES = BLOCKS | OF_TABLES
_SILENT = frozenset(["script", "style", "template", "noscript", "title", "head"])
_SPOKEN = frozenset(["emoticon", "emoji", "wp-smiley", "smiley", "icon-emoji"])
_FILE_LINK = re.compile(r"pluginfile\.php/|@@PLUGINFILE@@|/files/\d{1,18}(?:/download|/preview|\?|$)")
_OWN_FILE = re.compile(
    r"(?![a-z][a-z0-9+.\-]{1,20}:|//|#)[^?#]{0,400}\.(?:pdf|docx?|pptx?|xlsx?|od[tsp]|rtf|txt|csv|zip|epub|pages|key|numbers"
    r"|png|jpe?g|gif|webp|heic|svg|mp[34]|m4[av]|mov|webm|wav|ogg)",
    re.IGNORECASE,
)
"""The address of a file beside the page that it stands in, which leads nowhere from here."""
_VIDEO_HOSTS = re.compile(
    r"//(?:[\w-]{1,40}\.){0,4}(?:youtube(?:-nocookie)?\.com|youtu\.be|vimeo\.com|dailymotion\.com|wistia\.\w{2,4}"
    r"|kaltura\.com|panopto\.\w{2,4}|loom\.com|ted\.com|bilibili\.com|mediasite\.\w{2,4}|screencast\.com)/"
    r"|/media_(?:objects|attachments)_?\w{0,8}/"
)
_AUDIO_HOSTS = re.compile(r"//(?:[\w-]{1,40}\.){0,4}(?:soundcloud\.com|spotify\.com|mixcloud\.com|anchor\.fm)/")
_SHORTCODE = re.compile(
    r"\[(/?)(caption|wp_caption|embed|gallery|video|audio|playlist|youtube|vimeo)\b([^\[\]<>]{0,600})\]", re.IGNORECASE
)
_SHORT_SOURCE = re.compile(r"""(?:src|mp4|m4v|webm|ogv|mp3|m4a|ogg|wav|url)=["']?([^\s"']{1,400})""")
_LATEX = re.compile(r"^\s*LaTeX:\s*", re.IGNORECASE)
_OF_TEX = "application/x-tex"


@dataclass(frozen=True)
class Body:
    """The text of an entry."""

    text: str
    is_html: bool = False
    lost: tuple[tuple[Fault, str], ...] = ()
    """What is named in it because it cannot come along: what, and its name."""
    is_empty: bool = False


def body_of(entry: Entry, words: Mapping[Fault, str] = ENGLISH) -> Body:
    """The text of an entry in its final form, with `words` before the names of what is lost."""
    lost: list[tuple[Fault, str]] = []
    html = _as_html(entry)
    if html is None:
        text = one_line_ends(entry.text)
        text = plain_of_entities(text) if entry.markup is Markup.UNKNOWN else text
    else:
        text = _Translation(words, lost, reads_codes=entry.markup is Markup.WORDPRESS).of(pieces_of(html))
    is_empty = is_blank(text) if html is None else is_blank(unescape("".join(_texts(text))))
    for name in entry.files:
        lost.append((Fault.FILE, shown := clean_line(name, MAX_LOST_NAME)))
        mark = _mark(words[Fault.FILE], shown)
        text += f"<p>{escape(mark, quote=False)}</p>" if html is not None else f"\n\n{mark}"
    return Body(text, html is not None, tuple(lost), is_empty and not lost)


def _as_html(entry: Entry) -> str | None:
    if entry.markup is Markup.TEXT:
        return None
    if entry.markup is Markup.UNKNOWN:
        return guessed_html(entry.text)
    pieces = pieces_of(one_line_ends(entry.text))
    return with_paragraphs(pieces) if entry.markup is Markup.WORDPRESS else html_of(pieces)


def _texts(html: str) -> Iterator[str]:
    return (piece.text for piece in pieces_of(html) if not piece.tag)


def _mark(word: str, name: str) -> str:
    return f"[{word}: {name}]" if name else f"[{word}]"


class _Translation:
    """Writes the pieces of foreign HTML anew: what cannot come along by its name, and other blocks as plain ones."""

    def __init__(self, words: Mapping[Fault, str], lost: list[tuple[Fault, str]], *, reads_codes: bool) -> None:
        self.words, self.lost, self.reads_codes = words, lost, reads_codes
        self.pieces: Sequence[Piece] = ()
        self.ends: dict[str, list[int]] = {}
        readers: dict[str, Callable[[int, Piece], tuple[str, int]]] = {
            "img": self._picture,
            "a": self._link,
            "math": self._formula,
            "script": self._script,
            "svg": self._drawing,
            **dict.fromkeys(("video", "audio"), self._medium),
            **dict.fromkeys(("iframe", "object", "embed"), self._frame),
        }
        self.readers = readers

    def of(self, pieces: Sequence[Piece]) -> str:
        """The HTML of all these pieces."""
        self.pieces = pieces
        for nth in range(len(pieces) - 1, -1, -1):
            if pieces[nth].closes:
                self.ends.setdefault(pieces[nth].tag, []).append(nth)
        html: list[str] = []
        nth = 0
        while nth < len(pieces):
            piece = pieces[nth]
            if piece.tag in self.readers and not piece.closes:
                written, nth = self.readers[piece.tag](nth, piece)
            elif piece.tag in _SILENT and not piece.closes:
                written, nth = "", self._end(nth)
            else:
                written, nth = self._other(piece), nth + 1
            html.append(written)
        return "".join(html)

    def _other(self, piece: Piece) -> str:
        if not piece.tag:
            return _SHORTCODE.sub(self._shortcode, piece.text) if self.reads_codes else piece.text
        if piece.tag == "q":
            return "”" if piece.closes else "“"
        if piece.tag in LINES and piece.tag not in _KEPT_LINES:
            return "<div></div>" if piece.tag in VOID else "</div>" if piece.closes else "<div>"
        return piece.text

    def _end(self, nth: int) -> int:
        """Where to go on behind an element: after its end, or after its beginning where it has none."""
        piece = self.pieces[nth]
        if piece.tag in VOID or piece.text.endswith("/>"):
            return nth + 1
        ends = self.ends.get(piece.tag, [])
        while ends and ends[-1] <= nth:
            ends.pop()
        return ends[-1] + 1 if ends else nth + 1

    def _named(self, kind: Fault, name: str) -> str:
        shown = clean_line(name, MAX_LOST_NAME)
        self.lost.append((kind, shown))
        return escape(_mark(self.words[kind], shown), quote=False)

    def _picture(self, nth: int, piece: Piece) -> tuple[str, int]:
        classes, source, shown = set(piece.get("class").split()), piece.get("src"), piece.get("alt")
        if _is_equation(piece, classes, source):
            named = piece.get("data-equation-content") or _LATEX.sub("", shown) or piece.get("title")
            return self._named(Fault.EQUATION, named or _last_part(source)), nth + 1
        if classes & _SPOKEN:
            return escape(shown, quote=False), nth + 1
        if {piece.get("width"), piece.get("height")} <= {"0", "1"}:
            return "", nth + 1
        return self._named(Fault.PICTURE, shown or piece.get("title") or _last_part(source)), nth + 1

    def _link(self, nth: int, piece: Piece) -> tuple[str, int]:
        classes = piece.get("class")
        if "media_comment" in classes or piece.get("id").startswith("media_comment"):
            kind = Fault.AUDIO if "audio" in classes else Fault.VIDEO
            end = self._end(nth)
            words = "".join(each.text for each in self.pieces[nth:end] if not each.tag)
            return self._named(kind, unescape(words).strip() or piece.get("title")), end
        href = piece.get("href")
        if "instructure_file_link" in classes or _FILE_LINK.search(href) or _OWN_FILE.fullmatch(href):
            end = self._end(nth)
            inside = self.pieces[nth + 1 : end - 1] if end > nth + 1 else ()
            if any(each.tag == "img" for each in inside):
                return "", nth + 1
            words = unescape("".join(each.text for each in inside if not each.tag)).strip()
            return self._named(Fault.FILE, words or piece.get("title") or _last_part(href)), max(end, nth + 1)
        return piece.text, nth + 1

    def _medium(self, nth: int, piece: Piece) -> tuple[str, int]:
        end = self._end(nth)
        inside = self.pieces[nth + 1 : end]
        source = piece.get("src") or next((each.get("src") for each in inside if each.tag == "source"), "")
        kind = Fault.AUDIO if piece.tag == "audio" else Fault.VIDEO
        return self._named(kind, piece.get("title") or piece.get("aria-label") or _last_part(source)), end

    def _frame(self, nth: int, piece: Piece) -> tuple[str, int]:
        source = piece.get("src") or piece.get("data")
        about = f"{piece.get('data-media-type')} {piece.get('type')}".strip()
        is_audio = about.startswith("audio") or "type=audio" in source or _AUDIO_HOSTS.search(source)
        is_video = about.startswith("video") or "type=video" in source or _VIDEO_HOSTS.search(source)
        kind = Fault.AUDIO if is_audio else Fault.VIDEO if is_video else Fault.EMBEDDED
        title = piece.get("title") or piece.get("aria-label")
        place = _without_scheme(source)
        name = f"{title} ({place})" if title and place else title or place or _last_part(source)
        return self._named(kind, name), self._end(nth)

    def _formula(self, nth: int, piece: Piece) -> tuple[str, int]:
        end = self._end(nth)
        inside = self.pieces[nth + 1 : end]
        named = piece.get("alttext") or _annotated(inside)
        return self._named(
            Fault.EQUATION, named or unescape(" ".join(each.text for each in inside if not each.tag))
        ), end

    def _script(self, nth: int, piece: Piece) -> tuple[str, int]:
        return self._formula(nth, piece) if piece.get("type").startswith("math/") else ("", self._end(nth))

    def _drawing(self, nth: int, piece: Piece) -> tuple[str, int]:
        end = self._end(nth)
        inside = self.pieces[nth + 1 : end]
        title = next((inside[n + 1].text for n, each in enumerate(inside[:-1]) if each.tag == "title"), "")
        return self._named(Fault.PICTURE, piece.get("aria-label") or unescape(title)), end

    def _shortcode(self, code: re.Match[str]) -> str:
        name, inside = code[2].lower(), unescape(code[3])
        if code[1] or name in ("caption", "wp_caption", "embed"):
            return ""
        source = _SHORT_SOURCE.search(inside)
        if not source and not inside.strip().startswith(("http", "ids=")):
            return code[0]
        kind = {"gallery": Fault.PICTURE, "audio": Fault.AUDIO, "playlist": Fault.AUDIO}.get(name, Fault.VIDEO)
        return self._named(kind, _last_part(source[1]) if source else _without_scheme(inside.strip()))


def _is_equation(piece: Piece, classes: set[str], source: str) -> bool:
    is_marked = classes & {"equation_image", "texrender", "latex", "math-equation"} or "/equation_images/" in source
    return bool(is_marked or piece.get("data-equation-content"))


def _annotated(inside: Sequence[Piece]) -> str:
    """The TeX that stands beside a formula in MathML."""
    for nth, piece in enumerate(inside[:-1]):
        if piece.tag == "annotation" and not piece.closes and _OF_TEX in piece.get("encoding"):
            return unescape(inside[nth + 1].text)
    return ""


def _last_part(address: str) -> str:
    """The file's name in an address; empty for a picture that stands in the text itself."""
    if address.startswith("data:"):
        return ""
    return unquote(address.split("?", maxsplit=1)[0].split("#", maxsplit=1)[0].rstrip("/").rpartition("/")[2])


def _without_scheme(address: str) -> str:
    """An address on the web as words, which nobody takes for a link; empty for any other."""
    scheme, sign, rest = address.partition("//")
    return rest.split("?")[0] if sign and scheme in ("", "http:", "https:") else ""

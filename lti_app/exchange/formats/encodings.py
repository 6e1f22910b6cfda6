"""The encoding of a file: as its reader chose it, or found out from its bytes."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lti_app.core.later import LaterModule

if TYPE_CHECKING:
    import chardet
else:
    chardet = LaterModule("chardet")

CODECS = {
    "UTF-8": "utf-8-sig",
    "UTF-16": "utf-16",
    "UTF-16LE": "utf-16-le",
    "UTF-16BE": "utf-16-be",
    "Windows-1252": "cp1252",
    "Windows-1250": "cp1250",
    "Windows-1251": "cp1251",
    "Windows-1253": "cp1253",
    "Windows-1254": "cp1254",
    "Windows-1255": "cp1255",
    "Windows-1256": "cp1256",
    "Windows-1257": "cp1257",
    "Windows-1258": "cp1258",
    "ISO-8859-1": "iso8859-1",
    "ISO-8859-2": "iso8859-2",
    "ISO-8859-5": "iso8859-5",
    "ISO-8859-6": "iso8859-6",
    "ISO-8859-7": "iso8859-7",
    "ISO-8859-8": "iso8859-8",
    "ISO-8859-9": "iso8859-9",
    "ISO-8859-15": "iso8859-15",
    "KOI8-R": "koi8-r",
    "KOI8-U": "koi8-u",
    "Mac Roman": "mac-roman",
    "IBM850": "cp850",
    "Shift_JIS": "cp932",
    "EUC-JP": "euc-jis-2004",
    "ISO-2022-JP": "iso2022-jp",
    "GB18030": "gb18030",
    "Big5": "big5hkscs",
    "EUC-KR": "cp949",
}
"""What can be chosen, by the name that it is known under: where an older encoding has a wider one, that is used."""
_GUESSED = [name for name in CODECS if not name.startswith(("UTF-8", "ISO-8859", "ISO-2022", "IBM", "KOI8-U"))]
_SURE = 0.1
"""Below it, the answer of chardet about a text in Latin letters is no better than the commonest encoding of all."""
_FAMILIAR = "Windows-1252"
_DECLARED = re.compile(rb"""<\?xml[^>]{0,100}?\sencoding\s{0,9}=\s{0,9}["']([\w.:-]{1,40})["']""")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_MOST_LOOKED_AT = 100_000
_SAMPLE = 60
_AROUND = 12
_PLAIN = re.compile(r"[\x00-\x7f]*")


@dataclass(frozen=True)
class Decoded:
    """The text of a file."""

    text: str
    encoding: str
    """How it was read: a name among CODECS."""
    unreadable: int = 0
    """Characters that stand for bytes which mean nothing in this encoding."""


def decode(content: bytes, encoding: str = "") -> Decoded:
    """Read the bytes of a file in an encoding; without one, in that which they are most probably in.

    UTF-8 with some bad bytes stays UTF-8. chardet tells the others apart; for short texts in Latin letters it
    is not sure, and they are read as Windows-1252. Whoever imports sees a sample and can choose another.
    """
    name = encoding if encoding in CODECS else _by_mark(content) or _found_out(content)
    if name.startswith("UTF-16") and content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        content, name = content[2:], "UTF-16BE" if content.startswith(codecs.BOM_UTF16_BE) else "UTF-16LE"
    text = content.decode(CODECS[name], "replace")
    return Decoded(text, name, max(0, text.count("\ufffd") - _own_signs(content, name)))


def samples(content: bytes) -> dict[str, str]:
    """The passage with most to tell, as each encoding reads it, for those that can read it whole."""
    found: dict[str, str] = {}
    piece = _piece(content)
    for name, codec in CODECS.items():
        try:
            text = piece.decode(codec) if name.startswith("UTF-16") else _readable(piece, codec)
        except UnicodeDecodeError:
            continue
        if shown := _telling(text):
            found[name] = shown
    return found


def _by_mark(content: bytes) -> str:
    if content.startswith(codecs.BOM_UTF8):
        return "UTF-8"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16"
    head = content[:1000]
    if head.count(0) > len(head) // 4:
        return "UTF-16LE" if head[1::2].count(0) >= head[::2].count(0) else "UTF-16BE"
    return "ISO-2022-JP" if b"\x1b$" in head else ""


def _found_out(content: bytes) -> str:
    text = content.decode("utf-8", "replace")
    bad = text.count("\ufffd") - _own_signs(content, "UTF-8")
    if bad <= 0:
        return "UTF-8"
    if len(content) - bad > len(text) and _beyond_ascii(text) > 2 * bad:
        return "UTF-8"
    return _declared(content) or _guessed(content)


def _beyond_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _declared(content: bytes) -> str:
    """What XML says of itself, if it is one of ours and true."""
    declared = _DECLARED.match(content.lstrip()[:300])
    if not declared:
        return ""
    try:
        wanted = codecs.lookup(declared[1].decode()).name
        content.decode(wanted)
    except (LookupError, UnicodeDecodeError, ValueError):
        return ""
    return next((name for name, codec in CODECS.items() if codecs.lookup(codec).name == wanted), "")


def _guessed(content: bytes) -> str:
    codecs_in_question = [CODECS[name] for name in _GUESSED if name != "UTF-16"]
    lines = b"\n".join(_telling_lines(content))
    answer = chardet.detect(lines, include_encodings=codecs_in_question, compat_names=False, prefer_superset=True)
    named, sure = str(answer["encoding"] or ""), float(answer["confidence"] or 0)
    try:
        wanted = codecs.lookup(named).name
    except LookupError:
        return _FAMILIAR
    found = next((name for name in _GUESSED if codecs.lookup(CODECS[name]).name == wanted), _FAMILIAR)
    return found if sure >= _SURE or found == "Mac Roman" else _FAMILIAR


def _telling_lines(content: bytes) -> Iterator[bytes]:
    """The lines that are not ASCII, as many as are enough; all of UTF-16, where there are no lines of bytes."""
    taken = 0
    if b"\0" in content[:_MOST_LOOKED_AT]:
        yield content[:_MOST_LOOKED_AT]
        return
    for line in content.splitlines():
        if not line.isascii():
            taken += len(line)
            yield line[:_MOST_LOOKED_AT]
            if taken > _MOST_LOOKED_AT:
                return


def _piece(content: bytes) -> bytes:
    """Some bytes around the first that are not ASCII; of UTF-16, whole units from the beginning."""
    if _by_mark(content).startswith("UTF-16") or b"\0" in content[:1000]:
        return content[:400]
    content = content.removeprefix(codecs.BOM_UTF8)
    first = _NOT_ASCII.search(content)
    at = first.start() if first else 0
    begin = max(content.rfind(b"\n", 0, at) + 1, at - 200)
    return content[begin : at + 200]


def _readable(piece: bytes, codec: str) -> str:
    """The piece in this encoding, without the character that its end may have cut; raises UnicodeDecodeError."""
    for cut in range(4):
        try:
            return piece[: len(piece) - cut].decode(codec)
        except UnicodeDecodeError as error:
            if error.start < len(piece) - cut - 4:
                raise
    return piece.decode(codec)


def _telling(text: str) -> str:
    """A line of the text around its first character that is not ASCII; empty where it holds what no text does."""
    text = text.removeprefix("\ufeff")
    if any(ord(ch) < 32 and ch not in "\t\r\n" for ch in text):
        return ""
    plain = _PLAIN.match(text)
    at = plain.end() if plain and plain.end() < len(text) else 0
    return " ".join(text[max(0, at - _AROUND) : at + _SAMPLE].split())


def _own_signs(content: bytes, name: str) -> int:
    """The replacement characters that the file itself has."""
    if name == "UTF-8":
        return content.count(b"\xef\xbf\xbd")
    return content.decode("utf-16-le", "ignore").count("\ufffd") if name.startswith("UTF-16") else 0

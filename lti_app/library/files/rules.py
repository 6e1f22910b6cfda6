"""Recognizing files by content: which are accepted, what is stored, and under which name they are served."""

import codecs
import io
import mimetypes
import re
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from html import unescape
from itertools import count
from typing import BinaryIO

from lti_app.core.documents import DocumentTooComplex, clean_document
from lti_app.core.images import clean_picture
from lti_app.core.prose import clean_line, cut, is_blank, normalized
from lti_app.library.files.errors import (
    ArchiveTooLarge,
    FileBroken,
    FileEmpty,
    FileTooComplex,
    FileTooLarge,
    FileTypeRefused,
    PictureTooLarge,
)

CHUNK = 64 * 1024
HTML_LIMIT = 5_000_000
"""Bytes of an HTML reading: sanitised whole, and read as one page."""
MEGAPIXELS = 60
UNPACKED_LIMIT = 300_000_000
MOST_MEMBERS = 5_000
_MEMBER = b"PK\x01\x02"
"""How an archive begins what it says of a member. The library makes an object of each before anybody could count."""
MAX_NAME = 120
MAX_RIGHTS = 500
_PARAGRAPH = re.compile(r"<(?:p|pre|dd)>")
_BLOCK_END = re.compile(r"</(?:p|h[1-6]|li|blockquote|pre|tr|dd|dt|figcaption)>")
_TAG = re.compile(r"<[^<>]*>")
_HEADING = re.compile(r"<(/?)h([1-6])>")
_NOT_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_NOT_IN_NAMES = re.compile(r"[<>:\"|?*%]+")


class Purpose(StrEnum):
    """What a file is for."""

    READING = "reading"
    """The text of a reading."""
    ATTACHMENT = "attachment"
    """Belongs to a post."""


class Right(StrEnum):
    """Why a text may be shared with a class."""

    OWN_WORK = "own_work"
    OPEN_LICENCE = "open_licence"
    LIBRARY_LICENCE = "library_licence"
    PERMISSION = "permission"
    PUBLIC_DOMAIN = "public_domain"
    EXCEPTION = "exception"
    """Fair use, fair dealing, or another exception for teaching."""


@dataclass(frozen=True)
class Rights:
    """The statement of the right to share a file."""

    ground: Right
    note: str = ""
    """In the instructor's own words: the licence, who allowed it."""


class MediaType(StrEnum):
    """The kinds of files that are taken."""

    PDF = "application/pdf"
    HTML = "text/html"
    PNG = "image/png"
    JPEG = "image/jpeg"
    GIF = "image/gif"
    WEBP = "image/webp"
    TEXT = "text/plain"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    ODT = "application/vnd.oasis.opendocument.text"

    @property
    def is_picture(self) -> bool:
        """Whether it is shown as a picture."""
        return self.value.startswith("image/")

    @property
    def may_name_author(self) -> bool:
        """Whether the file may contain the name of its author where we cannot remove it: properties, comments, changes.

        Pictures are stored without their metadata, and plain text has none: documents of other kinds that are written
        in letters are not taken for it.
        """
        return self in (MediaType.PDF, MediaType.DOCX, MediaType.ODT)


ENDINGS = {
    MediaType.PDF: ".pdf",
    MediaType.HTML: ".html",
    MediaType.PNG: ".png",
    MediaType.JPEG: ".jpg",
    MediaType.GIF: ".gif",
    MediaType.WEBP: ".webp",
    MediaType.TEXT: ".txt",
    MediaType.DOCX: ".docx",
    MediaType.ODT: ".odt",
}
KNOWN_ENDINGS = frozenset({*ENDINGS.values(), *mimetypes.MimeTypes().types_map[True]})
"""What names end with whose last part is not a word: the same on every machine, whatever it has installed."""
TAKEN = {
    Purpose.READING: frozenset({MediaType.PDF, MediaType.HTML}),
    Purpose.ATTACHMENT: frozenset(MediaType) - {MediaType.HTML},
}


@dataclass(frozen=True)
class Limits:
    """The largest file of each purpose, in bytes."""

    reading: int = 50_000_000
    attachment: int = 10_000_000

    def of(self, purpose: Purpose) -> int:
        """The limit of this purpose."""
        return self.reading if purpose is Purpose.READING else self.attachment


@dataclass(frozen=True)
class Examined:
    """An accepted file: its type, and the bytes to store."""

    media_type: MediaType
    content: BinaryIO
    size: int


def examine(stream: BinaryIO, purpose: Purpose, limits: Limits) -> Examined:
    """Examine a seekable stream and return what to store. Raises one of files.errors for a refused file.

    Pictures lose their metadata, HTML loses everything that could run; other files are stored unchanged.
    """
    size, limit = stream.seek(0, io.SEEK_END), limits.of(purpose)
    stream.seek(0)
    if not size:
        raise FileEmpty
    if size > limit:
        raise FileTooLarge(limit=limit)
    media_type = sniff(stream)
    if media_type is None or media_type not in TAKEN[purpose]:
        raise FileTypeRefused(kinds=sorted(TAKEN[purpose]))
    if media_type.is_picture:
        return _kept(media_type, _clean_picture(stream, media_type))
    if media_type is MediaType.HTML:
        if size > HTML_LIMIT:
            raise FileTooLarge(limit=HTML_LIMIT)
        try:
            return _kept(media_type, clean_document(stream.read()).encode())
        except DocumentTooComplex as error:
            raise FileTooComplex from error
    return Examined(media_type, stream, size)


def sniff(stream: BinaryIO) -> MediaType | None:
    """The kind of a file by its content alone; None for every other kind. Leaves the stream at its beginning."""
    head = stream.read(2048)
    stream.seek(0)
    for media_type, begins in (
        (MediaType.PDF, head.startswith(b"%PDF-")),
        (MediaType.PNG, head.startswith(b"\x89PNG\r\n\x1a\n")),
        (MediaType.JPEG, head.startswith(b"\xff\xd8\xff")),
        (MediaType.GIF, head.startswith((b"GIF87a", b"GIF89a"))),
        (MediaType.WEBP, head.startswith(b"RIFF") and head[8:12] == b"WEBP"),
        (MediaType.HTML, _is_html(head)),
    ):
        if begins:
            return media_type
    if head.startswith(b"PK\x03\x04"):
        return _office_type(stream)
    return MediaType.TEXT if not _is_document_in_text(head) and _is_text(stream) else None


def _is_document_in_text(head: bytes) -> bool:
    """Whether what looks like text is a document with properties, such as the name of its author, that nobody sees who
    opens it: RTF, PostScript, SVG and other XML, a saved page or mail, a card or calendar.
    """
    begins = head.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    is_markup = begins.startswith(b"<") and (begins[1:2].isalpha() or begins[1:2] in (b"!", b"?"))
    return is_markup or begins.startswith((b"{\\rtf", b"%!", b"begin:v")) or b"mime-version:" in begins


def display_name(name: str, media_type: MediaType) -> str:
    """The name to show and to save under: no folders, no tricks, and the ending that the content deserves."""
    plain = clean_line(re.split(r"[/\\]", name)[-1])
    stem, dot, ending = plain.rpartition(".")
    if f"{dot}{ending}".strip().lower() not in KNOWN_ENDINGS:
        stem = plain  # "Kotter vs. Zaleznik" has a dot, and no ending
    stem = cut(" ".join(_NOT_IN_NAMES.sub("_", stem).split()).strip(". _-"), MAX_NAME)
    return ("file" if is_blank(stem) else stem) + ENDINGS[media_type]


def numbered(html: str) -> str:
    """A clean document with a number for every paragraph, and its headings below that of the page."""
    numbers = count(1)
    html = _PARAGRAPH.sub(
        lambda tag: f'{tag[0][:-1]} id="para-{(number := next(numbers))}" data-paragraph="{number}">', html
    )
    return _HEADING.sub(lambda tag: f"<{tag[1]}h{min(int(tag[2]) + 1, 6)}>", html)


def paragraphs_of(html: str) -> list[str]:
    """The words of each paragraph of a clean document, in the order in which `numbered` counts them."""
    begins = [tag.end() for tag in _PARAGRAPH.finditer(html)]
    ends = [*(tag.start() for tag in _PARAGRAPH.finditer(html)), len(html)][1:]
    return [words_of(html[begin:end]) for begin, end in zip(begins, ends, strict=True)]


def words_of(html: str) -> str:
    """The words of a clean document, its paragraphs parted by blank lines."""
    return unescape(_TAG.sub("", _BLOCK_END.sub("\n\n", html))).strip()


def part_of_address(key: str, name: str) -> str:
    """The last part of a file's address: a piece of its secret key, so that counting up finds nothing, and its ending.

    The file's name may tell who sent it, so it is not part of an address.
    """
    return f"{key[:12]}-file{ending_of(name)}"


def is_part_of_address(part: str, key: str, name: str) -> bool:
    """Whether this is the last part of the file's address; earlier addresses end with the name of the file."""
    ascii_name = normalized("NFKD", name).encode("ascii", "ignore").decode()
    earlier = f"{key[:12]}-{re.sub(r'[^A-Za-z0-9.]+', '-', ascii_name).strip('-')}"
    return part in (part_of_address(key, name), earlier)


def ending_of(name: str) -> str:
    """The ending of a name as `display_name` gives it, such as ".png"; empty for none."""
    _stem, dot, ending = name.rpartition(".")
    return f"{dot}{ending}"


def _kept(media_type: MediaType, content: bytes) -> Examined:
    return Examined(media_type, io.BytesIO(content), len(content))


def _clean_picture(stream: BinaryIO, media_type: MediaType) -> bytes:
    try:
        picture = clean_picture(stream.read())
    except ValueError as error:
        raise FileBroken(kind=media_type.value) from error
    if picture.width * picture.height > MEGAPIXELS * 1_000_000:
        raise PictureTooLarge(limit=MEGAPIXELS)
    return picture.content


def _is_html(head: bytes) -> bool:
    text = head.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    while text.startswith((b"<?xml", b"<!--")):
        text = text.partition(b">")[2].lstrip()
    return text.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<article"))


def _is_text(stream: BinaryIO) -> bool:
    """Whether all of it is UTF-8 without control characters."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        while chunk := stream.read(CHUNK):
            text = decoder.decode(chunk)
            if _NOT_IN_TEXT.search(text):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        stream.seek(0)
    return True


def _count(stream: BinaryIO, piece: bytes) -> int:
    """How often a piece is in a stream. Leaves the stream at its beginning."""
    count, kept = 0, b""
    while chunk := stream.read(CHUNK):
        kept += chunk
        count += kept.count(piece)
        kept = kept[-(len(piece) - 1) :]
    stream.seek(0)
    return count


def _office_type(stream: BinaryIO) -> MediaType | None:
    """Word's or OpenDocument's text, by the list of what the archive holds; nothing is unpacked, here or ever."""
    if _count(stream, _MEMBER) > MOST_MEMBERS:
        raise ArchiveTooLarge
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError) as error:
        raise FileBroken(kind="application/zip") from error
    finally:
        stream.seek(0)
    if sum(member.file_size for member in members) > UNPACKED_LIMIT:
        raise ArchiveTooLarge
    names = {member.filename for member in members}
    if any("vbaproject" in name.lower() or name.startswith("Basic/") for name in names):
        return None  # a document with macros is a program
    if {"[Content_Types].xml", "word/document.xml"} <= names:
        return MediaType.DOCX
    return MediaType.ODT if {"mimetype", "content.xml", "META-INF/manifest.xml"} <= names else None

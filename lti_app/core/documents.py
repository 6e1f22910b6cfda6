"""Uploaded documents: sanitizing HTML, and extracting the text of PDF pages."""

import codecs
import json
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from lti_app.core.bounded import TookTooLong, WorkFailed, one_of_few, run_bounded
from lti_app.core.cleaning import Cleaner
from lti_app.core.nesting import is_too_complex

SECONDS = 30.0
MAX_LABEL = 20
"""Characters of what a page is called in a citation."""
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([a-zA-Z0-9_-]{1,40})""", re.IGNORECASE)
_CLEANER = Cleaner(
    tags={
        *("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "section", "article"),
        *("em", "strong", "i", "b", "cite", "q", "sup", "sub", "small", "abbr", "code", "span", "a"),
        *("ul", "ol", "li", "dl", "dt", "dd", "figure", "figcaption"),
        *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
    },
    # What is said in a text is kept; what a browser would do with its head, its forms and its programs is not.
    clean_content_tags={"script", "style", "title", "noscript", "template", "iframe", "object", "svg", "math"},
    attributes={"a": {"href"}, "ol": {"start"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}},
    url_schemes={"http", "https"},
    url_relative="deny",
    link_rel="noopener nofollow ugc",
)


class DocumentTooComplex(ValueError):
    """It would take too long to read this as HTML."""


def clean_document(data: bytes) -> str:
    """The text of an HTML file with its structure, without scripts, styles, forms and anything that loads.

    Raises DocumentTooComplex.
    """
    html = decoded(data)
    if is_too_complex(html):
        raise DocumentTooComplex
    return _CLEANER.clean(html).strip()


def decoded(data: bytes) -> str:
    """The text of a file, which may or may not declare its encoding."""
    for bom, encoding in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(bom):
            return data.decode(encoding, "replace").lstrip("\ufeff")
    told = _META_CHARSET.search(data[:2048])
    for encoding in ("utf-8", told[1].decode() if told else "cp1252"):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("cp1252", "replace")


@dataclass(frozen=True)
class PdfPages:
    """What was read of a PDF."""

    texts: tuple[str, ...] = ()
    """The text of each page, in order; empty for a PDF that is broken, locked or takes too long."""
    labels: tuple[str, ...] = ()
    """What the file calls each page; empty if it does not say."""
    is_locked: bool = False
    """Whether it opens only with a password."""


def page_labels(labels: Sequence[str], count: int, first: int = 1) -> list[str]:
    """What each page of a file is called in citations: its number, where it is known which one the first page has, else
    what the file calls it. `reader/labels.js` decides the same.

    A page without a label, or with that of an earlier page, is called by its place in the file.
    """
    if first != 1:
        return [str(first + place) for place in range(count)]
    own = [" ".join(label.split()) for label in labels[:count]]
    own += [""] * (count - len(own))
    taken = set(own)
    found: dict[str, None] = {}
    for place, label in enumerate(own, 1):
        is_good = 0 < len(label) <= MAX_LABEL and label not in found
        number = str(place)
        found[label if is_good else number if number not in taken else f"sheet{place}"] = None
    return list(found)


def extract_pages(stream: BinaryIO, *, seconds: float = SECONDS) -> PdfPages:
    """The pages of a PDF.

    A separate process reads it, with limits of time and memory, so that no file can block or crash this process. It is
    too slow for use while somebody waits for a page. Raises AllPlacesTaken.
    """
    with one_of_few(), tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(stream, copy)
        copy.seek(0)
        try:
            read = json.loads(run_bounded("lti_app.core.pdf_pages", stdin=copy, seconds=seconds))
        except (TookTooLong, WorkFailed, ValueError):
            return PdfPages()
    return PdfPages(tuple(read["pages"]), tuple(read["labels"]), is_locked=read["is_locked"])

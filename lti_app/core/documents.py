"""Uploaded documents: sanitizing HTML, and extracting the text of PDF pages."""

import codecs
import json
import re
import shutil
import subprocess
import sys
import tempfile
from typing import BinaryIO

from lti_app.core.cleaning import Cleaner
from lti_app.core.nesting import is_too_complex

SECONDS = 30.0
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


def extract_pages(stream: BinaryIO, *, seconds: float = SECONDS) -> list[str]:
    """The text of each page of a PDF, in order; empty for a PDF that is broken, locked or takes too long.

    A separate process reads it, with limits of time and memory, so that no file can block or crash this process. It is
    too slow for use while somebody waits for a page.
    """
    program = [sys.executable, "-m", "lti_app.core.pdf_pages"]
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(stream, copy)
        copy.seek(0)
        try:
            done = subprocess.run(  # noqa: S603 -- our own interpreter and module
                program, stdin=copy, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=seconds, check=True
            )
            pages: list[str] = json.loads(done.stdout)
        except (subprocess.SubprocessError, ValueError):
            return []
    return pages

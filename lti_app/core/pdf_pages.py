"""Extract the text and labels of PDF pages: from standard input, as JSON on standard output, in a separate process."""

import json
import sys
from contextlib import suppress
from typing import Any, BinaryIO

from pypdf import PasswordType, PdfReader
from pypdf.errors import PyPdfError

from lti_app.core.bounded import limit_this_process

MEMORY, SECONDS = 1_500_000_000, 60
MOST_PAGES, MOST_CHARACTERS, MOST_OF_A_LABEL = 2_000, 5_000_000, 100
MOST_BYTES = 100_000_000
"""Of the output, in which a character takes twelve bytes at most."""


FAULTS = (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)


def pages_of(stream: BinaryIO) -> dict[str, Any]:
    """The text page by page, empty for a page that has none or cannot be read; the file's own labels, where it has any;
    and whether the file opens only with a password.

    A file whose only password is its owner's, who restricts printing or copying, opens for everybody.
    """
    reader = PdfReader(stream)
    if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
        return {"pages": [], "labels": [], "is_locked": True}
    labels: list[str] = []
    with suppress(*FAULTS):
        if "/PageLabels" in reader.root_object:
            labels = [label[:MOST_OF_A_LABEL] for label in reader.page_labels[:MOST_PAGES]]
    return {"pages": _texts(reader), "labels": labels, "is_locked": False}


def _texts(reader: PdfReader) -> list[str]:
    pages, left = [], MOST_CHARACTERS
    for number, page in enumerate(reader.pages):
        if number >= MOST_PAGES or left <= 0:
            break
        text = ""
        with suppress(*FAULTS):
            text = page.extract_text()[:left]
        pages.append(text)
        left -= len(text)
    return pages


def main() -> None:
    """Read standard input and write the result."""
    limit_this_process(memory=MEMORY, seconds=SECONDS, file_size=MOST_BYTES)
    json.dump(pages_of(sys.stdin.buffer), sys.stdout)


if __name__ == "__main__":
    main()

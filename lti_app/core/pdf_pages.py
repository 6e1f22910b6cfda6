"""Extract the text of PDF pages: from standard input, as a JSON list on standard output. Runs as a separate process."""

import json
import resource
import sys
from contextlib import suppress
from typing import BinaryIO

from pypdf import PdfReader
from pypdf.errors import PyPdfError

MEMORY, SECONDS = 1_500_000_000, 60
MOST_PAGES, MOST_CHARACTERS = 2_000, 5_000_000


def pages_of(stream: BinaryIO) -> list[str]:
    """The text page by page; empty for a page that has none or cannot be read."""
    reader = PdfReader(stream)
    if reader.is_encrypted:
        return []
    pages, left = [], MOST_CHARACTERS
    for number, page in enumerate(reader.pages):
        if number >= MOST_PAGES or left <= 0:
            break
        text = ""
        with suppress(PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
            text = page.extract_text()[:left]
        pages.append(text)
        left -= len(text)
    return pages


def main() -> None:
    """Read standard input and write the result."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    json.dump(pages_of(sys.stdin.buffer), sys.stdout)


if __name__ == "__main__":
    main()

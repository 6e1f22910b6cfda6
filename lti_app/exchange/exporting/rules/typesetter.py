"""Makes a PDF with Typst. Runs as a separate process, in a folder with everything it needs: see `pdf`.

`typesetter FOLDER [--parts NAME] [FONTS]` makes the PDF, `typesetter --check FOLDER NAME …` prints which pictures Typst
cannot read.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typst

from lti_app.core.bounded import limit_this_process
from lti_app.exchange.exporting.rules.pdf import BROKEN, DOCUMENT, LEFT_OUT, MADE, PARTS, TEMPLATE, TOO_LARGE

MEMORY, SECONDS, MOST_BYTES = 3_000_000_000, 60, 100_000_000
_BREAKDOWN = "pyo3_runtime"
"""Where the exception is from that tells that Typst has hit a fault of its own; nothing can be imported from there."""
_ONE_PICTURE = b"#image(sys.inputs.name)"
_compile: Any = typst.compile
"""Its stubs know no call that type checkers can follow."""


@dataclass(frozen=True)
class Press:
    """Sets documents by one template."""

    root: Path
    fonts: Sequence[str]

    def set(self, document: dict[str, Any], **options: str) -> bytes | None:
        """The PDF, or None where Typst refuses the document or breaks down over it."""
        inputs = {"document": json.dumps(document, ensure_ascii=False)}
        template = (self.root / TEMPLATE).read_bytes()
        try:
            made: bytes = _compile(
                template, root=str(self.root), sys_inputs=inputs, font_paths=list(self.fonts), **options
            )
        except typst.TypstError:
            return None
        except BaseException as error:
            if type(error).__module__ == _BREAKDOWN:
                return None
            raise
        return made

    def set_as_well_as_possible(self, document: dict[str, Any]) -> bytes | None:
        """The PDF, for screen readers if the fonts allow that."""
        return self.set(document, pdf_standards="ua-1") or self.set(document)

    def without_unfit(self, document: dict[str, Any], name: str) -> dict[str, Any]:
        """The document, which could not be set, with a mark on each part of this list that keeps it from that."""
        parts = list(document[name])
        for place in [*self._unfit(document, name, range(len(parts)))]:
            parts[place] = parts[place] | {LEFT_OUT: True}
        return document | {name: parts}

    def _unfit(self, document: dict[str, Any], name: str, some: range) -> Iterator[int]:
        """The places of parts that cannot be set even by themselves, among these, which cannot be set together."""
        if len(some) < 2:
            yield from some
            return
        half = len(some) // 2
        for fewer in (some[:half], some[half:]):
            if self.set(document | {name: document[name][fewer.start : fewer.stop]}) is None:
                yield from self._unfit(document, name, fewer)


def make_pdf(root: Path, fonts: Sequence[str], parts: str = "") -> int:
    """Write the PDF; answers how the process ends."""
    press = Press(root, fonts)
    document = json.loads((root / DOCUMENT).read_text(encoding="utf-8"))
    made = press.set_as_well_as_possible(document)
    if made is None and parts:
        made = press.set_as_well_as_possible(press.without_unfit(document, parts))
    if made is None:
        return BROKEN
    try:
        (root / MADE).write_bytes(made)
    except OSError:
        return TOO_LARGE
    return 0


def unreadable(root: Path, names: Sequence[str]) -> list[str]:
    """The pictures that are not what their names say."""
    return [name for name in names if not _is_readable(root, name)]


def _is_readable(root: Path, name: str) -> bool:
    try:
        _compile(_ONE_PICTURE, root=str(root), sys_inputs={"name": name})
    except typst.TypstError:
        return False
    return True


def main(arguments: Sequence[str]) -> int:
    """Do what the arguments say, within limits."""
    limit_this_process(memory=MEMORY, seconds=SECONDS, file_size=MOST_BYTES)
    if arguments[0] == "--check":
        json.dump(unreadable(Path(arguments[1]), arguments[2:]), sys.stdout)
        return 0
    if arguments[1:2] == [PARTS]:
        return make_pdf(Path(arguments[0]), arguments[3:], arguments[2])
    return make_pdf(Path(arguments[0]), arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""From HTML and facts to a PDF with a structure that screen readers can follow."""

import json
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lti_app.core.bounded import TookTooLong, WorkFailed, one_of_few, run_bounded
from lti_app.core.rich_reader import read
from lti_app.core.rich_text import Element, Node

TEMPLATE, DOCUMENT, MADE = "template.typ", "document.json", "made.pdf"
PARTS, LEFT_OUT = "--parts", "left_out"
BROKEN, TOO_LARGE = 3, 4
"""How the typesetter ends when Typst refuses the document, and when the PDF is too large."""
SECONDS = 40.0
"""What somebody may wait for a PDF. The longest that is taken needs about a quarter of it on a small server."""
_TYPESETTER = "lti_app.exchange.exporting.rules.typesetter"


class TypesettingFailed(Exception):
    """No PDF came of it: a picture is not what it says that it is, or there is text that Typst cannot set."""


class TypesettingLimit(Exception):
    """It took too long or too much memory, or the PDF became too large."""


def typeset(
    template: bytes,
    document: dict[str, Any],
    *,
    fonts: Sequence[Path] = (),
    pictures: Mapping[str, bytes] | None = None,
    parts: str = "",
    seconds: float = SECONDS,
) -> bytes:
    """Make a tagged PDF. The template gets the document as data, so text is never run as instructions.

    `pictures` are found by their names. `parts` names a list of the document: where Typst cannot set one of its
    dictionaries, that gets the key LEFT_OUT, and the others are set. The PDF conforms to PDF/UA if the fonts have all
    the letters. Raises TypesettingFailed, TypesettingLimit or AllPlacesTaken.
    """
    facts = json.dumps(document, ensure_ascii=False).encode()
    files = {**(pictures or {}), TEMPLATE: template, DOCUMENT: facts}
    with _workshop(files) as root:
        _typesetter(str(root), *([PARTS, parts] if parts else []), *map(str, fonts), seconds=seconds)
        return (root / MADE).read_bytes()


def unreadable_pictures(pictures: Mapping[str, bytes], *, seconds: float = SECONDS) -> frozenset[str]:
    """The names of pictures that no PDF can show; the ending of a name says of which type it should be.

    Raises what `typeset` raises.
    """
    with _workshop(pictures) as root:
        return frozenset(json.loads(_typesetter("--check", str(root), *pictures, seconds=seconds)))


@contextmanager
def _workshop(files: Mapping[str, bytes]) -> Iterator[Path]:
    """A folder with these files, for one of those who may make a PDF now."""
    with one_of_few(), tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            Path(folder, name).write_bytes(content)
        yield Path(folder)


def _typesetter(*arguments: str, seconds: float) -> bytes:
    try:
        return run_bounded(_TYPESETTER, *arguments, seconds=seconds)
    except TookTooLong as error:
        raise TypesettingLimit from error
    except WorkFailed as error:
        is_limit = error.code == TOO_LARGE or error.code < 0  # it was ended by a signal: no memory, or no stack left
        raise (TypesettingLimit if is_limit else TypesettingFailed) from error


def nodes_of(html: str) -> list[Any]:
    """Sanitised HTML as the template wants it: texts, and elements with their tag and children."""
    return [_node(block) for block in read(html)]


def runs_leftward(text: str) -> bool:
    """Whether the first letter that has a direction is written from right to left."""
    directions = (unicodedata.bidirectional(letter) for letter in text)
    return next((direction != "L" for direction in directions if direction in ("L", "R", "AL")), False)


def _node(node: Node) -> Any:
    if isinstance(node, str):
        return node
    made: dict[str, Any] = {"tag": _tag(node), "children": [_node(child) for child in node.children]}
    return made | {name: value for name in ("href", "src", "alt", "start") if (value := node.attrs.get(name))}


def _tag(node: Element) -> str:
    return node.kind if node.kind in ("cited", "mention") else node.tag

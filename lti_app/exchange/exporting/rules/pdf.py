"""From HTML and facts to a PDF with a structure that screen readers can follow."""

import json
import tempfile
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typst

from lti_app.core.rich_reader import read
from lti_app.core.rich_text import Element, Node

_ONE_PICTURE = b"#image(sys.inputs.name)"
_compile: Any = typst.compile
"""Its stubs know no call that type checkers can follow."""


class TypesettingFailed(Exception):
    """No PDF came of it: one of the pictures is not what it says that it is."""


def typeset(
    template: bytes,
    document: dict[str, Any],
    *,
    fonts: Sequence[Path] = (),
    pictures: Mapping[str, bytes] | None = None,
) -> bytes:
    """Make a tagged PDF. The template gets the document as data, so text is never run as instructions.

    `pictures` are found by their names. The PDF conforms to PDF/UA if the fonts have all the letters. Raises
    TypesettingFailed.
    """
    inputs = {"document": json.dumps(document, ensure_ascii=False)}
    folders = [str(path) for path in fonts]
    with tempfile.TemporaryDirectory() as root:
        for name, content in (pictures or {}).items():
            Path(root, name).write_bytes(content)
        try:
            made: bytes = _compile(template, root=root, sys_inputs=inputs, font_paths=folders, pdf_standards="ua-1")
        except typst.TypstError:
            try:
                made = _compile(template, root=root, sys_inputs=inputs, font_paths=folders)
            except typst.TypstError as error:
                raise TypesettingFailed from error
    return made


def can_be_set(name: str, picture: bytes) -> bool:
    """Whether the PDF can show a picture; the ending of `name` says of which type it should be."""
    with tempfile.TemporaryDirectory() as root:
        Path(root, name).write_bytes(picture)
        try:
            _compile(_ONE_PICTURE, root=root, sys_inputs={"name": name})
        except typst.TypstError:
            return False
    return True


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

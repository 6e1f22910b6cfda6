"""What a file or a pasted text with rubrics is, whatever its name says."""

import codecs
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from lti_app.core.later import LaterModule
from lti_app.core.prose import clean_line
from lti_app.core.wording import Phrase, nphrase, phrase
from lti_app.exchange.formats.encodings import decode
from lti_app.exchange.formats.errors import FileRefused
from lti_app.exchange.formats.markup import one_line_ends
from lti_app.exchange.formats.rubric_canvas import CanvasStyle, is_canvas_rubric, read_canvas_rubrics
from lti_app.exchange.formats.rubric_cells import Cells, Row, cells_of, joined
from lti_app.exchange.formats.rubric_colloquy import is_own_rubric, read_own_rubrics
from lti_app.exchange.formats.rubric_html import tables_of
from lti_app.exchange.formats.rubric_parts import MAX_BYTES, MAX_XML_BYTES, ReadRubrics, Remarks, StandIns
from lti_app.exchange.formats.rubric_table import read_table, table_result
from lti_app.grading.rubrics.rules.plans import RubricPlan

if TYPE_CHECKING:
    from lti_app.exchange.formats import rubric_moodle
else:
    rubric_moodle = LaterModule("lti_app.exchange.formats.rubric_moodle")

_XML = re.compile(r"\s*+<(?:\?xml\b|areas?\b|definitions?\b|!DOCTYPE\s+(?!html))", re.IGNORECASE)
_TABLE = re.compile(r"<table[\s>]", re.IGNORECASE)
_NOT_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b")
_MOST_LINES_SHOWN = 10


def read_rubric_file(content: bytes, stand_ins: StandIns | None = None, *, encoding: str = "") -> ReadRubrics:
    """The rubrics of a file; raises FileRefused where there are none.

    Its content decides what it is: Canvas's CSV, Moodle's grading.xml, our own CSV, or a table with criteria and levels
    in CSV, tab-separated text or HTML. `encoding` is one of those that can be chosen; without it the bytes decide.
    """
    if len(content) > MAX_XML_BYTES:
        raise FileRefused("too_large", limit=MAX_XML_BYTES)
    if content.startswith(_NOT_TEXT):
        raise FileRefused("not_text")
    decoded = decode(content, encoding)
    style = CanvasStyle(
        line_end="\r\n" if "\r\n" in decoded.text[:100_000] else "\n",
        begins_with_mark=content.startswith(codecs.BOM_UTF8),
        ends_with_line_end=decoded.text.endswith(("\n", "\r")),
    )
    found = _read(decoded.text, stand_ins or StandIns(), style)
    if not decoded.unreadable:
        return found
    bad = nphrase(
        "%(num)s character could not be read as %(encoding)s. Check the texts, or choose another encoding.",
        "%(num)s characters could not be read as %(encoding)s. Check the texts, or choose another encoding.",
    ).with_values(num=decoded.unreadable, encoding=decoded.encoding)
    return replace(found, remarks=(bad, *found.remarks))


def read_pasted_rubrics(text: str, html: str = "", stand_ins: StandIns | None = None) -> ReadRubrics:
    """The rubrics of a pasted text, or of the HTML that the clipboard had beside it; raises FileRefused where there are
    none.
    """
    for source in (html, text):
        if len(source) > MAX_XML_BYTES:
            raise FileRefused("too_large", limit=MAX_XML_BYTES)
    if _TABLE.search(html):
        try:
            return _read(html, stand_ins or StandIns(), CanvasStyle())
        except FileRefused:
            if not text.strip():
                raise
    return _read(text, stand_ins or StandIns(), CanvasStyle())


def _read(text: str, stand_ins: StandIns, style: CanvasStyle) -> ReadRubrics:
    whole = text.encode("utf-8", "replace").decode().replace("\0", "").removeprefix("\ufeff")
    if not whole.strip():
        raise FileRefused("nothing_in_it")
    if _XML.match(whole):
        return rubric_moodle.read_moodle(whole, stand_ins)
    if len(whole) > MAX_BYTES:
        raise FileRefused("too_large", limit=MAX_BYTES)
    if _TABLE.search(whole):
        return _read_html(whole, stand_ins)
    return _read_cells(cells_of(one_line_ends(whole), _is_known), stand_ins, style)


def _is_known(header: Sequence[str]) -> bool:
    return is_canvas_rubric(header) or is_own_rubric(header)


def _read_html(html: str, stand_ins: StandIns) -> ReadRubrics:
    remarks = Remarks()
    plans: list[RubricPlan] = []
    for table in tables_of(html):
        plan = read_table(table.rows, stand_ins, title=clean_line(table.caption), remarks=remarks)
        plans += [plan] if plan else []
    if not plans:
        raise FileRefused("no_rubric")
    return table_result(plans, remarks)


def _read_cells(cells: Cells, stand_ins: StandIns, style: CanvasStyle) -> ReadRubrics:
    filled = [row for row in cells.rows if not row.is_blank]
    if not filled:
        raise FileRefused("nothing_in_it")
    header = filled[0].cells
    if is_canvas_rubric(header) and len(filled) > 1:
        found = read_canvas_rubrics(cells, stand_ins, style=style)
    elif is_own_rubric(header) and len(filled) > 1:
        found = read_own_rubrics(cells, stand_ins)
    else:
        found = _read_drawn(cells, stand_ins)
    return replace(found, remarks=(*_unclosed(cells.unclosed), *found.remarks))


def _read_drawn(cells: Cells, stand_ins: StandIns) -> ReadRubrics:
    remarks = Remarks()
    rows: Sequence[Row] = cells.rows
    if cells.delimiter == "\t" and not any(any(row.quoted) for row in rows):
        rows, moved = joined(rows)
        if moved:
            shown = tuple(str(line) for line in moved[:_MOST_LINES_SHOWN])
            remarks.add(
                phrase("Lines without a tab were taken as part of the cell before them: %(lines)s.", lines=shown)
            )
    plan = read_table(rows, stand_ins, remarks=remarks)
    if plan is None:
        raise FileRefused("no_rubric")
    return table_result([plan], remarks)


def _unclosed(lines: Sequence[int]) -> list[Phrase]:
    if not lines:
        return []
    shown = tuple(str(line) for line in dict.fromkeys(lines))[:_MOST_LINES_SHOWN]
    return [
        phrase("A quotation mark at the beginning of a cell is not closed. Check these lines: %(lines)s.", lines=shown)
    ]

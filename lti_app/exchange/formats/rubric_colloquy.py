"""Our own CSV of rubrics: a row for each level, with everything that a rubric has, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from lti_app.core.wording import Phrase, phrase
from lti_app.exchange.formats.colloquy import csv_cell, plain_cell
from lti_app.exchange.formats.rows import column_name
from lti_app.exchange.formats.rubric_cells import Cells, Row
from lti_app.exchange.formats.rubric_parts import (
    ReadRubrics,
    Remarks,
    RubricFormat,
    StandIns,
    WrittenRubrics,
    build_criterion,
    build_rubric,
    first_rubrics,
    number_of,
    read_points,
    shown_number,
)
from lti_app.grading.rubrics.rules.criteria import Evidence, Scoring
from lti_app.grading.rubrics.rules.plans import CriterionPlan, LevelPlan, RubricPlan
from lti_app.grading.rubrics.rules.points import rounded
from lti_app.grading.rubrics.rules.validation import MAX_POINTS, MAX_WEIGHT

HEADER = (
    "Rubric number",
    "Rubric",
    "Scoring",
    "Pass mark",
    "Criterion number",
    "Criterion",
    "Criterion description",
    "Evidence",
    "Suggests level",
    "Range",
    "Counts",
    "Weight",
    "Level",
    "Points",
    "Level description",
)
_NEEDED = frozenset(["rubric", "scoring", "criterion", "weight", "counts", "level", "points"])
_YES, _NO = "yes", "no"
_TRUE, _FALSE = ("yes", "true", "1"), ("no", "false", "0", "")
_Choice = TypeVar("_Choice", bound=StrEnum)


def is_own_rubric(header: Sequence[str]) -> bool:
    """Whether these are the headings of our file."""
    return frozenset(map(column_name, header)) >= _NEEDED


def write_own_rubrics(plans: Sequence[RubricPlan]) -> WrittenRubrics:
    """A CSV file that loses nothing but the place of the rubrics in a history of versions."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for rubric_number, plan in enumerate(plans, 1):
        head = [str(rubric_number), csv_cell(plan.title), plan.scoring.value, shown_number(plan.pass_mark)]
        for number, each in enumerate(plan.criteria, 1):
            criterion = [
                str(number),
                csv_cell(each.title),
                csv_cell(each.description),
                each.evidence.value,
                *(_YES if switch else _NO for switch in (each.preselects, each.uses_range, each.counts)),
                shown_number(each.weight),
            ]
            for level in each.levels:
                texts = csv_cell(level.name), shown_number(level.points), csv_cell(level.description)
                writer.writerow([*head, *criterion, *texts])
            if not each.levels:
                writer.writerow([*head, *criterion, "", "", ""])
        if not plan.criteria:
            writer.writerow(head)
    return WrittenRubrics(b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace"))


def read_own_rubrics(cells: Cells, stand_ins: StandIns) -> ReadRubrics:
    """The rubrics of our own file, also after a spreadsheet saved it with other delimiters and decimal commas."""
    header, *rest = [row for row in cells.rows if not row.is_blank]
    names = [column_name(name) for name in header.cells]
    columns = {name: names.index(column_name(name)) for name in HEADER if column_name(name) in names}
    reader = _Reader(columns, stand_ins)
    plans = first_rubrics(list(reader.rubrics(rest)), reader.remarks)
    return ReadRubrics(plans, reader.remarks.all(), RubricFormat.COLLOQUY)


class _Reader:
    """Reads rows of known columns."""

    def __init__(self, columns: dict[str, int], stand_ins: StandIns) -> None:
        self.columns, self.stand_ins, self.remarks = columns, stand_ins, Remarks()

    def rubrics(self, rows: Sequence[Row]) -> Iterator[RubricPlan]:
        """The rubrics, each from the rows that follow one another under its name."""
        for group in _groups(rows, self._begins_rubric):
            first = group[0]
            criteria = [
                self._criterion(rows) for rows in _groups(group, self._begins_criterion) if self._has_more(rows)
            ]
            built = build_rubric(self._text(first, "Rubric") or self.stand_ins.rubric, criteria, self.remarks)
            yield replace(
                built,
                scoring=self._choice(first, "Scoring", Scoring.POINTS),
                pass_mark=self._number(first, "Pass mark", Decimal(0), MAX_POINTS),
            )

    def _begins_rubric(self, above: Row, row: Row) -> bool:
        return any(self._text(above, name) != self._text(row, name) for name in ("Rubric number", "Rubric"))

    def _begins_criterion(self, above: Row, row: Row) -> bool:
        return any(self._text(above, name) != self._text(row, name) for name in ("Criterion number", "Criterion"))

    def _has_more(self, rows: Sequence[Row]) -> bool:
        return any(self._text(rows[0], name) for name in ("Criterion", "Level", "Points"))

    def _criterion(self, rows: Sequence[Row]) -> CriterionPlan:
        first, place = rows[0], _place(rows[0])
        plan = CriterionPlan(
            title=self._text(first, "Criterion") or self.stand_ins.criterion,
            description=self._text(first, "Criterion description"),
            evidence=self._choice(first, "Evidence", Evidence.NONE),
            preselects=self._switch(first, "Suggests level", default=False),
            uses_range=self._switch(first, "Range", default=False),
            counts=self._switch(first, "Counts", default=True),
            weight=self._number(first, "Weight", Decimal(1), MAX_WEIGHT),
            levels=tuple(
                LevelPlan(
                    read_points(self._text(row, "Points"), _place(row), self.remarks),
                    self._text(row, "Level"),
                    self._text(row, "Level description"),
                )
                for row in rows
                if any(self._text(row, name) for name in ("Level", "Points", "Level description"))
            ),
        )
        return build_criterion(plan, place, self.remarks)

    def _text(self, row: Row, name: str) -> str:
        return plain_cell(row.cell(self.columns.get(name))).strip()

    def _number(self, row: Row, name: str, default: Decimal, most: Decimal) -> Decimal:
        text = self._text(row, name)
        found = number_of(text)
        if found is not None and 0 <= found <= most:
            return rounded(found)
        if text:
            self._doubt(row, name, text)
        return default

    def _choice(self, row: Row, name: str, default: _Choice) -> _Choice:
        text = self._text(row, name).lower()
        found = next((choice for choice in type(default) if choice.value == text), None)
        if found is None and text:
            self._doubt(row, name, text)
        return found or default

    def _switch(self, row: Row, name: str, *, default: bool) -> bool:
        text = self._text(row, name).lower()
        if text not in _TRUE + _FALSE:
            self._doubt(row, name, text)
        return default if text not in _TRUE + _FALSE or not text else text in _TRUE

    def _doubt(self, row: Row, name: str, text: str) -> None:
        self.remarks.add(
            phrase(
                "%(place)s: “%(text)s” means nothing in the column “%(name)s”.",
                place=_place(row),
                text=text[:60],
                name=name,
            )
        )


def _place(row: Row) -> Phrase:
    return phrase("Line %(line)s", line=row.line)


def _groups(rows: Sequence[Row], begins: Callable[[Row, Row], bool]) -> Iterator[list[Row]]:
    """Rows that belong together; `begins` compares a row with the one above it."""
    group: list[Row] = []
    for row in rows:
        if group and begins(group[-1], row):
            yield group
            group = []
        group.append(row)
    if group:
        yield group

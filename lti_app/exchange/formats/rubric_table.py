"""A rubric in a table as people draw it: criteria down, levels across, with the points in the headings or the cells."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from lti_app.core.prose import clean_line, clean_text
from lti_app.core.wording import phrase
from lti_app.exchange.formats.rubric_cells import Row
from lti_app.exchange.formats.rubric_parts import (
    ReadRubrics,
    Remarks,
    RubricFormat,
    StandIns,
    build_criterion,
    build_rubric,
    number_of,
    read_points,
    shown_number,
)
from lti_app.grading.rubrics.rules.plans import CriterionPlan, LevelPlan, RubricPlan
from lti_app.grading.rubrics.rules.points import rounded
from lti_app.grading.rubrics.rules.validation import MAX_POINTS, MAX_TITLE, MAX_WEIGHT


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CRITERION = _names(
    """
    criterion criteria criterionname criterianame category aspect kriterium kriterien critère critères criterio
    criterios المعيار المعايير
    """
)
"""What a heading may be called, apart from capitals, spaces and marks; so too below."""
_DESCRIPTION = _names(
    """
    description criteriondescription criteriadescription details explanation beschreibung descripción الوصف
    """
)
_LEVEL = _names("level levelname rating ratingname performancelevel stufe niveau nivel المستوى")
_POINTS = _names(
    """
    points point pts score scores maxpoints maximumpoints maximum max possiblepoints punkte punktzahl puntos note
    النقاط
    """
)
_LEVEL_TEXT = _names(
    """
    leveldescription leveldefinition definition descriptor ratingdescription description beschreibung الوصف
    """
)
_WEIGHT = _names("weight weighting weights gewicht gewichtung peso pondération الوزن")
_TOTAL = _names("total totals sum totalpoints summe gesamt gesamtpunkte المجموع")
_LOW = _names(
    """
    poor beginning beginner unsatisfactory missing inadequate insufficient fail failing weak none novice incomplete
    needsimprovement belowexpectations unacceptable ungenügend mangelhaft
    """
)
"""Names of the lowest level, by which a table that has no points is known to begin with it."""
_NUMBER = r"\d{1,6}(?:[.,]\d{1,4})?"
_SPAN = rf"({_NUMBER})(?:\s{{0,2}}(?:-|–|—|to|bis)\s{{0,2}}>?\s{{0,2}}({_NUMBER}))?"
_UNIT = r"(?:points?|pts?\.?|pt\.|punkte?|pkt\.?|puntos?|p\.|%(?!\d)|نقاط|نقطة)"
_AT_END = re.compile(
    rf"[\s:=,–—-]{{0,5}}(?:[(\[]\s?{_SPAN}\s{{0,2}}{_UNIT}?\s?[)\]]|\b{_SPAN}\s{{0,2}}{_UNIT})\Z", re.I
)
_AT_BEGIN = re.compile(
    rf"(?:[(\[]\s?{_SPAN}\s{{0,2}}{_UNIT}?\s?[)\]]|{_SPAN}\s{{0,2}}{_UNIT})(?![\w])[\s:=.,–—-]{{0,5}}", re.I
)
_BARE = re.compile(rf"{_SPAN}\s{{0,2}}{_UNIT}?", re.I)
_BARE_BEFORE = re.compile(rf"{_SPAN}\s{{0,2}}[:=–—-]\s{{0,3}}(?=\D)")
_BARE_BEHIND = re.compile(rf"[\s:=–—-]{{1,5}}{_SPAN}\Z")
_LOOKED_AT = 120
"""Characters at the ends of a text where its points may stand."""


@dataclass(frozen=True)
class _Scored:
    """A text with the points that stood in it."""

    text: str
    points: Decimal | None = None
    is_range: bool = False


@dataclass(frozen=True)
class _Layout:
    """Which column is what; `levels` has the headings of the levels by their columns."""

    criterion: int = 0
    description: int | None = None
    weight: int | None = None
    points: int | None = None
    levels: dict[int, _Scored] = field(default_factory=dict)


def read_table(
    rows: Sequence[Row], stand_ins: StandIns, *, title: str = "", remarks: Remarks | None = None
) -> RubricPlan | None:
    """The rubric of a table; None if there is none in it."""
    remarks = remarks if remarks is not None else Remarks()
    filled = [row for row in rows if not row.is_blank]
    while filled and sum(1 for cell in filled[0].cells if cell.strip()) == 1 and len(filled) > 1:
        title = title or next(cell for cell in filled[0].cells if cell.strip())
        filled = filled[1:]
    if not filled or max(len(row.cells) for row in filled) < 2:
        return None
    long_form = _long_columns(filled[0])
    if long_form:
        criteria = _long_criteria(filled[1:], long_form, stand_ins, remarks)
    else:
        layout, body = _layout(filled)
        criteria = [_criterion(row, layout, stand_ins, remarks) for row in body if not _is_total(row, layout)]
    return build_rubric(title or stand_ins.rubric, criteria, remarks) if criteria else None


def table_result(plans: Sequence[RubricPlan], remarks: Remarks) -> ReadRubrics:
    """What was read from tables."""
    return ReadRubrics(tuple(plans), remarks.all(), RubricFormat.TABLE)


def _key(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", clean_line(text[:_LOOKED_AT])).lower()


def _is(text: str, names: Collection[str]) -> bool:
    return _key(text) in names


def _find(row: Row, names: Collection[str], taken: Sequence[int | None] = ()) -> int | None:
    return next((nth for nth, cell in enumerate(row.cells) if nth not in taken and _is(cell, names)), None)


def _long_columns(header: Row) -> tuple[int | None, ...] | None:
    """The columns of criterion, its description, level, points and the level's description, with a row for each
    level.
    """
    criterion, level, points = _find(header, _CRITERION), _find(header, _LEVEL), _find(header, _POINTS)
    if None in (criterion, level, points):
        return None
    text = _find(header, _LEVEL_TEXT, (criterion, level, points))
    description = _find(header, _DESCRIPTION, (criterion, level, points, text))
    return criterion, description, level, points, text


def _long_criteria(
    rows: Sequence[Row], columns: tuple[int | None, ...], stand_ins: StandIns, remarks: Remarks
) -> list[CriterionPlan]:
    criterion_at, description_at, level_at, points_at, text_at = columns
    groups: list[list[Row]] = []
    title = None
    for row in rows:
        own = clean_line(row.cell(criterion_at)) or title
        if own != title or not groups:
            groups.append([])
        groups[-1].append(row)
        title = own
    found = []
    for group in groups:
        place = phrase("Line %(line)s", line=group[0].line)
        levels = tuple(
            LevelPlan(
                read_points(row.cell(points_at), phrase("Line %(line)s", line=row.line), remarks),
                row.cell(level_at),
                row.cell(text_at),
            )
            for row in group
        )
        plan = CriterionPlan(
            title=group[0].cell(criterion_at) if clean_line(group[0].cell(criterion_at)) else stand_ins.criterion,
            description=group[0].cell(description_at),
            levels=levels,
        )
        found.append(build_criterion(plan, place, remarks))
    return found


def _layout(rows: Sequence[Row]) -> tuple[_Layout, Sequence[Row]]:
    header = rows[0]
    if not _is_header(rows):
        return _Layout(levels={nth: _Scored("") for nth in range(1, max(len(row.cells) for row in rows))}), rows
    criterion = _find(header, _CRITERION)
    first = criterion if criterion is not None else 0
    description = _find(header, _DESCRIPTION, (first,))
    weight = _find(header, _WEIGHT, (first, description))
    points = _find(header, _POINTS, (first, description, weight))
    if points is None:
        points = _find(header, _TOTAL, (first, description, weight))
    known = {first, description, weight, points}
    levels = {
        nth: _heading(header.cell(nth))
        for nth in range(max(len(row.cells) for row in rows))
        if nth not in known and any(row.cell(nth).strip() for row in rows)
    }
    return _Layout(first, description, weight, points, levels), rows[1:]


def _is_header(rows: Sequence[Row]) -> bool:
    """Whether the first row has headings: a word for the criteria, nothing above them, or points of levels."""
    header = rows[0]
    if len(rows) == 1:
        return False
    first = header.cell(0)
    if not first.strip() or _find(header, _CRITERION) is not None or _find(header, _WEIGHT) is not None:
        return True
    below = rows[1]
    return all(len(cell) <= _LOOKED_AT for cell in header.cells) and not (_says_points(header) and _says_points(below))


def _says_points(row: Row) -> bool:
    """Whether each cell behind the first says its points and something else."""
    cells = [_cell(cell) for cell in row.cells[1:] if cell.strip()]
    return bool(cells) and all(cell.points is not None and cell.text for cell in cells)


def _is_total(row: Row, layout: _Layout) -> bool:
    """Whether this is the line under the table with the sum."""
    if not _is(row.cell(layout.criterion), _TOTAL):
        return False
    return all(len(row.cell(nth).strip()) <= 20 for nth in layout.levels)


def _criterion(row: Row, layout: _Layout, stand_ins: StandIns, remarks: Remarks) -> CriterionPlan:
    place = phrase("Line %(line)s", line=row.line)
    lines = clean_text(row.cell(layout.criterion)).split("\n")
    title, description = lines[0], "\n".join(lines[1:])
    if layout.description is not None:
        description = "\n".join(filter(None, [description, clean_text(row.cell(layout.description))]))
    scored = _Scored(title) if layout.points is not None else _ends_scored(title, _AT_END)
    top = _total(row, layout) if layout.points is not None else scored.points
    title = scored.text or title
    if not title:
        title = stand_ins.criterion
        remarks.add(phrase("%(place)s has no criterion name.", place=place))
    if len(title) > MAX_TITLE and not description:
        description = title
    levels, has_ranges = _levels(row, layout, top, title, remarks)
    if not levels and top is not None:
        levels, has_ranges = [LevelPlan(top, stand_ins.points)], True
    plan = CriterionPlan(
        title=title,
        description=description,
        uses_range=has_ranges,
        counts=bool(levels),
        weight=_weight(row, layout, remarks),
        levels=tuple(levels),
    )
    if not levels:
        remarks.add(phrase("“%(title)s” has no levels and no points, so it does not count.", title=title[:60]))
    return build_criterion(plan, place, remarks)


def _levels(
    row: Row, layout: _Layout, top: Decimal | None, title: str, remarks: Remarks
) -> tuple[list[LevelPlan], bool]:
    """The levels of a criterion, and whether they are ranges of points."""
    found = [
        (heading, _cell(row.cell(nth), has_points=heading.points is not None))
        for nth, heading in layout.levels.items()
        if row.cell(nth).strip()
    ]
    points = [cell.points if cell.points is not None else heading.points for heading, cell in found]
    given = [each for each in points if each is not None]
    if len(given) < len(points):
        points = list(_spread([heading.text for heading, _cell in found], top, points))
        remarks.add(
            phrase(
                "“%(title)s”: not every level says its points. They became %(points)s; check them.",
                title=title[:60],
                points=", ".join(shown_number(each) for each in points if each is not None),
            )
        )
    levels = []
    for (heading, cell), each in zip(found, points, strict=True):
        name, text = heading.text, cell.text
        first, _, rest = text.partition("\n")
        if not name and rest and cell.points is not None and len(first) <= _LOOKED_AT:
            name, text = first, rest
        level_points = each if each is not None and each <= MAX_POINTS else Decimal(0)
        levels.append(LevelPlan(rounded(level_points), name, text))
    return levels, any(heading.is_range or cell.is_range for heading, cell in found)


def _spread(names: Sequence[str], top: Decimal | None, points: Sequence[Decimal | None]) -> Sequence[Decimal]:
    """Points from the most down to 0 where a table does not say them, or says some only."""
    known = [each for each in points if each is not None]
    last = max(len(names) - 1, 1)
    most = top or (max(known) if known else Decimal(last))
    spread = [rounded(most * (last - nth) / last) for nth in range(len(names))]
    if names and _key(names[0]) in _LOW:
        spread.reverse()
    return spread


def _heading(text: str) -> _Scored:
    """The name of a level and its points."""
    shown = clean_line(text[: 10 * _LOOKED_AT])
    bare = _BARE.fullmatch(shown)
    if bare:
        return _scored("", bare)
    for pattern in (_AT_END, _BARE_BEHIND):
        found = _ends_scored(shown, pattern)
        if found.points is not None:
            return found
    for pattern in (_AT_BEGIN, _BARE_BEFORE):
        begin = pattern.match(shown)
        if begin:
            return _scored(shown[begin.end() :], begin)
    return _Scored(shown)


def _cell(text: str, *, has_points: bool = False) -> _Scored:
    """What a cell says of a level, and its points if they stand there with their unit, in brackets or alone."""
    shown = clean_text(text)
    if has_points:
        return _Scored(shown)
    bare = _BARE.fullmatch(shown) if len(shown) < _LOOKED_AT else None
    if bare:
        return _scored("", bare)
    begin = _AT_BEGIN.match(shown)
    if begin:
        return _scored(shown[begin.end() :].lstrip(), begin)
    first, _, rest = shown.partition("\n")
    at_end = _ends_scored(first, _AT_END)
    if rest and at_end.points is not None:
        return _Scored(f"{at_end.text}\n{rest}" if at_end.text else rest, at_end.points, at_end.is_range)
    return _ends_scored(shown, _AT_END)


def _ends_scored(text: str, pattern: re.Pattern[str]) -> _Scored:
    tail = max(0, len(text) - _LOOKED_AT)
    found = pattern.search(text, tail)
    return _scored(text[: found.start()].rstrip(), found) if found else _Scored(text)


def _scored(text: str, found: re.Match[str]) -> _Scored:
    numbers = [number for number in map(number_of, filter(None, found.groups())) if number is not None]
    return _Scored(text.strip(), max(numbers, default=None), len(numbers) > 1)


def _total(row: Row, layout: _Layout) -> Decimal | None:
    found = _BARE.fullmatch(clean_line(row.cell(layout.points)[:_LOOKED_AT]))
    points = _scored("", found).points if found else None
    return rounded(points) if points is not None and points <= MAX_POINTS else None


def _weight(row: Row, layout: _Layout, remarks: Remarks) -> Decimal:
    """How many times a criterion counts; a weight in percent is a part of the whole."""
    text = clean_line(row.cell(layout.weight)[:_LOOKED_AT]).strip()
    if not text:
        return Decimal(1)
    bare = text.lower().removeprefix("x").removeprefix("×").removesuffix("x").removesuffix("×")
    number = number_of(bare.removesuffix("%"))
    weight = rounded(number / 100 if "%" in text else number) if number is not None else None
    if weight is not None and 0 < weight <= MAX_WEIGHT:
        return weight
    remarks.add(
        phrase(
            "%(place)s: “%(text)s” is not a weight, so the criterion counts once.",
            place=phrase("Line %(line)s", line=row.line),
            text=text[:60],
        )
    )
    return Decimal(1)

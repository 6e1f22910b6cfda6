"""Canvas's rubric CSV, as its rubrics page imports and exports it: a row for each criterion, three columns a rating.

Canvas reads the columns of the ratings by what their headings contain, so "Rating Name" and "Rating Name 2" are the
same to it. A rating without a name is none. One file may have several rubrics, told apart by their names.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lti_app.core.prose import clean_line, clean_text
from lti_app.core.wording import Phrase, phrase
from lti_app.exchange.formats.rows import column_name
from lti_app.exchange.formats.rubric_cells import Cells, Row
from lti_app.exchange.formats.rubric_losses import losses
from lti_app.exchange.formats.rubric_parts import (
    ReadRubrics,
    Remarks,
    RubricFormat,
    StandIns,
    WrittenRubrics,
    build_criterion,
    build_rubric,
    first_rubrics,
    read_points,
    shown_number,
)
from lti_app.grading.rubrics.rules.plans import CriterionPlan, LevelPlan, RubricPlan
from lti_app.grading.rubrics.rules.validation import MAX_TITLE

_HEAD = ("Rubric Name", "Criteria Name", "Criteria Description", "Criteria Enable Range")
_RATING = ("Rating Name", "Rating Description", "Rating Points")
_TRUE = ("true", "1", "yes")
_LEAST_RATINGS = 1


@dataclass(frozen=True)
class CanvasStyle:
    """How a file says what it says; the default is how Canvas's own template does."""

    header: tuple[str, ...] = ()
    """The headings as they stood there; without them, those of Canvas for as many ratings as there are."""
    line_end: str = "\n"
    begins_with_mark: bool = False
    """Whether a byte order mark precedes the text, as when Excel saved it."""
    ends_with_line_end: bool = True
    is_padded: bool = False
    """Whether a criterion with fewer ratings has blank cells to the end of the row."""
    quotes_all: bool = False
    quotes_empty: bool = False
    """Whether an empty text of a rating or criterion is written as two quotation marks."""
    decimals: int = 0
    """Decimal places of a whole number of points."""
    comma: bool = False
    """Whether a comma precedes the decimal places."""
    yes: str = "true"
    no: str = "false"


@dataclass(frozen=True)
class _Columns:
    """Where what stands."""

    rubric: int | None
    criterion: int | None
    description: int | None
    uses_range: int | None
    ratings: tuple[tuple[int, int | None, int | None], ...]
    """Name, description and points of each."""
    others: tuple[int, ...]


def is_canvas_rubric(header: Sequence[str]) -> bool:
    """Whether these are headings of Canvas's file."""
    names = [column_name(name) for name in header]
    return "criterianame" in names and any("ratingname" in name or "ratingpoints" in name for name in names)


def read_canvas_rubrics(cells: Cells, stand_ins: StandIns, *, style: CanvasStyle | None = None) -> ReadRubrics:
    """The rubrics of a file whose first row has Canvas's headings."""
    rows = [row for row in cells.rows if not row.is_blank]
    header, *rest = rows
    columns = _columns(header.cells)
    remarks = Remarks()
    for nth in columns.others:
        if any(row.cell(nth).strip() for row in rest):
            name = clean_line(header.cells[nth][:1_000], 60)
            remarks.add(phrase("The column “%(name)s” is not part of a rubric and was left out.", name=name))
    titles: dict[str, list[CriterionPlan]] = {}
    last = ""
    for row in rest:
        title = clean_line(row.cell(columns.rubric))
        if not title and columns.rubric is not None:
            place = phrase("Line %(line)s", line=row.line)
            remarks.add(
                phrase("%(place)s has no rubric name; we added its criterion to the rubric above.", place=place)
            )
        last = title or last or stand_ins.rubric
        titles.setdefault(last, []).append(_criterion(row, columns, stand_ins, remarks))
    plans = first_rubrics((build_rubric(title, criteria, remarks) for title, criteria in titles.items()), remarks)
    found_style = _style_of(header, rest, columns, style) if style else None
    return ReadRubrics(plans, remarks.all(), RubricFormat.CANVAS, found_style)


def write_canvas_rubrics(plans: Sequence[RubricPlan], style: CanvasStyle | None = None) -> WrittenRubrics:
    """A file that Canvas imports, in the style of the file that the rubrics came from if it is known."""
    style = style or CanvasStyle()
    remarks = Remarks()
    most = max((len(each.levels) for plan in plans for each in plan.criteria), default=0)
    header = style.header
    columns = _columns(header)
    if len(columns.ratings) < most or None in (columns.rubric, columns.criterion):
        header = _HEAD + _RATING * max(most, _LEAST_RATINGS)
        columns = _columns(header)
    lines = [_line([(name, False) for name in header], style)]
    titles: dict[str, int] = {}
    for plan in plans:
        title = _title(plan, titles, remarks)
        for criterion in plan.criteria:
            lines.append(_line(_row(title, criterion, columns, len(header), style), style))
            if not criterion.levels:
                remarks.add(phrase("Canvas needs at least one level: “%(title)s” has none.", title=criterion.title))
    text = style.line_end.join(lines) + (style.line_end if style.ends_with_line_end else "")
    for plan in plans:
        for loss in losses(plan, _as_canvas_reads(plan)):
            remarks.add(loss)
    content = text.encode("utf-8", "replace")
    return WrittenRubrics(b"\xef\xbb\xbf" + content if style.begins_with_mark else content, remarks.all())


def _columns(header: Sequence[str]) -> _Columns:
    names = [column_name(name) for name in header]
    parts = [[nth for nth, name in enumerate(names) if part in name] for part in map(column_name, _RATING)]
    descriptions, points = (dict(enumerate(found)) for found in parts[1:])
    head = [names.index(name) if name in names else None for name in map(column_name, _HEAD)]
    rubric, criterion, description, uses_range = head
    known = {*head, *(nth for found in parts for nth in found)}
    return _Columns(
        rubric,
        criterion,
        description,
        uses_range,
        ratings=tuple((name, descriptions.get(nth), points.get(nth)) for nth, name in enumerate(parts[0])),
        others=tuple(nth for nth in range(len(names)) if nth not in known),
    )


def _criterion(row: Row, columns: _Columns, stand_ins: StandIns, remarks: Remarks) -> CriterionPlan:
    place = phrase("Line %(line)s", line=row.line)
    title = row.cell(columns.criterion)
    if not title.strip():
        title = stand_ins.criterion
        remarks.add(phrase("%(place)s has no criterion name.", place=place))
    levels = list(_levels(row, columns, place, remarks))
    plan = CriterionPlan(
        title=title,
        description=row.cell(columns.description),
        uses_range=row.cell(columns.uses_range).strip().lower() in _TRUE,
        levels=tuple(levels),
    )
    built = build_criterion(plan, place, remarks)
    if [level.points for level in levels[: len(built.levels)]] != [level.points for level in built.levels]:
        remarks.add(phrase("%(place)s: the levels were put in order, from the most points down.", place=place))
    if not levels:
        remarks.add(phrase("%(place)s has no ratings.", place=place))
    return built


def _levels(row: Row, columns: _Columns, place: Phrase, remarks: Remarks) -> Iterator[LevelPlan]:
    for name_at, description_at, points_at in columns.ratings:
        name, description, points = (row.cell(nth) for nth in (name_at, description_at, points_at))
        if not (name.strip() or description.strip() or points.strip()):
            continue
        if not description.strip() and _is_prose(name):
            name, description = "", name
        yield LevelPlan(read_points(points, place, remarks), name, description)


def _title(plan: RubricPlan, taken: dict[str, int], remarks: Remarks) -> str:
    """The name of a rubric: Canvas needs one, and takes two rubrics of the same name for one."""
    title = plan.title or "Rubric"
    if not plan.title:
        remarks.add(phrase("Canvas needs a name for a rubric without one: it is “%(title)s” in the file.", title=title))
    taken[title] = count = taken.get(title, 0) + 1
    if count == 1:
        return title
    named = f"{title} ({count})"
    remarks.add(phrase("Two rubrics have the same name; one of them is “%(title)s” in the file.", title=named))
    taken[named] = 1
    return named


def _as_canvas_reads(plan: RubricPlan) -> RubricPlan:
    """The rubric as its rows say it."""
    return RubricPlan(
        title=plan.title or "Rubric",
        criteria=tuple(
            CriterionPlan(
                title=each.title,
                description=each.description,
                uses_range=each.uses_range,
                levels=tuple(LevelPlan(level.points, *_texts(level)) for level in each.levels),
            )
            for each in plan.criteria
        ),
    )


def _texts(level: LevelPlan) -> tuple[str, str]:
    """The name and the description; the description takes the place of a name, which Canvas needs."""
    if level.name:
        return level.name, level.description
    return ("", level.description) if _is_prose(level.description) else (level.description, "")


def _is_prose(text: str) -> bool:
    """Whether the name of a rating is rather a description: too long for a name, or not on one line."""
    text = clean_text(text)
    return len(text) > MAX_TITLE or text != clean_line(text)


def _row(
    title: str, criterion: CriterionPlan, columns: _Columns, width: int, style: CanvasStyle
) -> list[tuple[str, bool]]:
    """The cells, each with whether it stands for an empty text rather than for nothing."""
    cells: dict[int, tuple[str, bool]] = {}

    def put(nth: int | None, text: str) -> None:
        if nth is not None:
            cells[nth] = (text, True)

    put(columns.rubric, title)
    put(columns.criterion, criterion.title)
    put(columns.description, criterion.description)
    put(columns.uses_range, style.yes if criterion.uses_range else style.no)
    for level, (name_at, description_at, points_at) in zip(criterion.levels, columns.ratings, strict=False):
        name, description = (level.name, level.description) if level.name else (level.description, "")
        put(name_at, name)
        put(description_at, description)
        put(points_at, _points(level.points, style))
    last = width if style.is_padded else max(cells) + 1
    return [cells.get(nth, ("", False)) for nth in range(last)]


def _points(points: Decimal, style: CanvasStyle) -> str:
    text = shown_number(points)
    if style.decimals and "." not in text:
        text += "." + "0" * style.decimals
    return text.replace(".", ",") if style.comma else text


def _line(cells: Sequence[tuple[str, bool]], style: CanvasStyle) -> str:
    return ",".join(_quoted(text, style, is_text=is_text) for text, is_text in cells)


def _quoted(text: str, style: CanvasStyle, *, is_text: bool) -> str:
    if text:
        is_quoted = style.quotes_all or any(sign in text for sign in ',"\r\n')
    else:
        is_quoted = style.quotes_all or (is_text and style.quotes_empty)
    return '"{}"'.format(text.replace('"', '""')) if is_quoted else text


def _style_of(header: Row, rows: Sequence[Row], columns: _Columns, style: CanvasStyle) -> CanvasStyle:
    """How the file writes what can be written in several ways; `style` knows its bytes."""
    cells = [(cell, quoted) for row in rows for cell, quoted in zip(row.cells, row.quoted, strict=True)]
    points = [row.cell(nth).strip() for row in rows for _name, _text, nth in columns.ratings]
    whole = [text for text in points if text.replace(",", ".").rstrip("0").endswith(".")]
    ranges = [row.cell(columns.uses_range) for row in rows]
    yes = next((word for word in ranges if word.lower() in _TRUE), "")
    no = next((word for word in ranges if word.lower() not in _TRUE), None)
    words = _words(yes, no)
    return CanvasStyle(
        header=tuple(header.cells),
        line_end=style.line_end,
        begins_with_mark=style.begins_with_mark,
        ends_with_line_end=style.ends_with_line_end,
        is_padded=bool(rows) and all(len(row.cells) == len(header.cells) for row in rows),
        quotes_all=bool(header.quoted) and all(header.quoted) and all(quoted for _cell, quoted in cells),
        quotes_empty=any(quoted and not cell for cell, quoted in cells),
        decimals=max((len(text) - len(text.rstrip("0")) for text in whole), default=0),
        comma=any("," in text for text in points),
        **words,
    )


def _words(yes: str, no: str | None) -> Mapping[str, str]:
    """How the file says yes and no: what it does not say, in the manner of what it does."""
    pairs = {"true": "false", "1": "0", "yes": "no"}
    opposites = {**pairs, **{value: key for key, value in pairs.items()}}

    def opposite(word: str) -> str:
        found = opposites.get(word.lower(), "")
        return found.upper() if word.isupper() else found.capitalize() if word.istitle() else found

    return {"yes": yes or opposite(no or "") or "true", "no": (opposite(yes) or "false") if no is None else no}

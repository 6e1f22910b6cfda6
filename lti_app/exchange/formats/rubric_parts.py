"""What all rubric formats share: limits, points as people write them, and rubrics built within the limits."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from lti_app.core.prose import clean_line, clean_text, cut
from lti_app.core.wording import Phrase, marked, nphrase, phrase
from lti_app.grading.rubrics.rules.plans import CriterionPlan, LevelPlan, RubricPlan
from lti_app.grading.rubrics.rules.points import rounded
from lti_app.grading.rubrics.rules.validation import (
    MAX_CRITERIA,
    MAX_DESCRIPTION,
    MAX_LEVELS,
    MAX_POINTS,
    MAX_TITLE,
)

if TYPE_CHECKING:
    from lti_app.exchange.formats.rubric_canvas import CanvasStyle

MAX_BYTES = 2_000_000
"""Of a table: far more than 50 rubrics have."""
MAX_XML_BYTES = 2_800_000
"""Of a Moodle backup's grading.xml, which also has every student's marks; requests have no room for more."""
MAX_ROWS = 2_000
MAX_COLUMNS = 200
MAX_RUBRICS = 50
"""Of one file."""
MAX_REMARKS = 60
"""Remarks that are shown one by one; nobody reads more of them."""

_NUMBER = re.compile(r"[+\-−]?\d{1,9}(?:[.,٫]\d{1,12})?")
_RANGE = re.compile(
    r"(\d{1,9}(?:[.,]\d{1,12})?)\s{0,3}(?:-|–|—|−|\bto\b|\bbis\b)\s{0,3}>?\s{0,3}(\d{1,9}(?:[.,]\d{1,12})?)"
)


class RubricFormat(StrEnum):
    """What a file or pasted text with rubrics turned out to be."""

    CANVAS = "canvas"
    MOODLE = "moodle"
    COLLOQUY = "colloquy"
    TABLE = "table"


@dataclass(frozen=True)
class ReadRubrics:
    """The rubrics of a file or of pasted text."""

    plans: tuple[RubricPlan, ...]
    remarks: tuple[Phrase, ...] = ()
    """What could not be taken over as it was, each with its place."""
    format: RubricFormat = RubricFormat.TABLE
    style: "CanvasStyle | None" = None
    """How a Canvas file was written, to write it the same way again."""


@dataclass(frozen=True)
class WrittenRubrics:
    """The bytes of a file with rubrics."""

    content: bytes
    remarks: tuple[Phrase, ...] = ()
    """What the file does not have, or has in another form."""


@dataclass(frozen=True)
class StandIns:
    """Names for what has none in a file, in the language of the person who imports."""

    rubric: str = marked("Rubric")
    criterion: str = marked("Criterion")
    level: str = marked("Level")
    points: str = marked("Points")


@dataclass
class Remarks:
    """Collects remarks: each once, and no more than anybody reads."""

    found: dict[tuple[str, str], Phrase] = field(default_factory=dict)
    more: int = 0

    def add(self, remark: Phrase) -> None:
        """Note something, unless it was noted already."""
        key = (remark.text, repr(sorted(remark.values.items())))
        if key in self.found:
            return
        if len(self.found) < MAX_REMARKS:
            self.found[key] = remark
        else:
            self.more += 1

    def all(self) -> tuple[Phrase, ...]:
        """The remarks in their order; the last one counts those that are not shown."""
        rest = nphrase("%(num)s more place was changed.", "%(num)s more places were changed.")
        return (*self.found.values(), *([rest.with_values(num=self.more)] if self.more else []))


def number_of(text: str) -> Decimal | None:
    """A number as people write it, with a decimal point or comma; None for anything else."""
    text = text.strip()
    if len(text) > 30 or not _NUMBER.fullmatch(text):
        return None
    return Decimal(text.replace(",", ".").replace("٫", ".").replace("−", "-"))


def shown_number(number: Decimal) -> str:
    """A number as it is typed, without zeros at its end."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_points(text: str, place: Phrase | str, remarks: Remarks) -> Decimal:
    """Points from a cell or an element; 0, with a remark, where there is no such number of points."""
    found = number_of(text)
    span = _RANGE.search(text) if found is None and len(text) < 100 else None
    if span:
        found = max(Decimal(span[1].replace(",", ".")), Decimal(span[2].replace(",", ".")))
        if found <= MAX_POINTS:
            remarks.add(
                phrase(
                    "%(place)s: “%(text)s” was read as %(points)s points, the most of that range.",
                    place=place,
                    text=clean_line(text, 60),
                    points=shown_number(rounded(found)),
                )
            )
    if found is None or not 0 <= found <= MAX_POINTS:
        remarks.add(
            phrase(
                "%(place)s: “%(text)s” is not a number of points from 0 to %(most)s, so it became 0.",
                place=place,
                text=clean_line(text[:1_000], 60),
                most=shown_number(MAX_POINTS),
            )
        )
        return Decimal(0)
    if rounded(found) != found:
        remarks.add(
            phrase(
                "%(place)s: %(text)s points were rounded to %(points)s.",
                place=place,
                text=clean_line(text, 60),
                points=shown_number(rounded(found)),
            )
        )
    return rounded(found)


def line(text: str, place: Phrase | str, remarks: Remarks, most: int = MAX_TITLE) -> str:
    """A title or a name, on one line."""
    return _short(clean_line(text), place, remarks, most)


def prose(text: str, place: Phrase | str, remarks: Remarks, most: int = MAX_DESCRIPTION) -> str:
    """A description, with its lines."""
    return _short(clean_text(text), place, remarks, most)


def _short(text: str, place: Phrase | str, remarks: Remarks, most: int) -> str:
    if len(text) <= most:
        return text
    remarks.add(
        phrase(
            "%(place)s: a text longer than %(most)s characters was cut after “%(text)s”.",
            place=place,
            most=most,
            text=cut(text, most)[-30:],
        )
    )
    return cut(text, most)


def build_criterion(plan: CriterionPlan, place: Phrase | str, remarks: Remarks) -> CriterionPlan:
    """A criterion with clean texts, its levels from the most points down, all within the limits."""
    levels = [
        LevelPlan(level.points, line(level.name, place, remarks), prose(level.description, place, remarks))
        for level in plan.levels[:MAX_LEVELS]
    ]
    if len(plan.levels) > MAX_LEVELS:
        remarks.add(
            phrase(
                "%(place)s: a criterion can have up to %(most)s levels; %(num)s were left out.",
                place=place,
                most=MAX_LEVELS,
                num=len(plan.levels) - MAX_LEVELS,
            )
        )
    return replace(
        plan,
        title=line(plan.title, place, remarks),
        description=prose(plan.description, place, remarks),
        levels=tuple(sorted(levels, key=lambda level: -level.points)),
    )


def build_rubric(title: str, criteria: Sequence[CriterionPlan], remarks: Remarks) -> RubricPlan:
    """A rubric with no more criteria than it may have."""
    shown = line(title, clean_line(title[:200], 60), remarks)
    if len(criteria) > MAX_CRITERIA:
        remarks.add(
            phrase(
                "“%(title)s” has more than %(most)s criteria; the last %(num)s were left out.",
                title=shown,
                most=MAX_CRITERIA,
                num=len(criteria) - MAX_CRITERIA,
            )
        )
    return RubricPlan(title=shown, criteria=tuple(criteria[:MAX_CRITERIA]))


def first_rubrics(plans: Iterable[RubricPlan], remarks: Remarks) -> tuple[RubricPlan, ...]:
    """The rubrics of a file, as many as are read from one."""
    found = tuple(plans)
    if len(found) > MAX_RUBRICS:
        remarks.add(
            phrase(
                "A file can have up to %(most)s rubrics; the last %(num)s were left out.",
                most=MAX_RUBRICS,
                num=len(found) - MAX_RUBRICS,
            )
        )
    return found[:MAX_RUBRICS]

"""Forms and words for rubrics that come from files and go into files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FileField, SelectField

from lti_app.core.later import LaterModule
from lti_app.core.wording import Phrase
from lti_app.exchange.formats.encodings import CODECS
from lti_app.exchange.formats.errors import FileRefused
from lti_app.exchange.formats.rubric_canvas import write_canvas_rubrics
from lti_app.exchange.formats.rubric_colloquy import write_own_rubrics
from lti_app.exchange.formats.rubric_parts import RubricFormat, StandIns, WrittenRubrics
from lti_app.grading.rubrics.rules.criteria import RubricView
from lti_app.grading.rubrics.rules.plans import RubricPlan, plan_of
from lti_app.grading.rubrics.rules.validation import RubricProblem, problems_in
from lti_app.web.forms.fields import LongTextField, PostedForm, offered
from lti_app.web.grading.forms.rubrics import draft_of

if TYPE_CHECKING:
    from lti_app.exchange.formats import rubric_moodle
else:
    rubric_moodle = LaterModule("lti_app.exchange.formats.rubric_moodle")

FORMATS = {
    RubricFormat.CANVAS: _l("a Canvas rubric CSV"),
    RubricFormat.MOODLE: _l("a Moodle backup"),
    RubricFormat.COLLOQUY: _l("rubrics exported from Colloquy"),
    RubricFormat.TABLE: _l("a table"),
}
"""What a file or a pasted text turned out to be."""


class RubricFile(StrEnum):
    """The files in which a rubric can be downloaded."""

    CANVAS = "canvas"
    MOODLE = "moodle"
    CSV = "csv"


FILE_LABELS = {
    RubricFile.CANVAS: _l("Canvas (CSV)"),
    RubricFile.MOODLE: _l("Moodle (XML)"),
    RubricFile.CSV: _l("Colloquy (CSV)"),
}
FILE_TYPES = {
    RubricFile.CANVAS: ("text/csv; charset=utf-8", "csv"),
    RubricFile.MOODLE: ("application/xml", "xml"),
    RubricFile.CSV: ("text/csv; charset=utf-8", "csv"),
}
"""The media type and the ending of the name."""


def _write_moodle(plans: Sequence[RubricPlan]) -> WrittenRubrics:
    return rubric_moodle.write_moodle(plans)


_WRITERS: dict[RubricFile, Callable[[Sequence[RubricPlan]], WrittenRubrics]] = {
    RubricFile.CANVAS: write_canvas_rubrics,
    RubricFile.MOODLE: _write_moodle,
    RubricFile.CSV: write_own_rubrics,
}


class RubricImportForm(PostedForm):
    """A file with rubrics, or a pasted table."""

    file = FileField(_l("File"))
    text = LongTextField(_l("Or paste a table here"))
    encoding = SelectField(
        _l("Character encoding"),
        choices=offered({"": _l("Detect automatically"), **{name: name for name in CODECS}}),
        default="",
    )


@dataclass(frozen=True)
class FoundRubric:
    """A rubric of a file, before it is stored."""

    plan: RubricPlan
    rubric: RubricView
    """As it will look."""
    problems: tuple[RubricProblem, ...]
    """Why it cannot be stored as it is."""
    fields: tuple[tuple[str, str], ...]
    """What the editor is opened with."""


@dataclass(frozen=True)
class RubricDownload:
    """A file that can be downloaded, and what it will not say."""

    kind: RubricFile
    label: str
    remarks: tuple[Phrase, ...]


def found_rubrics(plans: Sequence[RubricPlan]) -> list[FoundRubric]:
    """The rubrics of a file as the preview shows them."""
    return [
        FoundRubric(
            plan, plan.numbered(), problems_in(plan), tuple(draft_of(plan).fields()) if problems_in(plan) else ()
        )
        for plan in plans
    ]


def downloads(rubric: RubricView) -> list[RubricDownload]:
    """The files in which a rubric can be downloaded."""
    plan = plan_of(rubric)
    return [RubricDownload(kind, str(label), written(plan, kind).remarks) for kind, label in FILE_LABELS.items()]


def written(plan: RubricPlan, kind: RubricFile) -> WrittenRubrics:
    """A rubric as a file."""
    return _WRITERS[kind]([plan])


def stand_ins() -> StandIns:
    """Names for what has none in a file, in the language of the reader."""
    usual = StandIns()
    return StandIns(rubric=_(usual.rubric), criterion=_(usual.criterion), level=_(usual.level), points=_(usual.points))


def rubric_file_words(error: FileRefused) -> str:
    """Why nothing of a file can be used, in words for the person who gave it."""
    line, limit = error.data.get("line") or 0, error.data.get("limit") or 0
    words: dict[str, Callable[[], str]] = {
        "missing": lambda: _("Choose a file, or paste a table."),
        "too_large": lambda: _(
            "This is larger than %(limit)s MB. Export fewer rubrics at once.", limit=int(str(limit)) // 10**6
        ),
        "not_text": lambda: _(
            "This is a spreadsheet, a document or an archive. Save the spreadsheet as CSV, or copy the table and paste "
            "it below. From a Moodle backup, take the grading.xml of the activity."
        ),
        "nothing_in_it": lambda: _("There is nothing in it. Check that it is the right file."),
        "no_rubric": lambda: _(
            "We found no rubric in it. The first row must have the names of the levels, and each row below a criterion."
        ),
        "too_many_rows": lambda: _("It has more than %(limit)s rows, which is more than a rubric has.", limit=limit),
        "too_wide": lambda: _(
            "Line %(line)s has more than %(limit)s columns, which is more than a rubric has.", line=line, limit=limit
        ),
        "xml_broken": lambda: _("This looks like XML but can’t be read. Check line %(line)s.", line=line),
        "xml_entities": lambda: _("This XML defines its own entities, which Moodle never does, so it was not read."),
        "not_moodle": lambda: _("This is XML, but no rubric or marking guide of Moodle is in it."),
    }
    said = words.get(error.code)
    return said() if said else _("This file can’t be used.")

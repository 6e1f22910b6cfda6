"""The class over the term: students by discussions, as a page and as a file."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import pgettext

from lti_app.course.courses.rules import Actor
from lti_app.course.groups.queries import GroupLine
from lti_app.discussion.discussions.access import DiscussionPermission, may, require
from lti_app.exchange.exporting.rules.tables import Cell, ExportedTable
from lti_app.grading.assessments.queries.term import list_excused
from lti_app.grading.rubrics.rules.points import rounded
from lti_app.participation.matrix.queries.tables import CourseTerm, get_course_term
from lti_app.participation.matrix.rules.course import CourseCell, CourseLine, CourseMatrix
from lti_app.participation.matrix.rules.filters import POINTS, WORK, MatrixFilter
from lti_app.participation.matrix.rules.states import MISSING
from lti_app.web.participation.tables import (
    NAME,
    groups_and_members,
    ids_of,
    query_of,
    read_matrix_filter,
    shown_states,
    sort_links,
    state_words,
    table_file,
)
from lti_app.web.session import get_visitor
from lti_app.web.table_rows import MARK, table_rows
from lti_app.web.transactions import now, read_session

blueprint = Blueprint("course_matrix", __name__, url_prefix="/courses/<int:course_id>/participation")


@blueprint.get("")
def show() -> ResponseReturnValue:
    """Every student by every discussion that has begun; each cell leads to the student's posts there."""
    actor = get_visitor()
    term, shown, wanted, groups = _open(actor)
    untitled = _("Untitled")
    named = [(column.key, column.title or untitled) for column in term.matrix.columns]
    return render_template(
        "participation/course_matrix.html",
        matrix=shown,
        whole=term.matrix,
        done=shown.done(),
        rows=_rows_of(shown),
        people=ids_of(shown.lines),
        wanted=wanted,
        query=query_of(wanted),
        links=sort_links(wanted, {*term.matrix.places, POINTS}),
        groups=groups,
        grader="",
        heads=_heads(named, has_points=term.matrix.has_points),
        column_choices=[(column.key, words) for column, (_key, words) in zip(term.matrix.columns, named, strict=True)],
        may_edit=may(actor, DiscussionPermission.EDIT_SETTINGS),
        **shown_states(),
    )


class TermRow(NamedTuple):
    """All that a row of the table shows of a student."""

    person_id: int
    key: str
    name: str
    cells: tuple[CourseCell | None, ...]
    missing: int
    points: tuple[Decimal, Decimal] | None


def _rows_of(shown: CourseMatrix) -> str:
    """The rows of the table as text."""
    rows = {
        line.person_id: TermRow(
            line.person_id, line.student.key, line.name, line.cells, line.count(MISSING), line.points
        )
        for line in shown.lines
    }
    base, discussion_ids = url_for("courses.home"), tuple([column.discussion_id for column in shown.columns])

    def render(people: Sequence[int]) -> str:
        return render_template(
            "participation/_course_rows.html",
            rows=[rows[each] for each in people],
            mark=MARK,
            base=base,
            discussion_ids=discussion_ids,
            has_points=shown.has_points,
            shown_states=shown_states()["shown_states"],
        )

    return table_rows(("term", base, discussion_ids, shown.has_points), rows, render)


def _heads(named: list[tuple[str, str]], *, has_points: bool) -> list[tuple[str, str, str | None]]:
    """The key of each column, what its head says, and the discussion that it is of."""
    points = [(POINTS, _("Points"), None)] if has_points else []
    discussions = ((key, words, key) for key, words in named)
    return [(NAME, _("Student"), None), *discussions, (WORK, pgettext("status", "Missing"), None), *points]


@blueprint.get("/export")
def export() -> ResponseReturnValue:
    """The same table as a file."""
    actor = get_visitor()
    _term, shown, _wanted, _groups = _open(actor)
    table = ExportedTable(_("Participation"), _head(shown), _rows(shown))
    return table_file(table, _("Participation in %(title)s", title=actor.course_title or _("Your course")))


def _open(actor: Actor) -> tuple[CourseTerm, CourseMatrix, MatrixFilter, list[GroupLine]]:
    require(actor, DiscussionPermission.GRADE)
    wanted = read_matrix_filter()
    excused = list_excused(read_session(), actor)
    term = get_course_term(read_session(), actor, excused=excused, now=now())
    groups, members = groups_and_members(actor, wanted, blind=False)
    return term, term.matrix.narrowed(wanted, members), wanted, groups


def _head(matrix: CourseMatrix) -> list[str]:
    head = [_("Student")]
    for column in matrix.columns:
        name = column.title or _("Untitled")
        head += [
            name,
            _("%(title)s: requirements met", title=name),
            _("%(title)s: requirements", title=name),
        ]
    if matrix.has_points:
        head += [_("Points"), _("Points possible")]
    return head


def _rows(matrix: CourseMatrix) -> Iterator[list[Cell]]:
    words, nameless, hidden = state_words(), _("Name not available"), _("names hidden")

    def row(line: CourseLine) -> list[Cell]:
        told: list[Cell] = [line.name or nameless]
        for cell in line.cells:
            told += [hidden, None, None] if cell is None else [words.get(cell.state, cell.state), cell.done, cell.asked]
        if matrix.has_points:
            told += [rounded(points) for points in line.points] if line.points else [None, None]
        return told

    return (row(line) for line in matrix.lines)

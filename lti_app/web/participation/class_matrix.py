"""The class in one discussion: students by requirements, as a page and as a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_app.core.made_once import MadeOnce
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.groups.queries import GroupLine
from lti_app.discussion.discussions.access import DiscussionPermission, may
from lti_app.discussion.discussions.actions.pseudonyms import name_everybody
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.exchange.exporting.rules.tables import Cell, ExportedTable
from lti_app.grading.assessments.queries.term import list_excused
from lti_app.grading.graders.queries.assignments import collect_own_students
from lti_app.grading.points.queries import collect_sent_points
from lti_app.grading.points.rules import SentPoints
from lti_app.grading.rubrics.rules.points import rounded
from lti_app.participation.matrix.queries.tables import get_class_matrix
from lti_app.participation.matrix.rules.filters import POINTS, WORK, MatrixFilter
from lti_app.participation.matrix.rules.matrix import ClassMatrix, MatrixCell, MatrixLine
from lti_app.participation.progress.queries import requirements_of
from lti_app.participation.requirements.registry import use_from_stored
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
from lti_app.web.participation.words import column_words, standing_words
from lti_app.web.session import get_visitor
from lti_app.web.table_rows import MARK, MOST_ROWS, table_rows
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint(
    "class_matrix", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/participation/class"
)
MINE, ALL = "me", "all"


@dataclass(frozen=True)
class OpenedMatrix:
    """The table of a discussion as this request asks for it."""

    actor: Actor
    discussion: DiscussionView
    whole: ClassMatrix
    shown: ClassMatrix
    wanted: MatrixFilter
    groups: list[GroupLine]
    sent: Mapping[int, SentPoints] | None
    """The points that were sent to the gradebook, by person id; None where they have no column."""
    grader: str
    """MINE where an assistant sees their own students, ALL where they see everybody, empty for whoever has none."""


class ShownRow(NamedTuple):
    """All that a row of the table shows of a student."""

    key: str
    name: str
    joined_late: datetime | None
    work: str
    cells: tuple[MatrixCell | None, ...]
    points: tuple[Decimal, Decimal] | None
    sent: SentPoints | None


@blueprint.get("")
def show(discussion_id: int) -> ResponseReturnValue:
    """Every student by every requirement; each cell leads to the posts that it was counted from."""
    opened = _open(discussion_id)
    named = [(column.key, column_words(column), column.of_nothing) for column in opened.whole.columns]
    points = [(POINTS, _("Points"), None)] if opened.whole.has_points else []
    return render_template(
        "participation/class_matrix.html",
        discussion=opened.discussion,
        requirements=requirements_of(opened.discussion, opened.discussion.class_calendar),
        matrix=opened.shown,
        whole=opened.whole,
        done=opened.shown.done,
        rows=_rows_of(opened),
        people=ids_of(opened.shown.lines),
        wanted=opened.wanted,
        query=query_of(opened.wanted, grader=opened.grader if opened.grader == ALL else ""),
        links=sort_links(opened.wanted, {*opened.whole.places, POINTS}),
        groups=opened.groups,
        grader=opened.grader,
        heads=[(NAME, _("Student"), None), (WORK, _("Work"), None), *named, *points],
        sent=opened.sent,
        column_choices=[(key, words) for key, words, _verdict in named],
        **shown_states(),
        blind=opened.discussion.hides_names_from(opened.actor),
        may_edit=may(opened.actor, DiscussionPermission.EDIT_SETTINGS),
        base_url=url_for("discussions.show", discussion_id=discussion_id),
    )


def _rows_of(opened: OpenedMatrix) -> str:
    """The rows of the table as text."""
    may_edit = may(opened.actor, DiscussionPermission.EDIT_SETTINGS)
    base_url = url_for("discussions.show", discussion_id=opened.discussion.id)
    has_column, sent = opened.sent is not None, opened.sent or {}
    lines = opened.shown.lines

    def row_of(line: MatrixLine) -> ShownRow:
        points, own = line.points, sent.get(line.person_id)
        return ShownRow(line.student.key, line.name, line.joined_late, line.work, line.cells, points, own)

    key, basis = (opened.discussion.id, opened.wanted), (lines, sent)
    rows = _rows.of(key, basis, lambda: {each.person_id: row_of(each) for each in lines}, size=len(lines))

    def render(people: Sequence[int]) -> str:
        return render_template(
            "participation/_class_rows.html",
            rows=[rows[each] for each in people],
            mark=MARK,
            has_column=has_column,
            may_edit=may_edit,
            base_url=base_url,
            shown_states=shown_states()["shown_states"],
        )

    return table_rows(("matrix", base_url, may_edit, has_column), rows, render)


_rows: MadeOnce[tuple[int, MatrixFilter], Mapping[int, ShownRow]] = MadeOnce(MOST_ROWS)
"""By discussion id and filter, what each row shows."""


@blueprint.get("/export")
def export(discussion_id: int) -> ResponseReturnValue:
    """The same table as a file."""
    opened = _open(discussion_id)
    title = opened.discussion.title
    table = ExportedTable(_("Participation"), _head(opened.shown, opened.sent), _cells_of(opened.shown, opened.sent))
    return table_file(table, _("Participation in %(title)s", title=title))


def _open(discussion_id: int) -> OpenedMatrix:
    actor, session = get_visitor(), read_session()
    need = DiscussionPermission.GRADE
    discussion = get_discussion(session, actor, discussion_id, need=need, now=now())
    wanted = read_matrix_filter()
    whole = _matrix(actor, discussion)
    groups, members = groups_and_members(actor, wanted, blind=discussion.hides_names_from(actor))
    has_column = bool(use_from_stored(discussion.requirements).column)
    sent = collect_sent_points(session, actor, discussion) if has_column else None
    own = _own_students(actor, discussion)
    grader = "" if not own else ALL if request.args.get("grader") == ALL else MINE
    own_lines = tuple(each for each in whole.lines if each.person_id in own)
    seen = replace(whole, lines=own_lines) if grader == MINE else whole
    return OpenedMatrix(actor, discussion, seen, seen.narrowed(wanted, members), wanted, groups, sent, grader)


def _matrix(actor: Actor, discussion: DiscussionView) -> ClassMatrix:
    """In blind grading, students without a pseudonym get one first."""
    excused = {whose for _where, whose in list_excused(read_session(), actor, discussion.id)}
    matrix = get_class_matrix(read_session(), actor, discussion, excused=excused, now=now())
    if discussion.hides_names_from(actor) and not all(line.name for line in matrix.lines):
        with writing() as session:
            name_everybody(session, actor, discussion)
        matrix = get_class_matrix(read_session(), actor, discussion, excused=excused, now=now())
    return matrix


def _own_students(actor: Actor, discussion: DiscussionView) -> frozenset[int]:
    """The students that an assistant grades, as on the desk; none for instructors, who see the class."""
    is_assistant = actor.role is Role.ASSISTANT
    return collect_own_students(read_session(), actor, discussion) if is_assistant else frozenset()


def _head(matrix: ClassMatrix, sent: Mapping[int, SentPoints] | None) -> list[str]:
    head = [_("Student"), _("Work"), _("Posts")]
    for column in matrix.columns:
        name = column_words(column)
        head += [
            name,
            _("%(requirement)s: done", requirement=name),
            _("%(requirement)s: required", requirement=name),
            _("%(requirement)s: met", requirement=name),
            _("%(requirement)s: posts", requirement=name),
        ]
    if matrix.has_points:
        head += [_("Points"), _("Points possible")]
    if sent is not None:
        head += [_("Points sent"), _("Points sent of"), _("Gradebook")]
    return head


def _cells_of(matrix: ClassMatrix, sent: Mapping[int, SentPoints] | None) -> Iterator[list[Cell]]:
    words, nameless, standings = state_words(), _("Name not available"), standing_words()

    def row(line: MatrixLine) -> list[Cell]:
        told: list[Cell] = [line.name or nameless, words.get(line.work, line.work), line.posts]
        told += (cell for nth in range(len(line.verdicts)) for cell in _cells(line, nth, words))
        if matrix.has_points:
            told += [rounded(points) for points in line.points] if line.points else [None, None]
        return told if sent is None else [*told, *_sent_cells(sent.get(line.person_id), standings)]

    return (row(line) for line in matrix.lines)


def _sent_cells(sent: SentPoints | None, standings: Mapping[str, str]) -> list[Cell]:
    if sent is None:
        return [None] * 3
    standing = sent.report.standing.value
    return [sent.report.given, sent.report.possible, standings.get(standing, standing)]


def _cells(line: MatrixLine, nth: int, words: Mapping[str, str]) -> list[Cell]:
    verdict, state = line.verdicts[nth], line.state_at(nth)
    if verdict is None:
        return [None] * 5
    return [words.get(state, state), verdict.have, verdict.want, verdict.met_at, " ".join(verdict.addresses)]

"""The rows of the class list, and of the one beside the desk, as text."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from flask import render_template, request, url_for
from flask_babel import gettext as _

from lti_app.core.made_once import MadeOnce
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.adjustments.rules.given import GivenGrade
from lti_app.grading.assessments.rules import GradingStatus, StudentLine
from lti_app.grading.points.rules import PointsLine
from lti_app.participation.progress.rules import WorkStanding
from lti_app.web.table_rows import MARK, MOST_ROWS, table_rows

_AS_STORED = frozenset({GradingStatus.RELEASED, GradingStatus.UNGRADED})
"""Where the points of a student are those that were released, if any."""


class ClassRow(NamedTuple):
    """All that a row of the class list shows of a student."""

    line: StudentLine
    standing: WorkStanding
    given: Decimal | None
    """The points that the student would get now; None where no marks are stored."""
    points: PointsLine | None
    graders: tuple[str, ...]
    """The names of those who are to grade the student."""
    is_ticked: bool


def class_rows(
    discussion: DiscussionView,
    lines: Sequence[StudentLine],
    *,
    query: str,
    standings: Mapping[int, WorkStanding],
    grades: Mapping[int, GivenGrade],
    points: Mapping[int, PointsLine],
    graders: Mapping[int, str],
    shows_graders: bool,
) -> str:
    """A row for each of these students; `query` is what links add to keep the filter."""
    base_url, tick = url_for("discussions.show", discussion_id=discussion.id), request.args.get("tick", "")
    former = _("Former grader") if shows_graders else ""

    def row_of(line: StudentLine) -> ClassRow:
        whose, standing, grade = line.person_id, standings[line.person_id], grades.get(line.person_id)
        names = tuple([graders.get(key) or former for key in line.graders.everybody]) if shows_graders else ()
        given = grade.given if grade else None
        return ClassRow(line, standing, given, points.get(whose), names, _is_ticked(tick, line, standing))

    basis = (tuple(lines), standings, grades, points, graders, former, shows_graders, tick)
    rows = _rows.of(
        (discussion.id, query), basis, lambda: {each.person_id: row_of(each) for each in lines}, size=len(lines)
    )
    told = {"base_url": base_url, "query": query, "shows_graders": shows_graders, "has_points": bool(points)}

    def render(people: Sequence[int]) -> str:
        return render_template("grading/_rows.html", rows=[rows[each] for each in people], mark=MARK, **told)

    return table_rows(("class list", *told.values()), rows, render)


_rows: MadeOnce[tuple[int, str], Mapping[int, ClassRow]] = MadeOnce(MOST_ROWS)
"""By discussion id and filter, what each row shows."""


class NameBeside(NamedTuple):
    """All that the class list beside the desk shows of a student."""

    line: StudentLine
    given: Decimal | None
    """The points of the student; None where there are none."""
    is_open: bool


_beside: MadeOnce[tuple[int, str], Mapping[int, NameBeside]] = MadeOnce(MOST_ROWS)
"""The same of the list beside the desk, with nobody open."""


def names_beside(
    discussion: DiscussionView,
    lines: Sequence[StudentLine],
    *,
    query: str,
    grades: Mapping[int, GivenGrade],
    open_id: int,
) -> str:
    """The class list beside the desk, on which one student is open."""
    base_url = url_for("discussions.show", discussion_id=discussion.id)

    def row_of(line: StudentLine) -> NameBeside:
        grade = None if line.status in _AS_STORED else grades.get(line.person_id)
        return NameBeside(line, grade.given if grade else line.released_given, is_open=False)

    def all_closed() -> dict[int, NameBeside]:
        return {line.person_id: row_of(line) for line in lines}

    closed = _beside.of((discussion.id, query), (tuple(lines), grades), all_closed, size=len(lines))
    rows = {**closed, open_id: closed[open_id]._replace(is_open=True)}

    def render(people: Sequence[int]) -> str:
        shown = [rows[each] for each in people]
        return render_template("grading/_beside.html", rows=shown, mark=MARK, base_url=base_url, query=query)

    return table_rows(("beside the desk", base_url, query), rows, render)


def _is_ticked(tick: str, line: StudentLine, standing: WorkStanding) -> bool:
    """Whether the address of this request asks for a tick at a student."""
    is_absent = tick == "absent" and standing is WorkStanding.ABSENT
    return tick == "all" or is_absent or (tick == "silent" and not line.posts)

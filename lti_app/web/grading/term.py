"""A student's grades over the term."""

from dataclasses import dataclass
from decimal import Decimal

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lti_app.grading.assessments.queries.term import StudentTerm, get_term
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session

blueprint = Blueprint("term", __name__, url_prefix="/courses/<int:course_id>")

WIDTH, HEIGHT, MARGIN = 600, 120, 12
"""Of the chart, in its own units."""


@dataclass(frozen=True)
class ChartPoint:
    """A grade in the chart: where it is drawn, and what it says."""

    x: float
    y: float
    percent: Decimal
    title: str


@blueprint.get("/people/<int:person_id>/grades")
def show(person_id: int) -> ResponseReturnValue:
    """The discussions of the course as one student has done in them, for themselves and for graders."""
    actor = get_visitor()
    term = get_term(read_session(), actor, person_id, now())
    return render_template(
        "grading/term.html", term=term, chart=_chart(term), width=WIDTH, height=HEIGHT, margin=MARGIN
    )


def _chart(term: StudentTerm) -> list[ChartPoint]:
    """The grades in the order of the course, from left to right, 100 % at the top; none for fewer than two."""
    graded = [(line.percent, line.discussion.title) for line in term.lines if line.percent is not None]
    if len(graded) < 2:
        return []
    step = (WIDTH - 2 * MARGIN) / (len(graded) - 1)
    span = HEIGHT - 2 * MARGIN
    return [
        ChartPoint(
            round(MARGIN + nth * step, 1),
            round(MARGIN + span * (1 - min(float(percent), 100.0) / 100), 1),
            percent,
            title,
        )
        for nth, (percent, title) in enumerate(graded)
    ]

"""Releasing points for participation to the gradebook, with the grades or without."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.actions.recording import record
from lti_app.grading.assessments.models import Assessment
from lti_app.grading.assessments.rules import GradeEventKind
from lti_app.grading.points.actions import queue_first_points
from lti_app.grading.points.rules import CountedPoints
from lti_app.participation.progress.queries import requirements_of
from lti_app.participation.requirements.evaluation import Verdicts


def release_points(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    assessments: Collection[Assessment],
    verdicts_of: Callable[[int], Verdicts],
    *,
    now: datetime,
) -> None:
    """Queue the points of these students, whose grades are being released, unless some were sent before: then a grader
    chooses whether others are to take their place. Students who are excused have none (four statements; none where
    points have no column).
    """
    graded = {each.person_id: each for each in assessments if each.excused_at is None}
    points = queue_first_points(session, discussion, verdicts_of, graded.keys(), now=now)
    if points:
        name = requirements_of(discussion).use.column
        record_points(session, actor, graded.values(), points, name=name, now=now)


def record_points(
    session: Session,
    actor: Actor,
    assessments: Iterable[Assessment],
    points: Mapping[int, CountedPoints],
    *,
    name: str,
    now: datetime,
) -> None:
    """Note in the history of grades whose points were released to the gradebook, by person id, and which."""
    sent = [each for each in assessments if each.person_id in points]
    record(
        session,
        actor,
        GradeEventKind.POINTS_SENT,
        sent,
        totals={each.id: points[each.person_id].given for each in sent},
        words="",
        marks={each.id: [_as_mark(points[each.person_id], name)] for each in sent},
        now=now,
    )


def _as_mark(points: CountedPoints, name: str) -> dict[str, Any]:
    """Points in the form in which the history has marks."""
    return {
        "title": name,
        "level": "",
        "points": str(points.earned),
        "maximum": str(points.countable),
        "counts": False,
        "rule_version": points.rule_version,
    }

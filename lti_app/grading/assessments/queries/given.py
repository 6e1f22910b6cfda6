"""The grades that students would get now: every page and action that shows or stores one asks here."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache

from sqlalchemy.orm import Session

from lti_app.core.made_once import MadeOnce
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.adjustments.rules.curves import Curve
from lti_app.grading.adjustments.rules.given import GivenGrade, GradeBasis, given_grade, rule_of
from lti_app.grading.assessments.models import Assessment
from lti_app.grading.rubrics.queries import list_versions
from lti_app.grading.rubrics.rules.criteria import NO_RUBRIC, RubricView
from lti_app.participation.progress.queries import collect_class_verdicts
from lti_app.participation.requirements.evaluation import Verdicts

VerdictsOf = Callable[[int], Verdicts]


def collect_given(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    bases: Mapping[int, GradeBasis],
    *,
    verdicts_of: VerdictsOf | None = None,
    versions: Mapping[int, RubricView] | None = None,
    now: datetime,
) -> Mapping[int, GivenGrade]:
    """The grades of these students by person id, from what is stored of each (one statement, none if the `versions` of
    the discussion's rubric are known).

    Where a late rule applies to anybody, the evaluation of the class costs what `collect_class_verdicts` does, unless
    `verdicts_of` answers. Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    if versions is None:
        versions = list_versions(session, discussion)
    newest = next(reversed(list(versions.values())), NO_RUBRIC)
    if verdicts_of is None and is_timed(discussion, bases):
        verdicts_of = collect_class_verdicts(session, actor, discussion, now=now)

    judged = verdicts_of if is_timed(discussion, bases) else None

    def given(basis: GradeBasis, verdicts: Verdicts | None = None) -> GivenGrade:
        return given_now(discussion, basis, versions.get(basis.rubric_id or 0, newest), verdicts)

    def grades() -> dict[int, GivenGrade]:
        if judged is None:
            of_basis = cache(given)  # in a large class, many have the same
            return {person_id: of_basis(basis) for person_id, basis in bases.items()}
        return {person_id: given(basis, judged(person_id)) for person_id, basis in bases.items()}

    settings = (discussion.points, discussion.late_rule, discussion.zone)
    return _given.of(discussion.id, (bases, versions, settings, judged), grades, size=len(bases))


MOST_GRADES = 3_000
"""That one process keeps: of six classes of 500 students."""
_given: MadeOnce[int, Mapping[int, GivenGrade]] = MadeOnce(MOST_GRADES)
"""By discussion id, the grades that were asked for last."""


def given_now(
    discussion: DiscussionView, basis: GradeBasis, rubric: RubricView, verdicts: Verdicts | None
) -> GivenGrade:
    """The grade of one student by the settings of the discussion."""
    return given_grade(
        basis,
        rubric,
        verdicts,
        possible=discussion.points,
        late_rule=rule_of(discussion.late_rule),
        zone=discussion.zone,
    )


def is_timed(discussion: DiscussionView, bases: Mapping[int, GradeBasis]) -> bool:
    """Whether any of these grades depends on when something was posted."""
    rule = rule_of(discussion.late_rule)
    return any(each.rule(rule) for each in bases.values())


def basis_of(row: Assessment) -> GradeBasis:
    """What the points of a grade depend on."""
    kept = row.late_rule
    return GradeBasis(
        rubric_id=row.rubric_id,
        total=row.total,
        is_waived=row.late_waived_at is not None,
        curve=Curve.from_stored(row.curve) if row.curve else None,
        kept_rule=rule_of(kept["rule"]) if kept else None,
        keeps_rule=kept is not None,
    )

"""Changing the late rule of a discussion, and what becomes of work that is graded already."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView, lock_discussion
from lti_app.grading.adjustments.rules.given import GivenGrade, GradeBasis, rule_of
from lti_app.grading.adjustments.rules.late import LateRule
from lti_app.grading.assessments.actions.grading import locked_assessments
from lti_app.grading.assessments.actions.recording import record
from lti_app.grading.assessments.actions.rescoring import Regrading
from lti_app.grading.assessments.actions.waiving import touch
from lti_app.grading.assessments.errors import LateRuleChanged, LateRuleInUse
from lti_app.grading.assessments.models import Assessment
from lti_app.grading.assessments.queries.desk import list_desk
from lti_app.grading.assessments.queries.given import basis_of, collect_given, is_timed
from lti_app.grading.assessments.rules import GradeEventKind
from lti_app.participation.progress.queries import collect_class_verdicts


@dataclass(frozen=True)
class LateChange:
    """What another late rule would do to the grade of one student."""

    name: str
    """As the grading desk shows it: a pseudonym in blind grading."""
    before: GivenGrade
    after: GivenGrade
    is_released: bool

    @property
    def is_same(self) -> bool:
        """Whether the grade would stay as it is."""
        return self.before.given == self.after.given


def change_late_rule(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    rule: LateRule | None,
    *,
    seen: LateRule | None,
    regrading: Regrading | None = None,
    now: datetime,
) -> None:
    """Store another late rule of a discussion, or none. Released grades stay as students see them.

    `seen` is the rule that the instructor saw. Raises LateRuleInUse if it changes grades that are saved and `regrading`
    does not say what becomes of them; LateRuleChanged if somebody else has changed it; Forbidden for all but
    instructors.
    """
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    graded = [each for each in session.scalars(locked_assessments(discussion)) if each.version]
    row = lock_discussion(session, discussion)
    before = rule_of(row.late_rule)
    if before != seen:
        raise LateRuleChanged
    if rule == before:
        return
    own = {each.person_id: basis_of(each) for each in graded}
    old, new = _both(session, actor, discussion, own, before=before, after=rule, now=now)
    changed = [each for each in graded if old[each.person_id].given != new[each.person_id].given]
    if changed and regrading is None:
        raise LateRuleInUse
    if regrading is Regrading.UNGRADED_ONLY:
        _keep(graded, before)
    else:
        for assessment in graded:
            assessment.late_rule = None
        for assessment in changed:
            touch(assessment, now)
        record(session, actor, GradeEventKind.LATE_RULE, changed, words="", now=now)
    row.late_rule = rule.to_stored() if rule else None
    session.flush()


def _keep(graded: list[Assessment], rule: LateRule | None) -> None:
    """Let the rule of before stay with these grades, unless an earlier one does already."""
    for assessment in graded:
        if assessment.late_rule is None:
            assessment.late_rule = {"rule": rule.to_stored() if rule else None}


def preview_late_rule(
    session: Session, actor: Actor, discussion: DiscussionView, rule: LateRule | None, *, now: datetime
) -> list[LateChange]:
    """What another late rule would do to each student who is graded, in the order of class lists.

    Its cost does not depend on how many they are. Raises Forbidden for all but instructors.
    """
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    lines = [each for each in list_desk(session, actor, discussion) if each.is_graded and each.basis]
    own = {each.person_id: each.basis for each in lines if each.basis}
    old, new = _both(session, actor, discussion, own, before=rule_of(discussion.late_rule), after=rule, now=now)
    return [
        LateChange(each.name, old[each.person_id], new[each.person_id], each.released_given is not None)
        for each in lines
    ]


def _both(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    bases: Mapping[int, GradeBasis],
    *,
    before: LateRule | None,
    after: LateRule | None,
    now: datetime,
) -> tuple[Mapping[int, GivenGrade], Mapping[int, GivenGrade]]:
    """The grades by the rule of before, unless an earlier one stays with them, and by the new one for all."""
    old = {key: each if each.keeps_rule else each.by_rule(before) for key, each in bases.items()}
    new = {key: each.by_rule(after) for key, each in bases.items()}
    verdicts_of = None
    if is_timed(discussion, old) or is_timed(discussion, new):
        verdicts_of = collect_class_verdicts(session, actor, discussion, now=now)
    return (
        collect_given(session, actor, discussion, old, verdicts_of=verdicts_of, now=now),
        collect_given(session, actor, discussion, new, verdicts_of=verdicts_of, now=now),
    )

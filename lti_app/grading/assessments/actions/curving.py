"""Curving grades: what a curve would do, applying it, and taking it off. Marks stay as they are."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.adjustments.rules.curves import Curve, CurveKind, Distribution, distribution, fitted
from lti_app.grading.adjustments.rules.given import GivenGrade
from lti_app.grading.adjustments.rules.stored import lines_to_stored
from lti_app.grading.assessments.actions.bulk import locked_students
from lti_app.grading.assessments.actions.grading import locked_assessments
from lti_app.grading.assessments.actions.recording import record
from lti_app.grading.assessments.actions.waiving import touch
from lti_app.grading.assessments.errors import AssessmentChanged
from lti_app.grading.assessments.models import Assessment
from lti_app.grading.assessments.queries.desk import list_desk
from lti_app.grading.assessments.queries.given import collect_given
from lti_app.grading.assessments.rules import GradeEventKind, StudentLine


@dataclass(frozen=True)
class CurveRequest:
    """A curve as an instructor asks for it."""

    kind: CurveKind
    value: Decimal | None
    is_capped: bool


@dataclass(frozen=True)
class CurvedLine:
    """What a curve would do to the grade of one student."""

    student: StudentLine
    before: GivenGrade
    """As it is now, with the curve that it may have already."""
    after: GivenGrade

    @property
    def is_same(self) -> bool:
        """Whether the student has this curve already, so that nothing changes."""
        return self.before.curve == self.after.curve

    @property
    def replaces(self) -> bool:
        """Whether it takes the place of another curve."""
        return self.before.curve is not None and not self.is_same


@dataclass(frozen=True)
class CurvePreview:
    """What a curve would do to the students it was asked for."""

    curve: Curve
    lines: tuple[CurvedLine, ...]
    before: Distribution | None
    after: Distribution | None
    fingerprint: str
    """Changes when another curve, other students or other grades are meant."""


def preview_curve(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    person_ids: Collection[int],
    *,
    wanted: CurveRequest,
    now: datetime,
) -> CurvePreview:
    """What a curve would do to the complete grades of these students, in the order of class lists.

    It is fitted to their grades without any curve. Students who are excused, without a complete grade, or graded as
    complete or incomplete are left out. Raises CurveInvalid for a number that makes no sense, or if nobody is left;
    Forbidden for all but instructors.
    """
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    lines = {
        each.person_id: each
        for each in list_desk(session, actor, discussion)
        if each.person_id in person_ids and each.can_be_curved
    }
    bases = {key: each.basis for key, each in lines.items() if each.basis}
    probe = Curve(CurveKind.ADD, Decimal(0), Decimal(0))
    probed = {key: each.curved_by(probe) for key, each in bases.items()}
    plain = collect_given(session, actor, discussion, probed, now=now)
    bases = {key: each for key, each in bases.items() if plain[key].curve}
    grades = [plain[key].given for key in bases]
    curve = fitted(wanted.kind, wanted.value, grades, is_capped=wanted.is_capped, possible=discussion.points)
    before = collect_given(session, actor, discussion, bases, now=now)
    curved = {key: each.curved_by(curve) for key, each in bases.items()}
    after = collect_given(session, actor, discussion, curved, now=now)
    found = tuple(CurvedLine(lines[key], before[key], after[key]) for key in bases)
    seen = (curve.to_stored(), [(key, lines[key].version, str(before[key].given)) for key in bases])
    return CurvePreview(
        curve=curve,
        lines=found,
        before=distribution([each.before.given for each in found], possible=discussion.points),
        after=distribution([each.after.given for each in found], possible=discussion.points),
        fingerprint=sha256(repr(seen).encode()).hexdigest()[:32],
    )


def apply_curve(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    person_ids: Collection[int],
    *,
    wanted: CurveRequest,
    fingerprint: str,
    now: datetime,
) -> int:
    """Curve the grades of these students as the preview with this fingerprint showed; returns how many it changed.

    Another curve is replaced, never added to. A released grade is a draft again until it is released. Raises
    AssessmentChanged if the preview would be another one by now, and what `preview_curve` raises.
    """
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    locked = session.scalars(locked_assessments(discussion).where(Assessment.person_id.in_(person_ids))).all()
    preview = preview_curve(session, actor, discussion, person_ids, wanted=wanted, now=now)
    if not preview.lines:
        return 0
    if preview.fingerprint != fingerprint:
        raise AssessmentChanged
    new = {each.student.person_id: each.after for each in preview.lines if not each.is_same}
    changed = [each for each in locked if each.person_id in new]
    for assessment in changed:
        assessment.curve = preview.curve.to_stored()
        touch(assessment, now)
    lines = {each.id: lines_to_stored(new[each.person_id]) for each in changed}
    record(session, actor, GradeEventKind.CURVED, changed, words="", lines=lines, now=now)
    return len(changed)


def remove_curve(
    session: Session, actor: Actor, discussion: DiscussionView, person_ids: Collection[int], *, now: datetime
) -> int:
    """Take the curve off the grades of these students; returns how many had one.

    A released grade is a draft again until it is released. Raises Forbidden for all but instructors.
    """
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    changed = [each for each in locked_students(session, actor, discussion, person_ids, now) if each.curve is not None]
    for assessment in changed:
        assessment.curve = None
        touch(assessment, now)
    record(session, actor, GradeEventKind.CURVE_REMOVED, changed, words="", now=now)
    return len(changed)

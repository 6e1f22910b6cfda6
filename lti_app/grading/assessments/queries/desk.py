"""The students of the grading desk."""

from typing import Any

from sqlalchemy import Subquery, exists, func, select
from sqlalchemy.orm import Bundle, Session

from lti_app.core.db import alias_of
from lti_app.core.errors import NotFound
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.queries import IN_CLASS_ORDER, member_name
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.models import Pseudonym
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.models import Post
from lti_app.discussion.visibility.queries import not_deleted
from lti_app.grading.assessments.models import Assessment, SecondLook
from lti_app.grading.assessments.queries.given import basis_of
from lti_app.grading.assessments.rules import GradingStatus, PostEventKind, StudentLine, grading_status
from lti_app.grading.graders.queries.assignments import collect_graders, is_divided
from lti_app.grading.graders.queries.blind import blind_rows, marks_everybody_twice
from lti_app.grading.graders.rules.assignment import NO_GRADERS, GradersOf
from lti_app.grading.graders.rules.blind import BlindPurpose, BlindState
from lti_app.grading.passbacks.models import Passback
from lti_app.grading.passbacks.queries import REPORTED, report_of

MOMENTS = {
    PostEventKind.WRITTEN: Post.placed_at,
    PostEventKind.EDITED: Post.edited_at,
    PostEventKind.DELETED: Post.deleted_at,
    PostEventKind.HIDDEN: Post.hidden_at,
    PostEventKind.SPLIT: Post.split_at,
}


_GRADER = alias_of(Person)
IS_DIVIDED = 8
"""Where a row of the class list tells whether students have graders."""
_WAITING = (
    exists().where(SecondLook.assessment_id == Assessment.id, SecondLook.answered_at.is_(None)).correlate(Assessment)
)


_MARKED: Bundle[Any] = Bundle(
    "assessment",
    *(Assessment.version, Assessment.released_version, Assessment.is_complete, Assessment.excused_at),
    *(Assessment.total, Assessment.released_given, Assessment.rubric_id, Assessment.assessed_at),
    *(Assessment.withheld_at, Assessment.late_rule, Assessment.late_waived_at, Assessment.curve),
)


def list_desk(session: Session, actor: Actor, discussion: DiscussionView) -> list[StudentLine]:
    """All active students with their posts and grading status, in the order of class lists (one statement, and two more
    where students have graders). Of students whom graders mark independently it tells no grade.

    In blind grading, students have pseudonyms as names and are sorted by them; the name is empty for students without
    one. Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    blind = discussion.hides_names_from(actor)
    counts, marked = _counts(discussion), blind_rows(actor, discussion)
    rows = session.execute(
        select(
            Person.id,
            func.coalesce(Pseudonym.name, "") if blind else member_name(),
            Pseudonym.id if blind else Person.id,
            func.coalesce(counts.c.posts, 0),
            _MARKED,
            REPORTED,
            _WAITING,
            _GRADER.name,
            is_divided(discussion),
            marks_everybody_twice(discussion),
            marked,
            *(counts.c[kind] for kind in MOMENTS),
        )
        .join(Enrollment, Enrollment.person_id == Person.id)
        .outerjoin(counts, counts.c.author_id == Person.id)
        .outerjoin(Assessment, (Assessment.person_id == Person.id) & (Assessment.discussion_id == discussion.id))
        .outerjoin(Passback, (Passback.person_id == Person.id) & (Passback.discussion_id == discussion.id))
        .outerjoin(_GRADER, _GRADER.id == Assessment.assessed_by_id)
        .outerjoin(marked, marked.c.person_id == Person.id)
        .outerjoin(Pseudonym, (Pseudonym.person_id == Person.id) & (Pseudonym.discussion_id == discussion.id))
        .where(Enrollment.course_id == actor.course_id, Enrollment.role == Role.STUDENT, Enrollment.active)
        .order_by(*(Pseudonym.name, Pseudonym.id) if blind else IN_CLASS_ORDER)
    ).all()
    people = [row[0] for row in rows] if rows and rows[0][IS_DIVIDED] else []
    graders = collect_graders(session, actor, discussion, people).of if people else {}
    return [_student_line(row, graders.get(row[0], NO_GRADERS), blind=blind) for row in rows]


def _counts(discussion: DiscussionView) -> Subquery:
    """By author: how many posts are not deleted, and when a post was last edited, deleted, hidden and moved."""
    return (
        select(
            Post.author_id,
            func.count().filter(not_deleted(Post)).label("posts"),
            *(func.max(moment).label(kind) for kind, moment in MOMENTS.items()),
        )
        .where(Post.discussion_id == discussion.id)
        .group_by(Post.author_id)
        .subquery()
    )


def _student_line(row: Any, graders: GradersOf, *, blind: bool) -> StudentLine:
    person_id, name, key, posts, assessment, passback, asks_again, grader, _, is_twice, *rest = row
    (_, purpose, outcome, submitted, by_actor, saved), moments = rest[:6], rest[6:]
    state = BlindState(purpose, outcome, submitted, bool(by_actor), bool(saved)) if purpose else None
    state = state or (BlindState(BlindPurpose.SECOND) if is_twice else None)
    if state and state.is_open:
        return StudentLine(
            person_id=person_id,
            name=name,
            key=f"b{key or 0}" if blind else f"{person_id}",
            posts=posts,
            status=GradingStatus.EXCUSED if assessment.excused_at else GradingStatus.UNGRADED,
            total=None,
            released_given=None,
            is_ready=False,
            passback=None,
            asks_again=asks_again,
            graders=graders,
            blind=state,
        )
    version, released, is_complete = assessment.version, assessment.released_version, assessment.is_complete
    is_held = assessment.withheld_at is not None
    return StudentLine(
        person_id=person_id,
        name=name,
        key=f"b{key or 0}" if blind else f"{person_id}",
        posts=posts,
        status=grading_status(
            is_complete=is_complete,
            version=version,
            released_version=released,
            is_excused=assessment.excused_at is not None,
        ),
        total=assessment.total,
        released_given=assessment.released_given,
        is_ready=bool(is_complete) and version != released and not (assessment.excused_at or is_held),
        passback=report_of(passback) if passback.state is not None else None,
        rubric_id=assessment.rubric_id,
        asks_again=asks_again,
        basis=None if version is None else basis_of(assessment),
        is_graded=bool(version),
        version=version or 0,
        is_complete=bool(is_complete),
        is_held=is_held,
        graded_by=(grader or "") if version else "",
        graders=graders,
        blind=state,
        is_changed=bool(version) and any(moment > assessment.assessed_at for moment in moments if moment),
    )


def find_by_pseudonym(session: Session, actor: Actor, discussion: DiscussionView, pseudonym_id: int) -> int:
    """The id of the person behind a pseudonym (one statement). Raises NotFound, and Forbidden for all but graders."""
    require(actor, DiscussionPermission.GRADE)
    found = session.scalar(
        select(Pseudonym.person_id).where(Pseudonym.discussion_id == discussion.id, Pseudonym.id == pseudonym_id)
    )
    if found is None:
        raise NotFound
    return found

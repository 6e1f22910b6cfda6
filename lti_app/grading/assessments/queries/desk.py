"""The students of the grading desk."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Select, Subquery, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from lti_app.core.db import alias_of
from lti_app.core.errors import NotFound
from lti_app.core.recent import RecentlyUsed
from lti_app.core.statements import StoredRows, fetch_stored
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.queries import IN_CLASS_ORDER, member_name
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.models import Pseudonym
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.models import Post
from lti_app.discussion.visibility.queries import DISCUSSION, not_deleted
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
_WAITING = (
    exists().where(SecondLook.assessment_id == Assessment.id, SecondLook.answered_at.is_(None)).correlate(Assessment)
)
_MARKED: tuple[Any, ...] = (
    *(Assessment.version, Assessment.released_version, Assessment.is_complete, Assessment.excused_at),
    *(Assessment.total, Assessment.released_given, Assessment.rubric_id),
    *(Assessment.withheld_at, Assessment.late_rule, Assessment.late_waived_at, Assessment.curve),
)


MOST_LINES = 3_000
"""That one process keeps: six classes of 500 students; about 7 MB."""
_kept: RecentlyUsed[tuple[int, bool], Mapping[int, tuple[tuple[Any, ...], GradersOf, StudentLine]]] = RecentlyUsed(
    MOST_LINES
)
"""By discussion id, whether names are hidden, and person id: a line with the row and the graders it was made of."""


def list_desk(session: Session, actor: Actor, discussion: DiscussionView) -> list[StudentLine]:
    """All active students with their posts and grading status, in the order of class lists (one statement, and two more
    where students have graders). Of students whom graders mark independently it tells no grade.

    In blind grading, students have pseudonyms as names and are sorted by them; the name is empty for students without
    one. Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    blind = discussion.hides_names_from(actor)
    values = {"course_id": actor.course_id, "discussion_id": discussion.id, "actor_id": actor.person_id}
    stored = fetch_stored(session, _class_list(blind=blind), values)
    people = [row[0] for row in stored.raw] if stored.raw and stored.read(stored.raw[0]).is_divided else []
    graders = collect_graders(session, actor, discussion, people).of if people else {}
    return _lines_of(stored, graders, discussion.id, blind=blind)


def _lines_of(
    stored: StoredRows, graders: Mapping[int, GradersOf], discussion_id: int, *, blind: bool
) -> list[StudentLine]:
    """A line for each row. Those whose rows and graders are the same as when they were last read are not made again:
    nothing else is in a line.
    """
    known = _kept.get((discussion_id, blind)) or {}
    found: dict[int, tuple[tuple[Any, ...], GradersOf, StudentLine]] = {}
    is_same = len(known) == len(stored.raw)
    for row in stored.raw:
        own, kept = graders.get(row[0], NO_GRADERS), known.get(row[0])
        if kept is None or kept[0] != row or kept[1] != own:
            is_same, kept = False, (row, own, _student_line(stored.read(row), own, blind=blind))
        found[row[0]] = kept
    if not is_same:
        _kept.put((discussion_id, blind), found, len(found))
    return [line for _row, _graders, line in found.values()]


@cache
def _class_list(*, blind: bool) -> Select[Any]:
    """The statement of `list_desk`, under names or under pseudonyms."""
    counts, marked = _counts(), blind_rows()
    has_changed = or_(*(counts.c[kind] > Assessment.assessed_at for kind in MOMENTS))
    return (
        select(
            Person.id.label("person_id"),
            (func.coalesce(Pseudonym.name, "") if blind else member_name()).label("name"),
            (Pseudonym.id if blind else Person.id).label("key"),
            func.coalesce(counts.c.posts, 0).label("posts"),
            *_MARKED,
            *REPORTED,
            _WAITING.label("asks_again"),
            _GRADER.name.label("grader"),
            is_divided().label("is_divided"),
            marks_everybody_twice().label("is_twice"),
            *(marked.c[name] for name in ("purpose", "outcome", "submitted", "by_actor", "saved_by_actor")),
            has_changed.label("has_changed"),
        )
        .join(Enrollment, Enrollment.person_id == Person.id)
        .outerjoin(counts, counts.c.author_id == Person.id)
        .outerjoin(Assessment, (Assessment.person_id == Person.id) & (Assessment.discussion_id == DISCUSSION))
        .outerjoin(Passback, (Passback.person_id == Person.id) & (Passback.discussion_id == DISCUSSION))
        .outerjoin(_GRADER, _GRADER.id == Assessment.assessed_by_id)
        .outerjoin(marked, marked.c.person_id == Person.id)
        .outerjoin(Pseudonym, (Pseudonym.person_id == Person.id) & (Pseudonym.discussion_id == DISCUSSION))
        .where(Enrollment.course_id == bindparam("course_id"), Enrollment.role == Role.STUDENT, Enrollment.active)
        .order_by(*(Pseudonym.name, Pseudonym.id) if blind else IN_CLASS_ORDER)
    )


def _counts() -> Subquery:
    """By author: how many posts are not deleted, and when a post was last edited, deleted, hidden and moved."""
    return (
        select(
            Post.author_id,
            func.count().filter(not_deleted(Post)).label("posts"),
            *(func.max(moment).label(kind) for kind, moment in MOMENTS.items()),
        )
        .where(Post.discussion_id == DISCUSSION)
        .group_by(Post.author_id)
        .subquery()
    )


def _student_line(row: Any, graders: GradersOf, *, blind: bool) -> StudentLine:
    key = f"b{row.key or 0}" if blind else f"{row.person_id}"
    state = BlindState(BlindPurpose.SECOND) if row.is_twice else None
    if row.purpose:
        state = BlindState(row.purpose, row.outcome, row.submitted, bool(row.by_actor), bool(row.saved_by_actor))
    if state and state.is_open:
        return StudentLine(
            person_id=row.person_id,
            name=row.name,
            key=key,
            posts=row.posts,
            status=GradingStatus.EXCUSED if row.excused_at else GradingStatus.UNGRADED,
            total=None,
            released_given=None,
            is_ready=False,
            passback=None,
            asks_again=row.asks_again,
            graders=graders,
            blind=state,
        )
    version, released, is_complete = row.version, row.released_version, bool(row.is_complete)
    is_held, is_excused = row.withheld_at is not None, row.excused_at is not None
    return StudentLine(
        person_id=row.person_id,
        name=row.name,
        key=key,
        posts=row.posts,
        status=grading_status(
            is_complete=is_complete, version=version, released_version=released, is_excused=is_excused
        ),
        total=row.total,
        released_given=row.released_given,
        is_ready=is_complete and version != released and not (is_excused or is_held),
        passback=report_of(row) if row.state is not None else None,
        rubric_id=row.rubric_id,
        asks_again=row.asks_again,
        basis=None if version is None else basis_of(row),
        is_graded=bool(version),
        version=version or 0,
        is_complete=is_complete,
        is_held=is_held,
        graded_by=(row.grader or "") if version else "",
        graders=graders,
        blind=state,
        is_changed=bool(version and row.has_changed),
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

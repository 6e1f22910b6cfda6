"""The students of the grading desk."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Subquery, bindparam, case, exists, func, select
from sqlalchemy.orm import Session

from lti_app.core.db import alias_of, latest_of
from lti_app.core.errors import NotFound
from lti_app.core.recent import RecentlyUsed
from lti_app.core.statements import StoredRows, fetch_stored
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.queries import IN_CLASS_ORDER, member_name
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.people.models import Person
from lti_app.discussion.changes.queries import marks_of
from lti_app.discussion.changes.rules import Source
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.models import Pseudonym
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.models import Post
from lti_app.discussion.visibility.queries import DISCUSSION, not_deleted
from lti_app.grading.assessments.models import Assessment, SecondLook
from lti_app.grading.assessments.queries.given import basis_of
from lti_app.grading.assessments.rules import ClassLines, GradingStatus, PostEventKind, StudentLine, grading_status
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
    Assessment.assessed_at,
    *(Assessment.total, Assessment.released_given, Assessment.rubric_id),
    *(Assessment.withheld_at, Assessment.late_rule, Assessment.late_waived_at, Assessment.curve),
)


MOST_LINES = 3_000
"""That one process keeps: six classes of 500 students; about 7 MB."""


@dataclass(frozen=True)
class _Counted:
    """What everybody in a class has posted in a discussion, as its posts were when they had these marks."""

    marks: str
    posts: Mapping[int, tuple[int, datetime | None]]
    """By person id: how many are not deleted, and when anything last happened to any of them."""


@dataclass(frozen=True)
class _Kept:
    """A class list with all that it was made of."""

    rows: list[tuple[Any, ...]]
    graders: Mapping[int, GradersOf]
    counted: _Counted
    lines: ClassLines

    @cached_property
    def by_person(self) -> dict[int, tuple[object, StudentLine]]:
        """Each line with what it was made of, by person id."""
        return {
            row[0]: (_made_of(row, self.graders, self.counted), line)
            for row, line in zip(self.rows, self.lines, strict=True)
        }


_NOT_COUNTED = _Counted("not counted", {})
"""No discussion has these marks."""
_counted: RecentlyUsed[int, _Counted] = RecentlyUsed(MOST_LINES)
"""By discussion id."""
_kept: RecentlyUsed[tuple[int, bool], _Kept] = RecentlyUsed(MOST_LINES)
"""By discussion id, and whether names are hidden."""


def list_desk(session: Session, actor: Actor, discussion: DiscussionView) -> ClassLines:
    """All active students with their posts and grading status, in the order of class lists (one statement, and two more
    where students have graders). Of students whom graders mark independently it tells no grade.

    In blind grading, students have pseudonyms as names and are sorted by them; the name is empty for students without
    one. Posts are counted only where the discussion has other ones than when they were last counted: one statement more
    where somebody has come meanwhile and nothing was posted. Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    known = _counted.get(discussion.id) or _NOT_COUNTED
    stored, counted = _rows_of(session, actor, discussion, known)
    if any(row[0] not in counted.posts for row in stored.raw):
        stored, counted = _rows_of(session, actor, discussion, _NOT_COUNTED)
    people = [row[0] for row in stored.raw] if stored.raw and stored.read(stored.raw[0]).is_divided else []
    graders = collect_graders(session, actor, discussion, people).of if people else {}
    return _lines_of(stored, graders, counted, (discussion.id, discussion.hides_names_from(actor)))


def _rows_of(
    session: Session, actor: Actor, discussion: DiscussionView, known: _Counted
) -> tuple[StoredRows, _Counted]:
    """What is stored of each student, without what was counted of posts, and what was counted: what is known, if it is
    still the same.
    """
    values = {"course_id": actor.course_id, "discussion_id": discussion.id, "actor_id": actor.person_id}
    statement = _class_list(blind=discussion.hides_names_from(actor))
    stored = fetch_stored(session, statement, {**values, "known_marks": known.marks})
    if not stored.raw or stored.raw[0][-1] is None:
        return stored, known
    people, marks = [row[0] for row in stored.raw], stored.raw[0][-1]
    posts = [count or 0 for count in stored.column("posts")]
    found = zip(posts, stored.column("touched_at"), strict=True)
    counted = _Counted(marks, dict(zip(people, found, strict=True)))
    _counted.put(discussion.id, counted, len(people))
    uncounted = (None,) * len(_COUNTED)
    return replace(stored, raw=[(*row[: -len(_COUNTED)], *uncounted) for row in stored.raw]), counted


def _lines_of(
    stored: StoredRows, graders: Mapping[int, GradersOf], counted: _Counted, key: tuple[int, bool]
) -> ClassLines:
    """A line for each row: the same lines as last time, where all that they are made of is. Else each whose own is the
    same is not made again: nothing else is in a line.
    """
    known, rows, blind = _kept.get(key), list(stored.raw), key[1]
    if known and known.rows == rows and known.graders == graders and known.counted.posts == counted.posts:
        return known.lines
    before = known.by_person if known else {}

    def line_of(row: tuple[Any, ...]) -> StudentLine:
        made_of = _made_of(row, graders, counted)
        kept = before.get(row[0])
        return kept[1] if kept and kept[0] == made_of else _student_line(stored.read(row), *made_of[1:], blind=blind)

    lines = ClassLines([line_of(row) for row in rows])
    _kept.put(key, _Kept(rows, graders, counted, lines), len(rows))
    return lines


def _made_of(
    row: tuple[Any, ...], graders: Mapping[int, GradersOf], counted: _Counted
) -> tuple[tuple[Any, ...], GradersOf, tuple[int, datetime | None]]:
    """All that a line is made of."""
    return row, graders.get(row[0], NO_GRADERS), counted.posts[row[0]]


_COUNTED = ("posts", "touched_at", "marks")
"""The last columns: what was counted of posts, and the marks that they have; NULL where these are the known ones."""


@cache
def _class_list(*, blind: bool) -> Select[Any]:
    """The statement of `list_desk`, under names or under pseudonyms."""
    marks: ColumnElement[str] = func.coalesce(marks_of(DISCUSSION, Source.POSTS), "")
    is_news = marks != bindparam("known_marks", type_=String)
    counts, marked = _counts(case((is_news, DISCUSSION))), blind_rows()
    own: list[Any] = [Pseudonym.id.label("pseudonym_id")] if blind else []
    counted: tuple[Any, ...] = (counts.c.posts, counts.c.touched_at, case((is_news, marks)))
    return (
        select(
            Person.id.label("person_id"),
            (func.coalesce(Pseudonym.name, "") if blind else member_name()).label("name"),
            *own,
            *_MARKED,
            *REPORTED,
            _WAITING.label("asks_again"),
            _GRADER.name.label("grader"),
            is_divided().label("is_divided"),
            marks_everybody_twice().label("is_twice"),
            *(marked.c[name] for name in ("purpose", "outcome", "submitted", "by_actor", "saved_by_actor")),
            *(value.label(name) for name, value in zip(_COUNTED, counted, strict=True)),
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


def _counts(discussion: ColumnElement[int]) -> Subquery:
    """By author: how many posts are not deleted, and when anything last happened to any of them."""
    written, *later = MOMENTS.values()
    latest = latest_of(func.max(written), *(func.max(func.coalesce(moment, written)) for moment in later))
    posts = func.count().filter(not_deleted(Post))
    return (
        select(Post.author_id, posts.label("posts"), latest.label("touched_at"))
        .where(Post.discussion_id == discussion)
        .group_by(Post.author_id)
        .subquery()
    )


def _student_line(row: Any, graders: GradersOf, posted: tuple[int, datetime | None], *, blind: bool) -> StudentLine:
    posts, touched_at = posted
    key = f"b{row.pseudonym_id or 0}" if blind else f"{row.person_id}"
    state = BlindState(BlindPurpose.SECOND) if row.is_twice else None
    if row.purpose:
        state = BlindState(row.purpose, row.outcome, row.submitted, bool(row.by_actor), bool(row.saved_by_actor))
    if state and state.is_open:
        return StudentLine(
            person_id=row.person_id,
            name=row.name,
            key=key,
            posts=posts,
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
        posts=posts,
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
        is_changed=bool(version and touched_at and touched_at > row.assessed_at),
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

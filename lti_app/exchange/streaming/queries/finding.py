"""What a stream has yet to tell: what is stored of a deployment's courses and not among its activities.

There is no mark that says how far it has looked: a row may be committed after another one with a higher number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, case, exists, func, literal, null, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lti_app.core.db import alias_of
from lti_app.course.courses.models import Course, Enrollment
from lti_app.course.courses.rules import Role
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.rules import Anonymity
from lti_app.discussion.moderation.models import ModerationRecord
from lti_app.discussion.moderation.rules import ModerationAction
from lti_app.discussion.posts.models import Citation, Post, Revision
from lti_app.discussion.reactions.models import Like
from lti_app.discussion.visibility.queries import deleted_since, in_front_of_class
from lti_app.exchange.streaming.models import StreamedActivity
from lti_app.exchange.streaming.queries.stored import was_told_of
from lti_app.exchange.streaming.rules.activities import LOOK_BACK, ActivityKind, Given, LearningActivity
from lti_app.grading.assessments.models import Assessment, Release
from lti_app.library.readings.models import Passage, Reading, ReadingState

NEWEST = 2_000
"""How many of the newest rows of a table are looked through each minute: far more than are written at a time."""
AT_ONCE = 500
"""Activities that are found, and then stored, at a time."""
_NEXT = alias_of(Revision)
_STAFF = tuple(role for role in Role if role.is_staff)
_IS_HIDING = Discussion.anonymity != Anonymity.NAMED
_Number = ColumnElement[int] | InstrumentedAttribute[int] | int


@dataclass(frozen=True)
class RunningStream:
    """A stream that is on, and since when what happens is told."""

    id: int
    tenant_id: int
    started_at: datetime
    grades_since: datetime | None
    looked_at: datetime | None


def find_untold(
    session: Session, stream: RunningStream, kind: ActivityKind, *, now: datetime, thoroughly: bool
) -> list[LearningActivity]:
    """Some activities of a kind that the stream does not know yet, in the order of time.

    `thoroughly` looks through all that is not too old, else only through the newest rows. One or two statements, each
    of which finds at most AT_ONCE.
    """
    since = max(stream.started_at, now - LOOK_BACK)
    if kind is ActivityKind.GRADED:
        if stream.grades_since is None:
            return []
        since = max(since, stream.grades_since)
    looked_through = [()] if thoroughly else _NEWEST_OF[kind]
    found: list[LearningActivity] = []
    for narrowed in looked_through:
        statement = _UNTOLD[kind](stream, since, now).where(*narrowed).limit(AT_ONCE)
        found += [_activity(row) for row in session.execute(statement)]
    return sorted(found, key=lambda each: (each.at, each.object_id, each.version))


def _row(kind: ActivityKind, object_id: Any, version: Any, at: Any, person_id: Any, **facts: Any) -> list[Any]:
    names = ("post_id", "parent_id", "root_id", "reading_id", "by_id", "given", "possible", "is_staff")
    return [
        literal(kind.value).label("kind"),
        object_id.label("object_id"),
        (literal(version, Integer) if isinstance(version, int) else version).label("version"),
        at.label("at"),
        person_id.label("person_id"),
        *((facts[name] if name in facts else null()).label(name) for name in names),
    ]


def _of_post(kind: ActivityKind, version: Any, at: Any, *, object_id: Any = None, **changed: Any) -> list[Any]:
    facts = {"post_id": Post.id, "parent_id": Post.parent_id, "root_id": Post.root_id, "is_staff": Post.by_staff}
    person_id = changed.pop("person_id", Post.author_id)
    about = Post.id if object_id is None else object_id
    return [
        *_row(kind, about, version, at, person_id, **{**facts, **changed}),
        Post.course_id.label("course_id"),
        Post.discussion_id.label("discussion_id"),
        _IS_HIDING.label("hides_names"),
    ]


def _untold(stream: RunningStream, kind: ActivityKind, object_id: _Number, version: _Number) -> ColumnElement[bool]:
    known = (StreamedActivity.stream_id == stream.id, StreamedActivity.kind == kind)
    return ~exists().where(*known, StreamedActivity.object_id == object_id, StreamedActivity.version == version)


def _own(stream: RunningStream) -> ColumnElement[bool]:
    """Of the deployment, and not imported: those are the words of others."""
    return and_(Course.tenant_id == stream.tenant_id, Post.origin.is_(None))


def _public(stream: RunningStream, now: datetime) -> ColumnElement[bool]:
    """The class has the post in front of it, in a discussion that is open to students."""
    has_begun = or_(Discussion.opens_at.is_(None), Discussion.opens_at <= now)
    shown = (Discussion.prepared_at.is_not(None), Discussion.removed_at.is_(None), has_begun)
    return and_(_own(stream), in_front_of_class(Post), *shown)


def _from_posts(columns: Sequence[Any]) -> Select[Any]:
    in_course = (Discussion.id == Post.discussion_id, Course.id == Post.course_id)
    return select(*columns).select_from(Post).join(Discussion, in_course[0]).join(Course, in_course[1])


def _posted(stream: RunningStream, since: datetime, now: datetime) -> Select[Any]:
    columns = _of_post(ActivityKind.POSTED, 0, Post.placed_at)
    new = (Post.placed_at >= since, _untold(stream, ActivityKind.POSTED, Post.id, 0))
    return _from_posts(columns).where(_public(stream, now), *new)


def _edited(stream: RunningStream, since: datetime, now: datetime) -> Select[Any]:
    """Each revision is what a post said before an edit, which made the next version."""
    version, at = Revision.version + 1, func.coalesce(_NEXT.written_at, Post.edited_at)
    new = (at >= since, Post.placed_at >= since, _untold(stream, ActivityKind.EDITED, Post.id, version))
    is_next = and_(_NEXT.post_id == Revision.post_id, _NEXT.version == version)
    statement = _from_posts(_of_post(ActivityKind.EDITED, version, at)).join(Revision, Revision.post_id == Post.id)
    return statement.outerjoin(_NEXT, is_next).where(_public(stream, now), *new)


def _cited(stream: RunningStream, since: datetime, now: datetime) -> Select[Any]:
    """The time is that of the text that cites: nothing says in which version a citation came in."""
    at = func.coalesce(Post.edited_at, Post.placed_at)
    columns = _of_post(ActivityKind.CITED, Citation.passage_id, at, reading_id=Passage.reading_id)
    new = (at >= since, Post.placed_at >= since, _untold(stream, ActivityKind.CITED, Post.id, Citation.passage_id))
    statement = _from_posts(columns).join(Citation, Citation.post_id == Post.id)
    return statement.join(Passage, Passage.id == Citation.passage_id).where(_public(stream, now), *new)


def _liked(stream: RunningStream, since: datetime, now: datetime) -> Select[Any]:
    is_staff = Enrollment.role.in_(_STAFF)
    columns = _of_post(ActivityKind.LIKED, 0, Like.at, object_id=Like.id, person_id=Like.person_id, is_staff=is_staff)
    new = (Like.at >= since, _untold(stream, ActivityKind.LIKED, Like.id, 0))
    statement = _from_posts(columns).join(Like, Like.post_id == Post.id)
    return statement.join(Enrollment, _enrolled(Like.person_id, Post.course_id)).where(_public(stream, now), *new)


def _deleted(stream: RunningStream, since: datetime, _now: datetime) -> Select[Any]:
    is_staff = case((Post.deleted_by_id == Post.author_id, Post.by_staff), else_=True)
    columns = _of_post(ActivityKind.DELETED, 0, Post.deleted_at, person_id=Post.deleted_by_id, is_staff=is_staff)
    new = (deleted_since(Post, since), _untold(stream, ActivityKind.DELETED, Post.id, 0))
    return _from_posts(columns).where(_own(stream), was_told_of(stream.id), *new)


def _opened(stream: RunningStream, since: datetime, _now: datetime) -> Select[Any]:
    state, kind = ReadingState, ActivityKind.OPENED
    facts = {"reading_id": state.reading_id, "is_staff": Enrollment.role.in_(_STAFF)}
    columns = _row(kind, state.reading_id, state.person_id, state.opened_at, state.person_id, **facts)
    around = [Reading.course_id.label("course_id"), null().label("discussion_id"), literal(False).label("hides_names")]
    new = (state.opened_at >= since, _untold(stream, kind, state.reading_id, state.person_id))
    return (
        select(*columns, *around)
        .select_from(state)
        .join(Reading, Reading.id == state.reading_id)
        .join(Course, Course.id == Reading.course_id)
        .join(Enrollment, _enrolled(state.person_id, Reading.course_id))
        .where(Course.tenant_id == stream.tenant_id, Enrollment.role != Role.OBSERVER, *new)
    )


def _graded(stream: RunningStream, since: datetime, _now: datetime) -> Select[Any]:
    kind = ActivityKind.GRADED
    facts = {"by_id": Release.released_by_id, "given": Release.given, "possible": Release.possible}
    columns = _row(kind, Assessment.id, Release.version, Release.released_at, Assessment.person_id, **facts)
    around = [Assessment.course_id, Assessment.discussion_id, _IS_HIDING.label("hides_names")]
    new = (Release.released_at >= since, _untold(stream, kind, Assessment.id, Release.version))
    return (
        select(*columns, *around)
        .select_from(Release)
        .join(Assessment, Assessment.id == Release.assessment_id)
        .join(Discussion, Discussion.id == Assessment.discussion_id)
        .join(Course, Course.id == Assessment.course_id)
        .where(Course.tenant_id == stream.tenant_id, Assessment.released_version >= Release.version, *new)
    )


def _enrolled(person_id: Any, course_id: Any) -> ColumnElement[bool]:
    return and_(Enrollment.person_id == person_id, Enrollment.course_id == course_id)


def _newest(number: Any) -> tuple[ColumnElement[bool]]:
    return (number > select(func.max(number) - NEWEST).scalar_subquery(),)


def _just_shown() -> tuple[ColumnElement[bool]]:
    """Posts that were approved or restored lately."""
    shows = ModerationRecord.kind.in_((ModerationAction.APPROVE, ModerationAction.RESTORE))
    return (Post.id.in_(select(ModerationRecord.post_id).where(shows, *_newest(ModerationRecord.id))),)


def _activity(row: Any) -> LearningActivity:
    return LearningActivity(
        kind=ActivityKind(row.kind),
        object_id=row.object_id,
        version=row.version,
        at=row.at,
        course_id=row.course_id,
        discussion_id=row.discussion_id,
        person_id=row.person_id,
        is_staff=bool(row.is_staff),
        post_id=row.post_id,
        parent_id=row.parent_id,
        root_id=row.root_id,
        reading_id=row.reading_id,
        by_id=row.by_id,
        given=None if row.given is None else Given(row.given, row.possible),
        hides_names=bool(row.hides_names),
    )


_UNTOLD = {
    ActivityKind.POSTED: _posted,
    ActivityKind.EDITED: _edited,
    ActivityKind.CITED: _cited,
    ActivityKind.LIKED: _liked,
    ActivityKind.OPENED: _opened,
    ActivityKind.GRADED: _graded,
    ActivityKind.DELETED: _deleted,
}
"""In the order in which they are looked for: a post is told before what was done with it."""
_NEWEST_OF: dict[ActivityKind, list[tuple[ColumnElement[bool], ...]]] = {
    ActivityKind.POSTED: [_newest(Post.id), _just_shown()],
    ActivityKind.EDITED: [_newest(Revision.id), _just_shown()],
    ActivityKind.CITED: [_newest(Citation.id), _just_shown()],
    ActivityKind.LIKED: [_newest(Like.id)],
    ActivityKind.OPENED: [],
    ActivityKind.GRADED: [_newest(Release.id)],
    ActivityKind.DELETED: [()],
}
KINDS = tuple(_UNTOLD)

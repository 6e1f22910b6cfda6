"""Finding what people are to be told of: new posts, mentions, released grades, moderation and reports.

Each table is read from a stored mark on, and the newest rows are read again and again until they are older than any
transaction lasts: on PostgreSQL a row may become visible after one with a greater id. Reading a row twice writes
nothing twice (`write_notices`), and a worker that dies leaves the mark where it was.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from lti_app.core.db import alias_of, insert_into
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.rules import Role
from lti_app.discussion.moderation.models import ModerationRecord, Report
from lti_app.discussion.moderation.rules import ModerationAction
from lti_app.discussion.posts.models import Mention, Post
from lti_app.grading.assessments.models import Assessment, Release
from lti_app.notices.feed.actions.writing import write_notices
from lti_app.notices.feed.models import GatheringMark
from lti_app.notices.feed.rules.kinds import (
    NoticeDraft,
    NoticeKind,
    of_moderation,
    of_post,
    of_release,
    of_review,
)
from lti_app.notices.feed.rules.wording import MODERATED
from lti_app.notices.following.models import Follow

Statement = Select[*tuple[Any, ...]]

BATCH = 200
"""Rows between two commits."""
LONGEST_TRANSACTION = timedelta(minutes=30)
"""No transaction that writes such rows is open for so long, nor are the clocks of two machines so far apart."""
_ABOVE = alias_of(Post)
_STAFF = [role for role in Role if role.is_staff]


@dataclass(frozen=True)
class _Source:
    """A table whose rows are causes."""

    rows: Callable[[int], Statement]
    """The rows after an id, the lowest id first, with that id as `id` and the time as `at`."""
    drafts: Callable[[Session, Sequence[Row[Any]]], Iterator[NoticeDraft]]


def sources() -> list[str]:
    """The names of all that `gather` reads."""
    return list(_SOURCES)


def gather(session: Session, source: str, *, after: int = 0, now: datetime) -> int | None:
    """Write the notices that the next rows of one source lead to.

    Begin with `after` 0 and call it again with what it returns, in a transaction each, until that is None.
    """
    mark = _locked_mark(session, source)
    rows = session.execute(_SOURCES[source].rows(max(after, mark.last_id)).limit(BATCH)).all()
    write_notices(session, _SOURCES[source].drafts(session, rows), now=now)
    settled = mark.last_id
    for row in rows:
        if now - row.at < LONGEST_TRANSACTION:
            break
        settled = row.id
    if after <= mark.last_id:  # else rows in between are still to be read again
        mark.last_id = settled
    session.flush()
    return rows[-1].id if len(rows) == BATCH else None


def _locked_mark(session: Session, source: str) -> GatheringMark:
    row = {"source": source, "last_id": 0}
    session.execute(insert_into(session, GatheringMark).values(row).on_conflict_do_nothing())
    return session.get_one(GatheringMark, source, with_for_update=True, populate_existing=True)


def _posts(after: int) -> Statement:
    return (
        select(
            *(Post.id, Post.course_id, Post.discussion_id, Post.root_id, Post.author_id, Post.placed_at.label("at")),
            _ABOVE.author_id.label("answered"),
            _ABOVE.byline.label("answered_byline"),
        )
        .outerjoin(_ABOVE, _ABOVE.id == Post.parent_id)
        .where(Post.id > after, Post.byline.is_(None))
        .order_by(Post.id)
    )


def _of_posts(session: Session, rows: Sequence[Row[Any]]) -> Iterator[NoticeDraft]:
    """To whoever is answered, to those mentioned, and to followers; of several reasons the first one counts."""
    mentioned = _collect(session, select(Mention.post_id, Mention.person_id), Mention.post_id, [row.id for row in rows])
    places = {row.discussion_id for row in rows}
    followers = _collect(
        session,
        select(func.coalesce(Follow.root_id, -Follow.discussion_id), Follow.person_id),
        Follow.discussion_id,
        places,
    )
    for row in rows:
        if row.answered is not None and row.answered_byline is None:
            yield from _about(row, NoticeKind.REPLY, [row.answered])
        yield from _about(row, NoticeKind.MENTION, mentioned.get(row.id, ()))
        of_thread = followers.get(row.root_id or row.id, ())
        yield from _about(row, NoticeKind.FOLLOWED, [*of_thread, *followers.get(-row.discussion_id, ())])


def _mentions(after: int) -> Statement:
    """Also those that an edit has added."""
    at = func.coalesce(Post.edited_at, Post.placed_at, type_=Post.placed_at.type).label("at")
    return (
        select(Mention.id, Mention.person_id, Post.id.label("post_id"), at)
        .add_columns(Post.course_id, Post.discussion_id, Post.author_id)
        .join(Post, Post.id == Mention.post_id)
        .where(Mention.id > after, Post.byline.is_(None))
        .order_by(Mention.id)
    )


def _of_mentions(_session: Session, rows: Sequence[Row[Any]]) -> Iterator[NoticeDraft]:
    for row in rows:
        yield from _about(row, NoticeKind.MENTION, [row.person_id])


def _releases(after: int) -> Statement:
    return (
        select(Release.id, Release.released_at.label("at"))
        .add_columns(Assessment.course_id, Assessment.discussion_id, Assessment.person_id)
        .join(Assessment, Assessment.id == Release.assessment_id)
        .where(Release.id > after)
        .order_by(Release.id)
    )


def _of_releases(_session: Session, rows: Sequence[Row[Any]]) -> Iterator[NoticeDraft]:
    for row in rows:
        where = (row.person_id, row.course_id)
        yield NoticeDraft(*where, NoticeKind.GRADED, of_release(row.id), at=row.at, discussion_id=row.discussion_id)


def _moderation(after: int) -> Statement:
    told = (ModerationRecord.id, ModerationRecord.kind, ModerationRecord.by_id, ModerationRecord.at)
    return (
        select(*told, Post.id.label("post_id"), Post.course_id, Post.discussion_id, Post.author_id, Post.byline)
        .join(Post, Post.id == ModerationRecord.post_id)
        .where(ModerationRecord.id > after)
        .order_by(ModerationRecord.id)
    )


def _of_moderation(session: Session, rows: Sequence[Row[Any]]) -> Iterator[NoticeDraft]:
    """To the author what was done to their post; to the staff what a rule holds."""
    by_rule = [row for row in rows if row.kind is ModerationAction.HOLD and row.by_id is None]
    yield from _to_staff(session, by_rule)
    for row in rows:
        if row.byline is not None or row.by_id == row.author_id:
            continue
        where = {"discussion_id": row.discussion_id, "post_id": row.post_id, "at": row.at}
        whom = (row.author_id, row.course_id)
        if row.kind is ModerationAction.HOLD:
            yield NoticeDraft(*whom, NoticeKind.HELD, of_moderation(row.id), **where)
        elif row.kind in MODERATED:
            facts = {"action": row.kind.value}
            yield NoticeDraft(*whom, NoticeKind.MODERATED, of_moderation(row.id), **where, facts=facts)


def _reports(after: int) -> Statement:
    told = (Report.id, Report.post_id, Report.course_id, Report.discussion_id, Report.at)
    return select(*told).where(Report.id > after).order_by(Report.id)


def _to_staff(session: Session, rows: Sequence[Row[Any]]) -> Iterator[NoticeDraft]:
    is_staff = select(Enrollment.course_id, Enrollment.person_id).where(Enrollment.active, Enrollment.role.in_(_STAFF))
    staff = _collect(session, is_staff, Enrollment.course_id, {row.course_id for row in rows})
    for row in rows:
        for person_id in staff.get(row.course_id, ()):
            yield NoticeDraft(
                person_id,
                row.course_id,
                NoticeKind.TO_REVIEW,
                of_review(row.post_id),
                at=row.at,
                discussion_id=row.discussion_id,
                post_id=row.post_id,
            )


def _about(row: Row[Any], kind: NoticeKind, people: Sequence[int]) -> Iterator[NoticeDraft]:
    post_id = getattr(row, "post_id", None) or row.id
    for person_id in people:
        if person_id != row.author_id:
            yield NoticeDraft(
                person_id,
                row.course_id,
                kind,
                of_post(post_id),
                at=row.at,
                discussion_id=row.discussion_id,
                post_id=post_id,
            )


def _collect(session: Session, pairs: Statement, column: Any, keys: Any) -> dict[int, list[int]]:
    """The second column by the first, for these values of a column (one statement; none for no values)."""
    found: dict[int, list[int]] = {}
    if keys:
        for key, value in session.execute(pairs.where(column.in_(keys))):
            found.setdefault(key, []).append(value)
    return found


_SOURCES = {
    "post": _Source(_posts, _of_posts),
    "mention": _Source(_mentions, _of_mentions),
    "release": _Source(_releases, _of_releases),
    "moderation": _Source(_moderation, _of_moderation),
    "report": _Source(_reports, _to_staff),
}

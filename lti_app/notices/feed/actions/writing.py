"""Writing notices once for each person and cause, and marking them as read."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.rules import Actor
from lti_app.notices.feed.models import Notice
from lti_app.notices.feed.rules.kinds import MAILED_WITHIN, NoticeDraft

ROWS_AT_ONCE = 500
"""In one statement: databases limit the number of its values."""


def write_notices(session: Session, drafts: Iterable[NoticeDraft], *, now: datetime) -> int:
    """Write those that are not written yet, for people who are in the course; returns how many.

    The same drafts may be handed over any number of times, by several workers: the key of person and cause decides.
    """
    wanted = {(each.person_id, each.cause): each for each in reversed(list(drafts))}
    if not wanted:
        return 0
    people = {each.person_id for each in wanted.values()}
    courses = {each.course_id for each in wanted.values()}
    members = {
        (course_id, person_id)
        for course_id, person_id in session.execute(
            select(Enrollment.course_id, Enrollment.person_id).where(
                Enrollment.course_id.in_(courses), Enrollment.person_id.in_(people), Enrollment.active
            )
        )
    }
    rows = [_row(each, now) for _key, each in sorted(wanted.items()) if (each.course_id, each.person_id) in members]
    # In one order everywhere, so that of two workers that write the same one waits, instead of each for the other.
    written = 0
    for start in range(0, len(rows), ROWS_AT_ONCE):
        statement = insert_into(session, Notice).values(rows[start : start + ROWS_AT_ONCE])
        written += len(session.scalars(statement.on_conflict_do_nothing().returning(Notice.id)).all())
    return written


def mark_read(session: Session, actor: Actor, notice_ids: Iterable[int] | None = None, *, now: datetime) -> None:
    """Mark these notices of the actor as read, or all of theirs in the course; others are left alone."""
    own = [Notice.person_id == actor.person_id, Notice.course_id == actor.course_id, Notice.read_at.is_(None)]
    if notice_ids is not None:
        own.append(Notice.id.in_(list(notice_ids)))
    session.execute(update(Notice).where(*own).values(read_at=now))
    session.flush()


def forget_notices(session: Session, *, before: datetime) -> int:
    """Delete notices of things that happened before then; returns how many. Their mails are forgotten earlier."""
    return len(session.scalars(delete(Notice).where(Notice.at < before).returning(Notice.id)).all())


def _row(draft: NoticeDraft, now: datetime) -> dict[str, object]:
    values = {**vars(draft), "facts": dict(draft.facts)}
    return {**values, "mail_at": now if now - draft.at < MAILED_WITHIN else None}

"""Queueing scores for the LMS, and readings of what it shows of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, case, literal, or_, select, update
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.core.errors import Forbidden
from lti_app.course.courses.rules import Actor
from lti_app.grading.passbacks.models import TABLES, Passback, ScoreRow
from lti_app.grading.passbacks.rules.parts import GradePart, stored_parts
from lti_app.grading.passbacks.rules.states import TO_CHOOSE, TO_SEND_OVER, PassbackState, ReadBack, ScoreKind

SCORE = ("given", "possible", "comment", "submitted_at", "parts")
OF_POINTS = (*SCORE, "earned", "countable", "rule_version")
ALL_KINDS = tuple(ScoreKind)


@dataclass(frozen=True)
class ReleasedScore:
    """A released grade of one person, for the LMS."""

    person_id: int
    given: Decimal
    possible: Decimal
    comment: str
    submitted_at: datetime | None
    parts: tuple[GradePart, ...] = ()
    """The parts that go to columns of their own; none where one column has the whole grade."""


@dataclass(frozen=True)
class ReleasedPoints(ReleasedScore):
    """The points of one person for a gradebook column of their own (its only part), as PointsPassback has them."""

    earned: Decimal = Decimal(0)
    countable: Decimal = Decimal(0)
    rule_version: int = 0


def queue_passback(
    session: Session,
    *,
    course_id: int,
    discussion_id: int,
    person_id: int,
    given: Decimal,
    possible: Decimal,
    comment: str,
    submitted_at: datetime | None,
    now: datetime,
) -> None:
    """Queue one score for the LMS; see queue_passbacks."""
    score = ReleasedScore(person_id, given, possible, comment, submitted_at)
    queue_passbacks(session, [score], course_id=course_id, discussion_id=discussion_id, now=now)


def queue_passbacks(
    session: Session,
    scores: Sequence[ReleasedScore],
    *,
    course_id: int,
    discussion_id: int,
    kind: ScoreKind = ScoreKind.GRADE,
    now: datetime,
) -> None:
    """Queue scores of a discussion for the LMS, in the transaction that releases them (two statements, however many).
    Ring the bell after the commit. Those of points are ReleasedPoints.

    Each replaces an older score of the same person, sent or not. If a worker holds a lease for the older score, the
    lease stays, the result for the older score does not count, and the row is due again when the lease ends. It is
    held, not queued, where the LMS shows a grade that is not ours: an instructor must choose first.
    """
    if not scores:
        return
    table, names = TABLES[kind], SCORE if kind is ScoreKind.GRADE else OF_POINTS
    people = [score.person_id for score in scores]
    _lock_in_order(session, table, table.discussion_id == discussion_id, table.person_id.in_(people))
    insert = insert_into(session, table)
    new = insert.excluded
    fresh = {"queued_at": now, **_fresh_tries(now)}
    wanted = {name: new[name] for name in (*names, *fresh)}
    changed = {
        "wanted_version": table.wanted_version + 1,
        "state": case(
            # Not by IN, whose list of values cannot be sent with many rows.
            (or_(*(table.read_back == each for each in sorted(TO_CHOOSE))), _stored(table, PassbackState.HELD)),
            else_=_stored(table, PassbackState.PENDING),
        ),
        "read_back": case((table.read_back == ReadBack.KEPT, _stored(table, ReadBack.CHANGED)), else_=table.read_back),
    }
    session.execute(
        insert.on_conflict_do_update(index_elements=["discussion_id", "person_id"], set_={**wanted, **changed}),
        [
            {
                "course_id": course_id,
                "discussion_id": discussion_id,
                "person_id": score.person_id,
                "wanted_version": 1,
                "sent_version": 0,
                **{name: getattr(score, name) for name in names},
                "parts": stored_parts(score.parts),
                **fresh,
            }
            for score in scores
        ],
    )


def withdraw_unsent(session: Session, *, discussion_id: int, person_id: int) -> None:
    """Send no grade of one person that the LMS has not accepted; what it accepted before stays known.

    A worker that is sending it at this moment records nothing of it.
    """
    row = session.scalar(
        select(Passback)
        .where(Passback.discussion_id == discussion_id, Passback.person_id == person_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None or row.sent_version == row.wanted_version:
        return
    if row.sent is None:
        session.delete(row)
    else:
        row.given, row.possible, row.comment = row.sent.given, row.sent.possible, row.sent_comment or ""
        row.parts = row.sent_parts
        row.wanted_version += 1  # so that the result of an attempt that is under way does not count
        row.sent_version = row.wanted_version
        row.state, row.error_code, row.error_detail = PassbackState.SENT, None, ""
    session.flush()


def retry_passbacks(
    session: Session, actor: Actor, *, discussion_id: int, kind: ScoreKind = ScoreKind.GRADE, now: datetime
) -> int:
    """Queue the scores of one discussion that failed, for good or for now, to be sent now; returns how many. Ring the
    bell afterwards.

    Raises Forbidden for anybody but the staff of the course.
    """
    table = TABLES[kind]
    delayed = (table.state == PassbackState.PENDING) & table.error_code.is_not(None)
    has_failed = or_(table.state == PassbackState.REFUSED, delayed)
    return _change(session, actor, table, discussion_id, has_failed, queued_at=now, **_fresh_tries(now))


def send_over(
    session: Session,
    actor: Actor,
    *,
    discussion_id: int,
    person_ids: Collection[int],
    kind: ScoreKind = ScoreKind.GRADE,
    now: datetime,
) -> int:
    """Queue our scores of these people to replace what the LMS shows instead of them; returns how many. Ring the bell
    afterwards.

    Raises Forbidden for anybody but the staff of the course.
    """
    table = TABLES[kind]
    differs = or_(
        table.state == PassbackState.HELD,
        (table.state == PassbackState.SENT) & table.read_back.in_(TO_SEND_OVER),
    )
    chosen = {"read_back": ReadBack.UNCHECKED, "sends_unseen": True, "queued_at": now, **_fresh_tries(now)}
    return _change(session, actor, table, discussion_id, differs, table.person_id.in_(person_ids), **chosen)


def keep_shown(
    session: Session,
    actor: Actor,
    *,
    discussion_id: int,
    person_ids: Collection[int],
    kind: ScoreKind = ScoreKind.GRADE,
) -> int:
    """Let the scores of these people count that the LMS shows instead of ours; returns how many.

    A newer score of ours is held again. Raises Forbidden for anybody but the staff of the course.
    """
    table = TABLES[kind]
    differs = or_(
        table.state == PassbackState.HELD,
        (table.state == PassbackState.SENT) & table.read_back.in_((ReadBack.CHANGED, ReadBack.DIFFERENT)),
    )
    wanted = (table.shown_given.is_not(None), table.person_id.in_(person_ids))
    return _change(session, actor, table, discussion_id, differs, *wanted, read_back=ReadBack.KEPT)


def request_check(
    session: Session, actor: Actor, *, discussion_id: int, kind: ScoreKind = ScoreKind.GRADE, now: datetime
) -> int:
    """Have every accepted score of a discussion read back now; returns how many. Ring the bell afterwards.

    Raises Forbidden for anybody but the staff of the course.
    """
    table = TABLES[kind]
    is_accepted = table.state == PassbackState.SENT
    return _change(session, actor, table, discussion_id, is_accepted, check_due_at=now, checks=0)


def send_column_again(
    session: Session,
    discussion_id: int,
    *,
    kinds: Sequence[ScoreKind] = ALL_KINDS,
    apart_from: int | None = None,
    in_flight: bool = True,
    now: datetime,
) -> None:
    """Queue every score of these kinds of a discussion for its new gradebook column, whatever became of them in the old
    one.

    With `in_flight`, scores that workers have claimed count as newer versions, so that an answer from the old column
    does not settle them. `apart_from` names the person whose score is just being sent to the new column; those that
    nobody has claimed follow it there.
    """
    for table in (TABLES[kind] for kind in kinds):
        of_discussion = table.discussion_id == discussion_id
        _lock_in_order(session, table, of_discussion)
        session.execute(update(table).where(of_discussion).values(sent_comment=None))
        is_settled = table.state != PassbackState.PENDING
        is_claimed = table.lease_token.is_not(None)
        session.execute(
            update(table)
            .where(of_discussion, table.person_id.is_distinct_from(apart_from))
            .where(or_(is_settled, is_claimed) if in_flight else is_settled)
            .values(
                wanted_version=table.wanted_version + 1,
                read_back=ReadBack.UNCHECKED,
                sends_unseen=True,
                queued_at=now,
                **_fresh_tries(now),
            )
            .execution_options(synchronize_session=False)
        )


def _change(
    session: Session,
    actor: Actor,
    table: type[ScoreRow],
    discussion_id: int,
    *which: ColumnElement[bool],
    **values: object,
) -> int:
    """Change those scores of a discussion of the actor's course; how many."""
    if not actor.is_staff:
        raise Forbidden
    wanted = (table.course_id == actor.course_id, table.discussion_id == discussion_id, *which)
    _lock_in_order(session, table, *wanted)
    rows = session.execute(update(table).where(*wanted).values(**values).returning(table.id)).all()
    return len(rows)


def _lock_in_order(session: Session, table: type[ScoreRow], *which: ColumnElement[bool]) -> None:
    """Lock rows before one statement changes them, which it does in any order: two of them would end in a deadlock."""
    session.execute(select(table.id).where(*which).order_by(table.id).with_for_update()).all()


def _stored(table: type[ScoreRow], value: PassbackState | ReadBack) -> ColumnElement[Any]:
    column = table.state if isinstance(value, PassbackState) else table.read_back
    return literal(value, column.type)


def _fresh_tries(now: datetime) -> dict[str, Any]:
    return {
        "state": PassbackState.PENDING,
        "attempts": 0,
        "due_at": now,
        "error_code": None,
        "error_detail": "",
        "check_due_at": None,
        "resends": 0,
    }

"""Claiming scores for one worker, and recording what became of sending them."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, case, or_, select, update
from sqlalchemy.orm import Session

from lti_app.grading.passbacks.models import TABLES, ScoreRow
from lti_app.grading.passbacks.ports import Score
from lti_app.grading.passbacks.rules.columns import replaced, stored_columns
from lti_app.grading.passbacks.rules.parts import read_parts, stored_parts
from lti_app.grading.passbacks.rules.results import CHECK_AFTER, Known
from lti_app.grading.passbacks.rules.retries import (
    give_up_code,
    is_worth_another_try,
    next_score_timestamp,
    wait_before_retry,
)
from lti_app.grading.passbacks.rules.states import InColumn, PassbackState, ReadBack, ScoreKind

DETAIL_LENGTH = 300


@dataclass(frozen=True)
class ClaimedPassback:
    """A score that only this worker may send until its lease ends."""

    id: int
    """Of the scores of its kind."""
    lease_token: str
    lease_until: datetime
    version: int
    course_id: int
    score: Score
    attempts: int
    """Attempts for this version, this one included."""
    known: Known | None
    """What the LMS has of this person; None if nothing, or if that is not certain."""


def claim_due(
    session: Session,
    now: datetime,
    *,
    limit: int,
    lease: timedelta,
    apart_from: Select[int] | None = None,
) -> list[ClaimedPassback]:
    """Claim up to `limit` due scores for this worker until `now` + `lease`; commit before sending them.

    Scores of the discussions `apart_from` are not claimed. Value, version and AGS timestamp are fixed together here, so
    that of two attempts the one with the newer timestamp never has the older value. If a worker dies, its scores are
    claimed again when the lease has ended.
    """
    token, until = secrets.token_hex(16), now + lease
    claimed: list[ClaimedPassback] = []
    for kind, table in TABLES.items():
        if len(claimed) == limit:
            break
        for row in _due(session, table, now, limit=limit - len(claimed), apart_from=apart_from):
            known = None if row.sends_unseen else row.known
            row.lease_token, row.lease_until, row.sends_unseen = token, until, True
            row.attempts += 1
            row.score_timestamp = next_score_timestamp(row.score_timestamp, now)
            claimed.append(_claimed(kind, row, known))
    session.flush()
    return claimed


def _due(
    session: Session, table: type[ScoreRow], now: datetime, *, limit: int, apart_from: Select[int] | None
) -> Sequence[ScoreRow]:
    is_wanted = () if apart_from is None else (table.discussion_id.not_in(apart_from),)
    return session.scalars(
        select(table)
        .where(table.state == PassbackState.PENDING, table.due_at <= now, _not_leased(table, now), *is_wanted)
        .order_by(table.due_at, table.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def finish_sent(session: Session, claimed: ClaimedPassback, *, now: datetime) -> None:
    """Record that the LMS accepted the score, unless another worker has claimed it since (one statement). A newer
    version queued meanwhile stays pending and is due now.
    """
    score, table = claimed.score, TABLES[claimed.score.kind]
    is_newest = table.wanted_version == claimed.version
    session.execute(
        update(table)
        .where(table.id == claimed.id, table.lease_token == claimed.lease_token)
        .values(
            lease_token=None,
            lease_until=None,
            sent_version=claimed.version,
            sent_comment=score.comment,
            sent_at=now,
            sent_given=score.given,
            sent_possible=score.possible,
            sent_parts=stored_parts(score.parts),
            sent_submitted_at=score.submitted_at,
            sends_unseen=False,
            read_back=ReadBack.UNCHECKED,
            checks=0,
            check_due_at=now + CHECK_AFTER[0],
            error_code=None,
            error_detail="",
            state=case((is_newest, PassbackState.SENT.value), else_=table.state),
        )
        .execution_options(synchronize_session=False)
    )


def finish_failed(
    session: Session,
    claimed: ClaimedPassback,
    *,
    code: str,
    detail: str = "",
    refused: bool,
    retry_after: float | None = None,
    now: datetime,
) -> bool:
    """Record a failed attempt: `refused` if the LMS rejects the score, otherwise it is delayed.

    A delayed score is due again after a pause, and becomes refused when further attempts make no sense. So does a score
    with a refusal that may be temporary (`stale`: the clock of the LMS is ahead of ours). A newer version that was
    queued meanwhile is due now. Returns whether this score will be tried again.
    """
    row = _still_ours(session, claimed)
    if row is None:
        return True
    row.sends_unseen = not refused or claimed.known is None
    if row.wanted_version != claimed.version:
        return True
    row.error_code, row.error_detail = code, detail[:DETAIL_LENGTH]
    if is_worth_another_try(code, refused=refused, attempts=row.attempts, queued_at=row.queued_at, now=now):
        spread = secrets.randbelow(1000) / 1000
        row.due_at = now + wait_before_retry(row.attempts, fraction=spread, retry_after=retry_after)
    else:
        row.state, row.error_code = PassbackState.REFUSED, give_up_code(code)
    session.flush()
    return row.state == PassbackState.PENDING


def finish_held(session: Session, claimed: ClaimedPassback, *, changed: Sequence[InColumn], now: datetime) -> None:
    """Record that the score was not sent, because somebody has changed the grade in these columns of the LMS."""
    row = _still_ours(session, claimed)
    if row is None:
        return
    shown = changed[0].shown
    row.sends_unseen, row.read_back, row.checked_at = False, ReadBack.CHANGED, now
    row.shown_given, row.shown_possible = (shown.given, shown.possible) if shown else (None, None)
    row.columns = stored_columns(replaced(row.in_columns, changed))
    row.state, row.error_code, row.error_detail = PassbackState.HELD, None, ""
    session.flush()


def return_to_queue(session: Session, claimed: Iterable[ClaimedPassback], *, due_at: datetime) -> None:
    """Return claimed scores that were not tried to the queue, due at `due_at`: the LMS is down or asks for a pause.

    One that another transaction is changing is passed over, and claimed again when its lease has ended: two that each
    wait for rows of the other would end in a deadlock.
    """
    by_id = {(each.score.kind, each.id): each for each in claimed}
    for kind, table in TABLES.items():
        ids = [claimed_id for each, claimed_id in by_id if each is kind]
        for row in _locked_in_order(session, table, table.id.in_(ids)) if ids else ():
            each = by_id[kind, row.id]
            if row.lease_token != each.lease_token:
                continue
            row.lease_token = row.lease_until = None
            row.sends_unseen = each.known is None
            if row.wanted_version == each.version:
                row.attempts -= 1
                row.due_at = due_at
    session.flush()


def postpone(session: Session, discussions: Select[int], *, until: datetime, now: datetime) -> None:
    """Have all scores of these discussions wait until then that would be due before: their platform is down or has
    asked for a pause. Those that a worker is sending, or another transaction is changing, are left alone.
    """
    for table in TABLES.values():
        is_early = (table.state == PassbackState.PENDING) & (table.due_at < until)
        wanted = (is_early, _not_leased(table, now), table.discussion_id.in_(discussions))
        for row in _locked_in_order(session, table, *wanted):
            row.due_at = until
    session.flush()


def _locked_in_order(session: Session, table: type[ScoreRow], *which: ColumnElement[bool]) -> Iterable[ScoreRow]:
    """Rows with their locks, in the order in which all lock them, without those that others have locked."""
    return session.scalars(
        select(table)
        .where(*which)
        .order_by(table.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _not_leased(table: type[ScoreRow], now: datetime) -> ColumnElement[bool]:
    return or_(table.lease_until.is_(None), table.lease_until <= now)


def _still_ours(session: Session, claimed: ClaimedPassback) -> ScoreRow | None:
    """The row, with its lease released, if this worker still holds the lease; otherwise None."""
    table = TABLES[claimed.score.kind]
    row = session.scalar(
        select(table)
        .where(table.id == claimed.id, table.lease_token == claimed.lease_token)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is not None:
        row.lease_token = row.lease_until = None
    return row


def _claimed(kind: ScoreKind, row: ScoreRow, known: Known | None) -> ClaimedPassback:
    if row.lease_token is None or row.lease_until is None or row.score_timestamp is None:
        raise ValueError("not claimed")
    parts = read_parts(row.parts)
    keys = {part.key for part in parts}
    return ClaimedPassback(
        id=row.id,
        lease_token=row.lease_token,
        lease_until=row.lease_until,
        version=row.wanted_version,
        course_id=row.course_id,
        attempts=row.attempts,
        known=known,
        score=Score(
            kind=kind,
            discussion_id=row.discussion_id,
            person_id=row.person_id,
            given=row.given,
            possible=row.possible,
            comment=row.comment,
            comment_is_known=row.sent_version > 0 and row.sent_comment == row.comment,
            timestamp=row.score_timestamp,
            submitted_at=row.submitted_at,
            is_new_submission=row.submitted_at not in (None, row.sent_submitted_at),
            parts=parts,
            dropped=tuple(part for part in read_parts(row.sent_parts) if part.key not in keys),
        ),
    )

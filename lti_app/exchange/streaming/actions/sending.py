"""Claiming a batch of a stream for one worker, and recording what became of it."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from lti_app.course.people.models import Person
from lti_app.exchange.streaming.models import ActivityStream, StreamedActivity
from lti_app.exchange.streaming.queries.stored import from_row, may_be_told
from lti_app.exchange.streaming.rules.activities import ActivityState, LearningActivity, LmsUser
from lti_app.exchange.streaming.rules.endpoints import BatchVerdict, Destination
from lti_app.exchange.streaming.rules.turns import after_acceptance, after_refusal, is_meant
from lti_app.grading.passbacks.rules.retries import wait_before_retry


@dataclass(frozen=True)
class ClaimedBatch:
    """Activities that only this worker may send until its lease ends."""

    stream_id: int
    lease_token: str
    destination: Destination
    key: str
    ids: tuple[int, ...]
    activities: tuple[LearningActivity, ...]


def claim_batch(session: Session, now: datetime, *, lease: timedelta) -> ClaimedBatch | None:
    """Claim the next batch of the stream that has been due longest; commit before sending it. None if none is due.

    What may no longer be told is withdrawn. If a worker dies, the same activities are claimed again, with the same
    ids, when the lease has ended.
    """
    while (stream := _next_due(session, now)) is not None:
        rows = _next_rows(session, stream)
        if not rows:  # all that was left has been withdrawn
            continue
        stream.lease_token, stream.lease_until = secrets.token_hex(16), now + lease
        ids = tuple(row.id for row in rows)
        session.execute(
            update(StreamedActivity)
            .where(StreamedActivity.id.in_(ids))
            .values(attempts=StreamedActivity.attempts + 1)
            .execution_options(synchronize_session=False)
        )
        activities = [from_row(row) for row in rows]
        if stream.names_lms_users:
            activities = _with_lms_users(session, activities)
        session.flush()
        return ClaimedBatch(
            stream_id=stream.id,
            lease_token=stream.lease_token,
            destination=Destination(stream.format, stream.address, stream.token),
            key=stream.key,
            ids=ids,
            activities=tuple(activities),
        )
    return None


def finish_batch(
    session: Session,
    claimed: ClaimedBatch,
    verdict: BatchVerdict,
    *,
    code: str = "",
    retry_after: float | None = None,
    now: datetime,
) -> None:
    """Record what became of a batch, unless another worker has it now or the stream was turned off.

    A refusal of several is followed at once by fewer; of one alone it is final, unless nothing at all is accepted. In
    all other cases everything waits, longer each time.
    """
    stream = session.scalar(
        select(ActivityStream)
        .where(ActivityStream.id == claimed.stream_id, ActivityStream.lease_token == claimed.lease_token)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if stream is None:
        return
    stream.lease_token = stream.lease_until = None
    is_alone = len(claimed.ids) == 1
    if verdict is BatchVerdict.ACCEPTED or (verdict is BatchVerdict.KNOWN and is_alone):
        _end(session, claimed.ids, ActivityState.SENT, now=now)
        stream.batch, stream.due_at, stream.failures = after_acceptance(stream.batch), now, 0
        stream.error_code, stream.failing_since = None, None
    elif verdict is not BatchVerdict.LATER and not is_alone:
        _note_failure(stream, code, now)
        stream.batch, stream.due_at = after_refusal(len(claimed.ids)), now
    elif verdict is BatchVerdict.REFUSED and is_meant(stream.failures, stream.failing_since, now):
        _end(session, claimed.ids, ActivityState.REFUSED, code=code)
        _note_failure(stream, code, now)
        stream.due_at = now
    else:
        _note_failure(stream, code, now)
        fraction = secrets.randbelow(1000) / 1000
        stream.due_at = now + wait_before_retry(stream.failures, fraction=fraction, retry_after=retry_after)
    session.flush()


def _next_due(session: Session, now: datetime) -> ActivityStream | None:
    waits = exists().where(
        StreamedActivity.stream_id == ActivityStream.id, StreamedActivity.state == ActivityState.PENDING
    )
    is_free = or_(ActivityStream.lease_until.is_(None), ActivityStream.lease_until <= now)
    return session.scalar(
        select(ActivityStream)
        .where(ActivityStream.stopped_at.is_(None), ActivityStream.due_at <= now, is_free, waits)
        .order_by(ActivityStream.due_at, ActivityStream.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _next_rows(session: Session, stream: ActivityStream) -> list[StreamedActivity]:
    """The oldest activities that wait and may be told, as many as the next batch may have."""
    pending = (StreamedActivity.stream_id == stream.id, StreamedActivity.state == ActivityState.PENDING)
    rows = session.execute(
        select(StreamedActivity, may_be_told().label("may_be_told"))
        .where(*pending)
        .order_by(StreamedActivity.id)
        .limit(stream.batch)
    ).all()
    withdrawn = [row.id for row, is_fit in rows if not is_fit]
    if withdrawn:
        _end(session, withdrawn, ActivityState.WITHDRAWN)
    return [row for row, is_fit in rows if is_fit]


def _with_lms_users(session: Session, activities: Collection[LearningActivity]) -> list[LearningActivity]:
    """The same with what the LMS calls their people, but for those whose names the discussion hides."""
    people = {each.person_id for each in activities if not each.hides_names}
    rows = session.execute(select(Person.id, Person.issuer, Person.sub).where(Person.id.in_(people)))
    named = {person_id: LmsUser(issuer, sub) for person_id, issuer, sub in rows}
    return [each if each.hides_names else replace(each, lms_user=named.get(each.person_id)) for each in activities]


def _end(
    session: Session, ids: Collection[int], state: ActivityState, *, code: str = "", now: datetime | None = None
) -> None:
    session.execute(
        update(StreamedActivity)
        .where(StreamedActivity.id.in_(ids), StreamedActivity.state == ActivityState.PENDING)
        .values(state=state, error_code=code or None, sent_at=now)
        .execution_options(synchronize_session=False)
    )


def _note_failure(stream: ActivityStream, code: str, now: datetime) -> None:
    stream.failures += 1
    stream.error_code, stream.failing_since = code, stream.failing_since or now

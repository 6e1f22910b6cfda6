"""Turning the activity stream of a deployment on and off."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.exchange.streaming.models import ActivityStream, StreamedActivity
from lti_app.exchange.streaming.rules.activities import ActivityState
from lti_app.exchange.streaming.rules.endpoints import Destination
from lti_app.exchange.streaming.rules.turns import MAX_BATCH


@dataclass(frozen=True)
class StreamChoices:
    """What an operator chooses about privacy. Less leaves the house unless they choose otherwise."""

    tells_grades: bool = False
    names_lms_users: bool = False


def turn_on(
    session: Session, tenant_id: int, destination: Destination, choices: StreamChoices, *, now: datetime
) -> None:
    """Tell what happens in a deployment from now on, or change where and how it is told.

    What has happened before is not told, nor are grades of before they were chosen. What waits of a stream that is on
    goes to the new address. The id comes from `lti.registrations`.
    """
    stream = session.scalar(_of(tenant_id).with_for_update())
    if stream is None:
        stream = ActivityStream(tenant_id=tenant_id, key=secrets.token_hex(32), stopped_at=now)
        session.add(stream)
    if stream.stopped_at is not None:
        stream.started_at, stream.stopped_at, stream.grades_since, stream.looked_at = now, None, None, None
    stream.format, stream.address, stream.token = destination.format, destination.address, destination.token
    stream.grades_since = (stream.grades_since or now) if choices.tells_grades else None
    stream.names_lms_users = choices.names_lms_users
    _forget_failures(stream, now)
    session.flush()


def turn_off(session: Session, tenant_id: int, *, now: datetime) -> int:
    """Tell nothing more, also nothing of what waits; returns how many activities are given up. Raises NotFound.

    The result of a request that is under way is not recorded.
    """
    stream = _get(session, tenant_id)
    unsent = delete(StreamedActivity).where(
        StreamedActivity.stream_id == stream.id,
        StreamedActivity.state.in_((ActivityState.PENDING, ActivityState.WITHDRAWN)),
    )
    given_up = session.execute(unsent.returning(StreamedActivity.state)).scalars().all()
    stream.stopped_at = stream.stopped_at or now
    _forget_failures(stream, now)
    session.flush()
    return sum(state is ActivityState.PENDING for state in given_up)


def retry(session: Session, tenant_id: int, *, now: datetime) -> int:
    """Send what waits now, and once more what was refused; returns how many were refused. Raises NotFound."""
    stream = _get(session, tenant_id)
    if stream.stopped_at is not None:
        raise NotFound("activity_stream_off")
    refused = update(StreamedActivity).where(
        StreamedActivity.stream_id == stream.id, StreamedActivity.state == ActivityState.REFUSED
    )
    again = refused.values(state=ActivityState.PENDING, error_code=None).returning(StreamedActivity.id)
    count = len(session.execute(again).all())
    _forget_failures(stream, now)
    session.flush()
    return count


def take_over_stream(session: Session, tenant_id: int, *, later_id: int) -> None:
    """Let a deployment go on with the stream of `later_id`, which it is joined with, in place of an own one.

    So nothing is told twice: only the later one was in use.
    """
    later = session.scalar(_of(later_id).with_for_update())
    if later is None:
        return
    own = session.scalar(_of(tenant_id).with_for_update())
    if own is not None:
        session.execute(delete(StreamedActivity).where(StreamedActivity.stream_id == own.id))
        session.delete(own)
        session.flush()
    later.tenant_id = tenant_id
    session.flush()


def forget_told(session: Session, *, before: datetime, limit: int) -> int:
    """Delete at most `limit` activities that happened before a moment and do not wait; returns how many."""
    old = (
        select(StreamedActivity.id)
        .where(
            or_(*(StreamedActivity.state == state for state in ActivityState if state is not ActivityState.PENDING)),
            StreamedActivity.at < before,
        )
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    gone = delete(StreamedActivity).where(StreamedActivity.id.in_(old)).returning(StreamedActivity.id)
    return len(session.execute(gone.execution_options(synchronize_session=False)).all())


def _of(tenant_id: int) -> Select[ActivityStream]:
    return select(ActivityStream).where(ActivityStream.tenant_id == tenant_id)


def _get(session: Session, tenant_id: int) -> ActivityStream:
    stream = session.scalar(_of(tenant_id).with_for_update())
    if stream is None:
        raise NotFound("no_activity_stream")
    return stream


def _forget_failures(stream: ActivityStream, now: datetime) -> None:
    """Begin anew: at once, with a whole batch, whatever is under way."""
    stream.batch, stream.due_at, stream.failures = MAX_BATCH, now, 0
    stream.error_code, stream.failing_since = None, None
    stream.lease_token = stream.lease_until = None

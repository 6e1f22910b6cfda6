"""Which streams there are, and how they are doing."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_app.exchange.streaming.models import ActivityStream, StreamedActivity
from lti_app.exchange.streaming.queries.finding import RunningStream
from lti_app.exchange.streaming.rules.activities import ActivityState
from lti_app.exchange.streaming.rules.status import StreamStatus


def list_running(session: Session) -> list[RunningStream]:
    """The streams that are on."""
    rows = session.execute(
        select(
            ActivityStream.id,
            ActivityStream.tenant_id,
            ActivityStream.started_at,
            ActivityStream.grades_since,
            ActivityStream.looked_at,
        )
        .where(ActivityStream.stopped_at.is_(None))
        .order_by(ActivityStream.id)
    )
    return [RunningStream(*row) for row in rows]


def list_statuses(session: Session) -> list[StreamStatus]:
    """All streams, also those that are off (three statements)."""
    streams = session.scalars(select(ActivityStream).order_by(ActivityStream.id)).all()
    told = StreamedActivity
    newest = (func.count().label("number"), func.min(told.at).label("oldest"), func.max(told.sent_at).label("sent"))
    groups = session.execute(select(told.stream_id, told.state, *newest).group_by(told.stream_id, told.state)).all()
    refused = select(told.stream_id, told.error_code).where(told.state == ActivityState.REFUSED).distinct()
    refusals = session.execute(refused).all()
    found = []
    for stream in streams:
        own = {row.state: row for row in groups if row.stream_id == stream.id}
        codes = tuple(sorted(code for stream_id, code in refusals if stream_id == stream.id and code))
        found.append(_status(stream, own, codes))
    return found


def _status(stream: ActivityStream, rows: Mapping[ActivityState, Any], refusals: tuple[str, ...]) -> StreamStatus:
    pending, sent = rows.get(ActivityState.PENDING), rows.get(ActivityState.SENT)
    return StreamStatus(
        tenant_id=stream.tenant_id,
        format=stream.format,
        address=stream.address,
        tells_grades=stream.grades_since is not None,
        names_lms_users=stream.names_lms_users,
        started_at=stream.started_at,
        stopped_at=stream.stopped_at,
        error_code=stream.error_code,
        failing_since=stream.failing_since,
        due_at=stream.due_at,
        counts={state: rows[state].number if state in rows else 0 for state in ActivityState},
        waiting_since=pending.oldest if pending else None,
        sent_at=sent.sent if sent else None,
        refusals=refusals,
    )

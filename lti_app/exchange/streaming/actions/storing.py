"""Storing activities that a stream has to tell."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.exchange.streaming.models import ActivityStream, StreamedActivity
from lti_app.exchange.streaming.queries.finding import RunningStream
from lti_app.exchange.streaming.queries.stored import may_be_told, to_row
from lti_app.exchange.streaming.rules.activities import ActivityState, LearningActivity


def store_untold(session: Session, stream: RunningStream, found: Sequence[LearningActivity]) -> int:
    """Queue activities that were found; returns how many are new. Those that another worker has stored stay one.

    Nothing is stored for a stream that was turned off, or off and on again, since they were found.
    """
    same = (ActivityStream.id == stream.id, ActivityStream.started_at == stream.started_at)
    is_on = select(ActivityStream.id).where(*same, ActivityStream.stopped_at.is_(None)).with_for_update()
    if not found or session.scalar(is_on) is None:
        return 0
    insert = insert_into(session, StreamedActivity).values([to_row(each, stream.id) for each in found])
    key = ["stream_id", "kind", "object_id", "version"]
    return len(session.execute(insert.on_conflict_do_nothing(index_elements=key).returning(StreamedActivity.id)).all())


def return_withdrawn(session: Session, stream: RunningStream) -> int:
    """Queue what was withdrawn and may be told again, such as posts that were restored; returns how many."""
    withdrawn = (StreamedActivity.stream_id == stream.id, StreamedActivity.state == ActivityState.WITHDRAWN)
    again = update(StreamedActivity).where(*withdrawn, may_be_told()).values(state=ActivityState.PENDING)
    returned = session.execute(again.returning(StreamedActivity.id).execution_options(synchronize_session=False))
    return len(returned.all())


def note_look(session: Session, stream: RunningStream, *, now: datetime) -> None:
    """Record that all that might have to be told was looked through."""
    session.execute(update(ActivityStream).where(ActivityStream.id == stream.id).values(looked_at=now))

"""Activity streams, and the activities that they have told or have yet to tell."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id, stored_enum
from lti_app.exchange.streaming.rules.activities import ActivityKind, ActivityState, StreamFormat


class ActivityStream(Base):
    """Where the activities of one deployment go to. At most one request of a stream is under way at a time.

    A worker claims it with a lease, sends a batch outside of any transaction, and records the result only if it still
    holds the lease.
    """

    __tablename__ = "activity_stream"
    __table_args__ = (Index(None, "due_at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    tenant_id: Mapped[int] = mapped_column(Id, unique=True)
    "The deployment: a course belongs to it by the same number."
    format: Mapped[StreamFormat] = mapped_column(stored_enum(StreamFormat))
    address: Mapped[str]
    token: Mapped[str]
    key: Mapped[str]
    "Makes the pseudonyms and ids; never changes, so that people stay the same when the stream is turned on again."
    grades_since: Mapped[datetime | None]
    "Grades released from then on are told; empty if none are."
    names_lms_users: Mapped[bool]
    started_at: Mapped[datetime]
    "What happened before is not told."
    stopped_at: Mapped[datetime | None]
    "Since when it is off."
    batch: Mapped[int]
    "The most activities of the next request: fewer after a refusal, to find the one that is meant."
    due_at: Mapped[datetime]
    "When the next request may be sent."
    failures: Mapped[int]
    "Requests in succession that brought nothing."
    error_code: Mapped[str | None]
    "What was wrong with the newest request; empty if it was accepted."
    failing_since: Mapped[datetime | None]
    lease_token: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    looked_at: Mapped[datetime | None]
    "When all that might have to be told was last looked through."


class StreamedActivity(Base):
    """An activity that a stream has to tell, or has told: once, whatever happens in between (the unique key)."""

    __tablename__ = "streamed_activity"
    __table_args__ = (
        UniqueConstraint("stream_id", "kind", "object_id", "version"),
        Index(None, "stream_id", "state", "id"),
        Index(None, "state", "at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    stream_id: Mapped[int] = mapped_column(ForeignKey(ActivityStream.id))
    kind: Mapped[ActivityKind] = mapped_column(stored_enum(ActivityKind))
    object_id: Mapped[int] = mapped_column(Id)
    version: Mapped[int] = mapped_column(Id)
    at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(Id)
    post_id: Mapped[int | None] = mapped_column(Id)
    facts: Mapped[dict[str, Any]]
    "What else is told of it, as it was when it was found, so that repeating it says the same."
    state: Mapped[ActivityState] = mapped_column(stored_enum(ActivityState))
    attempts: Mapped[int]
    "Requests that it was in, also without an answer."
    error_code: Mapped[str | None]
    sent_at: Mapped[datetime | None]

"""What changes a discussion."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from lti_app.discussions.models import Discussion

DEFAULT_POINTS = Decimal(20)


def reserve_discussion(session: Session, *, course_id: int, title: str, now: datetime) -> int:
    """Make the empty discussion behind a new placement; an instructor sets it up later. Returns its id."""
    discussion = Discussion(
        course_id=course_id,
        title=title,
        prompt="",
        prompt_html="",
        points=DEFAULT_POINTS,
        requirements={},
        post_first=True,
        prepared_at=None,
        version=0,
        root_count=0,
        created_at=now,
    )
    session.add(discussion)
    session.flush()
    return discussion.id

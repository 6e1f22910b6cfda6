"""Creating the discussion of a new placement."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from lti_app.core.prose import clean_line
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.rules import MAX_TITLE, Anonymity, Structure

DEFAULT_POINTS = Decimal(20)
MAX_POINTS = 1000
DEFAULT_TITLE = "Discussion"


def reserve_discussion(
    session: Session,
    *,
    course_id: int,
    title: str,
    points: Decimal = DEFAULT_POINTS,
    selection: str | None = None,
    now: datetime,
) -> int:
    """Create the empty discussion of a new placement; an instructor sets it up later. Returns its id.

    `selection` is the key of the choice in the LMS for which it is created.
    """
    discussion = Discussion(
        course_id=course_id,
        title=discussion_title(title),
        prompt="",
        prompt_html="",
        points=points,
        requirements=[],
        post_first=True,
        version=0,
        root_count=0,
        post_count=0,
        structure=Structure.WHOLE_CLASS,
        anonymity=Anonymity.NAMED,
        stance_question="",
        stance_low="",
        stance_high="",
        selection=selection,
        created_at=now,
    )
    session.add(discussion)
    session.flush()
    return discussion.id


def discussion_title(text: str) -> str:
    """A title as one line. It is never empty, since it is the text of links to the discussion."""
    return clean_line(text, MAX_TITLE) or DEFAULT_TITLE

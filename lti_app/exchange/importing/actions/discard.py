"""Discarding an import that was previewed and not run."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.exchange.importing.models import Import


def discard_import(session: Session, actor: Actor, discussion_id: int, import_id: int, *, now: datetime) -> None:
    """Delete the preview of an import; one that has run stays. Raises what the gate to the settings raises."""
    discussion = get_discussion(session, actor, discussion_id, need=DiscussionPermission.EDIT_SETTINGS, now=now)
    pending = (Import.discussion_id == discussion.id, Import.imported_at.is_(None))
    session.execute(delete(Import).where(Import.id == import_id, *pending))

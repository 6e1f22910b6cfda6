"""Running an import that was previewed: all of its posts are written, or none."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.exchange.importing.actions.threads import write_threads
from lti_app.exchange.importing.models import Import
from lti_app.exchange.importing.rules.posts import ImportChoices
from lti_app.exchange.importing.rules.prepare import PreparedImport


def run_import(
    session: Session,
    actor: Actor,
    discussion_id: int,
    import_id: int,
    prepared: PreparedImport,
    *,
    choices: ImportChoices,
    now: datetime,
) -> int:
    """Write the posts of a previewed file, which is `prepared`, into the discussion; returns how many were new.

    Posts of an earlier import are left as they are, and new replies to them go below them. Posts that look like those
    of sellers are held for review. The second of two clicks adds nothing. Raises NotFound for an import of another
    discussion, and what the gate to the settings raises.
    """
    discussion = get_discussion(session, actor, discussion_id, need=DiscussionPermission.EDIT_SETTINGS, now=now)
    given = session.scalar(
        select(Import).where(Import.id == import_id, Import.discussion_id == discussion.id).with_for_update()
    )
    if given is None:
        raise NotFound
    if given.imported_at is not None:
        return 0
    added = write_threads(session, actor, discussion, prepared, choices=choices, now=now)
    given.added, given.known = added, given.found - added
    given.mode, given.hides_names = choices.mode, bool(choices.placeholder)
    if choices.placeholder:
        given.notes = [note[:3] for note in given.notes]
    given.content, given.preview, given.imported_at = None, [], now
    session.flush()
    return added

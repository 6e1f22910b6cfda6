"""Running an import that was previewed: all of its posts are written, or none."""

import zlib
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.course.people.rules import zone
from lti_app.discussion.discussions.access import DiscussionPermission
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.posts.rules.addresses import MAX_DEPTH
from lti_app.exchange.formats.dates import DateReader
from lti_app.exchange.formats.recognize import read_file
from lti_app.exchange.importing.actions.threads import write_threads
from lti_app.exchange.importing.models import Import
from lti_app.exchange.importing.rules.arrange import arrange
from lti_app.exchange.importing.rules.posts import ImportMode


def run_import(
    session: Session,
    actor: Actor,
    discussion_id: int,
    import_id: int,
    *,
    mode: ImportMode,
    placeholder: str,
    now: datetime,
) -> int:
    """Write the posts of a previewed file into the discussion; returns how many were new.

    `placeholder` is shown in place of names ("Author {}"), empty to show them. Posts of an earlier import are left as
    they are, and new replies to them go below them. The second of two clicks adds nothing. Raises NotFound for an
    import of another discussion, and what the gate to the settings raises.
    """
    discussion = get_discussion(session, actor, discussion_id, need=DiscussionPermission.EDIT_SETTINGS, now=now)
    given = session.scalar(
        select(Import)
        .where(Import.id == import_id, Import.discussion_id == discussion.id)
        .options(undefer(Import.content))
        .with_for_update()
    )
    if given is None:
        raise NotFound
    if given.content is None:
        return 0
    dates = DateReader(zone(given.zone))
    parsed = read_file(zlib.decompress(given.content), dates, day_first=given.day_first)
    arranged = arrange(parsed, max_depth=MAX_DEPTH, now=given.created_at)
    added = write_threads(
        session, actor, discussion, arranged, parsed.shape, mode=mode, placeholder=placeholder, now=now
    )
    given.added, given.known = added, given.found - added
    given.mode, given.hides_names = mode, bool(placeholder)
    given.content, given.preview, given.imported_at = None, [], now
    session.flush()
    return added

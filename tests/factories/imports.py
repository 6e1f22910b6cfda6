"""Imports of posts, looked at and brought in."""

from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.exchange.importing.actions.preview import preview_import
from lti_app.exchange.importing.actions.run import run_import
from lti_app.exchange.importing.queries import get_import_file
from lti_app.exchange.importing.rules.posts import ImportChoices
from lti_app.exchange.importing.rules.prepare import ImportFile, prepare_import


def preview(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    file: ImportFile,
    *,
    sellers: frozenset[str] = frozenset(),
    now: datetime,
) -> int:
    """Read a file and store it; the id of the import."""
    prepared = prepare_import(file, discussion.readings, now=now)
    return preview_import(session, actor, discussion.id, prepared, sellers=sellers, now=now)


def bring_in(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    import_id: int,
    *,
    choices: ImportChoices,
    now: datetime,
) -> int:
    """Write the posts of a preview; how many are new."""
    given = get_import_file(session, actor, discussion, import_id)
    if given is None:
        return 0
    prepared = prepare_import(given[0], discussion.readings, now=given[1])
    return run_import(session, actor, discussion.id, import_id, prepared, choices=choices, now=now)

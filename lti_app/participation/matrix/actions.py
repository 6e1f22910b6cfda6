"""Changing the rules of several discussions at once."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission
from lti_app.discussion.discussions.actions.settings import change_requirements
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.participation.matrix.rules.proposals import proposed
from lti_app.participation.versions.actions import record_version


def apply_rule(
    session: Session, actor: Actor, changes: Mapping[str, object], *, versions: Mapping[int, int], now: datetime
) -> None:
    """Change what discussions ask for, and record the versions of their rules; all of them or none.

    `changes` are the new values of fields of requirements, by input. `versions` has the versions of the settings that
    the actor saw, by discussion id. Raises SettingsChanged if somebody has changed the settings of one of them since,
    InvalidRequirement, and what the gate raises.
    """
    for discussion_id, version in sorted(versions.items()):
        need = DiscussionPermission.EDIT_SETTINGS
        before = get_discussion(session, actor, discussion_id, need=need, now=now)
        asked = proposed(before.requirements, changes)
        change_requirements(session, actor, discussion_id, requirements=asked, version=version, now=now)
        record_version(session, actor, before, get_discussion(session, actor, discussion_id, now=now), now=now)

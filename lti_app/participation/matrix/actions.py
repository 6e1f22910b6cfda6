"""Changing the rules of several discussions at once, or the rule and the dates of one."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission
from lti_app.discussion.discussions.actions.settings import change_rule
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.participation.matrix.rules.proposals import RuleProposal
from lti_app.participation.requirements.base import InvalidRequirement
from lti_app.participation.versions.actions import record_version


def apply_rule(
    session: Session, actor: Actor, proposal: RuleProposal, *, versions: Mapping[int, int], now: datetime
) -> None:
    """Change what discussions ask for, or the dates of one, and record the versions of their rules; all of them or
    none.

    `versions` has the versions of the settings that the actor saw, by discussion id. Raises SettingsChanged if somebody
    has changed the settings of one of them since, DatesOutOfOrder, InvalidRequirement (also for dates of several
    discussions), and what the gate raises.
    """
    if proposal.is_dated and len(versions) > 1:
        raise InvalidRequirement("dates are those of one discussion")
    for discussion_id, version in sorted(versions.items()):
        need = DiscussionPermission.EDIT_SETTINGS
        before = get_discussion(session, actor, discussion_id, need=need, now=now)
        asked = proposal.requirements(before.requirements)
        dates = proposal.calendar
        change_rule(session, actor, discussion_id, requirements=asked, calendar=dates, version=version, now=now)
        record_version(session, actor, before, get_discussion(session, actor, discussion_id, now=now), now=now)

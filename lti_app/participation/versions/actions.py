"""Recording the versions of a rule, and what new discussions of a course begin with."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import StoredRequirements
from lti_app.participation.versions.models import CourseRequirements, RequirementVersion
from lti_app.participation.versions.queries import class_terms
from lti_app.participation.versions.rules import is_same_rule, rule_to_stored, without_dates


def record_version(
    session: Session, actor: Actor, before: DiscussionView, after: DiscussionView, *, now: datetime
) -> None:
    """Record the rule of a discussion after its settings were saved, unless it is the one that was recorded last.

    `before` and `after` are the discussion around the change. A rule that was in force before and was not recorded
    becomes a version too. Called while the discussion is locked. Raises Forbidden.
    """
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    newest = session.execute(
        select(RequirementVersion.number, RequirementVersion.rule)
        .where(RequirementVersion.discussion_id == after.id)
        .order_by(RequirementVersion.number.desc())
        .limit(1)
    ).one_or_none()
    old = rule_to_stored(before.requirements, class_terms(before))
    new = rule_to_stored(after.requirements, class_terms(after))
    number, last = (newest.number, newest.rule) if newest else (0, None)
    made: list[tuple[dict[str, Any], int | None, datetime | None]] = []
    if before.version and not is_same_rule(old, last):  # saved by a release that recorded nothing
        made.append((old, None, None))
        last = old
    if not is_same_rule(new, last):
        made.append((new, actor.person_id, now))
    for rule, made_by_id, made_at in made:
        number += 1
        row = {"number": number, "rule": rule, "made_by_id": made_by_id, "made_at": made_at}
        session.add(RequirementVersion(discussion_id=after.id, **row))
    if made:
        session.execute(update(Discussion).where(Discussion.id == after.id).values(rule_version=number))
        session.flush()


def set_course_requirements(session: Session, actor: Actor, requirements: StoredRequirements, *, now: datetime) -> None:
    """Let new discussions of the actor's course begin with these requirements, without dates; raises Forbidden."""
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    values = {
        "requirements": [dict(each) for each in without_dates(requirements)],
        "saved_by_id": actor.person_id,
        "saved_at": now,
    }
    row = {"course_id": actor.course_id, **values}
    session.execute(
        insert_into(session, CourseRequirements)
        .values(row)
        .on_conflict_do_update(index_elements=["course_id"], set_=values)
    )

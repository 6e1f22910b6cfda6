"""A student's own work over the term."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor, Role
from lti_app.discussion.discussions.queries.course import with_readings
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import State
from lti_app.participation.matrix.rules.own import OwnWork
from lti_app.participation.progress.queries import collect_term_verdicts


def list_own_work(
    session: Session, actor: Actor, views: Sequence[DiscussionView], *, excused: Collection[int] = (), now: datetime
) -> list[OwnWork]:
    """The actor's work in those of these discussions that have begun and ask for something (two statements; one more if
    reviews count). Nothing for all but students.

    The views come from `list_views` for the actor, with the actor's own dates. `excused` are the ids of discussions in
    which the actor need not do anything.
    """
    if actor.role is not Role.STUDENT or actor.is_previewing:
        return []
    begun = with_readings(session, [view for view in views if view.state.has_begun])
    verdicts = collect_term_verdicts(session, actor, begun, actor.person_id, now=now)
    return [
        OwnWork(view.id, view.title, view.state is State.OPEN, verdicts[view.id], view.id in excused)
        for view in begun
        if verdicts[view.id].requirements
    ]

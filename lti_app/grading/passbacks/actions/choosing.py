"""Choosing which grade counts where the LMS shows another one: students are ticked, one by one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.passbacks.actions.queueing import keep_shown, send_over
from lti_app.grading.passbacks.models import TABLES
from lti_app.grading.passbacks.queries import report_of
from lti_app.grading.passbacks.rules.states import ScoreKind


@dataclass(frozen=True)
class Choice:
    """What became of a choice for the ticked students."""

    changed: int
    outdated: int
    """Ticked students whose grade, or what the LMS shows of it, has changed since the page was opened."""


def choose_grades(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    *,
    ticked: Mapping[int, str],
    keeps: bool,
    kind: ScoreKind = ScoreKind.GRADE,
    now: datetime,
) -> Choice:
    """Have our grades sent in place of what the LMS shows, or let the LMS's count (`keeps`), for the ticked students.

    `ticked` holds the fingerprint of the report that the instructor saw, by person id: a grade that is no longer the
    same is left alone, so that nobody decides about what they have not seen. Ring the bell afterwards. Raises Forbidden
    for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    table = TABLES[kind]
    rows = session.scalars(
        select(table)
        .where(table.discussion_id == discussion.id, table.person_id.in_(ticked))
        .order_by(table.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    same = [row.person_id for row in rows if report_of(row).fingerprint == ticked[row.person_id]]
    if keeps:
        changed = keep_shown(session, actor, discussion_id=discussion.id, person_ids=same, kind=kind)
    else:
        changed = send_over(session, actor, discussion_id=discussion.id, person_ids=same, kind=kind, now=now)
    return Choice(changed=changed, outdated=len(ticked) - len(same))

"""What a change of the rules would change for the class."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.course import list_views, with_readings
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import Calendar, State, StoredRequirements
from lti_app.participation.matrix.queries.students import list_named_students
from lti_app.participation.matrix.rules.proposals import RuleProposal
from lti_app.participation.progress.queries import collect_course_work, requirements_of
from lti_app.participation.requirements.evaluation import Requirements
from lti_app.participation.what_if.queries import compare_rules
from lti_app.participation.what_if.rules import OutcomeTally, StandingChange


@dataclass(frozen=True)
class RuleEffect:
    """What the change would do in one discussion."""

    discussion_id: int
    title: str
    version: int
    """Of the settings that it was compared with."""
    before: Requirements
    after: Requirements
    dates: tuple[Calendar, Calendar]
    """Those of the class, before and after."""
    changes: tuple[StandingChange, ...]
    """Those who lose first."""
    tallies: tuple[OutcomeTally, ...]
    """The requirements whose numbers of students change."""
    hides_names: bool
    """Whether names are hidden from the actor, so that only numbers may be told."""

    @property
    def has_points(self) -> bool:
        """Whether any of these students has points for participation, before or after."""
        return any(sum(change.points) for change in self.changes)


@dataclass(frozen=True)
class RulePreview:
    """What a change of the rules would do."""

    effects: tuple[RuleEffect, ...]
    """Only discussions that would ask for something else."""
    names: Mapping[int, str]
    """The students by person id."""


def list_ruled(session: Session, actor: Actor, *, now: datetime) -> list[DiscussionView]:
    """The discussions whose rules the actor may change, without their readings (one statement). Raises Forbidden."""
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    return [view for view in list_views(session, actor, now) if view.state is not State.UNPREPARED]


def preview_rule(
    session: Session, actor: Actor, proposal: RuleProposal, discussion_id: int | None = None, *, now: datetime
) -> RulePreview:
    """For whom a change would make a difference, in one discussion or in all of the course (four statements; one more
    if anybody has an extension, and one for each kind of fact that a requirement needs besides posts).

    Extensions stay as they are: of two dates of a student the later one counts. Raises Forbidden for all but
    instructors, NotFound for a discussion that is not there, and InvalidRequirement.
    """
    wanted = [view for view in list_ruled(session, actor, now=now) if discussion_id in (None, view.id)]
    if discussion_id is not None and not wanted:
        raise NotFound
    views = with_readings(session, [view for view in wanted if _rule_of(_changed(view, proposal)) != _rule_of(view)])
    changed = [_changed(view, proposal) for view in views]
    work = collect_course_work(session, actor, [*views, *changed]) if views else {}
    students = list_named_students(session, actor)
    effects = []
    for view, would in zip(views, changed, strict=True):
        found = compare_rules(work[view.id], view, would, [student.person_id for student in students], now=now)
        effects.append(
            RuleEffect(
                view.id,
                view.title,
                view.version,
                requirements_of(view, view.class_calendar),
                requirements_of(would, would.class_calendar),
                (view.class_calendar, would.class_calendar),
                tuple(sorted(found.changes, key=lambda change: not change.is_loss)),
                found.tallies,
                view.hides_names_from(actor),
            )
        )
    return RulePreview(tuple(effects), {student.person_id: student.name for student in students})


def _changed(view: DiscussionView, proposal: RuleProposal) -> DiscussionView:
    calendar = proposal.calendar or view.class_calendar
    asked = proposal.requirements(view.requirements)
    return replace(view, requirements=asked, calendar=calendar, class_calendar=calendar)


def _rule_of(view: DiscussionView) -> tuple[StoredRequirements, Calendar]:
    return view.requirements, view.class_calendar

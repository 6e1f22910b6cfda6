"""What pictures show of one discussion, or of a course."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.course.people.rules import zone
from lti_app.discussion.discussions.queries.discussion import UTC, DiscussionView
from lti_app.discussion.discussions.rules import StanceQuestion
from lti_app.discussion.stances.queries import collect_shifts
from lti_app.discussion.stances.rules import Shift
from lti_app.participation.activity.queries.facts import (
    list_activity,
    list_assigned_pages,
    list_begun,
    list_cited,
    list_participants,
)
from lti_app.participation.activity.rules.cited import CitedCounts, cited_counts
from lti_app.participation.activity.rules.contact import Contact, answers_in
from lti_app.participation.activity.rules.facts import Participant, in_front_of_class
from lti_app.participation.activity.rules.network import ReplyNetwork, network_of
from lti_app.participation.activity.rules.spread import ReplySpread, spread_of
from lti_app.participation.activity.rules.timeline import HeatMap, Timeline, due_dates, heat_map_of, timeline_of


@dataclass(frozen=True)
class PollShift:
    """The answers to one class poll."""

    discussion_id: int
    title: str
    question: StanceQuestion
    shift: Shift


@dataclass(frozen=True)
class ActivityPictures:
    """What happened in one discussion, or in all of a course."""

    zone: ZoneInfo
    """That of the course, in which days and hours are counted."""
    timeline: Timeline
    heat: HeatMap
    network: ReplyNetwork
    spread: ReplySpread
    cited: CitedCounts
    polls: tuple[PollShift, ...]
    posts: int
    hidden: int
    """Discussions of the course that are left out of the network and the spread, since their names are hidden."""

    @property
    def is_nameless(self) -> bool:
        """Whether somebody needs a pseudonym first."""
        return any(not each.student.name and each.student.key == "p0" for each in self.network.students)


@dataclass(frozen=True)
class ClassContact:
    """The students of a course, and what staff answered them."""

    students: tuple[Participant, ...]
    answers: tuple[Contact, ...]
    views: tuple[DiscussionView, ...]
    """The discussions in which names are shown."""
    hidden: int
    """Those in which they are not: what was answered there is left out."""


def get_pictures(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    discussion: DiscussionView | None = None,
    until: date | None = None,
) -> ActivityPictures:
    """What happened in this discussion, or without one in the course (five statements; for the course, six).

    Posts that are deleted, hidden, held for review, imported or private are left out. Where names are hidden from the
    actor, one discussion shows pseudonyms; over the course its replies are left out, since a name over several
    discussions would tell who is behind a pseudonym. `until` is the last day that the network counts. Raises Forbidden
    for all but staff.
    """
    views = [discussion] if discussion else list_begun(session, actor, now)
    hiding = {view.id for view in views if view.hides_names_from(actor)} if discussion is None else set()
    students = list_participants(session, actor, discussion)
    posts = in_front_of_class(list_activity(session, actor, views))
    named = tuple(post for post in posts if post.discussion_id not in hiding)
    here = views[0].zone if views else zone(UTC.key)
    due = [each for view in views for each in due_dates(view.id, view.title, view.class_calendar)]
    return ActivityPictures(
        zone=here,
        timeline=timeline_of(posts, due, here),
        heat=heat_map_of(posts, here),
        network=network_of(students, named, here, until=until),
        spread=spread_of(students, named),
        cited=cited_counts(list_assigned_pages(session, views), list_cited(session, actor, views)),
        polls=_polls(session, actor, views),
        posts=len(posts),
        hidden=len(hiding),
    )


def get_contact(session: Session, actor: Actor, now: datetime) -> ClassContact:
    """The students of the course, and what staff answered them, private answers included (three statements).

    Raises Forbidden for all but staff.
    """
    views = list_begun(session, actor, now)
    named = tuple(view for view in views if not view.hides_names_from(actor))
    answers = answers_in(list_activity(session, actor, named))
    return ClassContact(list_participants(session, actor), tuple(answers), named, len(views) - len(named))


def _polls(session: Session, actor: Actor, views: Sequence[DiscussionView]) -> tuple[PollShift, ...]:
    shifts = collect_shifts(session, actor, views)
    return tuple(
        PollShift(view.id, view.title, view.stance, shifts[view.id])
        for view in views
        if view.stance and view.id in shifts
    )

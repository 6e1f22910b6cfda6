"""What assigning reviews depends on, and what it would do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.groups.models import Group, GroupMember
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import Calendar
from lti_app.discussion.posts.models import Post
from lti_app.discussion.reviewing.models import ReviewAssignment
from lti_app.discussion.reviewing.rules.allocation import Allocation, Pair, Participants, ReviewStage, allocate
from lti_app.discussion.reviewing.rules.plans import (
    Pairing,
    ReviewPlan,
    is_due_to_assign,
    pairing_in,
    plan_from_stored,
)
from lti_app.discussion.visibility.queries import in_front_of_class, not_deleted


@dataclass(frozen=True)
class AllocationPreview:
    """What assigning reviews now would do."""

    allocation: Allocation
    reviewers: frozenset[int]
    authors: frozenset[int]
    shortest: int
    """How many reviews the author with the fewest would get; those of themselves are not counted."""
    longest: int
    short: frozenset[int]
    """The reviewers for whom there are not enough authors."""


def read_plan(discussion: DiscussionView | Discussion) -> ReviewPlan:
    """How students review one another in a discussion. A DiscussionView comes only from the gate."""
    return plan_from_stored(discussion.review_plan)


def preview_allocation(session: Session, actor: Actor, discussion: DiscussionView) -> AllocationPreview:
    """What assigning now would do (three statements; two where groups do not matter). Raises Forbidden for all but
    instructors.
    """
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    plan = read_plan(discussion)
    people, existing = read_participants(session, discussion, plan), read_stages(session, discussion)
    change = changes(discussion, plan, people, existing)
    pairs = (existing.keys() | set(change.added)) - set(change.withdrawn)
    received = {author: sum(1 for pair in pairs if pair[1] == author != pair[0]) for author in people.authors}
    written = {one: sum(1 for pair in pairs if pair[0] == one != pair[1]) for one in people.reviewers}
    return AllocationPreview(
        allocation=change,
        reviewers=people.reviewers,
        authors=people.authors,
        shortest=min(received.values(), default=0),
        longest=max(received.values(), default=0),
        short=frozenset(one for one, count in written.items() if count < plan.peers),
    )


def list_due_to_assign(session: Session, now: datetime) -> list[int]:
    """The ids of the discussions in which reviews are assigned without an instructor, and could still be written on
    time (one statement).
    """
    found = session.execute(
        select(Discussion.id, Discussion.review_plan, Discussion.first_post_due).where(
            Discussion.review_plan.is_not(None), Discussion.removed_at.is_(None), Discussion.first_post_due < now
        )
    )
    plans = [(key, plan_from_stored(stored), Calendar(None, first_due)) for key, stored, first_due in found]
    return [
        key
        for key, plan, calendar in plans
        if is_due_to_assign(plan, calendar, now) and plan.due is not None and now <= plan.due
    ]


def is_unassigned(session: Session, discussion: DiscussionView) -> bool:
    """Whether assigning now would change anything."""
    plan = read_plan(discussion)
    people = read_participants(session, discussion, plan)
    return not changes(discussion, plan, people, read_stages(session, discussion)).changes_nothing


def changes(
    discussion: DiscussionView | Discussion,
    plan: ReviewPlan,
    people: Participants,
    existing: Mapping[Pair, ReviewStage],
) -> Allocation:
    """What is to be added and withdrawn: reviews of classmates, and one of themselves for each author."""
    peers = {pair: stage for pair, stage in existing.items() if pair[0] != pair[1]}
    pairing = pairing_in(plan, discussion.structure)
    change = allocate(people, peers, each=plan.peers, pairing=pairing, seed=plan.seed)
    own = {(person, person) for person in people.authors} if plan.self_review else set()
    has = {pair: stage for pair, stage in existing.items() if pair[0] == pair[1]}
    gone = {pair for pair in has.keys() - own if has[pair] is not ReviewStage.SUBMITTED}
    return Allocation((*change.added, *sorted(own - has.keys())), (*change.withdrawn, *sorted(gone)))


def read_participants(session: Session, discussion: DiscussionView | Discussion, plan: ReviewPlan) -> Participants:
    """Who can review here and whose posts can be reviewed (one statement; one more where groups matter).

    An author is an active student with a first post that the class can read.
    """
    begun = and_(
        Post.discussion_id == discussion.id,
        Post.author_id == Enrollment.person_id,
        Post.byline.is_(None),
        Post.parent_id.is_(None),
        Post.split_from_id.is_(None),
    )
    rows = session.execute(
        select(
            Enrollment.person_id,
            exists().where(begun, not_deleted(Post)).correlate(Enrollment),
            exists().where(begun, in_front_of_class(Post)).correlate(Enrollment),
        ).where(Enrollment.course_id == discussion.course_id, Enrollment.role == Role.STUDENT, Enrollment.active)
    ).all()
    must_post = plan.posted_first or discussion.post_first
    return Participants(
        reviewers=frozenset(person for person, has_posted, _ in rows if has_posted or not must_post),
        authors=frozenset(person for person, _, is_shown in rows if is_shown),
        groups=_groups(session, discussion, pairing_in(plan, discussion.structure)),
    )


def _groups(
    session: Session, discussion: DiscussionView | Discussion, pairing: Pairing
) -> Mapping[int, frozenset[int]]:
    if pairing is Pairing.ANYONE:
        return {}
    of_kind = [Group.kind == discussion.group_kind] if discussion.group_kind else []
    rows = session.execute(
        select(GroupMember.person_id, GroupMember.group_id)
        .join(Group, Group.id == GroupMember.group_id)
        .where(Group.course_id == discussion.course_id, *of_kind)
    )
    groups: dict[int, set[int]] = {}
    for person_id, group_id in rows:
        groups.setdefault(person_id, set()).add(group_id)
    return {person_id: frozenset(of) for person_id, of in groups.items()}


def read_stages(session: Session, discussion: DiscussionView | Discussion) -> dict[Pair, ReviewStage]:
    """How far each assigned review is, by reviewer and author (one statement); not those that are withdrawn."""
    rows = session.execute(
        select(
            ReviewAssignment.reviewer_id,
            ReviewAssignment.author_id,
            ReviewAssignment.begun_at.is_not(None),
            ReviewAssignment.submitted_at.is_not(None),
        ).where(ReviewAssignment.discussion_id == discussion.id, ReviewAssignment.withdrawn_at.is_(None))
    )
    return {(reviewer, author): _stage(is_begun, is_submitted) for reviewer, author, is_begun, is_submitted in rows}


def _stage(is_begun: bool, is_submitted: bool) -> ReviewStage:
    if is_submitted:
        return ReviewStage.SUBMITTED
    return ReviewStage.BEGUN if is_begun else ReviewStage.OPEN

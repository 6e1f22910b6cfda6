"""What one may know of the stances in a discussion."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import and_, case, func, literal, null, or_, select
from sqlalchemy.orm import Session

from lti_app.course.courses.queries import name_in_course
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import Anonymity, StanceQuestion
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import is_gate_open
from lti_app.discussion.stances.access import may_answer
from lti_app.discussion.stances.models import Stance
from lti_app.discussion.stances.rules import AnswerCount, Shift, is_asked_again, shift_of
from lti_app.discussion.visibility.queries import not_deleted, visible


@dataclass(frozen=True)
class Moved:
    """A post of the actor's that moved others."""

    address: str
    people: int
    names: tuple[str, ...]
    """Empty where names are hidden."""


@dataclass(frozen=True)
class StanceView:
    """A discussion's stance question as the actor may see it."""

    question: StanceQuestion
    may_answer: bool
    own_before: int | None
    own_after: int | None
    own_moved_by: str
    """The address of the post that moved the actor; empty where none is named or it no longer exists for them."""
    asks_again: bool
    """Whether it is time to answer once more."""
    shift: Shift | None
    """How the class stands; None for those who have not answered themselves."""
    moved: tuple[Moved, ...] = field(default=())
    """The actor's posts that moved others; for staff everybody's, without saying whom."""


def get_stances(session: Session, actor: Actor, discussion: DiscussionView) -> StanceView | None:
    """The stance question with what the actor may know of the answers (one statement); None where none is asked."""
    if discussion.stance is None:
        return None
    own, moved_by_own = Stance.person_id == actor.person_id, Post.author_id == actor.person_id
    shows_who = and_(moved_by_own, literal(discussion.anonymity is Anonymity.NAMED))
    columns = (
        Stance.before,
        Stance.after,
        case((own, 1), else_=0),
        case((moved_by_own, 1), else_=0),
        Post.address if actor.is_staff else case((or_(own, moved_by_own), Post.address), else_=null()),
        case((shows_who, name_in_course(Person, actor.course_id)), else_=null()),
    )
    known = or_(moved_by_own, is_gate_open(actor, discussion))
    rows = session.execute(
        select(*columns, func.count())
        .join(Person, Person.id == Stance.person_id)
        .outerjoin(
            Post, and_(Post.id == Stance.moved_by_id, not_deleted(Post), visible(Post, actor, discussion), known)
        )
        .where(Stance.discussion_id == discussion.id)
        .group_by(*columns)
    ).all()
    return _view(actor, discussion, discussion.stance, [tuple(row) for row in rows])


def collect_shifts(session: Session, actor: Actor, views: Iterable[DiscussionView]) -> dict[int, Shift]:
    """How the class stands in each of these discussions, by discussion id, where somebody has answered (one statement).

    Raises Forbidden for all but staff.
    """
    require(actor, DiscussionPermission.GRADE)
    columns = (Stance.discussion_id, Stance.before, Stance.after)
    rows = session.execute(
        select(*columns, func.count()).where(Stance.discussion_id.in_([view.id for view in views])).group_by(*columns)
    )
    answers: dict[int, list[AnswerCount]] = {}
    for discussion_id, before, after, people in rows:
        answers.setdefault(discussion_id, []).append(AnswerCount(before, after, people))
    return {discussion_id: shift_of(found) for discussion_id, found in answers.items()}


_Row = tuple[int, int | None, int, int, str | None, str | None, int]


def _view(actor: Actor, discussion: DiscussionView, question: StanceQuestion, rows: list[_Row]) -> StanceView:
    before, after, moved_by = next(((row[0], row[1], row[4]) for row in rows if row[2]), (None, None, None))
    shown = actor.is_staff or before is not None
    answers = (AnswerCount(row[0], row[1], row[6]) for row in rows)
    now = discussion.as_of
    return StanceView(
        question=question,
        may_answer=may_answer(actor, discussion),
        own_before=before,
        own_after=after,
        own_moved_by=moved_by or "",
        asks_again=now is not None and is_asked_again(discussion.calendar, discussion.state, now),
        shift=shift_of(answers) if shown else None,
        moved=_moved(rows, of_all=actor.is_staff),
    )


def _moved(rows: list[_Row], *, of_all: bool) -> tuple[Moved, ...]:
    by_address: dict[str, list[_Row]] = {}
    for row in rows:
        if row[4] and (row[3] or of_all):
            by_address.setdefault(row[4], []).append(row)
    return tuple(
        Moved(address, sum(row[6] for row in found), tuple(sorted(row[5] for row in found if row[5])))
        for address, found in sorted(by_address.items(), key=lambda item: [int(part) for part in item[0].split(".")])
    )

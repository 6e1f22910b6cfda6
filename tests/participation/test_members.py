"""Of whom participation is counted: students, observers, staff, test students, and who joins late, leaves or returns.

One table of stories. Each ends with how the tables of the class show the person, whether a classmate's reply to the
person counts for the classmate, and whether the person is reminded of what is still due.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from lti_app.course.courses.actions import deactivate_others, enroll, open_visit, record_listed_roles
from lti_app.course.courses.queries import get_actor
from lti_app.course.courses.rules import Actor, Role
from lti_app.discussion.discussions.actions.extensions import extend
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.discussion.discussions.rules import Calendar
from lti_app.discussion.posts.queries.views import PostView
from lti_app.notices.feed.actions.reminding import remind
from lti_app.participation.matrix.queries.tables import get_class_matrix, get_course_term
from lti_app.participation.matrix.rules.matrix import MatrixLine
from lti_app.participation.progress.queries import get_participation
from tests.cast import FRAME, Cast, FrozenClock, arrive
from tests.factories.discussions import WEEK
from tests.factories.notices import kinds
from tests.factories.posts import write


@dataclass
class Members:
    """The class, and what may happen to somebody in it."""

    session: Session
    cast: Cast
    clock: FrozenClock
    discussion: DiscussionView

    def arrive(self, name: str, role: Role = Role.STUDENT) -> Actor:
        return arrive(self.session, self.cast.course_id, name, role, now=self.clock())

    def visit(self, actor: Actor, role: Role) -> Actor:
        """A further visit of somebody, in a role."""
        now, who = self.clock(), {"course_id": self.cast.course_id, "person_id": actor.person_id}
        enroll(self.session, **who, role=role, now=now)
        token = open_visit(self.session, **who, role=role, frame_origins=FRAME, now=now)
        found = get_actor(self.session, course_id=self.cast.course_id, token=token, now=now)
        assert found is not None
        return found

    def write(self, author: Actor, to: PostView | None = None) -> PostView:
        view = get_discussion(self.session, author, self.discussion.id, now=self.clock())
        return write(self.session, author, view, to=to, now=self.clock())

    def read_class_list(self, *, without: Actor) -> None:
        """The LMS sends its complete class list, when the earlier visits are over."""
        self.clock.move(days=1)
        everybody = (self.cast.ines, self.cast.tariq, *self.cast.students, self.cast.olga)
        listed = [each for each in everybody if each.person_id != without.person_id]
        record_listed_roles(self.session, self.cast.course_id, {each.person_id: each.role for each in listed})
        deactivate_others(self.session, self.cast.course_id, {each.person_id for each in listed}, self.clock())

    def line(self, actor: Actor) -> MatrixLine | None:
        """How the table of the discussion shows somebody; the one of the term shows the same people."""
        view = get_discussion(self.session, self.cast.ines, self.discussion.id, now=self.clock())
        matrix = get_class_matrix(self.session, self.cast.ines, view, now=self.clock())
        term = get_course_term(self.session, self.cast.ines, now=self.clock()).matrix
        assert [each.person_id for each in matrix.lines] == [each.person_id for each in term.lines]
        return next((each for each in matrix.lines if each.person_id == actor.person_id), None)


@dataclass(frozen=True)
class Told:
    """A person of a story, and their post, if they have one."""

    who: Actor
    post: PostView | None = None


def posts_and_stays(m: Members) -> Told:
    return Told(m.cast.ana, m.write(m.cast.ana))


def observes(m: Members) -> Told:
    return Told(m.cast.olga)


def teaches(m: Members) -> Told:
    return Told(m.cast.ines, m.write(m.cast.ines))


def assists(m: Members) -> Told:
    return Told(m.cast.tariq, m.write(m.cast.tariq))


def previews_as_a_student(m: Members) -> Told:
    ines = m.visit(m.cast.ines, Role.STUDENT)
    return Told(ines, m.write(ines))


def is_a_test_student(m: Members) -> Told:
    tester = m.arrive("Test Student")
    post = m.write(tester)
    listed = {each.person_id for each in m.cast.students}
    deactivate_others(m.session, m.cast.course_id, listed, m.clock())
    return Told(tester, post)


def was_a_test_student(m: Members) -> Told:
    tester = m.arrive("Test Student")
    post = m.write(tester)
    m.read_class_list(without=tester)
    return Told(tester, post)


def joins_late(m: Members) -> Told:
    m.clock.now = WEEK.first_post_due + timedelta(hours=1)
    return Told(m.arrive("Lena Late"))


def joins_late_and_posts(m: Members) -> Told:
    lena = joins_late(m).who
    return Told(lena, m.write(lena))


def joins_late_and_has_an_extension(m: Members) -> Told:
    lena = joins_late(m).who
    dates = Calendar(first_post_due=WEEK.replies_due - timedelta(hours=6))
    about = {"person_id": lena.person_id, "dates": dates, "note": "", "now": m.clock()}
    extend(m.session, m.cast.ines, m.discussion, **about)
    return Told(lena, m.write(lena))


def leaves(m: Members) -> Told:
    post = m.write(m.cast.ana)
    m.read_class_list(without=m.cast.ana)
    return Told(m.cast.ana, post)


def leaves_and_comes_back(m: Members) -> Told:
    told = leaves(m)
    return Told(m.visit(told.who, Role.STUDENT), told.post)


def becomes_an_assistant(m: Members) -> Told:
    post = m.write(m.cast.ana)
    return Told(m.visit(m.cast.ana, Role.ASSISTANT), post)


# the story | the state of the first post in the tables (None for who is in none), whether a reply to the person counts
# (None without a post), whether the person is reminded of the replies that are due tomorrow
STORIES: tuple[tuple[Callable[[Members], Told], str | None, bool | None, bool], ...] = (
    (posts_and_stays, "complete", True, True),
    (observes, None, None, False),
    (teaches, None, False, False),
    (assists, None, False, False),
    (previews_as_a_student, None, False, False),
    (is_a_test_student, "complete", True, True),
    (was_a_test_student, None, True, False),
    (joins_late, "missing", None, True),
    (joins_late_and_posts, "late", True, True),
    (joins_late_and_has_an_extension, "complete", True, True),
    (leaves, None, True, False),
    (leaves_and_comes_back, "complete", True, True),
    (becomes_an_assistant, None, True, False),
)


@pytest.fixture
def members(session, cast, clock, discussion):
    return Members(session, cast, clock, discussion)


@pytest.mark.parametrize(
    ("story", "state", "counts", "reminded"), STORIES, ids=[story.__name__ for story, *_ in STORIES]
)
def test_of_whom_participation_is_counted(members, story, state, counts, reminded):
    session, ben = members.session, members.cast.ben
    members.write(ben)
    told = story(members)
    line = members.line(told.who)
    assert (line.state_at(0) if line else None) == state
    if told.post is not None:
        members.write(ben, to=told.post)
    view = get_discussion(session, ben, members.discussion.id, now=members.clock())
    replies = get_participation(session, ben, view, now=members.clock()).verdicts.requirements[1]
    assert (bool(replies.have) if told.post else None) == counts
    now = WEEK.replies_due - timedelta(hours=12)
    remind(session, members.cast.course_id, now=now)
    assert ("due_soon" in kinds(session, told.who, now=now)) == reminded


def test_who_is_in_the_class_list_since_after_a_date_is_known_to_have_joined_late(members):
    cast, session = members.cast, members.session
    members.clock.now = WEEK.first_post_due + timedelta(hours=1)
    lena, joined_at = members.arrive("Lena Late"), members.clock()
    assert members.line(lena).joined_late is None  # nobody but Lena says so: she may have opened the course late
    record_listed_roles(session, cast.course_id, {each.person_id: Role.STUDENT for each in (*cast.students, lena)})
    assert members.line(lena).joined_late == joined_at
    assert members.line(cast.ana).joined_late is None
    assert members.visit(lena, Role.STUDENT).joined_at == joined_at
    dates = Calendar(first_post_due=WEEK.replies_due)
    about = {"person_id": lena.person_id, "dates": dates, "note": "", "now": members.clock()}
    extend(session, cast.ines, members.discussion, **about)
    assert members.line(lena).joined_late is None

"""Marks and releases: drafts, conflicts, what a student is told, and what the LMS must learn."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from lti_app.core.errors import Forbidden, NotFound
from lti_app.course.courses.actions import deactivate_others
from lti_app.course.courses.rules import Role
from lti_app.discussion.discussions.actions.settings import save_settings
from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.discussion.posts.actions.edit import edit_post
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.grading.assessments.actions.grading import assess, release, release_all
from lti_app.grading.assessments.errors import AssessmentChanged, AssessmentIncomplete, CommentTooLong
from lti_app.grading.assessments.queries.context import list_posts_in_context
from lti_app.grading.assessments.queries.desk import list_desk
from lti_app.grading.assessments.queries.grades import get_assessment, get_released_grade
from lti_app.grading.assessments.rules import MAX_COMMENT, GradingStatus
from lti_app.grading.passbacks.models import Passback
from lti_app.grading.passbacks.queries import get_passback
from lti_app.grading.rubrics.models import Level
from lti_app.grading.rubrics.rules.criteria import CriterionMark
from lti_app.participation.progress.queries import collect_class_facts
from tests.cast import arrive
from tests.factories.discussions import plan, set_up
from tests.factories.grades import levels, mark
from tests.factories.posts import write


def marks_of(session, cast, discussion, student):
    session.expire_all()
    return get_assessment(session, cast.ines, discussion, student.person_id)


def grade_of(session, discussion, student):
    session.expire_all()
    return get_released_grade(session, student, discussion)


def desk(session, actor, discussion):
    return {line.name.split()[0]: line.status for line in list_desk(session, actor, discussion)}


def scores(session):
    session.expire_all()
    return {row.person_id: row for row in session.query(Passback)}


def test_marks_are_kept_as_a_draft(session, cast, discussion, clock):
    assert marks_of(session, cast, discussion, cast.ana).version == 0
    mark(session, cast.tariq, discussion, cast.ana, 1, 0, 2, 0, 0, comment=" Good.\r\nMore cases! ", now=clock())
    view = marks_of(session, cast, discussion, cast.ana)
    assert view.marks == levels(session, discussion, 1, 0, 2, 0, 0)
    assert (view.total, view.is_complete, view.version) == (Decimal(4 + 5 + 1 + 2 + 2), True, 1)
    assert (view.comment, view.assessed_at) == ("Good.\nMore cases!", clock())
    assert (view.released_version, view.released_given, view.released_at) == (None, None, None)
    assert grade_of(session, discussion, cast.ana) is None
    assert scores(session) == {}


def test_marks_can_be_given_one_by_one_and_taken_back(session, cast, discussion, clock):
    mark(session, cast.ines, discussion, cast.ana, 0, 0, now=clock())
    view = marks_of(session, cast, discussion, cast.ana)
    assert (view.total, view.is_complete) == (Decimal(11), False)
    mark(session, cast.ines, discussion, cast.ana, 3, version=1, now=clock())
    view = marks_of(session, cast, discussion, cast.ana)
    assert (view.total, len(view.marks), view.version) == (Decimal(0), 1, 2)


def test_levels_that_are_not_of_the_rubric_are_passed_over(session, cast, discussion, clock):
    other = set_up(session, cast.ines, clock())
    theirs, mine = levels(session, other, 0, 0, 0, 0, 0), levels(session, discussion, 0, 0)
    crossed = dict(zip(mine, reversed(mine.values()), strict=True))
    chosen = {**theirs, **crossed, 0: CriterionMark(0), 10**30: CriterionMark(10**30)}
    assess(session, cast.ines, discussion, cast.ana.person_id, marks=chosen, comment="x", version=0, now=clock())
    assert marks_of(session, cast, discussion, cast.ana).marks == {}


def test_another_graders_marks_are_not_overwritten(session, cast, discussion, clock):
    mark(session, cast.ines, discussion, cast.ana, 0, 0, 0, 0, 0, now=clock())
    for version in (0, 2, 99):
        with pytest.raises(AssessmentChanged):
            mark(session, cast.tariq, discussion, cast.ana, 1, 1, 1, 1, 1, version=version, now=clock())
    assert marks_of(session, cast, discussion, cast.ana).total == 20
    mark(session, cast.tariq, discussion, cast.ana, 1, 1, 1, 1, 1, version=1, now=clock())
    assert marks_of(session, cast, discussion, cast.ana).version == 2


def test_saving_twice_is_saving_once(session, cast, discussion, clock):
    for _click in range(2):
        mark(session, cast.ines, discussion, cast.ana, 1, 1, 1, 1, 1, comment="Good.", version=0, now=clock())
    assert marks_of(session, cast, discussion, cast.ana).version == 1


def test_saving_nothing_is_no_grading(session, cast, discussion, clock):
    assess(session, cast.ines, discussion, cast.ana.person_id, marks={}, comment=" ", version=0, now=clock())
    assert desk(session, cast.ines, discussion)["Ana"] is GradingStatus.UNGRADED
    assert marks_of(session, cast, discussion, cast.ana).version == 0


def test_a_comment_has_a_limit(session, cast, discussion, clock):
    mark(session, cast.ines, discussion, cast.ana, comment="x" * MAX_COMMENT + "  ", now=clock())
    with pytest.raises(CommentTooLong) as caught:
        mark(session, cast.ines, discussion, cast.ana, comment="x" * (MAX_COMMENT + 1), version=1, now=clock())
    assert caught.value.data == {"limit": MAX_COMMENT, "length": MAX_COMMENT + 1}


def test_only_staff_grade_and_only_students_are_graded(session, cast, discussion, clock):
    for actor in (cast.ana, cast.ben, cast.olga):
        with pytest.raises(Forbidden):
            mark(session, actor, discussion, cast.ana, now=clock())
        with pytest.raises(Forbidden):
            release(session, actor, discussion, cast.ana.person_id, now=clock())
        with pytest.raises(Forbidden):
            release_all(session, actor, discussion, now=clock())
    for nobody in (cast.tariq, cast.olga, cast.stranger, replace(cast.ana, person_id=10**30)):
        with pytest.raises(NotFound):
            mark(session, cast.ines, discussion, nobody, now=clock())
        with pytest.raises(NotFound):
            release(session, cast.ines, discussion, nobody.person_id, now=clock())


def test_only_complete_marks_are_released(session, cast, discussion, clock):
    with pytest.raises(AssessmentIncomplete):
        release(session, cast.ines, discussion, cast.ana.person_id, now=clock())
    mark(session, cast.ines, discussion, cast.ana, 0, 0, 0, 0, now=clock())
    with pytest.raises(AssessmentIncomplete):
        release(session, cast.ines, discussion, cast.ana.person_id, now=clock())
    assert (grade_of(session, discussion, cast.ana), scores(session)) == (None, {})


def test_without_a_rubric_there_is_no_grade(session, cast, clock):
    bare = set_up(session, cast.ines, clock())
    for criterion in levels(session, bare, 0, 0, 0, 0, 0):
        session.query(Level).filter_by(criterion_id=criterion).delete()
    assess(session, cast.ines, bare, cast.ana.person_id, marks={}, comment="Hm.", version=0, now=clock())
    with pytest.raises(AssessmentIncomplete):
        release(session, cast.ines, bare, cast.ana.person_id, now=clock())
    assert release_all(session, cast.ines, bare, now=clock()) == 0


@pytest.fixture
def released(session, cast, discussion, clock):
    """Ana's 16 of 20, released; answers the moment."""
    mark(session, cast.tariq, discussion, cast.ana, 1, 1, 0, 0, 0, comment="Good.", now=clock())
    release(session, cast.ines, discussion, cast.ana.person_id, now=clock.move(hours=1))
    return clock()


def test_a_release_tells_the_student_and_the_lms(session, cast, discussion, released):
    grade = grade_of(session, discussion, cast.ana)
    assert (grade.given, grade.possible, grade.comment) == (Decimal(16), Decimal(20), "Good.")
    assert grade.released_at == released
    assert [(each.points, each.maximum) for each in grade.marks] == [(4, 6), (3, 5), (5, 5), (2, 2), (2, 2)]
    assert grade.marks[3].title == "Timeliness"
    assert (grade.marks[3].level, grade.marks[3].description) == ("On time", "Everything required, on time")
    view = marks_of(session, cast, discussion, cast.ana)
    assert (view.released_version, view.released_given, view.released_at) == (1, Decimal(16), released)
    (score,) = scores(session).values()
    assert (score.person_id, score.given, score.possible) == (cast.ana.person_id, Decimal(16), Decimal(20))
    assert (score.comment, score.wanted_version) == ("Good.", 1)


def test_nobody_else_is_told(session, cast, discussion, released):
    for actor in (cast.ben, cast.ines, cast.olga, cast.stranger):
        assert grade_of(session, discussion, actor) is None


def test_releasing_again_changes_nothing(session, cast, discussion, clock, released):
    release(session, cast.tariq, discussion, cast.ana.person_id, now=clock.move(hours=1))
    assert release_all(session, cast.tariq, discussion, now=clock()) == 0
    assert grade_of(session, discussion, cast.ana).released_at == released
    assert scores(session)[cast.ana.person_id].wanted_version == 1


def test_a_release_freezes_the_grade_until_the_next_one(session, cast, discussion, clock, released):
    mark(session, cast.ines, discussion, cast.ana, 0, 0, 0, 0, 0, comment="Excellent!", version=1, now=clock())
    assert desk(session, cast.ines, discussion)["Ana"] is GradingStatus.CHANGED
    assert grade_of(session, discussion, cast.ana).given == 16
    assert grade_of(session, discussion, cast.ana).comment == "Good."
    mark(session, cast.ines, discussion, cast.ana, 0, version=2, now=clock())
    with pytest.raises(AssessmentIncomplete):
        release(session, cast.ines, discussion, cast.ana.person_id, now=clock())
    mark(session, cast.ines, discussion, cast.ana, 0, 0, 0, 0, 0, comment="Excellent!", version=3, now=clock())
    release(session, cast.ines, discussion, cast.ana.person_id, now=clock.move(days=1))
    grade = grade_of(session, discussion, cast.ana)
    assert (grade.given, grade.comment, grade.released_at) == (Decimal(20), "Excellent!", clock())
    score = scores(session)[cast.ana.person_id]
    assert (score.given, score.wanted_version) == (Decimal(20), 2)


def test_a_later_set_up_changes_no_released_grade(session, cast, discussion, clock, released):
    changed = save_settings(
        session, cast.ines, discussion.id, settings=plan(points=Decimal(50)), version=1, now=clock()
    )
    grade = grade_of(session, changed, cast.ana)
    assert (grade.given, grade.possible) == (Decimal(16), Decimal(20))


@pytest.mark.parametrize(
    ("points", "given"), [("20", "14"), ("100", "70"), ("7", "4.90"), ("0.33", "0.23"), ("0", "0")]
)
def test_marks_become_points_of_the_gradebook_column(session, cast, clock, points, given):
    discussion = set_up(session, cast.ines, clock(), points=Decimal(points))
    mark(session, cast.ines, discussion, cast.ana, 1, 0, 2, 0, 0, now=clock())
    assert release_all(session, cast.ines, discussion, now=clock()) == 1
    assert grade_of(session, discussion, cast.ana).given == Decimal(given)


def test_release_all_releases_every_complete_draft_of_active_students(session, cast, discussion, clock):
    clock.move(days=2)
    gone = arrive(session, cast.course_id, "Gus Gone", Role.STUDENT, now=clock())
    for student in (cast.ana, cast.ben, gone):
        mark(session, cast.ines, discussion, student, now=clock())
    mark(session, cast.ines, discussion, cast.chi, 0, 0, now=clock())
    deactivate_others(session, cast.course_id, [student.person_id for student in cast.students], clock.move(days=1))
    assert release_all(session, cast.tariq, discussion, now=clock()) == 2
    assert scores(session).keys() == {cast.ana.person_id, cast.ben.person_id}
    assert desk(session, cast.ines, discussion) == {
        "Ana": GradingStatus.RELEASED,
        "Ben": GradingStatus.RELEASED,
        "Chi": GradingStatus.PARTLY,
    }
    mark(session, cast.ines, discussion, cast.ana, 1, 0, 0, 0, 0, version=1, now=clock())
    assert release_all(session, cast.tariq, discussion, now=clock()) == 1
    assert grade_of(session, discussion, cast.ben).given == 20
    assert release_all(session, cast.tariq, discussion, now=clock()) == 0


def test_release_all_stays_in_its_discussion(session, cast, discussion, clock):
    other = set_up(session, cast.ines, clock())
    mark(session, cast.ines, discussion, cast.ana, now=clock())
    assert release_all(session, cast.ines, other, now=clock()) == 0
    assert grade_of(session, discussion, cast.ana) is None


def test_the_lms_learns_when_the_work_was_complete(session, cast, discussion, clock):
    first = write(session, cast.ana, discussion, now=clock.move(hours=1))
    others = [write(session, actor, discussion, now=clock()) for actor in (cast.ben, cast.chi)]
    for post in others:
        write(session, cast.ana, discussion, to=post, now=clock.move(hours=1))
    completed = clock()
    write(session, cast.ana, discussion, to=others[0], now=clock.move(days=5))
    last_of_ben = clock.move(hours=1)
    edit_post(
        session, cast.ben, discussion, others[0].id, PostContent("Another text here."), version=1, now=last_of_ben
    )
    for student in cast.students:
        mark(session, cast.ines, discussion, student, now=clock())
    delete_post(session, cast.chi, discussion, others[1].id, now=clock())
    release_all(session, cast.ines, discussion, now=clock.move(days=1))
    found = {person_id: score.submitted_at for person_id, score in scores(session).items()}
    assert found == {
        cast.ana.person_id: completed,
        cast.ben.person_id: last_of_ben,
        cast.chi.person_id: None,
    }
    assert first.created_at < completed


def test_the_desk_lists_every_active_student(session, cast, discussion, clock):
    write(session, cast.ben, discussion, now=clock())
    mark(session, cast.ines, discussion, cast.chi, 0, 0, now=clock())
    mark(session, cast.ines, discussion, cast.ben, now=clock())
    lines = list_desk(session, cast.tariq, discussion)
    assert [(line.name, line.posts, line.status, line.total, line.is_ready) for line in lines] == [
        ("Ana Brandt", 0, GradingStatus.UNGRADED, None, False),
        ("Ben Carter", 1, GradingStatus.DRAFT, Decimal(20), True),
        ("Chi Nguyen", 0, GradingStatus.PARTLY, Decimal(11), False),
    ]


def test_posts_stand_in_their_context(session, cast, discussion, clock):
    mine = write(session, cast.ana, discussion, text="My position.", now=clock())
    bens = write(session, cast.ben, discussion, text="His position.", now=clock())
    reply = write(session, cast.ana, discussion, text="I regret this.", to=bens, now=clock.move(minutes=5))
    write(session, cast.ben, discussion, text="His answer.", to=mine, now=clock())
    delete_post(session, cast.ana, discussion, reply.id, now=clock())
    first, second = list_posts_in_context(session, cast.tariq, discussion, cast.ana.person_id)
    assert (first.address, first.parent, first.words) == ("1", None, 2)
    assert [(reply.author, reply.html) for reply in first.replies] == [("Ben Carter", "<p>His answer.</p>")]
    assert (second.parent.address, second.parent.author) == ("2", "Ben Carter")
    assert (second.is_deleted, second.html) == (True, "<p>I regret this.</p>")  # graders see what was deleted
    assert second.created_at - first.created_at == timedelta(minutes=5)
    assert list_posts_in_context(session, cast.tariq, discussion, cast.stranger.person_id) == []


def test_only_staff_list_the_desk(session, cast, discussion):
    for actor in (cast.ana, cast.olga):
        with pytest.raises(Forbidden):
            list_desk(session, actor, discussion)


@pytest.mark.parametrize("query", [get_assessment, get_passback, list_posts_in_context, collect_class_facts])
def test_only_staff_see_the_marks_and_the_work_of_a_student(session, cast, discussion, query):
    for actor in (cast.ana, cast.ben, cast.olga):
        with pytest.raises(Forbidden):
            query(session, actor, discussion, cast.ana.person_id)

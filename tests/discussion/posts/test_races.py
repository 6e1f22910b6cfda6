"""Several people at the same moment, in threads and sessions of their own: nothing is lost, nothing is done twice."""

from functools import partial

import pytest
from sqlalchemy import func, select

from lti_app.core.errors import Forbidden
from lti_app.course.courses.actions import enroll
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.rules import Role
from lti_app.course.people.actions import record_person
from lti_app.course.people.models import Person
from lti_app.course.people.rules import Identity, Names
from lti_app.discussion.discussions.actions.reserve import reserve_discussion
from lti_app.discussion.discussions.actions.settings import save_settings
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.discussion.posts.actions.edit import edit_post
from lti_app.discussion.posts.errors import AlreadyPosted, PostChanged
from lti_app.discussion.posts.models import Citation, Post, Revision
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.grading.assessments.actions.grading import release, release_all
from lti_app.grading.assessments.errors import AssessmentChanged
from lti_app.grading.assessments.models import Assessment, Release
from lti_app.grading.assessments.queries.grades import get_assessment
from lti_app.grading.passbacks.models import Passback
from lti_app.grading.rubrics.actions.copy import copy_rubric
from lti_app.grading.rubrics.models import Rubric
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.library.readings.models import Passage
from tests.cast import CLIENT_ID, ISSUER
from tests.factories.discussions import plan, set_up
from tests.factories.grades import mark
from tests.factories.posts import write
from tests.factories.readings import add_readings
from tests.races import at_once, kinds


def count(session, table, *conditions):
    return session.scalar(select(func.count()).select_from(table).where(*conditions))


def test_two_hundred_replies_to_one_post(database, session, cast, discussion, clock):
    parent = write(session, cast.ines, discussion, now=clock())
    session.commit()

    def reply_often(name):
        for number in range(25):
            with database.writing() as own:
                text = f"Reply {number} of {name}"
                create_post(own, cast.tariq, discussion, PostContent(text), parent_id=parent.id, now=clock())

    assert at_once([partial(reply_often, name) for name in range(8)]) == [None] * 8
    replies = session.execute(select(Post.address, Post.text).where(Post.parent_id == parent.id)).all()
    assert {address for address, _ in replies} == {f"1.{number}" for number in range(1, 201)}
    assert {text for _, text in replies} == {f"Reply {number} of {name}" for number in range(25) for name in range(8)}
    assert session.scalar(select(Post.reply_count).where(Post.id == parent.id)) == len(replies) == 200


def test_first_posts_at_once(together, session, cast, discussion, clock):
    def start(text, own):
        return create_post(own, cast.ana, discussion, PostContent(text), parent_id=None, now=clock()).address

    answers = together(*(partial(start, f"Post {number}") for number in range(8)))
    assert sorted(answers) == [str(number) for number in range(1, 9)]
    assert session.scalar(select(Discussion.root_count)) == 8


def test_two_windows_edit_one_post(together, session, cast, discussion, clock):
    post = write(session, cast.ana, discussion, text="As it was.", now=clock())

    def edit(text, own):
        edit_post(own, cast.ana, discussion, post.id, PostContent(text), version=1, now=clock())

    answers = together(partial(edit, "In one window."), partial(edit, "In another window."))
    assert kinds(answers) == ["NoneType", "PostChanged"]
    assert session.scalars(select(Revision.text)).all() == ["As it was."]
    assert session.scalar(select(Post.version)) == 2


def test_an_edit_and_a_deletion_lose_nothing(together, session, cast, discussion, clock):
    post = write(session, cast.ana, discussion, text="As it was.", now=clock())

    def edit(own):
        edit_post(own, cast.ana, discussion, post.id, PostContent("As it is."), version=1, now=clock())

    answers = together(edit, lambda own: delete_post(own, cast.ines, discussion, post.id, now=clock()))
    assert answers[1] == "1"
    assert answers[0] is None or isinstance(answers[0], PostChanged | Forbidden)
    text, deleted_at = session.execute(select(Post.text, Post.deleted_at)).one()
    earlier = session.scalars(select(Revision.text)).all()
    assert deleted_at == clock()
    assert [*earlier, text] == (["As it was.", "As it is."] if answers[0] is None else ["As it was."])


def test_two_graders_mark_one_student(together, session, cast, discussion, clock):
    mark(session, cast.ines, discussion, cast.ana, comment="First.", now=clock())
    assert_one_is_told(together, session, cast, discussion, clock, version=1)


def test_two_graders_are_the_first_to_mark_a_student(together, session, cast, discussion, clock):
    assert_one_is_told(together, session, cast, discussion, clock, version=0)


def assert_one_is_told(together, session, cast, discussion, clock, *, version):
    def save(grader, step, own):
        mark(own, grader, discussion, cast.ana, *[step] * 5, comment=grader.name, version=version, now=clock())
        return grader.name, step

    answers = together(partial(save, cast.ines, 1), partial(save, cast.tariq, 2))
    (told,) = [answer for answer in answers if isinstance(answer, AssessmentChanged)]
    (saved,) = [answer for answer in answers if answer is not told]
    view = get_assessment(session, cast.ines, discussion, cast.ana.person_id)
    rubric = get_rubric(session, discussion).criteria
    steps = {[level.id for level in c.levels].index(view.marks[c.id].level_id) for c in rubric}
    assert (view.comment, steps) == (saved[0], {saved[1]})
    assert view.version == version + 1
    assert count(session, Assessment) == 1


def test_two_instructors_set_up_one_discussion(together, session, cast, clock):
    reserved = reserve_discussion(session, course_id=cast.course_id, title="New", now=clock())

    def save(title, own):
        view = save_settings(own, cast.ines, reserved, settings=plan(title=title), version=0, now=clock())
        copy_rubric(own, view)

    answers = together(*(partial(save, f"Title {number}") for number in range(4)))
    assert kinds(answers) == ["NoneType", "SettingsChanged", "SettingsChanged", "SettingsChanged"]
    title, version = session.execute(select(Discussion.title, Discussion.version)).one()
    assert (title, version) == (f"Title {answers.index(None)}", 1)
    assert count(session, Rubric) == 1


def test_a_new_person_launches_in_many_windows(together, session, cast, clock):
    def launch(own):
        person_id = record_person(own, Identity(ISSUER, CLIENT_ID, "new"), Names("Nina New"), clock())
        enroll(own, course_id=cast.course_id, person_id=person_id, role=Role.STUDENT, now=clock())
        return person_id

    answers = together(*[launch] * 8)
    (person_id,) = set(answers)
    assert session.scalars(select(Person.name).where(Person.sub == "new")).all() == ["Nina New"]
    assert count(session, Enrollment, Enrollment.person_id == person_id) == 1


def test_a_role_is_not_lessened_by_a_launch_at_the_same_moment(together, session, cast, clock):
    def launch(role, own):
        person_id = record_person(own, Identity(ISSUER, CLIENT_ID, "new"), Names("Nina New"), clock())
        enroll(own, course_id=cast.course_id, person_id=person_id, role=role, now=clock())

    assert together(*(partial(launch, role) for role in [*Role, *reversed(Role)])) == [None] * 8
    role = session.scalar(select(Enrollment.role).join(Person).where(Person.sub == "new"))
    assert role is Role.INSTRUCTOR


def test_release_all_in_many_windows(together, session, cast, discussion, clock):
    for student in cast.students:
        mark(session, cast.ines, discussion, student, now=clock())

    def release_one(own):
        release(own, cast.tariq, discussion, cast.ben.person_id, now=clock())

    def release_every(own):
        return release_all(own, cast.ines, discussion, now=clock())

    answers = together(release_every, release_every, release_one, release_every)
    assert sum(answer or 0 for answer in answers) in (2, 3)  # Ben's may have been the single one
    assert count(session, Release) == 3
    assert session.scalars(select(Passback.wanted_version)).all() == [1, 1, 1]


def test_a_release_and_a_save_at_the_same_moment(together, session, cast, discussion, clock):
    mark(session, cast.ines, discussion, cast.ana, now=clock())

    def save(own):
        mark(own, cast.tariq, discussion, cast.ana, 1, 1, 1, 1, 1, version=1, now=clock())

    def publish(own):
        release(own, cast.ines, discussion, cast.ana.person_id, now=clock())

    assert together(save, publish) == [None, None]
    given, version = session.execute(select(Release.given, Release.version)).one()
    assert (given, version) in [(20, 1), (12, 2)]
    assert session.scalar(select(Passback.given)) == given


def test_a_passage_that_many_cite_first(together, session, cast, clock):
    kotter, zaleznik = add_readings(session, cast.ines, clock())
    discussion = set_up(session, cast.ines, clock(), reading_ids=(kotter, zaleznik))

    def cite(text, own):
        return create_post(own, cast.ana, discussion, PostContent(text), parent_id=None, now=clock()).address

    both = ("[Kotter, p. 1] [Zaleznik, p. 2]", "[Zaleznik, p. 2] [Kotter, p. 1]")
    answers = together(*(partial(cite, f"{text} {n}") for n, text in enumerate(both * 4)))
    assert len(set(answers)) == 8
    assert count(session, Passage) == 2
    assert count(session, Citation) == 16


@pytest.mark.parametrize("is_reply", [False, True])
def test_a_click_repeated_at_the_same_moment_is_one_post(together, session, cast, clock, *, is_reply):
    discussion = set_up(session, cast.ines, clock())
    parent = write(session, cast.ben, discussion, now=clock())
    write(session, cast.ana, discussion, now=clock())
    session.commit()

    def click(own):
        try:
            return create_post(
                own, cast.ana, discussion, PostContent("Once."), parent_id=parent.id if is_reply else None, now=clock()
            ).address
        except AlreadyPosted as again:
            own.rollback()
            return again.data["address"]

    answers = together(*[click] * 4)
    assert set(answers) == {"1.1" if is_reply else "3"}
    assert write(session, cast.chi, discussion, now=clock()).address == ("3" if is_reply else "4")

"""What waits in a discussion for those who teach."""

from lti_app.discussion.moderation.actions import report_post
from lti_app.discussion.moderation.rules import ReportReason
from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.grading.assessments.actions.bulk import excuse
from lti_app.grading.assessments.actions.grading import release
from lti_app.grading.assessments.actions.reopening import ask_second_look
from lti_app.grading.assessments.queries.waiting import Waiting, count_to_grade, count_waiting
from tests.factories.grades import mark
from tests.factories.posts import write
from tests.statements import count_statements

ALL = (0, 0, 0, 0, 0)


def to_grade(session, cast, discussion):
    """How many wait there, as the page of the discussion says and as the course home says."""
    session.expire_all()
    here = count_waiting(session, cast.tariq, discussion).to_grade
    assert count_to_grade(session, cast.tariq) == ({discussion.id: here} if here else {})
    return here


def test_students_who_have_posted_wait_until_their_grade_is_complete(session, cast, discussion, clock):
    assert to_grade(session, cast, discussion) == 0
    for student in (cast.ana, cast.ben):
        write(session, student, discussion, now=clock())
    write(session, cast.ines, discussion, now=clock())
    assert to_grade(session, cast, discussion) == 2
    mark(session, cast.ines, discussion, cast.ana, 0, 0, now=clock())
    assert to_grade(session, cast, discussion) == 2
    mark(session, cast.ines, discussion, cast.ana, *ALL, version=1, now=clock())
    assert to_grade(session, cast, discussion) == 1
    excuse(session, cast.ines, discussion, [cast.ben.person_id], is_excused=True, now=clock())
    assert to_grade(session, cast, discussion) == 0


def test_nobody_waits_whose_posts_are_deleted(session, cast, discussion, clock):
    post = write(session, cast.ana, discussion, now=clock())
    delete_post(session, cast.ana, discussion, post.id, now=clock())
    assert to_grade(session, cast, discussion) == 0


def test_whoever_requests_a_second_look_waits_again(session, cast, discussion, clock):
    write(session, cast.ana, discussion, now=clock())
    mark(session, cast.ines, discussion, cast.ana, *ALL, now=clock())
    release(session, cast.ines, discussion, cast.ana.person_id, now=clock())
    assert to_grade(session, cast, discussion) == 0
    ask_second_look(session, cast.ana, discussion, reason="I did cite it.", now=clock())
    assert to_grade(session, cast, discussion) == 1


def test_reports_of_this_discussion_wait_for_staff_alone(session, cast, discussion, clock, database):
    post = write(session, cast.ana, discussion, now=clock())
    report_post(session, cast.ines, discussion, post.id, reason=ReportReason.OTHER, words="Look.", now=clock())
    with count_statements(session.get_bind()) as sent:
        assert count_waiting(session, cast.tariq, discussion) == Waiting(to_review=1, to_grade=1)
    assert len(sent) == 1
    with count_statements(session.get_bind()) as sent:
        for other in (cast.ben, cast.olga):
            assert count_waiting(session, other, discussion) == Waiting()
            assert count_to_grade(session, other) == {}
    assert sent == []

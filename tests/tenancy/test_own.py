"""What is one's own in one course does not show in another, where the same person is too."""

from lti_app.course.courses.rules import Role
from lti_app.discussion.moderation.actions import report_post
from lti_app.discussion.moderation.queries import list_own_reports
from lti_app.discussion.moderation.rules import ReportReason
from tests.cast import MONDAY, arrive
from tests.factories.discussions import set_up
from tests.factories.posts import write


def test_ones_reports_are_those_of_the_course(session, cast):
    there = set_up(session, cast.elsewhere, MONDAY)
    post = write(session, cast.stranger, there, now=MONDAY)
    ana_there = arrive(session, cast.elsewhere.course_id, cast.ana.name, Role.STUDENT, now=MONDAY)
    write(session, ana_there, there, now=MONDAY)
    report_post(session, ana_there, there, post.id, reason=ReportReason.PRIVACY, words="", now=MONDAY)
    assert ana_there.person_id == cast.ana.person_id
    assert len(list_own_reports(session, ana_there, MONDAY)) == 1
    assert list_own_reports(session, cast.ana, MONDAY) == []

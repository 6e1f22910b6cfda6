"""What somebody has reported, as they see it themselves."""

from dataclasses import replace

from lti_app.discussion.moderation.actions import report_post
from lti_app.discussion.moderation.queries import list_own_reports
from lti_app.discussion.moderation.rules import ReportReason
from tests.factories.discussions import set_up
from tests.factories.posts import write


def test_own_reports_are_those_of_this_course(session, cast, clock):
    discussion = set_up(session, cast.ines, clock(), post_first=False)
    post = write(session, cast.ana, discussion, now=clock())
    report_post(
        session, cast.ben, discussion, post.id, reason=ReportReason.OTHER, words="Please look at this.", now=clock()
    )
    assert [line.address for line in list_own_reports(session, cast.ben, clock())] == [post.address]
    assert list_own_reports(session, cast.ana, clock()) == []
    assert list_own_reports(session, replace(cast.ben, course_id=cast.stranger.course_id), clock()) == []

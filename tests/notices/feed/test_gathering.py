"""Each event is told once to each person whom it concerns, whatever the order and number of readings."""

from datetime import timedelta

import pytest

from lti_app.core.errors import Forbidden, NotFound
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.moderation.actions import change_post, report_post
from lti_app.discussion.moderation.rules import ModerationAction, ReportReason
from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.discussion.posts.actions.edit import edit_post
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.grading.assessments.actions.grading import release
from lti_app.notices.feed.actions.gathering import LONGEST_TRANSACTION, gather
from lti_app.notices.feed.actions.writing import mark_read
from lti_app.notices.feed.models import GatheringMark, Notice
from lti_app.notices.feed.queries.notices import count_unread, get_notice, list_notices
from lti_app.notices.following.actions import follow, unfollow
from lti_app.notices.following.queries import list_followed
from tests.factories.grades import mark
from tests.factories.notices import gather_all, kinds, seen_by
from tests.factories.posts import write


@pytest.fixture
def posts(session, cast, discussion, clock):
    """A first post of each student, so that all may read."""
    return [write(session, student, discussion, now=clock()) for student in cast.students]


def test_an_answer_is_told_to_whom_it_answers(session, cast, discussion, clock, posts):
    write(session, cast.ben, discussion, to=posts[0], now=clock())
    gather_all(session, now=clock())
    assert kinds(session, cast.ana, now=clock()) == ["reply"]
    assert kinds(session, cast.ben, now=clock()) == kinds(session, cast.chi, now=clock()) == []


def test_nobody_is_told_of_their_own_answer(session, cast, discussion, clock, posts):
    write(session, cast.ana, discussion, to=posts[0], now=clock())
    gather_all(session, now=clock())
    assert kinds(session, cast.ana, now=clock()) == []


def test_an_answer_that_mentions_is_told_once(session, cast, discussion, clock, posts):
    write(session, cast.ben, discussion, to=posts[0], text="As @Ana Brandt and @Chi Nguyen say.", now=clock())
    gather_all(session, now=clock())
    gather_all(session, now=clock())
    assert kinds(session, cast.ana, now=clock()) == ["reply"]
    assert kinds(session, cast.chi, now=clock()) == ["mention"]


def test_a_mention_that_an_edit_adds_is_told(session, cast, discussion, clock, posts):
    gather_all(session, now=clock())
    clock.move(hours=3)
    text = PostContent("Now as @Chi Nguyen says.")
    edit_post(session, cast.ana, discussion, posts[0].id, text, version=1, now=clock())
    gather_all(session, now=clock())
    assert kinds(session, cast.chi, now=clock()) == ["mention"]


def test_followers_of_a_discussion_and_of_a_thread_are_told(session, cast, discussion, clock, posts):
    follow(session, cast.chi, discussion.id, now=clock())
    follow(session, cast.tariq, discussion.id, posts[0].id, now=clock())
    follow(session, cast.tariq, discussion.id, posts[0].id, now=clock())
    gather_all(session, now=clock())
    clock.move(hours=1)
    write(session, cast.ben, discussion, to=posts[0], now=clock())
    write(session, cast.ana, discussion, to=posts[1], now=clock())
    gather_all(session, now=clock())
    assert kinds(session, cast.chi, now=clock()).count("followed") == 4  # the posts of before are new to the gatherer
    assert kinds(session, cast.tariq, now=clock()).count("followed") == 2
    unfollow(session, cast.tariq, discussion.id, posts[0].id)
    write(session, cast.chi, discussion, to=posts[0], now=clock())
    gather_all(session, now=clock())
    assert kinds(session, cast.tariq, now=clock()).count("followed") == 2


def test_a_thread_is_followed_by_any_of_its_posts_and_only_where_one_may_read(session, cast, discussion, clock, posts):
    answer = write(session, cast.ben, discussion, to=posts[0], now=clock())
    follow(session, cast.chi, discussion.id, answer.id, now=clock())
    assert [each.address for each in list_followed(session, cast.chi)] == ["1"]
    with pytest.raises(NotFound):
        follow(session, cast.chi, discussion.id, 10**9, now=clock())
    with pytest.raises(Forbidden):
        follow(session, cast.olga, discussion.id, now=clock())


def test_a_released_grade_is_told_and_a_withdrawn_one_is_not(session, cast, discussion, clock, posts):
    mark(session, cast.ines, discussion, cast.ana, now=clock())
    gather_all(session, now=clock())
    assert kinds(session, cast.ana, now=clock()) == []
    release(session, cast.ines, discussion, cast.ana.person_id, now=clock())
    gather_all(session, now=clock())
    gather_all(session, now=clock())
    assert kinds(session, cast.ana, now=clock()) == ["graded"]


def test_the_author_is_told_what_moderators_do_and_staff_what_is_reported(session, cast, discussion, clock, posts):
    reported = posts[0].id
    for reporter in (cast.ben, cast.chi):
        report_post(session, reporter, discussion, reported, reason=ReportReason.SPAM, words="", now=clock())
    gather_all(session, now=clock())
    for staff in (cast.ines, cast.tariq):
        assert kinds(session, staff, now=clock()) == ["to_review"]
    assert kinds(session, cast.ana, now=clock()) == []
    for action in (ModerationAction.HIDE, ModerationAction.RESTORE):
        change_post(session, cast.ines, discussion, reported, action=action, reason="Off topic", now=clock())
    gather_all(session, now=clock())
    assert kinds(session, cast.ana, now=clock()) == ["moderated", "moderated"]
    assert kinds(session, cast.ben, now=clock()) == []


def test_a_deleted_answer_is_told_no_more(session, cast, discussion, clock, posts):
    answer = write(session, cast.ben, discussion, to=posts[0], now=clock())
    gather_all(session, now=clock())
    (line,) = seen_by(session, cast.ana, now=clock())
    delete_post(session, cast.ben, discussion, answer.id, now=clock())
    assert seen_by(session, cast.ana, now=clock()) == []
    with pytest.raises(NotFound):
        get_notice(session, cast.ana, line.id, now=clock())


def test_a_row_that_becomes_visible_after_later_ones_is_still_told(session, cast, discussion, clock, posts):
    """As on PostgreSQL, where a slow transaction commits a smaller id after a quick one."""
    answer = write(session, cast.ben, discussion, to=posts[0], now=clock())
    gather(session, "post", now=clock())
    assert session.get_one(GatheringMark, "post").last_id == 0
    clock.now += LONGEST_TRANSACTION
    gather(session, "post", now=clock())
    assert session.get_one(GatheringMark, "post").last_id == answer.id


def test_reading_marks_only_ones_own_as_read(session, cast, discussion, clock, posts):
    for author in (cast.ben, cast.chi):
        write(session, author, discussion, to=posts[0], now=clock())
    write(session, cast.ana, discussion, to=posts[1], now=clock())
    gather_all(session, now=clock())
    mine = seen_by(session, cast.ana, now=clock())
    of_ben = seen_by(session, cast.ben, now=clock())
    mark_read(session, cast.ana, [mine[0].id, of_ben[0].id], now=clock())
    view = [get_discussion(session, cast.ana, discussion.id, now=clock())]
    assert count_unread(session, cast.ana, view) == 1
    assert not seen_by(session, cast.ben, now=clock())[0].is_read
    mark_read(session, cast.ana, now=clock())
    page = list_notices(session, cast.ana, now=clock())
    assert (page.unread, page.unread_count, len(page.read)) == ((), 0, 2)
    with pytest.raises(NotFound):
        get_notice(session, cast.ana, of_ben[0].id, now=clock())


def test_a_notice_of_something_long_ago_is_not_mailed(session, cast, discussion, clock, posts):
    write(session, cast.ben, discussion, to=posts[0], now=clock())
    gather_all(session, now=clock() + timedelta(days=4))
    assert [row.mail_at for row in session.query(Notice)] == [None]

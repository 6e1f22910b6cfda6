"""Several people do something to the same posts at the same moment: it is done once, and everything stays whole."""

from functools import partial

import pytest
from sqlalchemy import func, select

from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.moderation.actions import change_post, report_post, split_thread
from lti_app.discussion.moderation.models import ModerationRecord, MovedPost, Report
from lti_app.discussion.moderation.rules import ModerationAction, ReportReason
from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.discussion.reactions.actions import set_like
from tests.discussion.moderation.test_split import check
from tests.factories.posts import write


@pytest.fixture
def thread(session, cast, discussion, clock):
    """Ana's first post, Ben's answer and Ana's answer to that."""
    first = write(session, cast.ana, discussion, now=clock())
    write(session, cast.ben, discussion, now=clock())
    reply = write(session, cast.ben, discussion, to=first, now=clock())
    return first, reply, write(session, cast.ana, discussion, to=reply, now=clock())


def test_two_moderators_hide_one_post(together, session, cast, discussion, *, thread, clock):
    def hide(actor, own):
        return change_post(own, actor, discussion, thread[0].id, ModerationAction.HIDE, reason=actor.name, now=clock())

    assert together(partial(hide, cast.ines), partial(hide, cast.tariq)) == ["1", "1"]
    reason, by = session.execute(select(ModerationRecord.reason, ModerationRecord.by_id)).one()
    assert session.execute(select(Post.hidden_reason, Post.hidden_by_id).where(Post.id == thread[0].id)).one() == (
        reason,
        by,
    )


def test_everybody_likes_one_post_twice_at_once(together, session, cast, discussion, *, thread, clock):
    def like(actor, own):
        return set_like(own, actor, discussion, thread[0].id, wanted=True, now=clock())

    answers = together(*(partial(like, actor) for actor in (cast.ben, cast.ines, cast.tariq) for _ in range(3)))
    assert answers == ["1"] * 9
    assert session.scalar(select(Post.likes).where(Post.id == thread[0].id)) == 3


def test_one_reports_twice_at_once(together, session, cast, discussion, *, thread, clock):
    def report(own):
        return report_post(own, cast.ben, discussion, thread[0].id, reason=ReportReason.SPAM, words="", now=clock())

    assert together(report, report, report) == ["1"] * 3
    assert session.scalar(select(func.count()).select_from(Report)) == 1


def test_a_thread_is_split_while_people_write_into_it(together, session, cast, discussion, *, thread, clock):
    def split(post, own):
        return split_thread(own, cast.ines, discussion, post.id, now=clock())

    def answer(number, own):
        text, parent = PostContent(f"Answer {number}."), thread[number % 3].id
        return create_post(own, cast.tariq, discussion, text, parent_id=parent, now=clock()).id

    works = [partial(split, thread[1]), partial(split, thread[2]), partial(split, thread[1])]
    answers = together(*works, *(partial(answer, number) for number in range(6)))
    assert not [one for one in answers if isinstance(one, Exception)]
    check(session, discussion)
    assert session.scalar(select(Discussion.root_count)) == 4
    assert session.scalar(select(func.count()).select_from(Post)) == 10
    assert session.scalar(select(func.count()).select_from(MovedPost)) >= 2

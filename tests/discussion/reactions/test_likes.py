"""Liking posts: once each, never one's own, and counted right."""

import pytest
from sqlalchemy import func, select

from lti_app.core.errors import Forbidden, NotFound
from lti_app.discussion.moderation.actions import change_post
from lti_app.discussion.moderation.rules import ModerationAction
from lti_app.discussion.posts.errors import ParentGone, PostFirst
from lti_app.discussion.posts.models import Post
from lti_app.discussion.reactions.actions import set_like
from lti_app.discussion.reactions.models import Like
from lti_app.discussion.reactions.queries import liked_posts
from tests.factories.posts import write
from tests.statements import count_statements


@pytest.fixture
def post(session, cast, discussion, clock):
    for author in (cast.ben, cast.chi):
        write(session, author, discussion, now=clock())
    return write(session, cast.ana, discussion, now=clock())


@pytest.fixture
def like(session, discussion, clock, post):
    return lambda actor, *, wanted=True: set_like(session, actor, discussion, post.id, wanted=wanted, now=clock())


def count(session, post):
    return session.scalar(select(Post.likes).where(Post.id == post.id))


def test_once_each_and_back_again(session, cast, post, like):
    for wanted, expected in ((True, 2), (False, 0)):
        for _ in range(2):
            for actor in (cast.ben, cast.ines):
                assert like(actor, wanted=wanted) == "3"
        assert count(session, post) == expected
        assert liked_posts(session, cast.ben, [post.id]) == ({post.id} if wanted else set())
    assert liked_posts(session, cast.chi, [post.id]) == set()


def test_not_ones_own_nor_what_one_cannot_read(session, cast, discussion, post, *, like, clock):
    with pytest.raises(Forbidden):
        like(cast.ana)
    for outsider in (cast.olga, cast.stranger):
        with pytest.raises((NotFound, Forbidden, PostFirst)):
            like(outsider)
    change_post(session, cast.ines, discussion, post.id, ModerationAction.HIDE, reason="So.", now=clock())
    with pytest.raises(ParentGone):
        like(cast.ben)
    assert count(session, post) == 0


def test_what_one_likes_is_asked_once_for_a_page(database, session, cast, post, *, discussion, like, clock):
    like(cast.ben)
    ids = [post.id, *(write(session, cast.ana, discussion, now=clock()).id for _ in range(5))]
    with count_statements(database.engine) as sent:
        assert liked_posts(session, cast.ben, ids) == {post.id}
        assert liked_posts(session, cast.ben, []) == set()
    assert len(sent) == 1
    assert session.scalar(select(func.count()).select_from(Like)) == 1

"""Splitting threads: whatever the tree, all addresses and counters are right afterwards, and old addresses lead on."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lti_app.core.errors import Forbidden
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.moderation.actions import change_post, reply_privately, split_thread
from lti_app.discussion.moderation.models import MovedPost
from lti_app.discussion.moderation.queries import find_moved
from lti_app.discussion.moderation.rules import ModerationAction
from lti_app.discussion.posts.access import PostPermission
from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import circumstances_of, get_post
from lti_app.discussion.posts.rules.addresses import address_to_path
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.participation.progress.queries import get_participation
from tests.factories.discussions import set_up
from tests.factories.posts import write
from tests.factories.requirements import Reasons

trees = st.lists(st.integers(0, 30), min_size=2, max_size=14)
"""What each post answers: a post before it, by its place, or nothing."""


def grow(session, cast, discussion, tree, now):
    ids: list[int] = []
    for n, place in enumerate(tree):
        parent = ids[place % (len(ids) + 1) - 1] if place % (len(ids) + 1) else None
        actor = (cast.ines, cast.tariq)[n % 2]
        placed = create_post(session, actor, discussion, PostContent(f"Post {n}."), parent_id=parent, now=now())
        ids.append(placed.id)
    return ids


def posts_of(session, discussion):
    session.expire_all()
    return session.scalars(select(Post).where(Post.discussion_id == discussion.id).order_by(Post.path)).all()


def check(session, discussion):
    """Every post is where its path, address and parent say, and every first post has counted right."""
    posts = {post.id: post for post in posts_of(session, discussion)}
    below = {post.id: [other for other in posts.values() if other.root_id == post.id] for post in posts.values()}
    for post in posts.values():
        assert address_to_path(post.address) == post.path
        assert post.depth == post.path.count(".")
        if post.parent_id is None:
            assert (post.root_id, post.depth) == (None, 0)
            newest = max([post, *below[post.id]], key=lambda one: one.number)
            assert post.descendants == len(below[post.id])
            assert (post.latest_number, post.latest_at) == (newest.number, newest.created_at)
        else:
            parent = posts[post.parent_id]
            assert post.address.rpartition(".")[0] == parent.address
            assert post.root_id == (parent.root_id or parent.id)
            assert int(post.address.rpartition(".")[2]) <= parent.reply_count
    roots = [int(post.address) for post in posts.values() if post.parent_id is None]
    assert max(roots) <= session.scalar(select(Discussion.root_count).where(Discussion.id == discussion.id))
    assert max(Counter(post.path for post in posts.values()).values()) == 1


@given(tree=trees, chosen=st.lists(st.integers(0, 30), max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_any_tree_split_anywhere_is_whole(session, cast, clock, tree, chosen):
    with session.begin_nested() as attempt:
        discussion = set_up(session, cast.ines, clock())
        ids = grow(session, cast, discussion, tree, lambda: clock.move(minutes=11))
        told: dict[str, int] = {}
        for place in chosen:
            before = {post.address: post.id for post in posts_of(session, discussion)}
            told |= before
            number = ids[place % len(ids)]
            try:
                address = split_thread(session, cast.ines, discussion, number, now=clock())
            except Forbidden:
                assert session.get_one(Post, number).parent_id is None
                continue
            assert get_post(session, cast.ines, discussion, number, need=PostPermission.READ).address == address
            check(session, discussion)
        now = {post.id: post.address for post in posts_of(session, discussion)}
        for address, number in told.items():
            assert address == now[number] or find_moved(session, cast.ines, discussion, address) == now[number]
        written = create_post(session, cast.ines, discussion, PostContent("After."), parent_id=ids[-1], now=clock())
        assert written.address not in told
        check(session, discussion)
        attempt.rollback()


@pytest.fixture
def split(session, cast, discussion, clock):
    """Chi has a first post, answers Ana, and Ben answers that; the answer is split off."""
    first = write(session, cast.ana, discussion, now=clock())
    for author in (cast.ben, cast.chi):
        write(session, author, discussion, now=clock())
    reply = write(session, cast.chi, discussion, to=first, now=clock())
    below = write(session, cast.ben, discussion, to=reply, now=clock())
    before = get_participation(session, cast.chi, discussion, now=clock()).verdicts
    address = split_thread(session, cast.ines, discussion, reply.id, now=clock.move(days=1))
    return first, reply, below, before, address


def test_a_reply_that_is_split_off_counts_as_what_it_was(session, cast, discussion, split, clock):
    _, reply, _, before, address = split
    after = get_participation(session, cast.chi, discussion, now=clock()).verdicts
    assert after.posts == before.posts
    assert after.posts[reply.id].reason is Reasons.REPLY
    assert after.requirements[1].addresses == (address,) == ("4",)
    assert after.requirements[1].people == ("Ana Brandt",)


def test_a_reply_that_is_split_off_is_no_first_post_that_opens_the_gate(session, cast, discussion, split, clock):
    firsts = select(Post).where(Post.author_id == cast.chi.person_id, Post.parent_id.is_(None)).order_by(Post.id)
    first, _split_off = session.scalars(firsts)
    first.deleted_at = clock()
    session.flush()
    assert not circumstances_of(session, cast.chi, discussion).has_posted
    assert not get_participation(session, cast.chi, discussion, now=clock()).verdicts.has_started


def test_the_second_click_finds_it_done(session, cast, discussion, split, clock):
    assert split_thread(session, cast.ines, discussion, split[1].id, now=clock()) == "4"
    assert session.scalar(select(Discussion.root_count)) == 4
    assert set(session.scalars(select(MovedPost.old_address))) == {"1.1", "1.1.1"}
    with pytest.raises(Forbidden):
        split_thread(session, cast.ines, discussion, split[0].id, now=clock())


def test_the_new_thread_of_a_closed_one_is_closed(session, cast, discussion, clock):
    first = write(session, cast.ana, discussion, now=clock())
    reply = write(session, cast.ana, discussion, to=first, now=clock())
    change_post(session, cast.ines, discussion, first.id, ModerationAction.CLOSE, now=clock())
    split_thread(session, cast.ines, discussion, reply.id, title="  A\nnew   topic ", now=clock())
    moved = get_post(session, cast.ana, discussion, reply.id, need=PostPermission.READ)
    assert (moved.is_locked, moved.can_reply, moved.title) == (True, False, "A new topic")


def test_private_answers_move_with_what_they_answer_and_never_alone(session, cast, discussion, clock):
    first = write(session, cast.ana, discussion, now=clock())
    reply = write(session, cast.ana, discussion, to=first, now=clock())
    private = reply_privately(session, cast.ines, discussion, reply.id, "Between us.", now=clock())
    with pytest.raises(Forbidden):
        split_thread(session, cast.ines, discussion, private.id, now=clock())
    split_thread(session, cast.ines, discussion, reply.id, now=clock())
    moved = get_post(session, cast.ana, discussion, private.id, need=PostPermission.READ)
    assert (moved.address, moved.root_id, moved.private_to_id) == ("2.1", reply.id, cast.ana.person_id)
    assert session.scalar(select(Post.descendants).where(Post.id == reply.id)) == 0

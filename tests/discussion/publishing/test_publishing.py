"""Publishing and revising: one action writes, screens and forgets the draft; where one may write is decided inside."""

import pytest
from sqlalchemy import select

from lti_app.core.errors import Forbidden, NotFound
from lti_app.course.groups.actions import make_group, place_students
from lti_app.discussion.discussions.rules import Structure
from lti_app.discussion.drafts.actions import save_draft
from lti_app.discussion.drafts.models import Draft
from lti_app.discussion.drafts.rules import FIRST_POST, DraftContent, DraftRef, place_of
from lti_app.discussion.moderation.actions import reply_privately
from lti_app.discussion.moderation.rules import HeldReason
from lti_app.discussion.posts.access import PostPermission
from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.errors import NoGroup, PostEmpty, PostHeld, TitleMissing, WhichGroup
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import get_post
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.discussion.publishing.actions.publish import publish
from lti_app.discussion.publishing.actions.revise import revise
from tests.factories.discussions import set_up
from tests.factories.posts import write

SELLERS = frozenset({"edubirdie.com"})
ADVERT = "All who had no time to write in this week of exams may order theirs from https://edubirdie.com/order today."


@pytest.fixture
def send(session, cast, discussion, clock):
    """`send(text, …)`: published by Ana, a minute later."""

    def send(text, *, by=cast.ana, parent_id=None, draft=DraftRef()):  # noqa: B008 -- frozen
        about = {"parent_id": parent_id, "draft": draft, "sellers": SELLERS, "now": clock.move(minutes=1)}
        return publish(session, by, discussion, PostContent(text), **about)

    return send


def drafts(session):
    return session.scalars(select(Draft.text).order_by(Draft.id)).all()


def test_a_post_is_screened_in_the_action_that_writes_it(session, cast, discussion, send):
    assert send("A plain thought.").held_for == ()
    held = send(ADVERT)
    assert held.held_for == (HeldReason.SELLER,)
    assert session.scalar(select(Post.held_at).where(Post.id == held.id)) is not None
    with pytest.raises(NotFound):
        get_post(session, cast.ben, discussion, held.id, need=PostPermission.READ)


def test_an_edit_is_screened_too(session, cast, discussion, send, clock):
    posted = send("A plain thought.")
    about = {"sellers": SELLERS, "now": clock.move(minutes=1)}
    revised = revise(session, cast.ana, discussion, posted.id, PostContent(ADVERT), version=1, **about)
    assert (revised.id, revised.address) == (posted.id, posted.address)
    assert revised.held_for == (HeldReason.SELLER,)


def test_the_draft_goes_with_the_post_that_came_of_it_and_stays_with_one_that_was_refused(
    session, cast, discussion, send, clock
):
    def save(place, text):
        return save_draft(session, cast.ana, discussion, place, DraftContent(text), now=clock.move(minutes=1))

    first = save(FIRST_POST, "As far")
    with pytest.raises(PostEmpty):
        send(" ", draft=DraftRef(first))
    assert drafts(session) == ["As far"]
    posted = send("As far as this.", draft=DraftRef(first))
    assert drafts(session) == []
    edit = save(place_of(None, posted.id), "Further")
    reply = save(place_of(posted.id), "An answer")
    about = {"version": 1, "draft": DraftRef(edit), "sellers": SELLERS, "now": clock.move(minutes=1)}
    revise(session, cast.ana, discussion, posted.id, PostContent("Further."), **about)
    assert drafts(session) == ["An answer"]
    send("An answer.", parent_id=posted.id, draft=DraftRef(reply))
    assert drafts(session) == []


def test_students_write_for_no_group_but_their_own(session, cast, clock):
    one, two = make_group(session, cast.ines, "One"), make_group(session, cast.ines, "Two")
    foreign = make_group(session, cast.elsewhere, "One")
    place_students(session, cast.ines, {cast.ana.person_id: one})
    apart = set_up(session, cast.ines, clock(), structure=Structure.GROUPS)

    def start(author, group_id):
        written = PostContent(f"For {group_id}, by {author.name}.", group_id=group_id)
        return create_post(session, author, apart, written, parent_id=None, now=clock()).id

    def group_of(post_id):
        return session.scalar(select(Post.group_id).where(Post.id == post_id))

    assert group_of(start(cast.ana, None)) == group_of(start(cast.ana, one)) == one
    assert group_of(start(cast.ines, None)) is None
    assert group_of(start(cast.ines, two)) == two
    for author, group_id in ((cast.ana, two), (cast.ana, foreign), (cast.ines, foreign), (cast.ines, 10**9)):
        with pytest.raises(WhichGroup):
            start(author, group_id)
    for group_id in (None, one):
        with pytest.raises(NoGroup):
            start(cast.chi, group_id)


def test_a_group_means_nothing_where_groups_are_not_apart(session, cast, discussion, clock):
    one = make_group(session, cast.ines, "One")
    placed = create_post(session, cast.ana, discussion, PostContent("Hi.", group_id=one), parent_id=None, now=clock())
    assert session.scalar(select(Post.group_id).where(Post.id == placed.id)) is None


def test_a_topic_needs_a_title_and_no_other_first_post_has_one(session, cast, discussion, clock):
    topics = set_up(session, cast.ines, clock(), structure=Structure.TOPICS)

    def title_of(where, title):
        written = PostContent(f"About “{title}”.", title=title)
        placed = create_post(session, cast.ana, where, written, parent_id=None, now=clock())
        return session.scalar(select(Post.title).where(Post.id == placed.id))

    assert title_of(topics, "  What hospitals\nteach ") == "What hospitals teach"
    assert title_of(discussion, "What hospitals teach") == ""
    with pytest.raises(TitleMissing):
        title_of(topics, " ")


def test_only_staff_reply_privately_and_only_to_a_student(session, cast, discussion, clock):
    anas, tariqs = (write(session, author, discussion, now=clock()) for author in (cast.ana, cast.tariq))
    write(session, cast.ben, discussion, now=clock())

    def reply(author, post_id):
        return create_post(
            session, author, discussion, PostContent("For you."), parent_id=post_id, privately=True, now=clock()
        ).id

    assert session.scalar(select(Post.private_to_id).where(Post.id == reply(cast.ines, anas.id))) == cast.ana.person_id
    for author, post in ((cast.ben, anas), (cast.ana, anas), (cast.ines, tariqs)):
        with pytest.raises(Forbidden):
            reply(author, post.id)


def test_nobody_replies_privately_to_what_is_held(session, cast, discussion, send, clock):
    held = send(ADVERT)
    with pytest.raises(PostHeld):
        reply_privately(session, cast.ines, discussion, held.id, "Why?", now=clock())

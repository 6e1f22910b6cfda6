"""Writing, editing and deleting posts: what succeeds, what is refused, and that nothing written is lost."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_app.core.errors import Forbidden, NotFound
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.discussions.rules import Calendar
from lti_app.discussion.posts.access import PostPermission
from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.discussion.posts.actions.edit import edit_post
from lti_app.discussion.posts.errors import (
    AlreadyPosted,
    DiscussionShut,
    ParentGone,
    PostChanged,
    PostEmpty,
    PostFirst,
    PostTooComplex,
    PostTooLong,
    TooDeep,
)
from lti_app.discussion.posts.models import Citation, Post, Revision
from lti_app.discussion.posts.queries.gate import get_post, get_text
from lti_app.discussion.posts.rules.addresses import MAX_DEPTH
from lti_app.discussion.posts.rules.compose import MAX_TEXT
from lti_app.discussion.posts.rules.formats import Format
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.library.readings.models import Passage
from tests.factories.discussions import WEEK, set_up
from tests.factories.posts import FIRST, post_id_at, write
from tests.factories.readings import add_readings


@pytest.fixture
def anas(session, cast, discussion, clock):
    """Ana's first post; Ben has one too, so that he may answer."""
    write(session, cast.ben, discussion, now=clock())
    return write(session, cast.ana, discussion, now=clock())


def stored(session, post_id):
    return session.get_one(Post, post_id, populate_existing=True)


def test_posts_get_addresses_that_one_can_speak(session, cast, discussion, clock, anas):
    assert anas.address == "2"
    first = write(session, cast.ben, discussion, to=anas, now=clock())
    second = write(session, cast.tariq, discussion, to=anas, now=clock())
    deeper = write(session, cast.ana, discussion, to=second, now=clock())
    assert [post.address for post in (first, second, deeper)] == ["2.1", "2.2", "2.2.1"]
    assert (deeper.parent_address, deeper.depth, deeper.parent_id) == ("2.2", 2, second.id)
    assert (second.by_staff, deeper.by_staff) == (True, False)
    assert stored(session, anas.id).reply_count == 2


def test_the_same_words_again_are_one_post_for_a_while(session, cast, discussion, clock, anas):
    again = {"written": PostContent(FIRST), "now": clock()}
    with pytest.raises(AlreadyPosted) as caught, session.begin_nested():
        create_post(session, cast.ana, discussion, parent_id=None, **again)
    assert caught.value.data == {"address": anas.address}
    assert create_post(session, cast.chi, discussion, parent_id=None, **again).address == "3"
    assert create_post(session, cast.ana, discussion, parent_id=anas.id, **again).address == "2.1"
    clock.move(minutes=11)
    assert create_post(session, cast.ana, discussion, PostContent(FIRST), parent_id=None, now=clock()).address == "4"
    delete_post(session, cast.ana, discussion, post_id_at(session, discussion, "4"), now=clock())
    assert create_post(session, cast.ana, discussion, PostContent(FIRST), parent_id=None, now=clock()).address == "5"


def test_nothing_is_no_post(session, cast, discussion, clock, anas):
    for text in ("", " \n\t ", "\0\0", "\u200b"):
        with pytest.raises(PostEmpty):
            create_post(session, cast.chi, discussion, PostContent(text), parent_id=None, now=clock())
        with pytest.raises(PostEmpty):
            edit_post(session, cast.ana, discussion, anas.id, PostContent(text), version=1, now=clock())
    assert stored(session, anas.id).version == 1


def test_a_text_that_is_too_long_is_refused_before_any_work(session, cast, discussion, clock, anas):
    longest = write(session, cast.chi, discussion, text="x" * MAX_TEXT, now=clock())
    assert stored(session, longest.id).words == 1
    for length in (MAX_TEXT + 1, 1_000_000):
        with pytest.raises(PostTooLong) as caught:
            create_post(session, cast.chi, discussion, PostContent("&" * length), parent_id=None, now=clock())
        assert caught.value.data == {"limit": MAX_TEXT, "length": length}
        with pytest.raises(PostTooLong):
            edit_post(session, cast.ana, discussion, anas.id, PostContent("&" * length), version=1, now=clock())


def test_a_text_that_would_take_too_long_to_read_is_refused(session, cast, discussion, clock, anas):
    written = PostContent("<p>a</p>" + "<div>" * 39_000, format=Format.HTML)
    with pytest.raises(PostTooComplex):
        create_post(session, cast.chi, discussion, written, parent_id=None, now=clock())
    with pytest.raises(PostTooComplex):
        edit_post(session, cast.ana, discussion, anas.id, written, version=1, now=clock())


def test_a_first_post_comes_before_replies(session, cast, discussion, clock, anas):
    with pytest.raises(NotFound):  # what one may not read yet does not exist
        create_post(session, cast.chi, discussion, PostContent("Me too."), parent_id=anas.id, now=clock())
    mine = write(session, cast.chi, discussion, now=clock())
    reply = write(session, cast.chi, discussion, to=mine, now=clock())
    delete_post(session, cast.chi, discussion, mine.id, now=clock())
    with pytest.raises(PostFirst):
        create_post(session, cast.chi, discussion, PostContent("Me too."), parent_id=reply.id, now=clock())


def test_without_that_rule_everybody_answers_at_once(session, cast, clock):
    open_to_all = set_up(session, cast.ines, clock(), post_first=False)
    first = write(session, cast.ana, open_to_all, now=clock())
    assert write(session, cast.ben, open_to_all, to=first, now=clock()).address == "1.1"


def test_observers_neither_read_nor_write(session, cast, discussion, clock, anas):
    with pytest.raises(Forbidden):
        create_post(session, cast.olga, discussion, PostContent("Hello."), parent_id=None, now=clock())
    with pytest.raises(NotFound):
        create_post(session, cast.olga, discussion, PostContent("Hello."), parent_id=anas.id, now=clock())


def test_students_write_only_while_it_is_open(session, cast, discussion, clock, anas):
    for now in (WEEK.closes_at, WEEK.closes_at + timedelta(days=9)):
        closed = get_discussion(session, cast.ana, discussion.id, now=now)
        for forbidden in (
            lambda closed=closed, now=now: create_post(
                session, cast.ana, closed, PostContent("x"), parent_id=None, now=now
            ),
            lambda closed=closed, now=now: create_post(
                session, cast.ana, closed, PostContent("x"), parent_id=anas.id, now=now
            ),
            lambda closed=closed, now=now: edit_post(
                session, cast.ana, closed, anas.id, PostContent("x"), version=1, now=now
            ),
            lambda closed=closed, now=now: delete_post(session, cast.ana, closed, anas.id, now=now),
        ):
            with pytest.raises(DiscussionShut) as caught:
                forbidden()
            assert caught.value.data == {"state": "closed"}
        assert write(session, cast.ines, closed, to=anas, now=now).by_staff


def test_nobody_writes_before_it_opens_but_staff(session, cast, clock):
    scheduled = set_up(session, cast.ines, clock(), calendar=Calendar(opens_at=clock() + timedelta(days=1)))
    with pytest.raises(DiscussionShut):
        create_post(session, cast.ana, scheduled, PostContent("x"), parent_id=None, now=clock())
    assert write(session, cast.tariq, scheduled, now=clock()).address == "1"


def test_the_gate_knows_only_posts_of_its_own_discussion(session, cast, discussion, clock, anas):
    elsewhere = set_up(session, cast.ines, clock())
    for wrong in (anas.id + 99, 0, -1, 10**30):
        with pytest.raises(NotFound):
            get_post(session, cast.ines, discussion, wrong, need=PostPermission.READ)
    with pytest.raises(NotFound):
        get_post(session, cast.ines, elsewhere, anas.id, need=PostPermission.READ)
    with pytest.raises(NotFound):
        create_post(session, cast.ines, elsewhere, PostContent("x"), parent_id=anas.id, now=clock())


def test_only_the_author_edits(session, cast, discussion, clock, anas):
    for actor in (cast.ben, cast.ines, cast.tariq):
        with pytest.raises(Forbidden):
            edit_post(session, actor, discussion, anas.id, PostContent("Something else."), version=1, now=clock())
        with pytest.raises(Forbidden):
            get_text(session, actor, discussion, anas.id)
    assert get_text(session, cast.ana, discussion, anas.id).version == 1


def test_an_edit_keeps_what_the_post_said(session, cast, discussion, clock, anas):
    written, original = clock(), get_text(session, cast.ana, discussion, anas.id).text
    for number in (1, 2):
        later = clock.move(hours=1)
        address = edit_post(
            session, cast.ana, discussion, anas.id, PostContent(f"Version {number + 1}."), version=number, now=later
        )
    assert address == "2"
    revisions = session.scalars(select(Revision).where(Revision.post_id == anas.id).order_by(Revision.version)).all()
    assert [(r.version, r.text, r.words, r.written_at) for r in revisions] == [
        (1, original, 7, written),
        (2, "Version 2.", 2, written + timedelta(hours=1)),
    ]
    post = stored(session, anas.id)
    assert (post.text, post.html, post.version, post.words) == ("Version 3.", "<p>Version 3.</p>", 3, 2)
    assert (post.created_at, post.edited_at) == (written, later)


def test_an_edit_of_an_older_version_changes_nothing(session, cast, discussion, clock, anas):
    edit_post(session, cast.ana, discussion, anas.id, PostContent("In one window."), version=1, now=clock())
    with pytest.raises(PostChanged):
        edit_post(session, cast.ana, discussion, anas.id, PostContent("In another window."), version=1, now=clock())
    assert stored(session, anas.id).text == "In one window."


def test_saving_twice_is_one_edit(session, cast, discussion, clock, anas):
    for _click in range(2):
        edit_post(
            session, cast.ana, discussion, anas.id, PostContent("Clicked twice. "), version=1, now=clock.move(seconds=1)
        )
    assert stored(session, anas.id).version == 2
    assert len(session.scalars(select(Revision)).all()) == 1


def test_deleting_leaves_a_tombstone_and_the_replies(session, cast, discussion, clock, anas):
    reply = write(session, cast.ben, discussion, to=anas, now=clock())
    assert delete_post(session, cast.ana, discussion, anas.id, now=clock()) == "2"
    view = get_post(session, cast.ben, discussion, anas.id, need=PostPermission.READ)
    assert (view.is_deleted, view.deleted_by_author, view.html) == (True, True, "")
    assert (view.can_reply, view.can_edit, view.can_delete) == (False, False, False)
    assert stored(session, anas.id).text
    assert get_post(session, cast.ben, discussion, reply.id, need=PostPermission.READ).can_edit
    with pytest.raises(ParentGone):
        create_post(session, cast.ben, discussion, PostContent("Come back."), parent_id=anas.id, now=clock())
    write(session, cast.ana, discussion, now=clock())
    for gone in (
        lambda: edit_post(session, cast.ana, discussion, anas.id, PostContent("Back."), version=1, now=clock()),
        lambda: delete_post(session, cast.ana, discussion, anas.id, now=clock()),
    ):
        with pytest.raises(Forbidden):
            gone()


def test_staff_delete_anybodys_post_and_students_their_own(session, cast, discussion, clock, anas):
    with pytest.raises(Forbidden):
        delete_post(session, cast.ben, discussion, anas.id, now=clock())
    delete_post(session, cast.tariq, discussion, anas.id, now=clock())
    post = stored(session, anas.id)
    assert (post.deleted_at, post.deleted_by_id) == (clock(), cast.tariq.person_id)
    assert not get_post(session, cast.ines, discussion, anas.id, need=PostPermission.READ).deleted_by_author


def test_an_address_is_never_given_twice(session, cast, discussion, clock, anas):
    reply = write(session, cast.ben, discussion, to=anas, now=clock())
    delete_post(session, cast.ben, discussion, reply.id, now=clock())
    assert write(session, cast.ben, discussion, to=anas, now=clock()).address == "2.2"


def test_threads_have_a_deepest_level(session, cast, discussion, clock, anas):
    post = anas
    for _ in range(MAX_DEPTH):
        post = write(session, cast.ines, discussion, text="So?", to=post, now=clock())
    assert (post.depth, post.can_reply) == (MAX_DEPTH, False)
    with pytest.raises(TooDeep):
        create_post(session, cast.ines, discussion, PostContent("So?"), parent_id=post.id, now=clock())


@pytest.fixture
def reading_discussion(session, cast, clock):
    readings = add_readings(session, cast.ines, clock())
    return set_up(session, cast.ines, clock(), reading_ids=readings, required_ids=frozenset(readings))


def passages(session, post_id):
    return set(
        session.execute(
            select(Passage.reading_id, Passage.page)
            .join(Citation, Citation.passage_id == Passage.id)
            .where(Citation.post_id == post_id)
        )
    )


def test_citations_follow_the_text(session, cast, reading_discussion, clock):
    kotter, zaleznik = (reading.id for reading in reading_discussion.readings)
    post = write(
        session, cast.ana, reading_discussion, text="[Kotter, p. 104] and [Kotter, p. 104], [Zaleznik]", now=clock()
    )
    assert passages(session, post.id) == {(kotter, "104"), (zaleznik, "")}
    assert stored(session, post.id).reading_ids == [kotter, zaleznik]
    edit_post(session, cast.ana, reading_discussion, post.id, PostContent("[Kotter, p. 105]"), version=1, now=clock())
    assert passages(session, post.id) == {(kotter, "105")}
    assert stored(session, post.id).reading_ids == [kotter]
    assert session.scalars(select(Revision.reading_ids)).one() == [kotter, zaleznik]


def test_a_passage_is_shared_by_all_who_cite_it(session, cast, reading_discussion, clock):
    for actor in cast.students:
        write(session, actor, reading_discussion, text="As [Kotter 1990, p. 104] says.", now=clock())
    assert len(session.scalars(select(Passage)).all()) == 1
    assert len(session.scalars(select(Citation)).all()) == 3


def test_only_readings_of_this_discussion_can_be_cited(session, cast, reading_discussion, discussion, clock):
    post = write(session, cast.ana, discussion, text="As [Kotter 1990, p. 104] says.", now=clock())
    assert passages(session, post.id) == set()
    assert "[Kotter 1990, p. 104]" in post.html


def test_hostile_text_is_stored_and_never_obeyed(session, cast, discussion, clock):
    text = "<script>alert(1)</script>\0 \ud800 [<b>] '); DROP TABLE post; --"
    post = write(session, cast.ana, discussion, text=text, now=clock())
    assert post.html == "<p>&lt;script&gt;alert(1)&lt;/script&gt;  [&lt;b&gt;] '); DROP TABLE post; --</p>"

"""Readers that tell people of their own work, and with it of the posts of others that it has to do with."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import insert, select, text, update

from lti_app.core.errors import Forbidden
from lti_app.course.courses.rules import Actor
from lti_app.discussion.drafts.queries import list_drafts
from lti_app.discussion.integrity.queries import list_similar_posts
from lti_app.discussion.moderation.queries import find_moved, list_own_reports
from lti_app.discussion.posts.access import PostPermission
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import get_post
from lti_app.discussion.posts.queries.referred import compose_written
from lti_app.discussion.posts.queries.replies import count_replies
from lti_app.discussion.reactions.queries import liked_posts
from lti_app.discussion.read_state.actions import mark_posts_read
from lti_app.discussion.read_state.models import ReadState
from lti_app.discussion.read_state.queries import find_next_unread
from lti_app.discussion.read_state.rules import PostNumbers
from lti_app.discussion.stances.models import Stance
from lti_app.discussion.stances.queries import get_stances
from lti_app.exchange.exporting.queries import list_pictures, select_for_export
from lti_app.exchange.exporting.rules.data import ExportFormat, Scope
from lti_app.library.files.rules import part_of_address
from lti_app.library.readings.queries import list_class_progress
from lti_app.participation.forecast.queries import Writing, get_guide
from lti_app.participation.forecast.rules import Hint
from lti_app.participation.progress.queries import get_participation
from tests.discussion.visibility import oracle
from tests.discussion.visibility.looks import LOOKS, READING, counted, every_fifth, existing, knows, name_of
from tests.discussion.visibility.oracle import STAFF, Viewer
from tests.discussion.visibility.world import ANSWERED, PLACES, SAID, VIEWERS, World

STUDENTS = [viewer for viewer in VIEWERS if viewer.role == "student"]
UNSYNCHRONIZED = {"synchronize_session": False}
OF_EACH_POST = {
    "draft": """
        INSERT INTO draft (course_id, discussion_id, person_id, place, post_id, title, format, text, file_ids, version,
            writer, saved_at)
        SELECT course_id, discussion_id, :whose, 'reply-' || id, id, '', 'text', 'So', '[]', '', '', created_at
        FROM post
    """,
    "report": """
        INSERT INTO report (course_id, discussion_id, post_id, reporter_id, reason, words, at)
        SELECT course_id, discussion_id, id, :whose, 'other', '', created_at FROM post WHERE author_id <> :whose
    """,
    "moved_post": """
        INSERT INTO moved_post (discussion_id, old_address, post_id, at)
        SELECT discussion_id, '9.' || number, id, created_at FROM post WHERE :whose > 0
    """,
    "appreciation": """
        INSERT INTO appreciation (post_id, person_id, at)
        SELECT id, :whose, created_at FROM post
    """,
    "finding": """
        INSERT INTO finding (post_id, reason, like_id, share, at)
        SELECT id, 'similar', id, 90, created_at FROM post WHERE :whose > 0
    """,
}


@contextmanager
def for_now(world: World) -> Iterator[None]:
    """What the block stores is given up at its end."""
    step = world.session.begin_nested()
    try:
        yield
    finally:
        step.rollback()
        world.session.expire_all()


@contextmanager
def of_each_post(world: World, table: str, whose: Actor) -> Iterator[None]:
    """A row for each post in all discussions."""
    with for_now(world):
        world.session.execute(text(OF_EACH_POST[table]), {"whose": whose.person_id})
        yield


def check_drafts(world: World) -> None:
    """Drafts of replies stay with their writers; what they answer is named only to those who may know of it."""
    for viewer in VIEWERS:
        actor = world.actor(viewer)
        with of_each_post(world, "draft", actor):
            for place in PLACES:
                found = list_drafts(world.session, actor, world.view(viewer, place))
                assert {draft.place.post_id: (draft.address, draft.author) for draft in found} == {
                    number: (world.addresses[number], name_of(world, viewer, place, post))
                    if knows(viewer, place, post)
                    else ("", "")
                    for number, post in world.posts(place).items()
                }, (viewer, place)


def check_own_reports(world: World) -> None:
    for viewer in VIEWERS:
        actor = world.actor(viewer)
        with of_each_post(world, "report", actor):
            found = list_own_reports(world.session, actor, world.clock())
            assert sorted((report.discussion_id, report.address) for report in found) == sorted(
                (world.discussions[place], world.addresses[number] if knows(viewer, place, post) else "")
                for number, (place, post) in world.cases.items()
                if post.author != viewer.person
            ), viewer


def check_moved_posts(world: World) -> None:
    """An old address leads nobody to a post that they may not know of."""
    with of_each_post(world, "moved_post", world.cast.ines):
        for viewer, place in LOOKS:
            actor, view = world.actor(viewer), world.view(viewer, place)
            for number, post in every_fifth(world, viewer, place).items():
                may_know = oracle.reads(viewer, place) and oracle.exists(viewer, place, post)
                found = find_moved(world.session, actor, view, f"9.{world.addresses[number]}")
                assert found == (world.addresses[number] if may_know else None), (viewer, place, post)


def check_posts_that_changed_minds(world: World) -> None:
    """Both Tariq and the viewer name the post; its author learns of it, staff of all, others of their own choice."""
    for viewer, place in LOOKS:
        actor, view = world.actor(viewer), world.view(viewer, place)
        people = {actor.person_id, world.cast.tariq.person_id}
        row = {"discussion_id": view.id, "before": 4, "before_at": world.clock(), "after": 5, "after_at": world.clock()}
        with for_now(world):
            world.session.execute(insert(Stance), [{**row, "person_id": each} for each in people])
            for number, post in every_fifth(world, viewer, place).items():
                named = update(Stance).where(Stance.discussion_id == view.id).values(moved_by_id=number)
                world.session.execute(named, execution_options=UNSYNCHRONIZED)
                told = get_stances(world.session, actor, view)
                if told is None:  # nothing is asked yet
                    assert (viewer.role == "staff", place.state) == (False, "scheduled"), (viewer, place)
                    continue
                address, is_own = world.addresses[number], post.author == viewer.person
                may_know = not post.deleted and knows(viewer, place, post)
                if not is_own:  # nobody names a post of their own
                    assert told.own_moved_by == (address if may_know else ""), (viewer, place, post)
                is_told = not post.deleted and (is_own or viewer.role == "staff")
                assert [moved.address for moved in told.moved] == [address] * is_told, (viewer, place, post)


def check_who_was_answered(world: World) -> None:
    """In one's own account, by its name; here Ana's and Chi's replies answer all kinds of posts."""
    for viewer, place in LOOKS:
        if viewer.role != "student":
            continue
        actor, view = world.actor(viewer), world.view(viewer, place)
        replies = [n for n, post in world.posts(place).items() if post.is_reply and post.author == viewer.person]
        asked = iter(world.posts(place).items())
        while batch := dict(zip(replies, asked, strict=False)):
            with for_now(world):
                for reply, (answered, _post) in batch.items():
                    change = update(Post).where(Post.id == reply).values(parent_id=answered)
                    world.session.execute(change, execution_options=UNSYNCHRONIZED)
                facts = get_participation(world.session, actor, view, now=world.clock()).facts
            assert {fact.id: fact.parent_author for fact in facts if fact.id in batch} == {
                reply: name_of(world, viewer, place, post)
                if oracle.reads(viewer, place) and oracle.exists(viewer, place, post)
                else ""
                for reply, (_answered, post) in batch.items()
            }, (viewer, place)


def check_advice_on_replies(world: World) -> None:
    """That a reply only repeats a post is said to those who may read the post."""
    for viewer, place in READING:
        if viewer.role != "student":
            continue
        actor, view = world.actor(viewer), world.view(viewer, place)
        account = get_participation(world.session, actor, view, now=world.clock())
        for number, post in every_fifth(world, viewer, place).items():
            if not oracle.exists(viewer, place, post):
                continue
            parent = get_post(world.session, actor, view, number, need=PostPermission.READ)
            writing = Writing(SAID, parent=parent)
            guide = get_guide(world.session, actor, view, account, writing, now=world.clock())
            by_staff = post.author in STAFF and not post.byline
            repeats = oracle.says(viewer, place, post) and not by_staff
            assert (Hint.ONLY_AGREES in guide.hints) == repeats, (viewer, place, post)


def check_pictures_in_what_is_written(world: World) -> None:
    """A text may show the pictures of posts that its writer may read, and their own."""
    for viewer, place in LOOKS:
        actor, view = world.actor(viewer), world.view(viewer, place)
        sources = {
            number: f"/courses/{view.course_id}/files/{world.files[number]}/{part_of_address(str(number), 'a.png')}"
            for number in world.posts(place)
        }
        written = "".join(f'<p>See: <img src="{source}" alt="A chart"></p>' for source in sources.values())
        composed = compose_written(world.session, actor, view, written, is_rich=True, now=world.clock())
        assert set(composed.pictures) == {
            world.files[number]
            for number, post in world.posts(place).items()
            if post.author == viewer.person
            or viewer.role == "staff"
            or (oracle.reads(viewer, place) and oracle.says(viewer, place, post))
        }, (viewer, place)


def check_pictures_of_an_export(world: World) -> None:
    nobody = Viewer("nobody", "student")
    for viewer, place in READING:
        actor, view = world.actor(viewer), world.view(viewer, place)
        for scope, reader in ((Scope.READABLE, viewer), (Scope.PUBLIC, nobody)):
            if scope is Scope.PUBLIC and viewer.role != "staff":
                continue
            selection = select_for_export(world.session, actor, view, scope=scope, kind=ExportFormat.HTML)
            assert list_pictures(world.session, selection).keys() == {
                world.files[number] for number, post in world.posts(place).items() if oracle.says(reader, place, post)
            }, (viewer, place, scope)


def check_pictures_of_ones_own(world: World) -> None:
    for viewer, place in LOOKS:
        if viewer.role == "observer":
            continue
        actor, view = world.actor(viewer), world.view(viewer, place)
        selection = select_for_export(world.session, actor, view, scope=Scope.ONE, kind=ExportFormat.HTML)
        assert list_pictures(world.session, selection).keys() == {
            world.files[number]
            for number, post in world.posts(place).items()
            if post.author == viewer.person and not post.byline and not post.deleted
        }, (viewer, place)


def check_what_is_marked_as_read(world: World) -> None:
    """Reporting every number marks those that exist; what is approved or moved here later is still new then."""
    for viewer, place in READING:
        actor, view = world.actor(viewer), world.view(viewer, place)
        numbers = {
            post.id: post.number for post in world.session.scalars(select(Post).filter_by(discussion_id=view.id))
        }
        with for_now(world):
            mark_posts_read(world.session, actor, view, PostNumbers.of(numbers.values()))
            own = select(ReadState.numbers).filter_by(person_id=actor.person_id, discussion_id=view.id)
            seen = PostNumbers.from_bytes(world.session.scalars(own).one())
        assert set(seen) == {numbers[number] for number in existing(world, viewer, place)}, (viewer, place)


def check_next_new_post(world: World) -> None:
    for viewer, place in READING:
        actor, view = world.actor(viewer), world.view(viewer, place)
        paths = dict(world.session.execute(select(Post.id, Post.path).filter_by(discussion_id=view.id)).all())
        new = [n for n, post in counted(world, viewer, place).items() if post.author != viewer.person]
        new.sort(key=paths.__getitem__)
        for after in ("", *list(paths.values())[::10]):
            expected = next((number for number in new if paths[number] > after), new[0])
            found = find_next_unread(world.session, actor, view, after)
            assert found == world.addresses[expected], (viewer, place, after)


def check_replies_counted(world: World) -> None:
    for viewer, place in READING:
        actor, view = world.actor(viewer), world.view(viewer, place)
        answered = next(number for number in world.posts(place) if world.addresses[number] == str(ANSWERED))
        post = get_post(world.session, actor, view, answered, need=PostPermission.READ)
        expected = [reply for reply in existing(world, viewer, place).values() if reply.is_reply]
        assert count_replies(world.session, actor, view, post) == len(expected), (viewer, place)


def check_likes(world: World) -> None:
    """Nobody learns who likes a post, but of themselves; how many do is part of the post."""
    with of_each_post(world, "appreciation", world.cast.ben):
        for viewer in VIEWERS:
            found = liked_posts(world.session, world.actor(viewer), world.cases.keys())
            assert found == (world.cases.keys() if viewer.person == "ben" else set()), viewer


def check_similar_posts(world: World) -> None:
    with of_each_post(world, "finding", world.cast.ines):
        for viewer in VIEWERS:
            actor = world.actor(viewer)
            if viewer.role != "staff":
                with pytest.raises(Forbidden):
                    list_similar_posts(world.session, actor, world.cases.keys())
                continue
            found = list_similar_posts(world.session, actor, world.cases.keys())
            assert {number: like.address for number, like in found.items()} == world.addresses


def check_who_has_read_what(world: World) -> None:
    for viewer in VIEWERS:
        actor = world.actor(viewer)
        if viewer.role != "staff":
            with pytest.raises(Forbidden):
                list_class_progress(world.session, actor, [world.reading_id])
            continue
        found = list_class_progress(world.session, actor, [world.reading_id])
        assert {student.name for student in found} == {student.name for student in world.cast.students}


CHECKS = (
    check_drafts,
    check_own_reports,
    check_moved_posts,
    check_posts_that_changed_minds,
    check_who_was_answered,
    check_advice_on_replies,
    check_pictures_in_what_is_written,
    check_pictures_of_an_export,
    check_pictures_of_ones_own,
    check_what_is_marked_as_read,
    check_next_new_post,
    check_replies_counted,
    check_likes,
    check_similar_posts,
    check_who_has_read_what,
)

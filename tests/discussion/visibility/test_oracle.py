"""Every reader of posts, held to one simple oracle: over roles, states, groups, names, and all that befalls a post."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from lti_app.core.errors import Forbidden, NotFound
from lti_app.course.courses.actions import open_visit
from lti_app.course.courses.rules import Actor
from lti_app.discussion.answers.queries import list_unanswered
from lti_app.discussion.citations.queries import count_citations_by_passage, get_citation_map
from lti_app.discussion.discussions.queries.course import list_views
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.moderation.queries import read_queue
from lti_app.discussion.posts.access import PostPermission
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.files import get_shown_file
from lti_app.discussion.posts.queries.gate import circumstances_of, get_post
from lti_app.discussion.posts.queries.readable import list_readable
from lti_app.discussion.posts.queries.views import PostView
from lti_app.discussion.read_state.actions import mark_posts_read
from lti_app.discussion.read_state.queries import NewPosts, ask_for_news, find_next_own, find_next_unread
from lti_app.discussion.read_state.rules import PostNumbers
from lti_app.discussion.search.queries import FoundPage, FoundPost, get_person_posts, search_posts
from lti_app.discussion.threads.queries import get_overview, read_thread
from lti_app.exchange.exporting.queries import list_records, select_for_export
from lti_app.exchange.exporting.rules.data import ExportFormat, Scope
from lti_app.grading.assessments.queries.context import list_posts_in_context
from lti_app.participation.progress.queries import collect_class_facts
from tests.discussion.visibility import exported_work, oracle, own_work, reviewed_work
from tests.discussion.visibility.looks import LOOKS, READING, SHUT, counted, every_fifth, existing, name_of
from tests.discussion.visibility.oracle import Case, Place, Viewer
from tests.discussion.visibility.world import PLACES, VIEWERS, World, build

PLACE = {
    *("id", "path", "address", "depth", "number", "parent_id", "root_id", "group_id", "private_to_id"),
    *("author_id", "author", "by_staff", "is_own", "is_imported", "created_at", "edited_at"),
    *("is_deleted", "deleted_by_author", "is_hidden", "is_held", "is_locked"),
    *(
        "is_announcement",
        "is_pinned",
        "is_exemplary",
        "is_accepted",
        "can_reply",
        "can_edit",
        "can_delete",
        "permissions",
    ),
}
"""The fields of a post that tell of its place; all others tell of what it says."""


@pytest.fixture
def world(session, cast, clock) -> World:
    return build(session, cast, clock)


def thread(world: World, viewer: Viewer, place: Place) -> Iterator[PostView]:
    """All pages of it."""
    actor, view = world.actor(viewer), world.view(viewer, place)
    circumstances, start = circumstances_of(world.session, actor, view), ""
    while True:
        page = read_thread(world.session, actor, view, circumstances=circumstances, start=start)
        yield from page.posts
        if page.next is None:
            return
        start = next(
            path
            for path, address in world.session.query(Post.path, Post.address).filter_by(discussion_id=view.id)
            if address == page.next
        )


def check_thread(world: World) -> None:
    for viewer, place in READING:
        found = {post.id: post for post in thread(world, viewer, place)}
        expected = existing(world, viewer, place)
        assert found.keys() == expected.keys(), (viewer, place)
        for number, post in expected.items():
            said = {key for key, value in vars(found[number]).items() if value} - PLACE
            assert said == (said_of(post) if oracle.says(viewer, place, post) else set()), (viewer, place, post)
            assert found[number].author == name_of(world, viewer, place, post), (viewer, place, post)


def said_of(post: Case) -> set[str]:
    """The fields in which what it says shows."""
    always = {"html", "title", "move", "reading_ids", "attachments", "quotes", "likes"}
    return always | {name for name, is_so in (("hidden_reason", post.hidden), ("held_reasons", post.held)) if is_so}


def news(world: World, actor: Actor, view: DiscussionView) -> NewPosts:
    """What an open page of the actor's is told, who has just arrived."""
    arrived = {"course_id": actor.course_id, "person_id": actor.person_id, "role": actor.role}
    token = open_visit(world.session, **arrived, frame_origins=(), now=world.clock())
    asked = {"token": token, "course_id": actor.course_id, "discussion_id": view.id}
    answer = ask_for_news(world.session, **asked, since=0, now=world.clock())
    assert answer is not None
    assert answer[0].person_id == actor.person_id
    return answer[1]


def check_nothing_is_read_before_the_gate(world: World) -> None:
    for viewer, place in LOOKS:
        actor, view = world.actor(viewer), world.view(viewer, place)
        readers = [
            lambda actor=actor, view=view: news(world, actor, view),
            lambda actor=actor, view=view: find_next_own(world.session, actor, view, ""),
            lambda actor=actor, view=view: find_next_unread(world.session, actor, view, ""),
            lambda actor=actor, view=view: mark_posts_read(world.session, actor, view, PostNumbers()),
            lambda actor=actor, view=view: get_citation_map(world.session, actor, view, world.reading_id),
            lambda actor=actor, view=view: read_thread(
                world.session, actor, view, circumstances=circumstances_of(world.session, actor, view)
            ),
            lambda actor=actor, view=view: select_for_export(
                world.session, actor, view, scope=Scope.READABLE, kind=ExportFormat.HTML
            ),
        ]
        for reader in readers:
            if oracle.reads(viewer, place):
                reader()
            else:
                with pytest.raises(SHUT):
                    reader()


def check_overview_and_news(world: World) -> None:
    for viewer, place in READING:
        actor, view = world.actor(viewer), world.view(viewer, place)
        expected = counted(world, viewer, place)
        new = {number for number, post in expected.items() if post.author != viewer.person}
        overview = get_overview(world.session, actor, view)
        assert overview.activity.first_posts + overview.activity.replies == len(expected), (viewer, place)
        assert sum(overview.activity.moves.values()) == len(expected), (viewer, place)
        numbers = {world.session.get_one(Post, number).number for number in new}
        assert set(overview.unread.numbers) == numbers, (viewer, place)
        assert news(world, actor, view).count == len(new), (viewer, place)


def check_what_a_discussion_asks(world: World) -> None:
    """Before it opens, only staff get its prompt, readings and poll, by whatever way the discussion is had."""
    for viewer, place in LOOKS:
        is_told = viewer.role == "staff" or place.state != "scheduled"
        view = world.view(viewer, place)
        found = {bool(part) for part in (view.prompt, view.prompt_html, view.readings, view.stance)}
        assert found == {is_told}, (viewer, place)
        assert bool(list_records(world.session, view)) == is_told, (viewer, place)
    for viewer in VIEWERS:
        told = {view.id for view in list_views(world.session, world.actor(viewer), world.clock()) if view.prompt_html}
        shut = {world.discussions[place] for place in PLACES if place.state == "scheduled"}
        assert bool(told & shut) == (viewer.role == "staff"), viewer


def check_overview_before_the_gate(world: World) -> None:
    """How many threads there are is told to everybody, and nothing else."""
    for viewer, place in LOOKS:
        if not oracle.reads(viewer, place):
            overview = get_overview(world.session, world.actor(viewer), world.view(viewer, place))
            first_posts = [post for post in counted(world, viewer, place).values() if not post.is_reply]
            assert overview.activity.first_posts == len(first_posts)
            assert (overview.activity.last_author, bool(overview.unread)) == ("", False), (viewer, place)


def check_search(world: World) -> None:
    for viewer in VIEWERS:
        actor = world.actor(viewer)
        readable = list_readable(world.session, actor, world.clock())
        assert {each.id for each in readable} == {
            world.discussions[place] for place in PLACES if oracle.reads(viewer, place)
        }
        search = partial(search_posts, world.session, actor, readable, "something said")
        found = {post.id: post for post in pages(search)}
        expected = {
            n: (place, post)
            for n, (place, post) in world.cases.items()
            if oracle.reads(viewer, place) and oracle.says(viewer, place, post)
        }
        assert found.keys() == expected.keys(), viewer
        for number, (place, post) in expected.items():
            assert found[number].author == name_of(world, viewer, place, post), (viewer, place, post)


def pages(ask: Callable[..., FoundPage]) -> Iterator[FoundPost]:
    below = None
    while True:
        page = ask(below=below)
        yield from page.posts
        if page.older is None:
            return
        below = page.older


def check_person_page(world: World) -> None:
    for viewer in VIEWERS:
        actor = world.actor(viewer)
        for person in ("ana", "ben", "chi", "ines"):
            whose = getattr(world.cast, person).person_id
            ask = partial(get_person_posts, world.session, actor, whose, world.clock())
            expected = {
                number
                for number, (place, post) in world.cases.items()
                if oracle.reads(viewer, place)
                and oracle.says(viewer, place, post)
                and post.author == person
                and not post.byline
                and (person in (viewer.person, "ines") or not oracle.hides_names(viewer, place))
            }
            is_told = viewer.role == "staff" or person == viewer.person or (expected and viewer.role != "observer")
            if not is_told:  # numbers could be tried out to learn names
                with pytest.raises(NotFound):
                    ask()
                continue
            found = {post.id for post in pages(lambda below, ask=ask: ask(below=below).page)}
            assert found == expected, (viewer, person)


def check_citations(world: World) -> None:
    for viewer, place in READING:
        actor, view = world.actor(viewer), world.view(viewer, place)
        passage_id = world.passages[place]
        argued = get_citation_map(world.session, actor, view, world.reading_id, passage_id=passage_id).passages
        found = {post.id: post.author for passage in argued for post in passage.posts}
        expected = {n: name_of(world, viewer, place, post) for n, post in counted(world, viewer, place).items()}
        assert found == expected, (viewer, place)
        assert sum(passage.count for passage in argued) == len(expected)


def check_citations_counted_in_a_reading(world: World) -> None:
    for viewer in VIEWERS:
        found = count_citations_by_passage(world.session, world.actor(viewer), world.reading_id, world.clock())
        expected = {
            world.passages[place]: len(counted(world, viewer, place))
            for place in PLACES
            if oracle.reads(viewer, place) and counted(world, viewer, place)
        }
        assert {passage.id: passage.count for passage in found} == expected, viewer


def check_unanswered_posts(world: World) -> None:
    for viewer, place in LOOKS:
        view = world.view(viewer, place)
        listed = list_unanswered(world.session, world.actor(viewer), view, now=world.clock(), most=1000)
        expected = {
            number: name_of(world, viewer, place, post)
            for number, post in world.posts(place).items()
            if oracle.reads(viewer, place) and oracle.asks_for_answer(viewer, place, post)
        }
        assert {post.id: post.author for post in listed} == expected, (viewer, place)


def check_queue(world: World) -> None:
    for viewer, place in LOOKS:
        actor, view = world.actor(viewer), world.view(viewer, place)
        if viewer.role != "staff":
            with pytest.raises(Forbidden):
                read_queue(world.session, actor, view)
            continue
        found, before = {}, None
        while True:
            queue = read_queue(world.session, actor, view, before=before)
            found |= {item.post.id: item.post.author for item in queue.items}
            if (before := queue.next) is None:
                break
        assert found == {
            number: name_of(world, viewer, place, post)
            for number, post in world.posts(place).items()
            if post.held and not post.deleted
        }, (viewer, place)


def check_desk(world: World) -> None:
    ines = VIEWERS[0]
    for place in PLACES:
        view = world.view(ines, place)
        for person in ("ana", "ben", "ines"):
            whose = getattr(world.cast, person).person_id
            found = list_posts_in_context(world.session, world.cast.ines, view, whose)
            by_them = {number: post for number, post in world.posts(place).items() if post.author == person}
            assert {post.id: (post.is_deleted, post.is_hidden, post.is_held) for post in found} == {
                number: (post.deleted, post.hidden, post.held) for number, post in by_them.items()
            }
            replies = sorted(reply.author for post in found for reply in post.replies)
            answers = [post for post in world.posts(place).values() if post.is_reply and person == "ines"]
            assert replies == sorted(name_of(world, ines, place, post) for post in answers)


def check_what_counts_for_a_student(world: World) -> None:
    for place in PLACES:
        view = world.view(VIEWERS[0], place)
        for person in ("ana", "ben", "chi", "ines"):
            person_id = getattr(world.cast, person).person_id
            found = collect_class_facts(world.session, world.cast.ines, view, person_id).get(person_id, [])
            assert {fact.id: (fact.deleted, fact.aside.key if fact.aside else "") for fact in found} == {
                number: (post.deleted, _aside(post))
                for number, post in world.posts(place).items()
                if post.author == person and not post.byline
            }


def _aside(post: Case) -> str:
    return "hidden" if post.hidden else "held" if post.held else "private" if post.to else ""


def check_one_post(world: World) -> None:
    for viewer, place in LOOKS:
        actor, view = world.actor(viewer), world.view(viewer, place)
        for number, post in every_fifth(world, viewer, place).items():
            if oracle.reads(viewer, place) and oracle.exists(viewer, place, post):
                found = get_post(world.session, actor, view, number, need=PostPermission.READ)
                assert bool(found.html) == oracle.says(viewer, place, post), (viewer, place, post)
            else:
                with pytest.raises(SHUT if post.author == viewer.person else NotFound):
                    get_post(world.session, actor, view, number, need=PostPermission.READ)


def check_files(world: World) -> None:
    """What is attached to a post is reached by those who may read the post."""
    for viewer, place in LOOKS:
        actor = world.actor(viewer)
        for number, post in every_fifth(world, viewer, place).items():
            is_owner = post.author == viewer.person or viewer.role == "staff"
            if is_owner or (oracle.reads(viewer, place) and oracle.says(viewer, place, post)):
                assert get_shown_file(world.session, actor, world.files[number], now=world.clock()).key == f"{number}"
            else:
                with pytest.raises(NotFound):
                    get_shown_file(world.session, actor, world.files[number], now=world.clock())


CHECKS = (
    check_what_a_discussion_asks,
    check_files,
    check_thread,
    check_nothing_is_read_before_the_gate,
    check_overview_and_news,
    check_overview_before_the_gate,
    check_search,
    check_person_page,
    check_citations,
    check_citations_counted_in_a_reading,
    check_unanswered_posts,
    check_queue,
    check_desk,
    check_what_counts_for_a_student,
    check_one_post,
)


def test_every_reader(world, subtests):
    """Built once, then asked by everybody for everything."""
    for check in (*CHECKS, *exported_work.CHECKS, *own_work.CHECKS, *reviewed_work.CHECKS):
        with subtests.test(check.__name__):
            check(world)

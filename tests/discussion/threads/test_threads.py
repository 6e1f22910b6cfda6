"""Reading: the thread by pages, the gate before it, what the line of activity tells, and progress from stored posts."""

from datetime import timedelta

import pytest

from lti_app.core.errors import Forbidden
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.outlines.rules import Activity
from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.discussion.posts.actions.edit import edit_post
from lti_app.discussion.posts.errors import DiscussionShut, PostFirst
from lti_app.discussion.posts.queries.gate import circumstances_of
from lti_app.discussion.posts.rules.addresses import address_to_path
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.discussion.threads.queries import PAGE_SIZE, get_overview, read_thread
from lti_app.participation.progress.queries import collect_class_facts, get_participation
from lti_app.participation.requirements.base import Standing
from tests.factories.discussions import WEEK, set_up
from tests.factories.posts import write
from tests.factories.readings import add_readings
from tests.factories.requirements import Reasons


def read(session, actor, discussion, start=""):
    circumstances = circumstances_of(session, actor, discussion)
    return read_thread(
        session, actor, discussion, circumstances=circumstances, start=address_to_path(start) or "" if start else ""
    )


@pytest.fixture
def long_thread(session, cast, discussion, clock):
    """A hundred posts: ten first posts, each with a chain of three and six replies side by side."""
    for _ in range(10):
        first = above = write(session, cast.ana, discussion, now=clock())
        for _ in range(3):
            above = write(session, cast.ines, discussion, to=above, now=clock())
        for _ in range(6):
            write(session, cast.tariq, discussion, to=first, now=clock())
    return discussion


def test_pages_go_through_the_whole_thread_in_its_order(session, cast, long_thread):
    pages = [read(session, cast.ana, long_thread)]
    while pages[-1].next:
        pages.append(read(session, cast.ana, long_thread, pages[-1].next))
    assert [len(page.posts) for page in pages] == [PAGE_SIZE] * 3
    for page in pages:
        numbers = [[int(part) for part in post.address.split(".")] for post in page.posts]
        assert numbers == sorted(numbers)
    assert len({post.address for page in pages for post in page.posts}) == 100
    assert [page.previous for page in pages[:2]] == [None, pages[0].posts[0].address]


def test_the_last_page_is_a_full_one_that_shows_what_stands_before(session, cast, long_thread):
    page = read(session, cast.ana, long_thread, "10.6")
    assert len(page.posts) == PAGE_SIZE
    assert page.posts[0].address == "7"
    assert page.previous == "3"
    assert page.next is None


def test_a_page_that_begins_inside_a_thread_shows_what_stands_above(session, cast, long_thread):
    page = read(session, cast.ana, long_thread, "3.1.1.1")
    assert [post.address for post in page.above] == ["3", "3.1", "3.1.1"]
    assert page.posts[0].address == "3.1.1.1"
    assert page.previous == "1"
    assert read(session, cast.ana, long_thread, "3").above == ()


def test_beyond_the_end_is_the_last_page(session, cast, long_thread):
    page = read(session, cast.ana, long_thread, "99")
    assert (page.posts[-1].address, page.next) == ("10.7", None)
    assert page.previous == "3"
    assert read(session, cast.ana, long_thread, "99.4").above == ()


def test_an_empty_discussion_is_an_empty_page(session, cast, discussion):
    page = read(session, cast.ines, discussion)
    assert (page.posts, page.above, page.previous, page.next) == ((), (), None, None)


def test_others_posts_are_read_after_ones_own(session, cast, discussion, clock):
    write(session, cast.ana, discussion, now=clock())
    assert len(read(session, cast.tariq, discussion).posts) == 1
    with pytest.raises(PostFirst):
        read(session, cast.ben, discussion)
    with pytest.raises(Forbidden):
        read(session, cast.olga, discussion)
    mine = write(session, cast.ben, discussion, text="Short.", now=clock())
    assert len(read(session, cast.ben, discussion).posts) == 2
    delete_post(session, cast.ben, discussion, mine.id, now=clock())
    with pytest.raises(PostFirst):
        read(session, cast.ben, discussion)


def test_once_it_is_closed_everybody_reads(session, cast, discussion, clock):
    write(session, cast.ana, discussion, now=clock())
    closed = get_discussion(session, cast.ben, discussion.id, now=WEEK.closes_at)
    (post,) = read(session, cast.ben, closed).posts
    assert (post.can_reply, post.can_edit, post.can_delete) == (False, False, False)


def test_nothing_is_read_before_it_opens(session, cast, clock):
    scheduled = set_up(session, cast.ines, clock(), calendar=type(WEEK)(opens_at=clock() + timedelta(hours=1)))
    write(session, cast.ines, scheduled, now=clock())
    with pytest.raises(DiscussionShut):
        read(session, cast.ana, scheduled)
    assert len(read(session, cast.tariq, scheduled).posts) == 1


def test_a_tombstone_says_nothing(session, cast, discussion, clock):
    secret = write(session, cast.ana, discussion, text="A sentence that I regret.", now=clock())
    reply = write(session, cast.ines, discussion, to=secret, now=clock())
    delete_post(session, cast.ana, discussion, secret.id, now=clock())
    for actor in (cast.ines, cast.tariq):
        page = read(session, actor, discussion)
        assert [post.address for post in page.posts] == ["1", "1.1"]
        assert "regret" not in repr((page, page.posts))
        below = read(session, actor, discussion, reply.address)
        assert "regret" not in repr((below, below.posts))


def test_activity(session, cast, discussion, clock):
    assert get_overview(session, cast.ines, discussion).activity == Activity(0, 0, 0, "", None)
    first = write(session, cast.ana, discussion, now=clock())
    write(session, cast.ines, discussion, to=first, now=clock())
    last = write(session, cast.ana, discussion, to=first, now=clock.move(hours=1))
    assert get_overview(session, cast.ines, discussion).activity == Activity(1, 2, 2, "Ana Brandt", clock(), asking=1)
    delete_post(session, cast.ana, discussion, last.id, now=clock())
    assert get_overview(session, cast.ines, discussion).activity == Activity(
        1, 1, 2, "Ines Navarro", clock() - timedelta(hours=1), asking=1
    )


@pytest.fixture
def reading_discussion(session, cast, clock):
    readings = add_readings(session, cast.ines, clock())
    return set_up(session, cast.ines, clock(), reading_ids=readings, required_ids=frozenset(readings[:1]))


def standings(session, actor, discussion, clock, whose=None):
    verdicts = get_participation(session, actor, discussion, whose and whose.person_id, now=clock()).verdicts
    return [verdict.standing for verdict in verdicts.requirements]


def test_progress_is_derived_from_what_stands(session, cast, reading_discussion, clock):
    discussion = reading_discussion
    open_, partly, met, late = Standing.OPEN, Standing.PARTLY, Standing.MET, Standing.MET_LATE
    assert standings(session, cast.ana, discussion, clock) == [open_, open_, open_]
    placeholder = write(session, cast.ana, discussion, text="Later.", now=clock())
    bens, chis = (write(session, actor, discussion, now=clock()) for actor in (cast.ben, cast.chi))
    for parent in (bens, bens, placeholder, write(session, cast.ines, discussion, now=clock())):
        write(session, cast.ana, discussion, to=parent, now=clock())
    assert standings(session, cast.ana, discussion, clock) == [partly, partly, open_]
    clock.move(days=4)
    text = "Leaders set a direction, says [Kotter, p. 104]."
    edit_post(session, cast.ana, discussion, placeholder.id, PostContent(text), version=1, now=clock())
    last = write(session, cast.ana, discussion, to=chis, now=clock())
    assert standings(session, cast.ana, discussion, clock) == [late, met, met]
    verdicts = get_participation(session, cast.ana, discussion, now=clock()).verdicts
    assert verdicts.requirements[1].people == ("Ben Carter", "Chi Nguyen")
    assert [verdict.reason for verdict in verdicts.posts.values()] == [
        Reasons.FIRST_POST,
        Reasons.REPLY,
        Reasons.SAME_PERSON,
        Reasons.TO_SELF,
        Reasons.TO_STAFF,
        Reasons.REPLY,
    ]
    delete_post(session, cast.ana, discussion, last.id, now=clock())
    assert standings(session, cast.ana, discussion, clock) == [late, partly, met]


def test_an_edit_that_drops_the_citation_counts_from_then_on(session, cast, reading_discussion, clock):
    post = write(session, cast.ana, reading_discussion, text="As [Kotter, p. 1] says.", now=clock())
    for version, (text, standing) in enumerate([("He says.", Standing.OPEN), ("[Kotter] says.", Standing.MET)], 1):
        edit_post(
            session, cast.ana, reading_discussion, post.id, PostContent(text), version=version, now=clock.move(hours=1)
        )
        verdict = get_participation(session, cast.ana, reading_discussion, now=clock()).verdicts.requirements[-1]
        assert verdict.standing is standing
    assert verdict.met_at == clock()


def test_staff_see_anybodys_progress_and_students_their_own(session, cast, discussion, clock):
    write(session, cast.ana, discussion, now=clock())
    met_then_open = [Standing.MET, Standing.OPEN]
    assert standings(session, cast.tariq, discussion, clock, whose=cast.ana) == met_then_open
    assert standings(session, cast.ben, discussion, clock, whose=cast.ana) == [Standing.OPEN, Standing.OPEN]
    facts = collect_class_facts(session, cast.ines, discussion)
    assert facts.keys() == {cast.ana.person_id}

"""How the posts of a discussion are put in order and cut into pages, and what is counted of them."""

from datetime import UTC, datetime, timedelta

import pytest

from lti_app.discussion.discussions.rules import Move
from lti_app.discussion.outlines.rules import Activity, Cut, Outline, PlacedPost, ThreadCount, Unread
from lti_app.discussion.posts.rules.addresses import address_to_path
from lti_app.discussion.read_state.rules import PostNumbers, Sort

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ANA, BEN, INES = 1, 2, 3


def post(number, address, author=ANA, **changes):
    """The nth post of a discussion; of a first post, the newest of its thread is told where it is not that one."""
    is_first, at = "." not in address, BEGIN + timedelta(hours=number)
    root_id = number if is_first else changes.pop("root_id")
    facts = {
        "byline": None,
        "created_at": at,
        "says_something": True,
        "move": None,
        "asks": False,
        "is_answered": False,
        "leads": False,
        "latest_at": at,
        "latest_number": number,
        "descendants": 0,
        **changes,
    }
    path = address_to_path(address)
    return PlacedPost(id=number, root_id=root_id, path=path, address=address, number=number, author_id=author, **facts)


def outline(*posts):
    return Outline(sorted(posts, key=lambda each: each.path))


def addresses(cut):
    return " ".join(spot.address for spot in cut.spots)


@pytest.mark.parametrize(
    ("before", "after", "shown", "previous", "next_"),
    [
        (0, 0, "", None, None),
        (0, 2, "1 2", None, None),
        (0, 3, "1 2 3", None, None),
        (0, 4, "1 2 3", None, "4"),
        (2, 4, "3 4 5", "1", "6"),
        (4, 4, "5 6 7", "2", "8"),
        (4, 1, "3 4 5", "1", None),
        (4, 0, "2 3 4", "1", None),
        (1, 1, "1 2", None, None),
        (1, 3, "2 3 4", "1", None),
    ],
)
def test_a_page_is_full_wherever_it_begins(before, after, *, shown, previous, next_):
    posts = outline(*(post(n, str(n)) for n in range(1, before + after + 1)))
    cut = posts.cut(Sort.OLDEST, (), 3, start=address_to_path(str(before + 1)))
    assert (addresses(cut), cut.previous, cut.next) == (shown, previous, next_)


def test_who_goes_on_gets_no_post_twice():
    posts = outline(*(post(n, str(n)) for n in range(1, 6)))
    cut = posts.cut(Sort.OLDEST, (), 3, start=address_to_path("4"), is_full=False)
    assert (addresses(cut), cut.previous, cut.next) == ("4 5", "1", None)


def test_an_empty_cut_has_no_neighbours():
    assert outline().cut(Sort.OLDEST, (), 40) == Cut((), None, None)


@pytest.fixture
def threads():
    """Four threads: the second is pinned, the first has the newest post, the third most replies and what is new."""
    later = {"latest_at": BEGIN + timedelta(days=1), "latest_number": 9, "descendants": 1}
    busy = {"latest_at": BEGIN + timedelta(hours=8), "latest_number": 8, "descendants": 3}
    replies = [post(n, f"3.{n - 5}", BEN, root_id=3) for n in (6, 7, 8)]
    return outline(
        *(post(1, "1", **later), post(2, "2", leads=True), post(3, "3", **busy), post(4, "4")),
        *(post(9, "1.1", BEN, root_id=1), *replies),
    )


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (Sort.OLDEST, "2 1 1.1 3 3.1 3.2 3.3 4"),
        (Sort.NEWEST, "2 1 1.1 3 3.1 3.2 3.3 4"),
        (Sort.REPLIED, "2 3 3.1 3.2 3.3 1 1.1 4"),
        (Sort.UNREAD, "2 3 3.1 3.2 3.3 1 1.1 4"),
    ],
)
def test_orders(threads, sort, order):
    assert addresses(threads.cut(sort, [3], 20)) == order


@pytest.mark.parametrize(
    ("sort", "start", "begins"),
    [
        (Sort.OLDEST, "3.2", "3.2"),
        (Sort.OLDEST, "1.7", "3"),
        (Sort.OLDEST, "3.9", "4"),
        (Sort.REPLIED, "1", "1"),
        (Sort.REPLIED, "8", "2"),
    ],
)
def test_where_a_page_begins(threads, sort, start, begins):
    cut = threads.cut(sort, (), 2, start=address_to_path(start), is_full=False)
    assert cut.spots[0].address == begins


def test_a_thread_that_is_not_there_is_where_it_would_stand():
    posts = outline(post(1, "1"), post(3, "3"), post(4, "4", leads=True))
    assert addresses(posts.cut(Sort.OLDEST, (), 9, start=address_to_path("2"), is_full=False)) == "3"
    assert addresses(posts.cut(Sort.OLDEST, (), 9, start=address_to_path("9"), is_full=False)) == ""


def test_replies_to_what_does_not_exist_are_counted_and_not_read():
    posts = outline(post(1, "1"), post(3, "2.1", BEN, root_id=2))
    assert addresses(posts.cut(Sort.OLDEST, (), 9)) == "1"
    assert posts.activity == Activity(1, 1, 2)
    assert posts.unread(PostNumbers(), ANA) == Unread(PostNumbers.of([3]), {2: 1})
    assert posts.find([address_to_path("1"), address_to_path("2")]) == [(1, address_to_path("1"), "1")]


def test_what_is_counted():
    posts = outline(
        post(1, "1", asks=True, is_answered=True),
        post(2, "1.1", BEN, root_id=1, move=Move.QUESTION),
        post(3, "1.2", BEN, root_id=1, says_something=False),
        post(4, "2", INES, byline="A. Reader"),
        post(5, "2.1", INES, root_id=4, byline="", created_at=None),
        post(6, "3", says_something=False),
    )
    assert posts.activity == Activity(2, 2, 3, moves={Move.QUESTION: 1}, asking=1, answered=1)
    assert posts.counts([1, 2, 4, 6]) == {
        1: ThreadCount(1, 2, BEGIN + timedelta(hours=2)),
        4: ThreadCount(1, 1, BEGIN + timedelta(hours=4)),
    }


def test_what_is_new_is_what_others_said_and_the_reader_has_not_read(threads):
    assert threads.unread(PostNumbers.of([6, 9]), ANA) == Unread(PostNumbers.of([7, 8]), {3: 2})
    new = threads.unread(PostNumbers(), BEN)
    assert (new.count, new.in_thread(1), new.in_thread(7), 2 in new, 9 in new) == (4, 1, 0, True, False)
    assert not threads.unread(PostNumbers.of(range(1, 10)), ANA)

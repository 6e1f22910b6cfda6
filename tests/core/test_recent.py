"""Values that one process keeps for a while."""

from hypothesis import given
from hypothesis import strategies as st

from lti_app.core.recent import RecentlyUsed
from tests.races import at_once


def test_what_was_used_longest_ago_makes_room():
    kept = RecentlyUsed[str, int](10)
    for key, size in (("a", 4), ("b", 4), ("c", 2)):
        kept.put(key, ord(key), size)
    assert kept.get("a") == 97
    kept.put("d", 100, 3)
    assert [kept.get(key) for key in "abcd"] == [97, None, 99, 100]
    assert kept.taken == 9


def test_a_value_takes_the_place_of_an_earlier_one():
    kept = RecentlyUsed[str, str](10)
    kept.put("a", "first", 8)
    kept.put("a", "second", 6)
    assert (kept.get("a"), kept.taken) == ("second", 6)
    kept.put("a", "too large", 11)
    assert (kept.get("a"), kept.taken) == (None, 0)


def test_all_can_be_let_go():
    kept = RecentlyUsed[str, str](10)
    kept.put("a", "value", 8)
    kept.clear()
    assert (kept.get("a"), kept.taken) == (None, 0)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 12)), max_size=40))
def test_there_is_never_more_than_fits(puts):
    kept = RecentlyUsed[int, int](10)
    for key, size in puts:
        kept.put(key, size, size)
        assert kept.taken == sum(kept.get(each) or 0 for each in range(7)) <= 10


def test_threads_share_it():
    kept = RecentlyUsed[int, int](50)

    def work(first):
        for n in range(2000):
            kept.put((first + n) % 97, n, n % 7)
            kept.get(n % 97)

    assert at_once([lambda first=first: work(first) for first in (0, 31, 62)]) == [None] * 3
    assert kept.taken <= 50

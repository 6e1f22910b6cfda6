"""Names for those whose names are hidden, groups of even size, and what a first post needs where."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.core.errors import Refused
from lti_app.course.groups.rules import name_order, spread
from lti_app.discussion.discussions.rules import COLOURS, LIVING, Structure, pseudonym
from lti_app.discussion.posts.rules.starting import settle_start

POOL = len(COLOURS) * len(LIVING)


def test_there_are_names_enough_for_a_large_class():
    assert POOL >= 400
    names = [pseudonym(7, nth) for nth in range(POOL)]
    assert len(set(names)) == POOL
    assert all(re.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+", name) for name in names)


def test_a_class_beyond_all_names_gets_numbers():
    names = [pseudonym(7, nth) for nth in range(3 * POOL)]
    assert len(set(names)) == len(names)
    assert names[POOL] == f"{names[0]} 2"


def test_each_discussion_has_an_order_of_its_own_that_stays():
    first = [pseudonym(1, nth) for nth in range(20)]
    assert first == [pseudonym(1, nth) for nth in range(20)]
    assert first != [pseudonym(2, nth) for nth in range(20)]


@given(st.lists(st.integers(), unique=True, max_size=60), st.integers(1, 9))
def test_groups_differ_by_one_at_most(people, count):
    placed = spread(people, dict.fromkeys(range(count), 0))
    assert placed.keys() == set(people)
    sizes = [list(placed.values()).count(group) for group in range(count)]
    assert max(sizes) - min(sizes) <= 1


def test_who_comes_late_fills_the_smallest():
    assert spread([1, 2, 3], {10: 3, 20: 1, 30: 2}) == {1: 20, 2: 20, 3: 30}


def test_groups_sort_as_people_count():
    names = ["Group 10", "group 2", "Group 1", "Alpha", "Group 2b", "7"]
    assert sorted(names, key=name_order) == ["7", "Alpha", "Group 1", "group 2", "Group 2b", "Group 10"]


GROUPS, TOPICS, WHOLE, QUESTIONS = Structure.GROUPS, Structure.TOPICS, Structure.WHOLE_CLASS, Structure.QUESTIONS
# structure, title, group asked for, groups one may write for, staff: the title and the group, or why not
STARTS = [
    (WHOLE, "Mine", 1, [1], False, ("", None)),
    (QUESTIONS, "Mine", 1, [1], False, ("", None)),
    (TOPICS, "  What  hospitals\nteach ", None, [], False, ("What hospitals teach", None)),
    (TOPICS, " \n ", None, [], False, "title_missing"),
    (TOPICS, "", None, [], True, "title_missing"),
    (GROUPS, "", None, [4], False, ("", 4)),
    (GROUPS, "", 4, [4], False, ("", 4)),
    (GROUPS, "", 5, [4], False, "which_group"),
    (GROUPS, "", None, [4, 5], False, "which_group"),
    (GROUPS, "", 5, [4, 5], False, ("", 5)),
    (GROUPS, "", None, [], False, "no_group"),
    (GROUPS, "", 4, [], False, "no_group"),
    (GROUPS, "", None, [4, 5], True, ("", None)),
    (GROUPS, "", None, [], True, ("", None)),
    (GROUPS, "", 5, [4, 5], True, ("", 5)),
    (GROUPS, "", 6, [4, 5], True, "which_group"),
]


@pytest.mark.parametrize("start", STARTS)
def test_what_a_first_post_gets(start):
    structure, title, group, groups, staff, expected = start
    try:
        found = settle_start(structure, title=title, group_id=group, groups=groups, is_staff=staff)
    except Refused as error:
        found = error.code
    assert found == expected

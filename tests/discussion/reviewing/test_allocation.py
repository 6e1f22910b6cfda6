"""Who reviews whom: the invariants, for any class."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.discussion.reviewing.rules.allocation import Participants, ReviewStage, allocate
from lti_app.discussion.reviewing.rules.plans import Pairing

people = st.frozensets(st.integers(1, 60), max_size=14)
counts = st.integers(0, 5)
seeds = st.text("abc123", max_size=6)
groupings = st.dictionaries(st.integers(1, 60), st.frozensets(st.integers(1, 4), max_size=2))
pairings = st.sampled_from(list(Pairing))
stages = st.sampled_from(list(ReviewStage))


def pairs_after(existing, change):
    return (set(existing) | set(change.added)) - set(change.withdrawn)


def load(pairs, authors):
    return {author: sum(1 for pair in pairs if pair[1] == author) for author in authors}


def apart(loads):
    return max(loads.values(), default=0) - min(loads.values(), default=0)


@given(people, counts, seeds)
def test_in_one_class_everybody_writes_and_gets_the_same_number(everybody, each, seed):
    there = Participants(everybody, everybody)
    change = allocate(there, {}, each=each, pairing=Pairing.ANYONE, seed=seed)
    pairs = pairs_after({}, change)
    possible = min(each, max(0, len(everybody) - 1))
    assert not change.withdrawn
    assert len(change.added) == len(pairs)  # nobody twice
    assert all(reviewer != author for reviewer, author in pairs)
    assert all(sum(1 for pair in pairs if pair[0] == one) == possible for one in everybody)
    assert apart(load(pairs, everybody)) == 0


@given(people, people, counts, groupings, pairings)
def test_groups_are_kept_and_nobody_lacks_what_there_is(reviewers, authors, each, groups, pairing):
    there = Participants(reviewers, authors, groups)
    pairs = pairs_after({}, allocate(there, {}, each=each, pairing=pairing, seed="s"))
    assert all(there.suits(pair, pairing) for pair in pairs)
    for one in reviewers:
        suitable = sum(there.suits((one, author), pairing) for author in authors)
        assert sum(1 for pair in pairs if pair[0] == one) == min(each, suitable)


@given(st.frozensets(st.integers(1, 9), max_size=4), st.frozensets(st.integers(1, 9), max_size=4), groupings, pairings)
def test_nothing_is_more_even_than_what_is_assigned(reviewers, authors, groups, pairing):
    """All ways of giving each reviewer one author are tried."""
    there = Participants(reviewers, authors, groups)
    pairs = pairs_after({}, allocate(there, {}, each=1, pairing=pairing, seed="s"))
    choices = [[(one, a) for a in authors if there.suits((one, a), pairing)] or [None] for one in sorted(reviewers)]
    ways = [[pair for pair in way if pair] for way in product(*choices)]
    unevenness = [sum(n * n for n in load(way, authors).values()) for way in ways]
    assert sum(n * n for n in load(pairs, authors).values()) == min(unevenness)


@given(people, counts, groupings, pairings, seeds)
def test_again_it_is_the_same_and_changes_nothing(everybody, each, groups, pairing, seed):
    there = Participants(everybody, everybody, groups)
    first = allocate(there, {}, each=each, pairing=pairing, seed=seed)
    assert first == allocate(there, {}, each=each, pairing=pairing, seed=seed)
    existing = dict.fromkeys(first.added, ReviewStage.OPEN)
    assert allocate(there, existing, each=each, pairing=pairing, seed=seed).changes_nothing


@given(people, people, st.tuples(st.integers(1, 5), pairings), groupings, st.data())
def test_late_posters_leavers_and_whoever_is_added(before, after, how, groups, data):
    each, pairing = how
    earlier = Participants(before, before, groups)
    first = allocate(earlier, {}, each=each, pairing=pairing, seed="s")
    existing = {pair: data.draw(stages) for pair in first.added}
    there = Participants(after, after, groups)
    change = allocate(there, existing, each=each, pairing=pairing, seed="s")
    pairs = pairs_after(existing, change)
    assert not set(change.added) & set(existing)
    assert set(change.withdrawn) <= set(existing)
    for pair in change.withdrawn:
        stage, is_here = existing[pair], pair[0] in after and pair[1] in after
        assert stage is not ReviewStage.SUBMITTED
        assert stage is ReviewStage.OPEN or not is_here  # what is begun goes only with its people
    for one in after:
        own = {pair for pair in pairs if pair[0] == one}
        suitable = {(one, author) for author in after if there.suits((one, author), pairing)}
        assert len(own) >= min(each, len(suitable | own))
        assert len(own) <= max(each, sum(existing.get(pair) is not None for pair in own))
    undone = {pair for pair in pairs if existing.get(pair) is not ReviewStage.SUBMITTED}
    assert all(reviewer in after and author in after for reviewer, author in undone)


@given(st.frozensets(st.integers(1, 40), min_size=4, max_size=20), st.integers(1, 3), st.integers(50, 59))
def test_a_late_poster_gets_as_many_as_the_others(everybody, each, late):
    first = allocate(Participants(everybody, everybody), {}, each=each, pairing=Pairing.ANYONE, seed="s")
    existing = dict.fromkeys(first.added, ReviewStage.OPEN)
    all_of_them = everybody | {late}
    change = allocate(Participants(all_of_them, all_of_them), existing, each=each, pairing=Pairing.ANYONE, seed="s")
    assert apart(load(pairs_after(existing, change), all_of_them)) == 0
    assert len(change.withdrawn) <= each  # nobody else's list is turned over


def test_undone_reviews_of_somebody_who_left_go_to_others():
    existing = {(1, 2): ReviewStage.SUBMITTED, (1, 3): ReviewStage.OPEN, (4, 1): ReviewStage.BEGUN}
    there = Participants(frozenset({2, 3, 4}), frozenset({2, 3, 4}))
    change = allocate(there, existing, each=1, pairing=Pairing.ANYONE, seed="s")
    assert set(change.withdrawn) == {(1, 3), (4, 1)}
    pairs = pairs_after(existing, change)
    assert (1, 2) in pairs  # it is written
    assert {pair[0] for pair in pairs} == {1, 2, 3, 4}
    assert apart(load(pairs, {2, 3, 4})) <= 1


@pytest.mark.parametrize(("each", "kept"), [(1, 1), (0, 0)])
def test_fewer_each_withdraws_what_nobody_has_begun(each, kept):
    there = Participants(frozenset({1, 2, 3}), frozenset({1, 2, 3}))
    first = allocate(there, {}, each=2, pairing=Pairing.ANYONE, seed="s")
    existing = dict.fromkeys(first.added, ReviewStage.OPEN)
    pairs = pairs_after(existing, allocate(there, existing, each=each, pairing=Pairing.ANYONE, seed="s"))
    assert all(sum(1 for pair in pairs if pair[0] == one) == kept for one in (1, 2, 3))


def test_a_class_of_hundreds_is_even():
    everybody = frozenset(range(300))
    groups = {one: frozenset({one % 7}) for one in everybody}
    there = Participants(everybody, everybody, groups)
    for pairing in Pairing:
        change = allocate(there, {}, each=3, pairing=pairing, seed="s")
        assert len(change.added) == 900
        assert apart(load(change.added, everybody)) <= 1

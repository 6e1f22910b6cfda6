"""How a thread is cut into pages, which post comes next, what is new, and what an edit changed."""

from difflib import SequenceMatcher
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.discussion.read_state.rules import PostNumbers, Sort
from lti_app.discussion.threads import rules
from lti_app.discussion.threads.rules import (
    MOST_PAIRS,
    Activity,
    Cut,
    DiffKind,
    Jumps,
    Overview,
    ThreadSpot,
    compare_versions,
    compare_words,
    cut_page,
)

TEXTS = st.text(alphabet="ab \n", max_size=30)


def spots(before, after):
    """So many before the post asked for and so many from it on, with addresses that count from 1."""
    return [
        ThreadSpot(id=n, root_id=n, path=f"1{n:02}", address=str(n), is_before=n <= before)
        for n in range(1, before + after + 1)
    ]


@pytest.mark.parametrize(
    ("before", "after", "shown", "previous", "next_"),
    [
        (0, 0, "", None, None),
        (0, 2, "12", None, None),
        (0, 3, "123", None, None),
        (0, 4, "123", None, "4"),
        (2, 4, "345", "1", "6"),
        (4, 4, "567", "2", "8"),
        (4, 1, "345", "1", None),
        (4, 0, "234", "1", None),
        (1, 1, "12", None, None),
        (1, 3, "234", "1", None),
    ],
)
def test_a_page_is_full_wherever_it_begins(before, after, *, shown, previous, next_):
    cut = cut_page(spots(before, after), 3)
    assert ("".join(spot.address for spot in cut.spots), cut.previous, cut.next) == (shown, previous, next_)


def test_an_empty_cut_has_no_neighbours():
    assert cut_page([], 40) == Cut((), None, None)


@pytest.mark.parametrize(
    ("addresses", "after", "to"),
    [
        (("1", "2.1", "3"), "1", "#p2.1"),
        (("1", "2.1", "3"), "2.1", "#p3"),
        (("1", "2.1", "3"), "3", "/next?after=3"),
        (("1",), "9", "/next?after=9"),
        ((), "1", "/next?after=1"),
    ],
)
def test_a_jump_stays_on_the_page_while_it_can(addresses, after, to):
    assert Jumps(addresses, "/next").after(after) == to


def test_the_first_jump():
    assert Jumps(("2.1", "3"), "/next").first == "#p2.1"
    assert Jumps((), "/next").first == "/next"


@pytest.mark.parametrize(
    ("chosen", "unread", "order"),
    [
        (None, {}, Sort.OLDEST),
        (None, {7: (3, 4)}, Sort.UNREAD),
        (Sort.REPLIED, {7: (3, 4)}, Sort.REPLIED),
        (Sort.UNREAD, {}, Sort.UNREAD),
    ],
)
def test_the_order_is_the_readers_choice_else_what_is_new_first(chosen, unread, order):
    overview = Overview(Activity(0, 0, 0, "", None), PostNumbers(), chosen, unread)
    assert overview.preferred_sort is order
    assert overview.unread_count == len(unread) * 2


KEPT, ADDED, REMOVED = DiffKind.KEPT, DiffKind.ADDED, DiffKind.REMOVED


@pytest.mark.parametrize(
    ("before", "after", "runs"),
    [
        ("", "", []),
        ("Same words.", "Same words.", [(KEPT, "Same words.")]),
        ("", "All new.", [(ADDED, "All new.")]),
        ("All gone.", "", [(REMOVED, "All gone.")]),
        ("One two three", "One 2 three", [(KEPT, "One "), (REMOVED, "two"), (ADDED, "2"), (KEPT, " three")]),
        ("One two", "One two three", [(KEPT, "One two"), (ADDED, " three")]),
        ("a\n\nb", "a b", [(KEPT, "a"), (REMOVED, "\n\n"), (ADDED, " "), (KEPT, "b")]),
        ("שלום עולם", "שלום לכולם", [(KEPT, "שלום "), (REMOVED, "עולם"), (ADDED, "לכולם")]),
    ],
)
def test_what_an_edit_changed(before, after, runs):
    assert [(run.change, run.text) for run in compare_words(before, after)] == runs


@given(TEXTS, TEXTS)
def test_a_comparison_loses_nothing_of_either_text(before, after):
    runs = compare_words(before, after)
    assert "".join(run.text for run in runs if run.change is not ADDED) == before
    assert "".join(run.text for run in runs if run.change is not REMOVED) == after
    assert all(one.change is not KEPT or other.change is not KEPT for one, other in pairwise(runs))


LONG_EDITS = {
    "the same two words": lambda n: "a b " * 5_000 + f"{n}",
    "nothing in common": lambda n: f"w{n} " * 5_000,
    "words in another order": lambda n: " ".join(str((word * 7_919 + n) % 4_001) for word in range(4_000)),
    "one word": lambda n: f"{n}" * 20_000,
    "short lines": lambda n: f"{n}\n" * 10_000,
    "short sentences": lambda n: f"{n}. " * 6_000,
}


@pytest.mark.parametrize("make", LONG_EDITS.values(), ids=LONG_EDITS)
def test_all_versions_of_a_page_are_compared_with_limited_work(monkeypatch, make):
    pairs = []

    class Counted(SequenceMatcher):
        def __init__(self, junk, old, new):
            pairs.append(len(old) * len(new))
            super().__init__(junk, old, new)

    monkeypatch.setattr(rules, "SequenceMatcher", Counted)
    texts = [make(n)[:20_000] for n in range(30)]
    compared = compare_versions(texts)
    assert sum(pairs) <= MOST_PAIRS
    for (before, after), runs in zip(pairwise(texts), compared, strict=True):
        assert "".join(run.text for run in runs if run.change is not ADDED) == before
        assert "".join(run.text for run in runs if run.change is not REMOVED) == after


def test_a_small_edit_of_a_long_text_is_shown_as_small():
    sentences = [f"Sentence {n} says {n * n} and goes on in the manner of sentences." for n in range(300)]
    before, after = (
        " ".join(sentences),
        " ".join([*sentences[:5], sentences[5].replace("says", "asks"), *sentences[6:-1], "The end."]),
    )
    changed = [(run.change, run.text) for run in compare_words(before, after) if run.change is not KEPT]
    assert changed[:2] == [(REMOVED, "says"), (ADDED, "asks")]
    assert sum(len(text) for _change, text in changed) < 100

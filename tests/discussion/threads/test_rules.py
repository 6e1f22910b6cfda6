"""Which post comes next, in which order a discussion is read, and what an edit changed."""

from difflib import SequenceMatcher
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.discussion.outlines.rules import Activity, Unread
from lti_app.discussion.read_state.rules import PostNumbers, Sort
from lti_app.discussion.threads import rules
from lti_app.discussion.threads.rules import (
    MOST_PAIRS,
    DiffKind,
    Jumps,
    Overview,
    compare_versions,
    compare_words,
)

TEXTS = st.text(alphabet="ab \n", max_size=30)


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


NEW = Unread(PostNumbers.of([3, 4]), {7: 2})


@pytest.mark.parametrize(
    ("chosen", "unread", "order"),
    [
        (None, Unread(), Sort.OLDEST),
        (None, NEW, Sort.UNREAD),
        (Sort.REPLIED, NEW, Sort.REPLIED),
        (Sort.UNREAD, Unread(), Sort.UNREAD),
    ],
)
def test_the_order_is_the_readers_choice_else_what_is_new_first(chosen, unread, order):
    overview = Overview(Activity(0, 0, 0), PostNumbers(), chosen, unread)
    assert overview.preferred_sort is order


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

"""Sets of post numbers: reported in runs, stored as bits, and up to where nothing is missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.discussion.read_state.rules import MOST_PARTS, PostNumbers, parse_numbers, write_numbers

TOO_MANY = ",".join(["1"] * (MOST_PARTS + 1))
SOME = st.sets(st.integers(1, 300))


@pytest.mark.parametrize(
    ("report", "numbers"),
    [
        ("1", {1}),
        ("1-3,5", {1, 2, 3, 5}),
        ("5,1-3", {1, 2, 3, 5}),
        ("2-2,2", {2}),
        ("3-1", set()),
        ("9-12", {9, 10}),
        ("11", set()),
        ("1-999999999", set(range(1, 11))),
        (",".join(["1"] * MOST_PARTS), {1}),
    ],
)
def test_a_report_names_posts_that_exist(report, numbers):
    found = parse_numbers(report, newest=10)
    assert found is not None
    assert set(found) == numbers


@pytest.mark.parametrize(
    "report",
    [
        "",
        ",",
        "1,",
        "0",
        "01",
        "-1",
        "1-",
        "1--2",
        "1-2-3",
        "1 ",
        "1\n",
        "+1",
        "1.5",
        "x",
        "²",
        "٣",
        "1" * 10,
        TOO_MANY,
    ],
    ids=lambda report: report[:8],
)
def test_anything_else_is_no_report(report):
    assert parse_numbers(report, newest=10) is None


@pytest.mark.parametrize(
    ("numbers", "report"),
    [([], ""), ([4], "4"), ([3, 1, 2], "1-3"), ([1, 3, 5], "1,3,5"), ([1, 2, 2, 4, 5], "1-2,4-5")],
)
def test_numbers_are_written_in_runs(numbers, report):
    assert write_numbers(numbers) == report


@pytest.mark.parametrize(
    ("numbers", "all_to"), [([], 0), ([1], 1), ([2], 0), ([1, 2, 3], 3), ([1, 2, 4], 2), (range(1, 101), 100)]
)
def test_up_to_where_none_is_missing(numbers, all_to):
    assert PostNumbers.of(numbers).all_to == all_to


@given(SOME)
def test_what_is_written_and_stored_is_what_is_read(numbers):
    found = PostNumbers.of(numbers)
    assert set(found) == numbers
    assert PostNumbers.from_bytes(found.to_bytes()) == found
    assert {number for number in range(-1, 302) if number in found} == numbers
    assert not numbers or parse_numbers(write_numbers(numbers), newest=300) == found


@given(SOME, SOME)
def test_two_sets_are_joined(one, other):
    assert set(PostNumbers.of(one) | PostNumbers.of(other)) == one | other

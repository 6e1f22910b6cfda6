"""Addresses that people speak (2.3.1) and the sort keys behind them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.discussion.posts.rules.addresses import (
    MAX_DEPTH,
    PATH_DIGITS,
    PATH_WIDTH,
    address_to_path,
    ancestor_paths,
    child_address,
    child_path,
)

ROOM = len(PATH_DIGITS) ** PATH_WIDTH - 1
numbers = st.lists(st.integers(1, 50) | st.integers(1, ROOM), min_size=1, max_size=8)


def path_of(parts):
    path = ""
    for part in parts:
        path = child_path(path, part)
    return path


def address_of(parts):
    address = ""
    for part in parts:
        address = child_address(address, part)
    return address


@given(st.lists(numbers, max_size=20))
def test_keys_sort_as_the_numbers_do(threads):
    assert sorted(path_of(parts) for parts in threads) == [path_of(parts) for parts in sorted(threads)]


@given(st.lists(numbers, max_size=20))
def test_keys_sort_the_same_by_bytes(threads):
    keys = [path_of(parts) for parts in threads]
    assert sorted(keys) == sorted(keys, key=str.encode)


@given(numbers)
def test_an_address_leads_to_its_key(parts):
    assert address_to_path(address_of(parts)) == path_of(parts)


@given(numbers)
def test_ancestors_are_the_keys_of_the_posts_above(parts):
    assert ancestor_paths(path_of(parts)) == [path_of(parts[:end]) for end in range(1, len(parts))]


@given(st.text(max_size=30))
def test_any_text_is_an_address_or_none(text):
    path = address_to_path(text)
    assert path is None or path_of(int(part) for part in text.split(".")) == path


NO_ADDRESS = [
    "",
    ".",
    "1.",
    ".1",
    "1..2",
    "0",
    "1.0",
    "-1",
    "+1",
    "1e3",
    " 1",
    "1 ",
    "१",
    "²",
    "1,2",
    "x",
    "1.x",
    "1\n",
]


@pytest.mark.parametrize(
    "text", [*NO_ADDRESS, str(ROOM + 1), "9" * 5000, "1." * 5000 + "1", "\0", "1.2'; DROP TABLE post"]
)
def test_what_is_no_address(text):
    assert address_to_path(text) is None


@pytest.mark.parametrize("number", [0, -1, ROOM + 1])
def test_a_level_has_room_for_so_many(number):
    with pytest.raises(ValueError, match=str(number)):
        child_path("0001", number)


def test_the_deepest_key_fits_into_an_index():
    """PostgreSQL refuses index rows beyond 2704 bytes."""
    assert len(path_of([ROOM] * (MAX_DEPTH + 1))) < 1000

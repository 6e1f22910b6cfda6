"""What is stored of requirements: written and read by each kind, and nothing else is taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.participation.requirements.base import InvalidRequirement
from lti_app.participation.requirements.registry import FIELDS, KINDS, from_stored, to_stored, to_values

values = st.fixed_dictionaries(
    {},
    optional={
        field.input: st.sampled_from([value for value, _ in field.choices])
        if field.choices
        else st.integers(field.least, field.most)
        for field in FIELDS
    },
)


@given(values)
def test_what_is_stored_is_read_back(given_values):
    stored = to_stored(given_values)
    assert to_values(stored) == {field.input: given_values.get(field.input, field.nothing) for field in FIELDS}
    assert to_stored(to_values(stored)) == stored


def test_nothing_asked_for_stores_nothing():
    assert to_stored({}) == to_stored({field.input: field.nothing for field in FIELDS}) == ()


def test_each_kind_and_each_field_has_a_name_of_its_own():
    assert len({kind.kind for kind in KINDS}) == len(KINDS)
    assert len({field.input for field in FIELDS}) == len(FIELDS)


@pytest.mark.parametrize(
    "wrong",
    [{"first_post_words": value} for value in (-1, 5001, "5", 1.5, True, None)]
    + [{"wanted_move": value} for value in ("dance", 0, None, ["counter"])]
    + [{"days_wanted": 32}, {"likes": 1}],
    ids=str,
)
def test_what_no_field_can_have_is_refused(wrong):
    with pytest.raises(InvalidRequirement):
        to_stored(wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        ({"kind": "replies", "people": "2"},),
        ({"kind": "replies", "people": 2, "colour": "red"},),
        ({"kind": "days", "days": 1}, {"kind": "days", "days": 2}),
    ],
    ids=str,
)
def test_what_no_kind_would_write_is_not_read(wrong):
    with pytest.raises(InvalidRequirement):
        from_stored(wrong)


def test_a_kind_of_a_newer_release_is_left_out():
    assert from_stored(({"kind": "dances", "count": 3}, {"kind": "days", "days": 2})) == from_stored(
        ({"kind": "days", "days": 2},)
    )

"""The requirements of a discussion are made once of the same rule and dates, and anew of others."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lti_app.participation.progress.queries import requirements_of
from lti_app.participation.requirements.base import InvalidRequirement

RULE = ({"kind": "first_post", "words": 1},)


def test_the_same_rule_and_dates_have_the_same_requirements(discussion):
    view = replace(discussion, requirements=RULE)
    first, again = (requirements_of(replace(view, requirements=tuple(map(dict, RULE)))) for _ in range(2))
    assert first is again
    assert first.of_first_post.words == 1


def test_whatever_they_are_made_of_changes_them(discussion, clock):
    view = replace(discussion, requirements=RULE)
    later = replace(view.calendar, first_post_due=clock() + timedelta(days=30))
    others = [
        requirements_of(replace(view, requirements=({"kind": "first_post", "words": 2},))),
        requirements_of(view, later),
        requirements_of(replace(view, class_calendar=later)),
        requirements_of(replace(view, rule_version=view.rule_version + 1)),
    ]
    assert all(other != requirements_of(view) for other in others)


def test_a_wrong_value_that_equals_a_right_one_is_refused(discussion):
    requirements_of(replace(discussion, requirements=RULE))
    with pytest.raises(InvalidRequirement):
        requirements_of(replace(discussion, requirements=({"kind": "first_post", "words": True},)))

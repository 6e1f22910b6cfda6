"""A page of a class list (NRPS 2.0): what names nobody is passed over, and what is no list is refused."""

import pytest

from lti_app.course.courses.rules import Role
from lti_app.lti.roster import members_of
from lti_app.lti.services import ServiceDelayed


def test_entries_that_name_nobody_are_passed_over():
    page = {
        "members": [
            None,
            {"roles": ["Learner"]},
            {"user_id": "", "roles": []},
            {"user_id": "a\x00b", "roles": []},
            {"user_id": "x" * 256, "roles": []},
            {"user_id": True, "roles": ["Learner"]},
            {"user_id": 7, "roles": None},
            {"user_id": "8", "roles": ["Learner", 5], "name": 5, "email": "e\x00@x"},
        ]
    }
    assert [(each.sub, each.role, each.names.email) for each in members_of(page)] == [
        ("7", Role.OBSERVER, None),
        ("8", Role.STUDENT, None),
    ]


@pytest.mark.parametrize("page", [None, [], {}, {"members": "x"}])
def test_what_is_no_container_is_refused(page):
    with pytest.raises(ServiceDelayed):
        members_of(page)


@pytest.mark.parametrize(
    ("entry", "role"),
    [
        ({"roles": "Learner"}, Role.STUDENT),
        ({"status": None, "roles": ["Learner"]}, Role.STUDENT),
        ({"status": "ACTIVE", "roles": ["Instructor"]}, Role.INSTRUCTOR),
        ({"roles": ["urn:lti:role:ims/lis/Instructor"]}, Role.OBSERVER),
        ({"roles": ["https://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"]}, Role.OBSERVER),
        ({"roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Manager", "Learner"]}, Role.STUDENT),
        ({"status": ["Active"], "roles": ["Learner"]}, None),
        ({"status": "http://purl.imsglobal.org/vocab/lis/v2/status#Inactive", "roles": ["Learner"]}, None),
    ],
    ids=repr,
)
def test_member_in_other_words(entry, role):
    """Words of another vocabulary give the least, and a state that is not told is Active."""
    assert [each.role for each in members_of({"members": [{"user_id": "7", **entry}]})] == ([role] if role else [])

"""Sections and groups in class lists: Canvas tells them with a placement, others by enrolments in groups."""

import pytest
from sqlalchemy import select

from lti_app.course.groups.models import Group, GroupMember
from lti_app.course.people.models import Person
from lti_app.lti.claims import CLAIM
from lti_app.lti.roster import FRESH_FOR, LtiRoster
from tests.lti.services.fake_services import FakeResponse

CANVAS = "https://canvas.instructure.com"


def member(number, **more):
    return {"user_id": f"s{number}", "roles": ["Learner"], "name": f"Person {number}", **more}


def in_sections(number, ids, names="[]"):
    return member(number, message=[{CLAIM + "custom": {"section_ids": ids, "section_names": names}}])


@pytest.fixture
def roster(database, services):
    return LtiRoster(database=database, services=services)


@pytest.fixture
def memberships(database):
    def memberships():
        with database.read() as session:
            rows = session.execute(
                select(Person.sub, Group.name)
                .join(GroupMember, GroupMember.person_id == Person.id)
                .join(Group, Group.id == GroupMember.group_id)
            )
            return {tuple(row) for row in rows}

    return memberships


def test_canvas_is_asked_again_with_a_placement(roster, placed, lms, memberships):
    placed.change_platform(issuer=CANVAS)
    lms.instead["members"] += [
        FakeResponse(200, {"members": [member(0), member(1), member(2, roles=["Instructor"])]}),
        FakeResponse(200, {"members": [in_sections(0, "12", '["Morning"]'), in_sections(2, "12")]}),
    ]
    assert roster.refresh(placed.course_id)
    assert memberships() == {("s0", "Morning")}
    assert [asked.query for asked in lms.asked["members"]] == [{"limit": "50"}, {"limit": "50", "rlid": "link-1"}]


@pytest.mark.parametrize("fault", [FakeResponse(400), FakeResponse(500), FakeResponse(200, "<html>")])
def test_where_that_fails_the_class_list_still_counts(roster, placed, lms, memberships, *, fault, clock):
    placed.change_platform(issuer=CANVAS)
    lms.instead["members"] += [
        FakeResponse(200, {"members": [member(0)]}),
        FakeResponse(200, {"members": [in_sections(0, "12")]}),
    ]
    roster.refresh(placed.course_id)
    clock.advance(FRESH_FOR)
    lms.instead["members"] += [FakeResponse(200, {"members": [member(0), member(1)]}), fault]
    assert roster.refresh(placed.course_id)
    assert memberships() == {("s0", "12")}


def test_enrolments_in_groups_are_followed(roster, placed, lms, memberships, clock):
    lms.members = [member(0, group_enrollments=[{"group_id": "g1"}, {"group_id": "g2"}]), member(1)]
    assert roster.refresh(placed.course_id)
    assert memberships() == {("s0", "g1"), ("s0", "g2")}
    lms.members = [member(0, group_enrollments=[{"group_id": "g2"}, {"group_id": 5}, None, {}]), member(1)]
    clock.advance(FRESH_FOR)
    roster.refresh(placed.course_id)
    assert memberships() == {("s0", "g2")}
    assert len(lms.asked["members"]) == 2


@pytest.mark.parametrize("odd", [5, "x", [5], [{}], [{CLAIM + "custom": 5}]])
def test_odd_messages_tell_nothing(roster, placed, lms, memberships, odd):
    lms.members = [member(0, message=odd, group_enrollments=odd)]
    assert roster.refresh(placed.course_id)
    assert memberships() == set()

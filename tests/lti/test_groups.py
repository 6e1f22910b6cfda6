"""The sections and groups of which an LMS tells: in custom parameters of a launch."""

import pytest
from sqlalchemy import select

from lti_app.course.groups.models import Group, GroupMember
from lti_app.course.groups.rules import GroupKind
from lti_app.course.people.models import Person
from lti_app.lti.claims import CANVAS_GROUPS, HISTORY, MAX_GROUPS, MOODLE_GROUPS, custom_of, groups_told
from lti_app.lti.deep_linking import content_item
from tests.lti.fake_lms import CLAIM, MEMBERSHIP, Browser

SECTION, GROUP = GroupKind.LMS_SECTION, GroupKind.LMS_GROUP
TOLD = {
    "nothing": ({}, {}),
    "one section with its name": (
        {"section_ids": "12", "section_names": '["Morning, 9 h"]'},
        {SECTION: {"12": "Morning, 9 h"}},
    ),
    "two sections, whose names may be in any order": (
        {"section_ids": "12, 13", "section_names": '["A", "B"]'},
        {SECTION: {"12": "", "13": ""}},
    ),
    "Canvas's groups": ({"section_ids": "", "group_ids": "ab9,cd1"}, {SECTION: {}, GROUP: {"ab9": "", "cd1": ""}}),
    "Moodle's groups": ({"group_ids": "4,5"}, {GROUP: {"4": "", "5": ""}}),
    "in no group": ({"group_ids": " "}, {GROUP: {}}),
    "variables that were not filled in": ({"section_ids": "$Canvas.course.sectionIds", "group_ids": "$Moodle.x"}, {}),
    "names that are no JSON": ({"section_ids": "12", "section_names": "Morning"}, {SECTION: {"12": ""}}),
    "names within lists without end": ({"section_ids": "12", "section_names": "[" * 2_000}, {SECTION: {"12": ""}}),
    "names that are no list": ({"section_ids": "12", "section_names": '{"a": 1}'}, {SECTION: {"12": ""}}),
    "names that are no text": ({"section_ids": "12", "section_names": "[5]"}, {SECTION: {"12": ""}}),
    "empty parts and doubles": ({"group_ids": ",4,,4, "}, {GROUP: {"4": ""}}),
    "a number": ({"group_ids": 4}, {GROUP: {"4": ""}}),
    "no text at all": ({"group_ids": [4], "section_ids": None}, {}),
}


@pytest.mark.parametrize(("custom", "told"), TOLD.values(), ids=TOLD)
def test_what_custom_parameters_tell(custom, told):
    assert groups_told(custom_of(custom)) == told


def test_so_many_groups_and_no_more():
    assert len(groups_told({"group_ids": ",".join(map(str, range(500)))})[GROUP]) == MAX_GROUPS


@pytest.mark.parametrize(
    ("issuer", "asked"),
    [("https://canvas.instructure.com", CANVAS_GROUPS), ("https://moodle.example.edu", MOODLE_GROUPS)],
)
def test_a_deep_link_asks_to_be_told(issuer, asked):
    item = content_item(5, issuer=issuer, title="T", points=20, launch_url="https://t.example", accepts_line_item=False)
    assert item["custom"] == {"discussion": "5", **asked, **HISTORY}


@pytest.fixture
def memberships(database):
    def memberships():
        with database.read() as session:
            rows = session.execute(
                select(Person.sub, Group.kind, Group.name)
                .join(GroupMember, GroupMember.person_id == Person.id)
                .join(Group, Group.id == GroupMember.group_id)
            )
            return {tuple(row) for row in rows}

    return memberships


def custom(**told):
    return {CLAIM + "custom": told}


def test_each_launch_tells_anew(visitor: Browser, memberships):
    visitor.launch(**custom(section_ids="12", section_names='["Morning"]', group_ids="4,5"))
    assert memberships() == {
        ("student-1", SECTION, "Morning"),
        ("student-1", GROUP, "4"),
        ("student-1", GROUP, "5"),
    }
    visitor.launch(**custom(group_ids="5"))
    assert memberships() == {("student-1", SECTION, "Morning"), ("student-1", GROUP, "5")}
    visitor.launch(**custom(section_ids=""))
    assert memberships() == {("student-1", GROUP, "5")}


def test_teachers_are_put_into_none(visitor: Browser, memberships):
    visitor.launch(sub="teacher", roles=[f"{MEMBERSHIP}#Instructor"], **custom(section_ids="1,2,3"))
    assert memberships() == set()

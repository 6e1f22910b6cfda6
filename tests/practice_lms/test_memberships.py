"""Names and Role Provisioning Services 2.0."""

import re

import pytest
from flask.testing import FlaskClient

from lti_app.practice_lms.course import Placement
from lti_app.practice_lms.lms import PracticeLms
from lti_app.practice_lms.vocabulary import CLAIM, MEMBERSHIPS_TYPE, NRPS_CLAIM, SCOPE_MEMBERSHIP, SCOPE_SCORE


@pytest.fixture
def url(lms: PracticeLms) -> str:
    return lms.launch_claims("amara", "rl-week-3")[NRPS_CLAIM]["context_memberships_url"]


@pytest.fixture
def headers(lms: PracticeLms) -> dict[str, str]:
    return {"Authorization": f"Bearer {lms.issue_token([SCOPE_MEMBERSHIP])}", "Accept": MEMBERSHIPS_TYPE}


def all_members(visitor: FlaskClient, url: str, headers: dict[str, str]) -> tuple[list[dict], int]:
    members, pages = [], 0
    while url:
        answer = visitor.get(url, headers=headers)
        assert answer.mimetype == MEMBERSHIPS_TYPE
        members, pages = members + answer.get_json(force=True)["members"], pages + 1
        following = re.fullmatch(r'<([^>]+)>; rel="next"', answer.headers.get("Link", ""))
        url = following[1] if following else ""
    return members, pages


def test_everybody_is_listed_page_by_page(
    visitor: FlaskClient, lms: PracticeLms, url: str, headers: dict[str, str]
) -> None:
    members, pages = all_members(visitor, url, headers)
    assert pages == 3
    assert [member["user_id"] for member in members] == [person.id for person in lms.course.people]
    assert all(member["status"] == "Active" and member["roles"] for member in members)
    assert visitor.get(url, headers=headers).get_json(force=True)["context"]["id"] == lms.course.id
    assert all_members(visitor, f"{url}?limit=5", headers)[1] == 6


@pytest.mark.parametrize(
    ("role", "count"),
    [
        ("Learner", 24),
        ("http://purl.imsglobal.org/vocab/lis/v2/membership%23Instructor", 2),
        ("http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor%23TeachingAssistant", 1),
        ("Mentor", 0),
    ],
)
def test_a_role_is_kept_over_all_pages(
    visitor: FlaskClient, url: str, headers: dict[str, str], role: str, count: int
) -> None:
    assert len(all_members(visitor, f"{url}?role={role}", headers)[0]) == count


def test_a_resource_link_adds_its_message(
    visitor: FlaskClient, lms: PracticeLms, url: str, headers: dict[str, str]
) -> None:
    lms.placements.add(Placement("rl-9", "Week 9", "", None, {"who": "$User.id", "fixed": "1", "odd": "$Odd"}))
    member = all_members(visitor, f"{url}?rlid=rl-9", headers)[0][0]
    assert member["message"][0][f"{CLAIM}custom"] == {"who": member["user_id"], "fixed": "1", "odd": "$Odd"}
    assert visitor.get(f"{url}?rlid=other", headers=headers).status_code == 404


def test_refusals(visitor: FlaskClient, lms: PracticeLms, url: str, headers: dict[str, str]) -> None:
    other = {"Authorization": f"Bearer {lms.issue_token([SCOPE_SCORE])}"}
    assert visitor.get(url).status_code == 401
    assert visitor.get(url, headers=other).status_code == 403
    assert visitor.get(url, headers=headers | {"Accept": "application/json"}).status_code == 406
    assert visitor.post(url, headers=headers).status_code == 405
    assert visitor.get("/api/courses/other/memberships", headers=headers).status_code == 404
    assert visitor.get(f"{url}?limit=none", headers=headers).status_code == 400

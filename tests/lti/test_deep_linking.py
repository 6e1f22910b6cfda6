"""Adding a discussion from within the LMS, from its request to our signed answer."""

import re
from html import unescape
from typing import Any

import jwt
import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_app.discussion.discussions.models import Discussion
from lti_app.lti.keys import public_jwks
from lti_app.lti.models import Placement
from tests.lti.fake_lms import ABSENT, BASE_URL, CLAIM, DEEP_LINKING, MEMBERSHIP, TARGET, Browser

DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
RETURN_URL = 'https://lms.example/return.php?course=2&sesskey="><b>'
SETTINGS = {
    "deep_link_return_url": RETURN_URL,
    "accept_types": ["ltiResourceLink"],
    "accept_presentation_document_targets": ["iframe"],
}
SECURE = {"base_url": BASE_URL.replace("http:", "https:")}


class Choosing:
    """An instructor on the page that a deep linking request opens."""

    def __init__(self, visitor: Browser, **changes: Any) -> None:
        self.visitor = visitor
        arrival = visitor.launch(**request_claims(**changes))
        assert arrival.status_code == 303, arrival.text
        self.url = arrival.headers["Location"]

    def get(self) -> TestResponse:
        return self.visitor.client.get(self.url, **SECURE)

    def token(self) -> str:
        field = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get().text)
        assert field is not None
        return field.group(1)

    def post(self, **fields: str) -> TestResponse:
        data = {"title": "Kotter", "points": "12.5", **fields}
        if "csrf_token" not in data:
            data["csrf_token"] = self.token()
        referer = {"Referer": SECURE["base_url"] + self.url}
        return self.visitor.client.post(self.url, data=data, headers=referer, **SECURE)


def request_claims(**settings: Any) -> dict[str, Any]:
    offered = {name: value for name, value in (SETTINGS | settings).items() if value is not ABSENT}
    return {
        "message_type": "LtiDeepLinkingRequest",
        "roles": [f"{MEMBERSHIP}#Instructor"],
        "resource_link": ABSENT,
        DEEP_LINKING: offered,
    }


@pytest.fixture
def choosing(visitor):
    return lambda **settings: Choosing(visitor, **settings)


@pytest.fixture
def answer_of(database, clock):
    """The claims that an LMS reads from our answer, after checking it as the specification wants."""

    def read(page: TestResponse) -> dict[str, Any]:
        assert page.status_code == 200, page.text
        sent = re.search(r'name="JWT" value="([^"]+)"', page.text)
        assert sent is not None
        with database.read() as session:
            keys = jwt.PyJWKSet.from_dict(public_jwks(session, clock()))
        key = keys[jwt.get_unverified_header(sent.group(1))["kid"]]
        claims = jwt.decode(
            sent.group(1),
            key,
            ["RS256"],
            audience="https://lms.example",
            options={"verify_exp": False, "verify_iat": False},
        )
        now = int(clock().timestamp())
        assert claims["iat"] < now < claims["exp"] <= now + 600
        return claims

    return read


def test_answer_carries_one_graded_link(choosing, answer_of, database):
    claims = answer_of(choosing(data="as sent").post())
    with database.read() as session:
        discussion = session.scalars(select(Discussion)).one()
    number = str(discussion.id)
    assert (discussion.title, str(discussion.points)) == ("Kotter", "12.50")
    assert (claims["iss"], claims["aud"]) == ("client-1", ["https://lms.example"])
    assert claims[CLAIM + "message_type"] == "LtiDeepLinkingResponse"
    assert claims[CLAIM + "version"] == "1.3.0"
    assert claims[CLAIM + "deployment_id"] == "1"
    assert claims[DL + "data"] == "as sent"
    assert claims["nonce"]
    assert claims[DL + "content_items"] == [
        {
            "type": "ltiResourceLink",
            "title": "Kotter",
            "url": TARGET,
            "custom": {
                "discussion": number,
                "group_ids": "$Moodle.Person.userGroupIds",
                "context_history": "$Context.id.history",
            },
            "lineItem": {
                "label": "Kotter",
                "scoreMaximum": 12.5,
                "resourceId": f"discussion-{number}",
                "tag": "colloquy",
            },
        }
    ]


def test_data_is_left_out_where_none_was_sent(choosing, answer_of):
    assert DL + "data" not in answer_of(choosing().post())


def test_no_column_where_the_lms_takes_none(choosing, answer_of):
    (item,) = answer_of(choosing(accept_lineitem=False).post())[DL + "content_items"]
    assert "lineItem" not in item


def test_return_address_is_escaped_and_may_be_posted_to(choosing):
    page = choosing().post()
    action = re.search(r'<form method="post" action="([^"]*)" data-submit-on-load>', page.text)
    assert action is not None
    assert unescape(action.group(1)) == RETURN_URL
    policy = page.headers["Content-Security-Policy"]
    assert "form-action 'self' https://lms.example;" in policy


@pytest.mark.parametrize(
    ("host", "allowed"), [("école.example", "https://xn--cole-9oa.example"), ("a.example;script-src", "")]
)
def test_return_address_in_another_script_can_stand_in_a_header(choosing, host, allowed):
    page = choosing(deep_link_return_url=f"https://{host}/back").post()
    (sources,) = re.findall("form-action 'self' ?([^;]*);", page.headers["Content-Security-Policy"])
    assert sources == allowed


def test_proposed_title_is_shown(choosing):
    page = choosing(title="Week 3 <discussion>").get()
    assert 'value="Week 3 &lt;discussion&gt;"' in page.text


def test_cancelling_answers_without_items_and_makes_nothing(choosing, answer_of, database):
    claims = answer_of(choosing().post(cancel="Cancel", title=""))
    assert claims[DL + "content_items"] == []
    with database.read() as session:
        assert session.scalars(select(Discussion)).all() == []


def test_answer_is_given_once(choosing, database):
    page = choosing()
    token = page.token()
    assert page.post(csrf_token=token).status_code == 200
    assert page.post(csrf_token=token).status_code == 410
    assert page.get().status_code == 410
    with database.read() as session:
        assert len(session.scalars(select(Discussion)).all()) == 1


@pytest.mark.parametrize("fields", [{"title": ""}, {"points": "0"}, {"points": "many"}, {"points": ""}])
def test_unusable_form_is_given_back(choosing, answer_of, fields):
    page = choosing()
    refused = page.post(**fields)
    assert refused.status_code == 422
    assert "error-summary" in refused.text
    assert answer_of(page.post())[DL + "content_items"]


def test_forged_form_is_refused(choosing, database):
    assert choosing().post(csrf_token="forged").status_code == 401
    with database.read() as session:
        assert session.scalars(select(Discussion)).all() == []


def test_another_instructor_cannot_use_the_page(choosing, visitor):
    page = choosing()
    visitor.launch(**request_claims(), sub="teacher-2")
    assert page.get().status_code == 410


def test_page_needs_the_visit(choosing, app):
    page = choosing()
    assert app.test_client().get(page.url, **SECURE).status_code == 401


@pytest.mark.parametrize("roles", [[f"{MEMBERSHIP}#Learner"], [f"{MEMBERSHIP}/Instructor#TeachingAssistant"], []])
def test_only_instructors_may_add(visitor, roles):
    assert visitor.launch(**{**request_claims(), "roles": roles}).status_code == 403


@pytest.mark.parametrize(
    "settings",
    [{"accept_types": ["link", "html"]}, {"deep_link_return_url": ABSENT}, {"deep_link_return_url": "javascript:x"}],
)
def test_request_that_we_cannot_serve_is_explained(visitor, settings):
    refused = visitor.launch(**request_claims(**settings))
    assert refused.status_code >= 400
    assert "Reference: " in refused.text


def test_placed_link_opens_the_discussion_that_was_added(choosing, answer_of, visitor, database):
    (item,) = answer_of(choosing().post())[DL + "content_items"]
    opened = visitor.launch(**{CLAIM + "custom": item["custom"], "roles": [f"{MEMBERSHIP}#Instructor"]})
    assert opened.status_code == 303
    with database.read() as session:
        assert str(session.scalars(select(Placement.discussion_id)).one()) == item["custom"]["discussion"]

"""Adding a discussion from within the LMS, from its request to our signed answer."""

import re
from dataclasses import replace
from html import unescape
from typing import Any

import jwt
import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_app.discussion.discussions.models import Discussion
from lti_app.lti.keys import public_jwks
from lti_app.lti.models import Placement
from tests.lti.fake_lms import ABSENT, AGS, BASE_URL, CLAIM, DEEP_LINKING, MEMBERSHIP, NRPS, TARGET, Browser

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
    chosen = claims[DL + "content_items"][0]["custom"]["discussion"]
    assert re.fullmatch(r"[\w-]{22}\.1250", chosen)
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
                "discussion": chosen,
                "group_ids": "$Moodle.Person.userGroupIds",
                "context_history": "$Context.id.history",
            },
            "lineItem": {
                "label": "Kotter",
                "scoreMaximum": 12.5,
                "resourceId": f"discussion-{chosen}",
                "tag": "colloquy",
            },
        }
    ]


def test_data_is_left_out_where_none_was_sent(choosing, answer_of):
    assert DL + "data" not in answer_of(choosing().post())


@pytest.mark.parametrize(
    "data",
    ["", "\0\ud800 é", 5, 1.5, 2**70, -0.0, 1e300, True, False, None, [], {}, ["a", {"b": [None]}], {"x": {"y": "z"}}],
    ids=repr,
)
@pytest.mark.parametrize("fields", [{}, {"cancel": "Cancel"}])
def test_data_comes_back_as_it_came(data, fields, choosing, answer_of):
    came_back = answer_of(choosing(data=data).post(**fields))[DL + "data"]
    assert (came_back, type(came_back)) == (data, type(data))


def nested(depth: int) -> Any:
    value: Any = "within"
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("data", [nested(99), {"list": nested(98)}])
def test_data_within_data_comes_back(data, choosing, answer_of):
    assert answer_of(choosing(data=data).post())[DL + "data"] == data


@pytest.mark.parametrize(
    "data", [float("inf"), float("nan"), [float("-inf")], nested(100), nested(180)], ids=lambda data: str(data)[:20]
)
def test_data_that_could_not_come_back_is_refused(data, visitor, refused):
    refused(visitor.launch(**request_claims(data=data)), "deep_linking_data", 400)


def test_no_column_where_the_lms_takes_none(choosing, answer_of):
    (item,) = answer_of(choosing(accept_lineitem=False).post())[DL + "content_items"]
    assert "lineItem" not in item


@pytest.mark.parametrize("accepted", [True, None, ABSENT, "no"])
def test_a_column_unless_the_lms_takes_none(accepted, choosing, answer_of):
    (item,) = answer_of(choosing(accept_lineitem=accepted).post())[DL + "content_items"]
    assert item["lineItem"]["scoreMaximum"] == 12.5


@pytest.mark.parametrize("many", [True, False, ABSENT])
def test_one_discussion_is_one_item(many, choosing, answer_of):
    assert len(answer_of(choosing(accept_multiple=many).post())[DL + "content_items"]) == 1


@pytest.mark.parametrize(
    ("targets", "window"),
    [
        (["window"], {"targetName": "_blank"}),
        (["embed", "window"], {"targetName": "_blank"}),
        (["iframe", "window"], None),
        (["frame", "iframe", "window"], None),
        (["embed"], None),
        ([], None),
        (ABSENT, None),
        ("window", None),
        ([None, 5, ["window"]], None),
    ],
)
def test_opens_where_the_lms_can_open_it(targets, window, choosing, answer_of):
    (item,) = answer_of(choosing(accept_presentation_document_targets=targets).post())[DL + "content_items"]
    assert item.get("window") == window


@pytest.mark.parametrize(("at_once", "told"), [(True, "is added"), (False, "save the new"), (ABSENT, "save the new")])
def test_page_says_whether_the_lms_asks_again(at_once, told, choosing):
    assert told in choosing(auto_create=at_once).get().text


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/return",
        "https://lms.example.evil.example/",
        "https://evillms.example/",
        "http://lms.example/",
    ],
)
def test_answer_goes_to_the_platform_alone(url, visitor, refused):
    refused(visitor.launch(**request_claims(deep_link_return_url=url)), "deep_linking_return", 400)


@pytest.mark.parametrize(
    "claims",
    [
        {CLAIM + "launch_presentation": {"return_url": "https://canvas.school.example/courses/1"}},
        {AGS: {"lineitems": "https://canvas.school.example/api/lti/courses/1/line_items", "scope": []}},
        {NRPS: {"context_memberships_url": "https://canvas.school.example/api/lti/names_and_roles"}},
    ],
)
def test_answer_goes_to_the_host_of_a_school_that_the_message_names(claims, visitor):
    url = "https://canvas.school.example/courses/1/deep_linking_response?data=x"
    assert visitor.launch(**request_claims(deep_link_return_url=url), **claims).status_code == 303


def test_answer_goes_to_a_school_in_the_cloud_of_canvas(register, visitor, app):
    canvas = register(replace(visitor.lms, issuer="https://canvas.instructure.com"))
    url = "https://school.instructure.com/courses/1/deep_linking_response"
    assert Browser(app, canvas).launch(**request_claims(deep_link_return_url=url)).status_code == 303


@pytest.mark.parametrize("link", [{"id": "link-1", "title": "T"}, {"id": ""}, {"id": 5}, None, "x"], ids=repr)
def test_a_link_in_the_request_changes_nothing(link, visitor, database):
    opened = visitor.launch(**{**request_claims(), "resource_link": link})
    assert "/add/" in opened.headers["Location"]
    with database.read() as session:
        assert session.scalars(select(Placement)).all() == []


def test_return_address_is_escaped_and_may_be_posted_to(choosing):
    page = choosing().post()
    action = re.search(r'<form method="post" action="([^"]*)" data-submit-on-load>', page.text)
    assert action is not None
    assert unescape(action.group(1)) == RETURN_URL
    policy = page.headers["Content-Security-Policy"]
    assert "form-action 'self' https://lms.example;" in policy


@pytest.mark.parametrize(
    ("host", "allowed"),
    [("école.lms.example", "https://xn--cole-9oa.lms.example"), ("a;script-src.lms.example", "")],
)
def test_return_address_in_another_script_can_stand_in_a_header(choosing, host, allowed):
    page = choosing(deep_link_return_url=f"https://{host}/back").post()
    (sources,) = re.findall("form-action 'self' ?([^;]*);", page.headers["Content-Security-Policy"])
    assert sources == allowed


def test_proposed_title_is_shown(choosing):
    page = choosing(title="Week 3 <discussion>").get()
    assert 'value="Week 3 &lt;discussion&gt;"' in page.text


def test_cancelling_answers_without_items(choosing, answer_of):
    claims = answer_of(choosing().post(cancel="Cancel", title=""))
    assert claims[DL + "content_items"] == []


@pytest.mark.parametrize("fields", [{}, {"cancel": "Cancel"}], ids=["chosen", "cancelled"])
def test_nothing_remains_of_a_choice_that_the_lms_rejects(fields, choosing, database):
    assert choosing().post(**fields).status_code == 200
    with database.read() as session:
        assert session.scalars(select(Discussion)).all() == []
        assert session.scalars(select(Placement)).all() == []


def test_answer_is_given_once(choosing):
    page = choosing()
    token = page.token()
    assert page.post(csrf_token=token).status_code == 200
    assert page.post(csrf_token=token).status_code == 410
    assert page.get().status_code == 410


def test_two_choices_are_two_discussions(choosing, answer_of):
    first, second = (answer_of(choosing().post())[DL + "content_items"][0]["custom"] for _ in range(2))
    assert first["discussion"] != second["discussion"]


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
        discussion = session.scalars(select(Discussion)).one()
        assert session.scalars(select(Placement.discussion_id)).one() == discussion.id
    # The LMS's title counts: the instructor may have changed it there before saving.
    assert (discussion.title, str(discussion.points)) == ("Managers and leaders", "12.50")

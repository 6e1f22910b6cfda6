"""Line items of AGS 2.0."""

import re

import pytest
from flask.testing import FlaskClient

from lti_app.practice_lms.grade_messages import LineItemDraft
from lti_app.practice_lms.launches import line_items_url
from lti_app.practice_lms.lms import PracticeLms
from lti_app.practice_lms.vocabulary import (
    AGS_CLAIM,
    LINE_ITEM_TYPE,
    LINE_ITEMS_TYPE,
    SCOPE_LINE_ITEM,
    SCOPE_LINE_ITEM_READ,
    SCOPE_SCORE,
)

DEFINITION = {"label": "Week 3", "scoreMaximum": 20, "resourceLinkId": "rl-week-3", "resourceId": "d-1", "tag": "grade"}


@pytest.fixture
def writer(lms: PracticeLms) -> dict[str, str]:
    return {"Authorization": f"Bearer {lms.issue_token([SCOPE_LINE_ITEM])}"}


@pytest.fixture
def container(lms: PracticeLms) -> str:
    return line_items_url(lms.config, lms.course)


def create(visitor: FlaskClient, url: str, headers: dict[str, str], **changes: object):
    return visitor.post(url, json=DEFINITION | changes, headers=headers, content_type=LINE_ITEM_TYPE)


def test_a_created_line_item_can_be_read_and_is_named_in_the_launch(
    visitor: FlaskClient, lms: PracticeLms, writer: dict[str, str], container: str
) -> None:
    answer = create(visitor, container, writer)
    item = answer.get_json(force=True)
    assert answer.status_code == 201
    assert answer.mimetype == LINE_ITEM_TYPE
    assert answer.headers["Location"] == item["id"]
    assert item == DEFINITION | {"id": item["id"], "startDateTime": None, "endDateTime": None}
    shown = visitor.get(item["id"], headers=writer | {"Accept": LINE_ITEM_TYPE})
    assert shown.get_json(force=True) == item
    assert lms.launch_claims("amara", "rl-week-3")[AGS_CLAIM]["lineitem"] == item["id"]
    create(visitor, container, writer, tag="second")
    assert "lineitem" not in lms.launch_claims("amara", "rl-week-3")[AGS_CLAIM]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"label": " "}, 422),
        ({"label": None}, 422),
        ({"scoreMaximum": 0}, 422),
        ({"scoreMaximum": "20"}, 422),
        ({"scoreMaximum": None}, 422),
        ({"scoreMaximum": True}, 422),
        ({"tag": 5}, 422),
        ({"startDateTime": "2026-11-23T10:00:00"}, 422),
        ({"endDateTime": "soon"}, 422),
        ({"resourceLinkId": "elsewhere"}, 404),
    ],
)
def test_a_wrong_definition_is_refused(
    visitor: FlaskClient, writer: dict[str, str], container: str, changes: dict, status: int
) -> None:
    assert create(visitor, container, writer, **changes).status_code == status
    assert visitor.get(container, headers=writer).get_json(force=True) == []


def test_bodies_must_be_json_objects_of_the_right_type(
    visitor: FlaskClient, writer: dict[str, str], container: str
) -> None:
    assert visitor.post(container, json=DEFINITION, headers=writer).status_code == 415
    for body in ("{", "[]"):
        answer = visitor.post(container, data=body, headers=writer, content_type=LINE_ITEM_TYPE)
        assert answer.status_code == 400
    large = visitor.post(container, data=b" " * 1_100_000, headers=writer, content_type=LINE_ITEM_TYPE)
    assert large.status_code == 413


def test_tokens_and_scopes_are_required(visitor: FlaskClient, lms: PracticeLms, container: str) -> None:
    def answer(token: str | None) -> int:
        return create(visitor, container, {"Authorization": f"Bearer {token}"} if token else {}).status_code

    missing = visitor.get(container)
    assert missing.status_code == 401
    assert missing.headers["WWW-Authenticate"] == "Bearer"
    assert answer(None) == 401
    assert answer("unknown") == 401
    assert answer(lms.issue_token([SCOPE_SCORE])) == 403
    assert answer(lms.issue_token([SCOPE_LINE_ITEM_READ])) == 403
    reader = {"Authorization": f"Bearer {lms.issue_token([SCOPE_LINE_ITEM_READ])}"}
    assert visitor.get(container, headers=reader).status_code == 200


def test_the_answer_type_must_be_accepted(visitor: FlaskClient, writer: dict[str, str], container: str) -> None:
    assert visitor.get(container, headers=writer | {"Accept": "text/html"}).status_code == 406
    answer = visitor.get(container, headers=writer | {"Accept": LINE_ITEMS_TYPE})
    assert answer.status_code == 200
    assert answer.mimetype == LINE_ITEMS_TYPE


def test_filters_and_pages(visitor: FlaskClient, lms: PracticeLms, writer: dict[str, str], container: str) -> None:
    for number in range(12):
        draft = LineItemDraft(label=f"Quiz {number}", score_maximum=1, resource_id="quiz", tag=f"t{number % 2}")
        lms.gradebook.create(draft)
    create(visitor, container, writer)

    def labels(query: str) -> list[str]:
        found, url = [], f"{container}&{query}"
        while url:
            answer = visitor.get(url, headers=writer)
            found += [item["label"] for item in answer.get_json(force=True)]
            following = re.fullmatch(r'<([^>]+)>; rel="next"', answer.headers.get("Link", ""))
            url = following[1] if following else ""
        return found

    assert len(labels("")) == 13
    assert len(labels("limit=3")) == 13
    assert labels("tag=t1&limit=2") == [f"Quiz {number}" for number in range(1, 12, 2)]
    assert labels("resource_link_id=rl-week-3") == ["Week 3"]
    assert labels("resource_link_id=rl-week-3&resource_id=quiz") == []
    assert len(visitor.get(container, headers=writer).get_json(force=True)) == 10
    for query in ("limit=0", "limit=-1", "limit=x", "from=²"):
        assert visitor.get(f"{container}&{query}", headers=writer).status_code == 400


def test_replacing_changes_the_definition_but_not_identity(
    visitor: FlaskClient, writer: dict[str, str], container: str
) -> None:
    item = create(visitor, container, writer).get_json(force=True)

    def put(**body: object):
        return visitor.put(item["id"], json=body, headers=writer, content_type=LINE_ITEM_TYPE)

    changed = put(label="Renamed", scoreMaximum=10).get_json(force=True)
    assert changed["id"] == item["id"]
    assert changed["label"] == "Renamed"
    assert changed["scoreMaximum"] == 10
    assert changed["resourceLinkId"] == "rl-week-3"
    assert "tag" not in changed
    assert put(label="x", scoreMaximum=10, id="http://other/").status_code == 400
    assert put(label="x", scoreMaximum=10, resourceLinkId="rl-week-4").status_code == 400
    assert put(scoreMaximum=10).status_code == 422


def test_deleting_and_unknown_addresses(visitor: FlaskClient, writer: dict[str, str], container: str) -> None:
    url = create(visitor, container, writer).get_json(force=True)["id"]
    assert visitor.delete(url, headers=writer).status_code == 204
    assert visitor.get(url, headers=writer).status_code == 404
    assert visitor.delete(url, headers=writer).status_code == 404
    assert create(visitor, container, writer).get_json(force=True)["id"] != url
    assert visitor.get(container.partition("?")[0], headers=writer).status_code == 404
    assert visitor.get("/api/courses/other/lineitems?registration=practice-client", headers=writer).status_code == 404
    wrong = visitor.patch(container, headers=writer)
    assert wrong.status_code == 405
    assert "GET" in wrong.headers["Allow"]
    assert wrong.mimetype == "application/json"
    assert visitor.get("/api/nothing", headers=writer).mimetype == "application/json"

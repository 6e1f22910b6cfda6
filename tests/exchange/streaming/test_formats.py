"""Every kind of activity is what Caliper 1.2 and xAPI demand, whatever it is of."""

import base64
import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.exchange.streaming.errors import StreamSettingsRefused
from lti_app.exchange.streaming.rules.activities import (
    ActivityKind,
    Given,
    LearningActivity,
    LmsUser,
    Naming,
    StreamFormat,
    moment,
)
from lti_app.exchange.streaming.rules.caliper import envelope, event
from lti_app.exchange.streaming.rules.endpoints import (
    BatchVerdict,
    Destination,
    checked_destination,
    code_of,
    judge_status,
)
from lti_app.exchange.streaming.rules.xapi import statement, statements
from tests.cast import MONDAY
from tests.exchange.streaming.shapes import check_envelope, check_statements

NAMING = Naming("https://colloquy.example.edu", "0f" * 32)
REPLY = LearningActivity(
    kind=ActivityKind.POSTED,
    object_id=12,
    version=0,
    at=MONDAY,
    course_id=3,
    discussion_id=4,
    person_id=5,
    is_staff=False,
    post_id=12,
    parent_id=11,
    root_id=10,
)
ids = st.integers(min_value=1, max_value=2**62)
maybe_ids = st.none() | ids
points = st.decimals(min_value=-5, max_value=500, places=2)


@st.composite
def activities(draw):
    kind = draw(st.sampled_from(ActivityKind))
    is_of_post = kind not in (ActivityKind.OPENED, ActivityKind.GRADED)
    return LearningActivity(
        kind=kind,
        object_id=draw(ids),
        version=draw(st.integers(min_value=0, max_value=2**62)),
        at=draw(st.timedeltas(timedelta(0), timedelta(days=20_000)).map(lambda later: MONDAY + later)),
        course_id=draw(ids),
        discussion_id=None if kind is ActivityKind.OPENED else draw(ids),
        person_id=draw(ids),
        is_staff=draw(st.booleans()),
        post_id=draw(ids) if is_of_post else None,
        parent_id=draw(maybe_ids) if is_of_post else None,
        root_id=draw(maybe_ids) if is_of_post else None,
        reading_id=draw(ids) if kind in (ActivityKind.CITED, ActivityKind.OPENED) else None,
        by_id=draw(ids) if kind is ActivityKind.GRADED else None,
        given=Given(draw(points), draw(st.just(Decimal(0)) | points)) if kind is ActivityKind.GRADED else None,
        hides_names=draw(st.booleans()),
        lms_user=draw(st.none() | st.just(LmsUser("https://lms.example.edu", "a3f-9"))),
    )


@given(st.lists(activities(), min_size=1, max_size=5, unique_by=lambda each: (each.kind, each.object_id, each.version)))
def test_all_have_the_shape_that_is_demanded(some):
    check_envelope(envelope(some, NAMING, now=MONDAY))
    check_statements(statements(some, NAMING))


@given(activities())
def test_repeating_says_the_same(activity):
    assert event(activity, NAMING) == event(replace(activity), NAMING)
    assert statement(activity, NAMING) == statement(replace(activity), NAMING)


@given(activities(), activities())
def test_ids_are_the_same_only_for_the_same(one, other):
    is_same = (one.kind, one.object_id, one.version) == (other.kind, other.object_id, other.version)
    assert (NAMING.event(one) == NAMING.event(other)) == is_same
    assert NAMING.event(one) != Naming(NAMING.base_url, "1e" * 32).event(one)


def test_reply_says_what_it_replies_to():
    caliper, xapi = event(REPLY, NAMING), statement(REPLY, NAMING)
    root = "https://colloquy.example.edu/activity/courses/3/discussions/4"
    assert caliper["object"]["replyTo"] == {"id": f"{root}/posts/11", "type": "Message"}
    assert caliper["object"]["isPartOf"]["id"] == f"{root}/threads/10"
    assert xapi["verb"] == {"id": "http://id.tincanapi.com/verb/replied", "display": {"en-US": "replied"}}
    assert xapi["context"]["contextActivities"]["parent"][0]["id"] == f"{root}/posts/11"
    assert statement(replace(REPLY, parent_id=None), NAMING)["verb"]["display"] == {"en-US": "posted"}


def test_moments_are_in_utc_with_milliseconds():
    east = timezone(timedelta(hours=2))
    assert moment(datetime(2026, 3, 2, 11, 0, 0, 123999, tzinfo=east)) == "2026-03-02T09:00:00.123Z"


def test_points_above_the_maximum_are_told_without_it():
    graded = replace(REPLY, kind=ActivityKind.GRADED, given=Given(Decimal(22), Decimal(20)), by_id=1)
    assert statement(graded, NAMING)["result"] == {"score": {"raw": 22.0}}
    assert event(graded, NAMING)["generated"]["scoreGiven"] == 22.0


@pytest.mark.parametrize(
    ("kind", "token", "expected"),
    [
        (StreamFormat.CALIPER, "abc:d", {"Authorization": "Bearer abc:d"}),
        (
            StreamFormat.XAPI,
            "key:secret",
            {
                "Authorization": f"Basic {base64.b64encode(b'key:secret').decode()}",
                "X-Experience-API-Version": "1.0.3",
            },
        ),
        (StreamFormat.XAPI, "abc", {"Authorization": "Bearer abc", "X-Experience-API-Version": "1.0.3"}),
        (StreamFormat.XAPI_2, "", {"X-Experience-API-Version": "2.0.0"}),
    ],
)
def test_headers(kind, token, expected):
    plain = {"Content-Type": "application/json", "Accept": "application/json"}
    assert Destination(kind, "https://a.example", token).headers() == {**plain, **expected}


def test_body_is_an_envelope_or_a_list():
    caliper = Destination(StreamFormat.CALIPER, "https://a.example", "").body([REPLY], NAMING, now=MONDAY)
    xapi = Destination(StreamFormat.XAPI, "https://a.example", "").body([REPLY], NAMING, now=MONDAY)
    check_envelope(json.loads(caliper))
    check_statements(json.loads(xapi))


@pytest.mark.parametrize(
    ("status", "verdict", "code"),
    [
        (200, BatchVerdict.ACCEPTED, "status_200"),
        (202, BatchVerdict.ACCEPTED, "status_202"),
        (302, BatchVerdict.LATER, "status_302"),
        (400, BatchVerdict.REFUSED, "status_400"),
        (401, BatchVerdict.LATER, "unauthorized"),
        (403, BatchVerdict.LATER, "forbidden"),
        (404, BatchVerdict.LATER, "not_found"),
        (409, BatchVerdict.KNOWN, "status_409"),
        (413, BatchVerdict.REFUSED, "status_413"),
        (422, BatchVerdict.REFUSED, "status_422"),
        (429, BatchVerdict.LATER, "throttled"),
        (503, BatchVerdict.LATER, "server_error"),
    ],
)
def test_what_a_status_means(status, verdict, code):
    assert (judge_status(status), code_of(status)) == (verdict, code)


@pytest.mark.parametrize(
    ("kind", "address", "expected"),
    [
        (StreamFormat.CALIPER, " https://caliper.example.edu/in ", "https://caliper.example.edu/in"),
        (StreamFormat.XAPI, "https://lrs.example.edu/xapi/", "https://lrs.example.edu/xapi/statements"),
        (StreamFormat.XAPI_2, "https://lrs.example.edu/xapi/statements", "https://lrs.example.edu/xapi/statements"),
        (StreamFormat.CALIPER, "http://localhost:9000/in", "http://localhost:9000/in"),
    ],
)
def test_address_as_it_is_stored(kind, address, expected):
    assert checked_destination(kind, address, "t\n").address == expected


@pytest.mark.parametrize(
    ("address", "token"),
    [
        ("http://lrs.example.edu/in", ""),
        ("ftp://lrs.example.edu/in", ""),
        ("https://", ""),
        ("https://user@lrs.example.edu/", ""),
        ("https://lrs.example.edu/#a", ""),
        ("https://lrs.example.edu/ä", ""),
        ("https://lrs.example.edu/a b", ""),
        (f"https://lrs.example.edu/{'a' * 2000}", ""),
        ("https://lrs.example.edu:port/", ""),
        ("https://lrs.example.edu/", "two words"),
        ("https://lrs.example.edu/", "two\nlines"),
        ("https://lrs.example.edu/", "ключ"),
        ("https://lrs.example.edu/", "a" * 5000),
    ],
)
def test_what_is_refused(address, token):
    with pytest.raises(StreamSettingsRefused):
        checked_destination(StreamFormat.CALIPER, address, token)

"""Reading back what a gradebook column shows (AGS results): all of it, or nothing."""

from decimal import Decimal

import pytest

from lti_app.grading.passbacks.ports import PassbackDelayed, PassbackRefused
from lti_app.grading.passbacks.rules.states import Shown
from lti_app.lti.ags import RESULT_SCOPE, read_result
from tests.lti.services.fake_services import MAINTENANCE, FakeResponse


def test_grades_are_read_back_page_by_page(gradebook, readable, lms):
    for number, given in enumerate((17, 12.5, 3)):
        gradebook.send(readable.score(number, given=Decimal(str(given))))
    lms.page_size = 2
    lms.items[1]["scoreMaximum"] = 40
    (column,) = gradebook.read(readable.discussion_id, readable.people, whole=True)
    assert column.shown == {
        readable.people[0]: Shown(Decimal(34), Decimal(40)),
        readable.people[1]: Shown(Decimal(25), Decimal(40)),
        readable.people[2]: Shown(Decimal(6), Decimal(40)),
    }
    assert len(lms.asked["results"]) == 2
    assert "limit" not in lms.asked["results"][0].query


def test_one_grade_is_read_by_itself(gradebook, readable, lms):
    gradebook.send(readable.score(0))
    gradebook.send(readable.score(1))
    (column,) = gradebook.read(readable.discussion_id, [readable.people[1]], whole=False)
    assert list(column.shown) == [readable.people[1]]
    assert [asked.query["user_id"] for asked in lms.asked["results"]] == ["s1"]


def test_results_have_a_token_of_their_own(gradebook, readable, lms):
    """An LMS that refuses the one must not keep the scores from being sent."""
    gradebook.send(readable.score())
    gradebook.read(readable.discussion_id, readable.people, whole=True)
    scopes = [asked.form["scope"].split() for asked in lms.asked["token"]]
    assert [RESULT_SCOPE in each for each in scopes] == [False, True]


def test_without_the_scope_nothing_is_asked(gradebook, placed, lms):
    placed.change(lineitem_url=lms.add_item(resourceLinkId="link-1"))
    with pytest.raises(PassbackRefused) as refusal:
        gradebook.read(placed.discussion_id, placed.people, whole=True)
    assert refusal.value.code == "unreadable"
    assert not lms.asked


@pytest.mark.parametrize(
    ("answer", "fault", "code"),
    [
        (
            FakeResponse(404, {"status": 404, "reason": "Not Found: Grade item 1 doesn't exist"}),
            PassbackRefused,
            "not_found",
        ),
        (FakeResponse(404, "<html>Call to a member function out() on null</html>"), PassbackDelayed, "bad_answer"),
        (FakeResponse(403, {"status": 403}), PassbackRefused, "unreadable"),
        (FakeResponse(405, {"status": 405}), PassbackRefused, "unreadable"),
        (FakeResponse(500, "no"), PassbackDelayed, "server_error"),
        (FakeResponse(429, "", {"Retry-After": "9"}), PassbackDelayed, "throttled"),
        (FakeResponse(200, "<html>Maintenance</html>"), PassbackDelayed, "bad_answer"),
        (FakeResponse(200, {"results": []}), PassbackDelayed, "bad_answer"),
        pytest.param(FakeResponse(200, hangs=True), PassbackDelayed, "timeout", marks=pytest.mark.hangs),
    ],
)
def test_reading_that_fails_has_a_code(gradebook, readable, lms, answer, *, fault, code):
    lms.always["results"] = answer
    with pytest.raises(fault) as raised:
        gradebook.read(readable.discussion_id, readable.people, whole=True)
    assert raised.value.code == code


def test_half_a_column_is_none(gradebook, readable, lms):
    for number in range(3):
        gradebook.send(readable.score(number))
    following = f"{lms.url}/lineitems/1/lineitem/results?type_id=1&from=1"
    first = FakeResponse(200, [], {"Link": f'<{following}>; rel="next"'})
    for second in (MAINTENANCE, FakeResponse(404, {"status": 404}), FakeResponse(500)):
        lms.instead["results"] += [first, second]
        with pytest.raises(PassbackDelayed):
            gradebook.read(readable.discussion_id, readable.people, whole=True)


@pytest.mark.parametrize(
    ("entry", "read"),
    [
        ({"userId": "s1", "resultScore": 18, "resultMaximum": 20}, ("s1", Shown(Decimal(18), Decimal(20)))),
        ({"userId": 7, "resultScore": "18.5", "resultMaximum": 20}, ("7", Shown(Decimal("18.5"), Decimal(20)))),
        ({"userId": "s1", "resultScore": 0.83}, ("s1", Shown(Decimal("0.83"), Decimal(1)))),
        ({"userId": "s1", "resultScore": 89.99999, "resultMaximum": 100}, ("s1", Shown(Decimal(90), Decimal(100)))),
        ({"userId": "s1", "resultScore": None, "resultMaximum": 20, "comment": "only words"}, None),
        ({"userId": "s1"}, None),
        ({"resultScore": 18, "resultMaximum": 20}, None),
        ({"userId": "s1", "resultScore": True, "resultMaximum": 20}, None),
        ({"userId": "s1", "resultScore": "A-", "resultMaximum": 20}, None),
        ({"userId": "s1", "resultScore": float("inf"), "resultMaximum": 20}, None),
        ({"userId": "s1", "resultScore": 1e300, "resultMaximum": 20}, None),
        ({"userId": "s1", "resultScore": 18, "resultMaximum": -1}, None),
        ({"userId": ["s1"], "resultScore": 18, "resultMaximum": 20}, None),
        ("s1", None),
    ],
)
def test_result(entry, read):
    assert read_result(entry) == read

"""Scores: what is sent where, and what each answer of the LMS means."""

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from lti_app.core.http import Outgoing
from lti_app.core.key_value import DatabaseStore
from lti_app.grading.passbacks.ports import PassbackDelayed, PassbackRefused
from lti_app.lti.ags import (
    CANVAS_SUBMISSION,
    READ_SCOPE,
    SCORE,
    SCORE_SCOPE,
    WRITE_SCOPE,
    own_line_item,
    scores_url,
)
from lti_app.lti.gradebook import LtiGradebook
from lti_app.lti.services import LtiServices
from tests.lti.services.fake_services import MAINTENANCE, FakeResponse


def test_score_is_complete(gradebook, placed, lms):
    placed.change(lineitem_url=lms.add_item(resourceLinkId="link-1"))
    gradebook.send(placed.score())
    (asked,) = lms.asked["scores"]
    assert asked.path == "/lineitems/1/lineitem/scores"
    assert asked.query == {"type_id": "1"}
    assert asked.json == {
        "userId": "s0",
        "scoreGiven": 17.25,
        "scoreMaximum": 20,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": "2026-11-23T12:00:00.000Z",
        "comment": "Well argued.",
        "submission": {"submittedAt": "2026-11-23T09:00:00.000Z"},
    }


def test_line_item_of_the_launch_is_used_without_a_search(gradebook, placed, lms):
    placed.change(lineitem_url=lms.add_item())
    gradebook.send(placed.score())
    assert not lms.asked["lineitems"]


def test_links_own_line_item_is_found_before_one_is_made(gradebook, placed, lms):
    lms.add_item(resourceLinkId="other")
    url = lms.add_item(resourceLinkId="link-1", resourceId="", tag="")
    gradebook.send(placed.score())
    assert placed.lineitem_url() == url
    assert len(lms.items) == 2


def test_our_earlier_line_item_is_found_by_its_id(gradebook, placed, lms):
    url = lms.add_item(resourceId=f"discussion-{placed.discussion_id}", tag="colloquy")
    gradebook.send(placed.score())
    assert placed.lineitem_url() == url


def test_line_item_is_made_once_and_remembered(gradebook, placed, lms):
    gradebook.send(placed.score(0))
    gradebook.send(placed.score(1))
    assert lms.items[1] == {
        "id": lms.item_url(1),
        "label": "Zaleznik",
        "scoreMaximum": 20,
        "resourceId": f"discussion-{placed.discussion_id}",
        "tag": "colloquy",
        "resourceLinkId": "link-1",
    }
    assert len(lms.items) == 1
    assert placed.lineitem_url() == lms.item_url(1)


def test_line_items_are_read_to_the_last_page(gradebook, placed, lms):
    lms.page_size = 2
    for number in range(5):
        lms.add_item(resourceLinkId="link-1", resourceId=f"discussion-{placed.discussion_id}" if number == 4 else "")
    gradebook.send(placed.score())
    assert placed.lineitem_url() == lms.item_url(5)
    assert [asked.query.get("Bookmark") for asked in lms.asked["lineitems"]] == [None, "aB2", "aB4"]


def test_deleted_line_item_is_looked_for_anew(gradebook, placed, lms):
    placed.change(lineitem_url=lms.item_url(99))
    gradebook.send(placed.score())
    assert placed.lineitem_url() == lms.item_url(1)
    assert lms.scores[1, "s0"]["scoreGiven"] == 17.25


def test_two_workers_make_one_line_item(database, placed, lms, clock):
    meeting = Barrier(2)

    def send() -> None:
        store = DatabaseStore(database, clock)
        services = LtiServices(database=database, store=store, outgoing=Outgoing(), clock=clock)
        meeting.wait(10)
        try:
            LtiGradebook(database=database, services=services).send(placed.score())
        except PassbackDelayed as delay:
            outcomes.append(delay.code)
        except PassbackRefused as refusal:
            outcomes.append(refusal.code)
        else:
            outcomes.append("sent")

    outcomes: list[str] = []
    threads = [Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lms.items) == 1
    assert "sent" in outcomes
    assert set(outcomes) <= {"sent", "busy", "stale"}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (FakeResponse(409, [], reason="Refusing score"), "stale"),
        (FakeResponse(400, {"errors": "Provided timestamp of x before last updated timestamp of y"}), "stale"),
        (FakeResponse(422, {"errors": "User not found in course or is not a student"}), "unknown_user"),
        (FakeResponse(400, {"error": "no"}), "rejected"),
        (FakeResponse(422, {"errors": "maximum number of allowed attempts has been reached"}), "attempts"),
        (FakeResponse(422, {"errors": {"message": "This course has concluded"}}), "concluded"),
        (FakeResponse(403, {"status": 403, "reason": "Invalid LTI id supplied."}), "forbidden"),
        (FakeResponse(403, {}, {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}), "no_scope"),
        (FakeResponse(500, [], {"Content-Type": SCORE}), "locked"),
        (FakeResponse(422, {"errors": "The grade is locked"}), "locked"),
        (FakeResponse(500, "This grade item is locked"), "locked"),
    ],
)
def test_refusal_has_a_code(gradebook, placed, lms, answer, code):
    lms.always["scores"] = answer
    with pytest.raises(PassbackRefused) as refusal:
        gradebook.send(placed.score())
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("answer", "delayed"),
    [
        (FakeResponse(500, "Internal Server Error"), ("server_error", None)),
        (FakeResponse(503, "", {"Retry-After": "120"}), ("unreachable", 120)),
        (FakeResponse(429, "", {"Retry-After": "Mon, 23 Nov 2026 12:01:00 GMT"}), ("throttled", 60)),
        (FakeResponse(403, "403 Forbidden (Rate Limit Exceeded)"), ("throttled", None)),
        (FakeResponse(302, "", {"Location": "/login"}), ("bad_answer", None)),
        pytest.param(FakeResponse(200, hangs=True), ("timeout", None), marks=pytest.mark.hangs),
    ],
)
def test_delay_has_a_code(gradebook, placed, lms, answer, delayed):
    lms.instead["scores"].append(answer)
    with pytest.raises(PassbackDelayed) as delay:
        gradebook.send(placed.score())
    assert (delay.value.code, delay.value.retry_after) == delayed


def test_unknown_student_is_refused_without_a_word_about_the_person(gradebook, placed, lms):
    with pytest.raises(PassbackRefused) as refusal:
        gradebook.send(placed.score(3))
    assert (refusal.value.code, refusal.value.detail) == ("unknown_user", "Incorrect score received")


def test_words_of_the_lms_are_kept_unless_they_name_the_person(gradebook, placed, lms):
    lms.instead["scores"] += [
        FakeResponse(422, {"errors": "Course is concluded"}),
        FakeResponse(422, {"errors": "No s0 here"}),
    ]
    details = []
    for _ in range(2):
        with pytest.raises(PassbackRefused) as refusal:
            gradebook.send(placed.score())
        details.append(refusal.value.detail)
    assert details == ["Course is concluded", "No … here"]


def test_page_in_place_of_the_line_items_is_no_reason_to_make_one(gradebook, placed, lms):
    lms.instead["lineitems"].append(MAINTENANCE)
    with pytest.raises(PassbackDelayed) as delay:
        gradebook.send(placed.score())
    assert delay.value.code == "bad_answer"
    assert not lms.items


def test_nobody_is_listening(gradebook, placed, lms):
    placed.change_platform(auth_token_url="http://127.0.0.1:1/token")
    with pytest.raises(PassbackDelayed) as delay:
        gradebook.send(placed.score())
    assert delay.value.code == "unreachable"


@pytest.mark.parametrize("becomes", ["found", "made"])
def test_new_column_gets_the_grade_of_everybody(gradebook, placed, lms, *, becomes):
    placed.change(lineitem_url=lms.item_url(99))
    for person_id in placed.people[:3]:
        placed.accepted(person_id)
    if becomes == "found":
        lms.add_item(resourceLinkId="link-1")
    gradebook.send(placed.score(0))
    assert placed.pending() == set(placed.people[1:3])


def test_scores_that_are_sent_to_the_old_column_meanwhile_are_sent_again(gradebook, placed, lms):
    """By other workers, or side by side by the same one."""
    placed.change(lineitem_url=lms.item_url(99))
    own, other = placed.claimed(placed.people[0], placed.people[1]), placed.claimed(placed.people[2])
    assert gradebook.send(own[0].score)
    placed.finish(*own, *other)
    assert placed.pending() == {placed.people[1], placed.people[2]}


def test_same_column_leaves_everybody_alone(gradebook, placed, lms):
    placed.change(lineitem_url=lms.add_item(resourceLinkId="link-1"))
    for person_id in placed.people[:3]:
        placed.accepted(person_id)
    assert not gradebook.send(placed.score(0))
    assert placed.pending() == set()


@pytest.mark.parametrize("status", [404, 410, 412])
def test_link_that_may_have_no_column_gets_one_of_the_course(gradebook, placed, lms, status):
    """Canvas makes no column for a link in a module."""
    lms.refuse_links_with = status
    gradebook.send(placed.score(0))
    gradebook.send(placed.score(1))
    assert "resourceLinkId" not in lms.items[1]
    assert lms.items[1]["resourceId"] == f"discussion-{placed.discussion_id}"
    assert len(lms.items) == 1


def test_column_of_the_course_is_found_again_before_a_second_is_made(gradebook, placed, lms):
    lms.refuse_links_with = 412
    gradebook.send(placed.score(0))
    placed.change(lineitem_url=None)  # as after a restore of the database
    gradebook.send(placed.score(1))
    assert len(lms.items) == 1


@pytest.mark.parametrize("status", [404, 410, 412])
def test_column_that_is_gone_and_cannot_be_made_is_told_in_words(gradebook, placed, lms, status):
    placed.change(lineitem_url=lms.item_url(99), ags_scopes=[SCORE_SCOPE, WRITE_SCOPE])
    lms.always["scores"] = FakeResponse(status)
    lms.refuse_links_with = lms.refuse_others_with = status
    with pytest.raises(PassbackRefused) as refusal:
        gradebook.send(placed.score())
    assert (refusal.value.code, refusal.value.detail) == ("not_found", "")


@pytest.mark.parametrize("status", [401, 403])
def test_token_that_is_no_longer_taken_is_asked_for_anew_once(gradebook, placed, lms, status):
    placed.change(lineitem_url=lms.add_item(resourceLinkId="link-1"))
    gradebook.send(placed.score(0))
    lms.instead["scores"].append(FakeResponse(status, {"status": status}))
    gradebook.send(placed.score(1))
    assert len(lms.asked["token"]) == 2
    lms.always["scores"] = FakeResponse(status, {"status": status})
    with pytest.raises(PassbackRefused) as refusal:
        gradebook.send(placed.score(2))
    assert refusal.value.code == {401: "unauthorized", 403: "forbidden"}[status]
    assert len(lms.asked["token"]) == 3


def test_scope_that_the_token_lacks_is_named(gradebook, placed, lms):
    placed.change(lineitem_url=lms.add_item(resourceLinkId="link-1"))
    lms.token_answer["scope"] = READ_SCOPE
    lms.always["scores"] = FakeResponse(401, {"status": 401})
    with pytest.raises(PassbackRefused) as refusal:
        gradebook.send(placed.score())
    assert (refusal.value.code, refusal.value.detail) == ("no_scope", "lineitem, score")


def test_placement_without_grade_service(gradebook, placed):
    placed.change(lineitems_url=None)
    with pytest.raises(PassbackRefused) as refusal:
        gradebook.send(placed.score())
    assert refusal.value.code == "no_gradebook"


def test_launch_that_gave_no_right_to_scores(gradebook, placed):
    placed.change(ags_scopes=[READ_SCOPE])
    with pytest.raises(PassbackRefused) as refusal:
        gradebook.send(placed.score())
    assert refusal.value.code == "no_scope"


def test_lms_that_lets_us_make_no_line_item(gradebook, placed, lms):
    placed.change(ags_scopes=[SCORE_SCOPE, READ_SCOPE])
    with pytest.raises(PassbackRefused) as refusal:
        gradebook.send(placed.score())
    assert refusal.value.code == "no_gradebook"
    assert not lms.items


def test_disabled_registration_gets_nothing(gradebook, placed, lms, clock):
    placed.change_platform(disabled_at=clock())
    with pytest.raises(PassbackRefused, match="unauthorized"):
        gradebook.send(placed.score())
    assert not lms.asked


def test_line_item_elsewhere_is_not_followed(gradebook, placed, lms):
    lms.instead["lineitems"] += [
        FakeResponse(200, []),
        FakeResponse(200, []),
        FakeResponse(201, {"id": "http://169.254.0.1/x"}),
    ]
    with pytest.raises(PassbackDelayed, match="bad_answer"):
        gradebook.send(placed.score())


def test_canvas_gets_no_new_attempt_and_each_comment_once(gradebook, placed, lms):
    placed.change_platform(issuer="https://canvas.instructure.com")
    gradebook.send(placed.score())
    later = placed.now + timedelta(seconds=5)
    gradebook.send(replace(placed.score(), comment_is_known=True, timestamp=later))
    first, second = (asked.json for asked in lms.asked["scores"])
    assert first[CANVAS_SUBMISSION] == second[CANVAS_SUBMISSION] == {"new_submission": False}
    assert first["comment"] == "Well argued."
    assert "comment" not in second


def test_scores_go_below_the_path():
    assert scores_url("https://lms/x/lineitem?type_id=1&a=%2F") == "https://lms/x/lineitem/scores?type_id=1&a=%2F"


@pytest.mark.parametrize(
    ("items", "chosen"),
    [
        ([], None),
        ([{"id": "a", "resourceLinkId": "other", "resourceId": "discussion-7"}], None),
        ([{"id": "a", "resourceLinkId": "me"}, {"id": "b", "resourceLinkId": "me", "tag": "colloquy"}], "b"),
        ([{"id": "a", "resourceLinkId": "me", "tag": "colloquy", "resourceId": "discussion-3"}], "a"),
        ([{"id": "a", "resourceId": "discussion-70"}, {"id": "b", "resourceId": "discussion-7"}], "b"),
        ([{"resourceLinkId": "me"}, {"id": 5, "resourceLinkId": "me"}], None),
    ],
)
def test_own_line_item(items, chosen):
    assert own_line_item(items, "me", 7) == chosen

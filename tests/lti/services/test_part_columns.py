"""Grades in parts: each part has a column of its own in the LMS."""

from datetime import timedelta
from decimal import Decimal

import pytest

from lti_app.grading.passbacks.ports import PassbackRefused
from lti_app.grading.passbacks.rules.parts import GradePart
from lti_app.grading.passbacks.rules.states import Shown
from lti_app.lti.ags import CANVAS_SUBMISSION, OUR_SCOPES, READ_SCOPE, RESULT_SCOPE, SCORE_SCOPE
from lti_app.lti.gradebook import LtiGradebook
from tests.lti.services.fake_services import FakeResponse

FIRST = GradePart("first_post", "First post", Decimal(9), Decimal(12))
REPLIES = GradePart("replies", "Replies", Decimal("6.25"), Decimal(8))
PARTS = (FIRST, REPLIES)


def sent(lms):
    """Points by column and person."""
    return {key: body.get("scoreGiven") for key, body in lms.scores.items()}


def test_each_part_gets_a_column_without_the_link(gradebook, placed, lms):
    assert gradebook.send(placed.score(parts=PARTS))
    assert [
        (item["label"], item["scoreMaximum"], item["resourceId"], "resourceLinkId" in item)
        for item in lms.items.values()
    ] == [
        ("Zaleznik: First post", 12, f"discussion-{placed.discussion_id}-first_post", False),
        ("Zaleznik: Replies", 8, f"discussion-{placed.discussion_id}-replies", False),
    ]
    assert sent(lms) == {(1, "s0"): 9, (2, "s0"): 6.25}
    assert {body["comment"] for body in lms.scores.values()} == {"Well argued."}
    assert placed.lineitem_url() is None
    assert not gradebook.send(placed.score(1, parts=PARTS))
    assert len(lms.items) == 2


def test_columns_that_are_there_are_found(gradebook, placed, lms):
    lms.add_item(resourceLinkId="link-1")
    lms.add_item(resourceId=f"discussion-{placed.discussion_id}-replies")
    gradebook.send(placed.score(parts=PARTS))
    assert sent(lms) == {(3, "s0"): 9, (2, "s0"): 6.25}


def test_whole_grade_goes_to_no_column_of_a_part(gradebook, placed, lms):
    gradebook.send(placed.score(parts=PARTS))
    for item in lms.items.values():
        item["resourceLinkId"] = "link-1"  # as a platform may have it
    gradebook.send(placed.score(1))
    assert sent(lms)[3, "s1"] == 17.25


def test_new_columns_get_the_scores_of_everybody(gradebook, placed, lms):
    placed.accepted(placed.people[1])
    gradebook.send(placed.score(parts=PARTS))
    assert placed.pending() == {placed.people[1]}


def test_a_deleted_column_is_made_anew(gradebook, placed, lms):
    gradebook.send(placed.score(parts=PARTS))
    del lms.items[1]
    later = placed.now + timedelta(seconds=2)
    assert gradebook.send(placed.score(parts=PARTS, timestamp=later))
    assert lms.items[3]["label"] == "Zaleznik: First post"
    assert sent(lms)[3, "s0"] == 9
    assert not gradebook.send(placed.score(1, parts=PARTS))


def test_one_part_that_is_refused_does_not_keep_the_other_back(gradebook, placed, lms):
    gradebook.send(placed.score(1, parts=PARTS))
    lms.instead["scores"] = [FakeResponse(422, {"errors": "The grade is locked"})]
    with pytest.raises(PassbackRefused) as refusal:
        gradebook.send(placed.score(parts=PARTS))
    assert refusal.value.code == "locked"
    assert sent(lms)[2, "s0"] == 6.25


def test_a_part_that_is_no_more_is_taken_out_of_its_column(gradebook, placed, lms):
    gradebook.send(placed.score(parts=PARTS))
    later = placed.now + timedelta(seconds=2)
    gradebook.send(placed.score(parts=(FIRST,), dropped=(REPLIES,), timestamp=later))
    assert sent(lms) == {(1, "s0"): 9, (2, "s0"): None}
    assert lms.scores[2, "s0"]["gradingProgress"] == "NotReady"


def test_lms_that_lets_us_make_no_column(gradebook, placed, lms):
    placed.change(ags_scopes=[SCORE_SCOPE, READ_SCOPE])
    with pytest.raises(PassbackRefused) as refusal:
        gradebook.send(placed.score(parts=PARTS))
    assert refusal.value.code == "no_columns"
    assert not lms.items


def test_parts_are_read_from_their_columns(gradebook, placed, lms):
    placed.change(ags_scopes=sorted({*OUR_SCOPES, RESULT_SCOPE}), lineitem_url=lms.add_item(resourceLinkId="link-1"))
    gradebook.send(placed.score(parts=PARTS))
    columns = gradebook.read(placed.discussion_id, placed.people[:2], whole=True, parts=PARTS)
    assert [(column.name, column.part) for column in columns] == [
        ("First post", "first_post"),
        ("Replies", "replies"),
    ]
    assert len({column.key for column in columns}) == 2
    person_id = placed.people[0]
    assert [column.shown for column in columns] == [
        {person_id: Shown(Decimal(9), Decimal(12))},
        {person_id: Shown(Decimal("6.25"), Decimal(8))},
    ]


@pytest.fixture
def canvas(database, services, placed):
    placed.change_platform(issuer="https://canvas.instructure.com")
    return LtiGradebook(database=database, services=services, base_url="https://colloquy.example")


def told(lms):
    return [asked.json[CANVAS_SUBMISSION] for asked in lms.asked["scores"]]


def test_canvas_is_told_where_the_work_is_once(canvas, placed, lms):
    canvas.send(placed.score(is_new_submission=True))
    canvas.send(placed.score(timestamp=placed.now + timedelta(seconds=2)))
    work = f"https://colloquy.example/lti/launch?submission={placed.discussion_id}-{placed.people[0]}"
    assert told(lms) == [
        {"new_submission": True, "submission_type": "basic_lti_launch", "submission_data": work},
        {"new_submission": False},
    ]


def test_canvas_that_takes_no_further_attempt_gets_the_score_all_the_same(canvas, placed, lms):
    lms.instead["scores"] = [FakeResponse(422, {"errors": "maximum number of allowed attempts has been reached"})]
    canvas.send(placed.score(is_new_submission=True))
    assert [each["new_submission"] for each in told(lms)] == [True, False]
    assert sent(lms) == {(1, "s0"): 17.25}


def test_other_platforms_are_not_told_of_submissions(gradebook, placed, lms):
    gradebook.send(placed.score(is_new_submission=True))
    assert CANVAS_SUBMISSION not in lms.asked["scores"][0].json

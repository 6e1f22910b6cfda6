"""The column of points: made beside the columns of the grade, never taken for one of them, made anew if it is gone."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from lti_app.discussion.discussions.models import Discussion
from lti_app.grading.passbacks.actions.queueing import ReleasedPoints, queue_passbacks
from lti_app.grading.passbacks.actions.sending import claim_due, finish_sent
from lti_app.grading.passbacks.models import Passback, PointsPassback
from lti_app.grading.passbacks.ports import PassbackRefused
from lti_app.grading.passbacks.rules.parts import POINTS_PART, GradePart
from lti_app.grading.passbacks.rules.states import PassbackState, ScoreKind, Shown
from lti_app.lti.ags import OUR_SCOPES, READ_SCOPE, RESULT_SCOPE, SCORE_SCOPE
from lti_app.lti.columns import why_no_column
from lti_app.lti.models import Placement

PART = GradePart(POINTS_PART, "participation", Decimal(4), Decimal(5))
POINTS = {
    "kind": ScoreKind.POINTS,
    "given": Decimal(4),
    "possible": Decimal(5),
    "comment": "",
    "submitted_at": None,
    "parts": (PART,),
}


def sent(lms):
    """Points by column and person."""
    return {key: body.get("scoreGiven") for key, body in lms.scores.items()}


def later(placed, seconds=2):
    return placed.now + timedelta(seconds=seconds)


def accepted(placed, *people):
    """The LMS has accepted the points of these people."""
    scores = [ReleasedPoints(each, Decimal(4), Decimal(5), "", None, (PART,)) for each in people]
    about = {"course_id": placed.course_id, "discussion_id": placed.discussion_id, "kind": ScoreKind.POINTS}
    with placed.database.writing() as session:
        queue_passbacks(session, scores, **about, now=placed.now)
        for each in claim_due(session, placed.now, limit=10, lease=timedelta(minutes=1)):
            finish_sent(session, each, now=placed.now)


def pending(placed, table):
    with placed.database.read() as session:
        return set(session.scalars(select(table.person_id).where(table.state == PassbackState.PENDING)))


def test_points_get_a_column_of_their_own_without_the_link(gradebook, placed, lms):
    assert gradebook.send(placed.score(**POINTS))
    gradebook.send(placed.score())
    points, grade = lms.items.values()
    assert (points["label"], points["scoreMaximum"]) == ("Zaleznik: participation", 5)
    assert (points["resourceId"], points["tag"]) == (f"discussion-{placed.discussion_id}-points", "colloquy-points")
    assert "resourceLinkId" not in points
    assert grade["resourceId"] == f"discussion-{placed.discussion_id}"
    assert sent(lms) == {(1, "s0"): 4, (2, "s0"): 17.25}
    assert not gradebook.send(placed.score(1, **POINTS)), "the column is known now"


def test_the_grade_goes_to_no_column_of_points(gradebook, placed, lms):
    gradebook.send(placed.score(**POINTS))
    lms.items[1]["resourceLinkId"] = "link-1"  # as a platform may have it
    gradebook.send(placed.score())
    assert sent(lms) == {(1, "s0"): 4, (2, "s0"): 17.25}


def test_a_column_of_points_that_is_there_is_found(gradebook, placed, lms):
    lms.add_item(resourceId=f"discussion-{placed.discussion_id}-points", tag="colloquy-points")
    gradebook.send(placed.score(**POINTS))
    assert sent(lms) == {(1, "s0"): 4}


def test_a_deleted_column_is_made_anew_and_gets_the_points_of_everybody_and_no_grades(gradebook, placed, lms):
    placed.accepted(placed.people[1])
    accepted(placed, placed.people[1], placed.people[2])
    gradebook.send(placed.score(**POINTS))
    assert pending(placed, PointsPassback) == {placed.people[1], placed.people[2]}
    assert pending(placed, Passback) == set()
    accepted(placed, placed.people[1], placed.people[2])
    lms.add_item(resourceLinkId="another")  # its number is not given again
    del lms.items[1]
    assert gradebook.send(placed.score(**POINTS, timestamp=later(placed)))
    assert lms.items[3]["label"] == "Zaleznik: participation"
    assert pending(placed, PointsPassback) == {placed.people[1], placed.people[2]}
    assert pending(placed, Passback) == set()


def test_a_new_column_of_the_grade_queues_no_points(gradebook, placed, lms):
    accepted(placed, placed.people[1])
    placed.accepted(placed.people[1])
    gradebook.send(placed.score())
    assert pending(placed, Passback) == {placed.people[1]}
    assert pending(placed, PointsPassback) == set()


def rename(placed, title):
    with placed.database.writing() as session:
        session.execute(update(Discussion).values(title=title))


def test_the_column_follows_the_title_of_the_discussion_unless_somebody_renamed_it(gradebook, placed, lms):
    gradebook.send(placed.score(**POINTS))
    rename(placed, "Kotter")
    gradebook.send(placed.score(**POINTS, timestamp=later(placed)))
    assert lms.items[1]["label"] == "Kotter: participation"
    lms.items[1]["label"] = "Ours"
    rename(placed, "Burns")
    gradebook.send(placed.score(**POINTS, timestamp=later(placed, 4)))
    assert lms.items[1]["label"] == "Ours"


def test_another_maximum_changes_the_scores_and_not_the_column(gradebook, placed, lms):
    gradebook.send(placed.score(**POINTS))
    part = GradePart(POINTS_PART, "participation", Decimal(8), Decimal(10))
    more = {**POINTS, "given": Decimal(8), "possible": Decimal(10), "parts": (part,)}
    gradebook.send(placed.score(**more, timestamp=later(placed)))
    assert lms.items[1]["scoreMaximum"] == 5
    assert (lms.scores[1, "s0"]["scoreGiven"], lms.scores[1, "s0"]["scoreMaximum"]) == (8, 10)


def test_points_are_read_from_their_column(gradebook, placed, lms):
    placed.change(ags_scopes=sorted({*OUR_SCOPES, RESULT_SCOPE}), lineitem_url=lms.add_item(resourceLinkId="link-1"))
    gradebook.send(placed.score(**POINTS))
    (column,) = gradebook.read(placed.discussion_id, placed.people[:2], whole=True, parts=[PART])
    assert (column.name, column.part) == ("participation", "points")
    assert column.shown == {placed.people[0]: Shown(Decimal(4), Decimal(5))}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, ""),
        ({"ags_scopes": [SCORE_SCOPE, READ_SCOPE]}, "no_columns"),
        ({"ags_scopes": sorted(OUR_SCOPES - {SCORE_SCOPE})}, "no_scope"),
        ({"lineitems_url": None}, "no_gradebook"),
    ],
    ids=["columns", "no-columns", "no-scores", "no-service"],
)
def test_why_the_lms_adds_no_column_is_known_before_anything_is_sent(gradebook, placed, lms, changes, reason):
    placed.change(title="Week 3", **changes)
    with placed.database.read() as session:
        told = why_no_column(session, placed.discussion_id, course_id=placed.course_id)
        assert why_no_column(session, placed.discussion_id, course_id=placed.course_id + 1) == ""
    assert told == reason
    if not reason:
        return
    with pytest.raises(PassbackRefused) as refusal:
        gradebook.send(placed.score(**POINTS))
    assert refusal.value.code == reason
    assert not lms.items


def test_one_of_several_links_that_may_add_columns_is_enough(placed):
    with placed.database.writing() as session:
        session.add(
            Placement(
                deployment_id=1,
                resource_link_id="link-2",
                course_id=placed.course_id,
                discussion_id=placed.discussion_id,
            )
        )
    with placed.database.read() as session:
        assert why_no_column(session, placed.discussion_id, course_id=placed.course_id) == ""


def test_a_discussion_that_no_activity_has_opened_may_have_a_column(placed):
    with placed.database.read() as session:
        assert why_no_column(session, placed.discussion_id + 1, course_id=placed.course_id) == ""

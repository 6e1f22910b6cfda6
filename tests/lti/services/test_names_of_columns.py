"""A column that we made follows the name of its discussion, unless somebody named it otherwise in the LMS."""

from decimal import Decimal

import pytest
from sqlalchemy import update

from lti_app.discussion.discussions.models import Discussion
from lti_app.grading.passbacks.rules.parts import GradePart
from lti_app.lti.ags import READ_SCOPE, SCORE_SCOPE
from tests.lti.services.fake_services import FakeResponse

PARTS = (GradePart("first_post", "First post", Decimal(9), Decimal(12)),)


def rename(placed, title):
    with placed.database.writing() as session:
        session.execute(update(Discussion).where(Discussion.id == placed.discussion_id).values(title=title))


def puts(lms):
    return [asked.json for asked in lms.asked["lineitems"] if asked.method == "PUT"]


def test_the_column_is_renamed_with_the_next_score_and_only_then(gradebook, placed, lms):
    gradebook.send(placed.score(0))
    gradebook.send(placed.score(1))
    assert puts(lms) == []
    before = dict(lms.items[1])
    rename(placed, "Kotter")
    gradebook.send(placed.score(2))
    assert lms.items[1] == {**before, "label": "Kotter"}
    gradebook.send(placed.score(0, given=Decimal(3), timestamp=placed.now.replace(hour=20)))
    assert len(puts(lms)) == 1


def test_the_column_of_a_part_is_renamed(gradebook, placed, lms):
    gradebook.send(placed.score(0, parts=PARTS))
    rename(placed, "Kotter")
    gradebook.send(placed.score(1, parts=PARTS))
    assert lms.items[1]["label"] == "Kotter: First post"


def test_a_column_that_somebody_named_keeps_its_name(gradebook, placed, lms):
    gradebook.send(placed.score(0))
    lms.items[1]["label"] = "Week 3, graded"
    rename(placed, "Kotter")
    gradebook.send(placed.score(1))
    assert (lms.items[1]["label"], puts(lms)) == ("Week 3, graded", [])


def test_a_column_that_the_lms_made_keeps_its_name(gradebook, placed, lms):
    placed.change(lineitem_url=lms.add_item(label="Zaleznik", resourceLinkId="link-1"))
    gradebook.send(placed.score(0))
    rename(placed, "Kotter")
    gradebook.send(placed.score(1))
    assert (lms.items[1]["label"], puts(lms)) == ("Zaleznik", [])


def test_without_the_scope_nothing_is_asked(gradebook, placed, lms):
    gradebook.send(placed.score(0))
    placed.change(ags_scopes=[SCORE_SCOPE, READ_SCOPE])
    rename(placed, "Kotter")
    asked = len(lms.asked["lineitems"])
    gradebook.send(placed.score(1))
    assert len(lms.asked["lineitems"]) == asked


@pytest.mark.parametrize("answer", [FakeResponse(500), FakeResponse(403), FakeResponse(200, "<html>")], ids=str)
def test_a_failure_does_not_keep_a_score_back_and_is_not_repeated(gradebook, placed, lms, answer):
    gradebook.send(placed.score(0))
    rename(placed, "Kotter")
    lms.always["lineitems"] = answer
    gradebook.send(placed.score(1))
    asked = len(lms.asked["lineitems"])
    gradebook.send(placed.score(2))
    assert len(lms.asked["lineitems"]) == asked
    assert {sub for _number, sub in lms.scores} == {"s0", "s1", "s2"}

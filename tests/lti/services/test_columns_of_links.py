"""Scores of a discussion that more than one link opens."""

from decimal import Decimal

import pytest

from lti_app.grading.passbacks.ports import PassbackRefused
from lti_app.grading.passbacks.rules.states import Shown
from lti_app.lti.models import Deployment, Placement, Platform
from tests.lti.services.fake_services import SCORE, FakeResponse


def add_link(placed, url, lineitems_url=None):
    """A second link of the course that opens the discussion, and its column."""
    with placed.database.writing() as session:
        first = session.get_one(Placement, placed.placement_id)
        second = Placement(
            deployment_id=first.deployment_id,
            resource_link_id="link-2",
            course_id=first.course_id,
            discussion_id=first.discussion_id,
            lineitem_url=url,
            lineitems_url=lineitems_url,
            ags_scopes=first.ags_scopes,
        )
        session.add(second)
        session.flush()
        return second.id


def test_the_columns_of_all_links_get_the_score(gradebook, placed, lms):
    placed.change(lineitem_url=lms.add_item(resourceLinkId="link-1"))
    add_link(placed, lms.add_item(resourceLinkId="link-2"))
    gradebook.send(placed.score())
    paths = [asked.path for asked in lms.asked["scores"]]
    assert paths == ["/lineitems/1/lineitem/scores", "/lineitems/2/lineitem/scores"]
    assert len({asked.json["scoreGiven"] for asked in lms.asked["scores"]}) == 1


def test_the_column_of_another_link_that_is_gone_is_left_out(gradebook, placed, lms):
    placed.change(lineitem_url=lms.add_item(resourceLinkId="link-1"))
    second = add_link(placed, f"{lms.url}/lineitems/99/lineitem?type_id=1")
    gradebook.send(placed.score())
    with placed.database.read() as session:
        assert session.get_one(Placement, second).lineitem_url is None
    assert len(lms.items) == 1


def test_link_that_names_no_column_has_its_own_found_and_everybody_in_it(gradebook, placed, lms):
    """An activity whose content was chosen again: it opens a discussion that has scores already."""
    placed.change(lineitem_url=lms.add_item(resourceLinkId="link-1"))
    placed.accepted(placed.people[1])
    second = add_link(placed, None, lms.lineitems_url)
    url = lms.add_item(resourceLinkId="link-2")
    gradebook.send(placed.score())
    with placed.database.read() as session:
        assert session.get_one(Placement, second).lineitem_url == url
    assert {number for number, sub in lms.scores} == {1, 2}
    assert placed.pending() == {placed.people[1]}
    searches = len(lms.asked["lineitems"])
    gradebook.send(placed.score(2))
    assert len(lms.asked["lineitems"]) == searches


@pytest.mark.parametrize("answer", [None, FakeResponse(403, {"status": 403}), FakeResponse(404, {"status": 404})])
def test_link_without_a_column_gets_none_and_is_not_looked_for_again(gradebook, placed, lms, answer):
    """Grade type None in Moodle, a link in a module in Canvas: the instructor wants no column there."""
    placed.change(lineitem_url=lms.add_item(resourceLinkId="link-1"))
    add_link(placed, None, lms.lineitems_url)
    if answer:
        lms.always["lineitems"] = answer
    for student in (0, 1):
        gradebook.send(placed.score(student))
    assert len(lms.items) == 1
    assert len(lms.scores) == 2
    assert len(lms.asked["lineitems"]) <= 3
    assert not placed.pending()


def test_link_whose_column_was_made_again_gets_everybody(gradebook, placed, lms):
    placed.change(lineitem_url=lms.add_item(resourceLinkId="link-1"))
    placed.accepted(placed.people[1])
    add_link(placed, lms.add_item(resourceLinkId="link-2"), lms.lineitems_url)
    del lms.items[2]
    lms.items[3] = {"label": "Anew", "scoreMaximum": 20, "resourceLinkId": "link-2", "id": lms.item_url(3)}
    gradebook.send(placed.score())
    gradebook.send(placed.score(2))
    assert {number for number, sub in lms.scores} == {1, 3}
    assert placed.pending() == {placed.people[1]}


def test_deleted_activity_leaves_the_column_of_the_other_alone(gradebook, placed, lms):
    """No column is created in its place."""
    placed.change(lineitem_url=f"{lms.url}/lineitems/99/lineitem?type_id=1")
    add_link(placed, lms.add_item(resourceLinkId="link-2"), lms.lineitems_url)
    lms.refuse_links_with = 403
    gradebook.send(placed.score())
    assert list(lms.scores) == [(1, "s0")]
    assert len(lms.items) == 1


def test_columns_of_another_platform_get_nothing(gradebook, placed, lms):
    """A score is sent only where its person is known."""
    placed.change(lineitem_url=lms.add_item(resourceLinkId="link-1"))
    second = add_link(placed, lms.add_item(resourceLinkId="link-2"), lms.lineitems_url)
    with placed.database.writing() as session:
        first = session.get_one(Platform, placed.platform_id)
        urls = {name: getattr(first, name) for name in ("auth_login_url", "auth_token_url", "jwks_url")}
        other = Platform(issuer="https://other.example", client_id="client-1", created_at=placed.now, **urls)
        deployment = Deployment(platform=other, deployment_id="1", created_at=placed.now)
        session.add(deployment)
        session.flush()
        session.get_one(Placement, second).deployment_id = deployment.id
    gradebook.send(placed.score())
    assert list(lms.scores) == [(1, "s0")]


@pytest.mark.parametrize(
    "other", [{"resourceId": "other-7"}, {"tag": "grade"}, {"resourceId": 7, "tag": None}], ids=repr
)
def test_column_of_the_link_is_ours_whatever_else_it_says(gradebook, placed, lms, other):
    """A copied course has the ids and tags of the first one, and people make columns by hand."""
    url = lms.add_item(resourceLinkId="link-1", **other)
    gradebook.send(placed.score())
    assert placed.lineitem_url() == url
    assert len(lms.items) == 1


@pytest.mark.parametrize("status", [410, 412])
@pytest.mark.parametrize("body", ["", "<!doctype html><title>Error</title>"])
def test_list_of_columns_that_is_gone_is_told_in_words(gradebook, placed, lms, *, status, body):
    lms.always["lineitems"] = FakeResponse(status, body)
    with pytest.raises(PassbackRefused) as refusal:
        gradebook.send(placed.score())
    assert refusal.value.code == "not_found"


def test_list_of_columns_that_is_refused_is_told_in_the_words_of_the_lms(gradebook, placed, lms):
    lms.always["lineitems"] = FakeResponse(422, {"errors": [{"field": "resource_link_id", "message": "is too long"}]})
    with pytest.raises(PassbackRefused) as refusal:
        gradebook.send(placed.score())
    assert (refusal.value.code, refusal.value.detail) == ("rejected", "resource_link_id: is too long")


@pytest.fixture
def two(readable, lms):
    """Two links of the course open the discussion, and each has a column that may be read."""
    add_link(readable, lms.add_item(resourceLinkId="link-2", scoreMaximum=40), lms.lineitems_url)
    return readable


def test_every_column_is_read_back(gradebook, two, lms):
    gradebook.send(two.score(given=Decimal(15)))
    lms.scores[2, "s0"]["scoreGiven"] = 12
    first, second = gradebook.read(two.discussion_id, two.people, whole=True)
    assert first.shown == {two.people[0]: Shown(Decimal(15), Decimal(20))}
    assert second.shown == {two.people[0]: Shown(Decimal(24), Decimal(40))}
    assert first.key != second.key


def test_column_that_cannot_be_read_does_not_keep_the_other_from_being_read(gradebook, two, lms):
    gradebook.send(two.score(given=Decimal(15)))
    del lms.items[2]
    first, second = gradebook.read(two.discussion_id, two.people, whole=True)
    assert list(first.shown) == [two.people[0]]
    assert (second.shown, second.error_code) == ({}, "not_found")


def test_columns_of_which_none_can_be_read_are_none(gradebook, two, lms):
    lms.always["results"] = FakeResponse(403, {"status": 403})
    with pytest.raises(PassbackRefused) as refusal:
        gradebook.read(two.discussion_id, two.people, whole=True)
    assert refusal.value.code == "unreadable"


def test_column_of_two_links_is_read_once(gradebook, readable, lms):
    add_link(readable, readable.lineitem_url())
    assert len(gradebook.read(readable.discussion_id, readable.people, whole=True)) == 1


@pytest.mark.parametrize("locked", [0, 1], ids=["first", "second"])
def test_column_that_is_locked_keeps_no_other_from_the_score(gradebook, two, lms, locked):
    """Moodle answers 500 with an empty list."""
    lock = FakeResponse(500, [], {"Content-Type": SCORE})
    ordinary = lms.answer

    def answer(asked):
        return lock if asked.path == f"/lineitems/{locked + 1}/lineitem/scores" else ordinary(asked)

    lms.answer = answer
    with pytest.raises(PassbackRefused) as refusal:
        gradebook.send(two.score())
    assert refusal.value.code == "locked"
    assert list(lms.scores) == [(2 - locked, "s0")]

"""Writing reviews, reading them, and what graders see of them."""

from datetime import timedelta
from decimal import Decimal

import pytest

from lti_app.core.errors import Forbidden, NotFound
from lti_app.discussion.reviewing.actions import assigning
from lti_app.discussion.reviewing.actions.assigning import assign_reviews
from lti_app.discussion.reviewing.queries.allocation import read_stages
from lti_app.discussion.reviewing.queries.tasks import get_task, list_reviewed_posts
from lti_app.grading.reviews.actions import save_review
from lti_app.grading.reviews.queries.overview import get_review_table
from lti_app.grading.reviews.queries.writing import get_review, list_received
from tests.factories.posts import write
from tests.factories.reviews import DUE, again, assign, plan_reviews, review, tasks_of

AFTER = DUE + timedelta(minutes=1)


@pytest.fixture
def reviewed(session, cast, discussion, clock):
    """Three students have posted and are assigned."""
    for student in cast.students:
        write(session, student, discussion, now=clock())
    discussion = plan_reviews(session, cast.ines, discussion)
    assign(session, cast.ines, discussion, now=clock())
    return discussion


def test_each_of_three_reviews_the_two_others(session, cast, reviewed, clock):
    for student in cast.students:
        others = {each.person_id for each in cast.students} - {student.person_id}
        tasks = tasks_of(session, student, reviewed, now=clock())
        assert {task.author_id for task in tasks} == others
        assert [task.number for task in tasks] == [1, 2]
        assert not any(task.author for task in tasks)  # names are hidden


def test_assigning_again_changes_nothing(session, cast, reviewed, clock):
    assert assign_reviews(session, cast.ines, reviewed, now=clock()).changes_nothing


@pytest.mark.parametrize("who", ["ana", "olga", "tariq"])
def test_only_instructors_assign(session, cast, reviewed, clock, who):
    with pytest.raises(Forbidden):
        assign_reviews(session, getattr(cast, who), reviewed, now=clock())


def test_a_review_is_its_reviewers_alone(session, cast, reviewed, clock):
    (task, _) = tasks_of(session, cast.ana, reviewed, now=clock())
    for other in (cast.ben, cast.chi, cast.ines, cast.olga):
        with pytest.raises(NotFound):
            get_task(session, other, again(session, other, reviewed, now=clock()), task.key, now=clock())


def test_the_reviewer_reads_what_they_may_read(session, cast, reviewed, clock):
    here = again(session, cast.ana, reviewed, now=clock())
    task = next(t for t in tasks_of(session, cast.ana, reviewed, now=clock()) if t.author_id == cast.ben.person_id)
    (reviewed_post,) = list_reviewed_posts(session, cast.ana, here, task)
    assert reviewed_post.post.author_id == cast.ben.person_id
    assert reviewed_post.post.author == ""


def test_authors_read_their_reviews_after_the_due_date_without_names_and_times(session, cast, reviewed, clock):
    review(session, cast.ana, reviewed, cast.ben, now=clock(), comment="Clear.")
    review(session, cast.chi, reviewed, cast.ben, 1, 1, 1, 1, 1, now=clock(), submit=False)
    before = again(session, cast.ben, reviewed, now=clock())
    assert list_received(session, cast.ben, before, now=clock()) == []
    (received,) = list_received(session, cast.ben, again(session, cast.ben, reviewed, now=AFTER), now=AFTER)
    assert (received.comment, received.reviewer) == ("Clear.", "")
    own_keys = {task.key for task in tasks_of(session, cast.ana, reviewed, now=clock())}
    assert received.key not in own_keys


def test_graders_see_the_spread(session, cast, reviewed, clock):
    review(session, cast.ana, reviewed, cast.ben, now=clock())
    review(session, cast.chi, reviewed, cast.ben, 1, 1, 1, 1, 1, now=clock())
    table = get_review_table(session, cast.tariq, reviewed)
    spread = table.spreads[cast.ben.person_id]
    assert len(spread.reviews) == 2
    assert spread.low < spread.mean < spread.high == 1
    assert all(each.mean == (each.low + each.high) / Decimal(2) for each in spread.criteria)
    assert table.deviations[cast.ana.person_id] > 0 > table.deviations[cast.chi.person_id]
    with pytest.raises(Forbidden):
        get_review_table(session, cast.ana, reviewed)


def test_what_was_withdrawn_while_somebody_was_writing_can_still_be_saved(session, cast, reviewed, clock):
    """Nobody had begun it, so it was given to another; but its reviewer has the page open."""
    mine = [t for t in tasks_of(session, cast.ana, reviewed, now=clock()) if t.author_id == cast.ben.person_id]
    fewer = plan_reviews(session, cast.ines, reviewed, peers=0, self_review=True)
    assign(session, cast.ines, fewer, now=clock())
    assert [t.author_id for t in tasks_of(session, cast.ana, fewer, now=clock())] == [cast.ana.person_id]
    here = again(session, cast.ana, fewer, now=clock())
    rubric_id = get_review(session, cast.ana, here, mine[0]).rubric.id
    about = {"marks": {}, "comment": "Half an hour's work", "version": 0, "marked_with": rubric_id}
    save_review(session, cast.ana, here, mine[0].key, **about, submit=False, now=clock())
    assert {t.author_id for t in tasks_of(session, cast.ana, fewer, now=clock())} == {
        cast.ana.person_id,
        cast.ben.person_id,
    }


def test_what_is_begun_after_the_assigning_has_read_it_is_not_withdrawn(session, cast, reviewed, clock, monkeypatch):
    fewer = plan_reviews(session, cast.ines, reviewed, peers=0, self_review=True)
    as_read = read_stages(session, fewer)
    review(session, cast.ana, fewer, cast.ben, now=clock(), submit=False)
    monkeypatch.setattr(assigning, "read_stages", lambda *_: as_read)
    assign(session, cast.ines, fewer, now=clock())
    authors = {task.author_id for task in tasks_of(session, cast.ana, fewer, now=clock())}
    assert authors == {cast.ana.person_id, cast.ben.person_id}

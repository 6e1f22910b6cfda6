"""Comments on sentences of posts: drafts until the release, which has its own copy."""

import pytest

from lti_app.core.errors import Forbidden, NotFound
from lti_app.discussion.posts.actions.edit import edit_post
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.grading.assessments.actions.grading import assess, release
from lti_app.grading.assessments.actions.post_comments import add_post_comment, change_post_comment
from lti_app.grading.assessments.actions.reopening import take_back
from lti_app.grading.assessments.errors import (
    AssessmentChanged,
    CommentTooLong,
    SentenceMissing,
    TooManyComments,
    WordsMissing,
)
from lti_app.grading.assessments.queries.desk import list_desk
from lti_app.grading.assessments.queries.grades import get_assessment, get_released_grade
from lti_app.grading.assessments.queries.history import list_history
from lti_app.grading.assessments.queries.post_comments import list_commented_posts, list_post_comments
from lti_app.grading.assessments.rules import GradeEventKind, GradingStatus
from lti_app.grading.comments.errors import PlaceholderLeft
from lti_app.grading.comments.rules.anchors import MAX_POST_COMMENTS, Anchor
from tests.factories.discussions import set_up
from tests.factories.grades import levels, mark
from tests.factories.posts import write
from tests.races import at_once

TEXT = "Leaders cope with change. Managers cope with complexity."


@pytest.fixture
def post(session, cast, discussion, clock):
    return write(session, cast.ana, discussion, now=clock(), text=TEXT)


def add(session, cast, discussion, post, text="Say why.", *, exact="Managers cope", clock, actor=None, student=None):
    about = {"post_id": post.id, "anchor": Anchor(exact), "text": text, "now": clock()}
    return add_post_comment(session, actor or cast.ines, discussion, (student or cast.ana).person_id, **about)


def seen(session, discussion, student):
    session.expire_all()
    grade = get_released_grade(session, student, discussion)
    return [each.text for each in grade.post_comments] if grade else None


def drafts(session, cast, discussion):
    session.expire_all()
    return list_post_comments(session, cast.tariq, discussion, cast.ana.person_id)


def test_it_is_a_draft_until_the_grade_is_released(session, cast, discussion, post, clock):
    assert add(session, cast, discussion, post, clock=clock) == 1
    (found,) = drafts(session, cast, discussion)
    assert (found.anchor.exact, found.text, found.by, found.post_version) == (
        "Managers cope",
        "Say why.",
        "Ines Navarro",
        1,
    )
    assert seen(session, discussion, cast.ana) is None
    mark(session, cast.ines, discussion, cast.ana, now=clock(), version=1)
    assert seen(session, discussion, cast.ana) is None
    release(session, cast.ines, discussion, cast.ana.person_id, now=clock())
    assert seen(session, discussion, cast.ana) == ["Say why."]
    assert seen(session, discussion, cast.ben) is None
    add(session, cast, discussion, post, "And more.", exact="", clock=clock)
    assert seen(session, discussion, cast.ana) == ["Say why."]
    status = {line.person_id: line.status for line in list_desk(session, cast.ines, discussion)}
    assert status[cast.ana.person_id] is GradingStatus.CHANGED
    release(session, cast.ines, discussion, cast.ana.person_id, now=clock())
    assert seen(session, discussion, cast.ana) == ["Say why.", "And more."]
    take_back(session, cast.ines, discussion, cast.ana.person_id, now=clock())
    assert seen(session, discussion, cast.ana) is None


def test_changing_and_deleting_wait_for_the_next_release(session, cast, discussion, post, clock):
    add(session, cast, discussion, post, clock=clock)
    mark(session, cast.ines, discussion, cast.ana, now=clock(), version=1)
    release(session, cast.ines, discussion, cast.ana.person_id, now=clock())
    (found,) = drafts(session, cast, discussion)
    about = {"comment_id": found.id, "now": clock()}
    assert change_post_comment(session, cast.tariq, discussion, cast.ana.person_id, text="Say how.", **about) == 3
    assert change_post_comment(session, cast.tariq, discussion, cast.ana.person_id, text="Say how.", **about) == 3
    assert (drafts(session, cast, discussion)[0].text, seen(session, discussion, cast.ana)) == (
        "Say how.",
        ["Say why."],
    )
    change_post_comment(session, cast.tariq, discussion, cast.ana.person_id, text=" ", **about)
    assert (drafts(session, cast, discussion), seen(session, discussion, cast.ana)) == ([], ["Say why."])
    with pytest.raises(NotFound):
        change_post_comment(session, cast.tariq, discussion, cast.ana.person_id, text="Again", **about)
    events = list_history(session, cast.ines, discussion, cast.ana.person_id)
    said = [(each.by, each.words) for each in events if each.kind is GradeEventKind.COMMENTED]
    assert said == [("Tariq Haddad", ""), ("Tariq Haddad", "Say how."), ("Ines Navarro", "Say why.")]


def test_another_grader_who_has_not_seen_it_is_asked(session, cast, discussion, post, clock):
    add(session, cast, discussion, post, clock=clock)
    about = {"marks": levels(session, discussion, 0), "comment": "", "now": clock()}
    with pytest.raises(AssessmentChanged):
        assess(session, cast.tariq, discussion, cast.ana.person_id, version=0, **about)
    assert get_assessment(session, cast.tariq, discussion, cast.ana.person_id).assessed_by == "Ines Navarro"


def test_the_same_comment_again_changes_nothing(session, cast, discussion, post, clock):
    assert [add(session, cast, discussion, post, clock=clock) for _ in range(2)] == [1, 1]
    assert len(drafts(session, cast, discussion)) == 1


@pytest.mark.parametrize(
    ("about", "error"),
    [
        ({"text": " "}, WordsMissing),
        ({"text": "x" * 1001}, CommentTooLong),
        ({"text": "Good, {name}."}, PlaceholderLeft),
        ({"exact": "Managers cope with change"}, SentenceMissing),
        ({"exact": "…"}, SentenceMissing),
    ],
)
def test_what_is_refused_leaves_nothing(session, cast, discussion, post, *, clock, about, error):
    with pytest.raises(error):
        add(session, cast, discussion, post, clock=clock, **about)
    assert get_assessment(session, cast.ines, discussion, cast.ana.person_id).version == 0


def test_there_is_a_limit_that_pages_can_show(session, cast, discussion, post, clock):
    for number in range(MAX_POST_COMMENTS):
        add(session, cast, discussion, post, f"No. {number}", clock=clock)
    with pytest.raises(TooManyComments):
        add(session, cast, discussion, post, "One more", clock=clock)


def test_only_posts_of_the_student_in_the_discussion(session, cast, discussion, post, clock):
    bens = write(session, cast.ben, discussion, now=clock(), text=TEXT)
    other = set_up(session, cast.ines, clock(), title="Week 2")
    elsewhere = write(session, cast.ana, other, now=clock(), text=TEXT)
    for wrong in (bens, elsewhere):
        with pytest.raises(NotFound):
            add(session, cast, discussion, wrong, clock=clock)
    with pytest.raises(NotFound):
        add(session, cast, discussion, post, clock=clock, student=cast.tariq)
    for actor in (cast.ana, cast.olga):
        with pytest.raises(Forbidden):
            add(session, cast, discussion, post, clock=clock, actor=actor)
        with pytest.raises(Forbidden):
            list_post_comments(session, actor, discussion, cast.ana.person_id)


def test_an_edited_post_is_shown_as_it_is_now(session, cast, discussion, post, clock):
    add(session, cast, discussion, post, clock=clock)
    mark(session, cast.ines, discussion, cast.ana, now=clock(), version=1)
    release(session, cast.ines, discussion, cast.ana.person_id, now=clock())
    edit_post(session, cast.ana, discussion, post.id, PostContent("All new."), version=1, now=clock())
    session.expire_all()
    grade = get_released_grade(session, cast.ana, discussion)
    (shown,) = list_commented_posts(session, cast.ana, discussion, grade.post_comments)
    assert ("All new." in shown.html, shown.comments[0].anchor.exact) == (True, "Managers cope")
    assert shown.version > shown.comments[0].post_version
    assert list_commented_posts(session, cast.ben, discussion, grade.post_comments) == []


def test_two_graders_comment_at_once(database, session, cast, discussion, post, *, clock):
    session.commit()

    def comment(grader):
        with database.writing() as own:
            return add(own, cast, discussion, post, f"By {grader.name}", clock=clock, actor=grader)

    answers = at_once([lambda: comment(cast.ines), lambda: comment(cast.tariq)])
    assert sorted(answers) == [1, 2]
    assert {each.text for each in drafts(session, cast, discussion)} == {"By Ines Navarro", "By Tariq Haddad"}
    session.rollback()

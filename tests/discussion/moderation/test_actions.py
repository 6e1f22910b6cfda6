"""What is done to posts: once however often it is asked for, noted, and seen by whom it should be."""

import pytest
from sqlalchemy import select

from lti_app.core.errors import Forbidden, NotFound
from lti_app.discussion.discussions.rules import Structure
from lti_app.discussion.integrity.queries import list_similar_posts
from lti_app.discussion.moderation.actions import change_post, reply_privately, report_post
from lti_app.discussion.moderation.errors import ReasonMissing, ReasonTooLong
from lti_app.discussion.moderation.models import ModerationRecord
from lti_app.discussion.moderation.queries import count_review_items, list_history, list_own_reports, read_queue
from lti_app.discussion.moderation.rules import MAX_REASON, TIMESTAMP_CHANGES, ModerationAction, Outcome, ReportReason
from lti_app.discussion.posts.access import PostPermission
from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.errors import ParentGone, PostHeld
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import circumstances_of, get_post
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.discussion.threads.queries import get_overview
from tests.factories.discussions import set_up
from tests.factories.posts import write


@pytest.fixture
def do(session, cast, discussion, clock):
    """`do(action, post)`: as the instructor, unless another actor is named."""

    def do(action, post, actor=None, reason=""):
        reason = reason or ("Not the tone we want." if action is ModerationAction.HIDE else "")
        return change_post(session, actor or cast.ines, discussion, post.id, action, reason=reason, now=clock())

    return do


@pytest.fixture
def see(session, discussion):
    return lambda actor, post: get_post(session, actor, discussion, post.id, need=PostPermission.READ)


@pytest.fixture
def thread(session, cast, discussion, clock):
    """Ana's first post, Ben's, and Chi's answer to Ana's."""
    first = write(session, cast.ana, discussion, now=clock())
    other = write(session, cast.ben, discussion, now=clock())
    write(session, cast.chi, discussion, now=clock())
    return first, other, write(session, cast.chi, discussion, to=first, now=clock.move(minutes=1))


STATES = {
    ModerationAction.PIN: "is_pinned",
    ModerationAction.MARK: "is_exemplary",
    ModerationAction.CLOSE: "is_locked",
    ModerationAction.HIDE: "is_hidden",
    ModerationAction.HOLD: "is_held",
}
BACK = {
    ModerationAction.PIN: ModerationAction.UNPIN,
    ModerationAction.MARK: ModerationAction.UNMARK,
    ModerationAction.CLOSE: ModerationAction.REOPEN,
    ModerationAction.HIDE: ModerationAction.RESTORE,
    ModerationAction.HOLD: ModerationAction.APPROVE,
}


@pytest.mark.parametrize("action", STATES)
def test_an_action_is_done_once_and_undone_once(session, cast, discussion, thread, *, do, see, action):
    post = thread[1]
    for chosen, is_so in ((action, True), (BACK[action], False)):
        for _ in range(2):
            assert do(chosen, post) == post.address
            assert getattr(see(cast.ines, post), STATES[action]) is is_so
    assert [act.kind for act in list_history(session, cast.ines, discussion, post.id)] == [BACK[action], action]


@pytest.mark.parametrize("action", TIMESTAMP_CHANGES)
def test_students_moderate_nothing(cast, thread, do, action):
    with pytest.raises(Forbidden):
        do(action, thread[0], cast.ben)


def test_a_hidden_post_keeps_its_place_and_its_author_reads_why(cast, thread, do, see):
    do(ModerationAction.HIDE, thread[0], reason="Please leave names out.")
    for actor, html, reason in (
        (cast.ana, thread[0].html, "Please leave names out."),
        (cast.tariq, thread[0].html, "Please leave names out."),
        (cast.ben, "", ""),
    ):
        seen = see(actor, thread[0])
        assert (seen.is_hidden, seen.html, seen.hidden_reason) == (True, html, reason)
    do(ModerationAction.RESTORE, thread[0])
    assert see(cast.ben, thread[0]).html == thread[0].html
    assert see(cast.ana, thread[0]).hidden_reason == ""


def test_hiding_asks_for_a_reason_of_some_length(thread, do, session, cast, *, discussion, clock):
    for reason, error in (("", ReasonMissing), (" \u200b", ReasonMissing), ("x" * (MAX_REASON + 1), ReasonTooLong)):
        with pytest.raises(error):
            change_post(session, cast.ines, discussion, thread[0].id, ModerationAction.HIDE, reason=reason, now=clock())


def test_a_held_post_exists_for_its_author_and_staff_alone(session, cast, discussion, thread, *, do, see):
    do(ModerationAction.HOLD, thread[2])
    assert see(cast.chi, thread[2]).held_reasons == ("instructor",)
    with pytest.raises(NotFound):
        see(cast.ben, thread[2])
    first = session.get_one(Post, thread[0].id)
    assert (first.descendants, first.latest_at) == (0, first.created_at)
    assert get_overview(session, cast.ben, discussion).activity.replies == 0
    do(ModerationAction.APPROVE, thread[2])
    session.refresh(first)
    assert (first.descendants, first.latest_at) == (1, thread[2].created_at)
    assert see(cast.ben, thread[2]).held_reasons == ()


def test_nobody_answers_a_held_post_and_no_answered_post_is_held(session, cast, discussion, thread, *, do, clock):
    do(ModerationAction.HOLD, thread[2])
    for actor in (cast.chi, cast.ines):
        with pytest.raises(PostHeld):
            create_post(session, actor, discussion, PostContent("An answer."), parent_id=thread[2].id, now=clock())
    with pytest.raises(Forbidden):
        do(ModerationAction.HOLD, thread[0])


def test_one_answer_is_the_accepted_one(session, cast, clock):
    discussion = set_up(session, cast.ines, clock(), structure=Structure.QUESTIONS, post_first=False)
    question = write(session, cast.ana, discussion, now=clock())
    answers = [write(session, cast.ben, discussion, to=question, now=clock()) for _ in range(2)]
    deeper = write(session, cast.ana, discussion, to=answers[0], now=clock())

    def accepted():
        return session.scalars(select(Post.id).where(Post.accepted_at.is_not(None))).all()

    for actor, answer in ((cast.ana, answers[0]), (cast.tariq, answers[1]), (cast.ana, answers[0])):
        change_post(session, actor, discussion, answer.id, ModerationAction.ACCEPT, now=clock())
        assert accepted() == [answer.id]
    change_post(session, cast.ana, discussion, answers[0].id, ModerationAction.UNACCEPT, now=clock())
    assert accepted() == []
    for actor, post in ((cast.ben, answers[0]), (cast.ana, question), (cast.ines, deeper)):
        with pytest.raises(Forbidden):
            change_post(session, actor, discussion, post.id, ModerationAction.ACCEPT, now=clock())


def test_a_private_branch_is_between_one_student_and_staff(session, cast, discussion, thread, *, see, clock):
    before = {actor: get_overview(session, actor, discussion).activity for actor in (cast.ben, cast.chi)}
    placed = reply_privately(session, cast.ines, discussion, thread[0].id, "Between us: well argued.", now=clock())
    answer = create_post(session, cast.ana, discussion, PostContent("Thank you."), parent_id=placed.id, now=clock())
    for actor in (cast.ana, cast.tariq):
        assert (
            get_post(session, actor, discussion, answer.id, need=PostPermission.REPLY).private_to_id
            == cast.ana.person_id
        )
    for actor in (cast.ben, cast.chi):
        for post_id in (placed.id, answer.id):
            with pytest.raises(NotFound):
                get_post(session, actor, discussion, post_id, need=PostPermission.READ)
        assert get_overview(session, actor, discussion).activity == before[actor]
    assert session.scalar(select(ModerationRecord.kind)) is ModerationAction.REPLY_PRIVATELY


def test_staff_answer_only_students_privately(session, cast, discussion, thread, clock):
    own = write(session, cast.tariq, discussion, now=clock())
    for actor, post in ((cast.ines, own), (cast.ben, thread[0])):
        with pytest.raises(Forbidden):
            reply_privately(session, actor, discussion, post.id, "Psst.", now=clock())


def report(session, actor, discussion, post, *, now, words="He names my sister."):
    return report_post(session, actor, discussion, post.id, reason=ReportReason.PRIVACY, words=words, now=now)


def test_a_report_waits_until_somebody_decides(session, cast, discussion, thread, *, do, clock):
    for _ in range(2):
        assert report(session, cast.ben, discussion, thread[0], now=clock()) == "1"
    report(session, cast.chi, discussion, thread[0], now=clock())
    assert count_review_items(session, cast.tariq) == {discussion.id: 1}
    assert count_review_items(session, cast.ben) == {}
    (item,) = read_queue(session, cast.ines, discussion).items
    assert [line.reporter for line in item.reports] == ["Ben Carter", "Chi Nguyen"]
    do(ModerationAction.HIDE, thread[0])
    assert count_review_items(session, cast.tariq) == {}
    queue = read_queue(session, cast.ines, discussion)
    assert queue.items == ()
    assert [(act.kind, act.by, act.address) for act in queue.recent] == [(ModerationAction.HIDE, "Ines Navarro", "1")]
    for actor in (cast.ben, cast.chi):
        assert [line.outcome for line in list_own_reports(session, actor, clock())] == [Outcome.HIDDEN]
    assert list_own_reports(session, cast.ana, clock()) == []


def test_a_report_can_be_left_at_that(session, cast, discussion, thread, clock):
    report(session, cast.ben, discussion, thread[2], now=clock())
    for _ in range(2):
        change_post(session, cast.tariq, discussion, thread[2].id, ModerationAction.DISMISS, now=clock())
    (line,) = list_own_reports(session, cast.ben, clock())
    assert (line.outcome, line.settled_at) == (Outcome.KEPT, clock())
    assert [act.kind for act in list_history(session, cast.ines, discussion, thread[2].id)] == [
        ModerationAction.DISMISS
    ]


def test_one_reports_what_one_can_read_and_is_not_ones_own(session, cast, discussion, thread, *, do, clock):
    with pytest.raises(Forbidden):
        report(session, cast.ana, discussion, thread[0], now=clock())
    with pytest.raises(ReasonMissing):
        report_post(session, cast.ben, discussion, thread[0].id, reason=ReportReason.OTHER, words=" ", now=clock())
    do(ModerationAction.HIDE, thread[0])
    with pytest.raises(ParentGone):
        report(session, cast.ben, discussion, thread[0], now=clock())
    do(ModerationAction.HOLD, thread[2])
    with pytest.raises(NotFound):
        report(session, cast.ben, discussion, thread[2], now=clock())
    for outsider in (cast.olga, cast.stranger):
        with pytest.raises((NotFound, Forbidden)):
            report(session, outsider, discussion, thread[1], now=clock())


def test_only_staff_see_what_waits(session, cast, discussion):
    for actor in (cast.ana, cast.olga):
        with pytest.raises(Forbidden):
            read_queue(session, actor, discussion)


def test_what_waits_comes_in_pages_the_newest_first(session, cast, discussion, do, *, clock, monkeypatch):
    monkeypatch.setattr("lti_app.discussion.moderation.queries.PAGE_SIZE", 2)
    posts = [write(session, cast.ana, discussion, now=clock()) for _ in range(5)]
    for post in posts:
        do(ModerationAction.HOLD, post)
    found, before = [], None
    while True:
        page = read_queue(session, cast.ines, discussion, before=before)
        found.append([item.post.id for item in page.items])
        if (before := page.next) is None:
            break
    ids = [post.id for post in reversed(posts)]
    assert found == [ids[:2], ids[2:4], ids[4:]]


def test_a_permission_needs_no_circumstances_of_the_gate(session, cast, discussion, thread, see):
    """Staff pass every gate; what they may do stands on the post that they are shown."""
    permissions = see(cast.ines, thread[0]).permissions
    assert {
        PostPermission.PIN,
        PostPermission.HIDE,
        PostPermission.CLOSE,
        PostPermission.REPLY_PRIVATELY,
    } <= permissions
    assert PostPermission.SPLIT not in permissions
    assert PostPermission.SPLIT in see(cast.ines, thread[2]).permissions
    assert see(cast.ben, thread[0]).permissions == {
        PostPermission.READ,
        PostPermission.START,
        PostPermission.REPLY,
        PostPermission.LIKE,
        PostPermission.REPORT,
    }
    assert circumstances_of(session, cast.ben, discussion).has_posted


def test_only_staff_see_what_was_done_to_a_post(session, cast, discussion, clock):
    post = write(session, cast.ana, discussion, now=clock())
    for actor in (cast.ana, cast.ben, cast.olga):
        with pytest.raises(Forbidden):
            list_history(session, actor, discussion, post.id)
        with pytest.raises(Forbidden):
            list_similar_posts(session, actor, [post.id])

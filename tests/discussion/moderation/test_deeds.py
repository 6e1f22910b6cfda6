"""What is done to posts: once however often it is asked for, noted, and seen by whom it should be."""

import pytest
from sqlalchemy import select

from lti_app.core.errors import Forbidden, NotFound
from lti_app.discussion.discussions.rules import Structure
from lti_app.discussion.integrity.queries import list_likenesses
from lti_app.discussion.moderation.actions import change_post, reply_privately, report_post
from lti_app.discussion.moderation.errors import ReasonMissing, ReasonTooLong
from lti_app.discussion.moderation.models import ModerationAct
from lti_app.discussion.moderation.queries import count_waiting, list_acts, list_own_reports, read_queue
from lti_app.discussion.moderation.rules import CHANGES, MAX_REASON, Deed, Outcome, ReportReason
from lti_app.discussion.posts.access import Permission
from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.errors import ParentGone, PostHeld
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import circumstances_of, get_post
from lti_app.discussion.posts.rules.written import Written
from lti_app.discussion.threads.queries import get_overview
from tests.factories.discussions import set_up
from tests.factories.posts import write


@pytest.fixture
def do(session, cast, discussion, clock):
    """`do(deed, post)`: as the instructor, unless another actor is named."""

    def do(deed, post, actor=None, reason=""):
        reason = reason or ("Not the tone we want." if deed is Deed.HIDE else "")
        return change_post(session, actor or cast.ines, discussion, post.id, deed, reason=reason, now=clock())

    return do


@pytest.fixture
def see(session, discussion):
    return lambda actor, post: get_post(session, actor, discussion, post.id, need=Permission.READ)


@pytest.fixture
def thread(session, cast, discussion, clock):
    """Ana's first post, Ben's, and Chi's answer to Ana's."""
    first = write(session, cast.ana, discussion, now=clock())
    other = write(session, cast.ben, discussion, now=clock())
    write(session, cast.chi, discussion, now=clock())
    return first, other, write(session, cast.chi, discussion, to=first, now=clock.move(minutes=1))


STATES = {
    Deed.PIN: "is_pinned",
    Deed.MARK: "is_exemplary",
    Deed.CLOSE: "is_locked",
    Deed.HIDE: "is_hidden",
    Deed.HOLD: "is_held",
}
BACK = {
    Deed.PIN: Deed.UNPIN,
    Deed.MARK: Deed.UNMARK,
    Deed.CLOSE: Deed.REOPEN,
    Deed.HIDE: Deed.RESTORE,
    Deed.HOLD: Deed.RELEASE,
}


@pytest.mark.parametrize("deed", STATES)
def test_a_deed_is_done_once_and_taken_back_once(session, cast, discussion, thread, *, do, see, deed):
    post = thread[1]
    for chosen, is_so in ((deed, True), (BACK[deed], False)):
        for _ in range(2):
            assert do(chosen, post) == post.address
            assert getattr(see(cast.ines, post), STATES[deed]) is is_so
    assert [act.kind for act in list_acts(session, cast.ines, discussion, post.id)] == [BACK[deed], deed]


@pytest.mark.parametrize("deed", CHANGES)
def test_students_moderate_nothing(cast, thread, do, deed):
    with pytest.raises(Forbidden):
        do(deed, thread[0], cast.ben)


def test_a_hidden_post_keeps_its_place_and_its_author_reads_why(cast, thread, do, see):
    do(Deed.HIDE, thread[0], reason="Please leave names out.")
    for actor, html, reason in (
        (cast.ana, thread[0].html, "Please leave names out."),
        (cast.tariq, thread[0].html, "Please leave names out."),
        (cast.ben, "", ""),
    ):
        seen = see(actor, thread[0])
        assert (seen.is_hidden, seen.html, seen.hidden_reason) == (True, html, reason)
    do(Deed.RESTORE, thread[0])
    assert see(cast.ben, thread[0]).html == thread[0].html
    assert see(cast.ana, thread[0]).hidden_reason == ""


def test_hiding_asks_for_a_reason_of_some_length(thread, do, session, cast, *, discussion, clock):
    for reason, error in (("", ReasonMissing), (" \u200b", ReasonMissing), ("x" * (MAX_REASON + 1), ReasonTooLong)):
        with pytest.raises(error):
            change_post(session, cast.ines, discussion, thread[0].id, Deed.HIDE, reason=reason, now=clock())


def test_a_held_post_exists_for_its_author_and_staff_alone(session, cast, discussion, thread, *, do, see):
    do(Deed.HOLD, thread[2])
    assert see(cast.chi, thread[2]).held_reasons == ("instructor",)
    with pytest.raises(NotFound):
        see(cast.ben, thread[2])
    first = session.get_one(Post, thread[0].id)
    assert (first.descendants, first.latest_at) == (0, first.created_at)
    assert get_overview(session, cast.ben, discussion).activity.replies == 0
    do(Deed.RELEASE, thread[2])
    session.refresh(first)
    assert (first.descendants, first.latest_at) == (1, thread[2].created_at)
    assert see(cast.ben, thread[2]).held_reasons == ()


def test_nobody_answers_a_held_post_and_no_answered_post_is_held(session, cast, discussion, thread, *, do, clock):
    do(Deed.HOLD, thread[2])
    for actor in (cast.chi, cast.ines):
        with pytest.raises(PostHeld):
            create_post(session, actor, discussion, Written("An answer."), parent_id=thread[2].id, now=clock())
    with pytest.raises(Forbidden):
        do(Deed.HOLD, thread[0])


def test_one_answer_is_the_accepted_one(session, cast, clock):
    discussion = set_up(session, cast.ines, clock(), structure=Structure.QUESTIONS, post_first=False)
    question = write(session, cast.ana, discussion, now=clock())
    answers = [write(session, cast.ben, discussion, to=question, now=clock()) for _ in range(2)]
    deeper = write(session, cast.ana, discussion, to=answers[0], now=clock())

    def accepted():
        return session.scalars(select(Post.id).where(Post.accepted_at.is_not(None))).all()

    for actor, answer in ((cast.ana, answers[0]), (cast.tariq, answers[1]), (cast.ana, answers[0])):
        change_post(session, actor, discussion, answer.id, Deed.ACCEPT, now=clock())
        assert accepted() == [answer.id]
    change_post(session, cast.ana, discussion, answers[0].id, Deed.UNACCEPT, now=clock())
    assert accepted() == []
    for actor, post in ((cast.ben, answers[0]), (cast.ana, question), (cast.ines, deeper)):
        with pytest.raises(Forbidden):
            change_post(session, actor, discussion, post.id, Deed.ACCEPT, now=clock())


def test_a_private_branch_is_between_one_student_and_staff(session, cast, discussion, thread, *, see, clock):
    before = {actor: get_overview(session, actor, discussion).activity for actor in (cast.ben, cast.chi)}
    placed = reply_privately(session, cast.ines, discussion, thread[0].id, "Between us: well argued.", now=clock())
    answer = create_post(session, cast.ana, discussion, Written("Thank you."), parent_id=placed.id, now=clock())
    for actor in (cast.ana, cast.tariq):
        assert (
            get_post(session, actor, discussion, answer.id, need=Permission.REPLY).private_to_id == cast.ana.person_id
        )
    for actor in (cast.ben, cast.chi):
        for post_id in (placed.id, answer.id):
            with pytest.raises(NotFound):
                get_post(session, actor, discussion, post_id, need=Permission.READ)
        assert get_overview(session, actor, discussion).activity == before[actor]
    assert session.scalar(select(ModerationAct.kind)) is Deed.REPLY_PRIVATELY


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
    assert count_waiting(session, cast.tariq) == {discussion.id: 1}
    assert count_waiting(session, cast.ben) == {}
    (item,) = read_queue(session, cast.ines, discussion).items
    assert [line.reporter for line in item.reports] == ["Ben Carter", "Chi Nguyen"]
    do(Deed.HIDE, thread[0])
    assert count_waiting(session, cast.tariq) == {}
    queue = read_queue(session, cast.ines, discussion)
    assert queue.items == ()
    assert [(act.kind, act.by, act.address) for act in queue.lately] == [(Deed.HIDE, "Ines Navarro", "1")]
    for actor in (cast.ben, cast.chi):
        assert [line.outcome for line in list_own_reports(session, actor, clock())] == [Outcome.HIDDEN]
    assert list_own_reports(session, cast.ana, clock()) == []


def test_a_report_can_be_left_at_that(session, cast, discussion, thread, clock):
    report(session, cast.ben, discussion, thread[2], now=clock())
    for _ in range(2):
        change_post(session, cast.tariq, discussion, thread[2].id, Deed.DISMISS, now=clock())
    (line,) = list_own_reports(session, cast.ben, clock())
    assert (line.outcome, line.settled_at) == (Outcome.KEPT, clock())
    assert [act.kind for act in list_acts(session, cast.ines, discussion, thread[2].id)] == [Deed.DISMISS]


def test_one_reports_what_one_can_read_and_is_not_ones_own(session, cast, discussion, thread, *, do, clock):
    with pytest.raises(Forbidden):
        report(session, cast.ana, discussion, thread[0], now=clock())
    with pytest.raises(ReasonMissing):
        report_post(session, cast.ben, discussion, thread[0].id, reason=ReportReason.OTHER, words=" ", now=clock())
    do(Deed.HIDE, thread[0])
    with pytest.raises(ParentGone):
        report(session, cast.ben, discussion, thread[0], now=clock())
    do(Deed.HOLD, thread[2])
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
        do(Deed.HOLD, post)
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
    deeds = see(cast.ines, thread[0]).deeds
    assert {Permission.PIN, Permission.HIDE, Permission.CLOSE, Permission.REPLY_PRIVATELY} <= deeds
    assert Permission.SPLIT not in deeds
    assert Permission.SPLIT in see(cast.ines, thread[2]).deeds
    assert see(cast.ben, thread[0]).deeds == {
        Permission.READ,
        Permission.START,
        Permission.REPLY,
        Permission.APPRECIATE,
        Permission.REPORT,
    }
    assert circumstances_of(session, cast.ben, discussion).has_posted


def test_only_staff_see_what_was_done_to_a_post(session, cast, discussion, clock):
    post = write(session, cast.ana, discussion, now=clock())
    for actor in (cast.ana, cast.ben, cast.olga):
        with pytest.raises(Forbidden):
            list_acts(session, actor, discussion, post.id)
        with pytest.raises(Forbidden):
            list_likenesses(session, actor, [post.id])

"""Posts that wait for an instructor because a rule says so, and the many that do not."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

import lti_app
from lti_app.course.courses.actions import create_course, record_earlier
from lti_app.discussion.integrity.actions import screen
from lti_app.discussion.integrity.models import Finding, SignatureBand
from lti_app.discussion.integrity.queries import list_similar_posts
from lti_app.discussion.moderation.actions import change_post, reply_privately
from lti_app.discussion.moderation.queries import list_history, read_queue
from lti_app.discussion.moderation.rules import HeldReason, ModerationAction
from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.actions.edit import edit_post
from lti_app.discussion.posts.rules.written import PostContent
from tests.factories.discussions import set_up
from tests.factories.posts import write
from tests.statements import count_statements

ESSAY = (
    "On my ward the nurse in charge keeps the rota, the beds and the budget, and nobody would call that leading. "
    "But when the flood came she went from room to room, told us what mattered and what could wait, and we followed "
    "her because she had listened to us in quiet weeks. So I doubt that these are two kinds of people at all."
)
PACKAGE = Path(lti_app.__file__).parent
SELLERS = frozenset({"edubirdie.com"})


@pytest.fixture
def post(session, cast, discussion, clock):
    """`post(author, text)`: writes and looks it over; the post's id and why it is held."""

    def post(author, text, *, into=None, parent_id=None):
        where = into or discussion
        now = clock.move(minutes=11)
        placed = create_post(session, author, where, PostContent(text), parent_id=parent_id, now=now)
        return placed.id, screen(session, author, where, placed.id, sellers=SELLERS, now=now)

    return post


def test_the_same_words_by_another_wait(session, cast, discussion, post):
    first, held = post(cast.ana, ESSAY)
    assert held == []
    copy, held = post(cast.ben, ESSAY.replace("On my ward", "At our clinic"))
    assert held == [HeldReason.SIMILAR]
    (item,) = read_queue(session, cast.ines, discussion).items
    assert (item.post.id, item.post.held_reasons) == (copy, ("similar",))
    assert [(act.kind, act.by_rule, act.by) for act in item.history] == [(ModerationAction.HOLD, True, "")]
    likeness = list_similar_posts(session, cast.ines, [copy])[copy]
    assert (likeness.address, likeness.discussion_id) == ("1", discussion.id)
    assert likeness.share > 85
    assert [run.same for run in likeness.own] == [False, True]
    assert first != copy


def test_so_do_the_same_words_in_another_discussion_of_the_course_but_of_no_other(
    session, cast, discussion, post, clock
):
    elsewhere = set_up(session, cast.elsewhere, clock(), post_first=False)
    other = set_up(session, cast.ines, clock(), title="Week 2", post_first=False)
    post(cast.stranger, ESSAY, into=elsewhere)
    assert post(cast.ana, ESSAY)[1] == []
    assert post(cast.ben, ESSAY, into=other)[1] == [HeldReason.SIMILAR]


def test_an_earlier_copy_of_the_course_is_looked_at_and_nothing_of_it_shown(session, cast, discussion, post, clock):
    elsewhere = set_up(session, cast.elsewhere, clock(), title="Private week", post_first=False)
    post(cast.stranger, ESSAY + " And I learnt it by heart.", into=elsewhere)
    record_earlier(session, cast.course_id, [elsewhere.course_id, cast.course_id])
    record_earlier(session, cast.course_id, [elsewhere.course_id])
    copy, held = post(cast.ana, ESSAY)
    assert held == [HeldReason.SIMILAR]
    told = list_similar_posts(session, cast.ines, [copy])[copy]
    assert (told.year, told.share) == (clock().year, 100)
    assert [run.same for run in told.own] == [True]
    assert (told.discussion_id, told.discussion_title, told.address, told.other) == (0, "", "", ())
    assert list_similar_posts(session, cast.elsewhere, [copy]) == {}


def test_only_from_the_copy_to_what_it_was_copied_from(session, cast, discussion, post, clock):
    elsewhere = set_up(session, cast.elsewhere, clock(), post_first=False)
    record_earlier(session, cast.course_id, [elsewhere.course_id])
    post(cast.ana, ESSAY)
    assert post(cast.stranger, ESSAY, into=elsewhere)[1] == []


def test_what_other_courses_were_copied_from_is_not_looked_at(session, cast, discussion, post, clock):
    elsewhere = set_up(session, cast.elsewhere, clock(), post_first=False)
    copied = create_course(session, title="Leadership II", label="L2", time_zone="UTC", now=clock())
    record_earlier(session, copied, [cast.course_id])
    post(cast.ana, ESSAY)
    assert post(cast.stranger, ESSAY, into=elsewhere)[1] == []


def test_nothing_else_asks_for_earlier_courses():
    """The exception to "nothing is read across courses" has one reader and one writer."""
    asking = {path.parent.name for path in PACKAGE.rglob("*.py") if "EarlierCourse" in path.read_text()}
    assert asking == {"courses", "integrity"}


@pytest.mark.parametrize(
    "text",
    [
        f"> {ESSAY}\n\nThis is what I would have said, only better, and I have nothing to add to it but my thanks.",
        f"“{ESSAY}” I could not say it better, and would not try.",
        " ".join(ESSAY.split()[:30]) + " …",
        " ".join(ESSAY.split()[:35]) + " " + " ".join(f"but{n} then{n} again{n}" for n in range(30)),
        "I do not think so. " * 12,
    ],
    ids=["quoted", "in quotation marks", "short", "mostly new", "repetitive"],
)
def test_quoting_short_and_new_words_do_not(cast, post, text):
    post(cast.ana, ESSAY)
    assert post(cast.ben, text)[1] == []


def test_ones_own_words_and_the_prompts_may_be_said_again(session, cast, post, clock):
    asked = set_up(session, cast.ines, clock(), prompt=ESSAY, post_first=False)
    assert post(cast.ana, ESSAY, into=asked)[1] == []
    assert post(cast.ben, ESSAY, into=asked)[1] == []
    post(cast.chi, ESSAY)
    assert post(cast.chi, ESSAY)[1] == []


def test_staff_are_never_held_but_remembered(session, cast, post):
    assert post(cast.ines, ESSAY + " https://edubirdie.com")[1] == []
    assert post(cast.ana, ESSAY)[1] == [HeldReason.SIMILAR]


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("https://example.edu/a https://example.edu/b", [HeldReason.LINKS]),
        ("Great help: https://edubirdie.com/order", [HeldReason.SELLER, HeldReason.LINKS]),
        (ESSAY + " https://edubirdie.com", [HeldReason.SELLER]),
        (ESSAY + " https://example.edu", []),
    ],
)
def test_links(cast, post, text, reasons):
    assert post(cast.ana, text)[1] == reasons


def test_bare_links_are_fine_from_those_who_have_written_before(cast, post):
    post(cast.ana, "My own opinion.")
    assert post(cast.ana, "https://example.edu/a")[1] == []


def test_a_post_is_not_held_twice_for_the_same(session, cast, discussion, post, clock):
    number, _ = post(cast.ana, "https://edubirdie.com and some words that I have found myself today")

    def edit(text, version):
        edit_post(session, cast.ana, discussion, number, PostContent(text), version=version, now=clock.move(minutes=1))
        return screen(session, cast.ana, discussion, number, sellers=SELLERS, edited=True, now=clock())

    change_post(session, cast.ines, discussion, number, ModerationAction.APPROVE, now=clock())
    assert edit("https://edubirdie.com still, with some more words that I have found myself today.", 1) == []
    post(cast.ben, ESSAY)
    assert edit(ESSAY, 2) == [HeldReason.SIMILAR]
    assert session.scalar(select(func.count()).where(Finding.post_id == number)) == 3
    kinds = [act.kind for act in list_history(session, cast.ines, discussion, number)]
    assert kinds == [ModerationAction.HOLD, ModerationAction.APPROVE, ModerationAction.HOLD]


def test_an_answered_post_keeps_its_place(session, cast, discussion, post, clock):
    post(cast.ben, ESSAY)
    number, _ = post(cast.ana, "Short.")
    post(cast.ben, "An answer.", parent_id=number)
    edit_post(session, cast.ana, discussion, number, PostContent(ESSAY), version=1, now=clock())
    assert screen(session, cast.ana, discussion, number, sellers=SELLERS, edited=True, now=clock()) == []


def test_private_answers_are_neither_compared_nor_counted(session, cast, discussion, post, clock):
    first = write(session, cast.ana, discussion, now=clock())
    private = reply_privately(session, cast.ines, discussion, first.id, "Between us.", now=clock())
    assert post(cast.ana, ESSAY, parent_id=private.id)[1] == []
    assert session.scalar(select(func.count()).select_from(SignatureBand)) == 0


def test_two_statements_for_a_post_none_for_a_short_one(database, session, cast, discussion, clock):
    for number in range(3):
        text = ESSAY + f" {number}"
        for most, words in ((2, text), (0, f"Short {number}.")):
            placed = create_post(session, cast.ana, discussion, PostContent(words), parent_id=None, now=clock())
            with count_statements(database.engine) as sent:
                screen(session, cast.ana, discussion, placed.id, sellers=SELLERS, now=clock())
            assert len(sent) == most, sent

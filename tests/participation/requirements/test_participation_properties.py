"""What is true of the rule of participation whatever was written, edited and deleted."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from lti_app.participation.requirements.base import Standing
from lti_app.participation.requirements.facts import PostFacts, VersionFacts
from tests.cast import MONDAY
from tests.factories.readings import assigned
from tests.factories.requirements import Kinds, Reasons, ask_for, evaluate

SELF, STAFF = 1, 9
READINGS = (assigned(1, "Kotter 1990"), assigned(2, "Zaleznik 1977"))
hours = st.integers(0, 24 * 9).map(lambda number: MONDAY + timedelta(hours=number))
versions = st.lists(
    st.builds(VersionFacts, at=hours, words=st.integers(0, 60), reading_ids=st.frozensets(st.integers(1, 2))),
    min_size=1,
    max_size=3,
).map(lambda found: tuple(sorted(found, key=lambda version: version.at)))
requirements = st.builds(
    ask_for,
    first_post_words=st.integers(0, 50),
    first_post_due=st.none() | hours,
    replies=st.integers(0, 3),
    reply_words=st.integers(0, 30),
    replies_due=st.none() | hours,
    readings=st.sampled_from([(), READINGS[:1], READINGS]),
)


@st.composite
def facts(draw, number):
    to = draw(st.none() | st.sampled_from([SELF, 2, 3, 4, STAFF]))
    return PostFacts(
        id=number,
        address=str(number),
        versions=draw(versions),
        parent_author_id=to,
        answers_self=to == SELF,
        answers_staff=to == STAFF,
        deleted=draw(st.booleans()),
    )


posts = st.integers(0, 7).flatmap(lambda size: st.tuples(*(facts(number) for number in range(1, size + 1))).map(list))


@given(requirements, posts, hours, st.randoms(use_true_random=False))
def test_the_order_of_posts_makes_no_difference(asked, written, now, random):
    shuffled = random.sample(written, len(written))
    assert evaluate(asked, shuffled, now) == evaluate(asked, written, now)


@given(requirements, posts, hours, st.data())
def test_a_deleted_post_is_as_if_it_had_never_been(asked, written, now, data):
    gone = data.draw(st.sampled_from(written)) if written else None
    deleted = evaluate(asked, [post._replace(deleted=True) if post is gone else post for post in written], now)
    never = evaluate(asked, [post for post in written if post is not gone], now)
    assert (deleted.requirements, deleted.has_started) == (never.requirements, never.has_started)
    assert {key: verdict for key, verdict in deleted.posts.items() if not gone or key != gone.id} == never.posts


@given(requirements, posts, facts(99), hours)
def test_another_post_takes_nothing_away(asked, written, another, now):
    before = evaluate(asked, written, now)
    after = evaluate(asked, [*written, another], now)
    for earlier, later in zip(before.requirements, after.requirements, strict=True):
        if earlier.met_at:
            assert later.is_met
            assert later.met_at <= earlier.met_at
        if earlier.standing is Standing.MET:
            assert later.standing is Standing.MET
        if earlier.kind is not Kinds.FIRST_POST:  # whose words are those of the post that counts
            assert later.have >= earlier.have


@given(requirements, posts, hours, hours)
def test_time_alone_unmeets_nothing(asked, written, one, other):
    before, after = (evaluate(asked, written, now) for now in sorted([one, other]))
    assert [v.is_met for v in before.requirements] == [v.is_met for v in after.requirements]
    assert before.posts == after.posts


@given(requirements, posts, hours)
def test_counts_say_what_they_were_counted_from(asked, written, now):
    verdicts = evaluate(asked, written, now)
    assert verdicts.posts.keys() == {post.id for post in written}
    counting = [verdict for verdict in verdicts.posts.values() if verdict.counts]
    assert {verdict.reason for verdict in counting} <= {Reasons.FIRST_POST, Reasons.REPLY}
    assert sum(verdict.reason is Reasons.FIRST_POST for verdict in counting) <= 1
    for verdict in verdicts.requirements:
        assert verdict.is_met == (verdict.met_at is not None)
        if verdict.kind is Kinds.REPLIES:
            assert verdict.have == len(verdict.addresses) == len(verdict.people) <= verdict.want
            assert verdict.have == sum(each.reason is Reasons.REPLY for each in counting)
        if verdict.kind is Kinds.READING:
            assert verdict.have == bool(verdict.addresses)


@given(requirements, posts, hours)
def test_all_is_complete_when_everything_is_met_and_not_before(asked, written, now):
    verdicts = evaluate(asked, written, now)
    assert (verdicts.completed_at is not None) == (verdicts.all_met and bool(verdicts.requirements))
    if verdicts.completed_at:
        assert verdicts.completed_at == max(verdict.met_at for verdict in verdicts.requirements)

"""Readings and discussions: adding, setting up, the gate, the lists."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from lti_app.core.errors import Forbidden, NotFound
from lti_app.discussion.discussions.access import DiscussionPermission
from lti_app.discussion.discussions.actions.reserve import DEFAULT_TITLE, reserve_discussion
from lti_app.discussion.discussions.actions.settings import save_settings
from lti_app.discussion.discussions.errors import DatesOutOfOrder, SettingsChanged, UnknownReading
from lti_app.discussion.discussions.queries.course import list_discussions
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.discussions.rules import MAX_TITLE, Calendar, State
from lti_app.grading.rubrics.actions.copy import copy_rubric
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.library.readings.actions.passages import find_passages
from lti_app.library.readings.actions.records import add_reading
from lti_app.library.readings.queries import list_readings
from lti_app.library.readings.rules import to_csl
from lti_app.participation.progress.queries import requirements_of
from lti_app.participation.requirements.registry import FIELDS, to_values
from tests.factories.discussions import PLAN, WEEK, plan, set_up
from tests.factories.readings import KOTTER, add_readings


@pytest.fixture
def reserved(session, cast, clock):
    return reserve_discussion(session, course_id=cast.course_id, title="From the LMS", now=clock())


@pytest.fixture
def save(session, cast, clock, reserved):
    """Sets the reserved discussion up as the instructor, or as somebody else."""

    def saved(settings=PLAN, version=0, actor=cast.ines):
        return save_settings(session, actor, reserved, settings=settings, version=version, now=clock())

    return saved


def test_a_reserved_discussion_waits_for_its_set_up(session, cast, clock, reserved):
    view = get_discussion(session, cast.ana, reserved, now=clock())
    assert (view.title, view.state, view.version, view.points) == ("From the LMS", State.UNPREPARED, 0, Decimal(20))
    assert view.prompt_html == ""
    assert list_discussions(session, cast.ana, clock()) == []
    assert [line.id for line in list_discussions(session, cast.tariq, clock())] == [reserved]


def test_a_set_up_is_kept_whole(session, cast, clock, save):
    kotter, zaleznik = add_readings(session, cast.ines, clock())
    wanted = plan(reading_ids=(zaleznik, kotter), required_ids=frozenset({kotter}), points=Decimal("12.50"))
    view = save(wanted)
    assert view == get_discussion(session, cast.ana, view.id, now=clock())
    assert (view.title, view.prompt, view.points) == (wanted.title, wanted.prompt, wanted.points)
    assert view.prompt_html == "<p>Are managers and leaders different people?</p>"
    assert (view.calendar, view.state, view.version) == (WEEK, State.OPEN, 1)
    assert [(reading.label, reading.required) for reading in view.readings] == [
        ("Zaleznik 1977", False),
        ("Kotter 1990", True),
    ]
    assert to_values(view.requirements) == {
        **{field.input: field.nothing for field in FIELDS},
        "first_post_words": 5,
        "replies_wanted": 2,
        "reply_words": 3,
    }
    asked = requirements_of(view)
    assert (asked.of_first_post.due, asked.of_reply.due) == (WEEK.first_post_due, WEEK.replies_due)
    assert [reading.id for reading in asked.asked[-1].terms.readings] == [kotter]


def test_a_later_set_up_replaces_the_earlier_one(session, cast, clock, save):
    kotter, zaleznik = add_readings(session, cast.ines, clock())
    save(plan(reading_ids=(kotter, zaleznik), required_ids=frozenset({kotter})))
    view = save(plan(reading_ids=(zaleznik, zaleznik), calendar=Calendar()), version=1)
    assert [reading.id for reading in view.readings] == [zaleznik]
    assert (view.version, view.calendar, requirements_of(view).asked[-1].terms.readings) == (2, Calendar(), ())


def test_two_instructors_do_not_overwrite_each_other(session, cast, clock, save):
    save(plan(title="Hers"))
    with pytest.raises(SettingsChanged):
        save(plan(title="His"), version=0)
    assert save(plan(title="His, after he saw hers"), version=1).title == "His, after he saw hers"


def test_nobody_but_the_instructor_sets_up(cast, save, session, clock, reserved):
    for actor in (cast.tariq, cast.ana, cast.olga):
        with pytest.raises(Forbidden):
            save(actor=actor)
    for actor in (cast.elsewhere, cast.stranger):
        with pytest.raises(NotFound):
            save(actor=actor)
    assert get_discussion(session, cast.ines, reserved, now=clock()).version == 0


def test_dates_that_contradict_each_other_are_named(save, session, cast, clock, reserved):
    with pytest.raises(DatesOutOfOrder) as caught:
        save(plan(calendar=replace(WEEK, closes_at=clock())))
    assert caught.value.data == {"earlier": "replies_due", "later": "closes_at"}
    assert get_discussion(session, cast.ines, reserved, now=clock()).state is State.UNPREPARED


def test_a_reading_of_another_course_is_unknown(session, cast, clock, save):
    kotter, _ = add_readings(session, cast.ines, clock())
    theirs = add_reading(session, cast.elsewhere, to_csl(KOTTER), clock())
    for wrong in (theirs, 10**30, 0):
        with session.begin_nested() as savepoint:
            with pytest.raises(UnknownReading):
                save(plan(reading_ids=(kotter, wrong)))
            savepoint.rollback()
    assert save(plan(reading_ids=(kotter,))).version == 1


def test_hostile_titles_and_prompts(save):
    view = save(plan(title=" \n<b>Bold</b>\0\r\nand more ", prompt="<script>alert(1)</script>"))
    assert view.title == "<b>Bold</b> and more"
    assert view.prompt_html == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"
    assert save(plan(title="x" * 999), version=1).title == "x" * MAX_TITLE
    assert save(plan(title="\u200b"), version=2).title == DEFAULT_TITLE


def test_the_gate_knows_no_other_course(session, cast, clock, discussion):
    for actor in (cast.elsewhere, cast.stranger):
        for need in DiscussionPermission:
            with pytest.raises(NotFound):
                get_discussion(session, actor, discussion.id, need=need, now=clock())
    for number in (0, -1, discussion.id + 1, 2**63, -(10**30)):
        with pytest.raises(NotFound):
            get_discussion(session, cast.ines, number, now=clock())


def test_the_gate_asks_for_the_permission(session, cast, clock, discussion):
    with pytest.raises(Forbidden):
        get_discussion(session, cast.ana, discussion.id, need=DiscussionPermission.GRADE, now=clock())
    assert (
        get_discussion(session, cast.tariq, discussion.id, need=DiscussionPermission.GRADE, now=clock()) == discussion
    )


def test_the_state_follows_the_clock(session, cast, clock):
    calendar = Calendar(opens_at=clock() + timedelta(days=1), closes_at=clock() + timedelta(days=2))
    view = set_up(session, cast.ines, clock(), calendar=calendar)
    states = [view.state]
    for _ in range(2):
        states.append(get_discussion(session, cast.ana, view.id, now=clock.move(days=1)).state)
    assert states == [State.SCHEDULED, State.OPEN, State.CLOSED]


def test_discussions_are_listed_by_their_first_date(session, cast, clock):
    later = WEEK.first_post_due + timedelta(days=1)
    made = [
        set_up(session, cast.ines, clock(), title="undated", calendar=Calendar()),
        set_up(session, cast.ines, clock(), title="later", calendar=Calendar(first_post_due=later)),
        set_up(session, cast.ines, clock(), title="sooner"),
    ]
    set_up(session, cast.elsewhere, clock(), title="another course")
    lines = list_discussions(session, cast.ana, clock())
    assert [line.title for line in lines] == ["sooner", "later", "undated"]
    assert {line.id for line in lines} == {view.id for view in made}


def test_readings_are_listed_by_label_and_never_across_courses(session, cast, clock):
    add_readings(session, cast.ines, clock())
    add_reading(session, cast.ines, to_csl(KOTTER), clock())
    add_reading(session, cast.elsewhere, to_csl(KOTTER), clock())
    assert [line.label for line in list_readings(session, cast.ana)] == ["Kotter 1990", "Kotter 1990b", "Zaleznik 1977"]
    assert [line.label for line in list_readings(session, cast.elsewhere)] == ["Kotter 1990"]


def test_nobody_but_the_instructor_adds_readings(session, cast, clock):
    for actor in (cast.tariq, cast.ana, cast.olga):
        with pytest.raises(Forbidden):
            add_reading(session, actor, to_csl(KOTTER), clock())
    assert list_readings(session, cast.ines) == []


def test_a_passage_is_made_once(session, cast, clock):
    kotter, zaleznik = add_readings(session, cast.ines, clock())
    first = find_passages(session, [(kotter, "104"), (kotter, ""), (kotter, "104")])
    again = find_passages(session, [(zaleznik, "104"), (kotter, "104")])
    assert again[kotter, "104"] == first[kotter, "104"]
    assert len({*first.values(), *again.values()}) == 3
    assert find_passages(session, []) == {}


def test_each_discussion_has_a_rubric_of_its_own(session, cast, clock, discussion):
    other = set_up(session, cast.ines, clock())
    mine, theirs = get_rubric(session, discussion), get_rubric(session, other)
    assert mine.maximum == theirs.maximum == 20
    assert not {c.id for c in mine.criteria} & {c.id for c in theirs.criteria}
    assert [len(criterion.levels) for criterion in mine.criteria] == [4, 4, 4, 3, 3]
    copy_rubric(session, discussion, ())
    assert get_rubric(session, discussion) == mine


def test_a_discussion_without_a_rubric_has_no_criteria(session, save):
    assert get_rubric(session, save()).criteria == ()

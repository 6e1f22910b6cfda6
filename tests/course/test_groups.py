"""Groups of a course: made here, told by the LMS, and who sees whose posts where they are apart."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from lti_app.core.errors import Forbidden, NotFound
from lti_app.course.courses.actions import deactivate_others, enroll
from lti_app.course.courses.rules import Role
from lti_app.course.groups.actions import (
    make_group,
    place_students,
    record_lms_groups,
    remove_group,
    rename_group,
    split_students,
)
from lti_app.course.groups.errors import GroupInUse, GroupNameless, GroupNameTaken, NobodyToSplit
from lti_app.course.groups.queries import list_groups, list_places
from lti_app.course.groups.rules import GroupKind
from lti_app.discussion.discussions.actions.extensions import extend
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.discussions.rules import Calendar, Structure
from lti_app.discussion.posts.access import PostPermission
from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.errors import GroupLeft
from lti_app.discussion.posts.queries.gate import circumstances_of, get_post
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.discussion.threads.queries import read_thread
from tests.factories.discussions import WEEK, set_up
from tests.statements import count_statements


def named(number):
    return f"Group {number}"


def sizes(session, actor, kind=None):
    return {line.name or line.number: line.size for line in list_groups(session, actor, kind)}


def test_students_are_split_evenly_and_late_comers_fill_up(session, cast):
    assert split_students(session, cast.ines, 2, name_of=named, everybody=True) == 3
    assert sorted(sizes(session, cast.ines).values()) == [1, 2]
    with pytest.raises(NobodyToSplit):
        split_students(session, cast.ines, 2, name_of=named, everybody=False)
    place_students(session, cast.ines, {cast.chi.person_id: None})
    assert split_students(session, cast.ines, 2, name_of=named, everybody=False) == 1
    assert sorted(sizes(session, cast.ines).values()) == [1, 2]
    assert [place.name for place in list_places(session, cast.ines)] == ["Ana Brandt", "Ben Carter", "Chi Nguyen"]


def test_a_group_counts_those_who_are_students_of_its_own_course(session, cast, clock):
    """Not who has left it, though they are students of another course."""
    one = make_group(session, cast.ines, "One")
    place_students(session, cast.ines, {cast.ana.person_id: one, cast.ben.person_id: one})
    enroll(session, course_id=cast.elsewhere.course_id, person_id=cast.ana.person_id, role=Role.STUDENT, now=clock())
    visits_have_ended = clock.move(days=1)
    deactivate_others(session, cast.course_id, {cast.ben.person_id, cast.chi.person_id}, visits_have_ended)
    assert sizes(session, cast.ines) == {"One": 1}


def test_a_student_is_in_one_group_made_here(session, cast):
    one, two = make_group(session, cast.ines, "One"), make_group(session, cast.ines, "  Two\n ")
    place_students(session, cast.ines, {cast.ana.person_id: one})
    place_students(session, cast.ines, {cast.ana.person_id: two, cast.stranger.person_id: two, cast.ben.person_id: 99})
    assert sizes(session, cast.ines) == {"One": 0, "Two": 1}
    assert [line.name for line in list_groups(session, cast.ana)] == ["Two"]
    assert list_groups(session, cast.ben) == []


def test_two_who_place_a_student_at_once_leave_them_in_one_group(database, session, cast):
    groups = [make_group(session, cast.ines, f"Group {n}") for n in range(6)]
    session.commit()

    def place(group):
        with database.writing() as own:
            place_students(own, cast.ines, {student.person_id: group for student in cast.students})

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(place, groups * 3))
    session.expire_all()
    assert sorted(sizes(session, cast.ines).values()) == [0, 0, 0, 0, 0, 3]


def test_names_are_given_once_and_never_empty(session, cast):
    one = make_group(session, cast.ines, "One")
    two = make_group(session, cast.ines, "Two")
    with pytest.raises(GroupNameTaken):
        make_group(session, cast.ines, "One")
    with pytest.raises(GroupNameTaken):
        rename_group(session, cast.ines, two, "One")
    with pytest.raises(GroupNameless):
        rename_group(session, cast.ines, two, " \n")
    rename_group(session, cast.ines, one, "First")
    assert make_group(session, cast.ines, "One") not in (one, two)


def test_groups_are_the_instructors_and_of_one_course(session, cast):
    one = make_group(session, cast.ines, "One")
    for actor in (cast.tariq, cast.ana, cast.olga):
        with pytest.raises(Forbidden):
            make_group(session, actor, "Mine")
        with pytest.raises(Forbidden):
            list_places(session, actor)
    with pytest.raises(NotFound):
        rename_group(session, cast.elsewhere, one, "Taken over")
    assert list_groups(session, cast.elsewhere) == []


def test_the_lms_is_followed(session, cast):
    def told(**groups):
        record_lms_groups(session, cast.course_id, cast.ana.person_id, GroupKind.LMS_SECTION, groups)

    told(s1="Morning", s2="")
    assert sizes(session, cast.ines) == {"Morning": 1, "s2": 1}
    told(s2="Evening")
    assert sizes(session, cast.ines) == {"Evening": 1}  # one that nobody is in any more is not listed
    told(s1="", s2="")
    assert sizes(session, cast.ines, GroupKind.LMS_SECTION) == {"Evening": 1, "Morning": 1}
    assert sizes(session, cast.ines, GroupKind.OWN) == {}


@pytest.fixture
def apart(session, cast, clock):
    """A discussion in groups: Ana and Ben in one, Chi in the other; the groups' ids."""
    one, two = make_group(session, cast.ines, "One"), make_group(session, cast.ines, "Two")
    members = {cast.ana.person_id: one, cast.ben.person_id: one, cast.chi.person_id: two}
    place_students(session, cast.ines, members)
    return set_up(session, cast.ines, clock(), structure=Structure.GROUPS, post_first=False), one, two


def addresses(session, actor, discussion):
    here = circumstances_of(session, actor, discussion)
    return [post.address for post in read_thread(session, actor, discussion, circumstances=here).posts]


def test_each_reads_their_own_group_and_what_is_for_all(session, cast, clock, apart):
    discussion, one, two = apart

    def post(author, group_id, parent_id=None):
        text = f"By {author.name} for {group_id or parent_id}."
        written = PostContent(text, group_id=group_id)
        return create_post(session, author, discussion, written, parent_id=parent_id, now=clock()).id

    first, second = post(cast.ana, one), post(cast.chi, two)
    post(cast.ines, None)
    post(cast.ben, None, parent_id=first)
    assert addresses(session, cast.ana, discussion) == ["1", "1.1", "3"]
    assert addresses(session, cast.chi, discussion) == ["2", "3"]
    assert addresses(session, cast.tariq, discussion) == ["1", "1.1", "2", "3"]
    assert addresses(session, cast.tariq, replace(discussion, shown_group_id=two)) == ["2", "3"]
    with pytest.raises(NotFound):
        get_post(session, cast.ana, discussion, second, need=PostPermission.READ)
    with pytest.raises(NotFound):
        post(cast.chi, None, parent_id=first)
    place_students(session, cast.ines, {cast.chi.person_id: one})
    assert addresses(session, cast.chi, discussion) == ["1", "1.1", "2", "3"]  # one's own posts are never lost


def test_whoever_changed_groups_writes_for_the_new_one_only(session, cast, clock, apart):
    discussion, one, two = apart

    def reply(author, parent_id):
        written = PostContent(f"An answer by {author.name} to {parent_id}.")
        return create_post(session, author, discussion, written, parent_id=parent_id, now=clock()).id

    own = create_post(session, cast.ana, discussion, PostContent("Mine.", group_id=one), parent_id=None, now=clock()).id
    again = reply(cast.ana, own)
    place_students(session, cast.ines, {cast.ana.person_id: two})
    with pytest.raises(GroupLeft):
        reply(cast.ana, own)
    seen = get_post(session, cast.ana, discussion, own, need=PostPermission.EDIT)
    assert (seen.can_reply, seen.can_edit) == (False, True)
    here = circumstances_of(session, cast.ana, discussion)
    thread = read_thread(session, cast.ana, discussion, circumstances=here)
    assert [(post.address, post.can_reply) for post in thread.posts] == [("1", False), ("1.1", False)]
    assert get_post(session, cast.ben, discussion, own, need=PostPermission.REPLY).can_reply
    reply(cast.ines, own)  # staff are in all groups
    place_students(session, cast.ines, {cast.ana.person_id: one})
    reply(cast.ana, again)


def test_a_group_to_which_something_belongs_stays(session, cast, clock, apart):
    discussion, one, two = apart
    create_post(session, cast.ana, discussion, PostContent("Mine.", group_id=one), parent_id=None, now=clock())
    later = Calendar(None, None, None, WEEK.closes_at.replace(year=2027))
    extend(session, cast.ines, discussion, group_id=two, dates=later, note="", now=clock())
    for group in (one, two):
        with pytest.raises(GroupInUse):
            remove_group(session, cast.ines, group)
    assert sizes(session, cast.ines) == {"One": 2, "Two": 1}
    three = make_group(session, cast.ines, "Three")
    remove_group(session, cast.ines, three)
    assert "Three" not in sizes(session, cast.ines)


def test_listing_takes_one_statement(database, session, cast, clock, apart):
    discussion, *_ = apart
    for actor in (cast.ines, cast.ana):
        with count_statements(database.engine) as statements:
            list_groups(session, actor)
        assert len(statements) == 1
    with count_statements(database.engine) as statements:
        get_discussion(session, cast.ana, discussion.id, now=clock())
    assert len(statements) == 2

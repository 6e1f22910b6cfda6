"""The lines of the class list that a process keeps: the same as lines that were just made, whatever has happened."""

import pytest

from lti_app.core.statements import fetch_rows, fetch_stored
from lti_app.course.courses.actions import deactivate_others, enroll
from lti_app.course.courses.rules import Role
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.actions.pseudonyms import name_everybody
from lti_app.discussion.discussions.rules import Anonymity
from lti_app.discussion.moderation.actions import change_post, split_thread
from lti_app.discussion.moderation.rules import ModerationAction
from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.discussion.posts.actions.edit import edit_post
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.grading.assessments.actions.grading import release
from lti_app.grading.assessments.queries import desk
from lti_app.grading.assessments.queries.desk import list_desk
from lti_app.grading.passbacks.models import Passback
from lti_app.grading.passbacks.rules.states import PassbackState
from tests.cast import arrive
from tests.factories.discussions import set_up
from tests.factories.grades import mark
from tests.factories.posts import write
from tests.statements import count_statements


@pytest.fixture(autouse=True)
def _nothing_kept():
    forget()


def forget():
    desk._kept.clear()
    desk._counted.clear()


def listed(session, actor, discussion):
    """The class list as it is with what is kept, which must be as without."""
    lines = list_desk(session, actor, discussion)
    key = discussion.id, discussion.hides_names_from(actor)
    kept, counted = desk._kept.get(key), desk._counted.get(discussion.id)
    desk._counted.clear()
    assert list_desk(session, actor, discussion) == lines
    forget()
    assert list_desk(session, actor, discussion) == lines
    desk._kept.put(key, kept, len(lines))
    desk._counted.put(discussion.id, counted, len(lines))
    return {line.person_id: line for line in lines}


def renamed(session, student):
    session.get_one(Person, student.person_id).name = "Anahit"
    session.flush()


def sent(session, student):
    row = session.query(Passback).filter_by(person_id=student.person_id).one()
    row.state, row.error_code = PassbackState.REFUSED, "no_line_item"
    session.flush()


def test_only_lines_that_something_has_changed_are_made_again(session, cast, discussion, clock):
    ana, ben = cast.ana.person_id, cast.ben.person_id
    post = write(session, cast.ana, discussion, text="Leaders align people.", now=clock())
    marks = (1, 1, 0, 0, 0)
    steps = (
        lambda: mark(session, cast.ines, discussion, cast.ana, *marks, now=clock.move(hours=1)),
        lambda: release(session, cast.ines, discussion, cast.ana.person_id, now=clock()),
        lambda: sent(session, cast.ana),
        lambda: edit_post(
            session, cast.ana, discussion, post.id, PostContent("Anew."), version=1, now=clock.move(hours=1)
        ),
        lambda: renamed(session, cast.ana),
    )
    before = listed(session, cast.ines, discussion)
    for nth, step in enumerate(steps):
        step()
        after = listed(session, cast.ines, discussion)
        assert after[ana] != before[ana], nth
        assert after[ben] is before[ben], nth
        assert list_desk(session, cast.ines, discussion) == tuple(after.values())
        before = after


def test_who_comes_and_leaves(session, cast, discussion, clock):
    before = listed(session, cast.ines, discussion)
    new = arrive(session, cast.course_id, "Nia Newcomer", Role.STUDENT, now=clock())
    assert listed(session, cast.ines, discussion).keys() == {*before, new.person_id}
    deactivate_others(session, cast.course_id, [*before], clock.move(days=1))
    assert listed(session, cast.ines, discussion).keys() == before.keys()


def test_whatever_happens_to_a_post_is_in_the_line(session, cast, discussion, clock):
    bens = write(session, cast.ben, discussion, text="Managers plan.", now=clock())
    first = write(session, cast.ana, discussion, text="Leaders align people.", now=clock())
    reply = write(session, cast.ana, discussion, text="They also ask why.", to=bens, now=clock())
    steps = (
        lambda now: split_thread(session, cast.ines, discussion, reply.id, now=now),
        lambda now: hide(session, cast, discussion, reply, now=now),
        lambda now: delete_post(session, cast.ana, discussion, first.id, now=now),
        lambda now: write(session, cast.ana, discussion, text="Once more.", now=now),
    )
    for version, step in enumerate(steps):
        marks = [version % 2] * 5  # other ones each time: the same are not saved again
        mark(session, cast.ines, discussion, cast.ana, *marks, version=version, now=clock.move(hours=1))
        before = listed(session, cast.ines, discussion)
        assert not before[cast.ana.person_id].is_changed
        step(clock.move(hours=1))
        after = listed(session, cast.ines, discussion)
        assert after[cast.ana.person_id].is_changed, version
        assert after[cast.chi.person_id] is before[cast.chi.person_id]
    assert [after[each.person_id].posts for each in (cast.ana, cast.ben)] == [2, 1]


def hide(session, cast, discussion, post, *, now):
    change_post(session, cast.ines, discussion, post.id, ModerationAction.HIDE, reason="Why?", now=now)


def test_whoever_comes_back_has_their_posts(session, cast, discussion, clock):
    write(session, cast.ana, discussion, text="Leaders align people.", now=clock())
    everybody = [each.person_id for each in cast.students]
    others = [each for each in everybody if each != cast.ana.person_id]
    deactivate_others(session, cast.course_id, others, clock.move(days=9))
    assert cast.ana.person_id not in listed(session, cast.ines, discussion)
    enroll(session, course_id=cast.course_id, person_id=cast.ana.person_id, role=Role.STUDENT, now=clock())
    assert listed(session, cast.ines, discussion)[cast.ana.person_id].posts == 1


def test_the_list_is_the_same_object_until_something_changes(session, cast, discussion, clock):
    lines = list_desk(session, cast.ines, discussion)
    assert list_desk(session, cast.ines, discussion) is lines
    write(session, cast.ana, discussion, text="Leaders align people.", now=clock())
    with count_statements(session.get_bind()) as statements:
        assert list_desk(session, cast.ines, discussion) is not lines
    assert len(statements) == 1


def test_lines_under_pseudonyms_are_kept_apart(session, cast, clock):
    blind = set_up(session, cast.ines, clock(), anonymity=Anonymity.BLIND)
    name_everybody(session, cast.ines, blind)
    assert not {line.name for line in listed(session, cast.ines, blind).values()} & {cast.ana.name, cast.ben.name}
    assert all(line.key.startswith("b") for line in listed(session, cast.tariq, blind).values())


def test_rows_as_stored_are_read_as_others_are(session, cast, discussion, clock):
    mark(session, cast.ines, discussion, cast.ana, 1, 1, 0, 0, 0, now=clock())
    release(session, cast.ines, discussion, cast.ana.person_id, now=clock())
    statement = desk._class_list(blind=False)
    values = {"course_id": cast.ines.course_id, "discussion_id": discussion.id, "actor_id": cast.ines.person_id}
    values["known_marks"] = "none"
    stored = fetch_stored(session, statement, values)
    assert [stored.read(row) for row in stored.raw] == fetch_rows(session, statement, values)

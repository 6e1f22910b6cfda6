"""The matrix of a class that a process keeps is the one that would be made now."""

from dataclasses import replace

import pytest

from lti_app.course.courses.actions import deactivate_others
from lti_app.course.people.models import Person
from lti_app.participation.matrix.queries import tables
from lti_app.participation.matrix.queries.tables import get_class_matrix
from lti_app.participation.matrix.rules.filters import MatrixFilter
from tests.factories.posts import write


@pytest.fixture
def matrix(session, cast, discussion, clock):
    """The matrix as it is kept, which is compared with one that is made anew."""

    def found(excused=()):
        def looked_up():
            return get_class_matrix(session, cast.ines, discussion, excused=excused, now=clock())

        kept = looked_up()
        assert looked_up() is kept
        tables._matrices.clear()
        assert looked_up() == kept
        return kept

    tables._matrices.clear()
    return found


def test_whatever_changes_the_matrix_is_that_of_now(session, cast, discussion, clock, matrix):
    def rename():
        session.get_one(Person, cast.ben.person_id).name = "Benno"
        session.flush()

    seen = [matrix()]
    for work in (
        lambda: write(session, cast.ana, discussion, now=clock()),
        rename,
        lambda: deactivate_others(
            session, cast.course_id, [cast.ana.person_id, cast.ben.person_id], clock.move(days=9)
        ),
    ):
        work()
        seen.append(matrix())
        assert seen[-1] != seen[-2]
    assert matrix(excused=[cast.ana.person_id]) != seen[-1]
    assert matrix() == seen[-1]


def test_what_narrows_nothing_leaves_it_as_it_is(matrix):
    whole = matrix()
    assert whole.narrowed(MatrixFilter(), None) is whole
    assert whole.narrowed(MatrixFilter(find="ana"), None).lines == whole.lines[:1]
    assert whole.narrowed(MatrixFilter(), frozenset()).lines == ()
    assert whole.narrowed(MatrixFilter(sort="name"), None).lines == whole.lines[::-1]
    assert whole.done == replace(whole).done

"""States, sorting and narrowing: pure rules."""

from enum import StrEnum

import pytest

from lti_app.participation.matrix.rules.filters import MatrixFilter
from lti_app.participation.matrix.rules.matrix import MatrixStudent, columns_of, matrix_of, records_of
from lti_app.participation.matrix.rules.states import STATES, rank_of, state_of
from lti_app.participation.progress.rules import ClassVerdicts, WorkStanding
from lti_app.participation.requirements.base import Standing
from tests.cast import MONDAY
from tests.factories.requirements import ask_for, evaluate


class Newer(StrEnum):
    """A standing of a later release."""

    PAUSED = "paused"


@pytest.mark.parametrize("standing", [*Standing, *WorkStanding])
def test_every_standing_has_a_state(standing):
    assert state_of(standing) in STATES


def test_a_standing_that_is_not_known_is_shown_by_its_name_and_sorts_last():
    assert state_of(Newer.PAUSED) == "paused"
    assert rank_of("paused") > max(rank_of(state) for state in STATES)


@pytest.mark.parametrize("standing", [*Standing, *WorkStanding])
def test_whoever_is_excused_misses_nothing_and_keeps_what_is_done(standing):
    state = state_of(standing, is_excused=True)
    assert state == ("excused" if state_of(standing) not in ("complete", "late") else state_of(standing))


NOTHING = evaluate(ask_for(first_post_words=5, replies=2, days=1), (), MONDAY)
STUDENTS = [MatrixStudent(n, name, f"{n}") for n, name in enumerate(("Ana", "Ben", "Chi"), 1)]


def test_columns_are_the_requirements_in_their_order():
    assert [column.key for column in columns_of(NOTHING)] == ["first_post", "replies", "days"]


def test_a_student_with_other_requirements_has_no_verdict_where_none_applies():
    other = evaluate(ask_for(replies=1), (), MONDAY)
    records = records_of(ClassVerdicts(NOTHING, {STUDENTS[0].person_id: other}))
    line, *_ = matrix_of(STUDENTS, records, ()).lines
    assert [verdict is None for verdict in line.verdicts] == [True, False, True]
    assert [line.state_at(nth) for nth in range(3)] == ["", "nothing", ""]


def test_sorting_keeps_the_class_order_among_equals():
    matrix = matrix_of(STUDENTS, records_of(ClassVerdicts(NOTHING, {})), {2})
    for sort, names in (
        ("", ["Ana", "Ben", "Chi"]),
        ("name", ["Chi", "Ben", "Ana"]),
        ("work", ["Ana", "Chi", "Ben"]),
        ("-work", ["Ben", "Ana", "Chi"]),
        ("replies", ["Ana", "Chi", "Ben"]),
        ("no such", ["Ana", "Ben", "Chi"]),
    ):
        assert [line.name for line in matrix.narrowed(MatrixFilter(sort=sort), None).lines] == names, sort


def test_members_and_names_narrow_together():
    matrix = matrix_of(STUDENTS, records_of(ClassVerdicts(NOTHING, {})), ())
    wanted = MatrixFilter(find=" N ", group="1")
    assert [line.name for line in matrix.narrowed(wanted, {2, 3}).lines] == ["Ben"]
    assert [line.name for line in matrix.narrowed(wanted, set()).lines] == []
    assert matrix.narrowed(wanted, None).done == (0, 0, 0)

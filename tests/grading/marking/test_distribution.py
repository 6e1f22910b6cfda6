"""How the grades of each grader are distributed, and when one stands out."""

from decimal import Decimal

from lti_app.grading.marking.rules.distribution import GivenGrade, distributions


def grades(grader_id, *totals):
    return [GivenGrade(grader_id, Decimal(total), {}) for total in totals]


def test_numbers_of_each_grader():
    first, second = distributions([*grades(1, 0, 10, 20), *grades(2, 7, 8)], (), Decimal(20))
    assert (first.number, first.mean, first.median, first.spread) == (3, Decimal("10.0"), 10, Decimal("8.16"))
    assert first.bars == (1, 0, 1, 0, 1)
    assert (second.mean, second.median, second.bars) == (Decimal("7.5"), Decimal("7.5"), (0, 1, 1, 0, 0))


def test_who_stands_out_by_more_than_a_tenth_of_all_points():
    far = distributions([*grades(1, *[18] * 5), *grades(2, *[15] * 5)], (), Decimal(20))
    assert [each.apart for each in far] == [Decimal("3.0"), Decimal("-3.0")]
    near = distributions([*grades(1, *[18] * 5), *grades(2, *[16] * 5)], (), Decimal(20))
    few = distributions([*grades(1, *[18] * 5), *grades(2, *[1] * 4)], (), Decimal(20))
    assert [each.apart for each in (*near, *few)] == [None] * 4


def test_a_rubric_without_points():
    (only,) = distributions(grades(1, 0), (), Decimal(0))
    assert (only.bars, only.apart) == ((1, 0, 0, 0, 0), None)

"""What the tests of long inputs measure with can tell the one growth from the other."""

from tests.core.growth import MOST, growth


def test_work_in_proportion_is_recognized():
    assert growth(lambda text: [ord(character) for character in text], lambda n: "x" * n, 80_000) <= MOST


def test_work_by_the_square_is_recognized():
    assert growth(lambda text: [sum(map(ord, text)) for _ in text], lambda n: "x" * n, 1_600) > MOST

"""What is kept of the rows of a list is what would be made of them now."""

from lti_app.core.known_rows import KnownRows
from lti_app.core.statements import StoredRows


def stored(*rows):
    return StoredRows(rows, ("number", "letter"), ((1, str.upper),))


def test_only_rows_that_are_others_than_before_are_made_again():
    made = []

    def make(row):
        made.append(row)
        return f"{row[0]}{row[1]}"

    known = KnownRows(10, make)
    assert known.made_of("class", stored((1, "a"), (2, "b"))) == ["1A", "2B"]
    assert known.made_of("class", stored((2, "b"), (1, "a"))) == ["2B", "1A"]
    assert made == [(1, "A"), (2, "B")]
    assert known.made_of("class", stored((1, "a"), (2, "c"), (1, "a"))) == ["1A", "2C", "1A"]
    assert made == [(1, "A"), (2, "B"), (2, "C")]
    assert known.made_of("another class", stored((1, "a"))) == ["1A"]
    assert len(made) == 4


def test_no_more_is_kept_than_fits_and_of_those_who_left_nothing():
    known = KnownRows(3, tuple)
    known.made_of("class", stored((1, "a"), (2, "b"), (3, "c")))
    known.made_of("class", stored((1, "a")))
    assert known.taken == 1
    known.made_of("another class", stored(*((n, "x") for n in range(3))))
    assert known.taken == 3
    assert known.made_of("a large one", stored(*((n, "x") for n in range(9)))) == [(n, "X") for n in range(9)]
    assert known.taken == 3

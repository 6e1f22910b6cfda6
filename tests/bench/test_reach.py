"""Whether a row is as good as it must be."""

import pytest

from tests.bench.measure import noise_of
from tests.bench.reach import REACHES, Reach, verdict
from tests.bench.rows import Row
from tests.bench.table import HEAD, line

PAGE = Row("SQLite", "discussion, 500 posts", 9.5, 9.0, 0.3, 30.0, 10, 120_000, 18_000)


def row(**changes):
    return Row(**{**vars(PAGE), **changes})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({}, "reached", id="all"),
        pytest.param({"ratio": 35.0}, "reached", id="just so"),
        pytest.param({"ratio": 35.1}, "MISSED (ratio)", id="too slow"),
        pytest.param({"ratio": 99.0, "statements": 11}, "MISSED (ratio, statements)", id="too much"),
        pytest.param({"statements": None}, "reached", id="not counted"),
    ],
)
def test_each_figure_has_its_most(changes, said):
    assert verdict(row(**changes)) == ("≤ 35 ×, ≤ 10 SQL, ≤ 20,000 B gzip", said)


def test_a_row_of_which_nothing_is_asked_is_neither_reached_nor_missed():
    assert verdict(row(name="argument map, 29 posts")) == ("", "")


def test_with_one_figure_there_is_no_need_to_say_which():
    assert verdict(Row("SQLite", "launch to first page (4 requests)", ratio=7.0)) == ("≤ 6 ×", "MISSED")


def test_every_reach_asks_for_something():
    assert all(str(reach) for reach in REACHES.values())
    assert not Reach().missed(PAGE)


@pytest.mark.parametrize(
    "of", [PAGE, Row("PostgreSQL", "memory of a web process", bytes=98_000_000)], ids=["page", "mb"]
)
def test_the_columns_stand_under_their_heads(of):
    told = line(of)
    at = HEAD.index("bytes") + len("bytes")
    assert told[:at].endswith(str(of.bytes))
    assert told.endswith("reached")


def test_steady_times_are_certain_and_wild_ones_are_not():
    assert noise_of([5.0] * 25) == 0
    assert noise_of([1.0, 9.0] * 12) > 0.2
    assert noise_of([1.0]) == 0, "one time says nothing of its noise"

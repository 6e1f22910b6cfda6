"""Dates as other programs write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.exchange.formats.dates import DateReader, can_be_read_two_ways, day_comes_first

NEW_YORK = ZoneInfo("America/New_York")
NOON_IN_NEW_YORK = datetime(2025, 3, 4, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-04T17:00:00Z",
        "2025-03-04T18:00:00+01:00",
        "2025-03-04 12:00",
        "2025-03-04 12:00:00",
        "2025-03-04 17:00:00 UTC",
        "2025/03/04 12:00",
        "4/3/2025 12:00",
        "04.03.2025, 12:00",
        "4-3-25 12:00 pm",
        "4 March 2025, 12:00 PM",
        "Tuesday, 4 March 2025, 12:00 PM",
        "March 4th, 2025 12pm",
        "Mar 4, 2025 12:00:00 GMT-0500",
        "Tue, 04 Mar 2025 17:00:00 +0000",
        "1741107600",
        "1741107600000",
        "45720.5",
        1741107600,
    ],
)
def test_one_moment_in_many_shapes(text):
    assert DateReader(NEW_YORK).read(text) == NOON_IN_NEW_YORK


@pytest.mark.parametrize(
    "text",
    [
        "",
        None,
        "yesterday",
        "31/31/2025",
        "2025-13-01",
        "0",
        "-5",
        "1",
        "0001-01-01",
        "9999-12-31T23:59:59",
        "x" * 200,
        "99 March 2025",
        "1e400",
        "2025-02-30 10:00",
        "25:00",
        "4 Marble 2025",
        "٣/٤/٢٠٢٥x",
    ],
)
def test_what_is_no_date_of_our_time(text):
    assert DateReader(NEW_YORK).read(text) is None


def test_the_order_of_day_and_month_is_that_of_the_file():
    assert day_comes_first(["3/4/2025", "13/4/2025"]) is True
    assert day_comes_first(["3/4/2025", "3/14/2025"]) is False
    assert day_comes_first(["3/4/2025", "2025-01-01"]) is None
    assert can_be_read_two_ways(["3/4/2025"])
    assert not can_be_read_two_ways(["2025-01-02", "4/4/2025"])
    month_first = DateReader(ZoneInfo("UTC"), day_first=False)
    assert month_first.read("3/4/2025") == datetime(2025, 3, 4, tzinfo=UTC)
    assert month_first.read("13/4/2025") == datetime(2025, 4, 13, tzinfo=UTC)


@given(st.integers(40_000_000, 6_900_000_000).map(lambda n: datetime.fromtimestamp(n, UTC)))
def test_what_we_write_we_read(moment):
    assert DateReader(NEW_YORK).read(moment.isoformat()) == moment


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_none(text):
    found = DateReader(NEW_YORK).read(text)
    assert found is None or found.tzinfo is UTC

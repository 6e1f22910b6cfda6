"""A reading, with and without a file."""

import pytest

from tests.web.library.reader.giving import give


@pytest.fixture
def reading(site):
    """Kotter, in one discussion that is open."""
    kotter, _ = site.readings()
    site.discussion(reading_ids=(kotter,), required_ids=frozenset())
    return kotter


@pytest.fixture
def given(site, cast, reading):
    assert give(site, cast, reading).status == 303
    return reading

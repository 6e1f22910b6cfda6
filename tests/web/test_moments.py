"""Spans of time in words are those that Babel writes, though each is written once."""

from datetime import UTC, datetime, timedelta

import pytest
from babel import Locale
from babel.dates import format_timedelta
from hypothesis import given
from hypothesis import strategies as st

from lti_app.web.moments import JUST_NOW, Language, Reader

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SPANS = st.timedeltas(timedelta(days=-1500), timedelta(days=1500)) | st.timedeltas(timedelta(-3), timedelta(3))


def reader(language):
    return Reader(UTC, "UTC", Language(Locale.parse(language), (), (), "", "", None), NOW)


def threshold_of(span):
    """Days up to two months, what is more than a day in hours up to two."""
    days = int(abs(span).total_seconds()) / 86_400
    return days if 1 <= days < 60 else 1


@pytest.mark.parametrize("language", ["en", "de", "ar"])
@given(away=SPANS)
def test_the_distance_from_now_is_what_babel_says(language, away):
    if abs(away) < JUST_NOW:
        return
    threshold = 2 if timedelta(days=1) < abs(away) < timedelta(days=2) else threshold_of(away)
    said = format_timedelta(away, threshold=threshold, add_direction=True, locale=language)
    assert reader(language).relative(NOW + away) == said


@pytest.mark.parametrize("language", ["en", "de", "ar"])
@given(span=SPANS)
def test_the_length_of_a_span_is_what_babel_says(language, span):
    said = format_timedelta(abs(span), threshold=threshold_of(span), locale=language)
    assert reader(language).span(span) == said

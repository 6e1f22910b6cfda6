"""When mail may go out, by the person's own clock, also where the clock is moved."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from lti_app.notices.preferences.rules import Frequency, MailPreferences, after_quiet_hours, mail_due, next_bundle

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = MailPreferences(Frequency.AT_ONCE, 22, 7)
LUNCH = MailPreferences(Frequency.AT_ONCE, 12, 14)


def berlin(*parts):
    return datetime(*parts, tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("chosen", "moment", "goes_out"),
    [
        (NIGHT, berlin(2026, 3, 2, 21, 59), berlin(2026, 3, 2, 21, 59)),
        (NIGHT, berlin(2026, 3, 2, 22, 0), berlin(2026, 3, 3, 7, 0)),
        (NIGHT, berlin(2026, 3, 3, 6, 59), berlin(2026, 3, 3, 7, 0)),
        (NIGHT, berlin(2026, 3, 3, 7, 0), berlin(2026, 3, 3, 7, 0)),
        (LUNCH, berlin(2026, 3, 3, 13, 0), berlin(2026, 3, 3, 14, 0)),
        (MailPreferences(), berlin(2026, 3, 3, 3, 0), berlin(2026, 3, 3, 3, 0)),
        (NIGHT, berlin(2026, 3, 28, 23, 0), berlin(2026, 3, 29, 7, 0)),  # the clock goes forward in this night
        (NIGHT, berlin(2026, 10, 24, 23, 0), berlin(2026, 10, 25, 7, 0)),  # and back in this one
        (MailPreferences(Frequency.AT_ONCE, 0, 2), berlin(2026, 3, 29, 1, 30), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
    ],
)
def test_quiet_hours_end_by_the_persons_clock(chosen, moment, goes_out):
    assert after_quiet_hours(moment, BERLIN, chosen) == goes_out


def test_bundles_come_at_eight_and_on_mondays():
    monday = berlin(2026, 3, 2, 8, 0)
    assert next_bundle(berlin(2026, 3, 2, 7, 59), BERLIN, Frequency.DAILY) == monday
    assert next_bundle(monday, BERLIN, Frequency.DAILY) == berlin(2026, 3, 3, 8, 0)
    assert next_bundle(berlin(2026, 3, 1, 12, 0), BERLIN, Frequency.WEEKLY) == monday
    assert next_bundle(monday, BERLIN, Frequency.WEEKLY) == berlin(2026, 3, 9, 8, 0)
    assert next_bundle(berlin(2026, 3, 24, 12, 0), BERLIN, Frequency.WEEKLY) == berlin(2026, 3, 30, 8, 0)


def test_what_is_urgent_waits_for_quiet_hours_and_for_nothing_else():
    now = berlin(2026, 3, 2, 23, 0)
    weekly = MailPreferences(Frequency.WEEKLY, 22, 7)
    assert mail_due(weekly, BERLIN, now, is_urgent=True) == berlin(2026, 3, 3, 7, 0)
    assert mail_due(weekly, BERLIN, now, is_urgent=False) == berlin(2026, 3, 9, 8, 0)
    assert mail_due(MailPreferences(Frequency.OFF), BERLIN, now, is_urgent=True) is None

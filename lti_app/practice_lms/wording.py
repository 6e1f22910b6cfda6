"""How times and numbers are written on the pages."""

from datetime import UTC, datetime

from markupsafe import Markup

from lti_app.practice_lms.gradebook import plain


def moment(value: datetime) -> Markup:
    """Return a <time> element in UTC with its zone; a script turns it into the reader's own zone."""
    utc = value.astimezone(UTC)
    return Markup('<time datetime="{}">{}</time>').format(utc.isoformat(), utc.strftime("%a, %b %d, %Y, %H:%M:%S UTC"))


def points(value: float) -> str:
    """Return points with at most two decimals, and none where they are whole."""
    return str(plain(round(value, 2)))

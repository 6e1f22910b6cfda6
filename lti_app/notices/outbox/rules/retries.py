"""When to try a mail again, and when to give up."""

from datetime import datetime, timedelta
from enum import StrEnum

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=2)
GIVE_UP_AFTER = timedelta(days=2)
"""After that, what the mail would tell is old, and the list in the tool has it."""
AT_ONCE_IN_AN_HOUR = 10
"""More mails of their own than these a person does not get from one course in an hour: the rest comes in one."""
LOOK_AGAIN = timedelta(minutes=30)
"""When to look again whether a post that a notice is about can be seen now, such as one held for review."""


class MailState(StrEnum):
    """What has become of a mail."""

    PENDING = "pending"
    SENT = "sent"
    """The server has accepted it."""
    REFUSED = "refused"
    """The server has rejected it, or could not be reached for days."""
    DROPPED = "dropped"
    """There was nothing left to tell, or nobody to tell it to."""


def wait_before_retry(attempts: int, *, fraction: float) -> timedelta:
    """How long to wait after the failed attempt number `attempts` (counted from 1): from a minute, doubling, to two
    hours. `fraction` in [0, 1) spreads mails that failed together.
    """
    full = min(FIRST_WAIT * (1 << min(max(attempts, 1) - 1, 20)), LONGEST_WAIT)
    return full * (0.5 + 0.5 * fraction)


def is_worth_another_try(created_at: datetime, now: datetime) -> bool:
    """Whether a mail that could not be delivered for now is to be tried again."""
    return now - created_at < GIVE_UP_AFTER

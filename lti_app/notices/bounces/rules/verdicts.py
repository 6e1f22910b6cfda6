"""What a delivery report means for an address: it is gone, it may be, or nothing."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from lti_app.notices.bounces.rules.reports import RecipientFate

SEVERAL = 3
"""So many mails in a row must come back before an address is given up that may still exist…"""
APART = timedelta(days=2)
"""…the last of them so long after the first."""
_GONE = re.compile(r"5\.1\.(?:1|2|3|6|10)")
"""No such mailbox, no such domain, no address at all, moved, takes no mail."""
_OURS = re.compile(r"5\.(?:1\.[78]|2\.3|3\.4|5\.\d+|6\.\d+|7\.2\d)")
"""What is about the mail or its sender: our address, size, protocol, content, and what proves who sent it."""


class BounceWeight(StrEnum):
    """How much a mail that came back says about its address."""

    GONE = "gone"
    """No mail can arrive there."""
    REJECTED = "rejected"
    """This one did not: a full mailbox, a policy, a reason that nobody tells."""
    NONE = "none"
    """It may still arrive, has arrived, or it is not the address that is to blame."""


def weigh(fates: Sequence[RecipientFate]) -> tuple[BounceWeight, str]:
    """What a report says about the one address that its mail went to, and the status that says so.

    That address may stand for several, such as those that it forwards to: only if all have failed for good, none has
    received the mail.
    """
    weights = [_weigh(fate) for fate in fates]
    if not weights or BounceWeight.NONE in weights:
        return BounceWeight.NONE, ""
    mildest = BounceWeight.REJECTED if BounceWeight.REJECTED in weights else BounceWeight.GONE
    return mildest, fates[weights.index(mildest)].status


def has_lapsed(count: int, first_at: datetime | None, last_at: datetime | None) -> bool:
    """Whether an address is given up after so many mails in a row that were rejected."""
    return count >= SEVERAL and first_at is not None and last_at is not None and last_at - first_at >= APART


def _weigh(fate: RecipientFate) -> BounceWeight:
    if fate.action != "failed" or not fate.status.startswith("5.") or _OURS.fullmatch(fate.status):
        return BounceWeight.NONE
    return BounceWeight.GONE if _GONE.fullmatch(fate.status) else BounceWeight.REJECTED

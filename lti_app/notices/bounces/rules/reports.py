"""Delivery reports (RFC 3464), read within limits: anybody may send anything to a return path."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

MOST_BYTES = 262_144
"""How much of a message is read. What a report says comes before the mail that it is about."""
MOST_PARTS = 50
"""Parts of a message, nested or not: with more, it is no report of a mail server."""
MOST_FATES = 20
MOST_HEAD = 1_000
"""Characters of a head that are looked at."""
_PART = re.compile(rb"(?:^|[\r\n])content-type:[^\r\n]*(?:[\r\n]{1,2}[ \t][^\r\n]*)*", re.IGNORECASE)
"""With its folded lines: the standard library takes time as the square of their length to find parameters in them."""
_BLANK_LINES = re.compile(rb"[\r\n]{5,}")
"""The standard library makes a part of a report of each of them."""
_REPORT = re.compile(r"\s*multipart/report\s*;", re.IGNORECASE)
_OF_DELIVERY = re.compile(r";\s*report-type\s*=\s*\"?delivery-status\"?\s*(?:;|$)", re.IGNORECASE)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])", re.ASCII)
_RECEIVED_BY = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To", "To")


@dataclass(frozen=True)
class RecipientFate:
    """What became of a mail for one of its recipients."""

    action: str
    """failed, delayed, delivered, relayed or expanded."""
    status: str
    """An enhanced status code such as 5.1.1 (RFC 3463); empty where there is none."""


@dataclass(frozen=True)
class ReturnedMessage:
    """What came to a return path."""

    sent_to: tuple[str, ...]
    """Heads in which the return path may be."""
    fates: tuple[RecipientFate, ...] = ()
    """Empty for what is no delivery report: an answer, an out-of-office reply (RFC 3834), a receipt (RFC 8098)."""

    def came_to(self, recipient: str) -> "ReturnedMessage":
        """The same, with the recipient of its envelope, which may be empty."""
        return replace(self, sent_to=(recipient[:MOST_HEAD], *self.sent_to))


def read_returned(raw: bytes) -> ReturnedMessage | None:
    """Read the beginning of a message; None for one whose parts are so many, or told so lengthily, that taking them
    apart would be work.
    """
    raw = _BLANK_LINES.sub(b"\r\n\r\n", raw[:MOST_BYTES])
    parts = [len(found[0]) for found in _PART.finditer(raw)]
    if len(parts) > MOST_PARTS or max(parts, default=0) > MOST_HEAD:
        return None
    # Of the policies only this one leaves the heads as they are; the others parse each of them.
    message = message_from_bytes(raw, policy=compat32)
    sent_to = tuple(text for name in _RECEIVED_BY for text in _heads(message, name))
    fates = tuple(_fates(message)) if _is_report(message) else ()
    return ReturnedMessage(sent_to, fates if len(fates) <= MOST_FATES else ())


def _is_report(message: Message) -> bool:
    said = _head(message, "Content-Type")
    return bool(_REPORT.match(said) and _OF_DELIVERY.search(said))


def _fates(message: Message) -> Iterator[RecipientFate]:
    parts = message.get_payload()
    for part in parts if isinstance(parts, list) else ():
        if not isinstance(part, Message) or part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        for block in blocks if isinstance(blocks, list) else ():
            if isinstance(block, Message) and "Action" in block:
                yield _fate(block)


def _fate(block: Message) -> RecipientFate:
    """Of one recipient. Some servers report 5.0.0 for everything and say more in the words of the other server."""
    status = _status(_head(block, "Status"))
    if status.endswith(".0.0"):
        status = _status(_head(block, "Diagnostic-Code")) or status
    return RecipientFate(_head(block, "Action").lower(), status)


def _status(text: str) -> str:
    found = _STATUS.search(text)
    return found[1] if found else ""


def _head(message: Message, name: str) -> str:
    return next(_heads(message, name), "")


def _heads(message: Message, name: str) -> Iterator[str]:
    for value in (message.get_all(name) or ())[:MOST_FATES]:
        yield " ".join(str(value)[:MOST_HEAD].split())

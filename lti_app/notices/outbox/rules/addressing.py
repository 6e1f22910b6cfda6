"""To whom a mail goes and how mail clients recognize it: addresses, Message-IDs, threads."""

import hashlib
import re
from dataclasses import dataclass
from email.errors import HeaderParseError, MessageError
from email.headerregistry import Address
from urllib.parse import urlsplit

MAX_ADDRESS = 254
"""Characters (RFC 5321, 4.5.3.1.3, less the brackets)."""
_HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]", re.IGNORECASE)
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


@dataclass(frozen=True)
class MailHeads:
    """What the heads of a mail say besides its subject. None of it holds anything that a person wrote."""

    to: str
    """An address that `usable_address` returned."""
    message_id: str
    """Without the brackets. The same at each attempt, so that a repeated mail is recognized as one."""
    thread: str
    """The id that all mails to this person about one thread refer to, without the brackets; empty for none."""


def usable_address(sent: str) -> str:
    """The address of a person in a form that mail can be sent to; empty for one to which it cannot.

    The domain is made ASCII. A part before the @ that is not ASCII, quoted or too long is refused: few servers take it.
    """
    text = sent.strip()
    local, at, domain = text.rpartition("@")
    if not at or len(text) > MAX_ADDRESS or len(local) > 64 or not _LOCAL.fullmatch(local):
        return ""
    try:
        host = domain.encode("idna").decode("ascii")
        address = Address(username=local, domain=host).addr_spec
    except (UnicodeError, ValueError, IndexError, HeaderParseError, MessageError):
        return ""
    return address if _HOST.fullmatch(host) else ""


def address_key(address: str) -> str:
    """What is stored of an address that a server refused: enough to recognize it, not enough to write to it."""
    return hashlib.sha256(address.casefold().encode()).hexdigest()


def mail_host(base_url: str) -> str:
    """The right side of Message-IDs."""
    return urlsplit(base_url).hostname or "localhost"


def message_id(token: str, host: str) -> str:
    """The Message-ID of one mail, without its brackets."""
    return f"{token}@{host}"


def thread_reference(discussion_id: int, thread_id: int, person_id: int, host: str) -> str:
    """What mails to one person about one thread refer to, without its brackets. No mail has it as its own id."""
    return f"thread-{discussion_id}-{thread_id}-{person_id}@{host}"

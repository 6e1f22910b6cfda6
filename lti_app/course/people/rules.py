"""What is true of people's names without asking the database."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo, available_timezones

import regex

from lti_app.core.prose import cut, is_blank, normalized, unstacked

MAX_NAME = 200
_JOINERS = "\u200c\u200d"
_NOT_SHOWN = regex.compile(
    r"(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{Noncharacter_Code_Point}\ue000-\uf8ff\U000f0000-\U0010ffff]"
)
"""All that a name is written without. Persian and Indian names need joiners, and a letter newer than Python's tables is
one for `regex`."""
ZONES = frozenset(available_timezones())


@dataclass(frozen=True)
class Identity:
    """By what a person is known: the registration that names them, which is an issuer with a client id, and its
    `sub`."""

    issuer: str
    client_id: str
    sub: str


@dataclass(frozen=True)
class Names:
    """The names that a platform sends for a person; each may be missing (LTI 1.3 core, 5.3.6)."""

    name: str = ""
    given: str = ""
    family: str = ""
    email: str | None = None
    locale: str | None = None


def display_name(names: Names) -> str:
    """The name to show: the full name, else given and family name; empty if the platform sends none."""
    full = names.name or " ".join(part for part in (names.given, names.family) if part)
    return _clean(full)


def sort_name(names: Names) -> str:
    """The sort key of class lists: family name first, or the last word of the full name if there is no family name."""
    full = display_name(names)
    family = _clean(names.family) or full.rpartition(" ")[2]
    return f"{family}, {full}".casefold() if full else ""


def known_zone(name: str | None) -> str | None:
    """`name` when it is an IANA time zone, else None."""
    return name if name in ZONES else None


def zone(name: str) -> ZoneInfo:
    """The time zone of this IANA name, UTC for an unknown one."""
    return ZoneInfo(known_zone(name) or "UTC")


def _clean(text: str) -> str:
    """One line without control characters, cut to a length that no page breaks on."""
    text = normalized("NFC", unstacked(text))
    shown = " ".join(_NOT_SHOWN.sub(" ", text).strip(_JOINERS).split())
    return "" if is_blank(shown) else cut(shown, MAX_NAME)

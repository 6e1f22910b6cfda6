"""What is true of people's names without asking the database."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo, available_timezones

from lti_app.core.prose import normalized

MAX_NAME = 200
_JOINERS = "\u200c\u200d"
"""Zero-width marks that shape letters; Persian and Indian names are written with them."""
ZONES = frozenset(available_timezones())


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
    text = normalized("NFC", text)
    shown = "".join(ch if ch.isprintable() or ch in _JOINERS else " " for ch in text)
    return " ".join(shown.strip(_JOINERS).split())[:MAX_NAME].rstrip()

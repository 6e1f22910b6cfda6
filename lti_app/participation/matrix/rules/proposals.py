"""A change of the rules, or of the dates of one discussion, that somebody considers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

from lti_app.discussion.discussions.rules import Calendar, StoredRequirements
from lti_app.participation.requirements.base import InvalidRequirement
from lti_app.participation.requirements.registry import (
    KINDS,
    early_from_stored,
    to_own_terms,
    to_stored,
    to_values,
    use_from_stored,
)

_DATED = frozenset(kind.kind for kind in KINDS if kind.has_own_date)


@dataclass(frozen=True)
class RuleProposal:
    """What would be another than now; everything else stays."""

    values: Mapping[str, object] = field(default_factory=dict)
    """The values of fields of requirements, by input."""
    calendar: Calendar | None = None
    """The dates of the class, for one discussion; None where they stay."""
    own_dates: Mapping[str, datetime | None] = field(default_factory=dict)
    """The own dates of requirements, by kind, for one discussion; None for no own date."""

    @property
    def is_empty(self) -> bool:
        """Whether everything stays."""
        return not (self.values or self.is_dated)

    @property
    def is_dated(self) -> bool:
        """Whether it is about dates, and so about one discussion."""
        return self.calendar is not None or bool(self.own_dates)

    @property
    def digest(self) -> str:
        """Stands for the whole of it, so that only what was shown is confirmed."""
        told = (sorted(self.values.items()), self.calendar, sorted(self.own_dates.items(), key=str))
        return sha256(repr(told).encode()).hexdigest()[:32]

    def requirements(self, stored: StoredRequirements) -> StoredRequirements:
        """What a discussion would ask for: options, points, the protection of early posters and what the points are
        for stay.

        Raises InvalidRequirement for a value that a field cannot have, for an unknown field, and for a kind that has no
        date.
        """
        if unknown := self.own_dates.keys() - _DATED:
            raise InvalidRequirement(f"{sorted(unknown)[0]!r:.60} has no date")
        own = to_own_terms(stored)
        dated = {kind: replace(own[kind], due=due) for kind, due in self.own_dates.items()}
        values, early = {**to_values(stored), **self.values}, early_from_stored(stored)
        return to_stored(values, {**own, **dated}, early, use_from_stored(stored))

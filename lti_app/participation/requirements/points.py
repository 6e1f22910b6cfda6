"""What the points of participation requirements are for."""

from collections.abc import Mapping
from dataclasses import dataclass

from lti_app.discussion.discussions.rules import StoredRequirements
from lti_app.participation.requirements.base import InvalidRequirement

FILLS_KIND = "points_fill"
"""Names the entry with the criterion of the rubric whose level the points suggest."""
COLUMN_KIND = "points_column"
"""Names the entry with the name of the gradebook column of the points. Earlier releases ignore it."""
MAX_COLUMN_NAME = 60


@dataclass(frozen=True)
class PointsUse:
    """What the points of requirements are for: a criterion, a column or, where both are empty, to be shown alone."""

    criterion: int = 0
    """The key of the criterion of the rubric whose level they suggest; 0 for none."""
    column: str = ""
    """What their gradebook column is called, after the title of the discussion; empty where they have none."""

    def to_stored(self) -> tuple[dict[str, object], ...]:
        """Its entry in the stored form of requirements; none where the points are only shown."""
        if self.column:
            return ({"kind": COLUMN_KIND, "name": self.column},)
        return ({"kind": FILLS_KIND, "criterion": self.criterion},) if self.criterion else ()

    @classmethod
    def from_stored(cls, by_kind: Mapping[str, Mapping[str, object]]) -> "PointsUse":
        """Read what `to_stored` wrote, among the entries of a rule by their kinds; raises InvalidRequirement for
        anything else. Where an earlier release has stored a criterion beside a column, the column counts.
        """
        criterion = by_kind.get(FILLS_KIND, {}).get("criterion", 0)
        if type(criterion) is not int or criterion < 0:
            raise InvalidRequirement(f"points fill no criterion {criterion!r:.60}")
        if COLUMN_KIND not in by_kind:
            return cls(criterion)
        name = by_kind[COLUMN_KIND].get("name")
        if not isinstance(name, str) or not 0 < len(name) <= MAX_COLUMN_NAME:
            raise InvalidRequirement(f"points have no column {name!r:.60}")
        return cls(column=name)


NO_USE = PointsUse()


def refilled(stored: StoredRequirements, keys: Mapping[int, int]) -> StoredRequirements:
    """The same requirements beside a copy of the rubric: `keys` has the key of each copied criterion by the old one.
    What points are for is left out where there is no such criterion.
    """
    use = PointsUse.from_stored({str(each.get("kind")): each for each in stored})
    if not use.criterion:
        return stored
    others = tuple(each for each in stored if each.get("kind") != FILLS_KIND)
    return (*others, *PointsUse(keys.get(use.criterion, 0)).to_stored())

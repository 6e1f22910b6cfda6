"""Groups: where they come from, how they sort, and how people are spread over them."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

MAX_NAME = 80
MAX_NUMBER = 10
MAX_SPLIT = 200
"""Groups made at once."""
_NUMBER = re.compile(r"(\d{1,18})")


class GroupKind(StrEnum):
    """Where a group comes from."""

    LMS_GROUP = "lms_group"
    LMS_SECTION = "lms_section"
    OWN = "own"


def given_name(kind: GroupKind, name: str, external_id: str) -> str:
    """The name of a group; empty where the LMS has sent only its id, and no instructor has entered a name yet."""
    return "" if kind is not GroupKind.OWN and name == external_id else name


def short_number(external_id: str) -> str:
    """What is shown of the LMS's id of a group without a name: Canvas's are 40 characters long."""
    return external_id if len(external_id) <= MAX_NUMBER else external_id[:MAX_NUMBER]


def name_order(name: str) -> list[tuple[bool, int, str]]:
    """Sorts names as people do: Group 2 before Group 10."""
    parts = _NUMBER.split(name.casefold())
    return [(not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts if part]


def spread(people: Iterable[int], sizes: Mapping[int, int]) -> dict[int, int]:
    """The group for each of these people, in their order always the one that is smallest by then.

    `sizes` are the groups with how many are in each already; a group that comes first there is filled first.
    """
    so_far = dict(sizes)
    placed = {}
    for person in people:
        group = min(so_far, key=lambda each: so_far[each])
        placed[person] = group
        so_far[group] += 1
    return placed

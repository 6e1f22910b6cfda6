"""The course that the practice LMS plays: its people and the places where the tool appears."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

STUDENT = "student"
ROLE_NAMES = {"instructor": "Instructor", "assistant": "Teaching assistant", STUDENT: "Student"}


@dataclass(frozen=True, slots=True)
class Person:
    """A person in the course; ``id`` is the ``sub`` and ``user_id`` of LTI, ``key`` a short name for other files."""

    key: str
    id: str
    given_name: str
    family_name: str
    email: str
    role: str
    roles: tuple[str, ...]

    @property
    def name(self) -> str:
        """Full name as it is shown and sent."""
        return f"{self.given_name} {self.family_name}"

    @property
    def is_student(self) -> bool:
        """Whether the person can receive a grade."""
        return self.role == STUDENT

    @property
    def role_name(self) -> str:
        """The role in words."""
        return ROLE_NAMES[self.role]


@dataclass(frozen=True, slots=True)
class Placement:
    """A resource link on the course page. ``url`` is the target link URI; None means the tool's default."""

    id: str
    title: str
    text: str
    url: str | None
    custom: Mapping[str, str]
    line_item: bool = False

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> Self:
        """Read one entry of ``placements`` in the course file."""
        return cls(
            id=entry["id"],
            title=entry["title"],
            text=entry.get("text", ""),
            url=entry.get("url"),
            custom=entry.get("custom", {}),
            line_item=bool(entry.get("line_item", False)),
        )


@dataclass(frozen=True, slots=True)
class Course:
    """An LTI context with everybody in it."""

    id: str
    label: str
    title: str
    institution: str
    people: tuple[Person, ...]
    placements: tuple[Placement, ...]
    earlier: tuple[str, ...] = ()
    """The ids of the courses that it was copied from, the nearest first."""

    @property
    def students(self) -> tuple[Person, ...]:
        """Everybody who can be graded, by name."""
        return tuple(sorted((p for p in self.people if p.is_student), key=lambda p: p.name))

    def person(self, id_or_key: str) -> Person | None:
        """Find a person by LTI user id or by the short key of the course file."""
        return next((p for p in self.people if id_or_key in {p.id, p.key}), None)


def load_course(path: Path) -> Course:
    """Read the course file; raises KeyError where a required entry is missing."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    people = (Person(**entry, roles=tuple(raw["roles"][entry["role"]])) for entry in raw["people"])
    return Course(
        id=raw["id"],
        label=raw["label"],
        title=raw["title"],
        institution=raw.get("institution", ""),
        people=tuple(people),
        placements=tuple(Placement.from_json(entry) for entry in raw["placements"]),
        earlier=tuple(raw.get("earlier", ())),
    )

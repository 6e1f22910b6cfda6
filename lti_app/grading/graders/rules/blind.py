"""Marking without seeing the marks of others: purposes, states, and which students a sample has."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from math import ceil

WANTED_MARKINGS = 2
"""Second marking is over when so many graders have submitted their marks."""


class SecondMarkingMode(StrEnum):
    """Whose work is marked by two graders."""

    OFF = "off"
    SAMPLE = "sample"
    EVERYBODY = "everybody"


class Agreement(StrEnum):
    """What becomes of two markings that differ by no more than the tolerance."""

    PERSON = "person"
    """Somebody decides."""
    AVERAGE = "average"
    FIRST = "first"
    """The first marker's marks count."""


class BlindPurpose(StrEnum):
    """Why several graders mark a student independently."""

    SECOND = "second"
    CALIBRATION = "calibration"


class BlindOutcome(StrEnum):
    """How an independent marking ended."""

    AGREED = "agreed"
    """The markings were within the tolerance."""
    DECIDED = "decided"
    ONE = "one"
    """An instructor took the only marking there was."""
    NONE = "none"
    """It ended without a grade: the student is graded as always."""


@dataclass(frozen=True)
class SecondMarkingPlan:
    """How a discussion is marked a second time."""

    mode: SecondMarkingMode = SecondMarkingMode.OFF
    percent: int = 20
    agreement: Agreement = Agreement.PERSON
    tolerance: Decimal = Decimal(0)


@dataclass(frozen=True)
class BlindState:
    """How far the independent marking of one student is, as one grader may know it: no marks."""

    purpose: BlindPurpose
    outcome: BlindOutcome | None = None
    submitted: int = 0
    """How many graders have submitted their marks."""
    by_actor: bool = False
    """Whether the reader has."""
    saved_by_actor: bool = False
    """Whether the reader has saved marks, submitted or not."""

    @property
    def is_open(self) -> bool:
        """Whether there is no grade yet."""
        return self.outcome is None

    @property
    def is_marked(self) -> bool:
        """Whether nobody else has to mark before the markings can be compared. A calibration waits for everybody."""
        return self.purpose is BlindPurpose.SECOND and self.submitted >= WANTED_MARKINGS

    @property
    def waits_for_actor(self) -> bool:
        """Whether the reader's own marks are still wanted."""
        return self.is_open and not self.by_actor and not self.is_marked

    @property
    def is_to_decide(self) -> bool:
        """Whether the markings can be compared and somebody has to decide."""
        return self.is_open and self.is_marked


@dataclass(frozen=True)
class BlindClass:
    """The students of a discussion who are or were marked independently."""

    includes_everybody: bool = False
    """Whether that goes for students too who joined since."""
    states: dict[int, BlindState] = field(default_factory=dict)
    """By person id."""

    def of(self, person_id: int) -> BlindState | None:
        """The state of one student; None for one who is graded as always."""
        latecomer = BlindState(BlindPurpose.SECOND) if self.includes_everybody else None
        return self.states.get(person_id, latecomer)

    @property
    def shows_calibration(self) -> bool:
        """Whether the reader may see how others marked the calibration set: they have submitted all of it, or it has
        ended.
        """
        calibrated = [each for each in self.states.values() if each.purpose is BlindPurpose.CALIBRATION]
        return all(each.by_actor or not each.is_open for each in calibrated)

    def is_open(self, person_id: int) -> bool:
        """Whether there is no grade of this student yet because graders still mark independently."""
        state = self.of(person_id)
        return state is not None and state.is_open


def drawn(people: Iterable[int], seed: str, count: int) -> list[int]:
    """So many of these people, always the same ones for the same seed."""
    return sorted(people, key=lambda person_id: sha256(f"{seed} {person_id}".encode()).hexdigest())[: max(0, count)]


def sample_size(people: Collection[int], percent: int) -> int:
    """How many students a sample has, rounded up, so that it is never empty."""
    return ceil(len(people) * percent / 100)

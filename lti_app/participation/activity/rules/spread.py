"""How replies are spread over the class, without naming anybody."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from lti_app.participation.activity.rules.facts import ActivityPost, Participant

STEPS: tuple[tuple[int, int | None], ...] = ((0, 0), (1, 2), (3, 5), (6, 9), (10, None))
"""The numbers of replies that are counted together."""
TENTH = 10


@dataclass(frozen=True)
class SpreadStep:
    """Students with about the same number of replies."""

    lowest: int
    highest: int | None
    """None for no limit."""
    received: int
    """Students who received so many replies from classmates."""
    written: int
    """Students who wrote so many replies to classmates."""


@dataclass(frozen=True)
class ReplySpread:
    """How evenly the replies between students are spread."""

    steps: tuple[SpreadStep, ...]
    students: int
    replies: int
    median_received: float
    top_received: Fraction
    """The share of all replies that the tenth of the class with most replies received; 1/10 or little more is even."""
    top_written: Fraction
    """The share of all replies that the tenth of the class who wrote most of them wrote."""
    top_students: int
    """How many students a tenth of the class is, at least one."""
    answered_by_staff_alone: int
    """Students with replies from instructors and none from classmates."""


def spread_of(students: Sequence[Participant], posts: Iterable[ActivityPost]) -> ReplySpread:
    """How the replies between these students are spread; replies to oneself are left out."""
    known = {each.person_id for each in students}
    received, written, by_staff = Counter[int](), Counter[int](), set[int]()
    for post in posts:
        if post.answered_id is None or post.answered_id not in known or not post.answers_other:
            continue
        if post.by_staff:
            by_staff.add(post.answered_id)
        elif post.author_id in known:
            received[post.answered_id] += 1
            written[post.author_id] += 1
    got, wrote = ([counts[each.person_id] for each in students] for counts in (received, written))
    top = -(-len(students) // TENTH)
    return ReplySpread(
        steps=tuple(SpreadStep(low, high, _within(got, low, high), _within(wrote, low, high)) for low, high in STEPS),
        students=len(students),
        replies=sum(got),
        median_received=median(got) if got else 0,
        top_received=_share(got, top),
        top_written=_share(wrote, top),
        top_students=top,
        answered_by_staff_alone=len(by_staff - set(received)),
    )


def _within(counts: Iterable[int], lowest: int, highest: int | None) -> int:
    return sum(lowest <= count and (highest is None or count <= highest) for count in counts)


def _share(counts: Sequence[int], top: int) -> Fraction:
    total = sum(counts)
    return Fraction(sum(sorted(counts, reverse=True)[:top]), total) if total else Fraction(0)

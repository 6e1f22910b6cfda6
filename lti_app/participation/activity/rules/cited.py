"""Readings and passages by how often posts cite them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from lti_app.library.readings.rules import PassagePlace
from lti_app.participation.activity.rules.facts import PassageUse, ReadingPages

MOST_PASSAGES = 15
"""Passages that a picture shows."""


@dataclass(frozen=True)
class CitedPlaceCount:
    """A passage with its citations."""

    reading_id: int
    label: str
    place: PassagePlace
    citations: int
    discussion_id: int
    """One in which it is cited: where the posts can be looked at."""


@dataclass(frozen=True)
class CitedReadingCount:
    """A reading with its citations, over all its passages."""

    reading_id: int
    label: str
    citations: int
    passages: int
    discussion_id: int


@dataclass(frozen=True)
class CitedCounts:
    """What is cited how often, most cited first; a reading that nobody cites has 0."""

    readings: tuple[CitedReadingCount, ...]
    passages: tuple[CitedPlaceCount, ...]


def cited_counts(readings: Iterable[ReadingPages], uses: Iterable[PassageUse]) -> CitedCounts:
    """Count citations: one for each post and passage. Readings that are no longer assigned are left out."""
    labels = {each.reading_id: each.label for each in readings}
    where = {each.reading_id: each.discussion_id for each in readings}
    by_passage: dict[int, list[PassageUse]] = defaultdict(list)
    for use in uses:
        if use.reading_id in labels:
            by_passage[use.passage_id].append(use)
    passages = [
        CitedPlaceCount(
            found[0].reading_id,
            labels[found[0].reading_id],
            found[0].place,
            sum(use.posts for use in found),
            max(found, key=lambda use: use.posts).discussion_id,
        )
        for found in by_passage.values()
    ]
    passages.sort(key=lambda each: (-each.citations, each.label, each.place.order))
    totals = [
        CitedReadingCount(
            reading_id,
            label,
            sum(each.citations for each in passages if each.reading_id == reading_id),
            sum(each.reading_id == reading_id for each in passages),
            where[reading_id],
        )
        for reading_id, label in labels.items()
    ]
    totals.sort(key=lambda each: (-each.citations, each.label))
    return CitedCounts(tuple(totals), tuple(passages))

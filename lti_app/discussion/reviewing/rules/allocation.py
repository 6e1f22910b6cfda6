"""Who reviews whom: as evenly as can be, never oneself, never the same person twice, and the same whenever it is asked.

Only what is missing is added, and only what nobody has begun is moved, so that a student who opens their list again
finds the reviews that they have begun.
"""

from bisect import insort
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from lti_app.discussion.reviewing.rules.plans import Pairing

Pair = tuple[int, int]
"""A reviewer and an author, by person id."""


class ReviewStage(StrEnum):
    """How far an assigned review is."""

    OPEN = "open"
    BEGUN = "begun"
    SUBMITTED = "submitted"


@dataclass(frozen=True)
class Participants:
    """Who can review, and whose posts can be reviewed."""

    reviewers: frozenset[int]
    authors: frozenset[int]
    groups: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """By person id; those in no group are together as if they were one."""

    def suits(self, pair: Pair, pairing: Pairing) -> bool:
        """Whether this reviewer may review this author."""
        reviewer, author = pair
        if reviewer == author:
            return False
        if pairing is Pairing.ANYONE:
            return True
        own, other = self.groups.get(reviewer) or {0}, self.groups.get(author) or {0}
        return bool(own & other) is (pairing is Pairing.SAME_GROUP)


@dataclass(frozen=True)
class Allocation:
    """What changes in who reviews whom."""

    added: tuple[Pair, ...] = ()
    withdrawn: tuple[Pair, ...] = ()

    @property
    def changes_nothing(self) -> bool:
        """Whether all is assigned already."""
        return not self.added and not self.withdrawn


def allocate(
    people: Participants, existing: Mapping[Pair, ReviewStage], *, each: int, pairing: Pairing, seed: str
) -> Allocation:
    """What is to be added and withdrawn so that every reviewer has `each` authors, or all there are, and authors have
    as equal a number of reviewers as is possible.

    Submitted reviews stay, whoever has left meanwhile. Others go with their reviewer or author; those that are begun
    stay as long as both are there, and the rest may move to somebody who has too few.
    """
    board = _Board(people, pairing, seed)
    for pair, stage in sorted(existing.items(), key=lambda entry: board.order(entry[0])):
        if board.stands(pair, stage):
            board.put(pair, is_movable=stage is ReviewStage.OPEN)
    board.drop_surplus(each)
    board.fill(each)
    board.level()
    now = {(reviewer, author) for reviewer, authors in board.authors_of.items() for author in authors}
    added = sorted(now - existing.keys(), key=board.order)
    withdrawn = sorted(existing.keys() - now, key=board.order)
    return Allocation(tuple(added), tuple(withdrawn))


class _Board:
    """An allocation while it is made."""

    def __init__(self, people: Participants, pairing: Pairing, seed: str) -> None:
        self.people, self.pairing = people, pairing
        everybody = people.reviewers | people.authors
        self._rank = {person: sha256(f"{seed} {person}".encode()).hexdigest() for person in everybody}
        self.reviewers = sorted(people.reviewers, key=self._rank.__getitem__)
        self.authors = sorted(people.authors, key=self._rank.__getitem__)
        self.authors_of: dict[int, set[int]] = {person: set() for person in self.reviewers}
        self.load = dict.fromkeys(self.authors, 0)
        self.movable: dict[int, set[int]] = {person: set() for person in self.authors}
        """The reviewers of an author who have not begun, and can review somebody else instead."""

    def order(self, pair: Pair) -> tuple[str, str]:
        return self._rank.get(pair[0], ""), self._rank.get(pair[1], "")

    def stands(self, pair: Pair, stage: ReviewStage) -> bool:
        if stage is ReviewStage.SUBMITTED:
            return True
        are_here = pair[0] in self.people.reviewers and pair[1] in self.people.authors
        return are_here and (stage is ReviewStage.BEGUN or self.people.suits(pair, self.pairing))

    def put(self, pair: Pair, *, is_movable: bool) -> None:
        reviewer, author = pair
        self.authors_of.setdefault(reviewer, set()).add(author)
        if author in self.load:
            self.load[author] += 1
            if is_movable:
                self.movable[author].add(reviewer)

    def take(self, pair: Pair) -> None:
        reviewer, author = pair
        self.authors_of[reviewer].remove(author)
        self.load[author] -= 1
        self.movable[author].remove(reviewer)

    def drop_surplus(self, each: int) -> None:
        for reviewer in self.reviewers:
            while len(self.authors_of[reviewer]) > each:
                spare = [
                    author for author in self._ranked(self.authors_of[reviewer]) if self._can_move(reviewer, author)
                ]
                if not spare:
                    break
                self.take((reviewer, max(spare, key=self.load.__getitem__)))

    def fill(self, each: int) -> None:
        waiting = sorted((self.load[author], place) for place, author in enumerate(self.authors))
        for _round in range(each):
            for reviewer in self.reviewers:
                if len(self.authors_of[reviewer]) < each:
                    self._give_next(reviewer, waiting)

    def _give_next(self, reviewer: int, waiting: list[tuple[int, int]]) -> None:
        """The author with the fewest reviewers of those who suit; `waiting` has all by load and place, in order."""
        for n, (load, place) in enumerate(waiting):
            if self._free(reviewer, [self.authors[place]]):
                self.put((reviewer, self.authors[place]), is_movable=True)
                del waiting[n]
                insort(waiting, (load + 1, place))
                return

    def level(self) -> None:
        """Move reviewers, directly or in chains, until no chain leads from an author to one with two fewer."""
        while path := self._way_down():
            for pair, author in path:
                self.take(pair)
                self.put((pair[0], author), is_movable=True)

    def _way_down(self) -> list[tuple[Pair, int]]:
        least = min(self.load.values(), default=0)
        for author in sorted(self.authors, key=self.load.__getitem__, reverse=True):
            if self.load[author] - least < 2:
                break
            if path := self._way_from(author):
                return path
        return []

    def _way_from(self, start: int) -> list[tuple[Pair, int]]:
        """The shortest chain of moves from this author to one with at least two reviewers fewer."""
        came: dict[int, tuple[Pair, int]] = {}
        unseen = [author for author in self.authors if author != start]
        queue = deque([start])
        while queue:
            here = queue.popleft()
            for reviewer in self._ranked(self.movable[here]):
                reached = self._free(reviewer, unseen)
                for author in reached:
                    came[author] = ((reviewer, here), author)
                    if self.load[author] <= self.load[start] - 2:
                        return _traced(came, start, author)
                queue.extend(reached)
                seen = set(reached)
                unseen = [author for author in unseen if author not in seen]
        return []

    def _free(self, reviewer: int, authors: Iterable[int]) -> list[int]:
        taken = self.authors_of[reviewer]
        return [
            author for author in authors if author not in taken and self.people.suits((reviewer, author), self.pairing)
        ]

    def _can_move(self, reviewer: int, author: int) -> bool:
        return author in self.movable and reviewer in self.movable[author]

    def _ranked(self, people: Iterable[int]) -> list[int]:
        return sorted(people, key=lambda person: self._rank.get(person, ""))


def _traced(came: Mapping[int, tuple[Pair, int]], start: int, end: int) -> list[tuple[Pair, int]]:
    """The moves of a chain, the last one first, so that nobody has the same author twice meanwhile."""
    path, at = [], end
    while at != start:
        path.append(came[at])
        at = came[at][0][1]
    return path

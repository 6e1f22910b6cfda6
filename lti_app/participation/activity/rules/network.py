"""Who replies to whom: students and the replies between them as a directed graph."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from importlib import import_module
from statistics import median
from zoneinfo import ZoneInfo

from lti_app.participation.activity.rules.facts import ActivityPost, Participant

HUB_AT_LEAST = 3
"""Different people that a hub has exchanged replies with, at least."""
HUB_TIMES = 2
"""How many times as many people as the student in the middle of the class."""
TENTH = 10
"""Hubs are among the tenth of the class with most people, those with as many as the last of these included."""
MOST_STOPS = 24
"""Moments that the slider offers."""


class NodeKind(StrEnum):
    """A student's place in the network; the value is the letter that stands for it in a picture's data."""

    ISOLATED = "i"
    """No reply to or from a classmate."""
    ONE_WAY = "o"
    """Replies to or from classmates, but none of them went both ways."""
    MUTUAL = "m"
    """At least one classmate replied to the student and got a reply."""
    HUB = "h"
    """Replies with many more classmates than most have."""


@dataclass(frozen=True)
class NetworkStudent:
    """A student in the network."""

    student: Participant
    kind: NodeKind
    sent: int
    """Replies to classmates."""
    sent_to: int
    """Different classmates."""
    received: int
    received_from: int
    mutual: int
    """Classmates with replies both ways."""


@dataclass(frozen=True)
class ReplyLink:
    """The replies of one student to another, by their places in the list of students."""

    source: int
    target: int
    days: tuple[int, ...]
    """For each reply, the day counted from the first day of the network."""


@dataclass(frozen=True)
class NetworkStop:
    """The network at the end of one day."""

    day: date
    replies: int
    kinds: str
    """The letter of each student's NodeKind, in the order of students."""

    @property
    def isolated(self) -> int:
        """Students without any reply to or from a classmate."""
        return self.kinds.count(NodeKind.ISOLATED.value)

    @property
    def hubs(self) -> int:
        """Students who are hubs."""
        return self.kinds.count(NodeKind.HUB.value)


@dataclass(frozen=True)
class ReplyNetwork:
    """The network up to a day."""

    students: tuple[NetworkStudent, ...]
    links: tuple[ReplyLink, ...]
    """Of all days, also those after `until`."""
    begins: date | None
    """The first day; None where nobody has replied to a classmate."""
    until: date | None
    """The last day that is counted."""
    stops: tuple[NetworkStop, ...]
    """Days to look at, the last day last."""
    replies: int
    density: Fraction
    """Of all possible ordered pairs of students, the share with a reply: 0 to 1."""
    reciprocity: Fraction
    """Of the pairs with a reply, the share that has one in the other direction too: 0 to 1."""

    @property
    def isolated(self) -> int:
        """Students without any reply to or from a classmate."""
        return sum(each.kind is NodeKind.ISOLATED for each in self.students)

    @property
    def hubs(self) -> int:
        """Students who are hubs."""
        return sum(each.kind is NodeKind.HUB for each in self.students)


_Reply = tuple[int, int, int]
"""The places of the student who wrote it and of the one who is answered, and its day."""
_Edges = Counter[tuple[int, int]]
"""How many replies from one student to another."""


def network_of(
    students: Sequence[Participant], posts: Sequence[ActivityPost], zone: ZoneInfo, *, until: date | None = None
) -> ReplyNetwork:
    """The replies between these students, the oldest post first; a reply on a day after `until` is not counted.

    Days are those of the course's time zone. Replies to oneself, to and from instructors, and to people who are not
    among these students are left out.
    """
    place = {each.person_id: nth for nth, each in enumerate(students)}
    found = [
        (place[post.author_id], place[post.answered_id], post.at.astimezone(zone).date())
        for post in posts
        if post.answered_id in place and post.author_id in place and post.answers_other and not post.by_staff
    ]
    if not found:
        return _network(students, (), (), None, None)
    begins, last = found[0][2], found[-1][2]
    end = min(until, last) if until else last
    replies = [(source, target, (day - begins).days) for source, target, day in found]
    stops = _stops(len(students), replies, (last - begins).days, begins)
    return _network(students, replies, stops, begins, end)


def _network(
    students: Sequence[Participant],
    replies: Sequence[_Reply],
    stops: tuple[NetworkStop, ...],
    begins: date | None,
    until: date | None,
) -> ReplyNetwork:
    limit = (until - begins).days if until and begins else 0
    edges: dict[tuple[int, int], list[int]] = defaultdict(list)
    for source, target, day in replies:
        edges[source, target].append(day)
    now = Counter((source, target) for source, target, day in replies if day <= limit)
    density, reciprocity = _measures(len(students), now)
    return ReplyNetwork(
        students=tuple(_students(students, now)),
        links=tuple(ReplyLink(source, target, tuple(days)) for (source, target), days in edges.items()),
        begins=begins,
        until=until,
        stops=stops,
        replies=now.total(),
        density=density,
        reciprocity=reciprocity,
    )


def _measures(size: int, edges: _Edges) -> tuple[Fraction, Fraction]:
    """Density and reciprocity, by the graph library."""
    if not edges:
        return Fraction(0), Fraction(0)
    networkx = import_module("networkx")  # 28 MB that only these pages need
    graph = networkx.DiGraph()
    graph.add_nodes_from(range(size))
    graph.add_edges_from(edges)
    return Fraction(networkx.density(graph)), Fraction(networkx.overall_reciprocity(graph))


def _students(students: Sequence[Participant], edges: _Edges) -> list[NetworkStudent]:
    sent, received, sent_to, received_from = Counter[int](), Counter[int](), Counter[int](), Counter[int]()
    mutual = Counter[int]()
    for (source, target), count in edges.items():
        sent[source] += count
        received[target] += count
        sent_to[source] += 1
        received_from[target] += 1
        mutual[source] += (target, source) in edges
    partners = _Partners(len(students))
    for pair in edges:
        partners.add(*pair)
    kinds = partners.kinds()
    return [
        NetworkStudent(
            each,
            NodeKind(kinds[nth]),
            sent=sent[nth],
            sent_to=sent_to[nth],
            received=received[nth],
            received_from=received_from[nth],
            mutual=mutual[nth],
        )
        for nth, each in enumerate(students)
    ]


class _Partners:
    """Who has exchanged replies with whom, while replies are added one after another."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._edges: set[tuple[int, int]] = set()
        self._people: list[set[int]] = [set() for _ in range(size)]
        self._is_mutual = [False] * size

    def add(self, source: int, target: int) -> None:
        """Add a reply of one student to another."""
        if (source, target) in self._edges:
            return
        self._edges.add((source, target))
        self._people[source].add(target)
        self._people[target].add(source)
        if (target, source) in self._edges:
            self._is_mutual[source] = self._is_mutual[target] = True

    def kinds(self) -> str:
        """The letter of each student's kind."""
        numbers = [len(each) for each in self._people]
        if not numbers:
            return ""
        top = sorted(numbers, reverse=True)[: -(-self.size // TENTH)]
        hub = max(HUB_AT_LEAST, HUB_TIMES * median(numbers), top[-1])
        return "".join(
            NodeKind.ISOLATED.value
            if not number
            else NodeKind.HUB.value
            if number >= hub
            else NodeKind.MUTUAL.value
            if self._is_mutual[nth]
            else NodeKind.ONE_WAY.value
            for nth, number in enumerate(numbers)
        )


def _stops(size: int, replies: Sequence[_Reply], span: int, begins: date) -> tuple[NetworkStop, ...]:
    """The network at the end of each day; of longer times, of days that are equally far apart."""
    step = max(1, -(-(span + 1) // MOST_STOPS))
    found, partners, nth = [], _Partners(size), 0
    for limit in sorted({span, *range(span % step, span, step)}):
        while nth < len(replies) and replies[nth][2] <= limit:
            partners.add(*replies[nth][:2])
            nth += 1
        found.append(NetworkStop(begins + timedelta(days=limit), nth, partners.kinds()))
    return tuple(found)

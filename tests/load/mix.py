"""What people do, and how often of a hundred times: whoever makes the load draws from this."""

from collections.abc import Mapping

MIX: Mapping[str, int] = {"launch": 5, "read": 60, "news": 20, "post": 8, "grade": 5, "moderate": 2}
"""The kinds of work. Each may be several requests, all of which are counted under its name."""


def kind_of(name: str) -> str:
    """The kind of work that a request belongs to, by its name: `launch: login` is part of a launch."""
    return name.partition(":")[0]


def shares(counts: Mapping[str, int]) -> dict[str, float]:
    """The share of each kind, by how often it was done; nothing where nothing was."""
    whole = sum(counts.values())
    return {kind: count / whole for kind, count in counts.items()} if whole else {}


def works(done: Mapping[str, int]) -> dict[str, int]:
    """How often each kind was done, by its main request, which is named as the kind."""
    return {kind: done.get(kind, 0) for kind in MIX}


def strays(done: Mapping[str, int], *, most: float = 0.05) -> dict[str, float]:
    """The kinds whose share is further from what is wanted than this, with that share: a mix that has gone wrong, for
    example because one kind takes all the time, says nothing about the wanted one.
    """
    found, wanted = shares(works(done)), shares(MIX)
    return {kind: found.get(kind, 0.0) for kind, share in wanted.items() if abs(found.get(kind, 0.0) - share) > most}

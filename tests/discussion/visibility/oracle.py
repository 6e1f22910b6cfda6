"""Who sees what, said as simply as possible and without the application's own rules: what every reader is held to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A discussion, as far as it matters here."""

    groups: bool = False
    anonymity: str = "named"
    """named, peers or blind."""
    gated: bool = True
    state: str = "open"
    """open, closed or scheduled."""


@dataclass(frozen=True)
class Viewer:
    """Somebody who looks."""

    person: str
    role: str
    """staff, student or observer."""
    groups: frozenset[str] = frozenset()
    has_posted: bool = False


@dataclass(frozen=True)
class Case:
    """A post."""

    author: str
    """Of an imported post: who imported it."""
    byline: str = ""
    group: str = ""
    to: str = ""
    """The only person it is meant for; empty for everybody."""
    held: bool = False
    hidden: bool = False
    deleted: bool = False
    is_reply: bool = False


STAFF = ("ines", "tariq")


def reads(viewer: Viewer, place: Place) -> bool:
    """Whether the viewer reads posts in this place at all."""
    if viewer.role == "staff":
        return True
    if viewer.role == "observer" or place.state == "scheduled":
        return False
    return place.state == "closed" or not place.gated or viewer.has_posted


def exists(viewer: Viewer, place: Place, post: Case) -> bool:
    """Whether the viewer may know of the post, once they read there."""
    if viewer.role == "staff" or post.author == viewer.person:
        return True
    if post.held or post.to not in ("", viewer.person):
        return False
    return not (place.groups and post.group and post.group not in viewer.groups)


def says(viewer: Viewer, place: Place, post: Case) -> bool:
    """Whether the viewer may read what it says."""
    if not exists(viewer, place, post) or post.deleted:
        return False
    return not post.hidden or viewer.role == "staff" or post.author == viewer.person


def counts(viewer: Viewer, place: Place, post: Case) -> bool:
    """Whether it is counted, listed as new or shown as an argument: only what is not taken away from anybody."""
    return exists(viewer, place, post) and not post.deleted and not post.hidden


def hides_names(viewer: Viewer, place: Place) -> bool:
    """Whether the viewer sees pseudonyms of students."""
    return place.anonymity == "blind" or (place.anonymity == "peers" and viewer.role != "staff")


def name(viewer: Viewer, place: Place, post: Case) -> str:
    """The name it is shown under."""
    if post.byline:
        return post.byline
    if post.author in STAFF or not hides_names(viewer, place):
        return f"name of {post.author}"
    return f"pseudonym of {post.author}"


def asks_for_answer(viewer: Viewer, place: Place, post: Case) -> bool:
    """Whether it is listed as unanswered, where nobody has answered it."""
    asks = not post.is_reply and not post.byline and post.author not in STAFF and not post.held and not post.to
    return asks and counts(viewer, place, post) and post.author != viewer.person

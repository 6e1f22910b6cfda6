"""Which posts of a file come in held for review: the same rules as for posts that are written here."""

from collections.abc import Collection, Iterable, Sequence

from lti_app.discussion.integrity.rules.content import OF_NEWCOMERS, may_be_suspicious, own_content_of, suspicions
from lti_app.discussion.moderation.rules import HeldReason
from lti_app.exchange.importing.rules.arrange import Arranged, ArrangedEntry


def held_entries(
    arranged: Arranged, html: Sequence[str], sellers: Collection[str], known: Iterable[str] = ()
) -> dict[int, list[HeldReason]]:
    """The places of the entries that will be held, and why; what answers one of them is held with it, for the same.

    `html` is what each of the entries will say, `sellers` are sites, `known` the names of those who have written
    before. Nobody knows whether somebody without a name has.
    """
    met = {*known}
    held: dict[int, list[HeldReason]] = {}
    for place, item in enumerate(arranged.entries):
        above = held.get(item.parent, []) if item.parent is not None else []
        found = above or _reasons(item, html[place], sellers, is_newcomer=item.entry.author not in met)
        if item.entry.author:
            met.add(item.entry.author)
        if found:
            held[place] = found
    return held


def _reasons(item: ArrangedEntry, html: str, sellers: Collection[str], *, is_newcomer: bool) -> list[HeldReason]:
    if item.entry.is_gone or not may_be_suspicious(item.body.text, sellers):
        return []
    found = suspicions(own_content_of(html), sellers)
    return found if is_newcomer else [reason for reason in found if reason not in OF_NEWCOMERS]

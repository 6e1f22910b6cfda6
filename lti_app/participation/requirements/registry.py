"""The kinds of requirement, in the order in which they are shown, and their conversion to and from the stored form."""

from collections.abc import Iterable, Mapping

from lti_app.discussion.discussions.rules import StoredRequirements
from lti_app.participation.requirements.base import (
    APART,
    NO_TERMS,
    FormField,
    InvalidRequirement,
    Requirement,
    Terms,
)
from lti_app.participation.requirements.citation import CitationRequirement
from lti_app.participation.requirements.days import DaysRequirement
from lti_app.participation.requirements.early import EARLY_KIND, MAX_OTHERS, EarlyRule
from lti_app.participation.requirements.first_post import FirstPostRequirement
from lti_app.participation.requirements.likes import LikesRequirement
from lti_app.participation.requirements.move import MoveRequirement
from lti_app.participation.requirements.passages import PassagesRequirement
from lti_app.participation.requirements.points import NO_USE, PointsUse
from lti_app.participation.requirements.position import PositionRequirement
from lti_app.participation.requirements.questions import QuestionsRequirement
from lti_app.participation.requirements.reading import ReadingRequirement
from lti_app.participation.requirements.replies import RepliesRequirement
from lti_app.participation.requirements.reply_types import TypesRequirement
from lti_app.participation.requirements.reviews import ReviewsRequirement
from lti_app.participation.requirements.terms import NO_OWN_TERMS, OwnTerms
from lti_app.participation.requirements.threads import ThreadsRequirement

KINDS: tuple[type[Requirement], ...] = (
    FirstPostRequirement,
    RepliesRequirement,
    ThreadsRequirement,
    MoveRequirement,
    TypesRequirement,
    QuestionsRequirement,
    DaysRequirement,
    CitationRequirement,
    PassagesRequirement,
    ReadingRequirement,
    LikesRequirement,
    PositionRequirement,
    ReviewsRequirement,
)
FIELDS: tuple[FormField, ...] = tuple(field for kind in KINDS for field in kind.fields)
NO_PROTECTION = EarlyRule()


def to_stored(
    values: Mapping[str, object],
    own: Mapping[str, OwnTerms] | None = None,
    early: EarlyRule = NO_PROTECTION,
    use: PointsUse = NO_USE,
) -> StoredRequirements:
    """The stored form of the values of form fields, by input, of the own terms of requirements, by kind, of the
    protection of students who post early, and of what points are for; a field without a value requires nothing.

    Raises InvalidRequirement for an invalid value and for an unknown field.
    """
    if unknown := values.keys() - {field.input for field in FIELDS}:
        raise InvalidRequirement(f"no requirement has a field {sorted(unknown)[0]!r:.60}")
    if not 0 <= early.others <= MAX_OTHERS:
        raise InvalidRequirement("no such protection of those who post early")
    asked = [_from_values(kind, values, (own or {}).get(kind.kind, NO_OWN_TERMS)) for kind in KINDS]
    stored = [entry for each in asked if each != type(each)() for entry in each.to_stored()]
    return (*stored, *early.to_stored(), *use.to_stored())


def to_values(stored: StoredRequirements) -> dict[str, object]:
    """The values of all form fields, by input, from the stored form."""
    asked = from_stored(stored)
    return {field.input: getattr(each, field.name) for each in asked for field in each.fields}


def to_own_terms(stored: StoredRequirements) -> dict[str, OwnTerms]:
    """The own terms of every requirement, by kind, from the stored form."""
    return {each.kind: each.own for each in from_stored(stored)}


def from_stored(stored: StoredRequirements, terms: Terms = NO_TERMS) -> tuple[Requirement, ...]:
    """One requirement of each kind; those that are not stored require nothing.

    A kind that only a newer release knows is ignored, so that both releases can run at the same time during an upgrade.
    Raises InvalidRequirement for anything that `to_stored` would not have written.
    """
    by_kind = _by_kind(stored)
    return tuple(kind.from_stored(by_kind.get(kind.kind, {}), terms, by_kind.get(kind.kind + APART)) for kind in KINDS)


def early_from_stored(stored: StoredRequirements) -> EarlyRule:
    """The protection of students who post early; raises InvalidRequirement for what `to_stored` would not write."""
    others = _by_kind(stored).get(EARLY_KIND, {}).get("others", 0)
    if type(others) is not int or not 0 <= others <= MAX_OTHERS:
        raise InvalidRequirement(f"early posters are not protected by {others!r:.60}")
    return EarlyRule(others)


def use_from_stored(stored: StoredRequirements) -> PointsUse:
    """What the points of requirements are for; raises InvalidRequirement for what `to_stored` would not write."""
    return PointsUse.from_stored(_by_kind(stored))


def _by_kind(stored: StoredRequirements) -> dict[str, Mapping[str, object]]:
    by_kind = {str(entry.get("kind")): entry for entry in stored}
    if len(by_kind) != len(stored):
        raise InvalidRequirement("one kind is stored twice")
    return by_kind


def _from_values(kind: type[Requirement], values: Mapping[str, object], own: OwnTerms) -> Requirement:
    given: Iterable[FormField] = (field for field in kind.fields if field.input in values)
    stored = {field.name: values[field.input] for field in given}
    apart = {field.name: stored.pop(field.name) for field in kind.fields if field.is_apart and field.name in stored}
    return kind.from_stored(stored, NO_TERMS, {**apart, **own.to_stored()})

"""The kinds of requirement, in the order in which they are shown, and their conversion to and from the stored form."""

from collections.abc import Iterable, Mapping

from lti_app.discussion.discussions.rules import StoredRequirements
from lti_app.participation.requirements.base import NO_TERMS, FormField, InvalidRequirement, Requirement, Terms
from lti_app.participation.requirements.citation import CitationRequirement
from lti_app.participation.requirements.days import DaysRequirement
from lti_app.participation.requirements.first_post import FirstPostRequirement
from lti_app.participation.requirements.move import MoveRequirement
from lti_app.participation.requirements.replies import RepliesRequirement
from lti_app.participation.requirements.reviews import ReviewsRequirement

KINDS: tuple[type[Requirement], ...] = (
    FirstPostRequirement,
    RepliesRequirement,
    MoveRequirement,
    DaysRequirement,
    CitationRequirement,
    ReviewsRequirement,
)
FIELDS: tuple[FormField, ...] = tuple(field for kind in KINDS for field in kind.fields)


def to_stored(values: Mapping[str, object]) -> StoredRequirements:
    """The stored form of the values of form fields, by input; a field without a value requires nothing.

    Raises InvalidRequirement for an invalid value and for an unknown field.
    """
    if unknown := values.keys() - {field.input for field in FIELDS}:
        raise InvalidRequirement(f"no requirement has a field {sorted(unknown)[0]!r:.60}")
    asked = [_from_values(kind, values) for kind in KINDS]
    return tuple(each.to_stored() for each in asked if each != type(each)())


def to_values(stored: StoredRequirements) -> dict[str, object]:
    """The values of all form fields, by input, from the stored form."""
    asked = from_stored(stored)
    return {field.input: getattr(each, field.name) for each in asked for field in each.fields}


def from_stored(stored: StoredRequirements, terms: Terms = NO_TERMS) -> tuple[Requirement, ...]:
    """One requirement of each kind; those that are not stored require nothing.

    A kind that only a newer release knows is ignored, so that both releases can run at the same time during an upgrade.
    Raises InvalidRequirement for anything that `to_stored` would not have written.
    """
    by_kind = {str(entry.get("kind")): entry for entry in stored}
    if len(by_kind) != len(stored):
        raise InvalidRequirement("one kind is stored twice")
    return tuple(kind.from_stored(by_kind.get(kind.kind, {}), terms) for kind in KINDS)


def _from_values(kind: type[Requirement], values: Mapping[str, object]) -> Requirement:
    given: Iterable[FormField] = (field for field in kind.fields if field.input in values)
    return kind.from_stored({field.name: values[field.input] for field in given}, NO_TERMS)

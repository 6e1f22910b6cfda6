"""A change of the rules that somebody considers."""

from collections.abc import Mapping

from lti_app.discussion.discussions.rules import StoredRequirements
from lti_app.participation.requirements.registry import (
    early_from_stored,
    to_own_terms,
    to_stored,
    to_values,
    use_from_stored,
)


def proposed(stored: StoredRequirements, changes: Mapping[str, object]) -> StoredRequirements:
    """What a discussion would ask for after a change: the values of some fields, by input.

    The other fields stay, and so do the own dates, options and points of requirements, the protection of early
    posters and what the points are for.

    Raises InvalidRequirement for a value that a field cannot have, and for an unknown field.
    """
    values, early = {**to_values(stored), **changes}, early_from_stored(stored)
    return to_stored(values, to_own_terms(stored), early, use_from_stored(stored))

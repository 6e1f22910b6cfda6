"""The stored form of a version of the rule by which participation is counted."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from lti_app.discussion.discussions.rules import AssignedReading, Calendar, StoredRequirements
from lti_app.participation.requirements.base import Terms
from lti_app.participation.requirements.evaluation import Requirements
from lti_app.participation.requirements.points import FILLS_KIND
from lti_app.participation.requirements.registry import early_from_stored, from_stored, use_from_stored

DATE = "due"


def rule_to_stored(requirements: StoredRequirements, terms: Terms) -> dict[str, Any]:
    """Everything by which participation of the class is counted, apart from reviews, which are planned elsewhere."""
    calendar = terms.dates_of_class
    return {
        "requirements": [dict(each) for each in requirements],
        "calendar": {
            each.name: moment.astimezone(UTC).isoformat()
            for each in fields(calendar)
            if (moment := getattr(calendar, each.name)) is not None
        },
        "readings": [{"id": each.id, "label": each.label, "required": each.required} for each in terms.assigned],
        "has_poll": terms.has_poll,
        "is_q_and_a": terms.is_q_and_a,
    }


def rule_from_stored(stored: Mapping[str, Any], number: int) -> Requirements:
    """The requirements of a version, by the dates of the class."""
    calendar = Calendar(**{name: datetime.fromisoformat(moment) for name, moment in stored["calendar"].items()})
    assigned = tuple(
        AssignedReading(each["id"], each["label"], "", None, required=each["required"]) for each in stored["readings"]
    )
    terms = Terms(
        calendar,
        tuple(each for each in assigned if each.required),
        class_calendar=calendar,
        assigned=assigned,
        has_poll=stored["has_poll"],
        is_q_and_a=stored["is_q_and_a"],
    )
    requirements = tuple(stored["requirements"])
    return Requirements(
        from_stored(requirements, terms), early_from_stored(requirements), use_from_stored(requirements), number
    )


def is_same_rule(one: Mapping[str, Any], other: Mapping[str, Any] | None) -> bool:
    """Whether two versions count alike: the names of readings, and dates that decide nothing, make no difference."""
    return other is not None and _decisive(one) == _decisive(other)


def _decisive(stored: Mapping[str, Any]) -> dict[str, Any]:
    readings = sorted((each["id"], each["required"]) for each in stored["readings"])
    calendar = {name: moment for name, moment in stored["calendar"].items() if name != "opens_at"}
    return {**stored, "readings": readings, "calendar": calendar}


def without_dates(requirements: StoredRequirements) -> StoredRequirements:
    """The same requirements for another discussion: dates and the criteria of its rubric belong to one."""
    kept = (each for each in requirements if each.get("kind") != FILLS_KIND)
    stripped = ({name: value for name, value in each.items() if name != DATE} for each in kept)
    return tuple(each for each in stripped if len(each) > 1 or not str(each["kind"]).endswith("+"))

"""What the specifications demand of what is sent, written from them: Caliper Analytics 1.2 and xAPI 1.0.3."""

import re
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

CONTEXT = "http://purl.imsglobal.org/ctx/caliper/v1p2"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
EVENT = {
    *("@context", "id", "type", "profile", "actor", "action", "object", "eventTime"),
    *("target", "generated", "edApp", "referrer", "group", "membership", "session", "federatedSession", "extensions"),
}
"""All properties that an event may have."""
ALLOWED = {
    "MessageEvent": ("ForumProfile", {"Posted", "MarkedAsRead", "MarkedAsUnread"}, {"Message"}),
    "ResourceManagementEvent": ("ResourceManagementProfile", {"Modified", "Deleted"}, {"Message"}),
    "ViewEvent": ("ReadingProfile", {"Viewed"}, {"Document"}),
    "GradeEvent": ("GradingProfile", {"Graded"}, {"Attempt"}),
    "Event": ("GeneralProfile", {"Liked", "Linked"}, {"Message", "Document"}),
}
"""By type of event: its profile, actions and types of objects, so far as they occur here."""
ENTITIES: dict[str, set[str]] = {
    "Person": {"otherIdentifiers"},
    "Message": {"creators", "replyTo", "body", "attachments", "isPartOf", "version"},
    "Thread": {"isPartOf"},
    "Forum": {"isPartOf"},
    "Document": {"isPartOf"},
    "Frame": {"isPartOf", "index"},
    "Attempt": {"assignee", "assignable", "count", "startedAtTime", "endedAtTime"},
    "Score": {"attempt", "maxScore", "scoreGiven", "scoredBy", "comment"},
    "Membership": {"member", "organization", "roles", "status"},
    "CourseSection": {"courseNumber", "academicSession"},
    "SoftwareApplication": {"version"},
}
OF_EVERY_ENTITY = {"id", "type", "name", "description", "dateCreated", "dateModified", "extensions"}
ROLES = {"Administrator", "ContentDeveloper", "Instructor", "Learner", "Manager", "Member", "Mentor", "Officer"}


def check_envelope(envelope: dict[str, Any]) -> None:
    assert set(envelope) == {"sensor", "sendTime", "dataVersion", "data"}
    check_iri(envelope["sensor"])
    check_moment(envelope["sendTime"])
    assert envelope["dataVersion"] == CONTEXT
    assert envelope["data"]
    for event in envelope["data"]:
        check_event(event)


def check_event(event: dict[str, Any]) -> None:
    assert {"@context", "id", "type", "actor", "action", "object", "eventTime"} <= set(event) <= EVENT
    assert event["@context"] == CONTEXT
    check_uuid(event["id"].removeprefix("urn:uuid:"))
    assert event["id"].startswith("urn:uuid:")
    profile, actions, objects = ALLOWED[event["type"]]
    assert event["profile"] == profile
    assert event["action"] in actions
    assert event["object"]["type"] in objects
    assert event["actor"]["type"] == "Person"
    check_moment(event["eventTime"])
    if event["type"] == "GradeEvent":
        assert event["generated"]["type"] == "Score"
    for name in {"actor", "object", "target", "generated", "edApp", "referrer", "group", "membership"} & set(event):
        check_entity(event[name])
    check_filled(event)


def check_entity(entity: Any) -> None:
    """An object with an IRI and a type of Caliper, or an IRI alone."""
    if isinstance(entity, str):
        check_iri(entity)
        return
    check_iri(entity["id"])
    assert set(entity) <= OF_EVERY_ENTITY | ENTITIES[entity["type"]], entity
    for name in ("isPartOf", "replyTo", "assignee", "assignable", "attempt", "scoredBy", "member", "organization"):
        if name in entity:
            check_entity(entity[name])
    for person in entity.get("creators", ()):
        check_entity(person)
    for name in {"dateCreated", "dateModified"} & set(entity):
        check_moment(entity[name])
    assert set(entity.get("roles", ())) <= ROLES
    for identifier in entity.get("otherIdentifiers", ()):
        assert identifier["type"] == "SystemIdentifier"
        assert identifier["identifierType"] == "LtiUserId"
        assert isinstance(identifier["identifier"], str)
        check_entity(identifier["source"])
    for name in {"maxScore", "scoreGiven"} & set(entity):
        assert isinstance(entity[name], float)


def check_statements(statements: list[dict[str, Any]]) -> None:
    assert statements
    assert len({each["id"] for each in statements}) == len(statements)
    for each in statements:
        check_statement(each)


def check_statement(statement: dict[str, Any]) -> None:
    required = {"id", "actor", "verb", "object"}
    assert required <= set(statement) <= {*required, "result", "context", "timestamp"}
    check_uuid(statement["id"])
    check_agent(statement["actor"])
    assert set(statement["verb"]) == {"id", "display"}
    check_iri(statement["verb"]["id"])
    assert set(statement["verb"]["display"]) == {"en-US"}
    check_activity(statement["object"])
    check_moment(statement["timestamp"])
    context = statement["context"]
    assert set(context) <= {"contextActivities", "platform", "instructor"}
    assert set(context["contextActivities"]) <= {"parent", "grouping", "category", "other"}
    for activities in context["contextActivities"].values():
        for activity in activities:
            check_activity(activity)
    if "instructor" in context:
        check_agent(context["instructor"])
    if "result" in statement:
        check_score(statement["result"]["score"])
    check_filled(statement)


def check_agent(agent: dict[str, Any]) -> None:
    """Exactly one inverse functional identifier: here an account."""
    assert set(agent) == {"objectType", "account"}
    assert agent["objectType"] == "Agent"
    assert set(agent["account"]) == {"homePage", "name"}
    check_iri(agent["account"]["homePage"])
    assert isinstance(agent["account"]["name"], str)


def check_activity(activity: dict[str, Any]) -> None:
    assert {"id"} <= set(activity) <= {"objectType", "id", "definition"}
    assert activity.get("objectType", "Activity") == "Activity"
    check_iri(activity["id"])
    if "definition" in activity:
        check_iri(activity["definition"]["type"])


def check_score(score: dict[str, float]) -> None:
    assert set(score) <= {"raw", "min", "max", "scaled"}
    if "max" in score:
        assert score["min"] <= score["raw"] <= score["max"]
        assert score["min"] < score["max"]
        assert -1 <= score["scaled"] <= 1


def check_iri(value: str) -> None:
    parts = urlsplit(value)
    assert parts.scheme in ("http", "https"), value
    assert parts.netloc, value


def check_uuid(value: str) -> None:
    assert UUID(value).version == 5
    assert str(UUID(value)) == value


def check_moment(value: str) -> None:
    assert MOMENT.fullmatch(value), value


def check_filled(value: Any) -> None:
    """Nothing is null or empty, which Caliper advises against and xAPI forbids."""
    assert value is not None
    assert value != ""
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        check_filled(part)

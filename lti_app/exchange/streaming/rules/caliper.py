"""Activities as Caliper Analytics 1.2 has them: events of its profiles, in an envelope.

Bodies, titles and names are left out, although Caliper has properties for them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from lti_app.exchange.streaming.rules.activities import ActivityKind, LearningActivity, Naming, moment

CONTEXT = "http://purl.imsglobal.org/ctx/caliper/v1p2"
Json = dict[str, Any]


def envelope(activities: Sequence[LearningActivity], naming: Naming, *, now: datetime) -> Json:
    """The envelope of some events. No property but these four is permitted."""
    return {
        "sensor": naming.application,
        "sendTime": moment(now),
        "dataVersion": CONTEXT,
        "data": [event(each, naming) for each in activities],
    }


def event(activity: LearningActivity, naming: Naming) -> Json:
    """One event."""
    return {
        "@context": CONTEXT,
        "id": f"urn:uuid:{naming.event(activity)}",
        **_OF_KIND[activity.kind](activity, naming),
        "eventTime": moment(activity.at),
        "edApp": {"id": naming.application, "type": "SoftwareApplication", "name": "Colloquy"},
        "group": {"id": naming.course(activity), "type": "CourseSection"},
    }


def _by_its_person(activity: LearningActivity, naming: Naming) -> Json:
    return {"actor": _person(activity, naming), "membership": _membership(activity, naming)}


def _posted(activity: LearningActivity, naming: Naming) -> Json:
    created = {"dateCreated": moment(activity.at)}
    message = {**_message(activity, naming), "creators": [_bare_person(activity, naming)], **created}
    return {
        "type": "MessageEvent",
        "profile": "ForumProfile",
        **_by_its_person(activity, naming),
        "action": "Posted",
        "object": message,
    }


def _edited(activity: LearningActivity, naming: Naming) -> Json:
    changed = {"version": str(activity.version), "dateModified": moment(activity.at)}
    return {**_managed("Modified", activity, naming), "object": {**_message(activity, naming), **changed}}


def _deleted(activity: LearningActivity, naming: Naming) -> Json:
    return {**_managed("Deleted", activity, naming), "object": _message(activity, naming)}


def _managed(action: str, activity: LearningActivity, naming: Naming) -> Json:
    return {
        "type": "ResourceManagementEvent",
        "profile": "ResourceManagementProfile",
        **_by_its_person(activity, naming),
        "action": action,
    }


def _liked(activity: LearningActivity, naming: Naming) -> Json:
    return {**_general("Liked", activity, naming), "object": _message(activity, naming)}


def _cited(activity: LearningActivity, naming: Naming) -> Json:
    return {
        **_general("Linked", activity, naming),
        "object": {"id": naming.reading(activity), "type": "Document"},
        "target": {"id": naming.passage(activity), "type": "Frame", "isPartOf": naming.reading(activity)},
        "referrer": _message(activity, naming),
    }


def _general(action: str, activity: LearningActivity, naming: Naming) -> Json:
    """Caliper has no profile for it: a plain event, with one of the actions that Caliper knows."""
    return {"type": "Event", "profile": "GeneralProfile", **_by_its_person(activity, naming), "action": action}


def _opened(activity: LearningActivity, naming: Naming) -> Json:
    return {
        "type": "ViewEvent",
        "profile": "ReadingProfile",
        **_by_its_person(activity, naming),
        "action": "Viewed",
        "object": {"id": naming.reading(activity), "type": "Document"},
    }


def _graded(activity: LearningActivity, naming: Naming) -> Json:
    grader = naming.person(activity, activity.by_id)
    attempt = f"{naming.discussion(activity)}/attempts/{naming.person_key(activity)}"
    score: Json = {
        "id": f"{attempt}/scores/{activity.version}",
        "type": "Score",
        "attempt": attempt,
        "scoredBy": grader,
        "dateCreated": moment(activity.at),
    }
    if activity.given is not None:
        score |= {"scoreGiven": float(activity.given.points), "maxScore": float(activity.given.possible)}
    return {
        "type": "GradeEvent",
        "profile": "GradingProfile",
        "actor": {"id": grader, "type": "Person"},
        "action": "Graded",
        "object": {
            "id": attempt,
            "type": "Attempt",
            "assignee": _person(activity, naming),
            "assignable": naming.discussion(activity),
        },
        "generated": score,
    }


def _message(activity: LearningActivity, naming: Naming) -> Json:
    message: Json = {
        "id": naming.post(activity),
        "type": "Message",
        "isPartOf": {
            "id": naming.thread(activity),
            "type": "Thread",
            "isPartOf": {"id": naming.discussion(activity), "type": "Forum"},
        },
    }
    if activity.parent_id is not None:
        message["replyTo"] = {"id": naming.post(activity, activity.parent_id), "type": "Message"}
    return message


def _bare_person(activity: LearningActivity, naming: Naming) -> Json:
    return {"id": naming.person(activity), "type": "Person"}


def _person(activity: LearningActivity, naming: Naming) -> Json:
    person = _bare_person(activity, naming)
    if activity.lms_user is not None:
        person["otherIdentifiers"] = [
            {
                "type": "SystemIdentifier",
                "identifierType": "LtiUserId",
                "identifier": activity.lms_user.sub,
                "source": activity.lms_user.issuer,
            }
        ]
    return person


def _membership(activity: LearningActivity, naming: Naming) -> Json:
    person, course = naming.person(activity), naming.course(activity)
    return {
        "id": f"{course}/members/{naming.person_key(activity)}",
        "type": "Membership",
        "member": person,
        "organization": course,
        "roles": ["Instructor" if activity.is_staff else "Learner"],
    }


_OF_KIND: Mapping[ActivityKind, Any] = {
    ActivityKind.POSTED: _posted,
    ActivityKind.EDITED: _edited,
    ActivityKind.DELETED: _deleted,
    ActivityKind.LIKED: _liked,
    ActivityKind.CITED: _cited,
    ActivityKind.OPENED: _opened,
    ActivityKind.GRADED: _graded,
}

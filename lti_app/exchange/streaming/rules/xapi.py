"""Activities as statements of the Experience API, which are the same in 1.0.3 and 2.0.

Nothing in them is language, names of verbs aside: no title, no text, no name of a person.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from lti_app.exchange.streaming.rules.activities import ActivityKind, LearningActivity, Naming, moment

Json = dict[str, Any]

VERBS: Mapping[ActivityKind, tuple[str, str]] = {
    ActivityKind.POSTED: ("https://w3id.org/xapi/acrossx/verbs/posted", "posted"),
    ActivityKind.EDITED: ("https://w3id.org/xapi/acrossx/verbs/edited", "edited"),
    ActivityKind.DELETED: ("https://w3id.org/xapi/dod-isd/verbs/deleted", "deleted"),
    ActivityKind.LIKED: ("https://w3id.org/xapi/acrossx/verbs/liked", "liked"),
    ActivityKind.CITED: ("http://id.tincanapi.com/verb/mentioned", "mentioned"),
    ActivityKind.OPENED: ("http://id.tincanapi.com/verb/viewed", "viewed"),
    ActivityKind.GRADED: ("http://adlnet.gov/expapi/verbs/scored", "scored"),
}
REPLIED = ("http://id.tincanapi.com/verb/replied", "replied")
COURSE = "http://adlnet.gov/expapi/activities/course"
DISCUSSION = "http://id.tincanapi.com/activitytype/discussion"
TOPIC = "http://id.tincanapi.com/activitytype/forum-topic"
REPLY = "http://id.tincanapi.com/activitytype/forum-reply"
RESOURCE = "http://id.tincanapi.com/activitytype/resource"


def statements(activities: Sequence[LearningActivity], naming: Naming) -> list[Json]:
    """The statements of some activities, in their order."""
    return [statement(each, naming) for each in activities]


def statement(activity: LearningActivity, naming: Naming) -> Json:
    """One statement."""
    made: Json = {
        "id": str(naming.event(activity)),
        "actor": _agent(activity, naming),
        "verb": _verb(activity),
        "object": _object(activity, naming),
        "context": _context(activity, naming),
        "timestamp": moment(activity.at),
    }
    if activity.kind is ActivityKind.GRADED and activity.given is not None:
        made["result"] = {"score": _score(float(activity.given.points), float(activity.given.possible))}
    return made


def _score(points: float, possible: float) -> Json:
    """A raw score above its maximum, which a grader may give, is told without one: xAPI does not permit both."""
    if not 0 <= points <= possible or possible == 0:
        return {"raw": points}
    return {"raw": points, "min": 0, "max": possible, "scaled": round(points / possible, 4)}


def _verb(activity: LearningActivity) -> Json:
    is_reply = activity.kind is ActivityKind.POSTED and activity.parent_id is not None
    verb, words = REPLIED if is_reply else VERBS[activity.kind]
    return {"id": verb, "display": {"en-US": words}}


def _agent(activity: LearningActivity, naming: Naming) -> Json:
    if activity.lms_user is not None:
        return _account(activity.lms_user.issuer, activity.lms_user.sub)
    return _account(naming.application, naming.person_key(activity))


def _account(home: str, name: str) -> Json:
    return {"objectType": "Agent", "account": {"homePage": home, "name": name}}


def _object(activity: LearningActivity, naming: Naming) -> Json:
    if activity.kind in (ActivityKind.CITED, ActivityKind.OPENED):
        return _activity(naming.reading(activity), RESOURCE)
    if activity.kind is ActivityKind.GRADED:
        return _activity(naming.discussion(activity), DISCUSSION)
    return _post(activity, naming)


def _post(activity: LearningActivity, naming: Naming) -> Json:
    return _activity(naming.post(activity), TOPIC if activity.parent_id is None else REPLY)


def _activity(iri: str, kind: str) -> Json:
    return {"objectType": "Activity", "id": iri, "definition": {"type": kind}}


def _context(activity: LearningActivity, naming: Naming) -> Json:
    around: Json = {"grouping": [_activity(naming.course(activity), COURSE)]}
    if activity.kind is ActivityKind.CITED:
        around["other"] = [_post(activity, naming)]
    if activity.kind is ActivityKind.POSTED and activity.parent_id is not None:
        around["parent"] = [{"objectType": "Activity", "id": naming.post(activity, activity.parent_id)}]
    if activity.kind not in (ActivityKind.OPENED, ActivityKind.GRADED):
        around["grouping"].append(_activity(naming.discussion(activity), DISCUSSION))
    context: Json = {"contextActivities": around, "platform": "Colloquy"}
    if activity.kind is ActivityKind.GRADED and activity.by_id is not None:
        context["instructor"] = _account(naming.application, naming.person_key(activity, activity.by_id))
    return context

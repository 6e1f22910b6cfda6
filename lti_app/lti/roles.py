"""What an LMS's role words mean here. Pure; vocabulary: LTI 1.3 core, A.2."""

import re
from collections.abc import Iterable

from lti_app.course.courses.rules import Role

VOCABULARY = "http://purl.imsglobal.org/vocab/lis/v2/"
CONTEXT_ROLE = re.compile(re.escape(VOCABULARY) + r"membership(?:/(?P<principal>\w+))?#(?P<name>\w+)")
SHORT_ROLE = re.compile(r"(?P<principal>\w+)(?:#(?P<name>\w+))?")

PRINCIPAL = {
    "Instructor": Role.INSTRUCTOR,
    "Administrator": Role.INSTRUCTOR,
    "ContentDeveloper": Role.INSTRUCTOR,  # Canvas's Designer: builds the course, but is no assistant
    "Learner": Role.STUDENT,
    "TeachingAssistant": Role.ASSISTANT,  # no principal role by the vocabulary, yet sent as one
}
ASSISTING = frozenset({"TeachingAssistant", "TeachingAssistantGroup", "TeachingAssistantOffering", "Grader"})
ASSISTING |= {"TeachingAssistantSection", "TeachingAssistantSectionAssociation", "TeachingAssistantTemplate"}


def role_of(uris: Iterable[str]) -> Role:
    """The role in the course that follows from the role URIs of a launch or a class list entry.

    Only membership roles count: institution and system roles say nothing about this course. The strongest one wins,
    except that Canvas sends an assistant as Instructor too, who stays an assistant. A sub-role never adds power to its
    principal role: `Learner#Instructor` is a learner. Unknown roles give the least.
    """
    given = {role for uri in uris if (role := _one(uri)) is not None}
    if Role.ASSISTANT in given:
        return Role.ASSISTANT
    return max(given, key=lambda role: role.power, default=Role.OBSERVER)


def _one(uri: str) -> Role | None:
    if full := CONTEXT_ROLE.fullmatch(uri):
        principal, sub_role = full["principal"], full["name"]
        if principal is None:
            return PRINCIPAL.get(sub_role)
    elif short := SHORT_ROLE.fullmatch(uri):
        principal, sub_role = short["principal"], short["name"]
    else:
        return None
    if principal == "Instructor" and sub_role in ASSISTING:
        return Role.ASSISTANT
    return PRINCIPAL.get(principal)

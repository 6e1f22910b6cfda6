"""What role words give in a course."""

import pytest

from lti_app.course.courses.rules import Role
from lti_app.lti.roles import role_of

LIS = "http://purl.imsglobal.org/vocab/lis/v2/"
IN_COURSE = LIS + "membership"
IN_INSTITUTION = LIS + "institution/person#"
IN_SYSTEM = LIS + "system/person#"


@pytest.mark.parametrize(
    ("uris", "role"),
    [
        ([f"{IN_COURSE}#Instructor"], Role.INSTRUCTOR),
        ([f"{IN_COURSE}#Administrator"], Role.INSTRUCTOR),
        ([f"{IN_COURSE}#ContentDeveloper"], Role.INSTRUCTOR),
        ([f"{IN_COURSE}/Instructor#Lecturer"], Role.INSTRUCTOR),
        ([f"{IN_COURSE}/Instructor#TeachingAssistant"], Role.ASSISTANT),
        ([f"{IN_COURSE}/Instructor#TeachingAssistantSection"], Role.ASSISTANT),
        ([f"{IN_COURSE}/Instructor#Grader"], Role.ASSISTANT),
        ([f"{IN_COURSE}/Instructor#TeachingAssistant", f"{IN_COURSE}#Instructor"], Role.ASSISTANT),
        ([f"{IN_COURSE}#TeachingAssistant"], Role.ASSISTANT),
        ([f"{IN_COURSE}#Learner"], Role.STUDENT),
        ([f"{IN_COURSE}/Learner#NonCreditLearner"], Role.STUDENT),
        ([f"{IN_COURSE}/Learner#Instructor"], Role.STUDENT),
        ([f"{IN_COURSE}#Learner", f"{IN_COURSE}#Instructor"], Role.INSTRUCTOR),
        ([f"{IN_COURSE}#Mentor"], Role.OBSERVER),
        ([f"{IN_COURSE}#Member"], Role.OBSERVER),
        ([f"{IN_COURSE}#Manager"], Role.OBSERVER),
        ([f"{IN_COURSE}#Officer"], Role.OBSERVER),
        ([f"{IN_COURSE}#Mentor", f"{IN_COURSE}#Learner"], Role.STUDENT),
        ([f"{IN_COURSE}#instructor"], Role.OBSERVER),
        ([f"{IN_COURSE}#"], Role.OBSERVER),
        ([f"{IN_COURSE}#Instructor "], Role.OBSERVER),
        ([f"{IN_COURSE}#Instructor\n"], Role.OBSERVER),
        (["Instructor"], Role.INSTRUCTOR),
        (["Learner"], Role.STUDENT),
        (["Instructor#TeachingAssistant"], Role.ASSISTANT),
        (["Learner#Instructor"], Role.STUDENT),
        (["TeachingAssistant"], Role.ASSISTANT),
        (["Mentor"], Role.OBSERVER),
        ([f"{IN_INSTITUTION}Instructor"], Role.OBSERVER),
        ([f"{IN_INSTITUTION}Faculty", f"{IN_INSTITUTION}Administrator"], Role.OBSERVER),
        ([f"{IN_SYSTEM}Administrator", f"{IN_SYSTEM}SysAdmin"], Role.OBSERVER),
        ([f"{LIS}person#Administrator"], Role.OBSERVER),
        ([f"{IN_INSTITUTION}Instructor", f"{IN_COURSE}#Learner"], Role.STUDENT),
        (["http://purl.imsglobal.org/vocab/lti/system/person#TestUser", f"{IN_COURSE}#Learner"], Role.STUDENT),
        (["http://evil.example/vocab/lis/v2/membership#Instructor"], Role.OBSERVER),
        ([f"x{IN_COURSE}#Instructor"], Role.OBSERVER),
        (["urn:lti:role:ims/lis/Instructor"], Role.OBSERVER),
        ([""], Role.OBSERVER),
        ([], Role.OBSERVER),
    ],
)
def test_role(uris: list[str], role: Role):
    assert role_of(uris) is role
    assert role_of(reversed(uris)) is role
